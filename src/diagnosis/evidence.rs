//! Next evidence: the read-only commands that would decide what is open, the one
//! that bears on the most of it first.
//!
//! A command counts with the weights of the open causes it can decide, the
//! stronger the verdict the more: what splits the likely causes is asked first.
//! After the first, a cause that a command above already settles counts no more.
//! Where two causes are likely, what tells these two apart goes before all else:
//! a command whose answer can confirm or rule out the one or the other.

use super::verdict::{concerns, open_needs, CauseResult, Verdict};
use super::words::Words;
use crate::catalog::cause::{Cause, Effect, Need};
use crate::Catalog;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A command whose answer would help.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Next {
    /// The command, ready to paste.
    pub command: Arc<str>,
    /// The computer to run it on.
    pub run_on: Arc<str>,
    /// What its answer decides.
    pub why: Arc<str>,
    /// The causes it bears on, most likely first.
    pub decides: Vec<Arc<str>>,
}

/// Two causes that explain the failure equally well, and what tells them apart.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Undecided {
    /// The ids of the two, in their order.
    pub causes: Vec<Arc<str>>,
    /// The command whose answer decides; null where none is known that was not run.
    pub command: Option<Arc<str>>,
    /// The computer to run it on.
    pub run_on: Option<Arc<str>>,
    /// How its answer decides.
    pub how: Option<String>,
    /// All that in one sentence.
    pub says: String,
}

/// The sentences about two causes, in English: what a message catalog translates.
pub const WORDS: &[&str] = &[TOLD_APART, PERHAPS_TOLD_APART, BOTH_SHOWN, NOT_TOLD_APART];

const TOLD_APART: &str =
    "{first} and {second} both explain this; what tells them apart is {command} on {server}. {how}";
const PERHAPS_TOLD_APART: &str =
    "{first} and {second} both explain this; {command} on {server} may tell them apart. {how}";
const BOTH_SHOWN: &str =
    "{first} and {second} were both shown to be so, and each explains this: set both right.";
const NOT_TOLD_APART: &str =
    "{first} and {second} both explain this, and nothing is left to ask: set the first right and see whether it still fails.";

/// At most this many: an administrator reads the first three, a script runs them all.
const MOST: usize = 24;

/// Most that the balance of the evidence adds to a cause's weight when asking, or takes from it.
const LIMIT: i32 = 8;

/// A command with the weight of each cause that it bears on.
struct Asked {
    weights: BTreeMap<Arc<str>, i32>,
    /// The causes whose first need it is: nothing else decides them as well.
    settles: BTreeSet<Arc<str>>,
    /// What its answer does to each cause.
    decides: BTreeMap<Arc<str>, Decides>,
    next: Next,
}

impl Asked {
    fn total(&self) -> i32 {
        self.weights.values().sum()
    }

    /// How well its answer parts two causes: what decides both before what decides the first, that
    /// before what decides the second, and what only bears on one behind all of these.
    fn parts(&self, first: &CauseResult, second: &CauseResult) -> u8 {
        let each = [(first, 16), (second, 8)].into_iter().map(|(cause, value)| {
            let settles = u8::from(self.settles.contains(&cause.id));
            match self.decides.get(&cause.id) {
                Some(Decides { surely: true, .. }) => value + 2 * settles,
                Some(_) => 1,
                None => 0,
            }
        });
        each.sum()
    }

    /// Its answer can confirm or rule out one of two causes.
    fn decides_surely(&self, first: &CauseResult, second: &CauseResult) -> bool {
        [first, second].iter().any(|cause| self.decides.get(&cause.id).is_some_and(|one| one.surely))
    }
}

