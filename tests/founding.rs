//! The two founding problems: recognised in every shape and language, and diagnosed.

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
use support::*;

/// LastError texts that are the temporary authentication failure, by shape and language.
const TEMPORARY: &[(&str, &str)] = &[
    ("bare reply", "454 4.7.0 Temporary authentication failure"),
    ("wrapper without a colon", "451 4.4.0 Primary target IP address responded with \"454 4.7.0 Temporary authentication failure.\" Attempted failover to alternate host, but that did not succeed."),
    ("typographic quotes", "451 4.4.0 Primary target IP address responded with: \u{201c}454 4.7.0 Temporary authentication failure.\u{201d} Attempted failover to alternate host"),
    ("record of 2013", "[{LRT=11/20/2026 9:14:00 AM};{LED=451 4.4.0 Primary target IP address responded with: \"454 4.7.0 Temporary authentication failure.\" Attempted failover to alternate host, but that did not succeed.};{FQDN=ex2.contoso.com};{IP=192.0.2.12}]"),
    ("record of 2016", "[{LED=454 4.7.0 Temporary authentication failure};{MSG=};{FQDN=ex2.contoso.com};{IP=192.0.2.12};{LRT=20.11.2026 09:14:00}]"),
    ("chain of 2016", "451 4.4.395 Target host responded with error. -> 454 4.7.0 Temporary authentication failure"),
    ("proxy round a wrapper", "450 4.4.101 Proxy session setup failed on Frontend with '451 4.4.0 Primary target IP address responded with \"454 4.7.0 Temporary authentication failure.\" Attempted failover to alternate host, but that did not succeed. The last endpoint attempted was 192.0.2.12:25'"),
    ("cut by a console", "451 4.4.0 Primary target IP address responded with: \"454 4.7.0 Temporary\r\nauthentication failure.\" Attempted failover"),
    ("Polish", "451 4.4.0 Podstawowy docelowy adres IP odpowiedzia\u{142}: \"454 4.7.0 Tymczasowy b\u{142}\u{105}d uwierzytelniania\". Podj\u{119}to pr\u{f3}b\u{119}"),
    ("German", "451 4.4.0 Die prim\u{e4}re Ziel-IP-Adresse antwortete: \"454 4.7.0 Vor\u{fc}bergehender Authentifizierungsfehler.\""),
    ("Japanese", "451 4.4.0 \u{30d7}\u{30e9}\u{30a4}\u{30de}\u{30ea} IP \u{30a2}\u{30c9}\u{30ec}\u{30b9}\u{306f}\u{300c}454 4.7.0 \u{4e00}\u{6642}\u{7684}\u{306a}\u{8a8d}\u{8a3c}\u{306e}\u{5931}\u{6557}\u{300d}"),
    ("Chinese", "454 4.7.0 Temporary authentication failure(\u{4e34}\u{65f6}\u{8ba4}\u{8bc1}\u{5931}\u{8d25})"),
];

/// LastError texts that look like it and are something else, with what they are.
const NEAR_MISSES: &[(&str, &[&str])] = &[
    (
        "454 4.7.0 Failed to establish appropriate TLS channel: UntrustedRoot: Access Denied.",
        &["smtp-454-tls-channel-refused"],
    ),
    ("451 4.7.0 Temporary server error. Please try again later. PRX5", &["smtp-451-proxy-session-failed"]),
    ("451 5.7.3 STARTTLS is required to send mail", &["smtp-451-starttls-required"]),
    ("451 5.7.3 Must issue a STARTTLS command first", &["smtp-451-starttls-first"]),
    ("550 5.7.1 RESOLVER.RST.AuthRequired; authentication required", &["smtp-recipient-restricted"]),
    ("454 4.7.5 Certificate validation failure, reason:untrustedroot", &["smtp-certificate-not-validated"]),
    ("451 4.4.0 DNS query failed", &["smtp-name-not-resolved"]),
    ("421 4.4.1 Connection timed out", &["smtp-connection-failed"]),
    ("451 4.4.0 Security status IllegalMessage", &[]),
    ("550-5.7.26 Your email has been blocked because the sender is unauthenticated", &[]),
    ("", &[]),
];

