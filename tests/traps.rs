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
