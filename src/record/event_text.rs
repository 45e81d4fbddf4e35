//! Events as bare text: Event Viewer's copy, `wevtutil /f:text`, an id with a message, or
//! only the message.
//!
//! Labels are translated, their order is not: source second, id fourth, description last. A
//! sentence alone is recognised by words that no language changes; its provider stays unknown
//! where several share it.

use super::event_words as words;
use super::list_text;
use super::read::{Body, Record};
use super::value::{Fields, Value};
use regex::Regex;
use std::borrow::Cow;
use std::sync::LazyLock;

/// `Event ID 1035`, `Event ID: 1035`, `Event 1035,`.
#[allow(clippy::unwrap_used)] // constant pattern, compiled by every test
static EVENT_ID: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:^|[^0-9A-Za-z])event[ \t]*(?:id)?[ \t]*[:=#]?[ \t]*([0-9]{1,5})(?:$|[^0-9A-Za-z])")
        .unwrap()
});

/// Providers whose name in a text tells whose event it is, the longest first.
const NAMED: [&str; 12] = [
    "MSExchangeFrontEndTransport",
    "MSExchangeTransportDelivery",
    "MSExchangeTransportSubmission",
    "MSExchangeTransport",
    "MSExchange OWA",
    "MSExchange Web Services",
    "MSExchange Control Panel",
    "MSExchange Availability",
    "Security-Kerberos",
    "Key-Distribution-Center",
    "Time-Service",
    "LsaSrv",
];

/// The provider of transport events, where a text does not say which of the transport services it was.
const TRANSPORT: &str = "MSExchangeTransport";

/// Sentences known by words that are the same in every language: all must be there.
const SENTENCES: [(&[&str], Option<&str>, u16); 15] = [
    (&["Set-WebServicesVirtualDirectory", "SPN"], Some("MSExchange Web Services"), 0),
    (&["internalHostname", "SPN", "Kerberos"], Some("MSExchange Web Services"), 0),
    (&["internalURL", "SPN", "Kerberos"], Some("MSExchange OWA"), 71),
    (&["AllowProxyingWithoutSSL"], Some("MSExchange OWA"), 42),
    (&["AllowInternalUntrustedCerts"], Some("MSExchange OWA"), 43),
    (&["DS_SERVICE_PRINCIPAL_NAME"], Some("KDC"), 11),
    (&["STARTTLS", "FQDN", "Enable-ExchangeCertificate"], Some(TRANSPORT), 12014),
    // English only: nothing in these sentences stays the same.
    (&["internal transport certificate", "expired"], Some(TRANSPORT), 12015),
    (&["no valid SMTP", "certificate for the FQDN"], Some(TRANSPORT), 12016),
    (&["Security System detected an authentication error for the server"], Some("LsaSrv"), 40960),
    (&["could not establish a secured connection with the server"], Some("LsaSrv"), 40961),
    (&["Inbound direct trust authentication failed for certificate"], None, 1036),
    (&["Outbound direct trust authentication failed for certificate"], None, 2018),
    (&["provided valid credentials, but is not authorized"], None, 1020),
    (&["does not have submit permissions on SMTP Receive connector"], None, 1018),
];

/// An event as far as a text tells it.
#[derive(Default)]
struct Found<'t> {
    provider: Option<&'t str>,
    id: Option<u32>,
    computer: Option<&'t str>,
    log: Option<&'t str>,
    date: Option<&'t str>,
    level: Option<f64>,
    message: String,
}

/// The events of a text; empty when it holds none.
pub(super) fn records(text: &str) -> Vec<Record<'static>> {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let mut found: Vec<Found<'_>> = Vec::new();
    let mut at = 0;
    // An object that the shell printed has labels in any order, and one of an unknown kind may have
    // a number in the fourth place.
    let printed = list_text::is_printed(&lines);
    while let Some(line) = lines.get(at).filter(|_| !printed) {
        let labels = labels_of(lines.get(at..).unwrap_or_default());
        match (header(&labels).or_else(|| named_header(&labels)), found.last_mut()) {
            (Some((event, length)), _) => {
                found.push(event);
                at += length;
                continue;
            }
            (None, Some(event)) => event.take_line(line),
            (None, None) => {}
        }
        at += 1;
    }
    if found.is_empty() {
        found = sentences(text);
    }
    found.into_iter().map(Found::into_record).collect()
}

