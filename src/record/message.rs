//! A pasted text to the records in it: events, lists, tables and CSV of the
//! shell, LastError replies.
//!
//! The records have types of ours and go the way of all objects, so that a text gives the
//! same facts as the object it was printed from. A text that is none of these gives nothing.

use super::kind::kind_of;
use super::paragraphs::{groups, Shape};
use super::read::{Body, Record};
use super::value::Value;
use super::{
    csv_text, event_export, event_text, event_xml, group_membership, list_text, markdown, queue_row, reply,
    syslog, table_text,
};
use crate::tool;
use std::borrow::Cow;

/// Longest text that lines are joined into for one reply, in bytes. A LastError has some hundred;
/// without the cap a quotation mark that nobody closed would make a long text costly.
const REPLY_BYTES: usize = 8 * 1024;

/// Reads a text that no tool printed. `from`, `computer` and `collected` are the text's own.
pub fn message_records(
    from: Option<&str>,
    computer: Option<&str>,
    collected: Option<&str>,
    text: &str,
) -> Vec<Record<'static>> {
    let text = text.trim_start_matches('\u{FEFF}');
    let owned = |value: Option<&str>| value.map(|value| Cow::Owned(value.to_owned()));
    let mut records = found(from, &markdown::plain(text));
    for record in &mut records {
        record.from = owned(from);
        // A text that names its own server is about that one where nobody says another.
        record.computer = owned(computer).or(record.computer.take());
        record.collected = owned(collected);
    }
    records
}

fn found(from: Option<&str>, text: &str) -> Vec<Record<'static>> {
    // Logs have readers of their own.
    if is_log(text) {
        return Vec::new();
    }
    if event_xml::is_event_xml(text) {
        return event_xml::records(text);
    }
    if event_export::begins(&text.lines().take(2).collect::<Vec<_>>()) {
        return event_export::records(text);
    }
    let known = |mut objects: Vec<Record<'static>>| {
        for object in &mut objects {
            object.from = from.map(|from| Cow::Owned(from.to_owned()));
            // The class of a member would make it an account of its own.
            let command = from.and_then(|from| from.split_whitespace().next()).unwrap_or_default();
            if [MEMBERS, GROUPS].iter().any(|name| name.eq_ignore_ascii_case(command)) {
                object.types = vec![Cow::Borrowed("GroupMembership")];
            } else if is_tracked(object) {
                object.types = vec![Cow::Borrowed("MessageTrackingEvent")];
            }
        }
        if let Some(whole) = all_groups(from, &objects) {
            objects = vec![whole];
        }
        objects.retain(|object| kind_of(super::KINDS, object).is_some());
        objects
    };
    let objects = known(csv_text::objects(text));
    if !objects.is_empty() {
        return objects;
    }
    // Objects stand between sentences, and what is no object of a known kind is a sentence.
    let mut records = Vec::new();
    let mut said = String::new();
    for group in groups(text) {
        let objects = match group.shape {
            Shape::List => known(list_text::objects(&group.text)),
            Shape::Table => known(table_text::with_provider(table_text::objects(&group.text), &said)),
            Shape::Said => Vec::new(),
        };
        if objects.is_empty() {
            said.push_str(&group.text);
            continue;
        }
        records.extend(of_sentences(&std::mem::take(&mut said)));
        records.extend(objects);
    }
    records.extend(of_sentences(&said));
    queue_row::join_error(&mut records);
    records
}

/// The events, errors and replies of a text that holds no objects.
fn of_sentences(text: &str) -> Vec<Record<'static>> {
    if text.trim().is_empty() {
        return Vec::new();
    }
    let (mut queues, text) = queue_row::rows(text);
    queues.extend(of_words(&text));
    queues
}

fn of_words(text: &str) -> Vec<Record<'static>> {
    let mut events = event_text::records(text);
    // An event may quote a shell's error, and a shell's error has words of an event.
    let is_copied =
        events.iter().any(|event| event.property("LogName").or(event.property("MachineName")).is_some());
    let errors = if is_copied { Vec::new() } else { tool::read_errors(text) };
    if !errors.is_empty() {
        return errors;
    }
    if events.is_empty() {
        return replies(text);
    }
    // What was written before the first event may quote the reply that it explains.
    let first = event_text::begin(text);
    let before = text.get(..first).unwrap_or_default();
    let mut records = replies(before);
    records.append(&mut events);
    records
}

