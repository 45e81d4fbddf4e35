//! The pages of causes tell what the data say: what confirms and what rules out, what to run, how to fix.
//!
//! Both sections are made from the data, so that no page can fall behind:
//! `UPDATE_PAGES=1 cargo test --test pages` writes them anew. The other sections are written by hand.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]
#![allow(clippy::print_stdout, clippy::print_stderr)]
// Test code: a failure here must stop the test.

use exauth::catalog::cause::{Cause, Effect};
use exauth::Catalog;
use std::fmt::Write as _;
use std::path::Path;

/// Plain words for the values that a sentence takes from a case.
const PLAIN: &[(&str, &str)] = &[
    ("from", "the sender"),
    ("to", "the target"),
    ("to_fqdn", "the target"),
    ("to_domain", "the target's domain"),
    ("target_host", "the host of InternalUrl"),
    ("target_url", "InternalUrl"),
    ("connector", "the connector"),
    ("account.disabled", "a server"),
    ("asa.differs", "one account here, another there"),
    ("asa.not_set", "a server behind the name"),
    ("certificate.transport_bad", "the certificate is not in the store, has expired or has no private key"),
    ("dns.points_elsewhere", "the name has an address of another machine"),
    ("events.unauthorized_server", "a server"),
    ("membership.missing", "a server"),
    ("kdc.stopped", "a domain controller"),
    ("kerberos_port.closed", "to a domain controller"),
    ("replication.failing_links", "between two domain controllers"),
    ("secure_channel.broken", "a server"),
    ("secure_channel.verified", "the server"),
    ("spn.duplicate", "the names asked for"),
    ("spn.missing", "the name asked for"),
    ("spn.wrong_account", "the name is on one account"),
    ("connector.port_shared", "one port"),
];

/// Where lines of a page are broken.
const WIDTH: usize = 116;

/// A template in plain words: names of facts give way to words for them, but in a command to `<name>`.
fn plain(source: &str) -> String {
    let text = replaced(source, |before, inner| {
        let parts: Vec<&str> = inner.split('|').collect();
        if is_argument(before) {
            return placed(parts[0]);
        }
        // Words that stand in for a missing value are words for it; a dot stands in names of facts.
        let words = parts[1..].iter().rev().find(|part| part.contains(' ') || !part.contains('.'));
        let known = PLAIN.iter().find(|(name, _)| *name == parts[0]).map(|(_, words)| *words);
        let words = known.or(words.copied()).map_or_else(|| format!("<{}>", parts[0]), str::to_owned);
        let begins = before.is_empty() || before.ends_with(". ");
        let mut rest = words.chars();
        match rest.next().filter(|_| begins) {
            Some(first) => first.to_uppercase().chain(rest).collect(),
            None => words,
        }
    });
    text.trim().to_owned()
}

/// What stands behind these words is part of a command.
fn is_argument(before: &str) -> bool {
    let glued = before.ends_with(['/', '"', '\\', ':']) && !before.ends_with(": ");
    let last = before.split_whitespace().next_back().unwrap_or_default();
    let is_cmdlet = last.split_once('-').is_some_and(|(verb, noun)| {
        verb.starts_with(char::is_uppercase) && noun.starts_with(char::is_uppercase)
    });
    glued || last.starts_with(['-', '<']) || last.contains('/') || last == "nslookup" || is_cmdlet
}

/// A command with `<name>` for what depends on the case.
fn command(source: &str) -> String {
    replaced(source, |_, inner| placed(inner.split('|').next().unwrap_or_default()))
}

/// What stands in the place of a fact: its name without the area.
fn placed(fact: &str) -> String {
    format!("<{}>", fact.rsplit('.').next().unwrap_or(fact))
}

fn replaced(source: &str, with: impl Fn(&str, &str) -> String) -> String {
    let mut rest = source;
    let mut out = String::new();
    while let Some((before, behind)) = rest.split_once('{') {
        let (inner, after) = behind.split_once('}').unwrap_or((behind, ""));
        out += before;
        let words = with(&out, inner);
        out += &words;
        rest = after;
    }
    out + rest
}

/// A sentence without what it measured in brackets.
fn without_values(source: &str) -> String {
    match (source.find(" ("), source.find(')')) {
        (Some(open), Some(close)) if open < close && source[open..close].contains('{') => {
            format!("{}{}", &source[..open], &source[close + 1..])
        }
        _ => source.to_owned(),
    }
}

