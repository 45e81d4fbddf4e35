//! A server's name out of whatever a record holds for it.
//!
//! `EX1`, `EX1$`, `CONTOSO\EX1$`, `EX1$@CONTOSO.COM`, `EX1\5` (a queue), `EX1\Default EX1` (a connector),
//! `SMTPSVC/ex1.contoso.com:25`, a URL, a distinguished name, a legacyExchangeDN. Knows no server: whether
//! one has the name is for [`super::Hosts`] to say.

use std::borrow::Cow;
use std::net::IpAddr;

/// Names of queues that are no server's account: what stands in front is the server.
const QUEUES: [&str; 5] = ["submission", "unreachable", "poison", "shadow", "safetynet"];

/// A name, read.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct HostName<'t> {
    /// `EX1` or `ex1.contoso.com`, as it is written.
    pub bare: &'t str,
    /// The domain that stood beside it: `CONTOSO`, `contoso.com`.
    pub domain: Option<Cow<'t, str>>,
    /// What the name is where the text is an object of a server rather than an account of a domain.
    pub instead: Option<&'t str>,
}

/// An address as it is written in events and queues: brackets, a port and a zone are dropped.
pub fn parse_address(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_start_matches(['[', '{']);
    let text = text.split([']', '%', '}']).next().unwrap_or(text);
    if let Ok(address) = text.parse::<IpAddr>() {
        // ::ffff:192.0.2.7 is 192.0.2.7 to everyone who reads a log.
        return Some(address.to_canonical());
    }
    let (host, port) = text.rsplit_once(':')?;
    port.parse::<u16>().ok()?;
    host.parse().ok()
}

/// The first label of a host name, lower case, whatever stands around it.
pub fn short_name(name: &str) -> String {
    let bare = read(name).map_or(name.trim(), |name| name.bare);
    bare.split('.').next().unwrap_or(bare).to_lowercase()
}

/// What a directory calls the one of two objects of one name that it had to rename: the name, a line
/// feed (`\0A` in a distinguished name), `CNF:` and the object's GUID.
const CONFLICT: &str = "CNF:";

/// The name that two objects had, and how the renamed one is shown: `EX1` and `EX1 (CNF:...)`; `None`
/// for any other name or distinguished name. An object below such a one is none itself.
pub fn conflict_of(text: &str) -> Option<(String, String)> {
    let first = text.trim().get(..3).filter(|start| start.eq_ignore_ascii_case("CN="));
    let name = first.map_or(text.trim(), |_| text.trim().get(3..).unwrap_or_default());
    let name = name.split(',').next().unwrap_or(name);
    let (base, guid) = name.split_once(CONFLICT)?;
    let guid = guid.trim_end_matches(['$', '"', ' ', ')']);
    let is_guid = guid.len() == 36 && guid.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    let base = base.trim_end_matches(['(', ' ']);
    let base = base.strip_suffix("\\0A").or(base.strip_suffix("\\0a")).unwrap_or(base).trim();
    (is_guid && !base.is_empty()).then(|| (base.to_owned(), format!("{base} ({CONFLICT}{guid})")))
}

/// Reads a name; `None` for an empty text and for one that cannot name a server.
pub(super) fn read(text: &str) -> Option<HostName<'_>> {
    let text = text.trim().trim_matches(['"', '\'', '{', '}']).trim();
    if let Some(attribute) = text.get(..3) {
        if ["CN=", "OU="].iter().any(|start| start.eq_ignore_ascii_case(attribute)) {
            return of_distinguished_name(text);
        }
        if attribute.eq_ignore_ascii_case("/o=") {
            return of_parts(text, '/').and_then(|bare| plain(bare, None));
        }
    }
    if let Some((_, rest)) = text.split_once("://") {
        return plain(rest.split(['/', '?']).next()?, None);
    }
    if let Some((class, rest)) = text.split_once('/') {
        // `contoso.com/Servers/EX1` is a path of the directory, `ex1.contoso.com/owa` a URL without its
        // scheme, `SMTPSVC/EX1` a service's name.
        if class.contains('.') {
            return match rest.contains('/') {
                true => plain(rest.rsplit('/').next()?, Some(Cow::Borrowed(class))),
                false => plain(class, None),
            };
        }
        let (host, realm) = rest.split_once('@').unwrap_or((rest, ""));
        return plain(host.split('/').next()?, Some(Cow::Borrowed(realm)));
    }
    if let Some((account, realm)) = text.split_once('@') {
        // A computer's account has its sign; without it this is a user or a mailbox.
        let account = account.trim_end();
        return account.ends_with('$').then(|| plain(account, Some(Cow::Borrowed(realm.trim()))))?;
    }
    match text.split_once('\\') {
        Some((first, rest)) => of_backslash(first, rest),
        None => plain(text, None),
    }
}

