//! Reads captured output of the tools and compares it with what its catalogue says.
//!
//! The samples are not part of the project (`../shared/data/samples/tools`): without them the
//! test says what it skips. Prints how many samples of each tool and language were read.

// A test that cannot read its own data fails here.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice)]
#![allow(clippy::panic, clippy::print_stdout, clippy::print_stderr, missing_docs)]

#[path = "tool_samples/coverage.rs"]
mod coverage;
#[path = "tool_samples/session.rs"]
mod session;

use coverage::{covered, says_nothing};
use exauth::fact::FactTable;
use exauth::record::{kind_of, read_records, Body, Record};
use exauth::tool::read_text;
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

const SAMPLES: &str = "../shared/data/samples/tools";
const HEALTHY: &str = "../shared/data/healthy";

fn samples() -> Option<Vec<(Value, String)>> {
    let root = Path::new(SAMPLES);
    let Ok(index) = std::fs::read_to_string(root.join("index.jsonl")) else {
        eprintln!("skipped: the captured samples of tools, {SAMPLES} is not there");
        return None;
    };
    let read = |line: &str| {
        let row: Value = serde_json::from_str(line).unwrap();
        let text = std::fs::read_to_string(root.join(row["file"].as_str().unwrap())).unwrap();
        (row, text)
    };
    Some(index.lines().filter(|line| !line.trim().is_empty()).map(read).collect())
}

/// Kind and facts of each record.
fn facts(from: Option<&str>, text: &str) -> Vec<(&'static str, FactTable)> {
    read_text(from, Some("EX1"), None, text).iter().map(of_record).collect()
}

fn of_record(record: &Record<'_>) -> (&'static str, FactTable) {
    let mut table = FactTable::default();
    let kind = kind_of(record).expect("a tool's record has a kind");
    (kind.facts)(record, &mut table);
    (kind.name, table)
}

fn near(a: Option<f64>, b: f64) -> bool {
    a.is_some_and(|a| (a - b).abs() < 1e-9)
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(|v| v.as_str().map(str::to_owned)).collect()
}

