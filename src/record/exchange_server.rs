//! Exchange servers: names, site, version and roles.
//!
//! From 2016 on `ServerRole` prints `Mailbox` alone while the server is a Client Access
//! server too, so roles that matter come from the `Is...` flags. Judges nothing.

use super::directory_name::{common_name, short_name};
use super::enumeration::flag_names;
use super::kind::{Kind, Property};
use super::read::Record;
use super::reader::Reader;
use super::tolerant;
use crate::fact::FactTable;

/// Bits of `ServerRole` that were seen in exported objects.
const ROLES: [(i64, &str); 3] = [(2, "Mailbox"), (32, "HubTransport"), (16384, "FrontendTransport")];

/// `Get-ExchangeServer`.
pub static KIND: Kind = Kind {
    name: "exchange-server",
    types: &["ExchangeServer"],
    object_classes: &["msExchExchangeServer"],
    marks: &[
        &["Fqdn", "ServerRole"],
        &["Name", "ServerRole"],
        &["Fqdn", "Site", "AdminDisplayVersion"],
        &["Name", "AdminDisplayVersion", "Edition"],
        &["Name", "IsClientAccessServer"],
        &["Fqdn", "IsHubTransportServer"],
    ],
    commands: &["Get-ExchangeServer"],
    properties: &[
        Property::new("Name", "which server it is"),
        Property::new("Identity", "the name, where Name is missing"),
        Property::new("DistinguishedName", "the name, where Name is missing"),
        Property::new("ObjectClass", "kind, when the type is lost"),
        Property::new("Fqdn", "the name that Kerberos and SMTP use"),
        Property::new("Domain", "whether two servers share a domain"),
        Property::new("Site", "which queue leads to it"),
        Property::new("AdminDisplayVersion", "the product's version"),
        Property::new("ServerRole", "roles"),
        Property::new("IsEdgeServer", "whether it stands outside the domain"),
        Property::new("IsClientAccessServer", "whether it takes part in proxying"),
        Property::new("IsHubTransportServer", "whether it takes part in transport"),
        Property::new("NetworkAddress", "the full name, where Fqdn is missing"),
    ],
    facts,
};

fn facts(record: &Record<'_>, facts: &mut FactTable) {
    let mut reader = Reader { record, facts };
    let name = ["Name", "Identity", "DistinguishedName"].into_iter().find_map(|property| {
        let value = reader.value(property)?;
        Some((
            if property == "DistinguishedName" {
                common_name(&tolerant::text(value)?)?
            } else {
                short_name(value)?
            },
            property,
        ))
    });
    if let Some((name, property)) = name {
        reader.facts.add_text("exchange_server.name", name, property);
    }
    if reader.text("exchange_server.fqdn", "Fqdn").is_none() {
        let addresses = reader
            .value("NetworkAddress")
            .and_then(|value| tolerant::list(value, tolerant::Separator::Blank));
        let fqdn =
            addresses.iter().flat_map(|read| &read.items).find_map(|item| item.strip_prefix("ncacn_ip_tcp:"));
        reader.facts.add_text("exchange_server.fqdn", fqdn.unwrap_or_default(), "NetworkAddress");
    }
    let site = reader.value("Site").and_then(short_name);
    reader.facts.add_text("exchange_server.site", site.unwrap_or_default(), "Site");
    reader.text("exchange_server.domain", "Domain");
    reader.version(
        "exchange_server.exchange_version",
        "exchange_server.exchange_major",
        "AdminDisplayVersion",
    );
    let roles =
        reader.value("ServerRole").and_then(|value| flag_names(value, &ROLES)).filter(|read| read.complete);
    let roles = reader.list("exchange_server.roles", "ServerRole", roles);
    for (fact, property, role) in [
        ("exchange_server.is_edge", "IsEdgeServer", "Edge"),
        ("exchange_server.is_client_access", "IsClientAccessServer", "ClientAccess"),
        ("exchange_server.is_hub_transport", "IsHubTransportServer", "HubTransport"),
    ] {
        // A role that is listed is there; one that is not may be part of `Mailbox`.
        if reader.flag(fact, property).is_none() && roles.as_ref().is_some_and(|roles| roles.has(role)) {
            reader.facts.add_flag(fact, true, "ServerRole");
        }
    }
}
