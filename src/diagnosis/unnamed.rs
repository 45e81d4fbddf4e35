//! Ends of a problem that nothing named, completed from what else was given.
//!
//! An administrator quotes the error and pastes what belongs to it. A bare quotation is the same
//! failure that a queue or an event tells with its servers, and where one other Exchange server
//! is spoken of at all, it is the one that the failure is about. Where two would fit, nobody is.

use super::problem::{Party, Seen};
use crate::check::Index;
use crate::fact::{HostId, Hosts};
use std::collections::BTreeSet;

/// Gives problems between transport servers their missing ends.
pub(super) fn complete<'o>(problems: Vec<Seen<'o>>, hosts: &Hosts, index: &Index<'_>) -> Vec<Seen<'o>> {
    let mut problems = absorb(problems);
    let answering = answering(hosts, index);
    for seen in problems.iter_mut().filter(|seen| seen.id.starts_with("smtp-") && !seen.towards_edge) {
        // A sender that is only an address may be the server that is left.
        let sender_known = seen.from.host.is_some() || is_nobody(&seen.from);
        let Some(only) = only_other(&answering, seen.from.host) else { continue };
        if sender_known && is_open(&seen.to, only, hosts) {
            let label = seen.to.label.take();
            let name = hosts.get(only).map(|host| host.name.clone());
            seen.to = Party { host: Some(only), label: name.or(label), ..Party::default() };
        }
    }
    let calling = calling(hosts, index);
    for seen in problems.iter_mut().filter(|seen| seen.id.starts_with("smtp-") && is_nobody(&seen.from)) {
        if let Some(only) = only_other(&calling, seen.to.host) {
            let label = hosts.get(only).map(|host| host.name.clone());
            seen.from = Party { host: Some(only), label, ..Party::default() };
        }
    }
    problems
}

/// The only server beside one; a thousand are not read to learn that there are several.
fn only_other(servers: &BTreeSet<HostId>, than: Option<HostId>) -> Option<HostId> {
    let mut others = servers.iter().copied().filter(|id| Some(*id) != than);
    others.next().filter(|_| others.next().is_none())
}

/// Nothing is known of this end.
fn is_nobody(party: &Party) -> bool {
    party.host.is_none() && party.label.is_none() && party.members.is_empty()
}

/// The end may be the server: nobody is named, or a site of which no server is known.
fn is_open(party: &Party, server: HostId, hosts: &Hosts) -> bool {
    let unplaced = hosts.get(server).is_some_and(|host| host.site.is_none());
    is_nobody(party) || party.host.is_none() && party.members.is_empty() && party.group && unplaced
}

/// The servers of which something was given that one looks at on the server that refuses: its
/// connectors and sessions, else the names of an Exchange server's account.
fn answering(hosts: &Hosts, index: &Index<'_>) -> BTreeSet<HostId> {
    let named = |kind: &'static str, fact: &'static str| {
        index.of_kind(kind).filter_map(move |seen| seen.facts.text(fact)).filter_map(|name| hosts.find(name))
    };
    let found: BTreeSet<HostId> = named("receive-connector", "receive_connector.server")
        .chain(named("smtp-session", "smtp_session.server"))
        .collect();
    if !found.is_empty() {
        return found;
    }
    let exchange = |id: &HostId| hosts.get(*id).is_some_and(|host| host.is_exchange);
    named("spn-list", "spn_list.account").filter(exchange).collect()
}

/// The servers that something shows as the one that signs in: those that greeted in a receive log,
/// else the one whose groups were listed because it is in none of Exchange's.
fn calling(hosts: &Hosts, index: &Index<'_>) -> BTreeSet<HostId> {
    let greeted = index
        .of_kind("smtp-session")
        .filter(|seen| seen.facts.text("smtp_session.side") == Some("receive"))
        .filter_map(|seen| seen.facts.text("smtp_session.client"));
    let found: BTreeSet<HostId> = greeted.filter_map(|name| hosts.find(name)).collect();
    if !found.is_empty() {
        return found;
    }
    // An organisation of two servers: the failure is between them.
    let all: BTreeSet<HostId> =
        hosts.iter().filter(|(_, host)| host.is_exchange && host.names_itself).map(|(id, _)| id).collect();
    if all.len() == 2 {
        return all;
    }
    let outside = index
        .of_kind("group-membership")
        .filter(|seen| seen.facts.flag("membership.in_exchange_servers") == Some(false))
        .filter_map(|seen| seen.facts.text("membership.account"));
    outside.filter_map(|name| hosts.find(name)).collect()
}

/// A failure quoted without servers is the one of its kind that was told with them.
fn absorb(problems: Vec<Seen<'_>>) -> Vec<Seen<'_>> {
    let (bare, mut named): (Vec<Seen>, Vec<Seen>) =
        problems.into_iter().partition(|seen| is_nobody(&seen.from) && is_nobody(&seen.to));
    let mut left = Vec::new();
    for seen in bare {
        let mut same = named.iter_mut().filter(|other| other.id == seen.id);
        match (same.next(), same.next()) {
            // A quotation without its time is of the sight that was told with one.
            (Some(only), None) => only.absorb(&seen),
            _ => left.push(seen),
        }
    }
    named.append(&mut left);
    named
}
