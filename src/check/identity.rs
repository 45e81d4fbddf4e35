//! Names and addresses that two servers have: a server's own name that leads to another server, one
//! address that two servers give as their only one.
//!
//! An address is a server's own only where its settings say so (its adapters, a connector bound to it).
//! Round robin, a balancer's name, a cluster's address, several adapters and version 6 beside version 4
//! are no conflict: only a server's own name, and only another's own address, can be one.

use super::configuration::speak;
use super::words::{say, AND, NETWORK_SETTINGS};
use crate::fact::{parse_address, short_name, FactTable, Host, HostId, Hosts, Observation};
use crate::finding::{Evidence, Finding, Outcome};
use crate::Catalog;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// What somebody got for a server's own name.
struct Answer<'o> {
    name: &'o str,
    addresses: BTreeSet<IpAddr>,
    evidence: Vec<Evidence>,
    seen: &'o Observation,
}

/// Findings about names and addresses that do not fit.
pub(super) fn findings(catalog: &Catalog, observations: &[Observation], hosts: &Hosts) -> Vec<Finding> {
    let mut findings = Vec::new();
    for ((server, ..), answer) in answers(observations, hosts) {
        findings.extend(judge_answer(catalog, observations, hosts, server, &answer));
    }
    findings.extend(addresses_twice(catalog, observations, hosts));
    findings
}

/// A name's answers, each by who was asked and by whom: two resolvers may rightly differ, and one
/// gives an object for each address.
type Asked<'o> = (HostId, String, &'o str, Option<&'o str>, Option<&'o str>);

fn answers<'o>(observations: &'o [Observation], hosts: &Hosts) -> BTreeMap<Asked<'o>, Answer<'o>> {
    let mut answers: BTreeMap<Asked, Answer> = BTreeMap::new();
    for seen in observations {
        // The name, its address, and what a list of addresses is called.
        let (name, fact) = match seen.kind {
            "dns-answer" => ("dns.name", "dns.addresses"),
            "port-test" => ("port.to", "port.to_ip"),
            "clock-offset" => ("clock.to", "clock.to_ip"),
            _ => continue,
        };
        let Some(name) = seen.facts.text(name).filter(|name| parse_address(name).is_none()) else { continue };
        let Some(server) =
            hosts.find(name).filter(|id| hosts.get(*id).is_some_and(|host| is_own(host, name)))
        else {
            continue;
        };
        let one = seen.facts.text(fact).into_iter();
        let several = seen.facts.list(fact).unwrap_or_default().iter().map(String::as_str);
        let addresses: BTreeSet<IpAddr> = one.chain(several).filter_map(parse_address).collect();
        // A server may call itself so.
        if addresses.iter().all(IpAddr::is_loopback) {
            continue;
        }
        let in_file = seen.facts.flag("dns.in_hosts_file") == Some(true);
        let source = if in_file { Some("hosts") } else { seen.facts.text("dns.server") };
        let by = (seen.computer.as_deref(), source);
        let answer = answers
            .entry((server, name.to_lowercase(), seen.kind, by.0, by.1))
            .or_insert_with(|| Answer { name, addresses: BTreeSet::new(), evidence: Vec::new(), seen });
        answer.addresses.extend(addresses);
        // Three places show it as well as three thousand.
        if answer.evidence.len() < 3 {
            answer.evidence.extend(seen.evidence_of(fact));
        }
    }
    answers
}

/// The full or the short name of an Exchange server, not an alias that leads to it.
fn is_own(host: &Host, name: &str) -> bool {
    let name = name.trim_end_matches('.').to_lowercase();
    host.is_exchange && (host.fqdn.as_deref() == Some(&name) || (!name.contains('.') && name == host.short))
}

