//! Where a record came from, as a person would look for it: nobody counts records.

use crate::diagnosis::Diagnosis;
use crate::fact::{Between, Observation};
use crate::finding::{cut, Finding};
use crate::record::{utc_times, Record};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Longest command that is kept.
const COMMAND_CHARS: usize = 120;

/// A record that a diagnosis cites; an entry of `sources` in `exauth.report/1`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Source {
    /// Its kind; `text` where one text holds several.
    pub kind: &'static str,
    /// What it is about: a queue, a server, a provider and number of an event; empty where one
    /// record is about several.
    pub name: String,
    /// The computer on which it was observed, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub computer: Option<Arc<str>>,
    /// When, ISO 8601 UTC, where that is certain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<Arc<str>>,
    /// The command that gave it, where the record says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// It was read from a text.
    #[serde(skip)]
    pub from_text: bool,
    /// The file that held it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Its number in the file, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<usize>,
    /// Its index in the input, counted from 0.
    pub record: usize,
}

/// What a record says of its origin beside its facts.
#[derive(Debug, Default, Clone)]
struct Origin {
    from: Option<Arc<str>>,
    file: Option<Arc<str>>,
    number: usize,
}

/// The origins of the records that a diagnosis may cite.
#[derive(Default)]
pub(super) struct Origins {
    by_record: BTreeMap<usize, Origin>,
    /// The last command and file: thousands of records share them.
    last: [Option<Arc<str>>; 2],
    /// The file that is read, and the index of its first record.
    file: Option<(String, usize)>,
}

impl Origins {
    /// A file begins with the record of this index, or ends.
    pub fn begin(&mut self, file: Option<&str>, first: usize) {
        self.file = file.map(|name| (name.to_owned(), first));
    }

    /// Remembers where a record came from.
    pub fn note(&mut self, index: usize, record: &Record<'_>) {
        let from = record.from.as_deref().map(str::trim).filter(|from| !from.is_empty());
        let file = self.file.as_ref();
        if self.by_record.contains_key(&index) || (from.is_none() && file.is_none()) {
            return;
        }
        let [last_from, last_file] = &mut self.last;
        let origin = Origin {
            from: from.map(|from| shared(last_from, &cut(from, COMMAND_CHARS))),
            number: file.map_or(0, |(_, first)| (index + 1).saturating_sub(*first)),
            file: file.map(|(name, _)| shared(last_file, name)),
        };
        self.by_record.insert(index, origin);
    }

    /// The sources of some records, in an order that does not depend on the order of the input.
    pub fn of(&self, cited: &[usize], observations: &[Observation]) -> Vec<Source> {
        let mut sources: BTreeMap<usize, Source> = BTreeMap::new();
        for observation in observations.iter().filter(|seen| cited.binary_search(&seen.index).is_ok()) {
            let subject = crate::check::subject_of(observation);
            match sources.get_mut(&observation.index) {
                Some(source) => {
                    if source.kind != subject.kind {
                        source.kind = "text";
                    }
                    if source.name != subject.name {
                        source.name.clear();
                    }
                }
                None => {
                    sources.insert(observation.index, self.source(observation, subject.name));
                }
            }
        }
        let mut sources: Vec<Source> = sources.into_values().collect();
        sources.sort();
        sources
    }

    fn source(&self, seen: &Observation, name: String) -> Source {
        let origin = self.by_record.get(&seen.index).cloned().unwrap_or_default();
        Source {
            kind: seen.kind,
            name,
            computer: seen.computer.clone(),
            time: seen.time.clone(),
            from: origin.from.as_deref().map(str::to_owned),
            from_text: seen.from_text,
            number: origin.file.is_some().then_some(origin.number),
            file: origin.file.as_deref().map(str::to_owned),
            record: seen.index,
        }
    }
}

/// The last interval that was read: the objects of one pipeline share it.
#[derive(Default)]
pub(super) struct Collected {
    text: String,
    between: Option<Arc<Between>>,
}

impl Collected {
    /// The two times that `collected` of a record names; `None` where they are none.
    pub fn between(&mut self, times: &str) -> Option<Arc<Between>> {
        if self.text != times {
            times.clone_into(&mut self.text);
            self.between = utc_times(times).map(Arc::new);
        }
        self.between.clone()
    }
}

/// The records behind diagnoses, in order and each once.
pub(super) fn cited(diagnoses: &[Diagnosis], findings: &[Finding]) -> Vec<usize> {
    if diagnoses.is_empty() {
        return Vec::new();
    }
    let said = diagnoses.iter().flat_map(|diagnosis| &diagnosis.causes);
    let said = said.flat_map(|cause| cause.speaks_for.iter().chain(&cause.against));
    let seen = findings.iter().filter(|finding| finding.problem.is_some());
    let seen = seen.filter_map(|finding| Some(finding.evidence.first()?.record));
    let mut cited: Vec<usize> = said.filter_map(|said| said.record).chain(seen).collect();
    cited.sort_unstable();
    cited.dedup();
    cited
}

/// The text, as the last one where it is the same.
fn shared(last: &mut Option<Arc<str>>, text: &str) -> Arc<str> {
    match last {
        Some(last) if **last == *text => Arc::clone(last),
        _ => {
            let new: Arc<str> = Arc::from(text);
            *last = Some(Arc::clone(&new));
            new
        }
    }
}
