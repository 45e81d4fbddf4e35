//! The kinds of what tools say: records that `tool` read from a text, and the
//! objects of cmdlets that say the same.
//!
//! Turns their properties into facts; reads no text itself. A property that is
//! absent, null or empty gives no fact.

mod account;
mod clock;
mod connection_error;
mod iis;
mod machine_sid;
mod name_resolution;
mod outcome;
mod port_test;
mod registry;
mod replication;
mod secure_channel;
mod service;
mod smtp_inspection;
mod smtp_session;
mod smtp_virtual_server;
mod spn;
mod tool_error;
mod web_log;

pub(super) use clock::{CLOCK_OFFSET, TIME_STATUS};
pub(super) use connection_error::{HTTP_ERROR, SHELL_ERROR};
pub(super) use iis::{IIS_CONFIG, SSL_BINDING};
pub(super) use machine_sid::MACHINE_SID;
pub(super) use name_resolution::DNS_ANSWER;
pub(super) use outcome::{ASA_ROLL, DCDIAG};
pub(super) use port_test::PORT_TEST;
pub(crate) use registry::is_setting;
pub(super) use registry::REGISTRY_VALUES;
pub(super) use replication::{REPLICATION_LINK, REPLICATION_SUMMARY};
pub(crate) use secure_channel::is_no_controller;
pub(super) use secure_channel::SECURE_CHANNEL;
pub(super) use service::SERVICE_STATE;
pub(super) use smtp_inspection::SMTP_INSPECTION;
pub(super) use smtp_session::SMTP_SESSION;
pub(super) use smtp_virtual_server::SMTP_VIRTUAL_SERVER;
pub(super) use spn::{SPN_DUPLICATES, SPN_LIST, SPN_QUERY};
pub(super) use tool_error::{KERBEROS_TICKETS, TOOL_ERROR};
pub(super) use web_log::WEB_LOG;

use super::tolerant::is_type_name;
use super::{Record, Value};
use crate::fact::FactTable;

/// A property's text; numbers and addresses as they are written. A type name stands for a value
/// that was not expanded, dots for what a shell left out: neither is the value.
fn text_of(value: &Value<'_>) -> Option<String> {
    let text = match value {
        Value::Text(text) => text.trim().to_owned(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        // System.Net.IPAddress through ConvertTo-Json, and `{value, Value}` of an enum.
        Value::Object(_) => {
            return ["IPAddressToString", "Value"].iter().find_map(|n| text_of(value.field(n)?))
        }
        Value::List(items) => return text_of(items.first()?),
        Value::Null | Value::Bool(_) => return None,
    };
    let lost = text.is_empty() || matches!(&*text, "..." | "\u{2026}") || is_type_name(&text);
    (!lost).then_some(text)
}

fn text(record: &Record<'_>, property: &str) -> Option<String> {
    text_of(record.property(property)?)
}

fn number(record: &Record<'_>, property: &str) -> Option<f64> {
    let number = match record.property(property)? {
        Value::Int(number) => *number as f64,
        Value::Float(number) => *number,
        other => text_of(other)?.parse().ok()?,
    };
    number.is_finite().then_some(number)
}

fn flag(record: &Record<'_>, property: &str) -> Option<bool> {
    match record.property(property)? {
        Value::Bool(flag) => Some(*flag),
        Value::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// A list; a lone text is a list of one, as ConvertTo-Json writes it. A list of which nothing can
/// be read is lost, and not an empty one.
fn list(record: &Record<'_>, property: &str) -> Option<Vec<String>> {
    match record.property(property)? {
        Value::List(items) => {
            let read: Vec<String> = items.iter().filter_map(text_of).collect();
            (items.is_empty() || !read.is_empty()).then_some(read)
        }
        one => text_of(one).map(|text| vec![text]),
    }
}

/// A status as the unsigned number that all its spellings mean.
fn status(record: &Record<'_>, property: &str) -> Option<f64> {
    let number = number(record, property)?;
    // -2146893022 is 0x80090322.
    Some(if number < 0.0 { number + 4_294_967_296.0 } else { number })
}

/// Adds the fact of each property that is there. Pairs are (property, fact).
fn add_texts(record: &Record<'_>, facts: &mut FactTable, pairs: &[(&'static str, &'static str)]) {
    for (property, fact) in pairs {
        if let Some(text) = text(record, property) {
            facts.add_text(fact, text, *property);
        }
    }
}

fn add_numbers(record: &Record<'_>, facts: &mut FactTable, pairs: &[(&'static str, &'static str)]) {
    for (property, fact) in pairs {
        if let Some(number) = number(record, property) {
            facts.add_number(fact, number, *property);
        }
    }
}

fn add_flags(record: &Record<'_>, facts: &mut FactTable, pairs: &[(&'static str, &'static str)]) {
    for (property, fact) in pairs {
        if let Some(flag) = flag(record, property) {
            facts.add_flag(fact, flag, *property);
        }
    }
}

fn add_lists(record: &Record<'_>, facts: &mut FactTable, pairs: &[(&'static str, &'static str)]) {
    for (property, fact) in pairs {
        if let Some(list) = list(record, property) {
            facts.add_list(fact, list, *property);
        }
    }
}

/// Where it was observed, for facts that have a "from" side.
fn add_computer(record: &Record<'_>, facts: &mut FactTable, fact: &'static str) {
    if let Some(computer) = &record.computer {
        facts.add_text(fact, computer.as_ref(), "computer");
    }
}
