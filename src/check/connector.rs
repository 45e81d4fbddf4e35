//! Which receive connector of B answers A, and whether it lets an Exchange server sign in.
//!
//! Exchange gives a session to the enabled connector that listens on the port and
//! whose RemoteIPRanges hold the sender's address most narrowly. The connector
//! that event 1035 names is the one that answered. Where the choice is open the
//! facts are given only if every connector that could answer agrees.

use super::pair::{Pair, PairFacts};
use crate::fact::{parse_address, Observation};
use crate::finding::Evidence;
use std::collections::BTreeSet;
use std::net::IpAddr;

/// Addresses of one family as numbers, from low to high.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Range {
    v6: bool,
    low: u128,
    high: u128,
}

fn number(address: IpAddr) -> (bool, u128) {
    match address {
        IpAddr::V4(v4) => (false, u128::from(u32::from(v4))),
        IpAddr::V6(v6) => (true, u128::from(v6)),
    }
}

impl Range {
    /// `a-b`, `a/bits`, `a/mask` or one address.
    pub(super) fn parse(text: &str) -> Option<Range> {
        let text = text.trim();
        if let Some((low, high)) = text.split_once('-') {
            let ((v6, low), (high_v6, high)) =
                (number(low.trim().parse().ok()?), number(high.trim().parse().ok()?));
            return (v6 == high_v6 && low <= high).then_some(Range { v6, low, high });
        }
        if let Some((base, bits)) = text.split_once('/') {
            let (v6, base) = number(base.trim().parse().ok()?);
            let width: u32 = if v6 { 128 } else { 32 };
            let bits = match bits.trim().parse::<u32>() {
                Ok(bits) => bits,
                Err(_) => u32::from(bits.trim().parse::<std::net::Ipv4Addr>().ok()?).leading_ones(),
            };
            let rest = width.checked_sub(bits)?;
            let span = if rest == 128 { u128::MAX } else { (1u128 << rest) - 1 };
            return Some(Range { v6, low: base & !span, high: base | span });
        }
        let (v6, address) = number(text.parse().ok()?);
        Some(Range { v6, low: address, high: address })
    }

    fn holds(&self, address: IpAddr) -> bool {
        let (v6, address) = number(address.to_canonical());
        v6 == self.v6 && (self.low..=self.high).contains(&address)
    }

    fn contains(&self, other: &Range) -> bool {
        self.v6 == other.v6 && self.low <= other.low && other.high <= self.high
    }

    fn span(&self) -> u128 {
        self.high - self.low
    }

    /// All addresses of its family.
    pub(super) fn is_everyone(&self) -> bool {
        self.low == 0 && self.high == if self.v6 { u128::MAX } else { u128::from(u32::MAX) }
    }
}

/// A receive connector as the choice sees it.
pub(super) struct Connector<'o> {
    pub(super) seen: &'o Observation,
    pub(super) name: String,
    pub(super) ports: BTreeSet<u16>,
    /// It listens on one address of the server only.
    bound: bool,
    pub(super) ranges: Vec<Range>,
    pub(super) auth: Option<bool>,
    pub(super) permitted: Option<bool>,
}

