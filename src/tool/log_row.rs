//! Lines of the logs of Exchange: header lines, and rows by the columns that `#Fields` names.
//!
//! A header may come again in mid-file and a row may be cut at either end. Keys of headers
//! are compared without case; they and the columns are English in every language.

use std::borrow::Cow;

/// Most cells of one row; the widest log has 74. What is behind them is nobody's column.
const CELLS: usize = 256;

/// The value of a header line: `#Log-type: SMTP Receive Protocol Log`.
pub(super) fn header<'t>(line: &'t str, key: &str) -> Option<&'t str> {
    let (name, value) = line.trim_start().strip_prefix('#')?.split_once(':')?;
    name.trim().eq_ignore_ascii_case(key).then(|| value.trim())
}

/// The names of a log's columns in their order.
#[derive(Debug, Clone)]
pub(super) struct Columns<'t>(Vec<&'t str>);

impl<'t> Columns<'t> {
    /// The columns that a log has where nobody names them.
    pub fn usual(names: &'t str) -> Columns<'t> {
        Columns(names.split(',').map(str::trim).collect())
    }

    /// The columns of a `#Fields` line.
    pub fn of_header(line: &'t str) -> Option<Columns<'t>> {
        header(line, "Fields").map(Columns::usual)
    }

    /// Where a column stands.
    pub fn at(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|column| column.eq_ignore_ascii_case(name))
    }

    /// True when the log has all these columns.
    pub fn has(&self, names: &[&str]) -> bool {
        names.iter().all(|name| self.at(name).is_some())
    }
}

/// A cell of a row, empty when the row is too short.
pub(super) fn cell<'r>(row: &'r [Cow<'_, str>], at: Option<usize>) -> &'r str {
    at.and_then(|at| row.get(at)).map_or("", |cell| cell.trim())
}

/// The cells of a row; a comma or a quotation mark inside a cell stands in quotation marks.
pub(super) fn cells(line: &str) -> Vec<Cow<'_, str>> {
    let mut cells = Vec::new();
    let mut rest = line;
    while cells.len() < CELLS {
        let (cell, behind) = match rest.strip_prefix('"') {
            Some(quoted) => quoted_cell(quoted),
            None => match rest.split_once(',') {
                Some((cell, behind)) => (Cow::Borrowed(cell), Some(behind)),
                None => (Cow::Borrowed(rest), None),
            },
        };
        cells.push(cell);
        match behind {
            Some(behind) => rest = behind,
            None => break,
        }
    }
    cells
}

/// The cell behind an opening quotation mark, and what follows its comma. A mark that nobody
/// closed ends with the line.
fn quoted_cell(text: &str) -> (Cow<'_, str>, Option<&str>) {
    let mut end = 0;
    let mut doubled = false;
    let mut rest = text;
    while let Some(at) = rest.find('"') {
        end += at;
        rest = rest.get(at + 1..).unwrap_or_default();
        match rest.strip_prefix('"') {
            Some(behind) => {
                doubled = true;
                end += 2;
                rest = behind;
            }
            None => {
                let cell = plain(text.get(..end).unwrap_or_default(), doubled);
                return (cell, rest.split_once(',').map(|(_, behind)| behind));
            }
        }
    }
    (plain(text, doubled), None)
}

fn plain(cell: &str, doubled: bool) -> Cow<'_, str> {
    if doubled {
        return Cow::Owned(cell.replace("\"\"", "\""));
    }
    Cow::Borrowed(cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_cells_hold_commas_and_marks() {
        assert_eq!(cells("a,\"b, c\",,\"d \"\"e\"\"\","), ["a", "b, c", "", "d \"e\"", ""]);
        assert_eq!(cells("a,\"b, c"), ["a", "b, c"]);
        assert_eq!(cells(""), [""]);
    }

    #[test]
    fn headers_and_columns_are_found_without_case() {
        assert_eq!(header("#Log-Type: SMTP Send Protocol Log", "log-type"), Some("SMTP Send Protocol Log"));
        assert_eq!(header("Log-type: x", "log-type"), None);
        let columns = Columns::of_header("#Fields: date-time,session,Destination").unwrap();
        assert_eq!((columns.at("destination"), columns.at("data")), (Some(2), None));
        assert_eq!(cell(&cells("a,b"), columns.at("destination")), "");
    }
}
