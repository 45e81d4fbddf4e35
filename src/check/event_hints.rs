//! Events of Windows around the failure: what the Kerberos client, the KDC and
//! LSA said about this pair.
//!
//! An event counts only where it names the pair's SPN or comes from A or B: a
//! KDC_ERR_S_PRINCIPAL_UNKNOWN for some other service is the normal noise of
//! Kerberos logging.

use super::keys;
use super::pair::{Pair, PairFacts};
use super::spn;
use super::words::ANSWERED_FOR;
use crate::fact::{short_name, Observation};
use crate::finding::Evidence;

/// Kerberos errors that are a time difference: KRB_AP_ERR_SKEW, TKT_NYV.
const SKEW_ERRORS: [&str; 2] = ["0x25", "0x21"];

/// True for an error of Kerberos that is a time difference.
pub(super) fn is_skew(error: &str) -> bool {
    SKEW_ERRORS.iter().any(|code| error.eq_ignore_ascii_case(code))
}

#[derive(Default)]
struct Hints {
    unknown: Vec<Evidence>,
    duplicate: Vec<Evidence>,
    modified: Vec<Evidence>,
    skew: Vec<Evidence>,
    no_kdc: Vec<Evidence>,
    no_common_type: Vec<Evidence>,
    broken_channel: (Vec<String>, Vec<Evidence>),
    unauthorized: (Vec<String>, Vec<Evidence>),
    other_answered: (Vec<String>, Vec<Evidence>),
    own_answered: Vec<Evidence>,
}

/// Adds what events say: `spn.refused_*`, `spn.ticket_not_decrypted`, `clock.kerberos_skew`,
/// `kerberos.no_kdc`, `encryption.no_common_type`, `events.unauthorized_server`.
pub(super) fn add(pair: &Pair<'_>, facts: &mut PairFacts) {
    let mut hints = Hints::default();
    for host in [pair.from, pair.to].into_iter().filter(Option::is_some) {
        let seen = match pair.to {
            Some(_) => pair.index.of_ends(&[None, pair.from, pair.to].map(|peer| (keys::HINT, host, peer))),
            // A target that is no known server may be named by any of them.
            None => pair.index.of_hosts("event", &[host]),
        };
        seen.into_iter().for_each(|seen| read(pair, seen, &mut hints));
    }
    let of_kdc: Vec<&Observation> = match (pair.to, pair.to_label) {
        (Some(_), _) => pair.index.of_ends(&[(keys::KDC, None, pair.to)]),
        (None, Some(label)) => {
            pair.index.of_key("event", keys::KDC_NAME, label.to_ascii_lowercase()).collect()
        }
        (None, None) => Vec::new(),
    };
    of_kdc.into_iter().for_each(|seen| read_kdc(pair, seen, &mut hints));
    for (name, places) in [
        ("spn.refused_as_unknown", hints.unknown),
        ("spn.refused_as_duplicate", hints.duplicate),
        ("spn.ticket_not_decrypted", hints.modified),
        ("spn.answered_by_own", hints.own_answered),
        ("clock.kerberos_skew", hints.skew),
        ("kerberos.no_kdc", hints.no_kdc),
        ("encryption.no_common_type", hints.no_common_type),
    ] {
        if !places.is_empty() {
            facts.add_flag(name, true, places);
        }
    }
    facts.add_list("spn.answered_by_other", hints.other_answered.0, hints.other_answered.1);
    facts.add_list("events.unauthorized_server", hints.unauthorized.0, hints.unauthorized.1);
    if !facts.knows("secure_channel.broken") {
        facts.add_list("secure_channel.broken", hints.broken_channel.0, hints.broken_channel.1);
    }
}

fn place(seen: &Observation, names: &[&str]) -> Vec<Evidence> {
    names.iter().find_map(|name| seen.facts.get(name)).map(|fact| seen.evidence(fact)).into_iter().collect()
}

fn names_peer(pair: &Pair<'_>, seen: &Observation) -> bool {
    seen.facts.text("event.spn").is_some_and(|spn| spn::concerns(pair, spn))
}

/// The computer account that answered, where the name asked for is another computer's own: the
/// connection went to the wrong machine. An account that is no computer's may stand for several.
fn answered_by_other(pair: &Pair<'_>, seen: &Observation) -> Option<String> {
    let account = seen.facts.text("event.account").filter(|account| account.ends_with('$'))?;
    let asked = seen.facts.text("event.spn")?;
    let host = keys::host_of_spn(asked)?;
    let answered = short_name(account);
    let own = pair.to.and_then(|id| pair.hosts.get(id)).filter(|own| own.short == short_name(host));
    let Some(own) = own else {
        // A name that is no server's own may be a balanced one, unless it leads to that machine's address.
        let other = answered != short_name(host) && share_an_address(pair, &short_name(host), &answered);
        return other.then(|| pair.say(ANSWERED_FOR, &[("account", account), ("asked", asked)]));
    };
    // An alternate service account is no machine.
    let shared = pair.shared().accounts.holds(&answered);
    (answered != own.short && !shared)
        .then(|| pair.say(ANSWERED_FOR, &[("account", account), ("asked", asked)]))
}

