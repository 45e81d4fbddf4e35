//! repadmin `/replsummary`: two tables and the servers that could not be asked.
//!
//! Reads rows by shape and tables by order (source first, then destination).
//! A server under "operational errors" is missing in the tables: no row is not health.

use super::block::Block;
use super::output::{unwrapped, ToolResult};
use super::shape::{code, pattern};
use regex::Regex;
use std::sync::LazyLock;

/// `DC1   42m:40s   0 /   5   0  (1722) text`; the delta can be `>60 days` or `(unknown)`.
static ROW: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"^[ \t]*([^ \t]+)[ \t]+((?:>[ \t]*)?[^ \t]+(?:[ \t]+[^0-9 \t][^ \t]*)?)[ \t]+",
        r"([0-9]{1,9})[ \t]*/[ \t]*([0-9]{1,9})[ \t]+[0-9]{1,3}(?:[ \t]+\(?(-?[0-9]{1,10})\)?)?(?:[ \t].*)?$"
    ))
});

/// `58 - dc5.contoso.com`
static OPERATIONAL: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^[ \t]*([0-9]{1,10})[ \t]+-[ \t]+([^ \t]+)[ \t]*$"));

/// The head of a table: the abbreviation DSA stays, and repadmin prints two percent signs.
fn is_header(line: &str) -> bool {
    line.contains("DSA") && line.contains("%%")
}

/// Reads the summaries in the block.
pub(super) fn read(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    let starts = |line: &str| is_header(line) || ROW.is_match(line) || OPERATIONAL.is_match(line);
    let lines = unwrapped(block.lines, starts);
    let mut summary: Option<Summary> = None;
    for line in &lines {
        if is_header(line) {
            summary.get_or_insert_default().begin_table(line, results);
        } else if let Some(summary) = &mut summary {
            summary.line(line);
        } else if OPERATIONAL.is_match(line) && block.has_switch("replsummary") {
            summary.get_or_insert_default().line(line);
        }
    }
    if let Some(summary) = summary {
        summary.give(results);
    }
}

#[derive(Default)]
struct Summary {
    tables: usize,
    role: &'static str,
    rows: Vec<String>,
    failing: Vec<String>,
    operational: Vec<String>,
}

impl Summary {
    fn begin_table(&mut self, header: &str, results: &mut Vec<ToolResult>) {
        if self.tables == 2 {
            std::mem::take(self).give(results);
        }
        self.tables += 1;
        // With /bydest alone the first table is the destinations'; only the words tell.
        let words = header.trim_start().to_ascii_lowercase();
        self.role = match (words.starts_with("dest"), words.starts_with("sou"), self.tables) {
            (true, ..) => "destination",
            (_, true, _) | (.., 1) => "source",
            _ => "destination",
        };
    }

    fn line(&mut self, line: &str) {
        if let Some(row) = ROW.captures(line) {
            let part = |group: usize| row.get(group).map_or("", |text| text.as_str().trim());
            let status = row.get(5).and_then(|text| code(text.as_str())).unwrap_or(0);
            let (dsa, delta, fails, total) = (part(1), part(2), part(3), part(4));
            self.rows.push(format!("{}|{dsa}|{delta}|{fails}|{total}|{status}", self.role));
            if fails.bytes().any(|digit| digit != b'0') {
                self.failing.push(format!("{}|{dsa}|{fails}|{total}|{status}", self.role));
            }
        } else if let Some(found) = OPERATIONAL.captures(line) {
            let part = |group: usize| found.get(group).map_or("", |text| text.as_str());
            self.operational.push(format!("{}|{}", part(1), part(2)));
        }
    }

    fn give(self, results: &mut Vec<ToolResult>) {
        if self.rows.is_empty() && self.operational.is_empty() {
            return;
        }
        let mut result = ToolResult::new("ExAuth.ReplicationSummary");
        result.count("Rows", self.rows.len());
        result.list("Summary", self.rows);
        result.list("Failing", self.failing);
        result.list("OperationalErrors", self.operational);
        results.push(result);
    }
}
