//! What events of known providers and numbers say: who could not sign in to whom, and why.
//!
//! Takes the insertion strings where they arrived, for they are free of language, and else
//! the message by the shape of its words. A number alone is never a key: numbers were reused.

use super::event::Inserted;
use super::event_provider::TRANSPORT;
use super::event_words as words;
use super::host::{host_of_spn, place};
use super::reply::is_unfilled;
use crate::fact::FactTable;

/// What one insertion string means.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Role {
    Error,
    Connector,
    Mechanism,
    Ip,
    Spn,
    Target,
    SourceServer,
    Account,
    Skip,
}

use Role::{Account, Connector, Error, Ip, Mechanism, Skip, SourceServer, Spn, Target};

/// One known event.
struct Known {
    providers: &'static [&'static str],
    id: u16,
    /// Meanings of %1, %2, ...
    strings: &'static [Role],
    /// Meanings to look for in the message, by shape.
    words: &'static [Role],
}

const OWA: &[&str] = &["MSExchange OWA"];
const KERBEROS: &[&str] = &["Security-Kerberos"];
const KDC: &[&str] = &["KDC"];
const LSA: &[&str] = &["LsaSrv"];

const fn known(
    providers: &'static [&'static str],
    id: u16,
    strings: &'static [Role],
    words: &'static [Role],
) -> Known {
    Known {
        providers,
        id,
        strings,
        words,
    }
}

const KNOWN: [Known; 21] = [
    known(OWA, 71, &[SourceServer, Target], &[SourceServer, Target]),
    known(OWA, 41, &[SourceServer, Target], &[SourceServer, Target]),
    known(OWA, 42, &[SourceServer, Target], &[SourceServer, Target]),
    known(OWA, 43, &[SourceServer, Target], &[SourceServer, Target]),
    known(
        TRANSPORT,
        1035,
        &[Error, Connector, Mechanism, Ip],
        &[Error, Connector, Mechanism, Ip],
    ),
    known(TRANSPORT, 1036, &[Skip, Ip], &[Ip]),
    known(TRANSPORT, 2018, &[Skip, Ip], &[Ip]),
    known(
        TRANSPORT,
        2017,
        &[Error, Connector, Mechanism, Target],
        &[Error, Connector, Mechanism, Target],
    ),
    known(
        TRANSPORT,
        2016,
        &[Error, Connector, Mechanism, Target],
        &[Error, Connector, Mechanism],
    ),
    known(TRANSPORT, 1012, &[Connector, Skip, Ip], &[Connector, Ip]),
    known(TRANSPORT, 1018, &[Account, Connector], &[Account, Connector]),
    known(TRANSPORT, 1020, &[Account], &[Account]),
    known(TRANSPORT, 12011, &[Spn, Skip], &[Spn]),
    known(KERBEROS, 4, &[Account, Skip, Spn], &[Account, Spn]),
    known(KDC, 11, &[Spn], &[Spn]),
    known(KDC, 14, &[Spn, Account], &[Spn, Account]),
    known(KDC, 16, &[Spn, Account], &[Spn, Account]),
    known(KDC, 26, &[Spn, Account], &[Spn, Account]),
    known(KDC, 27, &[Spn, Account], &[Spn, Account]),
    known(LSA, 40960, &[Spn], &[Spn]),
    known(LSA, 40961, &[Spn], &[Spn]),
];

/// Names and numbers of Kerberos errors; the number is what rules compare (RFC 4120).
const KERBEROS_ERRORS: [(&str, &str); 18] = [
    ("0x6", "KDC_ERR_C_PRINCIPAL_UNKNOWN"),
    ("0x7", "KDC_ERR_S_PRINCIPAL_UNKNOWN"),
    ("0x8", "KDC_ERR_PRINCIPAL_NOT_UNIQUE"),
    ("0x9", "KDC_ERR_NULL_KEY"),
    ("0xc", "KDC_ERR_POLICY"),
    ("0xd", "KDC_ERR_BADOPTION"),
    ("0xe", "KDC_ERR_ETYPE_NOSUPP"),
    ("0x12", "KDC_ERR_CLIENT_REVOKED"),
    ("0x17", "KDC_ERR_KEY_EXPIRED"),
    ("0x18", "KDC_ERR_PREAUTH_FAILED"),
    ("0x19", "KDC_ERR_PREAUTH_REQUIRED"),
    ("0x1d", "KDC_ERR_SVC_UNAVAILABLE"),
    ("0x1f", "KRB_AP_ERR_BAD_INTEGRITY"),
    ("0x20", "KRB_AP_ERR_TKT_EXPIRED"),
    ("0x21", "KRB_AP_ERR_TKT_NYV"),
    ("0x23", "KRB_AP_ERR_NOT_US"),
    ("0x25", "KRB_AP_ERR_SKEW"),
    ("0x29", "KRB_AP_ERR_MODIFIED"),
];

