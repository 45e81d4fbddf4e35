//! The name that a server gave itself in a session, where it is not its own.
//!
//! A sender asks for its ticket by the name in the answer to EHLO. Where the connectors were not
//! given (or there are none, as on Exchange 2003) a session shows that name just as well.

use super::keys;
use super::pair::{Index, Pair, PairFacts};
use crate::fact::{HostId, Hosts, Observation};

/// The server that answered a session under another name than its own, and that name. One that another
/// known server has says that another server answered.
pub(super) fn of<'o>(session: &'o Observation, hosts: &Hosts) -> Option<(HostId, &'o str)> {
    if session.kind != "smtp-session" || session.facts.flag("smtp_session.offers_x_exps") != Some(true) {
        return None;
    }
    let name = session.facts.text("smtp_session.greeting_name").filter(|name| name.contains('.'))?;
    let server = keys::answering(session, hosts)?;
    let own = hosts.get(server).and_then(|host| host.fqdn.as_deref())?;
    let others = hosts.find(name).and_then(|id| hosts.get(id)).is_some_and(|host| host.is_exchange);
    (!others && !own.eq_ignore_ascii_case(name)).then_some((server, name))
}

/// All such names. Of a server that only a session names nobody knows whether it was called by its own
/// name: an account or its own object must show that.
pub fn names<'o>(index: &'o Index<'_>, hosts: &'o Hosts) -> impl Iterator<Item = (&'o str, HostId)> + 'o {
    let found = index.of_kind("smtp-session").filter_map(|session| of(session, hosts));
    found.filter(|(server, _)| is_itself(index, hosts, *server)).map(|(server, name)| (name, server))
}

fn is_itself(index: &Index<'_>, hosts: &Hosts, server: HostId) -> bool {
    let by_object = hosts.get(server).is_some_and(|host| host.names_itself);
    by_object || index.of_host("spn-list", Some(server)).next().is_some()
}

/// Adds `connector.fqdn_mismatch` where no connector told it.
pub(super) fn add(pair: &Pair<'_>, facts: &mut PairFacts) {
    let Some(to) = pair.to.filter(|_| pair.problem.starts_with("smtp-")) else { return };
    if pair.index.of_host("receive-connector", Some(to)).next().is_some()
        || !is_itself(pair.index, pair.hosts, to)
    {
        return;
    }
    let short = pair.hosts.get(to).map(|host| host.short.clone()).unwrap_or_default();
    for seen in pair.index.of_key("smtp-session", keys::GREETED, short) {
        if let Some((_, name)) = of(seen, pair.hosts).filter(|(server, _)| *server == to) {
            let places = seen.evidence_of("smtp_session.greeting_name");
            facts.add_text("connector.fqdn", name, places.clone());
            facts.add_flag("connector.fqdn_mismatch", true, places);
            return;
        }
    }
}
