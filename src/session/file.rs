//! Documents and files into a session: in any form, each record told by its content.
//!
//! A file's name is only a name: it is said where something is rejected or ignored, and where
//! a folder or the file bears the name of a server that is known, it says where a record that
//! does not say so itself was taken. Opens no file: the caller has its bytes.

use super::Session;
use crate::fact::{short_name, FactTable};
use crate::record::{self, Body, Record};
use crate::Result;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Facts by record kind that name a server of Exchange whatever else is known of it.
const NAMING: [(&str, &[&str]); 8] = [
    ("exchange-server", &["exchange_server.name", "exchange_server.fqdn"]),
    ("queue", &["queue.server"]),
    ("receive-connector", &["receive_connector.server"]),
    ("virtual-directory", &["virtual_directory.server"]),
    ("transport-service", &["transport_service.server"]),
    ("client-access-service", &["client_access.server"]),
    ("component-state", &["component.server"]),
    ("event", &["event.computer"]),
];

/// Most names that are kept; no organisation has as many servers.
const NAMES: usize = 50_000;

/// The servers that records of Exchange's own named: every name in lower case, with its short one.
#[derive(Default)]
pub(super) struct Servers {
    names: BTreeMap<String, String>,
}

impl Servers {
    /// Takes the names of the server that a record is of.
    pub fn note(&mut self, kind: &str, facts: &FactTable) {
        let Some((_, names)) = NAMING.iter().find(|(naming, _)| *naming == kind) else { return };
        // Other programs log on machines of any kind.
        let of_exchange = |facts: &FactTable| {
            facts.text("event.provider").is_some_and(|provider| provider.starts_with("MSExchange"))
        };
        if kind == "event" && !of_exchange(facts) {
            return;
        }
        for name in names.iter().filter_map(|name| facts.text(name)) {
            // Under its own spelling, too, so that the next of a million rows costs one look.
            if self.names.contains_key(name) || self.names.len() > NAMES {
                continue;
            }
            let short = short_name(name);
            // Folders bear either form of a name.
            self.names.insert(short.to_lowercase(), short.clone());
            self.names.insert(name.to_lowercase(), short.clone());
            self.names.insert(name.to_owned(), short);
        }
    }

    /// The only server that a path names: with a whole folder, or with the whole name of the file.
    fn of_path<'p>(&self, path: &'p str) -> Option<&'p str> {
        let mut found: Option<(&str, &String)> = None;
        let parts = path.split(['/', '\\']);
        let last = parts.clone().next_back().and_then(|file| file.rsplit_once('.')).map(|(stem, _)| stem);
        for part in parts.chain(last) {
            let Some(server) = self.names.get(&part.to_lowercase()) else { continue };
            if found.is_some_and(|(_, other)| other != server) {
                return None;
            }
            found = Some((part, server));
        }
        found.map(|(part, _)| part)
    }
}

impl Session {
    /// Adds a file: CLIXML, JSON, NDJSON, event XML, CSV, a tool's or the shell's text, in any
    /// encoding of Windows. `name` is its path, as a report may say it. Returns one line of
    /// `exauth.rejected/1` for each place that is no record, `None` when all were read.
    ///
    /// # Errors
    /// [`crate::Error::State`] after [`Session::finish`].
    pub fn add_file(&mut self, name: &str, bytes: &[u8]) -> Result<Option<String>> {
        self.begin()?;
        self.file = Some(name.to_owned());
        self.origins.begin(Some(name), self.next_index);
        let lines = self.add_document(bytes, Some(name));
        self.file = None;
        self.origins.begin(None, self.next_index);
        Ok(lines)
    }

    /// Adds the bytes of a document, which may say its name.
    pub(super) fn add_document(&mut self, bytes: &[u8], name: Option<&str>) -> Option<String> {
        let mut lines = String::new();
        record::read_document(bytes, name, self.next_index, &mut |read| match read {
            Ok(mut record) => {
                let of_path = name.and_then(|name| self.servers.of_path(name));
                if let (Some(computer), true) = (of_path, says_no_computer(&record)) {
                    record.computer = Some(Cow::Owned(computer.to_owned()));
                }
                self.add_record(record);
            }
            Err(place) => self.reject(place, &mut lines),
        });
        (!lines.is_empty()).then_some(lines)
    }
}

fn says_no_computer(record: &Record<'_>) -> bool {
    let says = |property| record.property(property).and_then(record::text_of).is_some();
    let own = ["PSComputerName", "MachineName", "Computer"].into_iter().any(says);
    record.computer.is_none() && (matches!(record.body, Body::Text(_)) || !own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_a_server_only_when_it_is_known_and_the_only_one() {
        let mut servers = Servers::default();
        for (name, fqdn) in [("EX1", "ex1.contoso.com"), ("EX2", "ex2.contoso.com")] {
            let mut facts = FactTable::default();
            facts.add_text("exchange_server.name", name, "Name");
            facts.add_text("exchange_server.fqdn", fqdn, "Fqdn");
            servers.note("exchange-server", &facts);
        }
        for (path, server) in [
            ("case 12/EX1/w32tm.txt", Some("EX1")),
            ("case/ex1.contoso.com.txt", Some("ex1.contoso.com")),
            (r"case\EX1\ex1.contoso.com\setspn.txt", Some("ex1.contoso.com")),
            ("case/EX2.txt", Some("EX2")),
            ("case/EX1/EX2.txt", None),
            ("case/EX1-old/w32tm.txt", None),
            ("case/EX3/w32tm.txt", None),
            ("w32tm.txt", None),
        ] {
            assert_eq!(servers.of_path(path), server, "{path}");
        }
    }

    #[test]
    fn queues_and_events_of_exchange_name_servers_and_other_events_do_not() {
        let mut servers = Servers::default();
        let mut note = |kind: &str, given: &[(&'static str, &str)]| {
            let mut facts = FactTable::default();
            given.iter().for_each(|(name, value)| facts.add_text(name, (*value).to_owned(), "x"));
            servers.note(kind, &facts);
        };
        note("queue", &[("queue.server", "EX1")]);
        note("event", &[("event.provider", "MSExchangeTransport"), ("event.computer", "EX2.contoso.com")]);
        note("event", &[("event.provider", "NETLOGON"), ("event.computer", "PC7.contoso.com")]);
        note("port", &[("port.to", "DC1")]);
        for (path, server) in [
            ("case/EX1/w32tm.txt", Some("EX1")),
            ("case/ex2/w32tm.txt", Some("ex2")),
            ("case/PC7/w32tm.txt", None),
            ("case/DC1/w32tm.txt", None),
        ] {
            assert_eq!(servers.of_path(path), server, "{path}");
        }
    }
}
