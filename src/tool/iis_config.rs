//! What IIS offers a client to sign in with: appcmd's XML, adsutil's providers, and the
//! `WWW-Authenticate` lines of an answer.
//!
//! Names of schemes, sections and headers are the same in every language. A list that is not
//! there is inherited from above, and not empty.

use super::block::Block;
use super::output::ToolResult;
use super::shape::{is_host, pattern};
use regex::Regex;
use std::sync::LazyLock;

/// One element or end tag of the sections that are read.
static TAG: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)<(/?(?:location|windowsAuthentication|extendedProtection)|access|add|clear)\b([^<>]*)>")
});
static ATTRIBUTE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r#"(?i)\b(path|enabled|value|tokenChecking|sslFlags)\s*=\s*(?:"([^"]*)"|'([^']*)')"#)
});
/// `NTAuthenticationProviders       : (STRING) "Negotiate,NTLM"`
static METABASE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r#"(?i)^\s*(NTAuthenticationProviders|AuthFlags|AuthNTLM)\s*:\s*\([A-Z]+\)\s*"?([^"]*?)"?\s*$"#)
});
static CHALLENGE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^[\s<>*]*WWW-Authenticate\s*:\s*([A-Za-z]+)"));
static STATUS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^[\s<>*]*HTTP/[0-9](?:\.[0-9])? ([1-5][0-9]{2})\b"));

/// One place of the configuration, or one answer.
#[derive(Debug, Default)]
struct Place {
    path: String,
    enabled: Option<bool>,
    providers: Vec<String>,
    protection: String,
    /// What the section `access` demands: `Ssl, Ssl128`; `None` where it was not read.
    ssl: Option<String>,
}

impl Place {
    fn provider(&mut self, name: &str) {
        let name = name.trim();
        if !name.is_empty() && !self.providers.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            self.providers.push(name.to_owned());
        }
    }

    fn give(self, results: &mut Vec<ToolResult>) -> Option<&mut ToolResult> {
        if self.enabled.is_none() && self.providers.is_empty() && self.ssl.is_none() {
            return None;
        }
        let mut result = ToolResult::new("ExAuth.IisConfig");
        result.text("Path", self.path).text("ExtendedProtection", self.protection);
        if let Some(enabled) = self.enabled {
            result.flag("WindowsAuthentication", enabled);
        }
        if !self.providers.is_empty() {
            result.list("Providers", self.providers);
        }
        if let Some(flags) = self.ssl {
            result.list("SslFlags", flags.split(',').map(|flag| flag.trim().to_owned()));
        }
        results.push(result);
        results.last_mut()
    }
}

/// Reads the sections `windowsAuthentication` and `access` in the block.
pub(super) fn read_appcmd(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    let arguments = block.command.iter().flat_map(|command| &command.arguments);
    let mut plain = arguments.filter(|argument| !argument.starts_with(['-', '/']));
    let asked = plain.by_ref().skip_while(|argument| !argument.eq_ignore_ascii_case("config")).nth(1);
    let text = block.lines.join("\n");
    let mut location: Option<String> = None;
    let mut open: Option<Place> = None;
    for found in TAG.captures_iter(&text) {
        let part = |group: usize| found.get(group).map_or("", |part| part.as_str());
        let (name, rest) = (part(1).to_ascii_lowercase(), part(2));
        let attribute = |name: &str| {
            let all = ATTRIBUTE.captures_iter(rest);
            let mut named = all.filter(|a| a.get(1).is_some_and(|n| n.as_str().eq_ignore_ascii_case(name)));
            let value = named.next()?;
            value.get(2).or(value.get(3)).map(|value| value.as_str().to_owned())
        };
        match name.as_str() {
            "location" => location = attribute("path"),
            "/location" => location = None,
            "windowsauthentication" => {
                let enabled =
                    attribute("enabled").and_then(|enabled| enabled.to_ascii_lowercase().parse().ok());
                let path = location.clone().filter(|path| !path.is_empty()).or_else(|| asked.cloned());
                let place = Place { path: path.unwrap_or_default(), enabled, ..Place::default() };
                if rest.ends_with('/') {
                    place.give(results);
                } else {
                    open = Some(place);
                }
            }
            "access" => {
                if let Some(ssl) = attribute("sslFlags") {
                    let path = location.clone().filter(|path| !path.is_empty()).or_else(|| asked.cloned());
                    Place { path: path.unwrap_or_default(), ssl: Some(ssl), ..Place::default() }
                        .give(results);
                }
            }
            "/windowsauthentication" => {
                if let Some(place) = open.take() {
                    place.give(results);
                }
            }
            "extendedprotection" => {
                if let Some(place) = &mut open {
                    place.protection = attribute("tokenChecking").unwrap_or_default();
                }
            }
            "add" => {
                if let (Some(place), Some(value)) = (&mut open, attribute("value")) {
                    place.provider(&value);
                }
            }
            _ => {}
        }
    }
    // A paste that lost its end is still a section.
    if let Some(place) = open {
        place.give(results);
    }
}

