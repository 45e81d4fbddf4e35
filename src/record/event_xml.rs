//! Raw event XML to records: `wevtutil /f:xml`, `ToXml()`, Event Viewer's exports.
//!
//! One event or many, with or without a root, either quotation mark, named and unnamed data,
//! also cut in the middle. A tokenizer of its own: it has to take what a strict parser refuses
//! (events one after the other, an encoding that was already decoded, an open end), and needs
//! no name spaces, no DTD and no dependency. Resolves nothing, so nothing can expand.

use super::read::{Body, Record};
use super::value::{Fields, Value};
use std::borrow::Cow;

/// What one event holds so far.
#[derive(Default)]
struct Event {
    provider: String,
    id: String,
    computer: String,
    log: String,
    level: String,
    time: String,
    message: String,
    data: Vec<(String, String)>,
}

/// A piece of XML.
enum Token<'t> {
    Open { name: &'t str, attributes: &'t str, closed: bool },
    Close(&'t str),
    Text(&'t str),
    Verbatim(&'t str),
}

/// True when a text holds events as XML.
pub(super) fn is_event_xml(text: &str) -> bool {
    let begins = |name: &str| text.contains(&format!("<{name}>")) || text.contains(&format!("<{name} "));
    begins("Event") && (begins("System") || begins("EventData"))
}

/// The events of a text.
pub(super) fn records(text: &str) -> Vec<Record<'static>> {
    let mut records = Vec::new();
    let mut event: Option<Event> = None;
    // Names of the open elements inside the event, and the text of the innermost.
    let mut open: Vec<&str> = Vec::new();
    let mut content = String::new();
    let mut data_name = String::new();
    for token in tokens(text) {
        match token {
            Token::Open { name: "Event", closed: false, .. } => {
                finish(event.take(), &mut records);
                event = Some(Event::default());
                open.clear();
            }
            Token::Close("Event") => {
                finish(event.take(), &mut records);
                open.clear();
            }
            Token::Open { name, attributes, closed } => {
                let Some(event) = event.as_mut() else { continue };
                content.clear();
                match name {
                    "Provider" => event.provider = attribute(attributes, "Name").unwrap_or_default(),
                    "TimeCreated" => event.time = attribute(attributes, "SystemTime").unwrap_or_default(),
                    "Data" => data_name = attribute(attributes, "Name").unwrap_or_default(),
                    _ => {}
                }
                if closed {
                    leaf(event, &open, name, &data_name, "");
                } else {
                    open.push(name);
                }
            }
            Token::Text(text) => content.push_str(&decoded(text)),
            Token::Verbatim(text) => content.push_str(text),
            Token::Close(name) => {
                let Some(event) = event.as_mut() else { continue };
                if open.last() == Some(&name) {
                    open.pop();
                    leaf(event, &open, name, &data_name, &content);
                }
                content.clear();
            }
        }
    }
    // Cut in the middle: what is there still says which event it was.
    finish(event, &mut records);
    records
}

/// Takes the value of an element that ended.
fn leaf(event: &mut Event, parents: &[&str], name: &str, data_name: &str, content: &str) {
    let value = || content.trim().to_owned();
    let within = |parent: &str| parents.contains(&parent);
    match name {
        "EventID" if within("System") => event.id = value(),
        "Computer" if within("System") => event.computer = value(),
        "Channel" if within("System") => event.log = value(),
        "Level" if within("System") => event.level = value(),
        "Message" if within("RenderingInfo") => event.message = value(),
        "Data" if within("EventData") => event.data.push((data_name.to_owned(), value())),
        "Binary" | "EventData" | "UserData" => {}
        // UserData has elements of its own; the innermost ones are the values.
        _ if within("UserData") && !content.trim().is_empty() => event.data.push((name.to_owned(), value())),
        _ => {}
    }
}

fn finish(event: Option<Event>, records: &mut Vec<Record<'static>>) {
    let Some(event) = event.filter(|event| !event.id.is_empty() || !event.provider.is_empty()) else {
        return;
    };
    let text = |text: String| Value::Text(Cow::Owned(text));
    let mut fields: Fields<'static> = Vec::new();
    for (name, value) in [
        ("ProviderName", event.provider),
        ("Id", event.id),
        ("MachineName", event.computer),
        ("LogName", event.log),
        ("Level", event.level),
        ("TimeCreated", event.time),
        ("Message", event.message),
    ] {
        if !value.is_empty() {
            fields.push((Cow::Borrowed(name), text(value)));
        }
    }
    if !event.data.is_empty() {
        let item = |(name, value)| {
            Value::Object(vec![(Cow::Borrowed("Name"), text(name)), (Cow::Borrowed("Value"), text(value))])
        };
        fields.push((Cow::Borrowed("Properties"), Value::List(event.data.into_iter().map(item).collect())));
    }
    let mut record = Record::of_text("");
    record.types = vec![Cow::Borrowed("ExAuth.Event")];
    record.body = Body::Properties(fields);
    records.push(record);
}

/// Cuts a text into tags and what is between them.
fn tokens(mut rest: &str) -> impl Iterator<Item = Token<'_>> {
    std::iter::from_fn(move || loop {
        if rest.is_empty() {
            return None;
        }
        let Some(inner) = rest.strip_prefix('<') else {
            let (text, behind) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
            rest = behind;
            return Some(Token::Text(text));
        };
        if let Some(inner) = inner.strip_prefix("![CDATA[") {
            let (text, behind) = inner.split_once("]]>").unwrap_or((inner, ""));
            rest = behind;
            return Some(Token::Verbatim(text));
        }
        if let Some(inner) = inner.strip_prefix("!--") {
            rest = inner.split_once("-->").map_or("", |(_, behind)| behind);
            continue;
        }
        let Some((tag, behind)) = split_tag(inner) else {
            rest = "";
            return None;
        };
        rest = behind;
        if tag.starts_with(['?', '!']) {
            continue;
        }
        if let Some(name) = tag.strip_prefix('/') {
            return Some(Token::Close(local(name.trim())));
        }
        let closed = tag.ends_with('/');
        let tag = tag.trim_end_matches('/');
        let (name, attributes) = tag.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((tag, ""));
        return Some(Token::Open { name: local(name), attributes, closed });
    })
}

