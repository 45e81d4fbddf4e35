//! Which protocol a virtual directory serves, and on which of the two web sites.
//!
//! Reads type, `ObjectClass`, name, metabase path, URL and command, surest first. A
//! directory for Exchange 2003 mailboxes (`Exchange`, `Public`) has no protocol here.

use super::read::Record;
use super::tolerant::{list, text, Separator};

/// Words in type names, directory classes and commands, with the protocol.
const BY_CLASS: [(&str, &str); 10] = [
    ("owavirtual", "owa"),
    ("ecpvirtual", "ecp"),
    ("webservicesvirtual", "ews"),
    ("mobilevirtual", "activesync"),
    ("activesyncvirtual", "activesync"),
    ("oabvirtual", "oab"),
    ("autodiscovervirtual", "autodiscover"),
    ("mapivirtual", "mapi"),
    ("powershell", "powershell"),
    ("rpchttpvirtual", "outlookanywhere"),
];

/// Names of the directories in IIS, with the protocol.
const BY_NAME: [(&str, &str); 10] = [
    ("owa", "owa"),
    ("ecp", "ecp"),
    ("ews", "ews"),
    ("microsoft-server-activesync", "activesync"),
    ("oab", "oab"),
    ("autodiscover", "autodiscover"),
    ("mapi", "mapi"),
    ("powershell", "powershell"),
    ("powershell-proxy", "powershell"),
    ("rpc", "outlookanywhere"),
];

/// Directories of the OWA type that serve mailboxes of Exchange 2003 and older, not proxied to.
const LEGACY: [&str; 4] = ["exchange", "public", "exchweb", "exadmin"];

/// The protocol and the property that tells it.
pub(super) fn protocol(record: &Record<'_>, identity: Option<&str>) -> Option<(&'static str, &'static str)> {
    let name = name_in_iis(record, identity);
    if name.as_ref().is_some_and(|(name, _)| LEGACY.contains(&name.as_str())) {
        return None;
    }
    let of_class = |class: &str| {
        let class = class.to_ascii_lowercase();
        BY_CLASS.iter().find(|(word, _)| class.contains(word)).map(|(_, protocol)| *protocol)
    };
    if let Some(protocol) = record.types.iter().find_map(|name| of_class(name)) {
        return Some((protocol, "type"));
    }
    let classes = record.property("ObjectClass").and_then(|value| list(value, Separator::Blank));
    if let Some(protocol) = classes.iter().flat_map(|read| &read.items).find_map(|class| of_class(class)) {
        return Some((protocol, "ObjectClass"));
    }
    if let Some((name, property)) = name {
        if let Some((_, protocol)) = BY_NAME.iter().find(|(known, _)| *known == name) {
            return Some((protocol, property));
        }
    }
    for property in ["WindowsAuthEnabled", "BasicAuthEnabled"] {
        if record.property(property).is_some() {
            return Some(("activesync", property));
        }
    }
    for property in
        ["InternalClientAuthenticationMethod", "ExternalClientAuthenticationMethod", "InternalHostname"]
    {
        if record.property(property).is_some() {
            return Some(("outlookanywhere", property));
        }
    }
    for property in ["InternalUrl", "ExternalUrl"] {
        let url = record.property(property).and_then(text).unwrap_or_default().to_ascii_lowercase();
        let path = url
            .split_once("://")
            .map_or(url.as_str(), |(_, rest)| rest)
            .split('/')
            .nth(1)
            .unwrap_or_default();
        if let Some((_, protocol)) = BY_NAME.iter().find(|(known, _)| *known == path) {
            return Some((protocol, property));
        }
    }
    let command = record.from.as_deref().unwrap_or_default().split_whitespace().next().unwrap_or_default();
    if command.eq_ignore_ascii_case("Get-OutlookAnywhere") {
        return Some(("outlookanywhere", "from"));
    }
    of_class(command).map(|protocol| (protocol, "from"))
}

/// The directory's name in IIS in lower case, without the web site: `owa`.
fn name_in_iis(record: &Record<'_>, identity: Option<&str>) -> Option<(String, &'static str)> {
    let name = record.property("Name").and_then(text).map(|name| (name, "Name"));
    let of_identity =
        || identity.map(|identity| (identity.rsplit('\\').next().unwrap_or_default().to_owned(), "Identity"));
    let of_path = || {
        let path = record.property("MetabasePath").and_then(text)?;
        Some((path.rsplit('/').next()?.to_owned(), "MetabasePath"))
    };
    let (name, property) = name.or_else(of_identity).or_else(of_path)?;
    let name = name.split(" (").next().unwrap_or_default().trim().to_ascii_lowercase();
    (!name.is_empty()).then_some((name, property))
}

/// The web site and the property that tells it: the name first, for site numbers can be changed.
pub(super) fn web_site(record: &Record<'_>, identity: Option<&str>) -> Option<(&'static str, &'static str)> {
    let of_name = |name: &str| {
        let name = name.to_ascii_lowercase();
        if name.contains("exchange back end") {
            Some("back end")
        } else if name.contains("default web site") {
            Some("front end")
        } else {
            None
        }
    };
    for property in ["WebSite", "Name"] {
        if let Some(site) = record.property(property).and_then(text).and_then(|name| of_name(&name)) {
            return Some((site, property));
        }
    }
    if let Some(site) = identity.and_then(of_name) {
        return Some((site, "Identity"));
    }
    // The default site's name is translated by Windows (`Standardwebsite`), its number is not.
    let path = record.property("MetabasePath").and_then(text)?.to_ascii_lowercase();
    let site = path.split("/w3svc/").nth(1)?.split('/').next()?;
    match site {
        "1" => Some(("front end", "MetabasePath")),
        "2" => Some(("back end", "MetabasePath")),
        _ => None,
    }
}
