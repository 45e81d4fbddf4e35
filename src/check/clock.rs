//! Clocks: how far A, B and their domain controllers are apart, in seconds.
//!
//! Offsets come from w32tm (`/stripchart`, `/monitor`): the target minus the
//! computer that measured. Two servers measured against one reference are
//! compared through it. Wall-clock texts are never compared: zones and cultures
//! differ.

use super::pair::{Pair, PairFacts};
use crate::fact::{HostId, Observation};
use crate::finding::Evidence;
use std::collections::BTreeMap;

/// Largest difference Kerberos accepts by default, in seconds.
///
/// Source: the Windows policy "Maximum tolerance for computer clock synchronization",
/// default 5 minutes; a SkewTime in the registry changes it.
pub const MAX_SKEW_SECONDS: f64 = 300.0;

struct Measured<'o> {
    from: HostId,
    to: HostId,
    offset: f64,
    seen: &'o Observation,
}

fn evidence(measured: &[&Measured<'_>]) -> Vec<Evidence> {
    measured.iter().flat_map(|m| m.seen.evidence_of("clock.offset_seconds")).collect()
}

/// Adds `clock.*`.
pub(super) fn add(pair: &Pair<'_>, facts: &mut PairFacts) {
    let limit = facts.number("clock.limit_seconds").unwrap_or(MAX_SKEW_SECONDS);
    let measured = measurements(pair);
    let ends = [pair.from, pair.to];
    let between = pair.from.zip(pair.to).and_then(|(a, b)| offset_between(&measured, a, b));
    let mut worst = 0.0_f64;
    if let Some((offset, used)) = &between {
        facts.add_number("clock.pair_offset_seconds", *offset, evidence(used));
        worst = worst.max(offset.abs());
    }
    // Against anything that is not the other end: a controller, a time source. The failing side
    // shows there even where the other end could not be measured.
    let others: Vec<&Measured> =
        measured.iter().filter(|m| ends.contains(&Some(m.from)) != ends.contains(&Some(m.to))).collect();
    if let Some(far) = others.iter().max_by(|a, b| a.offset.abs().total_cmp(&b.offset.abs())) {
        facts.add_number("clock.dc_offset_seconds", far.offset, evidence(&[far]));
        facts.add_text(
            "clock.dc_pair",
            format!("{} and {}", pair.name_of(far.from), pair.name_of(far.to)),
            Vec::new(),
        );
        worst = worst.max(far.offset.abs());
    }
    if worst > limit {
        let far: Vec<&Measured> = measured
            .iter()
            .filter(|m| ends.contains(&Some(m.from)) || ends.contains(&Some(m.to)))
            .filter(|m| m.offset.abs() > limit)
            .collect();
        let places =
            if far.is_empty() { between.map(|(_, used)| evidence(&used)) } else { Some(evidence(&far)) };
        facts.add_flag("clock.too_far", true, places.unwrap_or_default());
        facts.add_number("clock.worst_offset_seconds", worst, Vec::new());
    } else if let Some((_, used)) = &between {
        facts.add_flag("clock.close", true, evidence(used));
    }
    if ends == [None, None] {
        add_any_far(pair, &measured, limit, facts);
    }
}

/// Adds what is the same for every pair: `clock.limit_seconds`, `clock.unsynchronized`.
pub(super) fn add_shared(pair: &Pair<'_>, facts: &mut PairFacts) {
    add_limit(pair, facts);
    add_unsynchronized(pair, facts);
}

/// Where the failure names neither end, a server of Exchange with a wrong clock may be one of them.
fn add_any_far(pair: &Pair<'_>, measured: &[Measured<'_>], limit: f64, facts: &mut PairFacts) {
    let exchange = |id: HostId| pair.hosts.get(id).is_some_and(|host| host.is_exchange);
    let far: Vec<&Measured> =
        measured.iter().filter(|m| m.offset.abs() > limit && (exchange(m.from) || exchange(m.to))).collect();
    if !far.is_empty() {
        facts.add_flag("clock.far_somewhere", true, evidence(&far));
    }
}

