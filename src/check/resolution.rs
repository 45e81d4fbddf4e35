//! Names and addresses: whether B's name leads to B.
//!
//! B's own addresses come from its network settings or from connectors bound to
//! one address; without them a DNS answer proves only that it leads to another server.

use super::keys;
use super::pair::{Pair, PairFacts};
use super::words::URL_IS_OF;
use crate::fact::{parse_address, short_name, HostId, Observation};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;

/// Adds `dns.points_elsewhere`, `dns.agrees`, `dns.hosts_file`, `dns.answers_differ`, `dns.name_unknown`,
/// `target.url_of_other`.
pub(super) fn add(pair: &Pair<'_>, facts: &mut PairFacts) {
    add_url_of_other(pair, facts);
    add_unknown_name(pair, facts);
    add_disagreement(pair, facts);
    let Some(host) = pair.to.and_then(|id| pair.hosts.get(id)) else { return };
    // Without B's own addresses only those of another server tell that an answer is wrong.
    let known = !host.own_addresses.is_empty();
    let is_strange = |address: &&IpAddr| match known {
        true => !host.own_addresses.contains(address),
        false => pair.hosts.owner_of(**address).is_some_and(|owner| Some(owner) != pair.to),
    };
    let (mut elsewhere, mut places, mut agrees) = (Vec::new(), Vec::new(), Vec::new());
    let (mut entries, mut entry_places) = (Vec::new(), Vec::new());
    let mut by_computer: BTreeMap<Option<&str>, Vec<&Observation>> = BTreeMap::new();
    let answers = pair.index.of_key("dns-answer", keys::NAME, host.short.clone());
    for seen in answers.filter(|seen| counts_for(pair, seen)) {
        by_computer.entry(seen.computer.as_deref()).or_default().push(seen);
    }
    by_computer.values_mut().for_each(|answers| pair.of_the_time(answers, |seen| seen));
    for seen in by_computer.into_values().flatten() {
        let Some(name) = seen.facts.text("dns.name") else { continue };
        let own_name = name.eq_ignore_ascii_case(host.fqdn.as_deref().unwrap_or_default())
            || short_name(name) == host.short;
        let addresses: Vec<IpAddr> = seen
            .facts
            .list("dns.addresses")
            .unwrap_or_default()
            .iter()
            .filter_map(|a| parse_address(a))
            .collect();
        if !own_name || addresses.is_empty() {
            continue;
        }
        // A name of another machine never is one's own address.
        let to_itself = |address: &IpAddr| {
            is_in_hosts_file(seen)
                && pair.from != pair.to
                && (address.is_loopback() || address.is_unspecified())
        };
        let strange = addresses.iter().filter(|address| is_strange(address) || to_itself(address));
        let strangers: Vec<String> = strange.map(IpAddr::to_string).collect();
        if is_in_hosts_file(seen) && !(strangers.is_empty() && known) {
            let listed: Vec<String> = addresses.iter().map(IpAddr::to_string).collect();
            entries.push(format!("{name} -> {}", listed.join(", ")));
            entry_places.extend(seen.evidence_of("dns.addresses"));
        }
        if strangers.len() == addresses.len() {
            elsewhere.push(format!("{name} -> {}", strangers.join(", ")));
            places.extend(seen.evidence_of("dns.addresses"));
        } else if strangers.is_empty() && known {
            agrees.extend(seen.evidence_of("dns.addresses"));
        }
    }
    if elsewhere.is_empty() && !agrees.is_empty() {
        facts.add_flag("dns.agrees", true, agrees);
    }
    facts.add_list("dns.points_elsewhere", elsewhere, places);
    facts.add_list("dns.hosts_file", entries, entry_places);
}

fn is_in_hosts_file(seen: &Observation) -> bool {
    seen.facts.flag("dns.in_hosts_file") == Some(true)
}

/// What a resolver answers is the same for all; what stands in a hosts file is so for its computer only.
fn counts_for(pair: &Pair<'_>, seen: &Observation) -> bool {
    let of_a = || {
        seen.computer
            .as_deref()
            .and_then(|name| pair.hosts.find(name))
            .is_some_and(|id| Some(id) == pair.from)
    };
    !is_in_hosts_file(seen) || of_a()
}

/// `dns.name_unknown`: a name in the URL of a directory that DNS does not have.
fn add_unknown_name(pair: &Pair<'_>, facts: &mut PairFacts) {
    let called = pair
        .witnesses
        .iter()
        .find_map(|seen| seen.facts.text("event.target_host").or(seen.facts.text("http.target_host")));
    let Some(host) = called.map(str::to_ascii_lowercase) else { return };
    if pair.index.of_key("virtual-directory", keys::URL_HOST, host.clone()).next().is_none() {
        return;
    }
    let asked = pair.index.of_key("dns-answer", keys::NAME, short_name(&host));
    let mut answers: Vec<&Observation> = asked
        .filter(|seen| seen.facts.text("dns.name").is_some_and(|name| name.eq_ignore_ascii_case(&host)))
        .filter(|seen| counts_for(pair, seen))
        .collect();
    pair.of_the_time(&mut answers, |seen| seen);
    // Somebody else's answer may be of other servers of names.
    let all_unknown = answers.iter().all(|seen| seen.facts.flag("dns.found") == Some(false));
    if !answers.is_empty() && all_unknown {
        let places = answers.iter().flat_map(|seen| seen.evidence_of("dns.found")).collect();
        facts.add_list("dns.name_unknown", vec![host], places);
    }
}

