//! Each real exported object is the same from every form in which people hand it over.
//!
//! What Export-Clixml wrote is the reference. `LOST` names, form by form, what cannot be carried,
//! and nothing else may be missing; `ALTERED` names the facts that a form bends. Reads
//! ../shared/data, and says what it skips where that is missing.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::cast_precision_loss)]
// Test code: a failure here must stop the test.

#[path = "support/shared.rs"]
mod shared;

use exauth::record::{read_document, records_of_text, Body, Record};
use exauth::{Catalog, Options, Session};
use shared::{facts_of, shared};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Facts that a form does not carry: cmdlet, how the form's name begins, names of facts.
/// Chosen columns carry what was chosen; the rest is said behind each row.
const LOST: &[(&str, &str, &[&str])] = &[
    ("Get-ExchangeServer", "format-list-subset", EXCHANGE_SERVER_FLAGS),
    ("Get-ExchangeServer", "select-subset", EXCHANGE_SERVER_FLAGS),
    ("Get-ExchangeServer", "format-table", EXCHANGE_SERVER_FLAGS),
    // The version's column is cut.
    (
        "Get-ExchangeServer",
        "format-table.",
        &["exchange_server.exchange_major", "exchange_server.exchange_version"],
    ),
    // The alternative names are read from the certificate's bytes, where an export has nothing else.
    ("Get-ExchangeCertificate", "", &["certificate.domains"]),
    ("Get-ExchangeCertificate", "export", CERTIFICATE_DATES),
    ("Get-ExchangeCertificate", "format-list", CERTIFICATE_DATES),
    ("Get-ExchangeCertificate", "format-table", CERTIFICATE_DATES),
    ("Get-ExchangeCertificate", "select-subset.csv", CERTIFICATE_DATES),
    ("Get-ExchangeCertificate", "format-list-subset", &["certificate.server"]),
    ("Get-ExchangeCertificate", "select-subset", &["certificate.server"]),
    ("Get-ExchangeCertificate", "format-table", &["certificate.server"]),
    ("Get-ExchangeCertificate", "format-table.", &["certificate.issuer", "certificate.self_signed"]),
    ("Get-ServerComponentState", "format-list-subset", &["component.requester"]),
    ("Get-ServerComponentState", "select-subset", &["component.requester"]),
    ("Get-ServerComponentState", "format-table", &["component.requester"]),
    // A list's cell is the name of its type.
    ("Test-ServiceHealth", "export", &["service_health.not_running"]),
    ("Test-ServiceHealth", "select-subset.csv", &["service_health.not_running"]),
    ("Get-OwaVirtualDirectory", "format-list-subset", DIRECTORY_NAMES),
    ("Get-OwaVirtualDirectory", "select-subset", DIRECTORY_NAMES),
    ("Get-OwaVirtualDirectory", "format-table", DIRECTORY_NAMES),
    ("Get-WebServicesVirtualDirectory", "format-list-subset", DIRECTORY_NAMES),
    ("Get-WebServicesVirtualDirectory", "select-subset", DIRECTORY_NAMES),
    ("Get-WebServicesVirtualDirectory", "format-table", DIRECTORY_NAMES),
    // The table is wider than its window: columns on the right are left out.
    (
        "Get-WebServicesVirtualDirectory",
        "format-table.",
        &["virtual_directory.authentication_methods", "virtual_directory.basic_authentication"],
    ),
    ("Get-ReceiveConnector", "format-list-subset", CONNECTOR_TLS),
    ("Get-ReceiveConnector", "select-subset", CONNECTOR_TLS),
    ("Get-ReceiveConnector", "format-table", CONNECTOR_TLS),
    (
        "Get-ReceiveConnector",
        "format-table.",
        &[
            "receive_connector.auth_mechanism",
            "receive_connector.enabled",
            "receive_connector.exchange_server_auth",
            "receive_connector.exchange_servers_permitted",
            "receive_connector.fqdn",
            "receive_connector.fqdn_empty",
            "receive_connector.permission_groups",
            "receive_connector.remote_ip_ranges",
            "receive_connector.remote_ip_ranges_complete",
            "receive_connector.transport_role",
        ],
    ),
    ("Get-SendConnector", "format-list-subset", SEND_CONNECTOR_NAMES),
    ("Get-SendConnector", "select-subset", SEND_CONNECTOR_NAMES),
    ("Get-SendConnector", "format-table", SEND_CONNECTOR_NAMES),
    (
        "Get-SendConnector",
        "format-table.",
        &[
            "send_connector.enabled",
            "send_connector.require_tls",
            "send_connector.source_servers",
            "send_connector.tls_auth_level",
        ],
    ),
    // Dates of a culture without a zone are nobody's; the strings print as the name of their type.
    ("Get-WinEvent", "export", &["event.strings", "event.time"]),
    ("Get-WinEvent", "format-list", &["event.strings", "event.time"]),
    ("Get-WinEvent", "format-list-subset", &["event.level", "event.log"]),
    ("Get-WinEvent", "format-table", &["event.level", "event.log", "event.strings", "event.time"]),
    ("Get-WinEvent", "select-subset.csv", &["event.level", "event.log", "event.strings", "event.time"]),
    ("Get-WinEvent", "select-subset.json", &["event.level", "event.log", "event.strings"]),
    ("Get-WinEvent", "ps7-json-depth2", &["event.strings"]),
    ("Get-WinEvent", "ps7-json-enumsasstrings", &["event.strings"]),
    ("Get-WinEvent", "remoting-strings", &["event.strings"]),
];

