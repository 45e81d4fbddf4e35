//! One analysis: records in, findings out as they come, diagnoses at the end.
//!
//! Keeps of each record only its facts, and those only where a diagnosis or a
//! check across records can use them: a hundred thousand healthy queues leave
//! nothing behind.

mod file;
mod merge;
mod options;
mod received;
mod source;
mod suppression;

pub use merge::Merged;
pub use options::Options;
pub use received::{Counted, ReceivedKind};
pub use source::Source;
pub use suppression::{Applied, Suppressed, Suppression};

use crate::catalog::{Issue, Others};
use crate::diagnosis::{self, Diagnosis};
use crate::fact::{shows_present, FactTable, Observation};
use crate::finding::{Finding, Outcome, Subject};
use crate::record::{self, Body, Kind, Record, Rejected};
use crate::{check, limits, report, Catalog, Error, Result};
use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, OnceLock};

/// Records of a kind that is not known, counted by what they call themselves.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Ignored {
    /// Type name, or `text`.
    pub kind: String,
    /// How many.
    pub count: usize,
    /// Index of the first one.
    pub first: usize,
}

/// What was read of one record; an entry of `facts` in `exauth.report/1`.
#[derive(Debug, Clone, serde::Serialize)]
pub struct RecordFacts {
    /// Index of the record in the input.
    pub record: usize,
    /// Its kind.
    pub kind: &'static str,
    /// Its facts in the order in which they were read.
    pub facts: Vec<ShownFact>,
}

/// A fact, and where it was read.
#[derive(Debug, Clone, serde::Serialize)]
pub struct ShownFact {
    /// `<area>.<name>`.
    pub name: String,
    /// What it says, cut where it is long.
    pub value: String,
    /// The property that gave it; `text` for a text.
    pub property: String,
}

impl RecordFacts {
    fn of(record: usize, kind: &'static Kind, facts: &FactTable) -> RecordFacts {
        let facts = facts.iter().map(|fact| ShownFact {
            name: fact.name.to_string(),
            value: crate::finding::quote(&fact.value.to_string()),
            property: fact.property.to_string(),
        });
        RecordFacts { record, kind: kind.name, facts: facts.collect() }
    }
}

/// Numbers of an analysis.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
pub struct Summary {
    /// Records read, rejected ones left out.
    pub records: usize,
    /// Findings with the outcome `found`.
    pub findings: usize,
    /// Problems diagnosed.
    pub problems: usize,
    /// Records of no known kind.
    pub ignored: usize,
    /// Places of the input that are no record.
    pub rejected: usize,
    /// Findings that a suppression silenced.
    #[serde(skip_serializing_if = "is_zero")]
    pub suppressed: usize,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde calls it so
fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// An analysis in progress.
pub struct Session {
    catalog: Catalog,
    options: Options,
    next_index: usize,
    finished: bool,
    /// Lines that wait for `next` and are kept nowhere else.
    waiting: VecDeque<String>,
    /// Where in `findings` the others stand that `next` has not given.
    unsent: VecDeque<usize>,
    observations: Vec<Observation>,
    findings: Vec<Finding>,
    /// Settings that are right: no caller asked for them, but they rule causes out.
    quiet: Vec<Finding>,
    diagnoses: Vec<Diagnosis>,
    ignored: BTreeMap<String, Ignored>,
    rejected: Vec<Rejected>,
    summary: Summary,
    /// Name of the file that is read.
    file: Option<String>,
    servers: file::Servers,
    origins: source::Origins,
    /// The records that the diagnoses cite.
    sources: Vec<Source>,
    received: received::Received,
    facts: Vec<RecordFacts>,
    suppressions: suppression::Suppressions,
    suppressed: Vec<Suppressed>,
    collected: source::Collected,
}

impl Session {
    /// Begins an analysis.
    pub fn new(catalog: &Catalog, options: Options) -> Session {
        let suppressions = suppression::Suppressions::new(&options.suppress, options.now.as_deref());
        Session {
            catalog: catalog.localized(options.culture.as_deref()),
            options,
            next_index: 0,
            finished: false,
            waiting: VecDeque::new(),
            unsent: VecDeque::new(),
            observations: Vec::new(),
            findings: Vec::new(),
            quiet: Vec::new(),
            diagnoses: Vec::new(),
            ignored: BTreeMap::new(),
            rejected: Vec::new(),
            summary: Summary::default(),
            file: None,
            servers: file::Servers::default(),
            origins: source::Origins::default(),
            sources: Vec::new(),
            received: received::Received::default(),
            facts: Vec::new(),
            suppressions,
            suppressed: Vec::new(),
            collected: source::Collected::default(),
        }
    }

