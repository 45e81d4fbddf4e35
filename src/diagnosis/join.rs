//! Joins the two witnesses of one failure: the queue that names a site and the event on one of
//! the site's servers, the known sender and the bare address that only it can have.
//!
//! Each problem is looked at in its order, and again when a join changed what it depends on: the
//! problems towards its own receivers. So a thousand servers cost what a hundred cost each.

use super::problem::{Party, Seen};
use crate::fact::{parse_address, HostId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

type Places = BTreeSet<usize>;

struct Joiner<'o> {
    /// Those that were joined to another are gone.
    problems: Vec<Option<Seen<'o>>>,
    /// By problem and server: those whose receiver it is, or may be.
    towards: BTreeMap<(Arc<str>, HostId), Places>,
    /// By problem, known receiver and sender; `None` is a bare sender.
    between: BTreeMap<(Arc<str>, HostId, Option<HostId>), Places>,
}

/// A sender of whom nothing but an address is known, or nothing at all.
fn is_bare(party: &Party) -> bool {
    party.host.is_none() && party.label.as_deref().is_none_or(|label| parse_address(label).is_some())
}

fn is_address(party: &Party) -> bool {
    party.label.as_deref().is_some_and(|label| parse_address(label).is_some())
}

/// The servers that a receiver is, or may be.
fn servers(party: &Party) -> BTreeSet<HostId> {
    party.host.into_iter().chain(party.members.iter().copied()).collect()
}

pub(super) fn join_ends(problems: Vec<Seen<'_>>) -> Vec<Seen<'_>> {
    let count = problems.len();
    let problems = problems.into_iter().map(Some).collect();
    let mut joiner = Joiner { problems, towards: BTreeMap::new(), between: BTreeMap::new() };
    (0..count).for_each(|at| joiner.index(at, true));
    let mut open: Places = (0..count).collect();
    while let Some(at) = open.pop_first() {
        if let Some(other) = joiner.partner(at) {
            open.extend(joiner.join(at, other));
        }
    }
    joiner.problems.into_iter().flatten().collect()
}

impl<'o> Joiner<'o> {
    fn get(&self, at: usize) -> Option<&Seen<'o>> {
        self.problems.get(at)?.as_ref()
    }

    /// Puts a problem into the indexes, or takes it out.
    fn index(&mut self, at: usize, put: bool) {
        let Some(seen) = self.problems.get(at).and_then(Option::as_ref) else { return };
        let change = |places: &mut Places| if put { places.insert(at) } else { places.remove(&at) };
        for server in servers(&seen.to) {
            change(self.towards.entry((seen.id.clone(), server)).or_default());
        }
        let from = seen.from.host;
        if let Some(to) = seen.to.host.filter(|_| from.is_some() || is_bare(&seen.from)) {
            change(self.between.entry((seen.id.clone(), to, from)).or_default());
        }
    }

    /// The only other problem that tells of the same failure, more exactly.
    fn partner(&self, at: usize) -> Option<usize> {
        let one = self.get(at)?;
        let from = one.from.host?;
        let exact = |other: &Seen| one.to.host != other.to.host || Some(from) != other.from.host;
        let mut only: Option<usize> = None;
        let receivers = match one.to.host {
            Some(host) => BTreeSet::from([host]),
            None => servers(&one.to),
        };
        for to in receivers {
            for sender in [Some(from), None] {
                let places = self.between.get(&(one.id.clone(), to, sender)).into_iter().flatten();
                for place in places.copied().filter(|place| *place != at) {
                    if self.get(place).is_some_and(exact) && only.replace(place).is_some() {
                        return None;
                    }
                }
            }
        }
        let only = only?;
        // An address could be any other sender's: it is A's only where A is the one sender left.
        let other = self.get(only)?;
        let mut rivals = self.towards.get(&(one.id.clone(), other.to.host?)).into_iter().flatten();
        let known = |place: &usize| {
            ![at, only].contains(place) && self.get(*place).is_some_and(|seen| seen.from.host.is_some())
        };
        let open = is_address(&other.from) && rivals.any(known);
        (!open).then_some(only)
    }

    /// Joins `other` to `at`; returns the problems that depend on either.
    fn join(&mut self, at: usize, other: usize) -> Places {
        let mut affected = Places::from([at]);
        for place in [at, other] {
            let Some(seen) = self.get(place) else { continue };
            for server in servers(&seen.to) {
                affected.extend(self.towards.get(&(seen.id.clone(), server)).into_iter().flatten());
            }
            self.index(place, false);
        }
        affected.remove(&other);
        let absorbed = self.problems.get_mut(other).and_then(Option::take);
        if let (Some(one), Some(absorbed)) = (self.problems.get_mut(at).and_then(Option::as_mut), absorbed) {
            one.undated |= absorbed.undated;
            one.absorb(&absorbed);
            one.to = absorbed.to;
        }
        self.index(at, true);
        affected
    }
}
