//! The hosts file of Windows.
use super::support::*;
use super::{lines, read, text, verdict_of};
use serde_json::{json, Value};

pub const COMMAND: &str = r"type C:\Windows\System32\drivers\etc\hosts";
const PROBLEM: &str = "smtp-temporary-auth-failure";
const CAUSE: &str = "dns-wrong-host";

const HEAD: &str = "# Copyright (c) 1993-2009 Microsoft Corp.\r\n#\r\n# This is a sample HOSTS file used by Microsoft TCP/IP for Windows.\r\n#\r\n# For example:\r\n#\r\n#      102.54.94.97     rhino.acme.com          # source server\r\n#       38.25.63.10     x.acme.com              # x client host\r\n\r\n# localhost name resolution is handled within DNS itself.\r\n#\t127.0.0.1       localhost\r\n#\t::1             localhost\r\n";

pub fn file(entries: &str) -> String {
    format!("{HEAD}{entries}")
}

#[test]
fn entries_are_names_with_their_addresses() {
    let shown = file("192.0.2.12\tex2.contoso.com ex2 # moved in 2019\r\n  2001:db8::12 EX2.contoso.com\r\n#192.0.2.13 ex3\r\n127.0.0.1 localhost\r\nnot an entry\r\n");
    for (from, shown) in [
        (COMMAND, shown.clone()),
        (r#"Get-Content "C:\WINDOWS\system32\drivers\etc\hosts""#, shown.clone()),
        (r"gc $env:windir/System32/drivers/etc/hosts", shown.clone()),
        ("hosts", shown.clone()),
        // The head that every such file has, for somebody who pasted it alone.
        ("", shown.clone()),
        ("", format!("on EX1:\n\nC:\\>{COMMAND}\n{shown}\nC:\\>hostname\nEX1\n")),
        ("", format!("> {}", shown.replace("\r\n", "\r\n> "))),
    ] {
        let all = read(from, &shown);
        let seen: Vec<_> = all.iter().map(|(_, _, facts)| lines(facts)[..2].join(" ")).collect();
        assert_eq!(
            seen,
            [
                "dns.name=ex2.contoso.com dns.addresses=[192.0.2.12; 2001:db8::12]",
                "dns.name=ex2 dns.addresses=[192.0.2.12]"
            ],
            "{from}"
        );
        assert!(all
            .iter()
            .all(|(kind, _, facts)| *kind == "dns-answer" && facts.flag("dns.in_hosts_file") == Some(true)));
    }
}

#[test]
fn comments_and_other_files_say_nothing() {
    assert!(read(COMMAND, HEAD).is_empty());
    assert!(read("", HEAD).is_empty());
    assert!(read("type C:\\temp\\list.txt", "192.0.2.12 ex2\r\n").is_empty());
    assert!(read("", "192.0.2.12 ex2\r\n").is_empty());
    assert!(read("", "we have 192.0.2.12 ex2 in the hosts file of EX1").is_empty());
}

#[test]
fn the_file_of_another_machine_is_that_machines() {
    let all = read(r"type \\EX3\c$\Windows\System32\drivers\etc\hosts", "192.0.2.12 ex2\r\n");
    assert_eq!(all[0].1.as_deref(), Some("EX3"));
}

pub fn network(computer: &str, address: &str) -> Value {
    json!({"from": "Get-NetworkConnectionInfo", "computer": computer,
        "properties": {"DNSHostName": computer, "IPAddress": [address], "DNSServerSearchOrder": ["192.0.2.2"]}})
}

fn verdict(computer: &str, entries: &str, others: &[Value]) -> String {
    let mut records = vec![stuck_queue(), text(COMMAND, computer, &file(entries))];
    records.extend(others.iter().cloned());
    verdict_of(&analyze(&records), PROBLEM, CAUSE)
}

#[test]
fn an_entry_of_the_sender_decides_where_the_name_leads() {
    let known = [network("EX2", "192.0.2.12"), network("EX3", "192.0.2.13")];
    let nothing = verdict("EX1", "", &known);
    assert_eq!(verdict("EX1", "192.0.2.13 ex2.contoso.com\r\n", &known), "confirmed");
    assert_eq!(verdict("EX1", "192.0.2.99 ex2.contoso.com ex2\r\n", &known), "confirmed");
    assert_eq!(verdict("EX1", "127.0.0.1 ex2.contoso.com\r\n", &[]), "confirmed");
    assert_eq!(verdict("EX1", "192.0.2.12 ex2.contoso.com\r\n", &known), "ruled_out");
    // Switched off, about another name, on another machine, or on nobody knows which.
    for (computer, entries) in [
        ("EX1", "# 192.0.2.13 ex2.contoso.com\r\n"),
        ("EX1", "192.0.2.13 ex3.contoso.com\r\n"),
        ("EX3", "192.0.2.99 ex2.contoso.com\r\n"),
        ("EX2", "127.0.0.1 ex2.contoso.com\r\n"),
        ("", "192.0.2.99 ex2.contoso.com\r\n"),
    ] {
        assert_eq!(verdict(computer, entries, &known), nothing, "{computer} {entries}");
    }
}

#[test]
fn a_stale_entry_beside_the_answer_of_the_resolver_is_seen() {
    let asked = text("nslookup ex2.contoso.com", "EX1", "Server:  dc1.contoso.com\r\nAddress:  192.0.2.2\r\n\r\nName:    ex2.contoso.com\r\nAddress:  192.0.2.12\r\n\r\n");
    assert_eq!(verdict("EX1", "192.0.2.99 ex2.contoso.com\r\n", std::slice::from_ref(&asked)), "likely");
    assert_ne!(verdict("EX1", "192.0.2.12 ex2.contoso.com\r\n", std::slice::from_ref(&asked)), "likely");
    let report =
        analyze(&[stuck_queue(), text(COMMAND, "EX1", &file("192.0.2.99 ex2.contoso.com\r\n"))]).to_string();
    assert!(report.contains("The hosts file of EX1 gives ex2.contoso.com -> 192.0.2.99"), "{report}");
}

#[test]
fn a_healthy_file_finds_nothing() {
    let records = [
        text(COMMAND, "EX1", &file("192.0.2.12 ex2.contoso.com ex2\r\n127.0.0.1 ex1.contoso.com\r\n")),
        network("EX1", "192.0.2.11"),
        network("EX2", "192.0.2.12"),
        json!({"type": ["Microsoft.Exchange.Data.Directory.Management.ExchangeServer"], "properties": {"Name": "EX1", "Fqdn": "ex1.contoso.com"}}),
        json!({"type": ["Microsoft.Exchange.Data.Directory.Management.ExchangeServer"], "properties": {"Name": "EX2", "Fqdn": "ex2.contoso.com"}}),
    ];
    let report = analyze(&records);
    assert_eq!((found(&report), report["diagnoses"].as_array().unwrap().len()), (Vec::<String>::new(), 0));
}
