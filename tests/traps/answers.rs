//! Answers that are less than they look, and answers that look like none.

use super::{found, report, text, values};
use serde_json::{json, Value};
use std::collections::BTreeSet;

const TEMPORARY: &str = "[{LED=454 4.7.0 Temporary authentication failure};{MSG=};{FQDN=ex2.contoso.com};{IP=192.0.2.12};{LRT=11/20/2026 9:14:02 AM}]";

/// A queue of EX1 that cannot deliver to EX2, and both servers.
fn stuck() -> Vec<Value> {
    let server = |name: &str| {
        json!({"from": "Get-ExchangeServer", "type": ["Microsoft.Exchange.Data.Directory.Management.ExchangeServer"],
            "properties": {"Name": name, "Fqdn": format!("{}.contoso.com", name.to_lowercase()), "ServerRole": "Mailbox",
            "Site": "contoso.com/Configuration/Sites/HQ", "AdminDisplayVersion": "Version 15.2 (Build 1544.4)"}})
    };
    let queue = json!({"from": "Get-Queue", "computer": "EX1", "properties": {"Identity": "EX1\\14", "DeliveryType": "SmtpRelayToServers",
        "NextHopDomain": "ex2.contoso.com", "Status": "Retry", "MessageCount": 12, "LastError": TEMPORARY}});
    vec![server("EX1"), server("EX2"), queue]
}

fn with(mut records: Vec<Value>, more: &[Value]) -> Value {
    records.extend_from_slice(more);
    report(&records)
}

fn cause<'r>(report: &'r Value, id: &str) -> &'r Value {
    report["diagnoses"][0]["causes"].as_array().unwrap().iter().find(|cause| cause["id"] == id).unwrap()
}

fn commands(report: &Value) -> Vec<&str> {
    let next = report["diagnoses"].as_array().unwrap().iter().flat_map(|d| d["next"].as_array().unwrap());
    next.map(|next| next["command"].as_str().unwrap()).collect()
}

/// Windows shows a program's sender or next hop by its address; cmdlets of the directory know names only.
#[test]
fn a_command_that_wants_a_name_gets_no_address() {
    let inbound = |error: &str| {
        json!({"ProviderName": "MSExchangeTransport", "Id": 1035, "MachineName": "EX2.contoso.com", "LevelDisplayName": "Warning",
            "TimeCreated": "2026-11-20T09:14:02Z", "Message": format!("Inbound authentication failed with error {error} for Receive connector Default EX2. The authentication mechanism is ExchangeAuth. The source IP address of the client who tried to authenticate to Microsoft Exchange is [192.0.2.1].")})
    };
    let mut queue = stuck().remove(2);
    queue["properties"]["NextHopDomain"] = "[192.0.2.1]".into();
    queue["properties"]["LastError"] = "454 4.7.0 Temporary authentication failure".into();
    let mut all = BTreeSet::new();
    for records in [
        vec![inbound("LogonDenied")],
        vec![inbound("IllegalMessage")],
        vec![inbound("NoCredentials")],
        vec![queue],
    ] {
        let report = self::report(&records);
        let mut fixes: Vec<&str> = Vec::new();
        for cause in report["diagnoses"][0]["causes"].as_array().unwrap() {
            fixes.extend(
                cause["fix"].as_array().unwrap().iter().map(|step| step["command"].as_str().unwrap()),
            );
        }
        for command in
            commands(&report).into_iter().chain(fixes).filter(|command| command.contains("192.0.2.1"))
        {
            let takes = [
                "w32tm ",
                "Test-NetConnection ",
                "nslookup ",
                "Get-WinEvent ",
                "Get-HotFix ",
                "Resolve-DnsName ",
            ];
            let fits = takes.iter().any(|tool| command.starts_with(tool)) && !command.contains('<');
            assert!(fits || command.contains("<name of 192.0.2.1>"), "{command}");
            assert!(!command.contains("0.2.1 ") || command.contains("192.0.2.1"), "{command}");
            all.insert(command.split(' ').next().unwrap().to_owned());
        }
        assert!(commands(&report).iter().all(|command| !command.contains(":0.2.1")), "{report}");
    }
    // Both kinds of commands were seen.
    assert!(all.contains("w32tm") && all.contains("setspn") && all.contains("Add-ADGroupMember"), "{all:?}");
}

const FAR: &str = "Tracking EX2 [192.0.2.12:123].\r\nCollecting 3 samples.\r\nThe current time is 11/20/2026 9:20:11 AM.\r\n\
    09:20:11, +00612.0201874s\r\n09:20:13, +00612.0204401s\r\n09:20:15, +00612.0199110s\r\n";

