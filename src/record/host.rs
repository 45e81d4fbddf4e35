//! Host names, addresses and ports out of URLs, endpoints and what people type for them.
//!
//! `https://ex1.contoso.com/owa`, `192.0.2.1/owa`, `[2001:db8::1]:25`, `192.0.2.1:25`.
//! Resolves nothing and completes nothing: a host is what stands there, in lower case.

use std::net::IpAddr;

/// A host with what stood around it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Place {
    /// `https`, when the text has one.
    pub scheme: Option<String>,
    /// Host name in lower case, or the address without brackets and zone.
    pub host: String,
    /// True when the host is an address.
    pub is_ip: bool,
    /// The port, when the text has one.
    pub port: Option<u16>,
}

/// An address, brackets and zone (`fe80::1%12`) aside.
pub(super) fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_start_matches('[').trim_end_matches(']');
    text.split('%').next()?.parse().ok()
}

/// The host of a URL, an endpoint or a bare name; `None` when none can stand there.
pub(super) fn place(text: &str) -> Option<Place> {
    let text = text.trim().trim_matches(['"', '\'']);
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) if !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric()) => {
            (Some(scheme.to_ascii_lowercase()), rest)
        }
        _ => (None, text),
    };
    let authority = rest.split(['/', '\\', '?', '#']).next()?;
    let authority = authority.rsplit('@').next()?;
    let (host, port) = host_and_port(authority)?;
    let ip = address(host);
    let host = match ip {
        Some(ip) => ip.to_string(),
        None => host.trim_end_matches('.').to_ascii_lowercase(),
    };
    let named = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    let valid = ip.is_some()
        || (!host.is_empty() && host.chars().all(named) && host.chars().any(char::is_alphanumeric));
    valid.then_some(Place { scheme, host, is_ip: ip.is_some(), port })
}

/// Splits `host:port`; an address of version 6 may come without its brackets.
fn host_and_port(authority: &str) -> Option<(&str, Option<u16>)> {
    if let Some(rest) = authority.strip_prefix('[') {
        let (host, behind) = rest.split_once(']')?;
        return Some((host, behind.strip_prefix(':').and_then(|port| port.parse().ok())));
    }
    if address(authority).is_some() {
        return Some((authority, None));
    }
    match authority.rsplit_once(':') {
        Some((host, "")) => Some((host, None)),
        Some((host, port)) => Some((host, Some(port.parse().ok()?))),
        None => Some((authority, None)),
    }
}

/// The host of a service principal name (`SMTPSVC/ex1.contoso.com`, `HTTP/ex1:444@CONTOSO.COM`).
pub(super) fn host_of_spn(spn: &str) -> Option<Place> {
    let (_, rest) = spn.split_once('/')?;
    place(rest.split(['/', '@']).next()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(Option<String>, String, bool, Option<u16>)> {
        place(text).map(|place| (place.scheme, place.host, place.is_ip, place.port))
    }

    #[test]
    fn urls_endpoints_and_typed_names_give_their_host() {
        let https = Some("https".to_owned());
        for (text, expected) in [
            ("https://EX1.contoso.com/owa", (https.clone(), "ex1.contoso.com".to_owned(), false, None)),
            ("https://192.0.2.1:444/owa", (https.clone(), "192.0.2.1".to_owned(), true, Some(444))),
            ("https://[2001:db8::1]/owa", (https.clone(), "2001:db8::1".to_owned(), true, None)),
            ("192.0.2.1/owa", (None, "192.0.2.1".to_owned(), true, None)),
            ("EX1", (None, "ex1".to_owned(), false, None)),
            ("ex1.contoso.com.", (None, "ex1.contoso.com".to_owned(), false, None)),
            ("[fe80::1%12]", (None, "fe80::1".to_owned(), true, None)),
            ("2001:db8::1:25", (None, "2001:db8::1:25".to_owned(), true, None)),
            ("192.0.2.1:475", (None, "192.0.2.1".to_owned(), true, Some(475))),
        ] {
            assert_eq!(read(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_holds_no_host_gives_none() {
        for text in ["", "https://", "%2", "<endpoint>", "the server", "10.**.**.***:**", "/o=Contoso/ou=x"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn the_host_of_an_spn_is_its_second_part() {
        assert_eq!(
            host_of_spn("SMTPSVC/EX1.contoso.com").map(|p| p.host).as_deref(),
            Some("ex1.contoso.com")
        );
        assert_eq!(
            host_of_spn("LDAP/dc1.contoso.com/contoso.com@CONTOSO.COM").map(|p| p.host).as_deref(),
            Some("dc1.contoso.com")
        );
        assert_eq!(host_of_spn("EX1$"), None);
    }
}
