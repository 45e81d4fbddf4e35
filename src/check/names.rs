//! Who is who: joins the names and addresses in all observations.

use super::symptom::is_public;
use crate::fact::{parse_address, short_name, FactTable, HostId, Hosts, Observation};
use std::collections::BTreeSet;

/// How much a record knows of a name, the most first. A bare name can be joined to a full one only
/// when all full ones are known, and a server of Exchange is meant before any other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    FullExchange,
    Full,
    Exchange,
    Bare,
}

/// The names that the observations hold, each once and in an order of its own.
type Names<'o> = BTreeSet<(Rank, &'o str)>;

/// The servers that the observations speak of.
///
/// Names first and addresses then, each in an order of its own, so that the order of the records
/// does not matter.
pub fn hosts_of(observations: &[Observation]) -> Hosts {
    let mut hosts = Hosts::default();
    note_objects(observations, &mut hosts);
    note_aliases(observations, &mut hosts);
    let mut names = Names::new();
    for observation in observations {
        gather(observation, &mut names);
    }
    let aliases = super::virtual_server::aliases(observations);
    if !aliases.is_empty() {
        names.retain(|(_, name)| !aliases.contains_key(&name.to_lowercase()));
    }
    for (rank, name) in names {
        let id = hosts.note(name);
        if let (Rank::FullExchange | Rank::Exchange, Some(host)) = (rank, id.and_then(|id| hosts.get_mut(id)))
        {
            // A bare address can stand in a record, too; it is no server's name.
            host.is_exchange |= !host.short.is_empty();
        }
    }
    for (alias, computer) in aliases {
        if let (Some(id), None) = (hosts.find(computer), hosts.find(&alias)) {
            hosts.note_alias(id, &alias);
        }
    }
    for observation in observations {
        note_properties(observation, &mut hosts);
    }
    for observation in observations {
        note_addresses(observation, &mut hosts);
    }
    hosts
}

