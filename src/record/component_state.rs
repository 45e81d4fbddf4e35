//! Component states of a server: what somebody switched off, for maintenance mostly.
//!
//! `ServerWideOffline` Active means that the server is in service, whatever the name suggests.
//! Two components are Inactive on every healthy server, so `component.inactive` alone is no fault.

use super::directory_name::short_name;
use super::enumeration::enum_name;
use super::kind::{Kind, Property};
use super::read::Record;
use super::reader::Reader;
use super::tolerant::{self, asked, text};
use super::value::Value;
use crate::fact::FactTable;

/// Numbers of the states that were seen in exported objects.
const STATES: [(i64, &str); 2] = [(0, "Inactive"), (1, "Active")];

/// Components without which a server takes no mail from other servers.
const TRANSPORT: [&str; 3] = ["HubTransport", "FrontendTransport", "ServerWideOffline"];

/// `Get-ServerComponentState`, one object a component.
pub static KIND: Kind = Kind {
    name: "component-state",
    types: &["ServerComponentStatePresentationObject"],
    object_classes: &[],
    marks: &[&["Component", "State"], &["ServerFqdn", "Component"]],
    commands: &["Get-ServerComponentState"],
    properties: &[
        Property::new("ServerFqdn", "the server"),
        Property::new("Server", "the server, as tables call it"),
        Property::new("Identity", "the server, where its full name is missing"),
        Property::new("Component", "which part of it"),
        Property::new("State", "whether that part is in service"),
        Property::new("LocalStates", "who switched it off, as the server knows"),
        Property::new("RemoteStates", "who switched it off, as the directory knows"),
    ],
    facts,
};

fn facts(record: &Record<'_>, facts: &mut FactTable) {
    let mut reader = Reader { record, facts };
    let server = ["ServerFqdn", "Server"]
        .into_iter()
        .find_map(|property| Some((reader.value(property).and_then(text)?, property)))
        .or_else(|| Some((reader.value("Identity").and_then(short_name)?, "Identity")))
        // A table of names and states has no column of the server; the command asked one.
        .or_else(|| Some((asked(record)?.to_owned(), "from")));
    if let Some((server, property)) = server {
        reader.facts.add_text("component.server", server, property);
    }
    let component = reader.text("component.name", "Component");
    let Some(state) = reader.value("State").and_then(|value| enum_name(value, &STATES)) else { return };
    let is_transport =
        component.is_some_and(|name| TRANSPORT.iter().any(|known| known.eq_ignore_ascii_case(&name)));
    let (inactive, closed) = match state.to_ascii_lowercase().as_str() {
        "inactive" => (Some(true), Some(true)),
        "active" => (Some(false), Some(false)),
        // What is draining works for what it has, and takes nothing new: others get 421 4.3.2.
        "draining" => (None, Some(true)),
        _ => (None, None),
    };
    if let Some(inactive) = inactive {
        reader.facts.add_flag("component.inactive", inactive, "State");
    }
    if let Some(closed) = closed.filter(|_| is_transport) {
        reader.facts.add_flag("component.transport_inactive", closed, "State");
    }
    let requester = ["LocalStates", "RemoteStates"].into_iter().find_map(|property| {
        let texts = state_texts(reader.value(property)?);
        let of_state = texts.iter().find_map(|text| requester_of(text, &state));
        Some((of_state?, property))
    });
    if let Some((requester, property)) = requester {
        reader.facts.add_text("component.requester", requester, property);
    }
    reader.facts.add_text("component.state", state, "State");
}

/// One text a state. Its own parts are separated by semicolons, so that no list reader fits.
fn state_texts(value: &Value<'_>) -> Vec<String> {
    match tolerant::unwrapped(value) {
        Value::List(items) => items.iter().flat_map(state_texts).collect(),
        Value::Object(fields) => {
            let part = |name: &str| tolerant::field(fields, name).and_then(text);
            match (part("Requester").or_else(|| part("Requestor")), part("State")) {
                (Some(requester), Some(state)) => vec![format!("{requester}:{state}")],
                _ => Vec::new(),
            }
        }
        other => {
            let Some(text) = text(other) else { return Vec::new() };
            let inner = text.trim_start_matches('{').trim_end_matches('}');
            // Two formats: `Requestor:x; State:y; Timestamp:z`, and `x:y:z`.
            match inner.contains("Requestor:") {
                true => inner
                    .split("Requestor:")
                    .filter(|part| !part.trim().is_empty())
                    .map(str::to_owned)
                    .collect(),
                false => inner.split(", ").map(str::to_owned).collect(),
            }
        }
    }
}

