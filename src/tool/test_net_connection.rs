//! Test-NetConnection: list, table, warnings and `-InformationLevel Quiet`.
//!
//! Reads property names (not localized), `True`/`False` and `host : port` of
//! the warnings. The ping says nothing about a port and is not read.

use super::block::Block;
use super::command::Command;
use super::output::ToolResult;
use super::shape::{address, pattern};
use super::table;
use regex::Regex;
use std::collections::{BTreeSet, VecDeque};
use std::sync::LazyLock;

/// `TCP connect to host:port failed` (2012 R2) and `TCP connect to (host : port) failed`. The
/// sentence is the module's own and English; only `WARNING:` is localized.
static WARNING: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"TCP connect to (?:\(([^ ()]+) : ([0-9]{1,5})\)|([^ ]+):([0-9]{1,5}))"));

/// `20..25` in front of a loop.
static RANGE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\(?([0-9]{1,5})\.\.([0-9]{1,5})\)?[ ]*\|"));

/// `25,88,389` in front of a loop.
static LIST: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^@?\(?([0-9]{1,5}(?:[ ]*,[ ]*[0-9]{1,5})+)\)?[ ]*\|"));

/// One test of one port.
#[derive(Default)]
struct Test {
    name: String,
    address: String,
    port: u16,
    open: Option<bool>,
    resolved: Option<bool>,
}

/// Reads the tests in the block.
pub(super) fn read(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    let mut tests = Vec::new();
    for object in table::lists(block.lines) {
        tests.extend(of_properties(|name| table::value(&object, name)));
    }
    for row in table::rows(block.lines, "TcpTestSucceeded") {
        let cell = |name: &str| row.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, v)| *v);
        tests.extend(of_properties(cell));
    }
    if tests.is_empty() {
        quiet(block, &mut tests);
    }
    for test in tests {
        give(&test, results);
    }
}

fn of_properties<'p>(property: impl Fn(&str) -> Option<&'p str>) -> Option<Test> {
    // A test without a port has port 0, or none in its text.
    let port = property("RemotePort")?.parse().ok().filter(|port| *port != 0)?;
    let succeeded = match property("TcpTestSucceeded")? {
        "True" => true,
        "False" => false,
        _ => return None,
    };
    let remote = property("RemoteAddress");
    let resolved = match property("NameResolutionSucceeded") {
        Some("True") => Some(true),
        Some("False") => Some(false),
        _ => remote.map(|address| !address.is_empty()),
    };
    let resolved = if succeeded { resolved.or(Some(true)) } else { resolved };
    Some(Test {
        name: property("ComputerName").unwrap_or_default().to_owned(),
        address: remote.and_then(address).unwrap_or_default().to_owned(),
        port,
        // Without an address nothing was tested.
        open: (resolved != Some(false)).then_some(succeeded),
        resolved,
    })
}

/// Only `True` and `False`: the port of a failure stands in its warning, the one of a success
/// in the command or nowhere.
fn quiet(block: &Block<'_>, tests: &mut Vec<Test>) {
    let asked = block.command.as_ref().map(Asked::read).unwrap_or_default();
    let answers: Vec<&str> =
        block.lines.iter().map(|line| line.trim()).filter(|line| matches!(*line, "True" | "False")).collect();
    let mut ports: VecDeque<u16> =
        if asked.ports.len() == answers.len() { asked.ports.into() } else { VecDeque::new() };
    let mut warned: Option<(String, u16)> = None;
    let mut given = BTreeSet::new();
    for line in block.lines {
        if let Some(found) = WARNING.captures(line) {
            let part = |a: usize, b: usize| found.get(a).or(found.get(b)).map_or("", |text| text.as_str());
            let Ok(port) = part(2, 4).parse::<u16>() else {
                continue;
            };
            let host = part(1, 3).to_owned();
            if given.insert((host.clone(), port)) {
                tests.push(test(&host, port, false));
            }
            warned = Some((host, port));
        } else if matches!(line.trim(), "True" | "False") {
            let open = line.trim() == "True";
            let port = ports.pop_front();
            if let (Some(port), None) = (port, &warned) {
                tests.push(test(&asked.host, port, open));
            }
            warned = None;
        }
    }
}

fn test(host: &str, port: u16, open: bool) -> Test {
    let address = address(host).unwrap_or_default().to_owned();
    Test { name: host.to_owned(), address, port, open: Some(open), resolved: None }
}

/// What the command asks for.
#[derive(Default)]
struct Asked {
    host: String,
    ports: Vec<u16>,
}

impl Asked {
    fn read(command: &Command) -> Asked {
        let host = command.parameter("ComputerName").or(command.parameter("cn")).or(command.first_plain());
        let host = host.filter(|host| !host.contains('$')).unwrap_or_default().to_owned();
        let port = command.parameter("Port").or(command.parameter("RemotePort"));
        let ports =
            match (port, command.parameter("CommonTCPPort").or(command.arguments.get(1).map(String::as_str)))
            {
                (Some(port), _) if port.contains('$') => looped(&command.line),
                (Some(port), _) => port.parse().into_iter().collect(),
                (None, Some(name)) => common_port(name).into_iter().collect(),
                (None, None) => Vec::new(),
            };
        Asked { host, ports }
    }
}

fn looped(line: &str) -> Vec<u16> {
    if let Some(found) = RANGE.captures(line) {
        let number = |group: usize| found.get(group).and_then(|text| text.as_str().parse::<u16>().ok());
        return match (number(1), number(2)) {
            (Some(first), Some(last)) => (first..=last).collect(),
            _ => Vec::new(),
        };
    }
    let list = LIST.captures(line).and_then(|found| found.get(1)).map_or("", |list| list.as_str());
    list.split(',').filter_map(|port| port.trim().parse().ok()).collect()
}

/// The values of `-CommonTCPPort`.
fn common_port(name: &str) -> Option<u16> {
    match name.to_ascii_uppercase().as_str() {
        "HTTP" => Some(80),
        "RDP" => Some(3389),
        "SMB" => Some(445),
        "WINRM" => Some(5985),
        _ => None,
    }
}

fn give(test: &Test, results: &mut Vec<ToolResult>) {
    let mut result = ToolResult::new("ExAuth.PortTest");
    result.text("ComputerName", &*test.name).text("RemoteAddress", &*test.address);
    result.int("RemotePort", test.port).text("Protocol", "tcp");
    if let Some(open) = test.open {
        result.flag("Open", open);
    }
    if let Some(resolved) = test.resolved {
        result.flag("NameResolved", resolved);
    }
    results.push(result);
}
