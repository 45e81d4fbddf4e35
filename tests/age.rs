//! Age and place of evidence: what was measured after the repair, before the failure or on another server
//! does not count as what was seen when the sign-in failed; and what tells two likely causes apart.

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
use support::{analyze, analyze_bytes, event_1035, queue, server, stripchart, stuck_queue, tool, verdict};

/// When event 1035 says that EX2 refused EX1.
const FAILED: &str = "2026-11-20T09:14:00Z";

/// EX1 could not sign in to EX2 at [`FAILED`], and nobody saw it again.
fn failure() -> Vec<Value> {
    let mut event = event_1035("LogonDenied", "Default EX2", "ExchangeAuth", "192.0.2.11");
    event["properties"]["TimeCreated"] = json!("2026-11-20T09:14:00.0000000Z");
    let address = tool("ipconfig /all", "EX1", "Windows IP Configuration\r\n\r\n   Host Name . . . . . . . . . . . . : EX1\r\n   Primary Dns Suffix  . . . . . . . : contoso.com\r\n\r\nEthernet adapter Ethernet0:\r\n\r\n   IPv4 Address. . . . . . . . . . . : 192.0.2.11(Preferred)\r\n");
    vec![server("EX1"), server("EX2"), server("EX3"), address, event]
}

fn at(mut record: Value, time: &str) -> Value {
    record["collected"] = json!(time);
    record
}

fn clock(offset: f64, time: &str) -> Value {
    at(stripchart("EX1", "EX2.contoso.com", "192.0.2.12", offset), time)
}

/// The report of the failure and more, which must not depend on the order of the input.
fn with(more: &[Value]) -> Value {
    let mut records = failure();
    records.extend(more.iter().cloned());
    let report = analyze(&records);
    records.reverse();
    let mut reversed = analyze(&records);
    let mut forward = report.clone();
    renumber(&mut forward["diagnoses"]);
    renumber(&mut reversed["diagnoses"]);
    assert_eq!(forward["diagnoses"], reversed["diagnoses"]);
    report
}

/// Leaves out the indices of records: they are the order of the input.
fn renumber(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if let Some(record) = fields.get_mut("record") {
                *record = Value::Null;
            }
            fields.values_mut().for_each(renumber);
        }
        Value::Array(items) => items.iter_mut().for_each(renumber),
        _ => {}
    }
}

fn cause<'r>(report: &'r Value, id: &str) -> &'r Value {
    let diagnoses = report["diagnoses"].as_array().unwrap();
    assert_eq!(diagnoses.len(), 1, "{}", report["diagnoses"]);
    diagnoses[0]["causes"].as_array().unwrap().iter().find(|cause| cause["id"] == id).unwrap()
}

