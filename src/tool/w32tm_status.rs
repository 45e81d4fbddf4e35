//! w32tm `/query /status`, `/query /source` and errors of the time service.
//!
//! Reads the fixed order of the nine lines and their shapes; the labels are
//! localized. The phase offset is against the source, not another server.

use super::block::Block;
use super::output::ToolResult;
use super::shape::{bracketed_code, decimal, labelled, pattern};
use regex::Regex;
use std::sync::LazyLock;

/// Leap and stratum: a number and its meaning in brackets.
static NUMBER: LazyLock<Regex> = LazyLock::new(|| pattern(r"^([0-9]{1,3}) ?\("));
/// The reference id, the sixth line.
static REFERENCE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(0x[0-9A-Fa-f]{8})(?: ?\((.*)\))?$"));
/// The poll interval, the ninth line.
static POLL: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[0-9]{1,3} ?\([0-9]+ ?s\)$"));
/// A duration with its sign and seven decimals.
static SECONDS: LazyLock<Regex> = LazyLock::new(|| pattern(r"^([+-]?[0-9]{1,12}[.,][0-9]{3,9})s$"));

/// Sources that are no other clock; not translated.
const OWN_CLOCK: [&str; 2] = ["Local CMOS Clock", "Free-running System Clock"];

/// "LOCL" as a reference id: the computer's own clock.
const LOCL: &str = "0x4C4F434C";

/// Reads the status in the block, or the error that stands instead of it.
pub(super) fn read(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    if block.command.is_some() && !block.has_switch("query") && !block.has_switch("resync") {
        return;
    }
    let lines: Vec<&str> = block.lines.iter().map(|l| l.trim()).filter(|l| !l.is_empty()).collect();
    if let Some(mut result) = status(&lines).or_else(|| instead(block, &lines)) {
        let asked = block.command.as_ref().and_then(|command| command.switch("computer"));
        if let Some(computer) = asked.filter(|name| !name.is_empty()) {
            result.speaks_of(computer);
        }
        results.push(result);
    }
}

fn value<'t>(lines: &[&'t str], at: usize) -> Option<&'t str> {
    labelled(lines.get(at)?).map(|(_, value)| value)
}

fn status(lines: &[&str]) -> Option<ToolResult> {
    let is_reference = |line: &&str| labelled(line).is_some_and(|(_, value)| REFERENCE.is_match(value));
    let at = lines.iter().position(is_reference)?;
    // Leap, stratum, precision, delay and dispersion stand before it, and nothing else does.
    let number = |back: usize| {
        let found = NUMBER.captures(value(lines, at.checked_sub(back)?)?)?;
        found.get(1)?.as_str().parse::<u32>().ok()
    };
    let (leap, stratum) = (number(5)?, number(4)?);
    let reference = REFERENCE.captures(value(lines, at)?)?.get(1)?.as_str().to_owned();
    let poll = (at..lines.len().min(at + 6)).find(|at| value(lines, *at).is_some_and(|v| POLL.is_match(v)));
    let source = poll.and_then(|poll| value(lines, poll.checked_sub(1)?)).unwrap_or_default();

    let mut result = ToolResult::new("ExAuth.TimeStatus");
    result.int("LeapIndicator", leap).int("Stratum", stratum);
    result.text("ReferenceId", &reference).text("Source", source);
    let own = OWN_CLOCK.contains(&source) || reference.eq_ignore_ascii_case(LOCL);
    result.flag("Synchronized", leap != 3 && stratum != 0 && !own);
    let behind = poll.and_then(|poll| lines.get(poll + 1..)).unwrap_or_default();
    let phase = behind.first().and_then(|line| SECONDS.captures(labelled(line)?.1)?.get(1));
    if let Some(seconds) = phase.and_then(|phase| decimal(phase.as_str())) {
        result.number("PhaseOffsetSeconds", seconds);
        // Clock rate, state machine, time source flags, server role, last sync error.
        let found = value(behind, 5).and_then(|v| NUMBER.captures(v)?.get(1)?.as_str().parse::<u32>().ok());
        if let Some(code) = found {
            result.int("LastSyncError", code);
        }
    }
    Some(result)
}

/// `/query /source` prints the source alone; a stopped service prints a code.
fn instead(block: &Block<'_>, lines: &[&str]) -> Option<ToolResult> {
    block.command.as_ref()?;
    let mut result = ToolResult::new("ExAuth.TimeStatus");
    if let Some(code) = lines.iter().find_map(|line| bracketed_code(line)) {
        result.text("Error", format!("0x{code:X}"));
        return Some(result);
    }
    // English only: a resync that worked cannot be told from one that did not by any number.
    if lines.iter().any(|line| line.contains("did not resync")) {
        result.text("Error", "did not resync");
        return Some(result);
    }
    let (true, [source]) = (block.has_switch("source"), lines) else {
        return None;
    };
    result.text("Source", *source);
    if OWN_CLOCK.contains(source) {
        result.flag("Synchronized", false);
    }
    Some(result)
}
