//! A healthy organisation yields nothing: the real exports of ../shared/data/healthy, each file alone
//! and those that belong together as one input.

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
use std::fs;
use std::path::{Path, PathBuf};

fn files(names: &[&str]) -> Option<Vec<PathBuf>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/healthy");
    if !root.is_dir() {
        eprintln!("skipped: the healthy exports of ../shared/data are not here");
        return None;
    }
    if names.is_empty() {
        let mut all: Vec<PathBuf> = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
        all.sort();
        return Some(all);
    }
    Some(names.iter().map(|name| root.join(name)).collect())
}

#[test]
fn healthy_exports_yield_no_finding_and_no_problem() {
    let Some(all) = files(&[]) else { return };
    assert!(!all.is_empty());
    for file in &all {
        let report = support::analyze_bytes(&fs::read(file).unwrap());
        assert_eq!(report["findings"], json!([]), "{}", file.display());
        assert_eq!(report["diagnoses"], json!([]), "{}", file.display());
        assert_eq!(report["rejected"], json!([]), "{}", file.display());
        assert!(report["summary"]["records"].as_u64().unwrap() > 0);
    }
}

#[test]
fn a_healthy_organisation_as_a_whole_yields_nothing_and_is_looked_at() {
    let names = ["e16-two-servers.jsonl", "e16-queues.jsonl", "e16-tools.jsonl"];
    let Some(parts) = files(&names) else { return };
    let bytes: Vec<u8> = parts.iter().flat_map(|file| fs::read(file).unwrap()).collect();
    assert_eq!(support::analyze_bytes(&bytes)["findings"], json!([]));
    // Silent because it is right, not because nothing was understood.
    let catalog = exauth::Catalog::builtin().unwrap();
    let options = exauth::Options { include_clear: true, ..exauth::Options::default() };
    let mut session = exauth::Session::new(&catalog, options);
    session.add(&bytes).unwrap();
    session.finish().unwrap();
    let report: serde_json::Value = serde_json::from_str(&session.report("json").unwrap()).unwrap();
    let clear: Vec<&str> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["outcome"] == "clear")
        .map(|finding| finding["id"].as_str().unwrap())
        .collect();
    for id in [
        "config-internal-url-ip-address",
        "config-connector-exchange-auth-off",
        "config-connector-permission-missing",
        "config-spn-missing",
        "clock-offset-too-large",
        "ad-replication-failing",
    ] {
        assert!(clear.contains(&id), "{id} did not look at anything");
    }
}

#[test]
fn a_healthy_organisation_around_a_failure_rules_its_causes_out() {
    let names = ["e16-two-servers.jsonl", "e16-queues.jsonl", "e16-tools.jsonl"];
    let Some(parts) = files(&names) else { return };
    let mut bytes: Vec<u8> = parts.iter().flat_map(|file| fs::read(file).unwrap()).collect();
    let stuck = json!({"computer": "SOLO-E16A", "type": ["Microsoft.Exchange.Data.QueueViewer.ExtensibleQueueInfo"],
        "properties": {"Identity": "SOLO-E16A\\77", "DeliveryType": "SmtpRelayToServers", "NextHopCategory": "Internal",
            "NextHopDomain": "solo-e16b.solo.local", "Status": "Retry", "MessageCount": 3,
            "LastError": "454 4.7.0 Temporary authentication failure"}});
    bytes.extend(stuck.to_string().bytes());
    let report = support::analyze_bytes(&bytes);
    for cause in ["clock-skew", "spn-missing", "connector-exchange-auth-off", "connector-permission-missing"]
    {
        assert_eq!(support::verdict(&report, cause), "ruled_out", "{cause}");
    }
    let causes = report["diagnoses"][0]["causes"].as_array().unwrap();
    assert!(causes.iter().all(|cause| cause["verdict"] != "confirmed"), "nothing of it is broken");
}

