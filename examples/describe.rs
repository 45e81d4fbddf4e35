//! Prints what the library reads: kinds of records with the properties they want, and the issues.
//!
//! `cargo run --example describe`

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::cast_precision_loss)]

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let catalog: serde_json::Value = serde_json::from_str(&exauth::Catalog::builtin()?.describe())?;
    for kind in catalog["kinds"].as_array().into_iter().flatten() {
        println!("{} (from {})", kind["name"].as_str().unwrap_or_default(), list(&kind["commands"]));
        for property in kind["properties"].as_array().into_iter().flatten() {
            let (name, used_for) = (property["name"].as_str(), property["used_for"].as_str());
            println!("    {:34} {}", name.unwrap_or_default(), used_for.unwrap_or_default());
        }
    }
    println!("\nissues");
    for issue in catalog["issues"].as_array().into_iter().flatten() {
        let (id, title) = (issue["id"].as_str(), issue["title"].as_str());
        println!("    {:40} {}", id.unwrap_or_default(), title.unwrap_or_default());
    }
    Ok(())
}

fn list(value: &serde_json::Value) -> String {
    let names: Vec<&str> = value.as_array().into_iter().flatten().filter_map(|name| name.as_str()).collect();
    names.join(", ")
}
