//! klist of Windows: cached tickets and the codes of a failed request.
//!
//! Reads `#n>` blocks by the order of their lines, and codes. The tools of the
//! same name from Java and MIT print other layouts and are not read.

use super::block::Block;
use super::output::ToolResult;
use super::shape::{code, labelled, pattern};
use regex::Regex;
use std::sync::LazyLock;

static TICKET: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[ \t]*#[0-9]+>"));
static LOGON: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b0:(0x[0-9A-Fa-f]+)"));
/// `(GetTicket substatus): 0x51f`, hexadecimal or decimal.
static SUBSTATUS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"LsaCallAuthenticationPackage ?\([^()]*\) ?: ?(0x[0-9A-Fa-f]+|[0-9]+)"));
/// `0xc000005e/-1073741730`
static STATUS: LazyLock<Regex> = LazyLock::new(|| pattern(r"(0x[0-9A-Fa-f]{8})/-[0-9]+"));

/// Reads the tickets or the failure in the block.
pub(super) fn read(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    let first = |pattern: &Regex| {
        block.lines.iter().find_map(|line| pattern.captures(line)?.get(1).map(|found| found.as_str()))
    };
    if let Some(status) = first(&STATUS).or(first(&SUBSTATUS)).and_then(code) {
        let mut result = ToolResult::error("klist failed", Some(status));
        if let Some(substatus) = first(&SUBSTATUS).and_then(code) {
            result.text("Substatus", format!("0x{substatus:X}"));
        }
        result.text("LogonId", first(&LOGON).unwrap_or_default());
        result.text("Spn", block.command.as_ref().and_then(asked).unwrap_or_default());
        results.push(result);
        return;
    }
    let mut tickets = Vec::new();
    let mut open: Vec<&str> = Vec::new();
    for line in block.lines {
        if TICKET.is_match(line) {
            tickets.extend(ticket(&std::mem::take(&mut open)));
            open.push(line);
        } else if !open.is_empty() && !line.trim().is_empty() {
            open.push(line);
        }
    }
    tickets.extend(ticket(&open));
    if tickets.is_empty() {
        return;
    }
    let mut result = ToolResult::new("ExAuth.KerberosTickets");
    result.text("LogonId", first(&LOGON).unwrap_or_default()).list("Tickets", tickets);
    results.push(result);
}

fn asked(command: &super::command::Command) -> Option<&str> {
    let at = command.arguments.iter().position(|argument| argument.eq_ignore_ascii_case("get"))?;
    command.arguments.get(at + 1).map(String::as_str)
}

/// `server|encryption|end`: client, server, encryption, flags, start, end stand in this order.
fn ticket(lines: &[&str]) -> Option<String> {
    let value = |at: usize| lines.get(at).and_then(|line| labelled(line)).map(|(_, value)| value);
    let server = value(1)?.split(" @ ").next()?;
    let end = value(5).unwrap_or_default();
    let end = end.split_once(" (").map_or(end, |(time, _)| time);
    server.contains('/').then(|| format!("{server}|{}|{end}", value(2).unwrap_or_default()))
}
