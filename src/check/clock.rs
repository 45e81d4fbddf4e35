//! Clocks: how far A, B and their domain controllers are apart, in seconds.
//!
//! Offsets come from w32tm (`/stripchart`, `/monitor`): the target minus the
//! computer that measured. Two servers measured against one reference are
//! compared through it. Wall-clock texts are never compared: zones and cultures
//! differ. What another Exchange server measured tells that one of the two is
//! wrong, and not which: it is no measurement of A and B. What was measured from a console that
//! nobody named may be the fault of that console.

use super::pair::{Pair, PairFacts};
use super::words::AND;
use crate::fact::{Age, HostId, Observation};
use crate::finding::Evidence;
use std::collections::{BTreeMap, BTreeSet, HashMap};

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

/// The evidence for what measurements tell together: where one is of another time, so is what they tell.
fn evidence_of_all(pair: &Pair<'_>, used: &[&Measured<'_>]) -> Vec<Evidence> {
    let old: Vec<&Measured<'_>> = used.iter().copied().filter(|m| pair.age(m.seen) != Age::Counts).collect();
    evidence(if old.is_empty() { used } else { &old })
}

/// Adds `clock.*`.
pub(super) fn add(pair: &Pair<'_>, facts: &mut PairFacts) {
    let limit = facts.number("clock.limit_seconds").unwrap_or(MAX_SKEW_SECONDS);
    let measured = measurements(pair, limit);
    let ends = [pair.from, pair.to];
    let mut own = match ends {
        [Some(_), Some(_)] => pair.index.of_hosts("time-status", &ends),
        // Any of them may be the end that is not known.
        _ => pair.shared().clocks.adrift.iter().filter_map(|at| pair.index.get(*at)).collect(),
    };
    own.retain(|seen| of_exchange(pair, seen));
    add_unsynchronized(own.into_iter(), facts);
    let between = pair.from.zip(pair.to).and_then(|(a, b)| offset_between(&measured, a, b));
    let mut worst = 0.0_f64;
    if let Some((offset, used)) = &between {
        facts.add_number("clock.pair_offset_seconds", *offset, evidence_of_all(pair, used));
        worst = worst.max(offset.abs());
    }
    let one_end = |m: &&Measured<'_>| ends.contains(&Some(m.from)) != ends.contains(&Some(m.to));
    let (strangers, others): (Vec<&Measured>, Vec<&Measured>) =
        measured.iter().filter(one_end).partition(|m| is_stranger(pair, m));
    // Against a controller or a time source: the failing side shows there even where the other end
    // could not be measured.
    if let Some(far) = others.iter().copied().max_by(|a, b| farther(a, b)) {
        facts.add_number("clock.dc_offset_seconds", far.offset, evidence(&[far]));
        facts.add_text("clock.dc_pair", names(pair, far), Vec::new());
        worst = worst.max(far.offset.abs());
    }
    let direct = measured.iter().filter(|m| ends.contains(&Some(m.from)) && ends.contains(&Some(m.to)));
    let direct: Vec<&Measured> = direct.collect();
    let over = |m: &&Measured<'_>| m.offset.abs() > limit;
    if worst > limit {
        let far: Vec<&Measured> = direct.iter().chain(&others).copied().filter(over).collect();
        let places = match &between {
            Some((_, used)) if far.is_empty() => evidence_of_all(pair, used),
            _ => evidence(&far),
        };
        facts.add_flag("clock.too_far", true, places);
        facts.add_number("clock.worst_offset_seconds", worst, Vec::new());
    } else if let Some((_, used)) = &between {
        // Each of several direct measurements shows it.
        let places = if direct.is_empty() { evidence_of_all(pair, used) } else { evidence(&direct) };
        facts.add_flag("clock.close", true, places);
    }
    if between.is_none() && worst <= limit {
        let far: Vec<&Measured> = strangers.into_iter().filter(over).collect();
        let pairs = far.iter().map(|m| names(pair, m)).collect();
        facts.add_list("clock.far_from_other", pairs, evidence(&far));
    }
    if between.is_none() && worst <= limit {
        add_unnamed_far(pair, limit, facts);
    }
    if ends == [None, None] {
        add_any_far(pair, &measured, limit, facts);
    }
}

