//! Accounts: group membership, the alternate service account, tickets that A
//! holds, a trust that does not work, a machine SID that two servers share.

use super::keys;
use super::pair::{in_order, Pair, PairFacts};
use super::spn;
use crate::fact::{short_name, HostId, Observation};
use crate::finding::Evidence;
use std::collections::BTreeSet;

/// Adds `membership.*`, `asa.*`, `tickets.*`, `trust.*`, `sid.*`, `connector.downgrade_mismatch`.
pub(super) fn add(pair: &Pair<'_>, facts: &mut PairFacts) {
    add_membership(pair, facts);
    add_tickets(pair, facts);
    add_trust(pair, facts);
    add_shared_sid(pair, facts);
    add_downgrade(pair, facts);
}

/// Adds what is the same for every pair: `asa.*`.
pub(super) fn add_shared(pair: &Pair<'_>, facts: &mut PairFacts) {
    add_alternate_accounts(pair, facts);
}

fn end_named(pair: &Pair<'_>, name: &str) -> Option<HostId> {
    [pair.from, pair.to].into_iter().flatten().find(|id| {
        pair.hosts.get(*id).is_some_and(|host| !host.short.is_empty() && host.short == short_name(name))
    })
}

fn add_membership(pair: &Pair<'_>, facts: &mut PairFacts) {
    let (mut missing, mut places, mut ok) = (Vec::new(), Vec::new(), Vec::new());
    for (kind, account, member) in [
        ("group-membership", "membership.account", "membership.in_exchange_servers"),
        ("spn-list", "spn_list.account", "account.in_exchange_servers"),
    ] {
        let ends = [pair.from, pair.to].into_iter().flatten().filter_map(|id| pair.hosts.get(id));
        let mut named: Vec<&Observation> =
            ends.flat_map(|host| pair.index.of_key(kind, keys::ACCOUNT, host.short.clone())).collect();
        in_order(&mut named);
        for seen in named {
            let Some(host) = seen.facts.text(account).and_then(|name| end_named(pair, name)) else {
                continue;
            };
            match seen.facts.flag(member) {
                Some(true) => ok.extend(seen.evidence_of(member)),
                Some(false) => {
                    missing.push(pair.name_of(host));
                    places.extend(seen.evidence_of(member));
                }
                None => {}
            }
        }
    }
    if missing.is_empty() && !ok.is_empty() {
        facts.add_flag("membership.ok", true, ok);
    }
    facts.add_list("membership.missing", missing, places);
}

/// The credential of the servers behind a name: not set on some, or not the same on all.
fn add_alternate_accounts(pair: &Pair<'_>, facts: &mut PairFacts) {
    let (mut not_set, mut places) = (Vec::new(), Vec::new());
    let mut held: BTreeSet<(String, String)> = BTreeSet::new();
    let (mut differs, mut held_places) = (Vec::new(), Vec::new());
    for seen in pair.index.of_kind("client-access-service") {
        let server = seen.facts.text("client_access.server").unwrap_or("?").to_owned();
        if seen.facts.flag("client_access.asa_not_set") == Some(true) {
            not_set.push(server);
            places.extend(seen.evidence_of("client_access.asa_not_set"));
        } else if let Some(account) = seen.facts.text("client_access.asa_account") {
            let date = seen.facts.text("client_access.asa_date").unwrap_or_default();
            held.insert((account.to_lowercase(), date.to_owned()));
            differs.push(format!("{server} holds {account} {date}").trim_end().to_owned());
            held_places.extend(seen.evidence_of("client_access.asa_account"));
        }
    }
    if held.len() > 1 || (!held.is_empty() && !not_set.is_empty()) {
        facts.add_list("asa.differs", differs, held_places);
    }
    facts.add_list("asa.not_set", not_set, places);
}

/// A ticket that A holds for a name of B: it was found, granted, and with which encryption.
fn add_tickets(pair: &Pair<'_>, facts: &mut PairFacts) {
    let mut places: Vec<Evidence> = Vec::new();
    let mut aes = false;
    for seen in pair.index.of_host("kerberos-tickets", pair.from) {
        for ticket in seen.facts.list("kerberos_tickets.tickets").unwrap_or_default() {
            let mut parts = ticket.split('|');
            let service = parts.next().unwrap_or_default().split(['@', ' ']).next().unwrap_or_default();
            if spn::concerns(pair, service) {
                aes |= parts.next().is_some_and(|etype| etype.to_uppercase().contains("AES"));
                places.extend(seen.evidence_of("kerberos_tickets.tickets"));
            }
        }
    }
    if !places.is_empty() {
        facts.add_flag("tickets.held", true, places.clone());
        if aes {
            facts.add_flag("tickets.aes_held", true, places);
        }
    }
}

/// A channel to another domain than the server's own that does not verify is a trust.
fn add_trust(pair: &Pair<'_>, facts: &mut PairFacts) {
    for host in [pair.from, pair.to] {
        let own =
            host.and_then(|id| pair.hosts.get(id)).and_then(|host| host.fqdn.as_deref()?.split_once('.'));
        let Some((_, own)) = own else { continue };
        for seen in pair.index.of_host("secure-channel", host) {
            let other = seen.facts.text("secure_channel.domain");
            // A NetBIOS domain name is its first label in nearly every forest; only a full name is sure.
            let foreign =
                other.is_some_and(|domain| domain.contains('.') && !domain.eq_ignore_ascii_case(own));
            if let (true, Some(ok)) = (foreign, seen.facts.flag("secure_channel.ok")) {
                facts.add_flag("trust.broken", !ok, seen.evidence_of("secure_channel.ok"));
            }
        }
    }
}

fn add_shared_sid(pair: &Pair<'_>, facts: &mut PairFacts) {
    let is_sid_event = |o: &&Observation| {
        o.facts.text("event.provider") == Some("LsaSrv") && o.facts.number("event.id") == Some(6167.0)
    };
    let events = [pair.from, pair.to].into_iter().flat_map(|host| pair.index.of_host("event", host));
    let places: Vec<Evidence> = events.filter(is_sid_event).flat_map(|o| o.evidence_of("event.id")).collect();
    if !places.is_empty() {
        facts.add_flag("sid.duplicate", true, places);
    }
}

/// Authentication without TLS must be chosen on both sides or on neither.
fn add_downgrade(pair: &Pair<'_>, facts: &mut PairFacts) {
    let suppressing = pair
        .index
        .of_host("receive-connector", pair.to)
        .find(|o| o.facts.flag("receive_connector.suppress_x_anonymous_tls") == Some(true));
    for seen in pair.index.of_hosts("transport-service", &[pair.from, pair.to]) {
        let server = seen.facts.text("transport_service.server").and_then(|name| pair.hosts.find(name));
        if server.is_none() || (server != pair.from && server != pair.to) {
            continue;
        }
        let Some(downgraded) = seen.facts.flag("transport_service.use_downgraded_auth") else { continue };
        let mut places = seen.evidence_of("transport_service.use_downgraded_auth");
        places.extend(
            suppressing.iter().flat_map(|o| o.evidence_of("receive_connector.suppress_x_anonymous_tls")),
        );
        facts.add_flag("connector.downgrade_mismatch", suppressing.is_some() && !downgraded, places);
    }
}