/// Two names that were looked up and have an address in common.
fn share_an_address(pair: &Pair<'_>, one: &str, other: &str) -> bool {
    let addresses = |wanted: &str| -> Vec<&str> {
        let answers = pair.index.of_key("dns-answer", keys::NAME, wanted.to_owned());
        answers.filter_map(|o| o.facts.list("dns.addresses")).flatten().map(String::as_str).collect()
    };
    let of_one = addresses(one);
    addresses(other).iter().any(|address| of_one.contains(address))
}

/// The machine that was asked for answered with its own account.
fn answered_by_own(seen: &Observation) -> bool {
    let account = seen.facts.text("event.account").filter(|account| account.ends_with('$')).map(short_name);
    let asked =
        seen.facts.text("event.spn").and_then(|spn| spn.split(['/', '@', ':']).nth(1)).map(short_name);
    account.is_some() && account == asked
}

fn names_account(pair: &Pair<'_>, seen: &Observation) -> bool {
    let account = seen.facts.text("event.account").filter(|account| account.ends_with('$'));
    account.is_some_and(|account| pair.to.is_some_and(|to| pair.hosts.is(to, account)))
}

fn read(pair: &Pair<'_>, seen: &Observation, hints: &mut Hints) {
    let facts = &seen.facts;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // saturating; event ids are small
    let id = facts.number("event.id").unwrap_or_default() as u32;
    let provider = facts.text("event.provider").unwrap_or_default();
    let where_seen = place(seen, &["event.kerberos_error", "event.spn", "event.ntstatus", "event.id"]);
    let error = facts.text("event.kerberos_error").unwrap_or_default();
    match (provider, id) {
        ("Security-Kerberos", 3) => {
            if is_skew(error) {
                hints.skew.extend(where_seen.clone());
            }
            if !names_peer(pair, seen) {
                return;
            }
            let duplicate =
                facts.text("event.kerberos_extended").is_some_and(|e| e.eq_ignore_ascii_case("0xc0000035"));
            match error.to_ascii_lowercase().as_str() {
                "0x7" if duplicate => hints.duplicate.extend(where_seen),
                "0x7" => hints.unknown.extend(where_seen),
                "0x8" => hints.duplicate.extend(where_seen),
                "0xe" => hints.no_common_type.extend(where_seen),
                "0x29" => hints.modified.extend(where_seen),
                _ => {}
            }
        }
        ("Security-Kerberos", 4) => {
            if error.eq_ignore_ascii_case("0x25") {
                hints.skew.extend(where_seen);
            } else if names_peer(pair, seen) {
                if let Some(line) = answered_by_other(pair, seen) {
                    hints.other_answered.0.push(line);
                    hints.other_answered.1.extend(where_seen.clone());
                } else if answered_by_own(seen) {
                    hints.own_answered.extend(where_seen.clone());
                }
                hints.modified.extend(where_seen);
            }
        }
        ("Security-Kerberos", 5) => hints.skew.extend(where_seen),
        ("Security-Kerberos", 100) if names_peer(pair, seen) => hints.unknown.extend(where_seen),
        ("Security-Kerberos", 101) if names_peer(pair, seen) => hints.duplicate.extend(where_seen),
        ("LsaSrv", 40960 | 40961) => {
            match facts.text("event.ntstatus").map(str::to_ascii_lowercase).as_deref() {
                Some("0xc000005e") => hints.no_kdc.extend(where_seen),
                Some("0xc0000133") => hints.skew.extend(where_seen),
                _ => {}
            }
        }
        ("NETLOGON", 3210) => {
            hints.broken_channel.0.extend(seen.computer.as_deref().map(str::to_owned));
            hints.broken_channel.1.extend(where_seen);
        }
        ("MSExchangeTransport" | "MSExchangeFrontEndTransport", 1018 | 1020) => {
            let account = facts.text("event.account").filter(|account| account.ends_with('$'));
            if let Some(account) =
                account.filter(|account| pair.from.is_some_and(|a| pair.hosts.is(a, account)))
            {
                hints.unauthorized.0.push(account.to_owned());
                hints.unauthorized.1.extend(where_seen);
            }
        }
        _ => {}
    }
}

/// The KDC's own events come from a domain controller: they count where they name B's SPN.
fn read_kdc(pair: &Pair<'_>, seen: &Observation, hints: &mut Hints) {
    let where_seen = place(seen, &["event.spn", "event.account", "event.id"]);
    if !names_peer(pair, seen) && !names_account(pair, seen) {
        return;
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // saturating; event ids are small
    match seen.facts.number("event.id").unwrap_or_default() as u32 {
        11 => hints.duplicate.extend(where_seen),
        14 | 16 | 26 | 27 | 203 | 204 => hints.no_common_type.extend(where_seen),
        _ => {}
    }
}
