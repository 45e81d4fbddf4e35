//! SMTP replies inside LastError texts: the innermost one, and what stood around it.
//!
//! A LastError may wrap a reply in a failover sentence, that in a proxy sentence, and all in
//! a `[{LED=...};{FQDN=...}]` record; people retype, translate and wrap it on top. The codes
//! survive all that, so they are looked for first, and the frame second. Judges nothing.

use super::host::{address, place};
use super::kind::{Kind, Property};
use super::read::Record;
use super::reply_frame::{frame, Frame};
use super::tolerant::{folded, text};
use super::value::Value;
use crate::fact::FactTable;
use regex::{Match, Regex};
use std::sync::LazyLock;

/// A pasted LastError or SMTP reply, made from a text; also a row of the tracking log, and a
/// digest of queues that lost its details.
pub static KIND: Kind = Kind {
    name: "reply",
    types: &["Reply", "MessageTrackingEvent", "QueueDigestPresentationObject"],
    object_classes: &[],
    marks: &[
        &["GroupByValue", "MessageCount"],
        &["GroupByValue", "Details"],
        &["EventId", "RecipientStatus"],
        &["EventId", "EventData"],
    ],
    commands: &["Get-MessageTrackingLog"],
    properties: &[
        Property::new("Text", "the reply as it was pasted"),
        Property::new("GroupByValue", "the LastError that Get-QueueDigest groups by"),
        Property::new("MessageCount", "kind, when the type is lost"),
        Property::new("ReplySource", "which log or console it stood in"),
        Property::new("ReplyHost", "who answered"),
        Property::new("ReplyIp", "where it was answered"),
        Property::parts("Details", "queue", "the queues that share it"),
        Property::new("SmtpResponse", "the reply in the tracking log"),
        Property::new("RecipientStatus", "the reply in the tracking log, one a recipient"),
        Property::new("EventId", "kind, when the type is lost"),
        Property::new("EventData", "the reply in the tracking log, for a message that was put off"),
    ],
    facts,
};

fn facts(record: &Record<'_>, facts: &mut FactTable) {
    for property in ["Text", "GroupByValue"] {
        if let Some(text) = record.property(property).and_then(text) {
            add_reply(facts, &text, property);
        }
    }
    // Recipients of one message got the same reply, or the first that failed speaks for it.
    let statuses = |property: &str| match record.property(property) {
        Some(Value::List(items)) => items.iter().filter_map(text).collect(),
        Some(other) => text(other).into_iter().collect::<Vec<_>>(),
        None => Vec::new(),
    };
    for property in ["SmtpResponse", "RecipientStatus", "EventData"] {
        if facts.get("reply.text").is_some() {
            break;
        }
        if let Some(status) = statuses(property).iter().find(|status| has_reply(&plain(status))) {
            add_reply(facts, status, property);
            facts.add_text("reply.source", "tracking-log", property);
        }
    }
    add_beside(record, facts);
}

/// What stood beside the reply in a log; what the reply itself names is surer.
fn add_beside(record: &Record<'_>, facts: &mut FactTable) {
    if facts.get("reply.code").is_none() && facts.get("reply.enhanced").is_none() {
        return;
    }
    for (property, fact) in
        [("ReplySource", "reply.source"), ("ReplyHost", "reply.host"), ("ReplyIp", "reply.ip")]
    {
        let value = record.property(property).and_then(text).filter(|_| facts.get(fact).is_none());
        let host = |name: String| if fact == "reply.source" { name } else { name.to_ascii_lowercase() };
        facts.add_text(fact, value.map(host).unwrap_or_default(), property);
    }
}

/// One `454 4.7.0` in a text, with the words that belong to it.
#[derive(Debug, PartialEq)]
struct Reply {
    code: Option<String>,
    enhanced: Option<String>,
    words: String,
}

/// Code and enhanced code side by side: `454 4.7.0`, `451-4.7.23`.
#[allow(clippy::unwrap_used)] // constant pattern, compiled by every test
static CODES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:^|[^0-9.\-])([45][0-9]{2})[ -]([45]\.[0-9]{1,3}\.[0-9]{1,3})(?:$|[^0-9.]|\.(?:$|[^0-9]))")
        .unwrap()
});

