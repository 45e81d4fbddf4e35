//! Who would be answered by another connector: the addresses cut where any range begins or ends,
//! each piece asked for before and after.

use super::connector_choice::Call;
use super::connector_setup::Setup;
use super::what_if::Trial;
use crate::fact::AddressRange;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// Comparisons of a piece with a range; a list of thousands is not worth a second of the diagnosis.
const COMPARISONS: usize = 1_000_000;

/// Groups of senders that are told.
const GROUPS: usize = 6;

/// Senders that one connector answered and another would.
pub(super) struct Group {
    pub(super) port: u16,
    /// Positions of those that may answer, before and after.
    pub(super) answers: [Vec<usize>; 2],
    pub(super) ranges: Vec<AddressRange>,
}

/// All of them, or the first.
pub(super) struct Moved {
    pub(super) groups: Vec<Group>,
    /// None is left out.
    pub(super) all: bool,
}

/// Everyone but A.
pub(super) fn moved(trial: &Trial, senders: &[IpAddr]) -> Moved {
    let mut ports: BTreeSet<u16> = BTreeSet::new();
    let mut touched: Vec<AddressRange> = Vec::new();
    for (_, old, new) in trial.changes() {
        for setup in old.into_iter().chain([new]) {
            ports.extend(setup.ports());
            touched.extend(setup.ranges());
        }
    }
    let ranges = trial.before.iter().chain(&trial.after).flat_map(Setup::ranges).copied();
    let mut cuts: Vec<AddressRange> = ranges.collect();
    let compared = cuts.len();
    cuts.extend(senders.iter().map(|sender| AddressRange::of(*sender)));
    cuts.sort_unstable();
    cuts.dedup();
    let touched = AddressRange::joined(touched);
    let pieces_at_most = 2 * cuts.len() + touched.len();
    if pieces_at_most.saturating_mul(compared).saturating_mul(ports.len()) > COMPARISONS {
        return Moved { groups: Vec::new(), all: false };
    }
    let mut found: BTreeMap<(u16, [Vec<usize>; 2]), Vec<AddressRange>> = BTreeMap::new();
    for piece in AddressRange::cut(&touched, &cuts) {
        let address = piece.first();
        let stays = |(_, old, new): (usize, Option<&Setup>, &Setup)| {
            old.is_some_and(|old| old.listens_like(new) && old.span(address) == new.span(address))
        };
        if senders.iter().any(|sender| AddressRange::of(*sender) == piece) || trial.changes().all(stays) {
            continue;
        }
        for port in &ports {
            let call = Call { port: *port, sender: Some(address), called: None };
            let answers = trial.answers(&call);
            if answers.first() != answers.last() {
                found.entry((*port, answers)).or_default().push(piece);
            }
        }
    }
    let all = found.len() <= GROUPS;
    let groups = found.into_iter().take(GROUPS).map(|((port, answers), ranges)| Group {
        port,
        answers,
        ranges: AddressRange::joined(ranges),
    });
    Moved { groups: groups.collect(), all }
}
