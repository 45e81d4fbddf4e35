//! The path between A and B: what an SMTP session from A sees of B, and what B
//! offers to itself.
//!
//! A device that inspects SMTP removes or overwrites verbs on the way. Then B's
//! own console offers X-EXPS and a session from elsewhere does not, or B receives
//! HELO where an Exchange server says EHLO.

use super::keys;
use super::pair::{Pair, PairFacts};
use crate::fact::{parse_address, HostId, Observation};
use crate::finding::Evidence;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;

/// Adds what is the same for every pair: `inspection.smtp`, firewalls that inspect SMTP, wherever they stand.
pub(super) fn add_shared(pair: &Pair<'_>, facts: &mut PairFacts) {
    let (mut inspecting, mut places) = (Vec::new(), Vec::new());
    for seen in pair.index.of_kind("smtp-inspection") {
        let Some(setting) = seen.facts.text("smtp_inspection.setting") else { continue };
        // A map of somebody's own may leave everything as it is; without a packet it has seen no SMTP.
        let own_map = seen.facts.get("smtp_inspection.map").is_some();
        if own_map || seen.facts.number("smtp_inspection.packets") == Some(0.0) {
            continue;
        }
        let device = seen.facts.text("smtp_inspection.device").map(|device| format!("{device}: {setting}"));
        inspecting.push(device.unwrap_or_else(|| setting.to_owned()));
        places.extend(seen.evidence_of("smtp_inspection.setting"));
    }
    facts.add_list("inspection.smtp", inspecting, places);
}

/// Adds `problem.port`, `path.port_closed`, `path.port_open`, `smtp.custom_connector`, `smtp.helo_heard`,
/// `smtp.verbs_hidden`, `smtp.verbs_seen`, `smtp.verbs_offered_locally`.
pub(super) fn add(pair: &Pair<'_>, facts: &mut PairFacts) {
    if !pair.problem.starts_with("smtp-") && pair.problem != "delivery-failure-other" {
        return;
    }
    add_ports(pair, facts);
    add_logged_connector(pair, facts);
    let sessions = sessions(pair);
    let (local, mut remote): (Vec<&Observation>, Vec<&Observation>) =
        sessions.into_iter().partition(|o| o.facts.flag("smtp_session.local") == Some(true));
    pair.of_the_time(&mut remote, |seen| seen);
    let offers = |o: &&&Observation| o.facts.flag("smtp_session.offers_x_exps");
    let offered_locally = local.iter().any(|o| offers(&o) == Some(true));
    let place = |o: &Observation, names: &[&str]| -> Vec<Evidence> {
        names.iter().find_map(|name| o.facts.get(name)).map(|fact| o.evidence(fact)).into_iter().collect()
    };
    let senders = senders(pair);
    let mut helo: Vec<Evidence> = Vec::new();
    let mut hidden: Vec<Evidence> = Vec::new();
    let mut seen: Vec<Evidence> = Vec::new();
    for session in &remote {
        let clients = keys::clients(session, pair.hosts);
        let from_a = senders.iter().any(|sender| clients.contains(sender));
        // What stands before B stands before everybody; a session of another server may have its own way.
        if session.facts.flag("smtp_session.banner_masked") == Some(true) && !from_other(pair, &clients) {
            hidden.extend(place(session, &["smtp_session.banner_masked"]));
        }
        // Exchange says EHLO; a HELO that arrives was made on the way, where the server itself speaks ESMTP.
        if session.facts.flag("smtp_session.helo") == Some(true) && from_a && offered_locally {
            hidden.extend(place(session, &["smtp_session.helo"]));
        }
        let heard = session.facts.text("smtp_session.side") == Some("receive");
        if session.facts.flag("smtp_session.helo") == Some(true) && from_a && heard {
            helo.extend(place(session, &["smtp_session.helo"]));
        }
        match offers(&session) {
            Some(false) if offered_locally && from_a => {
                hidden.extend(place(session, &["smtp_session.offers_x_exps"]));
            }
            Some(true) if from_a => seen.extend(place(session, &["smtp_session.offers_x_exps"])),
            _ => {}
        }
    }
    if !helo.is_empty() {
        facts.add_flag("smtp.helo_heard", true, helo);
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

/// Sessions that B answered, as far as they bear on the pair: its own, those in which its words were
/// written over, and A's.
fn sessions<'o>(pair: &Pair<'o>) -> Vec<&'o Observation> {
    let Some(to) = pair.to else { return Vec::new() };
    let mut ends = vec![(keys::SESSION_LOCAL, None, Some(to)), (keys::SESSION_MASKED, None, Some(to))];
    ends.extend(senders(pair).into_iter().map(|sender| (keys::SESSION, sender, Some(to))));
    pair.index.of_ends(&ends)
}

/// As whom A may stand in a session: as itself, and as nobody where its addresses are not known.
pub(super) fn senders(pair: &Pair<'_>) -> Vec<Option<HostId>> {
    let Some(a) = pair.from else { return Vec::new() };
    let own_known = pair.hosts.get(a).is_some_and(|host| !host.addresses.is_empty());
    let as_nobody = !own_known && pair.senders_failing <= 1;
    [Some(a)].into_iter().chain(as_nobody.then_some(None)).collect()
}

