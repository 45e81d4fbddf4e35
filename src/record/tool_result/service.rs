//! Whether a service runs (sc query, Get-Service, Win32_Service).
//!
//! A bare object of Windows PowerShell has numbers for names. The computer of a
//! local service is `.`, which is no name.

use super::{text, Record};
use crate::fact::FactTable;
use crate::record::{Kind, Property};

/// One service of one computer.
pub(crate) static SERVICE_STATE: Kind = Kind {
    name: "service-state",
    types: &["ServiceState", "ServiceController", "Win32_Service"],
    object_classes: &[],
    marks: &[&["ServiceName", "MachineName", "Status"], &["Name", "StartMode", "State"]],
    commands: &["Get-Service", "sc query <service>"],
    properties: &[
        Property::new("Name", "which service"),
        Property::new("MachineName", "of which computer"),
        Property::new("SystemName", "of which computer"),
        Property::new("Status", "whether it runs"),
        Property::new("State", "whether it runs"),
        Property::new("StartType", "whether it may start"),
        Property::new("StartMode", "whether it may start"),
    ],
    facts: service_state,
};

fn service_state(record: &Record<'_>, facts: &mut FactTable) {
    let Some(name) = text(record, "Name") else { return };
    facts.add_text("service.name", name, "Name");
    let computer = ["MachineName", "SystemName"].iter().find_map(|name| {
        let computer = text(record, name).filter(|computer| computer != ".")?;
        Some((computer, *name))
    });
    match (computer, &record.computer) {
        (Some((computer, property)), _) => facts.add_text("service.computer", computer, property),
        (None, Some(computer)) => facts.add_text("service.computer", computer.as_ref(), "computer"),
        (None, None) => {}
    }
    // Win32_Service has `Status` "OK" beside `State`.
    let states = ["State", "Status"];
    let running = states.iter().find_map(|name| Some((is_running(&text(record, name)?)?, *name)));
    if let Some((running, property)) = running {
        facts.add_flag("service.running", running, property);
    }
    let starts = ["StartType", "StartMode"];
    if let Some((start, property)) = starts.iter().find_map(|name| Some((text(record, name)?, *name))) {
        let disabled = start == "4" || start.eq_ignore_ascii_case("disabled");
        facts.add_flag("service.disabled", disabled, property);
    }
}

/// States on the way to another one are neither.
fn is_running(state: &str) -> Option<bool> {
    match state.to_ascii_lowercase().as_str() {
        "running" | "4" => Some(true),
        "stopped" | "1" | "paused" | "7" => Some(false),
        _ => None,
    }
}
