//! The same object in the forms in which people hand it over gives the same facts.
//!
//! Reads `../shared/data`; says what it skips where it is missing.

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
use exauth::record::{message_records, read_records};
use shared::{facts_of, shared};
use std::fs;
use std::path::Path;

fn tables(file: &Path) -> Vec<(Option<String>, Option<&'static str>, FactTable)> {
    let bytes = fs::read(file).unwrap();
    let mut tables = Vec::new();
    read_records(&bytes, 0, |record| {
        let record = record.unwrap();
        let from = record.from.clone().map(|from| from.into_owned());
        match facts_of(&record) {
            Some((kind, facts)) => tables.push((from, Some(kind), facts)),
            None => tables.push((from, None, FactTable::default())),
        }
    });
    tables
}

/// `name=value` of every fact, without those that a form cannot carry.
fn lines(facts: &FactTable, lost: &[&str]) -> Vec<String> {
    let kept = facts.iter().filter(|fact| !lost.contains(&&*fact.name));
    let mut lines: Vec<_> = kept.map(|fact| format!("{}={}", fact.name, fact.value)).collect();
    lines.sort();
    lines
}

fn forms_agree(cmdlet: &str, kind: &str, forms: &[(&str, &[&str])]) {
    let Some(folder) = shared("data/forms") else {
        return;
    };
    let folder = folder.join(cmdlet);
    let reference = tables(&folder.join("ps7-json-depth2.json"));
    assert!(!reference.is_empty());
    for (form, lost) in forms {
        for (index, (_, found, facts)) in tables(&folder.join(form)).iter().enumerate() {
            assert_eq!(*found, Some(kind), "{cmdlet}/{form}");
            // A form of one object has one of the two or more; it is found by its identity.
            let identity = lines(facts, &[])
                .into_iter()
                .find(|line| line.contains(".identity=") || line.contains("server.name="));
            let same = reference.iter().find(|(_, _, other)| {
                identity.as_ref().is_some_and(|identity| lines(other, &[]).contains(identity))
            });
            let (_, _, expected) =
                same.unwrap_or_else(|| panic!("{cmdlet}/{form}: {index} has no twin: {identity:?}"));
            assert_eq!(lines(facts, lost), lines(expected, lost), "{cmdlet}/{form}: object {index}");
            assert!(facts.iter().count() >= 5, "{cmdlet}/{form}");
        }
    }
}

#[test]
fn an_owa_directory_is_the_same_from_every_form() {
    forms_agree(
        "Get-OwaVirtualDirectory",
        "virtual-directory",
        &[
            ("ps7-json-depth4.json", &[]),
            ("ps7-json-enumsasstrings.json", &[]),
            ("ps7-compress-ndjson.jsonl", &[]),
            ("ps7-json-depth2-single.json", &[]),
            ("ps7-json-depth2.de-DE.json", &[]),
            ("emulated-ps51-json-from-clixml.json", &[]),
            ("emulated-ps51-json-live.json", &[]),
            ("remoting-strings-ps7-json.json", &[]),
        ],
    );
}

#[test]
fn a_receive_connector_is_the_same_from_every_form() {
    forms_agree(
        "Get-ReceiveConnector",
        "receive-connector",
        &[
            // JSON of depth 4 expands IPAddress objects and has no value for version 6.
            ("ps7-json-depth4.json", &["receive_connector.bindings", "receive_connector.bindings_complete"]),
            ("ps7-json-enumsasstrings.json", &[]),
            ("ps7-compress-ndjson.jsonl", &[]),
            ("ps7-json-depth2-single.json", &[]),
            ("ps7-json-depth2.de-DE.json", &[]),
            ("emulated-ps51-json-live.json", &[]),
            ("remoting-strings-ps7-json.json", &[]),
        ],
    );
}

#[test]
fn an_exchange_server_is_the_same_from_every_form() {
    forms_agree(
        "Get-ExchangeServer",
        "exchange-server",
        &[
            ("ps7-json-depth4.json", &[]),
            ("ps7-json-enumsasstrings.json", &[]),
            ("ps7-compress-ndjson.jsonl", &[]),
            ("ps7-json-depth2-single.json", &[]),
            ("remoting-strings-ps7-json.json", &[]),
        ],
    );
}

#[test]
fn web_services_directories_and_send_connectors_are_the_same_from_every_form() {
    let forms: &[(&str, &[&str])] = &[
        ("ps7-json-depth4.json", &[]),
        ("ps7-json-enumsasstrings.json", &[]),
        ("ps7-compress-ndjson.jsonl", &[]),
        ("ps7-json-depth2-single.json", &[]),
        ("remoting-strings-ps7-json.json", &[]),
    ];
    forms_agree("Get-WebServicesVirtualDirectory", "virtual-directory", forms);
    forms_agree("Get-SendConnector", "send-connector", forms);
}

#[test]
fn the_depth_4_form_keeps_bindings_of_version_4() {
    let Some(folder) = shared("data/forms") else {
        return;
    };
    for (_, _, facts) in tables(&folder.join("Get-ReceiveConnector/ps7-json-depth4.json")) {
        let bindings = facts.list("receive_connector.bindings").unwrap();
        assert!(bindings.iter().all(|binding| binding.starts_with("0.0.0.0:")), "{bindings:?}");
    }
}

