//! What an administrator pastes into one text, cut into the pieces that were printed apart: the
//! outputs of commands, events, event XML, and what somebody wrote between them.
//!
//! Takes off what a forum or a mail put around it: fences, quote marks, character references.
//! Tells no kinds and reads no values; a log of Exchange, and a text that is one piece, stay as they are.

use super::said_place::said_place;
use super::{event_export, event_labels, event_text};
use crate::tool;
use std::borrow::Cow;

/// Longest text that is cut up; a longer one is the output of one tool.
const PASTE_BYTES: usize = 2 * 1024 * 1024;

/// Fewest quoted lines that a mail quotes: an interactive tool has a `>` of its own.
const QUOTED_LINES: usize = 2;

/// One piece of a text.
#[derive(Debug, Default)]
pub(super) struct Piece {
    /// The command line above it, when one was pasted along.
    pub echo: Option<String>,
    /// The computer that the prompt names, or the line above.
    pub computer: Option<String>,
    /// The lines, without the command.
    pub text: String,
    /// True for a piece that begins with an event's labels or is event XML: no tool printed it.
    pub is_event: bool,
    /// True for words that say where the command below them was typed.
    says_place: bool,
}

impl Piece {
    /// The piece with its command, as a tool's reader wants it.
    pub fn whole(&self) -> Cow<'_, str> {
        match &self.echo {
            // A prompt makes any line a command.
            Some(echo) => Cow::Owned(format!("PS C:\\> {echo}\n{}", self.text)),
            None => Cow::Borrowed(&self.text),
        }
    }

    fn push(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }
}

/// The pieces of a text, in their order; none for a text that stays whole.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let is_document = text.trim_start().starts_with(['<', '{', '[']) && !has_prompt(text);
    if text.len() > PASTE_BYTES || is_document || is_only_log(text) {
        return Vec::new();
    }
    let text = unescaped(text);
    let lines: Vec<&str> = unquoted(&text).into_iter().flat_map(event_labels::apart).collect();
    let mut cut = Cut::default();
    for (at, line) in lines.iter().enumerate() {
        cut.take(lines.get(at..).unwrap_or_default(), line);
    }
    cut.finish(!text.ends_with(['\n', '\r']))
}

/// Longest text that begins with rows of a log and is searched for something else below them.
const LOG_BYTES: usize = 64 * 1024;

/// True for a log of Exchange below which nobody pasted an event or wrote anything.
fn is_only_log(text: &str) -> bool {
    let has_event = || {
        let lines: Vec<&str> = text.lines().collect();
        (0..lines.len()).any(|at| event_text::is_header(lines.get(at..).unwrap_or_default()))
    };
    super::message::is_log(text) && (text.len() > LOG_BYTES || !(has_event() || has_paragraph(text)))
}

/// True when a paragraph below rows of a log begins with something else.
fn has_paragraph(text: &str) -> bool {
    let mut after_blank = false;
    text.lines().any(|line| {
        let begins = std::mem::replace(&mut after_blank, line.trim().is_empty());
        begins && !line.trim().is_empty() && !tool::is_log_row(line)
    })
}

/// True when a line has a prompt: a paste may begin with one, and `[` begins JSON too.
fn has_prompt(text: &str) -> bool {
    text.lines().next().is_some_and(|line| tool::echo(line).is_some())
}

/// A cmdlet without its prompt: `Get-ReceiveConnector -Server EX2 | fl`. In a sentence it has no
/// parameter and no pipe behind it.
fn cmdlet(line: &str) -> Option<&str> {
    let line = line.trim();
    let name = line.split_whitespace().next()?;
    let is_name = name.get(..4).is_some_and(|verb| verb.eq_ignore_ascii_case("Get-"))
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let mut rest = line.split_whitespace().skip(1);
    let has_arguments =
        rest.clone().any(|word| word.starts_with('-') && word.len() > 1 || word.starts_with('|'));
    let ends = !line.ends_with(['.', ':', '?', '!']);
    (is_name && has_arguments && ends && rest.next().is_some()).then_some(line)
}

/// The pieces so far; the last one is open.
#[derive(Default)]
struct Cut {
    pieces: Vec<Piece>,
    /// Inside an `<Event>` that has not ended.
    in_xml: bool,
    after_blank: bool,
    /// The last paragraph has rows of a log.
    in_log: bool,
}

impl Cut {
    fn take(&mut self, rest: &[&str], line: &str) {
        let after_blank = std::mem::replace(&mut self.after_blank, line.trim().is_empty());
        if self.in_xml {
            self.push(line);
            self.in_xml = !line.contains("</Event>") || line.trim_end().ends_with("<Events>");
            if !self.in_xml {
                self.open(Piece::default());
            }
            return;
        }
        // A log that somebody pasted below his words, or one log below another.
        if line.starts_with("#Software:") {
            self.open(Piece::default());
        }
        if line.trim_start().starts_with("```") {
            return self.open(Piece::default());
        }
        let typed = tool::echo(line).or_else(|| cmdlet(line).map(|typed| (None, typed)));
        if let Some((computer, typed)) = typed {
            let echo = Some(typed.to_owned()).filter(|typed| !typed.is_empty());
            let computer = computer.map(str::to_owned).or_else(|| self.said_place());
            return self.open(Piece { echo, computer, ..Piece::default() });
        }
        let in_event = self.pieces.last().is_some_and(|piece| piece.is_event);
        if let Some(place) = said_place(line).filter(|_| !in_event) {
            self.open(Piece { computer: Some(place.to_owned()), says_place: true, ..Piece::default() });
            return self.push(line);
        }
        if line.trim_start().starts_with("<Event ") || line.trim() == "<Event>" {
            self.open(Piece { is_event: true, ..Piece::default() });
            self.in_xml = !line.contains("</Event>");
        } else if !in_event
            && !self.in_output(line, after_blank)
            && (event_text::is_header(rest) || event_export::begins(rest))
        {
            self.open(Piece { is_event: true, ..Piece::default() });
        } else if after_blank && self.in_log && !line.trim().is_empty() && !tool::is_log_row(line) {
            // Rows of a log end where a paragraph begins that is none.
            self.open(Piece::default());
        } else if in_event && after_blank && tool::is_printed(line) {
            self.open(Piece::default());
        }
        self.in_log = self.in_log || tool::is_log_row(line);
        self.push(line);
    }

