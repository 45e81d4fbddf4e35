//! What a report says about its own input: what came in, what was cut, what nobody read, which
//! property gave which fact, and what somebody silenced.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::cast_precision_loss)]
// Test code: a failure here must stop the test.

use exauth::{Catalog, Options, Session};
use serde_json::{json, Value};

const QUEUE: &str = r#"{"from":"Get-Queue","properties":{"Identity":"EX1\\12","DeliveryType":"SmtpRelayToRemoteAdSite","NextHopDomain":"branch","Status":"Retry","MessageCount":41,"Velocity":0,"LastError":"451 4.4.0 Primary target IP address responded with: \"454 4.7.0 Temporary authentication failure.\""}}"#;

fn report(input: &str, options: &Value) -> Value {
    let catalog = Catalog::builtin().unwrap();
    let report = catalog.analyze(input.as_bytes(), options.to_string().as_bytes()).unwrap();
    serde_json::from_str(&report).unwrap()
}

fn received<'r>(report: &'r Value, kind: &str) -> &'r Value {
    report["received"].as_array().unwrap().iter().find(|entry| entry["kind"] == kind).unwrap()
}

fn counted(entry: &Value, list: &str) -> Vec<(String, u64)> {
    let items = entry[list].as_array().cloned().unwrap_or_default();
    items
        .iter()
        .map(|item| (item["name"].as_str().unwrap().to_owned(), item["count"].as_u64().unwrap()))
        .collect()
}

#[test]
fn what_was_not_given_cut_or_not_read_is_counted_by_name() {
    let cut = r#"{"Identity":"EX1\\13","DeliveryType":"SmtpRelayToRemote...","NextHopDomain":"branch","LASTERROR":null,"velocity":1,"Extra":[1]}"#;
    let report = report(&format!("{QUEUE}\n{cut}\n"), &json!({}));
    let queues = received(&report, "queue");
    assert_eq!(queues["records"], 2);
    assert_eq!(counted(queues, "cut_off"), [("DeliveryType".to_owned(), 1)]);
    assert_eq!(counted(queues, "not_read"), [("Extra".to_owned(), 1), ("Velocity".to_owned(), 2)]);
    let not_given = counted(queues, "not_given");
    assert!(not_given.contains(&("Status".to_owned(), 1)), "{not_given:?}");
    assert!(not_given.contains(&("LastRetryTime".to_owned(), 2)), "{not_given:?}");
    // A null is given: it says that there was no error.
    assert!(!not_given.iter().any(|(name, _)| name == "LastError"), "{not_given:?}");
}

#[test]
fn the_name_of_a_type_in_place_of_a_value_is_cut_off() {
    let connector = r#"{"ObjectClass":"msExchSmtpReceiveConnector","Identity":"EX2\\Default EX2","AuthMechanism":"Tls, ExchangeServer","RemoteIPRanges":"Microsoft.Exchange.Data.MultiValuedProperty`1[Microsoft.Exchange.Data.IPRange]","Bindings":["0.0.0.0:25","..."]}"#;
    let report = report(connector, &json!({}));
    let cut = counted(received(&report, "receive-connector"), "cut_off");
    assert_eq!(cut, [("Bindings".to_owned(), 1), ("RemoteIPRanges".to_owned(), 1)]);
}

