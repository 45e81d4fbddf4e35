//! Rights on an object of Exchange, one entry of its access list each (`Get-ADPermission`).
//!
//! Read for what the group Exchange Servers may do on a receive connector. Judges nothing.

use super::kind::{Kind, Property};
use super::read::Record;
use super::reader::Reader;
use super::tolerant::{list, Separator};
use crate::fact::FactTable;

/// `Get-ADPermission`.
pub static KIND: Kind = Kind {
    name: "ad-permission",
    types: &["ADAcePresentationObject"],
    object_classes: &[],
    marks: &[&["ExtendedRights", "Deny", "User"]],
    commands: &["Get-ADPermission"],
    properties: &[
        Property::new("Identity", "the object"),
        Property::new("User", "who has the right, or is denied it"),
        Property::new("Deny", "whether it is taken away"),
        Property::new("ExtendedRights", "the rights"),
    ],
    facts,
};

fn facts(record: &Record<'_>, facts: &mut FactTable) {
    let mut reader = Reader { record, facts };
    reader.text("permission.object", "Identity");
    reader.text("permission.user", "User");
    reader.flag("permission.deny", "Deny");
    let rights = reader.value("ExtendedRights").and_then(|value| list(value, Separator::Comma));
    reader.list("permission.rights", "ExtendedRights", rights.filter(|rights| rights.complete));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_tells_who_may_do_what() {
        let mut table = FactTable::default();
        let json = r#"{"Identity":"EX2\\Default EX2","User":"CONTOSO\\Exchange Servers","Deny":true,
            "ExtendedRights":["ms-Exch-SMTP-Submit"]}"#;
        super::super::read_records(json.as_bytes(), 0, |record| facts(&record.unwrap(), &mut table));
        assert_eq!(table.text("permission.user"), Some("CONTOSO\\Exchange Servers"));
        assert_eq!(table.flag("permission.deny"), Some(true));
        assert_eq!(table.list("permission.rights"), Some(&["ms-Exch-SMTP-Submit".to_owned()][..]));
    }
}
