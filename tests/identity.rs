//! Who is who: the names of one server in every form, and whom a queue's next hop names.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::cast_precision_loss)]

mod support;
use exauth::fact::Hosts;
use serde_json::{json, Value};
use support::{analyze, found, wrapped};

/// EX1 of contoso.com, EX2 beside it, and addresses of EX1.
fn organisation() -> Hosts {
    let mut hosts = Hosts::default();
    let one = hosts.note_exchange("EX1", Some("ex1.contoso.com")).unwrap();
    hosts.note_exchange("EX2", Some("ex2.contoso.com")).unwrap();
    for address in ["192.0.2.1", "2001:db8::1"] {
        hosts.join_own(one, address.parse().unwrap());
    }
    hosts
}

#[test]
fn every_form_of_a_server_s_name_is_that_server() {
    let hosts = organisation();
    let one = hosts.find("EX1").unwrap();
    for name in [
        "ex1",
        "EX1.CONTOSO.COM",
        "ex1.contoso.com.",
        "EX1$",
        "CONTOSO\\EX1$",
        "contoso\\ex1",
        "EX1$@CONTOSO.COM",
        "EX1\\5",
        "EX1\\Submission",
        "EX1\\Shadow\\27",
        "EX1\\Default EX1",
        "EX1\\Relay",
        "EX1\\owa (Default Web Site)",
        "SMTPSVC/EX1",
        "SMTP/ex1.contoso.com",
        "HTTP/ex1.contoso.com:444@CONTOSO.COM",
        "https://ex1.contoso.com/owa",
        "ex1.contoso.com:25",
        "CN=EX1,OU=Servers,DC=contoso,DC=com",
        "CN=EX1,CN=Servers,CN=Administrative Group,CN=Configuration,DC=contoso,DC=com",
        "/o=Contoso/ou=Administrative Group/cn=Configuration/cn=Servers/cn=EX1",
        "contoso.com/Servers/EX1",
        "{EX1}",
        "192.0.2.1",
        "[192.0.2.1]",
        "192.0.2.1:25",
        "::ffff:192.0.2.1",
        "2001:DB8::1",
        "[2001:db8::1]:25",
    ] {
        assert_eq!(hosts.find(name), Some(one), "{name}");
    }
}

#[test]
fn what_is_another_s_name_or_nobody_s_is_not_that_server() {
    let hosts = organisation();
    let one = hosts.find("EX1");
    for name in [
        "ex1.fabrikam.com",
        "EX1$@FABRIKAM.COM",
        "ex11.contoso.com",
        "EX2\\Default EX1",
        "SMTPSVC/ex2.contoso.com",
        "mail.contoso.com",
        "DAG1",
        "contoso.com",
        "user@contoso.com",
        "192.0.2.11",
        "2001:db8::11",
        "",
    ] {
        assert_ne!(hosts.find(name), one, "{name}");
    }
    assert_eq!(hosts.find("ex1.fabrikam.com"), None);
}

#[test]
fn two_servers_of_one_short_name_stay_two() {
    let mut hosts = Hosts::default();
    let contoso = hosts.note("ex1.contoso.com").unwrap();
    let fabrikam = hosts.note("ex1.fabrikam.com").unwrap();
    assert_ne!(contoso, fabrikam);
    for (name, whose) in [
        ("CONTOSO\\EX1$", Some(contoso)),
        ("FABRIKAM\\EX1$", Some(fabrikam)),
        ("EX1$@CONTOSO.COM", Some(contoso)),
        ("CN=EX1,CN=Computers,DC=fabrikam,DC=com", Some(fabrikam)),
        ("SMTPSVC/ex1.fabrikam.com", Some(fabrikam)),
        ("EX1", None),
        ("EX1$", None),
        ("TAILSPIN\\EX1$", None),
    ] {
        assert_eq!(hosts.find(name), whose, "{name}");
    }
    // A server of Exchange is meant before one that is none.
    hosts.note_exchange("EX1", Some("ex1.contoso.com")).unwrap();
    assert_eq!(hosts.find("EX1\\12"), Some(contoso));
}

#[test]
fn an_address_is_its_owner_s_whoever_else_leads_to_it() {
    let mut hosts = organisation();
    let address = "192.0.2.1".parse().unwrap();
    let alias = hosts.note("mail.contoso.com").unwrap();
    hosts.join(alias, address);
    assert_eq!(hosts.of_address(address), hosts.find("EX1"));
    // Two that have it by their own settings: nobody's.
    let two = hosts.find("EX2").unwrap();
    hosts.join_own(two, address);
    assert_eq!(hosts.of_address(address), None);
    // Addresses that every machine has, and a cluster's.
    hosts.note_shared("192.0.2.60".parse().unwrap());
    for shared in ["127.0.0.1", "169.254.1.2", "fe80::1", "0.0.0.0", "192.0.2.60"] {
        hosts.join_own(two, shared.parse().unwrap());
        assert_eq!(hosts.of_address(shared.parse().unwrap()), None, "{shared}");
    }
}

