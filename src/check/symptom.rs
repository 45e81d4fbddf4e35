//! What the failure itself tells: error words, who saw it, the pattern over pairs.

use super::keys;
use super::pair::{Pair, PairFacts};
use crate::fact::{parse_address, Host, HostId, Observation};
use crate::finding::Evidence;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Adds `problem.*`.
pub(super) fn add(pair: &Pair<'_>, facts: &mut PairFacts) {
    for (fact, name) in [
        ("event.error", "problem.error_word"),
        ("smtp_session.auth_failed_word", "problem.error_word"),
        ("smtp_session.tls_error", "problem.error_word"),
        ("http.status_name", "problem.error_word"),
        ("event.mechanism", "problem.mechanism"),
        ("event.connector", "problem.connector"),
        ("event.ip", "problem.sender_ip"),
        ("reply.text", "problem.inner_text"),
    ] {
        add_each_text(pair, fact, name, facts);
    }
    // What a log tells of a client is told as an event would tell it.
    if pair.problem == "client-sign-in-failure" {
        add_each_text(pair, "smtp_session.mechanism", "problem.mechanism", facts);
        add_each_text(pair, "smtp_session.connector", "problem.connector", facts);
        add_each_text(pair, "smtp_session.client_ip", "problem.sender_ip", facts);
    }
    for (fact, name) in [("shell.http_status", "problem.http_status"), ("http.status", "problem.http_status")]
    {
        for seen in pair.witnesses {
            if let Some(status) = seen.facts.number(fact) {
                facts.add_number(name, status, seen.evidence_of(fact));
            }
        }
    }
    let seen = |test: &dyn Fn(&Observation) -> bool| -> Vec<Evidence> {
        pair.witnesses.iter().filter(|o| test(o)).filter_map(|o| first_evidence(o)).collect()
    };
    let is_event = |o: &Observation, id: f64| o.kind == "event" && o.facts.number("event.id") == Some(id);
    let by_sender =
        seen(&|o| matches!(o.kind, "queue" | "message") || is_event(o, 2017.0) || is_event(o, 71.0));
    let outbound = seen(&|o| is_event(o, 2017.0));
    let by_receiver = seen(&|o| is_event(o, 1035.0));
    if !by_sender.is_empty() {
        facts.add_flag("problem.seen_by_sender", true, by_sender);
    }
    if !outbound.is_empty() {
        facts.add_flag("problem.outbound_refused", true, outbound);
    }
    if !by_receiver.is_empty() {
        facts.add_flag("problem.seen_by_receiver", true, by_receiver);
    }
    let host = |id: Option<usize>| id.and_then(|id| pair.hosts.get(id));
    let (from, to) = (host(pair.from), host(pair.to));
    let edge = pair.towards_edge || from.is_some_and(|h| h.is_edge) || to.is_some_and(|h| h.is_edge);
    facts.add_flag("problem.edge", edge, Vec::new());
    add_pattern(pair, facts);
    add_external_hop(pair, facts);
    add_send_connectors(pair, facts);
    add_stranger_asked(pair, facts);
    add_trust_refused(pair, facts);
    add_sites(pair, from, to, facts);
    add_sender(pair, from, facts);
}

/// `problem.send_connectors_known`: send connectors were given.
fn add_send_connectors(pair: &Pair<'_>, facts: &mut PairFacts) {
    if let Some(seen) = pair.index.of_kind("send-connector").next() {
        facts.add_flag("problem.send_connectors_known", true, seen.evidence_of("send_connector.name"));
    }
}

/// Delivery types that lead out of the organisation, or to a smart host.
const OUTWARD: [&str; 3] = ["DnsConnectorDelivery", "SmartHostConnectorDelivery", "NonSmtpGatewayDelivery"];

/// `problem.external_hop`: whether the queue that waits leads to a server of the organisation.
fn add_external_hop(pair: &Pair<'_>, facts: &mut PairFacts) {
    for seen in pair.witnesses {
        let Some(delivery) = seen.facts.text("queue.delivery_type") else { continue };
        let exchange = pair.to.and_then(|id| pair.hosts.get(id)).is_some_and(|host| host.is_exchange);
        let outward = OUTWARD.iter().any(|kind| kind.eq_ignore_ascii_case(delivery)) && !exchange;
        facts.add_flag("problem.external_hop", outward, seen.evidence_of("queue.delivery_type"));
    }
}

/// `problem.asked_name_is_no_server`: the name a ticket was asked for is a full name that none of the
/// known Exchange servers has.
fn add_stranger_asked(pair: &Pair<'_>, facts: &mut PairFacts) {
    let servers = pair.shared().full_names;
    for seen in pair.witnesses {
        let Some(host) = seen.facts.text("event.spn").and_then(keys::host_of_spn) else { continue };
        let known =
            pair.hosts.find(host).and_then(|id| pair.hosts.get(id)).is_some_and(|host| host.is_exchange);
        // One server alone may simply not be in what was given.
        if servers > 1 && host.contains('.') && parse_address(host).is_none() && !known {
            facts.add_flag("problem.asked_name_is_no_server", true, seen.evidence_of("event.spn"));
        }
    }
}

/// Words of .NET and Windows for a server certificate that the caller refused.
const TRUST_WORDS: [&str; 4] = [
    "Could not establish trust relationship",
    "remote certificate is invalid",
    "TrustFailure",
    "certificate chain was issued by an authority that is not trusted",
];

