//! Certificates that other records name: the Auth certificate, the one bound to
//! the back end, the one for mail between servers.
//!
//! Joins by thumbprint. A certificate that is not in a listing is missing only
//! where the listing is of that server.

use super::keys::{self, thumbprint};
use super::pair::{Pair, PairFacts};
use super::words::{EXPIRED, NOT_IN_STORE, NO_PRIVATE_KEY};
use crate::fact::{HostId, Observation};
use crate::finding::Evidence;
use std::collections::BTreeSet;

/// Adds what is the same for every pair: `auth_certificate.*`.
pub(super) fn add_shared(pair: &Pair<'_>, facts: &mut PairFacts) {
    add_auth_certificate(pair, facts);
}

/// Adds `backend_binding.*`, `certificate.transport_bad`.
pub(super) fn add(pair: &Pair<'_>, facts: &mut PairFacts) {
    let mut ends: Vec<HostId> = [pair.from, pair.to].into_iter().flatten().collect();
    ends.dedup();
    for host in ends.iter().copied() {
        let bindings: Vec<&Observation> = pair.index.of_host("ssl-binding", Some(host)).collect();
        add_bindings(pair, &bindings, &of_server(pair, host), facts);
        add_transport(pair, host, facts);
    }
    // A console says of which server it is only in its prompt. Where one server alone is spoken of it is that.
    let several = pair.hosts.iter().filter(|(_, host)| host.is_exchange).nth(1).is_some();
    if ends.len() < 2 && !several && !facts.knows("backend_binding.right") {
        let bindings: Vec<&Observation> =
            pair.index.of_key("ssl-binding", keys::NOBODY, String::new()).collect();
        let listed = ends.first().map(|host| of_server(pair, *host)).filter(|listed| !listed.is_empty());
        add_bindings(pair, &bindings, &listed.unwrap_or_else(|| of_one_server(pair)), facts);
    }
}

/// All certificates that Exchange listed, where it listed those of one server.
fn of_one_server<'o>(pair: &Pair<'o>) -> Vec<&'o Observation> {
    let services = |seen: &&Observation| seen.facts.get("certificate.services").is_some();
    let all: Vec<&Observation> = pair.index.of_kind("certificate").filter(services).collect();
    let servers: BTreeSet<Option<&str>> =
        all.iter().map(|seen| seen.facts.text("certificate.server").or(seen.computer.as_deref())).collect();
    if servers.len() == 1 {
        all
    } else {
        Vec::new()
    }
}

/// All listed certificates with a thumbprint.
fn with_thumbprint<'o>(pair: &Pair<'o>, wanted: &str) -> Vec<&'o Observation> {
    pair.index.of_key("certificate", keys::THUMBPRINT, wanted.to_owned()).collect()
}

/// Whether a certificate had expired when the failure was last seen, or when it was listed.
fn expired(pair: &Pair<'_>, certificate: &Observation) -> Option<bool> {
    let until = certificate.facts.text("certificate.not_after");
    let then = pair.window.zip(until).and_then(|(window, until)| window.outlasts(until));
    then.or_else(|| certificate.facts.flag("certificate.expired"))
}

fn add_auth_certificate(pair: &Pair<'_>, facts: &mut PairFacts) {
    for seen in pair.index.of_kind("auth-config") {
        let Some(wanted) = seen.facts.text("auth_config.current_thumbprint").map(thumbprint) else {
            continue;
        };
        let listed = with_thumbprint(pair, &wanted);
        let place = seen.evidence_of("auth_config.current_thumbprint");
        if listed.iter().any(|o| expired(pair, o) == Some(true)) {
            let places = listed.iter().flat_map(|o| o.evidence_of("certificate.not_after")).collect();
            facts.add_flag("auth_certificate.expired", true, places);
        } else if listed.is_empty() && pair.index.of_kind("certificate").next().is_some() {
            facts.add_flag("auth_certificate.missing", true, place);
        } else if listed.iter().any(|o| expired(pair, o) == Some(false)) {
            facts.add_flag("auth_certificate.valid", true, place);
        }
    }
}

/// Certificates listed for a server.
pub(super) fn of_server<'o>(pair: &'o Pair<'_>, host: HostId) -> Vec<&'o Observation> {
    pair.index.of_host("certificate", Some(host)).collect()
}

/// What is bound to the back end, beside the certificates of that server.
fn add_bindings(pair: &Pair<'_>, bindings: &[&Observation], listed: &[&Observation], facts: &mut PairFacts) {
    for seen in bindings {
        if seen.facts.flag("ssl_binding.is_backend") != Some(true) {
            continue;
        }
        let places = seen.evidence_of("ssl_binding.hash");
        let Some(bound) = seen.facts.text("ssl_binding.hash").map(thumbprint).filter(|hash| !hash.is_empty())
        else {
            facts.add_flag("backend_binding.empty", true, seen.evidence_of("ssl_binding.endpoint"));
            continue;
        };
        let found = listed
            .iter()
            .find(|o| o.facts.text("certificate.thumbprint").is_some_and(|t| thumbprint(t) == bound));
        match found {
            Some(certificate) if expired(pair, certificate) == Some(true) => {
                facts.add_flag(
                    "backend_binding.expired",
                    true,
                    certificate.evidence_of("certificate.not_after"),
                );
            }
            Some(_) => facts.add_flag("backend_binding.right", true, places),
            None if !listed.is_empty() => facts.add_flag("backend_binding.unknown_certificate", true, places),
            None => {}
        }
    }
}

fn add_transport(pair: &Pair<'_>, host: HostId, facts: &mut PairFacts) {
    let (mut bad, mut places): (Vec<String>, Vec<Evidence>) = (Vec::new(), Vec::new());
    for seen in pair.index.of_host("transport-service", Some(host)) {
        let server = seen.facts.text("transport_service.server").and_then(|name| pair.hosts.find(name));
        if server != Some(host) {
            continue;
        }
        let named = seen.facts.text("transport_service.internal_certificate_thumbprint").map(thumbprint);
        let Some(wanted) = named.filter(|wanted| !wanted.is_empty()) else { continue };
        let listed = of_server(pair, host);
        if listed.is_empty() {
            continue;
        }
        let place = seen.evidence_of("transport_service.internal_certificate_thumbprint");
        let own = listed
            .iter()
            .find(|o| o.facts.text("certificate.thumbprint").is_some_and(|t| thumbprint(t) == wanted));
        let why = match own {
            None => Some(NOT_IN_STORE),
            Some(o) if expired(pair, o) == Some(true) => Some(EXPIRED),
            Some(o) if o.facts.flag("certificate.has_private_key") == Some(false) => Some(NO_PRIVATE_KEY),
            Some(_) => None,
        };
        match why {
            Some(why) => {
                bad.push(pair.say(why, &[("server", &pair.name_of(host))]));
                places.extend(place);
            }
            None => facts.add_flag("certificate.transport_right", true, place),
        }
    }
    facts.add_list("certificate.transport_bad", bad, places);
}
