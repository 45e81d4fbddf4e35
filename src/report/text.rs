//! The report as text for a person at a console.

use super::Content;
use crate::diagnosis::{CauseResult, Diagnosis, Said, Verdict};
use crate::finding::{Finding, Outcome, Severity};
use crate::Catalog;
use std::fmt::Write as _;

/// Commands that a reader gets; the document lists all that would decide something.
const NEXT_SHOWN: usize = 8;

/// Causes that are told in full; the others are named.
const IN_FULL: usize = 3;

/// Every word of the report itself, in English: what a message catalog translates besides the catalog's texts.
pub const WORDS: &[&str] = &[
    "CONFIRMED",
    "LIKELY",
    "POSSIBLE",
    "UNLIKELY",
    "RULED OUT",
    "ERROR",
    "WARNING",
    "INFO",
    "CLEAR",
    "UNKNOWN",
    "SETTINGS AND MEASUREMENTS",
    "WHAT WAS READ",
    "NOT LOOKED AT",
    "NOT READABLE",
    "SILENCED",
    "LOOK AT NEXT",
    "(not known)",
    "not given: {missing}",
    "What would happen: {text}",
    "check: {text}",
    "undo: {text}",
    "on {server}: {command}",
    "{count} x {kind}",
    "{count} x {issue} until {until}: {reason} ({owner})",
    "{count} x {issue} no longer, it ended {until}: {reason} ({owner})",
    "record {record}, {property}",
    "record {record} (line {line}): {reason}",
    "from {from} to {to}, seen once",
    "from {from} to {to}, seen {count} times",
    "{first} to {last}",
    "{verdict}, NOTHING MORE KNOWN: {causes}",
    "{records} records, {findings} findings, {problems} problems ({ignored} of no known kind, {rejected} not readable)",
    "No sign of one server refusing another in what was given.",
];

/// The report as lines of text, in the catalog's language.
pub fn text(content: &Content<'_>) -> String {
    let words = Words { catalog: content.catalog };
    let mut out = String::new();
    let summary = content.summary;
    let numbers = [
        ("records", summary.records.to_string()),
        ("findings", summary.findings.to_string()),
        ("problems", summary.problems.to_string()),
        ("ignored", summary.ignored.to_string()),
        ("rejected", summary.rejected.to_string()),
    ];
    let _ = writeln!(
        out,
        "{}",
        words.filled(
            "{records} records, {findings} findings, {problems} problems ({ignored} of no known kind, {rejected} not readable)",
            &numbers
        )
    );
    for diagnosis in content.diagnoses {
        write_diagnosis(&mut out, diagnosis, &words);
    }
    let others: Vec<_> = content.findings.iter().filter(|finding| finding.problem.is_none()).collect();
    if !others.is_empty() {
        let _ = writeln!(out, "\n{}", words.word("SETTINGS AND MEASUREMENTS"));
        for finding in others {
            let _ = writeln!(out, "  [{}] {} ({})", words.mark(finding), finding.message, finding.id);
        }
    }
    if content.diagnoses.is_empty() && summary.findings == 0 {
        let nothing = "No sign of one server refusing another in what was given.";
        let _ = writeln!(out, "\n{}", words.word(nothing));
    }
    write_silenced(&mut out, content, &words);
    if !content.facts.is_empty() {
        let _ = writeln!(out, "\n{}", words.word("WHAT WAS READ"));
    }
    for record in content.facts {
        let _ = writeln!(out, "  {}", record.kind);
        for fact in &record.facts {
            let values = [("record", record.record.to_string()), ("property", fact.property.clone())];
            let place = words.filled("record {record}, {property}", &values);
            let _ = writeln!(out, "    {} = {} [{place}]", fact.name, fact.value);
        }
    }
    if !content.ignored.is_empty() {
        let _ = writeln!(out, "\n{}", words.word("NOT LOOKED AT"));
        for ignored in &content.ignored {
            let values = [("count", ignored.count.to_string()), ("kind", ignored.kind.clone())];
            let _ = writeln!(out, "  {}", words.filled("{count} x {kind}", &values));
        }
    }
    if !content.rejected.is_empty() {
        let _ = writeln!(out, "\n{}", words.word("NOT READABLE"));
        for place in content.rejected {
            let values = [
                ("record", place.index.to_string()),
                ("line", place.line.to_string()),
                ("reason", place.reason.clone()),
            ];
            let _ = writeln!(out, "  {}", words.filled("record {record} (line {line}): {reason}", &values));
        }
    }
    out
}

