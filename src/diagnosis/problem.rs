//! Who could not sign in to whom: findings of one failure gathered into one problem.
//!
//! A problem is a pair with a direction. The sender's queue and the receiver's
//! event are two witnesses of one problem where the names join; a site or group
//! that a queue names is narrowed to a server only where one server fits.

use super::join::join_ends;
use super::next_hop::{is_towards_edge, NextHops};
use super::unnamed::complete;
use crate::check::{greeted_names, Index};
use crate::fact::{parse_address, HostId, Hosts, Observation, Window};
use crate::finding::{Finding, Outcome, Severity};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// An end of a pair.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Party {
    /// The server, where it is known.
    pub host: Option<HostId>,
    /// What reports call it.
    pub label: Option<String>,
    /// Servers it may be, for a site or group.
    pub members: Vec<HostId>,
    /// The label is a site's or a group's.
    pub group: bool,
}

/// One problem with its witnesses.
pub(super) struct Seen<'o> {
    pub id: Arc<str>,
    pub severity: Severity,
    pub from: Party,
    pub to: Party,
    pub witnesses: Vec<&'o Observation>,
    pub issues: BTreeSet<Arc<str>>,
    pub count: usize,
    pub first_seen: Option<String>,
    pub last_seen: Option<String>,
    /// The sights that have a time, or two between which it lies.
    pub sights: Option<Window>,
    /// A witness does not say when it was: the failure may be going on.
    pub undated: bool,
    pub towards_edge: bool,
}

impl<'o> Seen<'o> {
    /// Takes in what another problem's witnesses saw of the same failure.
    pub(super) fn hear(&mut self, other: &Seen<'o>) {
        self.witnesses.extend(other.witnesses.iter().copied());
        self.issues.extend(other.issues.iter().cloned());
        for time in [&other.first_seen, &other.last_seen] {
            self.note_time(time.as_deref());
        }
        self.note_sight(other.sights);
    }

    /// Becomes one with another problem, which is gone then.
    pub(super) fn absorb(&mut self, other: &Seen<'o>) {
        self.count += other.count;
        self.severity = self.severity.min(other.severity);
        self.hear(other);
    }

    fn note_time(&mut self, time: Option<&str>) {
        let Some(time) = time.map(str::to_owned) else { return };
        if self.first_seen.as_ref().is_none_or(|first| time < *first) {
            self.first_seen = Some(time.clone());
        }
        if self.last_seen.as_ref().is_none_or(|last| time > *last) {
            self.last_seen = Some(time);
        }
    }

    fn note_sight(&mut self, sight: Option<Window>) {
        self.sights = match (self.sights, sight) {
            (Some(known), Some(sight)) => Some(known.with(sight)),
            (known, sight) => known.or(sight),
        };
    }

    /// From the first to the last sight; `None` where a witness may be earlier or later than that.
    pub(super) fn window(&self) -> Option<Window> {
        self.sights.filter(|_| !self.undated)
    }
}

