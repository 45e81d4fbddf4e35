//! Virtual directories of all nine protocols: URLs, authentication flags and methods.
//!
//! A directory read with -ADPropertiesOnly says False in every flag because IIS was not
//! asked; those flags are no facts (see `flags_were_read`). Judges nothing: `{Basic, Fba}`
//! of a front end is as good a fact as any.

use super::directory_name::{identity, server_and_name, short_name};
use super::enumeration::{enum_name, enum_names};
use super::host::place;
use super::kind::{Kind, Property};
use super::read::Record;
use super::reader::Reader;
use super::tolerant::{self, Items};
use super::virtual_directory_protocol::{protocol, web_site};
use crate::fact::FactTable;

/// Numbers of `AuthenticationMethod` that were seen in exported objects; the others are unverified.
const METHODS: [(i64, &str); 6] =
    [(0, "Basic"), (2, "Ntlm"), (3, "Fba"), (4, "WindowsIntegrated"), (7, "WSSecurity"), (10, "OAuth")];

/// The flag properties with the method that each one puts into the list of methods.
const FLAGS: [(&str, &str); 6] = [
    ("WindowsAuthentication", "WindowsIntegrated"),
    ("BasicAuthentication", "Basic"),
    ("FormsAuthentication", "Fba"),
    ("DigestAuthentication", "Digest"),
    ("AdfsAuthentication", "Adfs"),
    ("OAuthAuthentication", "OAuth"),
];

/// Virtual directories: `Get-OwaVirtualDirectory` and its eight siblings.
pub static KIND: Kind = Kind {
    name: "virtual-directory",
    types: &[
        "ADOwaVirtualDirectory",
        "ADEcpVirtualDirectory",
        "ADWebServicesVirtualDirectory",
        "ADMobileVirtualDirectory",
        "ADOabVirtualDirectory",
        "ADAutodiscoverVirtualDirectory",
        "ADMapiVirtualDirectory",
        "ADPowerShellVirtualDirectory",
        "ADPowerShellCommonVirtualDirectory",
        "ADRpcHttpVirtualDirectory",
        "ExchangeWebAppVirtualDirectory",
        "ADExchangeServiceVirtualDirectory",
        "ExchangeVirtualDirectory",
        "ADVirtualDirectory",
    ],
    object_classes: &[
        "msExchVirtualDirectory",
        "msExchOWAVirtualDirectory",
        "msExchECPVirtualDirectory",
        "msExchWebServicesVirtualDirectory",
    ],
    marks: &[
        &["InternalUrl", "InternalAuthenticationMethods"],
        &["InternalUrl", "MetabasePath"],
        &["InternalUrl", "ExternalUrl"],
        &["InternalUrl", "WindowsAuthentication"],
        &["InternalUrl", "WindowsAuthEnabled"],
        &["InternalUrl", "Server"],
        &["InternalUrl", "Identity"],
        &["InternalUrl", "Name"],
        &["InternalAuthenticationMethods", "ExternalAuthenticationMethods"],
        &["InternalAuthenticationMethods", "WindowsAuthentication"],
        &["InternalAuthenticationMethods", "Identity"],
        &["Identity", "WindowsAuthentication"],
        &["Server", "WindowsAuthentication"],
        &["InternalHostname", "ExternalHostname"],
        &["InternalHostname", "InternalClientAuthenticationMethod"],
    ],
    commands: &[
        "Get-OwaVirtualDirectory",
        "Get-EcpVirtualDirectory",
        "Get-WebServicesVirtualDirectory",
        "Get-ActiveSyncVirtualDirectory",
        "Get-OabVirtualDirectory",
        "Get-AutodiscoverVirtualDirectory",
        "Get-MapiVirtualDirectory",
        "Get-PowerShellVirtualDirectory",
        "Get-OutlookAnywhere",
    ],
    properties: &[
        Property::new("Identity", "which directory it is"),
        Property::new("Name", "protocol and web site"),
        Property::new("WhenChangedUTC", "whether it was changed after a failure"),
        Property::new("Server", "the server it is on"),
        Property::new("ServerName", "the server, where Server is missing"),
        Property::new("ObjectClass", "protocol, when the type is lost"),
        Property::new("DistinguishedName", "identity, when it is an object"),
        Property::new("MetabasePath", "protocol and web site"),
        Property::new("WebSite", "whether IIS was read"),
        Property::new("Path", "whether IIS was read: empty after -ADPropertiesOnly"),
        Property::new("InternalUrl", "the name that other servers ask a Kerberos ticket for"),
        Property::new("ExternalUrl", "redirect or proxy"),
        Property::new("InternalNLBBypassUrl", "the name that Web Services proxying uses"),
        Property::new("InternalHostname", "the name, for Outlook Anywhere"),
        Property::new("ExternalHostname", "redirect or proxy, for Outlook Anywhere"),
        Property::new("InternalAuthenticationMethods", "authentication methods as the directory holds them"),
        Property::new("IISAuthenticationMethods", "authentication methods of MAPI and Outlook Anywhere"),
        Property::new("WindowsAuthentication", "whether Integrated Windows authentication is on"),
        Property::new("WindowsAuthEnabled", "the same, for ActiveSync"),
        Property::new("BasicAuthentication", "whether Basic is on"),
        Property::new("BasicAuthEnabled", "the same, for ActiveSync"),
        Property::new("FormsAuthentication", "whether forms are on"),
        Property::new("DigestAuthentication", "whether the flags agree with the methods"),
        Property::new("AdfsAuthentication", "whether the flags agree with the methods"),
        Property::new("OAuthAuthentication", "whether the flags agree with the methods"),
        Property::new("ExtendedProtectionTokenChecking", "channel binding"),
        Property::new("AdminDisplayVersion", "the product's version"),
    ],
    facts,
};

