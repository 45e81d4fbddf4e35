//! Which receive connector of B answers A, and whether it lets an Exchange server sign in.
//!
//! The choice itself is in `connector_choice`. The connector that event 1035 or B's own log names
//! is the one that answered. Where the choice is open the facts are given only if every connector
//! that could answer agrees.

use super::connector_choice::{answering, Call, Connector};
use super::connector_setup::{has, Greeting, Setup};
use super::keys;
use super::pair::{Pair, PairFacts};
use super::words::ON_PORT;
use crate::fact::{parse_address, short_name, Endpoint};
use crate::finding::Evidence;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// Ports on which transport servers reach each other: 25, and 2525 between 2013 and later.
const RELAY_PORTS: [u16; 2] = [25, 2525];

/// The first version whose servers hand mail to each other's transport service on 2525.
const FIRST_MAJOR_ON_2525: u32 = 15;

/// Pairs of connectors that are told to share a port; more are as good as none.
const CONFLICTS_LISTED: usize = 100;

/// The connectors of B and those of them that could answer A.
pub(super) struct Choice<'o> {
    pub(super) connectors: Vec<Connector<'o>>,
    /// Addresses from which A may come.
    pub(super) senders: Vec<IpAddr>,
    /// Ports that A may call.
    pub(super) ports: Vec<u16>,
    /// The address of B that A called.
    pub(super) called: Option<IpAddr>,
    /// Positions in `connectors`.
    pub(super) chosen: Vec<usize>,
    /// `event`, `log` or `scope`.
    pub(super) how: &'static str,
}

/// The choice of a pair, made when it is first asked for: the facts and every what-if read it.
#[derive(Default)]
pub struct Answering<'o>(OnceCell<Option<Choice<'o>>>);