const EXCHANGE_SERVER_FLAGS: &[&str] =
    &["exchange_server.is_client_access", "exchange_server.is_edge", "exchange_server.is_hub_transport"];
/// Dates of a culture without a zone are nobody's.
const CERTIFICATE_DATES: &[&str] = &["certificate.not_after", "certificate.not_before"];
const DIRECTORY_NAMES: &[&str] = &[
    "virtual_directory.exchange_major",
    "virtual_directory.exchange_version",
    "virtual_directory.extended_protection",
    "virtual_directory.identity",
];
const CONNECTOR_TLS: &[&str] =
    &["receive_connector.require_tls", "receive_connector.suppress_x_anonymous_tls"];
const SEND_CONNECTOR_NAMES: &[&str] = &["send_connector.fqdn", "send_connector.identity"];

/// Facts that a form bends: cmdlet, how the form's name begins, name of the fact.
const ALTERED: &[(&str, &str, &str)] = &[
    // Depth 4 expands IPAddress, which has no value for version 6.
    ("Get-ReceiveConnector", "ps7-json-depth4", "receive_connector.bindings"),
    ("Get-ReceiveConnector", "ps7-json-depth4", "receive_connector.bindings_complete"),
    // A string that is binary arrives as its bytes in decimal.
    ("Get-WinEvent", "ps7-compress-ndjson", "event.strings"),
];

