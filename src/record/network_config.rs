//! Addresses of a computer and the DNS servers it asks.
//!
//! Three cmdlets and `ipconfig /all` give it under different names. Addresses that belong to
//! nobody (0.0.0.0 of an unplugged adapter) are left out. Judges nothing.

use super::host::address;
use super::kind::{Kind, Property};
use super::read::Record;
use super::reader::Reader;
use super::tolerant::{asked, list, text, Separator};
use crate::fact::FactTable;

/// `Win32_NetworkAdapterConfiguration`, `Get-NetworkConnectionInfo`, `Get-DnsClientServerAddress`.
pub static KIND: Kind = Kind {
    name: "network-config",
    types: &[
        "NetworkConfig",
        "Win32_NetworkAdapterConfiguration",
        "NetworkConnectionInfo",
        "MSFT_DNSClientServerAddress",
        "MSFT_NetIPAddress",
    ],
    object_classes: &[],
    marks: &[
        &["IPAddress", "DNSServerSearchOrder"],
        &["DNSHostName", "IPAddress"],
        &["DnsServers", "IPAddresses"],
        &["AdapterGuid", "IPAddresses"],
        &["InterfaceAlias", "ServerAddresses"],
        &["InterfaceAlias", "IPAddress", "PrefixLength"],
    ],
    commands: &[
        "Get-NetworkConnectionInfo",
        "Get-DnsClientServerAddress",
        "Get-NetIPAddress",
        "ipconfig /all",
    ],
    properties: &[
        Property::new("Computer", "whose addresses these are"),
        Property::new("DNSHostName", "whose addresses these are"),
        Property::new("__SERVER", "whose addresses these are"),
        Property::new("PSComputerName", "whose addresses these are, where nothing else tells"),
        Property::new("Addresses", "the addresses"),
        Property::new("IPAddress", "the addresses"),
        Property::new("IPAddresses", "the addresses"),
        Property::new("DnsServers", "who is asked for names"),
        Property::new("DNSServerSearchOrder", "who is asked for names"),
        Property::new("ServerAddresses", "who is asked for names"),
        Property::new("AdapterGuid", "kind, when the type is lost"),
        Property::new("InterfaceAlias", "kind, when the type is lost"),
        Property::new("PrefixLength", "kind, when the type is lost"),
    ],
    facts,
};

fn facts(record: &Record<'_>, facts: &mut FactTable) {
    let reader = Reader { record, facts };
    let of = |property: &'static str| Some((reader.value(property).and_then(text)?, property));
    // A remote session's name may be that of another server, or an address.
    let computer = ["Computer", "DNSHostName", "__SERVER"]
        .into_iter()
        .find_map(of)
        .or_else(|| Some((asked(record)?.to_owned(), "from")))
        .or_else(|| of("PSComputerName"))
        .or_else(|| Some((record.computer.as_deref()?.to_owned(), "computer")));
    if let Some((computer, property)) = computer.filter(|(name, _)| address(name).is_none()) {
        reader.facts.add_text("network.computer", computer, property);
    }
    for (fact, properties) in [
        ("network.addresses", ["Addresses", "IPAddress", "IPAddresses"]),
        ("network.dns_servers", ["DnsServers", "DNSServerSearchOrder", "ServerAddresses"]),
    ] {
        for property in properties {
            let read = reader.value(property).and_then(|value| list(value, Separator::Blank));
            let found: Vec<String> = read
                .iter()
                .flat_map(|read| &read.items)
                .filter_map(|item| address(item))
                .filter(|address| !address.is_unspecified())
                .map(|address| address.to_string())
                .collect();
            if !found.is_empty() {
                reader.facts.add_list(fact, found, property);
                break;
            }
        }
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
    fn every_cmdlet_gives_addresses_and_servers() {
        let facts = read(
            r#"{"DNSHostName":"EX1","IPAddress":["192.0.2.11","fe80::1"],"DNSServerSearchOrder":["192.0.2.10"],"PSComputerName":"192.0.2.11"}"#,
        );
        assert_eq!(facts.text("network.computer"), Some("EX1"));
        assert_eq!(facts.list("network.addresses").unwrap(), ["192.0.2.11", "fe80::1"]);
        assert_eq!(facts.list("network.dns_servers").unwrap(), ["192.0.2.10"]);
        let facts = read(
            r#"{"from":"Get-NetworkConnectionInfo EX2","properties":{"Name":"NIC","DnsServers":[{"Address":167,"IPAddressToString":"192.0.2.10"}],"IPAddresses":"{192.0.2.12}","PSComputerName":"EX1"}}"#,
        );
        assert_eq!(facts.text("network.computer"), Some("EX2"));
        assert_eq!(facts.list("network.addresses").unwrap(), ["192.0.2.12"]);
        assert_eq!(facts.list("network.dns_servers").unwrap(), ["192.0.2.10"]);
        let facts = read(
            r#"{"InterfaceAlias":"Ethernet","ServerAddresses":"{192.0.2.10, 192.0.2.20}","PSComputerName":"EX1"}"#,
        );
        assert_eq!(facts.list("network.dns_servers").unwrap(), ["192.0.2.10", "192.0.2.20"]);
    }

    #[test]
    fn an_adapter_without_addresses_says_nothing() {
        for json in [
            r#"{"DNSHostName":"EX1","IPAddress":null,"DNSServerSearchOrder":[]}"#,
            r#"{"DNSHostName":"EX1","IPAddress":["0.0.0.0"],"DNSServerSearchOrder":"System.String[]"}"#,
        ] {
            assert!(read(json).get("network.addresses").is_none(), "{json}");
            assert!(read(json).get("network.dns_servers").is_none(), "{json}");
        }
    }
}
