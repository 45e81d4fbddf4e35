//! Who is in which group: groups of an account, or accounts of a group.
//!
//! One object says "this account is in this group" and never that it is not; a whole list does.

use super::directory_groups::{dn_list, in_exchange_servers, is_denied, is_exchange_servers};
use super::directory_name::common_name;
use super::kind::{Kind, Property};
use super::read::{Body, Record};
use super::reader::Reader;
use super::tolerant::{asked, flag, list, text, Items, Separator};
use super::value::Value;
use crate::fact::{conflict_of, FactTable};
use std::borrow::Cow;

/// `Get-ADPrincipalGroupMembership`, `Get-ADGroupMember`, and a group with its members.
pub static KIND: Kind = Kind {
    name: "group-membership",
    types: &["GroupMembership", "ADGroup", "ADPrincipal"],
    object_classes: &[],
    marks: &[&["GroupCategory", "GroupScope"]],
    commands: &[
        "Get-ADPrincipalGroupMembership",
        "Get-ADGroupMember",
        "Get-ADGroup",
        "gpresult /r /scope computer",
        "net group \"Exchange Servers\" /domain",
        "dsget group <group> -members",
    ],
    properties: &[
        Property::new("Account", "who is in the groups"),
        Property::new("Groups", "the groups, as a whole list"),
        Property::new("Complete", "whether the list is whole"),
        Property::new("SamAccountName", "the group, or the member of the group that was asked for"),
        Property::new("Name", "the group, or the member of the group that was asked for"),
        Property::new("DistinguishedName", "the group, where it has no name"),
        Property::new("Members", "the accounts in a group"),
        Property::new("member", "the accounts in a group"),
        Property::new("ByGroup", "whether the members of the group were listed"),
        Property::new("OneDomain", "whether only members of one domain were listed"),
        Property::new("GroupCategory", "kind, when the type is lost"),
        Property::new("GroupScope", "kind, when the type is lost"),
    ],
    facts,
};

fn facts(record: &Record<'_>, facts: &mut FactTable) {
    let mut reader = Reader { record, facts };
    let own_name = ["SamAccountName", "Name"]
        .into_iter()
        .find_map(|property| Some((reader.value(property).and_then(text)?, property)))
        .or_else(|| {
            let dn = reader.value("DistinguishedName").and_then(text)?;
            Some((common_name(&dn)?, "DistinguishedName"))
        });
    if reader.value("ByGroup").and_then(flag) == Some(true) {
        reader.facts.add_flag("membership.by_group", true, "ByGroup");
    }
    if reader.value("OneDomain").and_then(flag) == Some(true) {
        reader.facts.add_flag("membership.one_domain", true, "OneDomain");
    }
    if let Some(groups) = reader.value("Groups").and_then(groups) {
        let twin = reader.value("Account").and_then(text).and_then(|account| conflict_of(&account));
        if let Some((name, shown)) = twin {
            reader.facts.add_text("membership.account", shown, "Account");
            reader.facts.add_text("membership.conflict_of", name, "Account");
        } else if reader.text("membership.account", "Account").is_none() {
            reader.facts.add_text("membership.account", asked(record).unwrap_or_default(), "from");
        }
        let whole = reader.value("Complete").and_then(flag) != Some(false);
        let groups = Items { complete: groups.complete && whole, ..groups };
        // A whole list holds the group or the account is not in it.
        let is_member = match groups.items.iter().any(|group| is_exchange_servers(group)) {
            true => Some(true),
            false if groups.items.iter().any(|group| group.contains('=')) => {
                in_exchange_servers(&groups, None)
            }
            false => groups.complete.then_some(false),
        };
        if let Some(is_member) = is_member {
            reader.facts.add_flag("membership.in_exchange_servers", is_member, "Groups");
        }
        if groups.items.iter().any(|group| is_denied(group)) {
            reader.facts.add_flag("membership.in_denied_group", true, "Groups");
        }
        reader.facts.add_list("membership.groups", groups.items, "Groups");
        return;
    }
    let Some((name, property)) = own_name else { return };
    let command = record.from.as_deref().and_then(|from| from.split_whitespace().next()).unwrap_or_default();
    let (account, group) = if command.eq_ignore_ascii_case("Get-ADGroupMember") {
        let Some(group) = asked(record) else { return };
        if !record.from.as_deref().is_some_and(shows_part) {
            reader.facts.add_flag("membership.by_group", true, "from");
        }
        (Some((name, property)), (group.to_owned(), "from"))
    } else {
        // The groups of whom is told by the command alone.
        let account = command
            .eq_ignore_ascii_case("Get-ADPrincipalGroupMembership")
            .then(|| asked(record))
            .flatten()
            .map(|account| (account.to_owned(), "from"));
        (account, (name, property))
    };
    if let Some((account, property)) = account {
        match conflict_of(&account) {
            Some((name, shown)) => {
                reader.facts.add_text("membership.account", shown, property);
                reader.facts.add_text("membership.conflict_of", name, property);
            }
            None => reader.facts.add_text("membership.account", account, property),
        }
        if is_exchange_servers(&group.0) {
            reader.facts.add_flag("membership.in_exchange_servers", true, group.1);
        }
        if is_denied(&group.0) {
            reader.facts.add_flag("membership.in_denied_group", true, group.1);
        }
    }
    reader.facts.add_list("membership.groups", vec![group.0], group.1);
}

