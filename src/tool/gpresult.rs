//! `gpresult /r`: the groups that a computer has in its own token.
//!
//! Headings are localised and no key. The list of the computer is the one that holds the computer's
//! own account; that of the user holds none. What somebody runs as SYSTEM on the machine itself
//! (`psexec -s whoami /groups`) is no such list: a local token has no groups of the domain.

use super::block::Block;
use super::output::ToolResult;
use super::shape::{is_host, pattern};
use regex::Regex;
use std::sync::LazyLock;

/// The line below a heading.
static DASHES: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[ \t]+-{5,}[ \t]*$"));

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Reads the computer's groups in the block.
pub(super) fn read(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    let filtered = block.command.as_ref().is_some_and(|command| command.filtered);
    for (at, line) in block.lines.iter().enumerate() {
        if !DASHES.is_match(line) {
            continue;
        }
        let below = block.lines.get(at + 1..).unwrap_or_default();
        let listed = |item: &&&str| !item.trim().is_empty() && indent(item) > indent(line);
        let items: Vec<&str> = below.iter().take_while(listed).map(|item| item.trim()).collect();
        // Something below shows that the list has ended and was not cut off; the end of the last line
        // is no such thing.
        let ended = below.len() > items.len() + 1;
        let own = items.iter().find(|item| item.strip_suffix('$').is_some_and(is_host));
        let Some(own) = own else { continue };
        let mut result = ToolResult::new("ExAuth.GroupMembership");
        result.text("Account", *own);
        result.list("Groups", items.iter().filter(|item| *item != own).map(|item| (*item).to_owned()));
        result.flag("Complete", ended && !filtered && !items.iter().any(|item| item.ends_with("...")));
        results.push(result);
    }
}
