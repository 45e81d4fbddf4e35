//! Sign-ins that IIS refused for a reason that is no part of a normal exchange, from its W3C log.
//!
//! A 401 is the first half of every sign-in, and most 401 rows say nothing: only rows whose
//! `sc-win32-status` names a fault are read, once for each client, path and status.

use super::block::Block;
use super::log_row::header;
use super::output::ToolResult;
use std::collections::BTreeMap;

/// Statuses (SSPI, unsigned) that no healthy exchange has: invalid token, wrong principal, time skew,
/// bad channel bindings.
const FAULTS: [u32; 4] = [2_148_074_248, 2_148_074_274, 2_148_074_276, 2_148_074_310];

/// Most different refusals of one log; more of them show nothing new.
const MOST: usize = 256;

/// Who was refused, where and why.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Refusal<'t> {
    client: &'t str,
    path: &'t str,
    win32: u32,
}

/// Reads the refusals in the block.
pub(super) fn read(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    let mut columns: Vec<&str> = Vec::new();
    let mut refusals: BTreeMap<Refusal<'_>, usize> = BTreeMap::new();
    for line in block.lines {
        if let Some(names) = header(line, "Fields") {
            columns = names.split_ascii_whitespace().collect();
            continue;
        }
        if line.trim_start().starts_with('#') {
            continue;
        }
        let Some(refusal) = refusal(&columns, line) else { continue };
        if refusals.len() < MOST || refusals.contains_key(&refusal) {
            *refusals.entry(refusal).or_default() += 1;
        }
    }
    for (refusal, count) in refusals {
        let mut result = ToolResult::new("ExAuth.HttpError");
        result.int("Status", 401).int("Win32Status", refusal.win32);
        result.text("ClientIp", refusal.client).text("Path", refusal.path).count("Count", count);
        results.push(result);
    }
}

fn refusal<'t>(columns: &[&str], line: &'t str) -> Option<Refusal<'t>> {
    let cells: Vec<&str> = line.split_ascii_whitespace().collect();
    let value =
        |name: &str| columns.iter().position(|column| *column == name).and_then(|at| cells.get(at).copied());
    let win32 = value("sc-win32-status")?.parse().ok()?;
    (value("sc-status")? == "401" && FAULTS.contains(&win32)).then(|| Refusal {
        client: value("c-ip").unwrap_or_default(),
        path: value("cs-uri-stem").unwrap_or_default(),
        win32,
    })
}
