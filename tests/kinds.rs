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
            assert!(facts.iter().count() >= 2, "{}: {from}", file.display());
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

#[test]
fn objects_of_wmi_are_told_by_their_class() {
    let (kind, facts) = one(
        r#"{"type":["System.Management.ManagementObject#root\\cimv2\\Win32_NetworkAdapterConfiguration","System.Management.ManagementObject"],
        "properties":{"__SERVER":"EX1","DNSHostName":"EX1","IPAddress":["192.0.2.11"],"DNSServerSearchOrder":["192.0.2.10"]}}"#,
    );
    assert_eq!((kind.as_str(), facts.text("network.computer")), ("network-config", Some("EX1")));
    let (kind, facts) = one(
        r#"{"type":["System.Management.ManagementObject#root\\cimv2\\Win32_QuickFixEngineering"],"properties":{"HotFixID":"kb5014692","CSName":"DC1"}}"#,
    );
    assert_eq!((kind.as_str(), facts.text("hotfix.id")), ("hotfix", Some("KB5014692")));
    assert_eq!(facts.text("hotfix.computer"), Some("DC1"));
}

#[test]
fn a_bare_service_of_windows_powershell_is_told_by_its_numbers() {
    let (kind, facts) = one(
        r#"{"Name":"Kdc","DisplayName":"Kerberos Key Distribution Center","MachineName":"DC1.contoso.com","ServiceName":"Kdc","Status":1,"StartType":4,"ServiceType":32}"#,
    );
    assert_eq!(kind, "service-state");
    assert_eq!((facts.flag("service.kdc_stopped"), facts.flag("service.disabled")), (Some(true), Some(true)));
}

