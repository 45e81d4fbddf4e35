//! Connectivity and message tracking logs: what another server answered to this one.
//!
//! Only replies about servers signing in to each other become results: a full mailbox or an
//! unknown recipient is daily mail. Columns go by `#Fields`, connectivity has them always.

use super::block::Block;
use super::log_row::{cell, cells, header, Columns};
use super::output::{folded, ToolResult};
use super::shape::{address, is_host};
use super::smtp_dialog::is_of_servers;
use super::tool_name::Tool;
use std::collections::{BTreeSet, HashMap};

/// The columns of a connectivity log.
const CONNECTIVITY: &str = "date-time,session,source,Destination,direction,description";

/// Reads the rows in the block; `tool` says which of the two logs it is where no header does.
pub(super) fn read(tool: Tool, block: &Block<'_>, results: &mut Vec<ToolResult>) {
    let usual = (tool == Tool::Connectivity).then(|| Columns::usual(CONNECTIVITY));
    let mut columns = usual;
    let mut targets: HashMap<String, (String, String)> = HashMap::new();
    let mut seen = BTreeSet::new();
    for line in block.lines {
        let line = line.trim();
        if let Some(named) = Columns::of_header(line) {
            columns = Some(named);
        } else if header(line, "Log-type").is_some_and(|kind| kind.to_ascii_lowercase().contains("protocol"))
        {
            columns = None;
        }
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let Some(columns) = &columns else { continue };
        if columns.has(&["session", "direction", "description"]) {
            connectivity(columns, line, &mut targets, &mut seen, results);
        } else if columns.has(&["event-id", "recipient-status"]) {
            tracking(columns, line, &mut seen, results);
        }
    }
}

fn connectivity(
    columns: &Columns<'_>,
    line: &str,
    targets: &mut HashMap<String, (String, String)>,
    seen: &mut BTreeSet<String>,
    results: &mut Vec<ToolResult>,
) {
    let row = cells(line);
    if !cell(&row, columns.at("source")).eq_ignore_ascii_case("SMTP") {
        return;
    }
    let (session, description) = (cell(&row, columns.at("session")), cell(&row, columns.at("description")));
    if let Some((host, ip)) = target(description) {
        targets.insert(session.to_owned(), (host.to_owned(), ip.to_owned()));
    }
    // `Messages: 0 Bytes: 0 (Retry : ...)`, `Failed connection to ... (...)`.
    let inside = description.split_once('(').map(|(_, inside)| inside.strip_suffix(')').unwrap_or(inside));
    let Some(inside) = inside else { return };
    let words =
        inside.split_once(": ").filter(|(word, _)| word.trim().len() < 12).map_or(inside, |(_, words)| words);
    let place = || targets.get(session).cloned().unwrap_or_default();
    if is_of_servers(words) {
        let (host, ip) = place();
        if seen.insert(format!("{words}|{host}|{ip}")) {
            results.push(reply(words, "connectivity-log", &host, &ip));
        }
    } else if words.trim().eq_ignore_ascii_case("Service not active") {
        let (host, ip) = place();
        if seen.insert(format!("{words}|{host}|{ip}")) {
            let mut result = ToolResult::new("ExAuth.SmtpSession");
            result.text("Side", "send").text("ServerName", host).text("ServerIp", ip);
            result.flag("ComponentInactive", true);
            results.push(result);
        }
    }
}

/// `ex2.contoso.com[192.0.2.2]` alone or at the end of a list: the last one is tried last.
fn target(description: &str) -> Option<(&str, &str)> {
    let last = description.rsplit([' ', ';', ',']).next()?;
    let (host, ip) = last.strip_suffix(']')?.split_once('[')?;
    (is_host(host) && !host.is_empty()).then_some(())?;
    Some((host, address(ip)?))
}

fn tracking(columns: &Columns<'_>, line: &str, seen: &mut BTreeSet<String>, results: &mut Vec<ToolResult>) {
    let row = cells(line);
    let event = cell(&row, columns.at("event-id")).to_ascii_uppercase();
    if !event.contains("DEFER") && !event.contains("FAIL") {
        return;
    }
    let places =
        ["recipient-status", "source-context", "custom-data"].map(|name| cell(&row, columns.at(name)));
    let Some(text) = places.into_iter().find(|text| is_of_servers(text)) else {
        return;
    };
    let text = folded(text);
    if seen.insert(text.clone()) {
        results.push(reply(&text, "tracking-log", "", ""));
    }
}

fn reply(text: &str, source: &str, host: &str, ip: &str) -> ToolResult {
    let mut result = ToolResult::new("ExAuth.Reply");
    result.text("Text", folded(text)).text("ReplySource", source).text("ReplyHost", host).text("ReplyIp", ip);
    result
}
