//! Whether a server has a usable certificate for the name that a receive connector wants.
//!
//! Exchange looks for TlsCertificateName (`<I>issuer<S>subject`), else for the connector's Fqdn among
//! the names of certificates that are enabled for SMTP. Only where the certificates of the server
//! were listed; a connector that no listing covers is not judged.

use super::certificates::of_server;
use super::connector_choice::Connector;
use super::pair::{Pair, PairFacts};
use super::words::A_CONNECTOR;
use crate::fact::{HostId, Observation};
use crate::finding::Evidence;

/// Adds `certificate.connector_uncovered`, `certificate.connector_covered`.
pub(super) fn add(pair: &Pair<'_>, facts: &mut PairFacts) {
    if !pair.problem.starts_with("smtp-") {
        return;
    }
    let (mut uncovered, mut places, mut covered) = (Vec::new(), Vec::new(), Vec::new());
    for host in [pair.from, pair.to].into_iter().flatten() {
        let listed = usable(pair, host);
        if listed.is_empty() {
            continue;
        }
        for connector in pair.index.of_host("receive-connector", Some(host)).filter(|o| offers_tls(o)) {
            let Some((wanted, place)) = wanted(pair, host, connector) else { continue };
            let unnamed = pair.say(A_CONNECTOR, &[]);
            let name = connector.facts.text("receive_connector.name").unwrap_or(&unnamed);
            if listed.iter().any(|certificate| wanted.fits(certificate)) {
                covered.extend(place);
            } else {
                uncovered.push(format!("{}\\{name}", pair.name_of(host)));
                places.extend(place);
            }
        }
    }
    if uncovered.is_empty() && !covered.is_empty() {
        facts.add_flag("certificate.connector_covered", true, covered);
    }
    facts.add_list("certificate.connector_uncovered", uncovered, places);
}

/// Certificates of a server that a connector can show.
fn usable<'o>(pair: &'o Pair<'_>, host: HostId) -> Vec<&'o Observation> {
    of_server(pair, host)
        .into_iter()
        .filter(|o| o.facts.flag("certificate.for_smtp") == Some(true))
        .filter(|o| o.facts.flag("certificate.expired") != Some(true))
        .collect()
}

/// Whether B has a certificate for the name that a connector of it wants; `None` where that cannot be
/// told or it wants none.
pub(super) fn covered(pair: &Pair<'_>, connector: &Connector<'_>) -> Option<bool> {
    let host = pair.to?;
    let seen = connector.observation().filter(|seen| offers_tls(seen))?;
    let (wanted, _) = wanted(pair, host, seen)?;
    let listed = usable(pair, host);
    (!listed.is_empty()).then(|| listed.iter().any(|certificate| wanted.fits(certificate)))
}

fn offers_tls(connector: &Observation) -> bool {
    let mechanisms = connector.facts.list("receive_connector.auth_mechanism").unwrap_or_default();
    connector.facts.flag("receive_connector.enabled") != Some(false)
        && mechanisms.iter().any(|mechanism| mechanism.eq_ignore_ascii_case("Tls"))
}

/// What a connector looks for.
enum Wanted {
    Issued { issuer: String, subject: String },
    Named(String),
}

fn wanted(pair: &Pair<'_>, host: HostId, connector: &Observation) -> Option<(Wanted, Vec<Evidence>)> {
    let facts = &connector.facts;
    if let Some(name) = facts.text("receive_connector.tls_certificate_name") {
        let place = connector.evidence_of("receive_connector.tls_certificate_name");
        let (issuer, subject) = name.strip_prefix("<I>")?.split_once("<S>")?;
        return Some((Wanted::Issued { issuer: squeezed(issuer), subject: squeezed(subject) }, place));
    }
    let name = facts.text("receive_connector.fqdn")?;
    // For the server's own name Exchange falls back to its internal certificate.
    let own = pair.hosts.find(name) == Some(host);
    (!own).then(|| (Wanted::Named(name.to_owned()), connector.evidence_of("receive_connector.fqdn")))
}

impl Wanted {
    fn fits(&self, certificate: &Observation) -> bool {
        let facts = &certificate.facts;
        match self {
            Wanted::Issued { issuer, subject } => {
                let is = |name: &str, wanted: &String| {
                    facts.text(name).is_none_or(|text| squeezed(text) == *wanted)
                };
                is("certificate.issuer", issuer) && is("certificate.subject", subject)
            }
            Wanted::Named(name) => {
                let domains = facts.list("certificate.domains").unwrap_or_default();
                // A cut list proves nothing.
                domains.is_empty() || domains.iter().any(|domain| covers(domain, name))
            }
        }
    }
}

/// A distinguished name without the blanks that tools put in or leave out.
fn squeezed(name: &str) -> String {
    name.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase()
}

fn covers(domain: &str, name: &str) -> bool {
    if let Some(parent) = domain.strip_prefix("*.") {
        return name.split_once('.').is_some_and(|(_, rest)| rest.eq_ignore_ascii_case(parent));
    }
    domain.eq_ignore_ascii_case(name)
}

#[cfg(test)]
mod tests {
    use super::{covers, squeezed};

    #[test]
    fn a_wildcard_covers_one_label() {
        assert!(covers("*.contoso.com", "mail.contoso.com"));
        assert!(!covers("*.contoso.com", "a.mail.contoso.com"));
        assert!(covers("Mail.contoso.com", "mail.CONTOSO.com"));
        assert_eq!(squeezed("CN=x, O=Y"), "cn=x,o=y");
    }
}