#[test]
fn a_certificate_expires_by_the_records_own_date_and_by_no_clock() {
    let of = |envelope: &str, not_after: &str| {
        one(&format!(r#"{{{envelope}"properties":{{"Thumbprint":"5A2C7781E0B4D6F93A1B5C0000000000000000AA","Services":"IIS, SMTP","NotAfter":"{not_after}"}}}}"#)).1
    };
    let at = r#""collected":"2026-01-02T00:00:00Z","#;
    assert_eq!(of(at, "2026-01-01T23:59:59+01:00").flag("certificate.expired"), Some(true));
    assert_eq!(of(at, "2026-01-02T00:00:01Z").flag("certificate.expired"), Some(false));
    assert_eq!(of("", "2020-01-01T00:00:00Z").get("certificate.expired"), None);
    let culture = of(at, "01/02/2020 10:00:00");
    assert!(culture.get("certificate.not_after").is_none() && culture.get("certificate.expired").is_none());
    assert_eq!(culture.flag("certificate.for_smtp"), Some(true));
}

#[test]
fn services_of_a_certificate_are_the_same_as_names_as_list_and_as_letters() {
    let of = |services: &str| {
        one(&format!(r#"{{"from":"Get-ExchangeCertificate -Server EX2","computer":"EX1","properties":{{"Thumbprint":"5A 2C 77 81 E0 B4 D6 F9 3A 1B 5C 00 00 00 00 00 00 00 00 aa","Services":{services},"HasPrivateKey":false}}}}"#)).1
    };
    for services in [r#""IMAP, POP, IIS, SMTP""#, r#"["IMAP","POP","IIS","SMTP"]"#, r#""IP.WS..""#] {
        let facts = of(services);
        assert_eq!(facts.list("certificate.services").unwrap(), ["IMAP", "POP", "IIS", "SMTP"], "{services}");
        assert_eq!(facts.text("certificate.server"), Some("EX2"));
        assert_eq!(facts.text("certificate.thumbprint"), Some("5A2C7781E0B4D6F93A1B5C0000000000000000AA"));
        assert_eq!(facts.flag("certificate.has_private_key"), Some(false));
    }
    assert_eq!(of(r#""None""#).list("certificate.services").unwrap().len(), 0);
    assert_eq!(of(r#""None""#).flag("certificate.for_smtp"), Some(false));
    // A number that nobody verified, and a property that was lost.
    for services in ["24", "null", r#""System.Object""#] {
        assert!(of(services).get("certificate.services").is_none(), "{services}");
    }
}

#[test]
fn transport_services_name_their_certificate_and_their_server() {
    let (kind, facts) = one(
        r#"{"Name":"EX1","Identity":"EX1","InternalTransportCertificateThumbprint":"5a2c7781e0b4d6f93a1b5c0000000000000000aa","UseDowngradedExchangeServerAuth":false,"ExternalDNSServers":[]}"#,
    );
    assert_eq!(kind, "transport-service");
    assert_eq!(
        facts.text("transport_service.internal_certificate_thumbprint"),
        Some("5A2C7781E0B4D6F93A1B5C0000000000000000AA")
    );
    assert_eq!(facts.flag("transport_service.use_downgraded_auth"), Some(false));
    assert_eq!(facts.list("transport_service.external_dns").unwrap().len(), 0);
    let (kind, facts) = one(
        r#"{"type":["Microsoft.Exchange.Data.Directory.Management.FrontendTransportServerPresentationObject"],
        "properties":{"Name":"Frontend","Identity":"EX2\\Frontend","ExternalDNSServers":"{192.0.2.53, 192.0.2.54...}"}}"#,
    );
    assert_eq!((kind.as_str(), facts.text("transport_service.server")), ("transport-service", Some("EX2")));
    assert!(facts.get("transport_service.external_dns").is_none(), "a list that was cut is not the list");
}

#[test]
fn a_row_of_the_tracking_log_is_the_reply_in_it() {
    let (kind, facts) = one(
        r#"{"type":["Microsoft.Exchange.Management.TransportLogSearchTasks.MessageTrackingEvent"],"properties":{"EventId":"DEFER","RecipientStatus":
        ["{[{LRT=};{LED=451 4.4.0 Primary target IP address responded with: \"454 4.7.0 Temporary authentication failure.\" Attempted failover};{FQDN=ex2.contoso.com};{IP=192.0.2.9}]}"]}}"#,
    );
    assert_eq!((kind.as_str(), facts.text("reply.code")), ("reply", Some("454")));
    assert_eq!(facts.text("reply.host"), Some("ex2.contoso.com"));
    assert_eq!(facts.text("reply.source"), Some("tracking-log"));
    let (_, facts) = one(r#"{"EventId":"SEND","RecipientStatus":["250 2.1.5 Recipient OK"]}"#);
    assert!(facts.is_empty(), "{facts:?}");
}

#[test]
fn the_queues_of_a_digest_are_queues_of_the_analysis() {
    let catalog = exauth::Catalog::builtin().unwrap();
    let mut session = exauth::Session::new(&catalog, exauth::Options::default());
    session
        .add(
            br#"{"from":"Get-QueueDigest -Server EX1","properties":{"GroupByValue":"ex2.contoso.com","MessageCount":4,"Details":[
            {"QueueIdentity":"EX1\\12","ServerIdentity":"EX1","MessageCount":4,"DeliveryType":"SmtpRelayToServers","NextHopDomain":"ex2.contoso.com","NextHopCategory":"Internal","Status":"Retry","LastError":"454 4.7.0 Temporary authentication failure"}]}}"#,
        )
        .unwrap();
    session.finish().unwrap();
    let report: serde_json::Value = serde_json::from_str(&session.report("json").unwrap()).unwrap();
    assert_eq!(report["summary"]["records"], 1);
    assert_eq!(report["summary"]["ignored"], 0);
    assert_eq!(report["diagnoses"].as_array().unwrap().len(), 1, "{report}");
}

#[test]
fn accounts_groups_and_trusts_are_told_apart() {
    let base = "Microsoft.ActiveDirectory.Management";
    for (types, properties, expected) in [
        (
            vec!["ADComputer", "ADAccount", "ADPrincipal", "ADObject"],
            r#"{"DistinguishedName":"CN=EX1,DC=contoso,DC=com"}"#,
            "spn-list",
        ),
        (
            vec!["ADServiceAccount", "ADAccount"],
            r#"{"DistinguishedName":"CN=ASA,DC=contoso,DC=com"}"#,
            "spn-list",
        ),
        (vec!["ADGroup", "ADPrincipal", "ADObject"], r#"{"name":"Exchange Servers"}"#, "group-membership"),
        (vec!["ADTrust", "ADObject"], r#"{"Name":"fabrikam.com","Direction":"BiDirectional"}"#, "ad-trust"),
        (
            vec!["ADObject"],
            r#"{"DistinguishedName":"CN=fabrikam.com,CN=System,DC=contoso,DC=com","ObjectClass":"trustedDomain","msDS-SupportedEncryptionTypes":24}"#,
            "ad-trust",
        ),
        (
            vec!["ADObject"],
            r#"{"DistinguishedName":"CN=EX1,DC=contoso,DC=com","ObjectClass":"computer","pwdLastSet":1}"#,
            "spn-list",
        ),
        (
            vec!["ADObject"],
            r#"{"DistinguishedName":"CN=HQ,CN=Sites,DC=contoso,DC=com","ObjectClass":"site"}"#,
            "",
        ),
    ] {
        let types: Vec<String> = types.iter().map(|name| format!("{base}.{name}")).collect();
        let json =
            format!(r#"{{"type":{},"properties":{properties}}}"#, serde_json::to_string(&types).unwrap());
        assert_eq!(one(&json).0, expected, "{json}");
    }
    // A base class of Exchange has the name of one of Active Directory.
    let json = r#"{"type":["Microsoft.Exchange.Data.Directory.SystemConfiguration.AcceptedDomain","Microsoft.Exchange.Data.Directory.ADObject"],"properties":{"Name":"contoso.com"}}"#;
    assert_eq!(one(json).0, "");
}

#[test]
fn spns_in_a_cell_that_is_a_type_name_or_was_cut_are_not_the_list() {
    let of = |spns: &str| {
        one(&format!(r#"{{"DistinguishedName":"CN=EX1,DC=contoso,DC=com","Name":"EX1","ServicePrincipalNames":{spns}}}"#)).1
    };
    assert!(of(r#""Microsoft.ActiveDirectory.Management.ADPropertyValueCollection""#)
        .get("spn_list.spns")
        .is_none());
    let cut = of(r#""{SMTPSVC/EX1, SMTPSVC/ex1.contoso.com, HOST/EX1...}""#);
    assert!(cut.get("spn_list.spns").is_none());
    assert_eq!(cut.list("spn_list.partial_spns").unwrap().len(), 3);
    let cell = of(r#""SMTPSVC/EX1 SMTPSVC/ex1.contoso.com""#);
    assert_eq!(cell.list("spn_list.spns").unwrap(), ["SMTPSVC/EX1", "SMTPSVC/ex1.contoso.com"]);
}

#[test]
fn kinds_have_different_names_and_say_what_each_property_is_for() {
    let catalog = exauth::Catalog::builtin().unwrap();
    let described: serde_json::Value = serde_json::from_str(&catalog.describe()).unwrap();
    let kinds = described["kinds"].as_array().unwrap();
    let mut names: Vec<&str> = kinds.iter().map(|kind| kind["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count);
    for kind in kinds {
        let mut properties: Vec<String> = kind["properties"]
            .as_array()
            .unwrap()
            .iter()
            .map(|p| p["name"].as_str().unwrap().to_lowercase())
            .collect();
        let count = properties.len();
        properties.sort();
        properties.dedup();
        assert_eq!(properties.len(), count, "{}", kind["name"]);
    }
}

#[test]
fn health_sets_are_unhealthy_only_where_they_say_so() {
    for (value, expected) in
        [("Unhealthy", Some(true)), ("Healthy", Some(false)), ("Disabled", None), ("Repairing", None)]
    {
        let (kind, facts) = one(&format!(
            r#"{{"Server":"EX1","State":"NotApplicable","HealthSet":"OWA.Proxy","AlertValue":"{value}"}}"#
        ));
        assert_eq!((kind.as_str(), facts.flag("health.unhealthy")), ("health-set", expected), "{value}");
    }
}
