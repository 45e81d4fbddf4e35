//! The path between A and B: what an SMTP session from A sees of B, and what B
//! offers to itself.
//!
//! A device that inspects SMTP removes or overwrites verbs on the way. Then B's
//! own console offers X-EXPS and a session from elsewhere does not, or B receives
//! HELO where an Exchange server says EHLO.

use super::pair::{Pair, PairFacts};
use crate::fact::{parse_address, Observation};
use crate::finding::Evidence;
use std::collections::BTreeMap;

/// Adds `problem.port`, `path.port_closed`, `path.port_open`, `smtp.verbs_hidden`, `smtp.verbs_seen`.
pub(super) fn add(pair: &Pair<'_>, facts: &mut PairFacts) {
    if !pair.problem.starts_with("smtp-") && pair.problem != "delivery-failure-other" {
        return;
    }
    add_ports(pair, facts);
    add_logged_connector(pair, facts);
    let sessions: Vec<&Observation> =
        pair.index.of_kind("smtp-session").filter(|o| answers(pair, o)).collect();
    let (local, mut remote): (Vec<&Observation>, Vec<&Observation>) =
        sessions.into_iter().partition(|o| o.facts.flag("smtp_session.local") == Some(true));
    pair.of_the_time(&mut remote, |seen| seen);
    let offers = |o: &&&Observation| o.facts.flag("smtp_session.offers_x_exps");
    let offered_locally = local.iter().any(|o| offers(&o) == Some(true));
    let place = |o: &Observation, names: &[&str]| -> Vec<Evidence> {
        names.iter().find_map(|name| o.facts.get(name)).map(|fact| o.evidence(fact)).into_iter().collect()
    };
    let mut hidden: Vec<Evidence> = Vec::new();
    let mut seen: Vec<Evidence> = Vec::new();
    for session in &remote {
        let from_a = from_sender(pair, session);
        // What stands before B stands before everybody; a session of another server may have its own way.
        if session.facts.flag("smtp_session.banner_masked") == Some(true) && !from_other(pair, session) {
            hidden.extend(place(session, &["smtp_session.banner_masked"]));
        }
        // Exchange says EHLO; a HELO that arrives was made on the way, where the server itself speaks ESMTP.
        if session.facts.flag("smtp_session.helo") == Some(true) && from_a && offered_locally {
            hidden.extend(place(session, &["smtp_session.helo"]));
        }
        match offers(&session) {
            Some(false) if offered_locally && from_a => {
                hidden.extend(place(session, &["smtp_session.offers_x_exps"]));
            }
            Some(true) if from_a => seen.extend(place(session, &["smtp_session.offers_x_exps"])),
            _ => {}
        }
    }
    if !hidden.is_empty() {
        facts.add_flag("smtp.verbs_hidden", true, hidden);
    } else if !seen.is_empty() {
        facts.add_flag("smtp.verbs_seen", true, seen);
    }
    if offered_locally {
        let places = local.iter().filter(|o| offers(o) == Some(true));
        let places = places.flat_map(|o| place(o, &["smtp_session.offers_x_exps"])).collect();
        facts.add_flag("smtp.verbs_offered_locally", true, places);
    }
}

/// The session is one that B answered.
fn answers(pair: &Pair<'_>, session: &Observation) -> bool {
    let facts = &session.facts;
    let server = facts.text("smtp_session.server").or(facts.text("smtp_session.server_ip"));
    match server.and_then(|name| pair.hosts.find(name)) {
        Some(host) => pair.to == Some(host),
        // A receive log without a name: the computer it lies on is the one that answered.
        None => {
            let receiver = facts.text("smtp_session.side") == Some("receive");
            let computer = session.computer.as_deref().and_then(|name| pair.hosts.find(name));
            receiver && computer.is_some() && computer == pair.to
        }
    }
}

