//! Receive connectors: where they listen, whom they take, and how a server may sign in.
//!
//! A list that was cut (`...`) is marked as such and must not be read as complete. Which
//! connector answers which server is a check's business, not decided here.

use super::directory_name::{identity, server_and_name, short_name};
use super::enumeration::{enum_name, flag_names};
use super::host::address;
use super::kind::{Kind, Property};
use super::read::Record;
use super::reader::Reader;
use super::tolerant::{self, field, list, number, text, unwrapped, Items, Separator};
use super::value::Value;
use crate::fact::FactTable;
use std::net::Ipv4Addr;

/// Bits of `AuthMechanisms` as exported objects and their names prove them.
const MECHANISMS: [(i64, &str); 5] =
    [(1, "Tls"), (2, "Integrated"), (4, "BasicAuth"), (8, "BasicAuthRequireTLS"), (16, "ExchangeServer")];

/// Bits of `PermissionGroups` as exported objects and their names prove them.
const GROUPS: [(i64, &str); 4] =
    [(1, "AnonymousUsers"), (2, "ExchangeUsers"), (4, "ExchangeServers"), (8, "ExchangeLegacyServers")];

/// Numbers of the transport roles that a connector can have.
const ROLES: [(i64, &str); 2] = [(32, "HubTransport"), (16384, "FrontendTransport")];

/// `Get-ReceiveConnector`.
pub static KIND: Kind = Kind {
    name: "receive-connector",
    types: &["ReceiveConnector"],
    object_classes: &["msExchSmtpReceiveConnector"],
    marks: &[
        &["Bindings", "RemoteIPRanges"],
        &["AuthMechanism", "PermissionGroups"],
        &["AuthMechanism", "Bindings"],
        &["Identity", "AuthMechanism"],
        &["Identity", "RemoteIPRanges"],
    ],
    commands: &["Get-ReceiveConnector"],
    properties: &[
        Property::new("Identity", "which connector it is"),
        Property::new("Name", "whether it is one of the default connectors"),
        Property::new("WhenChangedUTC", "whether it was changed after a failure"),
        Property::new("Server", "the server it is on"),
        Property::new("ObjectClass", "kind, when the type is lost"),
        Property::new("DistinguishedName", "identity, when it is an object"),
        Property::new("Enabled", "whether it listens"),
        Property::new("Bindings", "where it listens"),
        Property::new("RemoteIPRanges", "whom it takes"),
        Property::new("AuthMechanism", "whether Exchange Server authentication is offered"),
        Property::new("PermissionGroups", "whether Exchange servers may submit"),
        Property::new("Fqdn", "the name in its greeting, of which partners make the SPN"),
        Property::new("TransportRole", "front end or hub transport"),
        Property::new("RequireTLS", "whether a session must be encrypted"),
        Property::new("SuppressXAnonymousTls", "whether Exchange's own encryption is off"),
        Property::new("TlsCertificateName", "which certificate it shows"),
    ],
    facts,
};

fn facts(record: &Record<'_>, facts: &mut FactTable) {
    let mut reader = Reader { record, facts };
    names(&mut reader);
    reader.flag("receive_connector.enabled", "Enabled");
    let bindings = reader.value("Bindings").and_then(bindings);
    if let Some(bindings) = reader.list("receive_connector.bindings", "Bindings", bindings) {
        if !bindings.complete {
            reader.facts.add_flag("receive_connector.bindings_complete", false, "Bindings");
        }
    }
    let ranges = reader.value("RemoteIPRanges").and_then(ranges);
    if let Some(ranges) = reader.list("receive_connector.remote_ip_ranges", "RemoteIPRanges", ranges) {
        reader.facts.add_flag(
            "receive_connector.remote_ip_ranges_complete",
            ranges.complete,
            "RemoteIPRanges",
        );
    }
    let mechanisms = reader.value("AuthMechanism").and_then(|value| flag_names(value, &MECHANISMS));
    words(
        &mut reader,
        mechanisms,
        "AuthMechanism",
        "receive_connector.auth_mechanism",
        ("receive_connector.exchange_server_auth", "ExchangeServer"),
    );
    let groups = reader.value("PermissionGroups").and_then(|value| flag_names(value, &GROUPS));
    words(
        &mut reader,
        groups,
        "PermissionGroups",
        "receive_connector.permission_groups",
        ("receive_connector.exchange_servers_permitted", "ExchangeServers"),
    );
    if let Some(value) = reader.value("Fqdn") {
        let fqdn = text(value);
        if fqdn.is_some() || value.is_empty() {
            reader.facts.add_flag("receive_connector.fqdn_empty", fqdn.is_none(), "Fqdn");
        }
        reader.facts.add_text("receive_connector.fqdn", fqdn.unwrap_or_default(), "Fqdn");
    }
    let role = reader.value("TransportRole").and_then(|value| enum_name(value, &ROLES));
    reader.facts.add_text("receive_connector.transport_role", role.unwrap_or_default(), "TransportRole");
    reader.flag("receive_connector.require_tls", "RequireTLS");
    reader.flag("receive_connector.suppress_x_anonymous_tls", "SuppressXAnonymousTls");
    reader.text("receive_connector.tls_certificate_name", "TlsCertificateName");
}

