//! Traps of the real world, one test each: what looks like an answer and is none.
//!
//! Through the whole library, so that a trap is proved where an administrator would fall into it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::cast_precision_loss)]
// Test code: a failure here must stop the test.

#[path = "traps/answers.rs"]
mod answers;

use exauth::Catalog;
use serde_json::{json, Value};

fn report(records: &[Value]) -> Value {
    let input: String = records.iter().map(|record| format!("{record}\n")).collect();
    let options = br#"{"include_facts": true}"#;
    serde_json::from_str(&Catalog::builtin().unwrap().analyze(input.as_bytes(), options).unwrap()).unwrap()
}

/// The values of a fact over all records.
fn values(report: &Value, fact: &str) -> Vec<String> {
    let records = report["facts"].as_array().cloned().unwrap_or_default();
    let facts = records.iter().flat_map(|record| record["facts"].as_array().unwrap().clone());
    facts
        .filter(|entry| entry["name"] == fact)
        .map(|entry| entry["value"].as_str().unwrap().to_owned())
        .collect()
}

fn found(report: &Value) -> Vec<&str> {
    report["findings"].as_array().unwrap().iter().map(|finding| finding["id"].as_str().unwrap()).collect()
}

fn text(from: &str, computer: &str, text: &str) -> Value {
    json!({"from": from, "computer": computer, "text": text})
}

/// `Get-OwaVirtualDirectory -ADPropertiesOnly` did not ask IIS: its flags are all False and mean nothing.
#[test]
fn a_directory_without_its_iis_says_nothing_about_authentication() {
    let mut directory = json!({"ObjectClass": ["top", "msExchVirtualDirectory", "msExchOWAVirtualDirectory"],
        "Name": "owa (Default Web Site)", "Server": "EX2", "InternalUrl": "https://ex2.contoso.com/owa",
        "WindowsAuthentication": false, "BasicAuthentication": false, "FormsAuthentication": false,
        "DigestAuthentication": false, "InternalAuthenticationMethods": ["Basic", "Fba", "Ntlm"],
        "Path": "", "WebSite": ""});
    let report = self::report(std::slice::from_ref(&directory));
    assert!(values(&report, "virtual_directory.windows_authentication").is_empty(), "{report}");
    assert!(found(&report).is_empty(), "{report}");
    // The same flags from a directory whose IIS was read do say it.
    directory["Path"] = r"C:\Program Files\Microsoft\Exchange Server\V15\ClientAccess\owa".into();
    directory["WebSite"] = "Default Web Site".into();
    assert_eq!(values(&self::report(&[directory]), "virtual_directory.windows_authentication"), ["False"]);
}

