//! A healthy text that ends early, at whatever place, accuses nobody.
use super::support::*;
use super::{hosts_file, membership, text, virtual_server};
use serde_json::{json, Value};
use std::collections::BTreeSet;

fn confirmed(report: &Value) -> BTreeSet<String> {
    let causes = report["diagnoses"].as_array().unwrap().iter().flat_map(|d| d["causes"].as_array().unwrap());
    let sure = causes.filter(|cause| cause["verdict"] == "confirmed");
    sure.map(|cause| cause["id"].as_str().unwrap().to_owned()).collect()
}

fn says_not_listed(report: &Value) -> bool {
    report.to_string().contains("holds other servers and not")
}

/// Every place of a short text, every third of a long one, and the ends of lines.
fn places(text: &str) -> Vec<usize> {
    let step = if text.len() > 700 { 3 } else { 1 };
    let ends = text.match_indices('\n').map(|(at, _)| at + 1);
    let all: BTreeSet<usize> = (0..text.len()).step_by(step).chain(ends).collect();
    all.into_iter().filter(|at| text.is_char_boundary(*at) && *at < text.len()).collect()
}

fn check(symptoms: &[Value], from: &str, computer: &str, whole: &str) {
    let of = |shown: &str| {
        let mut records = symptoms.to_vec();
        records.push(text(from, computer, shown));
        analyze(&records)
    };
    let all = of(whole);
    let (findings, causes) = (found(&all).into_iter().collect::<BTreeSet<_>>(), confirmed(&all));
    assert!(causes.is_empty() && !says_not_listed(&all), "{from}: the whole text is not healthy: {causes:?}");
    for at in places(whole) {
        let report = of(&whole[..at]);
        let tail = &whole[..at].chars().rev().take(20).collect::<String>();
        let tail: String = tail.chars().rev().collect();
        let more: Vec<String> = found(&report).into_iter().filter(|id| !findings.contains(id)).collect();
        assert!(more.is_empty(), "{from} cut behind {tail:?} finds {more:?}");
        assert!(
            confirmed(&report).is_empty(),
            "{from} cut behind {tail:?} confirms {:?}",
            confirmed(&report)
        );
        assert!(!says_not_listed(&report), "{from} cut behind {tail:?}: a part of a list as proof");
    }
}

#[test]
fn memberships() {
    let servers = [
        membership::refused(),
        membership::server("EX1", "contoso.com"),
        membership::server("EX2", "contoso.com"),
    ];
    let net = membership::net_group(&["EX3$", "EX2$", "EX4$", "EX1$"], membership::DONE);
    check(&servers, membership::NET, "EX2", &net);
    check(&servers, "gpresult /r", "EX1", membership::GPRESULT);
}

#[test]
fn names_and_addresses() {
    let all = [
        "HOST/EX2",
        "HOST/ex2.contoso.com",
        "SMTP/EX2",
        "SMTP/ex2.contoso.com",
        "SMTPSVC/EX2",
        "SMTPSVC/ex2.contoso.com",
    ];
    let lines: Vec<String> = all.iter().map(|name| format!("servicePrincipalName: {name}\r\n")).collect();
    let ldif =
        format!("dn: CN=EX2,OU=Exchange,DC=contoso,DC=com\r\nchangetype: add\r\n{}\r\n", lines.concat());
    check(&[stuck_queue()], "ldifde -f con", "EX1", &ldif);
    let ldp = format!(
        "Dn: CN=EX2,OU=Exchange,DC=contoso,DC=com\r\n\t6> servicePrincipalName: {}; \r\n",
        all.join("; ")
    );
    check(&[stuck_queue()], "", "EX1", &ldp);
    let table = format!("  name    servicePrincipalName\r\n  EX2     {};\r\n", all.join(";"));
    check(&[stuck_queue()], "dsquery * -filter (name=EX2) -attr name servicePrincipalName", "EX1", &table);
    let known = hosts_file::network("EX2", "192.0.2.12");
    check(
        &[stuck_queue(), known],
        hosts_file::COMMAND,
        "EX1",
        &hosts_file::file("192.0.2.12 ex2.contoso.com ex2\r\n"),
    );
}

#[test]
fn channels_and_trusts() {
    let other = json!({"type": ["Microsoft.Exchange.Data.Directory.Management.ExchangeServer"], "properties": {"Name": "EX2", "Fqdn": "ex2.contoso.com"}});
    let verbose = "VERBOSE: Performing the operation \"Test-ComputerSecureChannel\" on target \"EX2\".\r\nTrue\r\nVERBOSE: The secure channel between the local computer and the domain contoso.com is in good condition.\r\n";
    let verified = "The secure channel from EX2 to the domain CONTOSO has been verified.  The connection\r\nis with the machine \\\\DC1.CONTOSO.COM.\r\n\r\nThe command completed successfully.\r\n";
    for (from, shown) in [("Test-ComputerSecureChannel -Verbose", verbose), ("", verbose), ("", verified)] {
        check(&[stuck_queue(), other.clone()], from, "EX2", shown);
    }
}

#[test]
fn virtual_servers() {
    let registered = virtual_server::spns("EX1", &["EX1", "ex1.contoso.com", "partner.contoso.com"]);
    let symptoms = [virtual_server::refused("partner.contoso.com"), registered];
    check(
        &symptoms,
        virtual_server::COMMAND,
        "EX1",
        &virtual_server::server("partner.contoso.com", "192.0.2.12:25:"),
    );
}
