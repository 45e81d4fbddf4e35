//! Which receive connector answers a call: by port, by the server's address, by whom it takes.
//!
//! Exchange gives a session to the enabled connector that listens on the port and whose
//! RemoteIPRanges hold the sender's address most narrowly. Front end and transport service choose
//! among their own. Where something was not given, every connector that may answer is named.

use super::pair::Pair;
use crate::fact::{AddressRange, Endpoint, FactTable, Observation};
use crate::finding::Evidence;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// The name in a connector's greeting.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) enum Greeting {
    #[default]
    NotGiven,
    /// The server's own name is used.
    Empty,
    Name(String),
}

/// What decides whom a connector answers and what it lets them do. `None` is "not given".
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Setup {
    pub(super) name: String,
    pub(super) enabled: Option<bool>,
    pub(super) bindings: Option<Vec<Endpoint>>,
    /// It may listen on more than `bindings`.
    pub(super) bindings_cut: bool,
    /// Not given also where the list was cut or cannot be read: a part of it is no answer.
    pub(super) ranges: Option<Vec<AddressRange>>,
    /// `hubtransport`, `frontendtransport`.
    pub(super) role: Option<String>,
    pub(super) mechanisms: Option<Vec<String>>,
    pub(super) groups: Option<Vec<String>>,
    pub(super) auth: Option<bool>,
    pub(super) permitted: Option<bool>,
    pub(super) greeting: Greeting,
    pub(super) require_tls: Option<bool>,
    pub(super) suppress: Option<bool>,
}

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

/// True when a list of flags has one.
pub(super) fn has(list: Option<&Vec<String>>, word: &str) -> bool {
    list.is_some_and(|list| list.iter().any(|item| item.eq_ignore_ascii_case(word)))
}

impl Setup {
    fn read(facts: &FactTable) -> Setup {
        let list = |name: &str| facts.list(name).map(<[String]>::to_vec);
        let written = facts.list("receive_connector.bindings").unwrap_or_default();
        let bindings: Vec<Endpoint> = written.iter().filter_map(|b| Endpoint::parse(b)).collect();
        let complete = facts.flag("receive_connector.remote_ip_ranges_complete") != Some(false);
        let ranges = facts.list("receive_connector.remote_ip_ranges").filter(|_| complete);
        let greeting = match facts.text("receive_connector.fqdn") {
            Some(name) => Greeting::Name(name.to_owned()),
            None if facts.flag("receive_connector.fqdn_empty") == Some(true) => Greeting::Empty,
            None => Greeting::NotGiven,
        };
        Setup {
            name: facts.text("receive_connector.name").unwrap_or_default().to_owned(),
            enabled: facts.flag("receive_connector.enabled"),
            bindings_cut: bindings.len() < written.len()
                || facts.flag("receive_connector.bindings_complete") == Some(false),
            bindings: Some(bindings).filter(|bindings| !bindings.is_empty()),
            ranges: ranges.and_then(|ranges| ranges.iter().map(|r| AddressRange::parse(r)).collect()),
            role: facts
                .text("receive_connector.transport_role")
                .map(str::to_lowercase)
                .filter(|role| role != "none"),
            mechanisms: list("receive_connector.auth_mechanism"),
            groups: list("receive_connector.permission_groups"),
            auth: facts.flag("receive_connector.exchange_server_auth"),
            permitted: facts.flag("receive_connector.exchange_servers_permitted"),
            greeting,
            require_tls: facts.flag("receive_connector.require_tls"),
            suppress: facts.flag("receive_connector.suppress_x_anonymous_tls"),
        }
    }

    /// The ports that it is known to listen on.
    pub(super) fn ports(&self) -> BTreeSet<u16> {
        self.endpoints().iter().map(|endpoint| endpoint.port).collect()
    }

    pub(super) fn endpoints(&self) -> &[Endpoint] {
        self.bindings.as_deref().unwrap_or_default()
    }

    /// The endpoints where all of them are known.
    pub(super) fn all_endpoints(&self) -> Option<&[Endpoint]> {
        self.bindings.as_deref().filter(|_| !self.bindings_cut)
    }

    /// Listens there and nowhere else.
    pub(super) fn listen_on(&mut self, mut endpoints: Vec<Endpoint>) {
        endpoints.sort_unstable();
        endpoints.dedup();
        (self.bindings, self.bindings_cut) = (Some(endpoints), false);
    }

    /// True when both answer the same calls.
    pub(super) fn answers_like(&self, other: &Setup) -> bool {
        let on = |setup: &Setup| setup.enabled != Some(false);
        on(self) == on(other)
            && (&self.bindings, self.bindings_cut) == (&other.bindings, other.bindings_cut)
            && (&self.ranges, &self.role) == (&other.ranges, &other.role)
    }

