//! What posts about mail between servers look like: who says where something was typed, rows without
//! names, an error below its queue, lists that a table wrapped.

use super::{first, read, report, values, AUTH, NOT_ACHIEVED};

const TEMPORARY: &str = "smtp-temporary-auth-failure";
const STUCK: &str = "delivery-failure-other";

/// From and to of the first diagnosis of a problem.
fn ends(report: &serde_json::Value, problem: &str) -> (String, String) {
    let diagnoses = report["diagnoses"].as_array().unwrap();
    let problem = diagnoses.iter().map(|d| &d["problem"]).find(|p| p["id"] == problem).expect(problem);
    let name = |end: &str| problem[end].as_str().unwrap_or_default().to_owned();
    (name("from"), name("to"))
}

#[test]
fn the_words_above_a_command_say_where_it_was_typed() {
    let paste = |place: &str| {
        format!("LastError : [{{LED=451 4.4.397 Error communicating with target host. -> 421 4.2.1 Unable to connect}};{{FQDN=ex2.contoso.com}};{{IP=203.0.113.25}}]\n\n{place}\n\nC:\\>ipconfig\n\nWindows IP Configuration\n\nEthernet adapter LAN:\n\n   IPv4 Address. . . . . . . . . . . : 192.0.2.12\n   Subnet Mask . . . . . . . . . . . : 255.255.255.0\n\nC:\\>nslookup ex2.contoso.com\nServer:  dc1.contoso.com\nAddress:  192.0.2.10\n\nName:    ex2.contoso.com\nAddress:  203.0.113.25\n")
    };
    let said = report(&[&paste("on EX2 itself:")]);
    assert_eq!(values(&said, "network.computer"), ["EX2"]);
    assert_eq!(first(&said, STUCK), ("dns-wrong-host", "likely"));
    // Of a place that nobody names nothing is known.
    let unsaid = report(&[&paste("then I tried this:")]);
    assert_eq!(values(&unsaid, "network.computer"), [""; 0]);
    assert_ne!(first(&unsaid, STUCK).0, "dns-wrong-host");
}

#[test]
fn a_place_ends_where_another_sentence_stands() {
    let paste = "on EX2:\n\nhere it gets strange, on the other one it works\nC:\\>ipconfig\n\nEthernet adapter LAN:\n\n   IPv4 Address. . . . . . . . . . . : 192.0.2.12\n";
    assert_eq!(values(&report(&[paste]), "network.computer"), [""; 0]);
}

#[test]
fn a_row_without_names_and_an_error_below_a_table_are_of_their_queues() {
    let row = format!("both are stuck:\n\nEX1\\87   SmtpRelayToMailboxDeliveryGroup   Retry   14   0   Normal   0   site:colo; version:15   {NOT_ACHIEVED}\n");
    let row = report(&[&row]);
    assert_eq!((read(&row, "queue"), ends(&row, AUTH).0), (1, "EX1".to_owned()));
    let table = "Identity DeliveryType            Status MessageCount NextHopDomain\n-------- ------------            ------ ------------ -------------\nEX1\\7    SmtpRelayToRemoteAdSite Retry  12           branch\nEX1\\9    SmtpRelayToRemoteAdSite Ready  0            hq\n\nthe error is 454 4.7.0 Temporary authentication failure\n";
    let joined = report(&[table]);
    assert_eq!(ends(&joined, TEMPORARY), ("EX1".to_owned(), "site:branch".to_owned()));
    // Of two queues in trouble nobody knows which one the error is of.
    let two = report(&[&table.replace("Ready ", "Retry ")]);
    assert_eq!(ends(&two, TEMPORARY).0, "");
}

#[test]
fn what_queue_viewer_copies_is_read_with_its_server() {
    let text = "It hangs. Queue Viewer on EX1 (copied):\n\nNext Hop Domain\tDelivery Type\tStatus\tMessage Count\tNext Retry Time\tLast Error\nex2.contoso.com\tSmtpRelayWithinAdSite\tRetry\t318\t1/16/2026 3:25:41 PM\t451 4.4.0 Primary target IP address responded with: \"421 4.2.1 Unable to connect.\" Attempted failover\nSubmission\tUndefined\tReady\t0\t\t\n";
    let report = report(&[text]);
    assert_eq!(read(&report, "queue"), 2);
    assert_eq!(ends(&report, STUCK).0, "EX1");
}

#[test]
fn a_list_that_a_table_wrapped_in_mid_word_is_whole() {
    let table = "[PS] C:\\>Get-ReceiveConnector -Server EX2 | ft name,bindings,remoteipranges,authmechanism,permissiongroups -wrap\n\nName                Bindings            RemoteIPRanges      AuthMechanism       PermissionGroups\n----                --------            --------------      -------------       ----------------\nDefault EX2         {[::]:25, 0.0.0.0:2 {0.0.0.0-255.255.25 Tls, Integrated, Ba AnonymousUsers, Exc\n                    5}                  5.255}              sicAuth, BasicAuthR hangeUsers, Exchang\n                                                            equireTLS, Exchange eServers, ExchangeL\n                                                            Server              egacyServers\n";
    let report = report(&[table]);
    assert_eq!(values(&report, "receive_connector.exchange_server_auth"), ["True"]);
    assert_eq!(values(&report, "receive_connector.exchange_servers_permitted"), ["True"]);
    assert!(report["findings"].as_array().unwrap().iter().all(|f| f["outcome"] != "found"), "{report}");
}

