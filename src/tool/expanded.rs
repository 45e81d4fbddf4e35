//! One attribute of one account, a value on each line: `dsget group -members`, `dsget computer
//! -memberof`, `Get-ADComputer EX1 -Properties ... | Select -ExpandProperty ...`, `(...).MemberOf`.
//!
//! The command alone says whose values these are; without it they are nobody's.

use super::block::Block;
use super::command::Command;
use super::output::{unwrapped, ToolResult};
use super::shape::{common_name, is_spn, pattern};
use regex::Regex;
use std::borrow::Cow;
use std::sync::LazyLock;

/// The attribute that is left of the object.
static EXPANDED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)(?:\|[ ]*select(?:-object)?[ ]+(?:.*[ ])?-expand[a-z]*[ :]+|\)\.)([A-Za-z-]+)")
});
/// What dsquery looks for, or the name that it is given.
static LOOKED_FOR: LazyLock<Regex> = LazyLock::new(|| pattern(r#"(?i)-(?:name|samid)[ ]+("[^"]+"|[^ |"]+)"#));
static NAMED: LazyLock<Regex> = LazyLock::new(|| pattern(r#"(?i)((?:CN|OU)=[^"|]*DC=[A-Za-z0-9_-]+)"#));
/// Parts of a command line that pass on only some values.
static PARTLY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\|[ ]*(?:where|where-object|\?|findstr|find|select-string|sls)[ ]|[ ]-(?:first|last|skip)[ ]",
    )
});
/// `servicePrincipalName : {SMTPSVC/EX1, ...}` where nothing else of the object is shown.
static BRACES: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^[ \t]*(?:(servicePrincipalNames?)[ \t]*:[ \t]*)?(\{[^{}]*\})[ \t]*$"));

#[derive(Clone, Copy, PartialEq)]
enum Attribute {
    Spns,
    MemberOf,
    Members,
}

impl Attribute {
    fn of(name: &str) -> Option<Attribute> {
        Some(match name.to_ascii_lowercase().as_str() {
            "serviceprincipalname" | "serviceprincipalnames" => Attribute::Spns,
            "memberof" => Attribute::MemberOf,
            "member" | "members" => Attribute::Members,
            _ => return None,
        })
    }
}

/// Reads the values in the block.
pub(super) fn read(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    let Some(command) = &block.command else { return };
    let line = &command.line;
    let by_dsget = line.to_ascii_lowercase().contains("dsget");
    let shown = match by_dsget {
        true if command_has(line, "-members") => Some(Attribute::Members),
        true if command_has(line, "-memberof") => Some(Attribute::MemberOf),
        true => None,
        false => EXPANDED.captures(line).and_then(|found| Attribute::of(found.get(1)?.as_str())),
    };
    let Some(name) = object(command, by_dsget) else { return };
    let values = match shown {
        Some(attribute) => Some((attribute, values(block))),
        None if by_dsget => None,
        None => in_braces(block).map(|values| (Attribute::Spns, values)),
    };
    if let Some((attribute, (values, whole))) = values {
        give(attribute, &name, values, whole && !PARTLY.is_match(line), results);
    }
}

fn command_has(line: &str, switch: &str) -> bool {
    line.split_whitespace().any(|word| word.eq_ignore_ascii_case(switch))
}

/// Whose values these are.
fn object(command: &Command, by_dsget: bool) -> Option<String> {
    let named = || {
        let found = NAMED.captures(&command.line)?.get(1)?.as_str();
        Some(common_name(found))
    };
    if by_dsget {
        let looked_for = || {
            let found = LOOKED_FOR.captures(&command.line)?.get(1)?.as_str();
            Some(found.trim_matches('"').to_owned()).filter(|name| !name.contains('*'))
        };
        return looked_for().or_else(named);
    }
    let asked = command.parameter("Identity").or_else(|| command.arguments.first().map(String::as_str))?;
    // A variable or an expression is no name.
    let plain = !asked.is_empty() && !asked.starts_with(['-', '$', '(', '@', '{']);
    match asked.contains('=') {
        true => Some(common_name(asked)),
        false => plain.then(|| asked.rsplit('\\').next().unwrap_or(asked).to_owned()),
    }
}

/// A value on each line, and whether they are all; what is behind a blank line is somebody's words.
fn values(block: &Block<'_>) -> (Vec<String>, bool) {
    let lines = unwrapped(block.lines, is_value);
    let begin = lines.iter().position(|line| is_value(line)).unwrap_or(lines.len());
    let listed: Vec<&Cow<'_, str>> =
        lines.iter().skip(begin).take_while(|line| !line.trim().is_empty()).collect();
    let whole =
        listed.iter().all(|line| is_value(line) || line.trim().eq_ignore_ascii_case("dsget succeeded"));
    let values = listed.into_iter().filter(|line| is_value(line));
    (values.map(|line| line.trim().trim_matches('"').to_owned()).collect(), whole)
}

fn is_value(line: &str) -> bool {
    let line = line.trim().trim_matches('"');
    let is_dn = line.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("CN="));
    !line.ends_with("...") && (is_spn(line) || is_dn && line.to_ascii_uppercase().contains(",DC="))
}

/// The names in braces where they are all that is shown of the account.
fn in_braces(block: &Block<'_>) -> Option<(Vec<String>, bool)> {
    let mut text = String::new();
    for line in block.lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty()) {
        let is_head = line.starts_with('-') || line.to_ascii_lowercase().starts_with("serviceprincipalname");
        if text.is_empty() && is_head && !line.contains('{') {
            continue;
        }
        // Format-List wraps between names, and in a name where none fits.
        let glue = if text.is_empty() || !text.ends_with(',') { "" } else { " " };
        text = format!("{text}{glue}{line}");
    }
    let inner = BRACES.captures(&text)?.get(2)?.as_str().trim_matches(['{', '}']);
    let names: Vec<&str> = inner.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    let cut = |name: &&str| name.ends_with("...") || name.ends_with('\u{2026}');
    let whole = !names.iter().any(cut) && names.iter().all(|name| is_spn(name));
    let names: Vec<String> = names
        .iter()
        .map(|name| name.trim_end_matches("...").trim_end_matches('\u{2026}').to_owned())
        .filter(|name| is_spn(name))
        .collect();
    (!names.is_empty()).then_some((names, whole))
}

fn give(attribute: Attribute, name: &str, values: Vec<String>, whole: bool, results: &mut Vec<ToolResult>) {
    let fits = |value: &String| (attribute == Attribute::Spns) == is_spn(value);
    if values.is_empty() || !values.iter().all(fits) {
        return;
    }
    match attribute {
        Attribute::Spns => {
            let mut result = ToolResult::new("ExAuth.SpnList");
            result.text("Account", name.trim_end_matches('$')).list("Spns", values).flag("Complete", whole);
            results.push(result);
        }
        Attribute::MemberOf => {
            let mut result = ToolResult::new("ExAuth.GroupMembership");
            result.text("Account", name).list("Groups", values).flag("Complete", whole);
            results.push(result);
        }
        Attribute::Members => {
            for value in values {
                let mut result = ToolResult::new("ExAuth.GroupMembership");
                result.text("Account", common_name(&value)).list("Groups", [name.to_owned()]);
                result.flag("Complete", false).flag("ByGroup", whole);
                results.push(result);
            }
        }
    }
}
