//! Points in time to ISO 8601 in UTC, whole seconds: `2021-01-15T22:50:05Z`.
//!
//! Reads `/Date(ms)/` of Windows PowerShell's JSON and ISO 8601 with a zone. A date without
//! a zone or in the server's culture is "not given": nobody can say what `01-02-21` is.
//! Whole seconds, because the forms carry different fractions and equal lengths sort as time does.

use super::tolerant::unwrapped;
use super::value::Value;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// Windows counts from here; older values (0001-01-01) mean that nothing was set.
const FIRST_YEAR: i64 = 1601;

/// The point in time that a value names for certain.
pub(super) fn date(value: &Value<'_>) -> Option<String> {
    match unwrapped(value) {
        Value::Text(text) => date_of_text(text),
        _ => None,
    }
}

/// The point in time that a text names for certain.
pub(super) fn date_of_text(text: &str) -> Option<String> {
    let text = text.trim();
    let seconds = match text.strip_prefix("/Date(").and_then(|rest| rest.strip_suffix(")/")) {
        // `/Date(1610751005000+0100)/`: the offset only tells the writer's zone.
        Some(inner) => {
            let digits = inner.find(['+']).or_else(|| inner.rfind('-').filter(|at| *at > 0));
            inner.get(..digits.unwrap_or(inner.len()))?.parse::<i64>().ok()?.div_euclid(1000)
        }
        None => seconds_of_iso(text)?,
    };
    let (year, month, day) = civil(seconds.div_euclid(DAY));
    let second = seconds.rem_euclid(DAY);
    (FIRST_YEAR..=9999).contains(&year).then(|| {
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    })
}

/// Takes `digits` digits off the front.
fn take(text: &mut &str, digits: usize) -> Option<i64> {
    let head = text.get(..digits)?;
    *text = text.get(digits..)?;
    head.bytes().all(|byte| byte.is_ascii_digit()).then(|| head.parse().ok()).flatten()
}

fn skip(text: &mut &str, one_of: &[char]) -> Option<()> {
    *text = text.strip_prefix(one_of)?;
    Some(())
}

pub(super) fn seconds_of_iso(mut text: &str) -> Option<i64> {
    let rest = &mut text;
    let year = take(rest, 4)?;
    skip(rest, &['-'])?;
    let month = take(rest, 2)?;
    skip(rest, &['-'])?;
    let day = take(rest, 2)?;
    skip(rest, &['T', 't', ' '])?;
    let hour = take(rest, 2)?;
    skip(rest, &[':'])?;
    let minute = take(rest, 2)?;
    skip(rest, &[':'])?;
    let second = take(rest, 2)?;
    if let Some(fraction) = rest.strip_prefix('.') {
        *rest = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
    }
    let offset = match *rest {
        "Z" | "z" => 0,
        _ => {
            let sign = if rest.starts_with('-') { -1 } else { 1 };
            skip(rest, &['+', '-'])?;
            let hours = take(rest, 2)?;
            skip(rest, &[':'])?;
            let minutes = take(rest, 2)?;
            if !rest.is_empty() {
                return None;
            }
            sign * (hours * 3600 + minutes * 60)
        }
    };
    let real =
        (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60 && second < 61;
    real.then(|| days(year, month, day) * DAY + hour * 3600 + minute * 60 + second - offset)
}

/// Days from 1970-01-01 to a date of the Gregorian calendar.
/// March-based years, so that the leap day is the last of its year.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The date that is `days` after 1970-01-01.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::date_of_text;

    #[test]
    fn every_certain_form_of_an_instant_is_the_same_text() {
        for form in [
            "/Date(1610751005000)/",
            "/Date(1610751005123+0100)/",
            "2021-01-15T22:50:05.0000000Z",
            "2021-01-15T22:50:05.833733500Z",
            "2021-01-15T22:50:05Z",
            "2021-01-15T14:50:05-08:00",
            "2021-01-16T00:50:05.12+02:00",
        ] {
            assert_eq!(date_of_text(form).as_deref(), Some("2021-01-15T22:50:05Z"), "{form}");
        }
    }

    #[test]
    fn a_date_without_zone_or_in_some_culture_is_not_given() {
        for form in [
            "2021-01-15T22:50:05",
            "15-01-21 23:50:05",
            "2019/11/4 13:31:03",
            "9/29/2022 12:10:42 PM",
            "",
            "Z",
        ] {
            assert_eq!(date_of_text(form), None, "{form}");
        }
        assert_eq!(date_of_text("0001-01-01T00:00:00Z"), None);
        assert_eq!(date_of_text("2021-13-15T22:50:05Z"), None);
    }

    #[test]
    fn leap_days_and_instants_before_1970_are_right() {
        assert_eq!(date_of_text("2000-02-29T23:59:59-00:01").as_deref(), Some("2000-03-01T00:00:59Z"));
        assert_eq!(date_of_text("/Date(-86400000)/").as_deref(), Some("1969-12-31T00:00:00Z"));
    }
}
