//! Accounts: group membership, the alternate service account, tickets that A
//! holds, a trust that does not work, a machine SID that two servers share.

use super::keys;
use super::pair::{in_order, Pair, PairFacts};
use super::spn;
use super::words::HOLDS;
use crate::fact::{short_name, HostId, Observation};
use crate::finding::Evidence;
use std::collections::BTreeSet;

/// Adds `membership.*`, `asa.*`, `tickets.*`, `trust.*`, `sid.*`, `connector.downgrade_mismatch`.
pub(super) fn add(pair: &Pair<'_>, facts: &mut PairFacts) {
    add_membership(pair, facts);
    add_disabled(pair, facts);
    add_permissions(pair, facts);
    add_tickets(pair, facts);
    add_trust(pair, facts);
    add_verified_trust(pair, facts);
    add_shared_sid(pair, facts);
    add_answering(pair, facts);
    add_downgrade(pair, facts);
}

/// Adds what is the same for every pair: `asa.*`.
pub(super) fn add_shared(pair: &Pair<'_>, facts: &mut PairFacts) {
    add_alternate_accounts(pair, facts);
}

fn end_named(pair: &Pair<'_>, name: &str) -> Option<HostId> {
    [pair.from, pair.to].into_iter().flatten().find(|id| {
        pair.hosts.get(*id).is_some_and(|host| !host.short.is_empty() && host.short == short_name(name))
    })
}

/// Kinds that tell whether an account is in the group Exchange Servers.
const MEMBERSHIPS: [(&str, &str, &str); 2] = [
    ("group-membership", "membership.account", "membership.in_exchange_servers"),
    ("spn-list", "spn_list.account", "account.in_exchange_servers"),
];

/// Observations of a kind about accounts that are named as one of the ends.
fn of_accounts<'o>(pair: &Pair<'o>, kind: &'static str) -> Vec<&'o Observation> {
    let ends = [pair.from, pair.to].into_iter().flatten().filter_map(|id| pair.hosts.get(id));
    let named = ends.filter(|host| !host.short.is_empty());
    let mut found: Vec<&Observation> =
        named.flat_map(|host| pair.index.of_key(kind, keys::ACCOUNT, host.short.clone())).collect();
    in_order(&mut found);
    found
}

fn add_membership(pair: &Pair<'_>, facts: &mut PairFacts) {
    let (mut missing, mut places, mut ok) = (Vec::new(), Vec::new(), Vec::new());
    for (kind, account, member) in MEMBERSHIPS {
        for seen in of_accounts(pair, kind) {
            let Some(named) = seen.facts.text(account) else { continue };
            let Some(host) = end_named(pair, named) else { continue };
            match seen.facts.flag(member) {
                // The groups of the one that signs in are what counts.
                Some(true) if pair.from.is_none_or(|from| from == host) => {
                    ok.extend(seen.evidence_of(member));
                }
                Some(true) => {}
                Some(false) => {
                    missing.push(pair.name_of(host));
                    places.extend(seen.evidence_of(member));
                }
                None => {}
            }
        }
    }
    add_denied(pair, facts);
    if missing.is_empty() && !ok.is_empty() {
        facts.add_flag("membership.ok", true, ok);
    }
    if missing.is_empty() && !facts.knows("membership.ok") {
        pair.shared().listed.tell(pair, facts);
    }
    facts.add_list("membership.missing", missing, places);
}

/// Computer accounts of the two servers in a group whose members may not act for others.
fn add_denied(pair: &Pair<'_>, facts: &mut PairFacts) {
    let (mut denied, mut places) = (Vec::new(), Vec::new());
    for seen in of_accounts(pair, "group-membership") {
        let denied_to = seen.facts.flag("membership.in_denied_group") == Some(true);
        let named = seen.facts.text("membership.account").filter(|_| denied_to);
        if let Some(host) = named.and_then(|named| end_named(pair, named)) {
            denied.push(pair.name_of(host));
            places.extend(seen.evidence_of("membership.in_denied_group"));
        }
    }
    facts.add_list("membership.denied", denied, places);
}

/// Computer accounts of the two servers that are switched off in the directory.
fn add_disabled(pair: &Pair<'_>, facts: &mut PairFacts) {
    let (mut disabled, mut places) = (Vec::new(), Vec::new());
    for seen in of_accounts(pair, "spn-list") {
        let Some(named) = seen.facts.text("account.name").or(seen.facts.text("spn_list.account")) else {
            continue;
        };
        let off = seen.facts.flag("account.enabled") == Some(false);
        if let Some(host) = end_named(pair, named).filter(|_| off) {
            disabled.push(pair.name_of(host));
            places.extend(seen.evidence_of("account.enabled"));
        }
    }
    facts.add_list("account.disabled", disabled, places);
}

