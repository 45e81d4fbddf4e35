//! Names of event providers: every spelling that logs, consoles and people use, to one.
//!
//! The one is short and what administrators say. A provider that is not listed keeps its name.

/// The canonical name, then the spellings that mean the same, compared without case.
const PROVIDERS: &[(&str, &[&str])] = &[
    ("MSExchangeTransport", &["MSExchange Transport", "Microsoft Exchange Transport"]),
    ("MSExchangeFrontEndTransport", &["MSExchange FrontEndTransport", "MSExchange Front End Transport"]),
    ("MSExchangeTransportDelivery", &["MSExchange Transport Delivery", "MSExchangeDelivery"]),
    ("MSExchangeTransportSubmission", &["MSExchange Transport Submission", "MSExchangeSubmission"]),
    ("MSExchange OWA", &["MSExchangeOWA"]),
    ("MSExchange Web Services", &["MSExchangeWebServices"]),
    ("MSExchange Control Panel", &["MSExchangeControlPanel", "MSExchange ControlPanel"]),
    ("MSExchange ActiveSync", &["MSExchangeActiveSync", "Server ActiveSync"]),
    ("MSExchange Availability", &[]),
    ("MSExchange Autodiscover", &[]),
    (
        "MSExchange Front End HTTPS Proxy",
        &["MSExchange Front End HTTP Proxy", "MSExchangeFrontEndHTTPSProxy"],
    ),
    ("MSExchange BackEndRehydration", &["MSExchange Back End Rehydration", "MSExchangeBackEndRehydration"]),
    ("MSExchange ADAccess", &["MSExchangeADAccess", "MSExchangeDSAccess"]),
    ("MSExchange EdgeSync", &["MSExchangeEdgeSync"]),
    ("MSExchange OAuth", &[]),
    ("HttpEvent", &["Microsoft-Windows-HttpEvent"]),
    ("NTLM", &["Microsoft-Windows-NTLM"]),
    ("MSExchangeIS", &["MSExchangeIS Mailbox Store"]),
    ("MSExchangeSA", &[]),
    ("MSExchangeAB", &[]),
    ("Security-Kerberos", &["Kerberos", "Microsoft-Windows-Security-Kerberos", "Microsoft-Windows-Kerberos"]),
    (
        "KDC",
        &["Kdcsvc", "Microsoft-Windows-Kerberos-Key-Distribution-Center", "Kerberos-Key-Distribution-Center"],
    ),
    ("Time-Service", &["W32Time", "Microsoft-Windows-Time-Service"]),
    ("LsaSrv", &["LSA (LsaSrv)", "Microsoft-Windows-LsaSrv", "LSA"]),
    ("NETLOGON", &["Microsoft-Windows-Netlogon"]),
    (
        "NTDS Replication",
        &[
            "Microsoft-Windows-ActiveDirectory_DomainService",
            "ActiveDirectory_DomainService",
            "NTDS KCC",
            "NTDS General",
        ],
    ),
    ("Schannel", &["Microsoft-Windows-Schannel"]),
    ("Security-Auditing", &["Microsoft-Windows-Security-Auditing", "Microsoft Windows security auditing."]),
];

/// The providers of Exchange transport, which share their events.
pub(super) const TRANSPORT: &[&str] = &[
    "MSExchangeTransport",
    "MSExchangeFrontEndTransport",
    "MSExchangeTransportDelivery",
    "MSExchangeTransportSubmission",
];

/// The one name of a provider.
pub(super) fn canonical(provider: &str) -> &str {
    let provider = provider.trim();
    let known = PROVIDERS.iter().find(|(name, aliases)| {
        name.eq_ignore_ascii_case(provider)
            || aliases.iter().any(|alias| alias.eq_ignore_ascii_case(provider))
    });
    known.map_or(provider, |(name, _)| name)
}

/// True for a provider that is known here, in any spelling.
pub(super) fn is_known(provider: &str) -> bool {
    let provider = provider.trim();
    let is = |name: &str| name.eq_ignore_ascii_case(provider);
    PROVIDERS.iter().any(|(name, aliases)| is(name) || aliases.iter().any(|alias| is(alias)))
}

/// Every spelling of a provider, the one name first.
pub(super) fn spellings(canonical: &str) -> Vec<&str> {
    let known = PROVIDERS.iter().find(|(name, _)| name.eq_ignore_ascii_case(canonical));
    match known {
        Some((name, aliases)) => std::iter::once(*name).chain(aliases.iter().copied()).collect(),
        None => vec![canonical],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_leads_to_one_name_and_no_spelling_to_two() {
        assert_eq!(canonical("Microsoft-Windows-Security-Kerberos"), "Security-Kerberos");
        assert_eq!(canonical("LSASRV"), "LsaSrv");
        assert_eq!(canonical(" w32time "), "Time-Service");
        assert_eq!(canonical("Some Backup"), "Some Backup");
        let mut all: Vec<String> = PROVIDERS
            .iter()
            .flat_map(|(name, aliases)| aliases.iter().chain([name]))
            .map(|name| name.to_lowercase())
            .collect();
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
