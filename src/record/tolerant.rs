//! Readers of one property value, in every way in which a value can arrive: live, from
//! `Import-Clixml`, through remoting as text, out of a CSV cell or a Format-List block.
//!
//! A reader answers "not given" where the form lost the value (a type name in place of a
//! list, a number of an enum nobody verified). It knows no property and judges nothing.

use super::read::Record;
use super::value::{Fields, Value};

/// A list as far as the form carried it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Items {
    /// The items that are there, in their order.
    pub items: Vec<String>,
    /// False when the form cut the list (`...`) or an item could not be read.
    pub complete: bool,
}

impl Items {
    /// True when an item is this word, case aside.
    pub fn has(&self, word: &str) -> bool {
        self.items.iter().any(|item| item.eq_ignore_ascii_case(word))
    }
}

/// Unwraps `{"value":4,"Value":"Exchange2013"}` and `{"value":[...],"Count":2}` to what carries the meaning.
pub(super) fn unwrapped<'v, 'a>(value: &'v Value<'a>) -> &'v Value<'a> {
    let number_and_name = value.field("value").is_some();
    match (value.field("Value"), value.field("value")) {
        (Some(name @ Value::Text(_)), _) if number_and_name => name,
        (_, Some(inner)) => inner,
        _ => value,
    }
}

