//! Reports as input: what several sessions read is judged as if one had read it.
//!
//! Each incident of ../shared/cases is cut in two, each half is analysed, and the two reports are
//! analysed together.

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
use std::path::{Path, PathBuf};

fn analyze(records: &[String], mergeable: bool) -> String {
    let catalog = exauth::Catalog::builtin().unwrap();
    let options = exauth::Options { mergeable, ..exauth::Options::default() };
    let mut session = exauth::Session::new(&catalog, options);
    assert_eq!(session.add(records.join("\n").as_bytes()).unwrap(), None);
    session.finish().unwrap();
    session.report("json").unwrap()
}

/// Problem, ends, and causes with verdicts: all that does not depend on places of the input.
fn told(report: &str) -> Vec<Value> {
    let report: Value = serde_json::from_str(report).unwrap();
    assert_eq!(report["ignored"], serde_json::json!([]));
    let diagnoses = report["diagnoses"].as_array().unwrap();
    diagnoses
        .iter()
        .map(|d| {
            let causes: Vec<Value> = d["causes"]
                .as_array()
                .unwrap()
                .iter()
                .map(|c| serde_json::json!([c["id"], c["verdict"]]))
                .collect();
            let p = &d["problem"];
            serde_json::json!([p["id"], p["from"], p["to"], p["count"], p["first_seen"], causes])
        })
        .collect()
}

/// Records of an incident or a scenario that are of a known kind: what is ignored has nothing to merge.
fn records(files: &[PathBuf]) -> Vec<String> {
    let texts = files.iter().map(|file| fs::read_to_string(file).unwrap());
    let lines: Vec<String> = texts
        .flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>())
        .filter(|line| !line.trim().is_empty())
        .collect();
    lines
        .into_iter()
        .filter(|line| {
            let report: Value = serde_json::from_str(&analyze(std::slice::from_ref(line), false)).unwrap();
            report["ignored"] == serde_json::json!([])
        })
        .collect()
}

fn inputs() -> Vec<(String, Vec<PathBuf>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = Vec::new();
    if let Ok(cases) = fs::read_dir(root.join("../shared/cases")) {
        for case in cases.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
            let files = vec![case.join("symptoms.jsonl"), case.join("evidence.jsonl")];
            all.push((case.display().to_string(), files));
        }
    }
    for scenario in fs::read_dir(root.join("tests/scenarios")).unwrap() {
        let folder = scenario.unwrap().path();
        let files = vec![folder.join("symptoms.jsonl"), folder.join("evidence.jsonl")];
        all.push((folder.display().to_string(), files));
    }
    all.sort();
    all
}

#[test]
fn two_reports_give_the_answer_of_all_their_records() {
    let inputs = inputs();
    assert!(inputs.len() > 10);
    for (name, files) in inputs {
        let records = records(&files);
        let whole = told(&analyze(&records, false));
        for step in 2..4 {
            let part = |odd: bool| -> Vec<String> {
                let at = |n: usize| (n % step == 0) == odd;
                records.iter().enumerate().filter(|(n, _)| at(*n)).map(|(_, r)| r.clone()).collect()
            };
            let reports = vec![analyze(&part(true), true), analyze(&part(false), true)];
            assert_eq!(told(&analyze(&reports, false)), whole, "{name} by {step}");
            // A merged report can be merged again.
            let again = vec![analyze(&reports, true)];
            assert_eq!(told(&analyze(&again, false)), whole, "{name} by {step}, twice");
        }
    }
}

fn strength(verdict: &Value) -> usize {
    let order = ["ruled_out", "unlikely", "possible", "likely", "confirmed"];
    order.iter().position(|known| *verdict == **known).unwrap()
}

/// Findings alone hold less than the records: the problem is seen, and nothing is surer than it was.
#[test]
fn findings_alone_show_the_problem_and_say_nothing_more() {
    for (name, files) in inputs() {
        let records = records(&files);
        let whole = analyze(&records, false);
        let report: Value = serde_json::from_str(&whole).unwrap();
        let findings: Vec<String> =
            report["findings"].as_array().unwrap().iter().map(Value::to_string).collect();
        for input in [findings, vec![whole.clone()]] {
            let again = told(&analyze(&input, false));
            for diagnosis in told(&whole) {
                let same = again.iter().find(|other| other[0] == diagnosis[0]);
                let same = same.unwrap_or_else(|| panic!("{name}: {} is lost", diagnosis[0]));
                for cause in same[5].as_array().unwrap().iter().filter(|cause| cause[1] == "confirmed") {
                    let before = diagnosis[5].as_array().unwrap().iter().find(|c| c[0] == cause[0]);
                    let was = before.map_or(0, |c| strength(&c[1]));
                    assert!(was >= strength(&serde_json::json!("likely")), "{name}: {cause} was {before:?}");
                }
            }
        }
    }
}

#[test]
fn what_is_no_report_and_what_a_report_makes_up_is_left_out() {
    for (input, ignored) in [
        (r#"{"schema":"exauth.report/1","observations":[]}"#, 0),
        (
            r#"{"schema":"exauth.report/1","observations":[{"kind":"no such kind","facts":[]},{"kind":"queue"},7]}"#,
            0,
        ),
        (r#"{"schema":"exauth.report/1","observations":7}"#, 0),
        (
            r#"{"schema":"exauth.finding/1","id":"no-such-issue","outcome":"found","subject":{"kind":"queue","name":"x"}}"#,
            0,
        ),
        (r#"{"schema":"exauth.something/9","observations":[]}"#, 1),
    ] {
        let report: Value = serde_json::from_str(&analyze(&[input.to_owned()], false)).unwrap();
        assert_eq!(report["summary"]["ignored"], ignored, "{input}");
        assert_eq!(report["findings"], serde_json::json!([]), "{input}");
    }
}
