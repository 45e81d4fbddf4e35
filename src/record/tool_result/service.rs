//! Whether a service runs (sc query, Get-Service, Win32_Service).
//!
//! A bare object of Windows PowerShell has numbers for names. The computer of a
//! local service is `.`, which is no name. `service.kdc_stopped` is true on every
//! member server of old, where the service is there and disabled by design.

use super::{text, Record};
use crate::fact::FactTable;
use crate::record::{Kind, Property};

/// One service of one computer.
pub(crate) static SERVICE_STATE: Kind = Kind {
    name: "service-state",
    types: &["ServiceState", "ServiceController", "Win32_Service"],
    object_classes: &[],
    marks: &[
        &["ServiceName", "MachineName", "Status"],
        &["Name", "StartMode", "State"],
        &["Name", "StartType", "Status"],
        &["Status", "Name", "DisplayName"],
        &["ServiceName", "Status"],
    ],
    commands: &["Get-Service", "sc query <service>"],
    properties: &[
        Property::new("Name", "which service"),
        Property::new("ServiceName", "which service"),
        Property::new("DisplayName", "kind, when the type is lost"),
        Property::new("MachineName", "of which computer"),
        Property::new("SystemName", "of which computer"),
        Property::new("Status", "whether it runs"),
        Property::new("State", "whether it runs"),
        Property::new("StartType", "whether it may start"),
        Property::new("StartMode", "whether it may start"),
    ],
    facts: service_state,
};

/// Services whose state has a fact of its own.
const STOPPED: [(&str, &str); 5] = [
    ("Kdc", "service.kdc_stopped"),
    ("W32Time", "service.time_stopped"),
    ("MSExchangeTransport", "service.transport_stopped"),
    ("MSExchangeFrontEndTransport", "service.transport_stopped"),
    ("MSExchangeServiceHost", "service.host_stopped"),
];

fn service_state(record: &Record<'_>, facts: &mut FactTable) {
    let names = ["Name", "ServiceName"];
    let Some((name, property)) = names.iter().find_map(|name| Some((text(record, name)?, *name))) else {
        return;
    };
    facts.add_text("service.name", name.clone(), property);
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
        let named = STOPPED.iter().find(|(known, _)| known.eq_ignore_ascii_case(&name));
        if let Some((_, fact)) = named {
            facts.add_flag(fact, !running, property);
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::read_records;

    fn read(json: &str) -> FactTable {
        let mut table = FactTable::default();
        read_records(json.as_bytes(), 0, |record| service_state(&record.unwrap(), &mut table));
        table
    }

    #[test]
    fn a_stopped_service_is_the_same_by_name_and_by_number() {
        for json in [
            r#"{"Name":"Kdc","ServiceName":"Kdc","MachineName":"DC1.contoso.com","Status":1,"StartType":4}"#,
            r#"{"ServiceName":"kdc","MachineName":"DC1.contoso.com","Status":"Stopped","StartType":"Disabled"}"#,
            r#"{"Name":"Kdc","SystemName":"DC1.contoso.com","Status":"OK","State":"Stopped","StartMode":"Disabled"}"#,
            r#"{"Name":"Kdc","MachineName":"DC1.contoso.com","Status":{"value":1,"Value":"Stopped"},"StartType":{"value":4,"Value":"Disabled"}}"#,
        ] {
            let facts = read(json);
            assert_eq!(facts.flag("service.kdc_stopped"), Some(true), "{json}");
            assert_eq!(facts.flag("service.disabled"), Some(true), "{json}");
            assert_eq!(facts.text("service.computer"), Some("DC1.contoso.com"), "{json}");
        }
    }

    #[test]
    fn a_service_on_its_way_is_neither_and_others_have_no_fact_of_their_own() {
        let facts = read(r#"{"Name":"W32Time","MachineName":".","Status":"StopPending"}"#);
        assert!(facts.get("service.running").is_none() && facts.get("service.time_stopped").is_none());
        let facts = read(r#"{"Name":"Spooler","MachineName":".","Status":4,"StartType":2}"#);
        assert_eq!(
            (facts.flag("service.running"), facts.flag("service.disabled")),
            (Some(true), Some(false))
        );
        assert!(facts.iter().all(|fact| !fact.name.ends_with("_stopped")));
        let facts = read(r#"{"Name":"MSExchangeFrontEndTransport","MachineName":".","Status":"Running"}"#);
        assert_eq!(facts.flag("service.transport_stopped"), Some(false));
    }
}