#[test]
fn objects_above_a_session_keep_the_server_of_their_command() {
    let text = "[PS] C:\\>Get-ReceiveConnector -Server EX2 | fl Name,AuthMechanism,PermissionGroups,Bindings\n\nName             : Default EX2\nAuthMechanism    : Tls, Integrated\nPermissionGroups : ExchangeServers\nBindings         : {0.0.0.0:25}\n\nand from outside\n\n220 EX2.contoso.com Microsoft ESMTP MAIL Service ready\nehlo ex1\n250-EX2.contoso.com Hello [192.0.2.11]\n250-STARTTLS\n250 CHUNKING\n";
    assert_eq!(values(&report(&[text]), "receive_connector.server"), ["EX2"]);
}

#[test]
fn blocks_of_labels_in_a_tool_are_no_event() {
    let text = "C:\\>w32tm /monitor\nDC1.contoso.com *** PDC ***[192.0.2.10:123]:\n    ICMP: 0ms delay\n    NTP: +0.0000000s offset from DC1.contoso.com\n        RefID: 'LOCL' [0x4C434F4C]\n        Stratum: 1\nDC2.contoso.com[198.51.100.10:123]:\n    ICMP: 24ms delay\n    NTP: +3598.4471293s offset from DC1.contoso.com\n        RefID: (unknown) [0x808A8C2C]\n        Stratum: 3\n";
    let report = report(&[text]);
    assert_eq!((read(&report, "clock-offset"), report["received"].as_array().unwrap().len()), (2, 1));
}

#[test]
fn transport_that_is_draining_is_what_others_wait_for() {
    let log = "again and again\n\n2026-04-21T06:33:10.251Z,EX2\\Default EX2,08DA2112C6B4A001,15,192.0.2.12:2525,192.0.2.11:44120,<,MAIL FROM:<user1@contoso.com> SIZE=10321 AUTH=<>,\n2026-04-21T06:33:10.251Z,EX2\\Default EX2,08DA2112C6B4A001,16,192.0.2.12:2525,192.0.2.11:44120,>,421 4.3.2 Service not available,\n";
    let states = |state: &str| {
        format!("[PS] C:\\>Get-ServerComponentState EX2\n\nServer          Component    State\n------          ---------    -----\nEX2.contoso.com HubTransport {state}\n")
    };
    assert_ne!(first(&report(&[log]), STUCK).1, "confirmed");
    assert_eq!(first(&report(&[log, &states("Draining")]), STUCK), ("maintenance-mode", "confirmed"));
    assert_ne!(first(&report(&[log, &states("Active  ")]), STUCK).0, "maintenance-mode");
}

#[test]
fn a_server_that_calls_itself_by_another_name_in_a_session_is_known_by_it() {
    let event = "Event on EX1:\nOutbound authentication failed with error WrongPrincipal for Send connector Intra-Organization SMTP Send Connector. The authentication mechanism is Gssapi. The target is SMTPSVC/mail.contoso.com.\n";
    let session = |name: &str| {
        format!("C:\\>telnet ex2 25\n220 {name} Microsoft ESMTP MAIL Service, Version: 6.0.3790.3959 ready\nehlo\n250-{name} Hello [192.0.2.30]\n250-X-EXPS GSSAPI NTLM LOGIN\n250 OK\n")
    };
    let account = "C:\\>setspn -L ex2\nRegistered ServicePrincipalNames for CN=EX2,OU=Servers,DC=contoso,DC=com:\n    SMTPSVC/EX2\n    SMTPSVC/ex2.contoso.com\n    HOST/EX2\n    HOST/ex2.contoso.com\n\nC:\\>setspn -Q SMTPSVC/mail.contoso.com\nChecking domain DC=contoso,DC=com\nNo such SPN found.\n";
    let other = report(&[event, &session("mail.contoso.com"), account]);
    assert_eq!(first(&other, TEMPORARY), ("connector-fqdn-mismatch", "confirmed"));
    assert_eq!(ends(&other, TEMPORARY).0, "EX1");
    let own = report(&[event, &session("ex2.contoso.com"), account]);
    assert_ne!(first(&own, TEMPORARY), ("connector-fqdn-mismatch", "confirmed"));
    // Without its account nobody knows that it was called by its own name.
    let unknown = report(&[event, &session("mail.contoso.com")]);
    assert_ne!(first(&unknown, TEMPORARY).1, "confirmed");
}

