//! Observations that are known to lie between two times: what a shell knows of an object that it got since it
//! was started. `collected` then is an interval of ISO 8601, and only what is so at both of its ends is said.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::cast_precision_loss)]

mod support;

use serde_json::{json, Value};
use support::{analyze, event_1035, server, stripchart, stuck_queue, tool, verdict};

/// EX1 could not sign in to EX2 at 09:14, and nobody saw it again.
fn failure() -> Vec<Value> {
    let mut event = event_1035("LogonDenied", "Default EX2", "ExchangeAuth", "192.0.2.11");
    event["properties"]["TimeCreated"] = json!("2026-11-20T09:14:00.0000000Z");
    let address = tool("ipconfig /all", "EX1", "Windows IP Configuration\r\n\r\n   Host Name . . . . . . . . . . . . : EX1\r\n   Primary Dns Suffix  . . . . . . . : contoso.com\r\n\r\nEthernet adapter Ethernet0:\r\n\r\n   IPv4 Address. . . . . . . . . . . : 192.0.2.11(Preferred)\r\n");
    vec![server("EX1"), server("EX2"), address, event]
}

fn seen(mut record: Value, collected: &str) -> Value {
    record["collected"] = json!(collected);
    record
}

fn clock(offset: f64, collected: &str) -> Value {
    seen(stripchart("EX1", "EX2.contoso.com", "192.0.2.12", offset), collected)
}

fn with(more: &[Value]) -> Value {
    analyze(&[failure(), more.to_vec()].concat())
}

