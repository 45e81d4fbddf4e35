//! A healthy organisation yields nothing: the real exports of ../shared/data/healthy, each file alone
//! and those that belong together as one input.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::cast_precision_loss)]

mod support;
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};

fn files(names: &[&str]) -> Option<Vec<PathBuf>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/healthy");
    if !root.is_dir() {
        eprintln!("skipped: the healthy exports of ../shared/data are not here");
        return None;
    }
    if names.is_empty() {
        let mut all: Vec<PathBuf> = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
        all.sort();
        return Some(all);
    }
    Some(names.iter().map(|name| root.join(name)).collect())
}

#[test]
fn healthy_exports_yield_no_finding_and_no_problem() {
    let Some(all) = files(&[]) else { return };
    assert!(!all.is_empty());
    for file in &all {
        let report = support::analyze_bytes(&fs::read(file).unwrap());
        assert_eq!(report["findings"], json!([]), "{}", file.display());
        assert_eq!(report["diagnoses"], json!([]), "{}", file.display());
        assert_eq!(report["rejected"], json!([]), "{}", file.display());
        assert!(report["summary"]["records"].as_u64().unwrap() > 0);
    }
}

#[test]
fn a_healthy_organisation_as_a_whole_yields_nothing_and_is_looked_at() {
    let names = ["e16-two-servers.jsonl", "e16-queues.jsonl", "e16-tools.jsonl"];
    let Some(parts) = files(&names) else { return };
    let bytes: Vec<u8> = parts.iter().flat_map(|file| fs::read(file).unwrap()).collect();
    assert_eq!(support::analyze_bytes(&bytes)["findings"], json!([]));
    // Silent because it is right, not because nothing was understood.
    let catalog = exauth::Catalog::builtin().unwrap();
    let options = exauth::Options { include_clear: true, ..exauth::Options::default() };
    let mut session = exauth::Session::new(&catalog, options);
    session.add(&bytes).unwrap();
    session.finish().unwrap();
    let report: serde_json::Value = serde_json::from_str(&session.report("json").unwrap()).unwrap();
    let clear: Vec<&str> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["outcome"] == "clear")
        .map(|finding| finding["id"].as_str().unwrap())
        .collect();
    for id in [
        "config-internal-url-ip-address",
        "config-connector-exchange-auth-off",
        "config-connector-permission-missing",
        "config-spn-missing",
        "clock-offset-too-large",
        "ad-replication-failing",
    ] {
        assert!(clear.contains(&id), "{id} did not look at anything");
    }
}

#[test]
fn a_healthy_organisation_around_a_failure_rules_its_causes_out() {
    let names = ["e16-two-servers.jsonl", "e16-queues.jsonl", "e16-tools.jsonl"];
    let Some(parts) = files(&names) else { return };
    let mut bytes: Vec<u8> = parts.iter().flat_map(|file| fs::read(file).unwrap()).collect();
    let stuck = json!({"computer": "SOLO-E16A", "type": ["Microsoft.Exchange.Data.QueueViewer.ExtensibleQueueInfo"],
        "properties": {"Identity": "SOLO-E16A\\77", "DeliveryType": "SmtpRelayToServers", "NextHopCategory": "Internal",
            "NextHopDomain": "solo-e16b.solo.local", "Status": "Retry", "MessageCount": 3,
            "LastError": "454 4.7.0 Temporary authentication failure"}});
    bytes.extend(stuck.to_string().bytes());
    let report = support::analyze_bytes(&bytes);
    for cause in ["clock-skew", "spn-missing", "connector-exchange-auth-off", "connector-permission-missing"]
    {
        assert_eq!(support::verdict(&report, cause), "ruled_out", "{cause}");
    }
    let causes = report["diagnoses"][0]["causes"].as_array().unwrap();
    assert!(causes.iter().all(|cause| cause["verdict"] != "confirmed"), "nothing of it is broken");
}
