//! SMTP virtual servers of Exchange 2003: one machine that other servers ask for by several names.
//!
//! Each virtual server greets with a name of its own, and the caller asks a ticket for that name. The
//! machine registers only its own name, so that somebody has to register the others on its account.

use super::keys;
use super::pair::{Pair, PairFacts};
use crate::fact::{short_name, Observation};
use std::collections::{BTreeMap, BTreeSet};

/// Kind of the records that are read.
const KIND: &str = "smtp-virtual-server";

/// Facts in which a witness says by what name B was asked for.
const ASKED_BY: [&str; 6] =
    ["event.target_host", "event.target", "event.spn", "reply.host", "queue.next_hop", "smtp_session.server"];

/// The full names of virtual servers, in lower case, that are no machine's own, each with its machine.
///
/// A name that virtual servers of two machines have is neither's. One that is bound to a cluster has
/// an account of its own, which is not the account of the node that showed it.
pub(super) fn aliases(observations: &[Observation]) -> BTreeMap<String, &str> {
    let mut by_name: BTreeMap<String, BTreeMap<String, &str>> = BTreeMap::new();
    for seen in observations.iter().filter(|seen| seen.kind == KIND) {
        let name = seen.facts.text("smtp_virtual_server.fqdn").filter(|name| name.contains('.'));
        let clustered = seen.facts.flag("smtp_virtual_server.clustered") == Some(true);
        if let (Some(name), Some(computer), false) = (name, seen.computer.as_deref(), clustered) {
            by_name.entry(name.to_lowercase()).or_default().insert(short_name(computer), computer);
        }
    }
    if by_name.is_empty() {
        return BTreeMap::new();
    }
    let machines = machines(observations);
    let is_machine = |name: &String| machines.contains(name) || machines.contains(&short_name(name));
    by_name
        .into_iter()
        .filter(|(name, computers)| computers.len() == 1 && !is_machine(name))
        .filter_map(|(name, computers)| Some((name, computers.into_values().next()?)))
        .collect()
}

/// Names that machines have as their own: full ones, and bare ones where only that is known.
fn machines(observations: &[Observation]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for seen in observations {
        names.extend(seen.computer.as_deref().map(str::to_lowercase));
        // What somebody called from elsewhere need be no machine's own name.
        if !matches!(seen.kind, "clock-offset" | "port-test" | "queue" | "message") {
            names.extend(keys::about(seen).into_iter().map(|name| match seen.kind {
                "spn-list" => short_name(&name),
                _ => name.to_lowercase(),
            }));
        }
    }
    names
}

/// By which of its names B was asked for.
pub(super) struct Asked {
    /// Names of its virtual servers, in lower case.
    pub virtual_names: BTreeSet<String>,
    /// By its own name.
    pub own: bool,
}

/// By which of its names the failure's witnesses asked for B.
pub(super) fn asked(pair: &Pair<'_>) -> Asked {
    let mut asked = Asked { virtual_names: BTreeSet::new(), own: false };
    let Some(to) = pair.to else { return asked };
    let known: BTreeSet<String> = virtual_servers(pair).into_iter().map(|(name, _)| name).collect();
    if known.is_empty() {
        return asked;
    }
    let named = pair.witnesses.iter().flat_map(|o| ASKED_BY.iter().filter_map(|fact| o.facts.text(fact)));
    for name in named {
        let host = name.split_once('/').map_or(name, |(_, host)| host);
        let host = host.split(['@', '/', ':']).next().unwrap_or(host).to_lowercase();
        if known.contains(&host) {
            asked.virtual_names.insert(host);
        } else {
            asked.own |= pair.hosts.is(to, &host);
        }
    }
    asked
}

/// B's virtual servers that have another name than B.
fn virtual_servers<'o>(pair: &Pair<'o>) -> Vec<(String, &'o Observation)> {
    let named = pair.index.of_host(KIND, pair.to).filter_map(|seen| Some((name_of(seen)?, seen)));
    named
        .filter(|(name, _)| !is_own(pair, name) && pair.to.is_some_and(|to| pair.hosts.is(to, name)))
        .collect()
}

fn name_of(seen: &Observation) -> Option<String> {
    seen.facts.text("smtp_virtual_server.fqdn").map(str::to_lowercase)
}

/// B's own name, as its virtual server has it unless somebody changed it.
fn is_own(pair: &Pair<'_>, name: &str) -> bool {
    let host = pair.to.and_then(|id| pair.hosts.get(id));
    host.is_some_and(|host| host.fqdn.as_deref() == Some(name) || host.short == short_name(name))
}

/// Adds `virtual_server.*` and `loopback.*`: the virtual servers that were asked for, and what they offer.
pub(super) fn add(pair: &Pair<'_>, facts: &mut PairFacts) {
    if !pair.problem.starts_with("smtp-") {
        return;
    }
    let asked = asked(pair);
    for (name, seen) in
        virtual_servers(pair).into_iter().filter(|(name, _)| asked.virtual_names.contains(name))
    {
        facts.add_text("virtual_server.name", name, seen.evidence_of("smtp_virtual_server.fqdn"));
    }
    add_loopback(pair, &asked, facts);
    let (mut on, mut off) = (Vec::new(), Vec::new());
    for seen in pair.index.of_host(KIND, pair.to) {
        // Who asked for B by its own name, or did not say by which, came to the one of that name.
        let own = asked.own || asked.virtual_names.is_empty();
        let was_asked = name_of(seen)
            .is_some_and(|name| asked.virtual_names.contains(&name) || own && is_own(pair, &name));
        match seen.facts.flag("smtp_virtual_server.windows_authentication").filter(|_| was_asked) {
            Some(true) => on.extend(seen.evidence_of("smtp_virtual_server.windows_authentication")),
            Some(false) => off.extend(seen.evidence_of("smtp_virtual_server.windows_authentication")),
            None => {}
        }
    }
    if !off.is_empty() {
        facts.add_flag("virtual_server.windows_authentication", false, off);
    } else if !on.is_empty() {
        facts.add_flag("virtual_server.windows_authentication", true, on);
    }
}

/// One virtual server called another of the same machine: Windows lets it only by names that are its
/// own or in a list.
fn add_loopback(pair: &Pair<'_>, asked: &Asked, facts: &mut PairFacts) {
    if asked.virtual_names.is_empty() || pair.from.is_none() || pair.from != pair.to {
        return;
    }
    let (mut refused, mut allowed, mut places) = (asked.virtual_names.clone(), Vec::new(), Vec::new());
    for seen in pair.index.of_host("registry-values", pair.from) {
        let listed = seen.facts.list("registry.back_connection_host_names").unwrap_or_default();
        for name in listed.iter().map(|name| name.to_lowercase()).filter(|name| refused.contains(name)) {
            allowed.push(name);
            places.extend(seen.evidence_of("registry.back_connection_host_names"));
        }
    }
    refused.retain(|name| !allowed.contains(name));
    facts.add_list("loopback.calls_itself", refused.into_iter().collect(), Vec::new());
    facts.add_list("loopback.allowed", allowed, places);
}
