//! Client Access services: which alternate service account a server holds.
//!
//! The account arrives as an object, as a text of several lines, or as the first of them in a
//! table. Its words are translated, so the account is told by its backslash and "not set" by its
//! angle brackets. Without -IncludeAlternateServiceAccountCredentialStatus nothing is known.

use super::date::date;
use super::directory_name::short_name;
use super::kind::{Kind, Property};
use super::read::Record;
use super::reader::Reader;
use super::tolerant::{self, field, text, unwrapped};
use super::value::{Fields, Value};
use crate::fact::FactTable;

/// `Get-ClientAccessService` and, up to 2013, `Get-ClientAccessServer`.
pub static KIND: Kind = Kind {
    name: "client-access-service",
    types: &["ClientAccessServer", "ClientAccessService"],
    object_classes: &[],
    marks: &[&["AlternateServiceAccountConfiguration"], &["AutoDiscoverServiceInternalUri"]],
    commands: &["Get-ClientAccessService", "Get-ClientAccessServer"],
    properties: &[
        Property::new("Name", "the server"),
        Property::new("Identity", "the server, where Name is missing"),
        Property::new("Fqdn", "the server, where both are missing"),
        Property::new("AlternateServiceAccountConfiguration", "the shared account for Kerberos"),
        Property::new("AutoDiscoverServiceInternalUri", "kind, when the type is lost"),
    ],
    facts,
};

/// The property that all of this is about.
const CONFIGURATION: &str = "AlternateServiceAccountConfiguration";

/// What a server holds.
#[derive(Debug, PartialEq)]
enum Asa {
    NotSet,
    Set {
        account: String,
        /// ISO 8601 in UTC, where it is certain.
        date: Option<String>,
        /// As it was written, in the culture of whoever asked.
        date_text: Option<String>,
    },
}

fn facts(record: &Record<'_>, facts: &mut FactTable) {
    let reader = Reader { record, facts };
    let server = ["Name", "Identity", "Fqdn"]
        .into_iter()
        .find_map(|property| Some((reader.value(property).and_then(short_name)?, property)));
    if let Some((server, property)) = server {
        reader.facts.add_text("client_access.server", server, property);
    }
    match reader.value(CONFIGURATION).and_then(asa) {
        Some(Asa::NotSet) => reader.facts.add_flag("client_access.asa_not_set", true, CONFIGURATION),
        Some(Asa::Set { account, date, date_text }) => {
            reader.facts.add_flag("client_access.asa_not_set", false, CONFIGURATION);
            reader.facts.add_text("client_access.asa_account", account, CONFIGURATION);
            reader.facts.add_text("client_access.asa_date", date.unwrap_or_default(), CONFIGURATION);
            // The same account with the same text on two servers was set at the same time.
            reader.facts.add_text(
                "client_access.asa_date_text",
                date_text.unwrap_or_default(),
                CONFIGURATION,
            );
        }
        None => {}
    }
}

fn asa(value: &Value<'_>) -> Option<Asa> {
    match unwrapped(value) {
        Value::Object(fields) => of_object(fields),
        Value::List(items) => of_credentials(items),
        other => of_text(&text(other)?),
    }
}

fn of_object(fields: &Fields<'_>) -> Option<Asa> {
    for name in ["EffectiveCredentials", "AllCredentials"] {
        match field(fields, name).map(unwrapped) {
            Some(Value::List(items)) => return of_credentials(items),
            Some(one @ (Value::Object(_) | Value::Text(_))) => {
                if let Some(found) = of_credential(one) {
                    return Some(found);
                }
            }
            _ => {}
        }
    }
    // One credential alone; a live object has fields of its own for the latest one.
    of_credential(&Value::Object(fields.clone()))
}