/// `CONTOSO\EX1$` is an account of a domain, `EX1\5` an object of a server; `A\B` may be either.
fn of_backslash<'t>(first: &'t str, rest: &'t str) -> Option<HostName<'t>> {
    let first_of_rest = rest.split('\\').next().unwrap_or(rest);
    let of_server = !rest.ends_with('$')
        && (rest.is_empty()
            || rest.contains(['\\', ' ', '('])
            || rest.chars().all(|c| c.is_ascii_digit())
            || QUEUES.iter().any(|queue| queue.eq_ignore_ascii_case(first_of_rest)));
    if of_server {
        return plain(first, None);
    }
    let mut name = plain(rest, Some(Cow::Borrowed(first)))?;
    name.instead = (!rest.ends_with('$')).then_some(first);
    Some(name)
}

/// A host name, its port, account sign and last dot aside.
fn plain<'t>(text: &'t str, domain: Option<Cow<'t, str>>) -> Option<HostName<'t>> {
    let text = match text.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') && port.chars().all(|c| c.is_ascii_digit()) => host,
        _ => text,
    };
    let bare = text.trim().trim_end_matches('.').trim_end_matches('$');
    let whole = !bare.is_empty() && !bare.contains(|c: char| c.is_whitespace() || "=,;:\\/{}".contains(c));
    let domain = domain.filter(|domain| !domain.is_empty());
    whole.then_some(HostName { bare, domain, instead: None })
}

/// The server under `CN=Servers`, or the object itself with the domain that the name ends with.
fn of_distinguished_name(dn: &str) -> Option<HostName<'_>> {
    let upper = dn.to_ascii_uppercase();
    if upper.contains(",CN=CONFIGURATION,") {
        // Its domain is the forest's root, wherever the server stands.
        return of_parts(dn, ',').and_then(|bare| plain(bare, None));
    }
    let first = dn.split(',').next()?.split_once('=')?.1;
    let domain: Vec<String> = dn
        .split(',')
        .filter_map(|part| {
            part.trim().get(..3).filter(|a| a.eq_ignore_ascii_case("DC=")).and_then(|_| part.trim().get(3..))
        })
        .map(str::to_lowercase)
        .collect();
    plain(first, Some(Cow::Owned(domain.join("."))))
}

