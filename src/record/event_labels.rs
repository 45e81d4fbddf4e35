//! The labels in front of an event's message: whole as the viewer copies them, or what people left
//! of them.
//!
//! Labels are translated, their order is not: source second, id fourth, description last. Names of
//! labels help only where that order is gone.

use super::event_provider;

/// Most labels of a block from which some were left out.
const SHORT: usize = 10;

/// An event as far as a text tells it.
#[derive(Default)]
pub(super) struct Found<'t> {
    pub provider: Option<&'t str>,
    pub id: Option<u32>,
    pub computer: Option<&'t str>,
    pub log: Option<&'t str>,
    pub date: Option<&'t str>,
    pub level: Option<f64>,
    pub message: String,
}

/// The block of labels at the first of these lines, as far as it matters.
pub(super) fn labels_of<'t>(lines: &[&'t str]) -> Vec<(&'t str, &'t str)> {
    lines.iter().map_while(|line| label(line)).take(14).collect()
}

/// A label with its value: `Source:   MSExchangeTransport`.
pub(super) fn label(line: &str) -> Option<(&str, &str)> {
    let (label, value) = line.split_once([':', '\u{FF1A}'])?;
    let label = label.trim();
    (!label.is_empty() && label.chars().count() <= 40 && !label.starts_with("Event["))
        .then_some((label, value.trim()))
}

/// The labels of an event that somebody wrote into one line, each apart; any other line stays whole.
pub(super) fn apart(line: &str) -> Vec<&str> {
    if line.matches(':').count() < 3 || !(line.contains("  ") || line.contains(['\t', '|'])) {
        return vec![line];
    }
    let parts: Vec<&str> = line.split("  ").flat_map(|part| part.split(['\t', '|'])).map(str::trim).collect();
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let labels: Vec<(&str, &str)> = parts.iter().filter_map(|part| label(part)).collect();
    let is_event = parts.len() > 2 && labels.len() == parts.len() && named_header(&labels).is_some();
    if is_event {
        parts
    } else {
        vec![line]
    }
}

/// The labels of an event, whole or with some left out; with their length.
pub(super) fn any_header<'t>(labels: &[(&'t str, &'t str)]) -> Option<(Found<'t>, usize)> {
    header(labels).or_else(|| named_header(labels)).or_else(|| short_header(labels))
}

/// Labels of which somebody left some out or changed the order: one names a provider known here,
/// another is a number.
pub(super) fn short_header<'t>(labels: &[(&'t str, &'t str)]) -> Option<(Found<'t>, usize)> {
    let ends = |(label, value): &(&str, &str)| value.is_empty() || label.eq_ignore_ascii_case("Description");
    let last = labels.iter().position(ends);
    let block = labels.get(..last.unwrap_or(labels.len()).min(SHORT))?;
    // Names of protocols stand behind other labels, too: `WWW-Authenticate: NTLM`.
    let is_source =
        |value: &str| !["NTLM", "Kerberos", "LSA"].contains(&value) && event_provider::is_known(value);
    let source = block.iter().position(|(_, value)| is_source(value))?;
    let id = block.iter().position(|(_, value)| value.parse::<u16>().is_ok())?;
    if source.min(id) > 1 {
        return None;
    }
    // Labels have one word or a date; a sentence with a colon below them is the description.
    let is_value = |(_, value): &(&str, &str)| !value.contains(' ') || is_date(value);
    let length = 1 + block.iter().rposition(is_value).unwrap_or(0).max(source).max(id);
    let description = last.filter(|last| *last == length);
    let of = |name: &str| {
        let labels = block.iter().take(length);
        labels.filter(|(label, _)| label.eq_ignore_ascii_case(name)).map(|(_, value)| *value).next()
    };
    let found = Found {
        provider: block.get(source).map(|(_, value)| *value),
        id: block.get(id).and_then(|(_, value)| value.parse().ok()),
        computer: of("Computer").filter(is_computer),
        log: of("Log Name"),
        date: of("Date"),
        level: of("Level").or_else(|| of("Event Type")).and_then(level_of),
        message: beside(labels, description),
    };
    Some((found, length + usize::from(description.is_some())))
}

/// A computer's name has no blank and no slash.
fn is_computer(name: &&str) -> bool {
    !name.contains([' ', '/'])
}

/// The text beside the label that ends a block: the description may begin there.
fn beside(labels: &[(&str, &str)], last: Option<usize>) -> String {
    last.and_then(|last| labels.get(last)).map(|(_, text)| (*text).to_owned()).unwrap_or_default()
}

