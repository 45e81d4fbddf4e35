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
    if !dialog.says_something() {
        refused(block, results);
    }
    give(block, dialog, results);
}

/// `telnet ex2 25` that got no connection: a sentence in any language, and the port in it.
fn refused(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    let Some(command) = &block.command else { return };
    let [target, port] = command.arguments.as_slice() else { return };
    let Ok(port) = port.parse::<u16>() else { return };
    let mut lines = block.lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty());
    let (first, more) = (lines.next().unwrap_or_default(), lines.count());
    let number = port.to_string();
    let names_port = block.lines.iter().any(|line| {
        line.split(|c: char| !c.is_ascii_digit()).any(|digits| digits == number)
            && line.contains([':', '\u{FF1A}'])
    });
    if names_port && more < 3 && reply(first).is_none() {
        let mut result = ToolResult::new("ExAuth.PortTest");
        result
            .text("ComputerName", target.as_str())
            .text("RemoteAddress", address(target).unwrap_or_default());
        result.int("RemotePort", port).text("Protocol", "tcp").flag("Open", false);
        results.push(result);
    }
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
