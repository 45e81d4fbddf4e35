//! Settings that will not let an Exchange server sign in, whether a failure was seen or not.
//!
//! Speaks only where a healthy organisation cannot look the same: a relay
//! connector without Exchange Server authentication is normal, a default one is
//! not. The words are in the catalog (`"check": true`).

use super::connector_choice::Connector;
use super::connector_setup::is_name_of;
use super::spn::SMTP_CLASSES;
use crate::fact::{short_name, FactTable, Hosts, Observation};
use crate::finding::{Evidence, Finding, Outcome, Subject};
use crate::Catalog;
use std::collections::BTreeMap;
use std::sync::Arc;

/// SPN classes that Exchange or its web services are asked by.
const EXCHANGE_CLASSES: [&str; 7] =
    ["SMTP", "SMTPSVC", "HTTP", "HOST", "exchangeMDB", "exchangeRFR", "exchangeAB"];

/// Findings that need all records of a server.
pub fn configuration(catalog: &Catalog, observations: &[Observation], hosts: &Hosts) -> Vec<Finding> {
    let mut findings = super::hidden_verbs::findings(catalog, observations, hosts);
    findings.extend(super::identity::findings(catalog, observations, hosts));
    findings.extend(super::conflict::findings(catalog, observations, hosts));
    connectors(catalog, observations, hosts, &mut findings);
    for seen in observations {
        match seen.kind {
            "spn-list" => missing_spns(catalog, seen, hosts, &mut findings),
            "spn-duplicates" => duplicate_spns(catalog, seen, &mut findings),
            "service-state" => stopped_kdc(catalog, seen, hosts, &mut findings),
            _ => {}
        }
    }
    findings
}

/// A finding in the catalog's words; `None` when a pack took the issue away or gave it a
/// condition of its own.
pub(super) fn speak(
    catalog: &Catalog,
    id: &str,
    outcome: Outcome,
    subject: Subject,
    words: FactTable,
    evidence: Vec<Evidence>,
) -> Option<Finding> {
    let issue = catalog.issue(id).filter(|issue| issue.check)?;
    let captures = words.iter().map(|fact| (Arc::from(&*fact.name), fact.value.to_string())).collect();
    Some(Finding {
        schema: "exauth.finding/1",
        id: issue.id.clone(),
        problem: issue.problem.clone(),
        outcome,
        severity: issue.severity,
        causes: issue.causes.clone(),
        subject,
        from: None,
        to: None,
        time: None,
        title: issue.title.clone(),
        message: issue.message.fill(&words),
        captures,
        missing: Vec::new(),
        evidence,
        part: 0,
    })
}

fn connectors(catalog: &Catalog, observations: &[Observation], hosts: &Hosts, findings: &mut Vec<Finding>) {
    // By server as written: a list of one server's connectors is judged as a whole.
    let mut by_server: BTreeMap<String, Vec<&Observation>> = BTreeMap::new();
    for seen in observations.iter().filter(|o| o.kind == "receive-connector") {
        let server = seen.facts.text("receive_connector.server").unwrap_or_default();
        by_server.entry(short_name(server)).or_default().push(seen);
    }
    for seen in by_server.values() {
        let all: Vec<Connector> = seen.iter().filter_map(|o| Connector::read(o)).collect();
        for connector in &all {
            judge_connector(catalog, connector, &all, findings);
            judge_full_name(catalog, connector, hosts, findings);
        }
    }
}

/// What a connector's place says about whether Exchange servers must be able to sign in there.
enum Place {
    /// It answers Exchange servers: everyone's connector on a relay port, or a proxy port of 2013 and later.
    Theirs,
    /// It may; a narrower connector that was not given could answer them.
    Open,
    /// It answers somebody else.
    Other,
}

fn place(connector: &Connector<'_>, all: &[Connector<'_>]) -> Place {
    let setup = &connector.setup;
    if !setup.takes_everyone() {
        return Place::Other;
    }
    let ports = setup.ports();
    let on = |port: u16| ports.contains(&port);
    // Front end and transport service of one or two servers meet here (default connectors of 2013+).
    let role = setup.role.as_deref().unwrap_or_default();
    if (role == "hubtransport" && on(465)) || (role == "frontendtransport" && on(717)) {
        return Place::Theirs;
    }
    if !on(25) && !on(2525) {
        return Place::Other;
    }
    let same_port = |other: &&Connector| {
        !std::ptr::eq(*other, connector) && other.setup.ports().intersection(&ports).next().is_some()
    };
    // An organisation may give the servers a narrower connector of their own.
    if all.iter().filter(same_port).any(|other| other.setup.admits() && other.setup.lies_within(setup)) {
        return Place::Other;
    }
    let shipped = setup.name.to_lowercase().starts_with("default ");
    if shipped || on(2525) || all.iter().any(|other| same_port(&other)) {
        Place::Theirs
    } else {
        Place::Open
    }
}