/// Cmdlets whose objects say by their command alone what they are.
const MEMBERS: &str = "Get-ADGroupMember";
const GROUPS: &str = "Get-ADPrincipalGroupMembership";

/// The groups of an account as one list: what the cmdlet printed whole says also in which it is not.
fn all_groups(from: Option<&str>, objects: &[Record<'static>]) -> Option<Record<'static>> {
    let line = from?;
    let is_groups = line.split_whitespace().next()?.eq_ignore_ascii_case(GROUPS);
    if !is_groups || group_membership::shows_part(line) || objects.is_empty() {
        return None;
    }
    let name = |object: &Record<'static>| {
        ["Name", "SamAccountName"].iter().find_map(|name| match object.property(name) {
            Some(Value::Text(text)) if !text.is_empty() => Some(Value::Text(text.clone())),
            _ => None,
        })
    };
    let names: Vec<Value<'static>> = objects.iter().filter_map(name).collect();
    if names.len() < objects.len() {
        return None;
    }
    // A narrow console cuts names, and one of them may be the group.
    let cut = names.iter().any(super::tolerant::is_cut);
    let mut whole = Record::of_text("");
    whole.types = vec![Cow::Borrowed("GroupMembership")];
    whole.from = Some(Cow::Owned(line.to_owned()));
    whole.body = Body::Properties(vec![
        (Cow::Borrowed("Groups"), Value::List(names)),
        (Cow::Borrowed("Complete"), Value::Bool(!cut)),
    ]);
    Some(whole)
}

/// A row of the tracking log has an `EventId` and a `Source`, as an event has; its id is a word.
fn is_tracked(object: &Record<'_>) -> bool {
    let word = |name: &str| match object.property(name) {
        Some(Value::Text(text)) => !text.is_empty() && text.chars().all(|c| c.is_ascii_alphabetic()),
        _ => false,
    };
    word("EventId") && word("Source")
}

/// True for a log of Exchange, with its header or without: `2026-10-01T10:00:00.000Z,...`.
pub(super) fn is_log(text: &str) -> bool {
    let headers = ["#Software", "#Version", "#Log-type", "#Fields"];
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim_start();
    let row = first.split_once("Z,").is_some_and(|(date, _)| {
        date.len() <= 24 && super::date::date_of_text(&format!("{date}Z")).is_some()
    });
    row || headers.iter().any(|header| first.starts_with(header))
}

/// The replies of a text: a line with codes begins one, unless a frame or a quotation is open.
fn replies(text: &str) -> Vec<Record<'static>> {
    let mut replies: Vec<Joined> = Vec::new();
    let mut going_on = false;
    for line in text.lines().filter(|line| !syslog::is_row(line)) {
        let last = replies.last_mut().filter(|reply| going_on && reply.text.len() < REPLY_BYTES);
        if line.trim().is_empty() {
            going_on = last.is_some_and(|reply| reply.is_open());
            continue;
        }
        match last.filter(|reply| reply.is_open() || reply.is_continued_by(line)) {
            Some(reply) => reply.take(line),
            None => {
                going_on = reply::has_reply(line);
                if going_on {
                    let mut reply = Joined::default();
                    reply.take(line);
                    replies.push(reply);
                }
            }
        }
    }
    let mut texts: Vec<String> = replies.into_iter().map(|reply| reply.text).collect();
    if texts.is_empty() && !text.lines().any(syslog::is_row) && reply::has_reply(&reply::plain(text)) {
        texts.push(text.to_owned());
    }
    texts.into_iter().map(record).collect()
}

/// Lines joined into one reply, and what they left open; counted line by line.
#[derive(Default)]
struct Joined {
    text: String,
    quotes: usize,
    opened: usize,
    closed: usize,
    leads_on: bool,
    begins_with: String,
    several: bool,
}

impl Joined {
    fn take(&mut self, line: &str) {
        let plain = reply::plain(line);
        let count = |c: char| plain.matches(c).count();
        self.quotes += count('"');
        self.opened += count('{');
        self.closed += count('}');
        let leads = ["with", "with:", "->", "Message=", "LED="];
        self.leads_on = leads.iter().any(|lead| plain.ends_with(lead));
        self.begins_with = plain.chars().take(3).collect();
        self.several = plain.chars().nth(3) == Some('-');
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(line);
    }

