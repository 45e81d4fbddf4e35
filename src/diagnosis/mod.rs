//! Findings to problems, each with its causes ranked and the evidence that would
//! decide what is open.
//!
//! `problem` says who could not sign in to whom, `verdict` weighs the causes by a
//! written calculus, `age` what is of another time or place, and `evidence` asks
//! for what is missing. Reads findings and the facts of `check`; every sentence
//! comes from the catalog, or from `own_words`.

mod age;
mod evidence;
mod join;
mod next_hop;
mod problem;
mod seen;
mod unnamed;
mod verdict;
mod words;

pub use evidence::{Next, Undecided};
pub use verdict::{CauseResult, FixStep, Said, Verdict};

use crate::check::{self, Index, Pair};
use crate::fact::{Hosts, Observation};
use crate::finding::{Finding, Severity};
use crate::Catalog;
use std::sync::Arc;

/// Every word of a diagnosis that is not a cause's or an issue's, in English: what a message catalog
/// translates besides the catalog's texts.
pub fn own_words() -> impl Iterator<Item = &'static str> {
    age::WORDS.iter().chain(evidence::WORDS).copied()
}

/// What happened between two servers.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ProblemSeen {
    /// The problem's id.
    pub id: Arc<str>,
    /// One line.
    pub title: Arc<str>,
    /// Who could not sign in; null where the records do not say.
    pub from: Option<String>,
    /// To whom: a server, or a site or group of servers.
    pub to: Option<String>,
    /// Earliest time at which it was seen, ISO 8601; null where no record says.
    pub first_seen: Option<String>,
    /// Latest time.
    pub last_seen: Option<String>,
    /// Findings that saw it.
    pub count: usize,
    /// Ids of the issues that spoke.
    pub seen_by: Vec<Arc<str>>,
}

/// One problem with its causes; `exauth.diagnosis/1`.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Diagnosis {
    /// `exauth.diagnosis/1`.
    pub schema: &'static str,
    /// How serious it is.
    pub severity: Severity,
    /// What happened.
    pub problem: ProblemSeen,
    /// The causes, the first is the answer.
    pub causes: Vec<CauseResult>,
    /// The two causes that lead with equal right, where none is confirmed and two are likely.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undecided: Option<Undecided>,
    /// Read-only commands whose answers would decide what is open, the best first.
    pub next: Vec<Next>,
}

/// Makes a diagnosis of each problem that the findings show; `quiet` are the findings that are
/// `clear`, which a report need not hold.
pub fn diagnose(
    catalog: &Catalog,
    observations: &[Observation],
    findings: &[Finding],
    quiet: &[Finding],
    hosts: &Hosts,
) -> Vec<Diagnosis> {
    let index = Index::new(observations, hosts);
    let problems = problem::gather(findings, observations, hosts, &index);
    let others = seen::Seen::of(findings.iter().chain(quiet), hosts);
    let patterns = problem::Patterns::of(&problems);
    let mut diagnoses: Vec<Diagnosis> = problems
        .iter()
        .map(|seen| {
            let pair = Pair {
                problem: &seen.id,
                from: seen.from.host,
                from_label: seen.from.label.as_deref(),
                to: seen.to.host,
                to_label: seen.to.label.as_deref(),
                witnesses: &seen.witnesses,
                hosts,
                index: &index,
                senders_failing: patterns.senders(seen),
                receivers_failing: patterns.receivers(seen),
                reverse_fails: patterns.reverse(seen),
                towards_edge: seen.towards_edge,
                window: seen.window(),
                unnamed: check::UNNAMED.map(|words| catalog.word(words)),
                catalog,
                answering: check::Answering::default(),
            };
            diagnose_one(catalog, seen, &pair, &others)
        })
        .collect();
    diagnoses.sort_by(|a, b| {
        fn key(d: &Diagnosis) -> impl Ord + '_ {
            let problem = &d.problem;
            (d.severity, std::cmp::Reverse(problem.count), &problem.id, &problem.from, &problem.to)
        }
        key(a).cmp(&key(b))
    });
    diagnoses
}

fn diagnose_one(
    catalog: &Catalog,
    seen: &problem::Seen<'_>,
    pair: &Pair<'_>,
    others: &seen::Seen<'_>,
) -> Diagnosis {
    let mut facts = check::facts_of(pair);
    others.add(pair, &mut facts);
    let words = words::Words::new(pair, &facts);
    let causes = verdict::rank(catalog, pair.problem, &words, &check::WhatIf::new(pair));
    let (next, undecided) = evidence::next(catalog, pair.problem, &causes, &words);
    Diagnosis {
        schema: "exauth.diagnosis/1",
        severity: seen.severity,
        problem: ProblemSeen {
            id: seen.id.clone(),
            title: catalog.problem(&seen.id).map(|problem| problem.title.clone()).unwrap_or_default(),
            from: seen.from.label.clone(),
            to: seen.to.label.clone(),
            first_seen: seen.first_seen.clone(),
            last_seen: seen.last_seen.clone(),
            count: seen.count,
            seen_by: seen.issues.iter().cloned().collect(),
        },
        causes,
        undecided,
        next,
    }
}
