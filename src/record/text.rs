//! Texts to records: a tool's output, else a pasted event, reply or list.
//!
//! The tools come first: their marks (a DN, an offset in seconds) are surer than
//! the words of a message.

use super::event_export;
use super::paste;
use super::read::{Body, Record};
use super::value::Value;
use crate::{tool, Error, Result};
use std::borrow::Cow;

/// The records that a text holds; empty when nothing in it is known.
pub fn records_of_text(record: &Record<'_>) -> Vec<Record<'static>> {
    let objects = objects_of_text(record);
    // An object that holds others stands for them.
    let opened = |object: Record<'static>| match super::parts_of(&object) {
        parts if parts.is_empty() => vec![object],
        parts => parts,
    };
    objects.into_iter().flat_map(opened).collect()
}

fn objects_of_text(record: &Record<'_>) -> Vec<Record<'static>> {
    let Body::Text(text) = &record.body else { return Vec::new() };
    let (from, computer, collected) =
        (record.from.as_deref(), record.computer.as_deref(), record.collected.as_deref());
    let mut events = event_export::records(text);
    if !events.is_empty() {
        let owned = |value: Option<&str>| value.map(|value| Cow::Owned(value.to_owned()));
        for event in &mut events {
            (event.from, event.computer, event.collected) = (owned(from), owned(computer), owned(collected));
        }
        return events;
    }
    let pieces = paste::pieces(text);
    if pieces.is_empty() {
        return piece_records(from, computer, collected, text);
    }
    let mut records = Vec::new();
    for piece in &pieces {
        let computer = piece.computer.as_deref().or(computer);
        if piece.is_event {
            records.extend(super::message_records(from, computer, collected, &piece.text));
            continue;
        }
        let of_tool = tool::read_text(from, computer, collected, &piece.whole());
        if of_tool.is_empty() {
            let from = piece.echo.as_deref().or(from);
            records.extend(super::message_records(from, computer, collected, &piece.text));
        } else {
            // Somebody wrote above what the tool printed what it is about.
            let is_command = piece.echo.as_deref().is_some_and(tool::is_known);
            let said = if is_command { "" } else { said_before(&piece.text) };
            let of_said = piece.echo.as_deref().or(from);
            records.extend(super::message_records(of_said, computer, collected, said));
            records.extend(of_tool);
        }
    }
    records
}

/// The paragraphs of a tool's text before the first that only a tool prints.
fn said_before(text: &str) -> &str {
    let mut end = 0;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if tool::is_printed(line.trim_end()) {
            return text.get(..end).unwrap_or_default();
        }
        at += line.len();
        if line.trim().is_empty() {
            end = at;
        }
    }
    ""
}

/// The records of a text that is one piece.
fn piece_records(
    from: Option<&str>,
    computer: Option<&str>,
    collected: Option<&str>,
    text: &str,
) -> Vec<Record<'static>> {
    let records = tool::read_text(from, computer, collected, text);
    if records.is_empty() {
        return super::message_records(from, computer, collected, text);
    }
    records
}

/// `exauth_parse_tool`: the records of a tool's text, one `exauth.record/1` a line.
///
/// # Errors
/// [`Error::Unsupported`] when the command is none of the tools.
pub fn tool_records_json(command: &str, text: &str) -> Result<String> {
    if !tool::is_known(command) {
        let problem = format!("`{command}`; there are {}", tool::TOOLS.join(", "));
        return Err(Error::Unsupported { what: "tool", problem });
    }
    let mut out = String::new();
    let mut records = tool::read_text(Some(command), None, None, text);
    if records.is_empty() {
        // A cmdlet that is read for one of its attributes may also have printed whole objects.
        records = super::message_records(Some(command), None, None, text);
    }
    for record in records {
        out.push_str(&to_json(&record).to_string());
        out.push('\n');
    }
    Ok(out)
}

/// A record as its wire document.
fn to_json(record: &Record<'_>) -> serde_json::Value {
    let mut document = serde_json::Map::new();
    document.insert("schema".to_owned(), "exauth.record/1".into());
    for (name, value) in
        [("from", &record.from), ("computer", &record.computer), ("collected", &record.collected)]
    {
        if let Some(text) = value {
            document.insert(name.to_owned(), text.as_ref().into());
        }
    }
    let types: Vec<serde_json::Value> = record.types.iter().map(|name| name.as_ref().into()).collect();
    if !types.is_empty() {
        document.insert("type".to_owned(), types.into());
    }
    match &record.body {
        Body::Properties(fields) => {
            let fields = fields.iter().map(|(name, value)| (name.to_string(), value_json(value))).collect();
            document.insert("properties".to_owned(), serde_json::Value::Object(fields));
        }
        Body::Text(text) => {
            document.insert("text".to_owned(), text.as_ref().into());
        }
    }
    serde_json::Value::Object(document)
}

fn value_json(value: &Value<'_>) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(flag) => (*flag).into(),
        Value::Int(number) => (*number).into(),
        Value::Float(number) => (*number).into(),
        Value::Text(text) => text.as_ref().into(),
        Value::List(items) => items.iter().map(value_json).collect(),
        Value::Object(fields) => serde_json::Value::Object(
            fields.iter().map(|(name, v)| (name.to_string(), value_json(v))).collect(),
        ),
    }
}
