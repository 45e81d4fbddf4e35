//! A text as lines, and a tool's result on its way to a record.
//!
//! Knows no tool. White space and colons of other scripts become the ASCII
//! ones here, so that no reader has to think of them again.

use crate::record::{Body, Fields, Record, Value};
use std::borrow::Cow;

/// The same text with ASCII blanks, colons and brackets, without byte-order marks and NULs.
pub(super) fn normalise(text: &str) -> Cow<'_, str> {
    let odd =
        |c: char| matches!(c, '\0' | '\u{FEFF}' | '\u{A0}' | '\u{202F}' | '\u{3000}' | '：' | '（' | '）');
    if !text.contains(odd) {
        return Cow::Borrowed(text);
    }
    let plain = |c: char| match c {
        '\0' | '\u{FEFF}' => None,
        '\u{A0}' | '\u{202F}' | '\u{3000}' => Some(' '),
        '：' => Some(':'),
        '（' => Some('('),
        '）' => Some(')'),
        other => Some(other),
    };
    Cow::Owned(text.chars().filter_map(plain).collect())
}

/// The lines of a text: CR, LF and CRLF all end one. Quote marks of a mail are taken off.
pub(super) fn lines(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    for line in text.split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        lines.extend(line.split('\r'));
    }
    let quoted = |line: &&str| line.starts_with('>') || line.trim().is_empty();
    if lines.iter().all(quoted) {
        for line in &mut lines {
            let inner = line.strip_prefix('>').unwrap_or(line);
            *line = inner.strip_prefix(' ').unwrap_or(inner);
        }
    }
    lines
}

/// Widths at which a console breaks a line in mid-word, in characters.
const CONSOLE_WIDTHS: [usize; 2] = [80, 120];

/// Lines that a console broke at its width, joined again where `is_start` does not say that the
/// next line begins something new.
pub(super) fn unwrapped<'t>(lines: &[&'t str], is_start: impl Fn(&str) -> bool) -> Vec<Cow<'t, str>> {
    let mut joined: Vec<Cow<'t, str>> = Vec::with_capacity(lines.len());
    let mut full = false;
    for line in lines {
        let continues = full && !line.is_empty() && !line.starts_with([' ', '\t']) && !is_start(line);
        match joined.last_mut() {
            Some(last) if continues => last.to_mut().push_str(line),
            _ => joined.push(Cow::Borrowed(line)),
        }
        full = CONSOLE_WIDTHS.contains(&line.chars().take(121).count());
    }
    joined
}

/// White space folded to single blanks, at most `limits::QUOTE_CHARS` characters.
pub(super) fn folded(text: &str) -> String {
    let mut folded = String::new();
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.extend(word.chars().take(crate::limits::QUOTE_CHARS));
        if folded.len() > crate::limits::QUOTE_CHARS {
            break;
        }
    }
    folded
}

/// What one run of a tool said; becomes a record of type `ExAuth.<Kind>`.
#[derive(Debug)]
pub(super) struct ToolResult {
    kind: &'static str,
    /// The computer it speaks of, and whether that is surer than what the caller says.
    computer: Option<(String, bool)>,
    /// When it happened by the text's own words; an empty text is a log that does not say.
    happened: Option<String>,
    fields: Fields<'static>,
}

impl ToolResult {
    /// An empty result; `kind` is the full type name.
    pub fn new(kind: &'static str) -> ToolResult {
        ToolResult { kind, computer: None, happened: None, fields: Vec::new() }
    }

    /// A failure that the tool itself reported.
    pub fn error(text: &str, code: Option<u32>) -> ToolResult {
        let mut result = ToolResult::new("ExAuth.ToolError");
        result.text("Error", folded(text));
        if let Some(code) = code {
            result.text("ErrorCode", format!("0x{code:X}"));
        }
        result
    }

    fn set(&mut self, name: &'static str, value: Value<'static>) -> &mut ToolResult {
        self.fields.push((Cow::Borrowed(name), value));
        self
    }

    /// Sets a text unless it is empty.
    pub fn text(&mut self, name: &'static str, text: impl Into<String>) -> &mut ToolResult {
        let text = text.into();
        if text.is_empty() {
            return self;
        }
        self.set(name, Value::Text(Cow::Owned(text)))
    }

    /// Sets a whole number.
    pub fn int(&mut self, name: &'static str, number: impl Into<i64>) -> &mut ToolResult {
        self.set(name, Value::Int(number.into()))
    }

    /// Sets a count.
    pub fn count(&mut self, name: &'static str, count: usize) -> &mut ToolResult {
        self.set(name, Value::Int(i64::try_from(count).unwrap_or(i64::MAX)))
    }

    /// Sets a number with a fraction.
    pub fn number(&mut self, name: &'static str, number: f64) -> &mut ToolResult {
        self.set(name, Value::Float(number))
    }

    /// Sets a yes or no.
    pub fn flag(&mut self, name: &'static str, flag: bool) -> &mut ToolResult {
        self.set(name, Value::Bool(flag))
    }

    /// Sets a list; an empty list says that there is none.
    pub fn list(&mut self, name: &'static str, items: impl IntoIterator<Item = String>) -> &mut ToolResult {
        let items = items.into_iter().map(|item| Value::Text(Cow::Owned(item))).collect();
        self.set(name, Value::List(items))
    }

    /// The time in UTC that a log gives; when the log was collected says nothing about its rows.
    pub fn happened(&mut self, time: &str) -> &mut ToolResult {
        self.happened = Some(time.to_owned());
        self
    }

    /// The computer that the text itself names; counts only where the caller named none.
    pub fn seen_on(&mut self, computer: &str) -> &mut ToolResult {
        self.computer = Some((computer.to_owned(), false));
        self
    }

    /// The computer that the command asked from afar: what was seen is true of that one.
    pub fn speaks_of(&mut self, computer: &str) -> &mut ToolResult {
        self.computer = Some((computer.trim_start_matches('\\').to_owned(), true));
        self
    }

    /// The record, with the envelope of the text it was read from.
    pub fn into_record(
        self,
        from: Option<&str>,
        computer: Option<&str>,
        collected: Option<&str>,
    ) -> Record<'static> {
        let owned = |text: &str| Cow::Owned(text.to_owned());
        let computer = match self.computer {
            Some((name, true)) => Some(Cow::Owned(name)),
            own => computer.map(owned).or(own.map(|(name, _)| Cow::Owned(name))),
        };
        Record {
            types: vec![Cow::Borrowed(self.kind)],
            from: from.map(owned),
            computer,
            collected: match self.happened {
                Some(time) => (!time.is_empty()).then_some(Cow::Owned(time)),
                None => collected.map(owned),
            },
            unknown: Vec::new(),
            body: Body::Properties(self.fields),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_end_ends_one_line() {
        assert_eq!(lines("a\r\nb\rc\nd"), ["a", "b", "c", "d"]);
    }

    #[test]
    fn a_quoted_mail_loses_its_marks_only_when_all_lines_have_one() {
        assert_eq!(lines("> a\n>\n>  b"), ["a", "", " b"]);
        assert_eq!(lines("> a\nb"), ["> a", "b"]);
    }

    #[test]
    fn a_line_broken_at_the_console_width_is_joined() {
        let wide = "x".repeat(80);
        assert_eq!(unwrapped(&[&wide, "yz", "new"], |_| false), [format!("{wide}yz"), "new".to_owned()]);
        assert_eq!(unwrapped(&[&wide, "new"], |line| line == "new").len(), 2);
    }
}
