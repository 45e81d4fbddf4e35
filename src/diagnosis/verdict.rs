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
//!
//! # Age and place
//!
//! A failure has a window, from the first to the last sight of it: a queue that was collected still in
//! trouble is a sight at that time. An observation has a time and a place where its record says: an
//! event's own time, else when its envelope was collected, and the computer it was made on. Only times
//! in UTC are compared. Where a witness of the failure or an observation is not dated, the observation
//! counts fully: the failure may be going on. Where only two times are known between which something was
//! seen (a live object of a shell, since it was started), it is of another time where it is so at both,
//! and no report names a time for it: to date a witness or an observation takes from what is said, and
//! never adds.
//!
//! - *States* (a clock, a port, an answer of DNS, a service, a channel, replication, tickets;
//!   `fact::is_state` is the table) are of the time at which they were seen. What is in order more than an
//!   hour before the first or after the last sight does not rule out: it weakens by 3, and its sentence
//!   says why. What is wrong more than a day before the first sight does not confirm: it supports with 5.
//!   What is wrong after the last sight confirms as if it had been seen then: a state that is broken and
//!   can break the sign-in explains it, and a failure is not known to have ended because nobody looked.
//! - *Settings* (connectors, SPNs, attributes, certificates) stay, and count whenever they were read. One
//!   that was changed after the last sight does not rule out: it weakens by 3. A wrong one confirms: that
//!   something else was changed in the object is likelier than that it became wrong only then.
//! - *Places*: who looked decides for what is true of the one that looks. A port or a name that another
//!   computer than A tried, or a clock that another Exchange server measured, neither confirms nor rules
//!   out (`check::clock`, `check::path`; `age::SEEN_FROM_A` is the table of the rest).
//!
//! Lines that support or weaken count half under the same conditions, and none weakens by more than 3 then.
//!
//! A line that reads several facts counts fully where it would hold without those that do not, and a fact
//! with several places where one of them does. Where a state was measured in the window, measurements
//! from other times are not asked (`Pair::of_the_time`).

use super::age::{self, Standing};
use super::words::Words;
use crate::catalog::cause::{Cause, Effect, Fix, Need};
use crate::check::WhatIf;
use crate::finding::Evidence;
use crate::rule::Truth;
use crate::Catalog;
use std::borrow::Cow;
use std::sync::Arc;

/// Balance from which a cause is likely: two good signs, or one very good one.
const LIKELY_FROM: i32 = 5;

/// Balance from which a cause is unlikely.
const UNLIKELY_FROM: i32 = -3;

/// What a line that would rule out weakens by where its observation is of another time or place:
/// alone it makes the cause unlikely.
const RULED_OUT_THEN: i32 = -UNLIKELY_FROM;

/// What a line that would confirm supports with where its observation is of another time: alone it
/// makes the cause likely.
const CONFIRMED_THEN: i32 = LIKELY_FROM;

/// And where it is of another place: a hint.
const CONFIRMED_ELSEWHERE: i32 = 3;

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
    pub property: Option<Cow<'static, str>>,
    /// Its value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Arc<str>>,
    /// When it was observed, ISO 8601 UTC, where the record says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Arc<str>>,
    /// The computer on which it was observed, where the record says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<Arc<str>>,
    /// It is of another time or place than the failure, counts less for it, and says why.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub limited: bool,
    /// What it shows.
    pub says: Arc<str>,
}

/// One step of a fix, names filled in.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct FixStep {
    /// What to do.
    pub text: Arc<str>,
    /// The command that does it; empty where there is none.
    pub command: Arc<str>,
    /// How to see that it worked.
    pub check: Arc<str>,
    /// How to take it back.
    pub undo: Arc<str>,
    /// What would happen to the receive connectors and their senders; absent where it changes none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<String>,
}