/// What the logs and settings of a healthy day hold, one text each: strangers and devices, names of other
/// services, outside hosts. None of it is a server that another does not let sign in.
const EVERY_DAY: &[(&str, &str)] = &[
    (
        "a stranger tries GSSAPI on the connector for clients",
        concat!(
            "2026-11-30T00:00:01.100Z,EX1\\Client Frontend EX1,08DC1A2B3C4D5E03,1,192.0.2.11:587,203.0.113.77:50111,<,EHLO User,\n",
            "2026-11-30T00:00:02.100Z,EX1\\Client Frontend EX1,08DC1A2B3C4D5E03,2,192.0.2.11:587,203.0.113.77:50111,<,AUTH GSSAPI,\n",
            "2026-11-30T00:00:03.100Z,EX1\\Client Frontend EX1,08DC1A2B3C4D5E03,3,192.0.2.11:587,203.0.113.77:50111,*,,Inbound AUTH GSSAPI failed because of LogonDenied\n",
        ),
    ),
    (
        "a device that knows no present TLS",
        concat!(
            "2026-11-30T00:00:01.100Z,EX1\\Default Frontend EX1,08DC1A2B3C4D5E05,1,192.0.2.11:25,192.0.2.60:50111,<,EHLO scanner,\n",
            "2026-11-30T00:00:02.100Z,EX1\\Default Frontend EX1,08DC1A2B3C4D5E05,2,192.0.2.11:25,192.0.2.60:50111,>,250  EX1.contoso.com Hello [192.0.2.60] SIZE 37748736 STARTTLS X-ANONYMOUSTLS AUTH NTLM X-EXPS GSSAPI NTLM,\n",
            "2026-11-30T00:00:03.100Z,EX1\\Default Frontend EX1,08DC1A2B3C4D5E05,3,192.0.2.11:25,192.0.2.60:50111,<,STARTTLS,\n",
            "2026-11-30T00:00:04.100Z,EX1\\Default Frontend EX1,08DC1A2B3C4D5E05,4,192.0.2.11:25,192.0.2.60:50111,*,,TLS negotiation failed with error AlgorithmMismatch\n",
        ),
    ),
    (
        "the log of another mail server",
        "Nov 30 08:00:01 mx postfix/smtp[123]: 1A2B: to=<x@fabrikam.com>, relay=smtp.fabrikam.com[203.0.113.7]:587, \
         status=deferred (SASL authentication failed; server said: 454 4.7.0 Temporary authentication failure)\n",
    ),
    (
        "a site of somebody else under the default web site",
        "C:\\>appcmd list config \"Default Web Site/intranet\" /section:windowsAuthentication\n<system.webServer>\n  <security>\n    \
         <authentication>\n      <windowsAuthentication enabled=\"true\">\n        <providers>\n          <add value=\"NTLM\" />\n        \
         </providers>\n      </windowsAuthentication>\n    </authentication>\n  </security>\n</system.webServer>\n",
    ),
    (
        "an account that may not use Exchange Online's shell",
        "New-PSSession : [outlook.office365.com] Connecting to remote server outlook.office365.com failed with the following error \
         message : Access is denied. For more information, see the about_Remote_Troubleshooting Help topic.\n\
         \u{20}   + FullyQualifiedErrorId : AccessDenied,PSSessionOpenFailed\n",
    ),
    (
        "another organization's front end is restarted",
        "\nIdentity        : EX1\\1313\nDeliveryType    : DnsConnectorDelivery\nNextHopDomain   : fabrikam.com\nNextHopCategory : External\n\
         Status          : Retry\nMessageCount    : 3\nLastError       : 451 4.7.0 Temporary server error. Please try again later. PRX2\n\n",
    ),
    (
        "an empty queue that still has the error of another day",
        "\nIdentity        : EX1\\1315\nDeliveryType    : SmtpRelayToDag\nNextHopDomain   : dag1\nNextHopCategory : Internal\n\
         Status          : Ready\nMessageCount    : 0\nLastError       : 454 4.7.0 Temporary authentication failure\n\n",
    ),
    (
        "the spam filter of another server does its work",
        "\nIdentity        : EX1\\1314\nDeliveryType    : SmtpRelayToMailboxDeliveryGroup\nNextHopDomain   : site:branch; version: 15\n\
         NextHopCategory : Internal\nStatus          : Retry\nMessageCount    : 1\n\
         LastError       : 550 5.7.1 Message rejected as spam by Content Filtering.\n\n",
    ),
];

#[test]
fn what_a_healthy_day_leaves_in_logs_accuses_no_server() {
    for (what, text) in EVERY_DAY {
        let report = support::analyze(&[json!({"computer": "EX1", "text": text})]);
        assert!(report["summary"]["records"].as_u64().unwrap() > 0, "{what}");
        for finding in report["findings"].as_array().unwrap() {
            assert_eq!(finding["severity"], "info", "{what}: {finding}");
        }
        for diagnosis in report["diagnoses"].as_array().unwrap() {
            assert_eq!(diagnosis["problem"]["id"], "client-sign-in-failure", "{what}: {diagnosis}");
        }
    }
}

/// TCP 88 of an Exchange server is closed on any healthy day: it is no domain controller.
#[test]
fn a_kerberos_port_that_an_exchange_server_does_not_have_confirms_nothing() {
    let tested = |target: &str| {
        let text = format!(
            "ComputerName     : {target}\nRemoteAddress    : 192.0.2.99\nRemotePort       : 88\nTcpTestSucceeded : False\n"
        );
        support::tool(&format!("Test-NetConnection {target} -Port 88"), "EX1", &text)
    };
    let around = [support::server("EX1"), support::server("EX2"), support::stuck_queue()];
    let with = |test: Value| {
        let records: Vec<Value> = around.iter().cloned().chain([test]).collect();
        support::verdict(&support::analyze(&records), "kerberos-port-blocked")
    };
    assert_eq!(with(tested("dc1.contoso.com")), "confirmed");
    assert_eq!(with(tested("ex2.contoso.com")), "possible");
}

/// Every member has the Kerberos service, stopped: of a machine that nothing names it says nothing.
#[test]
fn a_stopped_kerberos_service_of_an_unnamed_machine_confirms_nothing() {
    let asked = |command: &str| {
        let text = format!(
            "C:\\>{command}\n\nSERVICE_NAME: kdc\n        TYPE               : 20  WIN32_SHARE_PROCESS\n        \
             STATE              : 1  STOPPED\n        WIN32_EXIT_CODE    : 1077  (0x435)\n"
        );
        let records =
            [support::server("EX1"), support::server("EX2"), support::stuck_queue(), json!({ "text": text })];
        support::verdict(&support::analyze(&records), "kdc-unavailable")
    };
    assert_eq!(asked("sc \\\\DC1 query kdc"), "confirmed");
    assert_eq!(asked("sc query kdc"), "possible");
}