/// The session came from A.
pub(super) fn from_sender(pair: &Pair<'_>, session: &Observation) -> bool {
    let Some(a) = pair.from else { return false };
    let facts = &session.facts;
    let named = [facts.text("smtp_session.client"), facts.text("smtp_session.client_ip")];
    if named.into_iter().flatten().any(|name| pair.hosts.find(name) == Some(a)) {
        return true;
    }
    // An address that is nobody's, seen where A's own address is not known at all.
    let address = facts.text("smtp_session.client_ip").and_then(parse_address);
    let own_known = pair.hosts.get(a).is_some_and(|host| !host.addresses.is_empty());
    let stranger = address.is_some_and(|address| pair.hosts.of_address(address).is_none());
    stranger && !own_known && pair.senders_failing <= 1
}

/// The session came from a known server that is not A.
fn from_other(pair: &Pair<'_>, session: &Observation) -> bool {
    let names = ["smtp_session.client", "smtp_session.client_ip"];
    let client = names.iter().filter_map(|name| session.facts.text(name)).find_map(|n| pair.hosts.find(n));
    pair.from.is_some() && client.is_some_and(|client| Some(client) != pair.from)
}

/// Names that setup gives the connectors on which Exchange servers are received.
const OF_SETUP: [&str; 3] = ["default", "client", "outbound proxy"];

/// The connector that B's receive log shows at work for A, where it is nobody's default one and
/// offered A no Exchange Server authentication.
fn add_logged_connector(pair: &Pair<'_>, facts: &mut PairFacts) {
    let (mut names, mut places) = (Vec::new(), Vec::new());
    for seen in pair.index.of_kind("smtp-session") {
        let Some(name) = seen.facts.text("smtp_session.connector") else { continue };
        let bare = name.rsplit('\\').next().unwrap_or(name).to_lowercase();
        let custom = !OF_SETUP.iter().any(|prefix| bare.starts_with(prefix));
        let receives = seen.facts.text("smtp_session.side") == Some("receive");
        let silent = seen.facts.flag("smtp_session.offers_x_exps") == Some(false);
        let of_pair = pair.from.is_none() || from_sender(pair, seen);
        if custom && receives && silent && of_pair {
            names.push(name.to_owned());
            places.extend(seen.evidence_of("smtp_session.connector"));
        }
    }
    facts.add_list("smtp.custom_connector", names, places);
}

/// Ports on which transport services reach each other.
const MAIL_PORTS: [f64; 5] = [25.0, 2525.0, 465.0, 475.0, 717.0];

/// Whether B's mail port answers A: the port that the failure names, else any that servers use.
fn add_ports(pair: &Pair<'_>, facts: &mut PairFacts) {
    let called = pair.witnesses.iter().find_map(|seen| {
        let port = seen.facts.get("reply.port")?;
        Some((seen.facts.number("reply.port")?, seen.evidence(port)))
    });
    if let Some((port, place)) = &called {
        facts.add_number("problem.port", *port, vec![place.clone()]);
    }
    let named = |seen: &Observation, names: &[&str]| {
        names.iter().filter_map(|name| seen.facts.text(name)).find_map(|name| pair.hosts.find(name))
    };
    let (mut open, mut closed) = ((Vec::new(), Vec::new()), (Vec::new(), Vec::new()));
    let mut by_port: BTreeMap<u64, Vec<&Observation>> = BTreeMap::new();
    for seen in pair.index.of_host("port-test", pair.from) {
        let Some(port) = seen.facts.number("port.number") else { continue };
        let wanted = match &called {
            Some((called, _)) => port == *called,
            None => MAIL_PORTS.contains(&port),
        };
        if !wanted || pair.to.is_none() || named(seen, &["port.to", "port.to_ip"]) != pair.to {
            continue;
        }
        by_port.entry(port.to_bits()).or_default().push(seen);
    }
    by_port.values_mut().for_each(|tests| pair.of_the_time(tests, |seen| seen));
    for (port, seen) in by_port.iter().flat_map(|(port, tests)| tests.iter().map(|seen| (*port, *seen))) {
        let port = f64::from_bits(port);
        let list = match seen.facts.flag("port.open") {
            Some(true) => &mut open,
            Some(false) if seen.facts.flag("port.name_resolved") != Some(false) => &mut closed,
            _ => continue,
        };
        list.0.push(format!("{port}"));
        list.1.extend(seen.evidence_of("port.open"));
    }
    facts.add_list("path.port_open", open.0, open.1);
    facts.add_list("path.port_closed", closed.0, closed.1);
}
