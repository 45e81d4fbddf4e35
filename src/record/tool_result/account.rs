//! What the directory says of an account beside its SPNs: groups, keys, state.
//!
//! Read with the `spn-list` kind, because the same object has both. An attribute that is not
//! set and one that was not asked for look alike: neither gives a fact.

use super::{flag, number, text, Record};
use crate::fact::FactTable;
use crate::record::date::{date, date_of_text};
use crate::record::directory_groups::{dn_list, in_exchange_servers};
use crate::record::enumeration::flag_names;
use crate::record::Value;

/// Seconds from 1601, where Windows counts from, to 1970.
const TO_1970: i64 = 11_644_473_600;

/// Bits of `msDS-SupportedEncryptionTypes` (MS-KILE); the shell's names for them.
const ENCRYPTION: [(i64, &str); 5] = [(3, "DES"), (4, "RC4"), (8, "AES128"), (16, "AES256"), (0, "None")];

/// The account is switched off (userAccountControl).
const DISABLED: i64 = 2;

/// Adds `account.*`; nothing for a record that is no object of the directory.
pub(super) fn add_account(record: &Record<'_>, facts: &mut FactTable) {
    let dn = text(record, "DistinguishedName");
    let sam = text(record, "SamAccountName");
    // A selection of properties may have left only the name beside the state.
    let state = ["Enabled", "userAccountControl", "PasswordLastSet", "msDS-SupportedEncryptionTypes"];
    let selected = text(record, "Name").is_some() && state.iter().any(|name| record.property(name).is_some());
    if dn.is_none() && sam.is_none() && !selected {
        return;
    }
    let named = sam.map(|name| (name, "SamAccountName")).or_else(|| Some((text(record, "Name")?, "Name")));
    if let Some((name, property)) = named {
        facts.add_text("account.name", name, property);
    }
    if let Some(groups) = record.property("MemberOf").and_then(dn_list) {
        if let Some(is_member) = in_exchange_servers(&groups, dn.as_deref()) {
            facts.add_flag("account.in_exchange_servers", is_member, "MemberOf");
        }
        if groups.complete {
            facts.add_list("account.member_of", groups.items, "MemberOf");
        }
    }
    add_encryption(record, facts);
    add_password(record, facts);
    let control = number(record, "userAccountControl");
    let name = facts.text("account.name").unwrap_or_default().to_ascii_lowercase();
    if name.starts_with("krbtgt") {
        // Nobody signs in as the KDC: its accounts are disabled by design.
    } else if let Some(enabled) = flag(record, "Enabled") {
        facts.add_flag("account.enabled", enabled, "Enabled");
    } else if let Some(control) = control {
        #[allow(clippy::cast_possible_truncation)] // saturating; the attribute has 32 bits
        facts.add_flag("account.enabled", control as i64 & DISABLED == 0, "userAccountControl");
    }
    if let Some(class) = record.property("ObjectClass").map(classes).filter(|classes| !classes.is_empty()) {
        let managed = class.iter().any(|class| class.eq_ignore_ascii_case("msDS-GroupManagedServiceAccount"));
        facts.add_flag("account.is_group_managed", managed, "ObjectClass");
    }
}

fn classes(value: &Value<'_>) -> Vec<String> {
    let read = crate::record::tolerant::list(value, crate::record::tolerant::Separator::Blank);
    read.map(|read| read.items).unwrap_or_default()
}

fn add_encryption(record: &Record<'_>, facts: &mut FactTable) {
    const NUMBER: &str = "msDS-SupportedEncryptionTypes";
    const NAMES: &str = "KerberosEncryptionType";
    if let Some(types) = number(record, NUMBER) {
        facts.add_number("account.encryption_types", types, NUMBER);
        return;
    }
    let Some(names) = record.property(NAMES).and_then(|value| flag_names(value, &ENCRYPTION)) else { return };
    let bit = |name: &String| {
        ENCRYPTION.iter().find(|(_, known)| known.eq_ignore_ascii_case(name)).map(|(bit, _)| *bit)
    };
    let bits: Option<Vec<i64>> = names.items.iter().map(bit).collect();
    // `None` is what the shell shows for an attribute that is not set.
    if let Some(types) = bits.filter(|_| names.complete).map(|bits| bits.iter().fold(0, |all, bit| all | bit))
    {
        if let Ok(types) = i32::try_from(types).map(f64::from) {
            if types > 0.0 {
                facts.add_number("account.encryption_types", types, NAMES);
            }
        }
    }
}

