//! Format-List text to the properties of its objects: `Name   : value`.
//!
//! Takes lists that lost their padding, gained blank lines, or wrapped at the console's width.
//! Values stay texts; what they mean is read by the kind of the object, which follows from the
//! names of its properties. A list of no known kind is nobody's.

use super::read::{Body, Record};
use super::value::{Fields, Value};
use std::borrow::Cow;

/// Indentation that can only be a wrapped value: no property name stands so far right.
const WRAPPED: usize = 8;

/// One line of the text.
struct Line<'t> {
    /// Without its line end; blanks at the end matter to wrapping.
    raw: &'t str,
    /// Name and value, when the line begins a property.
    property: Option<(&'t str, &'t str)>,
    /// True when a blank line stands before it.
    after_blank: bool,
}

/// A property's name and the value's first line.
fn property(raw: &str) -> Option<(&str, &str)> {
    if raw.chars().take_while(|c| c.is_whitespace()).count() >= WRAPPED {
        return None;
    }
    let (name, value) = raw.split_once(':')?;
    let name = name.trim();
    let mut characters = name.chars();
    let is_name = characters.next().is_some_and(|c| c.is_ascii_alphabetic())
        && characters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    // `https://...` at the beginning of a wrapped line.
    let is_url = value.starts_with("//");
    // A list that was retyped: `Status:     : Retry`.
    let value = value.trim_start();
    let value = value.strip_prefix(": ").unwrap_or(value).trim_start();
    (is_name && name.len() > 1 && !is_url).then_some((name, value))
}

/// True for a line that begins a property.
pub(super) fn is_property(line: &str) -> bool {
    property(line).is_some()
}

/// True for the lines of a Format-List: names without blanks, and one column of colons.
pub(super) fn is_printed(lines: &[&str]) -> bool {
    let column = |line: &&str| {
        let (name, _) = line.split_once(" :")?;
        property(line).filter(|(found, _)| *found == name.trim_end())?;
        Some(name.chars().count())
    };
    let mut columns: Vec<usize> = lines.iter().filter_map(column).collect();
    let named = lines.iter().filter(|line| property(line).is_some()).count();
    columns.sort_unstable();
    let most = columns.chunk_by(|one, other| one == other).map(<[usize]>::len).max().unwrap_or(0);
    most > 3 && most * 5 > named * 3
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut after_blank = true;
    for raw in text.lines() {
        if raw.trim().is_empty() {
            after_blank = true;
            continue;
        }
        lines.push(Line { raw, property: property(raw), after_blank });
        after_blank = false;
    }
    lines
}

/// The objects of a text; empty when it is no list.
pub(super) fn objects(text: &str) -> Vec<Record<'static>> {
    let mut lines = lines(text);
    if !text.ends_with(['\n', '\r']) && lines.last().is_some_and(|last| is_half_a_property(&lines, last)) {
        lines.pop();
    }
    let properties: Vec<&Line<'_>> = lines.iter().filter(|line| line.property.is_some()).collect();
    if properties.len() < 2 {
        return Vec::new();
    }
    // A post that put a blank line behind every property does not end its object with it.
    let spaced = properties.iter().filter(|line| line.after_blank).count() * 5 > properties.len() * 3;
    let width = wrap_width(&lines);
    let mut objects = Vec::new();
    let mut object: Fields<'static> = Vec::new();
    let mut value = String::new();
    let mut name: Option<&str> = None;
    // Where the value of the open property begins, in characters.
    let mut column = 0;
    let mut before: Option<&Line<'_>> = None;
    for line in &lines {
        // Inside a list of values that has not ended, `Stage:x` is no property; `Stage : x` would be.
        let inside = name.is_some() && is_open(&value) && !line.raw.contains(" :");
        match line.property.filter(|_| !inside) {
            Some((next, first)) => {
                push(&mut object, name.take(), &mut value);
                let again = object.first().is_some_and(|(first, _)| first.eq_ignore_ascii_case(next));
                if line.after_blank && !object.is_empty() && (again || !spaced) {
                    objects.push(std::mem::take(&mut object));
                }
                name = Some(next);
                column = line.raw.chars().count().saturating_sub(first.chars().count());
                value.push_str(first);
            }
            None if name.is_some() => {
                // A line that fills the console was cut where it stood, any other at a blank.
                let cut = before.is_some_and(|before| Some(before.raw.chars().count()) == width);
                if cut {
                    let indented = line.raw.chars().take(column).take_while(|c| *c == ' ').count();
                    value.extend(line.raw.chars().skip(indented));
                } else {
                    // An event's message has lines of its own; everything else was one line.
                    let own = name == Some("Message") && is_labelled(line.raw);
                    value.push(if own { '\n' } else { ' ' });
                    value.push_str(line.raw.trim());
                }
            }
            None => {}
        }
        before = Some(line);
    }
    push(&mut object, name, &mut value);
    objects.push(object);
    objects.into_iter().filter(|object| object.len() > 1).map(record).collect()
}