/// A clock is wrong by ten minutes against a console that nobody named: perhaps against somebody's desk.
#[test]
fn a_clock_that_nobody_says_who_measured_is_likely_at_most() {
    let measured = |to: &str| json!({"from": format!("w32tm /stripchart /computer:{to} /samples:3 /dataonly"), "text": FAR.replace("EX2", to)});
    let report = with(stuck(), &[measured("EX2")]);
    assert_eq!(cause(&report, "clock-skew")["verdict"], "likely", "{}", report["diagnoses"][0]);
    assert!(commands(&report).contains(&"w32tm /stripchart /computer:EX2 /samples:3 /dataonly"), "{report}");
    // Another server's clock is another matter, and what was measured between the two decides.
    let other = with(stuck(), &[measured("EX3")]);
    assert_eq!(cause(&other, "clock-skew")["verdict"], "possible");
    let close =
        text("w32tm /stripchart /computer:EX2 /samples:3 /dataonly", "EX1", &FAR.replace("+00612", "+00"));
    let report = with(stuck(), &[measured("EX2"), close]);
    assert_ne!(cause(&report, "clock-skew")["verdict"], "likely", "{}", report["diagnoses"][0]);
    let mut named = measured("EX2");
    named["computer"] = "EX1".into();
    assert_eq!(cause(&with(stuck(), &[named]), "clock-skew")["verdict"], "confirmed");
}

/// No controller answered or the domain was misspelt: nobody tried the password.
#[test]
fn a_channel_without_a_controller_is_no_broken_channel() {
    let clock = text("w32tm /stripchart /computer:EX2 /samples:3 /dataonly", "EX1", FAR);
    let channel = |shown: &str| text("nltest /sc_query:contoso.com", "EX1", shown);
    let call = |status: &str| channel(&format!("I_NetLogonControl failed: Status = {status}\r\n"));
    let both = |status: &str| {
        channel(&format!("Flags: 0\r\nTrusted DC Name\r\nTrusted DC Connection Status Status = {status}\r\nThe command completed successfully\r\n"))
    };
    for status in [
        "1355 0x54b ERROR_NO_SUCH_DOMAIN",
        "1311 0x51f ERROR_NO_LOGON_SERVERS",
        "1722 0x6ba RPC_S_SERVER_UNAVAILABLE",
        "53 0x35 ERROR_BAD_NETPATH",
    ] {
        for record in [call(status), both(status)] {
            let report = with(stuck(), &[clock.clone(), record.clone()]);
            assert_eq!(cause(&report, "clock-skew")["verdict"], "confirmed", "{status}");
            let broken = cause(&report, "secure-channel-broken");
            assert!(broken["for"].as_array().unwrap().is_empty(), "{status}: {broken}");
            let alone = with(stuck(), &[record]);
            let spoken = cause(&alone, "kdc-unavailable")["for"].to_string();
            assert!(spoken.contains("no domain controller"), "{status}: {spoken}");
        }
    }
    for status in [
        "5 0x5 ERROR_ACCESS_DENIED",
        "1786 0x6fa ERROR_NO_TRUST_LSA_SECRET",
        "1787 0x6fb ERROR_NO_TRUST_SAM_ACCOUNT",
        "1789 0x6fd ERROR_TRUSTED_RELATIONSHIP_FAILURE",
    ] {
        let report = with(stuck(), &[both(status)]);
        assert_eq!(cause(&report, "secure-channel-broken")["verdict"], "confirmed", "{status}");
    }
    // These are of a trust between domains and of a service.
    for status in ["1788 0x6fc ERROR_TRUSTED_DOMAIN_FAILURE", "1792 0x700 ERROR_NETLOGON_NOT_STARTED"] {
        let report = with(stuck(), &[both(status)]);
        assert_eq!(cause(&report, "secure-channel-broken")["verdict"], "possible", "{status}");
    }
    // A member has a channel to its own domain only: asked for another it says 1355, however good the trust.
    let other = text(
        "nltest /sc_query:fabrikam.com",
        "EX1",
        "I_NetLogonControl failed: Status = 1355 0x54b ERROR_NO_SUCH_DOMAIN\r\n",
    );
    let mut records = stuck();
    records[1]["properties"]["Fqdn"] = "ex2.fabrikam.com".into();
    records[2]["properties"]["NextHopDomain"] = "ex2.fabrikam.com".into();
    records[2]["properties"]["LastError"] = TEMPORARY.replace("contoso", "fabrikam").into();
    let desk = json!({"from": other["from"], "computer": "ADMIN1", "text": other["text"]});
    let report = with(records.clone(), &[desk]);
    assert_ne!(cause(&report, "domain-trust-broken")["verdict"], "likely", "{}", report["diagnoses"][0]);
    let report = with(records.clone(), &[other]);
    assert_ne!(cause(&report, "domain-trust-broken")["verdict"], "confirmed", "{}", report["diagnoses"][0]);
    // A controller of the sender's domain has that channel.
    let seen = "Flags: 0\r\nTrusted DC Name\r\nTrusted DC Connection Status Status = 1787 0x6fb ERROR_NO_TRUST_SAM_ACCOUNT\r\nThe command completed successfully\r\n";
    let there = text("nltest /sc_query:fabrikam.com /server:dc1.contoso.com", "EX1", seen);
    let report = with(records, &[there]);
    assert_eq!(cause(&report, "domain-trust-broken")["verdict"], "confirmed", "{}", report["diagnoses"][0]);
    assert_ne!(cause(&report, "secure-channel-broken")["verdict"], "confirmed");
}