    /// True when a quotation, a frame or a sentence is still open.
    fn is_open(&self) -> bool {
        self.quotes % 2 == 1 || self.opened > self.closed || self.leads_on
    }

    /// True for the next line of a multi-line reply and for a wrapped line without codes.
    fn is_continued_by(&self, line: &str) -> bool {
        !reply::has_reply(line) || (self.several && line.trim_start().starts_with(&self.begins_with))
    }
}

fn record(text: String) -> Record<'static> {
    let mut record = Record::of_text("");
    record.types = vec![Cow::Borrowed("ExAuth.Reply")];
    record.body = Body::Properties(vec![(Cow::Borrowed("Text"), Value::Text(Cow::Owned(text)))]);
    record
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::FactTable;
    use crate::record::KINDS;

    fn read(text: &str) -> Vec<(&'static str, FactTable)> {
        let read = |record: &Record<'_>| {
            let kind = kind_of(KINDS, record).unwrap();
            let mut facts = FactTable::default();
            (kind.facts)(record, &mut facts);
            (kind.name, facts)
        };
        message_records(None, Some("EX9"), None, text).iter().map(read).collect()
    }

    fn one(text: &str, kind: &str) -> FactTable {
        let mut read = read(text);
        assert_eq!(read.len(), 1, "{text}: {read:?}");
        let (found, facts) = read.remove(0);
        assert_eq!(found, kind, "{text}");
        facts
    }

    const INBOUND: &str = "Inbound authentication failed with error IllegalMessage for Receive connector Default EX2. The authentication mechanism is ExchangeAuth. The source IP address of the client who tried to authenticate to Microsoft Exchange is [192.0.2.7].";

    fn is_inbound(facts: &FactTable) {
        assert_eq!(facts.number("event.id"), Some(1035.0));
        assert_eq!(facts.text("event.error"), Some("IllegalMessage"));
        assert_eq!(facts.text("event.connector"), Some("Default EX2"));
        assert_eq!(facts.text("event.mechanism"), Some("ExchangeAuth"));
        assert_eq!(facts.text("event.ip"), Some("192.0.2.7"));
    }

    #[test]
    fn a_copied_event_is_read_in_every_layout() {
        let viewer = format!("Log Name:      Application\r\nSource:        MSExchangeTransport\r\nDate:          1/2/2026 1:21:43 PM\r\nEvent ID:      1035\r\nTask Category: SmtpReceive\r\nLevel:         Warning\r\nKeywords:      Classic\r\nUser:          N/A\r\nComputer:      ex2.contoso.com\r\nDescription:\r\n{INBOUND}\r\n");
        let german = format!("Protokollname: Application\nQuelle:        MSExchangeTransport\nDatum:         02.01.2026 13:21:43\nEreignis-ID:   1035\nAufgabenkategorie:SmtpReceive\nEbene:         Warnung\nSchl\u{FC}sselw\u{F6}rter:Klassisch\nBenutzer:      Nicht zutreffend\nComputer:      ex2.contoso.com\nBeschreibung:\n{INBOUND}\n");
        let wevtutil = format!("Event[0]:\n  Log Name: Application\n  Source: MSExchangeTransport\n  Date: 2026-01-02T17:09:08.940\n  Event ID: 1035\n  Task: SmtpReceive\n  Level: Warning\n  Opcode: Info\n  Keyword: Classic\n  User: N/A\n  User Name: N/A\n  Computer: ex2.contoso.com\n  Description: \n{INBOUND}\n\n");
        let old = format!("Event Type:\tWarning\nEvent Source:\tMSExchangeTransport\nEvent Category:\tSmtpReceive \nEvent ID:\t1035\nDate:\t\t1/2/2026\nTime:\t\t10:22:41 AM\nUser:\t\tN/A\nComputer:\tex2.contoso.com\nDescription:\n{INBOUND}\n");
        let list = format!("TimeCreated  : 1/2/2026 1:21:43 PM\nProviderName : MSExchangeTransport\nId           : 1035\nMachineName  : ex2.contoso.com\nMessage      : {}\n", INBOUND.replace(" The source", "\n               The source"));
        for text in [viewer, german, wevtutil, old, list] {
            let facts = one(&text, "event");
            is_inbound(&facts);
            assert_eq!(facts.text("event.provider"), Some("MSExchangeTransport"), "{text}");
            assert_eq!(facts.text("event.computer"), Some("ex2.contoso.com"), "{text}");
            assert_eq!(facts.get("event.time"), None);
        }
    }

    #[test]
    fn several_copied_events_are_several_records() {
        let event = |number: u32| {
            format!("Event[{number}]\n  Log Name: System\n  Source: Microsoft-Windows-Security-Kerberos\n  Date: 2026-01-02T17:09:08.9400000Z\n  Event ID: 4\n  Task: N/A\n  Level: Error\n  Opcode: N/A\n  Keyword: Classic\n  User: N/A\n  User Name: N/A\n  Computer: ex1\n  Description: \nThe Kerberos client received a KRB_AP_ERR_MODIFIED error from the server ex2$. The target name used was HTTP/ex3.contoso.com.\n\n")
        };
        let read = read(&format!("{}{}", event(0), event(1)));
        assert_eq!(read.len(), 2);
        for (_, facts) in read {
            assert_eq!(facts.text("event.spn"), Some("HTTP/ex3.contoso.com"));
            assert_eq!(facts.text("event.time"), Some("2026-01-02T17:09:08Z"));
            assert_eq!(facts.number("event.level"), Some(2.0));
        }
    }

    #[test]
    fn an_id_with_a_message_or_the_message_alone_is_an_event() {
        is_inbound(&one(&format!("Event ID 1035\r\n{INBOUND}\r\n"), "event"));
        is_inbound(&one(INBOUND, "event"));
        let facts = one("The Kerberos client received a KRB_AP_ERR_MODIFIED error from the server ex2$. The target name used was HTTP/ex2.contoso.com.", "event");
        assert_eq!(facts.text("event.provider"), Some("Security-Kerberos"));
        let facts = one("Outbound authentication failed with error KdcUnknownEncryptionType for Send connector Intra-Organization SMTP Send Connector. The authentication mechanism is ExchangeAuth. The target is SMTPSVC/ex2.contoso.com.", "event");
        assert_eq!(
            (facts.number("event.id"), facts.text("event.target_host")),
            (Some(2017.0), Some("ex2.contoso.com"))
        );
        assert_eq!(facts.text("event.connector"), Some("Intra-Organization SMTP Send Connector"));
    }

    #[test]
    fn pasted_replies_are_records_of_their_own() {
        let wrapped = "451 4.4.0 Primary target IP address responded with: \"454 4.7.0\r\nTemporary authentication failure.\" Attempted failover";
        assert_eq!(one(wrapped, "reply").text("reply.enhanced"), Some("4.7.0"));
        let read = read("Queue EX1\\3 says\n454 4.7.0 Temporary authentication failure\n\nand the other one\n451 5.7.3 Cannot achieve Exchange Server\nauthentication\n\nRegards");
        let codes: Vec<_> = read.iter().map(|(_, facts)| facts.text("reply.text").unwrap()).collect();
        assert_eq!(
            codes,
            ["Temporary authentication failure", "Cannot achieve Exchange Server authentication"]
        );
    }

    #[test]
    fn lists_and_tables_of_the_shell_are_their_objects() {
        let facts = one("Identity : EX1\\12\r\nDeliveryType : SmtpRelayToRemoteAdSite\r\nNextHopDomain : branch\r\nLastError : 451 5.7.3 Cannot achieve Exchange\r\n            Server authentication\r\n", "queue");
        assert_eq!(facts.text("reply.text"), Some("Cannot achieve Exchange Server authentication"));
        let facts = one("InternalUrl                   : https://192.0.2.15/owa\nInternalAuthenticationMethods : {Basic, Fba}\nServer : CAS2", "virtual-directory");
        assert_eq!(facts.flag("virtual_directory.internal_url_host_is_ip"), Some(true));
        assert_eq!(facts.text("virtual_directory.protocol"), Some("owa"));
    }

    #[test]
    fn a_text_that_is_none_of_these_gives_nothing() {
        for text in [
            "",
            "EMS fails to launch",
            "#Software: Microsoft Exchange Server\r\n451 4.7.0 x",
            "In the event 12 servers fail, call us.",
            "Name : x\nValue : y",
        ] {
            assert!(read(text).is_empty(), "{text}");
        }
    }
}
