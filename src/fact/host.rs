//! One identity for the names of a server: NetBIOS name, FQDN, addresses.
//!
//! Names are joined only by what records say: two FQDNs with the same first
//! label are two servers, a bare first label is the one server that has it. An
//! address that two servers claim belongs to neither.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// Number of a server in [`Hosts`].
pub type HostId = usize;

/// One server.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Host {
    /// The name reports call it by.
    pub name: String,
    /// Its full name, lower case.
    pub fqdn: Option<String>,
    /// First label, lower case; empty for a bare address.
    pub short: String,
    /// Its addresses.
    pub addresses: BTreeSet<IpAddr>,
    /// Addresses that its own settings name, not only a resolver.
    pub own_addresses: BTreeSet<IpAddr>,
    /// Directory site, lower case.
    pub site: Option<String>,
    /// Exchange major version: 8, 14, 15.
    pub exchange_major: Option<u32>,
    /// It is known to be an Exchange server.
    pub is_exchange: bool,
    /// It is known to be an Edge server.
    pub is_edge: bool,
    /// Its name is the one that its own object gives.
    pub names_itself: bool,
}

/// All servers the records speak of.
#[derive(Debug, Clone, Default)]
pub struct Hosts {
    hosts: Vec<Host>,
    by_short: BTreeMap<String, Vec<HostId>>,
    by_address: BTreeMap<IpAddr, BTreeSet<HostId>>,
}

/// The first label of a host name, lower case; an account's `$` and a domain prefix are dropped.
pub fn short_name(name: &str) -> String {
    let name = name.trim().trim_end_matches('.').trim_end_matches('$');
    let name = name.rsplit(['\\', '/']).next().unwrap_or(name);
    name.split('.').next().unwrap_or(name).to_lowercase()
}

/// An address as it is written in events and queues: brackets, a port and a zone are dropped.
pub fn parse_address(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_start_matches('[');
    let text = text.split([']', '%']).next().unwrap_or(text);
    if let Ok(address) = text.parse::<IpAddr>() {
        // ::ffff:192.0.2.7 is 192.0.2.7 to everyone who reads a log.
        return Some(address.to_canonical());
    }
    let (host, port) = text.rsplit_once(':')?;
    port.parse::<u16>().ok()?;
    host.parse().ok()
}

impl Hosts {
    /// The server of a name, made when it is new; `None` for an empty or impossible name.
    pub fn note(&mut self, name: &str) -> Option<HostId> {
        let name = name.trim().trim_end_matches('.');
        if let Some(address) = parse_address(name) {
            return Some(self.note_address(address));
        }
        let short = short_name(name);
        if short.is_empty() || short.contains(char::is_whitespace) {
            return None;
        }
        let bare = name.rsplit('\\').next().unwrap_or(name).trim_end_matches('$');
        let fqdn = bare.contains('.').then(|| bare.to_lowercase());
        let known = self.by_short.get(&short).cloned().unwrap_or_default();
        let found = match &fqdn {
            Some(fqdn) => known
                .iter()
                .find(|id| self.hosts.get(**id).is_some_and(|h| h.fqdn.as_ref() == Some(fqdn)))
                .or_else(|| known.iter().find(|id| self.hosts.get(**id).is_some_and(|h| h.fqdn.is_none())))
                .copied(),
            None => known.first().copied(),
        };
        let id = found.unwrap_or_else(|| {
            self.hosts.push(Host { short: short.clone(), ..Host::default() });
            let id = self.hosts.len() - 1;
            self.by_short.entry(short).or_default().push(id);
            id
        });
        if let Some(host) = self.hosts.get_mut(id) {
            if fqdn.is_some() {
                host.fqdn = fqdn;
            }
            let label = bare.split('.').next().unwrap_or(bare);
            // Mixed case reads best and sorts last: the choice does not depend on the order of the input.
            if !host.names_itself && (host.name.is_empty() || label > host.name.as_str()) {
                host.name = label.to_owned();
            }
        }
        Some(id)
    }

    /// Notes an Exchange server under the name its own object gives.
    pub fn note_exchange(&mut self, name: &str, fqdn: Option<&str>) -> Option<HostId> {
        let id = self.note(fqdn.unwrap_or(name))?;
        let host = self.hosts.get_mut(id)?;
        host.name = name.to_owned();
        host.names_itself = true;
        host.is_exchange = true;
        Some(id)
    }