/// True for a line of an event's message that has a label: `Security ID:  S-1-0-0`.
fn is_labelled(line: &str) -> bool {
    let line = line.trim();
    let label = line.split_once(':').filter(|(label, _)| label.chars().count() <= 40);
    label.is_some_and(|(_, value)| value.is_empty() || value.starts_with('\t') || value.starts_with("  "))
}

/// True for lines that can only be of the value that an object above them left open.
pub(super) fn is_wrapped_value(lines: &[&str]) -> bool {
    let mut filled = lines.iter().filter(|line| !line.trim().is_empty()).peekable();
    let indented = |line: &&str| line.chars().take_while(|c| c.is_whitespace()).count() >= WRAPPED;
    filled.peek().is_some() && filled.all(indented)
}

/// True for a value whose brace has not been closed.
fn is_open(value: &str) -> bool {
    value.starts_with('{') && value.matches('{').count() > value.matches('}').count()
}

/// True for a last line that may be the beginning of a property: the text was cut there, and a
/// wrapped value stands further right.
fn is_half_a_property(lines: &[Line<'_>], last: &Line<'_>) -> bool {
    let indent = |line: &Line<'_>| line.raw.len() - line.raw.trim_start().len();
    let names = lines.iter().filter(|line| line.property.is_some()).map(indent).max();
    let word = last.raw.trim();
    // A name whose value was cut off is not a name without a value.
    if last.property.is_some_and(|(_, value)| value.is_empty()) {
        return true;
    }
    last.property.is_none()
        && names.is_some_and(|names| indent(last) <= names)
        && word.starts_with(|c: char| c.is_ascii_uppercase())
        && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '\u{FFFD}')
}

/// Widths at which consoles cut lines, with and without their last column.
const CONSOLES: [usize; 4] = [79, 80, 119, 120];

