//! `exauth.catalog/1`: what the library reads and knows, for callers.
//!
//! The PowerShell module copies exactly the properties listed here; people read
//! the pages.

use super::vocabulary::{PAIR_FACTS, RECORD_FACTS};
use super::Catalog;
use crate::record::KINDS;
use crate::rule::OPS;
use serde_json::{json, Value};

pub(super) fn describe(catalog: &Catalog) -> String {
    let kinds: Vec<Value> = KINDS
        .iter()
        .map(|kind| {
            let properties: Vec<Value> = kind
                .properties
                .iter()
                .map(|property| {
                    let mut wanted = serde_json::Map::new();
                    let said = [
                        ("name", Some(property.name)),
                        ("used_for", Some(property.used_for)),
                        ("item", property.item),
                        ("parts", property.parts),
                    ];
                    for (key, value) in said {
                        if let Some(value) = value {
                            wanted.insert(key.to_owned(), value.into());
                        }
                    }
                    Value::Object(wanted)
                })
                .collect();
            json!({
                "name": kind.name,
                "types": kind.types,
                "object_classes": kind.object_classes,
                "marks": kind.marks,
                "commands": kind.commands,
                "properties": properties,
            })
        })
        .collect();
    let issues: Vec<Value> = catalog
        .issues()
        .map(|issue| {
            json!({
                "id": issue.id, "title": issue.title, "severity": issue.severity, "status": issue.status,
                "confidence": issue.confidence, "problem": issue.problem, "causes": issue.causes,
                "records": issue.records, "providers": issue.providers, "event_ids": issue.event_ids,
                "applies_to": issue.applies_to, "false_positives": issue.false_positives,
                "sources": issue.sources, "page": issue.page,
            })
        })
        .collect();
    let causes: Vec<Value> = catalog
        .causes()
        .map(|cause| {
            let problems: Vec<_> = cause.candidate_for.iter().map(|candidate| &candidate.problem).collect();
            let fix: Vec<_> = cause
                .fix
                .iter()
                .map(|fix| {
                    json!({"text": fix.text.source(), "command": fix.command.source(),
                           "check": fix.check.source(), "undo": fix.undo.source()})
                })
                .collect();
            json!({
                "id": cause.id, "title": cause.title, "status": cause.status, "problems": problems,
                "fix": fix, "applies_to": cause.applies_to, "sources": cause.sources, "page": cause.page,
            })
        })
        .collect();
    json!({
        "schema": "exauth.catalog/1",
        "version": crate::VERSION,
        "kinds": kinds,
        "tools": crate::tool::TOOLS,
        "issues": issues,
        "causes": causes,
        "record_facts": RECORD_FACTS,
        "pair_facts": PAIR_FACTS,
        "ops": OPS,
        "problems": catalog.problems().collect::<Vec<_>>(),
    })
    .to_string()
}