/// Event 6037 names whom a program asked for: only the transport's own calls are of the mail.
#[test]
fn a_program_that_may_not_call_its_own_server_is_of_that_server_and_that_service() {
    let refused = |computer: &str, program: &str, spn: &str| {
        json!({"ProviderName": "LsaSrv", "Id": 6037, "MachineName": computer, "LevelDisplayName": "Warning", "TimeCreated": "2026-11-20T09:14:02Z",
            "Message": format!("The program {program}, with the assigned process ID 5012, could not authenticate locally by using the target name {spn}. The target name used is not valid. A target name should refer to one of the local computer names, for example, the DNS host name.\r\n\r\n Try a different target name.")})
    };
    let own = refused("EX1.contoso.com", "EdgeTransport.exe", "SMTPSVC/mail.contoso.com");
    // Alone it is a finding and no failure between servers.
    let alone = report(std::slice::from_ref(&own));
    assert_eq!((found(&alone), &alone["diagnoses"]), (vec!["lsasrv-local-name-refused"], &json!([])));
    assert_eq!(values(&alone, "event.spn"), ["SMTPSVC/mail.contoso.com"]);
    let itself = || {
        let mut records = stuck();
        records[2]["properties"]["NextHopDomain"] = "ex1.contoso.com".into();
        records[2]["properties"]["LastError"] =
            TEMPORARY.replace("ex2", "ex1").replace("192.0.2.12", "192.0.2.11").into();
        records
    };
    let verdict = |report: &Value| cause(report, "loopback-check")["verdict"].as_str().unwrap().to_owned();
    assert_eq!(verdict(&with(itself(), std::slice::from_ref(&own))), "likely");
    // The name of the other server led back.
    let back = refused("EX1.contoso.com", "EdgeTransport.exe", "SMTPSVC/ex2.contoso.com");
    assert_eq!(verdict(&with(stuck(), &[back])), "likely");
    for other in [
        refused("EX1.contoso.com", "w3wp.exe", "HTTP/mail.contoso.com"),
        refused("EX2.contoso.com", "EdgeTransport.exe", "SMTPSVC/mail.contoso.com"),
    ] {
        assert_ne!(verdict(&with(itself(), &[other])), "likely");
    }
    assert_ne!(verdict(&with(stuck(), &[own])), "likely");
}

/// The answer that nothing is set is an answer: it is not asked for again.
#[test]
fn what_is_not_set_is_not_asked_for_twice() {
    let asks =
        |report: &Value, id: &str, words: &str| cause(report, id)["missing"].to_string().contains(words);
    let not_set = "ERROR: The system was unable to find the specified registry key or value.\r\n";
    for (id, key, name, words) in [
        ("spn-missing", r"Kerberos\Parameters", "LogLevel", "whether Kerberos errors are being logged"),
        ("loopback-check", "MSV1_0", "BackConnectionHostNames", "the names that EX1 may use for itself"),
    ] {
        assert!(asks(&report(&stuck()), id, words), "{id}");
        let command = format!(r"reg query HKLM\SYSTEM\CurrentControlSet\Control\Lsa\{key} /v {name}");
        let report = with(stuck(), &[text(&command, "EX1", not_set)]);
        assert!(!asks(&report, id, words), "{id}");
        assert!(found(&report).iter().all(|id| !id.starts_with("config-")), "{report}");
        let denied = with(stuck(), &[text(&command, "EX1", "ERROR: Access is denied.\r\n")]);
        assert!(asks(&denied, id, words), "{id}");
    }
}
