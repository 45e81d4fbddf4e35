//! SMTP sessions between two Exchange servers that look different at the two ends.
//!
//! Speaks without any error seen: a server that offers X-EXPS on its own console
//! and hides it from another Exchange server has a device in front of it. Asking
//! with HELO is normal for scanners and scripts, so only a session from a known
//! Exchange server counts.

use super::configuration::speak;
use crate::fact::{FactTable, HostId, Hosts, Observation};
use crate::finding::{Finding, Outcome};
use crate::Catalog;

/// The issue's id in the catalog.
const ISSUE: &str = "smtp-verbs-hidden";

fn flag(session: &Observation, name: &str) -> Option<bool> {
    session.facts.flag(name)
}

/// The server that answered a session.
fn server(session: &Observation, hosts: &Hosts) -> Option<HostId> {
    let named = session.facts.text("smtp_session.server").or(session.facts.text("smtp_session.server_ip"));
    let named = named.or(session.computer.as_deref());
    named.and_then(|name| hosts.find(name))
}

/// The Exchange server that asked, if it is known to be one.
fn client(session: &Observation, hosts: &Hosts) -> Option<HostId> {
    let names = ["smtp_session.client", "smtp_session.client_ip"];
    let found = names.iter().filter_map(|name| session.facts.text(name)).find_map(|name| hosts.find(name));
    found.filter(|id| hosts.get(*id).is_some_and(|host| host.is_exchange))
}

/// Findings about sessions whose verbs were removed on the way.
pub(super) fn findings(catalog: &Catalog, observations: &[Observation], hosts: &Hosts) -> Vec<Finding> {
    let sessions = || observations.iter().filter(|o| o.kind == "smtp-session");
    let offering: Vec<HostId> = sessions()
        .filter(|o| flag(o, "smtp_session.local") == Some(true))
        .filter(|o| flag(o, "smtp_session.offers_x_exps") == Some(true))
        .filter_map(|o| server(o, hosts))
        .collect();
    let mut found = Vec::new();
    for session in sessions().filter(|o| flag(o, "smtp_session.local") != Some(true)) {
        let (Some(to), Some(from)) = (server(session, hosts), client(session, hosts)) else { continue };
        let helo = flag(session, "smtp_session.helo") == Some(true);
        let hidden = flag(session, "smtp_session.offers_x_exps") == Some(false);
        // What our own send log shows is what A said, not what B heard.
        let heard_by_b = session.facts.text("smtp_session.side") == Some("receive");
        if from == to || !offering.contains(&to) || !(hidden || (helo && heard_by_b)) {
            continue;
        }
        let fact = if helo { "smtp_session.helo" } else { "smtp_session.offers_x_exps" };
        let name = |id: HostId| hosts.get(id).map(|host| host.name.clone()).unwrap_or_default();
        let mut words = FactTable::default();
        words.add_text("from", name(from), "");
        words.add_text("to", name(to), "");
        let subject = super::subject_of(session);
        let places = session.evidence_of(fact);
        found.extend(speak(catalog, ISSUE, Outcome::Found, subject, words, places).map(|mut finding| {
            finding.from = Some(name(from));
            finding.to = Some(name(to));
            finding.time = session.time.clone();
            finding
        }));
    }
    found
}
