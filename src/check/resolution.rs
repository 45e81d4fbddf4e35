//! Names and addresses: whether B's name leads to B.
//!
//! B's own addresses come from its network settings or from connectors bound to
//! one address; without them a DNS answer proves nothing.

use super::keys;
use super::pair::{Pair, PairFacts};
use crate::fact::{parse_address, short_name};
use std::net::IpAddr;

/// Adds `dns.points_elsewhere`, `dns.agrees`.
pub(super) fn add(pair: &Pair<'_>, facts: &mut PairFacts) {
    let Some(host) = pair.to.and_then(|id| pair.hosts.get(id)) else { return };
    if host.own_addresses.is_empty() {
        return;
    }
    let (mut elsewhere, mut places, mut agrees) = (Vec::new(), Vec::new(), Vec::new());
    for seen in pair.index.of_key("dns-answer", keys::NAME, host.short.clone()) {
        let Some(name) = seen.facts.text("dns.name") else { continue };
        let own_name = name.eq_ignore_ascii_case(host.fqdn.as_deref().unwrap_or_default())
            || short_name(name) == host.short;
        let addresses: Vec<IpAddr> = seen
            .facts
            .list("dns.addresses")
            .unwrap_or_default()
            .iter()
            .filter_map(|a| parse_address(a))
            .collect();
        if !own_name || addresses.is_empty() {
            continue;
        }
        let strangers: Vec<String> =
            addresses.iter().filter(|a| !host.own_addresses.contains(a)).map(IpAddr::to_string).collect();
        if strangers.len() == addresses.len() {
            elsewhere.push(format!("{name} -> {}", strangers.join(", ")));
            places.extend(seen.evidence_of("dns.addresses"));
        } else if strangers.is_empty() {
            agrees.extend(seen.evidence_of("dns.addresses"));
        }
    }
    if elsewhere.is_empty() && !agrees.is_empty() {
        facts.add_flag("dns.agrees", true, agrees);
    }
    facts.add_list("dns.points_elsewhere", elsewhere, places);
}