/// Reads the properties that adsutil.vbs printed; those of the web service only.
pub(super) fn read_adsutil(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    let command = block.command.as_ref();
    let arguments = command.map_or(&[][..], |command| &command.arguments);
    let verb = arguments.iter().position(|word| ["get", "enum"].iter().any(|v| word.eq_ignore_ascii_case(v)));
    let path = verb.and_then(|at| arguments.get(at + 1)).map(String::as_str).unwrap_or_default();
    let is_web = path.to_ascii_lowercase().trim_start_matches('/').starts_with("w3svc");
    if !is_web && (!path.is_empty() || super::smtp_metabase::is_smtp(block)) {
        return;
    }
    let names = ["/NTAuthenticationProviders", "/AuthFlags", "/AuthNTLM"];
    let lower = path.to_ascii_lowercase();
    let named = names.iter().find(|name| lower.ends_with(&name.to_ascii_lowercase()));
    let cut = named.and_then(|name| path.get(..path.len().checked_sub(name.len())?)).unwrap_or(path);
    let mut place = Place { path: cut.to_owned(), ..Place::default() };
    for line in block.lines {
        let Some(found) = METABASE.captures(line) else { continue };
        let part = |group: usize| found.get(group).map_or("", |part| part.as_str());
        match part(1).to_ascii_lowercase().as_str() {
            "ntauthenticationproviders" => part(2).split(',').for_each(|name| place.provider(name)),
            // Bit 4 is Windows authentication.
            "authflags" => place.enabled = part(2).trim().parse::<u32>().ok().map(|flags| flags & 4 != 0),
            // The same bit, in the language of the system.
            _ => place.enabled = part(2).trim().to_ascii_lowercase().parse().ok().or(place.enabled),
        }
    }
    place.give(results);
}

/// Reads the challenges of HTTP answers. They speak of the server that was asked.
pub(super) fn read_answers(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    let arguments = block.command.iter().flat_map(|command| &command.arguments);
    let url = arguments.filter_map(|argument| argument.split_once("://")).next().map(|(_, rest)| rest);
    let (host, path) = url.map_or(("", ""), |rest| rest.split_once('/').unwrap_or((rest, "")));
    let host = host.rsplit('@').next().unwrap_or(host).split(':').next().unwrap_or_default();
    let mut open = Place { path: path.to_owned(), ..Place::default() };
    let mut give = |place: Place| {
        let own = !is_host(host) || host.eq_ignore_ascii_case("localhost") || host.starts_with("127.");
        if let Some(result) = place.give(results).filter(|_| !own) {
            result.speaks_of(host);
        }
    };
    for line in block.lines {
        if STATUS.is_match(line) {
            give(std::mem::replace(&mut open, Place { path: path.to_owned(), ..Place::default() }));
        } else if let Some(scheme) = CHALLENGE.captures(line).and_then(|found| found.get(1)) {
            open.provider(scheme.as_str());
        }
    }
    give(open);
}
