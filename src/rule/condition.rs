//! `all / any / not` over `{fact, op, value}`, three-valued.
//!
//! Texts compare without case: names and codes of Windows have none. A fact that
//! stands several times in the table (three offsets) satisfies a comparison when
//! any of its values does.

use crate::fact::{Fact, FactTable, FactValue};
use crate::limits;
use regex::{Regex, RegexBuilder};
use serde::Deserialize;
use std::sync::OnceLock;

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
pub struct Condition(Node);

#[derive(Debug, Clone)]
enum Node {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Fact { name: String, test: Test },
}

#[derive(Debug, Clone)]
enum Test {
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

/// A pattern whose automaton is built when it is first needed: compiling the
/// catalog's patterns at load would cost more than all the rest of loading.
#[derive(Debug, Clone)]
struct Pattern {
    source: String,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    fn is_match(&self, text: &str) -> bool {
        self.compiled
            .get_or_init(|| compile(&self.source).ok())
            .as_ref()
            .is_some_and(|regex| regex.is_match(text))
    }
}

fn compile(source: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(source).size_limit(limits::PATTERN_BYTES).dfa_size_limit(limits::PATTERN_BYTES).build()
}

/// The form of a condition in JSON.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    all: Option<Vec<Condition>>,
    any: Option<Vec<Condition>>,
    not: Option<Box<Condition>>,
    fact: Option<String>,
    op: Option<String>,
    value: Option<serde_json::Value>,
}

const OPS: &str = "is, equals, in, contains, starts_with, matches, above, at_least, below, at_most, \
                   magnitude_above, magnitude_at_most, present, shown, not_empty";

impl<'de> Deserialize<'de> for Condition {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Condition::check(Written::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl Condition {
    fn check(written: Written) -> Result<Condition, String> {
        let node = match written {
            Written { all: Some(parts), any: None, not: None, fact: None, op: None, value: None } => {
                Node::All(parts)
            }
            Written { all: None, any: Some(parts), not: None, fact: None, op: None, value: None } => {
                Node::Any(parts)
            }
            Written { all: None, any: None, not: Some(part), fact: None, op: None, value: None } => {
                Node::Not(part)
            }
            Written { all: None, any: None, not: None, fact: Some(name), op: Some(op), value } => {
                Node::Fact { name, test: test_of(&op, value)? }
            }
            _ => return Err("a condition is one of {all}, {any}, {not} or {fact, op, value}".to_owned()),
        };
        if let Node::All(parts) | Node::Any(parts) = &node {
            if parts.is_empty() {
                return Err("`all` and `any` need at least one condition".to_owned());
            }
        }
        Ok(Condition(node))
    }

    /// Compiles all patterns, so that one that grows beyond [`limits::PATTERN_BYTES`] is refused
    /// before it is used. For packs; the shipped ones are known to be small.
    ///
    /// # Errors
    /// What is wrong with the first such pattern.
    pub fn compile_patterns(&self) -> Result<(), String> {
        match &self.0 {
            Node::All(parts) | Node::Any(parts) => parts.iter().try_for_each(Condition::compile_patterns),
            Node::Not(part) => part.compile_patterns(),
            Node::Fact { test: Test::Matches(pattern), .. } => {
                compile(&pattern.source).map(|_| ()).map_err(|error| format!("pattern is refused: {error}"))
            }
            Node::Fact { .. } => Ok(()),
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

fn test_of(op: &str, value: Option<serde_json::Value>) -> Result<Test, String> {
    use serde_json::Value::{Array, Bool, Null, Number, String as Text};
    let number = |value: &serde_json::Number| value.as_f64().unwrap_or(f64::NAN);
    Ok(match (op, value.unwrap_or(Null)) {
        ("present", Null) => Test::Present,
        ("shown", Null) => Test::Shown,
        ("not_empty", Null) => Test::NotEmpty,
        ("is", Bool(flag)) => Test::Is(flag),
        ("equals", Text(text)) => Test::Equals(text),
        ("equals", Number(n)) => Test::EqualsNumber(number(&n)),
        ("in", Array(items)) => Test::In(
            items
                .into_iter()
                .map(|item| match item {
                    Text(text) => Ok(text),
                    other => Err(format!("`in` takes texts, not {other}")),
                })
                .collect::<Result<_, _>>()?,
        ),
        ("contains", Text(text)) if !text.is_empty() => Test::Contains(text.to_lowercase()),
        ("starts_with", Text(text)) if !text.is_empty() => Test::StartsWith(text.to_lowercase()),
        ("matches", Text(source)) => {
            check_pattern(&source)?;
            Test::Matches(Pattern { source, compiled: OnceLock::new() })
        }
        ("above", Number(n)) => Test::Above(number(&n)),
        ("at_least", Number(n)) => Test::AtLeast(number(&n)),
        ("below", Number(n)) => Test::Below(number(&n)),
        ("at_most", Number(n)) => Test::AtMost(number(&n)),
        ("magnitude_above", Number(n)) => Test::MagnitudeAbove(number(&n)),
        ("magnitude_at_most", Number(n)) => Test::MagnitudeAtMost(number(&n)),
        (op, value) if OPS.split(", ").any(|known| known.trim() == op) => {
            return Err(format!("op `{op}` does not take the value {value}"))
        }
        (op, _) => return Err(format!("unknown op `{op}`, allowed are {OPS}")),
    })
}

/// A pattern must be valid; it is compiled when it is first needed, or by
/// [`Condition::compile_patterns`].
fn check_pattern(source: &str) -> Result<(), String> {
    if source.len() > 1_000 {
        return Err("pattern is longer than 1000 bytes".to_owned());
    }
    regex_syntax::parse(source).map(|_| ()).map_err(|error| format!("pattern is not valid: {error}"))
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
                text.eq_ignore_ascii_case(wanted) || text.to_lowercase() == wanted.to_lowercase()
            }
            Test::In(wanted) => wanted.iter().any(|w| text.eq_ignore_ascii_case(w)),
            Test::Contains(part) => text.to_lowercase().contains(part),
            Test::StartsWith(part) => text.to_lowercase().starts_with(part),
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

    #[test]
    fn a_pattern_that_grows_without_measure_is_refused() {
        let huge = condition(r#"{"any":[{"fact":"a","op":"matches","value":"(x{1,500}){1,500}"}]}"#);
        assert!(huge.compile_patterns().unwrap_err().contains("pattern is refused"));
        assert_eq!(condition(r#"{"fact":"a","op":"matches","value":"x+"}"#).compile_patterns(), Ok(()));
    }

    #[test]
    fn a_wrong_condition_says_what_is_allowed() {
        for (json, part) in [
            (r#"{"fact":"a","op":"like","value":"x"}"#, "unknown op `like`, allowed are is, equals"),
            (r#"{"fact":"a","op":"is","value":"x"}"#, "op `is` does not take the value"),
            (r#"{"all":[]}"#, "at least one condition"),
            (r#"{"fact":"a"}"#, "a condition is one of"),
            (r#"{"fact":"a","op":"matches","value":"("}"#, "pattern is not valid"),
        ] {
            let error = serde_json::from_str::<Condition>(json).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
    }
}