/// The part beside `cn=Servers`: behind it in a legacyExchangeDN, in front of it in a distinguished name.
fn of_parts(text: &str, separator: char) -> Option<&str> {
    let parts: Vec<(&str, &str)> = text.split(separator).filter_map(|part| part.split_once('=')).collect();
    let servers = parts.iter().position(|(attribute, value)| {
        attribute.trim().eq_ignore_ascii_case("cn") && value.eq_ignore_ascii_case("servers")
    })?;
    let at = if separator == '/' { servers.checked_add(1)? } else { servers.checked_sub(1)? };
    parts.get(at).map(|(_, value)| *value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_in_whatever_holds_it() {
        for (text, bare, domain) in [
            ("EX1", "EX1", None),
            (" ex1.contoso.com. ", "ex1.contoso.com", None),
            ("EX1$", "EX1", None),
            ("CONTOSO\\EX1$", "EX1", Some("CONTOSO")),
            ("EX1$@CONTOSO.COM", "EX1", Some("CONTOSO.COM")),
            ("EX1$ @ CONTOSO.COM", "EX1", Some("CONTOSO.COM")),
            ("EX1\\5", "EX1", None),
            ("EX1\\Shadow\\27", "EX1", None),
            ("EX1\\Submission", "EX1", None),
            ("EX1\\Default EX1", "EX1", None),
            ("EX1\\owa (Default Web Site)", "EX1", None),
            ("SMTPSVC/EX1", "EX1", None),
            ("HTTP/ex1.contoso.com:444@CONTOSO.COM", "ex1.contoso.com", Some("CONTOSO.COM")),
            ("LDAP/dc1.contoso.com/contoso.com", "dc1.contoso.com", None),
            ("contoso.com/Servers/EX1", "EX1", Some("contoso.com")),
            ("https://ex1.contoso.com:443/owa", "ex1.contoso.com", None),
            ("ex1.contoso.com/owa", "ex1.contoso.com", None),
            ("ex1.contoso.com:25", "ex1.contoso.com", None),
            ("CN=EX1,OU=Servers,DC=contoso,DC=com", "EX1", Some("contoso.com")),
            (
                "CN=Default EX1,CN=SMTP Receive Connectors,CN=Protocols,CN=EX1,CN=Servers,CN=AG,CN=Configuration,DC=contoso,DC=com",
                "EX1",
                None,
            ),
            ("/o=Contoso/ou=AG/cn=Configuration/cn=Servers/cn=EX1", "EX1", None),
            ("/o=Contoso/ou=AG/cn=Configuration/cn=Servers/cn=EX1/cn=Microsoft Private MDB", "EX1", None),
            ("{EX1}", "EX1", None),
        ] {
            let name = read(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((name.bare, name.domain.as_deref()), (bare, domain), "{text}");
        }
    }

    #[test]
    fn the_twin_of_an_account_is_told_in_every_spelling() {
        let guid = "1f3c5b12-0d2e-4a55-9c11-2b6f8e0a7d43";
        for text in [
            format!("CN=EX1\\0ACNF:{guid},CN=Computers,DC=contoso,DC=com"),
            format!("EX1\nCNF:{guid}"),
            format!("EX1 CNF:{guid}"),
            format!("EX1 (CNF:{guid})"),
        ] {
            assert_eq!(conflict_of(&text), Some(("EX1".to_owned(), format!("EX1 (CNF:{guid})"))), "{text}");
            assert_eq!(read(&format!("EX1 (CNF:{guid})")), None);
        }
        for text in [
            "EX1".to_owned(),
            "CN=EX1,CN=Computers,DC=contoso,DC=com".to_owned(),
            format!("CN=EX2,CN=EX1\\0ACNF:{guid},DC=contoso,DC=com"),
            "CNF: what is it".to_owned(),
            format!("CNF:{guid}"),
        ] {
            assert_eq!(conflict_of(&text), None, "{text}");
        }
    }

    #[test]
    fn what_names_no_server_gives_none() {
        for text in
            ["", "$", "user@contoso.com", "{EX1, EX2}", "Default EX1", "/o=Contoso/ou=AG/cn=Recipients/cn=x"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn addresses_are_read_in_brackets_and_with_a_port() {
        for text in
            ["192.0.2.7", "[192.0.2.7]", "192.0.2.7:25", "[192.0.2.7]:25", "::ffff:192.0.2.7", "{192.0.2.7}"]
        {
            assert_eq!(parse_address(text), Some("192.0.2.7".parse().unwrap()), "{text}");
        }
        for text in ["2001:db8::7", "[2001:db8::7]", "[2001:DB8:0::7]:25", "2001:db8::7%12"] {
            assert_eq!(parse_address(text), Some("2001:db8::7".parse().unwrap()), "{text}");
        }
    }
}
