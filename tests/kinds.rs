//! Every object of a known cmdlet has its kind and its key facts, whatever form it arrives in.
//!
//! Reads `../shared/data`; says what it skips where it is missing. The traps need no data.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]
#![allow(clippy::print_stdout, clippy::print_stderr)]
// Test code: a failure here must stop the test.

#[path = "support/shared.rs"]
mod shared;

use exauth::fact::FactTable;
use exauth::record::{message_records, read_records};
use shared::{facts_of, shared};
use std::fs;

/// Kind and facts of every record; the kind is empty for an object nobody knows.
fn read(json: &str) -> Vec<(String, String, FactTable)> {
    let mut tables = Vec::new();
    read_records(json.as_bytes(), 0, |record| {
        let record = record.unwrap();
        let from = record.from.clone().unwrap_or_default().into_owned();
        let (kind, facts) = facts_of(&record).unwrap_or_default();
        tables.push((from, kind.to_owned(), facts));
    });
    tables
}

fn one(json: &str) -> (String, FactTable) {
    let mut tables = read(json);
    assert_eq!(tables.len(), 1, "{json}");
    let (_, kind, facts) = tables.remove(0);
    (kind, facts)
}

/// What each cmdlet's objects are. Others (accepted domains) are not wanted.
const KINDS: &[(&str, &str)] = &[
    ("Get-MailboxServer", "exchange-server"),
    ("Get-ExchangeServer", "exchange-server"),
    ("Get-OwaVirtualDirectory", "virtual-directory"),
    ("Get-EcpVirtualDirectory", "virtual-directory"),
    ("Get-WebServicesVirtualDirectory", "virtual-directory"),
    ("Get-AuthConfig", "auth-config"),
    ("Get-ExchangeCertificate", "certificate"),
    ("Get-ServerComponentState", "component-state"),
    ("Test-ServiceHealth", "service-health"),
    ("Get-WinEvent", "event"),
    ("Get-Service", "service-state"),
    ("Get-Queue", "queue"),
    ("Get-ReceiveConnector", "receive-connector"),
    ("Get-SendConnector", "send-connector"),
];

#[test]
fn every_exported_object_of_a_known_cmdlet_has_its_kind() {
    let Some(folder) = shared("data/healthy") else { return };
    let mut seen = 0;
    for file in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        for (from, kind, facts) in read(&fs::read_to_string(&file).unwrap()) {
            let command = from.split_whitespace().next().unwrap_or_default();
            let Some((_, expected)) = KINDS.iter().find(|(known, _)| *known == command) else {
                let unwanted = ["Get-OrganizationConfig", "Get-AcceptedDomain"];
                assert!(kind.is_empty(), "{}: {from} is no {kind}", file.display());
                assert!(unwanted.contains(&command) || !command.starts_with("Get-"), "{from}");
                continue;
            };
            assert_eq!(kind, *expected, "{}: {from}", file.display());
            assert!(facts.iter().count() >= 1, "{}: {from}", file.display());
            seen += 1;
        }
    }
    assert!(seen > 120, "{seen}");
}

#[test]
fn exported_objects_give_their_key_facts() {
    let Some(folder) = shared("data/healthy") else { return };
    let records = read(&fs::read_to_string(folder.join("e16-org.jsonl")).unwrap());
    let of = |kind: &str| {
        records.iter().filter(|(_, found, _)| found == kind).map(|(.., facts)| facts).collect::<Vec<_>>()
    };
    let certificates = of("certificate");
    assert_eq!(certificates.len(), 3);
    let auth = certificates[0];
    assert_eq!(auth.text("certificate.thumbprint"), Some("92E196F3C8D3D753FCFC5B7690C3173AA1C0ABE3"));
    assert_eq!(auth.text("certificate.not_after"), Some("2023-10-29T00:34:03Z"));
    assert_eq!(auth.flag("certificate.expired"), Some(false));
    assert_eq!(auth.flag("certificate.is_auth_certificate"), Some(true));
    assert_eq!(auth.flag("certificate.self_signed"), Some(true));
    assert_eq!(auth.text("certificate.server"), Some("solo-e16a.solo.local"));
    // These objects lost what Exchange had added: services are not known, which is not "none".
    for certificate in &certificates {
        for lost in ["services", "for_smtp", "for_iis", "has_private_key", "domains"] {
            assert!(certificate.get(&format!("certificate.{lost}")).is_none(), "{lost}");
        }
    }
    assert_eq!(
        of("auth-config")[0].text("auth_config.current_thumbprint"),
        auth.text("certificate.thumbprint")
    );
    let components = of("component-state");
    assert_eq!(components.len(), 35);
    assert!(components.iter().all(|facts| facts.text("component.server") == Some("Solo-E16A.Solo.local")));
    let transport: Vec<_> =
        components.iter().filter(|facts| facts.get("component.transport_inactive").is_some()).collect();
    assert_eq!(transport.len(), 3);
    assert!(transport.iter().all(|facts| facts.flag("component.transport_inactive") == Some(false)));
    let inactive = components.iter().filter(|facts| facts.flag("component.inactive") == Some(true));
    assert_eq!(inactive.count(), 2, "ForwardSyncDaemon and ProvisioningRps are so by design");
    let health = of("service-health");
    assert!(health.len() == 4 && health.iter().all(|facts| facts.flag("service_health.ok") == Some(true)));
    assert!(health.iter().all(|facts| facts.list("service_health.not_running").unwrap().is_empty()));
    let services = of("service-state");
    let service =
        |name: &str| services.iter().find(|facts| facts.text("service.name") == Some(name)).unwrap();
    assert_eq!(service("MSExchangeTransport").flag("service.transport_stopped"), Some(false));
    assert_eq!(service("MSExchangeTransport").text("service.computer"), Some("SOLO-E16A"));
    assert_eq!(service("MSExchangeServiceHost").flag("service.host_stopped"), Some(false));
}

