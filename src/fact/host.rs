//! One identity for the names of a server: NetBIOS name, FQDN, addresses.
//!
//! Names are joined only by what records say: two FQDNs with the same first
//! label are two servers, a bare first label is the one server that has it. An
//! address that two servers claim belongs to neither. `host_name` reads a name.

use super::host_name::{self, parse_address, HostName};
use std::collections::{BTreeMap, BTreeSet, HashMap};
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

/// Servers that a queue's next hop names together: an availability group, a database, a connector.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Group {
    /// Its name as its own object gives it.
    pub name: String,
    /// The servers behind it.
    pub members: BTreeSet<HostId>,
}

/// All servers the records speak of.
#[derive(Debug, Clone, Default)]
pub struct Hosts {
    hosts: Vec<Host>,
    // Looked up and never walked: no order of theirs can reach a report.
    by_short: HashMap<String, Vec<HostId>>,
    by_full: HashMap<String, HostId>,
    groups: BTreeMap<String, Group>,
    shared: BTreeSet<IpAddr>,
    by_address: HashMap<IpAddr, BTreeSet<HostId>>,
}

/// The only item.
fn only<T>(mut items: impl Iterator<Item = T>) -> Option<T> {
    items.next().filter(|_| items.next().is_none())
}

/// Addresses that repeat on every machine or network identify nobody: link-local ones (a failover
/// cluster's own adapter has one), loopback, unspecified.
fn is_nobodys(address: IpAddr) -> bool {
    let link_local = match address {
        IpAddr::V4(v4) => v4.is_link_local() || v4.is_broadcast(),
        IpAddr::V6(v6) => (v6.segments().first().copied().unwrap_or(0) & 0xffc0) == 0xfe80,
    };
    link_local || address.is_unspecified() || address.is_loopback() || address.is_multicast()
}

impl Hosts {
    /// The server of a name, made when it is new; `None` for an empty or impossible name.
    pub fn note(&mut self, name: &str) -> Option<HostId> {
        if let Some(address) = parse_address(name) {
            return Some(self.note_address(address));
        }
        let read = host_name::read(name)?;
        let found = self.meant(&read);
        let full = read.bare.contains('.').then(|| read.bare.to_lowercase());
        let label = read.bare.split('.').next().unwrap_or(read.bare);
        let id = found.unwrap_or_else(|| {
            let short = label.to_lowercase();
            self.hosts.push(Host { short: short.clone(), ..Host::default() });
            let id = self.hosts.len() - 1;
            self.by_short.entry(short).or_default().push(id);
            id
        });
        let host = self.hosts.get_mut(id)?;
        if let Some(full) = full {
            // A second full name of one server is an alias; it does not take the first one's place.
            host.fqdn.get_or_insert_with(|| full.clone());
            self.by_full.insert(full, id);
        }
        // Mixed case reads best and sorts last: the choice does not depend on the order of the input.
        let fits = label.to_lowercase() == host.short;
        if !host.names_itself && fits && (host.name.is_empty() || label > host.name.as_str()) {
            host.name = label.to_owned();
        }
        Some(id)
    }

    /// Says that a server has one more full name.
    pub fn note_alias(&mut self, id: HostId, full: &str) {
        if self.get(id).is_some() {
            self.by_full.entry(full.trim_end_matches('.').to_lowercase()).or_insert(id);
        }
    }

    /// The server that a name means, in the one way in which it can be read or in the other.
    fn meant(&self, name: &HostName<'_>) -> Option<HostId> {
        self.known(name).or_else(|| self.known(&HostName { bare: name.instead?, ..HostName::default() }))
    }

