//! The URL that an HTTP proxy calls on B, and what B's virtual directory accepts.
//!
//! Only for the proxy problems. A directory read with -ADPropertiesOnly has no
//! authentication flags; then nothing is said of them.

use super::keys;
use super::pair::{Pair, PairFacts};
use crate::fact::{HostId, Hosts, Observation};
use crate::finding::Evidence;

/// What stands in the path of a URL, and the protocol of the virtual directory there.
const PATHS: &[(&str, &str)] = &[
    ("/owa", "owa"),
    ("/ecp", "ecp"),
    ("/ews", "ews"),
    ("/microsoft-server-activesync", "activesync"),
    ("/autodiscover", "autodiscover"),
    ("/mapi", "mapi"),
    ("/oab", "oab"),
    ("/rpc", "outlookanywhere"),
];

/// The protocol of the virtual directory that the problem's caller asks, `None` for a problem
/// without one or where no URL says which.
pub(super) fn protocol(pair: &Pair<'_>) -> Option<&'static str> {
    match pair.problem {
        "owa-proxy-auth-failure" => Some("owa"),
        "http-proxy-auth-failure" | "http-proxy-connection-failure" => pair
            .witnesses
            .iter()
            .find_map(|o| {
                let url =
                    o.facts.text("event.target").filter(|target| target.contains("://"))?.to_lowercase();
                // Port 444 is the back end of 2013 and later: no InternalUrl leads there.
                let path = url
                    .split_once("://")
                    .and_then(|(_, rest)| rest.find('/').and_then(|at| rest.get(at..)))?;
                let known =
                    PATHS.iter().find(|(start, _)| path.starts_with(start)).map(|(_, protocol)| *protocol);
                known.filter(|_| !url.contains(":444/"))
            })
            .or_else(|| pair.witnesses.iter().find_map(|o| of_log(o.facts.text("http.protocol")?))),
        _ => None,
    }
}

/// The protocol that the front end's log calls so.
fn of_log(name: &str) -> Option<&'static str> {
    const NAMES: [(&str, &str); 8] = [
        ("owa", "owa"),
        ("ecp", "ecp"),
        ("ews", "ews"),
        ("eas", "activesync"),
        ("autodiscover", "autodiscover"),
        ("mapi", "mapi"),
        ("oab", "oab"),
        ("rpchttp", "outlookanywhere"),
    ];
    NAMES.iter().find(|(log, _)| log.eq_ignore_ascii_case(name)).map(|(_, protocol)| *protocol)
}

/// B's front-end directories of the problem's protocol.
pub(super) fn directories<'p>(pair: &'p Pair<'_>) -> impl Iterator<Item = &'p Observation> + 'p {
    let wanted = protocol(pair);
    pair.index.of_host("virtual-directory", pair.to).filter(move |o| {
        o.facts.text("virtual_directory.protocol") == wanted
            && o.facts.text("virtual_directory.web_site") != Some("back end")
    })
}

/// Adds `target.*`.
pub(super) fn add(pair: &Pair<'_>, facts: &mut PairFacts) {
    if !pair.problem.starts_with("smtp-") {
        add_iis(pair, facts);
    }
    if protocol(pair).is_none() {
        return;
    }
    add_back_end(pair, facts);
    let mut from_event = false;
    for seen in pair.witnesses {
        let url = seen.facts.text("event.target").filter(|target| target.contains("://"));
        if let (Some(url), Some(host)) = (url, seen.facts.text("event.target_host")) {
            add_url(pair, facts, seen, url, host, "event.target", "event");
            from_event = true;
            break;
        }
    }
    for seen in directories(pair) {
        let host = seen.facts.text("virtual_directory.internal_url_host");
        if let (Some(url), Some(host)) = (seen.facts.text("virtual_directory.internal_url"), host) {
            if !from_event || !facts.knows("target.url") {
                add_url(pair, facts, seen, url, host, "virtual_directory.internal_url", "virtual directory");
            } else {
                add_host(facts, pair.hosts, pair.to, seen, host, "virtual_directory.internal_url");
            }
        }
        if let Some(on) = seen.facts.flag("virtual_directory.windows_authentication") {
            let places = seen.evidence_of("virtual_directory.windows_authentication");
            facts.add_flag("target.windows_authentication", on, places);
        }
        if let Some(mode) = seen.facts.text("virtual_directory.extended_protection") {
            facts.add_text(
                "target.extended_protection",
                mode,
                seen.evidence_of("virtual_directory.extended_protection"),
            );
        }
        if let Some(is_ip) = seen.facts.flag("virtual_directory.bypass_url_host_is_ip") {
            let places = seen.evidence_of("virtual_directory.bypass_url_host_is_ip");
            facts.add_flag("target.bypass_url_host_is_ip", is_ip, places);
        }
        if seen.facts.flag("virtual_directory.internal_url_empty") == Some(true) {
            facts.add_flag(
                "target.internal_url_empty",
                true,
                seen.evidence_of("virtual_directory.internal_url_empty"),
            );
        }
    }
}

