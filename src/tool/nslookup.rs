//! nslookup: which server answered, and the addresses of the name.
//!
//! Reads the order of `label: value` lines: the server's name and address
//! first, then the answer. Labels are localized. No answer behind the server
//! block means "not found"; a server that did not answer says nothing.

use super::block::Block;
use super::output::ToolResult;
use super::shape::{address, labelled};

/// One question and its answer while it is read.
#[derive(Default)]
struct Answer<'t> {
    server: &'t str,
    server_address: &'t str,
    name: &'t str,
    addresses: Vec<&'t str>,
    aliases: Vec<&'t str>,
    targets: Vec<&'t str>,
    in_aliases: bool,
    refused: Option<&'t str>,
    no_reply: bool,
}

/// Reads the answers in the block.
pub(super) fn read(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    let lines: Vec<&str> =
        block.lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty()).collect();
    let is_server = |at: usize| server_at(&lines, at);
    let first = (0..lines.len()).find_map(|at| is_server(at).map(|(label, ..)| label));
    let mut open: Option<Answer<'_>> = None;
    let mut skip = false;
    for (at, line) in lines.iter().enumerate() {
        if std::mem::take(&mut skip) {
            continue;
        }
        if let Some((label, server, server_address)) =
            is_server(at).filter(|(label, ..)| first == Some(*label))
        {
            // The time-out of the server's own name comes before its block.
            give(block, open.take().filter(|answer| !answer.server.is_empty()), results);
            open = Some(Answer { server, server_address, ..Answer::default() });
            skip = true;
            debug_assert!(!label.is_empty());
        } else {
            open.get_or_insert_default().line(line);
        }
    }
    give(block, open, results);
}

/// A name and, on the next line, one address: the server that answers. The same shape in the
/// answer has another label.
fn server_at<'t>(lines: &[&'t str], at: usize) -> Option<(&'t str, &'t str, &'t str)> {
    let (label, server) = labelled(lines.get(at)?)?;
    let (_, next) = labelled(lines.get(at + 1)?)?;
    let one_word = !server.is_empty() && !server.contains(char::is_whitespace);
    (!label.is_empty() && label.len() <= 40 && one_word && address(server).is_none())
        .then(|| address(next).map(|address| (label, server, address)))
        .flatten()
}

impl<'t> Answer<'t> {
    fn line(&mut self, line: &'t str) {
        if let Some(words) = line.strip_prefix("*** ") {
            self.failure(words);
        } else if let Some((left, right)) = line.split_once(" = ") {
            // `name  canonical name = target`, `name  internet address = 192.0.2.1`
            let owner = left.split_whitespace().next().unwrap_or_default();
            match address(right.trim()) {
                Some(address) => self.addresses.push(address),
                None if left.trim_end().ends_with("canonical name") => {
                    self.name = if self.name.is_empty() { owner } else { self.name };
                    self.targets.push(right.trim());
                }
                None => {}
            }
        } else if let Some(bare) = address(line) {
            self.addresses.push(bare);
        } else if let Some((_, value)) = labelled(line) {
            match address(value) {
                Some(bare) => self.addresses.push(bare),
                None if self.name.is_empty() && is_name(value) => self.name = value,
                None if is_name(value) && !self.addresses.is_empty() => {
                    self.in_aliases = true;
                    self.aliases.push(value);
                }
                None => {}
            }
        } else if self.in_aliases && is_name(line) {
            self.aliases.push(line);
        }
    }

    /// `*** server can't find name: reason`; a time-out names no name.
    fn failure(&mut self, words: &'t str) {
        let silent = ["No response from server", "Server failed", "Query refused", "timed-out", "timed out"];
        if silent.iter().any(|reason| words.contains(reason)) {
            self.no_reply = true;
        }
        self.refused = Some(words);
    }
}

fn is_name(value: &str) -> bool {
    super::shape::is_host(value) && value.contains(|c: char| c.is_ascii_alphabetic())
}

fn give(block: &Block<'_>, answer: Option<Answer<'_>>, results: &mut Vec<ToolResult>) {
    let Some(answer) = answer else { return };
    let asked = block.command.as_ref().and_then(|command| command.first_plain());
    // `server can't find name: reason`, in any order of words.
    let refused = answer.refused.and_then(|words| {
        let mut words = words.split_whitespace().map(|word| word.trim_end_matches([':', '.', ',']));
        words.find(|word| word.contains('.') && is_name(word) && *word != answer.server)
    });
    // nslookup shows the target under Name and the name that was asked under Aliases.
    let (name, targets) = match answer.aliases.split_first() {
        Some((first, more)) => {
            let mut targets: Vec<&str> = more.to_vec();
            targets.push(answer.name);
            (*first, targets)
        }
        None if answer.name.is_empty() => (refused.or(asked).unwrap_or_default(), answer.targets),
        None => (answer.name, answer.targets),
    };
    let found = !answer.addresses.is_empty() || !targets.is_empty();
    let knows_server = !answer.server.is_empty() || answer.refused.is_some();
    if name.is_empty() || !found && !knows_server || !found && answer.no_reply {
        return;
    }
    let mut result = ToolResult::new("ExAuth.DnsAnswer");
    result.text("Name", name);
    result.list("Addresses", answer.addresses.iter().map(|address| (*address).to_owned()));
    result.list("Aliases", targets.iter().map(|target| (*target).to_owned()));
    result.text("Server", answer.server).text("ServerAddress", answer.server_address);
    result.flag("Found", found);
    results.push(result);
}
