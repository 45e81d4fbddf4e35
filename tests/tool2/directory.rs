//! dcdiag, ipconfig, and commands that are accepted and say nothing.
use super::{one, read};

#[test]
fn a_test_of_a_controller_is_read_in_several_languages() {
    for (text, test, passed) in [
        ("         ......................... DC1 passed test Replications\n", "Replications", Some(true)),
        ("         ......................... DC1 failed test NetLogons\n", "NetLogons", Some(false)),
        ("......................... DC1 hat den Test Connectivity bestanden.\n", "Connectivity", Some(true)),
        (
            "......................... DC1 hat den Test Advertising nicht bestanden.\n",
            "Advertising",
            Some(false),
        ),
        ("......................... DC1 a échoué au test MachineAccount\n", "MachineAccount", Some(false)),
        ("......................... DC1 xyz KccEvent\n", "KccEvent", None),
        (
            "         ......................... DC1 passed test\n\n         KnowsOfRoleHolders\n",
            "KnowsOfRoleHolders",
            Some(true),
        ),
    ] {
        for from in ["dcdiag", "dcdiag /v", ""] {
            let facts = one("dcdiag", from, text);
            assert_eq!((facts.text("dcdiag.server"), facts.text("dcdiag.test")), (Some("DC1"), Some(test)));
            assert_eq!(facts.flag("dcdiag.passed"), passed, "{text}");
        }
    }
    assert!(read("dcdiag", "  Starting test: Replications\n").is_empty());
}

#[test]
fn coarse_clocks_and_plain_words_say_nothing() {
    assert!(read(
        "net time \\\\dc1",
        "Current time at \\\\dc1 is 10/3/2026 10:00:00 PM\n\nThe command completed successfully.\n"
    )
    .is_empty());
    for tool in [
        "telnet ex2 25",
        "appcmd list config",
        "netsh http show sslcert",
        "dcdiag /v",
        "ipconfig /all",
        "net time",
        "SmtpReceive",
    ] {
        assert!(exauth::tool::is_known(tool), "{tool}");
        assert!(read(tool, "nothing of the kind\n").is_empty(), "{tool}");
    }
    for other in ["net use", "netsh interface show", "Connectivity is lost", "cscript other.vbs"] {
        assert!(!exauth::tool::is_known(other), "{other}");
    }
}

const NETWORK: &str = "Windows IP Configuration\n\n   Host Name . . . . . . . . . . . . : EX1\n   Primary Dns Suffix  . . . . . . . : contoso.com\n\nEthernet adapter LAN:\n\n   Connection-specific DNS Suffix  . : contoso.com\n   DHCP Enabled. . . . . . . . . . . : No\n   Link-local IPv6 Address . . . . . : fe80::1%11(Preferred) \n   IPv4 Address. . . . . . . . . . . : 192.0.2.1(Preferred) \n   Subnet Mask . . . . . . . . . . . : 255.255.255.0\n   Default Gateway . . . . . . . . . : 192.0.2.254\n   DHCP Server . . . . . . . . . . . : 192.0.2.253\n   DNS Servers . . . . . . . . . . . : 192.0.2.10\n                                       203.0.113.8\n   Primary WINS Server . . . . . . . : 192.0.2.20\n   NetBIOS over Tcpip. . . . . . . . : Enabled\n";
const FRENCH: &str = "Configuration IP de Windows\n\n   Nom de l'h\u{f4}te . . . . . . . . . . : EX1\n\nCarte Ethernet Ethernet :\n\n   Suffixe DNS propre \u{e0} la connexion. . . : \n   Adresse IPv6 de liaison locale. . . . .: fe80::1%11(pr\u{e9}f\u{e9}r\u{e9})\n   Adresse IPv4. . . . . . . . . . . . . .: 192.0.2.1(pr\u{e9}f\u{e9}r\u{e9})\n   Masque de sous-r\u{e9}seau. . . . . . . . . : 255.255.255.0\n   Passerelle par d\u{e9}faut. . . . . . . . . : 192.0.2.254\n   Serveurs DNS. . .  . . . . . . . . . . : 192.0.2.10\n                                       203.0.113.8\n   NetBIOS sur Tcpip. . . . . . . . . . . : Activ\u{e9}\n";

/// The texts of a property of the only record.
fn listed(from: &str, text: &str, property: &str) -> Vec<String> {
    let records = exauth::tool::read_text(Some(from).filter(|from| !from.is_empty()), None, None, text);
    assert_eq!(records.len(), 1, "{text}");
    match records[0].property(property) {
        Some(exauth::record::Value::List(items)) => items
            .iter()
            .map(|item| match item {
                exauth::record::Value::Text(text) => text.to_string(),
                other => panic!("{other:?}"),
            })
            .collect(),
        _ => Vec::new(),
    }
}

#[test]
fn own_addresses_and_dns_servers_are_found_in_any_language() {
    let old = NETWORK.replace("(Preferred)", "").replace("IPv4 Address", "IP Address  ");
    for (text, own) in [(NETWORK, 2), (FRENCH, 2), (&old, 1)] {
        for from in ["ipconfig /all", ""] {
            let addresses = listed(from, text, "Addresses");
            assert_eq!(addresses.len(), own, "{text}");
            assert_eq!(addresses.last().map(String::as_str), Some("192.0.2.1"));
            assert_eq!(listed(from, text, "DnsServers"), ["192.0.2.10", "203.0.113.8"], "{text}");
        }
    }
    let records = exauth::tool::read_text(None, None, None, NETWORK);
    assert_eq!(records[0].computer.as_deref(), Some("EX1"));
}

#[test]
fn each_server_says_which_account_it_holds() {
    let text = "Name                                 : EX1\nAlternateServiceAccountConfiguration : Latest: 1/12/2026 10:19:22 AM, CONTOSO\\ASA$\n                                       Previous: <Not set>\n                                          ...\n\nName                                 : EX2\nAlternateServiceAccountConfiguration : Latest: <Not set>\n";
    for from in ["Get-ClientAccessServer -IncludeAlternateServiceAccountCredentialStatus", ""] {
        let records = exauth::tool::read_text(Some(from).filter(|f| !f.is_empty()), Some("EX9"), None, text);
        let seen: Vec<String> = records
            .iter()
            .map(|record| {
                format!(
                    "{:?} {:?}",
                    record.property("Name"),
                    record.property("AlternateServiceAccountConfiguration")
                )
            })
            .collect();
        assert_eq!(seen.len(), 2, "{seen:?}");
        assert!(seen[0].contains("EX1") && seen[0].contains("ASA$ Previous: <Not set>"), "{seen:?}");
        assert!(seen[1].contains("EX2") && seen[1].contains("Latest: <Not set>"), "{seen:?}");
    }
}
