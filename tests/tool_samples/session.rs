//! What the catalogue of captured output says about SMTP sessions, dcdiag and the roll script.
use exauth::fact::FactTable;
use serde_json::Value;

/// True for the samples that are compared here.
pub fn is_one(file: &str) -> bool {
    ["dcdiag", "smtp", "connectivity", "exch-"].iter().any(|prefix| file.starts_with(prefix))
}

/// Asserts the facts of the catalogue for one sample.
pub fn check(file: &str, want: &Value, all: &[(&'static str, FactTable)]) {
    let first = &all[0].1;
    for wanted in want["tests"].as_array().into_iter().flatten() {
        let is_it = |facts: &FactTable| facts.text("dcdiag.test") == wanted[0].as_str();
        let facts = &all.iter().find(|(_, facts)| is_it(facts)).unwrap().1;
        assert_eq!(facts.text("dcdiag.server"), wanted[1].as_str(), "{file}");
        assert_eq!(facts.flag("dcdiag.passed"), Some(wanted[2] == "passed"), "{file}");
    }
    if file.starts_with("smtp-ehlo") {
        assert_eq!(first.flag("smtp_session.offers_x_exps"), Some(true), "{file}");
        assert_eq!(first.flag("smtp_session.offers_x_anonymoustls"), want["x_anonymoustls"].as_bool());
        let reply = want["reply"].as_str().unwrap();
        assert!(first.list("smtp_session.replies").unwrap()[0].starts_with(reply), "{file}");
    } else if file.starts_with("smtpsend") {
        assert_eq!(first.text("smtp_session.side"), Some("send"), "{file}");
        assert_eq!(first.flag("smtp_session.offers_x_exps"), Some(false), "{file}");
    } else if file.starts_with("connectivity") {
        assert_eq!(first.flag("smtp_session.component_inactive"), Some(true), "{file}");
    } else if file.starts_with("exch-asa") {
        assert_eq!(first.text("client_access.server"), want["name"].as_str(), "{file}");
        assert_eq!(first.text("client_access.asa_account"), want["latest"][1].as_str(), "{file}");
    } else if let Some(succeeded) = want["succeeded"].as_bool() {
        let roll = &all.iter().find(|(kind, _)| *kind == "asa-roll").unwrap().1;
        assert_eq!(roll.flag("asa_roll.succeeded"), Some(succeeded), "{file}");
    }
}