    fn open(&mut self, piece: Piece) {
        self.in_log = false;
        self.pieces.push(piece);
    }

    /// True for an indented line that goes on with what a tool prints: `w32tm /monitor` has blocks of
    /// labels, too.
    fn in_output(&self, line: &str, after_blank: bool) -> bool {
        let echo = self.pieces.last().and_then(|piece| piece.echo.as_deref());
        !after_blank && line.starts_with([' ', '\t']) && echo.is_some_and(tool::is_known)
    }

    /// The computer that the words right above name.
    fn said_place(&self) -> Option<String> {
        let words = self.pieces.last().filter(|piece| piece.says_place)?;
        let is_short = words.text.lines().filter(|line| !line.trim().is_empty()).count() == 1;
        words.computer.clone().filter(|_| is_short)
    }

    fn push(&mut self, line: &str) {
        if self.pieces.is_empty() {
            self.pieces.push(Piece::default());
        }
        if let Some(piece) = self.pieces.last_mut() {
            piece.push(line);
        }
    }

    fn finish(mut self, without_end: bool) -> Vec<Piece> {
        // A last line without its end was perhaps cut off, and the readers look for that.
        if let Some(last) = self.pieces.last_mut().filter(|_| without_end) {
            last.text.pop();
        }
        self.pieces.retain(|piece| !piece.text.trim().is_empty());
        self.pieces
    }
}

/// Character references of HTML as characters, in a text that a web page showed: one that has the
/// references and none of the characters that they stand for in markup.
fn unescaped(text: &str) -> Cow<'_, str> {
    const REFERENCES: [(&str, &str); 8] = [
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&apos;", "'"),
        ("&nbsp;", " "),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
    ];
    if text.contains("</") || !REFERENCES.iter().any(|(reference, _)| text.contains(reference)) {
        return Cow::Borrowed(text);
    }
    let plain = |text: String, (reference, character): &(&str, &str)| text.replace(reference, character);
    Cow::Owned(REFERENCES.iter().fold(text.to_owned(), plain))
}

/// The lines of a text; runs of lines that a mail quoted lose their marks.
fn unquoted(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().collect();
    let is_quoted = |line: &&str| line.starts_with('>');
    for run in lines.chunk_by_mut(|one, other| is_quoted(one) == is_quoted(other)) {
        if run.len() < QUOTED_LINES || !run.first().is_some_and(is_quoted) {
            continue;
        }
        for line in run {
            let inner = line.trim_start_matches('>');
            *line = inner.strip_prefix(' ').unwrap_or(inner);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<(Option<String>, String)> {
        pieces(text).into_iter().map(|piece| (piece.echo, piece.text.trim().to_owned())).collect()
    }

    fn piece(echo: Option<&str>, text: &str) -> (Option<String>, String) {
        (echo.map(str::to_owned), text.to_owned())
    }

    #[test]
    fn commands_and_fences_begin_pieces() {
        let text = "it fails\n\n[PS] C:\\>Get-Queue | fl\n\nIdentity : EX1\\3\n\nC:\\>setspn -L EX2\nx\n```\ny\n```\nz";
        assert_eq!(
            cut(text),
            [
                piece(None, "it fails"),
                piece(Some("Get-Queue | fl"), "Identity : EX1\\3"),
                piece(Some("setspn -L EX2"), "x"),
                piece(None, "y"),
                piece(None, "z"),
            ]
        );
    }

    #[test]
    fn an_event_behind_a_command_is_a_piece() {
        let text = "C:\\>nltest /sc_verify:contoso\na\n\nLog Name:      System\nSource:        NETLOGON\nDate:          1/2/2026 7:41:03 AM\nEvent ID:      3210\nTask Category: None\nLevel:         Error\nKeywords:      Classic\nUser:          N/A\nComputer:      EX2\nDescription:\nb\n\nC:\\>hostname\nEX2\n";
        let cut = pieces(text);
        assert_eq!(cut.len(), 3);
        assert!(cut[1].is_event && cut[1].text.trim_end().ends_with('b'), "{cut:?}");
        assert_eq!(cut[2].echo.as_deref(), Some("hostname"));
    }

    #[test]
    fn event_xml_ends_where_it_ends() {
        let cut = pieces("see\n<Event xmlns='x'>\n<System/>\n</Event>\nC:\\>hostname\nEX2\n");
        assert_eq!(cut.len(), 3, "{cut:?}");
        assert!(cut[1].is_event);
    }

    #[test]
    fn quotes_and_references_are_taken_off() {
        assert_eq!(cut("> one\n>\n> two\n"), [piece(None, "one\n\ntwo")]);
        assert_eq!(cut("&quot;454 4.7.0&quot; &amp; more"), [piece(None, "\"454 4.7.0\" & more")]);
        // The prompt of an interactive tool is no quotation.
        assert_eq!(cut("> ex2\nServer:  dc1\n"), [piece(None, "> ex2\nServer:  dc1")]);
    }
}
