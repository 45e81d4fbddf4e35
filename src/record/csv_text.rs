//! CSV text to the properties of its objects: `Export-Csv`, Queue Viewer's export.
//!
//! Comma, semicolon or tab, quoted cells with line ends in them, an optional `#TYPE` line.
//! Cells stay texts; one that is a type name is taken for what it is by its reader.

use super::read::{Body, Record};
use super::value::{Fields, Value};
use std::borrow::Cow;

/// The objects of a text; empty when its first line is no line of names.
pub(super) fn objects(text: &str) -> Vec<Record<'static>> {
    let text = text.trim_start_matches(['\u{FEFF}', '\r', '\n']);
    let (type_name, text) = match text.strip_prefix("#TYPE ") {
        Some(rest) => rest.split_once('\n').unwrap_or((rest, "")),
        None => ("", text),
    };
    let head = text.lines().next().unwrap_or_default();
    let count = |separator: char| head.matches(separator).count();
    let separator = [',', ';', '\t'].into_iter().max_by_key(|separator| count(*separator)).unwrap_or(',');
    if count(separator) == 0 {
        return Vec::new();
    }
    let mut rows = Rows { rest: text, separator };
    let Some(names) = rows.next() else { return Vec::new() };
    let is_name = |name: &String| {
        name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(|c| c.is_ascii_alphanumeric())
    };
    if names.len() < 2 || !names.iter().all(is_name) {
        return Vec::new();
    }
    rows.filter(|cells| cells.len() > 1).map(|cells| record(type_name.trim(), &names, cells)).collect()
}

/// Rows of cells; a quoted cell may hold separators and line ends.
struct Rows<'t> {
    rest: &'t str,
    separator: char,
}

impl Iterator for Rows<'_> {
    type Item = Vec<String>;

    fn next(&mut self) -> Option<Vec<String>> {
        if self.rest.is_empty() {
            return None;
        }
        let mut cells = vec![String::new()];
        let mut quoted = false;
        let mut chars = self.rest.char_indices().peekable();
        let mut end = self.rest.len();
        while let Some((at, c)) = chars.next() {
            let cell = cells.last_mut()?;
            match c {
                '"' if quoted && chars.peek().is_some_and(|(_, next)| *next == '"') => {
                    cell.push('"');
                    chars.next();
                }
                '"' if quoted || cell.is_empty() => quoted = !quoted,
                '\n' if !quoted => {
                    end = at + 1;
                    break;
                }
                '\r' if !quoted => {}
                c if c == self.separator && !quoted => cells.push(String::new()),
                c => cell.push(c),
            }
        }
        self.rest = self.rest.get(end..).unwrap_or_default();
        Some(cells)
    }
}

fn record(type_name: &str, names: &[String], cells: Vec<String>) -> Record<'static> {
    let mut record = Record::of_text("");
    if !type_name.is_empty() {
        record.types = vec![Cow::Owned(type_name.to_owned())];
    }
    let fields: Fields<'static> = names
        .iter()
        .zip(cells)
        .map(|(name, cell)| (Cow::Owned(name.clone()), Value::Text(Cow::Owned(cell))))
        .collect();
    record.body = Body::Properties(fields);
    record
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_quotes_and_line_ends_in_cells_are_read() {
        for text in [
            "\"Identity\",\"LastError\"\r\n\"EX1\\1\",\"454 \"\"a\"\",\r\nb\"\r\nEX1\\2,\r\n",
            "#TYPE Selected.System.Object\nIdentity;LastError\n\"EX1\\1\";\"454 \"\"a\"\",\r\nb\"\nEX1\\2;\n",
        ] {
            let objects = objects(text);
            assert_eq!(objects.len(), 2, "{text}");
            assert_eq!(
                objects[0].property("LastError"),
                Some(&Value::Text("454 \"a\",\r\nb".into())),
                "{text}"
            );
            assert_eq!(objects[1].property("LastError"), Some(&Value::Text("".into())), "{text}");
        }
    }

    #[test]
    fn a_sentence_is_no_line_of_names() {
        assert!(objects("Hello, all is broken\nreally").is_empty());
        assert!(objects("One\nTwo").is_empty());
    }
}
