//! An SMTP dialog that somebody typed: `telnet ex2 25`, and what other clients print.
//!
//! A line that begins with a reply code is the server's, one that begins with a verb the
//! client's. A text with neither a banner nor an answer to EHLO is no dialog; where telnet
//! says that it got no connection, the port did not answer.

use super::block::Block;
use super::output::ToolResult;
use super::shape::{address, is_host, pattern};
use super::smtp_dialog::{is_command, reply, Dialog};
use regex::Regex;
use std::sync::LazyLock;

/// How telnet of Windows says in any language that a port did not answer: the host and three dots,
/// then a sentence that ends with the port and the reason.
static UNCONNECTED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^[ \t]*[^.:]*?([A-Za-z0-9_.:-]*[A-Za-z0-9_-])[ \t]?\.\.\.[ \t]*[^ \t].*?[^0-9.]([0-9]{1,5})[ \t]?[:\u{ff1a}][ \t]*[^ \t]",
    )
});

/// What telnet of Linux says of it.
static UNCONNECTED_THERE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^telnet: .*(?:Connection (?:refused|timed out)|[Nn]o route to host|Network is unreachable)")
});

/// Marks that clients print before the lines of either side.
const MARKS: [&str; 12] =
    ["<-", "<~", "<**", "->", "~>", "<<<", ">>>", "S:", "C:", "Server:", "Client:", "=>"];

/// Reads the dialogs in the block.
pub(super) fn read(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    let mut dialog = Dialog::default();
    for line in block.lines {
        let line = bare(line);
        if reply(line).is_some() {
            if dialog.begins_anew(line) {
                give(block, std::mem::take(&mut dialog), results);
            }
            dialog.reply(line);
        } else if is_command(line) {
            dialog.command(line);
        }
    }
    if dialog.says_something() {
        give(block, dialog, results);
    } else {
        give_unconnected(block, results);
    }
}

/// Telnet to a port that did not answer.
fn give_unconnected(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    let Some(command) = &block.command else { return };
    let typed: Vec<&str> =
        command.arguments.iter().filter(|a| !a.starts_with('-')).map(String::as_str).collect();
    let (target, port) = match typed.as_slice() {
        [target, port, ..] => (*target, *port),
        _ => return,
    };
    let host = |word: &str| word.trim_end_matches('.').eq_ignore_ascii_case(target.trim_end_matches('.'));
    let failed = block.lines.iter().any(|line| {
        let of_windows = UNCONNECTED.captures(line).is_some_and(|found| {
            found.get(1).is_some_and(|word| host(word.as_str()))
                && found.get(2).is_some_and(|number| number.as_str() == port)
        });
        of_windows || UNCONNECTED_THERE.is_match(line)
    });
    let Some(port) =
        port.parse::<u16>().ok().filter(|_| failed && (is_host(target) || address(target).is_some()))
    else {
        return;
    };
    let mut result = ToolResult::new("ExAuth.PortTest");
    result.text("ComputerName", target).text("RemoteAddress", address(target).unwrap_or_default());
    result.int("RemotePort", port).text("Protocol", "tcp").flag("Open", false);
    results.push(result);
}

fn bare(line: &str) -> &str {
    let line = line.trim();
    MARKS.iter().find_map(|mark| line.strip_prefix(mark)).map_or(line, str::trim_start)
}

fn give(block: &Block<'_>, dialog: Dialog, results: &mut Vec<ToolResult>) {
    if !dialog.says_something() || (block.command.is_none() && !dialog.has_server()) {
        return;
    }
    let mut result = dialog.result("console");
    let mut typed =
        block.command.iter().flat_map(|command| &command.arguments).filter(|a| !a.starts_with('-'));
    let target = typed.next().map(String::as_str);
    if let Some(target) = target {
        result.text("Target", target).text("ServerIp", address(target).unwrap_or_default());
        let port = typed.next().map_or(Some(25), |port| port.parse::<u16>().ok());
        if let Some(port) = port {
            result.int("Port", port);
        }
    }
    results.push(result);
    if let Some(text) = dialog.last_reply() {
        let mut reply = ToolResult::new("ExAuth.Reply");
        reply.text("Text", text).text("ReplySource", "console");
        if let Some(target) = target.filter(|target| !is_loopback(target)) {
            reply.text(
                if address(target).is_some() { "ReplyIp" } else { "ReplyHost" },
                address(target).unwrap_or(target),
            );
        }
        results.push(reply);
    }
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host == "::1" || host.starts_with("127.")
}
