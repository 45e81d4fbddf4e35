//! The domain behind the servers: replication, the way to a KDC, secure channels.

use super::keys;
use super::pair::{in_order, Pair, PairFacts};
use super::words::{AS_DESTINATION, AS_SOURCE, A_CONTROLLER};
use crate::finding::Evidence;

/// The port of Kerberos.
pub(super) const KERBEROS_PORT: f64 = 88.0;

/// Adds `kerberos_port.*`, `secure_channel.*`, `trust.fails_on`, `kerberos.log_level`.
pub(super) fn add(pair: &Pair<'_>, facts: &mut PairFacts) {
    add_ports(pair, facts);
    add_secure_channels(pair, facts);
    add_trust_elsewhere(pair, facts);
    for host in [pair.from, pair.to] {
        for seen in pair.index.of_host("registry-values", host) {
            if let Some(level) = seen.facts.number("kerberos.log_level") {
                facts.add_number("kerberos.log_level", level, seen.evidence_of("kerberos.log_level"));
            }
        }
    }
}

/// Adds what is the same for every pair: `replication.*`, `kdc.stopped`.
pub(super) fn add_shared(pair: &Pair<'_>, facts: &mut PairFacts) {
    add_replication(pair, facts);
    add_kdc_service(pair, facts);
}

fn add_replication(pair: &Pair<'_>, facts: &mut PairFacts) {
    let (mut failing, mut unreachable, mut bad, mut good) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut checked = 0.0;
    for seen in pair.index.of_kind("replication-link") {
        checked += 1.0;
        let name = |fact: &str| seen.facts.text(fact).unwrap_or("?").to_owned();
        if seen.facts.flag("replication.unreachable") == Some(true) {
            unreachable.push(name("replication.destination"));
            bad.extend(seen.evidence_of("replication.destination"));
        } else if seen.facts.number("replication.failures").is_some_and(|failures| failures > 0.0) {
            let status = seen.facts.number("replication.status").unwrap_or_default();
            let line =
                format!("{} -> {} ({status})", name("replication.source"), name("replication.destination"));
            failing.push(line);
            bad.extend(seen.evidence_of("replication.failures"));
        } else {
            good.extend(seen.evidence_of("replication.failures"));
        }
    }
    for seen in pair.index.of_kind("replication-summary") {
        checked += seen.facts.number("replication_summary.rows").unwrap_or_default();
        let rows = seen.facts.list("replication_summary.failing").unwrap_or_default();
        failing.extend(rows.iter().map(|row| summary_row(pair, row)));
        let errors = seen.facts.list("replication_summary.operational_errors").unwrap_or_default();
        unreachable.extend(errors.iter().filter_map(|row| row.split('|').nth(1)).map(str::to_owned));
        let place = seen.evidence_of("replication_summary.rows");
        if rows.is_empty() && errors.is_empty() {
            good.extend(place);
        } else {
            bad.extend(place);
        }
    }
    if checked > 0.0 {
        facts.add_number("replication.links_checked", checked, Vec::new());
        if failing.is_empty() && unreachable.is_empty() {
            // One of each time: three thousand links at one time show no more.
            good.sort_by(|a, b| (&a.seen, a.record).cmp(&(&b.seen, b.record)));
            good.dedup_by(|a, b| a.seen == b.seen);
            facts.add_flag("replication.healthy", true, good);
        }
    }
    facts.add_list("replication.failing_links", failing, bad.clone());
    facts.add_list("replication.unreachable", unreachable, bad);
}

/// `role|dsa|fails|total|code` in words.
fn summary_row(pair: &Pair<'_>, row: &str) -> String {
    let mut parts = row.split('|');
    let (role, dsa) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let (fails, total) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let words = if role == "source" { AS_SOURCE } else { AS_DESTINATION };
    let line = pair.say(words, &[("server", dsa), ("fails", fails), ("total", total)]);
    match parts.next().unwrap_or_default() {
        "" | "0" => line,
        code => format!("{line} ({code})"),
    }
}

