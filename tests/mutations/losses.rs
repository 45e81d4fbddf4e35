//! A value that was lost accuses nobody: a healthy export stays silent whatever it lacks, and a
//! broken one shows no more than it did.

use super::answer::{accused, report};
use super::chance::{effort, Chance};
use super::corpus::{self, lines, objects, Sample};
use serde_json::{json, Map, Value};
use std::collections::BTreeSet;

/// A way in which a form or a shell loses a value.
fn losses(value: &Value) -> Vec<(&'static str, Option<Value>)> {
    let mut all = vec![("absent", None), ("null", Some(Value::Null)), ("an empty text", Some(json!("")))];
    let types = if value.is_array() {
        "Microsoft.Exchange.Data.MultiValuedProperty`1[System.String]"
    } else {
        "Microsoft.Exchange.Data.Directory.ADObjectId"
    };
    if !matches!(value, Value::Bool(_) | Value::Number(_)) {
        all.push(("a type name", Some(json!(types))));
    }
    if let Value::Array(items) = value {
        for kept in [0, 1, items.len().saturating_sub(1)] {
            let mut cut: Vec<Value> = items.iter().take(kept).cloned().collect();
            cut.push(json!("..."));
            all.push(("a list cut with `...`", Some(Value::Array(cut))));
        }
        let texts: Vec<&str> = items.iter().take(4).filter_map(Value::as_str).collect();
        if items.len() > 4 && texts.len() == 4 {
            all.push((
                "a printed list that is cut",
                Some(json!(format!("{{{}\u{2026}}}", texts.join(", ")))),
            ));
        }
    }
    all
}

/// Every record with one property less, as (record, property, how, record after).
fn poorer(records: &[Value], mut each: impl FnMut(usize, &str, &str, Value)) {
    for (index, record) in records.iter().enumerate() {
        let envelope = record.get("properties").is_some_and(Value::is_object);
        let fields = if envelope { &record["properties"] } else { record };
        let Some(fields) = fields.as_object() else { continue };
        for (name, value) in fields {
            for (how, other) in losses(value) {
                let mut fewer: Map<String, Value> = fields.clone();
                match other {
                    Some(other) => fewer.insert(name.clone(), other),
                    None => fewer.remove(name),
                };
                let mut record = record.clone();
                if envelope {
                    record["properties"] = Value::Object(fewer);
                } else {
                    record = Value::Object(fewer);
                }
                each(index, name, how, record);
            }
        }
    }
}

/// True for a property that some kind reads: only such a one can change what a whole file says.
fn is_read(name: &str) -> bool {
    let kinds = exauth::record::KINDS.iter();
    let mut names = kinds.flat_map(|kind| {
        kind.properties
            .iter()
            .map(|property| property.name)
            .chain(kind.marks.iter().flat_map(|marks| marks.iter().copied()))
    });
    name == "PSComputerName" || name == "ObjectClass" || names.any(|known| known.eq_ignore_ascii_case(name))
}

/// What a document says more when one of its values is lost.
fn blamed(name: &str, records: &[Value], alone: bool, share: usize) -> (usize, BTreeSet<String>) {
    let whole = accused(&report(&[&lines(records)]));
    let (mut tried, mut wrong) = (0, BTreeSet::new());
    let mut chance = Chance::of(name);
    poorer(records, |index, property, how, record| {
        if !is_read(property) || chance.below(share) != 0 {
            return;
        }
        tried += 1;
        let bytes = if alone {
            record.to_string().into_bytes()
        } else {
            let mut records = records.to_vec();
            records[index] = record;
            lines(&records)
        };
        let after = accused(&report(&[&bytes]));
        for more in after.difference(&whole).filter(|more| !is_general(name, property, more)) {
            wrong.insert(format!("{name}: {property} {how}: {more}"));
        }
    });
    (tried, wrong)
}

