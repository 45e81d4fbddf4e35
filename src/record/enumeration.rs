//! Names of enums: a name, a number somebody verified, several joined, or `{value, Value}`.
//!
//! Which numbers mean which names is the caller's table, and holds only numbers that were seen
//! in exported objects: an unknown number is "not given", never a guess.

use super::tolerant::{list, number, text, unwrapped, Items, Separator};
use super::value::Value;

/// The name of a plain enum: a name, or a number that `numbers` knows.
pub(super) fn enum_name(value: &Value<'_>, numbers: &[(i64, &str)]) -> Option<String> {
    let text = text(value)?;
    match text.parse::<i64>() {
        Ok(number) => numbers.iter().find(|(known, _)| *known == number).map(|(_, name)| (*name).to_owned()),
        Err(_) => Some(text).filter(|text| text.chars().all(|c| c.is_ascii_alphanumeric())),
    }
}

/// The names of a list of enums, each a name or a known number.
pub(super) fn enum_names(value: &Value<'_>, numbers: &[(i64, &str)]) -> Option<Items> {
    let mut read = list(value, Separator::Blank)?;
    let items = std::mem::take(&mut read.items);
    for item in items {
        match item.parse::<i64>() {
            Ok(number) => match numbers.iter().find(|(known, _)| *known == number) {
                Some((_, name)) => read.items.push((*name).to_owned()),
                None => read.complete = false,
            },
            Err(_) => read.items.push(item),
        }
    }
    (read.complete || !read.items.is_empty()).then_some(read)
}

/// The names of a flags enum. A bit that `bits` does not know makes the list incomplete; the
/// known bits still count, for they are independent of each other.
pub(super) fn flag_names(value: &Value<'_>, bits: &[(i64, &str)]) -> Option<Items> {
    let single = match unwrapped(value) {
        Value::List(items) if items.len() != 1 => None,
        other => number(other).or_else(|| text(other).and_then(|text| text.parse().ok())),
    };
    let Some(number) = single else {
        return list(value, Separator::Blank);
    };
    if number == 0 {
        return Some(Items { items: vec!["None".to_owned()], complete: true });
    }
    let known: i64 = bits.iter().fold(0, |all, (bit, _)| all | bit);
    let items =
        bits.iter().filter(|(bit, _)| number & bit != 0).map(|(_, name)| (*name).to_owned()).collect();
    Some(Items { items, complete: number & !known == 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(json: &str) -> Value<'_> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn numbers_are_names_only_where_they_are_known() {
        let numbers = [(0, "Basic"), (3, "Fba")];
        for form in ["[0,3]", r#"["Basic","Fba"]"#, r#""{Basic, Fba}""#, r#"["0","3"]"#] {
            let read = enum_names(&value(form), &numbers).unwrap();
            assert_eq!(
                (read.items, read.complete),
                (vec!["Basic".to_owned(), "Fba".to_owned()], true),
                "{form}"
            );
        }
        let read = enum_names(&value("[0,99]"), &numbers).unwrap();
        assert_eq!((read.items, read.complete), (vec!["Basic".to_owned()], false));
        assert_eq!(enum_name(&value("99"), &numbers), None);
        assert_eq!(enum_name(&value(r#"{"value":3,"Value":"Fba"}"#), &[]).as_deref(), Some("Fba"));
    }

    #[test]
    fn an_unknown_bit_makes_flags_incomplete_but_keeps_the_known_ones() {
        let bits = [(1, "Tls"), (16, "ExchangeServer")];
        for form in
            ["17", r#""17""#, r#""Tls, ExchangeServer""#, r#"{"value":17,"Value":"Tls, ExchangeServer"}"#]
        {
            let read = flag_names(&value(form), &bits).unwrap();
            assert_eq!(
                (read.items, read.complete),
                (vec!["Tls".to_owned(), "ExchangeServer".to_owned()], true)
            );
        }
        let read = flag_names(&value("49"), &bits).unwrap();
        assert_eq!((read.items.len(), read.complete), (2, false));
        assert_eq!(flag_names(&value("0"), &bits).unwrap().items, ["None"]);
    }
}
