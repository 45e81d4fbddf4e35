//! What Event Viewer saves as text or CSV: five columns and the message.
//!
//! Its line of names is translated and names no message; the order is always the same. A message
//! stands in quotation marks and may have many lines. Rows that somebody took out of the file, or
//! out of the viewer's list, have tabs, a date and a number in their places.

use super::csv_text::Table;
use super::read::{Body, Record};
use super::value::{Fields, Value};
use std::borrow::Cow;

/// Columns that have a name: level, date, source, number, category.
const NAMED: usize = 5;

/// True for a row with tabs: a level, a date, a source and a number, whatever their language.
pub(super) fn is_row(line: &str) -> bool {
    let mut cells = line.split('\t').map(str::trim);
    let (Some(level), Some(date), Some(source), Some(id), Some(_)) =
        (cells.next(), cells.next(), cells.next(), cells.next(), cells.next())
    else {
        return false;
    };
    let is_date = date.len() <= 40
        && date.contains(':')
        && date.contains(['/', '.', '-'])
        && date.contains(|c: char| c.is_ascii_digit());
    !level.is_empty()
        && level.chars().count() <= 24
        && is_date
        && source.starts_with(char::is_alphabetic)
        && id.parse::<u16>().is_ok()
}

/// True where such rows begin: at the line of names above them, or at the first of them.
pub(super) fn begins(lines: &[&str]) -> bool {
    let Some(first) = lines.first() else { return false };
    is_row(first)
        || (first.matches('\t').count() == NAMED - 1 && lines.get(1).is_some_and(|line| is_row(line)))
}

/// The events of such a file; empty for any other text.
pub(super) fn records(text: &str) -> Vec<Record<'static>> {
    let start = text.trim_start_matches(['\u{FEFF}', '\r', '\n']);
    let head = start.lines().next().unwrap_or_default();
    let names = |mark: &u8| head.matches(char::from(*mark)).count() == NAMED - 1;
    let Some(separator) = is_row(head).then_some(b'\t').or_else(|| [b'\t', b','].into_iter().find(names))
    else {
        return Vec::new();
    };
    let mut table = Table::of_rows(start, separator);
    let mut records = Vec::new();
    if !is_row(head) {
        // The line of names.
        table.next_row();
    }
    while let Some(row) = table.next_row() {
        let cells: Vec<&str> = row.cells.iter().map(|cell| cell.trim()).collect();
        let (level, source, id, message) = match cells.as_slice() {
            [level, _, source, id, _, message, ..] => (level, source, id, *message),
            // The viewer's list has no messages.
            [level, _, source, id, _] if is_row(&row.cells.join("\t")) => (level, source, id, ""),
            _ => {
                // Another text with four tabs in its first line has no such rows.
                if records.is_empty() && cells.len() > 1 {
                    return records;
                }
                continue;
            }
        };
        match id.parse::<u16>() {
            Ok(id) if !source.is_empty() => records.push(record(level, source, id, message)),
            _ if records.is_empty() => return records,
            _ => {}
        }
    }
    records
}

fn record(level: &str, source: &str, id: u16, message: &str) -> Record<'static> {
    let text = |text: &str| Value::Text(Cow::Owned(text.to_owned()));
    let mut fields: Fields<'static> =
        vec![(Cow::Borrowed("ProviderName"), text(source)), (Cow::Borrowed("Id"), Value::Int(i64::from(id)))];
    if !message.is_empty() {
        fields.push((Cow::Borrowed("Message"), text(message)));
    }
    if let Some(level) = super::event_labels::level_of(level) {
        fields.push((Cow::Borrowed("Level"), Value::Float(level)));
    }
    let mut record = Record::of_text("");
    record.types = vec![Cow::Borrowed("ExAuth.Event")];
    record.body = Body::Properties(fields);
    record
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_saved_log_is_read_in_every_language_and_with_either_separator() {
        for (head, mark) in [
            ("Level,Date and Time,Source,Event ID,Task Category", ","),
            ("Ebene\tDatum und Uhrzeit\tQuelle\tEreignis-ID\tAufgabenkategorie", "\t"),
        ] {
            let cells = [
                "Error",
                "1/2/2026 1:21:43 PM",
                "NETLOGON",
                "5719",
                "None",
                "\"No session,\r\n\"\"why\"\" not.\"",
            ];
            let text = format!("{head}\r\n{0}\r\n{0}\r\n", cells.join(mark));
            let records = records(&text);
            assert_eq!(records.len(), 2, "{text}");
            let Some(Value::Text(message)) = records[0].property("Message") else { panic!("{records:?}") };
            assert_eq!(message, "No session,\r\n\"why\" not.");
        }
    }

    #[test]
    fn another_table_of_five_columns_is_none() {
        assert!(records("a,b,c,d,e\n1,2,3,4,5\n").is_empty());
        assert!(records("a,b,c,d,e\n1,2,3,x,5,6\n").is_empty());
        assert!(records("One, two, three, four, five.\nNo table at all.\n").is_empty());
    }
}