/// An enhanced code alone, as some store driver and DNS errors have it; only where a reply begins.
#[allow(clippy::unwrap_used)]
static ENHANCED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"^[\[\{"'*<(]*([45]\.[0-9]{1,3}\.[0-9]{1,3}) "#).unwrap());

/// A code alone, only where a reply begins.
#[allow(clippy::unwrap_used)]
static CODE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"^[\[\{"'*<(]*([45][0-9]{2})[ -][A-Za-z]"#).unwrap());

/// A placeholder of a message that nobody filled: `%1`, but not `%20` or the zone in `fe80::1%1`.
#[allow(clippy::unwrap_used)]
static PLACEHOLDER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?:^|[^%0-9A-Za-z:])%[1-9](?:$|[^0-9A-Za-z%])").unwrap());

/// True when a text still has a placeholder of its template.
pub(super) fn is_unfilled(text: &str) -> bool {
    PLACEHOLDER.is_match(text)
}

/// True when a text holds both codes of a reply side by side.
pub(super) fn has_reply(text: &str) -> bool {
    CODES.is_match(text)
}

/// Where the first reply of a text begins, in bytes.
pub(super) fn begin(text: &str) -> Option<usize> {
    CODES.captures(text).and_then(|found| found.get(1)).map(|code| code.start())
}

/// A text on one line, with plain quotation marks.
pub(super) fn plain(text: &str) -> String {
    let plain: String = folded(text)
        .chars()
        .map(|c| match c {
            '“' | '”' | '„' | '«' | '»' | '‟' | '「' | '」' | '『' | '』' | '＂' => '"',
            '‘' | '’' | '‚' | '‹' | '›' => '\'',
            _ => c,
        })
        .collect();
    // Queue Viewer's export doubles quotation marks, as CSV does.
    plain.replace("\"\"", "\"")
}

/// Adds `reply.*` for the innermost reply of a text; nothing when it holds none.
pub(super) fn add_reply(facts: &mut FactTable, text: &str, property: &'static str) {
    let text = plain(text);
    let frame = frame(&text);
    if let Some((reply, outer)) = innermost(frame.error).or_else(|| innermost(&text)) {
        facts.add_text("reply.code", reply.code.unwrap_or_default(), property);
        facts.add_text("reply.enhanced", reply.enhanced.unwrap_or_default(), property);
        facts.add_text("reply.text", reply.words, property);
        facts.add_text("reply.outer_code", outer.unwrap_or_default(), property);
        if is_unfilled(&text) {
            facts.add_flag("reply.unfilled", true, property);
        }
        add_places(facts, &frame, property);
    }
}

/// The partner as the frame names it.
fn add_places(facts: &mut FactTable, frame: &Frame<'_>, property: &'static str) {
    let endpoint = frame.endpoint.and_then(place);
    let host = frame
        .fqdn
        .and_then(place)
        .filter(|place| !place.is_ip)
        .or_else(|| endpoint.clone().filter(|place| !place.is_ip && place.host.contains('.')));
    facts.add_text("reply.host", host.map(|place| place.host).unwrap_or_default(), property);
    let (ip, port) = match endpoint {
        // `2001:db8::1:25`: the shell prints version 6 without brackets, the last group is the port.
        Some(place) if place.is_ip && place.port.is_none() && place.host.contains(':') => {
            let split = frame.endpoint.and_then(|endpoint| endpoint.rsplit_once(':'));
            let split = split.and_then(|(host, port)| Some((address(host)?, port.parse::<u16>().ok()?)));
            split.map_or((Some(place.host), None), |(ip, port)| (Some(ip.to_string()), Some(port)))
        }
        Some(place) => (place.is_ip.then_some(place.host), place.port),
        None => (None, None),
    };
    let ip = frame.ip.and_then(address).map(|ip| ip.to_string()).or(ip);
    facts.add_text("reply.ip", ip.unwrap_or_default(), property);
    if let Some(port) = port {
        facts.add_number("reply.port", f64::from(port), property);
    }
}

