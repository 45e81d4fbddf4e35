//! Reads records (JSON, NDJSON) from files or standard input and prints a readable report.
//!
//! `cargo run --release --example diagnose -- records.jsonl`

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::cast_precision_loss)]

use exauth::{Catalog, Options, Session};
use std::io::Read;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let format = match arguments.iter().position(|argument| argument == "--json") {
        Some(at) => {
            arguments.remove(at);
            "json"
        }
        None => "text",
    };
    let mut session = Session::new(&Catalog::builtin()?, Options::default());
    if arguments.is_empty() {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes)?;
        session.add(&bytes)?;
    }
    for path in &arguments {
        let bytes = std::fs::read(path).map_err(|error| format!("{path}: {error}"))?;
        session.add(&bytes)?;
    }
    session.finish()?;
    print!("{}", session.report(format)?);
    Ok(())
}
