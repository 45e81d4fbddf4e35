//! Secure channels and trusts: netdom, nltest and Test-ComputerSecureChannel -Verbose.
use super::support::*;
use super::{read, text, verdict_of};
use exauth::fact::FactTable;
use serde_json::{json, Value};

fn one(from: &str, shown: &str) -> (&'static str, Option<String>, FactTable) {
    let mut all = read(from, shown);
    assert_eq!(all.len(), 1, "{shown}");
    all.remove(0)
}

#[test]
fn the_verbose_words_of_the_channel_test_are_read_in_every_version() {
    let old = "VERBOSE: Performing operation \"Test-ComputerSecureChannel\" on Target \"EX2\".\r\nTrue\r\nVERBOSE: \"The secure channel between 'EX2' and 'contoso.com' is alive and working correctly.\"\r\n";
    let new = "VERBOSE: Performing the operation \"Test-ComputerSecureChannel\" on target \"EX2\".\r\nTrue\r\nVERBOSE: The secure channel between the local computer and the domain contoso.com is in good condition.\r\n";
    // The same shape in German; no captured sample was found.
    let german = "AUSFÜHRLICH: Ausführen des Vorgangs \"Test-ComputerSecureChannel\" für das Ziel \"EX2\".\r\nTrue\r\nAUSFÜHRLICH: Der sichere Kanal zwischen dem lokalen Computer und der Domäne contoso.com ist fehlerfrei.\r\n";
    for shown in [old, new, german] {
        for (from, shown) in [
            ("Test-ComputerSecureChannel -Verbose", shown.to_owned()),
            ("", format!("PS C:\\> Test-ComputerSecureChannel -Verbose\n{shown}")),
        ] {
            let (kind, computer, facts) = one(from, &shown);
            assert_eq!((kind, computer.as_deref()), ("secure-channel", Some("EX2")), "{shown}");
            assert_eq!(facts.flag("secure_channel.ok"), Some(true), "{shown}");
            assert_eq!(facts.text("secure_channel.domain"), Some("contoso.com"), "{shown}");
        }
        let broken = shown.replace("True", "False").replace("in good condition", "broken");
        assert_eq!(
            one("Test-ComputerSecureChannel -Verbose", &broken).2.flag("secure_channel.ok"),
            Some(false)
        );
    }
    // Cut off in front of its answer.
    assert!(read("Test-ComputerSecureChannel -Verbose", new.split("True").next().unwrap()).is_empty());
}

const VERIFIED: &str = "The secure channel from EX2 to the domain CONTOSO has been verified.  The connection\r\nis with the machine \\\\DC1.CONTOSO.COM.\r\n\r\nThe command completed successfully.\r\n";

#[test]
fn netdom_verify_is_known_without_its_command() {
    for (from, shown) in [
        ("netdom verify EX2 /domain:contoso.com", VERIFIED.to_owned()),
        ("", VERIFIED.to_owned()),
        ("", format!("I ran it:\n\n{VERIFIED}")),
    ] {
        let (kind, computer, facts) = one(from, &shown);
        assert_eq!(
            (kind, computer.as_deref(), facts.flag("secure_channel.ok")),
            ("secure-channel", Some("EX2"), Some(true))
        );
    }
    let invalid = "The secure channel from EX2 to CONTOSO is invalid.\r\n\r\nAccess is denied.\r\n\r\nThe command failed to complete successfully.\r\n";
    for from in ["netdom verify EX2 /domain:contoso.com", ""] {
        assert_eq!(one(from, invalid).2.flag("secure_channel.ok"), Some(false), "{from}");
    }
    assert!(read("", "The secure channel to the domain was fine yesterday.").is_empty());
    // Cut off in front of the controller: that is no failure.
    for from in ["netdom verify EX2 /domain:contoso.com", ""] {
        assert!(read(from, VERIFIED.split("\\\\DC1").next().unwrap()).is_empty(), "{from}");
    }
}

