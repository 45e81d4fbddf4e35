//! The report as text for a person at a console: three lines first, then the evidence.

use super::sights::Sights;
use super::told;
use super::words::{Words, GIVE_BACK};
use super::Content;
use crate::diagnosis::{CauseResult, Diagnosis, Said, Verdict};
use crate::finding::cut;
use crate::session::Source;
use std::collections::HashMap;
use std::fmt::Write as _;

/// Commands that a reader gets; the document lists all that would decide something.
const NEXT_SHOWN: usize = 8;

/// Sights of a failure that a reader gets.
const SEEN_SHOWN: usize = 3;

/// Longest value that is quoted, by characters: the document has the rest.
const VALUE_CHARS: usize = 160;

/// The report as lines of text, in the catalog's language.
pub fn text(content: &Content<'_>) -> String {
    let words = Words { catalog: content.catalog };
    let mut out = String::new();
    let index = Index {
        sights: Sights::of(content.findings),
        sources: content.sources.iter().map(|source| (source.record, source)).collect(),
    };
    for diagnosis in content.diagnoses {
        write_diagnosis(&mut out, diagnosis, content, &index, &words);
    }
    if content.diagnoses.iter().any(|diagnosis| !diagnosis.next.is_empty()) {
        let _ = writeln!(out, "{}\n", words.word(GIVE_BACK));
    }
    let others: Vec<_> = content.findings.iter().filter(|finding| finding.problem.is_none()).collect();
    if !others.is_empty() {
        let _ = writeln!(out, "{}", words.word("SETTINGS AND MEASUREMENTS"));
        for finding in others {
            let _ = writeln!(out, "  [{}] {} ({})", words.mark(finding), finding.message, finding.id);
        }
        out.push('\n');
    }
    let summary = content.summary;
    if content.diagnoses.is_empty() && summary.findings == 0 {
        let nothing = "No sign of one server refusing another in what was given.";
        let _ = writeln!(out, "{}\n", words.word(nothing));
    }
    write_silenced(&mut out, content, &words);
    write_facts(&mut out, content, &words);
    write_left_over(&mut out, content, &words);
    let numbers = [summary.records, summary.findings, summary.problems, summary.ignored, summary.rejected];
    let [records, findings, problems, ignored, rejected] = numbers.map(|number| number.to_string());
    let line = words.filled(
        "{records} records, {findings} findings, {problems} problems ({ignored} of no known kind, {rejected} not readable)",
        &[
            ("records", &records),
            ("findings", &findings),
            ("problems", &problems),
            ("ignored", &ignored),
            ("rejected", &rejected),
        ],
    );
    let _ = writeln!(out, "{line}");
    out
}

/// What was read of each record, where the caller asked for it.
fn write_facts(out: &mut String, content: &Content<'_>, words: &Words<'_>) {
    if content.facts.is_empty() {
        return;
    }
    let _ = writeln!(out, "{}", words.word("WHAT WAS READ"));
    for record in content.facts {
        let _ = writeln!(out, "  {}", record.kind);
        for fact in &record.facts {
            let index = record.record.to_string();
            let values = [("record", index.as_str()), ("property", fact.property.as_str())];
            let place = words.filled("record {record}, {property}", &values);
            let _ = writeln!(out, "    {} = {} [{place}]", fact.name, fact.value);
        }
    }
    out.push('\n');
}

/// What no kind is known for, and what was no record.
fn write_left_over(out: &mut String, content: &Content<'_>, words: &Words<'_>) {
    if !content.ignored.is_empty() {
        let _ = writeln!(out, "{}", words.word("NOT LOOKED AT"));
        for ignored in &content.ignored {
            let (count, first) = (ignored.count.to_string(), ignored.first.to_string());
            let values = [("count", count.as_str()), ("kind", ignored.kind.as_str()), ("record", &first)];
            let _ = writeln!(out, "  {}", words.filled("{count} x {kind}, first: record {record}", &values));
        }
        out.push('\n');
    }
    if !content.rejected.is_empty() {
        let _ = writeln!(out, "{}", words.word("NOT READABLE"));
        for place in content.rejected {
            let (record, line) = (place.index.to_string(), place.line.to_string());
            let values = [("record", record.as_str()), ("line", &line), ("reason", &place.reason)];
            let _ = writeln!(out, "  {}", words.filled("record {record} (line {line}): {reason}", &values));
        }
        out.push('\n');
    }
}

/// What somebody answers for, and what nobody answers for any more.
fn write_silenced(out: &mut String, content: &Content<'_>, words: &Words<'_>) {
    let said: Vec<_> = content.suppressions.iter().filter(|applied| applied.findings > 0).collect();
    if said.is_empty() {
        return;
    }
    let _ = writeln!(out, "{}", words.word("SILENCED"));
    for applied in said {
        let entry = &applied.entry;
        let line = match applied.expired {
            false => "{count} x {issue} until {until}: {reason} ({owner})",
            true => "{count} x {issue} no longer, it ended {until}: {reason} ({owner})",
        };
        let count = applied.findings.to_string();
        let values = [
            ("count", count.as_str()),
            ("issue", &entry.issue),
            ("until", &entry.until),
            ("reason", &entry.reason),
            ("owner", &entry.owner),
        ];
        let _ = writeln!(out, "  {}", words.filled(line, &values));
    }
    out.push('\n');
}

