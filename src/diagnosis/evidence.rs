//! Next evidence: the read-only commands that would decide what is open, the one
//! that bears on the most of it first.
//!
//! A command counts with the weights of the open causes it can decide, the
//! stronger the verdict the more: what splits the likely causes is asked first.

use super::verdict::{open_needs, CauseResult, Verdict, Words};
use crate::Catalog;
use std::collections::BTreeMap;

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

/// So many are chosen by weight alone: an administrator reads the first three.
const BY_WEIGHT: usize = 8;

/// At most this many: after the weightiest follow those that decide a cause which no command decides yet.
const MOST: usize = 16;

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
    let mut asked: BTreeMap<(String, String), (i32, Next)> = BTreeMap::new();
    for result in causes {
        let Some(cause) = catalog.cause(&result.id).filter(|_| urgency(result.verdict) > 0) else { continue };
        let weight = urgency(result.verdict) * (i32::from(result.weight) + 1);
        for need in open_needs(cause, problem, words) {
            let (command, run_on) = (need.command.fill(&commands), need.run_on.fill(&commands));
            let entry = asked.entry((command.clone(), run_on.clone())).or_insert_with(|| {
                (0, Next { command, run_on, why: need.why.fill(words), decides: Vec::new() })
            });
            if !entry.1.decides.contains(&result.id) {
                entry.0 += weight;
                entry.1.decides.push(result.id.clone());
            }
        }
    }
    let mut asked: Vec<(i32, Next)> = asked.into_values().collect();
    asked.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.command.cmp(&b.1.command)));
    let mut chosen: Vec<Next> = Vec::new();
    for (_, next) in asked {
        let is_new = |id: &String| !chosen.iter().any(|other| other.decides.contains(id));
        if chosen.len() < BY_WEIGHT || (chosen.len() < MOST && next.decides.iter().any(is_new)) {
            chosen.push(next);
        }
    }
    chosen
}