fn add_ports(pair: &Pair<'_>, facts: &mut PairFacts) {
    let (mut open, mut closed) = ((Vec::new(), Vec::new()), (Vec::new(), Vec::new()));
    let ends = [pair.from, pair.to].into_iter().filter(Option::is_some);
    let ends: Vec<keys::Ends> = ends.map(|host| (keys::KERBEROS_TEST, host, None)).collect();
    let mut tests = pair.index.of_ends(&ends);
    tests.extend(pair.index.of_key("port-test", keys::NOBODY, String::new()));
    in_order(&mut tests);
    for seen in tests {
        let kerberos = seen.facts.number("port.number") == Some(KERBEROS_PORT);
        let tcp =
            seen.facts.text("port.protocol").is_none_or(|protocol| protocol.eq_ignore_ascii_case("tcp"));
        if !kerberos || !tcp {
            continue;
        }
        let from = seen.facts.text("port.from").or(seen.computer.as_deref());
        let from_id = from.and_then(|name| pair.hosts.find(name));
        // A test from a third computer says nothing about A and B.
        if from_id.is_some() && from_id != pair.from && from_id != pair.to {
            continue;
        }
        let to = seen.facts.text("port.to").or(seen.facts.text("port.to_ip")).unwrap_or("?");
        let line = format!("{} -> {to}", from.unwrap_or("?"));
        let list = match seen.facts.flag("port.open") {
            Some(true) => &mut open,
            // A name that does not resolve is a DNS fault, not a closed port.
            Some(false) if seen.facts.flag("port.name_resolved") == Some(false) => continue,
            // An Exchange server is no controller as a rule: nothing listens there on a healthy day.
            Some(false)
                if pair.hosts.find(to).and_then(|id| pair.hosts.get(id)).is_some_and(|h| h.is_exchange) =>
            {
                continue
            }
            Some(false) => &mut closed,
            _ => continue,
        };
        list.0.push(line);
        list.1.extend(seen.evidence_of("port.open"));
    }
    facts.add_list("kerberos_port.open", open.0, open.1);
    facts.add_list("kerberos_port.closed", closed.0, closed.1);
}

fn add_secure_channels(pair: &Pair<'_>, facts: &mut PairFacts) {
    let mut broken: (Vec<String>, Vec<Evidence>) = Default::default();
    let mut verified: (Vec<String>, Vec<Evidence>) = Default::default();
    let mut unreached: (Vec<String>, Vec<Evidence>) = Default::default();
    for host in [pair.from, pair.to].into_iter().flatten() {
        for seen in pair.index.of_host("secure-channel", Some(host)) {
            if super::accounts::is_foreign(pair, Some(host), seen) {
                continue;
            }
            let flag = |fact: &str| seen.facts.flag(fact);
            let (list, fact) = match flag("secure_channel.ok") {
                // What the server remembers of the channel does not try it.
                Some(true) if flag("secure_channel.verified") == Some(false) => continue,
                Some(true) => (&mut verified, "secure_channel.ok"),
                // Other statuses are of something else than the account.
                _ if is_broken(seen) => (&mut broken, "secure_channel.ok"),
                _ if flag("secure_channel.no_controller") == Some(true) => {
                    (&mut unreached, "secure_channel.no_controller")
                }
                _ => continue,
            };
            list.0.push(pair.name_of(host));
            list.1.extend(seen.evidence_of(fact));
        }
    }
    // A controller that refused somebody it does not name: who fails to verify is that one.
    if pair.problem == "secure-channel-failure" && pair.from.is_none() {
        for seen in pair.index.of_kind("secure-channel") {
            let host = seen.computer.as_deref().and_then(|name| pair.hosts.find(name));
            let Some(host) = host.filter(|host| is_broken(seen) && Some(*host) != pair.to) else { continue };
            if !super::accounts::is_foreign(pair, Some(host), seen) {
                broken.0.push(pair.name_of(host));
                broken.1.extend(seen.evidence_of("secure_channel.ok"));
            }
        }
    }
    // A failed check of nobody that is known was made on one of the two, or it would not be here. One
    // that passed beside it makes both anybody's.
    let nobody: Vec<&crate::fact::Observation> = pair
        .index
        .of_key("secure-channel", keys::NOBODY, String::new())
        .filter(|seen| !super::accounts::is_foreign(pair, pair.from.or(pair.to), seen))
        .filter(|seen| !is_of_target_alone(pair, seen) && seen.facts.flag("secure_channel.ok").is_some())
        .collect();
    if nobody.iter().all(|seen| is_broken(seen)) {
        for seen in nobody {
            broken.0.push(pair.to_name().to_owned());
            broken.1.extend(seen.evidence_of("secure_channel.ok"));
        }
    }
    facts.add_list("secure_channel.broken", broken.0, broken.1);
    facts.add_list("secure_channel.verified", verified.0, verified.1);
    facts.add_list("secure_channel.no_controller", unreached.0, unreached.1);
}

