//! `net group "Exchange Servers" /domain`: who is in a group.
//!
//! Prints names of accounts in columns of 25 characters below a line of dashes, computers with their
//! `$`, and a sentence behind them. It shows members of one domain only, and no groups within the group.

use super::block::Block;
use super::output::ToolResult;
use super::shape::{is_host, pattern};
use regex::Regex;
use std::sync::LazyLock;

static DASHES: LazyLock<Regex> = LazyLock::new(|| pattern(r"^-{60,}[ \t]*$"));
/// `Group name     Exchange Servers`, whatever the label's language.
static LABEL: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^[^ \t-][^\t]*?(?:[ ]{2,}|\t+)([^ \t].*?)[ \t]*$"));
/// Columns stand at least two blanks apart.
static GAP: LazyLock<Regex> = LazyLock::new(|| pattern(r"[ ]{2,}|\t+"));
/// True for a line of dashes with an account of a computer below it.
pub(super) fn is_printed(previous: &str, line: &str) -> bool {
    line.contains('$') && DASHES.is_match(previous) && accounts(line).next().is_some()
}

/// Accounts of computers in a row of names.
fn accounts(line: &str) -> impl Iterator<Item = &str> {
    // `\\EX1\C$` is a share.
    let names = GAP
        .split(line.trim())
        .filter(|name| !name.starts_with("\\\\"))
        .map(|name| name.rsplit('\\').next().unwrap_or(name));
    names.filter(|name| name.strip_suffix('$').is_some_and(is_host))
}

/// The sentence behind the names. A name may have blanks in it, but no sentence's end.
fn is_sentence(line: &str) -> bool {
    let line = line.trim();
    let words = line.split(' ').filter(|word| !word.is_empty()).count();
    let has_words = line.chars().any(char::is_alphabetic);
    has_words && line.ends_with(['.', '。']) || !line.is_ascii() || (words > 2 && !GAP.is_match(line))
}

/// Reads the group in the block.
pub(super) fn read(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    let Some(begin) = block.lines.iter().position(|line| DASHES.is_match(line.trim_start())) else { return };
    let (head, rows) = block.lines.split_at(begin);
    let Some(group) = group(block, head) else { return };
    let mut members: Vec<&str> = Vec::new();
    let mut whole = false;
    for line in rows.iter().skip(1).filter(|line| !line.trim().is_empty()) {
        let found = members.len();
        members.extend(accounts(line));
        if found == members.len() && is_sentence(line) {
            // `The command completed with one or more errors.`
            whole = !line.contains("error");
            break;
        }
    }
    let filtered = block.command.as_ref().is_some_and(|command| command.filtered);
    for member in members {
        let mut result = ToolResult::new("ExAuth.GroupMembership");
        result.text("Account", member).list("Groups", [group.clone()]);
        result.flag("Complete", false).flag("ByGroup", whole && !filtered).flag("OneDomain", true);
        results.push(result);
    }
}

/// The group by its label, else by the command. Heads of a table have more than two columns.
fn group(block: &Block<'_>, head: &[&str]) -> Option<String> {
    let labels = head.iter().filter_map(|line| LABEL.captures(line)?.get(1)).map(|name| name.as_str());
    let labelled = labels.filter(|name| !GAP.is_match(name)).map(str::to_owned).next();
    let asked = || {
        let mut plain = block.command.as_ref()?.arguments.iter().filter(|word| !word.starts_with('/'));
        plain.nth(1).cloned()
    };
    labelled.or_else(asked)
}
