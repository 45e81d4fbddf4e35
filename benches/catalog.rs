//! What loading rules costs: `cargo bench --bench catalog`.
//!
//! The shipped catalog is read once in a process, so each run of it is a process of its own.
//! Beside each figure stands `serde_json` reading the same bytes into values in the same run,
//! which checks nothing: the ratio holds on every machine. Median of seven runs.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::cast_precision_loss)]

use exauth::Catalog;
use serde_json::{json, Value};
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

const RUNS: usize = 7;
const RULES: usize = 3_000;
const PATTERNS: [&str; 6] = [
    r"(?i)(SMTP|SMTPSVC|HTTP|exchange(MDB|RFR|AB))/",
    r"(0\.0\.0\.0|\[::\]|[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}):[0-9]{2,5}",
    r"4\.7\.0.{0,80}TLS|TLS.{0,80}4\.7\.0",
    "SocketException|AuthenticationException|SSL/TLS|TrustFailure|ConnectFailure|underlying connection was closed",
    r"(?i)x-exps.{0,60}5[0-9][0-9]|550 5\.7\.1 Unable to relay",
    r"^[A-Za-z]+/([0-9]{1,3}\.){3}[0-9]{1,3}$",
];

fn shipped(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            shipped(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
}

fn files() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for folder in ["issues", "causes", "problems"] {
        shipped(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/catalog").join(folder), &mut found);
    }
    found.sort();
    found
}

/// Milliseconds until a piece of work is done; giving its result back is not part of them.
fn millis<T>(work: impl FnOnce() -> T) -> f64 {
    let start = Instant::now();
    let done = black_box(work());
    let time = start.elapsed().as_secs_f64() * 1_000.0;
    drop(done);
    time
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn one_load() {
    let files = files();
    let ours = millis(|| Catalog::builtin().unwrap());
    let parse = || files.iter().map(|(_, text)| serde_json::from_str(text).unwrap()).collect::<Vec<Value>>();
    println!("{ours} {}", millis(parse));
}

/// The shipped issues again and again under other ids, each with two patterns more.
fn pack() -> String {
    let mut rules: Vec<Value> = files()
        .iter()
        .filter(|(path, _)| path.components().any(|part| part.as_os_str() == "issues"))
        .map(|(_, text)| serde_json::from_str(text).unwrap())
        .filter(|issue: &Value| issue["check"] != true)
        .collect();
    let shipped = rules.len();
    for number in 0..RULES {
        let mut rule = rules[number % shipped].clone();
        rule["id"] = json!(format!("contoso-{number}"));
        let fact =
            rule["to"][0].as_str().or(rule["from"][0].as_str()).unwrap_or("record.computer").to_owned();
        let matches = |pattern: &str| json!({"fact": fact, "op": "matches", "value": pattern});
        rule["when"] = json!({"all": [rule["when"], {"any": [
            matches(PATTERNS[number % PATTERNS.len()]),
            matches(&format!("EX{number}|branch{}\\.contoso\\.com", number % 90)),
        ]}]});
        rules.push(rule);
    }
    json!({"schema": "exauth.pack/1", "issues": rules.split_off(shipped)}).to_string()
}

fn main() {
    if std::env::args().any(|argument| argument == "one-load") {
        return one_load();
    }
    let loads: Vec<(f64, f64)> = (0..RUNS)
        .map(|_| {
            let output = Command::new(std::env::current_exe().unwrap()).arg("one-load").output().unwrap();
            let text = String::from_utf8(output.stdout).unwrap();
            let mut times = text.split_whitespace().map(|time| time.parse().unwrap());
            (times.next().unwrap(), times.next().unwrap())
        })
        .collect();
    report("the shipped catalog", files().iter().map(|(_, text)| text.len()).sum(), &loads, 20.0);

    let base = Catalog::builtin().unwrap();
    let pack = pack();
    let extended = base.extend(pack.as_bytes()).unwrap();
    assert_eq!(extended.issues().count(), base.issues().count() + RULES);
    let extends: Vec<(f64, f64)> = (0..RUNS)
        .map(|_| {
            let ours = millis(|| base.extend(pack.as_bytes()).unwrap());
            (ours, millis(|| serde_json::from_str::<Value>(&pack).unwrap()))
        })
        .collect();
    report(&format!("a pack of {RULES} rules"), pack.len(), &extends, 200.0);
}

fn report(what: &str, bytes: usize, runs: &[(f64, f64)], target: f64) {
    let ours = median(runs.iter().map(|(ours, _)| *ours).collect());
    let rival = median(runs.iter().map(|(_, rival)| *rival).collect());
    println!(
        "{what} ({} KB): {ours:.1} ms (target {target} ms), {:.1} times serde_json into values ({rival:.1} ms)",
        bytes / 1024,
        ours / rival
    );
}