fn judge_connector(
    catalog: &Catalog,
    connector: &Connector<'_>,
    all: &[Connector<'_>],
    findings: &mut Vec<Finding>,
) {
    let Some(seen) = connector.observation() else { return };
    let outcome_if_wrong = match place(connector, all) {
        Place::Theirs => Outcome::Found,
        Place::Open => Outcome::Unknown,
        Place::Other => return,
    };
    for (id, setting, fact) in [
        ("config-connector-exchange-auth-off", connector.setup.auth, "receive_connector.auth_mechanism"),
        (
            "config-connector-permission-missing",
            connector.setup.permitted,
            "receive_connector.permission_groups",
        ),
    ] {
        let outcome = match setting {
            Some(true) => Outcome::Clear,
            Some(false) => outcome_if_wrong,
            None => Outcome::Unknown,
        };
        let mut words = FactTable::default();
        words.add_text("connector", connector.setup.name.clone(), "Name");
        words.add_text("server", seen.facts.text("receive_connector.server").unwrap_or("?"), "Server");
        let written = seen.facts.list(fact).unwrap_or_default().join(", ");
        words.add_text(
            "setting",
            if written.is_empty() { "None".to_owned() } else { written },
            "AuthMechanism",
        );
        let found = speak(catalog, id, outcome, super::subject_of(seen), words, seen.evidence_of(fact));
        findings.extend(found.map(|mut finding| {
            if outcome == Outcome::Unknown {
                finding.missing = vec![super::words::say(catalog, super::words::ALL_CONNECTORS, &[])];
            }
            finding
        }));
    }
}

fn judge_full_name(catalog: &Catalog, connector: &Connector<'_>, hosts: &Hosts, findings: &mut Vec<Finding>) {
    let Some(seen) = connector.observation() else { return };
    let facts = &seen.facts;
    let server =
        facts.text("receive_connector.server").and_then(|name| hosts.find(name)).and_then(|id| hosts.get(id));
    let (Some(host), Some(written), Some(true)) =
        (server, facts.text("receive_connector.fqdn"), connector.setup.auth)
    else {
        return;
    };
    // A full name whose first label is the server's is right as far as can be seen without its own object.
    let fits = is_name_of(written, host);
    // In a pasted text the beginning of the right name may be all that is left of it; an object's
    // property is whole.
    let right = host.fqdn.as_deref().unwrap_or(&host.short);
    let cut = seen.from_text && right.starts_with(&written.to_lowercase());
    let mut words = FactTable::default();
    words.add_text("connector", connector.setup.name.clone(), "Name");
    words.add_text("server", host.name.clone(), "Server");
    words.add_text("fqdn", written, "Fqdn");
    let (outcome, missing) = match (fits, cut) {
        (true, _) => (Outcome::Clear, Vec::new()),
        (false, true) => (Outcome::Unknown, vec![super::words::say(catalog, super::words::WHOLE_FQDN, &[])]),
        (false, false) => (Outcome::Found, Vec::new()),
    };
    let places = seen.evidence_of("receive_connector.fqdn");
    let subject = super::subject_of(seen);
    let found = speak(catalog, "config-connector-fqdn-mismatch", outcome, subject, words, places);
    findings.extend(found.map(|finding| Finding { missing, ..finding }));
}

/// The four names under which a transport server is asked for a ticket.
fn missing_spns(catalog: &Catalog, seen: &Observation, hosts: &Hosts, findings: &mut Vec<Finding>) {
    let (Some(account), Some(spns)) = (seen.facts.text("spn_list.account"), seen.facts.list("spn_list.spns"))
    else {
        return;
    };
    // The names are those of the other account of the name.
    if seen.facts.get("spn_list.conflict_of").is_some() {
        return;
    }
    let lower: Vec<String> = spns.iter().map(|spn| spn.to_lowercase()).collect();
    let host = hosts.find(account).and_then(|id| hosts.get(id));
    let short = short_name(account);
    // Any computer may be listed: only one that is an Exchange transport server must have them.
    let known = host.is_some_and(|host| host.is_exchange && !host.is_edge);
    let looks = lower.iter().any(|spn| spn.starts_with("exchange") || spn.starts_with("smtp"));
    if !known && !looks {
        return;
    }
    let full = host.and_then(|host| host.fqdn.clone());
    let has_full = |class: &str| match &full {
        Some(full) => lower.contains(&format!("{class}/{full}")),
        None => lower.iter().any(|spn| spn.starts_with(&format!("{class}/{short}."))),
    };
    let mut missing = Vec::new();
    for class in SMTP_CLASSES {
        let low = class.to_lowercase();
        if !lower.contains(&format!("{low}/{short}")) {
            missing.push(format!("{class}/{account}"));
        }
        if !has_full(&low) {
            missing.push(format!(
                "{class}/{}",
                full.clone().unwrap_or_else(|| {
                    format!(
                        "<{}>",
                        super::words::say(catalog, super::words::FULL_NAME, &[("account", account)])
                    )
                })
            ));
        }
    }
    // Before 2013 a server may have no transport role and then carries none of the four by design.
    let always_transport = host.and_then(|host| host.exchange_major).is_some_and(|major| major >= 15);
    let outcome = match missing.len() {
        0 => Outcome::Clear,
        4 if !always_transport => Outcome::Unknown,
        _ => Outcome::Found,
    };
    let mut words = FactTable::default();
    words.add_text("server", account, "Account");
    words.add_text("spn", missing.join(", "), "Spns");
    let places = seen.evidence_of("spn_list.spns");
    findings.extend(speak(catalog, "config-spn-missing", outcome, super::subject_of(seen), words, places));
}

/// A Kerberos service that is stopped: on a member server, as every server of Exchange but an odd
/// one is, that is the normal state, and disabled it is a member's in any case.
fn stopped_kdc(catalog: &Catalog, seen: &Observation, hosts: &Hosts, findings: &mut Vec<Finding>) {
    let Some(stopped) = seen.facts.flag("service.kdc_stopped") else { return };
    let computer = seen.facts.text("service.computer").or(seen.computer.as_deref());
    let host = computer.and_then(|name| hosts.find(name)).and_then(|id| hosts.get(id));
    // Every server has the service, and all but domain controllers have it disabled and stopped.
    let disabled = seen.facts.flag("service.disabled");
    if host.is_some_and(|host| host.is_exchange) || disabled == Some(true) {
        return;
    }
    let outcome = match (stopped, disabled) {
        (false, _) => Outcome::Clear,
        (true, None) => Outcome::Unknown,
        (true, Some(_)) => Outcome::Found,
    };
    let mut words = FactTable::default();
    words.add_text("computer", computer.unwrap_or_default(), "MachineName");
    let subject = super::subject_of(seen);
    let places = seen.evidence_of("service.kdc_stopped");
    findings.extend(speak(catalog, "config-kdc-stopped", outcome, subject, words, places).map(
        |mut finding| {
            finding.to = computer.map(str::to_owned);
            if outcome == Outcome::Unknown {
                finding.missing = vec![super::words::say(catalog, super::words::START_TYPE, &[])];
            }
            finding
        },
    ));
}

fn duplicate_spns(catalog: &Catalog, seen: &Observation, findings: &mut Vec<Finding>) {
    let groups = seen.facts.list("spn_duplicates.groups").unwrap_or_default();
    let relevant = groups.iter().filter(|group| {
        let class = group.split('/').next().unwrap_or_default();
        EXCHANGE_CLASSES.iter().any(|known| known.eq_ignore_ascii_case(class))
    });
    for group in relevant {
        let mut parts = group.split('|');
        let spn = parts.next().unwrap_or_default();
        let accounts: Vec<&str> = parts.collect();
        let mut words = FactTable::default();
        words.add_text("spn", spn, "Groups");
        let accounts = accounts.into_iter().map(str::to_owned);
        let all = accounts.reduce(|first, second| {
            super::words::say(catalog, super::words::AND, &[("first", &first), ("second", &second)])
        });
        words.add_text("accounts", all.unwrap_or_default(), "Groups");
        let subject = crate::session::subject(seen.kind, spn.to_owned(), None);
        let places = seen.evidence_of("spn_duplicates.groups");
        findings.extend(speak(catalog, "config-spn-duplicate", Outcome::Found, subject, words, places));
    }
}