impl<'o> Answering<'o> {
    /// The choice; `None` where no connector has a part in the problem.
    pub(super) fn of(&self, pair: &Pair<'o>) -> Option<&Choice<'o>> {
        self.0.get_or_init(|| Choice::of(pair)).as_ref()
    }
}

/// True for problems between servers in which a receive connector answers.
fn concerns(problem: &str) -> bool {
    problem.starts_with("smtp-") || problem == "delivery-failure-other"
}

impl<'o> Choice<'o> {
    fn of(pair: &Pair<'o>) -> Option<Choice<'o>> {
        if !concerns(pair.problem) {
            return None;
        }
        let connectors = Connector::all_of(pair);
        let (senders, ports) = (sender_addresses(pair), ports(pair, &connectors));
        let called = called_address(pair, &connectors);
        let mut choice = Choice { connectors, senders, ports, called, chosen: Vec::new(), how: "scope" };
        let named = |name: &str| -> Vec<usize> {
            let is = |c: &Connector<'_>| c.setup.name.eq_ignore_ascii_case(name);
            (0..).zip(&choice.connectors).filter(|(_, c)| is(c)).map(|(at, _)| at).collect()
        };
        let by_event = names_in_events(pair).map(|name| named(&name)).find(|found| !found.is_empty());
        let by_log = || names_in_log(pair).iter().map(|name| named(name)).find(|found| !found.is_empty());
        (choice.chosen, choice.how) = match by_event {
            Some(found) => (found, "event"),
            None => match by_log() {
                Some(found) => (found, "log"),
                None => (by_scope(&choice), "scope"),
            },
        };
        Some(choice)
    }

    fn all_chosen(&self) -> Vec<&Connector<'o>> {
        self.chosen.iter().filter_map(|at| self.connectors.get(*at)).collect()
    }
}

/// Adds `connector.*`.
pub(super) fn add(pair: &Pair<'_>, facts: &mut PairFacts) {
    let Some(choice) = pair.answering.of(pair) else { return };
    add_port_conflict(pair, &choice.connectors, facts);
    let chosen = choice.all_chosen();
    let Some(first) = chosen.first().copied() else { return };
    // Several could answer: only what they share is known.
    let shared = |value: &dyn Fn(&Setup) -> Option<bool>| -> Option<bool> {
        let known = value(&first.setup)?;
        chosen.iter().all(|c| value(&c.setup) == Some(known)).then_some(known)
    };
    let places: Vec<Evidence> = chosen.iter().flat_map(|c| c.evidence()).collect();
    if let Some(auth) = shared(&|setup| setup.auth) {
        facts.add_flag("connector.exchange_auth", auth, places.clone());
    }
    if let Some(permitted) = shared(&|setup| setup.permitted) {
        facts.add_flag("connector.exchange_servers_permitted", permitted, places.clone());
    }
    if chosen.len() > 1 {
        add_possible_capture(&chosen, choice, facts);
        return;
    }
    facts.add_text("connector.name", first.setup.name.clone(), first.evidence());
    facts.add_text("connector.chosen_by", choice.how, Vec::new());
    if first.is_client() {
        facts.add_flag("connector.is_client", true, first.evidence_of("receive_connector.name"));
    }
    if !first.setup.ranges().is_empty() && !first.setup.takes_everyone() {
        let places = first.evidence_of("receive_connector.remote_ip_ranges");
        facts.add_flag("connector.is_narrow", true, places);
    }
    add_capture(first, choice, facts);
    add_full_name(pair, first, facts);
    if has(first.setup.mechanisms.as_ref(), "ExternalAuthoritative") {
        facts.add_flag("connector.externally_secured", true, first.evidence());
    }
}

/// Positions of two connectors of different services that want the same endpoint, and the port.
fn conflicts(connectors: &[Connector<'_>]) -> BTreeSet<(usize, usize, u16)> {
    /// A connector's position, its role and an endpoint of it.
    type Listener<'c> = (usize, &'c str, Endpoint);
    let mut by_port: BTreeMap<(u16, bool), Vec<Listener<'_>>> = BTreeMap::new();
    for (at, connector) in connectors.iter().enumerate() {
        let Some(role) = connector.setup.role.as_deref() else { continue };
        for endpoint in connector.setup.endpoints() {
            let key = (endpoint.port, endpoint.address.is_ipv6());
            by_port.entry(key).or_default().push((at, role, *endpoint));
        }
    }
    let mut found = BTreeSet::new();
    // A server has hundreds of connectors of one service at most, a crafted input any number.
    let mixed = |listening: &&Vec<Listener<'_>>| {
        let first = listening.first().map(|(_, role, _)| role);
        listening.iter().any(|(_, role, _)| Some(role) != first)
    };
    for listening in by_port.values().filter(mixed) {
        for (position, (at, role, endpoint)) in listening.iter().enumerate() {
            let rivals = listening.iter().skip(position + 1).filter(|(_, other, _)| other != role);
            for (other, ..) in rivals.filter(|(.., theirs)| endpoint.meets(theirs)) {
                found.insert((*at, *other, endpoint.port));
                if found.len() >= CONFLICTS_LISTED {
                    return found;
                }
            }
        }
    }
    found
}

/// Connectors of the transport service on a port that is the front end's.
pub(super) fn hubs_on_shared_port(connectors: &[Connector<'_>]) -> Vec<usize> {
    let is_hub =
        |at: &usize| connectors.get(*at).is_some_and(|c| c.setup.role.as_deref() == Some("hubtransport"));
    let all = conflicts(connectors).into_iter().flat_map(|(one, other, _)| [one, other]).filter(is_hub);
    all.collect::<BTreeSet<usize>>().into_iter().collect()
}

/// Two services of one server told to listen on one port: the second finds it taken.
fn add_port_conflict(pair: &Pair<'_>, connectors: &[Connector<'_>], facts: &mut PairFacts) {
    let (mut shared, mut places) = (Vec::new(), Vec::new());
    for (one, other, port) in conflicts(connectors) {
        let two: Vec<&Connector<'_>> = [one, other].iter().filter_map(|at| connectors.get(*at)).collect();
        if let [first, second] = two.as_slice() {
            let values = [
                ("first", first.setup.name.as_str()),
                ("second", &second.setup.name),
                ("port", &port.to_string()),
            ];
            shared.push(pair.say(ON_PORT, &values));
        }
        places.extend(two.iter().flat_map(|c| c.evidence_of("receive_connector.bindings")));
    }
    if let [hub] = hubs_on_shared_port(connectors).as_slice() {
        if let Some(hub) = connectors.get(*hub) {
            let name = format!("{}\\{}", pair.to_name(), hub.setup.name);
            let places = hub.evidence_of("receive_connector.bindings");
            facts.add_text("connector.hub_on_shared_port", name, places);
        }
    }
    facts.add_list("connector.port_shared", shared, places);
}

