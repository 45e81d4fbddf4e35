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
