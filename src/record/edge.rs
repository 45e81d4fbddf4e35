//! Edge subscriptions, and whether the directory still reaches the Edge servers.
//!
//! A status that names neither success nor failure (`Inconclusive`, `NotStarted`) is not known.

use super::directory_name::short_name;
use super::enumeration::enum_name;
use super::kind::{Kind, Property};
use super::read::Record;
use super::reader::Reader;
use super::tolerant::{folded, text};
use crate::fact::FactTable;

/// `Get-EdgeSubscription`.
pub static SUBSCRIPTION: Kind = Kind {
    name: "edge-subscription",
    types: &["EdgeSubscription"],
    object_classes: &[],
    marks: &[
        &["Name", "Site", "CreateInternetSendConnector"],
        &["Name", "Site", "CreateInboundSendConnector"],
    ],
    commands: &["Get-EdgeSubscription"],
    properties: &[
        Property::new("Name", "the Edge server"),
        Property::new("Identity", "the Edge server, where Name is missing"),
        Property::new("Site", "the site that sends to it"),
        Property::new("CreateInternetSendConnector", "kind, when the type is lost"),
        Property::new("CreateInboundSendConnector", "kind, when the type is lost"),
    ],
    facts: subscription,
};

fn subscription(record: &Record<'_>, facts: &mut FactTable) {
    let reader = Reader { record, facts };
    let name = ["Name", "Identity"]
        .into_iter()
        .find_map(|property| Some((reader.value(property).and_then(short_name)?, property)));
    if let Some((name, property)) = name {
        reader.facts.add_text("edge_subscription.name", name, property);
    }
    let site = reader.value("Site").and_then(short_name);
    reader.facts.add_text("edge_subscription.site", site.unwrap_or_default(), "Site");
}

/// `Test-EdgeSynchronization`, and what `Start-EdgeSynchronization` gives.
pub static SYNCHRONIZATION: Kind = Kind {
    name: "edge-sync",
    types: &["EdgeSubscriptionStatus"],
    object_classes: &[],
    marks: &[&["SyncStatus", "LeaseHolder"], &["SyncStatus", "FailureDetail"], &["Result", "FailureDetails"]],
    commands: &["Test-EdgeSynchronization", "Start-EdgeSynchronization"],
    properties: &[
        Property::new("Name", "the Edge server"),
        Property::new("SyncStatus", "whether it is up to date"),
        Property::new("ConnectionResult", "whether it was reached"),
        Property::new("Result", "whether it was reached, of a started run"),
        Property::new("FailureDetail", "why not"),
        Property::new("FailureDetails", "why not, of a started run"),
        Property::new("LeaseHolder", "kind, when the type is lost"),
    ],
    facts: synchronization,
};

fn synchronization(record: &Record<'_>, facts: &mut FactTable) {
    let mut reader = Reader { record, facts };
    let named = |reader: &Reader<'_, '_>, property: &'static str| {
        Some((reader.value(property).and_then(|value| enum_name(value, &[]))?, property))
    };
    reader.text("edge_sync.name", "Name");
    let states: Vec<(String, &'static str)> = ["SyncStatus", "ConnectionResult", "Result"]
        .into_iter()
        .filter_map(|name| named(&reader, name))
        .collect();
    let verdicts: Vec<(bool, &'static str)> =
        states.iter().filter_map(|(state, property)| Some((is_good(state)?, *property))).collect();
    // One failure outweighs a success beside it.
    let verdict = verdicts.iter().find(|(good, _)| !good).or(verdicts.first());
    if let Some((good, property)) = verdict {
        reader.facts.add_flag("edge_sync.ok", *good, *property);
    }
    let why = ["FailureDetail", "FailureDetails"]
        .into_iter()
        .find_map(|property| Some((folded(&reader.value(property).and_then(text)?), property)));
    if let Some((why, property)) = why {
        reader.facts.add_text("edge_sync.failure", why, property);
    } else if let Some((false, property)) = verdict {
        let state = states.into_iter().find(|(_, of)| of == property);
        reader.facts.add_text(
            "edge_sync.failure",
            state.map(|(state, _)| state).unwrap_or_default(),
            *property,
        );
    }
}

fn is_good(state: &str) -> Option<bool> {
    match state.to_ascii_lowercase().as_str() {
        "normal" | "succeeded" | "success" => Some(true),
        "failed" | "couldnotconnect" | "urgent" | "failure" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> FactTable {
        let mut table = FactTable::default();
        super::super::read_records(json.as_bytes(), 0, |record| {
            synchronization(&record.unwrap(), &mut table)
        });
        table
    }

    #[test]
    fn one_failure_is_a_failure_and_says_why() {
        let facts = read(
            r#"{"Name":"EDGE1","SyncStatus":"Normal","ConnectionResult":"Succeeded","FailureDetail":""}"#,
        );
        assert_eq!((facts.flag("edge_sync.ok"), facts.get("edge_sync.failure")), (Some(true), None));
        let facts = read(
            r#"{"Name":"EDGE1","SyncStatus":"Inconclusive","ConnectionResult":"Failed","FailureDetail":"The LDAP server\r\nis unavailable."}"#,
        );
        assert_eq!(facts.flag("edge_sync.ok"), Some(false));
        assert_eq!(facts.text("edge_sync.failure"), Some("The LDAP server is unavailable."));
        let facts =
            read(r#"{"Result":"CouldNotConnect","Type":"Recipients","Name":"EDGE1","FailureDetails":""}"#);
        assert_eq!(
            (facts.flag("edge_sync.ok"), facts.text("edge_sync.failure")),
            (Some(false), Some("CouldNotConnect"))
        );
        assert_eq!(read(r#"{"SyncStatus":"NotStarted"}"#).get("edge_sync.ok"), None);
    }
}