/// All that is said of a cause, in one text.
fn said(report: &Value, id: &str) -> String {
    let cause = cause(report, id);
    let sentences = ["for", "against"].iter().flat_map(|list| cause[*list].as_array().unwrap());
    sentences.map(|said| said["says"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_clock_that_was_right_at_the_time_is_ruled_out_and_one_set_right_since_is_not() {
    for (time, expected, words) in [
        (FAILED, "ruled_out", None),
        ("2026-11-20T10:14:00Z", "ruled_out", None),
        (
            "2026-11-20T09:14:00+02:00",
            "possible",
            Some("2 hours before the first failure: it may have gone wrong"),
        ),
        (
            "2026-11-20T10:44:00Z",
            "possible",
            Some("90 minutes after the last failure: it may have been set right"),
        ),
        (
            "2026-11-23T09:30:00Z",
            "possible",
            Some("3 days after the last failure: it may have been set right"),
        ),
        ("2026-11-17T09:00:00Z", "possible", Some("3 days before the first failure: it may have gone wrong")),
        ("11/23/2026 9:30:00 AM", "ruled_out", None),
    ] {
        let report = with(&[clock(0.4, time)]);
        let found = verdict(&report, "clock-skew");
        // What else speaks for the clock may keep it possible; it is never ruled out by another day's.
        assert!(found == expected || (expected == "possible" && found == "unlikely"), "{time}: {found}");
        let said = said(&report, "clock-skew");
        match words {
            Some(words) => assert!(said.contains(words), "{time}: {said}"),
            None => assert!(!said.contains("failure:"), "{time}: {said}"),
        }
    }
    let mut undated = clock(0.4, FAILED);
    undated.as_object_mut().unwrap().remove("collected");
    assert_eq!(verdict(&with(&[undated]), "clock-skew"), "ruled_out");
}

#[test]
fn a_failure_that_is_seen_later_closes_the_gap() {
    let later = clock(0.4, "2026-11-23T09:30:00Z");
    let going_on = at(stuck_queue(), "2026-11-23T09:00:00Z");
    assert_eq!(verdict(&with(&[later.clone(), going_on]), "clock-skew"), "ruled_out");
    // A queue that nobody dated may be of any time.
    assert_eq!(verdict(&with(&[later.clone(), stuck_queue()]), "clock-skew"), "ruled_out");
    let before = at(stuck_queue(), "2026-11-20T12:00:00Z");
    assert_ne!(verdict(&with(&[later, before]), "clock-skew"), "ruled_out");
}

#[test]
fn an_event_that_does_not_say_when_it_happened_did_not_happen_when_it_was_collected() {
    let mut records = vec![server("EX1"), server("EX2")];
    let mut event =
        at(event_1035("LogonDenied", "Default EX2", "ExchangeAuth", "192.0.2.11"), "2026-11-20T09:14:00Z");
    event["properties"]["TimeCreated"] = json!("20.11.2026 10:14:00");
    records.push(event);
    let report = analyze(&records);
    assert_eq!(report["diagnoses"][0]["problem"]["last_seen"], Value::Null);
}

#[test]
fn a_wrong_clock_confirms_also_after_the_failure_but_not_long_before_it() {
    for (time, expected) in [
        (FAILED, "confirmed"),
        ("2026-11-23T09:30:00Z", "confirmed"),
        ("2026-11-19T20:00:00Z", "confirmed"),
        ("2026-11-17T09:00:00Z", "likely"),
    ] {
        let report = with(&[clock(431.0, time)]);
        assert_eq!(verdict(&report, "clock-skew"), expected, "{time}: {}", said(&report, "clock-skew"));
    }
    let report = with(&[clock(431.0, "2026-11-17T09:00:00Z")]);
    assert!(said(&report, "clock-skew").contains("it may have been set right by then"), "{report}");
    let line = &cause(&report, "clock-skew")["for"][0];
    assert_eq!((line["at"].as_str(), line["on"].as_str()), (Some("2026-11-17T09:00:00Z"), Some("EX1")));
}

#[test]
fn what_was_measured_at_the_time_goes_before_what_was_measured_at_another() {
    let right = clock(0.4, FAILED);
    for other in ["2026-11-17T09:00:00Z", "2026-11-23T09:30:00Z"] {
        assert_eq!(
            verdict(&with(&[right.clone(), clock(431.0, other)]), "clock-skew"),
            "ruled_out",
            "{other}"
        );
        assert_eq!(
            verdict(&with(&[clock(431.0, FAILED), clock(0.4, other)]), "clock-skew"),
            "confirmed",
            "{other}"
        );
        assert_eq!(verdict(&with(&[right.clone(), clock(0.9, other)]), "clock-skew"), "ruled_out", "{other}");
    }
    // Right before and wrong after: it went wrong in between.
    let report = with(&[clock(0.4, "2026-11-17T09:00:00Z"), clock(431.0, "2026-11-23T09:30:00Z")]);
    assert_eq!(verdict(&report, "clock-skew"), "confirmed");
}

#[test]
fn a_wrong_clock_more_never_lowers_and_a_right_one_more_never_raises() {
    let times = ["2026-11-17T09:00:00Z", "2026-11-20T07:00:00Z", FAILED, "2026-11-23T09:30:00Z", ""];
    let measured: Vec<(bool, Value)> = [true, false]
        .into_iter()
        .flat_map(|wrong| times.map(|time| (wrong, clock(if wrong { 431.0 } else { 0.4 }, time))))
        .collect();
    let catalog = exauth::Catalog::builtin().unwrap();
    let rank = |set: usize| {
        let mut session = exauth::Session::new(&catalog, exauth::Options::default());
        let chosen = measured.iter().enumerate().filter(|(at, _)| set & (1 << at) != 0);
        let records: Vec<Value> =
            failure().into_iter().chain(chosen.map(|(_, (_, one))| one.clone())).collect();
        let lines: Vec<String> = records.iter().map(Value::to_string).collect();
        session.add(lines.join("\n").as_bytes()).unwrap();
        session.finish().unwrap();
        let report: Value = serde_json::from_str(&session.report("json").unwrap()).unwrap();
        let order = ["confirmed", "likely", "possible", "unlikely", "ruled_out"];
        order.iter().position(|verdict| *verdict == support::verdict(&report, "clock-skew")).unwrap()
    };
    let sets: Vec<usize> = (0..1_usize << measured.len()).filter(|set| set.count_ones() <= 3).collect();
    let ranks: std::collections::BTreeMap<usize, usize> = sets.iter().map(|set| (*set, rank(*set))).collect();
    for set in sets.iter().filter(|set| set.count_ones() < 3) {
        for (at, (wrong, _)) in measured.iter().enumerate().filter(|(at, _)| set & (1 << at) == 0) {
            let (without, with) = (ranks[set], ranks[&(set | 1 << at)]);
            assert!(
                if *wrong { with <= without } else { with >= without },
                "{set:b} and {at}: {without} to {with}"
            );
        }
    }
}

#[test]
fn two_measurements_that_are_compared_are_as_old_as_the_older() {
    let to_controller =
        |from: &str, time: &str| at(stripchart(from, "DC1.contoso.com", "192.0.2.1", 0.2), time);
    let both = [to_controller("EX1", FAILED), to_controller("EX2", FAILED)];
    assert_eq!(verdict(&with(&both), "clock-skew"), "ruled_out");
    let one = [to_controller("EX1", FAILED), to_controller("EX2", "2026-11-23T09:30:00Z")];
    assert_ne!(verdict(&with(&one), "clock-skew"), "ruled_out");
}

#[test]
fn a_third_server_measures_its_own_clock_as_well() {
    let third = |offset| at(stripchart("EX3", "EX2.contoso.com", "192.0.2.12", offset), FAILED);
    let report = with(&[third(431.0)]);
    assert_ne!(verdict(&report, "clock-skew"), "confirmed");
    assert!(said(&report, "clock-skew").contains("EX3 and EX2"), "{}", said(&report, "clock-skew"));
    // EX1 and EX2 agree: then it is EX3 that is wrong.
    assert_eq!(verdict(&with(&[third(431.0), clock(0.4, FAILED)]), "clock-skew"), "ruled_out");
    assert_ne!(verdict(&with(&[third(0.4)]), "clock-skew"), "ruled_out");
    // A controller's clock is both servers' measure.
    let controller = at(stripchart("EX2", "DC1.contoso.com", "192.0.2.1", 431.0), FAILED);
    assert_eq!(verdict(&with(&[controller]), "clock-skew"), "confirmed");
}

fn port_test(from: &str, open: bool, time: &str) -> Value {
    at(
        json!({"from": "Test-NetConnection", "computer": from, "type": ["TestNetConnectionResult"],
            "properties": {"ComputerName": "EX2.contoso.com", "RemoteAddress": "192.0.2.12", "RemotePort": 25,
                "TcpTestSucceeded": open, "NameResolutionSucceeded": true}}),
        time,
    )
}

fn unreachable() -> Vec<Value> {
    let error =
        "451 4.4.0 Primary target IP address responded with: \"421 4.2.1 Unable to connect.\" Attempted \
                 failover to alternate host, but that did not succeed.";
    vec![server("EX1"), server("EX2"), server("EX3"), at(queue(error), FAILED)]
}

#[test]
fn a_port_that_another_server_tried_says_nothing() {
    let ask = |more: Vec<Value>| {
        let report = analyze(&[unreachable(), more].concat());
        cause(&report, "network-unreachable").clone()
    };
    let alone = ask(Vec::new());
    for open in [true, false] {
        let other = ask(vec![port_test("EX3", open, FAILED)]);
        assert_eq!(other["for"], alone["for"], "{open}");
        assert_eq!(other["against"], alone["against"], "{open}");
        let own = ask(vec![port_test("EX1", open, FAILED)]);
        assert_ne!((&own["for"], &own["against"]), (&alone["for"], &alone["against"]), "{open}");
    }
}

#[test]
fn what_only_weakens_weakens_less_when_it_is_of_another_time() {
    let ask = |time: &str| {
        let channel = "Flags: b0 HAS_IP  HAS_TIMESERV \r\nTrusted DC Name \\\\DC1.contoso.com \r\n\
            Trusted DC Connection Status Status = 0 0x0 NERR_Success\r\n\
            Trust Verification Status = 0 0x0 NERR_Success\r\nThe command completed successfully\r\n";
        let event = event_1035("IllegalMessage", "Default EX2", "ExchangeAuth", "192.0.2.11");
        let report = analyze(&[
            server("EX1"),
            server("EX2"),
            event,
            at(tool("nltest /sc_verify:contoso.com", "EX2", channel), time),
        ]);
        (verdict(&report, "secure-channel-broken"), said(&report, "secure-channel-broken"))
    };
    let (then, said) = ask(FAILED);
    assert!(then == "unlikely" && !said.contains("last failure"), "{then} {said}");
    let (later, said) = ask("2026-11-23T09:30:00Z");
    assert!(said.contains("3 days after the last failure: at the time it may have been otherwise"), "{said}");
    assert_eq!(later, "possible", "{said}");
}

fn answer(computer: &str, address: &str, time: &str) -> Value {
    at(
        tool(
            "nslookup ex2.contoso.com",
            computer,
            &format!("Server:  dc1.contoso.com\r\nAddress:  192.0.2.1\r\n\r\nName:    ex2.contoso.com\r\nAddress:  {address}\r\n"),
        ),
        time,
    )
}

fn own_address_of_ex2() -> Value {
    tool("ipconfig /all", "EX2", "Windows IP Configuration\r\n\r\n   Host Name . . . . . . . . . . . . : EX2\r\n   Primary Dns Suffix  . . . . . . . : contoso.com\r\n\r\nEthernet adapter Ethernet0:\r\n\r\n   IPv4 Address. . . . . . . . . . . : 192.0.2.12(Preferred)\r\n")
}

#[test]
fn a_name_is_resolved_where_the_sender_is() {
    let ask = |more: &[Value]| {
        let report = with(&[more, &[own_address_of_ex2()]].concat());
        (verdict(&report, "dns-wrong-host"), said(&report, "dns-wrong-host"))
    };
    assert_eq!(ask(&[answer("EX1", "192.0.2.12", FAILED)]).0, "ruled_out");
    let (elsewhere, said) = ask(&[answer("EX3", "192.0.2.12", FAILED)]);
    assert_ne!(elsewhere, "ruled_out");
    assert!(said.contains("seen on EX3; on EX1 it may be otherwise"), "{said}");
    assert_eq!(ask(&[answer("EX1", "192.0.2.99", FAILED)]).0, "confirmed");
    assert_ne!(ask(&[answer("EX3", "192.0.2.99", FAILED)]).0, "confirmed");
    let (later, said) = ask(&[answer("EX1", "192.0.2.12", "2026-11-23T09:30:00Z")]);
    assert!(later != "ruled_out" && said.contains("3 days after"), "{said}");
}

#[test]
fn what_was_answered_elsewhere_is_asked_for_again_where_it_counts() {
    let commands = |records: &[Value]| {
        let report = analyze(&[records, &[own_address_of_ex2()]].concat());
        report["diagnoses"][0]["next"].to_string()
    };
    let asked = "nslookup EX2";
    let records = failure();
    if commands(&records).contains(asked) {
        assert!(!commands(&[&records[..], &[answer("EX1", "192.0.2.12", FAILED)]].concat()).contains(asked));
        assert!(commands(&[&records[..], &[answer("EX3", "192.0.2.12", FAILED)]].concat()).contains(asked));
    } else {
        panic!("{}", commands(&records));
    }
}

#[test]
fn a_setting_that_was_changed_after_the_failure_does_not_rule_out() {
    let connector = |changed: Option<&str>| {
        let mut record = support::connector(
            "Default EX2",
            25,
            support::EVERYONE,
            support::FULL_AUTH,
            support::FULL_GROUPS,
        );
        if let Some(changed) = changed {
            record["properties"]["WhenChangedUTC"] = json!(changed);
        }
        at(record, "2026-11-23T09:30:00Z")
    };
    let off = "connector-exchange-auth-off";
    // Read long after, it still counts: nobody changed it.
    assert_eq!(verdict(&with(&[connector(None)]), off), "ruled_out");
    assert_eq!(verdict(&with(&[connector(Some("2024-01-05T08:00:00Z"))]), off), "ruled_out");
    let report = with(&[connector(Some("2026-11-22T09:14:00Z"))]);
    assert_ne!(verdict(&report, off), "ruled_out");
    assert!(said(&report, off).contains("changed 2 days after the last failure"), "{}", said(&report, off));
    let report = with(&[connector(Some("/Date(1795338840000)/"))]);
    assert_ne!(verdict(&report, off), "ruled_out", "the form of Windows PowerShell's JSON");
    // The failure went on after the change: then the change did not heal it.
    let going_on = at(stuck_queue(), "2026-11-23T09:00:00Z");
    assert_eq!(verdict(&with(&[connector(Some("2026-11-22T09:14:00Z")), going_on]), off), "ruled_out");
}

#[test]
fn a_certificate_that_expired_after_the_failure_did_not_make_it() {
    let folder =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios/auth-certificate-expired");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    // The pasted text says the same without a zone.
    let evidence = read("evidence.jsonl");
    let evidence: Vec<&str> = evidence.lines().filter(|line| !line.contains("Format-List")).collect();
    let records = read("symptoms.jsonl") + &evidence.join("\n");
    let ask = |until: &str| {
        let report = analyze_bytes(records.replace("2026-11-14T10:22:31Z", until).as_bytes());
        let diagnoses = report["diagnoses"].as_array().unwrap();
        let oauth = diagnoses.iter().find(|diagnosis| diagnosis["problem"]["id"] == "oauth-failure").unwrap();
        let last = oauth["problem"]["last_seen"].as_str().unwrap().to_owned();
        let cause =
            oauth["causes"].as_array().unwrap().iter().find(|c| c["id"] == "auth-certificate-expired");
        (last, cause.unwrap()["verdict"].as_str().unwrap().to_owned())
    };
    let (last, verdict) = ask("2026-11-14T10:22:31Z");
    assert_eq!(verdict, "confirmed");
    // Between the failure and the listing.
    assert!(last.as_str() < "2026-11-20T09:29:59Z", "{last}");
    assert_ne!(ask("2026-11-20T09:29:59Z").1, "confirmed");
}

#[test]
fn a_log_says_itself_when_it_happened() {
    let log = "#Log-type: SMTP Send Protocol Log\r\n\
        #Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context\r\n\
        2026-11-20T09:14:00.100Z,Intra-Organization SMTP Send Connector,08D1,0,,192.0.2.12:25,*,,attempting to connect\r\n\
        2026-11-20T09:14:00.200Z,Intra-Organization SMTP Send Connector,08D1,1,192.0.2.11:1025,192.0.2.12:25,+,,\r\n\
        2026-11-20T09:14:00.300Z,Intra-Organization SMTP Send Connector,08D1,2,192.0.2.11:1025,192.0.2.12:25,<,220 EX2.contoso.com Microsoft ESMTP MAIL Service ready,\r\n\
        2026-11-20T09:14:00.400Z,Intra-Organization SMTP Send Connector,08D1,3,192.0.2.11:1025,192.0.2.12:25,>,EHLO EX1.contoso.com,\r\n\
        2026-11-20T09:14:00.500Z,Intra-Organization SMTP Send Connector,08D1,4,192.0.2.11:1025,192.0.2.12:25,<,250-EX2.contoso.com Hello [192.0.2.11],\r\n\
        2026-11-20T09:14:00.600Z,Intra-Organization SMTP Send Connector,08D1,5,192.0.2.11:1025,192.0.2.12:25,<,250 X-EXPS GSSAPI NTLM,\r\n\
        2026-11-20T09:14:00.700Z,Intra-Organization SMTP Send Connector,08D1,6,192.0.2.11:1025,192.0.2.12:25,>,X-EXPS EXCHANGEAUTH SHA256,\r\n\
        2026-11-20T09:14:00.800Z,Intra-Organization SMTP Send Connector,08D1,7,192.0.2.11:1025,192.0.2.12:25,<,454 4.7.0 Temporary authentication failure,\r\n";
    let report = analyze(&[
        server("EX1"),
        server("EX2"),
        at(tool("SmtpSend.log", "EX1", log), "2026-11-25T08:00:00Z"),
    ]);
    let problem = &report["diagnoses"][0]["problem"];
    assert_eq!(problem["last_seen"], FAILED, "{}", report["diagnoses"]);
}

#[test]
fn what_comes_back_from_another_session_keeps_its_age() {
    let mut records = failure();
    records.push(clock(0.4, "2026-11-23T09:30:00Z"));
    let lines: Vec<String> = records.iter().map(Value::to_string).collect();
    let catalog = exauth::Catalog::builtin().unwrap();
    let options = exauth::Options { mergeable: true, ..exauth::Options::default() };
    let mut session = exauth::Session::new(&catalog, options);
    session.add(lines.join("\n").as_bytes()).unwrap();
    session.finish().unwrap();
    let report = analyze_bytes(session.report("json").unwrap().as_bytes());
    assert!(said(&report, "clock-skew").contains("3 days after"), "{}", said(&report, "clock-skew"));
}

/// Event 2017 on EX1: no domain controller answered it.
fn no_authority() -> Value {
    json!({"from": "Get-WinEvent", "computer": "EX1.contoso.com",
        "type": ["System.Diagnostics.Eventing.Reader.EventLogRecord"],
        "properties": {"Id": 2017, "ProviderName": "MSExchangeTransport", "MachineName": "EX1.contoso.com",
            "TimeCreated": "2026-11-20T09:14:00Z",
            "Properties": ["NoAuthenticatingAuthority", "Intra-Organization SMTP Send Connector", "ExchangeAuth", "ex2.contoso.com"]}})
}

#[test]
fn two_likely_causes_come_with_what_tells_them_apart() {
    let report = analyze(&[server("EX1"), server("EX2"), stuck_queue()]);
    assert_eq!(report["diagnoses"][0].get("undecided"), None, "nothing is likely yet");
    let report = analyze(&[server("EX1"), server("EX2"), stuck_queue(), no_authority()]);
    let diagnosis = &report["diagnoses"][0];
    let likely: Vec<&Value> =
        diagnosis["causes"].as_array().unwrap().iter().filter(|cause| cause["verdict"] == "likely").collect();
    assert!(likely.len() >= 2, "{}", diagnosis["causes"]);
    let undecided = &diagnosis["undecided"];
    assert_eq!(undecided["causes"], json!([likely[0]["id"], likely[1]["id"]]));
    assert_eq!(undecided["command"], diagnosis["next"][0]["command"], "it is asked first");
    assert_eq!(undecided["run_on"], diagnosis["next"][0]["run_on"]);
    let says = undecided["says"].as_str().unwrap();
    for part in [&undecided["causes"][0], &undecided["causes"][1], &undecided["command"], &undecided["how"]] {
        assert!(says.contains(part.as_str().unwrap()), "{says}");
    }
    let catalog = exauth::Catalog::builtin().unwrap();
    let mut session = exauth::Session::new(&catalog, exauth::Options::default());
    let lines =
        [server("EX1"), server("EX2"), stuck_queue(), no_authority()].map(|record| record.to_string());
    session.add(lines.join("\n").as_bytes()).unwrap();
    session.finish().unwrap();
    assert!(session.report("text").unwrap().contains(says));
}

#[test]
fn two_causes_that_are_both_shown_are_both_to_be_set_right() {
    let duplicates = tool(
        "setspn -X -F",
        "EX1",
        "Checking forest DC=contoso,DC=com\r\nProcessing entry 0\r\nSMTPSVC/ex2.contoso.com is registered on these \
         accounts:\r\n\tCN=svc-relay,CN=Users,DC=contoso,DC=com\r\n\tCN=EX2,CN=Computers,DC=contoso,DC=com\r\n\r\n\
         found 1 group of duplicate SPNs.\r\n",
    );
    let report = with(&[clock(431.0, FAILED), duplicates]);
    for id in ["clock-skew", "spn-duplicate"] {
        assert_eq!(verdict(&report, id), "likely");
    }
    let undecided = &report["diagnoses"][0]["undecided"];
    assert_eq!(undecided["command"], Value::Null);
    assert!(undecided["says"].as_str().unwrap().contains("set both right"), "{undecided}");
}
