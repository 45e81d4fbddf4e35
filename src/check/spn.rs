//! Service principal names: which the caller asks a ticket for, and who carries them.
//!
//! HTTP is covered by HOST on the same account (the directory's sPNMappings);
//! SMTP and SMTPSVC are not. `setspn -L` shows one account whole, `-Q` one name,
//! `-X` duplicates of one domain, or of the forest with `-F`.

use super::keys;
use super::pair::{Pair, PairFacts};
use super::target;
use super::virtual_server;
use super::words::{AND, ON};
use crate::fact::{conflict_of, parse_address, short_name, Observation};
use crate::finding::Evidence;
use std::collections::{BTreeMap, BTreeSet};

/// Classes under which a transport server is asked for.
pub(super) const SMTP_CLASSES: [&str; 2] = ["SMTP", "SMTPSVC"];

/// Classes for which HOST stands in, of those that this library meets.
///
/// Source: the default sPNMappings of a directory (host=...,cifs,...,www,http,w3svc,...).
const COVERED_BY_HOST: [&str; 5] = ["http", "www", "w3svc", "cifs", "rpc"];

/// Who carries an SPN, by what the listings show.
#[derive(Default)]
struct Owners {
    accounts: BTreeMap<String, Vec<Evidence>>,
    asked_without_answer: Vec<(bool, Vec<Evidence>)>,
}

/// The common name of an account's DN, lower case.
fn account_of(dn: &str) -> String {
    if let Some((_, shown)) = conflict_of(dn) {
        return short_name(&shown);
    }
    let name = dn.strip_prefix("CN=").or_else(|| dn.strip_prefix("cn=")).unwrap_or(dn);
    short_name(name.split(',').next().unwrap_or(name))
}

/// SPNs a caller needs for the problem: those it asks for, lower case.
fn wanted(pair: &Pair<'_>, facts: &PairFacts) -> Vec<String> {
    let mut spns = named_by_events(pair);
    if target::protocol(pair).is_some() {
        spns.extend(url_spns(facts));
    } else if is_web(pair) {
        spns.extend(called_spns(pair));
    } else if is_smtp(pair) && pair.to.is_none() {
        // Of a server that nothing else speaks of, the event says what was asked for.
        let named = pair.witnesses.iter().filter_map(|o| o.facts.text("event.spn"));
        let bare = named.map(|spn| spn.split('@').next().unwrap_or(spn).to_lowercase());
        spns.extend(bare.filter(|spn| spn.starts_with("smtp")));
    } else if let (true, Some(host)) = (is_smtp(pair), pair.to.and_then(|id| pair.hosts.get(id))) {
        // Only a name that was asked for can be the one that is missing.
        let asked = virtual_server::asked(pair);
        spns.extend(asked.virtual_names.iter().map(|name| format!("smtpsvc/{name}")));
        if !host.short.is_empty() && (asked.own || asked.virtual_names.is_empty()) {
            for class in SMTP_CLASSES.map(str::to_lowercase) {
                spns.push(format!("{class}/{}", host.short));
                spns.extend(host.fqdn.as_ref().map(|full| format!("{class}/{full}")));
            }
        }
    }
    spns.sort();
    spns.dedup();
    spns
}

/// A management session, and a front end that calls its back end, ask for HTTP at the name they call.
fn is_web(pair: &Pair<'_>) -> bool {
    matches!(pair.problem, "shell-connection-failure" | "http-proxy-auth-failure")
}

/// The name that the failure itself shows as called, else B's full name.
fn called_spns(pair: &Pair<'_>) -> Vec<String> {
    let named = ["shell.target", "http.target_host", "event.target_host"];
    let called = pair.witnesses.iter().flat_map(|o| named.iter().filter_map(|fact| o.facts.text(fact)));
    let mut hosts: Vec<String> = called.map(str::to_lowercase).collect();
    let full = pair.to.and_then(|id| pair.hosts.get(id)).and_then(|host| host.fqdn.clone());
    if hosts.is_empty() {
        hosts.extend(full);
    }
    hosts.iter().filter(|host| parse_address(host).is_none()).map(|host| format!("http/{host}")).collect()
}

fn is_smtp(pair: &Pair<'_>) -> bool {
    pair.problem.starts_with("smtp-")
}

