//! A CSV file to records, one a row: `Export-Csv` with any delimiter, with and without `#TYPE`.
//!
//! A row that has more cells than there are names, or whose quotation mark is never closed, is
//! no record; a last cell that may have been cut is not given. Both are reported with their line.

use super::{is_known, line_of, Each};
use crate::limits;
use crate::record::csv_text::{is_blank, Table};
use crate::record::read::Rejected;

/// Rows that a table of an unknown kind must have alike, before it is no sentence with commas.
const ROWS: usize = 2;

/// True for a text that is a table with a line of names.
pub(super) fn begins(start: &str) -> bool {
    let Some(mut table) = Table::read(start) else { return false };
    let width = table.names.len();
    let mut alike = 0;
    while let Some(row) = table.next_row() {
        // The last row of a file that was cut: it is for `read` to say so.
        let cut = row.is_open && (!row.closed || row.cells.len() < width);
        if row.cells.len() != width && !cut {
            break;
        }
        if alike == 0 && is_known(&table.record(row.cells)) {
            return true;
        }
        alike += usize::from(!cut);
        if alike == ROWS {
            return true;
        }
    }
    // A table of one row or none: its type, or enough names, say what it is.
    table.has_type || (alike > 0 && width > 3)
}

/// Reads the rows of a table.
pub(super) fn read(text: &str, first_index: usize, each: &mut Each<'_>) {
    let Some(mut table) = Table::read(text) else { return };
    let mut index = first_index;
    let (mut line, mut counted) = (1, 0);
    let width = table.names.len();
    while let Some(mut row) = table.next_row() {
        line += text.get(counted..row.at).map_or(0, |passed| line_of(passed, passed.len()) - 1);
        counted = row.at;
        let reason = match row.cells.len() {
            _ if !row.closed => Some("cut off: a quotation mark is not closed".to_owned()),
            _ if row.bytes > limits::RECORD_BYTES => {
                let limit = format!("{} MB", limits::RECORD_BYTES >> 20);
                Some(crate::Error::Limit { what: "record", limit }.to_string())
            }
            1 if is_blank(&row.cells) => continue,
            cells if cells > width => Some(format!("{cells} cells below {width} names")),
            cells if cells < width && row.is_open => Some(format!("cut off: {cells} of {width} cells")),
            1 => Some(format!("one cell below {width} names")),
            _ => None,
        };
        let mut reject = |reason| each(Err(Rejected { index, line, at: None, reason }));
        if let Some(reason) = reason {
            reject(reason);
            index += 1;
            continue;
        }
        if row.is_open && !row.last_quoted {
            row.cells.pop();
            reject("the last line has no end: its last cell may be cut and was left out".to_owned());
            index += 1;
        }
        each(Ok(table.record(row.cells)));
        index += 1;
    }
    if index == first_index {
        let reason = "cut off: a line of names and no row".to_owned();
        each(Err(Rejected { index, line, at: None, reason }));
    }
}