/// The last reply of a text, and the code of the first when that is another reply.
fn innermost(text: &str) -> Option<(Reply, Option<String>)> {
    let (mut first, mut last): (Option<Match<'_>>, _) = (None, None);
    let mut at = 0;
    // By hand, because the character behind one pair may be the one before the next.
    while let Some(found) = CODES.captures_at(text, at) {
        let (Some(code), Some(enhanced)) = (found.get(1), found.get(2)) else {
            break;
        };
        first = first.or(Some(code));
        // `550-5.7.26 ...` is a line of a reply whose next line repeats both codes.
        let goes_on = |(before, of_before): &(Match<'_>, Match<'_>)| {
            (before.as_str(), of_before.as_str()) == (code.as_str(), enhanced.as_str())
                && text.get(before.end()..of_before.start()) == Some("-")
        };
        last = last.filter(goes_on).or(Some((code, enhanced)));
        at = enhanced.end();
    }
    let (Some(first), Some((code, enhanced))) = (first, last) else {
        return bare(text).map(|reply| (reply, None));
    };
    let outer = (first.start() < code.start()).then(|| first.as_str().to_owned());
    let words = words(text.get(..code.start())?, text.get(enhanced.end()..)?);
    let (code, enhanced) = (Some(code.as_str().to_owned()), Some(enhanced.as_str().to_owned()));
    Some((Reply { code, enhanced, words }, outer))
}

/// A reply that has only one of its two codes.
fn bare(text: &str) -> Option<Reply> {
    let one = |pattern: &Regex| pattern.captures(text).and_then(|found| found.get(1));
    let (code, enhanced) = (one(&CODE), one(&ENHANCED));
    let end = code.or(enhanced)?.end();
    let owned = |found: Option<Match<'_>>| found.map(|found| found.as_str().to_owned());
    Some(Reply { code: owned(code), enhanced: owned(enhanced), words: words("", text.get(end..)?) })
}

/// Ends of a reply's words when no quotation mark ends them.
const ENDS: [&str; 8] = [
    "};{",
    "}]",
    ">;<",
    "]}",
    " Attempted failover",
    " Attempted to alternate",
    " [LastAttempted",
    " The last endpoint attempted",
];

/// The words of a reply from what stands before its code and behind its enhanced code.
fn words(before: &str, behind: &str) -> String {
    let open = before.trim_end_matches([' ', '*']).chars().next_back();
    let in_message = before.rsplit('[').next().is_some_and(|inner| inner.trim_end().ends_with("Message="));
    let quoted = match open {
        Some('"') => behind.split('"').next(),
        // An apostrophe inside a word is none of the quotation marks.
        Some('\'') => behind.char_indices().filter(|(_, c)| *c == '\'').find_map(|(at, _)| {
            let next = behind.get(at + 1..)?.chars().next();
            next.is_none_or(|next| !next.is_alphanumeric()).then(|| behind.get(..at)).flatten()
        }),
        _ if in_message => behind.split(']').next(),
        _ => None,
    };
    let until = |text: &str| ENDS.iter().filter_map(|end| text.find(end)).min().unwrap_or(text.len());
    let words = quoted.unwrap_or(behind);
    let words = words.get(..until(words)).unwrap_or(words);
    // A translation may move the code behind the words: `"Error de ... 454 4.7.0"`.
    let moved = || {
        let inside = before.rsplit(['"', '\'']).next().unwrap_or_default();
        (inside.len() < before.len()).then_some(inside)
    };
    let strip = |words: &str| {
        let ends = |c: char| {
            " \"'}{*.,:;-><".contains(c) || (matches!(c, '[' | ']') && !words.contains("[Message="))
        };
        words.trim_matches(ends).to_owned()
    };
    let words = strip(words);
    if words.is_empty() || behind.trim_start().starts_with(['"', '\'']) {
        moved().map_or(words, strip)
    } else {
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (String, String, String) {
        let mut facts = FactTable::default();
        add_reply(&mut facts, text, "LastError");
        let fact = |name| facts.text(name).unwrap_or_default().to_owned();
        (
            format!("{} {}", fact("reply.code"), fact("reply.enhanced")),
            fact("reply.text"),
            fact("reply.outer_code"),
        )
    }

    fn expect(text: &str, codes: &str, words: &str, outer: &str) {
        assert_eq!(read(text), (codes.to_owned(), words.to_owned(), outer.to_owned()), "{text}");
    }

    #[test]
    fn the_innermost_reply_wins_at_every_depth() {
        let words = "Temporary authentication failure";
        expect("454 4.7.0 Temporary authentication failure", "454 4.7.0", words, "");
        let wrapper = "451 4.4.0 Primary target IP address responded with: \"454 4.7.0 Temporary authentication failure.\" Attempted failover to alternate host, but that did not succeed. The last endpoint attempted was 192.0.2.9:25";
        expect(wrapper, "454 4.7.0", words, "451");
        expect(
            &format!("[{{LRT=}};{{LED={wrapper}}};{{FQDN=ex2.contoso.com}};{{IP=192.0.2.9}}]"),
            "454 4.7.0",
            words,
            "451",
        );
        expect(
            &format!("450 4.7.0 Proxy session setup failed on Frontend with '{wrapper}'"),
            "454 4.7.0",
            words,
            "450",
        );
        expect(&wrapper.replace('"', "\"\""), "454 4.7.0", words, "451");
        expect(&wrapper.replace(' ', "\r\n"), "454 4.7.0", words, "451");
        expect(&wrapper.replacen('"', "\u{201C}", 1).replacen('"', "\u{201D}", 1), "454 4.7.0", words, "451");
    }

    #[test]
    fn chains_and_messages_in_brackets_are_unwrapped() {
        expect(
            "451 4.4.395 Target host responded with error. -> 451 5.7.3 Cannot achieve Exchange Server authentication",
            "451 5.7.3",
            "Cannot achieve Exchange Server authentication",
            "451",
        );
        expect(
            "[{LED=450 4.4.317 Cannot connect to remote server [Message=451 4.4.0 Security status IllegalMessage].",
            "451 4.4.0",
            "Security status IllegalMessage",
            "450",
        );
    }

    #[test]
    fn a_reply_of_several_lines_is_one_reply() {
        expect(
            "550-5.7.26 Unauthenticated. \n550-5.7.26 Use DKIM.\n550 5.7.26 See this",
            "550 5.7.26",
            "Unauthenticated. 550-5.7.26 Use DKIM. 550 5.7.26 See this",
            "",
        );
    }

    #[test]
    fn a_code_that_a_translation_moved_keeps_its_words() {
        expect(
            "451 4.4.0 La direccion IP respondio: \"Error de autenticaci\u{F3}n temporal 454 4.7.0\".",
            "454 4.7.0",
            "Error de autenticaci\u{F3}n temporal",
            "451",
        );
    }

    #[test]
    fn a_reply_with_one_of_its_codes_is_a_reply() {
        expect("4.4.0 DNS query failed.", " 4.4.0", "DNS query failed", "");
        expect("454 Temporary failure", "454 ", "Temporary failure", "");
    }

    #[test]
    fn a_text_without_codes_gives_nothing() {
        let mut facts = FactTable::default();
        for text in [
            "",
            "A matching connector cannot be found to route the external recipient",
            "192.0.2.451 4.4.0.1",
        ] {
            add_reply(&mut facts, text, "LastError");
        }
        assert!(facts.is_empty());
    }

    #[test]
    fn the_partner_comes_from_the_frame() {
        let mut facts = FactTable::default();
        add_reply(&mut facts, "[{LED=454 4.7.0 Temporary authentication failure};{MSG=};{FQDN=EX2.contoso.com};{IP=192.0.2.9};{LRT=1/1/2026 1:00:00 AM}]", "LastError");
        assert_eq!(facts.text("reply.host"), Some("ex2.contoso.com"));
        assert_eq!(facts.text("reply.ip"), Some("192.0.2.9"));
        let mut facts = FactTable::default();
        add_reply(&mut facts, "454 4.7.0 x The last endpoint attempted was 2001:db8::9:25'", "LastError");
        assert_eq!(facts.text("reply.ip"), Some("2001:db8::9"));
        assert_eq!(facts.number("reply.port"), Some(25.0));
        assert_eq!(facts.text("reply.text"), Some("x"));
    }

    #[test]
    fn an_escape_or_a_zone_is_no_placeholder() {
        assert!(is_unfilled("for certificate %1."));
        assert!(is_unfilled("is [%2]"));
        for text in ["https://ex1/a%20b", "[fe80::1%4]", "%%1833", "100%5x"] {
            assert!(!is_unfilled(text), "{text}");
        }
    }
}
