//! One paste with everything in it, as administrators send it: sentences, commands with their
//! output, copied events, quotation marks of mails and web pages. Nothing in it may be lost.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::cast_precision_loss)]
// Test code: a failure here must stop the test.

#[path = "paste/field.rs"]
mod field;
#[path = "paste/transport.rs"]
mod transport;
#[path = "paste/web.rs"]
mod web;

use exauth::Catalog;
use serde_json::{json, Value};

fn report(texts: &[&str]) -> Value {
    let input: String = texts.iter().map(|text| format!("{}\n", json!({ "text": text }))).collect();
    let options = br#"{"include_facts": true}"#;
    serde_json::from_str(&Catalog::builtin().unwrap().analyze(input.as_bytes(), options).unwrap()).unwrap()
}

/// How many records of a kind were read.
fn read(report: &Value, kind: &str) -> u64 {
    let kinds = report["received"].as_array().unwrap();
    kinds.iter().find(|entry| entry["kind"] == kind).map_or(0, |entry| entry["records"].as_u64().unwrap())
}

fn values(report: &Value, fact: &str) -> Vec<String> {
    let records = report["facts"].as_array().cloned().unwrap_or_default();
    let facts = records.iter().flat_map(|record| record["facts"].as_array().unwrap().clone());
    facts
        .filter(|entry| entry["name"] == fact)
        .map(|entry| entry["value"].as_str().unwrap().to_owned())
        .collect()
}

/// The first cause of the first diagnosis of a problem, with its verdict.
fn first<'r>(report: &'r Value, problem: &str) -> (&'r str, &'r str) {
    let diagnoses = report["diagnoses"].as_array().unwrap();
    let diagnosis = diagnoses.iter().find(|d| d["problem"]["id"] == problem).expect(problem);
    let cause = &diagnosis["causes"][0];
    (cause["id"].as_str().unwrap(), cause["verdict"].as_str().unwrap())
}

const AUTH: &str = "smtp-exchange-auth-not-achieved";
const NOT_ACHIEVED: &str = "451 4.4.0 Primary target IP address responded with: \"451 5.7.3 Cannot achieve Exchange Server authentication.\" Attempted failover to alternate host";

const CONNECTORS: &str = "Name             : Relay\nIdentity         : EX2\\Relay\nBindings         : {0.0.0.0:25}\nRemoteIPRanges   : {192.0.2.0/24}\nAuthMechanism    : Tls\nPermissionGroups : AnonymousUsers\n\nName             : Default EX2\nIdentity         : EX2\\Default EX2\nBindings         : {0.0.0.0:25}\nRemoteIPRanges   : {0.0.0.0-255.255.255.255}\nAuthMechanism    : Tls, ExchangeServer\nPermissionGroups : ExchangeServers\n";

#[test]
fn a_console_with_several_cmdlets_keeps_them_all() {
    let paste = format!(
        "mail to the second server hangs:\n\n[PS] C:\\>Get-Queue | ft\n\nIdentity DeliveryType            Status MessageCount NextHopDomain\n-------- ------------            ------ ------------ -------------\nEX1\\7    SmtpRelayToRemoteAdSite Retry  12           branch\n\n[PS] C:\\>Get-Queue EX1\\7 | fl Identity,LastError\n\nIdentity  : EX1\\7\nLastError : {NOT_ACHIEVED}\n\n[PS] C:\\>Get-ReceiveConnector -Server EX2 | fl\n\n{CONNECTORS}\nC:\\>ping ex1\n\nPinging ex1.contoso.com [192.0.2.11] with 32 bytes of data:\nReply from 192.0.2.11: bytes=32 time<1ms TTL=128\n"
    );
    let report = report(&[&paste]);
    assert_eq!(
        (read(&report, "queue"), read(&report, "receive-connector"), read(&report, "dns-answer")),
        (2, 2, 1)
    );
    assert_eq!(first(&report, AUTH).0, "connector-scope-captures-server");
}

#[test]
fn sentences_objects_and_events_stand_beside_each_other() {
    let paste = format!(
        "The queue says {NOT_ACHIEVED}\n\n{CONNECTORS}\nand the log of the other one:\n\nLog Name:      System\nSource:        NETLOGON\nDate:          1/2/2026 7:41:03 AM\nEvent ID:      3210\nTask Category: None\nLevel:         Error\nKeywords:      Classic\nUser:          N/A\nComputer:      EX2.contoso.com\nDescription:\nThis computer could not authenticate with \\\\DC1.contoso.com.\n"
    );
    let report = report(&[&paste]);
    let counts = ["reply", "receive-connector", "event"].map(|kind| read(&report, kind));
    assert_eq!(counts, [1, 2, 1]);
}

