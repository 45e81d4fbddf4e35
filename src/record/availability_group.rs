//! Groups of servers that a queue's next hop may name: database availability groups, and the
//! databases whose mail goes to the server that has them mounted.
//!
//! A list of members that arrived cut is no list. Judges nothing.

use super::directory_name::short_name;
use super::host::address;
use super::kind::{Kind, Property};
use super::read::Record;
use super::reader::Reader;
use super::tolerant::{list, unwrapped, Items, Separator};
use super::value::Value;
use crate::fact::FactTable;

/// `Get-DatabaseAvailabilityGroup`.
pub static GROUP: Kind = Kind {
    name: "availability-group",
    types: &["DatabaseAvailabilityGroup"],
    object_classes: &["msExchMDBAvailabilityGroup"],
    marks: &[
        &["WitnessServer", "WitnessDirectory"],
        &["Name", "Servers", "WitnessServer"],
        &["Name", "DatabaseAvailabilityGroupIpv4Addresses"],
    ],
    commands: &["Get-DatabaseAvailabilityGroup"],
    properties: &[
        Property::new("Name", "the name that a queue's next hop gives"),
        Property::new("Identity", "the same, where Name is missing"),
        Property::new("Servers", "the servers behind it"),
        Property::new("DatabaseAvailabilityGroupIpv4Addresses", "addresses that are no server's own"),
        Property::new("DatabaseAvailabilityGroupIpAddresses", "addresses that are no server's own"),
        Property::new("WitnessServer", "kind, when the type is lost"),
        Property::new("WitnessDirectory", "kind, when the type is lost"),
        Property::new("ObjectClass", "kind, when the type is lost"),
    ],
    facts: group,
};

fn group(record: &Record<'_>, facts: &mut FactTable) {
    let mut reader = Reader { record, facts };
    add_name(&mut reader, "availability_group.name");
    let servers = reader.value("Servers").and_then(names).filter(|read| read.complete);
    reader.list("availability_group.servers", "Servers", servers);
    for property in ["DatabaseAvailabilityGroupIpv4Addresses", "DatabaseAvailabilityGroupIpAddresses"] {
        let read = reader.value(property).and_then(|value| list(value, Separator::Blank));
        let found: Vec<String> = read
            .iter()
            .flat_map(|read| &read.items)
            .filter_map(|item| address(item))
            // 255.255.255.255 says that the group has no address, 0.0.0.0 that it takes any.
            .filter(|address| !address.is_unspecified() && address.to_string() != "255.255.255.255")
            .map(|address| address.to_string())
            .collect();
        if !found.is_empty() {
            reader.facts.add_list("availability_group.addresses", found, property);
        }
    }
}

/// `Get-MailboxDatabase`.
pub static DATABASE: Kind = Kind {
    name: "mailbox-database",
    types: &["MailboxDatabase"],
    object_classes: &["msExchPrivateMDB"],
    marks: &[
        &["MasterServerOrAvailabilityGroup"],
        &["Name", "MountedOnServer"],
        &["Name", "Server", "Recovery", "ReplicationType"],
    ],
    commands: &["Get-MailboxDatabase"],
    properties: &[
        Property::new("Name", "the name that a queue's next hop gives"),
        Property::new("Identity", "the same, where Name is missing"),
        Property::new("MountedOnServer", "which server takes its mail"),
        Property::new("Server", "the same, without -Status"),
        Property::new("MasterServerOrAvailabilityGroup", "kind, when the type is lost"),
        Property::new("Recovery", "kind, when the type is lost"),
        Property::new("ReplicationType", "kind, when the type is lost"),
        Property::new("ObjectClass", "kind, when the type is lost"),
    ],
    facts: database,
};

fn database(record: &Record<'_>, facts: &mut FactTable) {
    let mut reader = Reader { record, facts };
    add_name(&mut reader, "mailbox_database.name");
    let server = ["MountedOnServer", "Server"]
        .into_iter()
        .find_map(|property| Some((reader.value(property).and_then(short_name)?, property)));
    if let Some((server, property)) = server {
        reader.facts.add_text("mailbox_database.server", server, property);
    }
}

fn add_name(reader: &mut Reader<'_, '_>, fact: &'static str) {
    let name = ["Name", "Identity"]
        .into_iter()
        .find_map(|property| Some((reader.value(property).and_then(short_name)?, property)));
    if let Some((name, property)) = name {
        reader.facts.add_text(fact, name, property);
    }
}

/// The names of directory objects, each in whatever form it came.
fn names(value: &Value<'_>) -> Option<Items> {
    match unwrapped(value) {
        Value::List(items) => {
            let names: Vec<String> = items.iter().filter_map(short_name).collect();
            let complete = names.len() == items.len() && !names.iter().any(|name| name.ends_with("..."));
            Some(Items { items: names, complete })
        }
        _ => list(value, Separator::Comma),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: &Kind, json: &str) -> FactTable {
        let mut table = FactTable::default();
        super::super::read_records(json.as_bytes(), 0, |record| (kind.facts)(&record.unwrap(), &mut table));
        table
    }

    #[test]
    fn a_group_gives_its_servers_in_every_form_and_a_cut_list_none() {
        for servers in [
            r#"["EX1","EX2"]"#,
            r#""{EX1, EX2}""#,
            r#"[{"Name":"EX1","DistinguishedName":"CN=EX1,CN=Servers,DC=contoso,DC=com"},"CN=EX2,CN=Servers,DC=contoso,DC=com"]"#,
        ] {
            let facts = read(&GROUP, &format!(r#"{{"Name":"DAG1","Servers":{servers}}}"#));
            assert_eq!(facts.list("availability_group.servers").unwrap(), ["EX1", "EX2"], "{servers}");
        }
        let cut = read(&GROUP, r#"{"Name":"DAG1","Servers":"{EX1, EX2...}"}"#);
        assert!(cut.get("availability_group.servers").is_none());
        let facts =
            read(&GROUP, r#"{"Name":"DAG1","DatabaseAvailabilityGroupIpv4Addresses":"{192.0.2.50}"}"#);
        assert_eq!(facts.list("availability_group.addresses").unwrap(), ["192.0.2.50"]);
        let none =
            read(&GROUP, r#"{"Name":"DAG1","DatabaseAvailabilityGroupIpv4Addresses":"{255.255.255.255}"}"#);
        assert!(none.get("availability_group.addresses").is_none());
    }

    #[test]
    fn a_database_is_where_it_is_mounted() {
        let facts = read(&DATABASE, r#"{"Name":"DB1","Server":"EX1","MountedOnServer":"ex2.contoso.com"}"#);
        assert_eq!(facts.text("mailbox_database.server"), Some("ex2.contoso.com"));
        assert_eq!(
            read(&DATABASE, r#"{"Name":"DB1","Server":"EX1"}"#).text("mailbox_database.server"),
            Some("EX1")
        );
    }
}
