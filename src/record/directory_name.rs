//! Names of directory objects: `EX1\owa (Default Web Site)`, distinguished names, canonical
//! paths (`contoso.com/Configuration/Sites/Branch`), and the objects ADObjectId turns into.
//!
//! Gives the short forms that all ways of arriving share. Looks nothing up.

use super::tolerant::{field, text, unwrapped};
use super::value::Value;

/// The values of a distinguished name's parts with their attribute, first part first.
fn parts(dn: &str) -> Vec<(String, String)> {
    let mut parts = Vec::new();
    let (mut attribute, mut value, mut in_value) = (String::new(), String::new(), false);
    // The line feed in the name of a conflict object.
    let dn = dn.replace("\\0A", "\n");
    let mut chars = dn.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => value.extend(chars.next()),
            '=' if !in_value => in_value = true,
            ',' => {
                parts.push((std::mem::take(&mut attribute), std::mem::take(&mut value)));
                in_value = false;
            }
            _ if in_value => value.push(c),
            _ => attribute.push(c),
        }
    }
    parts.push((attribute, value));
    parts
}

fn is_dn(text: &str) -> bool {
    text.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("CN=") || start.eq_ignore_ascii_case("OU="))
        && text.contains(',')
}

/// The first part of a distinguished name, without `CN=`.
pub(super) fn common_name(dn: &str) -> Option<String> {
    parts(dn).into_iter().next().map(|(_, value)| value).filter(|value| !value.is_empty())
}

/// `EX1\owa (Default Web Site)` of a distinguished name below a server, the common name of any other.
fn identity_of_dn(dn: &str) -> Option<String> {
    let parts = parts(dn);
    let (_, name) = parts.first()?;
    let servers = parts.iter().position(|(_, value)| value.eq_ignore_ascii_case("Servers"));
    let server = servers.and_then(|at| at.checked_sub(1)).filter(|at| *at > 0).and_then(|at| parts.get(at));
    match server {
        Some((_, server)) => Some(format!("{server}\\{name}")),
        None => Some(name.clone()).filter(|name| !name.is_empty()),
    }
}

/// An object's identity as the shell prints it: `EX1\owa (Default Web Site)`.
pub(super) fn identity(value: &Value<'_>) -> Option<String> {
    let by_field = match unwrapped(value) {
        Value::Object(fields) => {
            field(fields, "DistinguishedName").and_then(text).and_then(|dn| identity_of_dn(&dn))
        }
        _ => None,
    };
    by_field.or_else(|| {
        let text = text(value)?;
        if is_dn(&text) {
            identity_of_dn(&text)
        } else {
            Some(text)
        }
    })
}

/// The last name of a directory object: `Branch` of a site's path, `EX1` of a server's name.
pub(super) fn short_name(value: &Value<'_>) -> Option<String> {
    let by_field = match unwrapped(value) {
        Value::Object(fields) => field(fields, "Name").and_then(text),
        _ => None,
    };
    by_field.or_else(|| {
        let text = text(value)?;
        if is_dn(&text) {
            return common_name(&text);
        }
        text.rsplit(['/', '\\']).next().map(str::to_owned).filter(|name| !name.is_empty())
    })
}

/// The server part and the rest of `EX1\owa (Default Web Site)`.
pub(super) fn server_and_name(identity: &str) -> Option<(&str, &str)> {
    identity.split_once('\\').filter(|(server, name)| !server.is_empty() && !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DN: &str =
        r"CN=owa (Default Web Site),CN=HTTP,CN=Protocols,CN=EX1,CN=Servers,CN=AG\, main,DC=contoso,DC=com";

    #[test]
    fn an_identity_is_the_same_as_text_as_name_and_as_object() {
        let object = Value::Object(vec![
            ("Name".into(), Value::Text("owa (Default Web Site)".into())),
            ("DistinguishedName".into(), Value::Text(DN.into())),
        ]);
        for form in [object, Value::Text(DN.into()), Value::Text(r"EX1\owa (Default Web Site)".into())] {
            assert_eq!(identity(&form).as_deref(), Some(r"EX1\owa (Default Web Site)"));
        }
        assert_eq!(
            identity(&Value::Text("CN=EX1,CN=Servers,DC=contoso,DC=com".into())).as_deref(),
            Some("EX1")
        );
    }

    #[test]
    fn the_short_name_of_a_site_is_its_last_part() {
        for form in [
            "contoso.com/Configuration/Sites/Branch",
            "CN=Branch,CN=Sites,CN=Configuration,DC=contoso,DC=com",
            "Branch",
        ] {
            assert_eq!(short_name(&Value::Text(form.into())).as_deref(), Some("Branch"), "{form}");
        }
    }

    #[test]
    fn an_escaped_comma_stays_in_its_part() {
        assert_eq!(common_name(r"CN=Relay\, old,CN=x,DC=contoso").as_deref(), Some("Relay, old"));
    }
}