fn lines(facts: &FactTable, lost: &[&str]) -> Vec<String> {
    let kept = facts.iter().filter(|fact| !lost.contains(&&*fact.name));
    let mut lines: Vec<_> = kept.map(|fact| format!("{}={}", fact.name, fact.value)).collect();
    lines.sort();
    lines
}

/// Each form of the same objects gives the same facts, but for what is named here.
#[test]
fn new_kinds_are_the_same_from_every_form() {
    let Some(folder) = shared("data/forms") else { return };
    // Dates are in a culture, and null and an empty list are the same empty cell.
    let text_loses = [
        "certificate.not_after",
        "certificate.not_before",
        "component.requester",
        "service_health.not_running=",
    ];
    for (cmdlet, kind) in [
        ("Get-AuthConfig", "auth-config"),
        ("Get-ExchangeCertificate", "certificate"),
        ("Get-ServerComponentState", "component-state"),
        ("Test-ServiceHealth", "service-health"),
    ] {
        let folder = folder.join(cmdlet);
        let bytes = |form: &str| fs::read_to_string(folder.join(form)).unwrap();
        let reference = read(&bytes("ps7-json-depth2.json"));
        let json = [
            "ps7-json-depth4.json",
            "ps7-json-enumsasstrings.json",
            "ps7-compress-ndjson.jsonl",
            "remoting-strings-ps7-json.json",
        ];
        for form in json {
            let tables = read(&bytes(form));
            assert_eq!(tables.len(), reference.len(), "{cmdlet}/{form}");
            for ((_, found, facts), (.., expected)) in tables.iter().zip(&reference) {
                assert_eq!(found, kind, "{cmdlet}/{form}");
                assert_eq!(lines(facts, &[]), lines(expected, &[]), "{cmdlet}/{form}");
            }
        }
        let texts = [
            "export.csv",
            "export-semicolon.csv",
            "export-typeinfo.csv",
            "format-list.txt",
            "format-list-width80.txt",
            "format-list-subset.txt",
            "format-table.txt",
            "select-subset.csv",
            "select-subset.json",
        ];
        for form in texts {
            let text = bytes(form);
            let tables: Vec<(String, FactTable)> = if form.ends_with("json") {
                read(&text).into_iter().map(|(_, kind, facts)| (kind, facts)).collect()
            } else {
                let records = message_records(Some(cmdlet), None, None, &text);
                records.iter().filter_map(facts_of).map(|(kind, facts)| (kind.to_owned(), facts)).collect()
            };
            assert_eq!(tables.len(), reference.len(), "{cmdlet}/{form}");
            for ((found, facts), (.., expected)) in tables.iter().zip(&reference) {
                assert_eq!(found, kind, "{cmdlet}/{form}");
                let expected = lines(expected, &[]);
                assert!(facts.iter().count() >= 1, "{cmdlet}/{form}");
                for line in lines(facts, &[]) {
                    assert!(expected.contains(&line), "{cmdlet}/{form}: {line} is not among {expected:?}");
                }
                if form.starts_with("format-list.") || form == "export.csv" {
                    let kept: Vec<&String> = expected
                        .iter()
                        .filter(|line| !text_loses.iter().any(|lost| line.starts_with(lost)))
                        .collect();
                    for line in kept {
                        assert!(lines(facts, &[]).contains(line), "{cmdlet}/{form} lost {line}");
                    }
                }
            }
        }
    }
}

/// A file of the Exchange shell holds the bytes of a certificate and no property: they are read.
#[test]
fn the_bytes_of_exported_certificates_give_their_thumbprints() {
    let Some(folder) = shared("data/clixml") else { return };
    let files = ["E15/Exchange", "E16/Exchange", "E16-two-servers"];
    let (bytes, thumbprint) = (
        regex::Regex::new(r#"<BA N="RawData">([^<]+)</BA>"#).unwrap(),
        regex::Regex::new(r"\[Thumbprint\]_x000D__x000A_ +([0-9A-F]{40})").unwrap(),
    );
    let mut seen = 0;
    for file in files {
        let text = fs::read_to_string(folder.join(file).join("GetExchangeCertificate.xml")).unwrap();
        for object in text.split("<Obj ").skip(1) {
            let (Some(bytes), Some(expected)) = (bytes.captures(object), thumbprint.captures(object)) else {
                continue;
            };
            let json = serde_json::json!({"collected": "2023-06-01T00:00:00Z",
                "type": ["Microsoft.Exchange.Management.SystemConfigurationTasks.ExchangeCertificate"],
                "properties": {"RawData": &bytes[1], "PSComputerName": "ex1.contoso.com"}});
            let (kind, facts) = one(&json.to_string());
            assert_eq!(kind, "certificate");
            assert_eq!(facts.text("certificate.thumbprint"), Some(&expected[1]), "{file}");
            assert!(object.contains(facts.text("certificate.subject").unwrap()), "{file}: {facts:?}");
            assert!(object.contains(&facts.text("certificate.not_after").unwrap()[..4]), "{file}");
            assert!(facts.flag("certificate.expired").is_some());
            seen += 1;
        }
    }
    assert!(seen >= 8, "{seen}");
}
