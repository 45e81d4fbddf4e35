//! Shapes that no display language changes: distinguished names, SPNs, codes,
//! decimals, addresses. Reads one line or token at a time; knows no tool.

use regex::Regex;
use std::net::IpAddr;
use std::sync::LazyLock;

/// Compiles a pattern that is written in this crate.
#[allow(clippy::expect_used)] // A constant, and compiled by the tests of the file that uses it.
pub(super) fn pattern(text: &'static str) -> Regex {
    Regex::new(text).expect("a pattern of this crate is valid")
}

/// A DN ends with its last domain component; words may stand before and behind it.
static DN: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)(?:^|[^a-z0-9,=])((?:(?:CN|OU)=.*, ?DC=|DC=(?:.*, ?DC=)?)[a-z0-9_-]+)"));

/// Text before a DN, the DN, and the text behind it.
pub(super) fn split_dn(line: &str) -> Option<(&str, &str, &str)> {
    let dn = DN.captures(line)?.get(1)?;
    Some((line.get(..dn.start())?, dn.as_str(), line.get(dn.end()..)?))
}

/// The value of a DN's first component, without escapes: `EX1` of `CN=EX1,OU=Exchange,DC=contoso,DC=com`.
pub(super) fn common_name(dn: &str) -> String {
    let mut name = String::new();
    let mut escaped = false;
    // The line feed in the name of a conflict object.
    let value = dn.split_once('=').map_or("", |(_, value)| value).replace("\\0A", "\n");
    for c in value.chars() {
        match c {
            '\\' if !escaped => escaped = true,
            ',' if !escaped => break,
            other => {
                name.push(other);
                escaped = false;
            }
        }
    }
    name
}

/// True for a service principal name: `class/host[:port][/name]`, no blanks. Not for dates, addresses and paths.
pub(super) fn is_spn(token: &str) -> bool {
    let Some((class, rest)) = token.split_once('/') else {
        return false;
    };
    // What may stand in an SPN is open, and a lost SPN would look like a missing one.
    !rest.is_empty()
        && !rest.starts_with('/')
        && !class.contains([':', '\\', '=', ',', '<', '"'])
        && class.chars().any(char::is_alphabetic)
        && !token.contains(char::is_whitespace)
}

/// A decimal with a point or a comma: `+00.0123456`, `-00,25`.
pub(super) fn decimal(text: &str) -> Option<f64> {
    let text = text.strip_prefix('+').unwrap_or(text);
    if text.len() > 40 {
        return None;
    }
    let number: f64 = text.replace(',', ".").parse().ok()?;
    number.is_finite().then_some(number)
}

/// A status in any of its spellings (`0x80090322`, `-2146893022`, `2148074274`) as one number.
pub(super) fn code(text: &str) -> Option<u32> {
    if let Some(hex) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        return u32::from_str_radix(hex, 16).ok();
    }
    let number: i64 = text.parse().ok()?;
    u32::try_from(number)
        .ok()
        .or_else(|| i32::try_from(number).ok().map(|n| u32::from_ne_bytes(n.to_ne_bytes())))
}

static HEX_IN_BRACKETS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\((0[xX][0-9A-Fa-f]{3,8})\)"));

/// The code at the end of a message: `... has not been started. (0x80070426)`.
pub(super) fn bracketed_code(line: &str) -> Option<u32> {
    code(HEX_IN_BRACKETS.captures_iter(line).last()?.get(1)?.as_str())
}

/// The address, without brackets and zone, when the token is one.
pub(super) fn address(token: &str) -> Option<&str> {
    let token = token.trim_matches(['[', ']', '(', ')', ',', ';']);
    let bare = token.split_once('%').map_or(token, |(bare, _)| bare);
    bare.parse::<IpAddr>().is_ok().then_some(bare)
}

/// True for a host name as it stands in tool output; placeholders such as `<server>` are none.
pub(super) fn is_host(token: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    token.len() < 256 && token.chars().all(word) && token.chars().any(|c| c.is_ascii_alphanumeric())
}

/// Label and value around the first colon. In French a blank stands before it.
pub(super) fn labelled(line: &str) -> Option<(&str, &str)> {
    let (label, value) = line.split_once(':')?;
    Some((label.trim(), value.trim()))
}

/// The median; `None` for no numbers at all.
pub(super) fn median(numbers: &[f64]) -> Option<f64> {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.get(sorted.len() / 2).copied()?;
    if sorted.len() % 2 == 1 {
        return Some(middle);
    }
    let below = sorted.get((sorted.len() / 2).checked_sub(1)?).copied()?;
    Some(f64::midpoint(below, middle))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dn_is_found_between_words_of_any_language() {
        for (line, dn, behind) in [
            ("Registered for CN=EX1,OU=A B,DC=contoso,DC=com:", "CN=EX1,OU=A B,DC=contoso,DC=com", ":"),
            ("ドメイン DC=contoso,DC=com を確認", "DC=contoso,DC=com", " を確認"),
            ("用于CN=EX1,DC=contoso,DC=com:", "CN=EX1,DC=contoso,DC=com", ":"),
        ] {
            let (_, found, after) = split_dn(line).unwrap();
            assert_eq!((found, after), (dn, behind));
        }
        assert_eq!(split_dn("DC=<name of the partition>"), None);
        assert_eq!(split_dn("OPTIONS: IS_GC"), None);
    }

    #[test]
    fn a_common_name_may_hold_an_escaped_comma() {
        assert_eq!(common_name(r"CN=Doe\, Jane,OU=Staff,DC=contoso,DC=com"), "Doe, Jane");
    }

    #[test]
    fn spns_are_told_from_dates_addresses_and_paths() {
        for spn in [
            "HTTP/mail.contoso.com",
            "SMTPSVC/EX1",
            "MSSQLSvc/db.contoso.com:1433",
            "E3514235-4B06-11D1-AB04-00C04FC2DCD2/b6dc8589-7e00-4a5d-b688-045aef63ec01/contoso.com",
            "HTTP/*",
        ] {
            assert!(is_spn(spn), "{spn}");
        }
        for other in ["2026/10/3", "https://mail.contoso.com/owa", "fails/", "/sc_verify", "a b/c", "C:\\x/y"]
        {
            assert!(!is_spn(other), "{other}");
        }
    }

    #[test]
    fn one_status_in_four_spellings_is_one_number() {
        for spelling in ["0x80090322", "-2146893022", "2148074274", "0X80090322"] {
            assert_eq!(code(spelling), Some(0x8009_0322));
        }
        assert_eq!(code("99999999999"), None);
    }

    #[test]
    fn the_median_of_an_even_number_lies_between() {
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(median(&[]), None);
    }

    #[test]
    fn zones_and_brackets_do_not_belong_to_an_address() {
        assert_eq!(address("fe80::1%6"), Some("fe80::1"));
        assert_eq!(address("[192.0.2.1]"), Some("192.0.2.1"));
        assert_eq!(address("EX1"), None);
    }
}
