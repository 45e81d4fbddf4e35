//! Bad input: a clear error or `ignored`, the rest of the batch kept, the process alive.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::cast_precision_loss)]

mod support;
use exauth::{Catalog, Error, Options, Session};
use proptest::prelude::*;
use serde_json::{json, Value};
use support::*;

fn rejected(report: &Value) -> Vec<(u64, String)> {
    let places = report["rejected"].as_array().unwrap();
    places.iter().map(|p| (p["index"].as_u64().unwrap(), p["reason"].as_str().unwrap().to_owned())).collect()
}

#[test]
fn what_cannot_be_read_is_listed_with_its_place_and_the_rest_is_kept() {
    let good = stuck_queue().to_string();
    let nested = format!("{{\"a\":{}}}", "[".repeat(10_000));
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("not UTF-8", b"{\"LastError\":\"\xC0\xAF\"}".to_vec(), "not UTF-8 at byte"),
        ("not JSON", b"Identity : EX1\\12".to_vec(), "not JSON"),
        ("cut off", b"{\"properties\":{\"Identity\":\"EX1".to_vec(), "JSON"),
        ("a NUL byte", b"{\"LastError\":\"a\0b\"}".to_vec(), "not JSON"),
        ("nested", nested.into_bytes(), ""),
        ("a number", b"71".to_vec(), "a number, not a JSON object"),
        ("a wrong type", b"{\"properties\":71}".to_vec(), "`properties` is not an object"),
    ];
    for (name, bad, reason) in cases {
        let bytes = [good.as_bytes(), b"\n", &bad, b"\n", good.as_bytes()].concat();
        let report = analyze_bytes(&bytes);
        assert_eq!(report["summary"]["findings"], 2, "{name}");
        let places = rejected(&report);
        assert_eq!(places.len(), 1, "{name}: {places:?}");
        assert_eq!(places[0].0, 1, "{name}");
        assert!(places[0].1.contains(reason), "{name}: {}", places[0].1);
    }
}

#[test]
fn a_line_of_100_mb_is_refused_and_the_next_one_read() {
    let mut bytes = b"{\"properties\":{\"LastError\":\"".to_vec();
    bytes.resize(bytes.len() + 100 * 1024 * 1024, b'x');
    bytes.extend_from_slice(b"\"}}\n");
    bytes.extend_from_slice(stuck_queue().to_string().as_bytes());
    let report = analyze_bytes(&bytes);
    assert_eq!(report["summary"]["findings"], 1);
    assert!(rejected(&report)[0].1.contains("larger than the limit of 64 MB"));
}

#[test]
fn values_of_wrong_types_say_nothing_and_break_nothing() {
    for value in
        [json!(71), json!(true), json!({}), json!([[]]), json!({"value": {"value": []}}), json!(null)]
    {
        for property in ["LastError", "Identity", "DeliveryType", "NextHopDomain", "Status", "MessageCount"] {
            let mut queue = stuck_queue();
            queue["properties"][property] = value.clone();
            let report = analyze(&[queue, event_71("https://192.0.2.20/owa")]);
            assert!(found(&report).contains(&"owa-proxy-event-71".to_owned()), "{property} = {value}");
        }
    }
}

#[test]
fn objects_of_no_known_kind_are_counted_by_name() {
    let file = json!({"type": ["System.IO.FileInfo", "System.Object"], "properties": {"Name": "a.txt", "Length": 3}});
    let report = analyze(&[file.clone(), file, json!({"text": "Good morning"}), json!({"Colour": "red"})]);
    let ignored: Vec<(String, u64)> = report["ignored"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| (entry["kind"].as_str().unwrap().to_owned(), entry["count"].as_u64().unwrap()))
        .collect();
    assert!(ignored.contains(&("System.IO.FileInfo".to_owned(), 2)), "{ignored:?}");
    assert_eq!(report["summary"]["ignored"], 4);
    assert_eq!(report["summary"]["rejected"], 0);
}

#[test]
fn nothing_at_all_is_an_empty_report() {
    for bytes in [&b""[..], b"\xEF\xBB\xBF", b" \r\n", b"[]"] {
        let report = analyze_bytes(bytes);
        assert_eq!(
            report["summary"],
            json!({"records": 0, "findings": 0, "problems": 0, "ignored": 0, "rejected": 0})
        );
    }
}

#[test]
fn options_and_packs_are_refused_with_the_place() {
    let at = |error: Error| (error.status(), error.at().unwrap_or_default().to_owned(), error.to_string());
    let (status, place, message) =
        at(Options::from_json(br#"{"include_cleer":true}"#, &Catalog::builtin().unwrap()).unwrap_err());
    assert_eq!((status, place.as_str()), (-4, "/include_cleer"));
    assert!(message.contains("expected one of `include_clear`"), "{message}");
    assert_eq!(Options::from_json(b"[]", &Catalog::builtin().unwrap()).unwrap_err().status(), -4);
    let catalog = Catalog::builtin().unwrap();
    let rule = |when: Value| {
        json!({"schema": "exauth.pack/1", "issues": [{"schema": "exauth.issue/1", "id": "contoso-queue", "status": "trial",
            "confidence": "low", "severity": "info", "title": "A long queue", "records": ["queue"], "message": "{queue.identity} is long",
            "when": when}]})
        .to_string()
    };
    let good = rule(json!({"fact": "queue.message_count", "op": "at_least", "value": 40}));
    let extended = catalog.extend(good.as_bytes()).unwrap();
    let lines = extended.check_record(stuck_queue().to_string().as_bytes()).unwrap();
    assert!(lines.contains("\"id\":\"contoso-queue\"") && lines.contains("EX1\\\\12 is long"), "{lines}");
    let bad = rule(json!({"all": [{"fact": "queue.message_count", "op": "more_than", "value": 40}]}));
    let (_, place, message) = at(catalog.extend(bad.as_bytes()).err().unwrap());
    assert_eq!(place, "/issues/0/when/all/0/op");
    assert!(message.contains("unknown op `more_than`, allowed are"), "{message}");
    let stolen = good.replace("contoso-queue", "owa-proxy-event-71");
    assert!(at(catalog.extend(stolen.as_bytes()).err().unwrap()).2.contains("is taken"));
}

#[test]
fn calls_in_a_wrong_order_are_a_state_error() {
    let mut session = Session::new(&Catalog::builtin().unwrap(), Options::default());
    assert_eq!(session.report("json").unwrap_err().status(), -2);
    session.finish().unwrap();
    assert_eq!(session.finish().unwrap_err().status(), -2);
    assert_eq!(session.add(b"{}").unwrap_err().status(), -2);
    assert_eq!(session.report("pdf").unwrap_err().status(), -5);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_batches_never_panic(cut in 0usize..4_000, at in 0usize..4_000, byte in any::<u8>(), times in 0usize..5) {
        let records = [stuck_queue(), event_1035("IllegalMessage", "Default EX2", "ExchangeAuth", "192.0.2.11"),
            stripchart("EX1", "ex2.contoso.com", "192.0.2.12", 400.0), spn_list(&["SMTP"]),
            connector("Default EX2", 25, EVERYONE, FULL_AUTH, FULL_GROUPS), owa_directory("https://192.0.2.20/owa", true)];
        let mut bytes = records.iter().map(Value::to_string).collect::<Vec<_>>().join("\n").into_bytes();
        for turn in 0..times {
            let place = (at * (turn + 1)) % bytes.len();
            bytes[place] = byte;
        }
        bytes.truncate(bytes.len().saturating_sub(cut));
        let report = analyze_bytes(&bytes);
        prop_assert!(report["summary"]["records"].is_u64());
    }
}