#[test]
fn fences_quotes_and_references_are_no_text() {
    let quoted = format!("> Last Error: {NOT_ACHIEVED}\n>\n> regards\n");
    let page = format!(
        "```\nIdentity : EX1\\7\nDeliveryType : SmtpRelayToRemoteAdSite\nLastError : {}\n```\n",
        NOT_ACHIEVED.replace('"', "&quot;")
    );
    for text in [quoted, page] {
        let report = report(&[&text]);
        assert_eq!(
            values(&report, "reply.text"),
            ["Cannot achieve Exchange Server authentication"],
            "{text}"
        );
    }
}

#[test]
fn an_object_with_a_number_in_fourth_place_is_no_event() {
    let list = "AuthMechanism        : Tls, ExchangeServer\nServer               : EX2\nBindings             : {0.0.0.0:25}\nMaxInboundConnection : 5000\nPermissionGroups     : ExchangeUsers\nName                 : Default EX2\nFqdn                 : EX2.contoso.com\nRequireTLS           : False\n";
    let report = report(&[list]);
    assert_eq!((read(&report, "receive-connector"), read(&report, "event")), (1, 0));
    assert_eq!(values(&report, "receive_connector.exchange_servers_permitted"), ["False"]);
}

#[test]
fn a_wrapped_row_goes_on_above() {
    let table = "Identity        AuthMechanism          RemoteIPRanges\n--------        -------------          --------------\nEX2\\Default EX2 Tls, Integrated,       {0.0.0.0-255.255\n                ExchangeServer         .255.255}\n";
    let report = report(&[table]);
    assert_eq!(read(&report, "receive-connector"), 1);
    assert_eq!(values(&report, "receive_connector.exchange_server_auth"), ["True"]);
    assert_eq!(values(&report, "receive_connector.remote_ip_ranges"), ["0.0.0.0-255.255.255.255"]);
}

#[test]
fn a_shortened_copy_of_an_event_keeps_its_computer() {
    let event = "Log Name: Application\nSource: MSExchangeTransport\nEvent ID: 2017\nComputer: EX1.contoso.com\nDescription: Outbound authentication failed with error LogonDenied for Send connector Intra-Organization SMTP Send Connector. The authentication mechanism is ExchangeAuth. The target is SMTPSVC/EX2.contoso.com.\n";
    let account = "PS C:\\> Get-ADComputer EX1 -Properties * | fl Name,Enabled,msDS-SupportedEncryptionTypes\n\nName                          : EX1\nEnabled                       : False\nmsDS-SupportedEncryptionTypes : 28\n";
    let alone = report(&[event]);
    assert_eq!(values(&alone, "event.computer"), ["EX1.contoso.com"]);
    // Denied may be the account or the trust: the word alone decides neither.
    assert_ne!(first(&alone, "smtp-temporary-auth-failure").1, "likely");
    let both = report(&[event, account]);
    assert_eq!(values(&both, "account.encryption_types"), ["28"]);
    assert_eq!(first(&both, "smtp-temporary-auth-failure"), ("secure-channel-broken", "confirmed"));
    let enabled = report(&[event, &account.replace("False", "True")]);
    assert_ne!(first(&enabled, "smtp-temporary-auth-failure").1, "confirmed");
}

#[test]
fn two_dialogs_below_each_other_are_two() {
    let paste = format!(
        "{NOT_ACHIEVED}\n\ntelnet ex2.contoso.com 25\n\n220 ********************************\nehlo ex1\n250-ex2.contoso.com Hello [192.0.2.11]\n250-SIZE\n250-XXXXXXXXXXXXXXA\n250 XXXXXXXB\nquit\n221 2.0.0 Service closing transmission channel\n\nand there:\n\n220 ex2.contoso.com Microsoft ESMTP MAIL Service ready\nehlo me\n250-ex2.contoso.com Hello [127.0.0.1]\n250-X-ANONYMOUSTLS\n250 X-EXPS GSSAPI NTLM\n"
    );
    let report = report(&[&paste]);
    assert_eq!(values(&report, "smtp_session.offers_x_exps"), ["False", "True"]);
    assert_eq!(first(&report, AUTH), ("smtp-inspection-middlebox", "confirmed"));
}