/// A record as its kind and its facts: `name=value`.
type Seen = (Option<&'static str>, BTreeSet<String>);

fn seen(record: &Record<'_>) -> Seen {
    match facts_of(record) {
        Some((kind, facts)) => {
            (Some(kind), facts.iter().map(|fact| format!("{}={}", fact.name, fact.value)).collect())
        }
        None => (None, BTreeSet::new()),
    }
}

fn read(file: &Path) -> Vec<Seen> {
    let mut all = Vec::new();
    read_document(&fs::read(file).unwrap(), None, 0, &mut |read| {
        let record = read.unwrap_or_else(|place| panic!("{}: {place:?}", file.display()));
        match &record.body {
            Body::Text(_) => all.extend(records_of_text(&record).iter().map(seen)),
            Body::Properties(_) => all.push(seen(&record)),
        }
    });
    all
}

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

fn fact(line: &str) -> &str {
    line.split('=').next().unwrap()
}

/// The folders of the forms whose objects have a kind, each with what Export-Clixml gave.
fn cmdlets() -> Vec<(PathBuf, Vec<Seen>)> {
    let Some(root) = shared("data/forms") else { return Vec::new() };
    let folders = sorted(&root).into_iter().filter(|path| path.is_dir());
    let all = folders.map(|folder| (folder.clone(), read(&folder.join("reexported-by-7.xml"))));
    all.filter(|(_, reference)| reference.first().is_some_and(|(kind, _)| kind.is_some())).collect()
}

#[test]
fn every_form_gives_the_facts_of_clixml_or_is_named_for_what_it_loses() {
    let all = cmdlets();
    let mut needless: BTreeSet<(&str, &str)> =
        LOST.iter().map(|(cmdlet, form, _)| (*cmdlet, *form)).collect();
    let mut cells: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (folder, reference) in &all {
        let cmdlet = name_of(folder);
        for file in sorted(folder) {
            let form = name_of(&file);
            let applies = |row: &(&str, &str)| row.0 == cmdlet && form.starts_with(row.1);
            let rows: Vec<_> = LOST.iter().filter(|row| applies(&(row.0, row.1))).collect();
            let may_lose = |fact: &str| rows.iter().any(|row| row.2.contains(&fact));
            let altered = |fact: &str| ALTERED.iter().any(|row| applies(&(row.0, row.1)) && row.2 == fact);
            let objects = read(&file);
            let whole = objects.len() == reference.len();
            if objects.is_empty() || !(whole || form.contains("single") || form.starts_with("emulated")) {
                wrong.push(format!("{cmdlet}/{form}: {} of {} objects", objects.len(), reference.len()));
            }
            let mut lost: BTreeSet<String> = BTreeSet::new();
            for (position, (kind, facts)) in objects.iter().enumerate() {
                let shares = |other: &&Seen| other.1.intersection(facts).count();
                let twin = if whole { reference.get(position) } else { reference.iter().max_by_key(shares) };
                let (expected_kind, expected) = twin.unwrap();
                if kind != expected_kind {
                    wrong.push(format!("{cmdlet}/{form}: {kind:?}"));
                }
                for line in facts.difference(expected).filter(|line| !altered(fact(line))) {
                    wrong.push(format!("{cmdlet}/{form}: says {line}"));
                }
                lost.extend(expected.difference(facts).map(|line| fact(line).to_owned()));
            }
            for name in lost.iter().filter(|name| !may_lose(name) && !altered(name)) {
                wrong.push(format!("{cmdlet}/{form}: has no {name}"));
            }
            if !lost.is_empty() {
                needless.retain(|row| !applies(row));
            }
            let cell = if lost.is_empty() { "=".to_owned() } else { format!("-{}", lost.len()) };
            cells.entry(form).or_default().insert(cmdlet.clone(), cell);
        }
    }
    print_table(&all, &cells);
    assert_eq!(wrong, Vec::<String>::new());
    let needless: Vec<_> = needless.into_iter().filter(|_| !all.is_empty()).collect();
    assert_eq!(needless, [], "rows of LOST that lose nothing any more");
}

fn print_table(all: &[(PathBuf, Vec<Seen>)], cells: &BTreeMap<String, BTreeMap<String, String>>) {
    let cmdlets: Vec<String> = all.iter().map(|(folder, _)| name_of(folder)).collect();
    let short = |name: &String| name.trim_start_matches("Get-").chars().take(14).collect::<String>();
    let heads: Vec<String> = cmdlets.iter().map(|name| format!("{:>14}", short(name))).collect();
    println!("= equal to CLIXML, -n lacks n facts, empty: no such file\n{:44}{}", "", heads.join(" "));
    let mut equal = 0;
    let mut count = 0;
    for (form, row) in cells {
        let row: Vec<String> = cmdlets
            .iter()
            .map(|cmdlet| format!("{:>14}", row.get(cmdlet).map_or("", String::as_str)))
            .collect();
        count += row.iter().filter(|cell| !cell.trim().is_empty()).count();
        equal += row.iter().filter(|cell| cell.trim() == "=").count();
        println!("{form:44}{}", row.join(" "));
    }
    println!("{equal} of {count} files equal, {} cmdlets with a kind", cmdlets.len());
}

#[test]
fn an_exported_object_that_was_read_and_exported_again_is_the_same() {
    let Some(root) = shared("data/clixml") else { return };
    let mut originals: Vec<Seen> = Vec::new();
    for folder in ["E15/Exchange", "E15/OS", "E16/Exchange", "E16/OS", "E16-two-servers", "connectors"] {
        let files = sorted(&root.join(folder))
            .into_iter()
            .filter(|path| path.extension().is_some_and(|e| e == "xml"));
        originals.extend(files.flat_map(|file| read(&file)).filter(|(kind, _)| kind.is_some()));
    }
    assert!(originals.len() > 20, "{}", originals.len());
    for (folder, reference) in cmdlets() {
        for object in &reference {
            assert!(originals.contains(object), "{}: {object:?}", folder.display());
        }
    }
}

#[test]
fn healthy_exports_are_silent_in_every_form() {
    let catalog = Catalog::builtin().unwrap();
    let silent = |files: &[PathBuf]| {
        let mut session = Session::new(&catalog, Options::default());
        for file in files {
            let rejected = session.add_file(&name_of(file), &fs::read(file).unwrap()).unwrap();
            assert_eq!(rejected, None, "{}", file.display());
        }
        session.finish().unwrap();
        let report: serde_json::Value = serde_json::from_str(&session.report("json").unwrap()).unwrap();
        assert_eq!(report["findings"], serde_json::json!([]), "{files:?}");
        assert_eq!(report["diagnoses"], serde_json::json!([]), "{files:?}");
    };
    if let Some(root) = shared("data/forms") {
        for folder in sorted(&root).into_iter().filter(|path| path.is_dir()) {
            sorted(&folder).iter().for_each(|file| silent(std::slice::from_ref(file)));
        }
    }
    let Some(root) = shared("data/clixml") else { return };
    for folder in ["E15", "E16"] {
        let parts = ["Exchange", "OS", "Hardware"].map(|part| root.join(folder).join(part));
        silent(&parts.iter().flat_map(|part| sorted(part)).collect::<Vec<_>>());
    }
    silent(&sorted(&root.join("E16-two-servers")));
}
