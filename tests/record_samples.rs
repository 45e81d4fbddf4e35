//! Samples from public posts and reported cases are read as what they are, and damaged input
//! never stops the readers.
//!
//! Reads `../shared/data/samples` and `../shared/cases`; says what it skips where they are missing.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::cast_precision_loss)]
// Test code: a failure here must stop the test.

#[path = "support/shared.rs"]
mod shared;

use exauth::fact::FactTable;
use exauth::record::{message_records, read_records, Body};
use shared::{facts_of, shared};
use std::fs;

/// The rows of a file of samples with their labels.
fn samples(file: &str) -> Vec<serde_json::Value> {
    let Some(folder) = shared("data/samples") else { return Vec::new() };
    let text = fs::read_to_string(folder.join(file)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn facts_of_json(object: &serde_json::Value) -> FactTable {
    let json = object.to_string();
    let mut table = FactTable::default();
    read_records(json.as_bytes(), 0, |record| table = facts_of(&record.unwrap()).unwrap().1);
    table
}

#[test]
fn last_errors_give_their_innermost_reply_and_false_friends_do_not_look_like_it() {
    let mut labelled = 0;
    for row in samples("lasterror.jsonl") {
        let text = row["text"].as_str().unwrap();
        let queue = facts_of_json(
            &serde_json::json!({"Identity": "EX1\\3", "NextHopDomain": "x", "LastError": text}),
        );
        let pasted: Vec<FactTable> =
            message_records(None, None, None, text).iter().map(|r| facts_of(r).unwrap().1).collect();
        for facts in pasted.iter().chain([&queue]) {
            let codes = (
                facts.text("reply.code").unwrap_or_default(),
                facts.text("reply.enhanced").unwrap_or_default(),
            );
            let words = facts.text("reply.text").unwrap_or_default().to_lowercase();
            match row["expected_issue"].as_str() {
                Some("temp-auth-failure") => assert_eq!(codes, ("454", "4.7.0"), "{text}"),
                Some("exchange-auth-not-achieved") => {
                    assert_eq!(codes, ("451", "5.7.3"), "{text}");
                    assert!(words.contains("exchange server authentication"), "{text}");
                }
                _ => {
                    assert!(codes != ("454", "4.7.0") || words.contains("tls"), "{text}");
                    assert!(codes != ("451", "5.7.3") || words.contains("starttls"), "{text}");
                }
            }
        }
        labelled += 1;
    }
    assert!(labelled == 0 || labelled >= 40);
}

#[test]
fn samples_of_events_give_their_derived_facts_as_objects_and_as_text() {
    for row in samples("events.jsonl") {
        if row["event_id"].is_null() {
            continue;
        }
        let text = row["text"].as_str().unwrap();
        let object =
            serde_json::json!({"ProviderName": row["provider"], "Id": row["event_id"], "Message": text});
        let facts = facts_of_json(&object);
        let id = row["event_id"].as_u64().unwrap();
        let wanted: &[&str] = match (row["form"] == "template", id) {
            (true, _) => &["event.unfilled"],
            (_, 1035) => &["event.error", "event.mechanism"],
            (_, 3) => &["event.kerberos_error", "event.kerberos_error_name", "event.spn"],
            (_, 4) => &["event.kerberos_error_name"],
            (_, 11 | 40961) => &["event.spn"],
            _ => &[],
        };
        for fact in wanted {
            assert!(facts.get(fact).is_some(), "{fact}: {text}");
        }
        if row["form"] == "template" {
            assert!(facts.get("event.error").is_none() && facts.get("event.target").is_none(), "{text}");
        }
        match row["expected_issue"].as_str() {
            Some("spn-missing") => assert_eq!(
                (facts.text("event.kerberos_error"), facts.get("event.kerberos_extended")),
                (Some("0x7"), None)
            ),
            Some("spn-duplicate") if id == 3 => {
                assert_eq!(facts.text("event.kerberos_extended"), Some("0xc0000035"))
            }
            _ => {}
        }
        // The sentence alone is recognised, without its number, for the events that matter most.
        if matches!(id, 3 | 4 | 11 | 1035 | 40961)
            && row["form"].is_null()
            && !text.contains("SP_WEB_APP_SVC")
        {
            let records = message_records(None, None, None, text);
            let found =
                records.iter().filter_map(|record| facts_of(record).unwrap().1.number("event.id")).next();
            assert_eq!(found.map(|found| found.to_string()), Some(id.to_string()), "{text}");
        }
    }
}

#[test]
fn records_of_the_cases_have_their_kinds() {
    let Some(folder) = shared("cases") else { return };
    let (mut queues, mut events) = (0, 0);
    for case in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir())
    {
        for file in ["symptoms.jsonl", "evidence.jsonl"] {
            for line in fs::read(case.join(file)).unwrap_or_default().split(|byte| *byte == b'\n') {
                read_records(line, 0, |record| {
                    let record = record.unwrap();
                    let types = record.types.join(" ");
                    let kind = facts_of(&record).map(|(kind, _)| kind);
                    if types.contains("QueueInfo") {
                        assert_eq!(kind, Some("queue"), "{}", case.display());
                        queues += 1;
                    }
                    if types.contains("EventLogRecord") {
                        assert_eq!(kind, Some("event"), "{}", case.display());
                        events += 1;
                    }
                    if let Body::Text(text) = &record.body {
                        let _ = message_records(record.from.as_deref(), None, None, text);
                    }
                });
            }
        }
    }
    assert!(queues > 5 && events > 5, "{queues} queues, {events} events");
}

/// Texts of our own that the mutations begin with.
const SEEDS: [&str; 8] = [
    "[{LRT=};{LED=450 4.7.0 Proxy session setup failed on Frontend with '451 4.4.0 Primary target IP address responded with: \"454 4.7.0 Temporary authentication failure.\" Attempted failover'};{FQDN=ex2.contoso.com};{IP=192.0.2.9}]",
    "<Event xmlns='x'><System><Provider Name='MSExchange OWA'/><EventID Qualifiers='49152'>71</EventID></System><EventData><Data>cas1</Data><Data Name=\"b\">https://192.0.2.15/owa</Data></EventData></Event>",
    "Log Name:      System\r\nSource:        KDC\r\nDate:          1/2/2026 1:21:43 PM\r\nEvent ID:      11\r\nTask Category: None\r\nLevel:         Error\r\nKeywords:      Classic\r\nUser:          N/A\r\nComputer:      dc1.contoso.com\r\nDescription:\r\nThere are multiple accounts with name HTTP/ex2.contoso.com of type DS_SERVICE_PRINCIPAL_NAME.",
    "Identity       : EX1\\12\r\nDeliveryType   : SmtpRelayToRemoteAdSite\r\nNextHopDomain  : branch\r\nRemoteIPRanges : {192.0.2.0/24, ::1\u{2026}}\r\nLastError      : 451 5.7.3 Cannot achieve\r\n                 Exchange Server authentication",
    "Identity DeliveryType NextHopDomain\n-------- ------------ -------------\nEX1\\1    Undefined    Submission\n",
    r#"{"Identity":{"DistinguishedName":"CN=a\\,b,CN=Servers,DC=x"},"InternalUrl":"https://[fe80::1%4]/owa","WindowsAuthentication":"False","InternalAuthenticationMethods":{"value":[0,3],"Count":2},"AdminDisplayVersion":{"Major":15,"Minor":1}}"#,
    r#"{"ProviderName":"Kerberos","Id":-2147482645,"Properties":[{"Value":"%1"},null,{"Name":"ErrorCode","Value":7}],"TimeCreated":"\/Date(-62135596800000)\/","Message":"0x7 KDC_ERR_S_PRINCIPAL_UNKNOWN \u00ab HTTP/x \u00bb"}"#,
    r#"{"Bindings":[{"Port":99999,"Address":{"Address":-1}},"[::]:25"],"RemoteIPRanges":[{"LowerBound":"x"}],"AuthMechanism":"9223372036854775807","Fqdn":{"Domain":""},"PermissionGroups":[]}"#,
];

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(300))]

    /// Cutting and exchanging pieces of a text never panics, whatever it is read as.
    #[test]
    fn damaged_input_never_panics(
        seed in 0..SEEDS.len(),
        cut in 0usize..400,
        insert in "[ -~\u{E9}\u{2026}\u{201D}\u{3001}\r\n]{0,12}",
        skip in 0usize..40,
    ) {
        let text: Vec<char> = SEEDS[seed].chars().collect();
        let cut = cut.min(text.len());
        let rest = (cut + skip).min(text.len());
        let damaged: String = text[..cut].iter().copied().chain(insert.chars()).chain(text[rest..].iter().copied()).collect();
        for record in message_records(Some("Get-Queue -Server"), None, None, &damaged) {
            let _ = facts_of(&record);
        }
        read_records(damaged.as_bytes(), 0, |record| {
            if let Ok(record) = record {
                let _ = facts_of(&record);
            }
        });
    }
}
