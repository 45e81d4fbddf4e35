//! Results of other sessions as input: what they read comes back, and is judged anew.
//!
//! A report made with `mergeable` lists the observations that a diagnosis can use, with every
//! value whole; read again they are what they were, so that the reports of many servers give the
//! answer of all their records at once. A finding, or a report without them, comes back as far as
//! its captures go: it says less, and never more. Its verdicts are not believed, but made again.

use crate::catalog::Catalog;
use crate::fact::{Fact, FactTable, FactValue, Observation};
use crate::finding::{quote, Captures, Evidence, Finding, Outcome};
use crate::record::{utc_time, utc_times, Body, Record, Value, KINDS};
use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

/// One observation as it stands in `observations` of `exauth.report/1`.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Merged {
    /// Name of its kind.
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    computer: Option<Arc<str>>,
    /// As `collected` of a record: a time, or two with a slash between them.
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<Arc<str>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    from_text: bool,
    facts: Vec<MergedFact>,
}

/// `["queue.server","EX1","Identity"]`.
#[derive(Debug, Clone, serde::Serialize)]
struct MergedFact(String, MergedValue, String);

#[derive(Debug, Clone, serde::Serialize)]
#[serde(untagged)]
enum MergedValue {
    Flag(bool),
    Number(f64),
    Text(String),
    List(Vec<String>),
}

impl Merged {
    /// The observation on its way out.
    pub(super) fn of(observation: &Observation) -> Merged {
        let fact = |fact: &Fact| {
            let value = match &fact.value {
                FactValue::Flag(flag) => MergedValue::Flag(*flag),
                FactValue::Number(number) => MergedValue::Number(*number),
                FactValue::Text(text) => MergedValue::Text(text.clone()),
                FactValue::List(items) => MergedValue::List(items.clone()),
            };
            MergedFact(fact.name.to_string(), value, fact.property.to_string())
        };
        Merged {
            kind: observation.kind,
            computer: observation.computer.clone(),
            time: observation.time.clone().or_else(|| Some(observation.between.as_deref()?.join("/").into())),
            from_text: observation.from_text,
            facts: observation.facts.iter().map(fact).collect(),
        }
    }
}

/// An observation that comes back, with the finding that stands in the place of its judgement.
pub(super) type Returned = (Observation, Option<Finding>);

/// What a report or a finding holds; `None` for a record that is neither.
pub(super) fn returned(catalog: &Catalog, index: usize, record: &Record<'_>) -> Option<Vec<Returned>> {
    let Body::Properties(fields) = &record.body else { return None };
    let field = |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value);
    let items = |name: &str| match field(name) {
        Some(Value::List(items)) => items.as_slice(),
        _ => &[],
    };
    let mut found: Vec<Returned> = match field("schema").and_then(as_text)? {
        "exauth.report/1" if field("observations").is_some() => {
            items("observations").iter().filter_map(read_whole).map(|whole| (whole, None)).collect()
        }
        "exauth.report/1" => {
            items("findings").iter().filter_map(|item| read_finding(catalog, item)).collect()
        }
        "exauth.finding/1" => read_finding(catalog, &Value::Object(fields.clone())).into_iter().collect(),
        _ => return None,
    };
    for (part, (observation, finding)) in found.iter_mut().enumerate() {
        observation.index = index;
        observation.part = part;
        if let Some(finding) = finding {
            finding.part = part;
            let seen = observation.sight().cloned();
            for place in &mut finding.evidence {
                place.record = index;
                place.seen.clone_from(&seen);
            }
        }
    }
    Some(found)
}

fn as_text<'v>(value: &'v Value<'_>) -> Option<&'v str> {
    match value {
        Value::Text(text) if !text.is_empty() => Some(text),
        _ => None,
    }
}

fn kind_named(name: &str) -> Option<&'static str> {
    KINDS.iter().map(|kind| kind.name).find(|known| *known == name)
}

fn empty(kind: &'static str) -> Observation {
    Observation {
        index: 0,
        part: 0,
        kind,
        computer: None,
        time: None,
        between: None,
        from_text: false,
        facts: FactTable::default(),
        sight: OnceLock::new(),
    }
}

