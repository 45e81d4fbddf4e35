//! Secure channels: nltest `/sc_query`, `/sc_verify`, `/sc_reset` and Test-ComputerSecureChannel.
//!
//! Reads statuses, `\\DC` and Booleans. The sentence that the command completed
//! successfully is printed after failures, too, and is not read.

use super::block::Block;
use super::output::ToolResult;
use super::shape::{is_host, pattern};
use super::tool_name::Tool;
use crate::record::is_no_controller;
use regex::Regex;
use std::sync::LazyLock;

static STATUS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"=[ \t]*([0-9]{1,10}) 0x[0-9A-Fa-f]{1,8} ([A-Z][A-Za-z_0-9]+)"));
/// `    0: APAC apac.contoso.com (NT 5) (Forest: 2) (Direct Outbound) ( Attr: 0x20 )`
static TRUST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^[ \t]*[0-9]+: ([A-Za-z0-9_-]{1,15})(?: ([A-Za-z0-9_.-]+))? (\((?:NT|MIT|DCE) .*)$")
});
static CONTROLLER: LazyLock<Regex> = LazyLock::new(|| pattern(r"\\\\([A-Za-z0-9_.-]+)"));
/// Names in the quotes of any language: the computer, then its domain.
static QUOTED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"['"‘’“”„«»「」]([A-Za-z0-9_.-]+)['"‘’“”„«»「」]"#));

/// What the console of `-Verbose` says: `on target "EX1"`, and `the domain contoso.com is ...` without quotes.
static TARGET: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r#"Test-ComputerSecureChannel["'“”„«»「」][^"'“”„«»「」]*["'“„«「]([A-Za-z0-9_.-]+)["'”»」]"#)
});
static DOMAIN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:^|[^A-Za-z0-9_.-])([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.[A-Za-z]{2,})(?:[^A-Za-z0-9_.-]|\.?$)",
    )
});
/// `ERROR_ACCESS_DENIED`
const ACCESS_DENIED: u32 = 5;

/// Reads the channel in the block.
pub(super) fn read(tool: Tool, block: &Block<'_>, results: &mut Vec<ToolResult>) {
    match tool {
        Tool::Nltest => nltest(block, results),
        Tool::Netdom => super::netdom::read(block, results),
        _ => boolean(block, results),
    }
}

/// The domain controller that the text names.
pub(super) fn controller<'t>(block: &Block<'t>) -> Option<&'t str> {
    let name = block.lines.iter().find_map(|line| CONTROLLER.captures(line)?.get(1))?;
    Some(name.as_str().trim_end_matches('.'))
}

fn nltest(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    let mut statuses: Vec<(u32, &str)> = Vec::new();
    for found in block.lines.iter().flat_map(|line| STATUS.captures_iter(line)) {
        let part = |group: usize| found.get(group).map_or("", |text| text.as_str());
        if let Ok(number) = part(1).parse() {
            statuses.push((number, part(2)));
        }
    }
    let Some(first) = statuses.first() else { return trusts(block, results) };
    let domain = ["sc_verify", "sc_query", "sc_reset"]
        .iter()
        .find_map(|name| block.command.as_ref().and_then(|command| command.switch(name)));
    // Without the arguments: two statuses, a controller or the name of the call mean a channel.
    let looks_so = || {
        let named = block.lines.iter().any(|line| line.contains("I_NetLogonControl"));
        named || statuses.len() > 1 || controller(block).is_some()
    };
    if domain.is_none() && !(block.is_open() && looks_so()) {
        if first.0 != 0 {
            results.push(ToolResult::error(first.1, Some(first.0)));
        }
        return;
    }
    // The call itself was refused: whoever asked has no rights, and nothing was tried.
    let refused =
        |line: &&str| line.contains("I_NetLogonControl") && line.contains(&format!(" {ACCESS_DENIED} 0x"));
    if block.lines.iter().any(refused) {
        results.push(ToolResult::error(first.1, Some(first.0)));
        return;
    }
    // A controller that answered the second question says more than one that did not answer the first.
    let failed = || statuses.iter().filter(|(number, _)| *number != 0);
    let bad = failed().find(|(number, _)| !is_no_controller(*number)).or_else(|| failed().next());
    let mut result = ToolResult::new("ExAuth.SecureChannel");
    result.flag("Ok", bad.is_none());
    result.text("DomainController", controller(block).unwrap_or_default());
    let domain = domain.map(|domain| domain.split('\\').next().unwrap_or(domain));
    result.text("Domain", domain.unwrap_or_default());
    let (number, name) = bad.unwrap_or(first);
    result.int("Status", *number).text("StatusName", *name);
    // /sc_query only reads what was true when the channel was set up; a single status without the
    // command may be the beginning of a verification.
    let verified = statuses.len() > 1;
    let only_read = block.command.as_ref().is_some_and(|command| command.switch("sc_query").is_some());
    if verified || only_read {
        result.flag("Verified", verified);
    }
    if let Some(server) = block.command.as_ref().and_then(|c| c.switch("server")).filter(|s| !s.is_empty()) {
        result.speaks_of(server);
    }
    results.push(result);
}

/// `/domain_trusts`: the domains that are trusted, without the computer's own.
fn trusts(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    for found in block.lines.iter().filter_map(|line| TRUST.captures(line)) {
        let part = |group: usize| found.get(group).map_or("", |part| part.as_str());
        let notes = part(3);
        if notes.contains("Primary Domain") {
            continue;
        }
        let mut result = ToolResult::new("ExAuth.ADTrust");
        result.text("Name", if part(2).is_empty() { part(1) } else { part(2) });
        let direction = (notes.contains("Direct Inbound"), notes.contains("Direct Outbound"));
        result.text(
            "Direction",
            match direction {
                (true, true) => "BiDirectional",
                (true, false) => "Inbound",
                (false, true) => "Outbound",
                // A trust over other domains has no direction of its own.
                (false, false) => "",
            },
        );
        results.push(result);
    }
}

fn boolean(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    let mut answers =
        block.lines.iter().map(|line| line.trim()).filter(|line| matches!(*line, "True" | "False"));
    let Some(answer) = answers.next() else { return };
    let mut result = ToolResult::new("ExAuth.SecureChannel");
    result.flag("Ok", answer == "True").flag("Verified", true);
    // Only -Verbose prints a sentence with both names.
    let pair = block.lines.iter().find_map(|line| {
        let names: Vec<&str> =
            QUOTED.captures_iter(line).filter_map(|found| found.get(1)).map(|name| name.as_str()).collect();
        match names.as_slice() {
            [computer, domain] if is_host(computer) && domain.contains('.') => Some((*computer, *domain)),
            _ => None,
        }
    });
    if let Some((computer, domain)) = pair {
        result.text("Domain", domain).seen_on(computer);
    } else {
        let found = |of: &Regex, line: &&str| {
            of.captures(line).and_then(|found| found.get(1)).map(|name| name.as_str().to_owned())
        };
        let target = block.lines.iter().find_map(|line| found(&TARGET, line));
        // Sentences of -Verbose stand behind a word with a colon.
        let said = |line: &&&str| line.contains(':') && !line.contains("Test-ComputerSecureChannel");
        let domain = block.lines.iter().filter(said).find_map(|line| found(&DOMAIN, line));
        result.text("Domain", domain.unwrap_or_default());
        if let Some(target) = target {
            result.seen_on(&target);
        }
    }
    results.push(result);
}
