//! The ordered table of one record's facts.
//!
//! Names are `<area>.<name>` with the unit at the end where there is one. A name
//! may stand in the table several times (three offsets to three controllers).

use std::borrow::Cow;

/// What a fact says.
#[derive(Debug, Clone, PartialEq)]
pub enum FactValue {
    /// A name, an address, a code, a text.
    Text(String),
    /// A number; its unit is in the fact's name.
    Number(f64),
    /// Yes or no. "Not known" is an absent fact.
    Flag(bool),
    /// Several texts, in the order of the source.
    List(Vec<String>),
}

impl FactValue {
    /// Number of bytes of a text, or of a list as it is written.
    pub(crate) fn written_length(&self) -> usize {
        match self {
            FactValue::Text(text) => text.len(),
            FactValue::List(items) => {
                items.iter().map(String::len).sum::<usize>() + 2 * items.len().saturating_sub(1)
            }
            other => other.to_string().len(),
        }
    }
}

impl std::fmt::Display for FactValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            FactValue::Text(text) => f.write_str(text),
            FactValue::Number(number) => write!(f, "{number}"),
            FactValue::Flag(flag) => f.write_str(if *flag { "True" } else { "False" }),
            FactValue::List(items) => f.write_str(&items.join(", ")),
        }
    }
}

/// One fact and the property that gave it.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// `<area>.<name>`.
    pub name: Cow<'static, str>,
    /// What it says.
    pub value: FactValue,
    /// The property of the record it was read from, `text` for a text.
    pub property: Cow<'static, str>,
}

/// The facts of one record, in the order in which they were read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FactTable {
    facts: Vec<Fact>,
}

impl FactTable {
    /// Adds a fact that is one already.
    pub fn push(&mut self, fact: Fact) {
        self.facts.push(fact);
    }

    /// Adds a fact.
    pub fn add(&mut self, name: &'static str, value: FactValue, property: impl Into<Cow<'static, str>>) {
        self.facts.push(Fact { name: Cow::Borrowed(name), value, property: property.into() });
    }

    /// Adds a text unless it is empty: an empty text says nothing.
    pub fn add_text(
        &mut self,
        name: &'static str,
        text: impl Into<String>,
        property: impl Into<Cow<'static, str>>,
    ) {
        let text = text.into();
        if !text.is_empty() {
            self.add(name, FactValue::Text(text), property);
        }
    }

    /// Puts another text in the place of the first fact of a name.
    pub fn replace_text(&mut self, name: &str, text: impl Into<String>) {
        if let Some(fact) = self.facts.iter_mut().find(|fact| fact.name == name) {
            fact.value = FactValue::Text(text.into());
        }
    }

    /// Adds a number.
    pub fn add_number(&mut self, name: &'static str, number: f64, property: impl Into<Cow<'static, str>>) {
        self.add(name, FactValue::Number(number), property);
    }

    /// Adds a yes or no.
    pub fn add_flag(&mut self, name: &'static str, flag: bool, property: impl Into<Cow<'static, str>>) {
        self.add(name, FactValue::Flag(flag), property);
    }

    /// Adds a list; an empty list is a fact, too.
    pub fn add_list(
        &mut self,
        name: &'static str,
        items: Vec<String>,
        property: impl Into<Cow<'static, str>>,
    ) {
        self.add(name, FactValue::List(items), property);
    }

    /// All facts in order.
    pub fn iter(&self) -> impl Iterator<Item = &Fact> {
        self.facts.iter()
    }

    /// All facts of a name.
    pub fn all<'t>(&'t self, name: &'t str) -> impl Iterator<Item = &'t Fact> {
        self.facts.iter().filter(move |fact| fact.name == name)
    }

    /// The first fact of a name.
    pub fn get(&self, name: &str) -> Option<&Fact> {
        self.facts.iter().find(|fact| fact.name == name)
    }

    /// The first fact of a name, as a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.get(name) {
            Some(Fact { value: FactValue::Text(text), .. }) => Some(text),
            _ => None,
        }
    }

    /// The first fact of a name, as a number.
    pub fn number(&self, name: &str) -> Option<f64> {
        match self.get(name) {
            Some(Fact { value: FactValue::Number(number), .. }) => Some(*number),
            _ => None,
        }
    }

    /// The first fact of a name, as a yes or no.
    pub fn flag(&self, name: &str) -> Option<bool> {
        match self.get(name) {
            Some(Fact { value: FactValue::Flag(flag), .. }) => Some(*flag),
            _ => None,
        }
    }

    /// The first fact of a name, as a list.
    pub fn list(&self, name: &str) -> Option<&[String]> {
        match self.get(name) {
            Some(Fact { value: FactValue::List(items), .. }) => Some(items),
            _ => None,
        }
    }

    /// Gives back the room that was left for more.
    pub fn shrink(&mut self) {
        for fact in &mut self.facts {
            match &mut fact.value {
                FactValue::Text(text) => text.shrink_to_fit(),
                FactValue::List(items) => {
                    items.iter_mut().for_each(String::shrink_to_fit);
                    items.shrink_to_fit();
                }
                FactValue::Number(_) | FactValue::Flag(_) => {}
            }
        }
        self.facts.shrink_to_fit();
    }

    /// True when no fact was read.
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty()
    }
}
