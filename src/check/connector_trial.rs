//! A change of a receive connector, tried on what was given: the setup as it would be, what
//! Exchange would refuse, what would still be needed to sign in.

use super::connector_choice::Connector;
use super::connector_setup::{has, is_name_of, Greeting, Setup};
use super::pair::Pair;
use crate::catalog::change::{Addresses, Change, Fqdn, Group, Mechanism};
use crate::fact::{AddressRange, Endpoint, Host};
use std::collections::BTreeSet;
use std::net::IpAddr;

/// What must be known before a change can be tried.
#[derive(Debug, PartialEq)]
pub(super) enum Unknown {
    /// The address of A.
    Sender,
    /// A property of the connector.
    Property(&'static str),
    /// Which connector is meant: several may answer A.
    Which,
    /// None is meant: no connector is as the step says.
    None,
}

/// Why Exchange does not take a setup.
#[derive(Debug, PartialEq)]
pub(super) enum Refusal {
    /// ExternalAuthoritative stands beside something else than Tls.
    ExternalAlone,
    /// The name in the greeting is another than the server's.
    Greeting(String),
    /// A setting that another one needs.
    Needs(&'static str, &'static str),
    /// Another connector listens there for the same range.
    Taken(String, AddressRange),
    /// A connector of the other service listens there.
    Role(String, u16),
}

/// Problems of senders that need not be Exchange servers.
const OTHER_PROBLEMS: [&str; 2] = ["smtp-tls-failure", "delivery-failure-other"];

/// A is an Exchange server that signs in, and no stranger who only wants TLS.
pub(super) fn is_sign_in(pair: &Pair<'_>) -> bool {
    let known = pair.from.and_then(|id| pair.hosts.get(id)).is_some_and(|host| host.is_exchange);
    known || !OTHER_PROBLEMS.contains(&pair.problem)
}

/// Addresses that words of a change stand for.
pub(super) struct Known<'k, 'o> {
    pub(super) pair: &'k Pair<'o>,
    pub(super) senders: &'k [IpAddr],
}

impl Known<'_, '_> {
    /// Every Exchange server's; listed only for a change that says so, for each pair would read all servers.
    fn servers(&self) -> impl Iterator<Item = IpAddr> + '_ {
        let servers = self.pair.hosts.iter().filter(|(_, host)| host.is_exchange);
        let sender = if is_sign_in(self.pair) { self.senders } else { &[] };
        servers.flat_map(|(_, host)| host.addresses.iter()).chain(sender).copied()
    }

    fn ranges(&self, words: &[Addresses]) -> Result<Vec<AddressRange>, Unknown> {
        let mut ranges = Vec::new();
        for word in words {
            match word {
                Addresses::Range(range) => ranges.push(*range),
                _ if self.senders.is_empty() => return Err(Unknown::Sender),
                Addresses::Sender => ranges.extend(self.senders.iter().map(|a| AddressRange::of(*a))),
                Addresses::ExchangeServers => {
                    ranges.extend(self.servers().map(AddressRange::of));
                }
            }
        }
        Ok(ranges)
    }
}

fn mechanisms(list: &[Mechanism]) -> Vec<String> {
    list.iter().map(|flag| flag.name().to_owned()).collect()
}

fn groups(list: &[Group]) -> Vec<String> {
    list.iter().map(|flag| flag.name().to_owned()).collect()
}

/// Adds and takes out flags; `one` is the flag that is known even where the list is not.
fn edit(list: &mut Option<Vec<String>>, one: (&mut Option<bool>, &str), add: &[String], remove: &[String]) {
    let (known, word) = one;
    if let Some(list) = list {
        list.retain(|flag| !remove.iter().any(|gone| gone.eq_ignore_ascii_case(flag)));
        let new = add.iter().filter(|flag| !has(Some(list), flag)).cloned().collect::<Vec<_>>();
        list.extend(new);
    }
    if remove.iter().any(|flag| flag == word) {
        *known = Some(false);
    }
    if add.iter().any(|flag| flag == word) {
        *known = Some(true);
    }
}

