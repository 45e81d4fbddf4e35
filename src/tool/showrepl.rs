//! repadmin `/showrepl` (text and `/csv`) and `/syncall`: one result a link.
//!
//! Reads DNs, `Site\DC`, codes, ISO dates and runs of `=`. A domain controller
//! that could not be asked is a link without a source, never a healthy one.

use super::block::Block;
use super::output::{unwrapped, ToolResult};
use super::shape::{code, is_host, pattern, split_dn};
use regex::Regex;
use std::sync::LazyLock;

static PARTNER: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^([^\\]+)\\([^\\ \t]+)(?:\\[^ \t]*)?[ \t]+.*\b(?:RPC|SMTP)$"));
static DESTINATION: LazyLock<Regex> = LazyLock::new(|| pattern(r"^([^\\:=<>]+)\\([A-Za-z0-9_-]+)$"));
static STATUS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:^|[^0-9])(-?[0-9]{1,10}) \(0x[0-9A-Fa-f]{1,8}\)"));
static DATE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}"));
static NUMBER: LazyLock<Regex> = LazyLock::new(|| pattern(r"[0-9]+"));
static SERVER_DN: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)CN=NTDS Settings,CN=([^,]+),"));

/// Reads the links in the block.
pub(super) fn read(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    if block.lines.iter().any(|line| line.starts_with("showrepl_")) {
        read_csv(block.lines, results);
    } else {
        read_text(block, results);
    }
}

/// One link while it is read.
#[derive(Default)]
struct Link<'t> {
    site: &'t str,
    source: &'t str,
    status: Option<u32>,
    failures: Option<u32>,
    last_failure: Option<&'t str>,
    last_success: Option<&'t str>,
}

#[derive(Default)]
struct Place<'t> {
    site: &'t str,
    destination: &'t str,
    naming_context: &'t str,
    /// Sections begin with a line of `=`; the first holds the inbound partners.
    section: usize,
}

fn read_text(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    let starts = |line: &str| line.contains(['\\', '=']) || line.starts_with("Last ");
    let lines = unwrapped(block.lines, starts);
    let mut place = Place::default();
    let mut link: Option<Link<'_>> = None;
    for line in &lines {
        let line = line.trim();
        if line.starts_with("===") {
            give(&place, link.take(), results);
            place.section += 1;
        } else if let Some(found) = PARTNER.captures(line) {
            give(&place, link.take(), results);
            let part = |group: usize| found.get(group).map_or("", |text| text.as_str());
            link = Some(Link { site: part(1), source: part(2), ..Link::default() });
        } else if let Some(found) = DESTINATION.captures(line) {
            give(&place, link.take(), results);
            let part = |group: usize| found.get(group).map_or("", |text| text.as_str());
            place = Place { site: part(1), destination: part(2), ..Place::default() };
        } else if let Some(("", dn, "")) = split_dn(line) {
            give(&place, link.take(), results);
            place.naming_context = dn;
        } else if let Some(link) = &mut link {
            read_detail(line, link);
        } else {
            read_syncall(line, &mut place, results);
        }
    }
    give(&place, link, results);
}

/// A line below a partner: result, failures, dates, in this order.
fn read_detail<'t>(line: &'t str, link: &mut Link<'t>) {
    let date = DATE.find(line).map(|date| date.as_str());
    if let Some(found) = STATUS.captures(line).and_then(|found| found.get(1)) {
        link.status = link.status.or(code(found.as_str()));
        link.last_failure = link.last_failure.or(date);
    } else if date.is_some() {
        link.last_success = link.last_success.or(date);
    } else if link.status.is_some() && link.failures.is_none() {
        let mut numbers = NUMBER.find_iter(line);
        if let (Some(number), None) = (numbers.next(), numbers.next()) {
            link.failures = number.as_str().parse().ok();
        }
    }
}