    /// Adds records: one JSON object, an array, or NDJSON; or a document that cannot be JSON by
    /// its first bytes (CLIXML, event XML, `#TYPE`, UTF-16). Returns one line of
    /// `exauth.rejected/1` for each place that is no record, `None` when all were read.
    ///
    /// # Errors
    /// [`Error::State`] after [`Session::finish`].
    pub fn add(&mut self, records: &[u8]) -> Result<Option<String>> {
        self.begin()?;
        if record::is_marked(records) {
            return Ok(self.add_document(records, None));
        }
        let mut lines = String::new();
        record::read_records(records, self.next_index, |read| match read {
            Ok(record) => self.add_record(record),
            Err(place) => self.reject(place, &mut lines),
        });
        Ok((!lines.is_empty()).then_some(lines))
    }

    /// Begins a call that adds.
    fn begin(&self) -> Result<()> {
        if self.finished {
            return Err(Error::State { problem: "the session is finished and takes no more records" });
        }
        if self.options.self_test.as_deref() == Some("panic") {
            #[allow(clippy::panic)] // asked for by the caller, see Options::self_test
            {
                panic!("self test");
            }
        }
        Ok(())
    }

    /// Counts a place that is no record and adds its line.
    fn reject(&mut self, place: Rejected, lines: &mut String) {
        self.next_index += 1;
        self.summary.rejected += 1;
        if self.rejected.len() < limits::REJECTED_LISTED {
            lines.push_str(&report::rejected_line(&place));
            self.rejected.push(place);
        }
    }

    /// Adds exactly one record.
    pub(crate) fn add_one(&mut self, bytes: &[u8]) -> Result<()> {
        let mut outcome = Err(Error::Record { problem: "empty".to_owned(), at: None });
        let mut count = 0usize;
        record::read_records(bytes, 0, |read| {
            count += 1;
            outcome = match read {
                Ok(record) if count == 1 => {
                    self.add_record(record);
                    Ok(())
                }
                Ok(_) => Err(Error::Record { problem: "not one record but several".to_owned(), at: None }),
                Err(place) => Err(Error::Record { problem: place.reason, at: place.at }),
            };
        });
        outcome
    }

    /// Adds a record that is read already.
    pub(crate) fn add_record(&mut self, record: Record<'_>) {
        let index = self.next_index;
        self.next_index += 1;
        self.summary.records += 1;
        self.received.note_envelope(&record);
        let kept = self.observations.len();
        match &record.body {
            Body::Text(text) => {
                let parts = record::records_of_text(&record);
                let mut known = false;
                for part in &parts {
                    known |= self.observe(index, part, true);
                }
                if !known {
                    let kind = match &self.file {
                        Some(file) if text.is_empty() => format!("no text in {file}"),
                        Some(file) => format!("text of {file}"),
                        None => "text".to_owned(),
                    };
                    self.ignore(kind, index);
                }
            }
            Body::Properties(fields) => {
                if let Some(returned) = merge::returned(&self.catalog, index, &record) {
                    self.merge(returned);
                    return;
                }
                // An object that holds others stands for them, and not for itself beside them.
                let parts = record::parts_of(&record);
                let mut known = false;
                for part in &parts {
                    known |= self.observe(index, part, false);
                }
                if !known && !self.observe(index, &record, false) {
                    let name = match record.types.first() {
                        Some(name) => name.to_string(),
                        None if fields.is_empty() => "an empty object".to_owned(),
                        None => record.from.as_deref().unwrap_or("an object without a type").to_owned(),
                    };
                    self.ignore(name, index);
                }
            }
        }
        if self.observations.len() > kept {
            self.origins.note(index, &record);
        }
    }

    /// Takes in what other sessions read.
    fn merge(&mut self, returned: Vec<merge::Returned>) {
        for (observation, finding) in returned {
            self.servers.note(observation.kind, &observation.facts);
            let matched = match finding {
                Some(finding) => {
                    self.tell(finding);
                    true
                }
                None => self.judge(&observation),
            };
            self.keep(observation, matched);
        }
    }

    fn ignore(&mut self, kind: String, index: usize) {
        self.summary.ignored += 1;
        // Names are the caller's text: a million different ones must not fill the memory.
        let kind = if self.ignored.len() < limits::REJECTED_LISTED { kind } else { "others".to_owned() };
        self.ignored.entry(kind.clone()).and_modify(|entry| entry.count += 1).or_insert(Ignored {
            kind,
            count: 1,
            first: index,
        });
    }

    /// Reads the facts of a record and what the catalog says of them; false when its kind is not known.
    fn observe(&mut self, index: usize, record: &Record<'_>, from_text: bool) -> bool {
        let Some(kind) = record::kind_of(record) else { return false };
        let mut facts = FactTable::default();
        (kind.facts)(record, &mut facts);
        self.received.note(kind, record, from_text);
        if self.options.include_facts {
            self.facts.push(RecordFacts::of(index, kind, &facts));
        }
        self.servers.note(kind.name, &facts);
        let observation = observation_of(index, kind, record, from_text, facts, &mut self.collected);
        let matched = self.judge(&observation);
        self.keep(observation, matched);
        true
    }