/// Where the first event of a text begins, in bytes: at its labels, its number or its sentence.
pub(super) fn begin(text: &str) -> usize {
    let mut at = 0;
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let bare: Vec<&str> = lines.iter().map(|line| line.trim_end()).collect();
    for (index, line) in lines.iter().enumerate() {
        if is_header(bare.get(index..).unwrap_or_default()) {
            return at;
        }
        at += line.len();
    }
    let number = EVENT_ID.find(text).map(|found| found.start());
    // Without labels and number it is the first paragraph with a known sentence.
    let mut at = 0;
    let mut sentence = text.len();
    for paragraph in text.split_inclusive("\n\n") {
        if recognised(paragraph).is_some() {
            sentence = at;
            break;
        }
        at += paragraph.len();
    }
    number.unwrap_or(sentence).min(sentence)
}

/// True when an event's labels begin at the first of these lines.
pub(super) fn is_header(lines: &[&str]) -> bool {
    // Most lines are told by the fourth one alone.
    let id = lines.get(3).and_then(|line| label(line)).is_some_and(|(_, id)| id.parse::<u32>().is_ok());
    // An object that the shell printed may have a number in the fourth place.
    let printed = || list_text::is_printed(lines.get(..lines.len().min(14)).unwrap_or_default());
    let labels = || header(&labels_of(lines)).is_some();
    id && labels() && !printed() || named_header(&labels_of(lines)).is_some()
}

/// The block of labels at the first of these lines, as far as it matters.
fn labels_of<'t>(lines: &[&'t str]) -> Vec<(&'t str, &'t str)> {
    lines.iter().map_while(|line| label(line)).take(14).collect()
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
fn named_header<'t>(labels: &[(&'t str, &'t str)]) -> Option<(Found<'t>, usize)> {
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
            computer: computer.filter(|name| !name.contains([' ', '/'])),
            log: labels.first().filter(|_| source == 1).map(|(_, log)| *log),
            message: end
                .and_then(|end| labels.get(end))
                .map(|(_, text)| (*text).to_owned())
                .unwrap_or_default(),
            ..Found::default()
        },
        end.map_or(id + 1, |end| end + 1),
    ))
}

/// A label with its value: `Source:   MSExchangeTransport`.
fn label(line: &str) -> Option<(&str, &str)> {
    let (label, value) = line.split_once([':', '\u{FF1A}'])?;
    let label = label.trim();
    (!label.is_empty() && label.chars().count() <= 40 && !label.starts_with("Event["))
        .then_some((label, value.trim()))
}

/// Reads a block of labels, by their English names or by their order; with its length.
fn header<'t>(labels: &[(&'t str, &'t str)]) -> Option<(Found<'t>, usize)> {
    let id_of = |value: &str| value.parse::<u32>().ok();
    let (_, value) = labels.get(3).filter(|(_, value)| id_of(value).is_some())?;
    let english = |names: &[&str]| {
        labels
            .iter()
            .find(|(label, _)| names.iter().any(|name| name.eq_ignore_ascii_case(label)))
            .map(|(_, value)| *value)
    };
    let (_, source) = labels.get(1).filter(|(_, value)| !value.is_empty())?;
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
    let level =
        english(&["Level", "Event Type"]).and_then(|level| match level.to_ascii_lowercase().as_str() {
            "critical" => Some(1.0),
            "error" => Some(2.0),
            "warning" => Some(3.0),
            "information" => Some(4.0),
            _ => None,
        });
    let old = labels.first().is_some_and(|(label, _)| label.eq_ignore_ascii_case("Event Type"));
    Some((
        Found {
            provider: Some(source),
            id: id_of(value),
            computer: computer.filter(|name| !name.is_empty() && !name.contains([' ', '/'])),
            log: labels.first().filter(|_| !old).map(|(_, log)| *log),
            date: english(&["Date"]),
            level,
            message: last
                .and_then(|last| labels.get(last))
                .map(|(_, text)| (*text).to_owned())
                .unwrap_or_default(),
        },
        length,
    ))
}