/// The server in the command: `Get-ReceiveConnector -Server EX1`, `Get-ReceiveConnector "EX1\Default EX1"`.
fn server_of_command(record: &Record<'_>) -> Option<String> {
    let line = record.from.as_deref()?.split('|').next()?;
    let words: Vec<&str> = line.split_whitespace().collect();
    let plain = |word: &str| word.trim_matches(['"', '\'']).to_owned();
    let at = words.iter().position(|word| word.eq_ignore_ascii_case("-Server"));
    let named = at.and_then(|at| words.get(at + 1)).map(|word| plain(word));
    let identity = || {
        let (server, _) = line.split_once('\\')?;
        server.rsplit(['"', '\'', ' ']).next().map(str::to_owned)
    };
    named.or_else(identity).filter(|name| is_host(name))
}

/// True for a text that can be a server's name.
fn is_host(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.'))
}

/// The server in the name that setup gave a connector: `Default Frontend EX1`. What people call
/// theirs may begin the same way, so a short beginning counts only with the server's own name in `Fqdn`.
fn server_of_default(reader: &Reader<'_, '_>) -> Option<String> {
    const BY_SETUP: [&str; 4] =
        ["Default Frontend ", "Client Frontend ", "Outbound Proxy Frontend ", "Client Proxy "];
    const SHORT: [&str; 2] = ["Default ", "Client "];
    if let Some(server) = server_of_command(reader.record) {
        return Some(server);
    }
    let name = reader.value("Name").and_then(text)?;
    let of = |prefixes: &[&str]| prefixes.iter().find_map(|prefix| name.strip_prefix(prefix)).map(str::trim);
    if let Some(server) = of(&BY_SETUP) {
        return Some(server).filter(|server| is_host(server)).map(str::to_owned);
    }
    let fqdn = reader.value("Fqdn").and_then(text).unwrap_or_default();
    let own = fqdn.split('.').next().unwrap_or_default();
    let server = of(&SHORT).filter(|server| is_host(server) && server.eq_ignore_ascii_case(own));
    server.map(str::to_owned)
}

fn names(reader: &mut Reader<'_, '_>) {
    let identity = ["Identity", "DistinguishedName"]
        .into_iter()
        .find_map(|property| Some((reader.value(property).and_then(identity)?, property)));
    let parts =
        identity.as_ref().and_then(|(identity, property)| Some((server_and_name(identity)?, *property)));
    match reader.value("Server").and_then(short_name) {
        Some(server) => reader.facts.add_text("receive_connector.server", server, "Server"),
        None => {
            if let Some(((server, _), property)) = parts {
                reader.facts.add_text("receive_connector.server", server, property);
            } else if let Some(server) = server_of_default(reader) {
                reader.facts.add_text("receive_connector.server", server, "Name");
            }
        }
    }
    if reader.text("receive_connector.name", "Name").is_none() {
        if let Some(((_, name), property)) = parts {
            reader.facts.add_text("receive_connector.name", name, property);
        }
    }
    if let Some((identity, property)) = identity {
        reader.facts.add_text("receive_connector.identity", identity, property);
    }
}

/// A list of flag names and the one that matters for Exchange servers. The list of an incomplete
/// reading is not given; the one name still is, unless it may be among what was cut.
fn words(
    reader: &mut Reader<'_, '_>,
    read: Option<Items>,
    property: &'static str,
    list_fact: &'static str,
    (fact, word): (&'static str, &str),
) {
    let Some(read) = read else { return };
    let as_number = reader.value(property).is_some_and(|value| number(value).is_some());
    let has = read.has(word);
    if has || read.complete || as_number {
        reader.facts.add_flag(fact, has, property);
    }
    let complete = Some(read).filter(|read| read.complete);
    reader.list(list_fact, property, complete);
}

/// Bindings as `192.0.2.1:25` and `[::]:25`.
fn bindings(value: &Value<'_>) -> Option<Items> {
    let Value::List(values) = unwrapped(value) else {
        return match unwrapped(value) {
            one @ Value::Object(_) => binding(one).map(|item| Items { items: vec![item], complete: true }),
            other => list(other, Separator::Blank),
        };
    };
    let items: Vec<String> = values.iter().filter_map(binding).collect();
    let complete = items.len() == values.len();
    (complete || !items.is_empty()).then_some(Items { items, complete })
}

/// One endpoint. JSON of the live object at depth 4 holds an address of version 4 as the number
/// of its bytes and loses one of version 6.
fn binding(value: &Value<'_>) -> Option<String> {
    let Value::Object(fields) = unwrapped(value) else {
        return text(value);
    };
    let port = field(fields, "Port").and_then(number).and_then(|port| u16::try_from(port).ok())?;
    let address_field = field(fields, "Address")?;
    let of_number = |value: &Value<'_>| {
        let bytes = u32::try_from(number(value)?).ok()?.to_le_bytes();
        Some(Ipv4Addr::from(bytes).to_string())
    };
    let host = match unwrapped(address_field) {
        Value::Object(inner) => {
            let as_text = field(inner, "IPAddressToString").and_then(text);
            as_text.or_else(|| field(inner, "Address").and_then(of_number))?
        }
        other => text(other)?,
    };
    match address(&host)? {
        ip if ip.is_ipv6() => Some(format!("[{ip}]:{port}")),
        ip => Some(format!("{ip}:{port}")),
    }
}

