//! A JSON value as it stands in a record, text borrowed where it can be.
//!
//! Not `serde_json::Value`: the objects of `Import-Clixml | ConvertTo-Json` have
//! keys that differ by case only (`value`, `Value`), their order matters to
//! nobody but their presence does, and a queue of 100,000 objects should not
//! copy each string. Reads nothing but the JSON; knows no Exchange property.

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// Binary copies of live objects that remoting attaches: 90 % of the bytes, no information.
const SERIALIZATION_DATA: &str = "SerializationData";

/// One value of a record's property.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// JSON null, PowerShell `$null`.
    Null,
    /// A Boolean.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// A string.
    Text(Cow<'a, str>),
    /// An array.
    List(Vec<Value<'a>>),
    /// An object, fields in their order.
    Object(Fields<'a>),
}

/// The fields of an object in their order; a name may occur in several spellings.
pub type Fields<'a> = Vec<(Cow<'a, str>, Value<'a>)>;

impl<'a> Value<'a> {
    /// The field of an object, name compared to the letter.
    pub fn field(&self, name: &str) -> Option<&Value<'a>> {
        match self {
            Value::Object(fields) => fields.iter().find(|(key, _)| key == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// True for null and for an empty text.
    pub fn is_empty(&self) -> bool {
        match self {
            Value::Null => true,
            Value::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Value<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor(std::marker::PhantomData))
    }
}

/// A string that borrows from the input where the input has no escapes in it.
pub(super) struct CowStr<'a>(pub Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for CowStr<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct CowVisitor<'a>(std::marker::PhantomData<&'a str>);
        impl<'de: 'a, 'a> Visitor<'de> for CowVisitor<'a> {
            type Value = CowStr<'a>;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<CowStr<'a>, E> {
                Ok(CowStr(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<CowStr<'a>, E> {
                Ok(CowStr(Cow::Owned(text.to_owned())))
            }
            fn visit_string<E>(self, text: String) -> Result<CowStr<'a>, E> {
                Ok(CowStr(Cow::Owned(text)))
            }
        }
        deserializer.deserialize_str(CowVisitor(std::marker::PhantomData))
    }
}

/// Reads the fields of one JSON object.
pub(super) fn read_fields<'de: 'a, 'a, M: MapAccess<'de>>(mut map: M) -> Result<Fields<'a>, M::Error> {
    let mut fields = Vec::with_capacity(map.size_hint().unwrap_or(16).min(256));
    while let Some(CowStr(key)) = map.next_key()? {
        if key == SERIALIZATION_DATA {
            map.next_value::<IgnoredAny>()?;
        } else {
            fields.push((key, map.next_value()?));
        }
    }
    Ok(fields)
}

struct ValueVisitor<'a>(std::marker::PhantomData<&'a str>);

impl<'de: 'a, 'a> Visitor<'de> for ValueVisitor<'a> {
    type Value = Value<'a>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_unit<E>(self) -> Result<Value<'a>, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Value<'a>, E> {
        Ok(Value::Bool(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Value<'a>, E> {
        Ok(Value::Int(value))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Value<'a>, E> {
        Ok(i64::try_from(value).map_or(Value::Float(value as f64), Value::Int))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Value<'a>, E> {
        Ok(Value::Float(value))
    }
    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Value<'a>, E> {
        Ok(Value::Text(Cow::Borrowed(text)))
    }
    fn visit_str<E>(self, text: &str) -> Result<Value<'a>, E> {
        Ok(Value::Text(Cow::Owned(text.to_owned())))
    }
    fn visit_string<E>(self, text: String) -> Result<Value<'a>, E> {
        Ok(Value::Text(Cow::Owned(text)))
    }
    fn visit_seq<S: SeqAccess<'de>>(self, mut seq: S) -> Result<Value<'a>, S::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Value::List(items))
    }
    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Value<'a>, M::Error> {
        read_fields(map).map(Value::Object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Value<'_> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn keys_that_differ_by_case_are_both_kept() {
        let value = read(r#"{"value":31,"Value":"Tls, ExchangeServer"}"#);
        assert_eq!(value.field("value"), Some(&Value::Int(31)));
        assert_eq!(value.field("Value"), Some(&Value::Text("Tls, ExchangeServer".into())));
    }

    #[test]
    fn text_without_escapes_is_borrowed_and_with_escapes_decoded() {
        assert!(matches!(read(r#""EX1""#), Value::Text(Cow::Borrowed("EX1"))));
        assert!(matches!(read(r#""EX1\\12""#), Value::Text(Cow::Owned(text)) if text == r"EX1\12"));
    }

    #[test]
    fn serialization_data_is_left_out_at_every_depth() {
        let value = read(r#"{"A":{"SerializationData":[1,2,3],"B":1},"SerializationData":"x"}"#);
        assert_eq!(value, read(r#"{"A":{"B":1}}"#));
    }
}