/// One queue in the ways in which it can arrive.
fn shapes(last_error: &str) -> Vec<(&'static str, Value)> {
    let live = queue(last_error);
    let mut deserialized = live.clone();
    deserialized["type"] = json!(["Deserialized.Microsoft.Exchange.Data.QueueViewer.ExtensibleQueueInfo"]);
    let mut bare = live["properties"].clone();
    bare["DeliveryType"] = json!({"value": 17, "Value": "SmtpRelayToServers"});
    bare["Status"] = json!({"value": 3, "Value": "Retry"});
    let mut strings = live.clone();
    strings["properties"]["MessageCount"] = json!("41");
    strings["type"] = json!([]);
    let selected = json!({"type": ["Selected.System.Management.Automation.PSCustomObject"],
        "properties": {"Identity": "EX1\\12", "NextHopDomain": "ex2.contoso.com",
            "DeliveryType": "SmtpRelayToServers", "LastError": last_error}});
    vec![
        ("live", live),
        ("deserialized", deserialized),
        ("ConvertTo-Json", bare),
        ("strings", strings),
        ("selected", selected),
    ]
}

#[test]
fn the_temporary_authentication_failure_is_known_in_every_shape_and_language() {
    for (form, text) in TEMPORARY {
        for (shape, record) in shapes(text) {
            let report = analyze(&[record]);
            assert_eq!(found(&report), ["smtp-454-temporary-auth-failure"], "{form}, {shape}");
            let problem = &report["diagnoses"][0]["problem"];
            assert_eq!(problem["id"], "smtp-temporary-auth-failure", "{form}, {shape}");
            assert_eq!(problem["from"], "EX1", "{form}, {shape}");
            assert_eq!(problem["to"].as_str().unwrap().to_lowercase(), "ex2", "{form}, {shape}");
        }
        let report = analyze(&[json!({"text": text})]);
        assert_eq!(found(&report), ["smtp-454-temporary-auth-failure"], "{form}, as text");
    }
}

#[test]
fn exchange_server_authentication_that_cannot_be_achieved_is_its_own_problem() {
    let texts = [
        wrapped("451 5.7.3 Cannot achieve Exchange Server authentication."),
        "451 4.4.395 Target host responded with error. -> 451 5.7.3 Cannot achieve Exchange Server authentication".to_owned(),
        "[{LED=451 5.7.3 Cannot achieve Exchange Server authentication};{MSG=};{FQDN=ex2.contoso.com};{IP=192.0.2.12};{LRT=}]".to_owned(),
    ];
    for text in texts {
        for (shape, record) in shapes(&text) {
            let report = analyze(&[record]);
            assert_eq!(found(&report), ["smtp-451-exchange-auth-not-achieved"], "{text}, {shape}");
            let causes = report["diagnoses"][0]["causes"].as_array().unwrap();
            assert!(
                causes.iter().all(|cause| cause["id"] != "clock-skew"),
                "authentication was not even tried"
            );
        }
    }
}

#[test]
fn near_misses_are_told_apart_in_every_shape() {
    for (text, expected) in NEAR_MISSES {
        for (shape, record) in shapes(&wrapped(text)).into_iter().chain(shapes(text)) {
            let report = analyze(&[record]);
            assert_eq!(found(&report), *expected, "{text}, {shape}");
            let founding = ["smtp-temporary-auth-failure", "smtp-exchange-auth-not-achieved"];
            for diagnosis in report["diagnoses"].as_array().unwrap() {
                let problem = diagnosis["problem"]["id"].as_str().unwrap();
                assert!(!founding.contains(&problem), "{text}, {shape}");
            }
        }
        assert_eq!(found(&analyze(&[json!({"text": text})])), *expected, "{text}, as text");
    }
    // The same reply from a smart host on the internet is no fault between our servers.
    let mut outside = stuck_queue();
    outside["properties"]["DeliveryType"] = json!("SmartHostConnectorDelivery");
    outside["properties"]["NextHopCategory"] = json!("External");
    assert_eq!(found(&analyze(&[outside])), [""; 0]);
}

#[test]
fn events_of_other_providers_stay_silent_and_clients_are_told_apart() {
    let mut other = event_71("https://192.0.2.20/owa");
    other["properties"]["ProviderName"] = json!("Contoso Backup");
    let client = event_1035("LogonDenied", "Client Frontend EX2", "Login", "203.0.113.77");
    let guessing = event_1035("LogonDenied", "Default Frontend EX2", "Login", "203.0.113.77");
    let mail_client = event_1035("IllegalMessage", "Client Frontend EX2", "Gssapi", "192.0.2.99");
    let report = analyze(std::slice::from_ref(&other));
    assert_eq!(found(&report), [""; 0], "{other}");
    assert_eq!(report["diagnoses"], json!([]), "{other}");
    for record in [client, guessing, mail_client] {
        let report = analyze(std::slice::from_ref(&record));
        assert_eq!(found(&report), ["smtp-client-sign-in-refused"], "{record}");
        assert_eq!(report["findings"][0]["severity"], "info", "{record}");
        assert_eq!(report["diagnoses"][0]["problem"]["id"], "client-sign-in-failure", "{record}");
        assert_eq!(report["diagnoses"][0]["causes"][0]["id"], "not-server-to-server", "{record}");
    }
}

