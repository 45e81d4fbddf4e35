//! Errors of a remote shell: the Exchange Management Shell, New-PSSession, WinRM.
//!
//! The words are translated; the error's id, the status, the protocol names and the server in
//! brackets are not. A command that found nothing, or failed at something else, is none.

use super::block::Block;
use super::output::{folded, ToolResult};
use super::shape::{code, is_host, pattern};
use regex::Regex;
use std::sync::LazyLock;

/// `+ FullyQualifiedErrorId : -2144108212,PSSessionOpenFailed`; the console may break it anywhere.
static ERROR_ID: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"([A-Za-z0-9-]{2,60}),\s?(PSSession(?:OpenFailed|StateBroken)|WSMan[A-Za-z,.]{3,60})")
});
/// Marks of a remote shell's error in any language; one is enough.
const MARKS: [&str; 6] = [
    "PSSessionOpenFailed",
    "PSSessionStateBroken",
    "PSRemotingTransportException",
    "about_Remote_Troubleshooting",
    "Failed to connect to an Exchange server in the current site",
    "WSManCreateShell",
];
/// A status in the message, and not the number of an event or a build.
static STATUS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(0x8[0-9A-Fa-f]{7})\b"));
static SIGNED: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:^|[^0-9A-Za-z-])(-214[0-9]{7})\b"));
static HTTP: LazyLock<Regex> = LazyLock::new(|| pattern(r"\bHTTP\b[^0-9]{1,40}\b([45][0-9]{2})\b"));
/// `[ex1.contoso.com]` in front of the message, or the URL that was opened.
static BRACKETS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\[([A-Za-z0-9][A-Za-z0-9.-]{0,254})\]"));
static URL: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\bhttps?://([A-Za-z0-9.-]{1,255})(?::[0-9]+)?/powershell"));
static REMOTE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\bremote server ([A-Za-z0-9.-]{1,255}) failed\b"));
/// `[ex1.contoso.com] Connecting to ...`: the server in front of a session's error, and not a prompt.
static FRAMED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?m)^\s*(?:[^\s:\[\]]{3,40} ?: )?\[([A-Za-z0-9][A-Za-z0-9.-]{1,254})\] [^\s:]")
});
/// `VERBOSE: Connecting to ex1.contoso.com.`
static CONNECTING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^[^\s:]{3,24}\s?: (?:[^:\[\]]{1,60} )?([A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8})\.?\s*$")
});

/// Reads the error in the block; one result, however many lines it has.
pub(super) fn read(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    let text = block.lines.join("\n");
    let tried = attempts(block.lines);
    let remote = text.contains("WinRM") || text.contains("WSMan") || text.contains("WS-Man");
    let statuses =
        || STATUS.captures_iter(&text).chain(SIGNED.captures_iter(&text)).filter_map(|found| found.get(1));
    let http = HTTP.captures(&text).and_then(|found| found.get(1)).filter(|_| remote);
    let framed =
        || FRAMED.captures_iter(&text).filter_map(|found| found.get(1)).any(|at| is_server(at.as_str()));
    // Some sentences of WinRM have no number; a session's names its server, and Kerberos as it is.
    let unnumbered = || text.contains("Kerberos") && (framed() || URL.is_match(&text));
    let has_status = remote && (statuses().next().is_some() || http.is_some() || unnumbered());
    if !has_status && tried.is_none_or(|(_, again)| !again) && !MARKS.iter().any(|mark| text.contains(mark)) {
        return;
    }
    let mut result = ToolResult::new("ExAuth.ShellError");
    let id = ERROR_ID.captures(&text).and_then(|found| found.get(1)).map(|id| id.as_str());
    // The status in the words is the cause, the one in the error's id what became of it.
    let status = STATUS.captures(&text).and_then(|found| found.get(1)).and_then(|found| code(found.as_str()));
    let status =
        status.or_else(|| id.and_then(code)).or_else(|| statuses().find_map(|found| code(found.as_str())));
    if let Some(status) = status.or_else(|| remote.then(|| worded(&text)).flatten()) {
        result.text("ErrorCode", format!("0x{status:08X}"));
    }
    if let Some(id) = id.filter(|id| code(id).is_none()) {
        result.text("ErrorName", id);
    }
    if let Some(number) = http.and_then(|found| found.as_str().parse::<u16>().ok()) {
        result.int("HttpStatus", number);
    }
    result.text("Target", target(&text).or(tried.map(|(host, _)| host)).unwrap_or_default());
    if text.contains("Kerberos") {
        result.flag("Kerberos", true);
    }
    result.text("Text", folded(&text));
    results.push(result);
}

/// The status of a sentence that came without its number: English only, and perhaps broken anywhere.
fn worded(text: &str) -> Option<u32> {
    const TIME_SKEW: u32 = 0x8007_0576; // ERROR_TIME_SKEW, as an HRESULT
    let joined: String = text.split_whitespace().collect();
    joined.contains("timeand/ordatedifferencebetween").then_some(TIME_SKEW)
}

fn target(text: &str) -> Option<&str> {
    let hosts = |pattern: &'static Regex| {
        pattern.captures_iter(text).filter_map(|found| found.get(1)).map(|host| host.as_str())
    };
    let mut bracketed = hosts(&BRACKETS).filter(|host| is_server(host));
    bracketed.next().or_else(|| hosts(&REMOTE).next()).or_else(|| hosts(&URL).next())
}

/// `[New-PSSession]` and `[PS]` stand in brackets, too.
fn is_server(name: &str) -> bool {
    const VERBS: [&str; 8] = ["New", "Enter", "Invoke", "Connect", "Import", "Get", "Test", "PS"];
    let verb = name.split('-').next().unwrap_or(name);
    is_host(name) && name.contains(|c: char| c.is_ascii_alphabetic()) && !VERBS.contains(&verb)
}

/// The server of the lines that say which one is tried, and whether one line came twice: a
/// shell that connects says another sentence the second time.
fn attempts<'t>(lines: &[&'t str]) -> Option<(&'t str, bool)> {
    let mut first: Option<(&str, &'t str)> = None;
    let mut again = false;
    for line in lines {
        let Some(host) = CONNECTING.captures(line).and_then(|found| found.get(1)) else {
            continue;
        };
        match first {
            None => first = Some((line.trim(), host.as_str())),
            Some((known, _)) if known == line.trim() => again = true,
            Some((_, tried)) if tried == host.as_str() => return None,
            Some(_) => {}
        }
    }
    first.map(|(_, host)| (host, again))
}