/// The SPNs that the failure's own events name: event 2017, Kerberos 3 and 4. SMTP names of B are
/// asked for as a whole, so an event adds nothing to them.
fn named_by_events(pair: &Pair<'_>) -> Vec<String> {
    if is_smtp(pair) {
        return Vec::new();
    }
    let named = pair.witnesses.iter().filter_map(|o| o.facts.text("event.spn").map(str::to_owned));
    let called = pair.witnesses.iter().filter_map(|o| o.facts.text("http.target_host"));
    let called = called.filter(|host| parse_address(host).is_none()).map(|host| format!("HTTP/{host}"));
    let bare = named.chain(called).filter_map(|spn| {
        let spn = spn.split('@').next().unwrap_or(&spn).to_lowercase();
        let (class, host) = spn.split_once('/')?;
        let host = host.split(['/', ':']).next().unwrap_or(host);
        (!class.is_empty() && !host.is_empty()).then(|| format!("{class}/{host}"))
    });
    bare.collect()
}

fn url_spns(facts: &PairFacts) -> Vec<String> {
    use crate::rule::Facts;
    let mut spns = Vec::new();
    facts.each("target.url_host", &mut |fact| {
        spns.push(format!("http/{}", fact.value.to_string().to_lowercase()));
        true
    });
    spns
}

/// The spelling reports use: class in capitals.
fn shown(spn: &str) -> String {
    match spn.split_once('/') {
        Some((class, host)) => format!("{}/{host}", class.to_uppercase()),
        None => spn.to_owned(),
    }
}

/// The SPN that stands in for `spn` on the same account.
fn stand_in(spn: &str) -> Option<String> {
    let (class, host) = spn.split_once('/')?;
    COVERED_BY_HOST.contains(&class).then(|| format!("host/{host}"))
}

/// Adds `spn.*`.
pub(super) fn add(pair: &Pair<'_>, facts: &mut PairFacts) {
    let wanted = wanted(pair, facts);
    if wanted.is_empty() {
        return;
    }
    facts.add_list("spn.wanted", wanted.iter().map(|spn| shown(spn)).collect(), Vec::new());
    let own = own_account(pair);
    let service = ServiceAccounts::of(pair);
    let (mut missing, mut nowhere, mut wrong, mut doubled) =
        (Found::default(), Found::default(), Found::default(), Found::default());
    let mut perhaps_wrong = Found::default();
    let mut carried: (usize, Vec<Evidence>) = (0, Vec::new());
    let own_lists: Vec<&Observation> = pair
        .index
        .of_host("spn-list", pair.to)
        .filter(|o| o.facts.text("spn_list.account").is_some_and(|account| short_name(account) == own))
        .filter(|o| o.facts.get("spn_list.spns").is_some())
        .collect();
    for spn in &wanted {
        let explicit = owners(pair, spn);
        let implicit = stand_in(spn).map(|spn| owners(pair, &spn)).unwrap_or_default();
        let is_own = |account: &str| account == own || service.may_carry(spn, account);
        let own_names: Vec<(&String, &Vec<Evidence>)> =
            explicit.accounts.iter().filter(|(account, _)| is_own(account)).collect();
        // HOST stands in only where nobody carries the name itself.
        let explicit_own = own_names.first().copied();
        let on_own = explicit_own.map(|(_, places)| places).or_else(|| implicit.accounts.get(&own));
        let others: Vec<(&String, &Vec<Evidence>)> =
            explicit.accounts.iter().filter(|(account, _)| !is_own(account)).collect();
        for (account, places) in &others {
            let on = |account: &str| pair.say(ON, &[("name", &shown(spn)), ("account", account)]);
            let line = on(account);
            match explicit_own {
                Some((holder, own_places)) => {
                    let both = pair.say(AND, &[("first", holder), ("second", account)]);
                    doubled.add(on(&both), places.iter().chain(own_places));
                }
                None if service.may_be_unseen(pair, spn, account) => perhaps_wrong.add(line, places.iter()),
                None => wrong.add(line, places.iter()),
            }
        }
        let several = if explicit_own.is_none() { &others } else { &own_names };
        if several.len() > 1 {
            let names = several.iter().map(|(account, _)| (*account).clone());
            let both =
                |first: String, second: String| pair.say(AND, &[("first", &first), ("second", &second)]);
            let all = names.reduce(both).unwrap_or_default();
            doubled.add(
                pair.say(ON, &[("name", &shown(spn)), ("account", &all)]),
                several.iter().flat_map(|(_, p)| p.iter()),
            );
        }
        match on_own.filter(|_| others.is_empty()) {
            Some(places) => {
                carried.0 += 1;
                carried.1.extend(places.iter().cloned());
            }
            // Transport asks for SMTPSVC; the shorter name alone is nobody's trouble.
            None if others.is_empty() && has_other_class(pair, spn, &own) => carried.0 += 1,
            None if others.is_empty() => {
                if !own_lists.is_empty() && implicit.accounts.is_empty() {
                    let places: Vec<_> =
                        own_lists.iter().flat_map(|o| o.evidence_of("spn_list.spns")).collect();
                    missing.add(shown(spn), places.iter());
                }
                let answers = |owners: &Owners| owners.asked_without_answer.clone();
                let asked = answers(&explicit);
                // No computer has a balanced name, so that no HOST name stands in for it.
                let balanced =
                    || spn.split_once('/').is_some_and(|(_, host)| super::target::is_balanced(pair, host));
                let host_open = stand_in(spn).is_none()
                    || !answers(&implicit).is_empty()
                    || !own_lists.is_empty()
                    || balanced();
                if !asked.is_empty() && host_open && implicit.accounts.is_empty() {
                    let places: Vec<_> = asked.into_iter().flat_map(|(_, places)| places).collect();
                    nowhere.add(shown(spn), places.iter());
                }
            }
            None => {}
        }
    }
    let strangers = !wrong.lines.is_empty() || !doubled.lines.is_empty() || !perhaps_wrong.lines.is_empty();
    let all_own = carried.0 == wanted.len() && !strangers;
    if all_own && full_name_known(pair) {
        facts.add_flag("spn.complete", true, carried.1);
    }
    let any_double = !doubled.lines.is_empty();
    missing.into_facts("spn.missing", facts);
    nowhere.into_facts("spn.nowhere", facts);
    wrong.into_facts("spn.wrong_account", facts);
    perhaps_wrong.into_facts("spn.other_account", facts);
    doubled.into_facts("spn.duplicate", facts);
    if !any_double {
        add_search_scope(pair, facts);
    }
}

