//! A diagnosis in sentences: three lines for who has no time, and why each cause stands where it stands.

use super::words::{Words, AFTER, AFTER_CONFIRMED, FIRST, FIRST_CONFIRMED};
use crate::diagnosis::{CauseResult, Diagnosis, Verdict};
use serde::Serialize;

/// Causes that are told in full even where little is known of them; the others are named.
const IN_FULL: usize = 3;

/// What happens, why, and what to do: each one line.
#[derive(Serialize)]
pub(super) struct Short {
    pub what: String,
    pub why: String,
    #[serde(rename = "do")]
    pub to_do: String,
}

/// Why a cause stands where it stands.
#[derive(Serialize)]
pub(super) struct Ranked {
    pub cause: String,
    pub says: String,
}

/// True for a cause whose fix is worth telling.
pub(super) fn is_answer(cause: &CauseResult) -> bool {
    matches!(cause.verdict, Verdict::Confirmed | Verdict::Likely)
}

/// The causes that are told in full, in their order: beside a confirmed one the others are only named.
pub(super) fn in_full(diagnosis: &Diagnosis) -> impl Iterator<Item = &CauseResult> {
    let all = !first_is_confirmed(diagnosis);
    first_ones(diagnosis).filter(move |cause| all || is_answer(cause))
}

/// The causes whose place is told.
fn first_ones(diagnosis: &Diagnosis) -> impl Iterator<Item = &CauseResult> {
    let open = diagnosis.causes.iter().filter(|cause| cause.verdict != Verdict::RuledOut);
    open.enumerate()
        .filter(|(position, cause)| *position < IN_FULL || is_answer(cause))
        .map(|(_, cause)| cause)
}

/// Who could not sign in to whom, how often and when.
pub(super) fn what(diagnosis: &Diagnosis, words: &Words<'_>) -> String {
    let problem = &diagnosis.problem;
    let name = |name: &Option<String>| match name {
        Some(name) => name.clone(),
        None => words.word("(not known)").to_owned(),
    };
    let (from, to, count) = (name(&problem.from), name(&problem.to), problem.count.to_string());
    let spread = problem.first_seen != problem.last_seen;
    let line = match problem.count {
        // Of one sight with its time, and the time of what belongs to it.
        1 if spread => "from {from} to {to}",
        1 => "from {from} to {to}, seen once",
        _ => "from {from} to {to}, seen {count} times",
    };
    let line = words.filled(line, &[("from", &from), ("to", &to), ("count", &count)]);
    match (&problem.first_seen, &problem.last_seen) {
        (Some(first), Some(last)) if first != last => {
            format!("{line}, {}", words.filled("{first} to {last}", &[("first", first), ("last", last)]))
        }
        (Some(first), _) => format!("{line}, {first}"),
        _ => line,
    }
}

/// The three lines.
pub(super) fn short(diagnosis: &Diagnosis, words: &Words<'_>) -> Short {
    let what = what(diagnosis, words);
    let what = words.filled("{title}: {text}", &[("title", &diagnosis.problem.title), ("text", &what)]);
    let first = diagnosis.causes.first().filter(|cause| cause.verdict != Verdict::RuledOut);
    let why = match first {
        Some(cause) if is_answer(cause) => {
            let says = cause.speaks_for.first().map(|said| &*said.says).unwrap_or_default();
            let title = words.filled("{title}: {text}", &[("title", &cause.title), ("text", says)]);
            words.filled("{title}: {text}", &[("title", words.verdict(cause.verdict)), ("text", &title)])
        }
        first => {
            let title = first.map(|cause| &*cause.title);
            let title = title.unwrap_or_else(|| words.word("(not known)"));
            words.filled("not known yet; first in question: {title}", &[("title", title)])
        }
    };
    // What bears on the answer itself; without an answer, what bears on most.
    let next = diagnosis.next.iter().find(|next| match first {
        Some(cause) if is_answer(cause) => next.decides.contains(&cause.id),
        _ => true,
    });
    let asked = next.map(|next| [("server", &*next.run_on), ("command", &*next.command)]);
    let fix = first.filter(|cause| is_answer(cause)).and_then(|cause| cause.fix.first());
    let undecided = diagnosis.undecided.as_ref().map(|undecided| undecided.says.clone());
    let to_do = undecided.unwrap_or_else(|| match (fix, asked) {
        (Some(fix), None) => fix.text.to_string(),
        (Some(fix), Some([server, command])) => words.filled(
            "{text} To be sure first, run on {server}: {command}",
            &[("text", &fix.text), server, command],
        ),
        (None, Some(asked)) => words.filled("run on {server}: {command}", &asked),
        (None, None) => words.word("look at the causes below; nothing more to ask for is known").to_owned(),
    });
    Short { what, why, to_do }
}

/// The order of the first causes, in sentences.
pub(super) fn ranking(diagnosis: &Diagnosis, words: &Words<'_>) -> Vec<Ranked> {
    let mut before: Option<&CauseResult> = None;
    let mut ranked = Vec::new();
    for cause in first_ones(diagnosis) {
        let line = match (before, cause.verdict) {
            (None, Verdict::Confirmed) => FIRST_CONFIRMED,
            (None, _) => FIRST,
            (Some(_), _) if first_is_confirmed(diagnosis) => AFTER_CONFIRMED,
            (Some(_), _) => AFTER,
        };
        let first = diagnosis.causes.first().filter(|_| first_is_confirmed(diagnosis));
        let (for_, against) = (cause.speaks_for.len().to_string(), cause.against.len().to_string());
        let values = [
            ("before", first.or(before).map(|cause| &*cause.id).unwrap_or_default()),
            ("for", for_.as_str()),
            ("against", against.as_str()),
            ("because", &*cause.because),
        ];
        ranked.push(Ranked { cause: cause.id.to_string(), says: words.filled(line, &values) });
        before = Some(cause);
    }
    ranked
}

pub(super) fn first_is_confirmed(diagnosis: &Diagnosis) -> bool {
    diagnosis.causes.first().is_some_and(|cause| cause.verdict == Verdict::Confirmed)
}