/// The latest of several; the first where no date is certain, for they come in that order.
fn of_credentials(items: &[Value<'_>]) -> Option<Asa> {
    if items.is_empty() {
        return Some(Asa::NotSet);
    }
    let date_of = |found: &Asa| match found {
        Asa::Set { date, .. } => date.clone(),
        Asa::NotSet => None,
    };
    items.iter().filter_map(of_credential).reduce(|first, next| {
        if date_of(&next) > date_of(&first) && date_of(&first).is_some() {
            next
        } else {
            first
        }
    })
}

fn of_credential(value: &Value<'_>) -> Option<Asa> {
    let Value::Object(fields) = unwrapped(value) else { return of_text(&text(value)?) };
    let credential_user = field(fields, "Credential").and_then(|credential| match credential {
        Value::Object(inner) => field(inner, "UserName").and_then(text),
        _ => None,
    });
    let account = field(fields, "QualifiedUserName").and_then(text).or(credential_user)?;
    let when = ["WhenAddedUTC", "WhenAdded"].into_iter().filter_map(|name| field(fields, name));
    let dates: Vec<&Value<'_>> = when.collect();
    Some(Asa::Set {
        account,
        date: dates.iter().find_map(|value| date(value)),
        date_text: dates.iter().find_map(|value| text(value)),
    })
}

/// `Latest: 1/12/2015 10:19:22 AM, CONTOSO\ASA$`, more lines behind it.
fn of_text(whole: &str) -> Option<Asa> {
    let backslash = whole.find('\\');
    let bracket = whole.find('<');
    match (backslash, bracket) {
        (None, None) => None,
        (None, Some(_)) => Some(Asa::NotSet),
        // The latest is not set, the one before was.
        (Some(account), Some(bracket)) if bracket < account => Some(Asa::NotSet),
        (Some(backslash), _) => {
            let (before, behind) = (whole.get(..backslash)?, whole.get(backslash + 1..)?);
            let domain =
                before.rsplit([' ', ',', ';', '\n', '{', '\t']).next().filter(|domain| !domain.is_empty())?;
            let line = behind.lines().next()?;
            // A computer account ends with its dollar sign, whatever was joined to it.
            let name = match line.split_once('$') {
                Some((name, _)) => format!("{name}$"),
                None => line.split([' ', ',', ';', '}']).next()?.to_owned(),
            };
            let when = before.get(..before.len().checked_sub(domain.len())?)?;
            let when = when.lines().last().unwrap_or(when);
            // The label in front of the date ends with a colon and a blank; a time has none.
            let when = when.split_once(": ").map_or(when, |(_, when)| when);
            let when = tolerant::folded(when.trim_matches([' ', ',', ';', '{']));
            (!name.is_empty()).then(|| Asa::Set {
                account: format!("{domain}\\{name}"),
                date: super::date::date_of_text(&when),
                date_text: Some(when).filter(|when| !when.is_empty()),
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> FactTable {
        let mut table = FactTable::default();
        super::super::read_records(json.as_bytes(), 0, |record| facts(&record.unwrap(), &mut table));
        table
    }

    fn of(configuration: &str) -> FactTable {
        read(&format!(r#"{{"Name":"EX1","AlternateServiceAccountConfiguration":{configuration}}}"#))
    }

    #[test]
    fn the_account_is_read_from_every_form() {
        for form in [
            r#""Latest: 1/12/2015 10:19:22 AM, CONTOSO\\ASA$\r\nPrevious: <Not set>""#,
            r#""Latest: 1/12/2015 10:19:22 AM, CONTOSO\\ASA$""#,
            r#""Latest: 1/12/2015 10:19:22 AM, CONTOSO\\ASA$     ...""#,
            r#""Neueste: 12.01.2015 10:19:22, CONTOSO\\ASA$\n   Vorherige: 01.01.2014 10:00:00, CONTOSO\\OLD$""#,
            r#"{"EffectiveCredentials":["1/12/2015 10:19:22 AM, CONTOSO\\ASA$"]}"#,
            r#"{"EffectiveCredentials":[{"QualifiedUserName":"CONTOSO\\ASA$","WhenAdded":"1/12/2015 10:19:22 AM"}]}"#,
        ] {
            let facts = of(form);
            assert_eq!(facts.text("client_access.asa_account"), Some("CONTOSO\\ASA$"), "{form}");
            assert_eq!(facts.flag("client_access.asa_not_set"), Some(false), "{form}");
            assert_eq!(facts.get("client_access.asa_date"), None, "a culture's date is no date: {form}");
            assert!(facts.text("client_access.asa_date_text").unwrap().contains("2015 10:19:22"), "{form}");
        }
    }

    #[test]
    fn not_set_is_known_and_not_asked_is_not() {
        for form in [
            r#""Latest: <Not set>\r\nPrevious: <Not set>""#,
            r#""<Not set>""#,
            r#""Neueste: <Nicht festgelegt>""#,
            r#""Latest: <Not set>\r\nPrevious: 1/12/2015 10:19:22 AM, CONTOSO\\ASA$""#,
            r#"{"EffectiveCredentials":[],"AllCredentials":[]}"#,
        ] {
            assert_eq!(of(form).flag("client_access.asa_not_set"), Some(true), "{form}");
            assert_eq!(of(form).get("client_access.asa_account"), None, "{form}");
        }
        for form in [
            "null",
            r#""""#,
            r#""Microsoft.Exchange.Data.Directory.Management.AlternateServiceAccountConfiguration""#,
        ] {
            assert_eq!(of(form).get("client_access.asa_not_set"), None, "{form}");
        }
    }

    #[test]
    fn the_latest_of_several_credentials_counts_by_its_date() {
        let facts = of(
            r#"{"EffectiveCredentials":[{"QualifiedUserName":"CONTOSO\\OLD$","WhenAddedUTC":"\/Date(1400000000000)\/"},
            {"QualifiedUserName":"CONTOSO\\ASA$","WhenAddedUTC":"2026-01-02T03:04:05Z"}]}"#,
        );
        assert_eq!(facts.text("client_access.asa_account"), Some("CONTOSO\\ASA$"));
        assert_eq!(facts.text("client_access.asa_date"), Some("2026-01-02T03:04:05Z"));
    }

    #[test]
    fn an_account_of_a_user_ends_at_the_blank() {
        let facts = of(r#""Latest: 1/12/2015 10:19:22 AM, CONTOSO\\svc-asa Previous: <Not set>""#);
        assert_eq!(facts.text("client_access.asa_account"), Some("CONTOSO\\svc-asa"));
    }
}