#[test]
fn the_connector_of_a_receive_log_tells_that_it_took_the_server() {
    let log = |connector: &str| {
        let row = |n: u8, event: &str| {
            format!("2026-01-02T08:10:02.104Z,{connector},08CF8A1100B2C3D1,{n},10.2.0.7:25,10.2.0.13:40122,{event}\n")
        };
        let rows = [
            "+,,",
            "<,EHLO ex1.contoso.com,",
            ">,250-ex2.contoso.com Hello [10.2.0.13],",
            ">,250-STARTTLS,",
            ">,250 8BITMIME,",
        ];
        let rows: String = (0u8..).zip(rows).map(|(n, event)| row(n, event)).collect();
        format!("#Log-type: SMTP Receive Protocol Log\n#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context\n{rows}")
    };
    let custom = report(&[NOT_ACHIEVED, &log("EX2\\Printers")]);
    assert_eq!(first(&custom, AUTH), ("connector-scope-captures-server", "likely"));
    let default = report(&[NOT_ACHIEVED, &log("EX2\\Default EX2")]);
    assert_ne!(first(&default, AUTH).1, "likely");
}

#[test]
fn a_second_server_makes_the_missing_end_open_again() {
    let other = CONNECTORS.replace("EX2", "EX3");
    let one = report(&[NOT_ACHIEVED, CONNECTORS]);
    assert_eq!(one["diagnoses"][0]["problem"]["to"], "EX2");
    let two = report(&[NOT_ACHIEVED, CONNECTORS, &other]);
    assert_eq!(two["diagnoses"][0]["problem"]["to"], Value::Null);
}

#[test]
fn a_quotation_joins_the_failure_it_quotes_and_no_other() {
    let queue = format!("Identity : EX1\\7\nDeliveryType : SmtpRelayToRemoteAdSite\nNextHopDomain : branch\nStatus : Retry\nLastError : {NOT_ACHIEVED}\n");
    let one = report(&[NOT_ACHIEVED, &queue]);
    assert_eq!(one["diagnoses"].as_array().unwrap().len(), 1);
    let two = report(&[NOT_ACHIEVED, &queue, &queue.replace("EX1", "EX4")]);
    assert_eq!(two["diagnoses"].as_array().unwrap().len(), 3);
}

#[test]
fn the_longer_smtp_names_are_enough() {
    let event = "Outbound authentication failed with error TargetUnknown for Send connector Intra-Organization SMTP Send Connector. The authentication mechanism is ExchangeAuth. The target is SMTPSVC/EX2.contoso.com.";
    let names = |class: &str| {
        format!("C:\\>setspn -L EX2\nRegistered ServicePrincipalNames for CN=EX2,OU=Servers,DC=contoso,DC=com:\n        {class}/EX2\n        {class}/EX2.contoso.com\n        HOST/EX2\n        HOST/EX2.contoso.com\n")
    };
    let asked = report(&[event, &names("SMTPSVC")]);
    assert_ne!(first(&asked, "smtp-temporary-auth-failure"), ("spn-missing", "confirmed"));
    let other = report(&[event, &names("SMTP")]);
    assert_eq!(first(&other, "smtp-temporary-auth-failure"), ("spn-missing", "confirmed"));
}

#[test]
fn two_answers_for_one_name_point_to_the_wrong_host() {
    let event = "The Kerberos client received a KRB_AP_ERR_MODIFIED error from the server ex9$. The target name used was SMTPSVC/ex2.contoso.com.";
    let answers = |called: &str| {
        format!("C:\\>nslookup ex2.contoso.com\nServer:  dc1.contoso.com\nAddress:  192.0.2.2\n\nName:    ex2.contoso.com\nAddress:  192.0.2.7\n\nC:\\>ping ex2.contoso.com\n\nPinging ex2.contoso.com [{called}] with 32 bytes of data:\n")
    };
    let differ = report(&[event, &answers("192.0.2.99")]);
    assert_eq!(first(&differ, "kerberos-ticket-refused"), ("dns-wrong-host", "likely"));
    let agree = report(&[event, &answers("192.0.2.7")]);
    assert_ne!(first(&agree, "kerberos-ticket-refused").0, "dns-wrong-host");
}

#[test]
fn a_tracking_row_in_a_list_gives_its_reply() {
    let row = "EventId   : SUBMITDEFER\nSource    : STOREDRIVER\nEventData : {[DiagnosticInfo, Diagnostic Information:\nStage:Handing over, SmtpResponse:451 4.4.395 Target host responded with error. -> 451\n5.7.3 Cannot achieve Exchange Server authentication, details:Count:0;\nRetryCount:0], [DeliveryPriority, Normal]}\n";
    let report = report(&[row]);
    assert_eq!(values(&report, "reply.enhanced"), ["5.7.3"]);
    assert_eq!(report["diagnoses"][0]["problem"]["id"], AUTH);
}