/// Addresses from which A may come.
fn sender_addresses(pair: &Pair<'_>) -> Vec<IpAddr> {
    let own =
        pair.from.and_then(|id| pair.hosts.get(id)).map(|host| host.addresses.clone()).unwrap_or_default();
    let seen = pair.witnesses.iter().filter_map(|o| o.facts.text("event.ip").and_then(parse_address));
    let logged = pair.shared().callers.addresses(pair);
    // An event of A names the address that A called.
    let not_b = |address: &IpAddr| pair.to.is_none() || pair.hosts.of_address(*address) != pair.to;
    let all: BTreeSet<IpAddr> = own.into_iter().chain(seen.chain(logged).filter(not_b)).collect();
    all.into_iter().collect()
}

/// The address of B that A called, where a connector listens on exactly that or B is known to have
/// it: behind a balancer it is another one.
fn called_address(pair: &Pair<'_>, connectors: &[Connector<'_>]) -> Option<IpAddr> {
    let replied = pair.witnesses.iter().filter_map(|o| o.facts.text("reply.ip"));
    let logged = pair.shared().callers.two_called(pair);
    let all: BTreeSet<IpAddr> = replied.filter_map(parse_address).chain(logged).collect();
    let own = |address: &IpAddr| {
        pair.hosts.of_address(*address).is_some_and(|host| pair.to == Some(host))
            || connectors.iter().flat_map(|c| c.setup.endpoints()).any(|e| e.address == *address)
    };
    match all.into_iter().collect::<Vec<_>>().as_slice() {
        [one] if own(one) => Some(*one),
        _ => None,
    }
}

fn names_in_events<'p>(pair: &'p Pair<'_>) -> impl Iterator<Item = String> + 'p {
    let names = pair.witnesses.iter().filter_map(|o| o.facts.text("event.connector"));
    names.map(|name| name.rsplit('\\').next().unwrap_or(name).trim().to_owned())
}

/// The connectors that B's receive log shows for sessions from A.
fn names_in_log(pair: &Pair<'_>) -> Vec<String> {
    let at = |sender| [None, pair.to].map(|server| (keys::SESSION_LOGGED, sender, server));
    let ends: Vec<keys::Ends> = super::path::senders(pair).into_iter().flat_map(at).collect();
    let sessions = pair.index.of_ends(&ends);
    let names = sessions.iter().filter_map(|o| o.facts.text("smtp_session.connector"));
    let own = names.filter_map(|name| {
        let (server, bare) = name.rsplit_once('\\').unwrap_or(("", name));
        let own = server.is_empty() || pair.to.is_some_and(|to| pair.hosts.is(to, server));
        own.then(|| bare.trim().to_owned())
    });
    own.collect()
}

/// The connectors that could answer: one where the sender's address and the port are known.
fn by_scope(choice: &Choice<'_>) -> Vec<usize> {
    let setups: Vec<&Setup> = choice.connectors.iter().map(|c| &c.setup).collect();
    let senders: Vec<Option<IpAddr>> = match choice.senders.as_slice() {
        [] => vec![None],
        some => some.iter().copied().map(Some).collect(),
    };
    let calls = choice.ports.iter().flat_map(|port| {
        senders.iter().map(|sender| Call { port: *port, sender: *sender, called: choice.called })
    });
    let found: BTreeSet<usize> = calls.flat_map(|call| answering(&setups, &call)).collect();
    found.into_iter().collect()
}

