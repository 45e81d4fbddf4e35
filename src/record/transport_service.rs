//! The transport services of a server: the certificate for mail between servers, and DNS.
//!
//! Three cmdlets give it; only Get-TransportService has the certificate. Judges nothing.

use super::certificate::as_thumbprint;
use super::directory_name::short_name;
use super::kind::{Kind, Property};
use super::read::Record;
use super::reader::Reader;
use super::tolerant::{list, text, Separator};
use crate::fact::FactTable;

/// `Get-TransportService` and its front-end and mailbox siblings.
pub static KIND: Kind = Kind {
    name: "transport-service",
    types: &[
        "TransportServer",
        "FrontendTransportServer",
        "FrontendTransportServerPresentationObject",
        "MailboxTransportServer",
        "MailboxTransportServerPresentationObject",
    ],
    object_classes: &["msExchExchangeTransportServer"],
    marks: &[
        &["InternalTransportCertificateThumbprint"],
        &["UseDowngradedExchangeServerAuth"],
        &["ExternalDNSServers", "ExternalDNSAdapterEnabled"],
        &["ReceiveProtocolLogPath", "SendProtocolLogPath"],
        &["Name", "ExternalDNSServers"],
    ],
    commands: &[
        "Get-TransportService",
        "Get-TransportServer",
        "Get-FrontendTransportService",
        "Get-MailboxTransportService",
    ],
    properties: &[
        Property::new("Name", "the server"),
        Property::new("Identity", "the server, where Name is missing"),
        Property::new("WhenChangedUTC", "whether it was changed after a failure"),
        Property::new("InternalTransportCertificateThumbprint", "the certificate for other Exchange servers"),
        Property::new("UseDowngradedExchangeServerAuth", "whether servers may sign in without TLS"),
        Property::new("ExternalDNSServers", "who resolves the names of next hops"),
        Property::new("ExternalDNSAdapterEnabled", "kind, when the type is lost"),
        Property::new("ObjectClass", "kind, when the type is lost"),
    ],
    facts,
};

fn facts(record: &Record<'_>, facts: &mut FactTable) {
    let mut reader = Reader { record, facts };
    // `EX1\Frontend`: the front-end service is an object below its server.
    let server = ["Identity", "Name"].into_iter().find_map(|property| {
        let value = reader.value(property)?;
        let identity = super::directory_name::identity(value).or_else(|| short_name(value))?;
        Some((identity.split('\\').next()?.to_owned(), property)).filter(|(name, _)| !name.is_empty())
    });
    if let Some((server, property)) = server {
        reader.facts.add_text("transport_service.server", server, property);
    }
    const THUMBPRINT: &str = "InternalTransportCertificateThumbprint";
    let thumbprint = reader.value(THUMBPRINT).and_then(text).and_then(|text| as_thumbprint(&text));
    reader.facts.add_text(
        "transport_service.internal_certificate_thumbprint",
        thumbprint.unwrap_or_default(),
        THUMBPRINT,
    );
    reader.flag("transport_service.use_downgraded_auth", "UseDowngradedExchangeServerAuth");
    let servers = reader
        .value("ExternalDNSServers")
        .and_then(|value| list(value, Separator::Blank))
        .filter(|read| read.complete);
    reader.list("transport_service.external_dns", "ExternalDNSServers", servers);
}