fn facts(record: &Record<'_>, facts: &mut FactTable) {
    let mut reader = Reader { record, facts };
    let identity = names(&mut reader);
    let protocol = protocol(record, identity.as_deref());
    if let Some((name, property)) = protocol {
        reader.facts.add_text("virtual_directory.protocol", name, property);
    }
    if let Some((site, property)) = web_site(record, identity.as_deref()) {
        reader.facts.add_text("virtual_directory.web_site", site, property);
    }
    urls(&mut reader);
    authentication(&mut reader, protocol.map(|(name, _)| name));
    let checking =
        reader.value("ExtendedProtectionTokenChecking").and_then(|value| enum_name(value, &[(0, "None")]));
    reader.facts.add_text(
        "virtual_directory.extended_protection",
        checking.unwrap_or_default(),
        "ExtendedProtectionTokenChecking",
    );
    reader.version(
        "virtual_directory.exchange_version",
        "virtual_directory.exchange_major",
        "AdminDisplayVersion",
    );
}

/// Identity, name and server.
fn names(reader: &mut Reader<'_, '_>) -> Option<String> {
    let (identity, property) = ["Identity", "DistinguishedName"]
        .into_iter()
        .find_map(|property| Some((reader.value(property).and_then(identity)?, property)))
        .map_or((None, "Identity"), |(identity, property)| (Some(identity), property));
    let of_identity = identity.as_deref().and_then(server_and_name);
    let given = ["Server", "ServerName"]
        .into_iter()
        .find_map(|from| Some((reader.value(from).and_then(short_name)?, from)))
        .or_else(|| of_identity.map(|(server, _)| (server.to_owned(), property)))
        .or_else(|| {
            let path = reader.value("MetabasePath").and_then(tolerant::text)?;
            Some((place(&path)?.host, "MetabasePath"))
        })
        .or_else(|| Some((asked_server(reader.record)?, "from")));
    if let Some((server, from)) = given {
        reader.facts.add_text("virtual_directory.server", server, from);
    }
    if reader.text("virtual_directory.name", "Name").is_none() {
        if let Some((_, name)) = of_identity {
            reader.facts.add_text("virtual_directory.name", name, property);
        }
    }
    reader.facts.add_text("virtual_directory.identity", identity.clone().unwrap_or_default(), property);
    identity
}

/// The server that the command asked: `-Server EX1`, or the one of `'EX1\owa (Default Web Site)'`.
fn asked_server(record: &Record<'_>) -> Option<String> {
    let named = tolerant::argument(record, "-Server").map(str::to_owned);
    named.or_else(|| Some(server_and_name(tolerant::asked(record)?)?.0.to_owned()))
}

fn urls(reader: &mut Reader<'_, '_>) {
    for property in ["InternalUrl", "InternalHostname"] {
        let Some(value) = reader.value(property) else {
            continue;
        };
        let url = tolerant::text(value);
        if url.is_some() || value.is_empty() {
            reader.facts.add_flag("virtual_directory.internal_url_empty", url.is_none(), property);
        }
        let Some(url) = url else { continue };
        // A URL without its scheme was cut; only the other property is a bare name.
        let whole = property != "InternalUrl" || url.contains("://");
        if let Some(place) = place(&url).filter(|_| whole) {
            reader.facts.add_text("virtual_directory.internal_url_host", place.host, property);
            reader.facts.add_flag("virtual_directory.internal_url_host_is_ip", place.is_ip, property);
            reader.facts.add_text(
                "virtual_directory.internal_url_scheme",
                place.scheme.unwrap_or_default(),
                property,
            );
        }
        reader.facts.add_text("virtual_directory.internal_url", url, property);
        break;
    }
    for property in ["ExternalUrl", "ExternalHostname"] {
        let Some(value) = reader.value(property) else {
            continue;
        };
        let url = tolerant::text(value);
        if url.is_some() || value.is_empty() {
            reader.facts.add_flag("virtual_directory.external_url_empty", url.is_none(), property);
        }
        reader.facts.add_text("virtual_directory.external_url", url.unwrap_or_default(), property);
    }
    const BYPASS: &str = "InternalNLBBypassUrl";
    if let Some(place) = reader.value(BYPASS).and_then(tolerant::text).and_then(|url| place(&url)) {
        reader.facts.add_text("virtual_directory.bypass_url_host", place.host, BYPASS);
        reader.facts.add_flag("virtual_directory.bypass_url_host_is_ip", place.is_ip, BYPASS);
    }
}