#[test]
fn an_event_is_known_by_its_insertion_strings_and_by_its_text_in_any_language() {
    let texts = [
        ("en", "Inbound authentication failed with error IllegalMessage for Receive connector Default EX2. The authentication mechanism is ExchangeAuth. The source IP address of the client who tried to authenticate to Microsoft Exchange is [192.0.2.11]."),
        ("pl", "Uwierzytelnianie przychodz\u{105}ce nie powiod\u{142}o si\u{119} z powodu b\u{142}\u{119}du IllegalMessage \u{142}\u{105}cznika odbierania Default EX2. Mechanizm uwierzytelniania to ExchangeAuth. \u{179}r\u{f3}d\u{142}owy adres IP klienta to [192.0.2.11]."),
        ("ja", "\u{53d7}\u{4fe1}\u{30b3}\u{30cd}\u{30af}\u{30bf} Default EX2 \u{306b}\u{5bfe}\u{3059}\u{308b}\u{30a8}\u{30e9}\u{30fc} IllegalMessage\u{3002}\u{8a8d}\u{8a3c}\u{6a5f}\u{69cb}\u{306f} ExchangeAuth \u{3067}\u{3059}\u{3002}IP \u{306f} [192.0.2.11] \u{3067}\u{3059}\u{3002}"),
    ];
    for (language, message) in texts {
        let winevent = json!({"type": ["System.Diagnostics.Eventing.Reader.EventLogRecord"],
            "properties": {"Id": 1035, "ProviderName": "MSExchangeTransport", "MachineName": "EX2", "Message": message}});
        let eventlog = json!({"type": ["System.Diagnostics.EventLogEntry#Application/MSExchangeTransport/1035"],
            "properties": {"EventID": 1035, "InstanceId": 2147484683u32, "Source": "MSExchangeTransport",
                "MachineName": "EX2", "Message": message}});
        for record in [winevent, eventlog] {
            let report = analyze(std::slice::from_ref(&record));
            assert_eq!(found(&report), ["smtp-inbound-auth-failed"], "{language}");
            assert_eq!(report["findings"][0]["captures"]["status_name"], "IllegalMessage", "{language}");
            assert_eq!(report["findings"][0]["captures"]["ip"], "192.0.2.11", "{language}");
        }
        let report = analyze(&[json!({"text": format!("Event ID 1035\r\n{message}\r\n")})]);
        assert_eq!(found(&report), ["smtp-inbound-auth-failed"], "{language}, as text");
    }
    let report = analyze(&[event_1035("IllegalMessage", "Default EX2", "ExchangeAuth", "192.0.2.11")]);
    assert_eq!(report["findings"][0]["captures"]["connector"], "Default EX2");
    let xml = "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='MSExchangeTransport'/>\
        <EventID Qualifiers='32772'>1035</EventID><Computer>EX2.contoso.com</Computer></System><EventData>\
        <Data>IllegalMessage</Data><Data>Default EX2</Data><Data>ExchangeAuth</Data><Data>192.0.2.11</Data></EventData></Event>";
    assert_eq!(found(&analyze(&[json!({"text": xml})])), ["smtp-inbound-auth-failed"]);
    assert_eq!(found(&analyze(&[event_71("https://192.0.2.20/owa")])), ["owa-proxy-event-71"]);
}

#[test]
fn an_address_in_internal_url_is_confirmed_and_a_name_rules_it_out() {
    let report =
        analyze(&[event_71("https://192.0.2.20/owa"), owa_directory("https://192.0.2.20/owa", true)]);
    assert_eq!(answer(&report), ("internal-url-ip-address".into(), "confirmed".into()));
    assert_eq!(report["diagnoses"][0]["problem"]["to"], "CAS2");
    assert!(found(&report).contains(&"config-internal-url-ip-address".to_owned()));
    let evidence = &report["diagnoses"][0]["causes"][0]["for"][0];
    assert!(evidence["record"].is_u64() && evidence["says"].is_string(), "{evidence}");

    let report =
        analyze(&[event_71("CAS2.contoso.com"), owa_directory("https://cas2.contoso.com/owa", true)]);
    assert_eq!(verdict(&report, "internal-url-ip-address"), "ruled_out");
    assert_eq!(verdict(&report, "windows-authentication-off"), "ruled_out");
}

