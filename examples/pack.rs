//! Checks a rule pack, and shows what its rules say of records: found, clear, or unknown and why.
//! Nothing is said of a record that a rule does not read or that it does not apply to.
//!
//! `cargo run --example pack -- PACK.json [RECORDS...]`

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::cast_precision_loss)]

use exauth::{Catalog, Options, Session};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let pack = arguments.next().ok_or("usage: pack PACK.json [RECORDS...]")?;
    let bytes = std::fs::read(&pack)?;
    let catalog = match Catalog::builtin()?.extend(&bytes) {
        Ok(catalog) => catalog,
        Err(error) => {
            eprintln!("{pack} {}: {error}", error.at().unwrap_or_default());
            std::process::exit(1);
        }
    };
    let written: serde_json::Value = serde_json::from_slice(&bytes)?;
    let ids: Vec<&str> =
        written["issues"].as_array().into_iter().flatten().filter_map(|issue| issue["id"].as_str()).collect();
    println!("{pack} is right; its issues: {}", ids.join(", "));
    for file in arguments {
        let options = Options { include_clear: true, diagnose: false, ..Options::default() };
        let mut session = Session::new(&catalog, options);
        session.add(&std::fs::read(&file)?)?;
        session.finish()?;
        while let Some(lines) = session.next()? {
            for line in lines.lines() {
                let finding: serde_json::Value = serde_json::from_str(line)?;
                let id = finding["id"].as_str().unwrap_or_default();
                if ids.contains(&id) {
                    println!("{file}: {id} is {}: {}", finding["outcome"], finding["message"]);
                    if finding["outcome"] == "unknown" {
                        println!("    not given: {}", finding["missing"]);
                    }
                }
            }
        }
    }
    Ok(())
}