#[test]
fn in_an_organisation_of_two_the_other_one_sends() {
    let servers = "[PS] C:\\>Get-ExchangeServer | ft Name,Fqdn,AdminDisplayVersion\n\nName Fqdn            AdminDisplayVersion\n---- ----            -------------------\nEX1  ex1.contoso.com Version 15.2 (Build 858.5)\nEX2  ex2.contoso.com Version 15.2 (Build 858.5)\n";
    let connectors = super::CONNECTORS;
    let two = report(&[NOT_ACHIEVED, servers, connectors]);
    assert_eq!(ends(&two, AUTH), ("EX1".to_owned(), "EX2".to_owned()));
    let three = format!("{servers}EX3  ex3.contoso.com Version 15.2 (Build 858.5)\n");
    assert_eq!(ends(&report(&[NOT_ACHIEVED, &three, connectors]), AUTH).0, "");
}

#[test]
fn who_does_not_know_ehlo_was_heard_through_a_device() {
    let far = "EX1> telnet ex2 25\n220 **************************2*****0*0*00\nehlo ex1\n500 5.3.3 Unrecognized command\nhelo ex1\n250 ex2.contoso.com Hello [192.0.2.11]\n";
    let near = "EX2> telnet localhost 25\n220 ex2.contoso.com Microsoft ESMTP MAIL Service ready\nehlo x\n250-ex2.contoso.com Hello [127.0.0.1]\n250-X-EXPS GSSAPI NTLM LOGIN\n250 OK\n";
    let queue =
        "EX1\\3 SmtpRelayToRemoteAdSite Retry 4 branch 451 4.4.0 x \"421 4.4.2 Connection dropped\"\n";
    let report = report(&[queue, far, near]);
    assert_eq!(first(&report, AUTH), ("smtp-inspection-middlebox", "confirmed"));
}

#[test]
fn a_trust_that_fails_on_a_controller_is_a_sign_and_one_event_makes_nothing_likely() {
    let event = "EX1, Application:\nOutbound authentication failed with error TargetUnknown for Send connector Intra-Organization SMTP Send Connector. The authentication mechanism is ExchangeAuth. The target is SMTPSVC/EX2.contoso.com.\n";
    let account = "DC1> setspn -L EX2\nRegistered ServicePrincipalNames for CN=EX2,CN=Computers,DC=contoso,DC=com:\n        SMTPSVC/EX2\n        SMTPSVC/EX2.contoso.com\n        HOST/EX2\n        HOST/EX2.contoso.com\n";
    let channel = "DC7> nltest /sc_verify:contoso.com\nFlags: 80\nTrusted DC Name\nTrusted DC Connection Status Status = 1311 0x51f ERROR_NO_LOGON_SERVERS\nTrust Verification Status = 1786 0x6fa ERROR_NO_TRUST_LSA_SECRET\n";
    let with = report(&[event, account, channel]);
    assert_eq!(first(&with, TEMPORARY), ("domain-trust-broken", "likely"));
    assert_eq!(ends(&with, TEMPORARY).0, "EX1");
    let without = report(&[event, account]);
    assert_eq!(first(&without, TEMPORARY).1, "possible");
    // A controller of the same domain that lost its own channel.
    let own = report(&[event, account, &channel.replace("DC7>", "dc7.contoso.com>")]);
    assert_ne!(first(&own, TEMPORARY).0, "domain-trust-broken");
}

#[test]
fn a_certificate_that_another_stands_in_for_is_told() {
    let event = "Log Name:      Application\nSource:        MSExchangeTransport\nDate:          1/9/2026 8:02:44 AM\nEvent ID:      12023\nTask Category: TransportService\nLevel:         Warning\nKeywords:      Classic\nUser:          N/A\nComputer:      EX2.contoso.com\nDescription:\nMicrosoft Exchange could not load the certificate with thumbprint of 3F2A1B4C5D6E7F8091A2B3C4D5E6F70819202122 from the personal store on the local computer. Meanwhile, the certificate with thumbprint 77AA00112233445566778899AABBCCDDEEFF0011 is being used.\n";
    let queue = "EX1\\21 SmtpRelayToRemoteAdSite Retry 8 ex2.contoso.com 451 4.4.0 x \"454 4.7.0 Temporary authentication failure\"\n";
    let report = report(&[queue, event]);
    let causes = report["diagnoses"][0]["causes"].as_array().unwrap();
    let cause = causes.iter().find(|cause| cause["id"] == "internal-transport-certificate").unwrap();
    assert_eq!(cause["for"].as_array().unwrap().len(), 1, "{cause}");
}

#[test]
fn an_edge_server_whose_root_is_not_trusted_is_not_the_subscribed_one() {
    let queue = |kind: &str| {
        format!("Identity      : EX1\\4410\nDeliveryType  : {kind}\nNextHopDomain : edgesync - hq to internet\nStatus        : Retry\nMessageCount  : 503\nLastError     : [{{LED=454 4.7.5 Certificate validation failure, Reason:UntrustedRoot}};{{MSG=}};{{FQDN=edge1.contoso.com}};{{IP=198.51.100.9}}]\n")
    };
    let towards_edge = report(&[&queue("SmtpRelayWithinAdSiteToEdge")]);
    assert_eq!(first(&towards_edge, "smtp-tls-failure"), ("edge-subscription-broken", "likely"));
    let within = report(&[&queue("SmtpRelayWithinAdSite")]);
    assert_ne!(first(&within, "smtp-tls-failure").0, "edge-subscription-broken");
}