/// A controller refused the account.
fn is_broken(seen: &crate::fact::Observation) -> bool {
    let flag = |fact: &str| seen.facts.flag(fact);
    flag("secure_channel.ok") == Some(false) && flag("secure_channel.account_refused") == Some(true)
}

/// Trusts are checked on domain controllers, too: one of B's domain that fails on a computer of another
/// name than B's domain's own is a sign, as nobody said in which domain that computer is.
fn add_trust_elsewhere(pair: &Pair<'_>, facts: &mut PairFacts) {
    let Some(theirs) = pair.to.and_then(|id| super::accounts::domain_of(pair, id)) else { return };
    let (mut places, mut computers) = (Vec::new(), Vec::new());
    for seen in pair.index.of_key("secure-channel", keys::FAILED_CHANNEL, theirs.to_lowercase()) {
        let Some(computer) = seen.computer.as_deref() else { continue };
        let own = pair.hosts.find(computer).and_then(|id| super::accounts::domain_of(pair, id));
        // A member that lost its own domain has no part in this.
        if own.is_none_or(|own| !own.eq_ignore_ascii_case(theirs)) {
            computers.push(computer.to_owned());
            let known = ["secure_channel.ok", "secure_channel.no_controller"];
            places.extend(known.iter().flat_map(|fact| seen.evidence_of(fact)));
        }
    }
    facts.add_list("trust.fails_on", computers, places);
}

/// Nobody knows A, and the domain that was checked is that of B: made on A it tried a trust, made on B
/// its own channel.
fn is_of_target_alone(pair: &Pair<'_>, seen: &crate::fact::Observation) -> bool {
    let theirs = pair.to_label.and_then(|name| name.split_once('.')).map(|(_, domain)| domain);
    let asked = seen.facts.text("secure_channel.domain");
    pair.from.is_none()
        && pair.to.is_none()
        && matches!((theirs, asked), (Some(theirs), Some(asked)) if theirs.eq_ignore_ascii_case(asked))
}

/// A Kerberos service that is stopped on a domain controller; it runs nowhere else.
fn add_kdc_service(pair: &Pair<'_>, facts: &mut PairFacts) {
    let (mut stopped, mut places) = (Vec::new(), Vec::new());
    let (mut switched_off, mut off_places) = (Vec::new(), Vec::new());
    for seen in pair.index.of_kind("service-state") {
        let computer = seen.facts.text("service.computer").or(seen.computer.as_deref());
        // On a member server the service is stopped and disabled by design.
        let member = computer
            .and_then(|name| pair.hosts.find(name))
            .and_then(|id| pair.hosts.get(id))
            .is_some_and(|host| host.is_exchange);
        // Disabled it is a member's, whoever that is: a controller's starts by itself.
        let disabled = seen.facts.flag("service.disabled") == Some(true);
        // Of a machine that nothing names, a service that may be disabled may be any member's.
        let known = computer.is_some() || seen.facts.flag("service.disabled") == Some(false);
        if seen.facts.flag("service.kdc_stopped") == Some(true) && !member && !disabled && known {
            stopped.push(computer.map_or_else(|| pair.say(A_CONTROLLER, &[]), str::to_owned));
            places.extend(seen.evidence_of("service.kdc_stopped"));
        }
        if let (Some(true), true, false, Some(name)) =
            (seen.facts.flag("service.kdc_stopped"), disabled, member, computer)
        {
            switched_off.push(name.to_owned());
            off_places.extend(seen.evidence_of("service.disabled"));
        }
    }
    facts.add_list("kdc.disabled", switched_off, off_places);
    facts.add_list("kdc.stopped", stopped, places);
}
