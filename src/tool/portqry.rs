//! portqry: the state of ports, English in every language.
//!
//! The last statement about a port wins: a probe of the protocol comes after
//! the first guess. `LISTENING or FILTERED` tells nothing, and UDP 88 has no
//! probe, so it is never called closed.

use super::block::Block;
use super::output::ToolResult;
use super::shape::{address, pattern};
use regex::Regex;
use std::sync::LazyLock;

static STATE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"^(TCP|UDP) port ([0-9]{1,5})(?: \([^()]*\))?(?::| is) ?",
        r"(LISTENING or FILTERED|NOT LISTENING|LISTENING|FILTERED)"
    ))
});

/// The port of Kerberos, for which portqry has no probe.
const KERBEROS: u16 = 88;

struct Port {
    target: String,
    address: String,
    protocol: &'static str,
    number: u16,
    state: String,
}

/// Reads the ports in the block.
pub(super) fn read(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    let asked = |name: &str| block.command.as_ref().and_then(|command| command.parameter(name));
    let mut target = asked("n").unwrap_or_default().to_owned();
    let mut target_address = address(&target).unwrap_or_default().to_owned();
    let mut ports: Vec<Port> = Vec::new();
    let mut names_target = false;
    for line in block.lines {
        let line = line.trim();
        if let Some(found) = STATE.captures(line) {
            let part = |group: usize| found.get(group).map_or("", |text| text.as_str());
            let Ok(number) = part(2).parse() else { continue };
            let protocol = if part(1) == "TCP" { "tcp" } else { "udp" };
            // Statements about a port follow each other.
            match ports.last_mut() {
                Some(last) if (last.number, last.protocol) == (number, protocol) && last.target == target => {
                    last.state = part(3).to_owned();
                }
                _ => {
                    let (target, address) = (target.clone(), target_address.clone());
                    ports.push(Port { target, address, protocol, number, state: part(3).to_owned() });
                }
            }
        } else if line.starts_with("Querying target system called:") {
            names_target = true;
        } else if names_target && !line.is_empty() {
            names_target = false;
            target = line.to_owned();
            target_address = address(line).unwrap_or_default().to_owned();
        } else if let Some(resolved) = line.strip_prefix("Name resolved to ") {
            target_address = address(resolved.trim()).unwrap_or_default().to_owned();
        } else if line.starts_with("Failed to resolve name to IP address") {
            give_unresolved(&target, asked("e"), asked("p"), results);
        }
    }
    for port in &ports {
        give(port, results);
    }
}

fn give_unresolved(target: &str, port: Option<&str>, protocol: Option<&str>, results: &mut Vec<ToolResult>) {
    let mut result = ToolResult::new("ExAuth.PortTest");
    result.text("ComputerName", target);
    if let Some(port) = port.and_then(|port| port.parse::<u16>().ok()) {
        result.int("RemotePort", port);
        result.text("Protocol", protocol.filter(|p| matches!(*p, "tcp" | "udp")).unwrap_or("tcp"));
    }
    result.flag("NameResolved", false);
    results.push(result);
}

fn give(port: &Port, results: &mut Vec<ToolResult>) {
    let mut result = ToolResult::new("ExAuth.PortTest");
    result.text("ComputerName", &*port.target).text("RemoteAddress", &*port.address);
    result.int("RemotePort", port.number).text("Protocol", port.protocol);
    result.text("State", &*port.state);
    match (port.state.as_str(), port.protocol) {
        ("LISTENING", _) => result.flag("Open", true),
        ("NOT LISTENING", _) | ("FILTERED", "tcp") => result.flag("Open", false),
        ("FILTERED", _) if port.number != KERBEROS => result.flag("Open", false),
        _ => &mut result,
    };
    if !port.address.is_empty() {
        result.flag("NameResolved", true);
    }
    results.push(result);
}
