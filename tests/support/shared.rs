//! What lies beside the repository, and the facts of a record, for tests of the readers.
#![allow(clippy::print_stdout)] // a skipped test must say so

use exauth::fact::FactTable;
use exauth::record::{kind_of, Record};
use std::path::{Path, PathBuf};

/// A folder beside the repository; `None`, with a line that says so, when it is not there.
pub fn shared(folder: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(folder);
    if path.is_dir() {
        return Some(path);
    }
    println!("skipped: {} is not there", path.display());
    None
}

/// A record's kind and facts; `None` for a record of no known kind.
pub fn facts_of(record: &Record<'_>) -> Option<(&'static str, FactTable)> {
    let kind = kind_of(record)?;
    let mut facts = FactTable::default();
    (kind.facts)(record, &mut facts);
    Some((kind.name, facts))
}
