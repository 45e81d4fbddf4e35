//! The words that stand inside values of facts, in English: what a message catalog translates, so that
//! no sentence of another language has English in its middle.

use crate::Catalog;

/// Every one of them.
pub const WORDS: &[&str] = &[
    ALLOWS,
    TAKES,
    DES_ONLY,
    ANSWERED_FOR,
    URL_IS_OF,
    NOT_IN_STORE,
    EXPIRED,
    NO_PRIVATE_KEY,
    ON_PORT,
    AND,
    ON,
    AS_SOURCE,
    AS_DESTINATION,
    HOLDS,
    A_CONTROLLER,
    A_CONNECTOR,
    FULL_NAME,
    ALL_CONNECTORS,
    START_TYPE,
    WHOLE_FQDN,
    NETWORK_SETTINGS,
];

/// What a server's policy allows.
pub(super) const ALLOWS: &str = "{server} allows {types}";
/// What tickets for an account may be made with.
pub(super) const TAKES: &str = "the account of {server} takes {types}";
/// Encryption types, of which none makes a ticket today.
pub(super) const DES_ONLY: &str = "DES only";
/// Who answered instead of whom.
pub(super) const ANSWERED_FOR: &str = "{account} for {asked}";
/// A URL that leads elsewhere.
pub(super) const URL_IS_OF: &str = "{host} in the directory of {server} is {other}";
/// Why a server's certificate is of no use.
pub(super) const NOT_IN_STORE: &str = "{server}: the certificate is not in the store";
pub(super) const EXPIRED: &str = "{server}: the certificate has expired";
pub(super) const NO_PRIVATE_KEY: &str = "{server}: the certificate has no private key";
/// Two connectors on one port.
pub(super) const ON_PORT: &str = "{first} and {second} on port {port}";
/// Two of a kind.
pub(super) const AND: &str = "{first} and {second}";
/// A name and who carries it.
pub(super) const ON: &str = "{name} on {account}";
/// A row of a summary of replication.
pub(super) const AS_SOURCE: &str = "{server} as the source: {fails} of {total}";
pub(super) const AS_DESTINATION: &str = "{server} as the destination: {fails} of {total}";
/// The credential of a server.
pub(super) const HOLDS: &str = "{server} holds {account} {date}";
/// Where a record does not say which.
pub(super) const A_CONTROLLER: &str = "a domain controller";
pub(super) const A_CONNECTOR: &str = "a connector";
pub(super) const FULL_NAME: &str = "full name of {account}";
/// What a setting is judged by and was not given.
pub(super) const ALL_CONNECTORS: &str = "all receive connectors of the server";
pub(super) const START_TYPE: &str = "the start type of the service";
pub(super) const WHOLE_FQDN: &str = "the whole Fqdn of the connector";
pub(super) const NETWORK_SETTINGS: &str = "the network settings of {server}";

/// One of [`WORDS`] in the catalog's language, with its values filled in.
pub(super) fn say(catalog: &Catalog, english: &str, values: &[(&str, &str)]) -> String {
    debug_assert!(WORDS.contains(&english), "not in WORDS: {english}");
    catalog.filled(english, values)
}