/// The report's own words in the catalog's language.
struct Words<'c> {
    catalog: &'c Catalog,
}

impl Words<'_> {
    fn word<'w>(&'w self, english: &'w str) -> &'w str {
        debug_assert!(WORDS.contains(&english), "not in WORDS: {english}");
        self.catalog.word(english)
    }

    /// A line with `{name}` for values.
    fn filled(&self, english: &str, values: &[(&str, String)]) -> String {
        let mut rest = self.word(english);
        let mut out = String::new();
        // Left to right, so that a value with braces in it is never filled itself.
        while let Some((before, behind)) = rest.split_once('{') {
            let (name, after) = behind.split_once('}').unwrap_or((behind, ""));
            out.push_str(before);
            out.push_str(values.iter().find(|(known, _)| *known == name).map_or("?", |(_, value)| value));
            rest = after;
        }
        out.push_str(rest);
        out
    }

    fn verdict(&self, verdict: Verdict) -> &str {
        self.word(match verdict {
            Verdict::Confirmed => "CONFIRMED",
            Verdict::Likely => "LIKELY",
            Verdict::Possible => "POSSIBLE",
            Verdict::Unlikely => "UNLIKELY",
            Verdict::RuledOut => "RULED OUT",
        })
    }

    /// How serious a finding is, or that it is none.
    fn mark(&self, finding: &Finding) -> &str {
        self.word(match (finding.outcome, finding.severity) {
            (Outcome::Clear, _) => "CLEAR",
            (Outcome::Unknown, _) => "UNKNOWN",
            (Outcome::Found, Severity::Error) => "ERROR",
            (Outcome::Found, Severity::Warning) => "WARNING",
            (Outcome::Found, Severity::Info) => "INFO",
        })
    }
}

/// What somebody answers for, and what nobody answers for any more.
fn write_silenced(out: &mut String, content: &Content<'_>, words: &Words<'_>) {
    let said: Vec<_> = content.suppressions.iter().filter(|applied| applied.findings > 0).collect();
    if said.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{}", words.word("SILENCED"));
    for applied in said {
        let entry = &applied.entry;
        let line = match applied.expired {
            false => "{count} x {issue} until {until}: {reason} ({owner})",
            true => "{count} x {issue} no longer, it ended {until}: {reason} ({owner})",
        };
        let values = [
            ("count", applied.findings.to_string()),
            ("issue", entry.issue.clone()),
            ("until", entry.until.clone()),
            ("reason", entry.reason.clone()),
            ("owner", entry.owner.clone()),
        ];
        let _ = writeln!(out, "  {}", words.filled(line, &values));
    }
}