#[test]
fn windows_authentication_that_is_off_on_the_target_is_confirmed() {
    let report =
        analyze(&[event_71("CAS2.contoso.com"), owa_directory("https://cas2.contoso.com/owa", false)]);
    assert_eq!(answer(&report), ("windows-authentication-off".into(), "confirmed".into()));
}

#[test]
fn a_large_clock_offset_is_confirmed_and_a_small_one_rules_it_out() {
    for (offset, expected) in
        [(301.5, "confirmed"), (-1200.0, "confirmed"), (299.0, "ruled_out"), (0.02, "ruled_out")]
    {
        let report = analyze(&[stuck_queue(), stripchart("EX1", "ex2.contoso.com", "192.0.2.12", offset)]);
        assert_eq!(verdict(&report, "clock-skew"), expected, "{offset}");
    }
    // Against a controller: far is decisive, near says nothing of the other server.
    let report = analyze(&[stuck_queue(), stripchart("EX1", "dc1.contoso.com", "192.0.2.10", 400.0)]);
    assert_eq!(verdict(&report, "clock-skew"), "confirmed");
    let report = analyze(&[stuck_queue(), stripchart("EX1", "dc1.contoso.com", "192.0.2.10", 0.1)]);
    assert_ne!(verdict(&report, "clock-skew"), "ruled_out");
    // Both against one controller: compared through it.
    let report = analyze(&[
        stuck_queue(),
        stripchart("EX1", "dc1.contoso.com", "192.0.2.10", 200.0),
        stripchart("EX2", "dc1.contoso.com", "192.0.2.10", -200.0),
    ]);
    assert_eq!(verdict(&report, "clock-skew"), "confirmed");
    // A run that timed out is no measurement.
    let timeout = "Tracking ex2.contoso.com [192.0.2.12:123].\r\nThe current time is 11/20/2026 10:14:00 AM.\r\n10:14:00, error: 0x800705B4\r\n";
    let report = analyze(&[
        stuck_queue(),
        tool("w32tm /stripchart /computer:ex2.contoso.com /dataonly", "EX1", timeout),
    ]);
    assert_eq!(verdict(&report, "clock-skew"), "possible");
}

#[test]
fn the_spn_listing_decides_the_spn_causes() {
    let missing = analyze(&[server("EX1"), server("EX2"), stuck_queue(), spn_list(&["HOST", "SMTP"])]);
    assert_eq!(answer(&missing), ("spn-missing".into(), "confirmed".into()));
    let complete =
        analyze(&[server("EX1"), server("EX2"), stuck_queue(), spn_list(&["HOST", "SMTP", "SMTPSVC"])]);
    assert_eq!(verdict(&complete, "spn-missing"), "ruled_out");
    let none = tool(
        "setspn -X -F",
        "EX1",
        "Checking forest DC=contoso,DC=com\r\nProcessing entry 0\r\nfound 0 group of duplicate SPNs.\r\n",
    );
    let report =
        analyze(&[server("EX1"), server("EX2"), stuck_queue(), spn_list(&["HOST", "SMTP", "SMTPSVC"]), none]);
    assert_eq!(verdict(&report, "spn-duplicate"), "ruled_out");
    let twice = tool("setspn -X -F", "EX1", "Checking forest DC=contoso,DC=com\r\nProcessing entry 0\r\nSMTPSVC/EX2.contoso.com is registered on these accounts:\r\n\tCN=EX2,CN=Computers,DC=contoso,DC=com\r\n\tCN=OLD7,CN=Computers,DC=contoso,DC=com\r\n\r\nfound 1 group of duplicate SPNs.\r\n");
    let report = analyze(&[server("EX1"), server("EX2"), stuck_queue(), twice]);
    assert_eq!(answer(&report), ("spn-duplicate".into(), "confirmed".into()));
}

