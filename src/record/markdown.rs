//! Tables of Markdown, as notes and tickets hold them, to tables of the shell.
//!
//! Reads no values. A row that is not one of a table with a rule below its names stays as it is.

use std::borrow::Cow;

/// Fewest columns of a table: a line with two bars is perhaps a quotation.
const COLUMNS: usize = 2;

/// The text with its tables laid out in columns below dashes.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains("|-") && !text.contains("| -") && !text.contains("|:") {
        return Cow::Borrowed(text);
    }
    let lines: Vec<&str> = text.lines().collect();
    let mut out: Vec<String> = Vec::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let rows = rows(lines.get(at..).unwrap_or_default());
        if rows.len() > 2 {
            // The shell has blank lines around a table.
            out.push(String::new());
            out.extend(laid_out(&rows));
            out.push(String::new());
            at += rows.len();
        } else {
            out.push((*line).to_owned());
            at += 1;
        }
    }
    let mut joined = out.join("\n");
    if text.ends_with('\n') {
        joined.push('\n');
    }
    Cow::Owned(joined)
}

/// The cells of the table that begins at the first of these lines, its rule as an empty row.
fn rows<'t>(lines: &[&'t str]) -> Vec<Vec<&'t str>> {
    let columns = lines.first().and_then(|line| cells(line)).map_or(0, |names| names.len());
    let is_rule =
        |line: &&str| line.contains("--") && line.chars().all(|c| matches!(c, '|' | '-' | ':' | ' ' | '\t'));
    if columns < COLUMNS || !lines.get(1).is_some_and(is_rule) {
        return Vec::new();
    }
    let cells = lines.iter().map_while(|line| cells(line).filter(|cells| cells.len() == columns));
    cells.collect()
}

/// The cells between the bars of a line that has them at both ends.
fn cells(line: &str) -> Option<Vec<&str>> {
    let inner = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    Some(inner.split('|').map(|cell| cell.trim().trim_matches(['*', '`'])).collect())
}

fn laid_out(rows: &[Vec<&str>]) -> Vec<String> {
    let columns = rows.first().map_or(0, Vec::len);
    let is_rule = |at: usize| at == 1;
    let widths: Vec<usize> = (0..columns)
        .map(|column| {
            let cells = rows.iter().enumerate().filter(|(at, _)| !is_rule(*at));
            cells.filter_map(|(_, row)| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
        })
        .collect();
    let line = |at: usize, row: &Vec<&str>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| match is_rule(at) {
            true => "-".repeat(*width),
            false => format!("{cell:<width$}"),
        });
        cells.collect::<Vec<_>>().join(" ")
    };
    rows.iter().enumerate().map(|(at, row)| line(at, row)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_laid_out_and_other_bars_stay() {
        let text = "see\n| Server | **Url** |\n|:---|---|\n| CAS2 | https://x |\nend | of\n";
        let plain = plain(text);
        let lines: Vec<&str> = plain.lines().map(str::trim_end).collect();
        assert_eq!(lines, ["see", "", "Server Url", "------ ---------", "CAS2   https://x", "", "end | of"]);
        for other in ["a | b\n|---|\n", "| a |\n|---|\n| b |\n", "x |- y"] {
            assert_eq!(super::plain(other).trim_end(), other.trim_end());
        }
    }
}