/// Gathers the findings that say something failed.
pub(super) fn gather<'o>(
    findings: &[Finding],
    observations: &'o [Observation],
    hosts: &Hosts,
    index: &Index<'o>,
) -> Vec<Seen<'o>> {
    let urls = hosts_by_url(hosts, index);
    let next_hops = NextHops::new(hosts);
    // A text may hold several observations under one index: those of the finding's kind count.
    let mut by_index: BTreeMap<(usize, usize, &str), Vec<&Observation>> = BTreeMap::new();
    for observation in observations {
        by_index
            .entry((observation.index, observation.part, observation.kind))
            .or_default()
            .push(observation);
    }
    let mut gathered: BTreeMap<(Arc<str>, Party, Party), Seen> = BTreeMap::new();
    for finding in findings {
        let (Some(problem), Outcome::Found) = (&finding.problem, finding.outcome) else { continue };
        let record = finding.evidence.first().map(|evidence| evidence.record).unwrap_or_default();
        let same = by_index.get(&(record, finding.part, finding.subject.kind)).map_or(&[][..], Vec::as_slice);
        let witness = same.iter().copied().find(|o| fits(o, finding)).or(same.first().copied());
        if witness.is_some_and(|seen| is_foreign(seen, problem, hosts)) {
            continue;
        }
        let from = party(hosts, &urls, finding.from.as_deref());
        let to = next_hops.receiver(&urls, finding.to.as_deref(), witness, from.host);
        let towards_edge = is_towards_edge(witness);
        let seen = gathered.entry((problem.clone(), from.clone(), to.clone())).or_insert_with(|| Seen {
            id: problem.clone(),
            severity: finding.severity,
            from,
            to,
            witnesses: Vec::new(),
            issues: BTreeSet::new(),
            count: 0,
            first_seen: None,
            last_seen: None,
            sights: None,
            undated: false,
            towards_edge,
        });
        seen.severity = seen.severity.min(finding.severity);
        seen.towards_edge |= towards_edge;
        seen.count += 1;
        seen.issues.insert(finding.id.clone());
        seen.witnesses.extend(witness);
        let between = witness.and_then(|witness| witness.between.as_deref());
        let sight = match &finding.time {
            Some(time) => Window::at(time),
            None => between.and_then(Window::between),
        };
        seen.undated |= sight.is_none();
        seen.note_sight(sight);
        seen.note_time(finding.time.as_deref());
    }
    let mut problems: Vec<Seen> = gathered.into_values().collect();
    name_back_ends(&mut problems);
    guess_members(&mut problems, hosts);
    complete(spread_addresses(join_ends(problems)), hosts, index)
}

