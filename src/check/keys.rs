//! By what an observation is looked up for a pair, beside its server: an SPN, an account, a
//! thumbprint. A thousand servers make thousands of pairs, and none of them may read them all.

use crate::fact::{short_name, Hosts, Observation};
use std::borrow::Cow;

/// The keys of an observation, each with what it is.
pub(super) fn of(observation: &Observation, hosts: &Hosts) -> Vec<(&'static str, String)> {
    let facts = &observation.facts;
    let mut keys: Vec<(&'static str, String)> = Vec::new();
    let text = |name: &str| facts.text(name);
    let list = |name: &str| facts.list(name).unwrap_or_default();
    match observation.kind {
        "spn-list" => {
            let carried = list("spn_list.spns").iter().chain(list("spn_list.partial_spns"));
            keys.extend(carried.map(|spn| (SPN, spn.to_lowercase())));
            keys.extend(text("spn_list.account").map(|name| (ACCOUNT, short_name(name))));
        }
        "spn-query" => {
            let found = list("spn_query.found_spns").iter().filter_map(|line| line.split('|').next());
            keys.extend(found.chain(text("spn_query.spn")).map(|spn| (SPN, spn.to_lowercase())));
        }
        "spn-duplicates" => {
            let groups = list("spn_duplicates.groups").iter().filter_map(|line| line.split('|').next());
            keys.extend(groups.map(|spn| (SPN, spn.to_lowercase())));
        }
        "group-membership" => {
            keys.extend(text("membership.account").map(|name| (ACCOUNT, short_name(name))));
        }
        "dns-answer" => keys.extend(text("dns.name").map(|name| (NAME, short_name(name)))),
        "certificate" => {
            keys.extend(text("certificate.thumbprint").map(|text| (THUMBPRINT, thumbprint(text))));
        }
        "event" => keys.extend(text("event.provider").map(|name| (PROVIDER, name.to_lowercase()))),
        "port-test" => {
            // A test from nobody that is known may be from anybody.
            let from = text("port.from").or(observation.computer.as_deref());
            if from.and_then(|name| hosts.find(name)).is_none() {
                keys.push((NOBODY, String::new()));
            }
        }
        _ => {}
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// An SPN, in lower case.
pub(super) const SPN: &str = "spn";
/// The short name of an account.
pub(super) const ACCOUNT: &str = "account";
/// The short name of a host.
pub(super) const NAME: &str = "name";
/// A thumbprint, as [`thumbprint`] writes it.
pub(super) const THUMBPRINT: &str = "thumbprint";
/// An event's provider, in lower case.
pub(super) const PROVIDER: &str = "provider";
/// Observations of no known server.
pub(super) const NOBODY: &str = "nobody";

/// A thumbprint without what people put between its digits.
pub(super) fn thumbprint(text: &str) -> String {
    text.chars().filter(char::is_ascii_hexdigit).collect::<String>().to_uppercase()
}

/// Names of the server that an observation is about.
pub(super) fn about(observation: &Observation) -> Vec<Cow<'_, str>> {
    let facts = &observation.facts;
    let every =
        |names: &[&str]| names.iter().filter_map(|name| facts.text(name)).map(Cow::Borrowed).collect();
    let computer = observation.computer.as_deref();
    let own = |name: &str| facts.text(name).or(computer).map(Cow::Borrowed).into_iter().collect();
    match observation.kind {
        "virtual-directory" => every(&["virtual_directory.server"]),
        "receive-connector" => every(&["receive_connector.server"]),
        "exchange-server" => every(&["exchange_server.fqdn", "exchange_server.name"]),
        "queue" | "message" => every(&["queue.server"]),
        "event" => every(&["event.computer"]),
        "spn-list" => every(&["spn_list.account"]),
        "clock-offset" => every(&["clock.from", "clock.to", "clock.to_ip", "record.computer"]),
        "transport-service" => every(&["transport_service.server"]),
        "certificate" => own("certificate.server"),
        "port-test" => own("port.from"),
        _ => every(&["record.computer"]),
    }
}
