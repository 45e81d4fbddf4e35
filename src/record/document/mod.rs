//! The bytes of any file to records: its encoding first, then its form by its content.
//!
//! Reads CLIXML, event XML, JSON, NDJSON, CSV and the texts of shells and tools. A name's
//! extension says nothing here: people rename files. What is none of these is one record of a
//! text, which its reader then ignores and names. Opens no file.

mod clixml;
mod clixml_node;
mod clixml_text;
mod clixml_value;
mod csv;
mod decode;

use super::read::{read_records, Record, Rejected};
use super::{event_xml, kind_of};
use crate::limits;

pub use decode::{decode, Decoded};

/// In what form a document holds its records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// What `Export-Clixml` wrote.
    Clixml,
    /// One or several JSON values, also one a line.
    Json,
    /// Events as XML.
    EventXml,
    /// A line of names, then rows of cells.
    Csv,
    /// A tool's output, a list of the shell, a pasted message, or nothing known.
    Text,
    /// No text at all.
    Binary,
}

/// What takes the records of a document, in their order.
type Each<'e> = dyn FnMut(Result<Record<'_>, Rejected>) + 'e;

/// The form of a document.
pub fn form_of(bytes: &[u8]) -> Form {
    decode(bytes).map_or(Form::Binary, |decoded| form_of_text(&decoded.text))
}

/// True for bytes that can be no JSON but begin another form: their first bytes tell it.
pub(crate) fn is_marked(bytes: &[u8]) -> bool {
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return true;
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    [&b"<Objs"[..], b"<Event", b"<?xml", b"#TYPE", b"#< CLIXML"].iter().any(|mark| bytes.starts_with(mark))
}

/// Reads all records of a document; `each` gets every record or rejection in order. Indices
/// start at `first_index`, `name` is put in front of what is said about a place.
pub fn read_document(bytes: &[u8], name: Option<&str>, first_index: usize, each: &mut Each<'_>) {
    let (mut next, mut rejected) = (first_index, false);
    let mut named = |read: Result<Record<'_>, Rejected>| {
        next += 1;
        rejected |= read.is_err();
        match (read, name) {
            (Err(place), Some(name)) => {
                each(Err(Rejected { reason: format!("{name}: {}", place.reason), ..place }));
            }
            (read, _) => each(read),
        }
    };
    let Some(decoded) = decode(bytes) else {
        // No text, no record of anything: there is nothing to quote from it.
        named(Ok(Record::of_text("")));
        return;
    };
    let text = &*decoded.text;
    match form_of_text(text) {
        Form::Clixml => clixml::read(text, first_index, &mut named),
        Form::Json => read_records(text.as_bytes(), first_index, &mut named),
        Form::EventXml => read_events(text, first_index, &mut named),
        Form::Csv => csv::read(text, first_index, &mut named),
        Form::Text | Form::Binary => read_text(text, first_index, &mut named),
    }
    if !decoded.whole && !rejected {
        let reason =
            format!("{}cut off inside a character", name.map(|name| format!("{name}: ")).unwrap_or_default());
        let line = line_of(text, text.len());
        each(Err(Rejected { index: next, line, at: None, reason }));
    }
}

fn form_of_text(text: &str) -> Form {
    let start = text.trim_start_matches(['\u{FEFF}', ' ', '\t', '\r', '\n']);
    if start.starts_with('<') || start.starts_with("#< CLIXML") {
        if clixml::begins(start) {
            return Form::Clixml;
        }
        if event_xml::is_event_xml(start) {
            return Form::EventXml;
        }
    }
    if begins_json(start) {
        return Form::Json;
    }
    if csv::begins(start) {
        return Form::Csv;
    }
    Form::Text
}

/// `{` and `[` begin prompts (`[PS] C:\>`) and lists of the shell (`{Basic, Fba}`), too.
fn begins_json(start: &str) -> bool {
    let behind = |open: char| start.strip_prefix(open).map(str::trim_start);
    if let Some(rest) = behind('{') {
        return rest.is_empty() || rest.starts_with(['"', '}']);
    }
    behind('[').is_some_and(|rest| rest.is_empty() || rest.starts_with(['{', ']', '"']))
}

/// One record an event, so that each can be cited.
fn read_events(text: &str, first_index: usize, each: &mut Each<'_>) {
    let events = event_xml::records(text);
    let count = events.len();
    events.into_iter().for_each(|event| each(Ok(event)));
    let opened = ["<Event ", "<Event>"].iter().filter_map(|mark| text.rfind(mark)).max();
    let closed = text.rfind("</Event>");
    if let Some(at) = opened.filter(|at| closed.is_none_or(|closed| closed < *at)) {
        let reason = "cut off: the event is not closed".to_owned();
        each(Err(Rejected { index: first_index + count, line: line_of(text, at), at: None, reason }));
    }
}

fn read_text(text: &str, first_index: usize, each: &mut Each<'_>) {
    if text.trim().is_empty() {
        return;
    }
    if text.len() > limits::RECORD_BYTES {
        let limit = format!("{} MB", limits::RECORD_BYTES >> 20);
        let reason = crate::Error::Limit { what: "record", limit }.to_string();
        each(Err(Rejected { index: first_index, line: 1, at: None, reason }));
        return;
    }
    each(Ok(Record::of_text(text)));
}

/// The line of a place, counted from 1.
fn line_of(text: &str, at: usize) -> usize {
    1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count()
}

/// True when the kind of an object is known.
fn is_known(record: &Record<'_>) -> bool {
    kind_of(record).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_recognised_by_its_content() {
        for (text, form) in [
            ("\u{FEFF}<Objs Version=\"1.1.0.1\">", Form::Clixml),
            ("#< CLIXML\r\n<Objs Version=\"1.1.0.1\">", Form::Clixml),
            ("<?xml version=\"1.0\"?>\n<!-- x --><Objs>", Form::Clixml),
            ("<Events><Event><System></System></Event></Events>", Form::EventXml),
            ("<html><body/></html>", Form::Text),
            ("{\"A\":1}", Form::Json),
            ("[\n  {", Form::Json),
            ("[PS] C:\\>Get-Queue | fl", Form::Text),
            ("{Basic, Fba}", Form::Text),
            ("#TYPE X\r\n\"Name\",\"Server\"\r\n\"owa\",\"EX1\"\r\n", Form::Csv),
            ("Server : EX1\nName : owa\n", Form::Text),
            ("Hello, all is broken\nreally", Form::Text),
        ] {
            assert_eq!(form_of(text.as_bytes()), form, "{text}");
        }
        assert_eq!(form_of(b"ElfFile\0\0\0\0\0\0\0\0\0\x01"), Form::Binary);
    }

    #[test]
    fn events_of_a_file_are_records_of_their_own_and_a_cut_one_is_reported() {
        let event = "<Event><System><Provider Name=\"P\"/><EventID>3</EventID></System></Event>\n";
        let (mut records, mut places) = (0, Vec::new());
        read_document(format!("{event}{event}<Event><Sys").as_bytes(), Some("x.xml"), 5, &mut |read| {
            match read {
                Ok(_) => records += 1,
                Err(place) => places.push(place),
            }
        });
        assert_eq!((records, places.len()), (2, 1));
        assert_eq!((places[0].index, places[0].line), (7, 3));
        assert!(places[0].reason.starts_with("x.xml: cut off"), "{}", places[0].reason);
    }
}