impl<'o> Connector<'o> {
    /// Reads a connector; `None` when it is switched off.
    pub(super) fn read(seen: &'o Observation) -> Option<Connector<'o>> {
        let facts = &seen.facts;
        if facts.flag("receive_connector.enabled") == Some(false) {
            return None;
        }
        let bindings = facts.list("receive_connector.bindings").unwrap_or_default();
        let mut ports: BTreeSet<u16> =
            bindings.iter().filter_map(|b| b.rsplit(':').next()?.trim().parse().ok()).collect();
        let name = facts.text("receive_connector.name").unwrap_or_default();
        // A table without the bindings: all but setup's connectors for clients listen for servers.
        if ports.is_empty() && !is_client(name) {
            ports.insert(RELAY_PORTS[0]);
        }
        let bound = !bindings.is_empty()
            && bindings.iter().all(|b| parse_address(b).is_some_and(|address| !address.is_unspecified()));
        let complete = facts.flag("receive_connector.remote_ip_ranges_complete") != Some(false);
        let written = facts.list("receive_connector.remote_ip_ranges").unwrap_or_default();
        let ranges =
            if complete { written.iter().filter_map(|r| Range::parse(r)).collect() } else { Vec::new() };
        Some(Connector {
            seen,
            name: name.to_owned(),
            ports,
            bound,
            ranges,
            auth: facts.flag("receive_connector.exchange_server_auth"),
            permitted: facts.flag("receive_connector.exchange_servers_permitted"),
        })
    }

    /// An Exchange server can sign in here.
    pub(super) fn admits(&self) -> bool {
        self.auth == Some(true) && self.permitted != Some(false)
    }

    /// An Exchange server cannot sign in here.
    pub(super) fn refuses(&self) -> bool {
        self.auth == Some(false) || self.permitted == Some(false)
    }

    /// Span of the narrowest range that holds the address.
    fn fit(&self, address: IpAddr) -> Option<u128> {
        self.ranges.iter().filter(|range| range.holds(address)).map(Range::span).min()
    }

    /// True when the ranges of `other` hold some of this one's.
    pub(super) fn lies_within(&self, other: &Connector<'_>) -> bool {
        self.ranges.iter().any(|mine| other.ranges.iter().any(|theirs| theirs.contains(mine)))
    }

    fn is_client(&self) -> bool {
        is_client(&self.name)
    }

    fn evidence(&self) -> Vec<Evidence> {
        let names = ["receive_connector.auth_mechanism", "receive_connector.permission_groups"];
        names.iter().flat_map(|name| self.seen.evidence_of(name)).collect()
    }
}

fn is_client(name: &str) -> bool {
    name.to_lowercase().starts_with("client ")
}

/// Ports on which transport servers reach each other: 25, and 2525 between 2013 and later.
const RELAY_PORTS: [u16; 2] = [25, 2525];

/// The first version whose servers hand mail to each other's transport service on 2525.
const FIRST_MAJOR_ON_2525: u32 = 15;

/// Adds `connector.*`.
pub(super) fn add(pair: &Pair<'_>, facts: &mut PairFacts) {
    if !pair.problem.starts_with("smtp-") && pair.problem != "delivery-failure-other" {
        return;
    }
    let connectors: Vec<Connector> =
        pair.index.of_host("receive-connector", pair.to).filter_map(Connector::read).collect();
    add_port_conflict(&connectors, facts);
    let senders = sender_addresses(pair);
    let (chosen, how) = match (named_by_event(pair, &connectors), named_by_log(pair, &connectors)) {
        (Some(named), _) => (vec![named], "event"),
        (None, Some(named)) => (vec![named], "log"),
        (None, None) => (by_scope(pair, &connectors, &senders), "scope"),
    };
    let Some(first) = chosen.first().copied() else { return };
    // Several could answer: only what they share is known.
    let shared = |value: &dyn Fn(&Connector) -> Option<bool>| -> Option<bool> {
        let known = value(first)?;
        chosen.iter().all(|c| value(c) == Some(known)).then_some(known)
    };
    let places: Vec<Evidence> = chosen.iter().flat_map(|c| c.evidence()).collect();
    let auth = shared(&|c| c.auth);
    let permitted = shared(&|c| c.permitted);
    if let Some(auth) = auth {
        facts.add_flag("connector.exchange_auth", auth, places.clone());
    }
    if let Some(permitted) = permitted {
        facts.add_flag("connector.exchange_servers_permitted", permitted, places.clone());
    }
    if chosen.len() > 1 {
        return;
    }
    facts.add_text("connector.name", first.name.clone(), first.evidence());
    facts.add_text("connector.chosen_by", how, Vec::new());
    if first.is_client() {
        facts.add_flag("connector.is_client", true, first.seen.evidence_of("receive_connector.name"));
    }
    if !first.ranges.is_empty() && !first.ranges.iter().any(Range::is_everyone) {
        let places = first.seen.evidence_of("receive_connector.remote_ip_ranges");
        facts.add_flag("connector.is_narrow", true, places);
    }
    add_capture(first, &connectors, &senders, facts);
    add_full_name(pair, first, facts);
    let mechanisms = first.seen.facts.list("receive_connector.auth_mechanism").unwrap_or_default();
    if mechanisms.iter().any(|m| m.eq_ignore_ascii_case("ExternalAuthoritative")) {
        facts.add_flag("connector.externally_secured", true, first.evidence());
    }
}

/// Two services of one server told to listen on one port: the second finds it taken.
fn add_port_conflict(connectors: &[Connector<'_>], facts: &mut PairFacts) {
    let role = |c: &Connector| c.seen.facts.text("receive_connector.transport_role").map(str::to_lowercase);
    let (mut shared, mut places) = (Vec::new(), Vec::new());
    for (at, one) in connectors.iter().enumerate() {
        for other in connectors.iter().skip(at + 1) {
            let roles = role(one).zip(role(other)).is_some_and(|(a, b)| a != b && a != "none" && b != "none");
            // Bound to addresses of their own they do not meet.
            let apart = one.bound && other.bound;
            if let (true, false, Some(port)) = (roles, apart, one.ports.intersection(&other.ports).next()) {
                shared.push(format!("{} and {} on port {port}", one.name, other.name));
                places.extend(
                    [one, other].iter().flat_map(|c| c.seen.evidence_of("receive_connector.bindings")),
                );
            }
        }
    }
    facts.add_list("connector.port_shared", shared, places);
}

/// Addresses from which A may come.
fn sender_addresses(pair: &Pair<'_>) -> Vec<IpAddr> {
    let own =
        pair.from.and_then(|id| pair.hosts.get(id)).map(|host| host.addresses.clone()).unwrap_or_default();
    let seen = pair.witnesses.iter().filter_map(|o| o.facts.text("event.ip").and_then(parse_address));
    let logged = pair
        .index
        .of_kind("smtp-session")
        .filter(|o| super::path::from_sender(pair, o))
        .filter_map(|o| o.facts.text("smtp_session.client_ip").and_then(parse_address));
    let all: BTreeSet<IpAddr> = own.into_iter().chain(seen).chain(logged).collect();
    all.into_iter().collect()
}

fn named_by_event<'c, 'o>(pair: &Pair<'_>, connectors: &'c [Connector<'o>]) -> Option<&'c Connector<'o>> {
    let mut names = pair.witnesses.iter().filter_map(|o| o.facts.text("event.connector"));
    names.find_map(|name| {
        let bare = name.rsplit('\\').next().unwrap_or(name).trim();
        connectors.iter().find(|c| c.name.eq_ignore_ascii_case(bare))
    })
}

/// The connector that B's receive log shows for a session from A.
fn named_by_log<'c, 'o>(pair: &Pair<'_>, connectors: &'c [Connector<'o>]) -> Option<&'c Connector<'o>> {
    let sessions =
        pair.index.of_kind("smtp-session").filter(|o| o.facts.text("smtp_session.side") == Some("receive"));
    let mut names = sessions
        .filter(|o| super::path::from_sender(pair, o))
        .filter_map(|o| o.facts.text("smtp_session.connector"));
    names.find_map(|name| {
        let (server, bare) = name.rsplit_once('\\').unwrap_or(("", name));
        let own = server.is_empty() || pair.to.is_some_and(|to| pair.hosts.is(to, server));
        connectors.iter().find(|c| own && c.name.eq_ignore_ascii_case(bare.trim()))
    })
}

/// The connectors that could answer: one where the sender's address and the port are known.
fn by_scope<'c, 'o>(
    pair: &Pair<'_>,
    connectors: &'c [Connector<'o>],
    senders: &[IpAddr],
) -> Vec<&'c Connector<'o>> {
    let mut chosen: Vec<&Connector> = Vec::new();
    for port in ports(pair, connectors) {
        let listening: Vec<&Connector> = connectors.iter().filter(|c| c.ports.contains(&port)).collect();
        let mut add = |found: &'c Connector<'o>| {
            if !chosen.iter().any(|c| std::ptr::eq(*c, found)) {
                chosen.push(found);
            }
        };
        if senders.is_empty() || listening.iter().any(|c| c.ranges.is_empty()) {
            listening.into_iter().for_each(&mut add);
            continue;
        }
        for sender in senders {
            let fit = |c: &&Connector| c.fit(*sender);
            let best = listening.iter().copied().filter(|c| !c.bound).filter_map(|c| fit(&c).map(|s| (s, c)));
            if let Some((_, winner)) = best.min_by_key(|(span, _)| *span) {
                add(winner);
            }
            // Which of the server's addresses A called is not known: a connector bound to one of
            // them may have answered as well.
            listening.iter().copied().filter(|c| c.bound && fit(c).is_some()).for_each(&mut add);
        }
    }
    chosen
}

/// The port A calls: said by the queue, else by the two versions, else any relay port B listens on.
fn ports(pair: &Pair<'_>, connectors: &[Connector<'_>]) -> Vec<u16> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // saturating; a port is below 65536
    let said = pair.witnesses.iter().find_map(|o| o.facts.number("reply.port")).map(|port| port as u16);
    if let Some(port) = said {
        return vec![port];
    }
    let major = |id: Option<usize>| id.and_then(|id| pair.hosts.get(id)).and_then(|host| host.exchange_major);
    let new = |major: u32| major >= FIRST_MAJOR_ON_2525;
    match (major(pair.from).map(new), major(pair.to).map(new)) {
        (Some(true), Some(true)) => vec![2525],
        (_, Some(false)) | (Some(false), _) => vec![25],
        _ => {
            RELAY_PORTS.into_iter().filter(|port| connectors.iter().any(|c| c.ports.contains(port))).collect()
        }
    }
}

/// Whether a narrower connector took A away from one that would admit it.
fn add_capture(
    chosen: &Connector<'_>,
    connectors: &[Connector<'_>],
    senders: &[IpAddr],
    facts: &mut PairFacts,
) {
    let mut others = connectors.iter().filter(|other| {
        !std::ptr::eq(*other, chosen)
            && other.ports.intersection(&chosen.ports).next().is_some()
            && other.admits()
    });
    let broader = others.find(|other| {
        if senders.is_empty() {
            chosen.lies_within(other)
        } else {
            senders.iter().any(|sender| match (other.fit(*sender), chosen.fit(*sender)) {
                (Some(theirs), Some(mine)) => theirs > mine,
                (Some(_), None) => true,
                _ => false,
            })
        }
    });
    match broader {
        Some(other) if chosen.refuses() => {
            let places = chosen.seen.evidence_of("receive_connector.remote_ip_ranges");
            facts.add_flag("connector.captures", true, places);
            facts.add_flag("connector.other_ok", true, other.evidence());
            facts.add_text("connector.other_name", other.name.clone(), Vec::new());
        }
        _ if chosen.admits() => facts.add_flag("connector.captures_none", true, chosen.evidence()),
        _ => {}
    }
}

/// With Exchange Server authentication a connector must call itself by the server's own name.
fn add_full_name(pair: &Pair<'_>, chosen: &Connector<'_>, facts: &mut PairFacts) {
    let Some(host) = pair.to.and_then(|id| pair.hosts.get(id)) else { return };
    let written = chosen.seen.facts.text("receive_connector.fqdn");
    if let (Some(name), Some(full)) = (written, &host.fqdn) {
        let fits = name.eq_ignore_ascii_case(full) || name.eq_ignore_ascii_case(&host.short);
        let places = chosen.seen.evidence_of("receive_connector.fqdn");
        facts.add_text("connector.fqdn", name, places.clone());
        if chosen.auth == Some(true) {
            facts.add_flag("connector.fqdn_mismatch", !fits, places);
        }
    } else if chosen.seen.facts.flag("receive_connector.fqdn_empty") == Some(true) {
        facts.add_flag(
            "connector.fqdn_mismatch",
            false,
            chosen.seen.evidence_of("receive_connector.fqdn_empty"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_in_every_notation() {
        let range = |text: &str| Range::parse(text).unwrap();
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        assert!(range("0.0.0.0-255.255.255.255").is_everyone());
        assert!(range("::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff").is_everyone());
        assert!(range("192.0.2.0/24").holds(address("192.0.2.255")));
        assert!(!range("192.0.2.0/24").holds(address("192.0.3.0")));
        assert!(range("192.0.2.0/255.255.255.0").holds(address("192.0.2.9")));
        assert!(range("192.0.2.7").holds(address("::ffff:192.0.2.7")));
        assert!(range("2001:db8::/32").holds(address("2001:db8:1::1")));
        assert!(range("::/0").is_everyone());
        for wrong in ["", "x", "192.0.2.9-192.0.2.1", "192.0.2.0/40", "192.0.2.1-::1"] {
            assert_eq!(Range::parse(wrong), None, "{wrong}");
        }
    }
}