/// The servers that a listing of the group Exchange Servers holds.
#[derive(Default)]
pub(super) struct Listed {
    servers: BTreeSet<HostId>,
    /// A listing shows members of every domain.
    of_all_domains: bool,
    /// Different in their words; a listing says the same of all its members.
    places: Vec<Evidence>,
}

impl Listed {
    /// Reads all listings.
    pub(super) fn of(pair: &Pair<'_>) -> Listed {
        let mut listed = Listed::default();
        let mut words = BTreeSet::new();
        for seen in pair.index.of_kind("group-membership") {
            let by_group = seen.facts.flag("membership.by_group") == Some(true)
                && seen.facts.flag("membership.in_exchange_servers") == Some(true);
            let account = seen.facts.text("membership.account").filter(|_| by_group);
            let server = account.and_then(|account| pair.hosts.find(account));
            let exchange = |id: &HostId| pair.hosts.get(*id).is_some_and(|host| host.is_exchange);
            if let Some(server) = server.filter(exchange) {
                listed.servers.insert(server);
                listed.of_all_domains |= seen.facts.flag("membership.one_domain") != Some(true);
                let places = seen.evidence_of("membership.in_exchange_servers").into_iter();
                listed.places.extend(places.filter(|p| words.insert((p.property.clone(), p.value.clone()))));
            }
        }
        listed
    }

    /// Other servers are in the listing and A is not.
    fn tell(&self, pair: &Pair<'_>, facts: &mut PairFacts) {
        let exchange = |id: &HostId| pair.hosts.get(*id).is_some_and(|host| host.is_exchange);
        // Who is of another domain than those that were listed would not be listed.
        let beside = |from: &HostId| {
            let domain = domain_of(pair, *from);
            domain.is_some() && self.servers.iter().any(|server| domain_of(pair, *server) == domain)
        };
        let from = pair.from.filter(exchange).filter(|from| self.of_all_domains || beside(from));
        if let Some(from) = from.filter(|from| !self.servers.is_empty() && !self.servers.contains(from)) {
            facts.add_text("membership.not_listed", pair.name_of(from), self.places.clone());
        }
    }
}

/// The right that a server needs on a connector to hand in mail.
const SUBMIT: &str = "ms-Exch-SMTP-Submit";

/// What the group Exchange Servers may do on B's connectors.
fn add_permissions(pair: &Pair<'_>, facts: &mut PairFacts) {
    let (mut allowed, mut denied) = (Vec::new(), Vec::new());
    for seen in pair.index.of_host("ad-permission", pair.to) {
        let server = seen.facts.text("permission.object").and_then(|object| object.split(['\\', '/']).next());
        let of_b = server.and_then(|name| pair.hosts.find(name)).is_some_and(|id| pair.to == Some(id));
        let group = seen.facts.text("permission.user").is_some_and(|user| {
            user.rsplit('\\').next().is_some_and(|name| name.eq_ignore_ascii_case("Exchange Servers"))
        });
        let rights = seen.facts.list("permission.rights").unwrap_or_default();
        if !(of_b && group && rights.iter().any(|right| right.eq_ignore_ascii_case(SUBMIT))) {
            continue;
        }
        match seen.facts.flag("permission.deny") {
            Some(true) => denied.extend(seen.evidence_of("permission.rights")),
            Some(false) => allowed.extend(seen.evidence_of("permission.rights")),
            None => {}
        }
    }
    if !denied.is_empty() {
        facts.add_flag("permission.exchange_servers", false, denied);
    } else if !allowed.is_empty() {
        facts.add_flag("permission.exchange_servers", true, allowed);
    }
}

/// The credential of the servers behind a name: not set on some, or not the same on all.
fn add_alternate_accounts(pair: &Pair<'_>, facts: &mut PairFacts) {
    let (mut not_set, mut places) = (Vec::new(), Vec::new());
    let mut held: BTreeSet<(String, Vec<u32>)> = BTreeSet::new();
    let (mut differs, mut held_places) = (Vec::new(), Vec::new());
    for seen in pair.index.of_kind("client-access-service") {
        let server = seen.facts.text("client_access.server").unwrap_or("?").to_owned();
        if seen.facts.flag("client_access.asa_not_set") == Some(true) {
            not_set.push(server);
            places.extend(seen.evidence_of("client_access.asa_not_set"));
        } else if let Some(account) = seen.facts.text("client_access.asa_account") {
            let date = ["client_access.asa_date", "client_access.asa_date_text"];
            let date = date.iter().find_map(|name| seen.facts.text(name)).unwrap_or_default();
            held.insert((account.to_lowercase(), day_of(date)));
            let values = [("server", &*server), ("account", account), ("date", date)];
            differs.push(pair.say(HOLDS, &values).trim_end().to_owned());
            held_places.extend(seen.evidence_of("client_access.asa_account"));
        }
    }
    if held.len() > 1 || (!held.is_empty() && !not_set.is_empty()) {
        facts.add_list("asa.differs", differs, held_places);
    }
    facts.add_list("asa.not_set", not_set, places);
}

