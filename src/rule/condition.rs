//! `all / any / not` over `{fact, op, value}`, three-valued.
//!
//! Texts compare without case: names and codes of Windows have none. A fact that
//! stands several times in the table (three offsets) satisfies a comparison when
//! any of its values does.

use super::pattern::Pattern;
use crate::fact::{Fact, FactTable, FactValue};
use std::fmt::Write as _;

/// Something that holds facts by name.
pub trait Facts {
    /// Calls `each` with every fact of a name; stops when it returns false.
    fn each<'f>(&'f self, name: &str, each: &mut dyn FnMut(&'f Fact) -> bool);
}

impl Facts for FactTable {
    fn each<'f>(&'f self, name: &str, each: &mut dyn FnMut(&'f Fact) -> bool) {
        for fact in self.iter().filter(|fact| fact.name == name) {
            if !each(fact) {
                return;
            }
        }
    }
}

/// What a condition came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Truth {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// A fact that it needs was not given.
    Unknown,
}

/// A condition of a rule, as read and checked.
#[derive(Debug, Clone)]
pub struct Condition(pub(super) Node);

#[derive(Debug, Clone)]
pub(super) enum Node {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Fact { name: String, test: Test },
}

#[derive(Debug, Clone)]
pub(super) enum Test {
    /// It was given. Never unknown.
    Present,
    /// It was given, and it is a yes, a text or a list that is not empty. Never unknown: for
    /// "unless something else is known" in the middle of a condition.
    Shown,
    NotEmpty,
    Is(bool),
    Equals(String),
    EqualsNumber(f64),
    In(Vec<String>),
    Contains(String),
    StartsWith(String),
    Matches(Pattern),
    Above(f64),
    AtLeast(f64),
    Below(f64),
    AtMost(f64),
    MagnitudeAbove(f64),
    MagnitudeAtMost(f64),
}

impl Condition {
    /// Shows every comparison with its place below `at`: `/all/1`, the fact's name, and the size of
    /// its pattern. Stops at the first error.
    ///
    /// # Errors
    /// What `each` returned.
    pub fn comparisons<E>(
        &self,
        at: &mut String,
        each: &mut dyn FnMut(&str, &str, usize) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut below = |part: &Condition, step: &dyn std::fmt::Display| {
            let length = at.len();
            let _ = write!(at, "/{step}");
            let outcome = part.comparisons(at, each);
            at.truncate(length);
            outcome
        };
        match &self.0 {
            Node::All(parts) => {
                (0..).zip(parts).try_for_each(|(i, part)| below(part, &format_args!("all/{i}")))
            }
            Node::Any(parts) => {
                (0..).zip(parts).try_for_each(|(i, part)| below(part, &format_args!("any/{i}")))
            }
            Node::Not(part) => below(part, &"not"),
            Node::Fact { name, test } => {
                let steps = if let Test::Matches(pattern) = test { pattern.steps() } else { 0 };
                each(at, name, steps)
            }
        }
    }

    /// Evaluates the condition.
    pub fn evaluate(&self, facts: &dyn Facts) -> Truth {
        match &self.0 {
            Node::All(parts) => fold(parts, facts, Truth::False, Truth::True),
            Node::Any(parts) => fold(parts, facts, Truth::True, Truth::False),
            Node::Not(part) => match part.evaluate(facts) {
                Truth::True => Truth::False,
                Truth::False => Truth::True,
                Truth::Unknown => Truth::Unknown,
            },
            Node::Fact { name, test } => {
                let (mut seen, mut holds) = (false, false);
                facts.each(name, &mut |fact| {
                    seen = true;
                    holds = test.holds(&fact.value);
                    !holds
                });
                match (test, seen, holds) {
                    (Test::Present | Test::Shown, false, _) => Truth::False,
                    (_, false, _) => Truth::Unknown,
                    (_, true, true) => Truth::True,
                    (_, true, false) => Truth::False,
                }
            }
        }
    }

    /// The facts that made this condition true; empty when it is not.
    pub fn witnesses<'f>(&self, facts: &'f dyn Facts) -> Vec<&'f Fact> {
        let (mut found, mut denied) = (Vec::new(), Vec::new());
        if self.evaluate(facts) == Truth::True {
            self.collect_witnesses(facts, true, &mut found, &mut denied);
        }
        // What is there shows more than what is not: the denied facts come last.
        found.append(&mut denied);
        found
    }

    fn collect_witnesses<'f>(
        &self,
        facts: &'f dyn Facts,
        wanted: bool,
        found: &mut Vec<&'f Fact>,
        denied: &mut Vec<&'f Fact>,
    ) {
        match &self.0 {
            Node::All(parts) | Node::Any(parts) => {
                for part in parts {
                    let expected = if wanted { Truth::True } else { Truth::False };
                    if part.evaluate(facts) == expected {
                        part.collect_witnesses(facts, wanted, found, denied);
                    }
                }
            }
            Node::Not(part) => part.collect_witnesses(facts, !wanted, found, denied),
            Node::Fact { name, test } => facts.each(name, &mut |fact| {
                if test.holds(&fact.value) == wanted {
                    if wanted { &mut *found } else { &mut *denied }.push(fact);
                }
                true
            }),
        }
    }

    /// Names of the facts this condition reads, in its order.
    pub fn reads<'c>(&'c self, names: &mut Vec<&'c str>) {
        match &self.0 {
            Node::All(parts) | Node::Any(parts) => parts.iter().for_each(|part| part.reads(names)),
            Node::Not(part) => part.reads(names),
            Node::Fact { name, .. } => {
                if !names.contains(&name.as_str()) {
                    names.push(name);
                }
            }
        }
    }

    /// Names of the facts that would be needed to decide it.
    pub fn missing<'c>(&'c self, facts: &dyn Facts) -> Vec<&'c str> {
        let mut names = Vec::new();
        self.reads(&mut names);
        names.retain(|name| {
            let mut seen = false;
            facts.each(name, &mut |_| {
                seen = true;
                false
            });
            !seen
        });
        names
    }
}

