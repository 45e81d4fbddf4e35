//! Who is who: joins the names and addresses in all observations.

use crate::fact::{parse_address, short_name, HostId, Hosts, Observation};

/// The servers that the observations speak of.
///
/// Two passes, so that the order of the records does not matter: servers under the name their
/// own object gives, then every other name and address.
pub fn hosts_of(observations: &[Observation]) -> Hosts {
    let mut hosts = Hosts::default();
    for facts in observations.iter().filter(|o| o.kind == "exchange-server").map(|o| &o.facts) {
        let fqdn = facts.text("exchange_server.fqdn");
        let Some(name) = facts.text("exchange_server.name").or(fqdn) else { continue };
        // A selection of properties may have left the domain and not the full name.
        let domain = facts.text("exchange_server.domain").filter(|domain| domain.contains('.'));
        let joined = domain.filter(|_| !name.contains('.')).map(|domain| format!("{name}.{domain}"));
        let edge = facts.flag("exchange_server.is_edge") == Some(true);
        let fqdn = fqdn.or(joined.as_deref().filter(|_| !edge));
        let Some(id) = hosts.note_exchange(name, fqdn) else { continue };
        if let Some(host) = hosts.get_mut(id) {
            host.site = facts.text("exchange_server.site").map(str::to_lowercase).or(host.site.take());
            host.is_edge |= facts.flag("exchange_server.is_edge") == Some(true);
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            // saturating; a version is 8 to 15
            if let Some(major) = facts.number("exchange_server.exchange_major") {
                host.exchange_major = Some(major as u32);
            }
        }
    }
    for observation in observations {
        note_names(observation, &mut hosts);
    }
    for observation in observations {
        note_addresses(observation, &mut hosts);
    }
    hosts
}

fn note_exchange_host(hosts: &mut Hosts, name: Option<&str>) -> Option<HostId> {
    let id = hosts.note(name?)?;
    let host = hosts.get_mut(id)?;
    // A bare address can stand in a record, too; it is no server's name.
    host.is_exchange |= !host.short.is_empty();
    Some(id)
}

fn note_names(observation: &Observation, hosts: &mut Hosts) {
    let facts = &observation.facts;
    match observation.kind {
        "virtual-directory" => {
            if let Some(id) = note_exchange_host(hosts, facts.text("virtual_directory.server")) {
                set_major(hosts, id, facts.number("virtual_directory.exchange_major"));
            }
        }
        "queue" | "message" => {
            note_exchange_host(hosts, facts.text("queue.server"));
            if facts.flag("queue.internal") == Some(true) {
                note_exchange_host(hosts, facts.text("reply.host"));
                // A site, a DAG or a database has no dot or has blanks in it; a full name is a server.
                let full_name = |hop: &&str| hop.contains('.') && !hop.contains([' ', ':', ';']);
                note_exchange_host(hosts, facts.text("queue.next_hop").filter(full_name));
            }
        }
        "receive-connector" => {
            note_exchange_host(hosts, facts.text("receive_connector.server"));
        }
        "event" => {
            let exchange = facts.text("event.provider").is_some_and(|p| p.starts_with("MSExchange"));
            match facts.text("event.computer") {
                Some(name) if exchange => {
                    note_exchange_host(hosts, Some(name));
                }
                Some(name) => {
                    hosts.note(name);
                }
                None => {}
            }
        }
        "spn-list" => {
            let Some(account) = facts.text("spn_list.account") else { return };
            let short = short_name(account);
            // The account's own HOST SPN is its full name, said by the directory itself.
            let full = facts.list("spn_list.spns").unwrap_or_default().iter().find_map(|spn| {
                let (class, host) = spn.split_once('/')?;
                let own =
                    class.eq_ignore_ascii_case("HOST") && host.contains('.') && short_name(host) == short;
                own.then(|| host.to_owned())
            });
            hosts.note(full.as_deref().unwrap_or(account));
        }
        "smtp-session" => {
            note_exchange_host(hosts, facts.text("smtp_session.server"));
            // Who greets from the own network is a machine of its own; what a stranger says is only a word.
            let inside = |ip: &str| match parse_address(ip) {
                Some(std::net::IpAddr::V4(address)) => address.is_private(),
                _ => false,
            };
            let receives = facts.text("smtp_session.side") == Some("receive");
            if receives && facts.text("smtp_session.client_ip").is_some_and(inside) {
                facts
                    .text("smtp_session.client")
                    .filter(|name| name.contains('.'))
                    .map(|name| hosts.note(name));
            }
        }
        "group-membership" => {
            facts.text("membership.account").filter(|name| name.ends_with('$')).map(|name| hosts.note(name));
        }
        // Objects that only servers of Exchange have.
        "component-state" => {
            note_exchange_host(hosts, facts.text("component.server"));
        }
        "transport-service" => {
            note_exchange_host(hosts, facts.text("transport_service.server"));
        }
        "client-access-service" => {
            note_exchange_host(hosts, facts.text("client_access.server"));
        }
        // A plain certificate may be anybody's; one that Exchange lists has services, be it none.
        "certificate" if facts.get("certificate.services").is_some() => {
            note_exchange_host(hosts, facts.text("certificate.server"));
        }
        "service-state" if facts.text("service.name").is_some_and(|name| name.starts_with("MSExchange")) => {
            note_exchange_host(hosts, facts.text("service.computer"));
        }
        "network-config" => {
            if let Some(name) = facts.text("network.computer") {
                hosts.note(name);
            }
        }
        "clock-offset" => {
            [facts.text("clock.from"), facts.text("clock.to")].into_iter().flatten().for_each(|name| {
                hosts.note(name);
            });
        }
        "port-test" => {
            [facts.text("port.from"), facts.text("port.to")].into_iter().flatten().for_each(|name| {
                hosts.note(name);
            });
        }
        _ => {}
    }
    if let Some(computer) = &observation.computer {
        hosts.note(computer);
    }
}

fn set_major(hosts: &mut Hosts, id: HostId, major: Option<f64>) {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // saturating; a version is 8 to 15
    if let (Some(host), Some(major)) = (hosts.get_mut(id), major) {
        host.exchange_major = host.exchange_major.or(Some(major as u32));
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
        "dns-answer" => {
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
        "virtual-directory" if facts.flag("virtual_directory.internal_url_host_is_ip") == Some(true) => {
            join(facts.text("virtual_directory.server"), facts.text("virtual_directory.internal_url_host"));
        }
        _ => {}
    }
}
