//! One record of the input as facts, with its place in the input.

use super::{Fact, FactTable, FactValue};
use crate::finding::{quote, Evidence};

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
    pub computer: Option<String>,
    /// When it was observed or happened, ISO 8601 UTC, where that is certain.
    pub time: Option<String>,
    /// It was read from a text: the input has no property of that name.
    pub from_text: bool,
    /// What it says.
    pub facts: FactTable,
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
            .max_by_key(|other| other.value.to_string().len())
            .unwrap_or(fact);
        let property = if self.from_text { "text".to_owned() } else { fact.property.clone().into_owned() };
        Evidence { record: self.index, property, value: quote(&as_written.value.to_string()) }
    }

    /// The evidence for a fact by its name; empty when it is absent.
    pub fn evidence_of(&self, name: &str) -> Vec<Evidence> {
        self.facts.get(name).map(|fact| self.evidence(fact)).into_iter().collect()
    }
}