/// What a loss may bring up, with the reason: (part of the document's name, property, finding).
const GENERAL: &[(&str, &str, &str)] = &[
    // The words that show an event to be a template with nothing filled in are lost: an event of that
    // number is left, and an event whose message was not rendered is one that happened.
    ("miss-unfilled-template", "Message", ""),
    // A message that lost its provider speaks for itself; these fixtures give a real message to a
    // provider that never wrote it.
    ("miss-another-provider", "ProviderName", ""),
    // What told the special case is lost; the general one is true as well.
    ("config-auth-certificate-expired/hit-", "Subject", "config-certificate-expired"),
    ("/hit-", "Message", "kerberos-ticket-not-decrypted"),
    ("shell/", "ErrorCode", "shell-kerberos-failed"),
    ("shell/", "Kerberos", "shell-not-connected"),
    ("shell/", "HttpStatus", "shell-not-connected"),
    // Rules that speak unless a detail excuses it: without any detail the event is what it mostly is.
    ("miss-clock-in-event-4", "Message", "kerberos-ticket-not-decrypted"),
    ("miss-file-share", "Properties", "kerberos-ticket-not-decrypted"),
    // Whether a server or a client was refused is said by the account among the strings.
    ("smtp-server-not-authorized/hit-", "ReplacementStrings", "smtp-client-not-authorized"),
    ("smtp-server-not-authorized/hit-", "Properties", "smtp-client-not-authorized"),
    ("miss-internal-error-of-2025", "Properties", "netlogon-no-domain-controller"),
    // The words that told a connection from a sign-in are lost.
    ("httpproxy-no-security-context/miss-", "Text", "httpproxy-no-security-context"),
    // That it was a user's own sign-in, and no server's, is said by the strings.
    ("kdc-no-suitable-key/miss-a-user-signs-in", "Properties", "kdc-no-suitable-key"),
    // A queue's error is an old one where nothing waits in it: without the count or the status it is today's.
    ("miss-empty-queue-of-yesterday", "MessageCount", "smtp-454-temporary-auth-failure"),
    ("miss-empty-queue-of-yesterday", "Status", "smtp-454-temporary-auth-failure"),
    // What told a stranger from a server is lost.
    ("smtp-session-stranger-tls-failed/hit-", "OffersXAnonymousTls", "smtp-session-tls-failed"),
    ("smtp-session-stranger-tls-failed/hit-", "TlsCommand", "smtp-session-tls-failed"),
    // The site that is not Exchange's has lost its name.
    ("config-iis-negotiate-missing/miss-", "Path", "config-iis-negotiate-missing"),
    // Whose settings they are is lost: they are then those of the computer that they were taken on.
    ("config-server-address-twice/miss-", "DNSHostName", "config-server-address-twice"),
    ("config-server-name-leads-elsewhere/miss-", "DNSHostName", "config-server-name-leads-elsewhere"),
    ("config-server-name-leads-elsewhere/miss-", "Name", "config-server-name-leads-elsewhere"),
    // A cluster's address that no record calls one is an address of the server that has it.
    (
        "config-server-name-leads-elsewhere/miss-",
        "DatabaseAvailabilityGroupIpv4Addresses",
        "config-server-name-leads-elsewhere",
    ),
];

fn is_general(name: &str, property: &str, more: &str) -> bool {
    GENERAL.iter().any(|(part, lost, finding)| {
        name.contains(part)
            && property == *lost
            && (more.starts_with("a diagnosis") || more.contains(finding))
    })
}

fn check(what: &str, samples: &[Sample], alone: bool, share: usize) {
    let (mut tried, mut wrong) = (0, BTreeSet::new());
    for sample in samples {
        let records = objects(sample);
        let (more, blames) = blamed(&sample.name, &records, alone, (share / effort()).max(1));
        tried += more;
        wrong.extend(blames);
    }
    println!("{what}: {tried} losses in {} documents", samples.len());
    assert!(
        wrong.is_empty(),
        "{} of {tried}:\n{}",
        wrong.len(),
        wrong.into_iter().take(400).collect::<Vec<_>>().join("\n")
    );
}

#[test]
fn healthy_objects_that_lost_a_value_stay_silent() {
    check("healthy, alone", &corpus::healthy(), true, 1);
}

#[test]
fn a_healthy_organisation_that_lost_a_value_stays_silent() {
    check("healthy, whole", &corpus::healthy(), false, 16);
}

#[test]
fn real_exports_that_lost_a_value_say_no_more() {
    check("clixml", &corpus::clixml(), true, 2);
    check("forms", &corpus::forms(), true, 8);
}

#[test]
fn fixtures_and_incidents_that_lost_a_value_say_no_more() {
    check("own", &corpus::own(), false, 5);
    check("cases", &corpus::cases(), false, 4);
}