/// Servers under the names that their own objects give: those with a full name first.
fn note_objects(observations: &[Observation], hosts: &mut Hosts) {
    let text = |seen: &Observation, fact| seen.facts.text(fact).unwrap_or_default().to_owned();
    let mut objects: Vec<&Observation> =
        observations.iter().filter(|o| o.kind == "exchange-server").collect();
    // A selection of properties may have left the domain and not the full name.
    let full_name = |facts: &FactTable| {
        let name = facts.text("exchange_server.name")?;
        let domain = facts.text("exchange_server.domain").filter(|domain| domain.contains('.'))?;
        let edge = facts.flag("exchange_server.is_edge") == Some(true);
        (!edge && !name.contains('.')).then(|| format!("{name}.{domain}"))
    };
    let full_name = |facts: &FactTable| {
        facts.text("exchange_server.fqdn").map(str::to_owned).or_else(|| full_name(facts))
    };
    // Two exports of one server may differ: the later one is right, whatever its place.
    objects.sort_by_cached_key(|seen| {
        let fqdn = full_name(&seen.facts).unwrap_or_default();
        let rest = ["exchange_server.name", "exchange_server.site"].map(|fact| text(seen, fact));
        (fqdn.is_empty(), fqdn.to_lowercase(), seen.time.clone(), rest)
    });
    for facts in objects.into_iter().map(|o| &o.facts) {
        let fqdn = full_name(facts);
        let fqdn = fqdn.as_deref();
        let Some(name) = facts.text("exchange_server.name").or(fqdn) else { continue };
        let Some(id) = hosts.note_exchange(name, fqdn) else { continue };
        if let Some(host) = hosts.get_mut(id) {
            host.site = facts.text("exchange_server.site").map(str::to_lowercase).or(host.site.take());
            host.is_edge |= facts.flag("exchange_server.is_edge") == Some(true);
            host.exchange_major =
                facts.number("exchange_server.exchange_major").map(major).or(host.exchange_major);
        }
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // saturating; a version is 8 to 15
fn major(number: f64) -> u32 {
    number as u32
}

/// A session of a send log with a server at a public address that offers nothing of what Exchange
/// servers use among themselves: another organisation's.
fn is_stranger(facts: &FactTable) -> bool {
    let lacks = |fact| facts.flag(fact) == Some(false);
    facts.text("smtp_session.server_ip").and_then(parse_address).is_some_and(is_public)
        && facts.text("smtp_session.side") == Some("send")
        && lacks("smtp_session.offers_x_exps")
        && lacks("smtp_session.offers_x_anonymoustls")
}

fn gather<'o>(observation: &'o Observation, names: &mut Names<'o>) {
    let facts = &observation.facts;
    let mut add = |name: Option<&'o str>, exchange: bool| {
        let Some(name) = name else { return };
        let full = name.contains('.') && !name.contains('\\');
        let rank = match (full, exchange) {
            (true, true) => Rank::FullExchange,
            (true, false) => Rank::Full,
            (false, true) => Rank::Exchange,
            (false, false) => Rank::Bare,
        };
        names.insert((rank, name));
    };
    match observation.kind {
        "virtual-directory" => add(facts.text("virtual_directory.server"), true),
        "queue" | "message" => {
            add(facts.text("queue.server"), true);
            if facts.flag("queue.internal") == Some(true) {
                add(facts.text("reply.host"), true);
                // A site, a DAG or a database has no dot or has blanks in it; a full name is a server.
                let full_name = |hop: &&str| hop.contains('.') && !hop.contains([' ', ':', ';']);
                add(facts.text("queue.next_hop").filter(full_name), true);
            }
        }
        "receive-connector" => add(facts.text("receive_connector.server"), true),
        "event" => {
            let exchange = facts.text("event.provider").is_some_and(|p| p.starts_with("MSExchange"));
            add(facts.text("event.computer"), exchange);
        }
        "spn-list" => {
            let own = own_full_names(facts).next();
            add(own.or(facts.text("spn_list.account")), false);
        }
        "smtp-session" => {
            add(facts.text("smtp_session.server"), !is_stranger(facts));
            // Who greets from the own network is a machine of its own; what a stranger says is only a word.
            let inside = |ip: &str| match parse_address(ip) {
                Some(std::net::IpAddr::V4(address)) => address.is_private(),
                _ => false,
            };
            let receives = facts.text("smtp_session.side") == Some("receive");
            if receives && facts.text("smtp_session.client_ip").is_some_and(inside) {
                add(facts.text("smtp_session.client").filter(|name| name.contains('.')), false);
            }
        }
        "group-membership" => {
            add(facts.text("membership.account").filter(|name| name.ends_with('$')), false);
        }
        "availability-group" => {
            let servers = facts.list("availability_group.servers").unwrap_or_default();
            servers.iter().for_each(|name| add(Some(name), true));
        }
        "mailbox-database" => add(facts.text("mailbox_database.server"), true),
        // Objects that only servers of Exchange have.
        "component-state" => add(facts.text("component.server"), true),
        "transport-service" => add(facts.text("transport_service.server"), true),
        "client-access-service" => add(facts.text("client_access.server"), true),
        // Its own name is the short one; the directory knows no domain of it.
        "edge-subscription" => add(facts.text("edge_subscription.name"), true),
        // A plain certificate may be anybody's; one that Exchange lists has services, be it none.
        "certificate" if facts.get("certificate.services").is_some() => {
            add(facts.text("certificate.server"), true);
        }
        "service-state" if facts.text("service.name").is_some_and(|name| name.starts_with("MSExchange")) => {
            add(facts.text("service.computer"), true);
        }
        // From 2013 on the front end calls a back end by its own name, before by that of a URL.
        "http-error" if facts.number("http.target_major").is_some_and(|major| major >= 15.0) => {
            add(facts.text("http.target_host"), true);
            add(facts.text("http.computer"), true);
        }
        "http-error" if facts.get("http.target_major").is_some() => add(facts.text("http.computer"), true),
        "network-config" => add(facts.text("network.computer"), false),
        "machine-sid" => add(facts.text("machine_sid.computer"), false),
        "clock-offset" => {
            ["clock.from", "clock.to"].into_iter().for_each(|fact| add(facts.text(fact), false))
        }
        "port-test" => ["port.from", "port.to"].into_iter().for_each(|fact| add(facts.text(fact), false)),
        _ => {}
    }
    add(observation.computer.as_deref(), false);
}

/// The full names that a computer's account has as its own, said by the directory itself: those of
/// its HOST names that begin with its name.
fn own_full_names(facts: &FactTable) -> impl Iterator<Item = &str> {
    let short = short_name(facts.text("spn_list.account").unwrap_or_default());
    facts.list("spn_list.spns").unwrap_or_default().iter().filter_map(move |spn| {
        let (class, host) = spn.split_once('/')?;
        let own = class.eq_ignore_ascii_case("HOST") && host.contains('.') && short_name(host) == short;
        own.then_some(host)
    })
}

