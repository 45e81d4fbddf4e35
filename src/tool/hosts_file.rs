//! The hosts file of Windows: names that a machine resolves by itself, before it asks any server.
//!
//! What stands behind `#` says nothing. nslookup does not read the file, so that its answer may be
//! another one and both are true.

use super::block::Block;
use super::output::ToolResult;
use super::shape::{address, is_host, pattern};
use regex::Regex;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Most names that are read: a file with more is one that keeps advertisers away.
const NAMES: usize = 1_000;

/// `\\EX2\c$\Windows\System32\drivers\etc\hosts`
static SHARE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^\\\\([A-Za-z0-9_.-]+)\\[a-z]\$\\.*\\etc\\hosts$"));

/// True for the path of the file, on any drive or machine.
pub(super) fn is_path(word: &str) -> bool {
    let path = word.trim_matches(['"', '\'']).replace('/', "\\").to_ascii_lowercase();
    path.ends_with("\\drivers\\etc\\hosts")
}

/// Reads the entries in the block.
pub(super) fn read(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    let arguments = block.command.iter().flat_map(|command| &command.arguments);
    let machine = arguments.filter_map(|path| SHARE.captures(path)?.get(1)).map(|name| name.as_str()).next();
    // In the order of the file, each name once.
    let mut order: Vec<&str> = Vec::new();
    let mut addresses: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for line in block.lines {
        let entry = line.split('#').next().unwrap_or_default();
        let mut words = entry.split_whitespace();
        let Some(address) = words.next().and_then(address) else { continue };
        for name in words.filter(|name| is_host(name) && !name.eq_ignore_ascii_case("localhost")) {
            let known = addresses.entry(name.to_ascii_lowercase()).or_default();
            if known.is_empty() {
                order.push(name);
            }
            known.push(address);
        }
    }
    for name in order.into_iter().take(NAMES) {
        let mut result = ToolResult::new("ExAuth.DnsAnswer");
        let listed = addresses.remove(&name.to_ascii_lowercase()).unwrap_or_default();
        result.text("Name", name).list("Addresses", listed.into_iter().map(str::to_owned));
        result.flag("Found", true).flag("HostsFile", true);
        if let Some(machine) = machine {
            result.speaks_of(machine);
        }
        results.push(result);
    }
}
