//! Updates of Windows that a computer has.
//!
//! One fact an update; what it means for whom is the catalog's business.

use super::kind::{Kind, Property};
use super::read::Record;
use super::reader::Reader;
use super::tolerant::text;
use crate::fact::FactTable;

/// `Get-HotFix`.
pub static KIND: Kind = Kind {
    name: "hotfix",
    types: &["Win32_QuickFixEngineering"],
    object_classes: &[],
    marks: &[&["HotFixID"]],
    commands: &["Get-HotFix"],
    properties: &[
        Property::new("HotFixID", "which update it is"),
        Property::new("InstalledOn", "how old its updates are"),
        Property::new("CSName", "which computer has it"),
        Property::new("Source", "which computer has it"),
        Property::new("__SERVER", "which computer has it"),
        Property::new("PSComputerName", "which computer has it"),
    ],
    facts,
};

fn facts(record: &Record<'_>, facts: &mut FactTable) {
    let mut reader = Reader { record, facts };
    reader.date("hotfix.installed_on", "InstalledOn");
    // Old updates call themselves `File 1`.
    let id = reader.value("HotFixID").and_then(text);
    let id = id.map(|id| id.to_ascii_uppercase()).filter(|id| id.starts_with("KB"));
    reader.facts.add_text("hotfix.id", id.unwrap_or_default(), "HotFixID");
    let computer = ["CSName", "Source", "__SERVER", "PSComputerName"]
        .into_iter()
        .find_map(|property| Some((reader.value(property).and_then(text)?, property)))
        .or_else(|| Some((record.computer.as_deref()?.to_owned(), "computer")));
    if let Some((computer, property)) = computer {
        reader.facts.add_text("hotfix.computer", computer, property);
    }
}
