//! Which receive connector answers a call: by port, by the server's address, by whom it takes.
//!
//! Exchange gives a session to the enabled connector that listens on the port and whose
//! RemoteIPRanges hold the sender's address most narrowly. Front end and transport service choose
//! among their own. Where something was not given, every connector that may answer is named.

use super::connector_setup::{Setup, PORT_OF_TABLE};
use super::pair::Pair;
use crate::fact::{Endpoint, Observation};
use crate::finding::Evidence;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// A session that begins: what is known of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call {
    pub(super) port: u16,
    pub(super) sender: Option<IpAddr>,
    /// The address of the server that was called.
    pub(super) called: Option<IpAddr>,
}

/// How a connector listens for a call.
#[derive(Clone, Copy, PartialEq)]
enum Listens {
    /// On every address of the server.
    Everywhere,
    /// On one address, which was or may have been called.
    OneAddress,
    NotGiven,
    No,
}

/// How its ranges hold the sender.
#[derive(Clone, Copy, PartialEq)]
enum Fit {
    Span(u128),
    NotGiven,
    No,
}

/// A receive connector of the input.
pub(super) struct Connector<'o> {
    /// It as its server was asked, perhaps several times.
    seen: Vec<&'o Observation>,
    pub(super) setup: Setup,
}

impl<'o> Connector<'o> {
    /// Reads a connector; `None` when it is switched off.
    pub(super) fn read(seen: &'o Observation) -> Option<Connector<'o>> {
        let setup = Setup::read(&seen.facts);
        (setup.enabled != Some(false)).then(|| Connector { seen: vec![seen], setup })
    }

    /// The connectors of B that are switched on, each once, in the order of their names.
    pub(super) fn all_of(pair: &Pair<'o>) -> Vec<Connector<'o>> {
        let mut by_name: BTreeMap<String, Vec<Connector<'o>>> = BTreeMap::new();
        for seen in pair.index.of_host("receive-connector", pair.to) {
            let setup = Setup::read(&seen.facts);
            by_name.entry(setup.name.to_lowercase()).or_default().push(Connector { seen: vec![seen], setup });
        }
        let once = |(name, same): (String, Vec<Connector<'o>>)| match name.is_empty() {
            true => same,
            false => united(same),
        };
        let all = by_name.into_iter().flat_map(once);
        all.filter(|connector| connector.setup.enabled != Some(false)).collect()
    }

    fn time(&self) -> Option<&str> {
        self.seen.iter().filter_map(|seen| seen.time.as_deref()).max()
    }

    /// The first record of it.
    pub(super) fn observation(&self) -> Option<&'o Observation> {
        self.seen.first().copied()
    }

    pub(super) fn is_client(&self) -> bool {
        self.setup.is_client()
    }

    pub(super) fn evidence_of(&self, name: &str) -> Vec<Evidence> {
        self.seen.iter().flat_map(|seen| seen.evidence_of(name)).collect()
    }

    /// Where the input says how one signs in here.
    pub(super) fn evidence(&self) -> Vec<Evidence> {
        let names = ["receive_connector.auth_mechanism", "receive_connector.permission_groups"];
        names.iter().flat_map(|name| self.evidence_of(name)).collect()
    }
}

/// Several exports of one connector: those that complete each other as one, of those that differ the
/// latest, where that can be told.
fn united(mut same: Vec<Connector<'_>>) -> Vec<Connector<'_>> {
    if same.len() > 1 {
        // By content: another order of the records must make the same of them.
        same.sort_by_cached_key(|c| (c.time().map(str::to_owned), format!("{:?}", c.setup)));
    }
    let mut kept: Vec<Connector<'_>> = Vec::new();
    for new in same {
        let merged = kept.iter_mut().find_map(|known| Some((known.setup.merged(&new.setup)?, known)));
        match merged {
            Some((merged, known)) => {
                known.setup = merged;
                known.seen.extend(new.seen);
            }
            None => kept.push(new),
        }
    }
    let times: Vec<Option<String>> = kept.iter().map(|c| c.time().map(str::to_owned)).collect();
    match times.iter().max() {
        Some(latest) if times.iter().all(Option::is_some) => {
            kept.retain(|c| c.time() == latest.as_deref());
            kept
        }
        _ => kept,
    }
}

/// How it listens for a call.
fn listens(setup: &Setup, call: &Call) -> Listens {
    let not_given = setup.all_endpoints().is_none();
    let family = |endpoint: &&Endpoint| {
        // A listener for version 6 does not hear version 4.
        call.sender.is_none_or(|sender| sender.is_ipv6() == endpoint.address.is_ipv6())
    };
    let here: Vec<&Endpoint> =
        setup.endpoints().iter().filter(|e| e.port == call.port).filter(family).collect();
    if here.iter().any(|endpoint| endpoint.address.is_unspecified()) {
        Listens::Everywhere
    } else if here.iter().any(|endpoint| call.called.is_none_or(|called| called == endpoint.address)) {
        Listens::OneAddress
    } else if not_given && !setup.is_client() {
        Listens::NotGiven
    } else {
        Listens::No
    }
}

/// How its ranges hold the sender.
fn fit(setup: &Setup, sender: IpAddr) -> Fit {
    match (&setup.ranges, setup.span(sender)) {
        (None, _) => Fit::NotGiven,
        (Some(_), Some(span)) => Fit::Span(span),
        (Some(_), None) => Fit::No,
    }
}

/// Positions of the connectors that may answer: one where everything is known, none where no given
/// connector is known to listen for such a call.
pub(super) fn answering(all: &[&Setup], call: &Call) -> Vec<usize> {
    let listening: Vec<(usize, &Setup, Listens)> = all
        .iter()
        .enumerate()
        .filter(|(_, setup)| setup.enabled != Some(false))
        .map(|(at, setup)| (at, *setup, listens(setup, call)))
        .filter(|(.., listens)| *listens != Listens::No)
        .collect();
    let listening = match listening.iter().all(|(.., listens)| *listens == Listens::NotGiven) {
        true if call.port == PORT_OF_TABLE => {
            listening.into_iter().map(|(at, setup, _)| (at, setup, Listens::Everywhere)).collect()
        }
        true => Vec::new(),
        false => listening,
    };
    let Some(sender) = call.sender else { return listening.iter().map(|(at, ..)| *at).collect() };
    let held: Vec<(usize, &Setup, Listens, Fit)> =
        listening.into_iter().map(|(at, setup, listens)| (at, setup, listens, fit(setup, sender))).collect();
    // The narrowest of each service: where two services have the port, either may have taken it.
    let mut narrowest: BTreeMap<Option<&str>, u128> = BTreeMap::new();
    for (_, setup, listens, fit) in &held {
        if let (Listens::Everywhere, Fit::Span(span)) = (listens, fit) {
            let known = narrowest.entry(setup.role.as_deref()).or_insert(*span);
            *known = (*known).min(*span);
        }
    }
    let may = |(_, setup, listens, fit): &&(usize, &Setup, Listens, Fit)| match (fit, listens) {
        (Fit::No, _) => false,
        (Fit::Span(span), Listens::Everywhere) => narrowest.get(&setup.role.as_deref()) == Some(span),
        // Which of the server's addresses A called, or whether it holds A, is open.
        _ => true,
    };
    held.iter().filter(may).map(|(at, ..)| *at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::AddressRange;

    const ALL: [&str; 2] = ["0.0.0.0-255.255.255.255", "::/0"];

    fn setup(name: &str, bindings: &[&str], ranges: &[&str]) -> Setup {
        Setup {
            name: name.to_owned(),
            bindings: Some(bindings.iter().map(|b| Endpoint::parse(b).unwrap()).collect()),
            ranges: Some(ranges.iter().map(|r| AddressRange::parse(r).unwrap()).collect()),
            ..Setup::default()
        }
    }

    /// Names of those that may answer a sender on a port, the address called where it is known.
    fn who(all: &[&Setup], port: u16, sender: Option<&str>, called: Option<&str>) -> Vec<String> {
        let address = |text: &str| text.parse().unwrap();
        let call = Call { port, sender: sender.map(address), called: called.map(address) };
        answering(all, &call).into_iter().map(|at| all[at].name.clone()).collect()
    }

    #[test]
    fn the_narrowest_range_that_holds_the_sender_answers() {
        let any = setup("Default", &["0.0.0.0:25", "[::]:25"], &ALL);
        let net = setup("Net", &["0.0.0.0:25", "[::]:25"], &["192.0.2.0/24", "2001:db8::/32"]);
        let few = setup("Few", &["0.0.0.0:25", "[::]:25"], &["192.0.2.10-192.0.2.20", "2001:db8::/64"]);
        let client = setup("Client", &["0.0.0.0:587"], &["192.0.2.11"]);
        let all = [&any, &net, &few, &client];
        assert_eq!(who(&all, 25, Some("192.0.2.11"), None), ["Few"]);
        assert_eq!(who(&all, 25, Some("192.0.2.21"), None), ["Net"]);
        assert_eq!(who(&all, 25, Some("198.51.100.1"), None), ["Default"]);
        assert_eq!(who(&all, 25, Some("2001:db8::1"), None), ["Few"]);
        assert_eq!(who(&all, 25, Some("2001:db8:1::1"), None), ["Net"]);
        assert_eq!(who(&all, 587, Some("192.0.2.11"), None), ["Client"]);
        assert!(who(&all, 2525, Some("192.0.2.11"), None).is_empty());
        assert_eq!(who(&all, 25, None, None), ["Default", "Net", "Few"]);
        let off = Setup { enabled: Some(false), ..few.clone() };
        assert_eq!(who(&[&any, &net, &off], 25, Some("192.0.2.11"), None), ["Net"]);
    }

    #[test]
    fn equal_ranges_and_two_services_leave_it_open() {
        let one = setup("One", &["0.0.0.0:25"], &["192.0.2.0/24"]);
        let two = setup("Two", &["0.0.0.0:25"], &["192.0.2.0/24", "198.51.100.1"]);
        assert_eq!(who(&[&one, &two], 25, Some("192.0.2.11"), None), ["One", "Two"]);
        assert_eq!(who(&[&two, &one], 25, Some("192.0.2.11"), None), ["Two", "One"]);
        let front =
            Setup { role: Some("frontendtransport".to_owned()), ..setup("Front", &["0.0.0.0:25"], &ALL) };
        let hub = Setup { role: Some("hubtransport".to_owned()), ..one };
        assert_eq!(who(&[&front, &hub], 25, Some("192.0.2.11"), None), ["Front", "One"]);
    }

    #[test]
    fn a_listener_hears_its_own_family_and_address() {
        let four = setup("Four", &["0.0.0.0:25"], &ALL);
        let six = setup("Six", &["[::]:25"], &ALL);
        assert_eq!(who(&[&four, &six], 25, Some("192.0.2.11"), None), ["Four"]);
        assert_eq!(who(&[&four, &six], 25, Some("2001:db8::1"), None), ["Six"]);
        let bound = setup("Bound", &["192.0.2.21:25"], &ALL);
        assert_eq!(who(&[&four, &bound], 25, Some("192.0.2.11"), None), ["Four", "Bound"]);
        assert_eq!(who(&[&four, &bound], 25, Some("192.0.2.11"), Some("192.0.2.20")), ["Four"]);
        assert_eq!(who(&[&bound], 25, Some("192.0.2.11"), Some("192.0.2.21")), ["Bound"]);
    }

    #[test]
    fn what_was_not_given_may_answer() {
        let any = setup("Default", &["0.0.0.0:25"], &ALL);
        let net = setup("Net", &["0.0.0.0:25"], &["192.0.2.0/24"]);
        let cut = Setup { ranges: None, ..setup("Cut", &["0.0.0.0:25"], &[]) };
        // Its ranges may hold the sender more narrowly than `Net` does; `Default` cannot win.
        assert_eq!(who(&[&any, &net, &cut], 25, Some("192.0.2.11"), None), ["Net", "Cut"]);
        let nowhere = Setup { bindings: None, ..setup("Nowhere", &[], &["192.0.2.11"]) };
        assert_eq!(who(&[&net, &nowhere], 25, Some("192.0.2.11"), None), ["Net", "Nowhere"]);
        // All were given without: 25 is what they have in common, and nothing else.
        assert_eq!(who(&[&nowhere], 25, Some("192.0.2.11"), None), ["Nowhere"]);
        assert!(who(&[&nowhere], 2525, Some("192.0.2.11"), None).is_empty());
        let client = Setup { name: "Client EX2".to_owned(), ..nowhere.clone() };
        assert!(who(&[&client], 25, Some("192.0.2.11"), None).is_empty());
    }
}