/// True for a command line that passes on only some of what its cmdlet gave.
pub(super) fn shows_part(line: &str) -> bool {
    let parts = ["where", "where-object", "?", "-first", "-last", "-skip", "findstr", "select-string", "sls"];
    let mut words = line.split([' ', '\t', '|']).filter(|word| !word.is_empty());
    words.any(|word| parts.iter().any(|part| part.eq_ignore_ascii_case(word)))
}

/// Names, or distinguished names.
fn groups(value: &Value<'_>) -> Option<Items> {
    let is_dn = match value {
        Value::Text(text) => text.contains("CN="),
        Value::List(items) => items.iter().filter_map(text).any(|item| item.contains("CN=")),
        _ => false,
    };
    if is_dn {
        dn_list(value)
    } else {
        list(value, Separator::Comma)
    }
}

/// One membership for each member of a group that was read with its members.
pub(super) fn members(record: &Record<'_>) -> Vec<Record<'static>> {
    let listed = ["Members", "member"].into_iter().find_map(|property| record.property(property));
    let Some(members) = listed.and_then(dn_list) else { return Vec::new() };
    let name = ["Name", "SamAccountName"].into_iter().find_map(|name| record.property(name).and_then(text));
    let Some(group) = name else { return Vec::new() };
    let owned = |text: &str| Value::Text(Cow::Owned(text.to_owned()));
    // Who is not in a part of the list may be in the rest.
    let whole = members.complete && record.property("Complete").and_then(flag) != Some(false);
    let one = |member: String| {
        let fields = vec![
            (Cow::Borrowed("Account"), owned(&common_name(&member)?)),
            (Cow::Borrowed("Groups"), Value::List(vec![owned(&group)])),
            (Cow::Borrowed("Complete"), Value::Bool(false)),
            (Cow::Borrowed("ByGroup"), Value::Bool(whole)),
        ];
        Some(Record {
            types: vec![Cow::Borrowed("ExAuth.GroupMembership")],
            from: record.from.as_ref().map(|from| Cow::Owned(from.to_string())),
            computer: record.computer.as_ref().map(|name| Cow::Owned(name.to_string())),
            collected: record.collected.as_ref().map(|time| Cow::Owned(time.to_string())),
            unknown: Vec::new(),
            body: Body::Properties(fields),
        })
    };
    members.items.into_iter().filter_map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> FactTable {
        let mut table = FactTable::default();
        super::super::read_records(json.as_bytes(), 0, |record| facts(&record.unwrap(), &mut table));
        table
    }

    #[test]
    fn one_group_proves_membership_and_never_its_absence() {
        let one = |command: &str, name: &str| {
            read(&format!(
                r#"{{"from":"{command}","properties":{{"Name":"{name}","SamAccountName":"{name}"}}}}"#
            ))
        };
        let facts = one("Get-ADPrincipalGroupMembership EX1$", "Exchange Servers");
        assert_eq!(facts.text("membership.account"), Some("EX1$"));
        assert_eq!(facts.flag("membership.in_exchange_servers"), Some(true));
        let facts = one("Get-ADPrincipalGroupMembership -Identity EX1$", "Domain Computers");
        assert_eq!(facts.get("membership.in_exchange_servers"), None);
        assert_eq!(facts.list("membership.groups").unwrap(), ["Domain Computers"]);
        // Whose groups these are is not known.
        let facts =
            one("Get-ADPrincipalGroupMembership (Get-ADComputer $env:COMPUTERNAME)", "Exchange Servers");
        assert!(
            facts.get("membership.account").is_none()
                && facts.get("membership.in_exchange_servers").is_none()
        );
        let facts = one("Get-ADGroupMember 'Exchange Servers' -Recursive", "EX1$");
        assert_eq!(facts.text("membership.account"), Some("EX1$"));
        assert_eq!(facts.flag("membership.in_exchange_servers"), Some(true));
    }

    #[test]
    fn a_whole_list_of_groups_tells_both() {
        let of = |groups: &str| {
            read(&format!(r#"{{"Account":"EX2$","Groups":{groups}}}"#)).flag("membership.in_exchange_servers")
        };
        let denied = |groups: &str| {
            read(&format!(r#"{{"Account":"EX2$","Groups":{groups}}}"#)).flag("membership.in_denied_group")
        };
        assert_eq!(denied(r#"["Domain Computers","Dom\u00e4nen-Admins"]"#), Some(true));
        assert_eq!(denied(r#"["CN=Schema Admins,CN=Users,DC=contoso,DC=com"]"#), Some(true));
        assert_eq!(denied(r#"["Domain Computers","Exchange Servers"]"#), None);
        assert_eq!(of(r#"["Domain Computers","Exchange Servers"]"#), Some(true));
        assert_eq!(of(r#""{Domain Computers, Exchange Trusted Subsystem}""#), Some(false));
        assert_eq!(of(r#""{Domain Computers, Exchange Trusted...}""#), None);
    }
}
