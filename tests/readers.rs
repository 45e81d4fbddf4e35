//! Texts that administrators paste, read into facts, and what the facts do to a diagnosis.
//!
//! Each reader: the shapes in which its text comes (wrapped, cut, with words around it, localised), what
//! a healthy output says, and what the evidence does for and against a cause.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::cast_precision_loss, missing_docs)]

mod support;

#[path = "readers/channel.rs"]
mod channel;
#[path = "readers/conflict.rs"]
mod conflict;
#[path = "readers/cuts.rs"]
mod cuts;
#[path = "readers/directory.rs"]
mod directory;
#[path = "readers/hosts_file.rs"]
mod hosts_file;
#[path = "readers/inspection.rs"]
mod inspection;
#[path = "readers/membership.rs"]
mod membership;
#[path = "readers/virtual_server.rs"]
mod virtual_server;

use exauth::fact::{FactTable, FactValue};
use exauth::record::{kind_of, records_of_text, Record};
use serde_json::{json, Value};

/// A text as a wire record, observed on a computer; an empty name says nothing.
fn text(from: &str, computer: &str, text: &str) -> Value {
    let mut record = json!({ "text": text });
    for (name, value) in [("from", from), ("computer", computer)] {
        if !value.is_empty() {
            record[name] = json!(value);
        }
    }
    record
}

/// Kind, computer and facts of each record that a text gives.
fn read(from: &str, text: &str) -> Vec<(&'static str, Option<String>, FactTable)> {
    let mut record = Record::of_text(text.to_owned());
    record.from = Some(from.to_owned().into()).filter(|_| !from.is_empty());
    let facts = |record: &Record<'_>| {
        let kind = kind_of(record).expect("a kind");
        let mut table = FactTable::default();
        (kind.facts)(record, &mut table);
        (kind.name, record.computer.as_deref().map(str::to_owned), table)
    };
    records_of_text(&record).iter().map(facts).collect()
}

/// Facts as `name=value`.
fn lines(table: &FactTable) -> Vec<String> {
    let shown = |value: &FactValue| match value {
        FactValue::List(items) => format!("[{}]", items.join("; ")),
        other => other.to_string(),
    };
    table.iter().map(|fact| format!("{}={}", fact.name, shown(&fact.value))).collect()
}

/// The verdict of a cause for a problem; `absent` where it is not listed or there is no such problem.
fn verdict_of(report: &Value, problem: &str, cause: &str) -> String {
    let of_problem = |diagnosis: &&Value| diagnosis["problem"]["id"] == problem;
    let diagnosis = report["diagnoses"].as_array().unwrap().iter().find(of_problem);
    let causes = diagnosis.map_or(&[][..], |diagnosis| diagnosis["causes"].as_array().unwrap());
    let found = causes.iter().find(|entry| entry["id"] == cause);
    found.map_or("absent".to_owned(), |entry| entry["verdict"].as_str().unwrap().to_owned())
}