    /// The server that a name means among those that were noted.
    ///
    /// A full name is one server's. A bare one is the only server that has it; of several it is the
    /// one in the domain that stands beside it, the one whose full name nobody told, or the only
    /// Exchange server. What is left open is nobody.
    fn known(&self, name: &HostName<'_>) -> Option<HostId> {
        let bare = name.bare.to_lowercase();
        if let Some(id) = self.by_full.get(&bare) {
            return Some(*id);
        }
        let ids = self.by_short.get(bare.split('.').next()?)?;
        let full = |id: &&HostId| self.get(**id).and_then(|host| host.fqdn.as_deref());
        if bare.contains('.') {
            return only(ids.iter()).filter(|id| full(id).is_none()).copied();
        }
        if let Some(domain) = name.domain.as_deref().map(str::to_lowercase) {
            let suffix = |id: &&HostId| {
                full(id).and_then(|full| full.split_once('.')).map(|(_, rest)| rest.to_owned())
            };
            let inside = |id: &&HostId| {
                suffix(id)
                    .is_some_and(|rest| rest == domain || rest.split('.').next() == Some(domain.as_str()))
            };
            if let Some(id) = only(ids.iter().filter(inside)) {
                return Some(*id);
            }
            // A realm is a domain's full name; a NetBIOS name may be unlike it.
            if domain.contains('.') && ids.iter().all(|id| full(&id).is_some()) {
                return None;
            }
        }
        let exchange = |id: &&HostId| self.get(**id).is_some_and(|host| host.is_exchange);
        only(ids.iter())
            .or_else(|| only(ids.iter().filter(|id| full(id).is_none())))
            .or_else(|| only(ids.iter().filter(exchange)))
            .copied()
    }

    /// Notes an Exchange server under the name its own object gives.
    pub fn note_exchange(&mut self, name: &str, fqdn: Option<&str>) -> Option<HostId> {
        let id = self.note(fqdn.unwrap_or(name))?;
        let host = self.hosts.get_mut(id)?;
        name.clone_into(&mut host.name);
        host.names_itself = true;
        host.is_exchange = true;
        Some(id)
    }

    /// Says that a server has an address.
    pub fn join(&mut self, id: HostId, address: IpAddr) {
        if self.is_nobodys(address) {
            return;
        }
        if let Some(host) = self.hosts.get_mut(id) {
            host.addresses.insert(address);
        }
        self.by_address.entry(address).or_default().insert(id);
    }

    /// Says that a server's own settings name an address.
    pub fn join_own(&mut self, id: HostId, address: IpAddr) {
        if self.is_nobodys(address) {
            return;
        }
        self.join(id, address);
        if let Some(host) = self.hosts.get_mut(id) {
            host.own_addresses.insert(address);
        }
    }

    fn is_nobodys(&self, address: IpAddr) -> bool {
        is_nobodys(address) || self.shared.contains(&address)
    }

    /// Says that an address moves between servers or is all of theirs, and so is nobody's own.
    pub fn note_shared(&mut self, address: IpAddr) {
        self.shared.insert(address);
    }

    /// Notes servers that records name together.
    pub fn note_group(&mut self, name: &str, members: impl IntoIterator<Item = HostId>) {
        let group = self.groups.entry(name.trim().to_lowercase()).or_default();
        if group.name.is_empty() || name > group.name.as_str() {
            name.trim().clone_into(&mut group.name);
        }
        group.members.extend(members);
    }

    /// The servers that were noted together under a name.
    pub fn group(&self, name: &str) -> Option<&Group> {
        self.groups.get(&name.trim().to_lowercase())
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

    /// The one server that has an address: by its own settings before what others say of it, and a
    /// server of Exchange before an alias or a balancer that leads to it.
    pub fn of_address(&self, address: IpAddr) -> Option<HostId> {
        let owners = self.by_address.get(&address)?;
        let that = |test: fn(&Host, IpAddr) -> bool| {
            let mut fits = owners.iter().filter(|id| self.get(**id).is_some_and(|host| test(host, address)));
            (fits.next(), fits.next())
        };
        let tests: [fn(&Host, IpAddr) -> bool; 3] = [
            |host, address| host.own_addresses.contains(&address),
            |host, _| host.is_exchange,
            |host, _| !host.short.is_empty(),
        ];
        for test in tests {
            match that(test) {
                (Some(id), None) => return Some(*id),
                (Some(_), Some(_)) => return None,
                (None, _) => {}
            }
        }
        owners.iter().next().copied()
    }

    /// The server whose own settings name an address, where exactly one's do.
    pub fn owner_of(&self, address: IpAddr) -> Option<HostId> {
        let owns = |id: &&HostId| self.get(**id).is_some_and(|host| host.own_addresses.contains(&address));
        only(self.by_address.get(&address)?.iter().filter(owns)).copied()
    }

    /// The server of a name or address that was noted before.
    pub fn find(&self, name: &str) -> Option<HostId> {
        if let Some(address) = parse_address(name) {
            return self.of_address(address);
        }
        self.meant(&host_name::read(name)?)
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
