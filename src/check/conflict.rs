//! Accounts of one name: two controllers made a computer's account at the same time, and the directory
//! renamed one of them (`CNF:`).
//!
//! The machine knows the password of one, which may be the renamed one, and both may carry its names.
//! A leftover can lie about for years and harm nobody, so that it is never more than a hint.

use super::configuration::speak;
use super::pair::{Pair, PairFacts};
use crate::fact::{short_name, FactTable, Hosts, Observation};
use crate::finding::{Evidence, Finding, Outcome};
use crate::Catalog;
use std::collections::BTreeMap;

/// Kinds of records that name accounts, and the fact with the name that two have.
const NAMED_IN: [(&str, &str); 4] = [
    ("spn-list", "spn_list.conflict_of"),
    ("group-membership", "membership.conflict_of"),
    ("spn-query", "spn_query.conflicts"),
    ("spn-duplicates", "spn_duplicates.conflicts"),
];

/// Names of which an observation shows a renamed account, with the fact.
fn names(seen: &Observation) -> Option<(&'static str, Vec<&str>)> {
    let (_, fact) = NAMED_IN.iter().find(|(kind, _)| *kind == seen.kind)?;
    let one = seen.facts.text(fact).into_iter();
    let several = seen.facts.list(fact).unwrap_or_default().iter().map(String::as_str);
    Some((*fact, one.chain(several).collect()))
}

/// Short names of which there are two accounts.
#[derive(Default)]
pub(super) struct Conflicts(BTreeMap<String, Vec<Evidence>>);

impl Conflicts {
    /// Reads all accounts.
    pub(super) fn of(pair: &Pair<'_>) -> Conflicts {
        let mut conflicts = Conflicts::default();
        for seen in NAMED_IN.iter().flat_map(|(kind, _)| pair.index.of_kind(kind)) {
            let Some((fact, names)) = names(seen) else { continue };
            for name in names {
                conflicts.0.entry(short_name(name)).or_default().extend(seen.evidence_of(fact));
            }
        }
        conflicts
    }
}

/// Adds `account.conflict`: the ends that have two accounts.
pub(super) fn add(pair: &Pair<'_>, facts: &mut PairFacts) {
    let (mut twins, mut places) = (Vec::new(), Vec::new());
    for host in [pair.from, pair.to].into_iter().flatten().filter_map(|id| pair.hosts.get(id)) {
        if let Some(seen) = pair.shared().conflicts.0.get(&host.short) {
            twins.push(host.name.clone());
            places.extend(seen.iter().cloned());
        }
    }
    facts.add_list("account.conflict", twins, places);
}

/// A finding for each server of Exchange that has two accounts.
pub(super) fn findings(catalog: &Catalog, observations: &[Observation], hosts: &Hosts) -> Vec<Finding> {
    let mut by_server: BTreeMap<String, (&Observation, Vec<Evidence>)> = BTreeMap::new();
    for seen in observations {
        let Some((fact, names)) = names(seen) else { continue };
        for name in names.into_iter().filter(|name| is_server(name, seen, hosts)) {
            let server = hosts.find(name).and_then(|id| hosts.get(id)).map(|host| host.name.clone());
            let entry = by_server.entry(server.unwrap_or_else(|| name.to_owned()));
            entry.or_insert_with(|| (seen, Vec::new())).1.extend(seen.evidence_of(fact));
        }
    }
    let finding = |(server, (seen, mut places)): (String, (&Observation, Vec<Evidence>))| {
        places.truncate(3);
        let mut words = FactTable::default();
        words.add_text("server", server.clone(), "Name");
        let subject = crate::session::subject(seen.kind, server.clone(), Some(server.into()));
        speak(catalog, "config-account-conflict", Outcome::Found, subject, words, places)
    };
    by_server.into_iter().filter_map(finding).collect()
}

/// A server of Exchange by its own record, or by the names that the renamed account carries.
fn is_server(name: &str, seen: &Observation, hosts: &Hosts) -> bool {
    let known = hosts.find(name).and_then(|id| hosts.get(id)).is_some_and(|host| host.is_exchange);
    let carried =
        ["spn_list.spns", "spn_list.partial_spns"].into_iter().filter_map(|fact| seen.facts.list(fact));
    let is_exchange = |spn: &String| {
        let class = spn.split('/').next().unwrap_or_default().to_lowercase();
        class.starts_with("exchange") || class.starts_with("smtp")
    };
    known || carried.flatten().any(is_exchange)
}
