//! Whether a port can be reached (Test-NetConnection, portqry).
//!
//! A test without an address tested no port: it says that the name did not
//! resolve and nothing about the port. Port 0 is a ping.

use super::{add_computer, add_texts, flag, number, text, Record};
use crate::fact::FactTable;
use crate::record::{Kind, Property};

/// One port of one server.
pub(crate) static PORT_TEST: Kind = Kind {
    name: "port-test",
    types: &["PortTest", "TestNetConnectionResult"],
    object_classes: &[],
    marks: &[&["ComputerName", "RemotePort", "TcpTestSucceeded"]],
    commands: &["Test-NetConnection", "portqry -n <server> -e <port>"],
    properties: &[
        Property::new("ComputerName", "the server that was tried"),
        Property::new("RemoteAddress", "its address"),
        Property::new("RemotePort", "the port"),
        Property::new("Protocol", "tcp or udp"),
        Property::new("TcpTestSucceeded", "whether the port answered"),
        Property::new("Open", "whether the port answered"),
        Property::new("NameResolutionSucceeded", "whether the name has an address"),
        Property::new("NameResolved", "whether the name has an address"),
    ],
    facts: port_test,
};

fn port_test(record: &Record<'_>, facts: &mut FactTable) {
    let port = number(record, "RemotePort").filter(|port| *port > 0.0);
    let resolved = ["NameResolved", "NameResolutionSucceeded"]
        .iter()
        .find_map(|name| Some((flag(record, name)?, *name)))
        .or_else(|| {
            let address = record.property("RemoteAddress")?;
            Some((!address.is_empty(), "RemoteAddress"))
        });
    if port.is_none() && resolved.is_none_or(|(resolved, _)| resolved) {
        return;
    }
    add_computer(record, facts, "port.from");
    add_texts(record, facts, &[("ComputerName", "port.to"), ("RemoteAddress", "port.to_ip")]);
    if let Some(port) = port {
        facts.add_number("port.number", port, "RemotePort");
        let protocol = text(record, "Protocol").unwrap_or_else(|| "tcp".to_owned());
        facts.add_text("port.protocol", protocol.to_ascii_lowercase(), "Protocol");
    }
    let open = ["Open", "TcpTestSucceeded"].iter().find_map(|name| Some((flag(record, name)?, *name)));
    let tested = resolved.is_none_or(|(resolved, _)| resolved);
    if let (Some((open, property)), true, true) = (open, tested, port.is_some()) {
        facts.add_flag("port.open", open, property);
    }
    if let Some((resolved, property)) = resolved {
        facts.add_flag("port.name_resolved", resolved, property);
    }
}
