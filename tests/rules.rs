//! Each issue against its fixtures: `tests/rules/<area>/<issue>/{hit,miss,unknown}-*.json`.
//!
//! What holds of the whole catalog is in `support/invariants.rs`.
//! A hit is found, a near miss is not, an unknown is neither found nor clear. With the rule taken
//! out of the catalog, its hits must be gone: no other rule may speak in its place.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::cast_precision_loss)]

#[path = "support/invariants.rs"]
mod invariants;
#[path = "support/shared.rs"]
#[allow(dead_code)] // what lies beside the repository is not needed here
mod shared;
mod support;
use invariants::shipped;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules");
    let mut found = Vec::new();
    for area in fs::read_dir(root).unwrap() {
        found.extend(fs::read_dir(area.unwrap().path()).unwrap().map(|entry| entry.unwrap().path()));
    }
    found.sort();
    found
}

fn fixtures(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
        .iter()
        .map(|p| (p.file_stem().unwrap().to_string_lossy().into_owned(), fs::read(p).unwrap()))
        .collect()
}

/// All outcomes for a record, or for an array of records that only together say something.
fn all_outcomes(catalog: &exauth::Catalog, records: &[u8]) -> String {
    if records.first() != Some(&b'[') {
        return catalog.check_record(records).unwrap();
    }
    let options = exauth::Options { include_clear: true, ..exauth::Options::default() };
    let mut session = exauth::Session::new(catalog, options);
    session.add(records).unwrap();
    session.finish().unwrap();
    let mut lines = String::new();
    while let Some(more) = session.next().unwrap() {
        lines.push_str(&more);
    }
    lines
}

/// Outcomes of one issue for one fixture.
fn outcomes(catalog: &exauth::Catalog, issue: &str, record: &[u8]) -> BTreeSet<String> {
    let lines = all_outcomes(catalog, record);
    lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|finding| finding["id"] == issue)
        .map(|finding| finding["outcome"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn every_fixture_comes_to_what_its_name_says() {
    let catalog = exauth::Catalog::builtin().unwrap();
    let mut wrong = Vec::new();
    let mut count = 0;
    for folder in folders() {
        let issue = folder.file_name().unwrap().to_string_lossy().into_owned();
        for (name, record) in fixtures(&folder) {
            count += 1;
            let found = outcomes(&catalog, &issue, &record);
            let right = match name.split('-').next().unwrap() {
                "hit" => found.contains("found"),
                "miss" => !found.contains("found"),
                "unknown" => !found.contains("found") && !found.contains("clear"),
                other => panic!("{name}: {other} is no outcome"),
            };
            if !right {
                wrong.push(format!("{issue}/{name}: {found:?}"));
            }
        }
    }
    assert!(count > 80, "only {count} fixtures were read");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_issue_has_a_page_and_a_hit_a_near_miss_and_an_unknown() {
    let headings = [
        "## What it means",
        "## What we look at",
        "## How to confirm",
        "## How to fix",
        "## When this is wrong",
        "## Sources",
    ];
    let mut wrong = Vec::new();
    let catalog = exauth::Catalog::builtin().unwrap();
    let pages = catalog.issues().map(|i| (&i.id, &i.page)).chain(catalog.causes().map(|c| (&c.id, &c.page)));
    for (id, page) in pages {
        let found: Vec<&str> = page.lines().filter(|line| line.starts_with("## ")).collect();
        if page.is_empty() {
            wrong.push(format!("{id}: there is no page {id}.md beside {id}.json"));
        } else if found != headings {
            wrong.push(format!("{id}: its page has the headings {found:?}, not {headings:?}"));
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules");
    let mut wanted = BTreeSet::new();
    for (path, _) in shipped("issues") {
        let id = path.file_stem().unwrap().to_str().unwrap();
        let area = path.parent().unwrap().file_name().unwrap().to_str().unwrap();
        let folder = root.join(area).join(id);
        let names: Vec<String> = match folder.is_dir() {
            true => fixtures(&folder).into_iter().map(|(name, _)| name).collect(),
            false => Vec::new(),
        };
        for outcome in ["hit-", "miss-", "unknown-"] {
            if !names.iter().any(|name| name.starts_with(outcome)) {
                wrong.push(format!("{id}: there is no record tests/rules/{area}/{id}/{outcome}*.json"));
            }
        }
        wanted.insert(folder);
    }
    let strays = folders().into_iter().filter(|folder| !wanted.contains(folder));
    wrong.extend(strays.map(|folder| format!("{}: there is no such issue", folder.display())));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_cause_id_of_the_vocabulary_is_there_and_every_problem_has_candidates() {
    let catalog = exauth::Catalog::builtin().unwrap();
    assert_eq!(catalog.causes().count(), 50);
    assert_eq!(catalog.problems().count(), 22);
    for issue in catalog.issues() {
        if let Some(problem) = &issue.problem {
            let candidates =
                catalog.causes().filter(|c| c.candidate_for.iter().any(|p| *p.problem == **problem));
            assert!(candidates.count() > 5, "{problem}");
        }
    }
}

#[test]
fn commands_that_collect_evidence_only_read() {
    let reading = [
        "Get-",
        "setspn -L",
        "setspn -Q",
        "setspn -X",
        "setspn -F -Q",
        "w32tm /stripchart",
        "w32tm /query",
        "w32tm /monitor",
        "repadmin /show",
        "repadmin /repl",
        "Test-",
        "nltest /sc_query",
        "nltest /domain_trusts",
        "reg query",
        "klist",
        "nslookup",
        "Resolve-DnsName",
        "netdom verify",
        "netdom query",
        "telnet ",
        "appcmd list",
        "netsh http show",
        "dcdiag",
        "ipconfig",
        "portqry",
        "cscript //nologo C:\\Inetpub\\AdminScripts\\adsutil.vbs enum",
        "& \"$env:windir\\system32\\inetsrv\\appcmd.exe\" list",
    ];
    let catalog = exauth::Catalog::builtin().unwrap();
    for cause in catalog.causes() {
        for need in &cause.needs {
            let command = need.command.source();
            assert!(reading.iter().any(|start| command.starts_with(start)), "{}: {command}", cause.id);
            assert!(!command.contains("purge") && !command.contains("Set-"), "{}: {command}", cause.id);
        }
    }
}

#[test]
fn a_catalog_without_a_rule_no_longer_finds_its_hits() {
    // A pack that gives the rule a condition that never holds, also where code speaks for it.
    let catalog = exauth::Catalog::builtin().unwrap();
    for folder in folders() {
        let issue = folder.file_name().unwrap().to_string_lossy().into_owned();
        let shipped = catalog.issue(&issue).unwrap();
        let mut silent = serde_json::json!({"schema": "exauth.issue/1", "id": issue, "replaces": issue, "status": "trial",
            "confidence": "low", "severity": "info", "title": "nothing", "records": shipped.records, "message": "nothing",
            "when": {"fact": "record.time", "op": "equals", "value": "never"}});
        if !shipped.event_ids.is_empty() {
            silent["event_ids"] = serde_json::json!(shipped.event_ids);
            silent["providers"] = serde_json::json!(shipped.providers);
        }
        let pack = serde_json::json!({"schema": "exauth.pack/1", "issues": [silent]});
        let without = catalog.extend(pack.to_string().as_bytes()).unwrap();
        for (name, record) in fixtures(&folder) {
            let found = outcomes(&without, &issue, &record);
            assert!(!found.contains("found"), "{issue}/{name}");
        }
    }
}
