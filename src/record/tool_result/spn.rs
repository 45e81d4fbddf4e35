//! SPNs of an account (setspn, Get-ADComputer, Get-ADUser), owners of an SPN, duplicates.
//!
//! A list that is not complete gives `spn_list.partial_spns` instead of
//! `spn_list.spns`: what is not in it was perhaps only cut off.

use super::account::add_account;
use super::{add_flags, add_lists, add_numbers, add_texts, flag, text, Record};
use crate::fact::{conflict_of, FactTable};
use crate::record::tolerant::{list, Separator};
use crate::record::{Kind, Property};

/// `setspn -L`, and accounts of the directory with their SPNs.
pub(crate) static SPN_LIST: Kind = Kind {
    name: "spn-list",
    types: &["SpnList", "ADComputer", "ADUser", "ADServiceAccount"],
    object_classes: &["computer", "msDS-GroupManagedServiceAccount", "msDS-ManagedServiceAccount"],
    marks: &[
        &["DistinguishedName", "servicePrincipalName"],
        &["DistinguishedName", "ServicePrincipalNames"],
        &["DistinguishedName", "msDS-SupportedEncryptionTypes"],
        &["DistinguishedName", "SamAccountName", "MemberOf"],
        &["DistinguishedName", "PasswordLastSet"],
        &["DistinguishedName", "pwdLastSet"],
    ],
    commands: &[
        "setspn -L <account>",
        "Get-ADComputer",
        "Get-ADServiceAccount",
        "Get-ADComputer <account> -Properties servicePrincipalName",
        "ldifde -f con -d <account>",
        "dsquery * -filter (name=<account>) -attr name servicePrincipalName",
    ],
    properties: &[
        Property::new("AccountDN", "whose SPNs these are"),
        Property::new("DistinguishedName", "whose SPNs these are"),
        Property::new("whenChanged", "whether it was changed after a failure"),
        Property::new("Account", "whose SPNs these are, by name"),
        Property::new("Name", "whose SPNs these are, by name"),
        Property::new("Spns", "the registered SPNs"),
        Property::new("servicePrincipalName", "the registered SPNs"),
        Property::new("ServicePrincipalNames", "the registered SPNs"),
        Property::new("SamAccountName", "the account's name at sign-in"),
        Property::new("ObjectClass", "what kind of account it is"),
        Property::new("MemberOf", "whether it is in Exchange Servers"),
        Property::new("msDS-SupportedEncryptionTypes", "encryption the account accepts"),
        Property::new("KerberosEncryptionType", "encryption the account accepts"),
        Property::new("PasswordLastSet", "when its keys were made"),
        Property::new("pwdLastSet", "when its keys were made"),
        Property::new("Enabled", "whether it may sign in"),
        Property::new("userAccountControl", "whether it may sign in"),
        Property::new("Complete", "whether the list is whole"),
    ],
    facts: spn_list,
};

fn spn_list(record: &Record<'_>, facts: &mut FactTable) {
    let first = |names: &[&'static str]| names.iter().find_map(|name| Some((text(record, name)?, *name)));
    if let Some((dn, property)) = first(&["AccountDN", "DistinguishedName"]) {
        facts.add_text("spn_list.account_dn", dn, property);
    }
    // Where a name lost what tells two objects apart, the distinguished name has it.
    let named = ["AccountDN", "DistinguishedName", "Account", "Name"];
    let twin = named.iter().find_map(|name| Some((conflict_of(&text(record, name)?)?, *name)));
    if let Some(((name, shown), property)) = twin {
        facts.add_text("spn_list.account", shown, property);
        facts.add_text("spn_list.conflict_of", name, property);
    } else if let Some((name, property)) = first(&["Account", "Name"]) {
        facts.add_text("spn_list.account", name, property);
    }
    // An account that was read without the property has none: that is not "no SPNs".
    let spns = ["Spns", "servicePrincipalName", "ServicePrincipalNames"];
    let read = |name: &&'static str| Some((list(record.property(name)?, Separator::Blank)?, *name));
    if let Some((spns, property)) = spns.iter().find_map(read) {
        let whole = spns.complete && flag(record, "Complete") != Some(false);
        let name = if whole { "spn_list.spns" } else { "spn_list.partial_spns" };
        facts.add_list(name, spns.items, property);
    }
    add_account(record, facts);
}

/// `setspn -Q`.
pub(crate) static SPN_QUERY: Kind = Kind {
    name: "spn-query",
    types: &["SpnQuery"],
    object_classes: &[],
    marks: &[],
    commands: &["setspn -F -Q <spn>"],
    properties: &[
        Property::new("Spn", "the SPN that was looked for"),
        Property::new("Owners", "the accounts that have it"),
        Property::new("FoundSpns", "all SPNs of these accounts"),
        Property::new("Scope", "how far was looked"),
    ],
    facts: spn_query,
};

fn spn_query(record: &Record<'_>, facts: &mut FactTable) {
    add_texts(record, facts, &[("Spn", "spn_query.spn")]);
    add_lists(record, facts, &[("Owners", "spn_query.owners"), ("FoundSpns", "spn_query.found_spns")]);
    add_texts(record, facts, &[("Scope", "spn_query.scope")]);
    let owners = super::list(record, "Owners").unwrap_or_default();
    add_conflicts(facts, "spn_query.conflicts", owners.iter().map(String::as_str), "Owners");
}

/// `setspn -X`.
pub(crate) static SPN_DUPLICATES: Kind = Kind {
    name: "spn-duplicates",
    types: &["SpnDuplicates"],
    object_classes: &[],
    marks: &[],
    commands: &["setspn -X -F"],
    properties: &[
        Property::new("Count", "how many SPNs are registered twice"),
        Property::new("Groups", "each of them and the accounts that have it"),
        Property::new("Scope", "how far was looked"),
        Property::new("Complete", "whether the output is whole"),
    ],
    facts: spn_duplicates,
};

fn spn_duplicates(record: &Record<'_>, facts: &mut FactTable) {
    add_numbers(record, facts, &[("Count", "spn_duplicates.count")]);
    add_lists(record, facts, &[("Groups", "spn_duplicates.groups")]);
    add_texts(record, facts, &[("Scope", "spn_duplicates.scope")]);
    add_flags(record, facts, &[("Complete", "spn_duplicates.complete")]);
    let groups = super::list(record, "Groups").unwrap_or_default();
    let accounts = groups.iter().flat_map(|group| group.split('|').skip(1));
    add_conflicts(facts, "spn_duplicates.conflicts", accounts, "Groups");
}

/// The names of which a directory has two objects, by the renamed ones among some accounts.
fn add_conflicts<'t>(
    facts: &mut FactTable,
    fact: &'static str,
    accounts: impl Iterator<Item = &'t str>,
    property: &'static str,
) {
    let mut names: Vec<String> = accounts.filter_map(conflict_of).map(|(name, _)| name).collect();
    names.sort();
    names.dedup();
    if !names.is_empty() {
        facts.add_list(fact, names, property);
    }
}