fn server(name: &str, site: &str, version: &str) -> Value {
    json!({"from": "Get-ExchangeServer", "type": ["Microsoft.Exchange.Data.Directory.Management.ExchangeServer"],
        "properties": {"Name": name, "Fqdn": format!("{}.contoso.com", name.to_lowercase()), "ServerRole": "Mailbox",
            "Site": format!("contoso.com/Configuration/Sites/{site}"), "AdminDisplayVersion": version}})
}

const V14: &str = "Version 14.3 (Build 123.4)";
const V15: &str = "Version 15.1 (Build 2507.6)";

fn queue(delivery: &str, next_hop: &str, error: &str) -> Value {
    json!({"from": "Get-Queue", "computer": "EX1",
        "type": ["Microsoft.Exchange.Data.QueueViewer.ExtensibleQueueInfo"],
        "properties": {"Identity": "EX1\\12", "DeliveryType": delivery, "NextHopDomain": next_hop, "Status": "Retry",
            "MessageCount": 3, "LastError": error}})
}

fn dag(name: &str, servers: &[&str]) -> Value {
    json!({"from": "Get-DatabaseAvailabilityGroup",
        "type": ["Microsoft.Exchange.Data.Directory.SystemConfiguration.DatabaseAvailabilityGroup"],
        "properties": {"Name": name, "Servers": servers, "WitnessServer": "FS1"}})
}

/// The two ends of the only failed sign-in, whatever the order of the records.
fn ends(records: &[Value]) -> (Option<String>, Option<String>) {
    let reversed: Vec<Value> = records.iter().rev().cloned().collect();
    let all: Vec<_> = [records, &reversed]
        .map(|records| {
            let report = analyze(records);
            let diagnoses = report["diagnoses"].as_array().unwrap();
            let failed: Vec<&Value> = diagnoses
                .iter()
                .map(|d| &d["problem"])
                .filter(|p| p["id"] == "smtp-temporary-auth-failure")
                .collect();
            assert_eq!(failed.len(), 1, "{failed:?}");
            ["from", "to"].map(|end| failed[0][end].as_str().map(str::to_owned))
        })
        .to_vec();
    assert_eq!(all[0], all[1], "order of records");
    let [from, to] = all[0].clone();
    (from, to)
}

/// Records beside the queue, delivery type, next hop, last error, and the receiver.
type Hop<'t> = (Vec<&'t [Value]>, &'t str, &'t str, &'t str, Option<&'t str>);

