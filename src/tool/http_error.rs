//! What a front end says when a back end did not let it sign in: the page, the words in the
//! HttpProxy log, and the rows of that log.
//!
//! All of it is English in every language. A 401 that a client got is a challenge and no error.

use super::block::Block;
use super::log_row::{cell, cells, header, Columns};
use super::output::ToolResult;
use super::shape::pattern;
use regex::Regex;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// `503 Failed authentication on backend server: Unauthorized`
static PAGE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?:\b([45][0-9]{2}):?[ \t]+)?(Failed authentication on backend server(?:: ?[A-Za-z]{3,40})?)")
});
/// `HTTP Error 400. The size of the request headers is too long.`
static TOO_LONG: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:\b(400)\b[^\n]{0,40}?)?((?:size of the request headers is|request header|request) too long)",
    )
});
/// `NegotiateSecurityContext failed with for host 'x' with status 'TargetUnknown'`
static CONTEXT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"NegotiateSecurityContext failed\b[^'\n]{0,40}'([^']{1,255})'[^'\n]{0,40}'([A-Za-z0-9_]{2,60})'")
});

/// One error while it is read.
#[derive(Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Failure {
    status: Option<u16>,
    text: String,
    target: String,
    name: String,
    protocol: String,
}

impl Failure {
    fn give(&self, results: &mut Vec<ToolResult>) {
        let mut result = ToolResult::new("ExAuth.HttpError");
        if let Some(status) = self.status {
            result.int("Status", status);
        }
        result.text("Text", &self.text).text("TargetHost", &self.target);
        result.text("StatusName", &self.name).text("Protocol", &self.protocol);
        results.push(result);
    }
}

/// Reads the errors in the block, each once.
pub(super) fn read(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    let mut seen = BTreeSet::new();
    let mut columns: Option<Columns<'_>> = None;
    for line in block.lines {
        if let Some(named) = Columns::of_header(line) {
            columns = Some(named).filter(|columns| columns.has(&["HttpStatus", "BackEndStatus"]));
        }
        if header(line, "Software").is_some() || line.trim_start().starts_with('#') {
            continue;
        }
        let mut failure = in_words(line);
        if let Some(columns) = &columns {
            failure = of_row(columns, line, failure);
        }
        if let Some(failure) = failure.filter(|failure| !seen.contains(failure)) {
            failure.give(results);
            seen.insert(failure);
        }
    }
}

fn in_words(line: &str) -> Option<Failure> {
    // Cheaper than patterns on every row of a log.
    if line.contains("oo long") || line.contains("oo Long") {
        if let Some(found) = TOO_LONG.captures(line) {
            let status = found.get(1).and_then(|status| status.as_str().parse().ok());
            let text = found.get(2).map_or("", |text| text.as_str()).to_owned();
            return Some(Failure { status, text, ..Failure::default() });
        }
    }
    if !line.contains("ailed") {
        return None;
    }
    if let Some(found) = CONTEXT.captures(line) {
        let part = |group: usize| found.get(group).map_or("", |part| part.as_str()).to_owned();
        let text = found.get(0).map_or("", |whole| whole.as_str()).to_owned();
        return Some(Failure { text, target: part(1), name: part(2), ..Failure::default() });
    }
    let found = PAGE.captures(line)?;
    let status = found.get(1).and_then(|status| status.as_str().parse().ok());
    let text = found.get(2).map_or("", |text| text.as_str()).to_owned();
    Some(Failure { status, text, ..Failure::default() })
}

/// A row of the HttpProxy log, where the back end refused somebody whom the front end knew.
fn of_row(columns: &Columns<'_>, line: &str, in_words: Option<Failure>) -> Option<Failure> {
    let row = cells(line);
    let value = |name: &str| cell(&row, columns.at(name));
    let known = value("IsAuthenticated").eq_ignore_ascii_case("true") && !value("TargetServer").is_empty();
    // A bad request of a phone or a program is its own affair; a browser's is one whose headers do not fit.
    let page = ["Owa", "Ecp"].iter().any(|name| value("Protocol").eq_ignore_ascii_case(name));
    let refused = known && (value("BackEndStatus") == "401" || (page && value("BackEndStatus") == "400"));
    if in_words.is_none() && !refused {
        return None;
    }
    let mut failure = in_words.unwrap_or_default();
    let statuses = [value("BackEndStatus"), value("HttpStatus")];
    failure.status = failure.status.or_else(|| statuses.iter().find_map(|status| status.parse().ok()));
    if failure.target.is_empty() {
        value("TargetServer").clone_into(&mut failure.target);
    }
    value("Protocol").clone_into(&mut failure.protocol);
    if failure.text.is_empty() {
        value("ErrorCode").clone_into(&mut failure.text);
    }
    Some(failure)
}
