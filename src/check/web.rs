//! What the web servers' own logs show of the calls between A and B, and which updates B has.
//!
//! A 401 with "invalid token" is a step of a sign-in that arrived where its first step had not
//! been: behind one name several servers answer. Where the caller is answered in the end nothing
//! was split.

use super::keys;
use super::pair::{in_order, Pair, PairFacts};
use crate::fact::{parse_address, Observation};
use crate::finding::Evidence;
use std::collections::BTreeSet;

/// Statuses of Windows that name why B refused A: SEC_E_BAD_BINDINGS, SEC_E_TIME_SKEW.
const FAULTS: [(&str, &str); 2] =
    [("2148074310", "web.channel_binding_refused"), ("2148074276", "web.time_skew")];

/// The Windows update that heals sign-ins to old Client Access servers on Windows Server 2008 R2.
///
/// Source: the support topic about credential prompts in coexistence with Exchange 2010 names it.
const LEGACY_FIX: &str = "KB3140410";

/// The day it came out; a computer whose newest update is older cannot have it or a successor.
const LEGACY_FIX_DAY: &str = "2016-03-08";

/// Adds `web.*`, `update.*`, for problems of the web.
pub(super) fn add(pair: &Pair<'_>, facts: &mut PairFacts) {
    if pair.problem.starts_with("smtp-") {
        return;
    }
    add_logs(pair, facts);
    add_ports(pair, facts);
    add_updates(pair, facts);
}

fn add_logs(pair: &Pair<'_>, facts: &mut PairFacts) {
    let logs: Vec<&Observation> = match pair.to {
        Some(_) => pair
            .index
            .of_host("web-log", pair.to)
            .filter(|log| answers(pair, log))
            .chain(pair.index.of_key("web-log", keys::NOBODY, String::new()).filter(|log| is_telling(log)))
            .collect(),
        None => pair.index.of_kind("web-log").collect(),
    };
    let (mut long, mut long_places) = (Vec::new(), Vec::new());
    let (mut servers, mut places, mut answered) = (BTreeSet::new(), Vec::new(), false);
    for log in logs {
        let rows = |name: &str| log.facts.list(name).unwrap_or_default();
        let own = |row: &&String| from_sender(pair, row);
        if rows("web_log.too_long").iter().any(|row| own(&row)) {
            long.extend(rows("web_log.too_long").iter().cloned());
            long_places.extend(log.evidence_of("web_log.too_long"));
        }
        if rows("web_log.invalid_token").iter().any(|row| own(&row)) {
            servers.insert(log.facts.text("web_log.server_ip").unwrap_or("?").to_owned());
            places.extend(log.evidence_of("web_log.invalid_token"));
        }
        for row in rows("web_log.refused").iter().filter(own) {
            let status = row.split('|').nth(3).unwrap_or_default();
            if let Some((_, fact)) = FAULTS.iter().find(|(code, _)| *code == status) {
                facts.add_flag(*fact, true, log.evidence_of("web_log.refused"));
            }
        }
        answered |= rows("web_log.answered").iter().any(|row| own(&row));
    }
    facts.add_list("web.too_long", long, long_places);
    if !servers.is_empty() && !answered {
        let several = servers.len() > 1;
        facts.add_list("web.invalid_token", servers.into_iter().collect(), places.clone());
        if several {
            facts.add_flag("web.split", true, places);
        }
    }
}

/// A request that did not fit, and a status that names its reason, are so rare that their log needs no name.
fn is_telling(log: &Observation) -> bool {
    let rows = |name: &str| log.facts.list(name).unwrap_or_default();
    let named = |row: &String| {
        let status = row.split('|').nth(3);
        FAULTS.iter().any(|(code, _)| Some(*code) == status)
    };
    !rows("web_log.too_long").is_empty() || rows("web_log.refused").iter().any(named)
}

/// The ports of the front end's and the back end's web site.
const WEB_PORTS: [f64; 2] = [443.0, 444.0];

/// Adds `web.port_closed`, `web.port_open`: tries of B's web sites, by A or by nobody that is known.
fn add_ports(pair: &Pair<'_>, facts: &mut PairFacts) {
    let ends = [(keys::PORT_TEST, pair.from, pair.to)];
    let mut tests = pair.index.of_ends(if pair.from.is_some() { &ends } else { &[] });
    let nobody = pair.index.of_key("port-test", keys::NOBODY, String::new());
    tests.extend(nobody.filter(|seen| {
        let called = [seen.facts.text("port.to"), seen.facts.text("port.to_ip")];
        pair.to.is_some() && called.into_iter().flatten().any(|name| pair.hosts.find(name) == pair.to)
    }));
    in_order(&mut tests);
    tests.retain(|seen| seen.facts.number("port.number").is_some_and(|port| WEB_PORTS.contains(&port)));
    super::path::add_tried(tests.into_iter(), ["web.port_open", "web.port_closed"], facts);
}

/// The log is of B, or of one of the servers behind the name that was called.
fn answers(pair: &Pair<'_>, log: &Observation) -> bool {
    let computer = log.facts.text("web_log.computer").and_then(|name| pair.hosts.find(name));
    let by_address = log.facts.text("web_log.server_ip").and_then(|ip| pair.hosts.find(ip));
    computer.or(by_address).is_some_and(|id| Some(id) == pair.to)
}

/// The row's caller is A, as far as A's addresses are known.
fn from_sender(pair: &Pair<'_>, row: &str) -> bool {
    let Some(address) = row.split('|').next().and_then(parse_address) else { return false };
    let known = pair.from.and_then(|id| pair.hosts.get(id)).map(|host| &host.addresses);
    known.is_none_or(|known| known.is_empty() || known.contains(&address))
}

fn add_updates(pair: &Pair<'_>, facts: &mut PairFacts) {
    let Some(to) = pair.to else { return };
    let (mut has_fix, mut count, mut newest) = (Vec::new(), 0, String::new());
    let mut places: Vec<Evidence> = Vec::new();
    for seen in pair.index.of_host("hotfix", Some(to)) {
        count += 1;
        if seen.facts.text("hotfix.id") == Some(LEGACY_FIX) {
            has_fix.extend(seen.evidence_of("hotfix.id"));
        }
        if let Some(date) = seen.facts.text("hotfix.installed_on").filter(|date| *date > newest.as_str()) {
            date.clone_into(&mut newest);
            places = seen.evidence_of("hotfix.installed_on");
        }
    }
    if !has_fix.is_empty() {
        facts.add_flag("update.legacy_fix", true, has_fix);
    } else if count > 1 && !newest.is_empty() && newest.as_str() < LEGACY_FIX_DAY {
        facts.add_flag("update.legacy_fix", false, places);
    }
}