/// A server's clock that differs from that of a console which nobody named: A's, B's, or that of
/// somebody's desk. Where the failure names no end it may be any server's.
fn add_unnamed_far(pair: &Pair<'_>, limit: f64, facts: &mut PairFacts) {
    let ends = [pair.from, pair.to];
    let concerns = |host: HostId| ends == [None, None] || ends.contains(&Some(host));
    let unnamed = pair.shared().clocks.unnamed.iter();
    let far = unnamed.filter(|(host, seconds, _)| concerns(*host) && seconds.abs() > limit);
    let (mut names, mut places) = (Vec::new(), Vec::new());
    for (host, _, position) in far {
        names.push(pair.name_of(*host));
        let seen = pair.index.get(*position);
        places.extend(seen.into_iter().flat_map(|seen| seen.evidence_of("clock.offset_seconds")));
    }
    facts.add_list("clock.far_from_unnamed", names, places);
}

fn names(pair: &Pair<'_>, measured: &Measured<'_>) -> String {
    let (first, second) = (pair.name_of(measured.from), pair.name_of(measured.to));
    pair.say(AND, &[("first", &first), ("second", &second)])
}

/// One of two known ends and an Exchange server that is neither.
fn is_stranger(pair: &Pair<'_>, measured: &Measured<'_>) -> bool {
    let ends = [pair.from, pair.to];
    let other = if ends.contains(&Some(measured.from)) { measured.to } else { measured.from };
    !ends.contains(&None) && pair.hosts.get(other).is_some_and(|host| host.is_exchange)
}

/// The order of measurements: by size, then by what else they say.
fn farther(a: &Measured<'_>, b: &Measured<'_>) -> std::cmp::Ordering {
    let by = |a: f64, b: f64| a.abs().total_cmp(&b.abs()).then(a.total_cmp(&b));
    by(a.offset, b.offset).then_with(|| (&a.seen.time, a.from, a.to).cmp(&(&b.seen.time, b.from, b.to)))
}

/// Adds what is the same for every pair: `clock.limit_seconds`, `clock.unsynchronized`.
pub(super) fn add_shared(pair: &Pair<'_>, facts: &mut PairFacts) {
    add_limit(pair, facts);
    let others = pair.index.of_kind("time-status").filter(|seen| !of_exchange(pair, seen));
    add_unsynchronized(others, facts);
}

