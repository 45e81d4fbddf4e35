//! Windows' check of a machine that calls itself: what A's registry says of it, and when it refused.
//!
//! The refusal (event 6037 of LsaSrv) names whom the program asked for. One of a web site is no
//! failure of SMTP, and one of another name no failure towards B.

use super::keys;
use super::pair::{Pair, PairFacts};
use crate::fact::Observation;

/// Adds `loopback.names_allowed`, `loopback.check_off`, `loopback.refused`.
pub(super) fn add(pair: &Pair<'_>, facts: &mut PairFacts) {
    for seen in pair.index.of_host("registry-values", pair.from) {
        add_settings(seen, facts);
    }
    if pair.problem.starts_with("smtp-") {
        add_refused(pair, facts);
    }
}

fn add_settings(seen: &Observation, facts: &mut PairFacts) {
    if let Some(names) = seen.facts.list("registry.back_connection_host_names") {
        let places = seen.evidence_of("registry.back_connection_host_names");
        facts.add_number("loopback.names_allowed", names.len() as f64, places);
    }
    if let Some(value) = seen.facts.number("registry.disable_loopback_check") {
        let places = seen.evidence_of("registry.disable_loopback_check");
        facts.add_flag("loopback.check_off", value != 0.0, places);
    }
}

/// A's transport called A itself. Where the failure is towards another server, the name must be that
/// server's: it leads back to A then.
fn add_refused(pair: &Pair<'_>, facts: &mut PairFacts) {
    let events = match pair.from {
        Some(_) => pair.index.of_ends(&[(keys::HINT, pair.from, None)]),
        None if pair.to.is_none() => pair.index.of_kind("event").collect(),
        None => return,
    };
    let (mut names, mut places) = (Vec::new(), Vec::new());
    for seen in events {
        let refuses = seen.facts.text("event.provider") == Some("LsaSrv")
            && seen.facts.number("event.id") == Some(6037.0);
        let spn = seen.facts.text("event.spn").filter(|_| refuses).and_then(|spn| spn.split_once('/'));
        let Some((class, host)) = spn else { continue };
        let is_smtp = ["SMTPSVC", "SMTP"].iter().any(|known| class.eq_ignore_ascii_case(known));
        let concerns = pair.to.is_none_or(|to| pair.from == Some(to) || pair.hosts.is(to, host));
        if is_smtp && concerns {
            names.push(host.to_owned());
            places.extend(seen.evidence_of("event.spn"));
        }
    }
    facts.add_list("loopback.refused", names, places);
}