/// What every diagnosis looks up.
struct Index<'c> {
    sights: Sights<'c>,
    /// By the record's index.
    sources: HashMap<usize, &'c Source>,
}

/// The places of the input that a diagnosis cites, numbered in the order in which they are named.
struct Places<'c> {
    index: &'c Index<'c>,
    named: Vec<(usize, &'c str, &'c str)>,
}

impl<'c> Places<'c> {
    /// The mark of a place behind a sentence.
    fn mark(&mut self, record: Option<usize>, property: Option<&'c str>, value: Option<&'c str>) -> String {
        let (Some(record), Some(property)) = (record, property) else { return String::new() };
        let place = (record, property, value.unwrap_or_default());
        let at = self.named.iter().position(|named| *named == place).unwrap_or_else(|| {
            self.named.push(place);
            self.named.len() - 1
        });
        format!(" [{}]", at + 1)
    }

    fn of(&mut self, said: &'c Said) -> String {
        self.mark(said.record, said.property.as_deref(), said.value.as_deref())
    }

    /// Each place with what is there: the record as a person would look for it, then its words.
    fn write(&self, out: &mut String, words: &Words<'_>) {
        if self.named.is_empty() {
            return;
        }
        let _ = writeln!(out, "\n  {}", words.word("SEEN IN"));
        for (at, (record, property, value)) in self.named.iter().enumerate() {
            let source = self.index.sources.get(record).copied();
            let parts = source.map(|source| origin(source, words)).unwrap_or_default();
            let place = match source.and_then(|source| Some((source.file.as_ref()?, source.number?))) {
                Some((file, number)) => {
                    let number = number.to_string();
                    words.filled("number {number} in {file}", &[("number", &number), ("file", file)])
                }
                None => words.filled("record {record}", &[("record", &record.to_string())]),
            };
            let parts: Vec<String> = parts.into_iter().chain([place]).collect();
            let _ = writeln!(out, "    [{}] {}", at + 1, parts.join(", "));
            let value = one_line(value);
            // A text has no properties: what was read of it need not stand there in these words.
            let value = match *property {
                "text" => words.filled("read there: {text}", &[("text", &value)]),
                property => format!("{property}: {value}"),
            };
            let _ = writeln!(out, "        {value}");
        }
    }
}

/// What a record is, where and when it was seen.
fn origin(source: &Source, words: &Words<'_>) -> Vec<String> {
    let mut parts = Vec::new();
    match &source.from {
        Some(command) if source.from_text => parts.push(command.clone()),
        _ => parts.push(format!("{} {}", source.kind, source.name).trim_end().to_owned()),
    }
    if let Some(computer) = &source.computer {
        parts.push(words.filled("on {server}", &[("server", computer)]));
    }
    parts.extend(source.time.as_deref().map(str::to_owned));
    parts
}

/// A value on one line, cut where it is long.
fn one_line(value: &str) -> String {
    cut(&value.split_whitespace().collect::<Vec<_>>().join(" "), VALUE_CHARS)
}

fn write_diagnosis<'c>(
    out: &mut String,
    diagnosis: &'c Diagnosis,
    content: &'c Content<'c>,
    index: &'c Index<'c>,
    words: &Words<'_>,
) {
    let mut places = Places { index, named: Vec::new() };
    let short = told::short(diagnosis, words);
    let _ = writeln!(out, "{}", diagnosis.problem.title.to_uppercase());
    let what = told::what(diagnosis, words);
    let lines =
        [("What happens: {text}", &what), ("Why: {text}", &short.why), ("What to do: {text}", &short.to_do)];
    for (line, text) in lines {
        let _ = writeln!(out, "  {}", words.filled(line, &[("text", text)]));
    }
    write_seen(out, diagnosis, content, &mut places, words);
    let ranking = told::ranking(diagnosis, words);
    for cause in told::in_full(diagnosis) {
        let why_here = ranking.iter().find(|ranked| *ranked.cause == *cause.id);
        let why_here = why_here.map(|ranked| ranked.says.as_str()).unwrap_or_default();
        let verdict = words.verdict(cause.verdict);
        let _ = writeln!(out, "\n  {verdict}: {} ({})\n    {why_here}", cause.title, cause.id);
        write_cause(out, cause, &mut places, words);
    }
    if let Some(undecided) = &diagnosis.undecided {
        let _ = writeln!(out, "\n  {}", undecided.says);
    }
    write_others(out, diagnosis, &mut places, words);
    places.write(out, words);
    if !diagnosis.next.is_empty() {
        let _ = writeln!(out, "\n  {}", words.word("LOOK AT NEXT"));
        for next in diagnosis.next.iter().take(NEXT_SHOWN) {
            let values = [("server", &*next.run_on), ("command", &*next.command)];
            let _ = writeln!(out, "    {}", words.filled("on {server}: {command}", &values));
            let _ = writeln!(out, "        {}", next.why);
        }
    }
    out.push('\n');
}

