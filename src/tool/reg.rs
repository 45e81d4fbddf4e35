//! reg query and the list layout of Get-ItemProperty: one result a key.
//!
//! Reads keys that begin with `HKEY_` and values from the `REG_` token outward,
//! because names may hold blanks. A value that is not there is not a value of 0; where the command
//! says which one was asked for, and the tool says that there is none, that is the answer.

use super::block::Block;
use super::command::Command;
use super::output::ToolResult;
use super::shape::pattern;
use super::table;
use crate::record::is_registry_setting;
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

/// What reg.exe prints for a key or a value that is not there, after its word for an error. French and
/// Polish have two forms. Sources: pasted consoles and the vendor's translated pages in public
/// repositories; the Polish ending differs between those, so that only what they share is read.
const NOT_THERE: [&str; 7] = [
    "unable to find the specified registry key or value",
    "Der angegebene Registrierungsschlüssel bzw. Wert wurde nicht gefunden",
    "la clé ou la valeur de Registre spécifiée",
    "Impossibile trovare la chiave o il valore del Registro di sistema specificato",
    "odnaleźć określonego klucza rejestru lub",
    "指定されたレジストリ キーまたは値が見つかりません",
    "找不到指定的注册表项或值",
];

/// The errors of Get-ItemProperty for a property or a path that is not there, in any language.
const NOT_THERE_IDS: [&str; 2] = [
    "System.Management.Automation.PSArgumentException,Microsoft.PowerShell.Commands.GetItemPropertyCommand",
    "PathNotFound,Microsoft.PowerShell.Commands.GetItemPropertyCommand",
];

/// Reads the keys in the block.
pub(super) fn read(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    let before = results.len();
    read_reg(block, results);
    read_list(block, results);
    if results.len() == before && not_set(block, results) {
        return;
    }
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

/// One value was asked for by its name, and the tool says that it is not there.
fn not_set(block: &Block<'_>, results: &mut Vec<ToolResult>) -> bool {
    let Some(command) = block.command.as_ref() else { return false };
    let Some((path, name)) = asked(command) else { return false };
    let Some(key) = full_key(path).filter(|key| is_registry_setting(key, name)) else { return false };
    // A narrow console breaks sentences, and PowerShell its ids.
    let said = block.lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty());
    let said = said.collect::<Vec<_>>();
    let (spaced, joined) = (said.join(" "), said.concat().replace(' ', ""));
    let is_reg = command.arguments.first().is_some_and(|verb| verb.eq_ignore_ascii_case("query"));
    let says = |words: &&str| spaced.contains(*words) || joined.contains(&words.replace(' ', ""));
    let known: &[&str] = if is_reg { &NOT_THERE } else { &NOT_THERE_IDS };
    if !known.iter().any(says) {
        return false;
    }
    let mut result = ToolResult::new("ExAuth.RegistryValues");
    result.text("Key", key).list("NotSet", [name.to_owned()]);
    speak_of_remote(command, &mut result);
    results.push(result);
    true
}

/// The key and the one value that were asked for.
fn asked(command: &Command) -> Option<(&str, &str)> {
    let is_query = command.arguments.first().is_some_and(|verb| verb.eq_ignore_ascii_case("query"));
    let (path, name) = if is_query {
        // A search tells nothing of one value.
        let searches = ["s", "f", "d", "k", "e", "c", "t"].iter().any(|name| command.switch(name).is_some());
        (command.arguments.get(1).filter(|_| !searches).map(String::as_str), command.parameter("v"))
    } else {
        let path = command.parameter("Path").or(command.parameter("LiteralPath"));
        let mut plain = command.arguments.iter().map(String::as_str).filter(|word| !word.starts_with('-'));
        match (path, command.parameter("Name")) {
            (None, None) => (plain.next(), plain.next()),
            (None, name) => (plain.find(|word| Some(*word) != name), name),
            (path, name) => (path, name),
        }
    };
    Some((path?, name.filter(|name| !name.is_empty() && !name.contains([',', '*', '$']))?))
}

/// The key of the local machine as the tools print it.
fn full_key(path: &str) -> Option<String> {
    let path = path.strip_prefix(r"\\").map_or(path, |path| path.split_once('\\').map_or("", |(_, key)| key));
    let path = path.rsplit_once("Registry::").map_or(path, |(_, key)| key);
    let (root, key) = path.trim_end_matches('\\').split_once('\\')?;
    let is_machine =
        ["HKLM", "HKLM:", "HKEY_LOCAL_MACHINE"].iter().any(|name| root.eq_ignore_ascii_case(name));
    is_machine.then(|| format!(r"HKEY_LOCAL_MACHINE\{key}"))
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
    if let Some(command) = &block.command {
        speak_of_remote(command, &mut result);
    }
    results.push(result);
}

/// `reg query \\EX2\HKLM\...` asks another computer.
fn speak_of_remote(command: &Command, result: &mut ToolResult) {
    let asked = command.arguments.get(1);
    if let Some((computer, _)) = asked.and_then(|path| path.strip_prefix(r"\\")?.split_once('\\')) {
        result.speaks_of(computer);
    }
}