/// Adds the facts of a known event.
pub(super) fn add_known(
    facts: &mut FactTable,
    provider: Option<&str>,
    id: Option<u16>,
    (strings, property): (&[Inserted], &'static str),
    message: Option<&str>,
) {
    let message = message
        .filter(|message| !is_unfilled(message))
        .unwrap_or_default();
    // Without a provider (a bare sentence) the number was recognised by the words of the sentence.
    let of_provider = |known: &&Known| provider.is_none_or(|provider| known.providers.contains(&provider));
    let known = KNOWN
        .iter()
        .filter(|known| Some(known.id) == id)
        .find(of_provider);
    if let Some(known) = known {
        let usable = strings.len() >= known.strings.len().min(2) && !is_listener(known.id, strings, message);
        if usable {
            for (role, string) in known.strings.iter().zip(strings) {
                add(facts, *role, &string.value, property);
            }
        }
        for role in known.words {
            add_by_shape(facts, *role, message);
        }
    }
    match provider {
        Some("Security-Kerberos") => kerberos(facts, id, strings, property, message),
        Some("LsaSrv" | "NETLOGON") => {
            let of_strings = strings.iter().find_map(|string| words::ntstatus(&string.value));
            let (status, property) = match of_strings {
                Some(status) => (Some(status), property),
                None => (words::ntstatus(message), "Message"),
            };
            facts.add_text("event.ntstatus", status.unwrap_or_default(), property);
        }
        // No number of the Web Services twin of 71 is known; its sentence names two servers and SPN.
        Some("MSExchange Web Services") if message.contains("SPN") => {
            add_by_shape(facts, SourceServer, message);
            add_by_shape(facts, Target, message);
        }
        Some("MSExchange Availability") if id == Some(4002) => {
            let of_strings = strings.iter().find_map(|string| words::url(&string.value));
            match of_strings {
                Some(url) => add(facts, Target, url, property),
                None => add(facts, Target, words::url(message).unwrap_or_default(), "Message"),
            }
        }
        _ => {}
    }
    add_host_of_spn(facts);
}

/// 1018 and 1036 were reused for a port that is taken: no account, no certificate.
fn is_listener(id: u16, strings: &[Inserted], message: &str) -> bool {
    let port_taken = |text: &str| text.contains("0.0.0.0:") || text.contains("[::]:");
    matches!(id, 1018 | 1036)
        && (port_taken(message) || strings.iter().any(|string| port_taken(&string.value)))
}

/// Adds what a value says in its role, unless it cannot be of that role or is already known.
fn add(facts: &mut FactTable, role: Role, value: &str, property: &'static str) {
    let value = value.trim();
    let placeholder = value.starts_with('%') && value.len() <= 3;
    if value.is_empty() || placeholder {
        return;
    }
    let (fact, value) = match role {
        Error => ("event.error", value.to_owned()),
        Connector => ("event.connector", value.to_owned()),
        Mechanism => ("event.mechanism", value.to_owned()),
        Ip => ("event.ip", words::lone_address(value).unwrap_or_default()),
        SourceServer => ("event.source_server", value.to_owned()),
        Account => ("event.account", value.to_owned()),
        Spn => match words::spns(value).next() {
            Some(spn) => ("event.spn", spn.to_owned()),
            None => ("event.target", value.to_owned()),
        },
        Target => match words::spns(value).next().filter(|_| !value.contains("://")) {
            Some(spn) => ("event.spn", spn.to_owned()),
            None if place(value).is_some() => ("event.target", value.to_owned()),
            None => return,
        },
        Skip => return,
    };
    if facts.get(fact).is_none() {
        if fact == "event.target" {
            if let Some(place) = place(&value) {
                add_host(facts, place.host, place.is_ip, property);
            }
        }
        facts.add_text(fact, value, property);
    }
}

fn add_host(facts: &mut FactTable, host: String, is_ip: bool, property: &'static str) {
    if facts.get("event.target_host").is_none() {
        facts.add_text("event.target_host", host, property);
        facts.add_flag("event.target_host_is_ip", is_ip, property);
    }
}

/// The host asked for is the host of the name asked for.
fn add_host_of_spn(facts: &mut FactTable) {
    if let Some(place) = facts.text("event.spn").and_then(host_of_spn) {
        let of_strings = facts
            .get("event.spn")
            .is_some_and(|fact| fact.property != "Message");
        add_host(
            facts,
            place.host,
            place.is_ip,
            if of_strings { "Properties" } else { "Message" },
        );
    }
}

/// Looks for a role's word in the message; does nothing when the strings gave it.
fn add_by_shape(facts: &mut FactTable, role: Role, message: &str) {
    let found = match role {
        Error => words::status(message).map(str::to_owned),
        Connector => words::connector(message).map(str::to_owned),
        Mechanism => words::mechanism(message).map(str::to_owned),
        Ip => words::bracketed_address(message)
            .or_else(|| words::places(message).into_iter().find_map(words::lone_address)),
        // The name that was asked for is named after the one that answered.
        Spn => words::spns(message).last().map(str::to_owned),
        Account => account(message),
        SourceServer | Target => {
            let (source, target) = two_servers(message);
            if role == SourceServer {
                source
            } else {
                target.or_else(|| words::spns(message).last().map(str::to_owned))
            }
        }
        Skip => None,
    };
    if let Some(found) = found {
        add(facts, role, &found, "Message");
    }
}

/// The account that answered or signed in: quoted, a computer's, behind the English words, or the
/// SPN before the one that was asked for.
fn account(message: &str) -> Option<String> {
    let quoted = message
        .split('\'')
        .nth(1)
        .filter(|name| name.contains(['\\', '$', '@']) && !name.contains(' '));
    let known = quoted
        .or_else(|| words::computer_account(message))
        .or_else(|| words::answering_server(message));
    known.map(str::to_owned).or_else(|| {
        let mut spns = words::spns(message);
        let (answered, asked) = (spns.next()?, spns.last()?);
        (answered != asked && message.contains("_ERR_")).then(|| answered.to_owned())
    })
}

/// This server and the other one of a proxy message: the first two places in the sentence,
/// names without dots only where quotation marks show them.
fn two_servers(message: &str) -> (Option<String>, Option<String>) {
    let message = super::reply::plain(message);
    let places = words::places(&message);
    let mut quoted = message
        .split('\'')
        .skip(1)
        .step_by(2)
        .filter(|name| place(name).is_some());
    let english = |lead: &str| {
        let rest = message.split(lead).nth(1)?;
        let name = rest
            .split_whitespace()
            .next()?
            .trim_matches(['"', '\'', '.', ',']);
        place(name).map(|_| name.to_owned())
    };
    let source = english("Client Access server").or_else(|| quoted.next().map(str::to_owned));
    let target = english("to Client Access server").or_else(|| quoted.next().map(str::to_owned));
    let at = |index: usize| places.get(index).map(|place| (*place).to_owned());
    let of_places = source
        .as_ref()
        .map_or(at(1), |source| at(usize::from(at(0).as_ref() == Some(source))));
    (source.or_else(|| at(0)), target.or(of_places))
}

/// Kerberos events: the error's name and number, and in event 3 who was asked for.
fn kerberos(
    facts: &mut FactTable,
    id: Option<u16>,
    strings: &[Inserted],
    property: &'static str,
    message: &str,
) {
    let named = |name: &str, position: usize| {
        let by_name = strings
            .iter()
            .find(|string| string.name.eq_ignore_ascii_case(name));
        // The manifest's order, when names were lost on the way.
        let by_position = || (strings.len() >= 14).then(|| strings.get(position)).flatten();
        by_name
            .or_else(by_position)
            .map(|string| string.value.as_str())
            .filter(|value| !value.is_empty())
    };
    let of_strings = id == Some(3) && named("ErrorCode", 3).is_some();
    let (code, name, from) = if of_strings {
        (
            named("ErrorCode", 3).and_then(words::hexadecimal),
            named("ErrorMessage", 4).and_then(words::kerberos_error_name),
            property,
        )
    } else {
        (
            words::kerberos_code(message),
            words::kerberos_error_name(message),
            "Message",
        )
    };
    let number_of = |name: &str| {
        KERBEROS_ERRORS
            .iter()
            .find(|(_, known)| *known == name)
            .map(|(code, _)| (*code).to_owned())
    };
    let name_of = |code: &str| {
        KERBEROS_ERRORS
            .iter()
            .find(|(known, _)| *known == code)
            .map(|(_, name)| (*name).to_owned())
    };
    let code = code.or_else(|| name.as_deref().and_then(number_of));
    let name = name.or_else(|| code.as_deref().and_then(name_of));
    facts.add_text("event.kerberos_error", code.unwrap_or_default(), from);
    facts.add_text("event.kerberos_error_name", name.unwrap_or_default(), from);
    if id != Some(3) {
        return;
    }
    let extended = if of_strings {
        named("ExtendedError", 5).unwrap_or_default()
    } else {
        message
    };
    facts.add_text(
        "event.kerberos_extended",
        words::ntstatus(extended).unwrap_or_default(),
        from,
    );
    if of_strings {
        let asked = named("ServerName", 9)
            .or_else(|| named("TargetName", 10))
            .unwrap_or_default();
        add(facts, Spn, asked, property);
    } else {
        add_by_shape(facts, Spn, message);
    }
}