/// Makes a change; what it needs and was not given is told instead.
pub(super) fn apply(
    change: &Change,
    setup: &mut Setup,
    known: &Known<'_, '_>,
    server: Option<&Host>,
) -> Result<(), Unknown> {
    if change.delete {
        setup.enabled = Some(false);
        return Ok(());
    }
    let set = &change.set;
    if let Some(list) = &set.auth_mechanism {
        setup.mechanisms = Some(mechanisms(list));
        setup.auth = Some(list.contains(&Mechanism::ExchangeServer));
    }
    if let Some(list) = &set.permission_groups {
        setup.groups = Some(groups(list));
        setup.permitted = Some(list.contains(&Group::ExchangeServers));
    }
    let (add, remove) = (&change.add, &change.remove);
    let auth = (&mut setup.auth, "ExchangeServer");
    edit(&mut setup.mechanisms, auth, &mechanisms(&add.auth_mechanism), &mechanisms(&remove.auth_mechanism));
    let permitted = (&mut setup.permitted, "ExchangeServers");
    edit(&mut setup.groups, permitted, &groups(&add.permission_groups), &groups(&remove.permission_groups));
    apply_scope(change, setup, known)?;
    match (set.fqdn, server) {
        (Some(Fqdn::Empty), _) => setup.greeting = Greeting::Empty,
        (Some(Fqdn::ShortName), Some(host)) => setup.greeting = Greeting::Name(host.name.clone()),
        (Some(Fqdn::FullName), Some(host)) => {
            // Whatever the full name is, it is the right one.
            setup.greeting = host.fqdn.clone().map_or(Greeting::Empty, Greeting::Name);
        }
        (Some(_), None) | (None, _) => {}
    }
    let put = |place: &mut Option<bool>, new: Option<bool>| *place = new.or(*place);
    put(&mut setup.enabled, set.enabled);
    put(&mut setup.require_tls, set.require_tls);
    put(&mut setup.suppress, set.suppress_x_anonymous_tls);
    if let Some(role) = set.transport_role {
        setup.role = Some(role.name().to_lowercase());
    }
    Ok(())
}

/// Where it listens and whom it takes.
fn apply_scope(change: &Change, setup: &mut Setup, known: &Known<'_, '_>) -> Result<(), Unknown> {
    let (set, add, remove) = (&change.set, &change.add, &change.remove);
    if let Some(bindings) = &set.bindings {
        setup.listen_on(bindings.iter().map(|binding| binding.0).collect());
    }
    if !add.bindings.is_empty() || !remove.bindings.is_empty() {
        let mut bindings = setup.all_endpoints().ok_or(Unknown::Property("Bindings"))?.to_vec();
        bindings.retain(|endpoint| !remove.bindings.iter().any(|gone| gone.0 == *endpoint));
        bindings.extend(add.bindings.iter().map(|binding| binding.0));
        setup.listen_on(bindings);
    }
    if let Some(words) = &set.remote_ip_ranges {
        setup.ranges = Some(known.ranges(words)?);
    }
    if !add.remote_ip_ranges.is_empty() || !remove.remote_ip_ranges.is_empty() {
        let old = setup.ranges.as_deref().ok_or(Unknown::Property("RemoteIPRanges"))?;
        let mut ranges = AddressRange::without_all(old, known.ranges(&remove.remote_ip_ranges)?);
        let has: BTreeSet<AddressRange> = ranges.iter().copied().collect();
        ranges.extend(known.ranges(&add.remote_ip_ranges)?.into_iter().filter(|range| !has.contains(range)));
        setup.ranges = Some(ranges);
    }
    Ok(())
}

/// True when the greeting is a name of the server; `None` where that cannot be told.
fn greets_rightly(setup: &Setup, server: Option<&Host>) -> Option<bool> {
    match (&setup.greeting, server) {
        (Greeting::NotGiven, _) | (Greeting::Name(_), None) => None,
        (Greeting::Empty, _) => Some(true),
        (Greeting::Name(name), Some(host)) => Some(is_name_of(name, host)),
    }
}

