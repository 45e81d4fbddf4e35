//! Firewalls of Cisco that inspect SMTP.
use super::support::*;
use super::{lines, read, text, verdict_of};
use serde_json::Value;

const ASA: &str = "asa1# show running-config policy-map\r\n!\r\npolicy-map type inspect dns preset_dns_map\r\n parameters\r\n  message-length maximum 512\r\npolicy-map global_policy\r\n class inspection_default\r\n  inspect dns preset_dns_map\r\n  inspect ftp\r\n  inspect esmtp\r\n  inspect sqlnet\r\n!\r\n";
const PIX: &str = "PIX Version 6.3(5)\r\nhostname pix1\r\ndomain-name contoso.com\r\nfixup protocol ftp 21\r\nfixup protocol smtp 25\r\nfixup protocol sqlnet 1521\r\n";
const COUNTERS: &str = "asa1/act/pri# show service-policy\r\n\r\nGlobal policy:\r\n  Service-policy: global_policy\r\n    Class-map: inspection_default\r\n      Inspect: ftp, packet 0, drop 0, reset-drop 0\r\n      Inspect: esmtp _default_esmtp_map, packet 10423, lock fail 0, drop 3, reset-drop 0\r\n";
const CAUSE: &str = "smtp-inspection-middlebox";
const PROBLEM: &str = "smtp-exchange-auth-not-achieved";

#[test]
fn the_inspection_is_read_where_it_is_on() {
    for (shown, expected) in [
        (ASA.to_owned(), "smtp_inspection.setting=inspect esmtp smtp_inspection.device=asa1"),
        (
            format!("our firewall team says:\n\n{ASA}\nIs that normal?"),
            "smtp_inspection.setting=inspect esmtp smtp_inspection.device=asa1",
        ),
        (
            ASA.replace("inspect esmtp", "inspect esmtp _default_esmtp_map "),
            "smtp_inspection.setting=inspect esmtp smtp_inspection.device=asa1",
        ),
        (
            ASA.replace("inspect esmtp", "inspect esmtp own_map"),
            "smtp_inspection.setting=inspect esmtp smtp_inspection.device=asa1 smtp_inspection.map=own_map",
        ),
        (PIX.to_owned(), "smtp_inspection.setting=fixup protocol smtp smtp_inspection.device=pix1"),
        (PIX.replace("hostname pix1\r\n", ""), "smtp_inspection.setting=fixup protocol smtp"),
        (
            COUNTERS.to_owned(),
            "smtp_inspection.setting=inspect esmtp smtp_inspection.device=asa1 smtp_inspection.packets=10423",
        ),
    ] {
        let all = read("", &shown);
        let [(kind, _, facts)] = &all[..] else { panic!("{shown} {all:?}") };
        assert_eq!((*kind, lines(facts).join(" ").as_str()), ("smtp-inspection", expected), "{shown}");
    }
    assert_eq!(read("show run policy-map", ASA).len(), 1);
}

#[test]
fn what_is_off_or_only_talked_about_is_not_read() {
    for shown in [
        ASA.replace("  inspect esmtp", "  no inspect esmtp"),
        ASA.replace("  inspect esmtp\r\n", ""),
        PIX.replace("fixup protocol smtp", "no fixup protocol smtp"),
        // How to switch it off: first what is there, then the line that takes it away.
        format!("{ASA}asa1(config)# policy-map global_policy\r\n class inspection_default\r\n  no inspect esmtp\r\n"),
        "Please take inspect esmtp out of the policy-map of the firewall.".to_owned(),
        "  inspect esmtp\r\n".to_owned(),
        "we had fixup protocol smtp 25 on the old PIX".to_owned(),
        COUNTERS.replace("Inspect: esmtp _default_esmtp_map, packet 10423", "Inspect: esmtp _default_esmtp_map, pac"),
    ] {
        assert!(read("", &shown).is_empty(), "{shown} {:?}", read("", &shown));
    }
}

fn with(evidence: Value) -> (String, String) {
    let queue = queue(&wrapped("451 5.7.3 Cannot achieve Exchange Server authentication."));
    let report = analyze(&[queue, evidence]);
    (verdict_of(&report, PROBLEM, CAUSE), report["diagnoses"].to_string())
}

#[test]
fn an_inspection_supports_and_never_proves() {
    let said = "A firewall inspects SMTP";
    let nothing = with(text("hostname", "EX1", "EX1")).0;
    for (shown, named) in
        [(ASA, "asa1: inspect esmtp"), (PIX, "pix1: fixup protocol smtp"), (COUNTERS, "asa1: inspect esmtp")]
    {
        let (verdict, report) = with(text("", "EX1", shown));
        assert!(report.contains(&format!("{said} ({named})")), "{shown} {report}");
        assert_ne!(verdict, "confirmed");
    }
    // Somebody's own map, and an inspection through which nothing went.
    for shown in
        [ASA.replace("inspect esmtp", "inspect esmtp own_map"), COUNTERS.replace("packet 10423", "packet 0")]
    {
        let (verdict, report) = with(text("", "EX1", &shown));
        assert!(!report.contains(said) && verdict == nothing, "{shown}");
    }
}

#[test]
fn a_firewall_at_the_edge_finds_nothing() {
    let report = analyze(&[text("", "EX1", ASA), text("", "EX1", COUNTERS)]);
    assert_eq!((found(&report), report["diagnoses"].as_array().unwrap().len()), (Vec::<String>::new(), 0));
    assert_eq!(report["summary"]["ignored"], 0);
}
