//! Groups that an account is in, out of distinguished names.
//!
//! Servers of Exchange act for each other as members of `Exchange Servers`, a universal group of
//! the forest's root. A domain controller of another domain may not show it, so that its absence
//! is told only where it had to be seen. Judges nothing.

use super::directory_name::common_name;
use super::tolerant::{is_type_name, text, unwrapped, Items};
use super::value::Value;

/// The group whose members are Exchange servers to a receive connector.
const EXCHANGE_SERVERS: &str = "Exchange Servers";

/// Groups that Setup denies the right to act for others, in English, German and French: a server in
/// one of them cannot hand over who its user is.
///
/// Source: the support article 2898571 on EMS, ECP and OWA names the denied right.
const DENIED: [&str; 9] = [
    "Domain Admins",
    "Enterprise Admins",
    "Schema Admins",
    "Dom\u{E4}nen-Admins",
    "Organisations-Admins",
    "Schema-Admins",
    "Admins du domaine",
    "Administrateurs de l\u{2019}entreprise",
    "Administrateurs du sch\u{E9}ma",
];

/// Where Setup puts its groups, in the forest's root domain.
const EXCHANGE_GROUPS: &str = "OU=Microsoft Exchange Security Groups,";

/// A list of distinguished names; commas separate both the names and their parts.
pub(super) fn dn_list(value: &Value<'_>) -> Option<Items> {
    match unwrapped(value) {
        Value::List(items) => {
            let names: Vec<String> = items.iter().filter_map(text).collect();
            let whole: Vec<String> = names.iter().filter(|name| name.contains('=')).cloned().collect();
            let complete = whole.len() == items.len();
            Some(Items { items: whole, complete })
        }
        Value::Text(joined) => {
            let joined = joined.trim();
            if joined.is_empty() || is_type_name(joined) {
                return None;
            }
            let inner = joined.strip_prefix('{');
            let mut complete = inner.is_none() || joined.ends_with('}');
            let inner = inner.unwrap_or(joined).trim_end_matches('}');
            let mut items = Vec::new();
            for part in split_names(inner) {
                let part = part.trim().trim_end_matches([',', ';', ' ']);
                if part.ends_with("...") || part.ends_with('\u{2026}') {
                    complete = false;
                } else if part.contains('=') {
                    items.push(part.to_owned());
                }
            }
            Some(Items { items, complete })
        }
        Value::Object(_) => {
            let dn = text(value).filter(|text| text.contains('='))?;
            Some(Items { items: vec![dn], complete: true })
        }
        _ => None,
    }
}

/// True for a group whose members may not act for others, by its name or distinguished name.
pub(super) fn is_denied(group: &str) -> bool {
    let name = common_name(group).unwrap_or_else(|| group.trim().to_owned());
    DENIED.iter().any(|denied| denied.eq_ignore_ascii_case(&name))
}

/// Cuts in front of each `CN=` that stands behind a blank: inside a name none does.
fn split_names(text: &str) -> Vec<&str> {
    let upper = text.to_ascii_uppercase();
    let mut starts = vec![0];
    starts.extend(upper.match_indices(" CN=").map(|(at, _)| at).filter(|at| *at > 0));
    starts.extend(upper.match_indices(";CN=").map(|(at, _)| at + 1));
    starts.sort_unstable();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts
        .iter()
        .zip(ends)
        .filter_map(|(start, end)| text.get(*start..end))
        .filter(|part| !part.trim().is_empty())
        .collect()
}

/// True for that one group, given as a name, with its domain, or as a distinguished name.
pub(super) fn is_exchange_servers(group: &str) -> bool {
    let name = match group.contains('=') {
        true => common_name(group).unwrap_or_default(),
        false => group.rsplit(['\\', '/']).next().unwrap_or(group).to_owned(),
    };
    name.trim().eq_ignore_ascii_case(EXCHANGE_SERVERS)
}

/// Whether an account is in the group, as far as a list of its groups can tell.
pub(super) fn in_exchange_servers(groups: &Items, account_dn: Option<&str>) -> Option<bool> {
    if groups.items.iter().any(|group| is_exchange_servers(group)) {
        return Some(true);
    }
    let sees_root = groups.items.iter().any(|group| {
        let upper = group.to_ascii_uppercase();
        upper.contains(&EXCHANGE_GROUPS.to_ascii_uppercase())
    });
    // A domain of two labels is hardly a child: its controllers hold the root's groups.
    let is_short = account_dn.is_some_and(|dn| dn.to_ascii_uppercase().matches("DC=").count() <= 2);
    (groups.complete && (sees_root || is_short)).then_some(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEMBER: &str = "CN=Exchange Servers,OU=Microsoft Exchange Security Groups,DC=contoso,DC=com";
    const TRUSTED: &str =
        "CN=Exchange Trusted Subsystem,OU=Microsoft Exchange Security Groups,DC=contoso,DC=com";

    fn texts(names: &[&str]) -> Value<'static> {
        Value::List(names.iter().map(|name| Value::Text((*name).to_owned().into())).collect())
    }

    #[test]
    fn a_list_of_names_is_the_same_from_every_form() {
        for form in [
            texts(&[MEMBER, TRUSTED]),
            Value::Text(format!("{{{MEMBER}, {TRUSTED}}}").into()),
            Value::Text(format!("{MEMBER};{TRUSTED}").into()),
            Value::Text(format!("{MEMBER} {TRUSTED}").into()),
        ] {
            let read = dn_list(&form).unwrap();
            assert_eq!(
                (read.items, read.complete),
                (vec![MEMBER.to_owned(), TRUSTED.to_owned()], true),
                "{form:?}"
            );
        }
        let cut = dn_list(&Value::Text(format!("{{{TRUSTED}, CN=Exch...}}").into())).unwrap();
        assert_eq!((cut.items.len(), cut.complete), (1, false));
        assert!(dn_list(&Value::Text(
            "Microsoft.ActiveDirectory.Management.ADPropertyValueCollection".into()
        ))
        .is_none());
    }

    #[test]
    fn absence_is_told_only_where_the_group_had_to_be_seen() {
        let of = |names: &[&str], dn: &str| in_exchange_servers(&dn_list(&texts(names)).unwrap(), Some(dn));
        let (root, child) = ("CN=EX1,DC=contoso,DC=com", "CN=EX1,DC=emea,DC=contoso,DC=com");
        assert_eq!(of(&[MEMBER], child), Some(true));
        assert_eq!(of(&[TRUSTED], child), Some(false));
        assert_eq!(of(&[], root), Some(false));
        assert_eq!(of(&["CN=Servers,DC=emea,DC=contoso,DC=com"], child), None);
        let cut = dn_list(&Value::Text(format!("{{{TRUSTED}...}}").into())).unwrap();
        assert_eq!(in_exchange_servers(&cut, Some(root)), None);
    }
}