/// It was seen on a server of Exchange: that server's own affair, unless it is an end of the pair.
fn of_exchange(pair: &Pair<'_>, seen: &Observation) -> bool {
    let host = seen.computer.as_deref().and_then(|name| pair.hosts.find(name));
    host.and_then(|id| pair.hosts.get(id)).is_some_and(|host| host.is_exchange)
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

/// A measurement as every pair reads it: between whom, by how much, and where it stands.
#[derive(Clone, Copy)]
struct Offset {
    from: HostId,
    to: HostId,
    seconds: f64,
    position: usize,
}

/// What was measured between a server and others.
#[derive(Default)]
struct Partners {
    offsets: BTreeMap<HostId, Vec<Offset>>,
    /// Others that are no servers of Exchange: references.
    outside: BTreeSet<HostId>,
    /// The largest difference with each of the rest, the largest first.
    worst: Vec<(f64, HostId)>,
}

impl Partners {
    /// Those that say something about a pair with another server: it, what both were compared with, the
    /// references, and whoever is beyond the limit. A hub's other partners are not looked at.
    fn about(&self, other: HostId, theirs: Option<&Partners>, limit: f64) -> BTreeSet<HostId> {
        let far = self.worst.iter().take_while(|(worst, _)| *worst > limit).map(|(_, id)| *id);
        let mut about: BTreeSet<HostId> = self.outside.iter().copied().chain(far).collect();
        about.insert(other);
        if let Some(theirs) = theirs {
            let (few, many) = match self.offsets.len() < theirs.offsets.len() {
                true => (&self.offsets, &theirs.offsets),
                false => (&theirs.offsets, &self.offsets),
            };
            about.extend(few.keys().filter(|id| many.contains_key(id)));
        }
        about
    }
}

/// All measurements, and those that a server took part in by the other computer.
#[derive(Default)]
pub(super) struct Clocks {
    all: Vec<Offset>,
    by_server: HashMap<HostId, Partners>,
    /// Exchange servers' own words that their clocks are not synchronized.
    adrift: Vec<usize>,
    /// What a console that nobody named measured: of whom, by how much, and where it stands.
    unnamed: Vec<(HostId, f64, usize)>,
}

impl Clocks {
    /// Reads them.
    pub(super) fn of(pair: &Pair<'_>) -> Clocks {
        let mut clocks = Clocks::default();
        let adrift = pair.index.numbered("time-status").filter(|(_, seen)| {
            seen.facts.flag("time.synchronized") == Some(false) && of_exchange(pair, seen)
        });
        clocks.adrift.extend(adrift.map(|(position, _)| position));
        for (position, seen) in pair.index.numbered("clock-offset") {
            let Some(offset) = read(pair, seen, position) else {
                clocks.unnamed.extend(read_unnamed(pair, seen).map(|(to, seconds)| (to, seconds, position)));
                continue;
            };
            clocks.all.push(offset);
            for (one, other) in [(offset.from, offset.to), (offset.to, offset.from)] {
                let partners = clocks.by_server.entry(one).or_default();
                partners.offsets.entry(other).or_default().push(offset);
                if !pair.hosts.get(other).is_some_and(|host| host.is_exchange) {
                    partners.outside.insert(other);
                }
            }
        }
        for partners in clocks.by_server.values_mut() {
            let inside = partners.offsets.iter().filter(|(id, _)| !partners.outside.contains(id));
            let worst = |offsets: &[Offset]| offsets.iter().map(|o| o.seconds.abs()).fold(0.0, f64::max);
            partners.worst = inside.map(|(id, offsets)| (worst(offsets), *id)).collect();
            partners.worst.sort_by(|a, b| b.0.total_cmp(&a.0));
        }
        clocks
    }

    /// Those that one of two servers took part in; all where neither is known. A hub measures a
    /// thousand servers: of those that have nothing to do with the other end only what is beyond the
    /// limit says anything.
    fn between(&self, ends: [Option<HostId>; 2], limit: f64) -> Vec<Offset> {
        let of = |end: Option<HostId>| end.and_then(|end| self.by_server.get(&end));
        let mut found: Vec<Offset> = Vec::new();
        for (one, other) in [(ends[0], ends[1]), (ends[1], ends[0])] {
            let Some(partners) = of(one) else { continue };
            match other {
                None => found.extend(partners.offsets.values().flatten()),
                Some(id) => {
                    let about = partners.about(id, of(other), limit);
                    found.extend(about.iter().filter_map(|id| partners.offsets.get(id)).flatten());
                }
            }
        }
        if ends == [None, None] {
            found.clone_from(&self.all);
        }
        found.sort_by_key(|offset| offset.position);
        found.dedup_by_key(|offset| offset.position);
        found
    }
}

fn read(pair: &Pair<'_>, seen: &Observation, position: usize) -> Option<Offset> {
    let of = |name: &str| seen.facts.text(name).and_then(|name| pair.hosts.find(name));
    let from = of("clock.from").or_else(|| of("record.computer"))?;
    let (to, seconds) = read_target(pair, seen)?;
    (from != to).then_some(Offset { from, to, seconds, position })
}

/// The clock that was measured, and its offset.
fn read_target(pair: &Pair<'_>, seen: &Observation) -> Option<(HostId, f64)> {
    let of = |name: &str| seen.facts.text(name).and_then(|name| pair.hosts.find(name));
    let to = of("clock.to").or_else(|| of("clock.to_ip"))?;
    // w32tm cannot tell better than the round trip; a slow answer is no measurement.
    let slow =
        seen.facts.number("clock.round_trip_seconds").is_some_and(|trip| trip > MAX_SKEW_SECONDS / 10.0);
    Some((to, seen.facts.number("clock.offset_seconds")?)).filter(|_| !slow)
}

/// The same where nothing says which computer measured.
fn read_unnamed(pair: &Pair<'_>, seen: &Observation) -> Option<(HostId, f64)> {
    let is_named = ["clock.from", "record.computer"].iter().any(|name| seen.facts.text(name).is_some());
    read_target(pair, seen).filter(|_| !is_named && seen.computer.is_none())
}

/// The measurements that A or B took part in.
fn measurements<'a>(pair: &Pair<'a>, limit: f64) -> Vec<Measured<'a>> {
    let read = pair.shared().clocks.between([pair.from, pair.to], limit).into_iter();
    let measured = read.filter_map(|offset| {
        let Offset { from, to, seconds, position } = offset;
        Some(Measured { from, to, offset: seconds, seen: pair.index.get(position)? })
    });
    let mut by_pair: BTreeMap<(HostId, HostId), Vec<Measured>> = BTreeMap::new();
    for one in measured {
        by_pair.entry((one.from.min(one.to), one.from.max(one.to))).or_default().push(one);
    }
    by_pair.values_mut().for_each(|several| pair.of_the_time(several, |one| one.seen));
    by_pair.into_values().flatten().collect()
}

