//! What events of known providers and numbers say: who could not sign in to whom, and why.
//!
//! Takes the insertion strings where they arrived, for they are free of language, and else
//! the message by the shape of its words. A number alone is never a key: numbers were reused.

use super::event::Inserted;
use super::event_kerberos::add_kerberos;
use super::event_provider::TRANSPORT;
use super::event_words as words;
use super::host::{host_of_spn, place};
use super::reply::is_unfilled;
use crate::fact::FactTable;
use std::borrow::Cow;

/// What one insertion string means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Role {
    Error,
    Connector,
    Mechanism,
    Ip,
    Spn,
    Target,
    SourceServer,
    Account,
    /// The first host in quotation marks.
    Quoted,
    /// A status of SSPI as a number.
    Code,
    Skip,
}

use Role::{Account, Code, Connector, Error, Ip, Mechanism, Quoted, Skip, SourceServer, Spn, Target};

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
const NTLM: &[&str] = &["NTLM"];
const NETLOGON: &[&str] = &["NETLOGON"];
const LSA: &[&str] = &["LsaSrv"];

const fn known(
    providers: &'static [&'static str],
    id: u16,
    strings: &'static [Role],
    words: &'static [Role],
) -> Known {
    Known { providers, id, strings, words }
}

const KNOWN: [Known; 41] = [
    known(OWA, 71, &[SourceServer, Target], &[SourceServer, Target]),
    known(OWA, 41, &[SourceServer, Target], &[SourceServer, Target]),
    known(OWA, 42, &[SourceServer, Target], &[SourceServer, Target]),
    known(OWA, 43, &[SourceServer, Target], &[SourceServer, Target]),
    // %1 is the user.
    known(&["MSExchange Control Panel"], 4, &[], &[Account]),
    known(&["MSExchange Control Panel"], 28, &[Skip, SourceServer, Target], &[SourceServer, Target]),
    known(&["MSExchange BackEndRehydration"], 3002, &[], &[Account]),
    known(TRANSPORT, 1035, &[Error, Connector, Mechanism, Ip], &[Error, Connector, Mechanism, Ip]),
    known(TRANSPORT, 1036, &[Skip, Ip], &[Ip]),
    known(TRANSPORT, 2018, &[Skip, Ip], &[Ip]),
    known(TRANSPORT, 2017, &[Error, Connector, Mechanism, Target], &[Error, Connector, Mechanism, Target]),
    known(TRANSPORT, 2016, &[Error, Connector, Mechanism, Target], &[Error, Connector, Mechanism]),
    known(TRANSPORT, 1012, &[Connector, Skip, Ip], &[Connector, Ip]),
    known(TRANSPORT, 1018, &[Account, Connector], &[Account, Connector]),
    known(TRANSPORT, 1020, &[Account], &[Account]),
    known(TRANSPORT, 12011, &[Spn, Skip], &[Spn]),
    // Exchange 2003: the strings are unverified, the partner stands in quotation marks.
    known(&["MSExchangeTransport"], 1706, &[], &[Quoted, Code]),
    known(&["MSExchangeTransport"], 7004, &[], &[Quoted]),
    known(&["EXPROX"], 1000, &[], &[Quoted]),
    known(KERBEROS, 4, &[Account, Skip, Spn], &[Account, Spn]),
    known(KERBEROS, 100, &[Spn], &[Spn]),
    known(KERBEROS, 101, &[Spn], &[Spn]),
    known(NTLM, 4001, &[Spn], &[Spn]),
    known(NTLM, 4002, &[], &[Spn]),
    known(NTLM, 8001, &[Spn], &[Spn]),
    known(KDC, 42, &[Account], &[Account]),
    // 201 to 205: the order of the values is unverified, so shapes tell them.
    known(KDC, 201, &[], &[Spn]),
    known(KDC, 202, &[], &[Spn]),
    known(KDC, 203, &[], &[Spn]),
    known(KDC, 204, &[], &[Spn]),
    known(NETLOGON, 5722, &[Skip, Account], &[Account]),
    known(NETLOGON, 5723, &[Skip, Account], &[Account]),
    known(NETLOGON, 5805, &[Account], &[Account]),
    known(KDC, 11, &[Spn], &[Spn]),
    known(KDC, 14, &[Spn, Account], &[Spn, Account]),
    known(KDC, 16, &[Spn, Account], &[Spn, Account]),
    known(KDC, 26, &[Spn, Account], &[Spn, Account]),
    known(KDC, 27, &[Spn, Account], &[Spn, Account]),
    // The program, its process and the name that it asked for.
    known(LSA, 6037, &[Skip, Skip, Quoted], &[Spn]),
    known(LSA, 40960, &[Spn], &[Spn]),
    known(LSA, 40961, &[Spn], &[Spn]),
];