/// The addresses from which each server, and nobody that is known, was seen to come, and that it called.
#[derive(Default)]
pub(super) struct Callers(HashMap<Option<HostId>, Called>);

#[derive(Default)]
struct Called {
    from: BTreeSet<IpAddr>,
    to: BTreeSet<IpAddr>,
}

impl Callers {
    /// Reads all sessions.
    pub(super) fn of(pair: &Pair<'_>) -> Callers {
        let mut callers = Callers::default();
        for seen in pair.index.of_kind("smtp-session") {
            let address = |name| seen.facts.text(name).and_then(parse_address);
            for client in keys::clients(seen, pair.hosts) {
                let called = callers.0.entry(client).or_default();
                called.from.extend(address("smtp_session.client_ip"));
                called.to.extend(address("smtp_session.server_ip"));
            }
        }
        callers
    }

    /// The addresses of A.
    pub(super) fn addresses<'c>(&'c self, pair: &Pair<'_>) -> impl Iterator<Item = IpAddr> + 'c {
        senders(pair)
            .into_iter()
            .filter_map(|sender| self.0.get(&sender))
            .flat_map(|c| c.from.iter().copied())
    }

    /// The address that A called; of several, two that show that it is not one.
    pub(super) fn two_called<'c>(&'c self, pair: &Pair<'_>) -> impl Iterator<Item = IpAddr> + 'c {
        let called = senders(pair).into_iter().filter_map(|sender| self.0.get(&sender));
        called.flat_map(|called| called.to.iter().take(2).copied())
    }
}

/// A session's client is a known server that is not A.
fn from_other(pair: &Pair<'_>, clients: &[Option<HostId>]) -> bool {
    let client = clients.iter().flatten().next();
    pair.from.is_some() && client.is_some_and(|client| Some(*client) != pair.from)
}

/// Names that setup gives the connectors on which Exchange servers are received.
const OF_SETUP: [&str; 3] = ["default", "client", "outbound proxy"];

/// A receive log's session at a connector that setup did not make, which offered no Exchange Server
/// authentication.
pub(super) fn is_at_custom_connector(session: &Observation) -> bool {
    let Some(name) = session.facts.text("smtp_session.connector") else { return false };
    let bare = name.rsplit('\\').next().unwrap_or(name).to_lowercase();
    !OF_SETUP.iter().any(|prefix| bare.starts_with(prefix))
        && session.facts.text("smtp_session.side") == Some("receive")
        && session.facts.flag("smtp_session.offers_x_exps") == Some(false)
}

/// The connector that B's receive log shows at work for A, where it is nobody's default one and
/// offered A no Exchange Server authentication.
fn add_logged_connector(pair: &Pair<'_>, facts: &mut PairFacts) {
    let (mut names, mut places) = (Vec::new(), Vec::new());
    let ends: Vec<keys::Ends> = match pair.from {
        Some(_) => senders(pair).into_iter().map(|sender| (keys::SESSION_CUSTOM, sender, None)).collect(),
        None => vec![(keys::SESSION_CUSTOM_ANY, None, None)],
    };
    for seen in pair.index.of_ends(&ends) {
        names.extend(seen.facts.text("smtp_session.connector").map(str::to_owned));
        places.extend(seen.evidence_of("smtp_session.connector"));
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
    let mut by_port: BTreeMap<u64, Vec<&Observation>> = BTreeMap::new();
    let known = pair.from.is_some() && pair.to.is_some();
    let tests = [(keys::PORT_TEST, pair.from, pair.to)];
    for seen in pair.index.of_ends(if known { &tests } else { &[] }) {
        let Some(port) = seen.facts.number("port.number") else { continue };
        let wanted = match &called {
            Some((called, _)) => port == *called,
            None => MAIL_PORTS.contains(&port),
        };
        if !wanted {
            continue;
        }
        by_port.entry(port.to_bits()).or_default().push(seen);
    }
    by_port.values_mut().for_each(|tests| pair.of_the_time(tests, |seen| seen));
    add_tried(by_port.into_values().flatten(), ["path.port_open", "path.port_closed"], facts);
}

/// The ports that tries found open and closed, under two names; a name that was not resolved tried nothing.
pub(super) fn add_tried<'o>(
    tests: impl Iterator<Item = &'o Observation>,
    [open, closed]: [&'static str; 2],
    facts: &mut PairFacts,
) {
    let (mut answered, mut silent) = ((Vec::new(), Vec::new()), (Vec::new(), Vec::new()));
    for seen in tests {
        let Some(port) = seen.facts.number("port.number") else { continue };
        let list = match seen.facts.flag("port.open") {
            Some(true) => &mut answered,
            Some(false) if seen.facts.flag("port.name_resolved") != Some(false) => &mut silent,
            _ => continue,
        };
        list.0.push(format!("{port}"));
        list.1.extend(seen.evidence_of("port.open"));
    }
    facts.add_list(open, answered.0, answered.1);
    facts.add_list(closed, silent.0, silent.1);
}