/// Asserts the facts of the catalogue for one sample; `all` are the records in their order.
fn check(row: &Value, all: &[(&'static str, FactTable)]) {
    let file = row["file"].as_str().unwrap();
    let want = &row["facts"];
    let first = all.first().map(|(_, table)| table).unwrap_or_else(|| panic!("{file}: no record"));
    if file.starts_with("setspn-L") {
        assert_eq!(first.text("spn_list.account_dn"), want["header_dn"].as_str(), "{file}");
        assert_eq!(first.list("spn_list.spns").unwrap(), texts(&want["spns"]), "{file}");
    } else if file.starts_with("setspn-Q") {
        check_owners(file, want, first);
    } else if file.starts_with("setspn-X") {
        let groups = first.list("spn_duplicates.groups").unwrap();
        let wanted = want["duplicates"].as_object().map_or(0, |groups| groups.len());
        assert_eq!(groups.len(), wanted, "{file}");
        for (spn, owners) in want["duplicates"].as_object().into_iter().flatten() {
            assert!(groups.contains(&format!("{spn}|{}", texts(owners).join("|"))), "{file}");
        }
        // Only the run with its last line is whole.
        assert_eq!(first.flag("spn_duplicates.complete"), Some(want["groups"].is_number()), "{file}");
    } else if file.starts_with("w32tm-stripchart") {
        check_offset(file, want, first);
    } else if file.starts_with("w32tm-monitor") {
        for (server, (_, table)) in want["servers"].as_array().unwrap().iter().zip(all) {
            assert_eq!(table.text("clock.to"), server["name"].as_str(), "{file}");
            assert!(
                near(table.number("clock.offset_seconds"), server["offset_s"].as_f64().unwrap()),
                "{file}"
            );
            assert_eq!(table.flag("clock.is_pdc").unwrap_or(false), server["pdc"].as_bool().unwrap_or(false));
        }
        assert_eq!(all.len(), want["servers"].as_array().unwrap().len(), "{file}");
    } else if file.starts_with("w32tm-query") {
        assert!(near(first.number("time.leap"), want["leap"].as_f64().unwrap()), "{file}");
        assert!(near(first.number("time.stratum"), want["stratum"].as_f64().unwrap()), "{file}");
        if let Some(source) = want["source"].as_str() {
            assert_eq!(first.text("time.source"), Some(source), "{file}");
        }
        if let Some(id) = want["refid"].as_str() {
            assert_eq!(first.text("time.reference_id"), Some(id), "{file}");
        }
        if let Some(phase) = want["phase_offset_s"].as_f64() {
            assert!(near(first.number("time.phase_offset_seconds"), phase), "{file}");
        }
        let synchronized = want["synced"].as_bool().unwrap_or(true);
        assert_eq!(first.flag("time.synchronized"), Some(synchronized), "{file}");
    } else if file.starts_with("w32tm-service") {
        assert_eq!(first.text("time.error"), want["hresult"].as_str(), "{file}");
    } else if file.starts_with("repadmin") {
        check_replication(file, want, all);
    } else if file.starts_with("tnc") || file.starts_with("portqry") {
        check_ports(file, want, all);
    } else if file.starts_with("nltest-sc") {
        let code = want["status"][0].as_f64().or(want["connection_status"][0].as_f64()).unwrap();
        assert!(near(first.number("secure_channel.status"), code), "{file}");
        // Who found no controller has not tried the channel.
        let untried = [1311.0, 1355.0].contains(&code);
        assert_eq!(first.flag("secure_channel.ok"), (!untried).then_some(code == 0.0), "{file}");
        assert_eq!(first.flag("secure_channel.no_controller"), untried.then_some(true), "{file}");
        let dc = want["trusted_dc"].as_str().filter(|dc| !dc.is_empty());
        assert_eq!(first.text("secure_channel.dc"), dc, "{file}");
    } else if file.starts_with("netdom") {
        assert_eq!(first.flag("secure_channel.ok"), want["ok"].as_bool(), "{file}");
        assert_eq!(first.text("secure_channel.dc"), want["dc"].as_str(), "{file}");
        assert_eq!(first.text("secure_channel.domain"), want["domain"].as_str(), "{file}");
    } else if file.starts_with("testcomputer") {
        assert_eq!(first.flag("secure_channel.ok"), want["result"].as_bool(), "{file}");
        assert_eq!(first.text("secure_channel.domain"), want["domain"].as_str(), "{file}");
    } else if file.starts_with("reg-etypes") {
        let types = want["SupportedEncryptionTypes"].as_f64().unwrap();
        assert!(near(first.number("kerberos.encryption_types"), types), "{file}");
    } else if file.starts_with("setspn-err") {
        let code = u32::from_str_radix(&want["code_hex"].as_str().unwrap()[2..], 16).unwrap();
        assert_eq!(first.text("tool.error_code"), Some(format!("0x{code:X}").as_str()), "{file}");
        assert_eq!(first.text("tool.account"), want["account"].as_str(), "{file}");
    } else if session::is_one(file) {
        session::check(file, want, all);
    } else if let Some(server) = want["server"].as_str() {
        assert!(first.list("kerberos_tickets.tickets").unwrap()[0].starts_with(server), "{file}");
    } else if let Some(status) = want["status_hex"].as_str() {
        let code = u32::from_str_radix(&status[2..], 16).unwrap();
        assert_eq!(first.text("tool.error_code"), Some(format!("0x{code:X}").as_str()), "{file}");
    }
}

fn check_owners(file: &str, want: &Value, table: &FactTable) {
    let owners = table.list("spn_query.owners").unwrap();
    let found = table.list("spn_query.found_spns").unwrap();
    if let Some(wanted) = want["owners"].as_object() {
        assert_eq!(owners, wanted.keys().cloned().collect::<Vec<_>>(), "{file}");
        for (dn, spns) in wanted {
            for spn in texts(spns) {
                assert!(found.contains(&format!("{spn}|{dn}")), "{file}");
            }
        }
    }
    if let Some(count) = want["owners_count"].as_u64() {
        assert_eq!(owners.len() as u64, count, "{file}");
    }
    if want["found"] == false {
        assert!(owners.is_empty(), "{file}");
    }
    for spn in texts(&want["owner_svc_sql"]).iter().chain(&texts(&want["owner_admin"])) {
        assert!(found.iter().any(|entry| entry.starts_with(&format!("{spn}|"))), "{file}");
    }
}

fn check_offset(file: &str, want: &Value, table: &FactTable) {
    let mut offsets: Vec<f64> =
        want["samples"].as_array().unwrap().iter().map(|sample| sample[2].as_f64().unwrap()).collect();
    offsets.sort_by(f64::total_cmp);
    // All samples that succeeded have an odd number.
    match offsets.get(offsets.len() / 2) {
        Some(median) => assert!(near(table.number("clock.offset_seconds"), *median), "{file}"),
        None => assert_eq!(table.text("clock.error"), want["errors"][0].as_str(), "{file}"),
    }
    assert!(near(table.number("clock.samples"), offsets.len() as f64), "{file}");
    let errors = want["errors"].as_array().map_or(0, Vec::len);
    assert_eq!(table.number("clock.failed_samples").unwrap_or(0.0), errors as f64, "{file}");
    if let Some(target) = want["target"].as_str() {
        assert_eq!(table.text("clock.to"), Some(target), "{file}");
    }
}

fn check_replication(file: &str, want: &Value, all: &[(&'static str, FactTable)]) {
    let first = &all[0].1;
    if let Some(source) = want["source"].as_array() {
        let rows = source.len() + want["dest"].as_array().unwrap().len();
        assert!(near(first.number("replication_summary.rows"), rows as f64), "{file}");
        assert_eq!(first.list("replication_summary.failing"), Some(&[][..]), "{file}");
    }
    if let Some(rows) = want["source_rows"].as_u64() {
        let rows = rows + want["dest_rows"].as_u64().unwrap();
        assert!(near(first.number("replication_summary.rows"), rows as f64), "{file}");
        let errors: Vec<String> = want["operational_errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|pair| format!("{}|{}", pair[0], pair[1].as_str().unwrap()))
            .collect();
        assert_eq!(first.list("replication_summary.operational_errors").unwrap(), errors, "{file}");
    }
    for (at, partner) in want["partners"].as_array().into_iter().flatten().enumerate() {
        let table = &all[at].1;
        let source = partner[1].as_str().unwrap().rsplit('\\').next();
        assert_eq!(table.text("replication.naming_context"), partner[0].as_str(), "{file}");
        assert_eq!(table.text("replication.source"), source, "{file}");
        assert_eq!(table.text("replication.last_success"), partner[2].as_str(), "{file}");
        assert!(near(table.number("replication.status"), 0.0), "{file}");
    }
    if let Some(count) = want["nc_count"].as_u64() {
        assert_eq!(all.len() as u64, count, "{file}");
    }
    if let Some(signed) = want["result_dec"].as_i64() {
        assert!(near(first.number("replication.status"), (signed & 0xFFFF_FFFF) as f64), "{file}");
    }
    if let Some(row) = want["rows"][0].as_array() {
        assert_eq!(first.text("replication.destination"), row[1].as_str(), "{file}");
        assert_eq!(first.text("replication.source"), row[4].as_str(), "{file}");
        assert!(near(first.number("replication.failures"), 0.0), "{file}");
        assert_eq!(first.text("replication.last_failure"), None, "{file}");
    }
    if let Some(failing) = want["failing"].as_array() {
        let table = &all[1].1;
        assert_eq!(table.text("replication.source"), failing[0].as_str(), "{file}");
        assert!(near(table.number("replication.failures"), failing[1].as_f64().unwrap()), "{file}");
        assert!(near(table.number("replication.status"), failing[2].as_f64().unwrap()), "{file}");
    }
}

fn check_ports(file: &str, want: &Value, all: &[(&'static str, FactTable)]) {
    let open = |port: f64| {
        let at = |table: &&FactTable| near(table.number("port.number"), port);
        all.iter().map(|(_, table)| table).find(at).map(|table| table.flag("port.open"))
    };
    let number = want["RemotePort"].as_f64().or(want["port"].as_f64());
    if let Some(number) = number {
        let wanted = want["TcpTestSucceeded"].as_bool().or(Some(true));
        assert_eq!(open(number), Some(wanted), "{file}");
        assert_eq!(all.len(), 1, "{file}");
    }
    for pair in want["results"].as_array().into_iter().flatten() {
        assert_eq!(open(pair[0].as_f64().unwrap()), Some(pair[1].as_bool()), "{file}");
    }
}

#[test]
fn captured_output_gives_the_facts_of_its_catalogue() {
    let Some(samples) = samples() else { return };
    let mut seen: BTreeMap<(String, String), (usize, usize, usize)> = BTreeMap::new();
    for (row, text) in &samples {
        let file = row["file"].as_str().unwrap();
        let command = row["command"].as_str().unwrap();
        let Some(kinds) = covered(file).filter(|_| !says_nothing(row)) else {
            assert!(facts(Some(command), text).is_empty(), "{file} gave a record");
            assert!(facts(None, text).is_empty(), "{file} gave a record without its command");
            continue;
        };
        let all = facts(Some(command), text);
        assert!(all.iter().all(|(kind, _)| kinds.contains(kind)), "{file}: {all:?}");
        check(row, &all);
        // Without the command a text may say less, but nothing else.
        let bare = facts(None, text);
        assert!(bare.iter().all(|(kind, _)| kinds.contains(kind)), "{file}: {bare:?}");
        let key = (row["tool"].as_str().unwrap().to_owned(), row["lang"].as_str().unwrap().to_owned());
        let count = seen.entry(key).or_default();
        count.0 += 1;
        count.1 += usize::from(!bare.is_empty());
        count.2 += 1;
    }
    println!("{:<28} {:<28} read  without command  total", "tool", "language");
    for ((tool, lang), (read, bare, total)) in &seen {
        println!("{tool:<28} {lang:<28} {read:>4} {bare:>16} {total:>6}");
    }
}

#[test]
fn line_ends_and_lost_indents_change_nothing() {
    let Some(samples) = samples() else { return };
    for (row, text) in &samples {
        let command = row["command"].as_str();
        let wanted = facts(command, text);
        for end in ["\r\n", "\r"] {
            assert_eq!(facts(command, &text.replace('\n', end)), wanted, "{}", row["file"]);
        }
        let full_width = text.replace(": ", "：");
        if row["tool"] == "w32tm" {
            assert_eq!(facts(command, &full_width), wanted, "{}", row["file"]);
        }
        let bare: Vec<&str> = text.lines().map(str::trim).collect();
        if row["tool"] != "Test-NetConnection" {
            assert_eq!(facts(command, &bare.join("\n")), wanted, "{}", row["file"]);
        }
    }
}

#[test]
fn healthy_texts_give_no_failure() {
    let Ok(folder) = std::fs::read_dir(HEALTHY) else {
        eprintln!("skipped: the healthy records, {HEALTHY} is not there");
        return;
    };
    for file in folder.filter_map(Result::ok) {
        let bytes = std::fs::read(file.path()).unwrap();
        read_records(&bytes, 0, |record| {
            let Ok(record) = record else { return };
            let Body::Text(text) = &record.body else { return };
            let records = read_text(record.from.as_deref(), record.computer.as_deref(), None, text);
            assert!(!records.is_empty(), "{:?} was not read", record.from);
            for (kind, table) in records.iter().map(of_record) {
                assert_ne!(kind, "tool-error");
                assert!(table.number("spn_duplicates.count").unwrap_or(0.0) == 0.0);
                assert!(table.number("clock.offset_seconds").unwrap_or(0.0).abs() < 0.02);
                assert!(table.number("replication.status").unwrap_or(0.0) == 0.0);
            }
        });
    }
}

fn any_sample() -> Vec<(Option<String>, String)> {
    let rows = samples().unwrap_or_default();
    let mut all: Vec<_> =
        rows.into_iter().map(|(row, text)| (row["command"].as_str().map(str::to_owned), text)).collect();
    all.push((
        Some("setspn -L EX1".to_owned()),
        "Registered for CN=EX1,DC=contoso,DC=com:\n\tHTTP/EX1\n".to_owned(),
    ));
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_samples_never_panic(
        (command, text) in proptest::sample::select(any_sample()),
        cut in 0usize..4000, swaps in proptest::collection::vec((0usize..60, 0usize..60), 0..6),
        insert in proptest::collection::vec((0usize..4000, any::<char>()), 0..8), keep_command in any::<bool>(),
    ) {
        let mut lines: Vec<&str> = text.lines().collect();
        for (a, b) in swaps {
            let count = lines.len().max(1);
            if !lines.is_empty() {
                lines.swap(a % count, b % count);
            }
        }
        let mut chars: Vec<char> = lines.join("\n").chars().take(cut).collect();
        for (at, c) in insert {
            let at = at % (chars.len() + 1);
            chars.insert(at, c);
        }
        let damaged: String = chars.into_iter().collect();
        let command = command.filter(|_| keep_command);
        for (_, table) in facts(command.as_deref(), &damaged) {
            prop_assert!(table.iter().count() < 10_000);
        }
    }
}
