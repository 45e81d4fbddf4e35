//! One record of the input as facts, with its place in the input.

use super::{is_state, Between, Fact, FactTable, FactValue, Sight};
use crate::finding::{quote, Evidence};
use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

/// A record, normalised.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// Index of the record in the input.
    pub index: usize,
    /// Number of the observation within the record: a text or a report may hold several.
    pub part: usize,
    /// Name of its kind.
    pub kind: &'static str,
    /// The computer on which it was observed, where that is known.
    pub computer: Option<Arc<str>>,
    /// When it was observed or happened, ISO 8601 UTC, where that is certain.
    pub time: Option<Arc<str>>,
    /// Where it is not: between which times, of a kind that shows what is so when it is fetched.
    pub between: Option<Arc<Between>>,
    /// It was read from a text: the input has no property of that name.
    pub from_text: bool,
    /// What it says.
    pub facts: FactTable,
    /// Made when it is first asked for; empty until all the rest is known.
    pub sight: OnceLock<Option<Arc<Sight>>>,
}

impl Observation {
    /// The place of the input that gave a fact, with the property's own value rather than what
    /// was derived from it.
    pub fn evidence(&self, fact: &Fact) -> Evidence {
        let as_written = self
            .facts
            .iter()
            .filter(|other| other.property == fact.property)
            .filter(|other| matches!(other.value, FactValue::Text(_) | FactValue::List(_)))
            // The longest is the property itself: a code or a host is a part of it.
            .max_by_key(|other| other.value.written_length())
            .unwrap_or(fact);
        let property = if self.from_text { Cow::Borrowed("text") } else { fact.property.clone() };
        let value = quote(&as_written.value.to_string()).into();
        Evidence { record: self.index, property, value, seen: self.sight().cloned() }
    }

    /// When and where it was made; `None` where its record says nothing of either.
    pub fn sight(&self) -> Option<&Arc<Sight>> {
        // Once: all that is told of an observation was seen at its time and place.
        self.sight.get_or_init(|| self.read_sight().map(Arc::new)).as_ref()
    }

    fn read_sight(&self) -> Option<Sight> {
        // A certificate never changes: it was not there before it was issued.
        let changed = self.facts.text("record.changed").or_else(|| self.facts.text("certificate.not_before"));
        let known =
            self.time.is_some() || self.between.is_some() || self.computer.is_some() || changed.is_some();
        known.then(|| Sight {
            time: self.time.clone(),
            between: self.between.clone(),
            on: self.computer.clone(),
            changed: changed.map(Arc::from),
            state: is_state(self.kind),
        })
    }

    /// The evidence for a fact by its name; empty when it is absent.
    pub fn evidence_of(&self, name: &str) -> Vec<Evidence> {
        self.facts.get(name).map(|fact| self.evidence(fact)).into_iter().collect()
    }
}
