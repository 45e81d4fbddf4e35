//! Prints the kind and the facts of records, in the names that rules use.
//!
//! `cargo run --example facts -- FILE...` for JSON, NDJSON, CLIXML, CSV, event XML or a tool's text

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::cast_precision_loss)]

use exauth::fact::FactTable;
use exauth::record::{kind_of, read_document, records_of_text, Record};

fn show(record: &Record<'_>) -> bool {
    let Some(kind) = kind_of(record) else { return false };
    println!("{}", kind.name);
    let mut facts = FactTable::default();
    (kind.facts)(record, &mut facts);
    for fact in facts.iter() {
        println!("    {:40} {}", fact.name, fact.value.to_string().chars().take(100).collect::<String>());
    }
    true
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for file in std::env::args().skip(1) {
        read_document(&std::fs::read(file)?, None, 0, &mut |read| match read {
            Ok(record) => {
                let mut known = show(&record);
                for part in records_of_text(&record) {
                    known |= show(&part);
                }
                if !known {
                    println!("no known kind: {:?} {:?}", record.types.first(), record.from);
                }
            }
            Err(place) => println!("no record: {}", place.reason),
        });
    }
    Ok(())
}
