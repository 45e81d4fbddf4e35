//! ipconfig: the addresses of a computer and the DNS servers that it asks.
//!
//! Labels are translated, so an own address is one with words in brackets behind it or with a
//! mask below it; every language writes DNS into the label of the DNS servers.

use super::block::Block;
use super::output::ToolResult;
use super::shape::{address, is_host, pattern};
use regex::Regex;
use std::sync::LazyLock;

/// `   Label . . . . : value`, with the dots that no other tool prints.
static LINE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*(\S.*?)(?:\s*\.){3,}\s*:\s*(.*?)\s*$"));

/// What a line says.
enum Line<'t> {
    Labelled(&'t str, &'t str),
    /// A further value of the label above.
    Further(&'t str),
    Other,
}

fn classify(line: &str) -> Line<'_> {
    if let Some(found) = LINE.captures(line) {
        let part = |group: usize| found.get(group).map_or("", |part| part.as_str());
        return Line::Labelled(part(1), part(2));
    }
    let trimmed = line.trim();
    if ip_of(trimmed).is_some() {
        return Line::Further(trimmed);
    }
    Line::Other
}

/// The address of a value, and whether words in brackets stand behind it.
fn ip_of(value: &str) -> Option<(&str, bool)> {
    let (ip, words) = value.split_once('(').map_or((value, ""), |(ip, words)| (ip, words));
    Some((address(ip.trim())?, !words.is_empty()))
}

fn is_mask(ip: &str) -> bool {
    let Ok(mask) = ip.parse::<std::net::Ipv4Addr>() else { return false };
    let bits = u32::from(mask);
    bits != 0 && bits.leading_ones() + bits.trailing_zeros() == 32
}

/// Reads the block as one computer's network.
pub(super) fn read(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    let (mut own, mut dns): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    let mut name = None;
    let mut in_dns = false;
    let mut before: Option<&str> = None;
    let mut labelled = 0;
    for line in block.lines {
        let value = match classify(line) {
            Line::Labelled(label, value) => {
                in_dns = label.contains("DNS");
                labelled += 1;
                // `ipconfig /all` begins with the computer's name.
                if labelled == 1 && is_host(value) && !value.contains('.') {
                    name = Some(value);
                }
                value
            }
            Line::Further(value) => value,
            Line::Other => {
                before = None;
                continue;
            }
        };
        let Some((ip, with_words)) = ip_of(value) else {
            before = None;
            continue;
        };
        if is_mask(ip) {
            own.extend(before.take().map(str::to_owned));
        } else if in_dns {
            dns.push(ip.to_owned());
        } else if with_words {
            own.push(ip.to_owned());
        } else {
            before = Some(ip);
        }
    }
    if labelled < 2 || own.is_empty() && dns.is_empty() {
        return;
    }
    let mut result = ToolResult::new("ExAuth.NetworkConfig");
    // Without `/all` no DNS server is shown: that is not "none".
    for (property, addresses) in [("Addresses", distinct(own)), ("DnsServers", distinct(dns))] {
        if !addresses.is_empty() {
            result.list(property, addresses);
        }
    }
    if let Some(name) = name {
        result.seen_on(name);
    }
    results.push(result);
}

fn distinct(addresses: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    addresses.into_iter().filter(|address| seen.insert(address.clone())).collect()
}
