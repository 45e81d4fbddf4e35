//! Bytes to records: one JSON object, an array, NDJSON, or several pretty-printed
//! objects one after the other, in UTF-8 with or without a byte-order mark.
//!
//! What cannot be read is rejected with its index and the reason, and reading
//! goes on behind it. Each byte is parsed once: a failed value costs at most its
//! own lines again. Judges nothing: a record of an unknown kind is still a record.

use super::value::{read_fields, Fields, Value};
use crate::limits;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// One observation: an object that a cmdlet returned, or the text a tool printed.
#[derive(Debug, Clone, PartialEq)]
pub struct Record<'a> {
    /// Type names of the object, most derived first.
    pub types: Vec<Cow<'a, str>>,
    /// The command that produced it.
    pub from: Option<Cow<'a, str>>,
    /// Where it was observed.
    pub computer: Option<Cow<'a, str>>,
    /// When it was observed, as written.
    pub collected: Option<Cow<'a, str>>,
    /// Fields of the wire document that it does not have; they are named in the report.
    pub unknown: Vec<Cow<'a, str>>,
    /// The observation itself.
    pub body: Body<'a>,
}

/// What a record holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Body<'a> {
    /// An object's properties.
    Properties(Fields<'a>),
    /// A tool's output or a pasted message, line ends as they were.
    Text(Cow<'a, str>),
}

impl<'a> Record<'a> {
    /// A record of a text alone.
    pub fn of_text(text: impl Into<Cow<'a, str>>) -> Record<'a> {
        Record {
            types: Vec::new(),
            from: None,
            computer: None,
            collected: None,
            unknown: Vec::new(),
            body: Body::Text(text.into()),
        }
    }

    /// The property of an object, name compared without case; none in a text.
    pub fn property(&self, name: &str) -> Option<&Value<'a>> {
        match &self.body {
            Body::Properties(fields) => {
                fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
            }
            Body::Text(_) => None,
        }
    }
}

/// A place of the input that is not a record.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Rejected {
    /// Number of the record in the input, counted from 0, rejected ones included.
    pub index: usize,
    /// Line of the input it begins on, counted from 1.
    pub line: usize,
    /// JSON pointer into an array, `null` for a line.
    pub at: Option<String>,
    /// What is wrong.
    pub reason: String,
}

/// White space between values; some editors put a byte-order mark in front of each line.
const BLANK: [char; 5] = [' ', '\t', '\r', '\n', '\u{FEFF}'];

/// Reads all records of `bytes`; `each` gets every record or rejection in order.
/// Indices start at `first_index`.
pub fn read_records<'a>(
    bytes: &'a [u8],
    first_index: usize,
    mut each: impl FnMut(Result<Record<'a>, Rejected>),
) {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut reader = Reader { index: first_index, line: 1, each: &mut each };
    let mut rest = bytes;
    // The valid text before a broken byte is read as usual; only the line with the byte is lost.
    loop {
        match std::str::from_utf8(rest) {
            Ok(text) => {
                reader.read(text);
                return;
            }
            Err(error) => {
                let (valid, _) = rest.split_at(error.valid_up_to());
                let line_start = valid.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
                let (whole_lines, tail) = rest.split_at(line_start);
                reader.read(std::str::from_utf8(whole_lines).unwrap_or_default());
                let line_end = tail.iter().position(|byte| *byte == b'\n').map_or(tail.len(), |at| at + 1);
                let column = error.valid_up_to() - line_start + 1;
                reader.reject(None, format!("not UTF-8 at byte {column} of the line"));
                reader.line += usize::from(line_end > 0);
                rest = tail.get(line_end..).unwrap_or_default();
                if rest.is_empty() {
                    return;
                }
            }
        }
    }
}

struct Reader<'e, 'a> {
    index: usize,
    line: usize,
    each: &'e mut dyn FnMut(Result<Record<'a>, Rejected>),
}