/// The field of an object, name compared without case.
pub(super) fn field<'v, 'a>(fields: &'v Fields<'a>, name: &str) -> Option<&'v Value<'a>> {
    fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// True for the text that PowerShell prints in place of a value it did not expand.
pub(super) fn is_type_name(text: &str) -> bool {
    let text = text.trim();
    // Every value of every record comes by here, and hardly one begins like this.
    if !text.starts_with(['S', 'M', 'D']) {
        return false;
    }
    // Types are written with a capital; `Microsoft.Exchange.Search.Service.exe` is a file.
    let dotted = text
        .split(['`', '[', ' '])
        .next()
        .and_then(|name| name.rsplit_once('.'))
        .is_some_and(|(_, last)| !last.starts_with(|c: char| c.is_ascii_lowercase()));
    let prefixed = [
        "System.",
        "Microsoft.Exchange.",
        "Microsoft.ActiveDirectory.",
        "Microsoft.Management.",
        "Deserialized.",
        "Selected.System.",
    ]
    .iter()
    .any(|prefix| text.starts_with(prefix));
    dotted && prefixed && text.chars().all(|c| c.is_ascii_alphanumeric() || " .`[],+=_-".contains(c))
}

/// A text: trimmed, "not given" when empty or a type name. Numbers and flags print as PowerShell prints them.
pub(super) fn text(value: &Value<'_>) -> Option<String> {
    match unwrapped(value) {
        Value::Text(text) => {
            Some(text.trim()).filter(|text| !text.is_empty() && !is_type_name(text)).map(str::to_owned)
        }
        Value::Int(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(if *flag { "True" } else { "False" }.to_owned()),
        Value::Object(fields) => {
            // Uri, Fqdn and ADObjectId objects; the first that is there says it best.
            let names = [
                "OriginalString",
                "AbsoluteUri",
                "Domain",
                "Name",
                "DistinguishedName",
                "IPAddressToString",
                "Address",
                "Expression",
            ];
            names.iter().filter_map(|name| field(fields, name)).find_map(|inner| match inner {
                Value::Text(_) => text(inner),
                _ => None,
            })
        }
        Value::List(items) => match items.as_slice() {
            [only] if !matches!(only, Value::List(_)) => text(only),
            _ => None,
        },
        Value::Null => None,
    }
}

/// A yes or no: a Boolean or its name. Null is "not known" (a nullable flag of an EWS directory).
pub(super) fn flag(value: &Value<'_>) -> Option<bool> {
    match unwrapped(value) {
        Value::Bool(flag) => Some(*flag),
        Value::Text(text) if text.trim().eq_ignore_ascii_case("true") => Some(true),
        Value::Text(text) if text.trim().eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// A whole number, also as text.
pub(super) fn number(value: &Value<'_>) -> Option<i64> {
    match unwrapped(value) {
        Value::Int(number) => Some(*number),
        Value::Text(text) => text.trim().parse().ok(),
        // A number with a fraction is no count; up to 2^53 a float is exact.
        Value::Float(number) if number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0 => {
            format!("{number:.0}").parse().ok()
        }
        _ => None,
    }
}

/// How the items of a list are told apart when the list arrives as one text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Separator {
    /// Items never hold a blank (enum names, addresses): blank, comma and semicolon separate.
    Blank,
    /// Items may hold blanks: comma and semicolon separate.
    Comma,
}

/// A list: an array, one item alone, text in braces, joined text; `None` when the form lost it.
pub(super) fn list(value: &Value<'_>, separator: Separator) -> Option<Items> {
    match unwrapped(value) {
        Value::List(values) => {
            let mut items = Vec::with_capacity(values.len());
            let mut complete = true;
            for value in values {
                match text(value) {
                    Some(item) if is_cut_mark(&item) => complete = false,
                    Some(item) => items.push(item),
                    None => complete &= value.is_empty(),
                }
            }
            (complete || !items.is_empty()).then_some(Items { items, complete })
        }
        Value::Text(joined) => list_of_text(joined, separator),
        Value::Null => None,
        other => text(other).map(|item| Items { items: vec![item], complete: true }),
    }
}

/// True when a form cut the value: dots at its end, or the name of a type in its place.
pub(crate) fn is_cut(value: &Value<'_>) -> bool {
    match unwrapped(value) {
        Value::Text(text) => {
            let text = text.trim_end();
            let text = text.strip_suffix('}').unwrap_or(text);
            text.ends_with("...") || text.ends_with('\u{2026}') || is_type_name(text)
        }
        Value::List(items) => items.iter().any(is_cut),
        _ => false,
    }
}

fn is_cut_mark(item: &str) -> bool {
    matches!(item.trim(), "..." | "\u{2026}")
}

fn list_of_text(joined: &str, separator: Separator) -> Option<Items> {
    let joined = joined.trim();
    let braces = joined.strip_prefix('{').map(|inner| inner.strip_suffix('}').unwrap_or(inner));
    if is_type_name(joined) || joined.split_whitespace().next().is_some_and(is_type_name) {
        return None;
    }
    if joined.is_empty() {
        // Null and an empty list print alike in a cell.
        return None;
    }
    // Format-List closes the braces; an open one was cut by the console or by hand.
    let closed = braces.is_some() && joined.ends_with('}');
    let mut complete = braces.is_none() || closed;
    let inner = braces.unwrap_or(joined);
    let is_separator =
        |c: char| matches!(c, ',' | ';') || (separator == Separator::Blank && c.is_whitespace());
    let mut items = Vec::new();
    for item in inner.split(is_separator).map(str::trim).filter(|item| !item.is_empty()) {
        match item.strip_suffix("...").or_else(|| item.strip_suffix('\u{2026}')) {
            // `{a, b...}` has more items than the shell lists; without the brace the console cut
            // the text, and what stands before the dots is half an item.
            Some(whole) => {
                complete = false;
                if closed && !whole.trim().is_empty() {
                    items.push(whole.trim().to_owned());
                }
            }
            None if is_type_name(item) => return None,
            None => items.push(item.to_owned()),
        }
    }
    (complete || !items.is_empty()).then_some(Items { items, complete })
}

/// A version as `15.1.2375.7`: `Version 15.1 (Build 2375.7)`, the dotted form, or its object.
pub(super) fn version(value: &Value<'_>) -> Option<String> {
    let parts: Vec<u32> = match unwrapped(value) {
        Value::Object(fields) => {
            let part = |name| field(fields, name).and_then(number).and_then(|part| u32::try_from(part).ok());
            let (major, minor) = (part("Major")?, part("Minor")?);
            [Some(major), Some(minor), part("Build"), part("Revision")]
                .into_iter()
                .map_while(|part| part)
                .collect()
        }
        Value::Text(text) => {
            let digits = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
            digits.map(str::parse).collect::<Result<_, _>>().ok()?
        }
        _ => return None,
    };
    // 6 is Exchange 2000/2003, the oldest that can be a partner; anything else is no product version.
    let major = *parts.first()?;
    if !(2..=4).contains(&parts.len()) || !(6..=99).contains(&major) {
        return None;
    }
    Some(parts.iter().map(u32::to_string).collect::<Vec<_>>().join("."))
}

/// The major number of a version text.
pub(super) fn major(version: &str) -> Option<f64> {
    version.split('.').next()?.parse::<u32>().ok().map(f64::from)
}

/// The argument of a parameter in the command that gave the record: `-Server EX1`.
pub(super) fn argument<'r>(record: &'r Record<'_>, parameter: &str) -> Option<&'r str> {
    let mut words = record.from.as_deref()?.split_whitespace();
    words.by_ref().find(|word| word.eq_ignore_ascii_case(parameter))?;
    words
        .next()
        .map(|word| word.trim_matches(['"', '\'']))
        .filter(|word| !word.starts_with(['-', '|', '$', '(']))
}

/// What a command asked for: its `-Identity`, or its first argument without a name.
pub(super) fn asked<'r>(record: &'r Record<'_>) -> Option<&'r str> {
    let words = words(record.from.as_deref()?);
    let mut arguments = words.iter().skip(1);
    let word = match words.iter().position(|word| word.eq_ignore_ascii_case("-Identity")) {
        Some(at) => words.get(at + 1),
        None => arguments.next(),
    };
    // A variable, an expression, another parameter or a switch of a tool is no name.
    word.copied().filter(|word| !word.is_empty() && !word.starts_with(['-', '/', '|', '$', '(', '@']))
}

/// The words of a command line; quotation marks hold one together.
fn words(line: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while let Some(first) = rest.chars().next() {
        let (word, behind) = match first {
            '"' | '\'' => {
                let inner = rest.get(1..).unwrap_or_default();
                inner.split_once(first).unwrap_or((inner, ""))
            }
            _ => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
        };
        words.push(word);
        rest = behind.trim_start();
    }
    words
}

/// A text with every run of white space, line ends too, as one blank.
pub(super) fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(json: &str) -> Value<'_> {
        serde_json::from_str(json).unwrap()
    }

    fn items(json: &str, separator: Separator) -> Option<(Vec<String>, bool)> {
        list(&value(json), separator).map(|read| (read.items, read.complete))
    }

    #[test]
    fn a_list_is_the_same_from_every_form() {
        let two = Some((vec!["Basic".to_owned(), "Fba".to_owned()], true));
        for form in [
            r#"["Basic","Fba"]"#,
            r#""{Basic, Fba}""#,
            r#""Basic Fba""#,
            r#""Basic,Fba""#,
            r#""Basic; Fba""#,
            r#"{"value":["Basic","Fba"],"Count":2}"#,
            r#"[{"value":0,"Value":"Basic"},{"value":3,"Value":"Fba"}]"#,
        ] {
            assert_eq!(items(form, Separator::Blank), two, "{form}");
        }
    }

    #[test]
    fn an_empty_list_is_a_list_and_a_type_name_is_none() {
        for form in ["[]", r#""{}""#] {
            assert_eq!(items(form, Separator::Blank), Some((vec![], true)), "{form}");
        }
        for form in [
            "null",
            r#""""#,
            r#""System.Collections.ArrayList""#,
            r#""System.String[]""#,
            r#""Microsoft.Exchange.Data.MultiValuedProperty`1[Microsoft.Exchange.Data.IPRange]""#,
            r#"["System.Diagnostics.Eventing.Reader.EventProperty"]"#,
        ] {
            assert_eq!(items(form, Separator::Blank), None, "{form}");
        }
    }

    #[test]
    fn a_list_cut_with_dots_is_not_complete() {
        assert_eq!(
            items(r#""{a, b...}""#, Separator::Comma),
            Some((vec!["a".to_owned(), "b".to_owned()], false))
        );
        assert_eq!(items(r#""{a, b...""#, Separator::Comma), Some((vec!["a".to_owned()], false)));
        assert_eq!(
            items(r#""{a, b, \u2026}""#, Separator::Comma),
            Some((vec!["a".to_owned(), "b".to_owned()], false))
        );
        assert_eq!(items(r#"["a","..."]"#, Separator::Comma), Some((vec!["a".to_owned()], false)));
        assert_eq!(items(r#""{a, b""#, Separator::Comma).map(|read| read.1), Some(false));
    }

    #[test]
    fn a_host_name_is_no_type_name() {
        assert!(!is_type_name("system.contoso.com:25 [198.51.100.7]/"));
        assert!(!is_type_name("Basic, Fba"));
        assert!(!is_type_name("Microsoft.Exchange.RpcClientAccess.Service.exe"), "a file");
        assert!(is_type_name("System.Collections.Generic.List`1[System.String]"));
        assert_eq!(text(&value(r#""mail.contoso.com""#)).as_deref(), Some("mail.contoso.com"));
    }

    #[test]
    fn a_flag_is_a_boolean_or_its_name_and_null_is_not_known() {
        assert_eq!(flag(&value("true")), Some(true));
        assert_eq!(flag(&value(r#""False""#)), Some(false));
        assert_eq!(flag(&value("null")), None);
        assert_eq!(flag(&value(r#""""#)), None);
        assert_eq!(flag(&value("1")), None);
    }

    #[test]
    fn a_version_is_the_same_as_text_and_as_object() {
        for form in [
            r#""Version 15.1 (Build 2375.7)""#,
            r#"{"Major":15,"Minor":1,"Build":2375,"Revision":7}"#,
            r#""15.1.2375.7""#,
            r#""15.01.2375.007""#,
        ] {
            assert_eq!(version(&value(form)).as_deref(), Some("15.1.2375.7"), "{form}");
        }
        assert_eq!(version(&value(r#""0.10 (14.0.100.0)""#)), None);
        assert_eq!(major("15.1.2375.7"), Some(15.0));
    }

    #[test]
    fn an_uri_and_a_directory_object_are_read_as_their_text() {
        assert_eq!(
            text(&value(r#"{"AbsolutePath":"/owa","AbsoluteUri":"https://ex1.contoso.com/owa"}"#)).as_deref(),
            Some("https://ex1.contoso.com/owa")
        );
        assert_eq!(text(&value(r#"{"Domain":"ex1.contoso.com"}"#)).as_deref(), Some("ex1.contoso.com"));
        assert_eq!(text(&value("{}")), None);
    }
}
