//! The calculus: what the evidence makes of each cause.
//!
//! For each cause that can lead to the problem, its table of evidence is read:
//!
//! - a line that *confirms* and none that rules out: `confirmed`; where several
//!   causes are confirmed, each explains the failure and none can claim it alone:
//!   all are `likely`; where one is confirmed the failure has its explanation, and what was only
//!   likely is `possible`;
//! - a line that *rules out* and none that confirms: `ruled_out`; both: `possible`,
//!   as the evidence contradicts itself;
//! - else the balance of `supports` minus `weakens`: `likely` from +5, `unlikely`
//!   from -3, `possible` between.
//!
//! Order: verdict, then balance plus the weight beforehand, then id. More evidence
//! for a cause never lowers it, and the order of the input changes nothing.

use crate::catalog::cause::{Cause, Effect, Fix, Need};
use crate::check::{Pair, PairFacts, WhatIf};
use crate::fact::{parse_address, Fact, FactTable};
use crate::finding::Evidence;
use crate::rule::{Facts, Truth};
use crate::Catalog;

/// Balance from which a cause is likely: two good signs, or one very good one.
const LIKELY_FROM: i32 = 5;

/// Balance from which a cause is unlikely.
const UNLIKELY_FROM: i32 = -3;

/// What the evidence makes of a cause, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is so, and no other cause explains what was seen.
    Confirmed,
    /// Much speaks for it.
    Likely,
    /// It is open.
    Possible,
    /// Something speaks against it.
    Unlikely,
    /// It cannot be.
    RuledOut,
}

/// A sentence about a cause and the place of the input that shows it.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Said {
    /// Index of the record, where one shows it.
    pub record: Option<usize>,
    /// The property.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub property: Option<String>,
    /// Its value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// What it shows.
    pub says: String,
}

/// One step of a fix, names filled in.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct FixStep {
    /// What to do.
    pub text: String,
    /// The command that does it; empty where there is none.
    pub command: String,
    /// How to see that it worked.
    pub check: String,
    /// How to take it back.
    pub undo: String,
    /// What would happen to the receive connectors and their senders; absent where it changes none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<String>,
}

/// A cause with its verdict.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct CauseResult {
    /// The cause's id.
    pub id: String,
    /// What the evidence makes of it.
    pub verdict: Verdict,
    /// One line.
    pub title: String,
    /// Why it is a candidate, and how likely beforehand (0 to 10).
    pub because: String,
    /// The weight beforehand.
    pub weight: u8,
    /// What speaks for it.
    #[serde(rename = "for")]
    pub speaks_for: Vec<Said>,
    /// What speaks against it.
    pub against: Vec<Said>,
    /// What was not given and would decide it.
    pub missing: Vec<String>,
    /// What to do.
    pub fix: Vec<FixStep>,
    /// Balance of the evidence, for the order.
    #[serde(skip)]
    pub(super) balance: i32,
}

/// The facts of a pair together with the names that sentences use.
pub(super) struct Words<'a> {
    names: FactTable,
    facts: &'a PairFacts,
    /// B where it is one server; a site or group has no name to paste into a command.
    pasteable: Option<String>,
    group: String,
    /// A is not known: its name in sentences cannot be pasted.
    nobody: bool,
}

impl<'a> Words<'a> {
    pub(super) fn new(pair: &Pair<'_>, facts: &'a PairFacts) -> Words<'a> {
        let mut names = FactTable::default();
        names.add_text("from", pair.from_name(), "");
        names.add_text("to", pair.to_name(), "");
        names.add_text("to_fqdn", pair.to_full_name(), "");
        let domain = pair.to_full_name().split_once('.').map(|(_, domain)| domain.to_owned());
        names.add_text("to_domain", domain.unwrap_or_else(|| "<domain>".to_owned()), "");
        let mut copy = |fact: &'static str, name: &'static str| {
            facts.each(fact, &mut |f| {
                if names.get(name).is_none() {
                    names.add_text(name, f.value.to_string(), "");
                }
                false
            });
        };
        copy("connector.name", "connector");
        copy("problem.connector", "connector");
        copy("target.url_host", "target_host");
        copy("target.url", "target_url");
        let single = pair.to.is_some() || pair.to_label.is_some_and(|label| parse_address(label).is_some());
        let pasteable = single.then(|| pair.to_name().to_owned());
        let nobody = pair.from_label.is_none();
        Words { names, facts, pasteable, group: pair.to_name().to_owned(), nobody }
    }

    /// The same facts, with names that can stand in a command.
    pub(super) fn for_commands(&self) -> Words<'a> {
        let mut names = self.names.clone();
        let server = self.pasteable.clone().unwrap_or_else(|| format!("<{}>", self.group));
        if let (Some(server), Some(connector)) = (&self.pasteable, names.text("connector").map(str::to_owned))
        {
            names.replace_text("connector", format!("{server}\\{connector}"));
        }
        names.replace_text("to", server);
        if self.nobody {
            let from = format!("<{}>", names.text("from").unwrap_or_default());
            names.replace_text("from", from);
        }
        Words {
            names,
            facts: self.facts,
            pasteable: self.pasteable.clone(),
            group: self.group.clone(),
            nobody: self.nobody,
        }
    }

    /// Places of the input behind the facts of a condition.
    fn places(&self, witnesses: &[&Fact]) -> Vec<Evidence> {
        let mut places: Vec<Evidence> = Vec::new();
        for place in witnesses.iter().flat_map(|fact| self.facts.evidence(fact)) {
            if !places.contains(place) {
                places.push(place.clone());
            }
        }
        places
    }

    /// True when none of the facts is known.
    fn lacks_all(&self, names: &[String]) -> bool {
        !names.iter().any(|name| self.facts.knows(name))
    }
}

