//! Texts of CLIXML: XML's entities, PowerShell's `_x000D_` escapes, and spans of time.
//!
//! Borrows where nothing has to be replaced. Knows no element.

use std::borrow::Cow;

/// Resolves `_xHHHH_`, where HHHH is one UTF-16 unit; two of them can be one character.
pub(super) fn unescaped(text: Cow<'_, str>) -> Cow<'_, str> {
    if !text.contains("_x") {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = &*text;
    let mut replaced = false;
    while let Some(at) = rest.find("_x") {
        let (before, behind) = rest.split_at(at);
        out.push_str(before);
        let Some((unit, behind_one)) = unit(behind) else {
            out.push_str("_x");
            rest = behind.get(2..).unwrap_or_default();
            continue;
        };
        replaced = true;
        let pair = unit_pair(unit, behind_one);
        let (c, next) = pair.unwrap_or((char::from_u32(u32::from(unit)).unwrap_or('\u{FFFD}'), behind_one));
        out.push(c);
        rest = next;
    }
    out.push_str(rest);
    if replaced {
        Cow::Owned(out)
    } else {
        text
    }
}

/// The unit of an escape at the beginning of a text, and what is behind it.
fn unit(text: &str) -> Option<(u16, &str)> {
    let digits = text.get(2..6)?;
    let behind = text.get(6..)?.strip_prefix('_')?;
    let hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let unit = hexadecimal.then(|| u16::from_str_radix(digits, 16).ok()).flatten()?;
    Some((unit, behind))
}

/// The character of a first unit and the escape behind it.
fn unit_pair(first: u16, behind: &str) -> Option<(char, &str)> {
    if !(0xD800..0xDC00).contains(&first) || !behind.starts_with("_x") {
        return None;
    }
    let (second, rest) = unit(behind)?;
    let c = char::decode_utf16([first, second]).next()?.ok()?;
    Some((c, rest))
}

/// What an entity stands for; `None` for one that XML does not define.
pub(super) fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16),
            None => number.parse(),
        };
        return code.ok().and_then(char::from_u32);
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

/// An attribute's value with entities and escapes resolved.
pub(super) fn attribute(value: &str) -> Cow<'_, str> {
    if !value.contains('&') {
        return unescaped(Cow::Borrowed(value));
    }
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some((before, behind)) = rest.split_once('&') {
        out.push_str(before);
        match behind.split_once(';').and_then(|(name, behind)| Some((entity(name)?, behind))) {
            Some((c, behind)) => {
                out.push(c);
                rest = behind;
            }
            None => {
                out.push('&');
                rest = behind;
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(unescaped(Cow::Owned(out)).into_owned())
}

/// `P1DT2H3M4.5S` as the other forms print it: `1.02:03:04.5000000`.
pub(super) fn duration(text: &str) -> Option<String> {
    let (sign, rest) = match text.trim().strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.trim()),
    };
    let rest = rest.strip_prefix('P')?;
    let (date, time) = rest.split_once('T').unwrap_or((rest, ""));
    let part = |text: &mut &str, unit: char| -> Option<String> {
        let Some((number, behind)) = text.split_once(unit) else { return Some("0".to_owned()) };
        *text = behind;
        number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.').then(|| number.to_owned())
    };
    let (mut date, mut time) = (date, time);
    let days: u64 = part(&mut date, 'D')?.parse().ok()?;
    let hours: u64 = part(&mut time, 'H')?.parse().ok()?;
    let minutes: u64 = part(&mut time, 'M')?.parse().ok()?;
    let seconds = part(&mut time, 'S')?;
    if !date.is_empty() || !time.is_empty() {
        return None;
    }
    let (whole, fraction) = seconds.split_once('.').unwrap_or((&seconds, ""));
    let whole: u64 = whole.parse().ok()?;
    let days = if days == 0 { String::new() } else { format!("{days}.") };
    let fraction = if fraction.is_empty() { String::new() } else { format!(".{fraction:0<7}") };
    Some(format!("{sign}{days}{hours:02}:{minutes:02}:{whole:02}{fraction}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_resolved_and_look_alikes_stay() {
        for (written, meant) in [
            ("a_x000D__x000A_b", "a\r\nb"),
            ("_x005F_x000D_", "_x000D_"),
            ("_xD83D__xDE00_", "\u{1F600}"),
            ("_xD83D_", "\u{FFFD}"),
            ("max_xyz and _x12_ and _x", "max_xyz and _x12_ and _x"),
            ("_x00e4_", "\u{e4}"),
        ] {
            assert_eq!(unescaped(Cow::Borrowed(written)), meant, "{written}");
        }
        assert!(matches!(unescaped(Cow::Borrowed("plain")), Cow::Borrowed(_)));
    }

    #[test]
    fn entities_of_attributes_are_resolved_and_unknown_ones_stay() {
        assert_eq!(attribute("a &amp;&#x41;&#66; &unknown; &"), "a &AB &unknown; &");
        assert_eq!(attribute("&quot;_x000A_"), "\"\n");
    }

    #[test]
    fn a_span_of_time_prints_as_everywhere() {
        for (written, printed) in [
            ("PT10M", "00:10:00"),
            ("P1DT2H3M4.5S", "1.02:03:04.5000000"),
            ("-PT1S", "-00:00:01"),
            ("P7D", "7.00:00:00"),
        ] {
            assert_eq!(duration(written).as_deref(), Some(printed), "{written}");
        }
        assert_eq!(duration("00:10:00"), None);
        assert_eq!(duration("P1Y"), None);
    }
}
