//! SMTP dialogs and logs, IIS, certificates, shells, dcdiag and ipconfig: texts in several
//! shapes and languages, to facts.
//!
//! Written for these tests with reserved names; `incidents` reads the texts of real cases.

// A test that cannot read its own data fails here.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice)]
#![allow(clippy::panic, clippy::print_stdout, clippy::print_stderr, missing_docs)]

#[path = "tool2/damage.rs"]
mod damage;
#[path = "tool2/directory.rs"]
mod directory;
#[path = "tool2/incidents.rs"]
mod incidents;
#[path = "tool2/shell.rs"]
mod shell;
#[path = "tool2/smtp.rs"]
mod smtp;
#[path = "tool2/transport.rs"]
mod transport;
#[path = "tool2/web.rs"]
mod web;

use exauth::fact::{FactTable, FactValue};
use exauth::record::{kind_of, records_of_text, Record};

/// A text as a record.
fn text_record(from: &str, computer: &str, text: &str) -> Record<'static> {
    let mut record = Record::of_text(text.to_owned());
    let given = |value: &str| Some(value.to_owned().into()).filter(|_| !value.is_empty());
    record.from = given(from);
    record.computer = given(computer);
    record
}

/// Kind and facts of each record that a text gives, observed on a computer.
fn read_on(computer: &str, from: &str, text: &str) -> Vec<(&'static str, FactTable)> {
    records_of_text(&text_record(from, computer, text)).iter().map(facts_of).collect()
}

/// The same, observed on EX1.
fn read(from: &str, text: &str) -> Vec<(&'static str, FactTable)> {
    read_on("EX1", from, text)
}

fn facts_of(record: &Record<'_>) -> (&'static str, FactTable) {
    let kind = kind_of(record).expect("a kind");
    let mut table = FactTable::default();
    (kind.facts)(record, &mut table);
    (kind.name, table)
}

/// The only record of a text, which must be of this kind.
fn one(kind: &str, from: &str, text: &str) -> FactTable {
    let mut all = read(from, text);
    assert_eq!(all.len(), 1, "{text}: {all:?}");
    let (found, facts) = all.remove(0);
    assert_eq!(found, kind, "{text}");
    facts
}

/// All facts as `name=value` lines.
fn lines(table: &FactTable) -> Vec<String> {
    let value = |value: &FactValue| match value {
        FactValue::List(items) => format!("[{}]", items.join("; ")),
        other => other.to_string(),
    };
    table.iter().map(|fact| format!("{}={}", fact.name, value(&fact.value))).collect()
}

#[test]
fn telnet_without_a_connection_is_a_port_that_did_not_answer() {
    for text in [
        "Connecting To ex2.contoso.com...Could not open connection to the host, on port 25: Connect failed\r\n",
        "Verbindungsaufbau zu ex2.contoso.com...Es konnte keine Verbindung hergestellt werden, auf Port 25: Verbinden fehlgeschlagen\n",
        "Connexion à ex2.contoso.com...Connexion impossible sur le port 25: Échec",
        "Trying 192.0.2.12...\ntelnet: connect to address 192.0.2.12: Connection timed out\n",
    ] {
        let found = read_on("EX1", "telnet ex2.contoso.com 25", text);
        let [(kind, facts)] = found.as_slice() else { panic!("{text}: {found:?}") };
        assert_eq!(*kind, "port-test", "{text}");
        assert_eq!(facts.flag("port.open"), Some(false), "{text}");
        assert_eq!(facts.text("port.to"), Some("ex2.contoso.com"), "{text}");
        assert_eq!(facts.number("port.number"), Some(25.0), "{text}");
    }
    for (command, text) in [
        // Begun and never said to have failed; another host; another port.
        ("telnet ex2.contoso.com 25", "Connecting To ex2.contoso.com..."),
        (
            "telnet ex2.contoso.com 25",
            "Connecting To ex3.contoso.com...Could not open it, on port 25: failed",
        ),
        (
            "telnet ex2.contoso.com 25",
            "Connecting To ex2.contoso.com...Could not open it, on port 2525: failed",
        ),
    ] {
        assert_eq!(read_on("EX1", command, text), [], "{text}");
    }
}
