//! A paste as people make it: quoted by a mail, escaped by a web page, fenced by a forum, and
//! with several things one below the other.
//!
//! Takes the wrapping off, and cuts where a command was typed, a log or the labels of an event begin, so
//! that each part is read as if it had come alone. Judges nothing and reads no part itself.

use super::event_text;
use crate::tool;
use std::borrow::Cow;

/// Longest text that is cut: logs are longer, and are one thing.
const BYTES: usize = 1024 * 1024;

/// What a web page writes for a character.
const ENTITIES: [(&str, &str); 7] = [
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&quot;", "\""),
    ("&#39;", "'"),
    ("&#x27;", "'"),
    ("&nbsp;", " "),
    // The last: a page that was escaped twice stays escaped once.
    ("&amp;", "&"),
];

/// The text without quote marks of a mail, fences of a forum and entities of a page.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    let text = unquoted(text);
    let fenced = text.contains("```");
    // Event XML means its entities; it is read as it is.
    let is_markup = text.trim_start().starts_with('<');
    let escaped = !is_markup && text.contains('&') && ENTITIES.iter().any(|(name, _)| text.contains(name));
    if !fenced && !escaped {
        return text;
    }
    let mut plain = text.into_owned();
    if fenced {
        let is_text = |line: &&str| !line.trim_start().starts_with("```");
        plain = plain.split_inclusive('\n').filter(is_text).collect();
    }
    if escaped {
        for (name, character) in ENTITIES {
            plain = plain.replace(name, character);
        }
    }
    Cow::Owned(plain)
}

/// Takes the quote marks of a mail off when most lines have one: who forwards a mail writes a line
/// of his own above it.
fn unquoted(text: &str) -> Cow<'_, str> {
    if !text.contains("\n>") {
        return Cow::Borrowed(text);
    }
    // A session that marks what each side said is no mail.
    let is_session = |line: &str| line.starts_with('<') || line.starts_with(">,") || line.starts_with(">>>");
    let (mut lines, mut quoted) = (0_usize, 0_usize);
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        if is_session(line) {
            return Cow::Borrowed(text);
        }
        lines += 1;
        quoted += usize::from(line.starts_with('>'));
    }
    if quoted < 3 || quoted * 3 < lines * 2 {
        return Cow::Borrowed(text);
    }
    let strip = |line: &str| {
        let mut rest = line;
        while let Some(inner) = rest.strip_prefix('>') {
            rest = inner.strip_prefix(' ').unwrap_or(inner);
        }
        rest.to_owned()
    };
    Cow::Owned(text.split_inclusive('\n').map(strip).collect())
}

/// The parts of a text, in their order; one part where it is one thing.
pub(super) fn parts(text: &str) -> Vec<&str> {
    if text.len() > BYTES {
        return vec![text];
    }
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let mut cuts = Vec::new();
    let mut start = 0;
    let mut after_blank = true;
    for (at, line) in lines.iter().enumerate() {
        let begins = tool::is_command_line(line.trim_end())
            || line.starts_with("#Software:")
            || (after_blank && event_text::begins(lines.get(at..).unwrap_or_default()));
        if begins && start > 0 {
            cuts.push(start);
        }
        start += line.len();
        // Labels also follow a sentence, but never another label.
        after_blank = !line.contains([':', '\u{FF1A}']);
    }
    let mut parts = Vec::new();
    let mut from = 0;
    for cut in cuts.into_iter().chain([text.len()]) {
        parts.extend(text.get(from..cut).filter(|part| !part.trim().is_empty()));
        from = cut;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_loses_its_marks_though_somebody_wrote_above_it() {
        assert_eq!(plain("see below\n> a\n> b\n>\n>> c\n"), "see below\na\nb\n\nc\n");
        assert_eq!(plain("a\n> b\nc\nd\n"), "a\n> b\nc\nd\n");
        assert_eq!(plain("< 220 x\n> EHLO y\n> QUIT\n> z\n"), "< 220 x\n> EHLO y\n> QUIT\n> z\n");
    }

    #[test]
    fn what_a_page_escaped_is_read_as_it_was() {
        assert_eq!(
            plain("PS C:\\&gt; a\n```text\n&quot;b&quot; &amp;lt;\n```\n"),
            "PS C:\\> a\n\"b\" &lt;\n"
        );
        assert_eq!(plain("<Event>&lt;</Event>"), "<Event>&lt;</Event>");
    }

    #[test]
    fn a_text_is_cut_at_commands_and_at_the_labels_of_events() {
        let event = "Log Name: System\nSource: NETLOGON\nDate: 1/2/2026\nEvent ID: 5719\nLevel: Error\nComputer: EX1.contoso.com\nDescription:\nNo session.\n";
        let text = format!("hello\n\n{event}\nC:\\>nltest /sc_query:contoso.com\na\nPS C:\\> setspn -X\nb\n");
        let parts = parts(&text);
        assert_eq!(parts.len(), 4, "{parts:?}");
        assert_eq!(parts.concat(), text);
    }

    #[test]
    fn a_list_of_the_shell_stays_whole() {
        let list = "Name            : a\nSource          : NETLOGON\nKind            : b\nId              : 12\nLevel           : Error\nMachine         : EX1\n";
        assert_eq!(parts(list).len(), 1);
    }
}
