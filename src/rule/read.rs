//! The written form of a condition: `{all}`, `{any}`, `{not}` or `{fact, op, value}`.
//!
//! Read key by key, so that an error is raised at the very key that is wrong and
//! the reader of the document can name it.

use super::condition::{Condition, Node, Test};
use super::pattern::Pattern;
use crate::limits;
use serde::de::{DeserializeSeed, Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Every operator of a comparison.
pub const OPS: &[&str] = &[
    "is",
    "equals",
    "in",
    "contains",
    "starts_with",
    "matches",
    "above",
    "at_least",
    "below",
    "at_most",
    "magnitude_above",
    "magnitude_at_most",
    "present",
    "shown",
    "not_empty",
];

#[derive(Clone, Copy)]
struct Op(&'static str);

impl<'de> Deserialize<'de> for Op {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let known = OPS.iter().find(|known| **known == name);
        known
            .map(|known| Op(known))
            .ok_or_else(|| D::Error::custom(format!("unknown op `{name}`, allowed are {}", OPS.join(", "))))
    }
}

/// Conditions of `all` or `any`.
struct Parts(Vec<Condition>);

impl<'de> Deserialize<'de> for Parts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let parts = Vec::<Condition>::deserialize(deserializer)?;
        if parts.is_empty() {
            return Err(D::Error::custom("`all` and `any` need at least one condition"));
        }
        Ok(Parts(parts))
    }
}

/// A value whose operator is known already.
struct ValueOf(Op);

impl<'de> DeserializeSeed<'de> for ValueOf {
    type Value = Test;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Test, D::Error> {
        test_of(self.0, Value::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Key {
    All,
    Any,
    Not,
    Fact,
    Op,
    Value,
}

const FORM: &str = "a condition is one of {all}, {any}, {not} or {fact, op, value}";

impl<'de> Deserialize<'de> for Condition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Form)
    }
}

struct Form;

impl<'de> Visitor<'de> for Form {
    type Value = Condition;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(FORM)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Condition, A::Error> {
        let (mut nodes, mut name, mut op, mut test, mut value) = (Vec::new(), None, None, None, None);
        let mut keys = 0;
        while let Some(key) = map.next_key()? {
            keys += 1;
            match (key, op) {
                (Key::All, _) => nodes.push(Node::All(map.next_value::<Parts>()?.0)),
                (Key::Any, _) => nodes.push(Node::Any(map.next_value::<Parts>()?.0)),
                (Key::Not, _) => nodes.push(Node::Not(Box::new(map.next_value()?))),
                (Key::Fact, _) => name = Some(map.next_value::<String>()?),
                (Key::Op, _) => op = Some(map.next_value::<Op>()?),
                (Key::Value, Some(op)) => test = Some(map.next_value_seed(ValueOf(op))?),
                (Key::Value, None) => value = Some(map.next_value::<Value>()?),
            }
        }
        let node = match (nodes.pop(), name, op, keys) {
            (Some(node), None, None, 1) => node,
            (None, Some(name), Some(op), 2) => {
                Node::Fact { name, test: test_of(op, Value::Null).map_err(A::Error::custom)? }
            }
            (None, Some(name), Some(op), 3) => match (test, value) {
                (Some(test), None) => Node::Fact { name, test },
                (None, Some(value)) => {
                    Node::Fact { name, test: test_of(op, value).map_err(A::Error::custom)? }
                }
                _ => return Err(A::Error::custom(FORM)),
            },
            // A key that stands twice ends here, too.
            _ => return Err(A::Error::custom(FORM)),
        };
        Ok(Condition(node))
    }
}

fn test_of(op: Op, value: Value) -> Result<Test, String> {
    use Value::{Array, Bool, Null, Number, String as Text};
    let number = |value: &serde_json::Number| value.as_f64().unwrap_or(f64::NAN);
    Ok(match (op.0, value) {
        ("present", Null) => Test::Present,
        ("shown", Null) => Test::Shown,
        ("not_empty", Null) => Test::NotEmpty,
        ("is", Bool(flag)) => Test::Is(flag),
        ("equals", Text(text)) => Test::Equals(text),
        ("equals", Number(n)) => Test::EqualsNumber(number(&n)),
        ("in", Array(items)) => Test::In(texts(items)?),
        ("contains", Text(text)) if !text.is_empty() => Test::Contains(text.to_lowercase()),
        ("starts_with", Text(text)) if !text.is_empty() => Test::StartsWith(text.to_lowercase()),
        ("matches", Text(source)) => Test::Matches(Pattern::new(source)?),
        ("above", Number(n)) => Test::Above(number(&n)),
        ("at_least", Number(n)) => Test::AtLeast(number(&n)),
        ("below", Number(n)) => Test::Below(number(&n)),
        ("at_most", Number(n)) => Test::AtMost(number(&n)),
        ("magnitude_above", Number(n)) => Test::MagnitudeAbove(number(&n)),
        ("magnitude_at_most", Number(n)) => Test::MagnitudeAtMost(number(&n)),
        (op, value) => {
            let wanted = match op {
                "present" | "shown" | "not_empty" => "no value",
                "is" => "true or false",
                "equals" => "a text or a number",
                "in" => "a list of texts",
                "contains" | "starts_with" => "a text that is not empty",
                "matches" => "a pattern as a text",
                _ => "a number",
            };
            return Err(format!("op `{op}` takes {wanted}, not {}", shape(&value)));
        }
    })
}

fn texts(items: Vec<Value>) -> Result<Vec<String>, String> {
    if items.is_empty() || items.len() > limits::RULE_LIST {
        return Err(format!("op `in` takes 1 to {} texts, not {}", limits::RULE_LIST, items.len()));
    }
    let text = |item| match item {
        Value::String(text) => Ok(text),
        other => Err(format!("op `in` takes a list of texts, not one with {}", shape(&other))),
    };
    items.into_iter().map(text).collect()
}

/// A value in a few words: it may be as large as its document.
fn shape(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(text) if text.is_empty() => "an empty text".to_owned(),
        Value::String(_) => "a text".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_condition_says_what_is_allowed() {
        for (json, part) in [
            (r#"{"fact":"a","op":"like","value":"x"}"#, "unknown op `like`, allowed are is, equals"),
            (r#"{"fact":"a","op":"is","value":"x"}"#, "op `is` takes true or false, not a text"),
            (r#"{"value":"x","fact":"a","op":"is"}"#, "op `is` takes true or false, not a text"),
            (r#"{"fact":"a","op":"is"}"#, "op `is` takes true or false, not none"),
            (r#"{"fact":"a","op":"shown","value":1}"#, "op `shown` takes no value, not 1"),
            (r#"{"fact":"a","op":"in","value":[]}"#, "op `in` takes 1 to"),
            (r#"{"fact":"a","op":"in","value":["x",1]}"#, "a list of texts, not one with 1"),
            (r#"{"fact":"a","op":"contains","value":""}"#, "not an empty text"),
            (r#"{"all":[]}"#, "at least one condition"),
            (r#"{"fact":"a"}"#, FORM),
            (r#"{"fact":"a","fact":"b","op":"shown"}"#, FORM),
            (r#"{"not":{"fact":"a","op":"shown"},"op":"is"}"#, FORM),
            (r#"[]"#, FORM),
            (r#"{"fact":"a","ops":"is"}"#, "unknown field `ops`, expected one of `all`"),
            (r#"{"fact":"a","op":"matches","value":"("}"#, "pattern is not valid"),
        ] {
            let error = serde_json::from_str::<Condition>(json).unwrap_err().to_string();
            assert!(error.contains(part), "{json}: {error}");
        }
    }
}