/// What an answer does to a cause.
struct Decides {
    /// It can confirm it or rule it out.
    surely: bool,
    /// How, in the words of the cause.
    how: Arc<str>,
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

/// The commands to run next for a ranking, and the two likely causes that the first tells apart.
pub(super) fn next(
    catalog: &Catalog,
    problem: &str,
    causes: &[CauseResult],
    words: &Words<'_>,
) -> (Vec<Next>, Option<Undecided>) {
    if causes.iter().any(|cause| cause.verdict == Verdict::Confirmed) {
        return (Vec::new(), None);
    }
    let mut asked = ask(catalog, problem, causes, words);
    let mut leaders = causes.iter().filter(|cause| cause.verdict == Verdict::Likely);
    let (Some(first), Some(second)) = (leaders.next(), leaders.next()) else {
        return (pick(asked, BTreeSet::new()), None);
    };
    let parting = asked.iter().enumerate().filter(|(_, one)| one.parts(first, second) > 0);
    let parting = parting.max_by_key(|(at, one)| (one.parts(first, second), std::cmp::Reverse(*at)));
    let parting = parting.map(|(at, _)| at).filter(|_| !(first.shown && second.shown));
    let parting = parting.map(|at| asked.remove(at));
    let undecided = undecided(catalog, first, second, parting.as_ref());
    // It comes first, and what it settles is not asked again before the rest.
    let settled = parting.as_ref().map(|one| one.settles.clone()).unwrap_or_default();
    let mut picked: Vec<Next> = parting.map(|one| one.next).into_iter().collect();
    picked.extend(pick(asked, settled));
    picked.truncate(MOST);
    (picked, Some(undecided))
}

/// Every command that answers an open need, the weightiest first.
fn ask(catalog: &Catalog, problem: &str, causes: &[CauseResult], words: &Words<'_>) -> Vec<Asked> {
    let commands = &words.for_commands();
    let mut asked: BTreeMap<(Arc<str>, Arc<str>), Asked> = BTreeMap::new();
    for result in causes {
        let Some(cause) = catalog.cause(&result.id).filter(|_| urgency(result.verdict) > 0) else { continue };
        // What the evidence so far says counts as much as how likely it was beforehand.
        let rank = i32::from(result.weight) + result.balance.clamp(-LIMIT, LIMIT);
        let weight = urgency(result.verdict) * (rank + 1).max(1);
        for (at, need) in open_needs(cause, problem, words).enumerate() {
            let (command, run_on) = (words.command(&need.command), need.run_on.fill(commands));
            let why = need.why.fill(words);
            let entry = asked.entry((command.clone(), run_on.clone())).or_insert_with(|| Asked {
                weights: BTreeMap::new(),
                settles: BTreeSet::new(),
                decides: BTreeMap::new(),
                next: Next { command, run_on, why: why.clone(), decides: Vec::new() },
            });
            if entry.weights.insert(result.id.clone(), weight).is_none() {
                entry.next.decides.push(result.id.clone());
            }
            if at == 0 {
                entry.settles.insert(result.id.clone());
            }
            let surely = is_decisive(cause, need, problem);
            let known = entry.decides.get(&result.id).is_some_and(|known| known.surely || !surely);
            if !known {
                entry.decides.insert(result.id.clone(), Decides { surely, how: why });
            }
        }
    }
    let mut asked: Vec<Asked> = asked.into_values().collect();
    asked.sort_by(|a, b| b.total().cmp(&a.total()).then_with(|| a.next.command.cmp(&b.next.command)));
    asked
}

/// The answer to a need can confirm the cause or rule it out.
fn is_decisive(cause: &Cause, need: &Need, problem: &str) -> bool {
    cause.evidence.iter().any(|rule| {
        let mut read = Vec::new();
        rule.when.reads(&mut read);
        matches!(rule.effect, Effect::Confirms | Effect::RulesOut)
            && concerns(&rule.problems, problem)
            && need.facts.iter().any(|fact| read.contains(&fact.as_str()))
    })
}

fn undecided(
    catalog: &Catalog,
    first: &CauseResult,
    second: &CauseResult,
    parting: Option<&Asked>,
) -> Undecided {
    let how = parting.map(|one| {
        let mut sentences: Vec<&str> = Vec::new();
        for decides in [first, second].iter().filter_map(|cause| one.decides.get(&cause.id)) {
            if !sentences.contains(&&*decides.how) {
                sentences.push(&decides.how);
            }
        }
        sentences.join(" ")
    });
    let words = match parting {
        Some(one) if one.decides_surely(first, second) => TOLD_APART,
        Some(_) => PERHAPS_TOLD_APART,
        None if first.shown && second.shown => BOTH_SHOWN,
        None => NOT_TOLD_APART,
    };
    let quoted = |id: &str| format!("`{id}`");
    let command = parting.map(|one| one.next.command.clone());
    let run_on = parting.map(|one| one.next.run_on.clone());
    let says = catalog.filled(
        words,
        &[
            ("first", &quoted(&first.id)),
            ("second", &quoted(&second.id)),
            ("command", &quoted(command.as_deref().unwrap_or_default())),
            ("server", run_on.as_deref().unwrap_or_default()),
            ("how", how.as_deref().unwrap_or_default()),
        ],
    );
    Undecided { causes: vec![first.id.clone(), second.id.clone()], command, run_on, how, says }
}

/// The best first; after that what bears on most of what nothing asked before settles, so that a
/// rare cause is not hidden behind the fifth command about a frequent one.
fn pick(mut asked: Vec<Asked>, mut covered: BTreeSet<Arc<str>>) -> Vec<Next> {
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
