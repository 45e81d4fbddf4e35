//! Cisco firewalls that inspect SMTP: `inspect esmtp` of an ASA, `fixup protocol smtp` of a PIX.
//!
//! Reads configurations (`show running-config`, `show run policy-map`) and counters (`show service-policy`).
//! A line with `no` before it takes the inspection away. What a map of somebody's own does is not read.

use super::block::Block;
use super::output::ToolResult;
use super::shape::pattern;
use regex::Regex;
use std::sync::LazyLock;

/// `  inspect esmtp _default_esmtp_map`
static INSPECT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^[ \t]*(no[ ]+)?inspect esmtp(?:[ ]+([A-Za-z0-9_.-]+))?[ \t]*$"));
/// `fixup protocol smtp 25`
static FIXUP: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^[ \t]*(no[ ]+)?fixup protocol smtp (?:[0-9]+-)?[0-9]+[ \t]*$"));
/// `      Inspect: esmtp _default_esmtp_map, packet 104, drop 0, reset-drop 0`
static COUNTED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^[ \t]*Inspect: esmtp(?:[ ]+([A-Za-z0-9_.-]+))?, packet ([0-9]{1,15})\b"));
/// `hostname asa1`, or a prompt: `asa1# show run policy-map`, `asa1/act/pri> sh service-policy`.
static DEVICE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^(?:hostname[ ]+([A-Za-z0-9_.-]{1,63})|([A-Za-z0-9_.-]{1,63})[^ \t:\\]*[#>][ ]*sh)")
});
/// Where `inspect` can stand.
static CLASS: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[ \t]*(?:class|policy-map)[ ]+[^ \t]"));

/// The map that every ASA has.
const DEFAULT_MAP: &str = "_default_esmtp_map";

/// Reads the inspection in the block.
pub(super) fn read(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    let (mut in_class, mut device) = (false, None);
    let mut found: Option<(&str, String, Option<i64>)> = None;
    for line in block.lines {
        in_class |= CLASS.is_match(line);
        if let Some(named) = DEVICE.captures(line) {
            device = named.get(1).or(named.get(2)).map(|name| name.as_str()).or(device);
        }
        if let Some(inspect) = INSPECT.captures(line).filter(|_| in_class) {
            found = match inspect.get(1) {
                Some(_) => None,
                None => Some(("inspect esmtp", text_of(&inspect, 2), None)),
            };
        } else if let Some(fixup) = FIXUP.captures(line) {
            found = fixup.get(1).is_none().then(|| ("fixup protocol smtp", String::new(), None));
        } else if let Some(counted) = COUNTED.captures(line) {
            found = Some(("inspect esmtp", text_of(&counted, 1), text_of(&counted, 2).parse().ok()));
        }
    }
    let Some((setting, map, packets)) = found else { return };
    let mut result = ToolResult::new("ExAuth.SmtpInspection");
    result.text("Setting", setting).text("Device", device.unwrap_or_default());
    if map != DEFAULT_MAP {
        result.text("Map", map);
    }
    if let Some(packets) = packets {
        result.int("Packets", packets);
    }
    results.push(result);
}

fn text_of(found: &regex::Captures<'_>, group: usize) -> String {
    found.get(group).map_or_else(String::new, |part| part.as_str().to_owned())
}
