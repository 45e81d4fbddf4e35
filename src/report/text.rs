//! The report as text for a person at a console.

use super::Content;
use crate::diagnosis::{CauseResult, Diagnosis, Said, Verdict};
use std::fmt::Write as _;

/// Causes that are told in full; the others are named.
const IN_FULL: usize = 3;

/// The report as lines of text.
pub fn text(content: &Content<'_>) -> String {
    let mut out = String::new();
    let summary = content.summary;
    let _ = writeln!(
        out,
        "{} records, {} findings, {} problems ({} of no known kind, {} not readable)",
        summary.records, summary.findings, summary.problems, summary.ignored, summary.rejected
    );
    for diagnosis in content.diagnoses {
        write_diagnosis(&mut out, diagnosis);
    }
    let others: Vec<_> = content.findings.iter().filter(|finding| finding.problem.is_none()).collect();
    if !others.is_empty() {
        let _ = writeln!(out, "\nSETTINGS AND MEASUREMENTS");
        for finding in others {
            let mark = format!("{:?}", finding.severity).to_uppercase();
            let outcome = match finding.outcome {
                crate::finding::Outcome::Found => mark,
                other => format!("{other:?}").to_uppercase(),
            };
            let _ = writeln!(out, "  [{outcome}] {} ({})", finding.message, finding.id);
        }
    }
    if content.diagnoses.is_empty() && summary.findings == 0 {
        let _ = writeln!(out, "\nNo sign of one server refusing another in what was given.");
    }
    if !content.ignored.is_empty() {
        let _ = writeln!(out, "\nNOT LOOKED AT");
        for ignored in &content.ignored {
            let _ = writeln!(out, "  {} x {}", ignored.count, ignored.kind);
        }
    }
    if !content.rejected.is_empty() {
        let _ = writeln!(out, "\nNOT READABLE");
        for place in content.rejected {
            let _ = writeln!(out, "  record {} (line {}): {}", place.index, place.line, place.reason);
        }
    }
    out
}

fn write_diagnosis(out: &mut String, diagnosis: &Diagnosis) {
    let problem = &diagnosis.problem;
    let _ = writeln!(out, "\n{}", problem.title.to_uppercase());
    let _ = writeln!(
        out,
        "  from {} to {}, seen {} time{}{}",
        problem.from.as_deref().unwrap_or("(not known)"),
        problem.to.as_deref().unwrap_or("(not known)"),
        problem.count,
        if problem.count == 1 { "" } else { "s" },
        match (&problem.first_seen, &problem.last_seen) {
            (Some(first), Some(last)) if first != last => format!(", {first} to {last}"),
            (Some(first), _) => format!(", {first}"),
            _ => String::new(),
        }
    );
    let open = |cause: &&CauseResult| cause.verdict != Verdict::RuledOut;
    let told = |position: usize, cause: &CauseResult| {
        position < IN_FULL || matches!(cause.verdict, Verdict::Confirmed | Verdict::Likely)
    };
    let mut rest: [(Verdict, Vec<&str>); 2] = [(Verdict::Possible, Vec::new()), (Verdict::Unlikely, Vec::new())];
    for (position, cause) in diagnosis.causes.iter().filter(open).enumerate() {
        if told(position, cause) {
            write_cause(out, cause);
        } else if let Some((_, ids)) = rest.iter_mut().find(|(verdict, _)| *verdict == cause.verdict) {
            ids.push(&cause.id);
        }
    }
    for (verdict, ids) in rest.iter().filter(|(_, ids)| !ids.is_empty()) {
        let _ = writeln!(out, "\n  {}, NOTHING MORE KNOWN: {}", verdict_words(*verdict), ids.join(", "));
    }
    let ruled_out: Vec<_> = diagnosis.causes.iter().filter(|cause| !open(cause)).collect();
    if !ruled_out.is_empty() {
        let _ = writeln!(out, "\n  RULED OUT");
        for cause in ruled_out {
            let why = cause.against.first().map(|said| said.says.as_str()).unwrap_or_default();
            let _ = writeln!(out, "    {}: {why}", cause.id);
        }
    }
    if !diagnosis.next.is_empty() {
        let _ = writeln!(out, "\n  LOOK AT NEXT");
        for next in &diagnosis.next {
            let _ = writeln!(out, "    on {}: {}\n        {}", next.run_on, next.command, next.why);
        }
    }
}

fn verdict_words(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Confirmed => "CONFIRMED",
        Verdict::Likely => "LIKELY",
        Verdict::Possible => "POSSIBLE",
        Verdict::Unlikely => "UNLIKELY",
        Verdict::RuledOut => "RULED OUT",
    }
}

fn write_cause(out: &mut String, cause: &CauseResult) {
    let _ = writeln!(out, "\n  {}: {} ({})", verdict_words(cause.verdict), cause.title, cause.id);
    let say = |out: &mut String, sign: char, said: &Said| {
        let place = match (said.record, &said.property) {
            (Some(record), Some(property)) => format!(" [record {record}, {property}]"),
            _ => String::new(),
        };
        let _ = writeln!(out, "    {sign} {}{place}", said.says);
    };
    cause.speaks_for.iter().for_each(|said| say(out, '+', said));
    cause.against.iter().for_each(|said| say(out, '-', said));
    for missing in &cause.missing {
        let _ = writeln!(out, "    ? not given: {missing}");
    }
    if matches!(cause.verdict, Verdict::Confirmed | Verdict::Likely) {
        for (number, step) in cause.fix.iter().enumerate() {
            let _ = writeln!(out, "    {}. {}", number + 1, step.text);
            for (label, words) in [("", &step.command), ("check: ", &step.check), ("undo: ", &step.undo)] {
                if !words.is_empty() {
                    let _ = writeln!(out, "       {label}{words}");
                }
            }
        }
    }
}