fn authentication(reader: &mut Reader<'_, '_>, protocol: Option<&str>) {
    let methods = |reader: &Reader<'_, '_>, property: &str| {
        reader.value(property).and_then(|value| enum_names(value, &METHODS))
    };
    let internal = methods(reader, "InternalAuthenticationMethods");
    let iis = methods(reader, "IISAuthenticationMethods");
    // A list with an unverified number in it is not the list.
    let listed = internal.clone().filter(|read| read.complete);
    reader.list("virtual_directory.authentication_methods", "InternalAuthenticationMethods", listed);
    if flags_were_read(reader, protocol, internal.as_ref()) {
        reader.flag("virtual_directory.windows_authentication", "WindowsAuthentication");
        reader.flag("virtual_directory.basic_authentication", "BasicAuthentication");
        reader.flag("virtual_directory.forms_authentication", "FormsAuthentication");
    }
    // ActiveSync keeps its flags in the directory: they are right even when IIS was not read.
    reader.flag("virtual_directory.windows_authentication", "WindowsAuthEnabled");
    reader.flag("virtual_directory.basic_authentication", "BasicAuthEnabled");
    let no_flag =
        reader.value("WindowsAuthentication").is_none() && reader.value("WindowsAuthEnabled").is_none();
    if let (true, Some(iis)) = (no_flag, &iis) {
        // MAPI and Outlook Anywhere have no flag; each of these methods needs IIS's Windows authentication.
        let on = ["Negotiate", "Ntlm", "Kerberos", "WindowsIntegrated"].iter().any(|method| iis.has(method));
        if on || iis.complete {
            reader.facts.add_flag("virtual_directory.windows_authentication", on, "IISAuthenticationMethods");
        }
    } else if let (true, Some(internal)) = (no_flag, &internal) {
        // The list proves a method that is in it. One that is not may still be on (ActiveSync lists none).
        if internal.has("WindowsIntegrated") {
            reader.facts.add_flag(
                "virtual_directory.windows_authentication",
                true,
                "InternalAuthenticationMethods",
            );
        }
    }
}

