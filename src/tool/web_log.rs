//! Logs of the web server: IIS (W3C) and HTTPERR.
//!
//! One result a server address: who was refused with which status and how often, how many
//! requests of somebody known were answered, and requests that were too long. A 401 is part of
//! every sign-in; only what became of it counts. English in every language, times are UTC.

use super::block::Block;
use super::log_row::header;
use super::output::ToolResult;
use std::collections::{BTreeMap, BTreeSet};

/// Most different refusals of one server; a scan of the internet has many addresses.
const REFUSALS: usize = 200;

/// Reasons of HTTPERR for a request whose headers do not fit.
const TOO_LONG: [&str; 3] = ["RequestLength", "FieldLength", "Header"];

#[derive(Default)]
struct Server {
    /// (client, first part of the path, `401.1`, status of Windows) with their counts.
    refused: BTreeMap<(String, String, String, String), usize>,
    /// (client, first part of the path) with their counts.
    answered: BTreeMap<(String, String), usize>,
    too_long: BTreeSet<String>,
    /// When the last of all that was.
    last: String,
}

/// Reads the rows in the block.
pub(super) fn read(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    let mut servers: BTreeMap<String, Server> = BTreeMap::new();
    let mut columns: Vec<&str> = Vec::new();
    for line in block.lines {
        if let Some(named) = header(line, "Fields") {
            columns = named.split_whitespace().collect();
            continue;
        }
        if line.starts_with('#') {
            continue;
        }
        let row: Vec<&str> = line.split_whitespace().collect();
        if columns.is_empty() {
            // Somebody took single rows out of the log; then each is of the usual form or none.
            if let Some(usual) = usual(&row) {
                let value = |name: &str| {
                    let at = usual.split(' ').position(|column| column == name);
                    at.and_then(|at| row.get(at)).copied().unwrap_or_default()
                };
                note(servers.entry(value("s-ip").to_owned()).or_default(), &value);
            }
            continue;
        }
        if row.len() != columns.len() {
            // Cut at either end of the file.
            continue;
        }
        let value = |name: &str| {
            let at = columns.iter().position(|column| column.eq_ignore_ascii_case(name));
            at.and_then(|at| row.get(at)).copied().unwrap_or_default()
        };
        note(servers.entry(value("s-ip").to_owned()).or_default(), &value);
    }
    for (ip, server) in servers {
        let is_empty = server.refused.is_empty() && server.answered.is_empty() && server.too_long.is_empty();
        if ip.is_empty() || (is_empty && !columns.contains(&"s-reason")) {
            continue;
        }
        let mut result = ToolResult::new("ExAuth.WebLog");
        result.text("ServerIp", ip).happened(&server.last);
        let refused = server.refused.into_iter().take(REFUSALS);
        result.list(
            "Refused",
            refused.map(|((client, path, status, win), n)| format!("{client}|{path}|{status}|{win}|{n}")),
        );
        let answered = server.answered.into_iter().take(REFUSALS);
        result.list("Answered", answered.map(|((client, path), n)| format!("{client}|{path}|{n}")));
        result.list("TooLong", server.too_long);
        results.push(result);
    }
}

/// What IIS writes unless somebody chose other columns: without the referrer before Windows Server 2012.
const USUAL: [&str; 2] = [
    "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken",
    "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status sc-substatus sc-win32-status time-taken",
];

/// What HTTP.sys writes into its log of errors.
const HTTPERR: &str =
    "date time c-ip c-port s-ip s-port cs-version cs-method cs-uri sc-status s-siteid s-reason s-queuename";

/// The columns of a row without header; `None` where a cell is not what it must be.
fn usual(row: &[&str]) -> Option<&'static str> {
    let columns = USUAL.iter().find(|columns| columns.split(' ').count() == row.len());
    let at = |at: usize| row.get(at).copied().unwrap_or_default();
    let behind = row.len().checked_sub(4)?;
    let is_number = |text: &str| text.parse::<u64>().is_ok();
    let is_address = |text: &str| text.parse::<std::net::IpAddr>().is_ok();
    // HTTPERR writes 13 columns, too; its version of HTTP tells it.
    if HTTPERR.split(' ').count() == row.len() && at(6).starts_with("HTTP/") {
        let is_row = is_address(at(2)) && is_address(at(4)) && is_number(at(3)) && is_number(at(5));
        return is_row.then_some(HTTPERR);
    }
    let columns = columns?;
    let is_row = is_address(at(2))
        && is_address(at(8))
        && at(4).starts_with('/')
        && is_number(at(6))
        && at(behind).len() == 3
        && (behind..row.len()).all(|cell| is_number(at(cell)));
    is_row.then_some(*columns)
}

fn note<'r>(server: &mut Server, value: &dyn Fn(&str) -> &'r str) {
    let uri = [value("cs-uri-stem"), value("cs-uri")].into_iter().find(|uri| !uri.is_empty());
    let path = uri.unwrap_or_default().split('/').nth(1).unwrap_or_default().to_ascii_lowercase();
    let client = value("c-ip").to_owned();
    let reason = value("s-reason");
    if TOO_LONG.contains(&reason) {
        server.too_long.insert(format!("{client}|{path}|{reason}"));
    }
    let known = !matches!(value("cs-username"), "" | "-");
    let refused = matches!(value("sc-status"), "401" | "403") || TOO_LONG.contains(&reason);
    let (date, time) = (value("date"), value("time"));
    if refused && !date.is_empty() && !time.is_empty() {
        // Equal lengths sort as time does.
        let at = format!("{date}T{time}Z");
        if at > server.last {
            server.last = at;
        }
    }
    match value("sc-status") {
        status @ ("401" | "403") => {
            let code = format!("{status}.{}", value("sc-substatus"));
            *server.refused.entry((client, path, code, value("sc-win32-status").to_owned())).or_default() +=
                1;
        }
        status if known && status.starts_with(['2', '3']) => {
            *server.answered.entry((client, path)).or_default() += 1;
        }
        _ => {}
    }
}
