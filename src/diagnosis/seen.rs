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

/// Findings of one issue shown for a server: three places show it as well as three thousand.
const SHOWN: usize = 3;

/// Findings by issue, and by the server they are about.
pub(super) struct Seen<'f> {
    by_issue: BTreeMap<&'f str, ByHost<'f>>,
}

#[derive(Default)]
struct ByHost<'f> {
    /// `None` stands for everything that is no Exchange server.
    found: BTreeMap<Option<HostId>, Told<'f>>,
    clear: BTreeMap<Option<HostId>, Told<'f>>,
}

/// Findings in the order of time.
#[derive(Default)]
struct Told<'f> {
    findings: Vec<&'f Finding>,
    /// One does not say when it was seen: it may be of any failure.
    undated: bool,
}

impl<'f> Seen<'f> {
    /// Sorts the findings; linear in their number.
    pub(super) fn of(findings: impl Iterator<Item = &'f Finding>, hosts: &Hosts) -> Seen<'f> {
        let mut by_issue: BTreeMap<&'f str, ByHost<'f>> = BTreeMap::new();
        for finding in findings {
            let named = finding.subject.computer.as_deref().or(Some(finding.subject.name.as_str()));
            let host = named.and_then(|name| hosts.find(name));
            let exchange = host.filter(|id| hosts.get(*id).is_some_and(|host| host.is_exchange));
            // A failing server is itself, whether or not anything says that Exchange is on it.
            let named = host.filter(|_| exchange.is_none());
            let entry = by_issue.entry(&*finding.id).or_default();
            let list = match finding.outcome {
                Outcome::Found => &mut entry.found,
                Outcome::Clear => &mut entry.clear,
                Outcome::Unknown => continue,
            };
            list.entry(exchange).or_default().findings.push(finding);
            if let Some(host) = named {
                list.entry(Some(host)).or_default().findings.push(finding);
            }
        }
        for by_host in by_issue.values_mut() {
            for told in by_host.found.values_mut().chain(by_host.clear.values_mut()) {
                told.findings.sort_by(|a, b| (time_of(a), a.order()).cmp(&(time_of(b), b.order())));
                told.undated = told.findings.iter().any(|finding| time_of(finding).is_none());
            }
        }
        Seen { by_issue }
    }

    /// Adds the facts about a pair.
    pub(super) fn add(&self, pair: &Pair<'_>, facts: &mut PairFacts) {
        for (issue, by_host) in &self.by_issue {
            for (word, lists) in [("seen", &by_host.found), ("clear", &by_host.clear)] {
                let near = |host: Option<HostId>| nearest(pair, lists.get(&host));
                let own = |host: Option<HostId>| host.map_or(&[][..], |id| near(Some(id)));
                let nobody = near(None);
                // A transport event without its computer is about the server that nobody named.
                let unnamed = pair.to_label.is_none() && issue.starts_with("smtp-");
                let (from, to) = (own(pair.from), if unnamed { nobody } else { own(pair.to) });
                let told =
                    |finding: &&&Finding| from.iter().chain(to).any(|own| std::ptr::eq(*own, **finding));
                let nobody: Vec<&Finding> = nobody.iter().filter(|finding| !told(finding)).copied().collect();
                add_flag(facts, &[word, ".", issue], &[from, to, &nobody]);
                add_flag(facts, &[word, "_from.", issue], &[from]);
                add_flag(facts, &[word, "_to.", issue], &[to]);
            }
        }
    }
}

/// When a finding's place was seen; before all times where the record does not say.
fn time_of<'f>(finding: &&'f Finding) -> Option<&'f str> {
    finding.evidence.first()?.seen.as_ref()?.time.as_deref()
}

/// Those of findings in the order of time that are nearest to the failure: undated ones may be of it.
fn nearest<'s, 'f>(pair: &Pair<'_>, told: Option<&'s Told<'f>>) -> &'s [&'f Finding] {
    let Some(told) = told else { return &[] };
    let findings = told.findings.as_slice();
    let from = match pair.window {
        Some(window) if !told.undated => {
            let early = findings.partition_point(|f| time_of(f).is_some_and(|at| window.is_after(at)));
            // One more towards the past: it may be nearer than what came after.
            early.saturating_sub(1)
        }
        _ => 0,
    };
    let from = from.min(findings.len().saturating_sub(SHOWN));
    findings.get(from..findings.len().min(from + SHOWN)).unwrap_or_default()
}

fn add_flag(facts: &mut PairFacts, name: &[&str], lists: &[&[&Finding]]) {
    // Of a thousand names few are a fact of the pair.
    if lists.iter().all(|list| list.is_empty()) {
        return;
    }
    let findings = lists.iter().flat_map(|list| list.iter());
    let places: Vec<_> = findings.flat_map(|finding| finding.evidence.iter().take(1).cloned()).collect();
    facts.add(name.concat(), FactValue::Flag(true), places);
}