#[test]
fn the_groups_of_an_account_are_a_whole_list_unless_filtered() {
    let groups = |tail: &str| {
        format!("PS C:\\> Get-ADPrincipalGroupMembership EX1$ | select name{tail}\n\nname\n----\nDomain Computers\nExchange Install Domain Servers\n")
    };
    assert_eq!(values(&report(&[&groups("")]), "membership.in_exchange_servers"), ["False"]);
    let filtered = report(&[&groups(" -First 2")]);
    assert!(!values(&filtered, "membership.in_exchange_servers").contains(&"False".to_owned()));
}

#[test]
fn a_telnet_that_got_no_connection_is_a_closed_port() {
    for said in [
        "Connecting To ex2...Could not open connection to the host, on port 25: Connect failed",
        "Verbindungsaufbau zu ex2...Es konnte keine Verbindung mit dem Host hergestellt werden, auf Port 25: Verbinden fehlgeschlagen",
    ] {
        let report = report(&[&format!("C:\\>telnet ex2 25\n{said}\n")]);
        assert_eq!(values(&report, "port.open"), ["False"], "{said}");
    }
    let talks = report(&["C:\\>telnet ex2 25\n220 ex2.contoso.com Microsoft ESMTP MAIL Service ready at Fri, 2 Jan 2026 10:25:00\n"]);
    assert!(values(&talks, "port.open").is_empty());
}

#[test]
fn the_event_about_a_connectors_certificate_needs_no_provider() {
    let event = "Event 12014:\n\nMicrosoft Exchange could not find a certificate that contains the domain name mail.contoso.com in the personal store on the local computer. Therefore, it is unable to support the STARTTLS SMTP verb for the connector Default EX1 with a FQDN parameter of mail.contoso.com. If this certificate exists, run Enable-ExchangeCertificate -Services SMTP.\n";
    assert_eq!(first(&report(&[event]), "smtp-tls-failure"), ("connector-certificate-name", "likely"));
}

#[test]
fn a_reply_in_a_queues_frame_is_between_servers_and_a_bare_one_is_anybodys() {
    let framed = "451 4.4.0 Primary target IP address responded with: \"530 5.7.1 Client was not authenticated\". Attempted failover to alternate host";
    assert_eq!(report(&[framed])["diagnoses"][0]["problem"]["id"], "smtp-auth-refused");
    let bare = report(&["530 5.7.1 Client was not authenticated"]);
    assert!(bare["diagnoses"].as_array().unwrap().is_empty());
}

#[test]
fn several_numbered_events_are_several() {
    let inbound = |mechanism: &str, ip: &str| {
        format!("Event 1035, MSExchangeFrontEndTransport\nInbound authentication failed with error LogonDenied for Receive connector Default Frontend EX1. The authentication mechanism is {mechanism}. The source IP address of the client who tried to authenticate to Microsoft Exchange is [{ip}].\n\n")
    };
    let report = report(&[&format!("{}{}", inbound("Login", "192.0.2.44"), inbound("Ntlm", "192.0.2.60"))]);
    assert_eq!(values(&report, "event.ip"), ["192.0.2.44", "192.0.2.60"]);
    assert_eq!(values(&report, "event.mechanism"), ["Login", "Ntlm"]);
}

#[test]
fn the_command_says_whose_connectors_these_are() {
    let list = "\nName             : Default EX2\nAuthMechanism    : Tls, ExternalAuthoritative\nPermissionGroups : ExchangeServers\nRemoteIPRanges   : {0.0.0.0-255.255.255.255}\nBindings         : {0.0.0.0:25}\n";
    for command in [
        "Get-ReceiveConnector -Server EX2 | fl Name,AuthMechanism",
        "[PS] C:\\>Get-ReceiveConnector \"EX2\\Default EX2\" | fl Name,AuthMechanism",
    ] {
        let report = report(&[NOT_ACHIEVED, &format!("{command}\n{list}")]);
        assert_eq!(values(&report, "receive_connector.server"), ["EX2"], "{command}");
        assert_eq!(first(&report, AUTH), ("connector-exchange-auth-off", "confirmed"), "{command}");
    }
    // A cmdlet in a sentence is none that was run.
    let said = report(&["Get-ReceiveConnector -Server EX2 shows this:\n\nName : Default\nAuthMechanism : Tls\nPermissionGroups : None\n"]);
    assert!(values(&said, "receive_connector.server").is_empty());
}

