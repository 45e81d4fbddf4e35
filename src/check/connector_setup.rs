//! A receive connector as the choice sees it: where it listens, whom it takes, who may sign in.
//!
//! Read from one record or from several of one connector; a change is tried on a copy.

use crate::fact::{short_name, AddressRange, Endpoint, FactTable, Host};
use std::collections::BTreeSet;
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

/// The port of connectors that were given without their bindings.
pub(super) const PORT_OF_TABLE: u16 = 25;

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

/// True when a connector may call itself so with Exchange Server authentication: by the server's full
/// or short name.
pub(super) fn is_name_of(name: &str, host: &Host) -> bool {
    match &host.fqdn {
        Some(full) => name.eq_ignore_ascii_case(full) || name.eq_ignore_ascii_case(&host.short),
        // A full name begins with the NetBIOS name, which Windows cuts after 15 characters.
        None => short_name(name).chars().take(15).eq(host.short.chars().take(15)),
    }
}

/// True when a list of flags has one.
pub(super) fn has(list: Option<&Vec<String>>, word: &str) -> bool {
    list.is_some_and(|list| list.iter().any(|item| item.eq_ignore_ascii_case(word)))
}

impl Setup {
    pub(super) fn read(facts: &FactTable) -> Setup {
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

    /// The ports that it listens on. In a table without the bindings what setup makes for servers
    /// listens on 25, and so do most others.
    pub(super) fn ports(&self) -> BTreeSet<u16> {
        match &self.bindings {
            Some(bindings) => bindings.iter().map(|endpoint| endpoint.port).collect(),
            None => BTreeSet::from_iter((!self.is_client()).then_some(PORT_OF_TABLE)),
        }
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
        self.ranges == other.ranges && self.listens_like(other)
    }

    /// True when both listen for the same calls, whomever they take.
    pub(super) fn listens_like(&self, other: &Setup) -> bool {
        let on = |setup: &Setup| setup.enabled != Some(false);
        on(self) == on(other)
            && (&self.bindings, self.bindings_cut) == (&other.bindings, other.bindings_cut)
            && self.role == other.role
    }

    pub(super) fn ranges(&self) -> &[AddressRange] {
        self.ranges.as_deref().unwrap_or_default()
    }

    /// One that setup makes for clients.
    pub(super) fn is_client(&self) -> bool {
        self.name.to_lowercase().starts_with("client ")
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

    /// Both in one where they do not contradict each other: two exports of a connector.
    pub(super) fn merged(&self, other: &Setup) -> Option<Setup> {
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
            bindings_cut: match (self.bindings.is_some(), other.bindings.is_some()) {
                (true, true) => self.bindings_cut && other.bindings_cut,
                (true, false) => self.bindings_cut,
                (false, _) => other.bindings_cut,
            },
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exports_that_complete_each_other_are_one_connector() {
        let listens = vec![Endpoint::parse("0.0.0.0:25").unwrap()];
        let half = Setup { bindings: Some(listens), auth: Some(true), ..Setup::default() };
        let ranges = vec![AddressRange::parse("192.0.2.0/24").unwrap()];
        let other = Setup { ranges: Some(ranges), permitted: Some(true), ..Setup::default() };
        let whole = half.merged(&other).unwrap();
        assert_eq!((whole.ranges.is_some(), whole.auth, whole.permitted), (true, Some(true), Some(true)));
        assert_eq!(half.merged(&Setup { auth: Some(false), ..half.clone() }), None);
    }
}