/// The port A calls: said by the queue, else by the two versions, else any relay port B listens on.
fn ports(pair: &Pair<'_>, connectors: &[Connector<'_>]) -> Vec<u16> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // saturating; a port is below 65536
    let said = pair.witnesses.iter().find_map(|o| o.facts.number("reply.port")).map(|port| port as u16);
    if let Some(port) = said {
        return vec![port];
    }
    let host = |id: Option<usize>| id.and_then(|id| pair.hosts.get(id));
    // Edge servers stand outside: they and the others call each other on 25 whatever the version.
    if pair.towards_edge || [pair.from, pair.to].into_iter().filter_map(host).any(|host| host.is_edge) {
        return vec![25];
    }
    let new = |id| host(id).and_then(|host| host.exchange_major).map(|major| major >= FIRST_MAJOR_ON_2525);
    match (new(pair.from), new(pair.to)) {
        (Some(true), Some(true)) => vec![2525],
        (_, Some(false)) | (Some(false), _) => vec![25],
        _ => {
            let listens = |port: &u16| connectors.iter().any(|c| c.setup.ports().contains(port));
            RELAY_PORTS.into_iter().filter(listens).collect()
        }
    }
}

/// Of several connectors that could answer A: those that would refuse it inside the range of one
/// that would admit it.
fn add_possible_capture(chosen: &[&Connector<'_>], choice: &Choice<'_>, facts: &mut PairFacts) {
    let within = |c: &Connector<'_>| {
        choice.connectors.iter().any(|other| other.setup.admits() && c.setup.lies_within(&other.setup))
    };
    let taking = || chosen.iter().filter(|c| !choice.senders.is_empty() && c.setup.refuses() && within(c));
    let places = taking().flat_map(|c| c.evidence_of("receive_connector.remote_ip_ranges")).collect();
    let names = taking().map(|c| c.setup.name.clone()).collect();
    facts.add_list("connector.may_capture", names, places);
}

/// Whether a narrower connector took A away from one that would admit it.
fn add_capture(chosen: &Connector<'_>, choice: &Choice<'_>, facts: &mut PairFacts) {
    let mine = &chosen.setup;
    let same_service = |other: &Setup| match (&mine.role, &other.role) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    };
    let mut others = choice.connectors.iter().filter(|other| {
        !std::ptr::eq(*other, chosen)
            && other.setup.ports().intersection(&mine.ports()).next().is_some()
            && same_service(&other.setup)
            && other.setup.admits()
    });
    let broader = others.find(|other| {
        if choice.senders.is_empty() {
            mine.lies_within(&other.setup)
        } else {
            choice.senders.iter().any(|sender| match (other.setup.span(*sender), mine.span(*sender)) {
                (Some(theirs), Some(mine)) => theirs > mine,
                (Some(_), None) => true,
                _ => false,
            })
        }
    });
    match broader {
        Some(other) if mine.refuses() => {
            let places = chosen.evidence_of("receive_connector.remote_ip_ranges");
            facts.add_flag("connector.captures", true, places);
            facts.add_flag("connector.other_ok", true, other.evidence());
            facts.add_text("connector.other_name", other.setup.name.clone(), Vec::new());
        }
        _ if mine.admits() => facts.add_flag("connector.captures_none", true, chosen.evidence()),
        _ => {}
    }
}

/// With Exchange Server authentication a connector must call itself by the server's own name.
fn add_full_name(pair: &Pair<'_>, chosen: &Connector<'_>, facts: &mut PairFacts) {
    let Some(host) = pair.to.and_then(|id| pair.hosts.get(id)) else { return };
    match &chosen.setup.greeting {
        Greeting::Name(name) if !host.short.is_empty() => {
            let fits = match &host.fqdn {
                Some(full) => name.eq_ignore_ascii_case(full) || name.eq_ignore_ascii_case(&host.short),
                // Without its full name the first label must be the server's, and more is not known.
                None if short_name(name) == host.short => return,
                None => false,
            };
            let places = chosen.evidence_of("receive_connector.fqdn");
            facts.add_text("connector.fqdn", name.clone(), places.clone());
            if chosen.setup.auth == Some(true) {
                facts.add_flag("connector.fqdn_mismatch", !fits, places);
            }
        }
        Greeting::Empty => {
            let places = chosen.evidence_of("receive_connector.fqdn_empty");
            facts.add_flag("connector.fqdn_mismatch", false, places);
        }
        _ => {}
    }
}
