//! What a name resolves to (nslookup, Resolve-DnsName, the hosts file of one computer).
//!
//! A record of Resolve-DnsName is one object: facts of one name may come from
//! several records. Records of other types than A, AAAA and CNAME say nothing here.

use super::{add_flags, add_lists, add_texts, text, Record};
use crate::fact::FactTable;
use crate::record::{Kind, Property};

/// Addresses and aliases of one name.
pub(crate) static DNS_ANSWER: Kind = Kind {
    name: "dns-answer",
    types: &["DnsAnswer", "DnsRecord_A", "DnsRecord_AAAA", "DnsRecord_CNAME"],
    object_classes: &[],
    marks: &[
        &["Name", "Section", "IPAddress"],
        &["Name", "Section", "IP4Address"],
        &["Name", "Section", "IP6Address"],
        &["Name", "Section", "NameHost"],
    ],
    commands: &["Resolve-DnsName", "nslookup <name>", r"type C:\Windows\System32\drivers\etc\hosts"],
    properties: &[
        Property::new("Name", "the name that was asked"),
        Property::new("Type", "the type of the record"),
        Property::new("Addresses", "its addresses"),
        Property::new("IPAddress", "an address"),
        Property::new("IP4Address", "an address"),
        Property::new("IP6Address", "an address"),
        Property::new("Aliases", "names it stands for"),
        Property::new("NameHost", "the name it stands for"),
        Property::new("Section", "whether the record is the answer"),
        Property::new("Server", "who answered"),
        Property::new("Found", "whether there is an answer"),
        Property::new("HostsFile", "whether only this computer resolves it so"),
    ],
    facts: dns_answer,
};

/// Types whose `NameHost` is no alias.
const OTHER_TYPES: [&str; 8] = ["NS", "PTR", "MX", "SRV", "SOA", "TXT", "12", "2"];

fn dns_answer(record: &Record<'_>, facts: &mut FactTable) {
    let kind = text(record, "Type").unwrap_or_default();
    if OTHER_TYPES.iter().any(|other| other.eq_ignore_ascii_case(&kind)) {
        return;
    }
    add_texts(record, facts, &[("Name", "dns.name")]);
    if record.property("Found").is_some() {
        add_lists(record, facts, &[("Addresses", "dns.addresses"), ("Aliases", "dns.aliases")]);
        add_texts(record, facts, &[("Server", "dns.server")]);
        add_flags(record, facts, &[("Found", "dns.found"), ("HostsFile", "dns.in_hosts_file")]);
        return;
    }
    let address = ["IPAddress", "IP4Address", "IP6Address"].iter().find_map(|n| Some((text(record, n)?, *n)));
    if let Some((address, property)) = address {
        facts.add_list("dns.addresses", vec![address], property);
        facts.add_flag("dns.found", true, property);
    } else if let Some(target) = text(record, "NameHost") {
        facts.add_list("dns.aliases", vec![target], "NameHost");
        facts.add_flag("dns.found", true, "NameHost");
    }
}