/// Whether B's back end lets a front end sign in for the problem's protocol.
fn add_back_end(pair: &Pair<'_>, facts: &mut PairFacts) {
    let wanted = protocol(pair);
    for seen in pair.index.of_host("virtual-directory", pair.to) {
        let is_back_end = seen.facts.text("virtual_directory.web_site") == Some("back end");
        let own = is_back_end && seen.facts.text("virtual_directory.protocol") == wanted;
        if let (true, Some(on)) = (own, seen.facts.flag("virtual_directory.windows_authentication")) {
            let places = seen.evidence_of("virtual_directory.windows_authentication");
            facts.add_flag("target.backend_windows_authentication", on, places);
        }
    }
}

/// What IIS on B offers: the provider list of the directory, or the headers it sent.
fn add_iis(pair: &Pair<'_>, facts: &mut PairFacts) {
    let mut all: Vec<&Observation> = match pair.to {
        // Who does not say where the failure was nor where the settings were read speaks of one server.
        None if pair.to_label.is_none() => {
            pair.index.of_key("iis-config", keys::NOBODY, String::new()).collect()
        }
        _ => pair.index.of_host("iis-config", pair.to).collect(),
    };
    // Several directories: in an order of their own, not in that of the input.
    let key = |seen: &Observation| {
        let text = |name| seen.facts.text(name).map(str::to_lowercase);
        (text("iis.path"), seen.facts.list("iis.providers").map(<[String]>::to_vec))
    };
    all.sort_by_cached_key(|seen| key(seen));
    for seen in all {
        for (fact, name) in [
            ("iis.offers_negotiate", "target.negotiate_offered"),
            ("iis.offers_ntlm", "target.ntlm_offered"),
            ("iis.windows_authentication", "target.iis_windows_authentication"),
        ] {
            if let Some(flag) = seen.facts.flag(fact) {
                facts.add_flag(name, flag, seen.evidence_of(fact));
            }
        }
    }
}

fn add_url(
    pair: &Pair<'_>,
    facts: &mut PairFacts,
    seen: &Observation,
    url: &str,
    host: &str,
    fact: &str,
    source: &str,
) {
    let places = seen.evidence_of(fact);
    facts.add_text("target.url", url, places.clone());
    facts.add_text("target.url_from", source, places.clone());
    if let Some((scheme, _)) = url.split_once("://") {
        facts.add_text("target.url_scheme", scheme.to_lowercase(), places.clone());
    }
    add_host(facts, pair.hosts, pair.to, seen, host, fact);
    if pair.to.is_none() {
        add_balanced(pair, facts, host, places);
    }
}

/// A name that directories of known servers carry in InternalUrl and that is none of theirs leads
/// to a balancer or an alias.
fn add_balanced(pair: &Pair<'_>, facts: &mut PairFacts, host: &str, places: Vec<Evidence>) {
    if is_balanced(pair, host) {
        facts.add_flag("target.url_host_is_server", false, places);
    }
}

/// True for a name that directories of known servers carry in InternalUrl and that is none of theirs.
pub(super) fn is_balanced(pair: &Pair<'_>, host: &str) -> bool {
    let server = pair.hosts.find(host).and_then(|id| pair.hosts.get(id)).is_some_and(|host| host.is_exchange);
    let mut directories = pair.index.of_key("virtual-directory", keys::URL_HOST, host.to_ascii_lowercase());
    directories.next().is_some() && !server && crate::fact::parse_address(host).is_none()
}

fn add_host(
    facts: &mut PairFacts,
    hosts: &Hosts,
    to: Option<HostId>,
    seen: &Observation,
    host: &str,
    fact: &str,
) {
    let places = seen.evidence_of(fact);
    let is_ip = crate::fact::parse_address(host).is_some();
    facts.add_text("target.url_host", host, places.clone());
    facts.add_flag("target.url_host_is_ip", is_ip, places.clone());
    if let (Some(to), false) = (to, is_ip) {
        let own = hosts.get(to).is_some_and(|b| {
            b.short == host.to_lowercase() || b.fqdn.as_deref() == Some(host.to_lowercase().as_str())
        });
        facts.add_flag("target.url_host_is_server", own, places);
    }
}
