//! Texts of the tools and objects of cmdlets, in several languages and shapes, to facts.
//!
//! Written for these tests with reserved names; `tool_samples.rs` reads captured output.

#[path = "tool/clock.rs"]
mod clock;
#[path = "tool/directory.rs"]
mod directory;
#[path = "tool/network.rs"]
mod network;
#[path = "tool/paste.rs"]
mod paste;
#[path = "tool/registry.rs"]
mod registry;
#[path = "tool/spn.rs"]
mod spn;

use exauth::fact::{FactTable, FactValue};
use exauth::record::{kind_of, read_records};

/// Kind and facts of each record that a text gives, observed on EX1.
fn read(from: &str, text: &str) -> Vec<(&'static str, FactTable)> {
    let from = Some(from).filter(|from| !from.is_empty());
    let records = exauth::tool::read_text(from, Some("EX1"), None, text);
    records.iter().map(facts_of).collect()
}

fn facts_of(record: &exauth::record::Record<'_>) -> (&'static str, FactTable) {
    let kind = kind_of(record).expect("a kind");
    let mut table = FactTable::default();
    (kind.facts)(record, &mut table);
    (kind.name, table)
}

/// The only record of a text.
fn one(from: &str, text: &str) -> FactTable {
    let mut all = read(from, text);
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0).1
}

/// Kind and facts of one object as JSON.
fn object(json: &str) -> (&'static str, FactTable) {
    let mut all = Vec::new();
    read_records(json.as_bytes(), 0, |record| all.push(facts_of(&record.expect("a record"))));
    assert_eq!(all.len(), 1);
    all.remove(0)
}

/// All facts as `name=value` lines, for comparing whole tables.
fn lines(table: &FactTable) -> Vec<String> {
    let value = |value: &FactValue| match value {
        FactValue::List(items) => format!("[{}]", items.join("; ")),
        other => other.to_string(),
    };
    table.iter().map(|fact| format!("{}={}", fact.name, value(&fact.value))).collect()
}
