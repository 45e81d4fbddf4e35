//! Kerberos encryption types that the two ends accept: what A's policy allows as a client, what
//! B's account and B's policy allow for a ticket to B.
//!
//! An account without a value takes the controller's default, of which nothing is said here.

use super::keys;
use super::pair::{Pair, PairFacts};
use super::words::{ALLOWS, DES_ONLY, TAKES};
use crate::fact::{short_name, HostId};
use crate::finding::Evidence;

/// Bits of msDS-SupportedEncryptionTypes that make a ticket today: RC4, AES128, AES256.
const TYPES: [(u32, &str); 3] = [(0x4, "RC4"), (0x8, "AES128"), (0x10, "AES256")];

/// Adds `encryption.disjoint`, `encryption.common`.
pub(super) fn add(pair: &Pair<'_>, facts: &mut PairFacts) {
    let (Some(from), Some(to)) = (pair.from, pair.to) else { return };
    let asking = of_policy(pair, from);
    // Both must fit: what the account takes is useless where the server's own policy refuses it.
    let serving = [of_account(pair, to), of_policy(pair, to)];
    let mut said: Vec<(String, u32, Vec<Evidence>)> = Vec::new();
    let [of_account, of_policy] = serving;
    for (words, server, found) in [(ALLOWS, from, asking), (TAKES, to, of_account), (ALLOWS, to, of_policy)] {
        if let Some((types, places)) = found {
            let values = [("server", &*pair.name_of(server)), ("types", &*names(pair, types))];
            said.push((pair.say(words, &values), types, places));
        }
    }
    if said.len() < 2 {
        return;
    }
    let places: Vec<Evidence> = said.iter().flat_map(|(_, _, places)| places.iter().cloned()).collect();
    let common = said.iter().fold(u32::MAX, |common, (_, types, _)| common & types);
    if common & all() == 0 {
        facts.add_list("encryption.disjoint", said.into_iter().map(|(words, ..)| words).collect(), places);
    } else {
        facts.add_text("encryption.common", names(pair, common), places);
    }
}

fn all() -> u32 {
    TYPES.iter().map(|(bit, _)| bit).sum()
}

fn names(pair: &Pair<'_>, types: u32) -> String {
    let names: Vec<&str> = TYPES.iter().filter(|(bit, _)| types & bit != 0).map(|(_, name)| *name).collect();
    if names.is_empty() {
        pair.say(DES_ONLY, &[])
    } else {
        names.join(", ")
    }
}

/// Zero is the default, as if nothing was written.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // saturating; the bits are below 32
fn written(types: f64) -> Option<u32> {
    Some(types as u32).filter(|types| *types != 0)
}

fn of_policy(pair: &Pair<'_>, host: HostId) -> Option<(u32, Vec<Evidence>)> {
    let mut registries = pair.index.of_host("registry-values", Some(host));
    registries.find_map(|seen| {
        let types = seen.facts.number("kerberos.encryption_types").and_then(written)?;
        Some((types, seen.evidence_of("kerberos.encryption_types")))
    })
}

fn of_account(pair: &Pair<'_>, host: HostId) -> Option<(u32, Vec<Evidence>)> {
    let short = pair.hosts.get(host).map(|host| host.short.clone())?;
    let mut accounts = pair.index.of_key("spn-list", keys::ACCOUNT, short.clone()).filter(|seen| {
        seen.facts.text("spn_list.account").is_some_and(|account| short_name(account) == short)
    });
    accounts.find_map(|seen| {
        let types = seen.facts.number("account.encryption_types").and_then(written)?;
        Some((types, seen.evidence_of("account.encryption_types")))
    })
}