    pub(super) fn ranges(&self) -> &[AddressRange] {
        self.ranges.as_deref().unwrap_or_default()
    }

    /// An Exchange server can sign in here.
    pub(super) fn admits(&self) -> bool {
        self.auth == Some(true) && self.permitted != Some(false)
    }

    /// An Exchange server cannot sign in here.
    pub(super) fn refuses(&self) -> bool {
        self.auth == Some(false) || self.permitted == Some(false)
    }

    /// It takes every address of a family.
    pub(super) fn takes_everyone(&self) -> bool {
        self.ranges().iter().any(AddressRange::is_everyone)
    }

    /// Span of the narrowest range that holds the address.
    pub(super) fn span(&self, address: IpAddr) -> Option<u128> {
        self.ranges().iter().filter(|range| range.holds(address)).map(AddressRange::span).min()
    }

    /// True when the ranges of `other` hold some of this one's.
    pub(super) fn lies_within(&self, other: &Setup) -> bool {
        self.ranges().iter().any(|mine| other.ranges().iter().any(|theirs| theirs.contains(mine)))
    }

    fn listens(&self, call: &Call) -> Listens {
        let not_given = self.bindings.is_none() || self.bindings_cut;
        let family = |endpoint: &&Endpoint| {
            // A listener for version 6 does not hear version 4.
            call.sender.is_none_or(|sender| sender.is_ipv6() == endpoint.address.is_ipv6())
        };
        let here: Vec<&Endpoint> =
            self.endpoints().iter().filter(|e| e.port == call.port).filter(family).collect();
        if here.iter().any(|endpoint| endpoint.address.is_unspecified()) {
            Listens::Everywhere
        } else if here.iter().any(|endpoint| call.called.is_none_or(|called| called == endpoint.address)) {
            Listens::OneAddress
        } else if not_given {
            Listens::NotGiven
        } else {
            Listens::No
        }
    }

    fn fit(&self, sender: IpAddr) -> Fit {
        match (&self.ranges, self.span(sender)) {
            (None, _) => Fit::NotGiven,
            (Some(_), Some(span)) => Fit::Span(span),
            (Some(_), None) => Fit::No,
        }
    }

    /// Both in one where they do not contradict each other: two exports of a connector.
    fn merged(&self, other: &Setup) -> Option<Setup> {
        fn one<T: Clone + PartialEq>(a: Option<&T>, b: Option<&T>) -> Option<Option<T>> {
            match (a, b) {
                (Some(a), Some(b)) if a != b => None,
                _ => Some(a.or(b).cloned()),
            }
        }
        let greeting = match (&self.greeting, &other.greeting) {
            (Greeting::NotGiven, known) | (known, Greeting::NotGiven) => known.clone(),
            (a, b) if a == b => a.clone(),
            _ => return None,
        };
        Some(Setup {
            name: self.name.clone(),
            enabled: one(self.enabled.as_ref(), other.enabled.as_ref())?,
            bindings: one(self.bindings.as_ref(), other.bindings.as_ref())?,
            bindings_cut: self.bindings_cut && other.bindings_cut,
            ranges: one(self.ranges.as_ref(), other.ranges.as_ref())?,
            role: one(self.role.as_ref(), other.role.as_ref())?,
            mechanisms: one(self.mechanisms.as_ref(), other.mechanisms.as_ref())?,
            groups: one(self.groups.as_ref(), other.groups.as_ref())?,
            auth: one(self.auth.as_ref(), other.auth.as_ref())?,
            permitted: one(self.permitted.as_ref(), other.permitted.as_ref())?,
            greeting,
            require_tls: one(self.require_tls.as_ref(), other.require_tls.as_ref())?,
            suppress: one(self.suppress.as_ref(), other.suppress.as_ref())?,
        })
    }
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
        self.setup.name.to_lowercase().starts_with("client ")
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

/// Positions of the connectors that may answer: one where everything is known, none where no given
/// connector is known to listen for such a call.
pub(super) fn answering(all: &[&Setup], call: &Call) -> Vec<usize> {
    let listening: Vec<(usize, &Setup, Listens)> = all
        .iter()
        .enumerate()
        .filter(|(_, setup)| setup.enabled != Some(false))
        .map(|(at, setup)| (at, *setup, setup.listens(call)))
        .filter(|(.., listens)| *listens != Listens::No)
        .collect();
    if listening.iter().all(|(.., listens)| *listens == Listens::NotGiven) {
        return Vec::new();
    }
    let Some(sender) = call.sender else { return listening.iter().map(|(at, ..)| *at).collect() };
    let held: Vec<(usize, &Setup, Listens, Fit)> =
        listening.into_iter().map(|(at, setup, listens)| (at, setup, listens, setup.fit(sender))).collect();
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