impl<'a> Reader<'_, 'a> {
    fn reject(&mut self, at: Option<String>, reason: String) {
        (self.each)(Err(Rejected { index: self.index, line: self.line, at, reason }));
        self.index += 1;
    }

    fn take(&mut self, read: Read<'a>, at: Option<String>) {
        match read {
            Read::Record(record) => {
                (self.each)(Ok(record));
                self.index += 1;
            }
            Read::Wrong(reason) => self.reject(at, reason.to_owned()),
        }
    }

    /// Reads values one after the other; behind a broken one it goes on at the next line that
    /// can begin a value. An array's brackets and commas only delimit: its items are read one by
    /// one like lines, so a broken item costs itself alone.
    fn read(&mut self, mut text: &'a str) {
        // Position of the next item of the open array.
        let mut item: Option<usize> = None;
        let mut broken = false;
        loop {
            let delimiters: &[char] = if item.is_some() { &[' ', '\t', '\r', '\n', ','] } else { &BLANK };
            let trimmed = text.trim_start_matches(delimiters);
            self.count_lines(text, trimmed);
            text = trimmed;
            if text.is_empty() {
                if let (Some(position), false) = (item, broken) {
                    self.reject(Some(format!("/{position}")), "cut off: the array is not closed".to_owned());
                }
                return;
            }
            match (item, text.strip_prefix('['), text.strip_prefix(']')) {
                (None, Some(rest), _) => {
                    item = Some(0);
                    broken = false;
                    text = rest;
                }
                (Some(_), _, Some(rest)) => {
                    item = None;
                    text = rest;
                }
                _ => {
                    let at = item.map(|position| format!("/{position}"));
                    let (behind, ok) = self.read_value(text, at);
                    text = behind;
                    broken |= !ok;
                    item = item.map(|position| position + 1);
                }
            }
        }
    }

    /// Reads the value that begins `text`; returns what is behind it, and whether it was JSON.
    fn read_value(&mut self, text: &'a str, at: Option<String>) -> (&'a str, bool) {
        let mut stream = serde_json::Deserializer::from_str(text).into_iter::<Read>();
        match stream.next() {
            Some(Ok(_)) if stream.byte_offset() > limits::RECORD_BYTES => {
                let limit = format!("{} MB", limits::RECORD_BYTES >> 20);
                let behind = text.get(stream.byte_offset()..).unwrap_or_default();
                self.reject(at, crate::Error::Limit { what: "record", limit }.to_string());
                self.count_lines(text, behind);
                (behind, true)
            }
            Some(Ok(read)) => {
                let behind = text.get(stream.byte_offset()..).unwrap_or_default();
                self.take(read, at);
                self.count_lines(text, behind);
                (behind, true)
            }
            Some(Err(error)) => {
                self.reject(at, describe(&error));
                (self.behind_broken(text), false)
            }
            None => ("", true),
        }
    }

    fn behind_line(&mut self, text: &'a str) -> &'a str {
        self.line += 1;
        text.split_once('\n').map_or("", |(_, rest)| rest)
    }

    /// Behind the broken value that begins `text`: its own line, and the lines that can only be
    /// the inside of a pretty-printed value.
    fn behind_broken(&mut self, text: &'a str) -> &'a str {
        let pretty = text.starts_with(['{', '[']);
        let mut rest = self.behind_line(text);
        while pretty && rest.starts_with([' ', '\t', '}', ']']) {
            rest = self.behind_line(rest);
        }
        rest
    }

    fn count_lines(&mut self, from: &str, to: &str) {
        let passed = from.len().saturating_sub(to.len());
        self.line += from.bytes().take(passed).filter(|byte| *byte == b'\n').count();
    }
}

/// serde_json's message with its place inside the value.
fn describe(error: &serde_json::Error) -> String {
    use serde_json::error::Category;
    let kind = match error.classify() {
        Category::Eof => "cut off",
        _ => "not JSON",
    };
    format!("{kind}: {error}")
}

enum Read<'a> {
    Record(Record<'a>),
    Wrong(&'static str),
}

impl<'de: 'a, 'a> Deserialize<'de> for Read<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ReadVisitor(std::marker::PhantomData))
    }
}

