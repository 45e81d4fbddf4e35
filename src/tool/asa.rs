//! The alternate service account: the roll script's console text, and the status that
//! Get-ClientAccessServer prints.
//!
//! Reads the frame lines of the script, `DOMAIN\ACCOUNT$` and the order of lines. A script
//! whose end was cut off neither succeeded nor failed.

use super::block::Block;
use super::output::{folded, ToolResult};
use super::shape::{is_host, pattern};
use regex::Regex;
use std::sync::LazyLock;

/// `========== Starting at 01/12/2016 10:34:35 ==========`
static FRAME: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^\s*={6,} (Starting|Finished) at [^=]+ ={6,}\s*$"));
static VERDICT: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*THE SCRIPT (.{3,80}?)\s*$"));
/// `Latest: 1/12/2016 10:19:22 AM, CONTOSO\ASA$`, `Latest: <Not set>`, behind a server's name or a label.
static STATUS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^(.*?)\b(Latest|Previous)\s?: ?([^:<>\\]{0,3}<[^<>]{3,40}>|.{6,60}?, ?[^\s\\,]+\\[^\s\\,]+\$)")
});
static NAME: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*(?:Name|Identity)\s*: (\S+)\s*$"));

/// Reads the script's end and the accounts of the servers in the block.
pub(super) fn read(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    let (mut started, mut finished, mut errors) = (false, false, false);
    let mut verdict: Option<bool> = None;
    let mut name = String::new();
    let mut status: Vec<String> = Vec::new();
    for line in block.lines {
        if let Some(found) = FRAME.captures(line).and_then(|found| found.get(1)) {
            let starts = found.as_str() == "Starting";
            started |= starts;
            finished |= !starts;
        } else if let Some(found) = VERDICT.captures(line).and_then(|found| found.get(1)) {
            const GOOD: &str = "HAS SUCCEEDED";
            // The beginning of the good words is no bad news: the text was cut there.
            if found.as_str() == GOOD || !GOOD.starts_with(found.as_str()) {
                verdict = Some(found.as_str() == GOOD);
            }
        } else if let Some(found) = NAME.captures(line).and_then(|found| found.get(1)) {
            give(&mut name, &mut status, results);
            found.as_str().clone_into(&mut name);
        } else if let Some(found) = STATUS.captures(line) {
            let part = |group: usize| found.get(group).map_or("", |part| part.as_str());
            // In the script's table the server stands in front of its account.
            let server = part(1).trim();
            if part(2) == "Latest" && is_host(server) {
                give(&mut name, &mut status, results);
                server.clone_into(&mut name);
            }
            status.push(folded(&format!("{}: {}", part(2), part(3))));
        }
        errors |= line.contains("FullyQualifiedErrorId");
    }
    give(&mut name, &mut status, results);
    let verdict = verdict.or_else(|| (started && (finished || errors)).then_some(false));
    if let Some(succeeded) =
        verdict.filter(|_| started || finished || block.command.is_some() || verdict.is_some())
    {
        let mut result = ToolResult::new("ExAuth.AsaRoll");
        result.flag("Succeeded", succeeded);
        results.push(result);
    }
}

fn give(name: &mut String, status: &mut Vec<String>, results: &mut Vec<ToolResult>) {
    let (name, status) = (std::mem::take(name), std::mem::take(status));
    if name.is_empty() || status.is_empty() {
        return;
    }
    let mut result = ToolResult::new("ExAuth.ClientAccessServer");
    result.text("Name", name).text("AlternateServiceAccountConfiguration", status.join(" "));
    results.push(result);
}