#[test]
fn who_may_not_ask_has_tried_nothing() {
    for shown in [
        "Access is denied.\r\n\r\nThe command failed to complete successfully.\r\n",
        "Zugriff verweigert.\r\n\r\nDer Befehl konnte nicht erfolgreich ausgeführt werden.\r\n",
    ] {
        let (kind, _, facts) = one("netdom verify EX2 /domain:contoso.com", shown);
        assert_eq!((kind, facts.text("tool.error_code")), ("tool-error", Some("0x5")));
    }
    let refused = "I_NetLogonControl failed: Status = 5 0x5 ERROR_ACCESS_DENIED\r\n";
    for from in ["nltest /sc_verify:contoso.com", "nltest /server:EX2 /sc_query:contoso.com", "nltest"] {
        assert_eq!(one(from, refused).0, "tool-error", "{from}");
    }
    // What the channel itself answers is another matter.
    let denied = "Flags: 0\r\nTrusted DC Name\r\nTrusted DC Connection Status Status = 5 0x5 ERROR_ACCESS_DENIED\r\nTrust Verification Status = 5 0x5 ERROR_ACCESS_DENIED\r\nThe command completed successfully\r\n";
    assert_eq!(one("nltest /sc_verify:contoso.com", denied).2.flag("secure_channel.ok"), Some(false));
    let unknown = "I_NetLogonControl failed: Status = 1355 0x54b ERROR_NO_SUCH_DOMAIN\r\n";
    let (_, _, facts) = one("nltest /sc_verify:fabrikam.com", unknown);
    assert_eq!(facts.flag("secure_channel.no_controller"), Some(true));
    assert!(facts.get("secure_channel.ok").is_none());
}

const TRUST: &str = "netdom trust contoso.com /domain:fabrikam.com /verify";
const GOOD: &str = "The trust between contoso.com and fabrikam.com has been successfully verified\r\n\r\nThe command completed successfully.\r\n";
const BAD: &str = "The trust relationship between the primary domain and the trusted domain failed.\r\n\r\nThe command failed to complete successfully.\r\n";

#[test]
fn netdom_trust_speaks_of_two_domains_and_no_machine() {
    let of = |from: &str, shown: &str| read(from, shown).into_iter().next();
    let (kind, _, facts) = of(TRUST, GOOD).unwrap();
    assert_eq!(
        (kind, facts.text("trust.name"), facts.text("trust.trusting_domain")),
        ("ad-trust", Some("fabrikam.com"), Some("contoso.com"))
    );
    assert_eq!(facts.flag("trust.verified"), Some(true));
    // Broken by a narrow console.
    assert_eq!(
        of(TRUST, &BAD.replace("and the trusted", "and the\r\ntrusted")).unwrap().2.flag("trust.verified"),
        Some(false)
    );
    // A refusal, a list of switches and another verb are no answer.
    for (from, shown) in [
        (TRUST, "Access is denied.\r\n"),
        (TRUST, ""),
        ("netdom trust contoso.com /domain:fabrikam.com /reset", GOOD),
        ("netdom query trust", "Direction Trusted\\Trusting domain\r\n<->       fabrikam.com\r\n"),
    ] {
        assert!(of(from, shown).is_none(), "{from} {shown}");
    }
}

fn server(name: &str, domain: &str) -> Value {
    json!({"type": ["Microsoft.Exchange.Data.Directory.Management.ExchangeServer"],
        "properties": {"Name": name, "Fqdn": format!("{name}.{domain}")}})
}

#[test]
fn the_trust_in_the_direction_of_the_failing_hop_decides() {
    let verdict = |command: &str, shown: &str| {
        let mut queue = stuck_queue();
        queue["properties"]["NextHopDomain"] = json!("ex2.fabrikam.com");
        let report = analyze(&[
            queue,
            server("EX1", "contoso.com"),
            server("EX2", "fabrikam.com"),
            text(command, "EX1", shown),
        ]);
        verdict_of(&report, "smtp-temporary-auth-failure", "domain-trust-broken")
    };
    // EX1 of contoso signs in at EX2 of fabrikam: fabrikam must trust contoso.
    let needed = "netdom trust fabrikam.com /domain:contoso.com /verify";
    let nothing = verdict("hostname", "EX1");
    assert_eq!(verdict(needed, BAD), "confirmed");
    assert_eq!(verdict(needed, GOOD), "ruled_out");
    assert_eq!(verdict("netdom trust FABRIKAM /d:CONTOSO /verify", BAD), "confirmed");
    for other in [TRUST, "netdom trust fabrikam.com /domain:adatum.com /verify"] {
        assert_eq!(
            (verdict(other, BAD), verdict(other, GOOD)),
            (nothing.clone(), nothing.clone()),
            "{other}"
        );
    }
    assert_eq!(verdict(&format!("{TRUST} /twoway"), GOOD), "ruled_out");
}

#[test]
fn a_healthy_channel_and_a_healthy_trust_find_nothing() {
    let records = [
        text("netdom verify EX2 /domain:contoso.com", "EX1", VERIFIED),
        text(TRUST, "EX1", GOOD),
        server("EX1", "contoso.com"),
        server("EX2", "contoso.com"),
        text(
            "nltest /sc_verify:contoso.com",
            "EX1",
            "I_NetLogonControl failed: Status = 5 0x5 ERROR_ACCESS_DENIED\r\n",
        ),
    ];
    let report = analyze(&records);
    assert_eq!((found(&report), report["diagnoses"].as_array().unwrap().len()), (Vec::<String>::new(), 0));
}
