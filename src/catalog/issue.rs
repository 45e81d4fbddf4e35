//! Issues: what happened, or what is set wrong, told from one record.
//!
//! Data only. An issue with `check: true` is spoken by code in `check/`; its file
//! holds the words.

use crate::fact::FactTable;
use crate::finding::{Captures, Evidence, Finding, Outcome, Severity, Subject};
use crate::rule::{Condition, Facts, Template, Truth};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The schema of an issue file.
pub const SCHEMA: &str = "exauth.issue/1";

/// How far a rule has proved itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// New; its words or facts rest on one source.
    Trial,
    /// Seen on real servers or documented twice.
    Stable,
}

/// How sure the rule is when it speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Nothing else looks like this.
    High,
    /// Rarely something else.
    Medium,
    /// A hint.
    Low,
}

/// Where a fact of the catalog was read.
#[derive(Debug, Clone, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Title of the page or article.
    pub title: String,
    /// Its address, where it has a lasting one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The day it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<String>,
}

/// One issue.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issue {
    /// [`SCHEMA`].
    pub schema: String,
    /// Its id, the name of its file.
    pub id: Arc<str>,
    /// How far it has proved itself.
    pub status: Status,
    /// How sure it is.
    pub confidence: Confidence,
    /// How serious it is.
    pub severity: Severity,
    /// One line.
    pub title: Arc<str>,
    /// The problem it is a sign of; none for a configuration.
    #[serde(default)]
    pub problem: Option<Arc<str>>,
    /// The causes it bears on.
    #[serde(default)]
    pub causes: Arc<[String]>,
    /// Spoken by code: no condition.
    #[serde(default)]
    pub check: bool,
    /// Kinds of records it reads.
    #[serde(default)]
    pub records: Vec<String>,
    /// For events: the providers.
    #[serde(default)]
    pub providers: Vec<String>,
    /// For events: the ids; 0 for a number that is not known, then the providers and the words decide.
    #[serde(default)]
    pub event_ids: Vec<u32>,
    /// Where this is not true, the issue has nothing to say.
    #[serde(default)]
    pub applies: Option<Condition>,
    /// True is found, false is clear, unknown is unknown.
    #[serde(default)]
    pub when: Option<Condition>,
    /// The sentence about one record.
    pub message: Template,
    /// Facts that name who could not sign in; the first that is known counts.
    #[serde(default)]
    pub from: Vec<String>,
    /// Facts that name to whom.
    #[serde(default)]
    pub to: Vec<String>,
    /// Names under which facts are captured.
    #[serde(default, deserialize_with = "each_name_once")]
    pub captures: BTreeMap<Arc<str>, String>,
    /// Exchange versions.
    #[serde(default)]
    pub applies_to: Vec<String>,
    /// When it is wrong.
    #[serde(default)]
    pub false_positives: Vec<String>,
    /// Where it was read.
    #[serde(default, deserialize_with = "super::load::objects")]
    pub sources: Vec<Source>,
    /// In a pack: the id of the shipped issue that it takes the place of.
    #[serde(default)]
    pub replaces: Option<String>,
    /// Its page, Markdown.
    #[serde(default)]
    pub page: String,
}

/// A map in which a name that stands twice is an error, as in the other objects.
fn each_name_once<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<Arc<str>, String>, D::Error> {
    struct Once;
    impl<'de> serde::de::Visitor<'de> for Once {
        type Value = BTreeMap<Arc<str>, String>;

        fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            formatter.write_str("an object of names and facts")
        }

        fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut found = BTreeMap::new();
            while let Some((name, fact)) = map.next_entry::<Arc<str>, String>()? {
                if let Some(_earlier) = found.insert(name, fact) {
                    return Err(serde::de::Error::custom("a name stands twice in `captures`"));
                }
            }
            Ok(found)
        }
    }
    deserializer.deserialize_map(Once)
}

/// How far an issue speaks of what it did not find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Others {
    /// Not at all.
    No,
    /// That it is clear and where that stands; one sentence, by which findings are put in order.
    InBrief,
    /// Whole findings, clear and unknown.
    InWords,
}

impl Issue {
    /// What this issue says of a record; `None` when it has nothing to say.
    ///
    /// `evidence` turns a fact of the record into its place in the input. What is clear or unknown is
    /// said as far as `others` wants it: nine records of ten are.
    pub fn judge(
        &self,
        subject: impl FnOnce() -> Subject,
        time: Option<&Arc<str>>,
        facts: &FactTable,
        others: Others,
        evidence: &dyn Fn(&crate::fact::Fact) -> Evidence,
    ) -> Option<Finding> {
        let when = self.when.as_ref()?;
        if let Some(applies) = &self.applies {
            if applies.evaluate(facts) != Truth::True {
                return None;
            }
        }
        let (outcome, missing) = match when.evaluate(facts) {
            Truth::False if others == Others::No => return None,
            Truth::Unknown if others != Others::InWords => return None,
            Truth::True => (Outcome::Found, Vec::new()),
            Truth::False => (Outcome::Clear, Vec::new()),
            Truth::Unknown => {
                (Outcome::Unknown, when.missing(facts).into_iter().map(str::to_owned).collect())
            }
        };
        let mut shown = when.witnesses(facts);
        if outcome == Outcome::Clear {
            let mut names = Vec::new();
            when.reads(&mut names);
            shown.extend(names.iter().filter_map(|name| facts.get(name)));
        }
        let mut places: Vec<Evidence> = Vec::new();
        for place in shown.into_iter().map(evidence) {
            if !places.iter().any(|other| other.property == place.property) {
                places.push(place);
            }
        }
        let mut finding = Finding {
            schema: "exauth.finding/1",
            id: self.id.clone(),
            problem: None,
            outcome,
            severity: self.severity,
            causes: Arc::default(),
            subject: subject(),
            from: None,
            to: None,
            time: time.cloned(),
            title: Arc::default(),
            message: self.message.fill(facts),
            captures: Captures::default(),
            missing,
            evidence: places,
            part: 0,
        };
        if outcome == Outcome::Found || others == Others::InWords {
            let capture = |fact: &String| facts.get(fact).map(|fact| fact.value.to_string());
            let captures = self.captures.iter();
            finding.captures =
                captures.filter_map(|(name, fact)| Some((name.clone(), capture(fact)?))).collect();
            finding.problem.clone_from(&self.problem);
            finding.causes.clone_from(&self.causes);
            finding.from = first(&self.from, facts);
            finding.to = first(&self.to, facts);
            finding.title.clone_from(&self.title);
        }
        Some(finding)
    }
}

fn first(names: &[String], facts: &dyn Facts) -> Option<String> {
    names.iter().find_map(|name| {
        let mut text = None;
        facts.each(name, &mut |fact| {
            text = Some(fact.value.to_string());
            false
        });
        text.filter(|text| !text.is_empty())
    })
}