/// What Exchange would refuse; nothing is said of what stands so already.
pub(super) fn refusal(
    before: Option<&Setup>,
    after: &Setup,
    others: &[&Setup],
    pair: &Pair<'_>,
) -> Option<Refusal> {
    let server = pair.to.and_then(|id| pair.hosts.get(id));
    let broken = |setup: &Setup| -> Vec<Refusal> {
        let mut found = Vec::new();
        let on = |flag: &str| has(setup.mechanisms.as_ref(), flag);
        let lacks = |flag: &str| setup.mechanisms.is_some() && !on(flag);
        let beside = setup.mechanisms.iter().flatten().any(|flag| {
            !flag.eq_ignore_ascii_case("Tls") && !flag.eq_ignore_ascii_case("ExternalAuthoritative")
        });
        if on("ExternalAuthoritative") && beside {
            found.push(Refusal::ExternalAlone);
        }
        if on("ExternalAuthoritative") && setup.permitted == Some(false) {
            found.push(Refusal::Needs("ExternalAuthoritative", "ExchangeServers"));
        }
        for needed in ["Tls", "BasicAuth"] {
            if on("BasicAuthRequireTLS") && lacks(needed) {
                found.push(Refusal::Needs("BasicAuthRequireTLS", needed));
            }
        }
        if setup.require_tls == Some(true) && lacks("Tls") {
            found.push(Refusal::Needs("RequireTLS", "Tls"));
        }
        if setup.suppress == Some(true) && downgraded(pair) == Some(false) {
            found.push(Refusal::Needs("SuppressXAnonymousTls", "UseDowngradedExchangeServerAuth"));
        }
        if setup.auth == Some(true) && greets_rightly(setup, server) == Some(false) {
            if let Greeting::Name(name) = &setup.greeting {
                found.push(Refusal::Greeting(name.clone()));
            }
        }
        found.extend(taken(setup, others));
        found
    };
    let old = before.map(broken).unwrap_or_default();
    // What was one way broken and is now another is refused as well.
    broken(after).into_iter().find(|refusal| !old.contains(refusal))
}

/// Two connectors must not have an endpoint in common when their roles differ, nor an endpoint and a
/// range when they do not.
fn taken(setup: &Setup, others: &[&Setup]) -> Vec<Refusal> {
    let on = setup.enabled != Some(false);
    // Sorted: a list of a hundred thousand must not be compared with another one by one.
    let endpoints: BTreeSet<&Endpoint> = setup.endpoints().iter().collect();
    let ranges: BTreeSet<&AddressRange> = setup.ranges().iter().collect();
    others
        .iter()
        .filter(|_| on)
        .filter_map(|other| {
            let shared = other.endpoints().iter().find(|endpoint| endpoints.contains(endpoint))?;
            if setup.role.as_ref().zip(other.role.as_ref()).is_some_and(|(a, b)| a != b) {
                return Some(Refusal::Role(other.name.clone(), shared.port));
            }
            let range = other.ranges().iter().find(|range| ranges.contains(range))?;
            Some(Refusal::Taken(other.name.clone(), *range))
        })
        .collect()
}

/// B may be signed in to without TLS.
fn downgraded(pair: &Pair<'_>) -> Option<bool> {
    let mut services = pair.index.of_host("transport-service", pair.to);
    services.find_map(|seen| seen.facts.flag("transport_service.use_downgraded_auth"))
}

/// What a connector lacks to let an Exchange server sign in.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Lacks {
    /// Settings that are needed, in Exchange's words.
    pub(super) needed: Vec<String>,
    /// Properties without which nothing can be said.
    pub(super) unknown: Vec<&'static str>,
    /// Properties that are seldom set wrong and were not given.
    pub(super) open: Vec<&'static str>,
    /// No usable certificate for the name that it wants.
    pub(super) uncovered: bool,
}

pub(super) fn lacks(
    pair: &Pair<'_>,
    setup: &Setup,
    connector: Option<&Connector<'_>>,
    named_anew: bool,
) -> Lacks {
    let server = pair.to.and_then(|id| pair.hosts.get(id));
    let mut lacks = Lacks::default();
    let mut need = |setting: Option<bool>, name: &'static str, value: &str| match setting {
        Some(true) => {}
        Some(false) => lacks.needed.push(format!("{name} {value}")),
        None => lacks.unknown.push(name),
    };
    need(setup.auth, "AuthMechanism", "ExchangeServer");
    need(setup.permitted, "PermissionGroups", "ExchangeServers");
    match greets_rightly(setup, server) {
        Some(true) => {}
        Some(false) => {
            let name = server.map(|host| host.fqdn.clone().unwrap_or_else(|| host.name.clone()));
            lacks.needed.push(format!("Fqdn {}", name.unwrap_or_default()));
        }
        None => lacks.open.push("Fqdn"),
    }
    match (setup.suppress, downgraded(pair)) {
        (Some(false), _) | (Some(true), Some(true)) => {}
        (Some(true), Some(false)) => lacks.needed.push("UseDowngradedExchangeServerAuth $true".to_owned()),
        (Some(true), None) => lacks.open.push("UseDowngradedExchangeServerAuth"),
        // 2007 does not have it.
        (None, _) if server.and_then(|host| host.exchange_major) == Some(8) => {}
        (None, _) => lacks.open.push("SuppressXAnonymousTls"),
    }
    let covered = connector.and_then(|connector| super::connector_certificate::covered(pair, connector));
    lacks.uncovered = covered == Some(false) && !named_anew;
    lacks
}
