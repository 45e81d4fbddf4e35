//! Real incidents of ../shared/cases: a table of what is answered, and the figures.
//!
//! Asserted for each: the cause is listed from the symptoms alone, first with the evidence, and nothing
//! that is plainly wrong is confirmed. `cargo test --test cases -- --nocapture` prints the table.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::cast_precision_loss)]

use serde_json::Value;
use std::fs;
use std::path::PathBuf;

fn analyze(files: &[PathBuf]) -> Value {
    let catalog = exauth::Catalog::builtin().unwrap();
    let mut session = exauth::Session::new(&catalog, exauth::Options::default());
    for file in files {
        session.add(&fs::read(file).unwrap()).unwrap();
    }
    session.finish().unwrap();
    serde_json::from_str(&session.report("json").unwrap()).unwrap()
}

fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect(),
        Value::String(text) => vec![text.clone()],
        _ => Vec::new(),
    }
}

/// The diagnosis of the expected problem, else the first.
fn relevant<'r>(report: &'r Value, problem: &str) -> Option<&'r Value> {
    let all = report["diagnoses"].as_array().unwrap();
    all.iter().find(|d| d["problem"]["id"] == problem).or(all.first())
}

#[test]
fn incidents_are_answered_and_nothing_is_confidently_wrong() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/cases");
    if !root.is_dir() {
        eprintln!("skipped: the incidents of ../shared/cases are not here");
        return;
    }
    let mut folders: Vec<PathBuf> =
        fs::read_dir(&root).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_dir()).collect();
    folders.sort();
    let (mut wrong, mut count, mut failures) = (0, 0, Vec::new());
    println!("{:5} {:34} {:36} first three with verdicts", "case", "expected problem", "expected cause");
    for folder in folders {
        let expected: Value =
            serde_json::from_slice(&fs::read(folder.join("expected.json")).unwrap()).unwrap();
        let id = expected["id"].as_str().unwrap();
        let problem = expected["problem_id"].as_str().unwrap();
        count += 1;
        let symptoms = folder.join("symptoms.jsonl");
        let early = analyze(std::slice::from_ref(&symptoms));
        let full = analyze(&[symptoms, folder.join("evidence.jsonl")]);
        let causes = |report: &Value| -> Vec<(String, String)> {
            relevant(report, problem).map_or(Vec::new(), |d| {
                let causes = d["causes"].as_array().unwrap();
                causes
                    .iter()
                    .map(|c| (c["id"].as_str().unwrap().into(), c["verdict"].as_str().unwrap().into()))
                    .collect()
            })
        };
        let (first, last) = (causes(&early), causes(&full));
        let top: Vec<_> = last.iter().take(3).map(|(id, verdict)| format!("{id} {verdict}")).collect();
        println!("{id:5} {problem:34} {:36} {}", strings(&expected["top_cause"]).join("|"), top.join(", "));
        for forbidden in strings(&expected["must_not_confirm"]) {
            for (stage, causes) in [("symptoms", &first), ("evidence", &last)] {
                if causes.iter().any(|(id, verdict)| *id == forbidden && verdict == "confirmed") {
                    wrong += 1;
                    failures.push(format!("{id} {stage}: {forbidden} is confirmed"));
                }
            }
        }
        let listed =
            |wanted: &String| first.iter().any(|(id, verdict)| id == wanted && verdict != "ruled_out");
        for wanted in strings(&expected["must_be_listed_from_symptoms"]).iter().filter(|w| !listed(w)) {
            failures.push(format!("{id} symptoms: {wanted} is not listed"));
        }
        let top_right = last.first().is_some_and(|(id, _)| strings(&expected["top_cause"]).contains(id));
        if !top_right {
            failures.push(format!("{id} evidence: first is {:?}", last.first()));
        }
        for out in strings(&expected["ruled_out"]) {
            if !last.iter().any(|(id, verdict)| *id == out && verdict == "ruled_out") {
                failures.push(format!("{id} evidence: {out} is not ruled out"));
            }
        }
    }
    println!("incidents: {count}, confidently wrong: {wrong}");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
