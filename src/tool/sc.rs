//! sc `query`, `queryex` and `qc`: whether a service runs, and whether it may start.
//!
//! Reads the numbers and the symbolic words behind them; the labels are English
//! on most systems and not relied on, except `SERVICE_NAME`.

use super::block::Block;
use super::output::ToolResult;
use super::shape::{code, pattern};
use regex::Regex;
use std::sync::LazyLock;

static STATE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r":[ \t]+[1-7][ \t]+(STOPPED|START_PENDING|STOP_PENDING|RUNNING|CONTINUE_PENDING|PAUSE_PENDING|PAUSED)\b",
    )
});
static START: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r":[ \t]+[0-4][ \t]+(BOOT_START|SYSTEM_START|AUTO_START|DEMAND_START|DISABLED)\b")
});
/// `[SC] OpenService ... 1060:`
static FAILED: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\[SC\] .*?([0-9]{1,5}) ?:[ \t]*$"));

/// One service while it is read.
#[derive(Default)]
struct Service<'t> {
    name: &'t str,
    state: Option<&'t str>,
    start: Option<&'t str>,
}

/// Reads the services in the block.
pub(super) fn read(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    let before = results.len();
    let mut open = Service::default();
    for line in block.lines {
        let first = |pattern: &Regex| Some(pattern.captures(line)?.get(1)?.as_str());
        if let Some(name) = line.trim().strip_prefix("SERVICE_NAME:") {
            give(
                block,
                std::mem::replace(&mut open, Service { name: name.trim(), ..Service::default() }),
                results,
            );
        } else if let Some(state) = first(&STATE) {
            open.state = Some(state);
        } else if let Some(start) = first(&START) {
            open.start = Some(start);
        }
    }
    give(block, open, results);
    let failed = block.lines.iter().find_map(|line| Some((line, FAILED.captures(line)?.get(1)?.as_str())));
    if let (Some((line, number)), true) = (failed, results.len() == before) {
        results.push(ToolResult::error(line, code(number)));
    }
}

fn give(block: &Block<'_>, service: Service<'_>, results: &mut Vec<ToolResult>) {
    if service.name.is_empty() || service.state.is_none() && service.start.is_none() {
        return;
    }
    let mut result = ToolResult::new("ExAuth.ServiceState");
    result.text("Name", service.name);
    result.text("Status", service.state.unwrap_or_default());
    result.text("StartType", service.start.unwrap_or_default());
    let first = block.command.as_ref().and_then(|command| command.arguments.first());
    if let Some(computer) = first.and_then(|argument| argument.strip_prefix(r"\\")) {
        result.speaks_of(computer);
    }
    results.push(result);
}