/// The inside of a tag up to its `>`, which may also stand inside quotation marks.
fn split_tag(inner: &str) -> Option<(&str, &str)> {
    let mut quote = None;
    for (at, c) in inner.char_indices() {
        match (quote, c) {
            (None, '>') => return Some((inner.get(..at)?, inner.get(at + 1..)?)),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            _ => {}
        }
    }
    None
}

/// An element's name without its prefix.
fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// The value of an attribute.
fn attribute(mut attributes: &str, name: &str) -> Option<String> {
    loop {
        let (key, rest) = attributes.split_once('=')?;
        let rest = rest.trim_start();
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, behind) = rest.get(1..)?.split_once(quote)?;
        if key.trim() == name {
            return Some(decoded(value).into_owned());
        }
        attributes = behind;
    }
}

/// A text with its entities resolved; an entity that XML does not define stays as it is.
fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut decoded = String::with_capacity(text.len());
    let mut parts = text.split('&');
    decoded.push_str(parts.next().unwrap_or_default());
    for part in parts {
        // The longest entity is `&#x10FFFF;`.
        let end = part.char_indices().take(10).find(|(_, c)| *c == ';').map(|(at, _)| at);
        let entity = end.and_then(|end| Some((part.get(..end)?, part.get(end + 1..)?)));
        match entity.and_then(|(name, behind)| Some((character(name)?, behind))) {
            Some((c, behind)) => {
                decoded.push(c);
                decoded.push_str(behind);
            }
            None => {
                decoded.push('&');
                decoded.push_str(part);
            }
        }
    }
    Cow::Owned(decoded)
}

