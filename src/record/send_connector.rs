//! Send connectors: smart hosts and how they are signed in to.
//!
//! The connector between servers of the organisation is hidden and never among them, so
//! these tell external hops apart. Judges nothing.

use super::directory_name::{identity, short_name};
use super::enumeration::enum_name;
use super::kind::{Kind, Property};
use super::read::Record;
use super::reader::Reader;
use super::tolerant::{list, Separator};
use crate::fact::FactTable;

/// `Get-SendConnector`. `SendConnector` itself is a base type; real objects are of a derived one.
pub static KIND: Kind = Kind {
    name: "send-connector",
    types: &["SmtpSendConnectorConfig", "MailGateway", "SendConnector"],
    object_classes: &["msExchRoutingSMTPConnector"],
    marks: &[
        &["SmartHosts", "AddressSpaces"],
        &["SmartHostAuthMechanism"],
        &["AddressSpaces", "SourceTransportServers"],
    ],
    commands: &["Get-SendConnector"],
    properties: &[
        Property::new("Identity", "which connector it is"),
        Property::new("Name", "the name that events and logs give"),
        Property::new("ObjectClass", "kind, when the type is lost"),
        Property::new("Enabled", "whether it is used"),
        Property::new("SmartHosts", "where it sends"),
        Property::new("SmartHostAuthMechanism", "how it signs in"),
        Property::new("RequireTLS", "whether a session must be encrypted"),
        Property::new("TlsAuthLevel", "what the partner's certificate must be"),
        Property::new("Fqdn", "the name it gives itself"),
        Property::new("SourceTransportServers", "which servers use it"),
        Property::new("AddressSpaces", "kind, when the type is lost"),
    ],
    facts,
};

fn facts(record: &Record<'_>, facts: &mut FactTable) {
    let mut reader = Reader { record, facts };
    let identity = reader.value("Identity").and_then(identity);
    let name = reader.value("Name").or_else(|| reader.value("Identity")).and_then(short_name);
    reader.facts.add_text("send_connector.identity", identity.unwrap_or_default(), "Identity");
    reader.facts.add_text("send_connector.name", name.unwrap_or_default(), "Name");
    reader.flag("send_connector.enabled", "Enabled");
    for (fact, property, separator) in [
        ("send_connector.smart_hosts", "SmartHosts", Separator::Blank),
        ("send_connector.source_servers", "SourceTransportServers", Separator::Comma),
    ] {
        let read =
            reader.value(property).and_then(|value| list(value, separator)).filter(|read| read.complete);
        reader.list(fact, property, read);
    }
    let mechanism = reader.value("SmartHostAuthMechanism").and_then(|value| enum_name(value, &[(0, "None")]));
    reader.facts.add_text(
        "send_connector.smart_host_auth_mechanism",
        mechanism.unwrap_or_default(),
        "SmartHostAuthMechanism",
    );
    reader.flag("send_connector.require_tls", "RequireTLS");
    let level = reader.value("TlsAuthLevel").and_then(|value| enum_name(value, &[]));
    reader.facts.add_text("send_connector.tls_auth_level", level.unwrap_or_default(), "TlsAuthLevel");
    reader.text("send_connector.fqdn", "Fqdn");
}