#[test]
fn a_channel_to_another_domain_is_the_trust() {
    let event = "Log Name: Application\nSource: MSExchangeTransport\nEvent ID: 2017\nComputer: EX1\nDescription: Outbound authentication failed with error LogonDenied for Send connector Intra-Organization SMTP Send Connector. The authentication mechanism is ExchangeAuth. The target is SMTPSVC/ex2.fabrikam.com.\n";
    let evidence = |domain: &str| {
        format!("C:\\>nltest /server:ex1 /sc_verify:fabrikam.com\nI_NetLogonControl failed: Status = 1787 0x6fb ERROR_NO_TRUST_SAM_ACCOUNT\n\nPS C:\\> Get-ExchangeServer | ft Name,Domain,ServerRole\n\nName Domain             ServerRole\n---- ------             ----------\nEX1  {domain} Mailbox\nEX2  fabrikam.com       Mailbox\n")
    };
    let other = report(&[event, &evidence("child.fabrikam.com")]);
    assert_eq!(first(&other, "smtp-temporary-auth-failure"), ("domain-trust-broken", "confirmed"));
    let own = report(&[event, &evidence("fabrikam.com      ")]);
    assert_eq!(first(&own, "smtp-temporary-auth-failure"), ("secure-channel-broken", "confirmed"));
}

#[test]
fn a_connector_that_calls_itself_another_name_is_seen_without_the_full_name() {
    let event = "Outbound authentication failed with error TargetUnknown for Send connector Intra-Organization SMTP Send Connector. The authentication mechanism is ExchangeAuth. The target is SMTPSVC/mail.contoso.com.";
    let list = |fqdn: &str| {
        format!("Identity         : EX2\\Default EX2\nFqdn             : {fqdn}\nAuthMechanism    : Tls, ExchangeServer\nPermissionGroups : ExchangeServers\nBindings         : {{0.0.0.0:25}}\nRemoteIPRanges   : {{0.0.0.0-255.255.255.255}}\n")
    };
    let other = report(&[event, &list("mail.contoso.com")]);
    assert_eq!(first(&other, "smtp-temporary-auth-failure"), ("connector-fqdn-mismatch", "confirmed"));
    let own = report(&[event, &list("ex2.contoso.com")]);
    assert_ne!(first(&own, "smtp-temporary-auth-failure").1, "confirmed");
}

#[test]
fn rows_of_a_log_may_have_a_shortened_session() {
    let rows = |mechanism: &str| {
        format!("2026-01-02T10:00:01.000Z,EX1\\Client Frontend EX1,08D798..,7,192.0.2.11:587,192.0.2.77:55001,*,,Inbound AUTH {mechanism} failed because of LogonDenied\n2026-01-02T10:00:05.200Z,EX1\\Client Frontend EX1,08D798..,9,192.0.2.11:587,192.0.2.77:55001,>,535 5.7.3 Authentication unsuccessful,\n")
    };
    let report = report(&[&format!("our ticket system cannot send\n\n{}", rows("LOGIN"))]);
    assert_eq!(values(&report, "smtp_session.auth_failed_word"), ["LogonDenied"]);
    assert_eq!(first(&report, "client-sign-in-failure"), ("not-server-to-server", "likely"));
}

#[test]
fn a_name_that_no_account_has_is_known_without_the_server() {
    let event = "Outbound authentication failed with error TargetUnknown for Send connector Intra-Organization SMTP Send Connector. The authentication mechanism is ExchangeAuth. The target is SMTPSVC/ex2.contoso.com.";
    let asked = "PS C:\\> setspn -Q SMTPSVC/ex2.contoso.com\nChecking domain DC=contoso,DC=com\n\nNo such SPN found.\n";
    let report = report(&[event, asked]);
    let causes = report["diagnoses"][0]["causes"].as_array().unwrap();
    let likely: Vec<&str> = causes
        .iter()
        .filter(|cause| ["likely", "confirmed"].contains(&cause["verdict"].as_str().unwrap()))
        .map(|cause| cause["id"].as_str().unwrap())
        .collect();
    assert_eq!(likely, ["spn-missing"]);
}

#[test]
fn a_check_of_a_channel_that_nobody_is_named_for_counts_where_none_passed() {
    let broken =
        "C:\\>nltest /sc_verify:contoso\nTrust Verification Status = 1787 0x6fb ERROR_NO_TRUST_SAM_ACCOUNT\n";
    let good = "C:\\>nltest /sc_verify:contoso\nTrust Verification Status = 0 0x0 NERR_Success\n";
    let reply = "454 4.7.0 Temporary authentication failure";
    let problem = "smtp-temporary-auth-failure";
    assert_eq!(first(&report(&[reply, broken]), problem), ("secure-channel-broken", "confirmed"));
    assert_ne!(first(&report(&[reply, broken, good]), problem).1, "confirmed");
    assert_ne!(first(&report(&[reply, good]), problem).1, "confirmed");
}