/// All that is said of the clock.
fn said(report: &Value) -> String {
    let causes = report["diagnoses"][0]["causes"].as_array().unwrap();
    let clock = causes.iter().find(|cause| cause["id"] == "clock-skew").unwrap();
    let sentences = ["for", "against"].iter().flat_map(|list| clock[*list].as_array().unwrap());
    sentences.map(|said| said["says"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join("\n")
}

/// A report that another session can take in.
fn mergeable(records: &[Value]) -> Value {
    let lines: Vec<String> = records.iter().map(Value::to_string).collect();
    let catalog = exauth::Catalog::builtin().unwrap();
    let options = exauth::Options { mergeable: true, ..exauth::Options::default() };
    let mut session = exauth::Session::new(&catalog, options);
    session.add(lines.join("\n").as_bytes()).unwrap();
    session.finish().unwrap();
    serde_json::from_str(&session.report("json").unwrap()).unwrap()
}

#[test]
fn a_clock_that_was_surely_measured_after_the_failure_does_not_rule_out() {
    for (collected, words) in [
        // The shell was opened three days later and has been open since.
        ("2026-11-23T09:30:00Z/2026-11-25T17:00:00Z", Some("at least 3 days after the last failure")),
        ("2026-11-20T10:44:00Z/2026-11-20T10:50:00Z", Some("at least 90 minutes after the last failure")),
        ("2026-11-16T08:00:00Z/2026-11-18T09:00:00Z", Some("at least 2 days before the first failure")),
        // Within the hour, or nobody knows: as if there were no time.
        ("2026-11-20T09:30:00Z/2026-11-20T09:45:00Z", None),
        ("2026-11-20T09:30:00Z/2026-11-25T17:00:00Z", None),
        ("2026-11-01T09:30:00Z/2026-11-25T17:00:00Z", None),
        // No interval: the wrong way round, half a one, in somebody's culture.
        ("2026-11-25T17:00:00Z/2026-11-23T09:30:00Z", None),
        ("2026-11-23T09:30:00Z/", None),
        ("11/23/2026/2026-11-25T17:00:00Z", None),
    ] {
        let report = with(&[clock(0.4, collected)]);
        let found = verdict(&report, "clock-skew");
        match words {
            Some(words) => {
                assert!(matches!(found.as_str(), "possible" | "unlikely"), "{collected}: {found}");
                assert!(said(&report).contains(words), "{collected}: {}", said(&report));
            }
            None => {
                assert_eq!(found, "ruled_out", "{collected}");
                assert!(!said(&report).contains("failure:"), "{collected}: {}", said(&report));
            }
        }
    }
}

#[test]
fn no_report_names_a_time_that_is_not_known() {
    let report = with(&[clock(0.4, "2026-11-23T09:30:00Z/2026-11-25T17:00:00Z")]);
    let text = report.to_string();
    assert!(!text.contains("2026-11-23") && !text.contains("2026-11-25"), "{text}");
    let live = seen(stuck_queue(), "2026-11-20T09:30:00Z/2026-11-20T09:45:00Z");
    let report = analyze(&[server("EX1"), server("EX2"), live]);
    assert_eq!(report["diagnoses"][0]["problem"]["last_seen"], Value::Null, "{}", report["diagnoses"]);
}

#[test]
fn a_live_queue_gives_the_failure_a_time() {
    let queue = |collected: &str| {
        let mut records = vec![server("EX1"), server("EX2"), seen(stuck_queue(), collected)];
        records.push(clock(0.4, "2026-11-20T09:00:00Z"));
        analyze(&records)
    };
    // Yesterday's measurement says little of a queue that was surely seen today,
    let today = queue("2026-11-21T09:00:00Z/2026-11-21T09:10:00Z");
    assert_ne!(verdict(&today, "clock-skew"), "ruled_out");
    assert!(said(&today).contains("at least 24 hours before the first failure"), "{}", said(&today));
    // and counts for one that may be of yesterday.
    let open = queue("2026-11-19T09:00:00Z/2026-11-21T09:10:00Z");
    assert_eq!(verdict(&open, "clock-skew"), "ruled_out");
}

#[test]
fn a_live_queue_keeps_the_window_of_an_event_open_to_its_own_end() {
    let later = clock(0.4, "2026-11-23T09:30:00Z");
    let live = |collected: &str| with(&[later.clone(), seen(stuck_queue(), collected)]);
    assert_eq!(verdict(&live("2026-11-20T09:00:00Z/2026-11-23T09:00:00Z"), "clock-skew"), "ruled_out");
    assert_ne!(verdict(&live("2026-11-20T09:00:00Z/2026-11-20T09:20:00Z"), "clock-skew"), "ruled_out");
}

#[test]
fn only_kinds_that_show_the_present_take_the_time_of_fetching() {
    let fetched = "2026-11-23T09:30:00Z/2026-11-25T17:00:00Z";
    let mut row = json!({
        "type": ["Microsoft.Exchange.Management.TransportLogSearchTasks.MessageTrackingEvent"],
        "properties": {"EventId": "DEFER", "Source": "SMTP",
            "RecipientStatus": ["{[{LED=454 4.7.0 Temporary authentication failure};{FQDN=EX2.contoso.com};{IP=192.0.2.12}]}"]},
    });
    row["collected"] = json!(fetched);
    let mut event = event_1035("LogonDenied", "Default EX2", "ExchangeAuth", "192.0.2.11");
    event["properties"]["TimeCreated"] = json!("20.11.2026 10:14:00");
    let report =
        mergeable(&[row, seen(event, fetched), seen(server("EX1"), fetched), seen(stuck_queue(), fetched)]);
    let observations = report["observations"].as_array().unwrap();
    let times: Vec<_> =
        observations.iter().map(|one| (one["kind"].as_str().unwrap(), one["time"].as_str())).collect();
    assert_eq!(
        times,
        [("reply", None), ("event", None), ("exchange-server", None), ("queue", Some(fetched))]
    );
}

#[test]
fn a_certificate_has_expired_where_it_had_at_both_ends() {
    for (collected, expired) in [
        ("2026-11-21T00:00:00Z/2026-11-25T00:00:00Z", Some("True")),
        ("2026-11-01T00:00:00Z/2026-11-19T00:00:00Z", Some("False")),
        ("2026-11-01T00:00:00Z/2026-11-25T00:00:00Z", None),
    ] {
        let record = json!({"type": ["Microsoft.Exchange.Management.SystemConfigurationTasks.ExchangeCertificate"], "collected": collected,
            "properties": {"Thumbprint": "0123456789ABCDEF0123456789ABCDEF01234567", "NotAfter": "2026-11-20T00:00:00Z"}});
        let catalog = exauth::Catalog::builtin().unwrap();
        let options = exauth::Options { include_facts: true, ..exauth::Options::default() };
        let mut session = exauth::Session::new(&catalog, options);
        session.add(record.to_string().as_bytes()).unwrap();
        session.finish().unwrap();
        let report: Value = serde_json::from_str(&session.report("json").unwrap()).unwrap();
        let facts = report["facts"][0]["facts"].as_array().unwrap();
        let fact = facts.iter().find(|fact| fact["name"] == "certificate.expired");
        assert_eq!(fact.map(|fact| fact["value"].as_str().unwrap()), expired, "{collected}");
    }
}

#[test]
fn what_comes_back_from_another_session_still_lies_between_the_two_times() {
    let mut records = failure();
    records.push(clock(0.4, "2026-11-23T09:30:00Z/2026-11-25T17:00:00Z"));
    let report = analyze(&[mergeable(&records)]);
    assert!(said(&report).contains("at least 3 days after"), "{}", said(&report));
}
