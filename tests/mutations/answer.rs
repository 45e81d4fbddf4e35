//! What a document says: its facts, its findings, its diagnoses, without the places of the input.

use exauth::fact::{FactTable, FactValue};
use exauth::record::{kind_of, read_document, records_of_text, Body, Record};
use exauth::{Catalog, Options, Session};
use serde_json::Value;
use std::collections::BTreeSet;

/// Kind and facts of one record, sorted by name.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    pub kind: &'static str,
    pub facts: Vec<(String, FactValue)>,
}

fn told(record: &Record<'_>) -> Option<Told> {
    let kind = kind_of(record)?;
    let mut table = FactTable::default();
    (kind.facts)(record, &mut table);
    let mut facts: Vec<_> = table.iter().map(|fact| (fact.name.to_string(), fact.value.clone())).collect();
    facts.sort_by_cached_key(|(name, value)| (name.clone(), format!("{value:?}")));
    Some(Told { kind: kind.name, facts })
}

/// The facts of every record of a document, in its order.
pub fn facts(bytes: &[u8]) -> Vec<Told> {
    let mut all = Vec::new();
    read_document(bytes, None, 0, &mut |read| {
        let Ok(record) = read else { return };
        match &record.body {
            Body::Text(_) => all.extend(records_of_text(&record).iter().filter_map(told)),
            Body::Properties(_) => all.extend(told(&record)),
        }
    });
    all
}

/// The report of documents, each a file.
pub fn report(documents: &[&[u8]]) -> Value {
    let mut session = Session::new(&Catalog::builtin().unwrap(), Options::default());
    for document in documents {
        session.add_file("x", document).unwrap();
    }
    session.finish().unwrap();
    serde_json::from_str(&session.report("json").unwrap()).unwrap()
}

/// What was found, by issue.
pub fn found(report: &Value) -> BTreeSet<String> {
    let findings = report["findings"].as_array().unwrap().iter();
    findings.map(|finding| finding["id"].as_str().unwrap().to_owned()).collect()
}

/// What is wrong, by the documents' own words: findings, problems with both ends, answers.
pub fn accused(report: &Value) -> BTreeSet<String> {
    let mut all = found(report);
    for diagnosis in report["diagnoses"].as_array().unwrap() {
        all.insert(format!("a diagnosis of {}", diagnosis["problem"]["id"].as_str().unwrap()));
    }
    all
}

/// Findings and diagnoses without the numbers of records, each as text, in the order of their text
/// where the report's own order depends on nothing else.
pub fn answers(report: &Value) -> Vec<String> {
    let mut findings: Vec<String> =
        report["findings"].as_array().unwrap().iter().map(|one| without_places(one).to_string()).collect();
    findings.sort();
    let mut diagnoses: Vec<String> =
        report["diagnoses"].as_array().unwrap().iter().map(|one| without_places(one).to_string()).collect();
    diagnoses.sort();
    findings.extend(diagnoses);
    findings
}

/// The same without the numbers of records, and lists of evidence by content.
fn without_places(value: &Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(
            fields
                .iter()
                .filter(|(name, _)| *name != "record")
                .map(|(name, value)| {
                    let mut value = without_places(value);
                    if let (true, Value::Array(items)) = (name == "evidence", &mut value) {
                        items.sort_by_key(Value::to_string);
                    }
                    (name.clone(), value)
                })
                .collect(),
        ),
        Value::Array(items) => items.iter().map(without_places).collect(),
        other => other.clone(),
    }
}