/// The console's width: the length that most of the wrapped lines share, when it cut them anywhere.
fn wrap_width(lines: &[Line<'_>]) -> Option<usize> {
    let followed = lines.windows(2).filter_map(|pair| match pair {
        [line, next] if next.property.is_none() && !next.after_blank => Some(line.raw.chars().count()),
        _ => None,
    });
    let mut lengths: Vec<usize> = followed.collect();
    lengths.sort_unstable();
    let runs = lengths.chunk_by(|one, other| one == other);
    let shared =
        runs.max_by_key(|run| run.len()).filter(|run| run.len() > 1 && run.len() * 2 > lengths.len());
    if let Some(length) = shared.and_then(|run| run.first()) {
        return Some(*length);
    }
    // One wrapped line alone: cut by a console of a usual width, when nothing is longer.
    let longest = lines.iter().map(|line| line.raw.chars().count()).max()?;
    (lengths.len() == 1 && lengths.first() == Some(&longest) && CONSOLES.contains(&longest))
        .then_some(longest)
}

fn push(object: &mut Fields<'static>, name: Option<&str>, value: &mut String) {
    if let Some(name) = name {
        object.push((
            Cow::Owned(name.to_owned()),
            Value::Text(Cow::Owned(std::mem::take(value).trim().to_owned())),
        ));
    }
}

fn record(fields: Fields<'static>) -> Record<'static> {
    let mut record = Record::of_text("");
    record.body = Body::Properties(fields);
    record
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<Vec<(String, String)>> {
        let texts = |record: Record<'static>| match record.body {
            Body::Properties(fields) => fields
                .into_iter()
                .map(|(name, value)| match value {
                    Value::Text(value) => (name.into_owned(), value.into_owned()),
                    _ => unreachable!(),
                })
                .collect(),
            Body::Text(_) => unreachable!(),
        };
        objects(text).into_iter().map(texts).collect()
    }

    fn one(text: &str) -> Vec<(String, String)> {
        let mut objects = values(text);
        assert_eq!(objects.len(), 1, "{text}");
        objects.remove(0)
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn padding_may_be_there_or_lost() {
        let expected = vec![
            pair("Server", "EX1"),
            pair("ExternalUrl", ""),
            pair("Identity", r"EX1\mapi (Default Web Site)"),
        ];
        assert_eq!(
            one("Server      : EX1\r\nExternalUrl : \r\nIdentity    : EX1\\mapi (Default Web Site)\r\n"),
            expected
        );
        assert_eq!(one("Server : EX1\nExternalUrl :\nIdentity :EX1\\mapi (Default Web Site)  "), expected);
    }

    #[test]
    fn a_blank_line_ends_an_object_unless_every_property_has_one() {
        assert_eq!(values("Server : EX1\nName : owa\n\nServer : EX2\nName : owa\n").len(), 2);
        assert_eq!(one("Server : EX1\n\nName : owa\n\nInternalUrl :\n").len(), 3);
        assert_eq!(values("Server : EX1\n\nName : owa\n\nServer : EX2\n\nName : owa\n").len(), 2);
    }

    #[test]
    fn a_name_that_is_listed_twice_stays_in_its_object() {
        assert_eq!(one("Name : owa\nServer : EX1\nServer : EX1\n").len(), 3);
    }

    #[test]
    fn a_wrapped_value_is_joined_with_a_blank_or_where_the_console_cut_it() {
        let at_blank =
            "LastError : 454 4.7.0 Temporary\n            authentication failure\nStatus    : Retry\n";
        assert_eq!(one(at_blank)[0].1, "454 4.7.0 Temporary authentication failure");
        let cut = "AuthMechanism  : Tls, BasicAut\n                 hRequireTLS,\nRemoteIPRanges : {192.0.2.0-19\n                 2.0.2.255}\n";
        let read = one(cut);
        assert_eq!(read[0].1, "Tls, BasicAuthRequireTLS,");
        assert_eq!(read[1].1, "{192.0.2.0-192.0.2.255}");
        let before_blank = "Identity : EX1\\owa (Default\n            Site)\nName     : EX1\\owa (Default\n            Site)\n";
        assert_eq!(one(before_blank)[0].1, "EX1\\owa (Default Site)");
    }

    #[test]
    fn one_line_that_fills_a_console_was_cut_where_it_stood() {
        let line =
            format!("{:<72}Exchange", "AuthMechanism : Tls, Integrated, BasicAuth, BasicAuthRequireTLS,");
        let cut = format!("{line}\n{:16}Server\nServer        : EX1\n", "");
        assert!(one(&cut)[0].1.ends_with("ExchangeServer"), "{:?}", one(&cut));
    }

    #[test]
    fn a_name_that_was_cut_is_no_part_of_the_value_before_it() {
        let read = one("Server      : EX1\nName        : owa\nExternalUrl :\nInternalAuthentic");
        assert_eq!(read[2], pair("ExternalUrl", ""));
        let read = one("Server    : EX1\nLastError : 454 4.7.0 Temporary\n            Authentication");
        assert_eq!(read[1].1, "454 4.7.0 Temporary Authentication");
    }

    #[test]
    fn a_post_may_break_a_value_with_blank_lines() {
        let read = one("DeliveryType : x\n\nNextHopDomain : y\n\nLastError : 451 4.4.0 Security\n\nstatus InvalidToken\n\nStatus : Retry\n");
        assert_eq!(read[2], pair("LastError", "451 4.4.0 Security status InvalidToken"));
    }

    #[test]
    fn an_object_that_was_printed_is_told_from_labels_of_an_event() {
        let printed = ["Name        : a", "Guid        : b", "Id          : 3", "IsValid     : True"];
        assert!(is_printed(&printed));
        let labels = ["Log Name: System", "Source: a", "Date: b", "Event ID: 3", "Level: Error"];
        assert!(!is_printed(&labels));
    }

    #[test]
    fn a_retyped_colon_is_no_part_of_the_value() {
        assert_eq!(one("Status:        : Retry\nMessageCount : 3\n")[0], pair("Status", "Retry"));
    }
}