    /// Says that a server has an address.
    pub fn join(&mut self, id: HostId, address: IpAddr) {
        if address.is_unspecified() || address.is_loopback() {
            return;
        }
        // Link-local addresses repeat on every network: they identify nobody.
        if let IpAddr::V6(v6) = address {
            if (v6.segments().first().copied().unwrap_or(0) & 0xffc0) == 0xfe80 {
                return;
            }
        }
        if let Some(host) = self.hosts.get_mut(id) {
            host.addresses.insert(address);
        }
        self.by_address.entry(address).or_default().insert(id);
    }

    /// Says that a server's own settings name an address.
    pub fn join_own(&mut self, id: HostId, address: IpAddr) {
        self.join(id, address);
        if !address.is_unspecified() && !address.is_loopback() {
            if let Some(host) = self.hosts.get_mut(id) {
                host.own_addresses.insert(address);
            }
        }
    }

    fn note_address(&mut self, address: IpAddr) -> HostId {
        if let Some(id) = self.of_address(address) {
            return id;
        }
        self.hosts.push(Host {
            name: address.to_string(),
            addresses: BTreeSet::from([address]),
            ..Host::default()
        });
        let id = self.hosts.len() - 1;
        self.by_address.entry(address).or_default().insert(id);
        id
    }

    /// The one server that has an address.
    pub fn of_address(&self, address: IpAddr) -> Option<HostId> {
        let owners = self.by_address.get(&address)?;
        let mut named = owners.iter().filter(|id| self.hosts.get(**id).is_some_and(|h| !h.short.is_empty()));
        match (named.next(), named.next()) {
            (Some(id), None) => Some(*id),
            (Some(_), Some(_)) => None,
            (None, _) => owners.iter().next().copied(),
        }
    }

    /// The server of a name or address that was noted before.
    pub fn find(&self, name: &str) -> Option<HostId> {
        if let Some(address) = parse_address(name) {
            return self.of_address(address);
        }
        let short = short_name(name);
        let known = self.by_short.get(&short)?;
        let bare = name.trim().trim_end_matches('.').to_lowercase();
        if bare.contains('.') {
            return known
                .iter()
                .find(|id| self.hosts.get(**id).is_some_and(|h| h.fqdn.as_deref() == Some(&bare)))
                .or_else(|| known.iter().find(|id| self.hosts.get(**id).is_some_and(|h| h.fqdn.is_none())))
                .copied();
        }
        known.first().copied()
    }

    /// A server by number.
    pub fn get(&self, id: HostId) -> Option<&Host> {
        self.hosts.get(id)
    }

    /// A server by number, to add to.
    pub fn get_mut(&mut self, id: HostId) -> Option<&mut Host> {
        self.hosts.get_mut(id)
    }

    /// True when `name` is a name or an address of the server.
    pub fn is(&self, id: HostId, name: &str) -> bool {
        self.find(name) == Some(id)
    }

    /// All servers.
    pub fn iter(&self) -> impl Iterator<Item = (HostId, &Host)> {
        self.hosts.iter().enumerate()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_one_server_are_one_identity() {
        let mut hosts = Hosts::default();
        let id = hosts.note("EX1").unwrap();
        assert_eq!(hosts.note("ex1.contoso.com"), Some(id));
        assert_eq!(hosts.note("CONTOSO\\EX1$"), Some(id));
        hosts.join(id, "192.0.2.7".parse().unwrap());
        assert_eq!(hosts.find("192.0.2.7:25"), Some(id));
        assert_eq!(hosts.find("[192.0.2.7]"), Some(id));
        assert_eq!(hosts.get(id).unwrap().name, "ex1");
    }

    #[test]
    fn two_full_names_with_one_first_label_are_two_servers() {
        let mut hosts = Hosts::default();
        let contoso = hosts.note("ex1.contoso.com").unwrap();
        let fabrikam = hosts.note("ex1.fabrikam.com").unwrap();
        assert_ne!(contoso, fabrikam);
        assert_eq!(hosts.find("EX1.FABRIKAM.COM"), Some(fabrikam));
    }

    #[test]
    fn an_address_that_two_servers_claim_belongs_to_neither() {
        let mut hosts = Hosts::default();
        let one = hosts.note("EX1").unwrap();
        let two = hosts.note("EX2").unwrap();
        let address = "192.0.2.9".parse().unwrap();
        hosts.join(one, address);
        assert_eq!(hosts.of_address(address), Some(one));
        hosts.join(two, address);
        assert_eq!(hosts.of_address(address), None);
    }

    #[test]
    fn link_local_addresses_identify_nobody() {
        let mut hosts = Hosts::default();
        let one = hosts.note("EX1").unwrap();
        hosts.join(one, "fe80::1".parse().unwrap());
        assert_eq!(hosts.of_address("fe80::1".parse().unwrap()), None);
    }
}