/// A date or a time, which may have blanks in it.
fn is_date(value: &str) -> bool {
    value.starts_with(|c: char| c.is_ascii_digit())
        && value.contains(['/', '.', '-', ':'])
        && value.len() <= 40
}

/// The level as a number, by its English name.
pub(super) fn level_of(level: &str) -> Option<f64> {
    match level.to_ascii_lowercase().as_str() {
        "critical" => Some(1.0),
        "error" => Some(2.0),
        "warning" => Some(3.0),
        "information" => Some(4.0),
        _ => None,
    }
}

/// Reads a block of labels, by their English names or by their order; with its length.
pub(super) fn header<'t>(labels: &[(&'t str, &'t str)]) -> Option<(Found<'t>, usize)> {
    let id_of = |value: &str| value.parse::<u32>().ok();
    let (_, value) = labels.get(3).filter(|(_, value)| id_of(value).is_some())?;
    let english = |names: &[&str]| {
        labels
            .iter()
            .find(|(label, _)| names.iter().any(|name| name.eq_ignore_ascii_case(label)))
            .map(|(_, value)| *value)
    };
    // A provider's name begins with a letter; what a tool prints in that place may be a number.
    let (_, source) = labels.get(1).filter(|(_, value)| value.starts_with(char::is_alphabetic))?;
    if labels.len() < 6 {
        return None;
    }
    // The description's label ends the block; its text may begin beside it.
    let description = labels.iter().position(|(label, _)| label.eq_ignore_ascii_case("Description"));
    // In every layout eight or more labels stand before it.
    let empty = || labels.iter().skip(8).position(|(_, value)| value.is_empty()).map(|at| at + 8);
    let last = description.or_else(empty);
    let length = last.map_or(labels.len(), |last| last + 1);
    // It stands before the description; without that one the block was cut, and nobody knows.
    let before = || labels.get(last?.checked_sub(1)?).map(|(_, value)| *value);
    let computer = english(&["Computer"]).or_else(before);
    let level = english(&["Level", "Event Type"]).and_then(level_of);
    let old = labels.first().is_some_and(|(label, _)| label.eq_ignore_ascii_case("Event Type"));
    Some((
        Found {
            provider: Some(source),
            id: id_of(value),
            computer: computer.filter(|name| !name.is_empty()).filter(is_computer),
            log: labels.first().filter(|_| !old).map(|(_, log)| *log),
            date: english(&["Date"]),
            level,
            message: beside(labels, last),
        },
        length,
    ))
}

/// The label of an event's number, in the languages that copies of events come in.
const ID_LABELS: [&str; 8] = [
    "Event ID",
    "Ereignis-ID",
    "ID de l\u{2019}événement",
    "ID de l'événement",
    "Id. del evento",
    "Identyfikator zdarzenia",
    "事件 ID",
    "イベント ID",
];

/// The label of an event's source, likewise, and the one of its log.
const SOURCE_LABELS: [&str; 8] =
    ["Source", "Event Source", "Quelle", "Origen", "Źródło", "来源", "ソース", "Provider"];

/// Labels of an event of which somebody left out some: a source and a number by their names, and
/// nothing but labels around them.
pub(super) fn named_header<'t>(labels: &[(&'t str, &'t str)]) -> Option<(Found<'t>, usize)> {
    let place = |names: &[&str]| {
        labels.iter().take(8).position(|(label, _)| names.iter().any(|name| name.eq_ignore_ascii_case(label)))
    };
    let value = |at: usize| labels.get(at).map(|(_, value)| *value).filter(|value| !value.is_empty());
    let (id, source) = (place(&ID_LABELS)?, place(&SOURCE_LABELS)?);
    let number = value(id)?.parse::<u32>().ok()?;
    let provider = value(source).filter(|name| !name.contains(['.', ',']) && name.split(' ').count() < 4)?;
    // The first of these lines begins the block: with the log's name or with the source.
    if source > 1 || id < source {
        return None;
    }
    let computer = place(&["Computer", "Ordinateur", "Equipo", "Komputer"]).and_then(value);
    let end = labels
        .iter()
        .take(14)
        .position(|(label, text)| label.eq_ignore_ascii_case("Description") || text.is_empty());
    Some((
        Found {
            provider: Some(provider),
            id: Some(number),
            computer: computer.filter(is_computer),
            log: labels.first().filter(|_| source == 1).map(|(_, log)| *log),
            message: beside(labels, end),
            ..Found::default()
        },
        end.map_or(id + 1, |end| end + 1),
    ))
}