fn character(entity: &str) -> Option<char> {
    match entity {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = entity.strip_prefix('#')?;
            let hexadecimal = number.strip_prefix(['x', 'X']);
            let code = match hexadecimal {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::FactTable;
    use crate::record::event;

    fn read(text: &str) -> Vec<FactTable> {
        assert!(is_event_xml(text));
        let read = |record: &Record<'_>| {
            let mut facts = FactTable::default();
            (event::KIND.facts)(record, &mut facts);
            facts
        };
        records(text).iter().map(read).collect()
    }

    const INBOUND: &str = "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='MSExchangeTransport' /><EventID Qualifiers='32772'>1035</EventID><Level>3</Level><TimeCreated SystemTime='2026-01-02T03:04:05.000000000Z' /><Channel>Application</Channel><Computer>ex2.contoso.com</Computer></System><EventData><Data>IllegalMessage</Data><Data>Default EX2</Data><Data>ExchangeAuth</Data><Data>192.0.2.7</Data><Binary>00</Binary></EventData></Event>";

    #[test]
    fn events_one_after_the_other_need_no_root() {
        for text in [
            format!("{INBOUND}\r\n{INBOUND}"),
            format!("<?xml version=\"1.0\" encoding=\"utf-16\"?><Events>{INBOUND}{INBOUND}</Events>"),
        ] {
            let events = read(&text);
            assert_eq!(events.len(), 2);
            for facts in events {
                assert_eq!(facts.text("event.provider"), Some("MSExchangeTransport"));
                assert_eq!(facts.number("event.id"), Some(1035.0));
                assert_eq!(facts.text("event.connector"), Some("Default EX2"));
                assert_eq!(facts.text("event.ip"), Some("192.0.2.7"));
                assert_eq!(facts.text("event.time"), Some("2026-01-02T03:04:05Z"));
                assert_eq!(facts.text("event.computer"), Some("ex2.contoso.com"));
            }
        }
    }

    #[test]
    fn named_data_entities_and_empty_data_keep_their_places() {
        let text = r#"<Event><System><Provider Name="Microsoft-Windows-Security-Kerberos"/><EventID>3</EventID></System>
            <EventData Name="x"><Data Name="LogonSession"/><Data Name="ErrorCode">0x7</Data><Data Name="ErrorMessage">KDC_ERR_S_PRINCIPAL_UNKNOWN</Data>
            <Data Name="ServerName">HTTP/ex2.contoso.com</Data><Data Name="ErrorText">a &lt;b&gt; &#65;&amp;c &unknown;</Data></EventData></Event>"#;
        let facts = &read(text)[0];
        assert_eq!(facts.text("event.kerberos_error"), Some("0x7"));
        assert_eq!(facts.text("event.spn"), Some("HTTP/ex2.contoso.com"));
        let strings = facts.list("event.strings").unwrap();
        assert_eq!((strings[0].as_str(), strings[4].as_str()), ("", "a <b> A&c &unknown;"));
    }

    #[test]
    fn user_data_and_a_rendered_message_are_read() {
        let text = "<Event><System><Provider Name='Some Provider'/><EventID>9</EventID></System><UserData><x:E xmlns:x='u'><x:Host>ex1</x:Host></x:E></UserData><RenderingInfo Culture='de-DE'><Message>Hallo</Message></RenderingInfo></Event>";
        let facts = &read(text)[0];
        assert_eq!(facts.list("event.strings").unwrap(), ["ex1"]);
        assert_eq!(facts.text("event.message"), Some("Hallo"));
    }

    #[test]
    fn an_event_that_is_cut_is_read_as_far_as_it_goes() {
        for cut in 0..INBOUND.len() {
            let _ = records(INBOUND.get(..cut).unwrap());
        }
        let events = records(INBOUND.split("<Data>Default").next().unwrap());
        assert_eq!(events.len(), 1);
    }
}
