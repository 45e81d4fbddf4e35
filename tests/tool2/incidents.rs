//! The texts of real incidents in `../shared/cases`, read as what they are.
//!
//! Says what it skips where the incidents are not there.
use super::facts_of;
use exauth::fact::FactTable;
use exauth::record::{read_records, records_of_text, Body};
use std::path::Path;

/// Kind and facts of every text of a case, whose `from` begins like this.
fn texts(case: &str, from: &str) -> Option<Vec<(&'static str, FactTable)>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/cases").join(case);
    if !folder.is_dir() {
        println!("skipped: {} is not there", folder.display());
        return None;
    }
    let mut all = Vec::new();
    for file in ["symptoms.jsonl", "evidence.jsonl"] {
        let bytes = std::fs::read(folder.join(file)).unwrap();
        read_records(&bytes, 0, |record| {
            let record = record.unwrap();
            let named = record.from.as_deref().unwrap_or_default().starts_with(from);
            if matches!(record.body, Body::Text(_)) && named {
                all.extend(records_of_text(&record).iter().map(facts_of));
            }
        });
    }
    Some(all)
}

#[test]
fn a_relay_connector_that_took_the_session_names_itself() {
    let Some(all) = texts("c06", "SmtpReceive") else { return };
    let (kind, facts) = &all[0];
    assert_eq!((all.len(), *kind), (1, "smtp-session"));
    assert_eq!(facts.text("smtp_session.connector"), Some("Anonymous Relay for internal devices"));
    assert_eq!(
        (facts.text("smtp_session.server"), facts.text("smtp_session.client_ip")),
        (Some("EX07"), Some("10.10.0.13"))
    );
    assert_eq!(facts.flag("smtp_session.offers_x_exps"), Some(false));
}

#[test]
fn one_side_says_ehlo_and_the_other_hears_helo() {
    let Some(sent) = texts("c15", "SmtpSend") else { return };
    let facts = &sent[0].1;
    assert_eq!(
        (facts.text("smtp_session.side"), facts.flag("smtp_session.helo")),
        (Some("send"), Some(false))
    );
    assert_eq!(facts.flag("smtp_session.offers_x_exps"), Some(false));
    assert_eq!(
        (facts.text("smtp_session.client"), facts.text("smtp_session.server")),
        (Some("EX1"), Some("EX2.contoso.com"))
    );
    let heard = texts("c15", "SmtpReceive").unwrap();
    assert_eq!(heard[0].1.flag("smtp_session.helo"), Some(true));
    assert_eq!(heard[0].1.text("smtp_session.server"), Some("EX2"));
    let local = texts("c15", "telnet").unwrap();
    let facts = &local[0].1;
    assert_eq!(
        (facts.flag("smtp_session.local"), facts.text("smtp_session.server")),
        (Some(true), Some("EX2"))
    );
    assert_eq!(facts.flag("smtp_session.offers_x_exps"), Some(true));
}

#[test]
fn a_service_that_is_not_active_is_told_by_console_and_log() {
    let Some(typed) = texts("n04", "telnet") else { return };
    assert_eq!(typed[0].1.flag("smtp_session.component_inactive"), Some(true));
    assert_eq!(typed[0].1.flag("smtp_session.offers_x_exps"), Some(true));
    assert_eq!((typed[1].0, typed[1].1.text("reply.code")), ("reply", Some("412")));
    let logged = texts("n04", "Connectivity").unwrap();
    assert_eq!(logged[0].1.flag("smtp_session.component_inactive"), Some(true));
}

#[test]
fn endpoints_providers_and_shells_of_the_incidents_are_read() {
    let Some(bindings) = texts("c24", "netsh") else { return };
    let back: Vec<_> =
        bindings.iter().filter(|(_, facts)| facts.flag("ssl_binding.is_backend") == Some(true)).collect();
    assert_eq!((bindings.len(), back.len()), (3, 1));
    assert_eq!(back[0].1.text("ssl_binding.hash"), Some("3E5D07C1B2A94F6680D1C7E5A9B3F4286C1D0E97"));
    let shell = texts("c24", "New-PSSession").unwrap();
    assert_eq!((shell[0].0, shell[0].1.text("shell.target")), ("shell-error", Some("xy.local.contoso.com")));
    let metabase = texts("c32", "cscript").unwrap();
    let offers: Vec<_> = metabase.iter().map(|(_, facts)| facts.flag("iis.offers_negotiate")).collect();
    assert_eq!(offers, [Some(false), Some(true), None]);
    let answer = texts("c32", "curl").unwrap();
    assert_eq!(answer[0].1.text("iis.computer"), Some("exbe01.contoso.com"));
    let section = texts("c33", "appcmd").unwrap();
    assert_eq!(section[0].1.list("iis.providers").unwrap(), ["Negotiate", "NTLM"]);
    assert_eq!(section[0].1.text("iis.path"), Some("Default Web Site/owa"));
    let virtual_servers = texts("c26", "cscript").unwrap();
    let names: Vec<_> =
        virtual_servers.iter().map(|(_, facts)| facts.text("smtp_virtual_server.fqdn").unwrap()).collect();
    assert_eq!(names, ["exvs01.domain.com", "server.domain.com"]);
    let shell = texts("c40", "Exchange").unwrap();
    assert_eq!((shell[0].0, shell[0].1.text("shell.target")), ("shell-error", Some("EX19-1.contoso.com")));
    assert_eq!(texts("c40", "netsh").unwrap()[0].1.flag("ssl_binding.is_backend"), Some(true));
    let page = texts("c11", "").unwrap();
    assert_eq!((page[0].0, page[0].1.number("http.status")), ("http-error", Some(503.0)));
}

#[test]
fn addresses_failed_logons_and_empty_answers_of_the_incidents_are_read() {
    let Some(network) = texts("c38", "ipconfig") else { return };
    let addresses: Vec<_> =
        network.iter().map(|(_, facts)| facts.list("network.addresses").unwrap().join(" ")).collect();
    assert_eq!(addresses, ["10.8.0.50 10.8.0.21 10.8.1.21", "10.8.0.50 10.8.0.22 10.8.1.22"]);
    assert!(network.iter().all(|(_, facts)| facts.get("network.dns_servers").is_none()));
    let guesses = texts("n01", "SmtpReceive").unwrap();
    assert!(!guesses.is_empty());
    for (kind, facts) in &guesses {
        assert_eq!(
            (*kind, facts.text("smtp_session.auth_failed_word")),
            ("smtp-session", Some("LogonDenied"))
        );
        assert_eq!(facts.flag("smtp_session.offers_x_exps"), Some(false));
    }
    // A log without such events is no error.
    assert!(texts("c08", "Get-WinEvent").unwrap().is_empty());
}