#[test]
fn healthy_objects_have_their_kind_and_no_reply() {
    let Some(folder) = shared("data/healthy") else {
        return;
    };
    let expected = |from: &str| match from.split_whitespace().next().unwrap_or_default() {
        "Get-ExchangeServer" => Some("exchange-server"),
        "Get-OwaVirtualDirectory" | "Get-WebServicesVirtualDirectory" | "Get-EcpVirtualDirectory" => {
            Some("virtual-directory")
        }
        "Get-WinEvent" => Some("event"),
        "Get-Queue" => Some("queue"),
        "Get-ReceiveConnector" => Some("receive-connector"),
        "Get-SendConnector" => Some("send-connector"),
        _ => None,
    };
    let mut seen = 0;
    for file in ["e15-org", "e16-org", "e16-pair-servers", "e16-queues", "e16-two-servers"] {
        for (from, kind, facts) in tables(&folder.join(format!("{file}.jsonl"))) {
            let from = from.unwrap_or_default();
            if let Some(expected) = expected(&from) {
                assert_eq!(kind, Some(expected), "{file}: {from}");
                seen += 1;
            }
            assert!(facts.iter().all(|fact| !fact.name.starts_with("reply.")), "{file}: {from}");
            if from.contains("-ADPropertiesOnly") {
                for flag in ["windows", "basic", "forms"] {
                    assert!(
                        facts.get(&format!("virtual_directory.{flag}_authentication")).is_none(),
                        "{file}: {flag}"
                    );
                }
                assert_eq!(facts.list("virtual_directory.authentication_methods").unwrap(), ["Basic", "Fba"]);
            } else if from.starts_with("Get-OwaVirtualDirectory") {
                assert_eq!(facts.flag("virtual_directory.windows_authentication"), Some(false), "{file}");
            } else if from.starts_with("Get-WebServicesVirtualDirectory") {
                assert_eq!(facts.flag("virtual_directory.windows_authentication"), Some(true), "{file}");
            }
        }
    }
    assert!(seen > 40, "{seen}");
}

/// Format-List text gives what the object gave, but for what the text does not hold.
#[test]
fn list_texts_of_the_shell_give_the_facts_of_their_objects() {
    let Some(folder) = shared("data/forms") else { return };
    // Lists of more than four items end with dots, an address of the metabase is wrapped, ...
    for (cmdlet, lost) in [
        ("Get-OwaVirtualDirectory", &[][..]),
        ("Get-WebServicesVirtualDirectory", &[]),
        ("Get-ReceiveConnector", &[]),
        ("Get-SendConnector", &[]),
        ("Get-ExchangeServer", &[]),
    ] {
        let reference = tables(&folder.join(cmdlet).join("ps7-json-depth2.json"));
        for form in
            ["format-list.txt", "format-list-width80.txt", "format-list.de-DE.txt", "format-list.en-US.txt"]
        {
            let file = folder.join(cmdlet).join(form);
            let Ok(text) = fs::read_to_string(&file) else { continue };
            let records = message_records(Some(cmdlet), None, None, &text);
            assert_eq!(records.len(), reference.len(), "{cmdlet}/{form}");
            for (record, (_, kind, expected)) in records.iter().zip(&reference) {
                let (found, facts) = facts_of(record).unwrap();
                assert_eq!(Some(found), *kind, "{cmdlet}/{form}");
                assert_eq!(lines(&facts, lost), lines(expected, lost), "{cmdlet}/{form}");
            }
        }
    }
}

/// Forms that lose values may know less, and never anything else.
#[test]
fn poorer_forms_give_fewer_facts_and_no_others() {
    let Some(folder) = shared("data/forms") else { return };
    let forms = [
        "export.csv",
        "export-semicolon.csv",
        "export-typeinfo.csv",
        "export.de-DE.csv",
        "select-subset.csv",
        "format-list-subset.txt",
        "format-table.txt",
        "format-table-autosize-wide.txt",
    ];
    // A list that was cut is shorter, and said to be.
    let cut = ["receive_connector.remote_ip_ranges", "receive_connector.remote_ip_ranges_complete"];
    for cmdlet in [
        "Get-OwaVirtualDirectory",
        "Get-WebServicesVirtualDirectory",
        "Get-ReceiveConnector",
        "Get-ExchangeServer",
    ] {
        let reference = tables(&folder.join(cmdlet).join("ps7-json-depth2.json"));
        for form in forms {
            let Ok(text) = fs::read_to_string(folder.join(cmdlet).join(form)) else { continue };
            let records = message_records(Some(cmdlet), None, None, &text);
            assert_eq!(records.len(), reference.len(), "{cmdlet}/{form}");
            for (record, (_, kind, expected)) in records.iter().zip(&reference) {
                let (found, facts) = facts_of(record).unwrap();
                assert_eq!(Some(found), *kind, "{cmdlet}/{form}");
                let expected = lines(expected, &[]);
                for line in lines(&facts, &cut) {
                    assert!(expected.contains(&line), "{cmdlet}/{form}: {line} is not among {expected:?}");
                }
            }
        }
    }
}
