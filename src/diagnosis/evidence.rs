//! Next evidence: the read-only commands that would decide what is open, the one
//! that bears on the most of it first.
//!
//! A command counts with the weights of the open causes it can decide, the
//! stronger the verdict the more: what splits the likely causes is asked first.
//! After the first, a cause that a command above already settles counts no more.

use super::verdict::{open_needs, CauseResult, Verdict, Words};
use crate::Catalog;
use std::collections::{BTreeMap, BTreeSet};

/// A command whose answer would help.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Next {
    /// The command, ready to paste.
    pub command: String,
    /// The computer to run it on.
    pub run_on: String,
    /// What its answer decides.
    pub why: String,
    /// The causes it bears on, most likely first.
    pub decides: Vec<String>,
}

/// At most this many: an administrator reads the first three, a script runs them all.
const MOST: usize = 24;

/// Most that the balance of the evidence adds to a cause's weight when asking, or takes from it.
const LIMIT: i32 = 8;

/// A command with the weight of each cause that it bears on.
struct Asked {
    weights: BTreeMap<String, i32>,
    /// The causes whose first need it is: nothing else decides them as well.
    settles: BTreeSet<String>,
    next: Next,
}

impl Asked {
    fn total(&self) -> i32 {
        self.weights.values().sum()
    }
}

/// How much a cause of a verdict matters when asking.
fn urgency(verdict: Verdict) -> i32 {
    match verdict {
        Verdict::Likely => 4,
        Verdict::Possible => 2,
        Verdict::Unlikely => 1,
        Verdict::Confirmed | Verdict::RuledOut => 0,
    }
}

/// The commands to run next for a ranking.
pub(super) fn next(catalog: &Catalog, problem: &str, causes: &[CauseResult], words: &Words<'_>) -> Vec<Next> {
    let commands = words.for_commands();
    if causes.iter().any(|cause| cause.verdict == Verdict::Confirmed) {
        return Vec::new();
    }
    let mut asked: BTreeMap<(String, String), Asked> = BTreeMap::new();
    for result in causes {
        let Some(cause) = catalog.cause(&result.id).filter(|_| urgency(result.verdict) > 0) else { continue };
        // What the evidence so far says counts as much as how likely it was beforehand.
        let rank = i32::from(result.weight) + result.balance.clamp(-LIMIT, LIMIT);
        let weight = urgency(result.verdict) * (rank + 1).max(1);
        for (at, need) in open_needs(cause, problem, words).enumerate() {
            let (command, run_on) = (need.command.fill_command(&commands), need.run_on.fill(&commands));
            let entry = asked.entry((command.clone(), run_on.clone())).or_insert_with(|| Asked {
                weights: BTreeMap::new(),
                settles: BTreeSet::new(),
                next: Next { command, run_on, why: need.why.fill(words), decides: Vec::new() },
            });
            if entry.weights.insert(result.id.clone(), weight).is_none() {
                entry.next.decides.push(result.id.clone());
            }
            if at == 0 {
                entry.settles.insert(result.id.clone());
            }
        }
    }
    pick(asked.into_values().collect())
}

/// The best first; after that what bears on most of what nothing asked before settles, so that a
/// rare cause is not hidden behind the fifth command about a frequent one.
fn pick(mut asked: Vec<Asked>) -> Vec<Next> {
    asked.sort_by(|a, b| b.total().cmp(&a.total()).then_with(|| a.next.command.cmp(&b.next.command)));
    let mut covered: BTreeSet<String> = BTreeSet::new();
    let mut picked = Vec::new();
    while picked.len() < MOST {
        let fresh = |one: &Asked| -> i32 {
            let open = one.weights.iter().filter(|(id, _)| !covered.contains(*id));
            open.map(|(id, weight)| if one.settles.contains(id) { 2 * weight } else { *weight }).sum()
        };
        let best = asked.iter().enumerate().max_by_key(|(at, one)| (fresh(one), std::cmp::Reverse(*at)));
        let Some(best) = best.map(|(at, _)| at) else { break };
        let one = asked.remove(best);
        covered.extend(one.settles);
        picked.push(one.next);
    }
    picked
}