/// B minus A in seconds: measured directly, else through a computer both were measured against.
/// Of several measurements the largest counts: a clock that is right now may have been wrong then.
fn offset_between<'m, 'o>(
    measured: &'m [Measured<'o>],
    a: HostId,
    b: HostId,
) -> Option<(f64, Vec<&'m Measured<'o>>)> {
    let ends = |m: &&Measured<'_>| [(a, b), (b, a)].contains(&(m.from, m.to));
    if let Some(direct) = measured.iter().filter(ends).max_by(|x, y| farther(x, y)) {
        let offset = if direct.from == a { direct.offset } else { -direct.offset };
        return Some((offset, vec![direct]));
    }
    // Offset of a reference against a server, keyed by the reference.
    let against = |server: HostId| {
        let mut found: BTreeMap<HostId, (f64, &'m Measured<'o>)> = BTreeMap::new();
        for m in measured {
            let (reference, offset) = match (m.from == server, m.to == server) {
                (true, _) => (m.to, m.offset),
                (_, true) => (m.from, -m.offset),
                _ => continue,
            };
            let kept = found.entry(reference).or_insert((offset, m));
            if farther(m, kept.1).is_gt() {
                *kept = (offset, m);
            }
        }
        found
    };
    let of_b = against(b);
    against(a)
        .into_iter()
        .filter_map(|(reference, (from_a, m_a))| {
            of_b.get(&reference).map(|(from_b, m_b)| (from_a - from_b, vec![m_a, *m_b]))
        })
        .max_by(|x, y| x.0.abs().total_cmp(&y.0.abs()))
}

/// The computers among some that say they are not synchronized.
fn add_unsynchronized<'o>(statuses: impl Iterator<Item = &'o Observation>, facts: &mut PairFacts) {
    let (mut names, mut places) = (Vec::new(), Vec::new());
    for seen in statuses {
        if seen.facts.flag("time.synchronized") == Some(false) {
            if let Some(computer) = &seen.computer {
                names.push(computer.to_string());
            }
            places.extend(seen.evidence_of("time.synchronized"));
        }
    }
    facts.add_list("clock.unsynchronized", names, places);
}