#[test]
fn the_connector_that_answers_decides_the_connector_causes() {
    let address = stripchart("EX2", "ex1.contoso.com", "192.0.2.11", 0.01);
    let base = || vec![server("EX1"), server("EX2"), stuck_queue(), address.clone()];
    let with = |connectors: &[Value]| {
        let mut records = base();
        records.extend_from_slice(connectors);
        analyze(&records)
    };
    let good = connector("Default EX2", 25, EVERYONE, FULL_AUTH, FULL_GROUPS);
    let off = connector("Default EX2", 25, EVERYONE, "Tls, Integrated", FULL_GROUPS);
    let closed = connector("Default EX2", 25, EVERYONE, FULL_AUTH, "ExchangeUsers");
    let relay = connector("Relay", 25, &["192.0.2.11", "192.0.2.64/26"], "Tls", "AnonymousUsers");
    let far_relay = connector("Relay", 25, &["192.0.2.64/26"], "Tls", "AnonymousUsers");

    let report = with(std::slice::from_ref(&good));
    assert_eq!(verdict(&report, "connector-exchange-auth-off"), "ruled_out");
    let report = with(&[off]);
    assert_eq!(answer(&report), ("connector-exchange-auth-off".into(), "confirmed".into()));
    let report = with(&[closed]);
    assert_eq!(answer(&report), ("connector-permission-missing".into(), "confirmed".into()));
    let report = with(&[good.clone(), relay.clone()]);
    assert_eq!(answer(&report), ("connector-scope-captures-server".into(), "confirmed".into()));
    assert_ne!(verdict(&report, "connector-exchange-auth-off"), "confirmed");
    let report = with(&[good.clone(), far_relay]);
    assert_eq!(verdict(&report, "connector-scope-captures-server"), "ruled_out");
    // The connector that the event names has answered, whatever the ranges say.
    let report = analyze(&[
        server("EX1"),
        server("EX2"),
        address.clone(),
        event_1035("IllegalMessage", "Relay", "ExchangeAuth", "192.0.2.11"),
        good,
        relay,
    ]);
    assert_eq!(answer(&report), ("connector-scope-captures-server".into(), "confirmed".into()));
}

#[test]
fn the_queue_and_the_event_of_one_failure_are_one_problem() {
    let report = analyze(&[
        server("EX1"),
        server("EX2"),
        stuck_queue(),
        stripchart("EX2", "ex1.contoso.com", "192.0.2.11", 0.01),
        event_1035("IllegalMessage", "Default EX2", "ExchangeAuth", "192.0.2.11"),
    ]);
    let diagnoses = report["diagnoses"].as_array().unwrap();
    assert_eq!(diagnoses.len(), 1);
    assert_eq!(diagnoses[0]["problem"]["count"], 2);
    assert_eq!(diagnoses[0]["problem"]["from"], "EX1");
    assert_eq!(diagnoses[0]["problem"]["to"], "EX2");
}

#[test]
fn the_other_general_causes_are_decided_by_their_tools() {
    let closed = json!({"computer": "EX1", "type": ["TestNetConnectionResult"], "properties": {"ComputerName": "dc1.contoso.com",
        "RemoteAddress": "192.0.2.10", "RemotePort": 88, "PingSucceeded": true, "TcpTestSucceeded": false}});
    let report = analyze(&[stuck_queue(), closed]);
    assert!(["confirmed", "likely"].contains(&verdict(&report, "kerberos-port-blocked").as_str()));
    let failing = tool("repadmin /showrepl * /csv", "EX1", "showrepl_COLUMNS,Destination DSA Site,Destination DSA,Naming Context,Source DSA Site,Source DSA,Transport Type,Number of Failures,Last Failure Time,Last Success Time,Last Failure Status\r\nshowrepl_INFO,HQ,DC1,\"DC=contoso,DC=com\",HQ,DC2,RPC,42,2026-11-19 09:00:00,2026-11-01 10:00:00,1722\r\n");
    let report = analyze(&[stuck_queue(), failing]);
    assert!(["confirmed", "likely"].contains(&verdict(&report, "ad-replication-failure").as_str()));
}

#[test]
fn the_order_of_the_records_changes_nothing_but_the_indices() {
    let records = vec![
        server("EX1"),
        server("EX2"),
        stuck_queue(),
        spn_list(&["HOST", "SMTP"]),
        stripchart("EX1", "ex2.contoso.com", "192.0.2.12", 0.02),
        event_1035("IllegalMessage", "Default EX2", "ExchangeAuth", "192.0.2.11"),
        connector("Default EX2", 25, EVERYONE, FULL_AUTH, FULL_GROUPS),
        connector("Relay", 25, &["192.0.2.64/26"], "Tls", "AnonymousUsers"),
        event_71("https://192.0.2.20/owa"),
        owa_directory("https://192.0.2.20/owa", true),
    ];
    let blind = |records: &[Value]| {
        let text = analyze(records).to_string();
        let without = regex::Regex::new(r#""record":\d+"#).unwrap();
        without.replace_all(&text, "\"record\":0").into_owned()
    };
    let expected = blind(&records);
    for turn in 1..records.len() {
        let mut turned = records.clone();
        turned.rotate_left(turn);
        if turn % 2 == 0 {
            turned.reverse();
        }
        assert_eq!(blind(&turned), expected, "turned by {turn}");
    }
}
