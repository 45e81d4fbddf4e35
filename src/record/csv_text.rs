//! CSV text to the properties of its objects: `Export-Csv`, Queue Viewer's export.
//!
//! Comma, semicolon, tab or bar, quoted cells with line ends in them, an optional `#TYPE` line.
//! Cells stay texts, borrowed where they can be; one that is a type name is taken for what it
//! is by its reader.

use super::read::{Body, Record};
use super::value::{Fields, Value};
use std::borrow::Cow;

/// What separates cells; the one that the line of names has most of is taken.
const SEPARATORS: [char; 4] = [',', ';', '\t', '|'];

/// The objects of a text; empty when its first line is no line of names.
pub(super) fn objects(text: &str) -> Vec<Record<'static>> {
    let mut records = Vec::new();
    let Some(mut table) = Table::read(text) else { return records };
    while let Some(mut row) = table.next_row() {
        let is_row = row.cells.len() > 1;
        let empty = row.cells.last().is_some_and(|cell| cell.is_empty());
        if !row.closed || (row.is_open && !row.last_quoted && empty) {
            // Half a value is no value, and one that never began is not empty.
            row.cells.pop();
        }
        if is_row {
            let cells = row.cells.into_iter().map(|cell| Cow::Owned(cell.into_owned())).collect();
            records.push(table.record_owned(cells));
        }
    }
    records
}

/// A line of names, and the rows below it.
pub(super) struct Table<'t> {
    /// Type names of the objects, where the text has them.
    type_name: Cow<'t, str>,
    pub names: Vec<Cow<'t, str>>,
    pub has_type: bool,
    text: &'t str,
    at: usize,
    separator: u8,
}

/// One row.
pub(super) struct Row<'t> {
    pub cells: Vec<Cow<'t, str>>,
    /// Where it begins, and how long it is.
    pub at: usize,
    pub bytes: usize,
    /// False when a quotation mark was opened and never closed.
    pub closed: bool,
    /// No line end follows it.
    pub is_open: bool,
    /// Its last cell stood in quotation marks.
    pub last_quoted: bool,
}

