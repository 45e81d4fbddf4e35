//! PsGetSid: the machine SID of a computer.
//!
//! English in every language: `SID for \\\\EX1:` and the SID below it. The SID of an account, which
//! the same tool prints behind the account's name, is none of a machine.

use super::block::Block;
use super::output::ToolResult;
use super::shape::pattern;
use regex::Regex;
use std::sync::LazyLock;

static HEAD: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^[ \t]*SID for \\{2}([A-Za-z0-9][A-Za-z0-9.-]{0,254}):[ \t]*$"));
/// Three numbers behind `21`: a fourth is an account's.
static SID: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[ \t]*(S-1-5-21(?:-[0-9]{1,10}){3})[ \t]*$"));

/// Reads the SIDs in the block.
pub(super) fn read(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    let mut computer = None;
    for line in block.lines.iter().filter(|line| !line.trim().is_empty()) {
        let named = HEAD.captures(line).and_then(|found| found.get(1)).map(|name| name.as_str());
        if let (Some(computer), Some(sid)) = (computer, SID.captures(line).and_then(|found| found.get(1))) {
            let mut result = ToolResult::new("ExAuth.MachineSid");
            result.text("Computer", computer).text("Sid", sid.as_str()).speaks_of(computer);
            results.push(result);
        }
        computer = named;
    }
}

#[cfg(test)]
mod tests {
    use super::super::read_text;

    #[test]
    fn the_sid_of_a_machine_is_read_and_the_one_of_an_account_is_not() {
        let bare = "SID for \\\\EX1:\nS-1-5-21-1-2-3\n\n";
        for text in [bare.to_owned(), format!("C:\\>psgetsid \\\\EX1 -nobanner\n{bare}")] {
            let records = read_text(None, Some("ADMIN1"), None, &text);
            assert_eq!(records.len(), 1, "{text}");
            assert_eq!(records[0].computer.as_deref(), Some("EX1"));
        }
        for other in [
            "SID for CONTOSO\\EX1$:\nS-1-5-21-1-2-3-1104\n",
            "SID for \\\\EX1:\nS-1-5-21-1-2-3-500\n",
            "The SID for \\\\EX1: see below\nS-1-5-21-1-2-3\n",
        ] {
            assert!(read_text(None, None, None, other).is_empty(), "{other}");
        }
    }
}