/// Two answers for B's name that share no address: a hosts file, or servers that know different zones.
fn add_disagreement(pair: &Pair<'_>, facts: &mut PairFacts) {
    let host = pair.to.and_then(|id| pair.hosts.get(id)).map(|host| host.short.clone());
    let called = pair.to_label.filter(|label| parse_address(label).is_none() && !label.starts_with("site:"));
    let Some(short) = host.or_else(|| called.map(short_name)) else { return };
    let mut answers: Vec<(BTreeSet<IpAddr>, &Observation)> = Vec::new();
    let all = pair.index.of_key("dns-answer", keys::NAME, short);
    for seen in all.filter(|seen| counts_for(pair, seen)) {
        let listed = seen.facts.list("dns.addresses").unwrap_or_default();
        let addresses: BTreeSet<IpAddr> =
            listed.iter().filter_map(|a| parse_address(a)).filter(IpAddr::is_ipv4).collect();
        if !addresses.is_empty() {
            answers.push((addresses, seen));
        }
    }
    let Some(((first, _), rest)) = answers.split_first() else { return };
    if rest.iter().all(|(other, _)| !other.is_disjoint(first)) {
        return;
    }
    let words = |(addresses, _): &(BTreeSet<IpAddr>, &Observation)| {
        addresses.iter().map(IpAddr::to_string).collect::<Vec<_>>().join(", ")
    };
    let places = answers.iter().flat_map(|(_, seen)| seen.evidence_of("dns.addresses")).collect();
    facts.add_list("dns.answers_differ", answers.iter().map(words).collect(), places);
}

/// A URL in the directory of one server whose host is another server, by name or by the address that
/// the resolver gives: who follows it comes to the wrong one.
fn add_url_of_other(pair: &Pair<'_>, facts: &mut PairFacts) {
    let (mut wrong, mut places) = (Vec::new(), Vec::new());
    let protocol = super::target::protocol(pair);
    if protocol.is_none() {
        return;
    }
    // Only what bears on this failure: the directory of B, or one whose URL leads to B or back to A.
    for (leading, seen) in pair.shared().leading.about(pair) {
        if seen.facts.text("virtual_directory.protocol") != protocol {
            continue;
        }
        let Leads { server, other: leads, .. } = *leading;
        let url_host = seen.facts.text("virtual_directory.internal_url_host").unwrap_or_default();
        let other = leads.and_then(|id| pair.hosts.get(id));
        // From 2013 on one name for all servers is the usual choice, and nobody proxies by it.
        let old = pair.hosts.get(server).and_then(|host| host.exchange_major).is_none_or(|major| major < 15);
        if let Some(other) = other.filter(|other| other.is_exchange && old) {
            let values = [("host", url_host), ("server", &*pair.name_of(server)), ("other", &*other.name)];
            wrong.push(pair.say(URL_IS_OF, &values));
            places.extend(seen.evidence_of("virtual_directory.internal_url_host"));
        }
    }
    facts.add_list("target.url_of_other", wrong, places);
}

/// A virtual directory of a server whose URL leads to another one, or to none that is known.
#[derive(Clone, Copy)]
struct Leads {
    server: HostId,
    other: Option<HostId>,
    position: usize,
}

/// All virtual directories by the servers they are of and lead to.
#[derive(Default)]
pub(super) struct Leading(HashMap<HostId, Vec<Leads>>);

impl Leading {
    /// Reads them.
    pub(super) fn of(pair: &Pair<'_>) -> Leading {
        let mut owners: HashMap<IpAddr, HostId> = HashMap::new();
        for (id, host) in pair.hosts.iter() {
            host.own_addresses.iter().for_each(|address| {
                owners.entry(*address).or_insert(id);
            });
        }
        let mut leading = Leading::default();
        for (position, seen) in pair.index.numbered("virtual-directory") {
            let text = |name: &str| seen.facts.text(name);
            let server = text("virtual_directory.server").and_then(|name| pair.hosts.find(name));
            let (Some(server), Some(host)) = (server, text("virtual_directory.internal_url_host")) else {
                continue;
            };
            let other = leads_to(pair, host, &owners).filter(|other| *other != server);
            for end in [server].into_iter().chain(other) {
                leading.0.entry(end).or_default().push(Leads { server, other, position });
            }
        }
        leading
    }

    /// Those that are of B, or lead to it.
    fn about<'l, 'o>(
        &'l self,
        pair: &'l Pair<'o>,
    ) -> impl Iterator<Item = (&'l Leads, &'o Observation)> + 'l {
        let all = pair.to.and_then(|to| self.0.get(&to)).into_iter().flatten();
        all.filter_map(|leads| Some((leads, pair.index.get(leads.position)?)))
    }
}

/// The one server that has the name, or all the addresses that the resolver gave for it.
fn leads_to(pair: &Pair<'_>, name: &str, owners: &HashMap<IpAddr, HostId>) -> Option<HostId> {
    if let Some(own) = pair.hosts.find(name).filter(|_| parse_address(name).is_none()) {
        return Some(own);
    }
    let answers = pair
        .index
        .of_key("dns-answer", keys::NAME, short_name(name))
        .filter(|seen| !is_in_hosts_file(seen))
        .filter(|seen| seen.facts.text("dns.name").is_some_and(|asked| asked.eq_ignore_ascii_case(name)));
    let addresses: Vec<IpAddr> = answers
        .flat_map(|seen| seen.facts.list("dns.addresses").unwrap_or_default())
        .filter_map(|address| parse_address(address))
        .collect();
    let first = addresses.first().and_then(|address| owners.get(address))?;
    addresses.iter().all(|address| owners.get(address) == Some(first)).then_some(*first)
}
