//! The organisation's Auth configuration: which certificate signs tokens between servers.
//!
//! Thumbprints only; whether a server has the certificate is told by the certificates' records.

use super::certificate::as_thumbprint;
use super::kind::{Kind, Property};
use super::read::Record;
use super::reader::Reader;
use super::tolerant::text;
use crate::fact::FactTable;

/// `Get-AuthConfig`.
pub static KIND: Kind = Kind {
    name: "auth-config",
    types: &["AuthConfig"],
    object_classes: &["msExchAuthAuthConfig"],
    marks: &[&["CurrentCertificateThumbprint"]],
    commands: &["Get-AuthConfig"],
    properties: &[
        Property::new("CurrentCertificateThumbprint", "the certificate in use"),
        Property::new("NextCertificateThumbprint", "the one that will follow"),
        Property::new("PreviousCertificateThumbprint", "the one before"),
        Property::new("NextCertificateEffectiveDate", "when the next one will be used"),
        Property::new("ObjectClass", "kind, when the type is lost"),
    ],
    facts,
};

fn facts(record: &Record<'_>, facts: &mut FactTable) {
    let mut reader = Reader { record, facts };
    for (fact, property) in [
        ("auth_config.current_thumbprint", "CurrentCertificateThumbprint"),
        ("auth_config.next_thumbprint", "NextCertificateThumbprint"),
        ("auth_config.previous_thumbprint", "PreviousCertificateThumbprint"),
    ] {
        let thumbprint = reader.value(property).and_then(text).and_then(|text| as_thumbprint(&text));
        reader.facts.add_text(fact, thumbprint.unwrap_or_default(), property);
    }
    reader.date("auth_config.effective_date", "NextCertificateEffectiveDate");
}
