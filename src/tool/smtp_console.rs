//! An SMTP dialog that somebody typed: `telnet ex2 25`, and what other clients print.
//!
//! A line that begins with a reply code is the server's, one that begins with a verb the
//! client's. A text with neither a banner nor an answer to EHLO is no dialog.

use super::block::Block;
use super::output::ToolResult;
use super::shape::address;
use super::smtp_dialog::{is_command, reply, Dialog};

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
    give(block, dialog, results);
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
