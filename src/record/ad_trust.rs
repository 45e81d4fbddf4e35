//! Trusts between domains: direction, and which Kerberos encryption they accept.
//!
//! `UsesAESKeys` is a flag for trusts with realms of other makers: False proves nothing about
//! a trust between domains, only the number does. Judges nothing.

use super::enumeration::enum_name;
use super::kind::{Kind, Property};
use super::read::Record;
use super::reader::Reader;
use super::tolerant::{self, text};
use crate::fact::FactTable;

/// Numbers of a trust's direction (MS-ADTS).
const DIRECTIONS: [(i64, &str); 4] = [(0, "Disabled"), (1, "Inbound"), (2, "Outbound"), (3, "BiDirectional")];

/// AES with 128 and with 256 bits in `msDS-SupportedEncryptionTypes`.
const AES: i64 = 0x18;

/// `Get-ADTrust`, and the trust's object itself.
pub static KIND: Kind = Kind {
    name: "ad-trust",
    types: &["ADTrust"],
    object_classes: &["trustedDomain"],
    marks: &[&["TrustType", "Direction"], &["UsesAESKeys"], &["trustDirection"]],
    commands: &["Get-ADTrust", "netdom trust <trusting domain> /domain:<trusted domain> /verify"],
    properties: &[
        Property::new("Name", "the other domain"),
        Property::new("Target", "the other domain"),
        Property::new("trustPartner", "the other domain"),
        Property::new("ObjectClass", "kind, when the type is lost"),
        Property::new("Direction", "who trusts whom"),
        Property::new("trustDirection", "who trusts whom"),
        Property::new("msDS-SupportedEncryptionTypes", "encryption the trust accepts"),
        Property::new("UsesAESKeys", "whether AES was switched on"),
        Property::new("TrustingDomain", "the domain that lets accounts of the other one in"),
        Property::new("Verified", "whether it works"),
        Property::new("BothWays", "whether both directions were verified"),
        Property::new("TrustType", "kind, when the type is lost"),
    ],
    facts,
};

fn facts(record: &Record<'_>, facts: &mut FactTable) {
    let mut reader = Reader { record, facts };
    let name = ["Name", "Target", "trustPartner"]
        .into_iter()
        .find_map(|property| Some((reader.value(property).and_then(text)?, property)));
    if let Some((name, property)) = name {
        reader.facts.add_text("trust.name", name, property);
    }
    let direction = ["Direction", "trustDirection"].into_iter().find_map(|property| {
        Some((reader.value(property).and_then(|value| enum_name(value, &DIRECTIONS))?, property))
    });
    if let Some((direction, property)) = direction {
        reader.facts.add_text("trust.direction", direction, property);
    }
    reader.text("trust.trusting_domain", "TrustingDomain");
    for (property, fact) in [("Verified", "trust.verified"), ("BothWays", "trust.both_ways")] {
        if let Some(flag) = reader.value(property).and_then(tolerant::flag) {
            reader.facts.add_flag(fact, flag, property);
        }
    }
    const TYPES: &str = "msDS-SupportedEncryptionTypes";
    if let Some(types) = reader.value(TYPES).and_then(tolerant::number) {
        reader.number("trust.encryption_types", TYPES);
        reader.facts.add_flag("trust.aes", types & AES != 0, TYPES);
    } else if reader.value("UsesAESKeys").and_then(tolerant::flag) == Some(true) {
        reader.facts.add_flag("trust.aes", true, "UsesAESKeys");
    }
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
    fn aes_is_told_by_the_number_and_not_denied_by_the_flag() {
        let facts = read(
            r#"{"Name":"fabrikam.com","Direction":3,"UsesAESKeys":false,"msDS-SupportedEncryptionTypes":24}"#,
        );
        assert_eq!(
            (facts.flag("trust.aes"), facts.text("trust.direction")),
            (Some(true), Some("BiDirectional"))
        );
        assert_eq!(
            read(r#"{"Name":"fabrikam.com","msDS-SupportedEncryptionTypes":4}"#).flag("trust.aes"),
            Some(false)
        );
        for json in [
            r#"{"Name":"fabrikam.com","UsesAESKeys":false}"#,
            r#"{"Name":"fabrikam.com","UsesAESKeys":"False","msDS-SupportedEncryptionTypes":null}"#,
        ] {
            assert_eq!(read(json).get("trust.aes"), None, "{json}");
        }
    }
}