fn judge_answer(
    catalog: &Catalog,
    observations: &[Observation],
    hosts: &Hosts,
    server: HostId,
    answer: &Answer<'_>,
) -> Option<Finding> {
    let host = hosts.get(server)?;
    let owned_by = |address: &IpAddr| hosts.owner_of(*address).filter(|owner| *owner != server);
    let others: BTreeSet<(HostId, IpAddr)> = answer
        .addresses
        .iter()
        .filter(|address| !host.own_addresses.contains(address))
        .filter_map(|address| Some((owned_by(address)?, *address)))
        .filter(|(owner, _)| hosts.get(*owner).is_some_and(|other| is_another(other, host)))
        .collect();
    let wholly = others.len() == answer.addresses.len();
    // Beside a server's own address there may be one that several servers answer on, where only one
    // of them told its settings; the only address of a server is no such.
    let wrong: BTreeSet<(HostId, IpAddr)> =
        others.into_iter().filter(|(owner, address)| wholly || is_only(hosts, *owner, *address)).collect();
    let own = answer.addresses.iter().all(|address| host.own_addresses.contains(address));
    let (outcome, missing) = match (wrong.is_empty(), own) {
        (false, _) => (Outcome::Found, Vec::new()),
        (true, true) => (Outcome::Clear, Vec::new()),
        (true, false) => (Outcome::Unknown, vec![say(catalog, NETWORK_SETTINGS, &[("server", &host.name)])]),
    };
    let mut words = FactTable::default();
    words.add_text("name", answer.name, "Name");
    words.add_text("server", host.name.clone(), "Name");
    let told = |address: &IpAddr| address.to_string();
    let addresses: Vec<String> = match wrong.is_empty() {
        true => answer.addresses.iter().map(told).collect(),
        false => wrong.iter().map(|(_, address)| told(address)).collect(),
    };
    words.add_text("address", addresses.join(", "), "Addresses");
    let names: BTreeSet<&str> =
        wrong.iter().filter_map(|(owner, _)| hosts.get(*owner)).map(|other| other.name.as_str()).collect();
    words.add_text("other", names.into_iter().collect::<Vec<_>>().join(", "), "Addresses");
    let mut evidence = answer.evidence.clone();
    for (owner, address) in &wrong {
        evidence.extend(own_places(observations, hosts, *owner, *address));
    }
    let subject = super::subject_of(answer.seen);
    let found = speak(catalog, "config-server-name-leads-elsewhere", outcome, subject, words, evidence);
    found.map(|finding| Finding { missing, ..finding })
}

/// True for a server of a name of its own: a bare name that two servers have may be either's.
fn is_another(other: &Host, host: &Host) -> bool {
    let open = other.short == host.short && (other.fqdn.is_none() || host.fqdn.is_none());
    !other.short.is_empty() && !open
}

/// True when a server has no other address of the family.
fn is_only(hosts: &Hosts, server: HostId, address: IpAddr) -> bool {
    let own = hosts.get(server).map(|host| &host.own_addresses);
    own.filter(|own| own.contains(&address))
        .is_some_and(|own| own.iter().filter(|other| other.is_ipv4() == address.is_ipv4()).count() == 1)
}

/// Where a server's own settings give an address.
fn own_places(observations: &[Observation], hosts: &Hosts, server: HostId, address: IpAddr) -> Vec<Evidence> {
    let mut places = Vec::new();
    for seen in observations {
        let (name, fact) = match seen.kind {
            "network-config" => ("network.computer", "network.addresses"),
            "receive-connector" => ("receive_connector.server", "receive_connector.bindings"),
            _ => continue,
        };
        let name = seen.facts.text(name).or(seen.computer.as_deref());
        let has = |text: &String| parse_address(text) == Some(address);
        if name.and_then(|name| hosts.find(name)) == Some(server)
            && seen.facts.list(fact).unwrap_or_default().iter().any(has)
        {
            places.extend(seen.evidence_of(fact));
        }
    }
    places.truncate(2);
    places
}

/// Addresses that the adapters of two servers give as the only one of the family. One that either has
/// beside another may be a balancer's, which all servers behind it have.
fn addresses_twice(catalog: &Catalog, observations: &[Observation], hosts: &Hosts) -> Vec<Finding> {
    let mut by_address: BTreeMap<IpAddr, BTreeMap<HostId, &Observation>> = BTreeMap::new();
    for seen in observations.iter().filter(|seen| seen.kind == "network-config") {
        let name = seen.facts.text("network.computer").or(seen.computer.as_deref());
        let Some(id) = name.and_then(|name| hosts.find(name)) else { continue };
        for address in seen.facts.list("network.addresses").unwrap_or_default() {
            if let Some(address) = parse_address(address) {
                by_address.entry(address).or_default().entry(id).or_insert(seen);
            }
        }
    }
    let mut findings = Vec::new();
    for (address, servers) in by_address {
        let only = servers.keys().filter(|id| is_only(hosts, **id, address)).count();
        let Some(first) = servers.values().next() else { continue };
        // One server of two names is one server.
        let names: BTreeSet<String> =
            servers.keys().filter_map(|id| hosts.get(*id)).map(|host| host.name.clone()).collect();
        let same = names.iter().map(|name| short_name(name)).collect::<BTreeSet<_>>().len() < 2;
        let outcome = match (servers.len(), only) {
            (1, 1) => Outcome::Clear,
            (count, only) if count > 1 && only == count && !same => Outcome::Found,
            _ => continue,
        };
        let mut words = FactTable::default();
        words.add_text("address", address.to_string(), "Addresses");
        let all = names
            .into_iter()
            .reduce(|first, second| say(catalog, AND, &[("first", &first), ("second", &second)]));
        words.add_text("servers", all.unwrap_or_default(), "Addresses");
        let evidence =
            servers.values().flat_map(|seen| seen.evidence_of("network.addresses")).take(3).collect();
        let subject = super::subject_of(first);
        findings.extend(speak(catalog, "config-server-address-twice", outcome, subject, words, evidence));
    }
    findings
}