fn give(place: &Place<'_>, link: Option<Link<'_>>, results: &mut Vec<ToolResult>) {
    let Some(link) = link.filter(|link| link.status.is_some() || link.last_success.is_some()) else {
        return;
    };
    if place.section > 1 {
        return;
    }
    let host = |name: &str| {
        if is_host(name) {
            name.to_owned()
        } else {
            String::new()
        }
    };
    let site = |name: &str| {
        if name.contains('<') {
            String::new()
        } else {
            name.to_owned()
        }
    };
    let mut result = ToolResult::new("ExAuth.ReplicationLink");
    result.text("DestinationSite", site(place.site)).text("Destination", host(place.destination));
    result.text("NamingContext", place.naming_context);
    result.text("SourceSite", site(link.site)).text("Source", host(link.source));
    match link.status {
        // No result is printed for a link that works.
        None => result.int("Failures", 0).int("Status", 0),
        Some(status) => {
            if let Some(failures) = link.failures {
                result.int("Failures", failures);
            }
            result.int("Status", status)
        }
    };
    result.text("LastFailure", link.last_failure.unwrap_or_default());
    result.text("LastSuccess", link.last_success.unwrap_or_default());
    results.push(result);
}

/// `/syncall`: an error names the server's DN and a status; the partition stands above it.
fn read_syncall<'t>(line: &'t str, place: &mut Place<'t>, results: &mut Vec<ToolResult>) {
    let (Some(server), Some(status)) = (SERVER_DN.captures(line), STATUS.captures(line)) else {
        if let Some((before, dn, "")) = split_dn(line) {
            if before.trim_end().ends_with(':') {
                place.naming_context = dn;
            }
        }
        return;
    };
    let part = |found: &regex::Captures<'t>| found.get(1).map_or("", |text| text.as_str());
    let Some(status) = code(part(&status)).filter(|status| *status != 0) else {
        return;
    };
    let source = part(&server);
    let mut result = ToolResult::new("ExAuth.ReplicationLink");
    result.text("NamingContext", place.naming_context);
    result.text("Source", if is_host(source) { source } else { "" });
    result.int("Status", status);
    results.push(result);
}

/// Columns of `/csv`. The header line says the same, but public tools overwrite it.
const COLUMNS: usize = 11;

/// Longest row, in bytes: eleven short names, one DN and a sentence.
const ROW_BYTES: usize = 4_096;

fn read_csv(lines: &[&str], results: &mut Vec<ToolResult>) {
    let mut row = String::new();
    for line in lines {
        // A narrow console breaks rows anywhere; a new row begins with its own mark.
        if line.starts_with("showrepl_") {
            give_row(&row, results);
            row.clear();
        } else if row.is_empty() || row.len() > ROW_BYTES {
            continue;
        }
        row.push_str(line);
    }
    give_row(&row, results);
}

fn give_row(row: &str, results: &mut Vec<ToolResult>) {
    let fields = fields(row);
    let field = |at: usize| fields.get(at).map_or("", |field| field.trim());
    let mut result = ToolResult::new("ExAuth.ReplicationLink");
    let date = |at: usize| DATE.find(field(at)).map_or("", |date| date.as_str());
    match field(0) {
        "showrepl_INFO" if fields.len() >= COLUMNS => {
            result.text("DestinationSite", field(1)).text("Destination", field(2));
            result.text("NamingContext", field(3));
            result.text("SourceSite", field(4)).text("Source", field(5));
            if let Ok(failures) = field(7).parse::<u32>() {
                result.int("Failures", failures);
            }
            // A banner of the next controller may have been joined to the last column.
            let digits: String = field(10).chars().take_while(|c| c.is_ascii_digit() || *c == '-').collect();
            if let Some(status) = code(&digits) {
                result.int("Status", status);
            }
            result.text("LastFailure", date(8)).text("LastSuccess", date(9));
        }
        "showrepl_ERROR" => {
            result.text("DestinationSite", field(1)).text("Destination", field(2)).flag("Unreachable", true);
            let status = fields.iter().skip(3).find_map(|field| code(field.trim()).filter(|code| *code != 0));
            if let Some(status) = status {
                result.int("Status", status);
            }
        }
        _ => return,
    }
    results.push(result);
}

/// Fields of a CSV row; only values with a comma are quoted.
fn fields(row: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    for c in row.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            other => {
                if let Some(last) = fields.last_mut() {
                    last.push(other);
                }
            }
        }
    }
    fields
}