/// True for the cells of an empty line.
pub(super) fn is_blank(cells: &[Cow<'_, str>]) -> bool {
    cells.iter().all(|cell| cell.trim().is_empty())
}

impl<'t> Table<'t> {
    /// Rows without a line of names.
    pub fn of_rows(text: &'t str, separator: u8) -> Table<'t> {
        Table { type_name: Cow::Borrowed(""), names: Vec::new(), has_type: false, text, at: 0, separator }
    }

    /// Reads the line of names; `None` when the text does not begin with one.
    pub fn read(text: &'t str) -> Option<Table<'t>> {
        let start = text.trim_start_matches(['\u{FEFF}', '\r', '\n']);
        let (type_name, rest) = match start.strip_prefix("#TYPE ") {
            Some(rest) => rest.split_once('\n').unwrap_or((rest, "")),
            None => ("", start),
        };
        let head = rest.lines().next().unwrap_or_default();
        let count = |separator: char| head.matches(separator).count();
        let mut separator = ',';
        for other in SEPARATORS {
            if count(other) > count(separator) {
                separator = other;
            }
        }
        if count(separator) == 0 {
            return None;
        }
        let mut table = Table {
            type_name: Cow::Borrowed(type_name.trim()),
            names: Vec::new(),
            has_type: !type_name.is_empty(),
            text,
            at: text.len() - rest.len(),
            separator: u8::try_from(separator).ok()?,
        };
        table.names = table.next_row()?.cells;
        let is_name = |name: &Cow<'_, str>| {
            name.starts_with(|c: char| c.is_ascii_alphabetic())
                && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        };
        (table.names.len() > 1 && table.names.iter().all(is_name)).then_some(table)
    }

    /// The next row; a quoted cell may hold separators and line ends.
    pub fn next_row(&mut self) -> Option<Row<'t>> {
        let at = self.at;
        if at >= self.text.len() {
            return None;
        }
        let mut row = Row {
            cells: Vec::with_capacity(self.names.len()),
            at,
            bytes: 0,
            closed: true,
            is_open: true,
            last_quoted: false,
        };
        while let Some(end) = self.cell(&mut row) {
            if end == Some(b'\n') {
                row.is_open = false;
            }
            if end != Some(self.separator) {
                break;
            }
        }
        row.bytes = self.at - at;
        Some(row)
    }

    /// Takes one cell; gives the byte that ended it, which is none at the end of the text.
    fn cell(&mut self, row: &mut Row<'t>) -> Option<Option<u8>> {
        let rest = self.text.get(self.at..)?;
        let bytes = rest.as_bytes();
        let ends = |byte: &u8| *byte == self.separator || *byte == b'\n';
        let (mut cell, mut used) = match bytes.first() {
            Some(b'"') => {
                row.last_quoted = true;
                let (cell, used, closed) = quoted(rest);
                row.closed &= closed;
                (cell, used)
            }
            _ => {
                row.last_quoted = false;
                (Cow::Borrowed(""), 0)
            }
        };
        // What stands behind a closed quotation mark belongs to the cell, as in every reader.
        let tail = rest.get(used..)?;
        let length = tail.as_bytes().iter().position(ends).unwrap_or(tail.len());
        let plain = tail.get(..length)?;
        used += length;
        let end = bytes.get(used).copied();
        let plain = if end == Some(self.separator) { plain } else { plain.trim_end_matches('\r') };
        if cell.is_empty() && !row.last_quoted {
            cell = Cow::Borrowed(plain);
        } else if !plain.is_empty() {
            cell.to_mut().push_str(plain);
        }
        row.cells.push(cell);
        self.at += used + usize::from(end.is_some());
        Some(end)
    }

    /// The object of a row.
    pub fn record(&self, cells: Vec<Cow<'t, str>>) -> Record<'t> {
        let names = self.names.iter().cloned();
        record(self.type_name.clone(), names.zip(cells.into_iter().map(Value::Text)).collect())
    }

    fn record_owned(&self, cells: Vec<Cow<'static, str>>) -> Record<'static> {
        let names = self.names.iter().map(|name| Cow::Owned(name.to_string()));
        let type_name = Cow::Owned(self.type_name.to_string());
        record(type_name, names.zip(cells.into_iter().map(Value::Text)).collect())
    }
}

/// The cell in quotation marks that begins a text, its length there, and whether it is closed.
fn quoted(text: &str) -> (Cow<'_, str>, usize, bool) {
    let mut cell = Cow::Borrowed("");
    let mut at = 1;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let Some(length) = rest.find('"') else {
            add(&mut cell, rest);
            return (cell, text.len(), false);
        };
        add(&mut cell, rest.get(..length).unwrap_or_default());
        at += length + 1;
        if !text.get(at..).is_some_and(|behind| behind.starts_with('"')) {
            return (cell, at, true);
        }
        add(&mut cell, "\"");
        at += 1;
    }
}

fn add<'t>(cell: &mut Cow<'t, str>, part: &'t str) {
    if cell.is_empty() {
        *cell = Cow::Borrowed(part);
    } else if !part.is_empty() {
        cell.to_mut().push_str(part);
    }
}

fn record<'t>(type_name: Cow<'t, str>, fields: Fields<'t>) -> Record<'t> {
    let mut record = Record::of_text("");
    if !type_name.is_empty() {
        record.types = vec![type_name];
    }
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
            "Identity|LastError\n\"EX1\\1\"|\"454 \"\"a\"\",\r\nb\"\nEX1\\2|",
            "Identity\tLastError\r\nEX1\\1\t\"454 \"\"a\"\",\r\nb\"\r\nEX1\\2\t",
        ] {
            let objects = objects(text);
            assert_eq!(objects.len(), 2, "{text}");
            assert_eq!(
                objects[0].property("LastError"),
                Some(&Value::Text("454 \"a\",\r\nb".into())),
                "{text}"
            );
            let empty = objects[1].property("LastError");
            let expected = Value::Text("".into());
            assert_eq!(empty, text.ends_with('\n').then_some(&expected), "{text}");
        }
    }

    #[test]
    fn a_sentence_is_no_line_of_names() {
        assert!(objects("Hello, all is broken\nreally").is_empty());
        assert!(objects("One\nTwo").is_empty());
    }
}