/// Nil in CLIXML is "nobody said", False is an answer.
#[test]
fn nil_is_not_false() {
    let file = |value: &str| {
        format!(
            r#"<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"><Obj RefId="0"><TN RefId="0"><T>Deserialized.Microsoft.Exchange.Data.Directory.SystemConfiguration.ADWebServicesVirtualDirectory</T><T>Deserialized.System.Object</T></TN><Props><S N="Name">EWS (Default Web Site)</S><S N="Server">EX2</S>{value}</Props></Obj></Objs>"#
        )
    };
    for (value, expected) in [
        (r#"<Nil N="WindowsAuthentication" />"#, vec![]),
        (r#"<B N="WindowsAuthentication">false</B>"#, vec!["False"]),
        ("", vec![]),
    ] {
        let options = br#"{"include_facts": true}"#;
        let report = Catalog::builtin().unwrap().analyze(file(value).as_bytes(), options).unwrap();
        let report: Value = serde_json::from_str(&report).unwrap();
        assert_eq!(report["received"][0]["kind"], "virtual-directory", "{report}");
        assert_eq!(values(&report, "virtual_directory.windows_authentication"), expected, "{value}");
    }
}

/// `ExchangeVersion` is the version of an object's schema: `0.10 (14.0.100.0)` is on 2019, too.
#[test]
fn the_version_of_a_schema_is_no_version_of_the_product() {
    let server = json!({"ObjectClass": "msExchExchangeServer", "Name": "EX1", "Fqdn": "ex1.contoso.com",
        "ServerRole": "Mailbox, ClientAccess", "AdminDisplayVersion": "Version 15.2 (Build 1544.4)",
        "ExchangeVersion": "0.1 (8.0.535.0)"});
    let report = self::report(std::slice::from_ref(&server));
    assert_eq!(values(&report, "exchange_server.exchange_version"), ["15.2.1544.4"]);
    let mut without = server;
    without.as_object_mut().unwrap().remove("AdminDisplayVersion");
    assert!(values(&self::report(&[without]), "exchange_server.exchange_version").is_empty());
}

/// A date in somebody's culture is nobody's: 01/02/2027 is in January and in February.
#[test]
fn a_date_in_a_culture_is_not_guessed() {
    for (written, read) in [
        ("01/02/2026 00:00:00", vec![]),
        ("15-01-21 23:50:05", vec![]),
        ("2026-02-01T00:00:00Z", vec!["2026-02-01T00:00:00Z"]),
        ("/Date(1769904000000)/", vec!["2026-02-01T00:00:00Z"]),
    ] {
        let certificate = json!({"type": ["Microsoft.Exchange.Management.SystemConfigurationTasks.ExchangeCertificate"],
            "properties": {"Thumbprint": "A".repeat(40), "NotAfter": written, "Services": "SMTP"},
            "collected": "2026-11-24T09:00:00Z", "computer": "EX1"});
        let report = self::report(&[certificate]);
        assert_eq!(values(&report, "certificate.not_after"), read, "{written}");
        assert_eq!(found(&report).iter().any(|id| id.contains("expired")), !read.is_empty(), "{written}");
    }
}

/// klist prints times in the culture of the machine; no ticket is out of date because of them.
#[test]
fn the_times_of_tickets_are_of_a_culture() {
    let tickets = "Current LogonId is 0:0x3e7\n\nCached Tickets: (1)\n\n#0>\tClient: ex1$ @ CONTOSO.COM\n\
        \tServer: SMTPSVC/ex2.contoso.com @ CONTOSO.COM\n\tKerbTicket Encryption Type: AES-256-CTS-HMAC-SHA1-96\n\
        \tTicket Flags 0x40a10000 -> forwardable renewable pre_authent name_canonicalize\n\
        \tStart Time: 11/2/2019 9:01:11 (local)\n\tEnd Time:   11/2/2019 19:01:11 (local)\n\
        \tRenew Time: 11/9/2019 9:01:11 (local)\n\tSession Key Type: AES-256-CTS-HMAC-SHA1-96\n";
    let report = self::report(&[text("klist -li 0x3e7", "EX1", tickets)]);
    assert_eq!(report["summary"]["ignored"], 0, "{report}");
    assert!(found(&report).is_empty(), "{report}");
    assert_eq!(report["diagnoses"], json!([]));
}

/// `setspn -X` ends with a code that looks like a failure when it found nothing; only its text counts.
#[test]
fn a_clean_search_for_duplicates_is_clean_whatever_its_exit_code() {
    let clean = "Checking domain DC=contoso,DC=com\nProcessing entry 0\nfound 0 group of duplicate SPNs.\n";
    for printed in [clean.to_owned(), format!("{clean}$LASTEXITCODE\n1\n"), format!("{clean}1\n")] {
        let report = self::report(&[text("setspn -X", "EX1", &printed)]);
        assert!(found(&report).is_empty(), "{report}");
        assert_eq!(report["summary"]["ignored"], 0, "{report}");
    }
}

/// nltest ends with "The command completed successfully" although a line before it says that it did not.
#[test]
fn the_last_line_of_nltest_is_cheerful() {
    let broken = "Flags: 0 \nTrusted DC Name \nTrusted DC Connection Status Status = 1311 0x51f ERROR_NO_LOGON_SERVERS\n\
        The command completed successfully\n";
    let report = self::report(&[text("nltest /sc_query:contoso.com", "EX1", broken)]);
    assert_eq!(values(&report, "secure_channel.no_controller"), ["True"], "{report}");
    assert_eq!(found(&report), ["secure-channel-no-controller"], "{report}");
}

/// KDC_ERR_PREAUTH_REQUIRED is how every ticket begins, and others are asked for and refused every day.
#[test]
fn harmless_errors_of_kerberos_are_no_failure() {
    for (code, name) in [
        ("0x19", "KDC_ERR_PREAUTH_REQUIRED"),
        ("0xd", "KDC_ERR_BADOPTION"),
        ("0x34", "KRB_ERR_RESPONSE_TOO_BIG"),
    ] {
        let event = json!({"ProviderName": "Microsoft-Windows-Security-Kerberos", "Id": 3, "MachineName": "EX1.contoso.com",
            "LevelDisplayName": "Error", "TimeCreated": "2026-11-20T09:00:00Z",
            "Message": format!("A Kerberos error message was received:\n on logon session \n Client Time: \n Server Time: 9:0:0.0000 11/20/2026 Z\n Error Code: {code} {name}\n Extended Error: \n Client Realm: \n Client Name: \n Server Realm: CONTOSO.COM\n Server Name: krbtgt/CONTOSO.COM\n Target Name: krbtgt/CONTOSO.COM@CONTOSO.COM")});
        let report = self::report(&[event]);
        assert_eq!(report["summary"]["ignored"], 0);
        assert!(found(&report).is_empty(), "{code}: {report}");
    }
}

/// Each domain has a krbtgt with the same name: its own duplicate, by design.
#[test]
fn krbtgt_is_no_duplicate() {
    let listed =
        "Checking forest DC=contoso,DC=com\nOperation will be performed forestwide, it might take a while.\n\
        kadmin/changepw is registered on these accounts:\n\tCN=krbtgt,CN=Users,DC=contoso,DC=com\n\
        \tCN=krbtgt,CN=Users,DC=branch,DC=contoso,DC=com\n\nfound 1 group of duplicate SPNs.\n";
    assert!(found(&self::report(&[text("setspn -X -F", "EX1", listed)])).is_empty());
    let real = listed
        .replace("kadmin/changepw", "SMTPSVC/ex2.contoso.com")
        .replace("CN=krbtgt,CN=Users", "CN=EX2,CN=Computers");
    assert!(!found(&self::report(&[text("setspn -X -F", "EX1", &real)])).is_empty());
}

/// `[cause, verdict]` in the order of the only diagnosis, and whom it is about.
fn ranking(report: &Value) -> (Vec<(&str, &str)>, Option<&str>) {
    let diagnosis = &report["diagnoses"][0];
    assert_eq!(report["diagnoses"].as_array().unwrap().len(), 1, "{report}");
    let causes = diagnosis["causes"].as_array().unwrap().iter();
    let causes = causes.map(|cause| (cause["id"].as_str().unwrap(), cause["verdict"].as_str().unwrap()));
    (causes.collect(), diagnosis["problem"]["to"].as_str())
}

/// Windows 2003 ends the text of every event with a link to its help; that is no server that was called.
#[test]
fn the_link_to_the_help_is_not_the_server_that_was_asked_for() {
    let event = "Event Type:\tError\nEvent Source:\tMSExchangeTransport\nEvent Category:\tSmtpSend \nEvent ID:\t2017\n\
        Date:\t\t3/11/2010\nTime:\t\t5:02:44 PM\nUser:\t\tN/A\nComputer:\tHUB1\nDescription:\n\
        Outbound authentication failed with error TargetUnknown for Send connector Intra-Organization SMTP Send Connector. \
        The authentication mechanism is ExchangeAuth. The target is SMTPSVC/HUB2.contoso.com.\n\n\
        For more information, see Help and Support Center at http://go.microsoft.com/fwlink/events.asp.\n";
    let report = self::report(&[text("", "HUB1", event)]);
    assert_eq!(values(&report, "event.target_host"), ["hub2.contoso.com"], "{report}");
}

/// A server that holds no shared account at all does not hold an old password of it.
#[test]
fn a_server_without_the_shared_account_is_told_from_one_with_an_old_password() {
    let ticket = json!({"ProviderName": "Microsoft-Windows-Security-Kerberos", "Id": 4, "MachineName": "PC7.contoso.com",
        "LevelDisplayName": "Error", "TimeCreated": "2026-11-20T09:00:00Z",
        "Message": "The Kerberos client received a KRB_AP_ERR_MODIFIED error from the server exchasa$. The target name used was HTTP/mail.contoso.com. This indicates that the target server failed to decrypt the ticket provided by the client."});
    let holds = |latest: [&str; 2]| {
        let rows = ["EX1", "EX2"].into_iter().zip(latest).map(|(name, latest)| {
            format!("Name                                 : {name}\nAlternateServiceAccountConfiguration : Latest: {latest}\n                                       Previous: <Not set>\n\n")
        });
        let owner = text("setspn -Q HTTP/mail.contoso.com", "EX1",
            "Checking domain DC=contoso,DC=com\nCN=EXCHASA,OU=Exchange,DC=contoso,DC=com\n\tHTTP/mail.contoso.com\n\nExisting SPN found!\n");
        let command = "Get-ClientAccessService -IncludeAlternateServiceAccountCredentialStatus";
        self::report(&[ticket.clone(), text(command, "EX1", &rows.collect::<String>()), owner])
    };
    let new = r"3/12/2026 10:19:22 AM, CONTOSO\EXCHASA$";
    let partly = holds([new, "<Not set>"]);
    assert_eq!(ranking(&partly).0[0], ("asa-not-deployed", "likely"), "{partly}");
    let differ = holds([new, r"1/9/2025 8:00:01 AM, CONTOSO\EXCHASA$"]);
    assert_eq!(ranking(&differ).0[0], ("asa-out-of-sync", "likely"), "{differ}");
}

/// The send log holds sessions with everybody; who offers nothing of Exchange's own is no server of Exchange.
#[test]
fn a_partner_in_the_send_log_is_no_server_of_the_organisation() {
    let queue = json!({"DeliveryType": "DnsConnectorDelivery", "NextHopDomain": "fabrikam.com", "Status": "Retry",
        "MessageCount": 7, "NextHopCategory": "External", "Identity": r"EX1\901", "LastError":
        "[{LED=454 4.7.5 The certificate specified in TLSCertificateName of the SendConnector could not be found or remote certificate failed validation};{FQDN=mx.fabrikam.com};{IP=203.0.113.25}]"});
    let log = "#Software: Microsoft Exchange Server\n#Version: 15.0.0.0\n#Log-type: SMTP Send Protocol Log\n#Date: 2024-06-01T06:00:00.120Z\n\
        #Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context\n\
        2024-06-01T06:00:11.135Z,Partner,08DC7F21D5C9E001,1,192.0.2.11:24410,203.0.113.25:25,+,,\n\
        2024-06-01T06:00:11.151Z,Partner,08DC7F21D5C9E001,2,192.0.2.11:24410,203.0.113.25:25,<,220 mx.fabrikam.com ESMTP,\n\
        2024-06-01T06:00:11.151Z,Partner,08DC7F21D5C9E001,3,192.0.2.11:24410,203.0.113.25:25,>,EHLO mail.contoso.com,\n\
        2024-06-01T06:00:11.166Z,Partner,08DC7F21D5C9E001,4,192.0.2.11:24410,203.0.113.25:25,<,250  mx.fabrikam.com SIZE 52428800 8BITMIME STARTTLS,\n";
    let report = self::report(&[queue, text("SmtpSend", "EX1", log)]);
    assert_eq!(ranking(&report).0[0], ("external-or-hybrid-tls", "likely"), "{report}");
}

/// A sign-in that was made for another TLS connection names its reason, whoever called and whoever kept the log.
#[test]
fn a_web_log_with_foreign_channel_bindings_is_a_symptom_of_its_own() {
    let log = |status: &str| {
        format!("#Software: Microsoft Internet Information Services 10.0\n#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken\n\
            2025-11-18 14:00:02 192.0.2.11 POST /EWS/Exchange.asmx - 443 - 192.0.2.5 ExchangeServicesClient - 401 1 2148074254 3\n\
            2025-11-18 14:00:02 192.0.2.11 POST /EWS/Exchange.asmx - 443 - 192.0.2.5 ExchangeServicesClient - 401 1 {status} 4\n")
    };
    let report = self::report(&[json!({"text": log("2148074310")})]);
    assert_eq!(ranking(&report).0[0], ("extended-protection-mismatch", "likely"), "{report}");
    // The first leg of a handshake is none.
    assert!(found(&self::report(&[json!({"text": log("2148074254")})])).is_empty());
}

/// ConvertTo-Json writes the delivery type as a number; the connector that subscribing made still says Edge.
#[test]
fn a_queue_of_an_edge_subscription_leads_to_edge_whatever_its_type_was_written_as() {
    for delivery_type in [json!("SmtpRelayWithinAdSiteToEdge"), json!(27)] {
        let queue = json!({"Identity": r"EX1\5521", "DeliveryType": delivery_type, "Status": "Retry", "MessageCount": 64,
            "NextHopDomain": "edgesync - hq to internet", "NextHopConnector": "5a4c2f2a-8e50-4c1b-8ab7-0d6d4b4a8a10",
            "LastError": "[{LED=454 4.7.0 Temporary authentication failure};{FQDN=edge01.contoso.com};{IP=198.51.100.25}]"});
        let report = self::report(&[queue]);
        let causes = ranking(&report).0;
        assert!(causes.contains(&("edge-subscription-broken", "possible")), "{causes:?}");
    }
}

/// The one owner of a name is the server that bears it, even where nothing else is known of that server.
#[test]
fn an_owner_of_the_name_that_was_asked_for_is_no_wrong_account() {
    let event = |answered: &str| {
        json!({"ProviderName": "Microsoft-Windows-Security-Kerberos", "Id": 4, "MachineName": "EX1.contoso.com",
        "LevelDisplayName": "Error", "TimeCreated": "2026-11-20T09:00:00Z",
        "Message": format!("The Kerberos client received a KRB_AP_ERR_MODIFIED error from the server {answered}. The target name used was SMTPSVC/EX2.contoso.com. This indicates that the target server failed to decrypt the ticket provided by the client.")})
    };
    let owner = |account: &str| {
        text("setspn -F -Q SMTPSVC/EX2.contoso.com", "EX1", &format!("Checking forest DC=contoso,DC=com\n\
            CN={account},OU=Exchange,DC=contoso,DC=com\n\tSMTPSVC/EX2\n\tSMTPSVC/EX2.contoso.com\n\nExisting SPN found!\n"))
    };
    let right = self::report(&[event("ex5$"), owner("EX2")]);
    let (causes, to) = ranking(&right);
    assert_eq!(to, Some("ex2.contoso.com"));
    assert!(causes.contains(&("spn-wrong-account", "ruled_out")), "{causes:?}");
    let wrong = self::report(&[event("ex2$"), owner("EX9")]);
    assert_eq!(ranking(&wrong).0[0], ("spn-wrong-account", "confirmed"), "{wrong}");
}
