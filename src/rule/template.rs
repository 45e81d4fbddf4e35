//! Sentences with facts in them: `{queue.server|record.computer|a server} ...`.
//!
//! Between braces stand fact names and last, perhaps, plain words; the first name
//! that is known gives the text. A name that is not known and has no words after
//! it becomes `?`, so a sentence never breaks.

use super::condition::Facts;
use crate::limits;
use serde::Deserialize;
use std::borrow::Cow;
use std::sync::Arc;

/// A sentence with places for facts.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Template {
    source: Arc<str>,
}

impl<'de> Deserialize<'de> for Template {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let source = String::deserialize(deserializer)?;
        Template::new(source).map_err(serde::de::Error::custom)
    }
}

impl Template {
    /// Checks that the braces match, and that it is a sentence and no book.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn new(source: impl Into<String>) -> Result<Template, String> {
        let source = source.into();
        let (length, places) = (source.chars().count(), source.matches(['{', '|']).count());
        if length > limits::TEMPLATE_CHARS || places > limits::TEMPLATE_PLACES {
            return Err(format!(
                "a sentence of {length} characters with {places} places for facts; allowed are {} and {}",
                limits::TEMPLATE_CHARS,
                limits::TEMPLATE_PLACES
            ));
        }
        let mut open = false;
        for letter in source.chars() {
            match (letter, open) {
                ('{', false) => open = true,
                ('}', true) => open = false,
                ('{', true) | ('}', false) => return Err(format!("braces do not match in `{source}`")),
                _ => {}
            }
        }
        if open {
            return Err(format!("braces do not match in `{source}`"));
        }
        Ok(Template { source: source.into() })
    }

    /// The template as written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The names of facts in it, words left out.
    pub fn reads(&self) -> Vec<&str> {
        self.places().flat_map(|place| place.split('|')).filter(|part| is_name(part)).collect()
    }

    /// What stands between the braces, for each place.
    pub(crate) fn places(&self) -> impl Iterator<Item = &str> {
        self.source.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(place, _)| place))
    }

    /// The sentence with the facts filled in; one without places is kept once, however often it is said.
    pub fn fill(&self, facts: &dyn Facts) -> Arc<str> {
        self.fill_with(facts, &|value, _| Cow::Borrowed(value))
    }

    /// A command with the facts filled in. Values are whatever somebody's records say, and an
    /// administrator will paste the line: what would end the command or begin another is left out.
    pub fn fill_command(&self, facts: &dyn Facts) -> Arc<str> {
        self.fill_with(facts, &|value, before| {
            let quoted = before.matches('"').count() % 2 == 1;
            let last = value.chars().count().saturating_sub(1);
            let stays = |(at, letter): (usize, char)| match letter {
                ';' | '|' | '&' | '`' | '"' | '\u{201C}'..='\u{201E}' => false,
                // An account ends with it; anywhere else it would name a variable.
                '$' => at == last && !quoted,
                '(' | ')' | '{' | '}' | '\'' | '\u{2018}'..='\u{201B}' => quoted,
                other => !other.is_control(),
            };
            let left = value.chars().enumerate().filter(|place| stays(*place)).map(|(_, letter)| letter);
            Cow::Owned(left.collect())
        })
    }

    /// `shape` gets a value and what stands before it.
    fn fill_with(&self, facts: &dyn Facts, shape: &Shape) -> Arc<str> {
        if !self.source.contains('{') {
            return Arc::clone(&self.source);
        }
        let mut out = String::with_capacity(self.source.len() + 32);
        let mut parts = self.source.split('{');
        out.push_str(parts.next().unwrap_or_default());
        let mut value = String::new();
        for part in parts {
            let (place, rest) = part.split_once('}').unwrap_or((part, ""));
            value.clear();
            fill_place(place, facts, &mut value);
            out.push_str(&shape(&value, &out));
            out.push_str(rest);
        }
        out.into()
    }
}

/// How a value stands in a sentence, given what stands before it.
type Shape = dyn for<'v> Fn(&'v str, &str) -> Cow<'v, str>;

