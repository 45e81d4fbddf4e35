//! What needs code: arithmetic, comparison across servers, the choice of a
//! receive connector.
//!
//! `configuration` judges what is set wrong without any failure seen. The other
//! files compute the facts of one pair, from A to B, that the causes' tables of
//! evidence read (`pair` lists them). Reads observations; decides no cause.

mod accounts;
mod certificates;
mod clock;
mod configuration;
mod conflict;
mod connector;
mod connector_certificate;
mod connector_choice;
mod connector_setup;
mod connector_trial;
mod directory;
mod encryption;
mod event_hints;
mod greeting;
mod hidden_verbs;
mod identity;
mod keys;
mod names;
mod pair;
mod path;
mod resolution;
mod spn;
mod symptom;
mod target;
mod virtual_server;
mod web;
mod what_if;
mod what_if_others;
mod what_if_words;
mod words;

pub use configuration::configuration;
pub use connector::Answering;
pub use greeting::names as greeted_names;
pub use names::hosts_of;
pub use pair::{facts_of, Index, Pair, PairFacts, UNNAMED};
pub use what_if::WhatIf;
pub use what_if_words::EFFECT_WORDS;
pub use words::WORDS;

use crate::fact::Observation;
use crate::finding::Subject;
use std::sync::Arc;

/// Providers whose events bear on a diagnosis even where no issue of the catalog speaks.
const SUPPORTING_PROVIDERS: &[&str] = &[
    "Security-Kerberos",
    "KDC",
    "LsaSrv",
    "NETLOGON",
    "Time-Service",
    "NTDS Replication",
    "MSExchange ADAccess",
    "MSExchangeTransport",
    "MSExchangeFrontEndTransport",
    "MSExchangeTransportDelivery",
    "MSExchangeTransportSubmission",
    "MSExchange OWA",
];

/// True when a diagnosis or a check across records may use the observation later.
pub fn keeps(observation: &Observation, matched: bool) -> bool {
    match observation.kind {
        "queue" | "message" | "reply" => matched || observation.facts.get("reply.code").is_some(),
        "event" => {
            let provider = observation.facts.text("event.provider");
            matched
                || provider
                    .is_some_and(|name| SUPPORTING_PROVIDERS.iter().any(|p| p.eq_ignore_ascii_case(name)))
        }
        _ => true,
    }
}

/// The facts that name an observation's subject, and its computer, by kind.
const SUBJECTS: &[(&str, &[&str], &[&str])] = &[
    (
        "virtual-directory",
        &["virtual_directory.identity", "virtual_directory.name"],
        &["virtual_directory.server"],
    ),
    ("queue", &["queue.identity"], &["queue.server"]),
    ("message", &["queue.identity"], &["queue.server"]),
    ("event", &["event.subject"], &["event.computer"]),
    (
        "receive-connector",
        &["receive_connector.identity", "receive_connector.name"],
        &["receive_connector.server"],
    ),
    ("exchange-server", &["exchange_server.name"], &["exchange_server.name"]),
    ("availability-group", &["availability_group.name"], &[]),
    ("mailbox-database", &["mailbox_database.name"], &["mailbox_database.server"]),
    ("spn-list", &["spn_list.account"], &["spn_list.account"]),
    ("spn-query", &["spn_query.spn"], &[]),
    ("clock-offset", &["clock.to", "clock.to_ip"], &["clock.from"]),
    ("replication-link", &["replication.destination"], &["replication.destination"]),
    ("port-test", &["port.to", "port.to_ip"], &["port.from"]),
    ("dns-answer", &["dns.name"], &[]),
    ("registry-values", &["registry.key"], &["registry.computer"]),
    ("certificate", &["certificate.subject", "certificate.thumbprint"], &["certificate.server"]),
    ("auth-config", &["auth_config.current_thumbprint"], &[]),
    ("component-state", &["component.name"], &["component.server"]),
    ("service-state", &["service.name"], &["service.computer"]),
    ("machine-sid", &["machine_sid.sid"], &["machine_sid.computer"]),
    ("edge-subscription", &["edge_subscription.name"], &["edge_subscription.name"]),
    ("edge-sync", &["edge_sync.name"], &["edge_sync.name"]),
    ("transport-service", &["transport_service.server"], &["transport_service.server"]),
    ("client-access-service", &["client_access.server"], &["client_access.server"]),
    ("service-health", &["service_health.role"], &[]),
    ("health-set", &["health.set"], &["health.server"]),
    ("network-config", &["network.computer"], &["network.computer"]),
    ("group-membership", &["membership.account"], &["membership.account"]),
    ("ad-trust", &["trust.name"], &[]),
    ("hotfix", &["hotfix.id"], &["hotfix.computer"]),
    (
        "smtp-session",
        &["smtp_session.connector", "smtp_session.server", "smtp_session.server_ip"],
        &["smtp_session.server"],
    ),
    (
        "smtp-virtual-server",
        &["smtp_virtual_server.name", "smtp_virtual_server.path"],
        &["smtp_virtual_server.computer"],
    ),
    ("smtp-inspection", &["smtp_inspection.device"], &["smtp_inspection.device"]),
    ("iis-config", &["iis.path"], &["iis.computer"]),
    ("ssl-binding", &["ssl_binding.endpoint"], &["ssl_binding.computer"]),
    ("shell-error", &["shell.target"], &["shell.computer"]),
    ("http-error", &["http.target_host"], &["http.computer"]),
    ("web-log", &["web_log.server_ip"], &["web_log.computer"]),
    ("dcdiag", &["dcdiag.test"], &["dcdiag.server"]),
];

/// What an observation is about: its kind, name and computer.
pub fn subject_of(observation: &Observation) -> Subject {
    let facts = &observation.facts;
    let named = SUBJECTS.iter().find(|(kind, ..)| *kind == observation.kind);
    let first = |names: &[&str]| names.iter().find_map(|name| facts.text(name));
    let own = named.and_then(|(_, _, names)| first(names)).map(Arc::from);
    let computer = own.or_else(|| observation.computer.clone());
    let name = match (observation.kind, facts.text("event.provider"), facts.number("event.id")) {
        ("event", provider, Some(id)) => format!("{} {id}", provider.unwrap_or("event")),
        _ => {
            let name = named.and_then(|(_, names, _)| first(names)).or(computer.as_deref());
            name.unwrap_or_default().to_owned()
        }
    };
    crate::session::subject(observation.kind, name, computer)
}
