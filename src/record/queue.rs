//! Queues and the messages in them: where mail waits for whom, and the last error.
//!
//! Takes `Get-Queue`, `Get-Message` and the details of `Get-QueueDigest` (see `parts`). The next hop
//! is not always a domain; whether the hop is internal is what makes an error one of
//! server-to-server authentication, and it stays unknown where neither property tells it.

use super::enumeration::enum_name;
use super::kind::{Kind, Property};
use super::read::Record;
use super::reader::Reader;
use super::reply::add_reply;
use super::tolerant::{argument, field, folded, text, unwrapped};
use super::value::Value;
use crate::fact::FactTable;

/// `Get-Queue`; which of the types a version gives is not settled.
pub static KIND: Kind = Kind {
    name: "queue",
    types: &["ExtensibleQueueInfo", "PropertyBagBasedQueueInfo", "QueueInfo", "QueueDigestDetails"],
    object_classes: &[],
    marks: &[
        &["DeliveryType", "NextHopDomain"],
        &["Identity", "LastError", "NextHopDomain"],
        &["QueueIdentity", "LastError"],
        &["NextHopDomain", "LastError"],
        &["NextHopDomain", "MessageCount"],
        &["Identity", "LastError", "MessageCount"],
    ],
    commands: &["Get-Queue", "Get-QueueDigest"],
    properties: &[
        Property::new("Identity", "which queue it is, and on which server"),
        Property::new("QueueIdentity", "the same, where Identity is missing"),
        Property::new("DeliveryType", "whether the next hop is an Exchange server of the organisation"),
        Property::new("NextHopCategory", "the same, from 2013 on"),
        Property::new("NextHopDomain", "the site, group or host the mail is for"),
        Property::new("Status", "whether it is in trouble"),
        Property::new("MessageCount", "how much mail waits"),
        Property::new("LastError", "the reply of the next hop"),
        Property::new("LastRetryTime", "when it was last tried"),
        Property::new("ServerIdentity", "the server of a queue in a digest"),
        Property::new("PSComputerName", "the server, where the identity does not tell it"),
    ],
    facts,
};

/// `Get-Message`: the same facts, from one message.
pub static MESSAGE: Kind = Kind {
    name: "message",
    types: &["ExtensibleMessageInfo", "PropertyBagBasedMessageInfo", "MessageInfo"],
    object_classes: &[],
    marks: &[&["Queue", "LastError"], &["Queue", "MessageSourceName"], &["InternetMessageId", "LastError"]],
    commands: &["Get-Message"],
    properties: &[
        Property::new("Identity", "the queue it waits in, and on which server"),
        Property::new("Queue", "the queue it waits in"),
        Property::new("Status", "whether it is in trouble"),
        Property::new("LastError", "the reply of the next hop"),
        Property::new("PSComputerName", "the server, where the identity does not tell it"),
    ],
    facts: message_facts,
};

fn facts(record: &Record<'_>, facts: &mut FactTable) {
    let mut reader = Reader { record, facts };
    let identity = ["Identity", "QueueIdentity"]
        .into_iter()
        .find_map(|property| Some((reader.value(property).and_then(queue_identity)?, property)));
    add_identity(&mut reader, identity);
    let delivery = reader.value("DeliveryType").and_then(|value| enum_name(value, &[]));
    let category = reader.value("NextHopCategory").and_then(|value| enum_name(value, &[]));
    // A name that a table cut (`SmtpRelayToRemote...`) tells the group, not the type.
    let start = reader.value("DeliveryType").and_then(text).unwrap_or_default();
    if let Some(internal) = internal_by_type(&start) {
        reader.facts.add_flag("queue.internal", internal, "DeliveryType");
    } else if let Some(category) = category {
        reader.facts.add_flag("queue.internal", category.eq_ignore_ascii_case("Internal"), "NextHopCategory");
    }
    reader.facts.add_text("queue.delivery_type", delivery.unwrap_or_default(), "DeliveryType");
    reader.text("queue.next_hop", "NextHopDomain");
    reader.number("queue.message_count", "MessageCount");
    add_error(&mut reader);
    reader.date("queue.last_retry", "LastRetryTime");
}

fn message_facts(record: &Record<'_>, facts: &mut FactTable) {
    let mut reader = Reader { record, facts };
    let queue = reader.value("Queue").and_then(queue_identity).map(|identity| (identity, "Queue"));
    let identity = queue.or_else(|| {
        // `EX1\12\4294967296`: the last part is the message.
        let message = reader.value("Identity").and_then(text)?;
        let (queue, _) = message.rsplit_once('\\')?;
        Some((queue.to_owned(), "Identity"))
    });
    add_identity(&mut reader, identity);
    add_error(&mut reader);
}

/// `EX1\12` of a queue's identity, also of the live object's parts.
fn queue_identity(value: &Value<'_>) -> Option<String> {
    let Value::Object(fields) = unwrapped(value) else {
        return text(value);
    };
    let server = field(fields, "Server").and_then(text);
    let row = field(fields, "RowId").and_then(text).filter(|row| row != "0");
    let row = row.or_else(|| field(fields, "Type").and_then(|kind| enum_name(kind, &[])));
    Some(format!("{}\\{}", server?, row?))
}