#[test]
fn a_field_that_a_record_does_not_have_is_named() {
    let report =
        report(r#"{"text":"x","colected":"2026-11-20T09:00:00Z","schema":"exauth.record/1"}"#, &json!({}));
    assert_eq!(counted(received(&report, "exauth.record/1"), "not_read"), [("colected".to_owned(), 1)]);
}

#[test]
fn names_without_end_are_counted_under_a_cap() {
    let lines: String = (0..5_000)
        .map(|n| {
            format!("{{\"Identity\":\"EX1\\\\{n}\",\"LastError\":null,\"MessageCount\":0,\"P{n}\":1}}\n")
        })
        .collect();
    let report = report(&lines, &json!({}));
    let not_read = counted(received(&report, "queue"), "not_read");
    assert!(not_read.len() <= exauth::limits::NAMES_LISTED + 1, "{}", not_read.len());
    assert_eq!(not_read.iter().map(|(_, count)| count).sum::<u64>(), 5_000);
}

#[test]
fn a_session_for_streams_counts_as_well() {
    let report = report(QUEUE, &json!({"stream_only": true}));
    assert_eq!(received(&report, "queue")["records"], 1);
    assert_eq!(report["findings"], json!([]));
}

#[test]
fn every_fact_says_the_property_that_gave_it() {
    let text = r#"{"text":"Registered ServicePrincipalNames for CN=EX2,CN=Computers,DC=contoso,DC=com:\r\n\tSMTPSVC/EX2\r\n"}"#;
    let report = report(&format!("{QUEUE}\n{text}\n"), &json!({"include_facts": true}));
    let facts = report["facts"].as_array().unwrap();
    assert_eq!((facts[0]["record"].as_u64(), facts[0]["kind"].as_str()), (Some(0), Some("queue")));
    let fact = |record: usize, name: &str| {
        let list = facts[record]["facts"].as_array().unwrap();
        list.iter().find(|fact| fact["name"] == name).unwrap_or_else(|| panic!("{name}")).clone()
    };
    assert_eq!(
        fact(0, "queue.next_hop"),
        json!({"name":"queue.next_hop","value":"branch","property":"NextHopDomain"})
    );
    assert_eq!(fact(0, "reply.code")["property"], "LastError");
    let all = facts.iter().flat_map(|record| record["facts"].as_array().unwrap());
    assert!(all.clone().count() > 8);
    assert!(all.clone().all(|fact| !fact["property"].as_str().unwrap().is_empty()));
    // Not asked for, not there.
    assert!(self::report(QUEUE, &json!({})).get("facts").is_none());
}

fn suppression(subject: &str, until: &str) -> Value {
    json!({"issue": "smtp-454-temporary-auth-failure", "subject": subject, "reason": "being moved", "owner": "mail team", "until": until})
}

#[test]
fn a_suppressed_finding_is_counted_and_listed_apart_and_makes_no_problem() {
    for subject in [r"EX1\12", "ex1*", "EX1", "*"] {
        let options =
            json!({"now": "2026-11-24T09:00:00Z", "suppress": [suppression(subject, "2026-11-24")]});
        let report = report(QUEUE, &options);
        assert_eq!(report["summary"]["findings"], 0, "{subject}");
        assert_eq!(report["summary"]["suppressed"], 1, "{subject}");
        assert_eq!(report["summary"]["problems"], 0, "{subject}");
        assert_eq!(report["suppressed"][0]["finding"]["id"], "smtp-454-temporary-auth-failure");
        assert_eq!(report["suppressions"][0]["findings"], 1);
        assert_eq!(report["suppressions"][0]["expired"], false);
    }
}

#[test]
fn an_expired_or_another_suppression_silences_nothing() {
    for (subject, until, expired) in
        [("*", "2026-11-23", true), ("*", "2026-11-24T08:00:00+00:00", true), ("EX2", "2027-01-31", false)]
    {
        let options = json!({"now": "2026-11-24T09:00:00Z", "suppress": [suppression(subject, until)]});
        let report = report(QUEUE, &options);
        assert_eq!(report["summary"]["findings"], 1, "{subject} {until}");
        assert_eq!(report["summary"].get("suppressed"), None);
        assert_eq!(report["summary"]["problems"], 1);
        assert_eq!(report["suppressions"][0]["expired"], expired);
    }
}

#[test]
fn a_suppressed_setting_is_listed_apart_and_stays_evidence() {
    let input =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/records/owa-proxy.jsonl"))
            .unwrap();
    let issue = "config-internal-url-ip-address";
    let plain = report(&input, &json!({}));
    assert!(plain["findings"].as_array().unwrap().iter().any(|finding| finding["id"] == issue));
    let options = json!({"now": "2026-11-24T09:00:00Z", "suppress": [
        {"issue": issue, "subject": "*", "reason": "r", "owner": "o", "until": "2027-01-01"}]});
    let silenced = report(&input, &options);
    assert!(!silenced["findings"].as_array().unwrap().iter().any(|finding| finding["id"] == issue));
    assert_eq!(silenced["diagnoses"], plain["diagnoses"]);

    let catalog = Catalog::builtin().unwrap();
    let options = Options::from_json(options.to_string().as_bytes(), &catalog).unwrap();
    let mut session = Session::new(&catalog, options);
    session.add(input.as_bytes()).unwrap();
    session.finish().unwrap();
    let text = session.report("text").unwrap();
    assert!(text.contains("SILENCED") && text.contains("until 2027-01-01: r (o)"), "{text}");
}

#[test]
fn a_wrong_options_document_names_its_place() {
    let catalog = Catalog::builtin().unwrap();
    let now = "2026-11-24T09:00:00Z";
    let with = |field: &str, value: &str| {
        let mut entry = suppression("*", "2027-01-31");
        entry[field] = value.into();
        json!({"now": now, "suppress": [entry]})
    };
    for (options, at) in [
        (json!({"now": "yesterday"}), "/now"),
        (json!({"suppress": [suppression("*", "2027-01-31")]}), "/suppress"),
        (with("issue", "no-such-issue"), "/suppress/0/issue"),
        (with("until", "31.01.2027"), "/suppress/0/until"),
        (with("owner", " "), "/suppress/0/owner"),
        (with("why", "x"), "/suppress/0/why"),
        (json!({"now": now, "suppress": [{"issue": "smtp-454-temporary-auth-failure"}]}), "/suppress/0"),
        (json!({"cultures": "pl"}), "/cultures"),
    ] {
        match Options::from_json(options.to_string().as_bytes(), &catalog) {
            Err(exauth::Error::Rules { at: Some(place), .. }) => assert_eq!(place, at, "{options}"),
            other => panic!("{options}: {other:?}"),
        }
    }
}

/// The example incident as a document and as text.
fn told(file: &str, culture: &str) -> (Value, String) {
    let input = std::fs::read(format!("{}/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let catalog = Catalog::builtin().unwrap();
    let options = Options::from_json(json!({ "culture": culture }).to_string().as_bytes(), &catalog).unwrap();
    let mut session = Session::new(&catalog, options);
    session.add_file("case/incident.jsonl", &input).unwrap();
    session.finish().unwrap();
    let report = serde_json::from_str(&session.report("json").unwrap()).unwrap();
    (report, session.report("text").unwrap())
}

#[test]
fn a_text_tells_first_what_happens_why_and_what_to_do() {
    let (report, text) = told("tests/scenarios/spn-missing/evidence.jsonl", "en");
    let short = &report["diagnoses"][0]["short"];
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[1].starts_with("  What happens: from EX1 to EX2"), "{text}");
    assert_eq!(lines[2], format!("  Why: {}", short["why"].as_str().unwrap()));
    assert_eq!(lines[3], format!("  What to do: {}", short["do"].as_str().unwrap()));
    assert!(short["why"].as_str().unwrap().contains("CONFIRMED"), "{short}");
    let first = &report["diagnoses"][0]["ranking"][0];
    assert!(
        first["cause"] == "spn-missing" && first["says"].as_str().unwrap().starts_with("First"),
        "{first}"
    );
}

#[test]
fn every_place_that_a_text_cites_is_told_as_a_person_would_find_it() {
    let cited = regex::Regex::new(r"(?m) \[(\d+)\]$").unwrap();
    let listed = regex::Regex::new(r"(?m)^    \[(\d+)\] (.+, number \d+ in case/incident\.jsonl)$").unwrap();
    for file in ["spn-missing/evidence.jsonl", "clock-skew/symptoms.jsonl", "kdc-unavailable/evidence.jsonl"]
    {
        let (report, text) = told(&format!("tests/scenarios/{file}"), "en");
        for part in text.split("\n\nNO ").filter(|part| part.contains("What happens")) {
            let numbers = |of: &regex::Regex| -> std::collections::BTreeSet<String> {
                of.captures_iter(part).map(|found| found[1].to_owned()).collect()
            };
            assert!(!numbers(&cited).is_empty(), "{file}");
            assert_eq!(numbers(&cited), numbers(&listed), "{part}");
        }
        let sources = report["sources"].as_array().unwrap();
        let is_source = |record: &Value| sources.iter().any(|source| source["record"] == *record);
        for diagnosis in report["diagnoses"].as_array().unwrap() {
            for cause in diagnosis["causes"].as_array().unwrap() {
                let said = ["for", "against"].into_iter().flat_map(|list| cause[list].as_array().unwrap());
                for record in said.map(|said| &said["record"]).filter(|record| !record.is_null()) {
                    assert!(is_source(record), "{file}: record {record}");
                }
            }
        }
    }
}