impl Found<'_> {
    /// A line behind the labels is one of the description, up to the next event's number.
    fn take_line(&mut self, line: &str) {
        if line.trim_start().starts_with("Event[") || (self.message.is_empty() && line.trim().is_empty()) {
            return;
        }
        if !self.message.is_empty() {
            self.message.push('\n');
        }
        self.message.push_str(line.trim());
    }

    fn into_record(self) -> Record<'static> {
        let text = |text: &str| Value::Text(Cow::Owned(text.to_owned()));
        let mut fields: Fields<'static> = Vec::new();
        for (name, value) in [
            ("ProviderName", self.provider),
            ("MachineName", self.computer),
            ("LogName", self.log),
            ("TimeCreated", self.date),
            ("Message", Some(self.message.trim()).filter(|message| !message.is_empty() && *message != "N/A")),
        ] {
            if let Some(value) = value {
                fields.push((Cow::Borrowed(name), text(value)));
            }
        }
        if let Some(id) = self.id {
            fields.push((Cow::Borrowed("Id"), Value::Int(i64::from(id))));
        }
        if let Some(level) = self.level {
            fields.push((Cow::Borrowed("Level"), Value::Float(level)));
        }
        let mut record = Record::of_text("");
        record.types = vec![Cow::Borrowed("ExAuth.Event")];
        record.body = Body::Properties(fields);
        record
    }
}

/// Events without labels: an id with a message, or known sentences, a paragraph each.
fn sentences(text: &str) -> Vec<Found<'_>> {
    let provider = NAMED.iter().find(|name| text.contains(**name)).copied().map(|name| match name {
        "Key-Distribution-Center" => "KDC",
        name => name,
    });
    if let Some(found) = EVENT_ID.captures(text).and_then(|found| found.get(1)) {
        let message =
            text.get(found.end()..).unwrap_or_default().trim_start_matches([':', '.', ',', ' ', '\r', '\n']);
        // A number somebody mentions is no event; one with a provider or a known sentence is.
        let sentence = recognised(text);
        let of_sentence = sentence.is_some() || words::status(message).is_some();
        if provider.is_some() || of_sentence {
            let provider = provider.or(sentence.and_then(|(provider, _)| provider));
            return vec![Found {
                provider,
                id: found.as_str().parse().ok(),
                message: message.to_owned(),
                ..Found::default()
            }];
        }
    }
    let whole = |paragraph: &str| {
        let (of_sentence, id) = recognised(paragraph)?;
        let id = (id != 0).then_some(u32::from(id));
        Some(Found {
            provider: match of_sentence {
                Some(TRANSPORT) => provider.filter(|name| name.starts_with("MSExchange")).or(of_sentence),
                known => known.or(provider),
            },
            id,
            message: paragraph.trim().to_owned(),
            ..Found::default()
        })
    };
    let text_of_paragraphs = text.replace("\r\n", "\n");
    let paragraphs: Vec<Found<'_>> = text_of_paragraphs.split("\n\n").filter_map(whole).collect();
    if paragraphs.is_empty() {
        whole(text).into_iter().collect()
    } else {
        paragraphs
    }
}

/// The provider, where one alone has it, and the number (0: not known) of a sentence.
fn recognised(text: &str) -> Option<(Option<&'static str>, u16)> {
    let has = |words: &[&str]| words.iter().all(|word| text.contains(word));
    if let Some((_, provider, id)) = SENTENCES.iter().find(|(words, ..)| has(words)) {
        return Some((*provider, *id));
    }
    if let Some(name) = words::kerberos_error_name(text) {
        if words::kerberos_code(text).is_some() && words::spns(text).next().is_some() {
            return Some((Some("Security-Kerberos"), 3));
        }
        let names_both = words::computer_account(text).is_some() || words::spns(text).next().is_some();
        return (name == "KRB_AP_ERR_MODIFIED" && names_both).then_some((Some("Security-Kerberos"), 4));
    }
    // 1035 has a status, a mechanism and the partner in brackets; 2017 an SPN instead of it.
    let mechanism = words::mechanism(text)?;
    words::known_status(text)?;
    if text.contains('[') && text.contains(']') {
        return Some((None, 1035));
    }
    let target = words::spns(text).next().is_some();
    (target && mechanism != "Login").then_some((None, 2017))
}