fn add_identity(reader: &mut Reader<'_, '_>, identity: Option<(String, &'static str)>) {
    let parts = identity.as_ref().map(|(identity, property)| match identity.split_once('\\') {
        Some((server, name)) => (server, name, *property),
        None => ("", identity.as_str(), *property),
    });
    if let Some((server, name, property)) = parts {
        reader.facts.add_text("queue.name", name, property);
        reader.facts.add_text("queue.server", server, property);
    }
    if reader.facts.get("queue.server").is_none() {
        let digest = reader.value("ServerIdentity").and_then(super::directory_name::short_name);
        reader.facts.add_text("queue.server", digest.unwrap_or_default(), "ServerIdentity");
    }
    if reader.facts.get("queue.server").is_none() {
        // Without -Server the queues are those of the computer itself.
        if let Some(server) = argument(reader.record, "-Server") {
            reader.facts.add_text("queue.server", server, "from");
        } else if let Some(server) = reader.value("PSComputerName").and_then(text) {
            reader.facts.add_text("queue.server", server, "PSComputerName");
        } else if let Some(server) = &reader.record.computer {
            reader.facts.add_text("queue.server", server.as_ref(), "computer");
        }
    }
    if let Some((identity, property)) = identity {
        reader.facts.add_text("queue.identity", identity, property);
    }
}

fn add_error(reader: &mut Reader<'_, '_>) {
    let status = reader.value("Status").and_then(|value| enum_name(value, &[]));
    let delivers = status.as_deref().is_some_and(|status| {
        ["Ready", "Active", "Connecting"].iter().any(|word| status.eq_ignore_ascii_case(word))
    });
    // Nothing waits and nothing is tried again: what an empty queue says is of a time before it got through.
    // That Exchange keeps an error there was not found written; where it does, it is no failure of now.
    let done = delivers && reader.facts.number("queue.message_count") == Some(0.0);
    reader.facts.add_text("queue.status", status.unwrap_or_default(), "Status");
    if let Some(value) = reader.value("LastError") {
        let error = text(value).map(|error| folded(&error));
        if error.is_some() || value.is_empty() {
            reader.facts.add_flag("queue.last_error_empty", error.is_none(), "LastError");
        }
        if let Some(error) = error {
            if !done {
                add_reply(reader.facts, &error, "LastError");
            }
            reader.facts.add_text("queue.last_error", error, "LastError");
        }
    }
}

/// Whether a delivery type leads to an Exchange server of the organisation (of a shadow queue the
/// server that has the mail itself); unknown for the types that name no hop (Undefined, Unreachable).
fn internal_by_type(delivery: &str) -> Option<bool> {
    let delivery = delivery.to_ascii_lowercase();
    let begins = |names: &[&str]| names.iter().any(|name| delivery.starts_with(name));
    if begins(&["smtprelay", "smtpdeliverytomailbox", "mapidelivery", "shadowredundancy", "heartbeat"]) {
        return Some(true);
    }
    begins(&["dnsconnector", "smarthostconnector", "nonsmtpgateway", "deliveryagent", "smtpdeliverytoexo"])
        .then_some(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> FactTable {
        let mut table = FactTable::default();
        super::super::read_records(json.as_bytes(), 0, |record| facts(&record.unwrap(), &mut table));
        table
    }

    #[test]
    fn a_queue_in_retry_gives_its_hop_and_the_reply() {
        let facts = read(
            r#"{"Identity":"EX1\\12","DeliveryType":"SmtpRelayToRemoteAdSite","NextHopDomain":"branch","Status":"Retry","MessageCount":"41",
            "LastError":"451 4.4.0 Primary target IP address responded with: \"454 4.7.0 Temporary authentication failure.\" Attempted failover","LastRetryTime":"15-01-21 23:50:05"}"#,
        );
        assert_eq!(facts.text("queue.server"), Some("EX1"));
        assert_eq!(facts.text("queue.name"), Some("12"));
        assert_eq!(facts.flag("queue.internal"), Some(true));
        assert_eq!(facts.number("queue.message_count"), Some(41.0));
        assert_eq!(facts.text("reply.code"), Some("454"));
        assert_eq!(facts.text("queue.last_retry"), None);
    }

    #[test]
    fn an_error_that_is_null_is_known_to_be_empty_and_a_missing_one_is_not() {
        assert_eq!(
            read(r#"{"Identity":"EX1\\3","LastError":null}"#).flag("queue.last_error_empty"),
            Some(true)
        );
        assert_eq!(read(r#"{"Identity":"EX1\\3"}"#).flag("queue.last_error_empty"), None);
    }

    #[test]
    fn the_hop_is_internal_by_type_then_by_category_else_unknown() {
        assert_eq!(read(r#"{"DeliveryType":"DnsConnectorDelivery"}"#).flag("queue.internal"), Some(false));
        assert_eq!(read(r#"{"DeliveryType":"SmtpRelaytoRemoteAdSite"}"#).flag("queue.internal"), Some(true));
        assert_eq!(
            read(r#"{"DeliveryType":"Undefined","NextHopCategory":"Internal"}"#).flag("queue.internal"),
            Some(true)
        );
        assert_eq!(read(r#"{"DeliveryType":9}"#).flag("queue.internal"), None);
        let cut = read(r#"{"DeliveryType":"SmtpRelayToRemote..."}"#);
        assert_eq!((cut.flag("queue.internal"), cut.text("queue.delivery_type")), (Some(true), None));
    }

    #[test]
    fn a_message_names_its_queue() {
        let mut table = FactTable::default();
        let json = r#"{"Identity":"EX1\\Shadow\\27\\4294967296","LastError":"454 4.7.0 Temporary authentication failure"}"#;
        super::super::read_records(json.as_bytes(), 0, |record| message_facts(&record.unwrap(), &mut table));
        assert_eq!(table.text("queue.identity"), Some("EX1\\Shadow\\27"));
        assert_eq!(table.text("reply.enhanced"), Some("4.7.0"));
    }
}
