//! Which captured samples are read, and which kinds of records they may give.
use serde_json::Value;

/// Prefixes of the files of tools that are read, and the kinds that their samples may give.
const COVERED: [(&str, &[&str]); 21] = [
    ("setspn-L", &["spn-list"]),
    ("setspn-Q", &["spn-query"]),
    ("setspn-X", &["spn-duplicates"]),
    ("setspn-err", &["tool-error"]),
    ("setspn-dup-abort", &["tool-error"]),
    ("w32tm-stripchart", &["clock-offset"]),
    ("w32tm-monitor", &["clock-offset"]),
    ("w32tm-query", &["time-status"]),
    ("w32tm-service", &["time-status"]),
    ("repadmin-replsummary", &["replication-summary"]),
    ("repadmin", &["replication-link"]),
    ("tnc", &["port-test"]),
    ("portqry", &["port-test"]),
    ("nltest", &["secure-channel", "tool-error"]),
    ("klist", &["kerberos-tickets", "tool-error"]),
    ("smtp-ehlo", &["smtp-session", "reply"]),
    ("smtpsend", &["smtp-session"]),
    ("connectivity", &["smtp-session"]),
    ("dcdiag", &["dcdiag"]),
    ("exch-asa", &["client-access-service"]),
    ("exch-rollasa", &["client-access-service", "asa-roll"]),
];

/// Samples that say nothing that is a fact here, although their tool is read.
pub fn says_nothing(row: &Value) -> bool {
    let file = row["file"].as_str().unwrap();
    // Changes are no lists; a list of controllers, a purge and sessions hold no facts.
    let silent = [
        "setspn-S-",
        "setspn-A-",
        "setspn-D-",
        "nltest-dclist",
        "nltest-dsgetdc-fr",
        "klist-purge",
        "klist-sessions",
        "reg-lsa-kerberos-steps",
    ];
    silent.iter().any(|prefix| file.starts_with(prefix))
}

pub fn covered(file: &str) -> Option<&'static [&'static str]> {
    let more: [(&str, &[&str]); 3] = [
        ("netdom", &["secure-channel"]),
        ("testcomputersecurechannel", &["secure-channel"]),
        ("reg-", &["registry-values"]),
    ];
    COVERED.iter().chain(&more).find(|(prefix, _)| file.starts_with(prefix)).map(|(_, kinds)| *kinds)
}