/// Adds the facts of a known event.
pub(super) fn add_known(
    facts: &mut FactTable,
    provider: Option<&str>,
    id: Option<u16>,
    (strings, property): (&[Inserted], &'static str),
    message: Option<&str>,
) {
    let message = message.filter(|message| !is_unfilled(message)).unwrap_or_default();
    // Without a provider (a bare sentence) the number was recognised by the words of the sentence.
    let of_provider = |known: &&Known| provider.is_none_or(|provider| known.providers.contains(&provider));
    let known = KNOWN.iter().filter(|known| Some(known.id) == id).find(of_provider);
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
    if provider == Some("KDC") && id.is_some_and(|id| (201..=205).contains(&id)) {
        service_account(facts, (strings, property), message);
    }
    match provider {
        Some("Security-Kerberos") => add_kerberos(facts, id, (strings, property), message),
        Some("LsaSrv" | "NETLOGON") => {
            let of_strings = strings.iter().find_map(|string| words::ntstatus(&string.value));
            let (status, property) = match of_strings {
                Some(status) => (Some(status), property),
                None => (words::ntstatus(message), "Message"),
            };
            facts.add_text("event.ntstatus", status.unwrap_or_default(), property);
        }
        Some("Security-Auditing") if id == Some(4625) => {
            failed_logon(facts, strings, property);
            if strings.is_empty() {
                failed_logon_text(facts, message);
            }
        }
        // No number of the Web Services twin of 71 is known; its sentence names two servers and SPN.
        Some("MSExchange Web Services") if message.contains("SPN") => {
            add_by_shape(facts, SourceServer, message);
            add_by_shape(facts, Target, message);
        }
        Some("MSExchange Front End HTTPS Proxy") if message.contains("NegotiateSecurityContext") => {
            add_by_shape(facts, Quoted, message);
            let status = message.split("with status '").nth(1).and_then(|rest| rest.split('\'').next());
            add(facts, Error, status.unwrap_or_default(), "Message");
        }
        Some("MSExchange ActiveSync") => {
            add(facts, Target, words::url(message).unwrap_or_default(), "Message");
            add_by_shape(facts, Quoted, message);
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

/// The account whose key was wanted: by the value's name, else the last computer account in the
/// text, which names the caller first.
fn service_account(facts: &mut FactTable, (strings, property): (&[Inserted], &'static str), message: &str) {
    let named = strings.iter().find(|string| {
        let name = string.name.to_ascii_lowercase();
        name.contains("service") && name.contains("name") && string.value.ends_with('$')
    });
    match named {
        Some(string) => add(facts, Account, &string.value, property),
        None => {
            let words = message.split([' ', '\t', '\r', '\n', ',', ';', ':']);
            let last = words.map(|word| word.trim_end_matches('.')).rfind(|word| word.ends_with('$'));
            add(facts, Account, last.unwrap_or_default(), "Message");
        }
    }
}

/// The positions that the manifest of Security-Auditing gives the values of a failed sign-in.
fn failed_logon(facts: &mut FactTable, strings: &[Inserted], property: &'static str) {
    let at = |index: usize| strings.get(index).map(|string| string.value.as_str()).unwrap_or_default();
    add(facts, Account, at(5), property);
    add(facts, Mechanism, at(12), property);
    // The sub-status is the closer one; zero where there is none.
    let status = [at(9), at(7)].into_iter().find_map(words::status_number);
    facts.add_text("event.ntstatus", status.unwrap_or_default(), property);
}

/// The same from the text: its labels are translated, the order of the values that are not empty
/// is not.
fn failed_logon_text(facts: &mut FactTable, message: &str) {
    let value = |line: &'_ str| Some(line.split_once([':', '\u{FF1A}'])?.1.trim().to_owned());
    let values: Vec<String> =
        message.lines().filter_map(value).filter(|value| !value.is_empty()).take(30).collect();
    // Four of who asked, the kind of sign-in, then the account that failed: a SID and its name.
    let account = values.get(6).filter(|name| *name != "-" && !name.contains([' ', ':']));
    add(facts, Account, account.map_or("", String::as_str), "Message");
    let package = |value: &&String| matches!(value.as_str(), "NTLM" | "Kerberos" | "Negotiate");
    add(facts, Mechanism, values.iter().find(package).map_or("", String::as_str), "Message");
    let is_status = |value: &&String| value.len() == 10 && value.starts_with("0x");
    let mut statuses = values.iter().filter(is_status).filter_map(|value| words::status_number(value));
    // The sub-status is the closer one, and comes last.
    let status = statuses.rfind(|status| status.starts_with("0xc"));
    facts.add_text("event.ntstatus", status.unwrap_or_default(), "Message");
}

/// 1018 and 1036 were reused for a port that is taken: no account, no certificate.
fn is_listener(id: u16, strings: &[Inserted], message: &str) -> bool {
    let port_taken = |text: &str| text.contains("0.0.0.0:") || text.contains("[::]:");
    matches!(id, 1018 | 1036)
        && (port_taken(message) || strings.iter().any(|string| port_taken(&string.value)))
}

/// Adds what a value says in its role, unless it cannot be of that role or is already known.
pub(super) fn add(facts: &mut FactTable, role: Role, value: &str, property: &'static str) {
    let value = value.trim();
    let placeholder = value.starts_with('%') && value.len() <= 3;
    if value.is_empty() || placeholder {
        return;
    }
    let (fact, value) = match role {
        Error | Code => ("event.error", value.to_owned()),
        Connector => ("event.connector", value.to_owned()),
        Mechanism => ("event.mechanism", value.to_owned()),
        Ip => ("event.ip", words::lone_address(value).unwrap_or_default()),
        SourceServer => ("event.source_server", value.to_owned()),
        Account => ("event.account", value.to_owned()),
        Spn => match words::spns(value).next() {
            Some(spn) => ("event.spn", spn.to_owned()),
            None => ("event.target", value.to_owned()),
        },
        Target | Quoted => match words::spns(value).next().filter(|_| !value.contains("://")) {
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

fn add_host(facts: &mut FactTable, host: String, is_ip: bool, property: impl Into<Cow<'static, str>>) {
    if facts.get("event.target_host").is_none() {
        let property = property.into();
        facts.add_text("event.target_host", host, property.clone());
        facts.add_flag("event.target_host_is_ip", is_ip, property);
    }
}

/// The host asked for is the host of the name asked for.
fn add_host_of_spn(facts: &mut FactTable) {
    let Some(asked) = facts.get("event.spn") else { return };
    let property = asked.property.clone();
    if let Some(place) = facts.text("event.spn").and_then(host_of_spn) {
        add_host(facts, place.host, place.is_ip, property);
    }
}

/// Looks for a role's word in the message; does nothing when the strings gave it.
pub(super) fn add_by_shape(facts: &mut FactTable, role: Role, message: &str) {
    let found = match role {
        Error => words::status(message).map(str::to_owned),
        Connector => words::connector(message).map(str::to_owned),
        Mechanism => words::mechanism(message).map(str::to_owned),
        Quoted => words::quoted_host(message).map(str::to_owned),
        Code => words::sspi_code(message),
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
    let quoted =
        message.split('\'').nth(1).filter(|name| name.contains(['\\', '$', '@']) && !name.contains(' '));
    let known =
        quoted.or_else(|| words::computer_account(message)).or_else(|| words::answering_server(message));
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
    let mut quoted = message.split('\'').skip(1).step_by(2).filter(|name| place(name).is_some());
    let english = |lead: &str| {
        let rest = message.split(lead).nth(1)?;
        let name = rest.split_whitespace().next()?.trim_matches(['"', '\'', '.', ',']);
        place(name).map(|_| name.to_owned())
    };
    let source = english("Client Access server").or_else(|| quoted.next().map(str::to_owned));
    let target = english("to Client Access server").or_else(|| quoted.next().map(str::to_owned));
    let at = |index: usize| places.get(index).map(|place| (*place).to_owned());
    let of_places = source.as_ref().map_or(at(1), |source| at(usize::from(at(0).as_ref() == Some(source))));
    (source.or_else(|| at(0)), target.or(of_places))
}