    /// Keeps what a diagnosis, a check across records or another session can use.
    fn keep(&mut self, mut observation: Observation, matched: bool) {
        if check::keeps(&observation, matched) {
            observation.facts.shrink();
            self.observations.push(observation);
        }
    }

    /// Lets every issue about this kind speak; true when one found something.
    fn judge(&mut self, observation: &Observation) -> bool {
        let facts = &observation.facts;
        let catalog = self.catalog.clone();
        // An event whose number nobody has published is known by its words, under the number 0.
        let (issues, numberless): (&[Arc<Issue>], &[Arc<Issue>]) =
            match (observation.kind, facts.number("event.id")) {
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                // `as` saturates: no issue has such an id
                ("event", Some(id)) => (catalog.issues_for_event(id as u32), catalog.issues_for_event(0)),
                ("event", None) => (&[], catalog.issues_for_event(0)),
                (kind, _) => (catalog.issues_for_kind(kind), &[]),
            };
        // A setting that is right rules a cause out; an event or a queue without the failure says nothing.
        let keep_clear = self.options.diagnose
            && !self.options.stream_only
            && !matches!(observation.kind, "event" | "queue" | "message" | "reply");
        let others = match (self.options.include_clear, keep_clear) {
            (true, _) => Others::InWords,
            (false, true) => Others::InBrief,
            (false, false) => Others::No,
        };
        let mut matched = false;
        for issue in issues.iter().chain(numberless) {
            if !issue.providers.is_empty() {
                // A pasted message may have lost its provider; its own words then decide.
                let named = facts.text("event.provider");
                if named.is_some_and(|name| !issue.providers.iter().any(|p| p.eq_ignore_ascii_case(name))) {
                    continue;
                }
            }
            let found = issue.judge(
                || check::subject_of(observation),
                observation.time.as_ref(),
                facts,
                others,
                &|fact| observation.evidence(fact),
            );
            if let Some(mut finding) = found {
                finding.part = observation.part;
                matched |= finding.outcome == Outcome::Found;
                self.tell(finding);
            }
        }
        matched
    }

    fn tell(&mut self, finding: Finding) {
        if finding.outcome == Outcome::Found {
            if let Some(suppression) = self.suppressions.take(&finding) {
                self.silence(suppression, finding);
                return;
            }
            self.summary.findings += 1;
        } else if !self.options.include_clear {
            if finding.outcome == Outcome::Clear && self.options.diagnose && !self.options.stream_only {
                self.quiet.push(finding.in_brief());
            }
            return;
        }
        if self.options.stream_only {
            self.waiting.push_back(finding.to_json());
        } else {
            self.unsent.push_back(self.findings.len());
            self.findings.push(finding);
        }
    }

    /// Lists a finding apart. What is no problem itself stays evidence: a cause is one, whoever accepts it.
    fn silence(&mut self, suppression: usize, finding: Finding) {
        self.summary.suppressed += 1;
        if self.options.stream_only {
            return;
        }
        if finding.problem.is_none() {
            self.quiet.push(finding.clone().in_brief());
        }
        self.suppressed.push(Suppressed { suppression, finding });
    }

    /// Findings that are waiting, as NDJSON; `None` when nothing is.
    ///
    /// # Errors
    /// None today; the signature leaves room for a session that reads from disk.
    #[allow(clippy::should_implement_trait)] // the name of the C function; not an iterator: it may give more later
    pub fn next(&mut self) -> Result<Option<String>> {
        let mut out = String::new();
        while let Some(line) = self.next_line() {
            out.push_str(&line);
            out.push('\n');
            if out.len() >= limits::NEXT_BYTES {
                break;
            }
        }
        Ok((!out.is_empty()).then_some(out))
    }

    fn next_line(&mut self) -> Option<String> {
        let kept = |at: usize| self.findings.get(at).map(Finding::to_json);
        self.waiting.pop_front().or_else(|| self.unsent.pop_front().and_then(kept))
    }

    /// Brings the findings into the order of a report; `next` gives them in that of the input.
    fn sort(&mut self) {
        // Places are sorted and the findings, which are large, moved once.
        let mut order: Vec<usize> = (0..self.findings.len()).collect();
        order.sort_by_cached_key(|at| self.findings.get(*at).map(Finding::order));
        let mut places: Vec<usize> = vec![0; order.len()];
        for (place, arrived) in order.iter().enumerate() {
            if let Some(at) = places.get_mut(*arrived) {
                *at = place;
            }
        }
        for at in &mut self.unsent {
            *at = places.get(*at).copied().unwrap_or_default();
        }
        let mut findings: Vec<Option<Finding>> =
            std::mem::take(&mut self.findings).into_iter().map(Some).collect();
        self.findings = order.iter().filter_map(|at| findings.get_mut(*at).and_then(Option::take)).collect();
    }