fn write_diagnosis(out: &mut String, diagnosis: &Diagnosis, words: &Words<'_>) {
    let problem = &diagnosis.problem;
    let name = |name: &Option<String>| match name {
        Some(name) => name.clone(),
        None => words.word("(not known)").to_owned(),
    };
    let ends =
        [("from", name(&problem.from)), ("to", name(&problem.to)), ("count", problem.count.to_string())];
    let line = match problem.count {
        1 => "from {from} to {to}, seen once",
        _ => "from {from} to {to}, seen {count} times",
    };
    let time = match (&problem.first_seen, &problem.last_seen) {
        (Some(first), Some(last)) if first != last => {
            let values = [("first", first.clone()), ("last", last.clone())];
            format!(", {}", words.filled("{first} to {last}", &values))
        }
        (Some(first), _) => format!(", {first}"),
        _ => String::new(),
    };
    let _ = writeln!(out, "\n{}\n  {}{time}", problem.title.to_uppercase(), words.filled(line, &ends));
    let open = |cause: &&CauseResult| cause.verdict != Verdict::RuledOut;
    let told = |position: usize, cause: &CauseResult| {
        position < IN_FULL || matches!(cause.verdict, Verdict::Confirmed | Verdict::Likely)
    };
    let mut rest: [(Verdict, Vec<&str>); 2] =
        [(Verdict::Possible, Vec::new()), (Verdict::Unlikely, Vec::new())];
    for (position, cause) in diagnosis.causes.iter().filter(open).enumerate() {
        if told(position, cause) {
            write_cause(out, cause, words);
        } else if let Some((_, ids)) = rest.iter_mut().find(|(verdict, _)| *verdict == cause.verdict) {
            ids.push(&cause.id);
        }
    }
    for (verdict, ids) in rest.iter().filter(|(_, ids)| !ids.is_empty()) {
        let values = [("verdict", words.verdict(*verdict).to_owned()), ("causes", ids.join(", "))];
        let _ = writeln!(out, "\n  {}", words.filled("{verdict}, NOTHING MORE KNOWN: {causes}", &values));
    }
    let ruled_out: Vec<_> = diagnosis.causes.iter().filter(|cause| !open(cause)).collect();
    if !ruled_out.is_empty() {
        let _ = writeln!(out, "\n  {}", words.verdict(Verdict::RuledOut));
        for cause in ruled_out {
            let why = cause.against.first().map(|said| said.says.as_str()).unwrap_or_default();
            let _ = writeln!(out, "    {}: {why}", cause.id);
        }
    }
    if !diagnosis.next.is_empty() {
        let _ = writeln!(out, "\n  {}", words.word("LOOK AT NEXT"));
        for next in diagnosis.next.iter().take(NEXT_SHOWN) {
            let values = [("server", next.run_on.clone()), ("command", next.command.clone())];
            let _ = writeln!(out, "    {}", words.filled("on {server}: {command}", &values));
            let _ = writeln!(out, "        {}", next.why);
        }
    }
}

fn write_cause(out: &mut String, cause: &CauseResult, words: &Words<'_>) {
    let _ = writeln!(out, "\n  {}: {} ({})", words.verdict(cause.verdict), cause.title, cause.id);
    let say = |out: &mut String, sign: char, said: &Said| {
        let place = match (said.record, &said.property) {
            (Some(record), Some(property)) => {
                let values = [("record", record.to_string()), ("property", property.clone())];
                format!(" [{}]", words.filled("record {record}, {property}", &values))
            }
            _ => String::new(),
        };
        let _ = writeln!(out, "    {sign} {}{place}", said.says);
    };
    cause.speaks_for.iter().for_each(|said| say(out, '+', said));
    cause.against.iter().for_each(|said| say(out, '-', said));
    for missing in &cause.missing {
        let _ =
            writeln!(out, "    ? {}", words.filled("not given: {missing}", &[("missing", missing.clone())]));
    }
    if matches!(cause.verdict, Verdict::Confirmed | Verdict::Likely) {
        for (number, step) in cause.fix.iter().enumerate() {
            let _ = writeln!(out, "    {}. {}", number + 1, step.text);
            if !step.command.is_empty() {
                let _ = writeln!(out, "       {}", step.command);
            }
            if let Some(effect) = &step.effect {
                let line = words.filled("What would happen: {text}", &[("text", effect.clone())]);
                let _ = writeln!(out, "       {line}");
            }
            for (line, text) in [("check: {text}", &step.check), ("undo: {text}", &step.undo)] {
                if !text.is_empty() {
                    let _ = writeln!(out, "       {}", words.filled(line, &[("text", text.clone())]));
                }
            }
        }
    }
}