struct ReadVisitor<'a>(std::marker::PhantomData<&'a str>);

impl<'de: 'a, 'a> Visitor<'de> for ReadVisitor<'a> {
    type Value = Read<'a>;
    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Read<'a>, M::Error> {
        read_fields(map).map(record_of)
    }
    fn visit_seq<S: SeqAccess<'de>>(self, mut seq: S) -> Result<Read<'a>, S::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Read::Wrong("an array inside an array, not a JSON object"))
    }
    fn visit_unit<E>(self) -> Result<Read<'a>, E> {
        Ok(Read::Wrong("null, not a JSON object"))
    }
    fn visit_bool<E>(self, _: bool) -> Result<Read<'a>, E> {
        Ok(Read::Wrong("a Boolean, not a JSON object"))
    }
    fn visit_i64<E>(self, _: i64) -> Result<Read<'a>, E> {
        Ok(Read::Wrong("a number, not a JSON object"))
    }
    fn visit_u64<E>(self, _: u64) -> Result<Read<'a>, E> {
        Ok(Read::Wrong("a number, not a JSON object"))
    }
    fn visit_f64<E>(self, _: f64) -> Result<Read<'a>, E> {
        Ok(Read::Wrong("a number, not a JSON object"))
    }
    fn visit_str<E>(self, _: &str) -> Result<Read<'a>, E> {
        Ok(Read::Wrong("a string, not a JSON object"))
    }
}

fn text_of<'a>(value: Value<'a>) -> Option<Cow<'a, str>> {
    match value {
        Value::Text(text) if !text.is_empty() => Some(text),
        _ => None,
    }
}