/// The short name of B's computer account. Where nothing but its name is known of B, that name's:
/// an owner of the same name is no stranger.
fn own_account(pair: &Pair<'_>) -> String {
    let known = pair.to.and_then(|id| pair.hosts.get(id)).map(|host| host.short.clone());
    let named = || pair.to_label.filter(|name| parse_address(name).is_none()).map(short_name);
    known.or_else(named).unwrap_or_default()
}

/// True for an `SMTP/` name whose `SMTPSVC/` sister is on B's own account.
fn has_other_class(pair: &Pair<'_>, spn: &str, own: &str) -> bool {
    let host = spn.strip_prefix("smtp/");
    host.is_some_and(|host| owners(pair, &format!("smtpsvc/{host}")).accounts.contains_key(own))
}

/// The accounts whose key the service behind a balanced name uses: alternate service accounts.
#[derive(Clone, Default)]
pub(super) struct ServiceAccounts {
    held: BTreeSet<String>,
    /// The servers were asked which they hold.
    asked: bool,
}

/// Classes that clients ask for under a balanced name.
const BALANCED_CLASSES: [&str; 4] = ["http", "exchangemdb", "exchangerfr", "exchangeab"];

impl ServiceAccounts {
    /// Those that B holds; where B is not one known server, those that any server holds.
    fn of(pair: &Pair<'_>) -> ServiceAccounts {
        if pair.to.is_none() {
            return pair.shared().accounts.clone();
        }
        let nobody = pair.index.of_key("client-access-service", keys::NOBODY, String::new());
        let mut accounts = ServiceAccounts::default();
        pair.index.of_host("client-access-service", pair.to).chain(nobody).for_each(|o| accounts.note(o));
        accounts
    }

    /// Those that any server holds.
    pub(super) fn of_all(pair: &Pair<'_>) -> ServiceAccounts {
        let mut accounts = ServiceAccounts::default();
        pair.index.of_kind("client-access-service").for_each(|seen| accounts.note(seen));
        accounts
    }

    fn note(&mut self, seen: &Observation) {
        let held = seen.facts.text("client_access.asa_account");
        self.asked |= held.is_some() || seen.facts.flag("client_access.asa_not_set") == Some(true);
        self.held.extend(held.map(short_name));
    }

    /// True for the short name of such an account.
    pub(super) fn holds(&self, account: &str) -> bool {
        self.held.contains(account)
    }

    fn may_carry(&self, spn: &str, account: &str) -> bool {
        is_balanced_class(spn) && self.held.contains(account)
    }

    /// An account that carries a name which is no server's own may be an alternate service account
    /// that nobody has shown. A server's own computer account is none.
    fn may_be_unseen(&self, pair: &Pair<'_>, spn: &str, account: &str) -> bool {
        let host = spn.split_once('/').map_or("", |(_, host)| host);
        let own_name = pair.to.is_some_and(|to| pair.hosts.is(to, host));
        let computer =
            pair.hosts.find(account).and_then(|id| pair.hosts.get(id)).is_some_and(|h| h.is_exchange);
        is_balanced_class(spn) && !self.asked && !own_name && !computer
    }
}

