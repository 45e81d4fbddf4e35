//! netsh http `show sslcert`: which certificate answers on which endpoint.
//!
//! Labels are translated; the endpoint ends in a port and the 40 digits of the hash stand in
//! one of the next lines. A binding that was asked for and is not there is said, too.

use super::block::Block;
use super::output::ToolResult;
use super::shape::pattern;
use regex::Regex;
use std::sync::LazyLock;

static ENDPOINT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r":\s+((?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|\[[0-9A-Fa-f:.%]*\]|[A-Za-z0-9*._-]+):([0-9]{1,5}))\s*$")
});
static HASH: LazyLock<Regex> = LazyLock::new(|| pattern(r":\s+([0-9A-Fa-f]{40})\s*$"));

/// Lines between the endpoint and its hash at most; a wrapped paste has some.
const NEAR: usize = 3;

/// Reads the bindings in the block.
pub(super) fn read(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    let before = results.len();
    let mut open: Option<(usize, &str, &str)> = None;
    for (at, line) in block.lines.iter().enumerate() {
        if let Some(found) = ENDPOINT.captures(line) {
            let part = |group: usize| found.get(group).map_or("", |part| part.as_str());
            open = Some((at, part(1), part(2)));
        } else if let Some(hash) = HASH.captures(line).and_then(|found| found.get(1)) {
            if let Some((_, endpoint, port)) = open.take().filter(|(start, ..)| at - start <= NEAR) {
                let mut result = binding(endpoint, port);
                result.text("Hash", hash.as_str().to_ascii_lowercase());
                results.push(result);
            }
        }
    }
    let asked = block.command.as_ref().and_then(|command| command.assigned("ipport"));
    let has_frame =
        block.lines.iter().any(|line| line.trim().len() > 8 && line.trim().bytes().all(|b| b == b'-'));
    if let (Some(endpoint), true, true) = (asked, has_frame, results.len() == before) {
        let mut result = binding(endpoint, endpoint.rsplit(':').next().unwrap_or_default());
        result.flag("Missing", true);
        results.push(result);
    }
}

fn binding(endpoint: &str, port: &str) -> ToolResult {
    let mut result = ToolResult::new("ExAuth.SslBinding");
    result.text("Endpoint", endpoint);
    if let Ok(port) = port.parse::<u16>() {
        result.int("Port", port);
    }
    result
}