/// What is not a name, of servers that are known by now.
fn note_properties(observation: &Observation, hosts: &mut Hosts) {
    let facts = &observation.facts;
    let of = |hosts: &Hosts, fact: &str| facts.text(fact).and_then(|name| hosts.find(name));
    match observation.kind {
        "virtual-directory" => {
            if let Some(id) = of(hosts, "virtual_directory.server") {
                set_major(hosts, id, facts.number("virtual_directory.exchange_major"));
            }
        }
        "http-error" => {
            if let Some(id) = of(hosts, "http.target_host") {
                set_major(hosts, id, facts.number("http.target_major"));
            }
        }
        "edge-subscription" => {
            let id = of(hosts, "edge_subscription.name");
            if let Some(host) = id.and_then(|id| hosts.get_mut(id)) {
                host.is_edge = true;
            }
        }
        "availability-group" => {
            let servers = facts.list("availability_group.servers").unwrap_or_default();
            let members: Vec<HostId> = servers.iter().filter_map(|name| hosts.find(name)).collect();
            if let Some(name) = facts.text("availability_group.name") {
                hosts.note_group(name, members);
            }
            // Its own addresses are on whichever server leads the cluster.
            let addresses = facts.list("availability_group.addresses").unwrap_or_default();
            addresses.iter().filter_map(|text| parse_address(text)).for_each(|ip| hosts.note_shared(ip));
        }
        "mailbox-database" => {
            let server = of(hosts, "mailbox_database.server");
            if let (Some(name), Some(server)) = (facts.text("mailbox_database.name"), server) {
                hosts.note_group(name, [server]);
            }
        }
        "send-connector" => {
            let servers = facts.list("send_connector.source_servers").unwrap_or_default();
            let members: Vec<HostId> = servers.iter().filter_map(|name| hosts.find(name)).collect();
            if let Some(name) = facts.text("send_connector.name").filter(|_| !members.is_empty()) {
                hosts.note_group(name, members);
            }
        }
        _ => {}
    }
}

/// The full names that one account has as its own are one server's.
fn note_aliases(observations: &[Observation], hosts: &mut Hosts) {
    let lists = observations.iter().filter(|o| o.kind == "spn-list");
    let mut all: Vec<BTreeSet<&str>> = lists.map(|o| own_full_names(&o.facts).collect()).collect();
    all.retain(|names: &BTreeSet<&str>| names.len() > 1);
    all.sort();
    for names in all {
        let known = names.iter().find_map(|name| hosts.find(name));
        let id = known.or_else(|| hosts.note(names.first()?));
        if let Some(id) = id {
            names.iter().for_each(|name| hosts.note_alias(id, name));
        }
    }
}

fn set_major(hosts: &mut Hosts, id: HostId, number: Option<f64>) {
    if let (Some(host), Some(number)) = (hosts.get_mut(id), number) {
        host.exchange_major = host.exchange_major.or(Some(major(number)));
    }
}

fn join_own(hosts: &mut Hosts, name: Option<&str>, address: &str) {
    let (Some(name), Some(address)) = (name, parse_address(address)) else { return };
    if let Some(id) = hosts.find(name) {
        hosts.join_own(id, address);
    }
}

fn note_addresses(observation: &Observation, hosts: &mut Hosts) {
    let facts = &observation.facts;
    let mut join = |name: Option<&str>, address: Option<&str>| {
        let (Some(name), Some(address)) = (name, address.and_then(parse_address)) else { return };
        // A name that nothing else knows may be an alias or a balancer: it must not claim an address.
        if let Some(id) = hosts.find(name).filter(|_| parse_address(name).is_none()) {
            hosts.join(id, address);
        }
    };
    match observation.kind {
        "queue" | "message" | "reply" => join(facts.text("reply.host"), facts.text("reply.ip")),
        "clock-offset" => join(facts.text("clock.to"), facts.text("clock.to_ip")),
        "port-test" => {
            join(facts.text("port.to"), facts.text("port.to_ip"));
            join(facts.text("port.from"), facts.text("port.from_ip"));
        }
        // What one computer believes is no address of the server.
        "dns-answer" if facts.flag("dns.in_hosts_file") != Some(true) => {
            for address in facts.list("dns.addresses").unwrap_or_default() {
                join(facts.text("dns.name"), Some(address));
            }
        }
        "receive-connector" => {
            for binding in facts.list("receive_connector.bindings").unwrap_or_default() {
                join_own(hosts, facts.text("receive_connector.server"), binding);
            }
        }
        "network-config" => {
            let computer = facts.text("network.computer").or(observation.computer.as_deref());
            for address in facts.list("network.addresses").unwrap_or_default() {
                join_own(hosts, computer, address);
            }
        }
        "smtp-session" => {
            join(facts.text("smtp_session.client"), facts.text("smtp_session.client_ip"));
            join(facts.text("smtp_session.server"), facts.text("smtp_session.server_ip"));
        }
        "smtp-virtual-server" if facts.flag("smtp_virtual_server.clustered") != Some(true) => {
            for binding in facts.list("smtp_virtual_server.bindings").unwrap_or_default() {
                join_own(hosts, observation.computer.as_deref(), binding);
            }
        }
        "virtual-directory" if facts.flag("virtual_directory.internal_url_host_is_ip") == Some(true) => {
            join(facts.text("virtual_directory.server"), facts.text("virtual_directory.internal_url_host"));
        }
        _ => {}
    }
}