/// `PasswordLastSet` as a date, or `pwdLastSet` in steps of 100 ns since 1601.
fn add_password(record: &Record<'_>, facts: &mut FactTable) {
    if let Some(date) = record.property("PasswordLastSet").and_then(date) {
        facts.add_text("account.password_last_set", date, "PasswordLastSet");
        return;
    }
    // Through text, because a number that went through a float is not exact any more.
    let steps =
        text(record, "pwdLastSet").and_then(|text| text.parse::<i64>().ok()).filter(|steps| *steps > 0);
    let since_1970 = steps.map(|steps| steps.div_euclid(10_000_000) - TO_1970);
    if let Some(date) =
        since_1970.and_then(|seconds| date_of_text(&format!("/Date({})/", seconds.checked_mul(1000)?)))
    {
        facts.add_text("account.password_last_set", date, "pwdLastSet");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::read_records;

    fn read(json: &str) -> FactTable {
        let mut table = FactTable::default();
        read_records(json.as_bytes(), 0, |record| add_account(&record.unwrap(), &mut table));
        table
    }

    #[test]
    fn an_account_gives_what_the_directory_says_of_it() {
        let facts = read(
            r#"{"DistinguishedName":"CN=EX1,CN=Computers,DC=contoso,DC=com","Name":"EX1","SamAccountName":"EX1$","ObjectClass":"computer","Enabled":true,
            "MemberOf":["CN=Exchange Servers,OU=Microsoft Exchange Security Groups,DC=contoso,DC=com"],"msDS-SupportedEncryptionTypes":28,"PasswordLastSet":"2026-01-02T03:04:05Z"}"#,
        );
        assert_eq!(facts.text("account.name"), Some("EX1$"));
        assert_eq!(facts.flag("account.in_exchange_servers"), Some(true));
        assert_eq!(facts.number("account.encryption_types"), Some(28.0));
        assert_eq!(facts.text("account.password_last_set"), Some("2026-01-02T03:04:05Z"));
        assert_eq!(
            (facts.flag("account.enabled"), facts.flag("account.is_group_managed")),
            (Some(true), Some(false))
        );
    }

    #[test]
    fn raw_attributes_and_the_names_of_the_shell_mean_the_same() {
        let facts = read(
            r#"{"DistinguishedName":"CN=ASA,DC=contoso,DC=com","ObjectClass":["top","msDS-GroupManagedServiceAccount"],"KerberosEncryptionType":"{RC4, AES128, AES256}",
            "pwdLastSet":"132539826050000000","userAccountControl":4098}"#,
        );
        assert_eq!(facts.number("account.encryption_types"), Some(28.0));
        assert_eq!(facts.text("account.password_last_set"), Some("2021-01-01T13:50:05Z"));
        assert_eq!(
            (facts.flag("account.enabled"), facts.flag("account.is_group_managed")),
            (Some(false), Some(true))
        );
    }

    #[test]
    fn what_is_not_set_or_lost_is_not_known() {
        let facts = read(
            r#"{"DistinguishedName":"CN=EX1,DC=contoso,DC=com","MemberOf":"Microsoft.ActiveDirectory.Management.ADPropertyValueCollection",
            "KerberosEncryptionType":["None"],"msDS-SupportedEncryptionTypes":null,"PasswordLastSet":"1/2/2026 3:04:05 AM","pwdLastSet":0}"#,
        );
        assert!(facts.is_empty(), "{facts:?}");
    }
}