#[test]
fn a_next_hop_is_the_one_server_behind_it() {
    let error = wrapped("454 4.7.0 Temporary authentication failure.");
    let framed =
        format!("[{{LED={error}}};{{MSG=}};{{FQDN=}};{{IP=192.0.2.3}};{{LRT=11/20/2026 9:14:00 AM}}]");
    let (hub, branch) = ("Hub", "Branch");
    let one_dag = dag("DAG1", &["EX1", "EX2"]);
    let wide_dag = dag("DAG1", &["EX1", "EX2", "EX3"]);
    let database = json!({"from": "Get-MailboxDatabase", "type": ["Microsoft.Exchange.Data.Directory.SystemConfiguration.MailboxDatabase"],
        "properties": {"Name": "DB 01", "Server": "EX2", "MountedOnServer": "ex2.contoso.com"}});
    let connector = json!({"from": "Get-SendConnector", "properties": {"Identity": "To branch", "Name": "To branch",
        "SmartHosts": "", "AddressSpaces": "{SMTP:*;1}", "SourceTransportServers": ["EX1", "EX2"]}});
    let adapters = json!({"type": ["System.Management.ManagementObject#root\\cimv2\\Win32_NetworkAdapterConfiguration"],
        "properties": {"DNSHostName": "EX3", "IPAddress": ["192.0.2.3"], "DNSServerSearchOrder": ["192.0.2.53"]}});
    let three = [server("EX1", hub, V15), server("EX2", hub, V15), server("EX3", hub, V15)];
    let two = &three[..2];
    let far = [server("EX1", hub, V15), server("EX2", branch, V15), server("EX3", branch, V14)];
    let old = [server("EX1", hub, V14), server("EX2", hub, V14), server("EX3", hub, V15)];
    let table: Vec<Hop> = vec![
        (vec![two, std::slice::from_ref(&one_dag)], "SmtpRelayToDag", "dag1", &error, Some("EX2")),
        (vec![&three, std::slice::from_ref(&wide_dag)], "SmtpRelayToDag", "dag1", &error, Some("DAG1")),
        (
            vec![&three, std::slice::from_ref(&wide_dag), std::slice::from_ref(&adapters)],
            "SmtpRelayToDag",
            "dag1",
            &framed,
            Some("EX3"),
        ),
        (vec![two], "SmtpRelayToDag", "dag1", &error, Some("dag1")),
        (vec![&far], "SmtpRelayToMailboxDeliveryGroup", "site:branch;version:15", &error, Some("EX2")),
        (vec![&far], "SmtpRelayToMailboxDeliveryGroup", "site:branch;version:14", &error, Some("EX3")),
        (vec![&far], "SmtpRelayToRemoteAdSite", "branch", &error, Some("site:branch")),
        (
            vec![&far, std::slice::from_ref(&adapters)],
            "SmtpRelayToRemoteActiveDirectorySite",
            "Branch",
            &framed,
            Some("EX3"),
        ),
        (vec![&old], "SmtpRelayWithinAdSite", "hub version 14", &error, Some("EX2")),
        (vec![], "SmtpRelayWithinAdSite", "hub version 14", &error, Some("hub version 14")),
        (vec![two], "SmtpRelayToServers", "ex2.contoso.com", &error, Some("EX2")),
        (vec![&three], "SmtpRelayToServers", "ex1.contoso.com,ex2.contoso.com", &error, Some("EX2")),
        (vec![two], "SmtpDeliveryToMailbox", "db 01", &error, Some("db 01")),
        (vec![two, std::slice::from_ref(&database)], "SmtpDeliveryToMailbox", "db 01", &error, Some("EX2")),
        (
            vec![two, std::slice::from_ref(&connector)],
            "SmtpRelayToConnectorSourceServers",
            "to branch",
            &error,
            Some("EX2"),
        ),
        (vec![two], "SmtpRelayToTiRg", "First Routing Group", &error, Some("First Routing Group")),
        (vec![two], "ShadowRedundancy", "ex2.contoso.com", &error, Some("EX2")),
        (vec![two], "Undefined", "Submission", &error, None),
        (vec![two], "Unreachable", "Unreachable Domain", &error, None),
    ];
    for (beside, delivery, next_hop, error, to) in table {
        let mut records: Vec<Value> = beside.into_iter().flatten().cloned().collect();
        records.push(queue(delivery, next_hop, error));
        let (from, got) = ends(&records);
        assert_eq!((from.as_deref(), got.as_deref()), (Some("EX1"), to), "{delivery} {next_hop}");
    }
}

#[test]
fn a_connector_that_calls_itself_by_the_beginning_of_the_right_name_is_told() {
    let connector = |fqdn: &str| {
        json!({"from": "Get-ReceiveConnector", "type": ["Microsoft.Exchange.Data.Directory.SystemConfiguration.ReceiveConnector"],
            "properties": {"Identity": "EX1\\Default EX1", "Name": "Default EX1", "Server": "EX1", "Fqdn": fqdn,
                "Enabled": true, "AuthMechanism": "Tls, ExchangeServer", "PermissionGroups": "ExchangeServers",
                "Bindings": ["0.0.0.0:25"], "RemoteIPRanges": ["0.0.0.0-255.255.255.255"], "TransportRole": "HubTransport"}})
    };
    let told = |record: Value| {
        found(&analyze(&[server("EX1", "Hub", V15), record]))
            .contains(&"config-connector-fqdn-mismatch".to_owned())
    };
    for (fqdn, wrong) in
        [("ex1.contoso.com", false), ("EX1", false), ("ex1.contoso.co", true), ("ex1.contoso", true)]
    {
        assert_eq!(told(connector(fqdn)), wrong, "{fqdn}");
    }
    let list = |lines: &str| {
        json!({"from": "Get-ReceiveConnector | fl", "computer": "EX1",
            "text": format!("AuthMechanism : Tls, ExchangeServer\r\nIdentity : EX1\\Default EX1\r\nServer : EX1\r\n{lines}")})
    };
    assert!(told(list("Fqdn : mail.contoso.com")));
    // Of a pasted name there may have been more.
    assert!(!told(list("Fqdn : ex1.contoso.co")));
}

#[test]
fn an_alias_of_one_account_is_the_same_server() {
    let spns = json!({"from": "setspn -L EX2", "computer": "EX1",
        "text": "Registered ServicePrincipalNames for CN=EX2,CN=Computers,DC=contoso,DC=com:\r\n\tHOST/EX2\r\n\tHOST/ex2.contoso.com\r\n\tHOST/ex2.corp.contoso.com\r\n\tSMTPSVC/EX2\r\n\tSMTPSVC/ex2.contoso.com\r\n"});
    let error = wrapped("454 4.7.0 Temporary authentication failure.");
    let records = [
        server("EX1", "Hub", V15),
        server("EX2", "Hub", V15),
        spns,
        queue("SmtpRelayToServers", "ex2.corp.contoso.com", &error),
    ];
    assert_eq!(ends(&records).1.as_deref(), Some("EX2"));
}