/// Whether the `*Authentication` flags say what IIS has.
///
/// With -ADPropertiesOnly they are all False, `Path` and `WebSite` are empty, while the list of
/// methods still holds the truth. Only the directories for browsers keep their flags in IIS.
fn flags_were_read(reader: &Reader<'_, '_>, protocol: Option<&str>, methods: Option<&Items>) -> bool {
    if !matches!(protocol, None | Some("owa" | "ecp")) {
        return true;
    }
    let filled = |property| reader.value(property).is_some_and(|value| tolerant::text(value).is_some());
    if filled("Path") || filled("WebSite") {
        return true;
    }
    let flags = FLAGS.map(|(property, method)| (reader.value(property).and_then(tolerant::flag), method));
    let disagrees = |methods: &Items, (flag, method): (Option<bool>, &str)| match flag {
        Some(false) => methods.has(method),
        Some(true) => methods.complete && !methods.has(method),
        None => false,
    };
    if methods.is_some_and(|methods| flags.iter().any(|pair| disagrees(methods, *pair))) {
        return false;
    }
    // Nothing on at all is what an object looks like whose IIS was not read.
    flags.iter().any(|(flag, _)| *flag == Some(true))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> FactTable {
        let mut table = FactTable::default();
        super::super::read_records(json.as_bytes(), 0, |record| facts(&record.unwrap(), &mut table));
        table
    }

    const WINDOWS: &str = "virtual_directory.windows_authentication";

    #[test]
    fn flags_of_a_directory_whose_iis_was_not_read_are_no_facts() {
        for json in [
            // The list of methods disagrees.
            r#"{"Name":"owa (Default Web Site)","Path":"","WebSite":"","WindowsAuthentication":false,"BasicAuthentication":false,"InternalAuthenticationMethods":["Basic","Fba"]}"#,
            // Nothing is on, and there is no list.
            r#"{"Name":"ecp (Default Web Site)","Path":"","WindowsAuthentication":"False","BasicAuthentication":"False"}"#,
            r#"{"Name":"owa (Default Web Site)","WindowsAuthentication":false,"BasicAuthentication":true,"InternalAuthenticationMethods":"{Basic, WindowsIntegrated}"}"#,
        ] {
            assert_eq!(read(json).get(WINDOWS), None, "{json}");
        }
    }

    #[test]
    fn flags_are_facts_where_iis_was_read_or_they_agree() {
        for json in [
            r#"{"Name":"owa (Default Web Site)","Path":"C:\\x","WindowsAuthentication":false,"InternalAuthenticationMethods":["Basic","Fba"]}"#,
            r#"{"Name":"owa (Default Web Site)","WindowsAuthentication":false,"BasicAuthentication":true,"FormsAuthentication":true,"InternalAuthenticationMethods":[0,3]}"#,
            r#"{"Name":"EWS (Default Web Site)","Path":"","WindowsAuthentication":"False"}"#,
            r#"{"Name":"Microsoft-Server-ActiveSync (Default Web Site)","WindowsAuthEnabled":false,"InternalAuthenticationMethods":[]}"#,
        ] {
            assert_eq!(read(json).flag(WINDOWS), Some(false), "{json}");
        }
    }

    #[test]
    fn a_list_proves_what_is_in_it_and_not_what_is_missing() {
        assert_eq!(
            read(r#"{"Name":"owa (x)","InternalAuthenticationMethods":["WindowsIntegrated"]}"#).flag(WINDOWS),
            Some(true)
        );
        assert_eq!(
            read(r#"{"Name":"owa (x)","InternalAuthenticationMethods":["Basic","Fba"]}"#).get(WINDOWS),
            None
        );
        assert_eq!(
            read(r#"{"Name":"mapi (x)","IISAuthenticationMethods":["Ntlm","OAuth","Negotiate"]}"#)
                .flag(WINDOWS),
            Some(true)
        );
        assert_eq!(
            read(r#"{"Name":"owa (x)","InternalAuthenticationMethods":[0,99]}"#)
                .get("virtual_directory.authentication_methods"),
            None
        );
    }

    #[test]
    fn the_web_site_comes_from_name_before_number() {
        for (json, site) in [
            (r#"{"Name":"owa (Exchange Back End)","InternalUrl":null}"#, Some("back end")),
            (r#"{"Identity":"EX1\\owa (Default Web Site)"}"#, Some("front end")),
            (
                r#"{"Name":"owa (Standardwebsite)","MetabasePath":"IIS://ex1.contoso.com/W3SVC/1/ROOT/owa"}"#,
                Some("front end"),
            ),
            (r#"{"Name":"owa (Second Site)","MetabasePath":"IIS://ex1.contoso.com/W3SVC/3/ROOT/owa"}"#, None),
        ] {
            assert_eq!(read(json).text("virtual_directory.web_site"), site, "{json}");
        }
    }

    #[test]
    fn the_protocol_is_told_without_the_type() {
        for (json, protocol) in [
            (r#"{"ObjectClass":["top","msExchVirtualDirectory","msExchECPVirtualDirectory"]}"#, Some("ecp")),
            (r#"{"Name":"EWS (Default Web Site)"}"#, Some("ews")),
            (r#"{"MetabasePath":"IIS://ex1/W3SVC/1/ROOT/OAB"}"#, Some("oab")),
            (r#"{"InternalUrl":"https://ex1.contoso.com/powershell"}"#, Some("powershell")),
            (r#"{"InternalHostname":"ex1.contoso.com"}"#, Some("outlookanywhere")),
            (
                r#"{"from":"Get-MapiVirtualDirectory -Server EX1","properties":{"Server":"EX1"}}"#,
                Some("mapi"),
            ),
            (r#"{"Name":"Exchange (Default Web Site)","ObjectClass":["msExchOWAVirtualDirectory"]}"#, None),
        ] {
            assert_eq!(read(json).text("virtual_directory.protocol"), protocol, "{json}");
        }
    }

    #[test]
    fn a_url_that_is_null_is_empty_and_one_that_was_lost_is_not_given() {
        assert_eq!(read(r#"{"InternalUrl":null}"#).flag("virtual_directory.internal_url_empty"), Some(true));
        assert_eq!(read(r#"{"InternalUrl":"System.Uri"}"#).get("virtual_directory.internal_url_empty"), None);
        let facts = read(r#"{"InternalUrl":"https://[2001:db8::5]/owa"}"#);
        assert_eq!(facts.flag("virtual_directory.internal_url_host_is_ip"), Some(true));
        assert_eq!(facts.text("virtual_directory.internal_url_host"), Some("2001:db8::5"));
    }
}
