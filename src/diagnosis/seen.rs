//! What other issues say about a pair: `seen.<issue>` and `clear.<issue>` as facts.
//!
//! A cause can so be decided by a rule alone. A finding counts where it is about
//! A, about B, or about something that is no Exchange server (a domain
//! controller, the directory): what another Exchange server shows is that
//! server's own affair.

use crate::check::{Pair, PairFacts};
use crate::fact::{FactValue, HostId, Hosts};
use crate::finding::{Finding, Outcome};
use std::collections::BTreeMap;

/// Findings of one issue kept for a server: three places show it as well as three thousand.
const KEPT: usize = 3;

/// Findings by issue, and by the server they are about.
pub(super) struct Seen<'f> {
    by_issue: BTreeMap<&'f str, ByHost<'f>>,
}

#[derive(Default)]
struct ByHost<'f> {
    /// `None` stands for everything that is no Exchange server.
    found: BTreeMap<Option<HostId>, Vec<&'f Finding>>,
    clear: BTreeMap<Option<HostId>, Vec<&'f Finding>>,
}

impl<'f> Seen<'f> {
    /// Sorts the findings; linear in their number.
    pub(super) fn of(findings: impl Iterator<Item = &'f Finding>, hosts: &Hosts) -> Seen<'f> {
        let mut by_issue: BTreeMap<&str, ByHost> = BTreeMap::new();
        for finding in findings {
            let named = finding.subject.computer.as_deref().or(Some(finding.subject.name.as_str()));
            let host = named.and_then(|name| hosts.find(name));
            let exchange = host.filter(|id| hosts.get(*id).is_some_and(|host| host.is_exchange));
            // A failing server is itself, whether or not anything says that Exchange is on it.
            let named = host.filter(|_| exchange.is_none());
            let entry = by_issue.entry(finding.id.as_str()).or_default();
            let list = match finding.outcome {
                Outcome::Found => &mut entry.found,
                Outcome::Clear => &mut entry.clear,
                Outcome::Unknown => continue,
            };
            for place in [Some(exchange), named.map(Some)].into_iter().flatten() {
                let kept = list.entry(place).or_default();
                if kept.len() < KEPT {
                    kept.push(finding);
                }
            }
        }
        Seen { by_issue }
    }

    /// Adds the facts about a pair.
    pub(super) fn add(&self, pair: &Pair<'_>, facts: &mut PairFacts) {
        for (issue, by_host) in &self.by_issue {
            for (word, lists) in [("seen", &by_host.found), ("clear", &by_host.clear)] {
                let own = |host: Option<HostId>| {
                    host.and_then(|id| lists.get(&Some(id))).map_or(&[][..], Vec::as_slice)
                };
                let (from, to) = (own(pair.from), own(pair.to));
                let nobody = lists.get(&None).map_or(&[][..], Vec::as_slice);
                let told =
                    |finding: &&&Finding| from.iter().chain(to).any(|own| std::ptr::eq(*own, **finding));
                let nobody: Vec<&Finding> = nobody.iter().filter(|finding| !told(finding)).copied().collect();
                add_flag(facts, format!("{word}.{issue}"), &[from, to, &nobody]);
                add_flag(facts, format!("{word}_from.{issue}"), &[from]);
                add_flag(facts, format!("{word}_to.{issue}"), &[to]);
            }
        }
    }
}

fn add_flag(facts: &mut PairFacts, name: String, lists: &[&[&Finding]]) {
    let findings = lists.iter().flat_map(|list| list.iter());
    let places: Vec<_> = findings.flat_map(|finding| finding.evidence.iter().take(1).cloned()).collect();
    if lists.iter().any(|list| !list.is_empty()) {
        facts.add(name, FactValue::Flag(true), places);
    }
}