    /// Ends the input: checks across records speak, diagnoses are made.
    ///
    /// # Errors
    /// [`Error::State`] when called a second time.
    pub fn finish(&mut self) -> Result<()> {
        if self.finished {
            return Err(Error::State { problem: "the session is finished already" });
        }
        self.finished = true;
        let hosts = check::hosts_of(&self.observations);
        for finding in check::configuration(&self.catalog, &self.observations, &hosts) {
            self.tell(finding);
        }
        self.sort();
        self.suppressed.sort_by(|a, b| a.finding.order().cmp(&b.finding.order()));
        if self.options.diagnose && !self.options.stream_only {
            self.diagnoses =
                diagnosis::diagnose(&self.catalog, &self.observations, &self.findings, &self.quiet, &hosts);
            self.summary.problems = self.diagnoses.len();
        }
        self.sources = self.origins.of(&source::cited(&self.diagnoses, &self.findings), &self.observations);
        // A report needs no more of them than what was said, unless another session wants them whole.
        self.quiet = Vec::new();
        self.origins = source::Origins::default();
        if !self.options.mergeable {
            self.observations = Vec::new();
        }
        Ok(())
    }

    /// What another session can take in; empty unless it was asked for.
    fn mergeable(&self) -> Option<Vec<Merged>> {
        self.options.mergeable.then(|| self.observations.iter().map(Merged::of).collect())
    }

    /// The whole result in a format: `json` (also for an empty name) or `text`.
    ///
    /// # Errors
    /// [`Error::State`] before [`Session::finish`], [`Error::Unsupported`] for another format.
    pub fn report(&self, format: &str) -> Result<String> {
        if !self.finished {
            return Err(Error::State { problem: "the session is not finished" });
        }
        let content = report::Content {
            summary: &self.summary,
            findings: &self.findings,
            diagnoses: &self.diagnoses,
            sources: &self.sources,
            ignored: self.ignored.values().collect(),
            rejected: &self.rejected,
            received: self.received.kinds(),
            facts: &self.facts,
            observations: self.mergeable(),
            suppressions: &self.suppressions.applied,
            suppressed: &self.suppressed,
            catalog: &self.catalog,
        };
        match format {
            "" | "json" => Ok(report::json(&content)),
            "text" => Ok(report::text(&content)),
            other => Err(Error::Unsupported {
                what: "report format",
                problem: format!("`{other}`; there are `json` and `text`"),
            }),
        }
    }
}

/// The facts of a record with its surroundings: where and when.
fn observation_of(
    index: usize,
    kind: &'static Kind,
    record: &Record<'_>,
    from_text: bool,
    mut facts: FactTable,
    collected: &mut source::Collected,
) -> Observation {
    let computer: Option<String> = [facts.text("event.computer"), record.computer.as_deref()]
        .into_iter()
        .flatten()
        .find(|name| !name.trim().is_empty())
        .map(str::to_owned)
        .or_else(|| record.property("PSComputerName").and_then(record::text_of));
    if let Some(computer) = &computer {
        facts.add_text("record.computer", computer.clone(), "computer");
    }
    // A log is collected long after what stands in it: an event happened when it says itself.
    let time = match kind.name {
        "event" => facts.text("event.time").map(str::to_owned),
        _ => record.collected.as_deref().and_then(record::utc_time),
    };
    let between = match &record.collected {
        Some(times) if time.is_none() && shows_present(kind.name) => collected.between(times),
        _ => None,
    };
    if let Some(time) = &time {
        facts.add_text("record.time", time.clone(), Cow::Borrowed("collected"));
    }
    if !matches!(kind.name, "event" | "queue" | "message" | "reply") {
        let mut changed = ["WhenChangedUTC", "whenChanged"].into_iter();
        let known = changed.find_map(|name| Some((name, record::utc_time_of(record.property(name)?)?)));
        if let Some((property, time)) = known {
            facts.add_text("record.changed", time, Cow::Borrowed(property));
        }
    }
    let [computer, time] = [computer, time].map(|text| text.map(Arc::from));
    let sight = OnceLock::new();
    Observation { index, part: 0, kind: kind.name, computer, time, between, from_text, facts, sight }
}

/// What a finding is about when nothing better is known.
pub(crate) fn subject(kind: &'static str, name: String, computer: Option<Arc<str>>) -> Subject {
    Subject { kind, name, computer }
}
