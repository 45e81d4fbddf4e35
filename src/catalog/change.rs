//! What a step of a fix changes on receive connectors, as data: `check::what_if` tries it on the
//! connectors that were given. The command of the step is for people and is never read.
//!
//! The names are those of the cmdlet's parameters. Only values that Exchange knows are taken; what
//! depends on the servers is a word: `sender`, `exchange-servers`, `full-name`.

use super::check::wrong;
use crate::fact::{AddressRange, Endpoint};
use crate::Result;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// Changes that one step makes together.
pub const CHANGES: usize = 8;

/// Letters in the name of a new connector.
const NAME_CHARS: usize = 64;

/// Which connector is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Which {
    /// The one that answers the sender.
    #[default]
    Answering,
    /// The one of the transport service on a port that is the front end's.
    HubOnSharedPort,
    /// One that is made.
    New,
}

macro_rules! flags {
    ($(#[$doc:meta])* $name:ident { $($flag:ident),* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
        #[allow(missing_docs)] // the names are Exchange's
        pub enum $name { $($flag),* }

        impl $name {
            /// Its name in Exchange.
            pub fn name(self) -> &'static str {
                match self { $($name::$flag => stringify!($flag)),* }
            }
        }
    };
}

flags! {
    /// A flag of AuthMechanism.
    Mechanism { Tls, Integrated, BasicAuth, BasicAuthRequireTLS, ExchangeServer, ExternalAuthoritative }
}

flags! {
    /// A flag of PermissionGroups.
    Group { AnonymousUsers, ExchangeUsers, ExchangeServers, ExchangeLegacyServers, Partners }
}

flags! {
    /// A value of TransportRole.
    Role { FrontendTransport, HubTransport }
}

/// A value of RemoteIPRanges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Addresses {
    /// The addresses of the server that could not sign in.
    Sender,
    /// The addresses of all Exchange servers that are known.
    ExchangeServers,
    /// As written.
    Range(AddressRange),
}

impl<'de> Deserialize<'de> for Addresses {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.as_str() {
            "sender" => Ok(Addresses::Sender),
            "exchange-servers" => Ok(Addresses::ExchangeServers),
            other => AddressRange::parse(other).map(Addresses::Range).ok_or_else(|| {
                D::Error::custom("an address, a range of addresses, `sender` or `exchange-servers` is needed")
            }),
        }
    }
}

/// A value of Bindings: `0.0.0.0:25`, `[::]:25`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Binding(pub Endpoint);

impl<'de> Deserialize<'de> for Binding {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let endpoint = Endpoint::parse(&text).filter(|endpoint| endpoint.port != 0);
        endpoint
            .map(Binding)
            .ok_or_else(|| D::Error::custom("an address and a port are needed, such as `0.0.0.0:25`"))
    }
}

/// A value of Fqdn: what Exchange admits beside Exchange Server authentication.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fqdn {
    /// The server's full name.
    FullName,
    /// Its NetBIOS name.
    ShortName,
    /// None: the server's own name is used.
    Empty,
}

/// A value of TlsCertificateName.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CertificateName {
    /// The name of a certificate that the server has.
    Usable,
}

/// Values that are added to lists or taken out of them.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase", default)]
pub struct Values {
    /// Ways to sign in.
    pub auth_mechanism: Vec<Mechanism>,
    /// Who may.
    pub permission_groups: Vec<Group>,
    /// Whom it takes.
    #[serde(rename = "RemoteIPRanges")]
    pub remote_ip_ranges: Vec<Addresses>,
    /// Where it listens.
    pub bindings: Vec<Binding>,
}

/// Values that take the place of the old ones.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase", default)]
pub struct Settings {
    /// Name of a new connector.
    pub name: Option<String>,
    /// On or off.
    pub enabled: Option<bool>,
    /// Ways to sign in.
    pub auth_mechanism: Option<Vec<Mechanism>>,
    /// Who may.
    pub permission_groups: Option<Vec<Group>>,
    /// Whom it takes.
    #[serde(rename = "RemoteIPRanges")]
    pub remote_ip_ranges: Option<Vec<Addresses>>,
    /// Where it listens.
    pub bindings: Option<Vec<Binding>>,
    /// The name in its greeting.
    pub fqdn: Option<Fqdn>,
    /// The service that listens.
    pub transport_role: Option<Role>,
    /// Encryption for every session.
    #[serde(rename = "RequireTLS")]
    pub require_tls: Option<bool>,
    /// Exchange's own encryption off.
    pub suppress_x_anonymous_tls: Option<bool>,
    /// The certificate it shows.
    pub tls_certificate_name: Option<CertificateName>,
}

