//! Reads files, folders and .zip archives of mixed content and prints a readable report.
//!
//! `cargo run --release --example diagnose -- [--json] [--verbose] [PATH...]`
//!
//! Each file is recognised by what is in it: CLIXML, JSON, event XML, CSV, texts of shells and
//! tools, in any encoding of Windows. Without a path, standard input is read. `--verbose` says
//! which file gave which records; a file that cannot be read is named, and the others go on.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use exauth::record::{form_of, kind_of, read_document, records_of_text, Body, Form};
use exauth::{Catalog, Options, Session};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};

/// Largest file of an archive that is unpacked, and archives inside archives: both guard
/// against archives made to fill the memory.
const UNPACKED_BYTES: u64 = 512 * 1024 * 1024;
const ARCHIVE_DEPTH: usize = 3;

/// Files found, texts last: objects name the servers in whose folders texts lie.
#[derive(Default)]
struct Input {
    objects: Vec<(String, Vec<u8>)>,
    texts: Vec<(String, Vec<u8>)>,
    /// Folders that were walked, by their real path: a link may lead back.
    walked: BTreeSet<PathBuf>,
}

impl Input {
    fn path(&mut self, path: &Path) {
        let name = path.to_string_lossy().replace('\\', "/");
        if path.is_dir() {
            self.folder(path, &name);
        } else {
            match std::fs::read(path) {
                Ok(bytes) => self.file(name, bytes, 0),
                Err(error) => eprintln!("{name}: {error}"),
            }
        }
    }

    fn folder(&mut self, path: &Path, name: &str) {
        match std::fs::canonicalize(path) {
            Ok(real) => {
                if !self.walked.insert(real) {
                    return;
                }
            }
            Err(error) => return eprintln!("{name}: {error}"),
        }
        let entries = match std::fs::read_dir(path) {
            Ok(entries) => entries,
            Err(error) => return eprintln!("{name}: {error}"),
        };
        let mut paths: Vec<PathBuf> = entries
            .filter_map(|entry| entry.map_err(|error| eprintln!("{name}: {error}")).ok())
            .map(|entry| entry.path())
            .collect();
        paths.sort();
        paths.iter().for_each(|path| self.path(path));
    }

    fn file(&mut self, name: String, bytes: Vec<u8>, depth: usize) {
        if bytes.starts_with(b"PK\x03\x04") && depth < ARCHIVE_DEPTH {
            if let Err(error) = self.archive(&name, &bytes, depth) {
                eprintln!("{name}: {error}");
            }
            return;
        }
        let known = matches!(form_of(&bytes), Form::Text | Form::Binary);
        if known { &mut self.texts } else { &mut self.objects }.push((name, bytes));
    }

    fn archive(&mut self, name: &str, bytes: &[u8], depth: usize) -> zip::result::ZipResult<()> {
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes))?;
        let mut names: Vec<String> = archive.file_names().map(str::to_owned).collect();
        if names.iter().any(|inner| inner == "[Content_Types].xml") {
            // A document of an office suite: an archive, but not of files.
            self.texts.push((name.to_owned(), bytes.to_vec()));
            return Ok(());
        }
        names.sort();
        for inner in names.iter().filter(|inner| !inner.ends_with('/')) {
            let full = format!("{name}/{inner}");
            let mut unpacked = Vec::new();
            let read = archive.by_name(inner).and_then(|file| {
                file.take(UNPACKED_BYTES + 1).read_to_end(&mut unpacked).map_err(Into::into)
            });
            match read {
                Ok(length) if length as u64 > UNPACKED_BYTES => {
                    eprintln!("{full}: larger than {} MB", UNPACKED_BYTES >> 20);
                }
                Ok(_) => self.file(full, unpacked, depth + 1),
                Err(error) => eprintln!("{full}: {error}"),
            }
        }
        Ok(())
    }
}

/// What a file holds: its form, the numbers of its records, and how many of which kind.
fn contents(bytes: &[u8], first: usize) -> (usize, String) {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    let mut next = first;
    read_document(bytes, None, first, &mut |read| {
        next += 1;
        let Ok(record) = read else {
            *kinds.entry("rejected").or_default() += 1;
            return;
        };
        let parts = match record.body {
            Body::Text(_) => records_of_text(&record),
            Body::Properties(_) => Vec::new(),
        };
        let mut names: Vec<&str> = parts.iter().filter_map(kind_of).map(|kind| kind.name).collect();
        names.extend(kind_of(&record).map(|kind| kind.name));
        if names.is_empty() {
            names.push("of no known kind");
        }
        names.iter().for_each(|name| *kinds.entry(name).or_default() += 1);
    });
    let kinds: Vec<String> = kinds.iter().map(|(name, count)| format!("{count} {name}")).collect();
    let records = match next - first {
        0 => "nothing".to_owned(),
        1 => format!("record {first}"),
        _ => format!("records {first}-{}", next - 1),
    };
    (next, format!("{:?}, {records}: {}", form_of(bytes), kinds.join(", ")))
}

/// Says by kind what was not given, what was cut off, and what nobody reads.
fn received(report: &str) -> serde_json::Result<()> {
    let report: serde_json::Value = serde_json::from_str(report)?;
    for kind in report.get("received").and_then(serde_json::Value::as_array).into_iter().flatten() {
        let records = kind["records"].as_u64().unwrap_or_default();
        eprint!("{}, records: {records}", kind["kind"].as_str().unwrap_or_default());
        for (list, words) in
            [("not_given", "not given"), ("cut_off", "cut off"), ("not_read", "not read by anything")]
        {
            let names: Vec<String> = kind[list].as_array().into_iter().flatten().map(counted).collect();
            if !names.is_empty() {
                eprint!("; {words}: {}", names.join(", "));
            }
        }
        eprintln!();
    }
    Ok(())
}

fn counted(entry: &serde_json::Value) -> String {
    format!("{} ({})", entry["name"].as_str().unwrap_or_default(), entry["count"])
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (mut format, mut verbose) = ("text", false);
    let mut options = Options::default();
    let mut input = Input::default();
    let mut paths = Vec::new();
    let mut arguments = std::env::args_os().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.to_str() {
            Some("--json") => format = "json",
            Some("--verbose") => verbose = true,
            Some("--facts") => options.include_facts = true,
            Some("--culture") => options.culture = arguments.next().and_then(|name| name.into_string().ok()),
            _ => paths.push(PathBuf::from(argument)),
        }
    }
    if paths.is_empty() {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes)?;
        input.file("standard input".to_owned(), bytes, 0);
    }
    paths.iter().for_each(|path| input.path(path));
    let mut session = Session::new(&Catalog::builtin()?, options);
    let mut next = 0;
    for (name, bytes) in input.objects.iter().chain(&input.texts) {
        if verbose {
            let (behind, what) = contents(bytes, next);
            eprintln!("{name}: {what}");
            next = behind;
        }
        session.add_file(name, bytes)?;
    }
    session.finish()?;
    if verbose {
        received(&session.report("json")?)?;
    }
    std::io::stdout().write_all(session.report(format)?.as_bytes())?;
    Ok(())
}