/// A front end's page says that some back end refused it; where its own Kerberos events speak of one
/// web service only, that is the back end.
fn name_back_ends(problems: &mut [Seen<'_>]) {
    let of_web = |witness: &&Observation| {
        let spn = witness.facts.text("event.spn").unwrap_or_default().to_ascii_uppercase();
        spn.starts_with("HTTP/") || spn.starts_with("HOST/")
    };
    let mut called: BTreeMap<HostId, BTreeSet<Party>> = BTreeMap::new();
    for seen in problems.iter().filter(|seen| seen.id.starts_with("kerberos-")) {
        if let (Some(from), true) = (seen.from.host, seen.witnesses.iter().any(of_web)) {
            called.entry(from).or_default().insert(seen.to.clone());
        }
    }
    for seen in problems.iter_mut().filter(|seen| *seen.id == *"http-proxy-auth-failure") {
        let unnamed = seen.to.host.is_none() && seen.to.label.is_none();
        let parties = seen.from.host.filter(|_| unnamed).and_then(|from| called.get(&from));
        if let Some(only) = parties.filter(|parties| parties.len() == 1).and_then(BTreeSet::first) {
            seen.to = only.clone();
        }
    }
}

/// A Kerberos event about an account and a service that have nothing to do with Exchange, where
/// servers of Exchange are known: the log of a domain controller is full of them.
fn is_foreign(seen: &Observation, problem: &str, hosts: &Hosts) -> bool {
    let Some((class, host)) = seen.facts.text("event.spn").and_then(|spn| spn.split_once('/')) else {
        return false;
    };
    let ours = |name: &str| {
        let name = name.split(['@', '/', ':']).next().unwrap_or(name);
        hosts.find(name).and_then(|id| hosts.get(id)).is_some_and(|host| host.is_exchange)
    };
    // What Exchange servers ask each other for, under names that need be nobody's own.
    let exchange = ["http", "smtp", "smtpsvc", "exchangemdb", "exchangerfr", "exchangeab"];
    problem.starts_with("kerberos-")
        && hosts.iter().any(|(_, host)| host.is_exchange)
        && !exchange.iter().any(|known| class.eq_ignore_ascii_case(known))
        && !ours(host)
        && !seen.facts.text("event.account").is_some_and(ours)
        && !seen.facts.text("event.computer").is_some_and(ours)
}

/// A site of which no server is known, and one server of no known site that refuses the same way:
/// that server is in the site as far as anybody can tell.
fn guess_members(problems: &mut [Seen<'_>], hosts: &Hosts) {
    let mut refusing: BTreeMap<Arc<str>, BTreeSet<HostId>> = BTreeMap::new();
    for seen in problems.iter() {
        let unplaced = seen.to.host.filter(|id| hosts.get(*id).is_some_and(|host| host.site.is_none()));
        refusing.entry(seen.id.clone()).or_default().extend(unplaced);
    }
    for seen in problems.iter_mut() {
        let nobody = seen.to.host.is_none() && seen.to.members.is_empty();
        let candidates = refusing.get(&seen.id);
        if let (true, Some(only)) = (nobody && seen.to.group, candidates.filter(|ids| ids.len() == 1)) {
            seen.to.members = only.iter().copied().filter(|id| Some(*id) != seen.from.host).collect();
        }
    }
}

/// Bare addresses that one receiver refused, and as many known senders with the same failure
/// towards it: which address is whose is open, but each sender is one of them. The receiver's
/// events then bear witness for every one of the pairs.
fn spread_addresses(problems: Vec<Seen<'_>>) -> Vec<Seen<'_>> {
    let bare = |seen: &Seen| {
        seen.from.host.is_none()
            && seen.from.label.as_deref().is_some_and(|label| parse_address(label).is_some())
    };
    let towards = |seen: &Seen, to: HostId| seen.to.host == Some(to) || seen.to.members.contains(&to);
    let receivers: BTreeSet<(Arc<str>, HostId)> = problems
        .iter()
        .filter(|seen| bare(seen))
        .filter_map(|seen| Some((seen.id.clone(), seen.to.host?)))
        .collect();
    // By receiver: a problem is only ever narrowed to one of its receivers, so each stays in its list.
    let mut by_receiver: BTreeMap<(Arc<str>, HostId), Vec<usize>> = BTreeMap::new();
    for (at, seen) in problems.iter().enumerate() {
        for to in seen.to.host.into_iter().chain(seen.to.members.iter().copied()) {
            let key = (seen.id.clone(), to);
            if receivers.contains(&key) {
                by_receiver.entry(key).or_default().push(at);
            }
        }
    }
    let mut problems: Vec<Option<Seen>> = problems.into_iter().map(Some).collect();
    for ((_, to), mut places) in by_receiver {
        let get = |problems: &[Option<Seen>], at: usize, test: &dyn Fn(&Seen) -> bool| {
            problems.get(at).and_then(Option::as_ref).is_some_and(|seen| towards(seen, to) && test(seen))
        };
        places.dedup();
        let is_bare = |at: &usize| get(&problems, *at, &bare);
        let is_known = |at: &usize| get(&problems, *at, &|seen| seen.from.host.is_some());
        let addresses: Vec<usize> = places.iter().copied().filter(is_bare).collect();
        let senders: Vec<usize> = places.iter().copied().filter(is_known).collect();
        if addresses.len() < 2 || addresses.len() != senders.len() {
            continue;
        }
        let refused: Vec<Seen> =
            addresses.iter().filter_map(|at| problems.get_mut(*at).and_then(Option::take)).collect();
        for at in senders {
            let Some(seen) = problems.get_mut(at).and_then(Option::as_mut) else { continue };
            for other in &refused {
                seen.to = other.to.clone();
                seen.undated |= other.undated;
                seen.hear(other);
            }
        }
    }
    problems.into_iter().flatten().collect()
}

fn fits(observation: &Observation, finding: &Finding) -> bool {
    finding
        .evidence
        .iter()
        .any(|place| observation.facts.iter().any(|fact| *fact.value.to_string() == *place.value))
}

/// The server whose virtual directory has a URL's host, or whose connector calls itself so, where
/// exactly one has.
fn hosts_by_url(hosts: &Hosts, index: &Index<'_>) -> BTreeMap<String, Option<HostId>> {
    let mut by_url: BTreeMap<String, Option<HostId>> = BTreeMap::new();
    // A name that two servers have is neither's.
    let mut note = |name: &str, server: HostId| {
        let known = by_url.entry(name.to_lowercase()).or_insert(Some(server));
        *known = known.filter(|known| *known == server);
    };
    for seen in index.of_kind("virtual-directory") {
        let host = seen.facts.text("virtual_directory.internal_url_host");
        let server = seen.facts.text("virtual_directory.server").and_then(|name| hosts.find(name));
        if let (Some(host), Some(server)) = (host, server) {
            note(host, server);
        }
    }
    // A connector that lets servers sign in leads callers to ask for the name it gives itself.
    for seen in index.of_kind("receive-connector") {
        let name = seen.facts.text("receive_connector.fqdn").filter(|name| {
            hosts.find(name).is_none_or(|id| hosts.get(id).is_some_and(|host| !host.is_exchange))
        });
        let server = seen.facts.text("receive_connector.server").and_then(|name| hosts.find(name));
        let signs_in = seen.facts.flag("receive_connector.exchange_server_auth") == Some(true);
        if let (Some(name), Some(server), true) = (name, server, signs_in) {
            note(name, server);
        }
    }
    for (name, server) in greeted_names(index, hosts) {
        note(name, server);
    }
    by_url
}

/// The host of a URL, or the text itself.
fn host_of(text: &str) -> &str {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let rest = rest.split('/').next().unwrap_or(rest);
    match rest.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or(v6),
        None if rest.matches(':').count() == 1 => rest.split(':').next().unwrap_or(rest),
        None => rest,
    }
}

pub(super) fn party(hosts: &Hosts, urls: &BTreeMap<String, Option<HostId>>, text: Option<&str>) -> Party {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Party::default() };
    let name = host_of(text);
    let host = urls.get(&name.to_lowercase()).copied().flatten().or_else(|| hosts.find(name));
    let label = host.and_then(|id| hosts.get(id)).map(|host| host.name.clone());
    Party { host, label: Some(label.unwrap_or_else(|| name.to_owned())), ..Party::default() }
}

/// How a failure spreads over pairs.
pub(super) struct Patterns {
    senders: BTreeMap<(Arc<str>, Party), BTreeSet<Option<String>>>,
    receivers: BTreeMap<(Arc<str>, Party), BTreeSet<Option<String>>>,
    pairs: BTreeSet<(Arc<str>, Option<HostId>, Option<HostId>)>,
}

impl Patterns {
    pub(super) fn of(problems: &[Seen<'_>]) -> Patterns {
        let mut patterns =
            Patterns { senders: BTreeMap::new(), receivers: BTreeMap::new(), pairs: BTreeSet::new() };
        for seen in problems {
            let (id, from, to) = (seen.id.clone(), seen.from.clone(), seen.to.clone());
            patterns.senders.entry((id.clone(), to.clone())).or_default().insert(from.label.clone());
            patterns.receivers.entry((id.clone(), from.clone())).or_default().insert(to.label.clone());
            patterns.pairs.insert((id, from.host, to.host));
        }
        patterns
    }

    /// Different senders that fail towards the same receiver.
    pub(super) fn senders(&self, seen: &Seen<'_>) -> usize {
        self.senders.get(&(seen.id.clone(), seen.to.clone())).map_or(0, BTreeSet::len)
    }

    /// Different receivers that the same sender fails towards.
    pub(super) fn receivers(&self, seen: &Seen<'_>) -> usize {
        self.receivers.get(&(seen.id.clone(), seen.from.clone())).map_or(0, BTreeSet::len)
    }

    /// The other direction fails as well.
    pub(super) fn reverse(&self, seen: &Seen<'_>) -> bool {
        let both = seen.from.host.is_some() && seen.to.host.is_some();
        both && self.pairs.contains(&(seen.id.clone(), seen.to.host, seen.from.host))
    }
}
