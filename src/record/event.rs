//! Events of Windows logs: `Get-WinEvent`, `Get-EventLog`, and events made from XML or text.
//!
//! Reads provider, id, time, insertion strings and message in their many names. What an
//! event of a known provider and number says is read in `event_known`. Judges nothing.

use super::event_known::add_known;
use super::event_provider::canonical;
use super::kind::{Kind, Property};
use super::read::Record;
use super::reader::Reader;
use super::reply::is_unfilled;
use super::tolerant::{field, is_type_name, number, text, unwrapped};
use super::value::Value;
use crate::fact::FactTable;

/// Events of every provider.
pub static KIND: Kind = Kind {
    name: "event",
    types: &["EventLogRecord", "EventRecord", "EventLogEntry", "Event"],
    object_classes: &[],
    marks: &[
        &["Id", "ProviderName"],
        &["EventID", "Source"],
        &["InstanceId", "Source"],
        &["EventID", "ProviderName"],
        &["EventID", "Message"],
        &["Id", "LogName", "MachineName"],
        &["Id", "TimeCreated", "Message"],
        &["Id", "LevelDisplayName"],
    ],
    commands: &["Get-WinEvent", "Get-EventLog", "wevtutil"],
    properties: &[
        Property::new("ProviderName", "which component logged it"),
        Property::new("Source", "the same, from Get-EventLog"),
        Property::new("Id", "what happened"),
        Property::new("EventID", "the same, from Get-EventLog"),
        Property::new("InstanceId", "the same, where EventID is missing"),
        Property::items("Properties", "Value", "the values in its text, free of language"),
        Property::new("ReplacementStrings", "the same, from Get-EventLog"),
        Property::new("Message", "its text, where the values are lost"),
        Property::new("MachineName", "where it was logged"),
        Property::new("PSComputerName", "the same, where MachineName is missing"),
        Property::new("TimeCreated", "when it was logged"),
        Property::new("TimeGenerated", "the same, from Get-EventLog"),
        Property::new("TimeWritten", "the same, where TimeGenerated is missing"),
        Property::new("LogName", "which log it is in"),
        Property::new("Level", "how serious it is"),
        Property::new("EntryType", "the same, from Get-EventLog"),
    ],
    facts,
};

/// One insertion string: its name, where the provider has a manifest, and its value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Inserted {
    /// `ErrorCode`; empty for the unnamed strings of classic providers.
    pub name: String,
    /// The value as text; empty ones stay, for they are told by position.
    pub value: String,
}

fn facts(record: &Record<'_>, facts: &mut FactTable) {
    let mut reader = Reader { record, facts };
    let provider = ["ProviderName", "Source"]
        .into_iter()
        .find_map(|property| Some((reader.value(property).and_then(text)?, property)));
    if let Some((name, property)) = &provider {
        reader
            .facts
            .add_text("event.provider", canonical(name), *property);
    }
    // Numbers of Get-EventLog may have severity and facility in their upper half.
    let id = ["Id", "EventID", "InstanceId"]
        .into_iter()
        .find_map(|property| Some((reader.value(property).and_then(number)? & 0xFFFF, property)));
    if let Some((id, property)) = id {
        reader.facts.add_number(
            "event.id",
            f64::from(u16::try_from(id).unwrap_or_default()),
            property,
        );
    }
    surroundings(&mut reader);
    let (strings, property) = inserted(&reader).unwrap_or_default();
    if !strings.is_empty() {
        reader.facts.add_list(
            "event.strings",
            strings.iter().map(|string| string.value.clone()).collect(),
            property,
        );
    }
    let message = reader.value("Message").and_then(text);
    if let Some(message) = &message {
        reader
            .facts
            .add_text("event.message", message.replace("\r\n", "\n"), "Message");
        if is_unfilled(message) {
            // A formatter without the provider's file, or a page of documentation.
            reader.facts.add_flag("event.unfilled", true, "Message");
        }
    }
    let provider = provider.as_ref().map(|(name, _)| canonical(name));
    let id = id.and_then(|(id, _)| u16::try_from(id).ok());
    add_known(
        reader.facts,
        provider,
        id,
        (&strings, property),
        message.as_deref(),
    );
}

/// Where, when, in which log, and how serious.
fn surroundings(reader: &mut Reader<'_, '_>) {
    let found = ["MachineName", "Computer", "PSComputerName"]
        .into_iter()
        .any(|property| reader.text("event.computer", property).is_some());
    if let (false, Some(computer)) = (found, &reader.record.computer) {
        reader
            .facts
            .add_text("event.computer", computer.as_ref(), "computer");
    }
    let _ = ["TimeCreated", "TimeGenerated", "TimeWritten"]
        .into_iter()
        .any(|property| reader.date("event.time", property).is_some());
    let _ = ["LogName", "ContainerLog"]
        .into_iter()
        .any(|property| reader.text("event.log", property).is_some());
    if reader.number("event.level", "Level").is_some() {
        return;
    }
    // EventLogEntryType counts Error 1, Warning 2, Information 4; event levels Error 2, Warning 3, Information 4.
    let entry_type = reader
        .value("EntryType")
        .and_then(text)
        .unwrap_or_default()
        .to_ascii_lowercase();
    let level = match entry_type.as_str() {
        "error" | "1" => 2.0,
        "warning" | "2" => 3.0,
        "information" | "4" => 4.0,
        _ => return,
    };
    reader.facts.add_number("event.level", level, "EntryType");
}

/// The insertion strings with the property that has them; `None` when the form lost them.
fn inserted(reader: &Reader<'_, '_>) -> Option<(Vec<Inserted>, &'static str)> {
    ["Properties", "ReplacementStrings"]
        .into_iter()
        .find_map(|property| {
            let strings = match unwrapped(reader.value(property)?) {
                Value::List(items) => items.iter().map(insertion).collect::<Option<Vec<_>>>()?,
                one @ (Value::Text(_) | Value::Object(_)) => vec![insertion(one)?],
                _ => return None,
            };
            (!strings.is_empty()).then_some((strings, property))
        })
}

fn insertion(item: &Value<'_>) -> Option<Inserted> {
    let (name, value) = match item {
        Value::Object(fields) => (field(fields, "Name").and_then(text), field(fields, "Value")?),
        other => (None, other),
    };
    let value = match value {
        // At the depth limit an EventProperty is only its type's name.
        Value::Text(text) if is_type_name(text) => return None,
        Value::Text(text) if text.starts_with('{') && text.contains("Eventing.Reader.EventProperty") => {
            return None
        }
        Value::Text(text) => text.trim().to_owned(),
        Value::Null => String::new(),
        other => text(other).unwrap_or_default(),
    };
    Some(Inserted {
        name: name.unwrap_or_default(),
        value,
    })
}
