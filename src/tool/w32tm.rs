//! w32tm `/stripchart` and `/monitor`: offsets between clocks.
//!
//! Reads signed decimals, `[address:123]` and `0x` codes. Never reads a locale's
//! date or time of day: an offset is only what w32tm printed as seconds.

use super::block::Block;
use super::output::ToolResult;
use super::shape::{address, bracketed_code, code, decimal, is_host, median, pattern};
use regex::Regex;
use std::sync::LazyLock;

/// One sample: `d:` round trip and `o:` offset, or the offset alone, or a code. Several may
/// stand on one line, and the comma is missing up to Windows Server 2008 R2.
static SAMPLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"[0-2]?[0-9]:[0-5][0-9]:[0-5][0-9],?[ \t]+",
        r"(?:d:([+-]?[0-9]{1,12}[.,][0-9]{1,12})s[ \t]+o:([+-]?[0-9]{1,12}[.,][0-9]{1,12})s",
        r"|([+-][0-9]{1,12}[.,][0-9]{1,12})s",
        r"|[^0-9+\[\]-]{0,40}(0x[0-9A-Fa-f]{8}))"
    ))
});

/// `dc1.contoso.com [192.0.2.1:123]`, the address in brackets of its own when it is IPv6.
static TARGET: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(.*?)[ \t]*\[(\[?[0-9A-Fa-fXx.:]+(?:%[0-9A-Za-z]+)?\]?):[0-9]{1,5}\]"));

/// The offset in `/monitor`.
static MONITOR_OFFSET: LazyLock<Regex> = LazyLock::new(|| pattern(r"([+-][0-9]{1,12}[.,][0-9]{3,12})s(.*)$"));

/// `ERROR_TIMEOUT` and the like, in `/monitor`.
static SYMBOL: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b[A-Z]+(?:_[A-Z]+)+\b"));

/// Reads all runs in the block.
pub(super) fn read(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    let asked = |name: &str| block.is_open() || block.has_switch(name);
    if asked("stripchart") {
        stripcharts(block, results);
    }
    if asked("monitor") {
        monitor(block, results);
    }
}

/// One stripchart run while it is read.
#[derive(Default)]
struct Run {
    to: String,
    address: Option<String>,
    offsets: Vec<f64>,
    round_trips: Vec<f64>,
    errors: usize,
    error: Option<u32>,
}

fn stripcharts(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    let asked = block.command.as_ref().and_then(|command| command.switch("computer"));
    let mut run = Run { to: asked.unwrap_or_default().to_owned(), ..Run::default() };
    for line in block.lines {
        let mut sampled = false;
        for sample in SAMPLE.captures_iter(line) {
            sampled = true;
            let number = |group: usize| sample.get(group).and_then(|found| decimal(found.as_str()));
            run.offsets.extend(number(2).or(number(3)));
            run.round_trips.extend(number(1));
            if let Some(found) = sample.get(4) {
                run.errors += 1;
                run.error = run.error.or(code(found.as_str()));
            }
        }
        if sampled {
            continue;
        }
        // `]:` at the end is a server of /monitor.
        if let Some(found) = TARGET.captures(line).filter(|_| !line.trim_end().ends_with("]:")) {
            give(run, results);
            let before = found.get(1).map_or("", |text| text.as_str());
            let to = tracked(before, asked);
            let address = found.get(2).and_then(|text| address(text.as_str())).map(str::to_owned);
            run = Run { to: to.to_owned(), address, ..Run::default() };
        } else if !block.is_open() {
            if let Some(code) = bracketed_code(line) {
                run.errors += 1;
                run.error = run.error.or(Some(code));
            }
        }
    }
    give(run, results);
}

/// The host in the line before its address. Languages put the verb before it or behind it
/// (`DC1 wird verfolgt [192.0.2.10:123]`), so the name that was asked for goes first, then one with a dot.
fn tracked<'t>(before: &'t str, asked: Option<&'t str>) -> &'t str {
    let words: Vec<&str> = before.split_whitespace().map(ascii_tail).filter(|word| is_host(word)).collect();
    let of_asked = || words.iter().find(|word| asked.is_some_and(|asked| asked.eq_ignore_ascii_case(word)));
    let full_name = || words.iter().rev().find(|word| word.contains('.'));
    of_asked().or_else(full_name).or(words.last()).copied().or(asked).unwrap_or_default()
}

