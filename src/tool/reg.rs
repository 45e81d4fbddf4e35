//! reg query and the list layout of Get-ItemProperty: one result a key.
//!
//! Reads keys that begin with `HKEY_` and values from the `REG_` token outward,
//! because names may hold blanks. A value that is not there is not a value of 0.

use super::block::Block;
use super::output::ToolResult;
use super::shape::pattern;
use super::table;
use regex::Regex;
use std::sync::LazyLock;

static VALUE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"^[ \t]*(.*?)[ \t]+REG_(SZ|DWORD|QWORD|MULTI_SZ|EXPAND_SZ|BINARY|NONE|DWORD_BIG_ENDIAN)",
        r"(?:[ \t]+(.*?))?[ \t]*$"
    ))
});
static KEY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^[ \t]*(?:\\\\[A-Za-z0-9_.-]+\\)?(HKEY_[A-Z_]+(?:\\.*?)?)[ \t]*$"));

/// Members that PowerShell itself adds.
const OF_POWERSHELL: [&str; 5] = ["PSPath", "PSParentPath", "PSChildName", "PSDrive", "PSProvider"];

/// Reads the keys in the block.
pub(super) fn read(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    let before = results.len();
    read_reg(block, results);
    read_list(block, results);
    let words: Vec<&str> =
        block.lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty()).collect();
    let is_reg = block
        .command
        .as_ref()
        .is_some_and(|c| c.arguments.first().is_some_and(|a| a.eq_ignore_ascii_case("query")));
    // reg prints one line when the key or the value is not there.
    if let (true, [message]) = (is_reg && results.len() == before, words.as_slice()) {
        if !message.starts_with("HKEY_") {
            results.push(ToolResult::error(message, None));
        }
    }
}

fn read_reg(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    let mut key = String::new();
    let mut values: Vec<String> = Vec::new();
    for line in block.lines {
        if let Some(found) = KEY.captures(line).and_then(|found| found.get(1)) {
            give(block, &key, std::mem::take(&mut values), results);
            key = found.as_str().to_owned();
        } else if let Some(found) = VALUE.captures(line).filter(|_| !key.is_empty()) {
            let part = |group: usize| found.get(group).map_or("", |text| text.as_str());
            values.push(format!("{}={}", part(1), data(part(2), part(3))));
        }
    }
    give(block, &key, values, results);
}

/// Numbers as decimals, as Get-ItemProperty shows them; other data as it stands.
fn data(kind: &str, data: &str) -> String {
    let hex = data.strip_prefix("0x").filter(|_| matches!(kind, "DWORD" | "QWORD"));
    match hex.and_then(|hex| u64::from_str_radix(hex, 16).ok()) {
        Some(number) => number.to_string(),
        None => data.to_owned(),
    }
}

fn read_list(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    for object in table::lists(block.lines) {
        let Some((_, key)) = table::value(&object, "PSPath").and_then(|path| path.split_once("Registry::"))
        else {
            continue;
        };
        let own = object.iter().filter(|(name, _)| !OF_POWERSHELL.contains(name));
        let values = own.map(|(name, value)| format!("{name}={value}")).collect();
        // A long path is broken at the console's width.
        give(block, &key.replace(' ', "").replace("WindowsNT", "Windows NT"), values, results);
    }
}

fn give(block: &Block<'_>, key: &str, values: Vec<String>, results: &mut Vec<ToolResult>) {
    if key.is_empty() || values.is_empty() {
        return;
    }
    let mut result = ToolResult::new("ExAuth.RegistryValues");
    result.text("Key", key).list("Values", values);
    let asked = block.command.as_ref().and_then(|command| command.arguments.get(1));
    if let Some((computer, _)) = asked.and_then(|path| path.strip_prefix(r"\\")?.split_once('\\')) {
        result.speaks_of(computer);
    }
    results.push(result);
}
