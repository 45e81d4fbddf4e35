//! SPNs of an account, owners of an SPN, duplicates (setspn).
//!
//! A list that is not complete gives `spn_list.partial_spns` instead of
//! `spn_list.spns`: what is not in it was perhaps only cut off.

use super::{add_flags, add_lists, add_numbers, add_texts, flag, Record};
use crate::fact::FactTable;
use crate::record::{Kind, Property};

/// `setspn -L`.
pub(crate) static SPN_LIST: Kind = Kind {
    name: "spn-list",
    types: &["SpnList"],
    object_classes: &[],
    marks: &[],
    commands: &["setspn -L <account>"],
    properties: &[
        Property::new("AccountDN", "whose SPNs these are"),
        Property::new("Account", "whose SPNs these are, by name"),
        Property::new("Spns", "the registered SPNs"),
        Property::new("Complete", "whether the list is whole"),
    ],
    facts: spn_list,
};

fn spn_list(record: &Record<'_>, facts: &mut FactTable) {
    add_texts(record, facts, &[("AccountDN", "spn_list.account_dn"), ("Account", "spn_list.account")]);
    let whole = flag(record, "Complete") != Some(false);
    let name = if whole { "spn_list.spns" } else { "spn_list.partial_spns" };
    add_lists(record, facts, &[("Spns", name)]);
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
}