/// The end of a token that is ASCII: in Japanese and Chinese a host may be glued to the word before it.
fn ascii_tail(token: &str) -> &str {
    token.rsplit(|c: char| !c.is_ascii()).next().unwrap_or(token)
}

fn give(run: Run, results: &mut Vec<ToolResult>) {
    if run.offsets.is_empty() && run.error.is_none() {
        return;
    }
    let mut result = ToolResult::new("ExAuth.ClockOffset");
    result.text("To", run.to).text("ToAddress", run.address.unwrap_or_default());
    if let Some(offset) = median(&run.offsets) {
        result.number("OffsetSeconds", offset);
        let highest = run.offsets.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let lowest = run.offsets.iter().copied().fold(f64::INFINITY, f64::min);
        result.number("SpreadSeconds", rounded(highest - lowest));
    }
    result.count("Samples", run.offsets.len());
    if let Some(round_trip) = median(&run.round_trips) {
        result.number("RoundTripSeconds", round_trip);
    }
    if let Some(code) = run.error {
        result.count("FailedSamples", run.errors).text("Error", format!("0x{code:X}"));
    }
    results.push(result);
}

/// w32tm prints seven decimals; the rest of a difference is not measured.
fn rounded(seconds: f64) -> f64 {
    (seconds * 1e7).round() / 1e7
}

/// One server of `/monitor`.
#[derive(Default)]
struct Server<'t> {
    name: &'t str,
    address: Option<&'t str>,
    is_pdc: bool,
    offset: Option<f64>,
    reference: &'t str,
    error: Option<&'t str>,
    stratum: Option<u32>,
}

fn monitor(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    let mut servers: Vec<Server<'_>> = Vec::new();
    for line in block.lines {
        let found = TARGET.captures(line).filter(|_| line.trim_end().ends_with("]:"));
        if let Some(found) = found {
            let before = found.get(1).map_or("", |text| text.as_str());
            let mut words = before.split_whitespace();
            let name = words.next().map(|word| word.trim_end_matches('*')).unwrap_or_default();
            let address = found.get(2).and_then(|text| address(text.as_str()));
            servers.push(Server {
                name,
                address,
                is_pdc: words.any(|word| word == "PDC"),
                ..Server::default()
            });
            continue;
        }
        let Some(server) = servers.last_mut() else {
            continue;
        };
        let trimmed = line.trim();
        if trimmed.starts_with("NTP:") {
            if let Some(found) = MONITOR_OFFSET.captures(trimmed) {
                server.offset = found.get(1).and_then(|number| decimal(number.as_str()));
                server.reference = found.get(2).map_or("", |text| text.as_str());
            } else {
                server.error = SYMBOL.find(trimmed).map(|symbol| symbol.as_str());
            }
        } else if server.offset.is_some() && server.stratum.is_none() {
            // The last line of a server; the words before the colon are localized.
            server.stratum = trimmed.rsplit_once(':').and_then(|(_, value)| value.trim().parse().ok());
        }
    }
    let names: std::collections::BTreeSet<String> =
        servers.iter().map(|server| server.name.to_ascii_lowercase()).collect();
    for server in servers.iter().filter(|server| server.offset.is_some() || server.error.is_some()) {
        let mut result = ToolResult::new("ExAuth.ClockOffset");
        let words = || server.reference.split_whitespace().map(ascii_tail);
        let known = words().find(|word| names.contains(&word.to_ascii_lowercase()));
        let reference = known.or_else(|| words().rfind(|word| is_host(word) && word.contains('.')));
        result.text("From", reference.unwrap_or_default());
        result.text("To", server.name).text("ToAddress", server.address.unwrap_or_default());
        if let Some(offset) = server.offset {
            result.number("OffsetSeconds", offset).int("Samples", 1);
        }
        if let Some(stratum) = server.stratum {
            result.int("Stratum", stratum);
        }
        result.flag("IsPdc", server.is_pdc);
        result.text("Error", server.error.unwrap_or_default());
        results.push(result);
    }
}