/// Who asked for a state, when the text is about that state.
fn requester_of(text: &str, state: &str) -> Option<String> {
    let text = text.trim().trim_start_matches("Requestor:");
    let (requester, rest) = match text.split_once("; State:") {
        Some((requester, rest)) => (requester, rest),
        None => text.split_once(':')?,
    };
    let found = rest.split([';', ':', ',']).next()?.trim();
    (found.eq_ignore_ascii_case(state) && !requester.trim().is_empty()).then(|| requester.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> FactTable {
        let mut table = FactTable::default();
        super::super::read_records(json.as_bytes(), 0, |record| facts(&record.unwrap(), &mut table));
        table
    }

    #[test]
    fn the_server_that_the_command_asked_stands_for_a_column_that_was_left_out() {
        let row = |from: &str| {
            read(&format!(
                r#"{{"from":"{from}","properties":{{"Component":"HubTransport","State":"Inactive"}}}}"#
            ))
        };
        assert_eq!(row("Get-ServerComponentState EX2 | ft").text("component.server"), Some("EX2"));
        assert_eq!(
            row("Get-ServerComponentState -Component x -Identity ex2").text("component.server"),
            Some("ex2")
        );
        assert_eq!(row("Get-ServerComponentState -Component x").get("component.server"), None);
    }

    #[test]
    fn a_component_in_maintenance_is_inactive_and_names_who_asked() {
        for states in [
            r#"["Maintenance:Inactive:06/27/2013 18:20:11"]"#,
            r#"["Requestor:Functional; State:Active; Timestamp:9/28/2021 5:20:22 PM","Requestor:Maintenance; State:Inactive; Timestamp:9/28/2021 5:20:23 PM"]"#,
            r#""{Requestor:Maintenance; State:Inactive; Timestamp:9/28/2021 5:20:23 PM}""#,
        ] {
            let facts = read(&format!(
                r#"{{"ServerFqdn":"ex1.contoso.com","Component":"HubTransport","State":"Inactive","RemoteStates":null,"LocalStates":{states}}}"#
            ));
            assert_eq!(facts.flag("component.transport_inactive"), Some(true));
            assert_eq!(facts.text("component.requester"), Some("Maintenance"), "{states}");
            assert_eq!(facts.text("component.server"), Some("ex1.contoso.com"));
        }
    }

    #[test]
    fn states_that_are_null_or_empty_name_nobody() {
        for states in ["null", "[]", r#""""#, r#""{}""#] {
            let facts = read(&format!(
                r#"{{"Identity":"EX1","Component":"FrontendTransport","State":1,"RemoteStates":{states},"LocalStates":{states}}}"#
            ));
            assert_eq!(facts.flag("component.inactive"), Some(false));
            assert_eq!(facts.get("component.requester"), None, "{states}");
        }
    }

    #[test]
    fn server_wide_offline_is_off_when_it_is_active() {
        let facts = read(r#"{"Server":"EX1","Component":"ServerWideOffline","State":"Active"}"#);
        assert_eq!(facts.flag("component.transport_inactive"), Some(false));
        let facts = read(
            r#"{"Server":"EX1","Component":"ServerWideOffline","State":{"value":0,"Value":"Inactive"}}"#,
        );
        assert_eq!(facts.flag("component.transport_inactive"), Some(true));
    }

    #[test]
    fn a_component_that_does_not_carry_mail_says_nothing_of_transport() {
        let facts = read(r#"{"Component":"ForwardSyncDaemon","State":"Inactive"}"#);
        assert_eq!(
            (facts.flag("component.inactive"), facts.get("component.transport_inactive")),
            (Some(true), None)
        );
    }

    #[test]
    fn transport_that_is_draining_takes_no_new_mail() {
        let facts = read(r#"{"Component":"HubTransport","State":"Draining"}"#);
        assert_eq!(
            (facts.get("component.inactive"), facts.text("component.state")),
            (None, Some("Draining"))
        );
        assert_eq!(facts.flag("component.transport_inactive"), Some(true));
        let facts = read(r#"{"Component":"UMCallRouter","State":"Draining"}"#);
        assert_eq!(facts.get("component.transport_inactive"), None);
    }
}