/// A record with its envelope, or a bare object read as the properties alone.
fn record_of(fields: Fields<'_>) -> Read<'_> {
    let has = |name: &str| fields.iter().any(|(key, _)| key == name);
    if !has("properties") && !has("text") {
        return Read::Record(Record {
            types: Vec::new(),
            from: None,
            computer: None,
            collected: None,
            unknown: Vec::new(),
            body: Body::Properties(fields),
        });
    }
    let mut record = Record::of_text("");
    let (mut properties, mut text) = (None, None);
    for (key, value) in fields {
        match (&*key, value) {
            ("properties", Value::Object(inner)) => properties = Some(inner),
            ("properties", Value::Null) | ("text", Value::Null) => {}
            ("properties", _) => return Read::Wrong("field `properties` is not an object"),
            ("text", Value::Text(inner)) => text = Some(inner),
            // `Get-Content` without -Raw: a text is a list of its lines.
            ("text", Value::List(lines)) => {
                let lines: Vec<_> = lines.into_iter().filter_map(text_of).collect();
                text = Some(Cow::Owned(lines.join("\n")));
            }
            ("text", _) => return Read::Wrong("field `text` is not a string"),
            ("type", Value::Text(name)) => record.types = vec![name],
            ("type", Value::List(names)) => record.types = names.into_iter().filter_map(text_of).collect(),
            ("from", value) => record.from = text_of(value),
            ("computer", value) => record.computer = text_of(value),
            ("collected", value) => record.collected = text_of(value),
            ("schema", _) => {}
            _ => record.unknown.push(key),
        }
    }
    record.body = match (properties, text) {
        (Some(properties), _) => Body::Properties(properties),
        (None, Some(text)) => Body::Text(text),
        (None, None) => return Read::Wrong("fields `properties` and `text` are both null"),
    };
    Read::Record(record)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> (usize, Vec<Rejected>) {
        let (mut records, mut rejected) = (0, Vec::new());
        read_records(bytes, 0, |read| match read {
            Ok(_) => records += 1,
            Err(place) => rejected.push(place),
        });
        (records, rejected)
    }

    #[test]
    fn one_object_an_array_ndjson_and_pretty_objects_are_the_same() {
        for input in [
            "\u{FEFF}{\"A\":1}\r\n{\"A\":2}\r\n",
            "[{\"A\":1},{\"A\":2}]",
            "{\n  \"A\": 1\n}\n{\n  \"A\": 2\n}",
            "{\"A\":1}{\"A\":2}",
        ] {
            assert_eq!(read(input.as_bytes()), (2, vec![]), "{input}");
        }
        assert_eq!(read(b""), (0, vec![]));
        assert_eq!(read(b" \r\n "), (0, vec![]));
    }

    #[test]
    fn a_broken_line_is_lost_alone() {
        let (records, rejected) = read(b"{\"A\":1}\n{\"A\":\n{\"A\":2}\nnonsense\n{\"A\":3}\n");
        assert_eq!(records, 3);
        assert_eq!(rejected.iter().map(|r| (r.index, r.line)).collect::<Vec<_>>(), [(1, 2), (3, 4)]);
    }

    #[test]
    fn a_line_that_is_not_utf8_is_lost_alone_and_says_where() {
        let (records, rejected) = read(b"{\"A\":1}\n{\"A\":\"\xFF\"}\n{\"A\":2}\n");
        assert_eq!(records, 2);
        assert_eq!((rejected[0].index, rejected[0].line), (1, 2));
        assert_eq!(rejected[0].reason, "not UTF-8 at byte 7 of the line");
    }

    #[test]
    fn a_wrong_element_of_an_array_is_lost_alone() {
        let (records, rejected) = read(br#"[{"A":1},5,{"A":2},null,"x",[1]]"#);
        assert_eq!(records, 2);
        assert_eq!(
            rejected.iter().map(|r| r.at.clone().unwrap()).collect::<Vec<_>>(),
            ["/1", "/3", "/4", "/5"]
        );
    }

    #[test]
    fn an_array_that_is_cut_off_keeps_what_came_before() {
        let (records, rejected) = read(br#"[{"A":1},{"A":2},{"A"#);
        assert_eq!(records, 2);
        assert_eq!(rejected.len(), 1);
        assert!(rejected[0].reason.starts_with("cut off"), "{}", rejected[0].reason);
        let (records, rejected) = read(br#"[{"A":1},"#);
        assert_eq!((records, rejected.len()), (1, 1));
    }

    #[test]
    fn a_broken_item_of_a_written_array_is_lost_alone() {
        let (records, rejected) = read(b"[\n{\"A\":1},\n{\"A\":,\n{\"A\":2}\n]\n{\"A\":3}");
        assert_eq!(records, 3);
        assert_eq!(rejected.len(), 1);
        assert_eq!(rejected[0].at.as_deref(), Some("/1"));
    }

    #[test]
    fn ten_thousand_nested_arrays_are_one_rejected_record() {
        let mut input = "[".repeat(10_000);
        input.push_str("\n{\"A\":1}\n");
        let (records, rejected) = read(input.as_bytes());
        assert_eq!((records, rejected.len()), (1, 1));
        let mut input = String::from("{\"A\":");
        input.push_str(&"[".repeat(10_000));
        input.push_str("\n{\"A\":1}\n");
        assert_eq!(read(input.as_bytes()).0, 1);
    }

    #[test]
    fn an_envelope_is_told_from_a_bare_object() {
        let mut seen = Vec::new();
        read_records(br#"{"from":"setspn -L EX1","text":"x"}{"from":"Get-Queue"}"#, 0, |r| {
            seen.push(r.unwrap())
        });
        assert_eq!(seen[0].from.as_deref(), Some("setspn -L EX1"));
        assert_eq!(seen[0].body, Body::Text("x".into()));
        assert!(matches!(&seen[1].body, Body::Properties(fields) if fields.len() == 1));
    }

    #[test]
    fn properties_of_a_wrong_type_are_rejected_with_their_name() {
        let (_, rejected) = read(br#"{"properties":[1]}"#);
        assert_eq!(rejected[0].reason, "field `properties` is not an object");
    }
}
