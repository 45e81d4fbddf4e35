//! Whom a queue's next hop names: a server, a site, an availability group, a version, a database, a connector.
//!
//! A group is expanded by the servers that the records know: one behind it is the receiver, of several
//! the one whose reply the queue holds. A next hop that is nobody (`Submission`, `Unreachable Domain`)
//! gives no receiver.

use super::problem::{party, Party};
use crate::fact::{Host, HostId, Hosts, Observation};
use std::collections::BTreeMap;

/// Delivery types of a queue whose next hop is an Edge server.
pub(super) const TO_EDGE: &str = "SmtpRelayWithinAdSiteToEdge";

/// Delivery types whose next hop is the name of a directory site.
const TO_SITE: [&str; 2] = ["SmtpRelayToRemoteAdSite", "SmtpRelayToRemoteActiveDirectorySite"];

/// The delivery type whose next hop is a routing group of Exchange 2003.
const TO_ROUTING_GROUP: &str = "SmtpRelayToTiRg";

/// Delivery types whose next hop is a group by name.
const TO_GROUP: [&str; 7] = [
    "SmtpRelayToDag",
    "SmtpRelayToMailboxDeliveryGroup",
    "SmtpRelayToServers",
    "SmtpRelayToConnectorSourceServers",
    "SmtpRelayWithinAdSite",
    "SmtpDeliveryToMailbox",
    "MapiDelivery",
];

/// Next hops of queues that lead nowhere; Exchange writes them in English everywhere.
const NOBODY: [&str; 5] =
    ["submission", "unreachable", "unreachable domain", "poison message", "shadow redundancy"];

/// The major version of Exchange 2000 and 2003.
const ROUTING_GROUP_MAJOR: u32 = 6;

pub(super) fn delivery_type(witness: Option<&Observation>) -> &str {
    witness.and_then(|o| o.facts.text("queue.delivery_type")).unwrap_or_default()
}

/// True for a queue to an Edge server: by its delivery type, or by the connector that subscribing
/// makes (`EdgeSync - SITE to Internet`) where an export gave the type as a number.
pub(super) fn is_towards_edge(witness: Option<&Observation>) -> bool {
    let kind = delivery_type(witness);
    if kind.contains(|c: char| c.is_ascii_alphabetic()) {
        return kind.eq_ignore_ascii_case(TO_EDGE);
    }
    let next_hop = witness.and_then(|o| o.facts.text("queue.next_hop")).unwrap_or_default();
    next_hop.get(..11).is_some_and(|start| start.eq_ignore_ascii_case("edgesync - "))
}

/// The servers that next hops may name together, each list made once for all findings.
pub(super) struct NextHops<'h> {
    hosts: &'h Hosts,
    /// Exchange servers by site.
    in_site: BTreeMap<&'h str, Vec<HostId>>,
    edges: Vec<HostId>,
    of_routing_groups: Vec<HostId>,
}