/// What happens to one connector.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Change {
    /// Which one.
    pub connector: Which,
    /// Added to its lists.
    #[serde(deserialize_with = "super::load::object")]
    pub add: Values,
    /// Taken out of its lists.
    #[serde(deserialize_with = "super::load::object")]
    pub remove: Values,
    /// Set anew.
    #[serde(deserialize_with = "super::load::object")]
    pub set: Settings,
    /// It is removed.
    pub delete: bool,
}

impl Change {
    /// What is wrong with it beyond its form: the place below it, and the words.
    fn wrong(&self) -> Option<(&'static str, String)> {
        let bare = Change { connector: self.connector, delete: self.delete, ..Change::default() };
        if self.delete && (*self != bare || self.connector == Which::New) {
            return Some(("/delete", "what is deleted is not changed or made, too".to_owned()));
        }
        if self.connector == Which::New {
            let set = &self.set;
            let whole = set.name.is_some()
                && set.bindings.is_some()
                && set.remote_ip_ranges.is_some()
                && set.auth_mechanism.is_some()
                && set.permission_groups.is_some();
            if !whole {
                let needs = "a new connector needs Name, Bindings, RemoteIPRanges, AuthMechanism and PermissionGroups";
                return Some(("/set", needs.to_owned()));
            }
        } else if self.set.name.is_some() {
            return Some(("/set/Name", "only a new connector gets a name".to_owned()));
        } else if !self.delete && *self == bare {
            return Some(("", "a change needs `add`, `remove`, `set` or `delete`".to_owned()));
        }
        if let Some(name) = &self.set.name {
            let letters = name.chars().count();
            if !(1..=NAME_CHARS).contains(&letters) || name.chars().any(|c| c.is_control() || c == '\\') {
                let problem = format!("a name of 1 to {NAME_CHARS} characters without `\\` is needed");
                return Some(("/set/Name", problem));
            }
        }
        for (at, values) in [("/add", &self.add), ("/remove", &self.remove)] {
            let lists = [
                values.auth_mechanism.len(),
                values.permission_groups.len(),
                values.remote_ip_ranges.len(),
                values.bindings.len(),
            ];
            if let Some(problem) = too_long(&lists) {
                return Some((at, problem));
            }
        }
        let set = &self.set;
        let flags = [set.auth_mechanism.as_ref().map(Vec::len), set.permission_groups.as_ref().map(Vec::len)];
        let places = [set.remote_ip_ranges.as_ref().map(Vec::len), set.bindings.as_ref().map(Vec::len)];
        if places.contains(&Some(0)) {
            return Some(("/set", "RemoteIPRanges and Bindings need at least one entry".to_owned()));
        }
        let lists: Vec<usize> = flags.into_iter().chain(places).flatten().collect();
        too_long(&lists).map(|problem| ("/set", problem))
    }
}

/// The changes of a step.
///
/// # Errors
/// [`crate::Error::Rules`] with the place below `at`.
pub(super) fn check(changes: &[Change], at: &str) -> Result<()> {
    if changes.len() > CHANGES {
        let problem = format!("{} changes; allowed are {CHANGES}", changes.len());
        return Err(wrong(&format!("{at}/changes"), problem));
    }
    for (i, change) in changes.iter().enumerate() {
        if let Some((place, problem)) = change.wrong() {
            return Err(wrong(&format!("{at}/changes/{i}{place}"), problem));
        }
    }
    Ok(())
}

fn too_long(lists: &[usize]) -> Option<String> {
    let allowed = crate::limits::RULE_LIST;
    let entries = lists.iter().max().filter(|entries| **entries > allowed)?;
    Some(format!("{entries} entries; allowed are {allowed}"))
}