fn read_whole(item: &Value<'_>) -> Option<Observation> {
    let text = |name: &str| item.field(name).and_then(as_text).map(str::to_owned);
    let mut observation = empty(kind_named(&text("kind")?)?);
    observation.computer = text("computer").map(Arc::from);
    let time = text("time");
    observation.time = time.as_deref().and_then(utc_time).map(Arc::from);
    observation.between = time.as_deref().and_then(utc_times).map(Arc::new);
    observation.from_text = item.field("from_text") == Some(&Value::Bool(true));
    let Some(Value::List(facts)) = item.field("facts") else { return None };
    for fact in facts {
        let Value::List(parts) = fact else { continue };
        let [name, value, property] = parts.as_slice() else { continue };
        let (Some(name), Some(value)) = (as_text(name), value_of(value)) else { continue };
        let property = as_text(property).unwrap_or_default().to_owned();
        observation.facts.push(Fact {
            name: Cow::Owned(name.to_owned()),
            value,
            property: Cow::Owned(property),
        });
    }
    Some(observation)
}

#[allow(clippy::cast_precision_loss)] // numbers of records are small
fn value_of(value: &Value<'_>) -> Option<FactValue> {
    Some(match value {
        Value::Bool(flag) => FactValue::Flag(*flag),
        Value::Int(number) => FactValue::Number(*number as f64),
        Value::Float(number) => FactValue::Number(*number),
        Value::Text(text) => FactValue::Text(text.to_string()),
        Value::List(items) => {
            FactValue::List(items.iter().filter_map(|item| as_text(item).map(str::to_owned)).collect())
        }
        Value::Null | Value::Object(_) => return None,
    })
}

/// A finding that was found, in the words of this catalog, and what it says as an observation.
fn read_finding(catalog: &Catalog, item: &Value<'_>) -> Option<Returned> {
    let text = |name: &str| item.field(name).and_then(as_text);
    if text("outcome") != Some("found") {
        return None;
    }
    let issue = catalog.issue(text("id")?)?;
    let subject = item.field("subject")?;
    let of_subject = |name: &str| subject.field(name).and_then(as_text).map(str::to_owned);
    let kind = kind_named(&of_subject("kind")?)?;
    let mut observation = empty(kind);
    observation.computer = of_subject("computer").map(Arc::from);
    observation.time = text("time").and_then(utc_time).map(Arc::from);
    let captures = match item.field("captures") {
        Some(Value::Object(fields)) => fields
            .iter()
            .filter_map(|(name, value)| Some((Arc::from(&**name), as_text(value)?.to_owned())))
            .collect(),
        _ => Captures::default(),
    };
    for (name, value) in captures.iter() {
        let Some(fact) = issue.captures.get(name) else { continue };
        observation.facts.push(Fact {
            name: Cow::Owned(fact.clone()),
            value: of_capture(fact, value),
            property: Cow::Owned(name.to_string()),
        });
    }
    if let Some(computer) = &observation.computer {
        observation.facts.add_text("record.computer", &**computer, "computer");
    }
    let name = of_subject("name").unwrap_or_default();
    if kind == "event" {
        if let Some((provider, id)) = name.rsplit_once(' ') {
            observation.facts.add_text("event.provider", provider, "subject");
            if let Ok(id) = id.parse::<u16>() {
                observation.facts.add_number("event.id", f64::from(id), "subject");
            }
        }
        observation.facts.add_text(
            "event.computer",
            observation.computer.as_deref().unwrap_or_default(),
            "subject",
        );
    }
    let finding = Finding {
        schema: "exauth.finding/1",
        id: issue.id.clone(),
        problem: issue.problem.clone(),
        outcome: Outcome::Found,
        severity: issue.severity,
        causes: issue.causes.clone(),
        subject: super::subject(kind, name, observation.computer.clone()),
        from: text("from").map(str::to_owned),
        to: text("to").map(str::to_owned),
        time: observation.time.clone(),
        title: issue.title.clone(),
        message: text("message").unwrap_or_default().into(),
        captures,
        missing: Vec::new(),
        evidence: places(item),
        part: 0,
    };
    Some((observation, Some(finding)))
}

/// A captured value in the type that its fact has: a code is a word that happens to be digits.
fn of_capture(fact: &str, value: &str) -> FactValue {
    match (value, value.parse::<f64>()) {
        ("True", _) => FactValue::Flag(true),
        ("False", _) => FactValue::Flag(false),
        (_, Ok(number)) if !fact.ends_with("code") && number.is_finite() => FactValue::Number(number),
        (text, _) => FactValue::Text(text.to_owned()),
    }
}

fn places(item: &Value<'_>) -> Vec<Evidence> {
    let Some(Value::List(places)) = item.field("evidence") else { return Vec::new() };
    let place = |place: &Value<'_>| {
        let part = |name: &str| place.field(name).and_then(as_text).unwrap_or_default().to_owned();
        Evidence {
            record: 0,
            property: part("property").into(),
            value: quote(&part("value")).into(),
            seen: None,
        }
    };
    places.iter().map(place).collect()
}