/// Ranges as the shell prints them: `192.0.2.0/24`, `192.0.2.1-192.0.2.9`, `192.0.2.5`.
fn ranges(value: &Value<'_>) -> Option<Items> {
    let Value::List(values) = unwrapped(value) else {
        return match unwrapped(value) {
            one @ Value::Object(_) => range(one).map(|item| Items { items: vec![item], complete: true }),
            other => list(other, Separator::Blank),
        };
    };
    let read = list(value, Separator::Blank);
    if values.iter().all(|value| matches!(value, Value::Text(_))) {
        return read;
    }
    let items: Vec<String> = values.iter().filter_map(range).collect();
    let complete = items.len() == values.len();
    (complete || !items.is_empty()).then_some(Items { items, complete })
}

fn range(value: &Value<'_>) -> Option<String> {
    let Value::Object(fields) = unwrapped(value) else {
        return text(value);
    };
    let named = |name: &str| field(fields, name).and_then(tolerant::text);
    named("Expression").or_else(|| match (named("LowerBound")?, named("UpperBound")?) {
        (lower, upper) if lower == upper => Some(lower),
        (lower, upper) => Some(format!("{lower}-{upper}")),
    })
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
    fn bindings_and_ranges_are_the_same_as_text_and_as_objects() {
        let objects = r#"{"Bindings":[{"Port":25,"Address":{"IPAddressToString":"::"}},{"Port":25,"Address":{"Address":16908480}}],
            "RemoteIPRanges":[{"LowerBound":"192.0.2.0","UpperBound":"192.0.2.255","Expression":"192.0.2.0/24"},{"LowerBound":"192.0.2.7","UpperBound":"192.0.2.7"}]}"#;
        let text = r#"{"Bindings":"{[::]:25, 192.0.2.1:25}","RemoteIPRanges":"192.0.2.0/24 192.0.2.7"}"#;
        for json in [objects, text] {
            let facts = read(json);
            assert_eq!(
                facts.list("receive_connector.bindings").unwrap(),
                ["[::]:25", "192.0.2.1:25"],
                "{json}"
            );
            assert_eq!(
                facts.list("receive_connector.remote_ip_ranges").unwrap(),
                ["192.0.2.0/24", "192.0.2.7"],
                "{json}"
            );
            assert_eq!(facts.flag("receive_connector.remote_ip_ranges_complete"), Some(true), "{json}");
        }
    }

    #[test]
    fn ranges_that_were_cut_are_marked_and_lost_ones_are_absent() {
        let cut = read(r#"{"RemoteIPRanges":"{192.0.2.1, 192.0.2.2, 192.0.2.3, 192.0.2.4...}"}"#);
        assert_eq!(cut.flag("receive_connector.remote_ip_ranges_complete"), Some(false));
        assert_eq!(cut.list("receive_connector.remote_ip_ranges").map(<[String]>::len), Some(4));
        let lost = read(r#"{"RemoteIPRanges":"System.Collections.ArrayList"}"#);
        assert_eq!(lost.get("receive_connector.remote_ip_ranges_complete"), None);
    }

    #[test]
    fn exchange_server_authentication_is_a_bit_or_a_name() {
        let flag = |json: &str| read(json).flag("receive_connector.exchange_server_auth");
        assert_eq!(flag(r#"{"AuthMechanism":31}"#), Some(true));
        assert_eq!(flag(r#"{"AuthMechanism":"Tls, ExchangeServer"}"#), Some(true));
        assert_eq!(flag(r#"{"AuthMechanism":15}"#), Some(false));
        // A bit that nobody verified hides no other bit.
        assert_eq!(flag(r#"{"AuthMechanism":33}"#), Some(false));
        assert_eq!(read(r#"{"AuthMechanism":33}"#).get("receive_connector.auth_mechanism"), None);
        assert_eq!(flag(r#"{"AuthMechanism":"Tls, Integr..."}"#), None);
        assert_eq!(flag(r#"{"AuthMechanism":null}"#), None);
    }
}