pub(crate) fn is_name(part: &str) -> bool {
    !part.is_empty()
        && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.' || b == b'_')
}

fn fill_place(place: &str, facts: &dyn Facts, out: &mut String) {
    for part in place.split('|') {
        if !is_name(part) {
            out.push_str(part);
            return;
        }
        let mut shown: Vec<Cow<'_, str>> = Vec::new();
        facts.each(part, &mut |fact| {
            let text = show(&fact.value);
            if !shown.contains(&text) {
                shown.push(text);
            }
            shown.len() < 4
        });
        for (at, text) in shown.iter().enumerate() {
            out.push_str(if at > 0 { ", " } else { "" });
            out.push_str(text);
        }
        if !shown.is_empty() {
            return;
        }
    }
    // The last alternative is a plain word that looks like a name ("peer").
    out.push_str(place.rsplit_once('|').map_or("?", |(_, words)| words));
}

/// Numbers as people read them: seconds of a clock to a tenth, codes whole. A pasted log is cut:
/// it would stand once for each place that names it.
fn show(value: &crate::fact::FactValue) -> Cow<'_, str> {
    match value {
        crate::fact::FactValue::Number(number) if number.fract() != 0.0 => {
            let places = if number.abs() < 10.0 { 3 } else { 1 };
            Cow::Owned(format!("{number:.places$}"))
        }
        crate::fact::FactValue::Text(text) if text.len() <= limits::QUOTE_CHARS => Cow::Borrowed(text),
        other => Cow::Owned(crate::finding::quote(&other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::FactTable;

    #[test]
    fn the_first_known_fact_fills_a_place_and_words_stand_in_for_none() {
        let mut facts = FactTable::default();
        facts.add_text("record.computer", "EX1", "computer");
        facts.add_number("clock.offset_seconds", 307.43182, "text");
        let fill = |source: &str| Template::new(source).unwrap().fill(&facts);
        assert_eq!(&*fill("{queue.server|record.computer|a server} waits"), "EX1 waits");
        assert_eq!(&*fill("{queue.server|a server} waits"), "a server waits");
        assert_eq!(&*fill("{queue.server|peer} waits"), "peer waits");
        assert_eq!(&*fill("{queue.server} waits"), "? waits");
        assert_eq!(&*fill("off by {clock.offset_seconds} s"), "off by 307.4 s");
    }

    #[test]
    fn a_sentence_stays_a_sentence() {
        let long = "x".repeat(limits::TEMPLATE_CHARS + 1);
        let many = "{queue.server}".repeat(limits::TEMPLATE_PLACES + 1);
        let choices = format!("{{{}}}", "a|".repeat(limits::TEMPLATE_PLACES));
        for bomb in [long, many, choices] {
            assert!(Template::new(bomb).unwrap_err().contains("allowed are"));
        }
        let mut facts = FactTable::default();
        facts.add_text("event.message", "ä".repeat(1_000_000), "Message");
        let filled = Template::new("{event.message}{event.message}").unwrap().fill(&facts);
        assert_eq!(filled.chars().count(), 2 * (limits::QUOTE_CHARS + 3));
    }

    #[test]
    fn braces_that_do_not_match_are_refused() {
        for source in ["{a", "a}", "{a{b}}"] {
            assert!(Template::new(source).is_err(), "{source}");
        }
    }

    #[test]
    fn a_value_cannot_leave_its_place_in_a_command() {
        let mut facts = FactTable::default();
        facts.add_text("queue.server", "EX1;calc|x$(y)`z\r\n& EX2", "Identity");
        facts.add_text("queue.name", "owa (Default \"Web\" $Site)", "Name");
        facts.add_text("spn_list.account", "EX1$", "Name");
        let fill = |source: &str| Template::new(source).unwrap().fill_command(&facts);
        assert_eq!(&*fill("nltest {queue.server}"), "nltest EX1calcxyz EX2");
        assert_eq!(&*fill("Get-X \"{queue.name}\" -Y"), "Get-X \"owa (Default Web Site)\" -Y");
        assert_eq!(&*fill("setspn -L {spn_list.account}"), "setspn -L EX1$");
    }
}