/// The limit in force: a SkewTime that A, B or a controller was seen to use, else the default.
fn add_limit(pair: &Pair<'_>, facts: &mut PairFacts) {
    let set = pair.index.of_kind("registry-values").filter_map(|o| {
        o.facts
            .number("kerberos.skew_minutes")
            .filter(|minutes| *minutes > 0.0)
            .map(|minutes| (minutes * 60.0, o))
    });
    // The strictest of those seen refuses first.
    let limit = set.min_by(|a, b| a.0.total_cmp(&b.0));
    let (seconds, places) = match limit {
        Some((seconds, seen)) => (seconds, seen.evidence_of("kerberos.skew_minutes")),
        None => (MAX_SKEW_SECONDS, Vec::new()),
    };
    facts.add_number("clock.limit_seconds", seconds, places);
}

/// The measurements that A or B took part in.
fn measurements<'a>(pair: &Pair<'a>) -> Vec<Measured<'a>> {
    let of = |o: &Observation, name: &str| o.facts.text(name).and_then(|name| pair.hosts.find(name));
    pair.index
        .of_hosts("clock-offset", &[pair.from, pair.to])
        .into_iter()
        .filter_map(|seen| {
            let from = of(seen, "clock.from").or_else(|| of(seen, "record.computer"))?;
            let to = of(seen, "clock.to").or_else(|| of(seen, "clock.to_ip"))?;
            let offset = seen.facts.number("clock.offset_seconds")?;
            // w32tm cannot tell better than the round trip; a slow answer is no measurement.
            let slow = seen
                .facts
                .number("clock.round_trip_seconds")
                .is_some_and(|trip| trip > MAX_SKEW_SECONDS / 10.0);
            (!slow && from != to).then_some(Measured { from, to, offset, seen })
        })
        .collect()
}

/// B minus A in seconds: measured directly, else through a computer both were measured against.
/// Of several measurements the largest counts: a clock that is right now may have been wrong then.
fn offset_between<'m, 'o>(
    measured: &'m [Measured<'o>],
    a: HostId,
    b: HostId,
) -> Option<(f64, Vec<&'m Measured<'o>>)> {
    let direct = measured.iter().filter_map(|m| match (m.from, m.to) {
        pair if pair == (a, b) => Some((m.offset, vec![m])),
        pair if pair == (b, a) => Some((-m.offset, vec![m])),
        _ => None,
    });
    if let Some(found) = direct.max_by(|x, y| x.0.abs().total_cmp(&y.0.abs())) {
        return Some(found);
    }
    // Offset of a reference against a server, keyed by the reference.
    let against = |server: HostId| -> BTreeMap<HostId, (f64, &'m Measured<'o>)> {
        measured
            .iter()
            .filter_map(|m| match (m.from == server, m.to == server) {
                (true, _) => Some((m.to, (m.offset, m))),
                (_, true) => Some((m.from, (-m.offset, m))),
                _ => None,
            })
            .collect()
    };
    let of_b = against(b);
    against(a)
        .into_iter()
        .filter_map(|(reference, (from_a, m_a))| {
            of_b.get(&reference).map(|(from_b, m_b)| (from_a - from_b, vec![m_a, *m_b]))
        })
        .max_by(|x, y| x.0.abs().total_cmp(&y.0.abs()))
}

fn add_unsynchronized(pair: &Pair<'_>, facts: &mut PairFacts) {
    let (mut names, mut places) = (Vec::new(), Vec::new());
    for seen in pair.index.of_kind("time-status") {
        if seen.facts.flag("time.synchronized") == Some(false) {
            if let Some(computer) = &seen.computer {
                names.push(computer.clone());
            }
            places.extend(seen.evidence_of("time.synchronized"));
        }
    }
    facts.add_list("clock.unsynchronized", names, places);
}