/// `asa.not_set_here`: the server that could not read the ticket holds no alternate service account.
fn add_answering(pair: &Pair<'_>, facts: &mut PairFacts) {
    for witness in pair.witnesses {
        let account = witness.facts.text("event.account").filter(|name| name.ends_with('$'));
        let Some(answering) = account.map(short_name) else { continue };
        let mut asked = pair.index.of_key("client-access-service", keys::NAME, answering);
        let unset = asked.find(|seen| seen.facts.flag("client_access.asa_not_set") == Some(true));
        if let Some(seen) = unset {
            facts.add_flag("asa.not_set_here", true, seen.evidence_of("client_access.asa_not_set"));
        }
    }
}

/// The numbers of a date's day in ascending order: the same day whatever culture wrote it. The hour
/// is left out, because servers are given a credential one after the other.
fn day_of(date: &str) -> Vec<u32> {
    let day = date.split([' ', 'T']).next().unwrap_or(date);
    let mut numbers: Vec<u32> =
        day.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect();
    numbers.sort_unstable();
    numbers
}

/// A ticket that A holds for a name of B: it was found, granted, and with which encryption.
fn add_tickets(pair: &Pair<'_>, facts: &mut PairFacts) {
    let mut places: Vec<Evidence> = Vec::new();
    let mut aes = false;
    for seen in pair.index.of_host("kerberos-tickets", pair.from) {
        for ticket in seen.facts.list("kerberos_tickets.tickets").unwrap_or_default() {
            let mut parts = ticket.split('|');
            let service = parts.next().unwrap_or_default().split(['@', ' ']).next().unwrap_or_default();
            if spn::concerns(pair, service) {
                aes |= parts.next().is_some_and(|etype| etype.to_uppercase().contains("AES"));
                places.extend(seen.evidence_of("kerberos_tickets.tickets"));
            }
        }
    }
    if !places.is_empty() {
        facts.add_flag("tickets.held", true, places.clone());
        if aes {
            facts.add_flag("tickets.aes_held", true, places);
        }
    }
}

/// A channel to the other end's domain that does not verify is a broken trust; what a third domain
/// shows concerns neither end.
fn add_trust(pair: &Pair<'_>, facts: &mut PairFacts) {
    for (host, other_end) in [(pair.from, pair.to), (pair.to, pair.from)] {
        // Who pasted the check and did not say where asked for another domain's sake: `from` is where
        // one looks. Only a failure counts, as it may have been made elsewhere.
        let nobody = pair.index.of_key("secure-channel", keys::NOBODY, String::new());
        let unnamed = nobody.filter(|seen| {
            host.is_some()
                && host == pair.from
                && seen.computer.is_none()
                && seen.facts.flag("secure_channel.ok") == Some(false)
        });
        for seen in pair.index.of_host("secure-channel", host).chain(unnamed) {
            let Some(domain) =
                seen.facts.text("secure_channel.domain").filter(|_| is_foreign(pair, host, seen))
            else {
                continue;
            };
            let theirs = other_end.and_then(|id| domain_of(pair, id));
            // A trust inside a forest leads over the domains above: those count as well.
            let on_the_way = theirs.is_none_or(|theirs| {
                theirs.eq_ignore_ascii_case(domain)
                    || theirs.to_lowercase().ends_with(&format!(".{}", domain.to_lowercase()))
            });
            if let (true, Some(ok)) = (on_the_way, seen.facts.flag("secure_channel.ok")) {
                facts.add_flag("trust.broken", !ok, seen.evidence_of("secure_channel.ok"));
            }
        }
    }
}