/// `problem.certificate_refused`: the caller itself says that it refused B's certificate.
fn add_trust_refused(pair: &Pair<'_>, facts: &mut PairFacts) {
    for seen in pair.witnesses {
        for name in ["event.message", "event.strings", "http.text", "shell.text"] {
            let told = seen.facts.get(name).map(|fact| fact.value.to_string()).unwrap_or_default();
            if TRUST_WORDS.iter().any(|words| told.contains(words)) {
                facts.add_flag(
                    "problem.certificate_refused",
                    true,
                    first_evidence(seen).into_iter().collect(),
                );
                return;
            }
        }
    }
}

fn first_evidence(observation: &Observation) -> Option<Evidence> {
    let names = ["reply.text", "event.error", "event.target", "event.id"];
    names.iter().find_map(|name| observation.facts.get(name)).map(|fact| observation.evidence(fact))
}

fn add_each_text(pair: &Pair<'_>, fact: &str, name: &'static str, facts: &mut PairFacts) {
    let mut by_text: BTreeMap<&str, Vec<Evidence>> = BTreeMap::new();
    for seen in pair.witnesses {
        if let Some(text) = seen.facts.text(fact) {
            let places = by_text.entry(text).or_default();
            // Three places show it as well as three thousand.
            if places.len() < 3 {
                places.extend(seen.evidence_of(fact));
            }
        }
    }
    for (text, places) in by_text {
        facts.add_text(name, text, places);
    }
}

fn add_pattern(pair: &Pair<'_>, facts: &mut PairFacts) {
    #[allow(clippy::cast_precision_loss)] // counts of servers
    let number = |count: usize| count as f64;
    facts.add_number("problem.senders_failing", number(pair.senders_failing), Vec::new());
    facts.add_number("problem.receivers_failing", number(pair.receivers_failing), Vec::new());
    if pair.reverse_fails {
        facts.add_flag("problem.reverse_fails", true, Vec::new());
    }
}

fn add_sites(pair: &Pair<'_>, from: Option<&Host>, to: Option<&Host>, facts: &mut PairFacts) {
    let told = |ends: &[Option<HostId>], fact: &str| -> Vec<Evidence> {
        let servers = ends.iter().flat_map(|end| pair.index.of_host("exchange-server", *end));
        servers.flat_map(|seen| seen.evidence_of(fact)).collect()
    };
    for (end, host, name) in [(pair.from, from, "problem.from_major"), (pair.to, to, "problem.to_major")] {
        if let Some(major) = host.and_then(|host| host.exchange_major) {
            facts.add_number(name, f64::from(major), told(&[end], "exchange_server.exchange_major"));
        }
    }
    // The row of a front end's log has the version of the back end that it called.
    for seen in pair.witnesses.iter().filter(|_| to.is_none_or(|host| host.exchange_major.is_none())) {
        if let Some(major) = seen.facts.number("http.target_major") {
            facts.add_number("problem.to_major", major, seen.evidence_of("http.target_major"));
        }
    }
    let ends = [pair.from, pair.to];
    let (Some(from), Some(to)) = (from, to) else { return };
    if let (Some(a), Some(b)) = (&from.site, &to.site) {
        facts.add_flag("problem.cross_site", a != b, told(&ends, "exchange_server.site"));
    }
    let domain =
        |host: &Host| host.fqdn.as_deref().and_then(|f| f.split_once('.')).map(|(_, d)| d.to_owned());
    if let (Some(a), Some(b)) = (domain(from), domain(to)) {
        facts.add_flag("problem.cross_domain", a != b, told(&ends, "exchange_server.fqdn"));
    }
}

/// Whether the address that tried to sign in is an Exchange server's.
fn add_sender(pair: &Pair<'_>, from: Option<&Host>, facts: &mut PairFacts) {
    if let Some(host) = from.filter(|host| !host.short.is_empty()) {
        if host.is_exchange {
            facts.add_flag("problem.sender_is_exchange", true, Vec::new());
        }
        return;
    }
    // An address on the internet while every known server has a private one is no server of ours.
    let Some(address) = pair.from_label.and_then(parse_address) else { return };
    let known: Vec<IpAddr> = pair
        .hosts
        .iter()
        .filter(|(_, host)| host.is_exchange)
        .flat_map(|(_, host)| host.addresses.iter().copied())
        .collect();
    // Every known server told its addresses, and this is none of them.
    let servers = || pair.hosts.iter().filter(|(_, host)| host.is_exchange);
    if servers().count() > 1
        && servers().all(|(_, host)| !host.own_addresses.is_empty())
        && !known.contains(&address)
    {
        facts.add_flag("problem.sender_unknown", true, Vec::new());
    }
    if is_public(address) && !known.is_empty() && !known.into_iter().any(is_public) {
        facts.add_flag("problem.sender_is_exchange", false, Vec::new());
    }
}

/// Outside the ranges that organisations use inside.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => !(v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_unspecified()),
        IpAddr::V6(v6) => {
            let first = v6.segments().first().copied().unwrap_or_default();
            let local = (first & 0xfe00) == 0xfc00 || (first & 0xffc0) == 0xfe80;
            !(local || v6.is_loopback() || v6.is_unspecified())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_public;

    #[test]
    fn private_and_link_local_addresses_are_not_public() {
        for (address, public) in [
            ("10.1.2.3", false),
            ("192.168.0.1", false),
            ("fe80::1", false),
            ("fd00::1", false),
            ("203.0.113.7", true),
            ("2001:db8::1", true),
        ] {
            assert_eq!(is_public(address.parse().unwrap()), public, "{address}");
        }
    }
}
