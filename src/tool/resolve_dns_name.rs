//! Resolve-DnsName: tables and lists of records, and its errors.
//!
//! Reads property names and error ids, which are English everywhere. Only the
//! ids say why there is no answer: a time-out is not "not found".

use super::block::Block;
use super::output::ToolResult;
use super::shape::{address, pattern};
use super::table;
use regex::Regex;
use std::sync::LazyLock;

static ERROR_ID: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"FullyQualifiedErrorId[ \t]*:[ \t]*([A-Z0-9_]+),Microsoft\.DnsClient"));
/// The name in `Resolve-DnsName : ex9.contoso.com : <localized reason>`.
static ERROR_NAME: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^[ \t]*Resolve-DnsName ?: ?([A-Za-z0-9_.-]+) ?: "));

#[derive(Default)]
struct Answer {
    name: String,
    addresses: Vec<String>,
    targets: Vec<String>,
    /// Records of other types, such as the SOA that comes with "no such record".
    others: usize,
}

impl Answer {
    fn take<'p>(&mut self, property: impl Fn(&str) -> Option<&'p str>) {
        let Some(name) = property("Name").filter(|name| !name.is_empty()) else {
            return;
        };
        let in_answer = property("Section").is_none_or(|section| section.eq_ignore_ascii_case("Answer"));
        let kind = property("Type").or(property("QueryType")).unwrap_or_default();
        let addresses = ["IPAddress", "IP4Address", "IP6Address"];
        // A table has one last column for all its rows.
        let values = || addresses.iter().filter_map(|name| property(name)).chain(property("NameHost"));
        match kind.to_ascii_uppercase().as_str() {
            "A" | "AAAA" if in_answer => {
                if let Some(found) = values().find_map(address) {
                    if !self.addresses.iter().any(|known| known == found) {
                        self.addresses.push(found.to_owned());
                    }
                }
            }
            "CNAME" if in_answer => {
                let target = values().find(|value| address(value).is_none() && super::shape::is_host(value));
                self.targets.extend(target.map(str::to_owned));
            }
            _ => {
                self.others += 1;
                return;
            }
        }
        if self.name.is_empty() {
            name.clone_into(&mut self.name);
        }
    }
}

/// Reads the answer in the block: all records of one run together.
pub(super) fn read(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    let asked = block.command.as_ref().and_then(|c| c.parameter("Name").or(c.first_plain()));
    let asked = asked.filter(|name| !name.contains('$')).unwrap_or_default();
    let mut answer = Answer::default();
    for row in table::rows(block.lines, "Section") {
        answer
            .take(|name| row.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| *value));
    }
    for object in table::lists(block.lines) {
        answer.take(|name| table::value(&object, name));
    }
    let text = |pattern: &Regex| {
        block
            .lines
            .iter()
            .find_map(|line| pattern.captures(line)?.get(1).map(|found| found.as_str().to_owned()))
    };
    let error = text(&ERROR_ID);
    let found = !answer.addresses.is_empty() || !answer.targets.is_empty();
    // Without a record of another type an empty answer was cut off or filtered.
    let denied =
        error.as_deref() == Some("DNS_ERROR_RCODE_NAME_ERROR") || error.is_none() && answer.others > 0;
    if !found && !denied {
        return;
    }
    let name = match (asked, text(&ERROR_NAME)) {
        ("", Some(name)) => name,
        ("", None) => answer.name,
        (asked, _) => asked.to_owned(),
    };
    if name.is_empty() {
        return;
    }
    let mut result = ToolResult::new("ExAuth.DnsAnswer");
    result.text("Name", name).list("Addresses", answer.addresses).list("Aliases", answer.targets);
    let server = block.command.as_ref().and_then(|command| command.parameter("Server"));
    result.text("Server", server.unwrap_or_default()).flag("Found", found);
    results.push(result);
}