/// A cause with its verdict.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct CauseResult {
    /// The cause's id.
    pub id: Arc<str>,
    /// What the evidence makes of it.
    pub verdict: Verdict,
    /// One line.
    pub title: Arc<str>,
    /// Why it is a candidate, and how likely beforehand (0 to 10).
    pub because: Arc<str>,
    /// The weight beforehand.
    pub weight: u8,
    /// What speaks for it.
    #[serde(rename = "for")]
    pub speaks_for: Vec<Said>,
    /// What speaks against it.
    pub against: Vec<Said>,
    /// What was not given and would decide it.
    pub missing: Vec<Arc<str>>,
    /// What to do.
    pub fix: Vec<FixStep>,
    /// Balance of the evidence, for the order.
    #[serde(skip)]
    pub(super) balance: i32,
    /// It was confirmed, and so was another one.
    #[serde(skip)]
    pub(super) shown: bool,
}

/// All causes that can lead to the problem, the answer first.
pub(super) fn rank(
    catalog: &Catalog,
    problem: &str,
    words: &Words<'_>,
    what_if: &WhatIf<'_, '_>,
) -> Vec<CauseResult> {
    let mut causes: Vec<CauseResult> =
        catalog.causes().filter_map(|cause| weigh(catalog, cause, problem, words, what_if)).collect();
    let confirmed = causes.iter().filter(|cause| cause.verdict == Verdict::Confirmed).count();
    for cause in &mut causes {
        match (cause.verdict, confirmed) {
            (Verdict::Confirmed, 2..) => {
                cause.verdict = Verdict::Likely;
                // What was shown stays ahead of what is only likely.
                cause.balance += 10 * LIKELY_FROM;
                cause.shown = true;
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

fn weigh(
    catalog: &Catalog,
    cause: &Cause,
    problem: &str,
    words: &Words<'_>,
    what_if: &WhatIf<'_, '_>,
) -> Option<CauseResult> {
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
        let good = matches!(rule.effect, Effect::RulesOut | Effect::Weakens);
        let limit = words.limit(&rule.when, if good { age::rules_out } else { age::confirms });
        let weight = match limit {
            None => i32::from(rule.weight),
            Some(_) => (i32::from(rule.weight) / 2).max(1),
        };
        match (rule.effect, &limit) {
            (Effect::Confirms, None) => confirms = true,
            (Effect::Confirms, Some(Standing::Elsewhere(_))) => balance += CONFIRMED_ELSEWHERE,
            (Effect::Confirms, Some(_)) => balance += CONFIRMED_THEN,
            (Effect::RulesOut, None) => rules_out = true,
            (Effect::RulesOut, Some(_)) => balance -= RULED_OUT_THEN,
            (Effect::Supports, _) => balance += weight,
            (Effect::Weakens, _) => balance -= weight.min(limit.as_ref().map_or(weight, |_| RULED_OUT_THEN)),
        }
        let mut says = rule.says.fill(words);
        if let Some(limit) = &limit {
            says = words.then.limited(catalog, &says, limit, rule.effect).into();
        }
        let list = if good { &mut against } else { &mut speaks_for };
        list.push(said(says, limit.is_some(), words.place(&rule.when.witnesses(words))));
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
    Some(CauseResult {
        id: cause.id.clone(),
        verdict,
        title: cause.title.clone(),
        because: candidate.because.clone(),
        weight: candidate.weight,
        speaks_for,
        against,
        missing: if open { missing } else { Vec::new() },
        fix: fix.map(|step| fill_fix(step, words, what_if)).collect(),
        balance,
        shown: false,
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
pub(super) fn concerns(problems: &[String], problem: &str) -> bool {
    problems.is_empty() || problems.iter().any(|id| id == problem)
}

fn said(says: Arc<str>, limited: bool, place: Option<&Evidence>) -> Said {
    let seen = place.and_then(|place| place.seen.as_deref());
    Said {
        at: seen.and_then(|sight| sight.time.clone()),
        on: seen.and_then(|sight| sight.on.clone()),
        record: place.map(|place| place.record),
        property: place.map(|place| place.property.clone()),
        value: place.map(|place| place.value.clone()),
        limited,
        says,
    }
}

fn fill_fix(step: &Fix, words: &Words<'_>, what_if: &WhatIf<'_, '_>) -> FixStep {
    let commands = &words.for_commands();
    FixStep {
        text: step.text.fill(words),
        command: words.command(&step.command),
        check: step.check.fill(commands),
        undo: step.undo.fill(commands),
        effect: what_if.effect(&step.changes),
    }
}