impl Facts for Words<'_> {
    fn each<'f>(&'f self, name: &str, each: &mut dyn FnMut(&'f Fact) -> bool) {
        self.names.each(name, each);
        self.facts.each(name, each);
    }
}

/// All causes that can lead to the problem, the answer first.
pub(super) fn rank(
    catalog: &Catalog,
    problem: &str,
    words: &Words<'_>,
    what_if: &WhatIf<'_>,
) -> Vec<CauseResult> {
    let mut causes: Vec<CauseResult> =
        catalog.causes().filter_map(|cause| weigh(cause, problem, words, what_if)).collect();
    let confirmed = causes.iter().filter(|cause| cause.verdict == Verdict::Confirmed).count();
    for cause in &mut causes {
        match (cause.verdict, confirmed) {
            (Verdict::Confirmed, 2..) => {
                cause.verdict = Verdict::Likely;
                // What was shown stays ahead of what is only likely.
                cause.balance += 10 * LIKELY_FROM;
            }
            (Verdict::Likely, 1) => cause.verdict = Verdict::Possible,
            _ => {}
        }
    }
    causes.sort_by(|a, b| {
        let key =
            |c: &CauseResult| (c.verdict, std::cmp::Reverse(c.balance + i32::from(c.weight)), c.id.clone());
        key(a).cmp(&key(b))
    });
    causes
}

fn weigh(cause: &Cause, problem: &str, words: &Words<'_>, what_if: &WhatIf<'_>) -> Option<CauseResult> {
    let candidate = cause.candidate_for.iter().find(|candidate| candidate.problem == problem)?;
    if candidate.unless.as_ref().is_some_and(|unless| unless.evaluate(words) == Truth::True) {
        return None;
    }
    let (mut confirms, mut rules_out, mut balance) = (false, false, 0i32);
    let (mut speaks_for, mut against) = (Vec::new(), Vec::new());
    for rule in &cause.evidence {
        if !concerns(&rule.problems, problem) || rule.when.evaluate(words) != Truth::True {
            continue;
        }
        let places = words.places(&rule.when.witnesses(words));
        let list = match rule.effect {
            Effect::Confirms => {
                confirms = true;
                &mut speaks_for
            }
            Effect::Supports => {
                balance += i32::from(rule.weight);
                &mut speaks_for
            }
            Effect::Weakens => {
                balance -= i32::from(rule.weight);
                &mut against
            }
            Effect::RulesOut => {
                rules_out = true;
                &mut against
            }
        };
        list.push(said(rule.says.fill(words), places.first()));
    }
    let verdict = match (confirms, rules_out) {
        (true, false) => Verdict::Confirmed,
        (false, true) => Verdict::RuledOut,
        (true, true) => Verdict::Possible,
        (false, false) if balance >= LIKELY_FROM => Verdict::Likely,
        (false, false) if balance <= UNLIKELY_FROM => Verdict::Unlikely,
        (false, false) => Verdict::Possible,
    };
    let open = !matches!(verdict, Verdict::Confirmed | Verdict::RuledOut);
    let missing = open_needs(cause, problem, words).map(|need| need.words.fill(words)).collect();
    let fix = if verdict == Verdict::RuledOut { &[][..] } else { cause.fix.as_slice() };
    let fix = fix.iter().filter(|step| concerns(&step.problems, problem));
    let commands = words.for_commands();
    Some(CauseResult {
        id: cause.id.clone(),
        verdict,
        title: cause.title.clone(),
        because: candidate.because.clone(),
        weight: candidate.weight,
        speaks_for,
        against,
        missing: if open { missing } else { Vec::new() },
        fix: fix.map(|step| fill_fix(step, words, &commands, what_if)).collect(),
        balance,
    })
}

/// The cause's needs that nothing given answers.
pub(super) fn open_needs<'c>(
    cause: &'c Cause,
    problem: &'c str,
    words: &'c Words<'_>,
) -> impl Iterator<Item = &'c Need> + 'c {
    cause.needs.iter().filter(move |need| concerns(&need.problems, problem) && words.lacks_all(&need.facts))
}

/// A part of a cause without problems speaks for all of them.
fn concerns(problems: &[String], problem: &str) -> bool {
    problems.is_empty() || problems.iter().any(|id| id == problem)
}

fn said(says: String, place: Option<&Evidence>) -> Said {
    Said {
        record: place.map(|place| place.record),
        property: place.map(|place| place.property.clone()),
        value: place.map(|place| place.value.clone()),
        says,
    }
}

fn fill_fix(step: &Fix, words: &Words<'_>, commands: &Words<'_>, what_if: &WhatIf<'_>) -> FixStep {
    FixStep {
        text: step.text.fill(words),
        command: step.command.fill_command(commands),
        check: step.check.fill(commands),
        undo: step.undo.fill(commands),
        effect: what_if.effect(&step.changes),
    }
}