/// What netdom said of the trust itself: B's domain must let accounts of A's domain in.
fn add_verified_trust(pair: &Pair<'_>, facts: &mut PairFacts) {
    let domains = (pair.from.and_then(|id| domain_of(pair, id)), pair.to.and_then(|id| domain_of(pair, id)));
    let (Some(trusted), Some(trusting)) = domains else { return };
    for seen in pair.index.of_kind("ad-trust") {
        let named = (seen.facts.text("trust.name"), seen.facts.text("trust.trusting_domain"));
        let ((Some(name), Some(other)), Some(ok)) = (named, seen.facts.flag("trust.verified")) else {
            continue;
        };
        let both = seen.facts.flag("trust.both_ways") == Some(true);
        let fits = |one: &str, two: &str| is_domain(one, trusted) && is_domain(two, trusting);
        if fits(name, other) || both && fits(other, name) {
            facts.add_flag("trust.broken", !ok, seen.evidence_of("trust.verified"));
        }
    }
}

/// A NetBIOS name of a domain is its first label in nearly every forest.
fn is_domain(name: &str, domain: &str) -> bool {
    let first = domain.split('.').next().unwrap_or(domain);
    name.eq_ignore_ascii_case(domain) || (!name.contains('.') && name.eq_ignore_ascii_case(first))
}

/// The DNS domain of a server's full name.
pub(super) fn domain_of<'p>(pair: &'p Pair<'_>, id: HostId) -> Option<&'p str> {
    pair.hosts.get(id)?.fqdn.as_deref()?.split_once('.').map(|(_, domain)| domain)
}

/// The channel is one to another domain than the server's own: a trust, not its machine account.
/// A NetBIOS domain name is its first label in nearly every forest; only a full name is sure.
pub(super) fn is_foreign(pair: &Pair<'_>, host: Option<HostId>, channel: &Observation) -> bool {
    let own = host.and_then(|id| domain_of(pair, id));
    let other = channel.facts.text("secure_channel.domain");
    matches!((own, other), (Some(own), Some(other)) if other.contains('.') && !other.eq_ignore_ascii_case(own))
}

fn add_shared_sid(pair: &Pair<'_>, facts: &mut PairFacts) {
    let is_sid_event = |o: &&Observation| {
        o.facts.text("event.provider") == Some("LsaSrv") && o.facts.number("event.id") == Some(6167.0)
    };
    let ends = [pair.from, pair.to].into_iter().filter(Option::is_some);
    let ends: Vec<keys::Ends> = ends.map(|host| (keys::HINT, host, None)).collect();
    let events = pair.index.of_ends(&ends);
    let places: Vec<Evidence> =
        events.into_iter().filter(is_sid_event).flat_map(|o| o.evidence_of("event.id")).collect();
    let (same, of_both) = machine_sids(pair);
    if !places.is_empty() {
        facts.add_flag("sid.duplicate", true, places);
    } else if same == Some(false) {
        facts.add_flag("sid.duplicate", false, of_both.clone());
    }
    if same == Some(true) {
        facts.add_flag("sid.same", true, of_both);
    }
}

/// Whether the machine SIDs of the two servers are one; `None` where one of them is not known.
fn machine_sids(pair: &Pair<'_>) -> (Option<bool>, Vec<Evidence>) {
    let (Some(from), Some(to)) = (pair.from, pair.to) else { return (None, Vec::new()) };
    let of = |host: HostId| pair.index.of_host("machine-sid", Some(host)).next();
    let (Some(one), Some(other)) = (of(from).filter(|_| from != to), of(to)) else {
        return (None, Vec::new());
    };
    let places = [one, other].into_iter().flat_map(|seen| seen.evidence_of("machine_sid.sid")).collect();
    (Some(one.facts.text("machine_sid.sid") == other.facts.text("machine_sid.sid")), places)
}

/// Authentication without TLS must be chosen on both sides or on neither.
fn add_downgrade(pair: &Pair<'_>, facts: &mut PairFacts) {
    let suppressing = pair
        .index
        .of_host("receive-connector", pair.to)
        .find(|o| o.facts.flag("receive_connector.suppress_x_anonymous_tls") == Some(true));
    for seen in pair.index.of_hosts("transport-service", &[pair.from, pair.to]) {
        let server = seen.facts.text("transport_service.server").and_then(|name| pair.hosts.find(name));
        if server.is_none() || (server != pair.from && server != pair.to) {
            continue;
        }
        let Some(downgraded) = seen.facts.flag("transport_service.use_downgraded_auth") else { continue };
        let mut places = seen.evidence_of("transport_service.use_downgraded_auth");
        places.extend(
            suppressing.iter().flat_map(|o| o.evidence_of("receive_connector.suppress_x_anonymous_tls")),
        );
        facts.add_flag("connector.downgrade_mismatch", suppressing.is_some() && !downgraded, places);
    }
}
