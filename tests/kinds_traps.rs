//! Traps of the objects that cmdlets return: what looks like a value and is none, what looks like a
//! fault and is none, and the same thing under two names. Needs no data beside the repository.

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
#[allow(dead_code)] // nothing beside the repository is read
mod shared;

use exauth::fact::FactTable;
use exauth::record::read_records;
use shared::facts_of;

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

#[test]
fn a_server_of_2016_is_a_client_access_server_whatever_its_role_prints() {
    let (_, facts) = one(
        r#"{"Name":"EX1","Fqdn":"ex1.contoso.com","ServerRole":"Mailbox","IsClientAccessServer":true,"IsHubTransportServer":true,"AdminDisplayVersion":"Version 15.1 (Build 2375.7)","ExchangeVersion":"0.1 (8.0.535.0)"}"#,
    );
    assert_eq!(facts.flag("exchange_server.is_client_access"), Some(true));
    assert_eq!(
        facts.number("exchange_server.exchange_major"),
        Some(15.0),
        "the schema's version is no product's"
    );
    let (_, facts) = one(
        r#"{"Name":"EX1","Fqdn":"ex1.contoso.com","ServerRole":"Mailbox","ExchangeVersion":"0.1 (8.0.535.0)"}"#,
    );
    assert!(facts.get("exchange_server.is_client_access").is_none());
    assert!(facts.get("exchange_server.exchange_major").is_none());
}

#[test]
fn a_queue_leads_inside_under_every_spelling_of_its_type() {
    for delivery in
        ["SmtpRelayToRemoteAdSite", "SmtpRelaytoRemoteAdSite", "SmtpRelayToRemoteActiveDirectorySite"]
    {
        let (_, facts) =
            one(&format!(r#"{{"Identity":"EX1\\7","DeliveryType":"{delivery}","NextHopDomain":"branch"}}"#));
        assert_eq!(facts.flag("queue.internal"), Some(true), "{delivery}");
    }
}

#[test]
fn the_reply_is_found_three_deep() {
    let (_, facts) = one(
        r#"{"Identity":"EX1\\7","NextHopDomain":"branch","LastError":"[{LRT=15-01-21 23:50:05};{LED=450 4.7.0 Proxy session setup failed on Frontend with '451 4.4.0 Primary target IP address responded with: \"454 4.7.0 Temporary authentication failure.\" Attempted failover to alternate host.'};{FQDN=ex2.contoso.com};{IP=192.0.2.9}]"}"#,
    );
    assert_eq!(facts.text("reply.code"), Some("454"));
    assert_eq!(facts.text("reply.text"), Some("Temporary authentication failure"));
    assert_eq!(facts.text("reply.host"), Some("ex2.contoso.com"));
}

#[test]
fn a_connector_with_a_name_in_another_language_is_the_same_connector() {
    let (_, facts) = one(
        r#"{"Id":2017,"ProviderName":"MSExchangeTransport","Message":null,"Properties":["KdcUnknownEncryptionType","\u7ec4\u7ec7\u5185 SMTP \u53d1\u9001\u8fde\u63a5\u5668","ExchangeAuth","SMTPSVC/ex2.contoso.com"]}"#,
    );
    assert_eq!(facts.text("event.error"), Some("KdcUnknownEncryptionType"));
    assert_eq!(facts.text("event.target_host"), Some("ex2.contoso.com"));
    assert!(facts.text("event.connector").unwrap().contains("SMTP"));
}

#[test]
fn the_back_end_twin_of_a_directory_is_told_apart() {
    for (name, path, site) in [
        ("owa (Default Web Site)", "IIS://ex1.contoso.com/W3SVC/1/ROOT/owa", "front end"),
        ("owa (Exchange Back End)", "IIS://ex1.contoso.com/W3SVC/2/ROOT/owa", "back end"),
    ] {
        let (_, facts) =
            one(&format!(r#"{{"Name":"{name}","Server":"EX1","MetabasePath":"{path}","InternalUrl":null}}"#));
        assert_eq!(facts.text("virtual_directory.web_site"), Some(site), "{name}");
    }
}

#[test]
fn the_account_of_the_key_distribution_center_is_disabled_by_design() {
    let of = |name: &str| {
        one(&format!(r#"{{"DistinguishedName":"CN={name},CN=Users,DC=contoso,DC=com","SamAccountName":"{name}","Enabled":false,"PasswordLastSet":"2026-01-02T03:04:05Z"}}"#)).1
    };
    assert!(of("krbtgt").get("account.enabled").is_none());
    assert!(of("krbtgt_4711").get("account.enabled").is_none());
    assert_eq!(of("svc-asa").flag("account.enabled"), Some(false));
}

#[test]
fn the_members_of_other_objects_are_no_memberships() {
    let (kind, _) = one(r#"{"Name":"DAG1","Members":["CN=EX1,DC=contoso,DC=com"],"WitnessServer":"FS1"}"#);
    assert_eq!(kind, "");
}