/// The findings that saw the failure: those whose ends are its own, or are not known.
fn write_seen<'c>(
    out: &mut String,
    diagnosis: &'c Diagnosis,
    content: &'c Content<'c>,
    places: &mut Places<'c>,
    words: &Words<'_>,
) {
    let problem = &diagnosis.problem;
    let seen = places.index.sights.seen(problem);
    for finding in seen.iter().take(SEEN_SHOWN) {
        // The property that says most: the others name the provider or the queue.
        let place = finding.evidence.iter().rev().max_by_key(|place| place.value.len());
        let mark = places.mark(
            place.map(|place| place.record),
            place.map(|place| &*place.property),
            place.map(|place| &*place.value),
        );
        let line = words.filled("Seen: {text}", &[("text", &finding.message)]);
        let _ = writeln!(out, "  {line}{mark}");
    }
    if seen.len() > SEEN_SHOWN {
        let more = (seen.len() - SEEN_SHOWN).to_string();
        let _ = writeln!(out, "    {}", words.filled("and {count} more", &[("count", &more)]));
    }
    // Of other findings the ends were found out from other records: they know them by other names.
    let others = problem.seen_by.iter().filter(|id| !seen.iter().any(|finding| finding.id == **id));
    for issue in others.filter_map(|id| content.catalog.issue(id)) {
        let _ = writeln!(out, "  {} ({})", words.filled("Seen: {text}", &[("text", &issue.title)]), issue.id);
    }
}

/// The causes that are not told in full: one line each where something is known, else named together.
fn write_others<'c>(out: &mut String, diagnosis: &'c Diagnosis, places: &mut Places<'c>, words: &Words<'_>) {
    let full: Vec<&str> = told::in_full(diagnosis).map(|cause| &*cause.id).collect();
    let explained = told::first_is_confirmed(diagnosis);
    for verdict in [Verdict::Possible, Verdict::Unlikely, Verdict::RuledOut] {
        let is_needless = explained && verdict == Verdict::Possible;
        let ours = diagnosis.causes.iter().filter(|cause| cause.verdict == verdict);
        let ours = ours.filter(|cause| !full.contains(&&*cause.id));
        let (told, silent): (Vec<&CauseResult>, Vec<&CauseResult>) =
            ours.partition(|cause| !(is_needless || cause.speaks_for.is_empty() && cause.against.is_empty()));
        if !told.is_empty() {
            let _ = writeln!(out, "\n  {}", words.verdict(verdict));
        }
        for cause in told {
            // A possible cause is named for what speaks for it, the others for what speaks against.
            let (good, bad) =
                (cause.speaks_for.first().map(|s| ('+', s)), cause.against.first().map(|s| ('-', s)));
            let said = if verdict == Verdict::Possible { good.or(bad) } else { bad.or(good) };
            // What was looked at at another time or place is no answer, and still was looked at.
            let mut limited =
                cause.against.iter().map(|s| ('-', s)).chain(cause.speaks_for.iter().map(|s| ('+', s)));
            let said = limited.find(|(_, said)| said.limited).or(said);
            let Some((sign, said)) = said else { continue };
            let _ = writeln!(out, "    {sign} {}: {}{}", cause.id, said.says, places.of(said));
        }
        if !silent.is_empty() {
            let ids: Vec<&str> = silent.iter().map(|cause| &*cause.id).collect();
            let (verdict, causes) = (words.verdict(verdict), ids.join(", "));
            let line = match is_needless {
                true => "{verdict}, but what is confirmed explains what was seen: {causes}",
                false => "{verdict}, nothing given speaks for or against: {causes}",
            };
            let values = [("verdict", verdict), ("causes", causes.as_str())];
            let _ = writeln!(out, "\n  {}", words.filled(line, &values));
        }
    }
}

fn write_cause<'c>(out: &mut String, cause: &'c CauseResult, places: &mut Places<'c>, words: &Words<'_>) {
    for (sign, list) in [('+', &cause.speaks_for), ('-', &cause.against)] {
        for said in list {
            let _ = writeln!(out, "    {sign} {}{}", said.says, places.of(said));
        }
    }
    for missing in &cause.missing {
        let _ = writeln!(out, "    ? {}", words.filled("not given: {missing}", &[("missing", missing)]));
    }
    if !told::is_answer(cause) {
        return;
    }
    for (number, step) in cause.fix.iter().enumerate() {
        let _ = writeln!(out, "    {}. {}", number + 1, step.text);
        if !step.command.is_empty() {
            let _ = writeln!(out, "       {}", step.command);
        }
        if let Some(effect) = &step.effect {
            let _ =
                writeln!(out, "       {}", words.filled("What would happen: {text}", &[("text", effect)]));
        }
        for (line, text) in [("check: {text}", &step.check), ("undo: {text}", &step.undo)] {
            if !text.is_empty() {
                let _ = writeln!(out, "       {}", words.filled(line, &[("text", text)]));
            }
        }
    }
}
