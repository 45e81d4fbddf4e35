//! Kerberos errors in events: name, number, and who was asked for.
//!
//! Event 3 of Security-Kerberos has fourteen values, by name or by position; all others name
//! the error in their text. 0x19 is normal traffic and stated like any other.

use super::event::Inserted;
use super::event_known::{add, add_by_shape, Role};
use super::event_words as words;
use crate::fact::FactTable;

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

/// Kerberos events: the error's name and number, and in event 3 who was asked for.
pub(super) fn add_kerberos(
    facts: &mut FactTable,
    id: Option<u16>,
    (strings, property): (&[Inserted], &'static str),
    message: &str,
) {
    let named = |name: &str, position: usize| {
        let by_name = strings.iter().find(|string| string.name.eq_ignore_ascii_case(name));
        // The manifest's order, when names were lost on the way.
        let by_position = || (strings.len() >= 14).then(|| strings.get(position)).flatten();
        by_name.or_else(by_position).map(|string| string.value.as_str()).filter(|value| !value.is_empty())
    };
    let of_strings = id == Some(3) && named("ErrorCode", 3).is_some();
    let (code, name, from) = if of_strings {
        (
            named("ErrorCode", 3).and_then(words::hexadecimal),
            named("ErrorMessage", 4).and_then(words::kerberos_error_name),
            property,
        )
    } else {
        (words::kerberos_code(message), words::kerberos_error_name(message), "Message")
    };
    let number_of = |name: &str| {
        KERBEROS_ERRORS.iter().find(|(_, known)| *known == name).map(|(code, _)| (*code).to_owned())
    };
    let name_of = |code: &str| {
        KERBEROS_ERRORS.iter().find(|(known, _)| *known == code).map(|(_, name)| (*name).to_owned())
    };
    let code = code.or_else(|| name.as_deref().and_then(number_of));
    let name = name.or_else(|| code.as_deref().and_then(name_of));
    facts.add_text("event.kerberos_error", code.unwrap_or_default(), from);
    facts.add_text("event.kerberos_error_name", name.unwrap_or_default(), from);
    if id != Some(3) {
        return;
    }
    let extended = if of_strings { named("ExtendedError", 5).unwrap_or_default() } else { message };
    facts.add_text("event.kerberos_extended", words::ntstatus(extended).unwrap_or_default(), from);
    if of_strings {
        let asked = named("ServerName", 9).or_else(|| named("TargetName", 10)).unwrap_or_default();
        add(facts, Role::Spn, asked, property);
    } else {
        add_by_shape(facts, Role::Spn, message);
    }
}
