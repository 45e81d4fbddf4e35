//! Takes properties of one record and adds the facts they give.
//!
//! A property that is not there, is null or was lost on the way adds nothing. Every
//! method returns what it added, for facts that are derived from it.

use super::date::date;
use super::read::Record;
use super::tolerant::{self, Items};
use super::value::Value;
use crate::fact::FactTable;

/// One record and the table its facts go to.
pub(super) struct Reader<'r, 'a> {
    /// The record that is read.
    pub record: &'r Record<'a>,
    /// Where its facts go.
    pub facts: &'r mut FactTable,
}

impl<'r, 'a> Reader<'r, 'a> {
    /// The value of a property that is there, null included.
    pub fn value(&self, property: &str) -> Option<&'r Value<'a>> {
        self.record.property(property)
    }

    /// A text property as a fact.
    pub fn text(&mut self, fact: &'static str, property: &'static str) -> Option<String> {
        let text = self.value(property).and_then(tolerant::text)?;
        self.facts.add_text(fact, text.clone(), property);
        Some(text)
    }

    /// A yes-or-no property as a fact.
    pub fn flag(&mut self, fact: &'static str, property: &'static str) -> Option<bool> {
        let flag = self.value(property).and_then(tolerant::flag)?;
        self.facts.add_flag(fact, flag, property);
        Some(flag)
    }

    /// A count as a fact.
    pub fn number(&mut self, fact: &'static str, property: &'static str) -> Option<f64> {
        // Counts of Exchange are 32 bits wide, so that f64 holds them exactly.
        let number = self.value(property).and_then(tolerant::number)?;
        let number = f64::from(i32::try_from(number).ok()?);
        self.facts.add_number(fact, number, property);
        Some(number)
    }

    /// A point in time as a fact, where it is certain.
    pub fn date(&mut self, fact: &'static str, property: &'static str) -> Option<String> {
        let date = self.value(property).and_then(date)?;
        self.facts.add_text(fact, date.clone(), property);
        Some(date)
    }

    /// A list as a fact; the caller read it with the reader that fits its items.
    pub fn list(&mut self, fact: &'static str, property: &'static str, read: Option<Items>) -> Option<Items> {
        let read = read?;
        self.facts.add_list(fact, read.items.clone(), property);
        Some(read)
    }

    /// `Version 15.1 (Build 2375.7)` as its dotted form and its major number.
    pub fn version(&mut self, version: &'static str, major: &'static str, property: &'static str) {
        let Some(text) = self.value(property).and_then(tolerant::version) else {
            return;
        };
        if let Some(number) = tolerant::major(&text) {
            self.facts.add_number(major, number, property);
        }
        self.facts.add_text(version, text, property);
    }
}
