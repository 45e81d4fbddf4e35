//! Events as bare text: Event Viewer's copy, `wevtutil /f:text`, an id with a message, or
//! only the message.
//!
//! Labels are translated, their order is not: source second, id fourth, description last. A
//! sentence alone is recognised by words that no language changes; its provider stays unknown
//! where several share it.

use super::event_labels::{any_header, header, labels_of, named_header, short_header, Found};
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
const NAMED: [&str; 21] = [
    "MSExchangeFrontEndTransport",
    "MSExchangeTransportDelivery",
    "MSExchangeTransportSubmission",
    "MSExchangeTransport",
    "MSExchange OWA",
    "MSExchange Web Services",
    "MSExchange Control Panel",
    "MSExchange Availability",
    "MSExchange Front End HTTPS Proxy",
    "MSExchange Front End HTTP Proxy",
    "MSExchange BackEndRehydration",
    "MSExchange ADAccess",
    "MSExchange ActiveSync",
    "MSExchange OAuth",
    "MSExchangeIS",
    "HttpEvent",
    "NETLOGON",
    "Security-Kerberos",
    "Key-Distribution-Center",
    "Time-Service",
    "LsaSrv",
];

/// How the description of a failed sign-in begins: it has paragraphs, and its first line alone says nothing.
const FAILED_LOGON: &str = "An account failed to log on.";

/// The provider of transport events, where a text does not say which of the transport services it was.
const TRANSPORT: &str = "MSExchangeTransport";

/// Sentences known by words that are the same in every language: all must be there.
const SENTENCES: [(&[&str], Option<&str>, u16); 21] = [
    (&["Set-WebServicesVirtualDirectory", "SPN"], Some("MSExchange Web Services"), 0),
    (&["internalHostname", "SPN", "Kerberos"], Some("MSExchange Web Services"), 0),
    (&["internalURL", "SPN", "Kerberos"], Some("MSExchange OWA"), 71),
    (
        &["tried to proxy Outlook", "authentication for the connection between the two"],
        Some("MSExchange OWA"),
        71,
    ),
    (&["AllowProxyingWithoutSSL"], Some("MSExchange OWA"), 42),
    (&["AllowInternalUntrustedCerts"], Some("MSExchange OWA"), 43),
    (&["BackendRehydrationException"], Some("MSExchange BackEndRehydration"), 3002),
    (&["DS_SERVICE_PRINCIPAL_NAME"], Some("KDC"), 11),
    (&["STARTTLS", "FQDN", "Enable-ExchangeCertificate"], Some(TRANSPORT), 12014),
    (
        &["Enable-ExchangeCertificate", "Import-ExchangeCertificate", "New-ExchangeCertificate"],
        Some(TRANSPORT),
        12013,
    ),
    // English only: nothing in these sentences stays the same.
    (&["internal transport certificate", "expired"], Some(TRANSPORT), 12015),
    (&["no valid SMTP", "certificate for the FQDN"], Some(TRANSPORT), 12016),
    (&["NTLM client blocked", "Target server"], Some("NTLM"), 4001),
    (&["NTLM server blocked", "NTLM authentication"], Some("NTLM"), 4002),
    (&[FAILED_LOGON, "Sub Status"], Some("Security-Auditing"), 4625),
    (&["Security System detected an authentication error for the server"], Some("LsaSrv"), 40960),
    (&["could not establish a secured connection with the server"], Some("LsaSrv"), 40961),
    (&["Inbound direct trust authentication failed for certificate"], None, 1036),
    (&["Outbound direct trust authentication failed for certificate"], None, 2018),
    (&["provided valid credentials, but is not authorized"], None, 1020),
    (&["does not have submit permissions on SMTP Receive connector"], None, 1018),
];

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
        match (any_header(&labels), found.last_mut()) {
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

/// True when the description of a failed sign-in begins here, without labels above it.
fn is_failed_logon(lines: &[&str]) -> bool {
    lines.first().is_some_and(|line| line.trim() == FAILED_LOGON)
        && lines.iter().take(8).any(|line| line.trim_start().starts_with("Security ID"))
}

/// True when an event's labels begin at the first of these lines.
pub(super) fn is_header(lines: &[&str]) -> bool {
    let labels = labels_of(lines);
    // An object that the shell printed may have a number in the fourth place.
    let printed = || list_text::is_printed(lines.get(..lines.len().min(14)).unwrap_or_default());
    named_header(&labels).is_some()
        || is_failed_logon(lines)
        || (header(&labels).is_some() || short_header(&labels).is_some())
            && !printed()
            && !labels.iter().any(is_attribute)
}

/// An object of the directory may have a number in the fourth place, too.
fn is_attribute((label, _): &(&str, &str)) -> bool {
    const NAMES: [&str; 5] =
        ["objectClass", "sAMAccountName", "servicePrincipalName", "distinguishedName", "memberOf"];
    let label = label.trim_start_matches(|c: char| c.is_ascii_digit() || c == '>').trim();
    NAMES.iter().any(|name| name.eq_ignore_ascii_case(label))
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
    let starts = numbered(text);
    if starts.len() > 1 {
        let ends = starts.iter().skip(1).copied().chain([text.len()]);
        let parts = starts.iter().copied().zip(ends).filter_map(|(start, end)| text.get(start..end));
        return parts.flat_map(sentences_of).collect();
    }
    sentences_of(text)
}

/// Where lines begin with the number of an event: `Event ID 1035, ...`, `Event 1035`.
fn numbered(text: &str) -> Vec<usize> {
    let mut at = 0;
    let mut starts = Vec::new();
    for line in text.split_inclusive('\n') {
        let begins = |id: regex::Match<'_>| {
            line.get(..id.start()).is_some_and(|before| before.chars().count() < 12)
                && line.trim_start().get(..5).is_some_and(|word| word.eq_ignore_ascii_case("event"))
        };
        if EVENT_ID.captures(line).and_then(|found| found.get(1)).is_some_and(begins) {
            starts.push(at);
        }
        at += line.len();
    }
    starts
}

fn sentences_of(text: &str) -> Vec<Found<'_>> {
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