impl<'h> NextHops<'h> {
    pub(super) fn new(hosts: &'h Hosts) -> NextHops<'h> {
        let mut in_site: BTreeMap<&str, Vec<HostId>> = BTreeMap::new();
        for (id, host) in hosts.iter().filter(|(_, host)| host.is_exchange) {
            if let Some(site) = host.site.as_deref() {
                in_site.entry(site).or_default().push(id);
            }
        }
        let those = |test: fn(&Host) -> bool| -> Vec<HostId> {
            hosts.iter().filter(|(_, host)| test(host)).map(|(id, _)| id).collect()
        };
        let edges = those(|host| host.is_edge);
        let of_routing_groups = those(|host| host.exchange_major == Some(ROUTING_GROUP_MAJOR));
        NextHops { hosts, in_site, edges, of_routing_groups }
    }

    /// The receiver of a finding.
    pub(super) fn receiver(
        &self,
        urls: &BTreeMap<String, Option<HostId>>,
        text: Option<&str>,
        witness: Option<&Observation>,
        sender: Option<HostId>,
    ) -> Party {
        let hosts = self.hosts;
        let Some(text) = text.map(str::trim) else { return Party::default() };
        let of_queue = witness.is_some_and(|seen| seen.facts.get("queue.next_hop").is_some());
        if of_queue && NOBODY.iter().any(|name| name.eq_ignore_ascii_case(text)) {
            return Party::default();
        }
        let Some((label, mut members)) = self.expand(text, delivery_type(witness), sender) else {
            return party(hosts, urls, Some(text));
        };
        members.retain(|id| Some(*id) != sender);
        match members.as_slice() {
            [only] => one(hosts, *only),
            _ => {
                match replied(hosts, witness, sender).filter(|id| members.is_empty() || members.contains(id))
                {
                    Some(id) => one(hosts, id),
                    None => Party { host: None, label: Some(label), members, group: true },
                }
            }
        }
    }

    /// The label and the known servers of a next hop that is a group, the sender perhaps among them; `None` for a server.
    fn expand(&self, text: &str, delivery: &str, sender: Option<HostId>) -> Option<(String, Vec<HostId>)> {
        let hosts = self.hosts;
        let is = |kinds: &[&str]| kinds.iter().any(|kind| kind.eq_ignore_ascii_case(delivery));
        let lower = text.to_lowercase();
        let version_of = |text: &str| text.trim().parse::<u32>().ok();
        let has_version = |host: &Host, version: Option<u32>| {
            version.is_none_or(|v| host.exchange_major.is_none_or(|major| major == v))
        };
        let in_site = |site: &str, version: Option<u32>| {
            let all = self.in_site.get(site).map_or(&[][..], Vec::as_slice).iter().copied();
            let fits = |id: &HostId| hosts.get(*id).is_some_and(|host| has_version(host, version));
            (format!("site:{site}"), all.filter(fits).collect())
        };
        if let Some(rest) = lower.strip_prefix("site:") {
            let mut parts = rest.split(';').map(str::trim);
            let site = parts.next().unwrap_or_default();
            return Some(in_site(site, parts.find_map(|part| version_of(part.strip_prefix("version:")?))));
        }
        // Its servers first: an availability group has a name on the network like a server.
        let group = (is(&TO_GROUP) || delivery.is_empty()).then(|| hosts.group(text)).flatten();
        if let Some(group) = group {
            return Some((group.name.clone(), group.members.iter().copied().collect()));
        }
        if let Some(id) = hosts.find(text) {
            let cluster = is(&["SmtpRelayToDag"]) && hosts.get(id).is_some_and(|host| !host.is_exchange);
            return cluster.then(|| (text.to_owned(), Vec::new()));
        }
        if is(&[TO_EDGE]) {
            return Some((text.to_owned(), self.edges.clone()));
        }
        if is(&TO_SITE) {
            return Some(in_site(&lower, None));
        }
        if is(&[TO_ROUTING_GROUP]) {
            return Some((text.to_owned(), self.of_routing_groups.clone()));
        }
        // `hub version 14`: the servers of that version in the sender's own site.
        if let Some((_, version)) = lower.split_once("version ").filter(|_| is(&["SmtpRelayWithinAdSite"])) {
            let own_site = sender.and_then(|id| hosts.get(id)).and_then(|host| host.site.as_deref());
            let version = version_of(version);
            let members = own_site.map_or_else(Vec::new, |site| in_site(site, version).1);
            return Some((text.to_owned(), members));
        }
        // `ex2,ex3`: several servers by name.
        let names: Vec<&str> =
            text.split([',', ';']).map(str::trim).filter(|name| !name.is_empty()).collect();
        if is(&["SmtpRelayToServers"]) && names.len() > 1 {
            let members = names.iter().filter_map(|name| hosts.find(name)).collect();
            return Some((names.join(", "), members));
        }
        // A name without a dot that no server has is a group's of which nothing else is known.
        (is(&TO_GROUP) && !text.contains('.')).then(|| (text.to_owned(), Vec::new()))
    }
}

fn one(hosts: &Hosts, id: HostId) -> Party {
    Party { host: Some(id), label: hosts.get(id).map(|host| host.name.clone()), ..Party::default() }
}

/// The Exchange server whose name or address stands in the reply that the queue holds.
fn replied(hosts: &Hosts, witness: Option<&Observation>, sender: Option<HostId>) -> Option<HostId> {
    let facts = &witness?.facts;
    let named = ["reply.host", "reply.ip"].iter().filter_map(|fact| facts.text(fact));
    named
        .filter_map(|name| hosts.find(name))
        .find(|id| Some(*id) != sender && hosts.get(*id).is_some_and(|host| host.is_exchange))
}