/// `all` and `any`: one `deciding` part decides, else unknown if any part is, else `otherwise`.
fn fold(parts: &[Condition], facts: &dyn Facts, deciding: Truth, otherwise: Truth) -> Truth {
    let mut outcome = otherwise;
    for part in parts {
        match part.evaluate(facts) {
            truth if truth == deciding => return deciding,
            Truth::Unknown => outcome = Truth::Unknown,
            _ => {}
        }
    }
    outcome
}

impl Test {
    fn holds(&self, value: &FactValue) -> bool {
        match (self, value) {
            (Test::Present, _) => true,
            (Test::Shown, FactValue::Flag(flag)) => *flag,
            (Test::Shown | Test::NotEmpty, FactValue::List(items)) => !items.is_empty(),
            (Test::Shown | Test::NotEmpty, FactValue::Text(text)) => !text.is_empty(),
            (Test::Shown | Test::NotEmpty, _) => true,
            (Test::Is(wanted), FactValue::Flag(flag)) => flag == wanted,
            (Test::EqualsNumber(wanted), FactValue::Number(number)) => number == wanted,
            (Test::Above(limit), FactValue::Number(number)) => number > limit,
            (Test::AtLeast(limit), FactValue::Number(number)) => number >= limit,
            (Test::Below(limit), FactValue::Number(number)) => number < limit,
            (Test::AtMost(limit), FactValue::Number(number)) => number <= limit,
            (Test::MagnitudeAbove(limit), FactValue::Number(number)) => number.abs() > *limit,
            (Test::MagnitudeAtMost(limit), FactValue::Number(number)) => number.abs() <= *limit,
            (Test::Contains(part), FactValue::List(items)) => {
                items.iter().any(|item| item.to_lowercase() == *part)
            }
            (test, FactValue::List(items)) => items.iter().any(|item| test.holds_text(item)),
            (test, FactValue::Text(text)) => test.holds_text(text),
            _ => false,
        }
    }

    fn holds_text(&self, text: &str) -> bool {
        match self {
            Test::Equals(wanted) => {
                text.eq_ignore_ascii_case(wanted)
                    || !text.is_ascii() && text.to_lowercase() == wanted.to_lowercase()
            }
            Test::In(wanted) => wanted.iter().any(|w| text.eq_ignore_ascii_case(w)),
            Test::Contains(part) => text.to_lowercase().contains(part),
            Test::StartsWith(part) => match text.is_ascii() {
                true => text.get(..part.len()).is_some_and(|start| start.eq_ignore_ascii_case(part)),
                false => text.to_lowercase().starts_with(part),
            },
            Test::Matches(pattern) => pattern.is_match(text),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn condition(json: &str) -> Condition {
        serde_json::from_str(json).unwrap()
    }

    fn facts() -> FactTable {
        let mut facts = FactTable::default();
        facts.add_text("event.provider", "MSExchange OWA", "ProviderName");
        facts.add_number("clock.offset_seconds", 12.0, "text");
        facts.add_number("clock.offset_seconds", -400.0, "text");
        facts.add_list("connector.auth", vec!["Tls".into(), "ExchangeServer".into()], "AuthMechanism");
        facts.add_flag("queue.internal", true, "DeliveryType");
        facts
    }

    #[test]
    fn an_absent_fact_makes_a_condition_unknown_and_never_false() {
        let absent = r#"{"fact":"event.id","op":"equals","value":71}"#;
        let truth = r#"{"fact":"queue.internal","op":"is","value":true}"#;
        let lie = r#"{"fact":"queue.internal","op":"is","value":false}"#;
        for (json, expected) in [
            (absent.to_owned(), Truth::Unknown),
            (format!(r#"{{"not":{absent}}}"#), Truth::Unknown),
            (format!(r#"{{"all":[{absent},{truth}]}}"#), Truth::Unknown),
            (format!(r#"{{"all":[{absent},{lie}]}}"#), Truth::False),
            (format!(r#"{{"any":[{absent},{truth}]}}"#), Truth::True),
            (format!(r#"{{"any":[{absent},{lie}]}}"#), Truth::Unknown),
            (r#"{"fact":"event.id","op":"present"}"#.to_owned(), Truth::False),
            (r#"{"fact":"event.id","op":"shown"}"#.to_owned(), Truth::False),
            (r#"{"fact":"queue.internal","op":"shown"}"#.to_owned(), Truth::True),
        ] {
            assert_eq!(condition(&json).evaluate(&facts()), expected, "{json}");
        }
    }

    #[test]
    fn any_value_of_a_repeated_fact_satisfies_a_comparison() {
        let far = condition(r#"{"fact":"clock.offset_seconds","op":"magnitude_above","value":300}"#);
        assert_eq!(far.evaluate(&facts()), Truth::True);
        let table = facts();
        let witnesses = far.witnesses(&table);
        assert_eq!(witnesses.len(), 1);
        assert_eq!(witnesses[0].value, FactValue::Number(-400.0));
    }

    #[test]
    fn texts_compare_without_case_and_lists_by_whole_items() {
        for (json, expected) in [
            (r#"{"fact":"event.provider","op":"equals","value":"msexchange owa"}"#, Truth::True),
            (r#"{"fact":"connector.auth","op":"contains","value":"exchangeserver"}"#, Truth::True),
            (r#"{"fact":"connector.auth","op":"contains","value":"Exchange"}"#, Truth::False),
        ] {
            assert_eq!(condition(json).evaluate(&facts()), expected, "{json}");
        }
    }
}