/// Text on lines of [`WIDTH`], those after the first set in.
fn wrapped(first: &str, indent: &str, text: &str) -> String {
    let (mut lines, mut line) = (String::new(), first.to_owned());
    let mut is_empty = true;
    for word in text.split_whitespace() {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            let _ = writeln!(lines, "{line}");
            line = indent.to_owned();
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    let _ = writeln!(lines, "{line}");
    lines
}

/// The section on confirming: what would, what would not, and the commands that show it.
fn confirming(cause: &Cause) -> String {
    let mut out = String::new();
    for (effect, words) in [(Effect::Confirms, "Confirms it:"), (Effect::RulesOut, "Rules it out:")] {
        let says = cause.evidence.iter().filter(|rule| rule.effect == effect);
        let mut told: Vec<String> = Vec::new();
        for line in says.map(|rule| format!("{words} {}", plain(&without_values(rule.says.source())))) {
            if !told.contains(&line) {
                out += &wrapped("- ", "  ", &line);
                told.push(line);
            }
        }
    }
    let mut told: Vec<String> = Vec::new();
    for need in &cause.needs {
        let place = plain(need.run_on.source()).to_lowercase();
        let mut lines = wrapped("- ", "  ", &plain(need.why.source()));
        let _ = writeln!(lines, "  `{}` on {place}", command(need.command.source()));
        if !told.contains(&lines) {
            out += &lines;
            told.push(lines);
        }
    }
    out
}

/// The section on fixing: each step with its command, its check and its way back. Steps that differ only
/// in the command, by the problem, are one step.
fn fixing(cause: &Cause) -> String {
    let mut out = String::new();
    let mut told: Vec<&str> = Vec::new();
    for step in &cause.fix {
        let text = step.text.source();
        if told.contains(&text) {
            continue;
        }
        told.push(text);
        out += &wrapped(&format!("{}. ", told.len()), "   ", &plain(text));
        let same = cause.fix.iter().filter(|other| other.text.source() == text);
        for (at, other) in same.filter(|other| !other.command.source().is_empty()).enumerate() {
            let or = if at == 0 { "" } else { "or " };
            let _ = writeln!(out, "   {or}`{}`", command(other.command.source()));
        }
        let (check, undo) = (step.check.source(), step.undo.source());
        let mut last = if check.is_empty() { String::new() } else { format!("Check: {} ", plain(check)) };
        if !(undo.is_empty() || undo.starts_with("Nothing to take back")) {
            last += &format!("Back: {}", plain(undo));
        }
        if !last.is_empty() {
            out += &wrapped("   ", "   ", &last);
        }
    }
    out
}

/// A page with one section's list replaced; what stands in front of the list is written by hand.
fn with_section(page: &str, heading: &str, lines: &str) -> String {
    let start = page.find(heading).unwrap() + heading.len() + 1;
    let end = start + page[start..].find("\n## ").unwrap();
    let is_item = |line: &str| line.starts_with("- ") || line.starts_with("1. ");
    let by_hand: Vec<&str> = page[start..end].lines().take_while(|line| !is_item(line)).collect();
    let by_hand: String = by_hand.iter().map(|line| format!("{line}\n")).collect();
    format!("{}{by_hand}{lines}{}", &page[..start], &page[end..])
}

#[test]
fn every_page_of_a_cause_tells_what_confirms_rules_out_and_fixes_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/catalog/causes");
    let mut stale = Vec::new();
    for cause in Catalog::builtin().unwrap().causes() {
        let path = root.join(format!("{}.md", cause.id));
        let page = std::fs::read_to_string(&path).unwrap();
        let made = with_section(&page, "## How to confirm", &confirming(cause));
        let made = with_section(&made, "## How to fix", &fixing(cause));
        if made != page {
            if std::env::var_os("UPDATE_PAGES").is_some() {
                std::fs::write(&path, &made).unwrap();
            }
            let line = made.lines().zip(page.lines()).find(|(new, old)| new != old);
            stale.push(format!("{}: {line:?}", cause.id));
        }
    }
    let way = "UPDATE_PAGES=1 cargo test --test pages writes them anew";
    assert!(stale.is_empty(), "{} pages are behind their data ({way}):\n{}", stale.len(), stale.join("\n"));
}