fn is_balanced_class(spn: &str) -> bool {
    spn.split_once('/').is_some_and(|(class, _)| BALANCED_CLASSES.contains(&class))
}

/// Without B's full name nobody can say that its SMTP SPNs are complete.
fn full_name_known(pair: &Pair<'_>) -> bool {
    !is_smtp(pair) || pair.to.and_then(|id| pair.hosts.get(id)).is_some_and(|host| host.fqdn.is_some())
}

#[derive(Default)]
struct Found {
    lines: Vec<String>,
    places: Vec<Evidence>,
}

impl Found {
    fn add<'e>(&mut self, line: String, places: impl Iterator<Item = &'e Evidence>) {
        self.lines.push(line);
        self.places.extend(places.cloned());
    }

    fn into_facts(self, name: &'static str, facts: &mut PairFacts) {
        facts.add_list(name, self.lines, self.places);
    }
}

/// All accounts seen to carry `spn` (lower case).
fn owners(pair: &Pair<'_>, spn: &str) -> Owners {
    let mut owners = Owners::default();
    for seen in pair.index.of_key("spn-list", keys::SPN, spn.to_owned()) {
        let lists =
            ["spn_list.spns", "spn_list.partial_spns"].map(|name| seen.facts.list(name).unwrap_or_default());
        let carries = lists.into_iter().flatten().any(|s| s.to_lowercase() == spn);
        if let (true, Some(account)) = (carries, seen.facts.text("spn_list.account")) {
            let places = ["spn_list.spns", "spn_list.partial_spns"].map(|name| seen.evidence_of(name));
            owners.accounts.entry(short_name(account)).or_default().extend(places.into_iter().flatten());
        }
    }
    for seen in pair.index.of_key("spn-query", keys::SPN, spn.to_owned()) {
        let found = seen.facts.list("spn_query.found_spns").unwrap_or_default();
        let mut any = false;
        for line in found {
            let Some((found_spn, dn)) = line.split_once('|') else { continue };
            if found_spn.to_lowercase() == spn {
                any = true;
                owners
                    .accounts
                    .entry(account_of(dn))
                    .or_default()
                    .extend(seen.evidence_of("spn_query.found_spns"));
            }
        }
        let asked = seen.facts.text("spn_query.spn").is_some_and(|asked| asked.to_lowercase() == spn);
        if asked && !any && seen.facts.list("spn_query.owners").is_some_and(<[String]>::is_empty) {
            let forest = seen.facts.text("spn_query.scope") == Some("forest");
            owners.asked_without_answer.push((forest, seen.evidence_of("spn_query.spn")));
        }
    }
    for seen in pair.index.of_key("spn-duplicates", keys::SPN, spn.to_owned()) {
        for group in seen.facts.list("spn_duplicates.groups").unwrap_or_default() {
            let mut parts = group.split('|');
            if parts.next().is_some_and(|group_spn| group_spn.to_lowercase() == spn) {
                for dn in parts {
                    let places = seen.evidence_of("spn_duplicates.groups");
                    owners.accounts.entry(account_of(dn)).or_default().extend(places);
                }
            }
        }
    }
    owners
}

/// A complete search that found no duplicate of a wanted SPN rules duplicates out in its scope.
fn add_search_scope(pair: &Pair<'_>, facts: &mut PairFacts) {
    let complete = pair
        .index
        .of_kind("spn-duplicates")
        .filter(|o| o.facts.flag("spn_duplicates.complete") == Some(true));
    let best = complete.max_by_key(|o| o.facts.text("spn_duplicates.scope") == Some("forest"));
    if let Some(seen) = best {
        let scope = seen.facts.text("spn_duplicates.scope").unwrap_or("domain");
        facts.add_text("spn.duplicates_scope", scope, seen.evidence_of("spn_duplicates.count"));
    }
}

/// True when an SPN names B under one of its names, in a class that this problem asks for.
pub(super) fn concerns(pair: &Pair<'_>, spn: &str) -> bool {
    let Some((class, rest)) = spn.split_once('/') else { return false };
    let host = rest.split(['@', '/', ':']).next().unwrap_or(rest);
    let is = |known: &str| class.eq_ignore_ascii_case(known);
    let fits = if is_smtp(pair) {
        parse_address(host).is_none() && (SMTP_CLASSES.into_iter().any(is) || is("HOST"))
    } else if target::protocol(pair).is_some() {
        is("HTTP") || is("HOST")
    } else {
        true
    };
    // A target of which nothing else is known is known by the name that failed.
    let by_name = || pair.to_label.is_some_and(|label| label.eq_ignore_ascii_case(host));
    fits && pair.to.map_or_else(by_name, |to| pair.hosts.is(to, host))
}
