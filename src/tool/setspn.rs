//! setspn: `-L` (SPNs of an account), `-Q` (owners of an SPN), `-X` (duplicates).
//!
//! Reads DNs, SPNs and the order of lines. `-S`, `-A` and `-D` change something
//! and list only what they changed: they give no list, so that nobody takes the
//! SPNs that are not in it for missing.

use super::block::Block;
use super::command::Command;
use super::output::{unwrapped, ToolResult};
use super::setspn_line::{classify, names_forest, Line};
use super::shape::{code, common_name, pattern};
use regex::Regex;
use std::borrow::Cow;
use std::sync::LazyLock;

/// What the command asked for; decides where a line could mean two things.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Mode {
    List,
    Query,
    Duplicates,
    Change,
    Unknown,
}

fn mode_of(command: Option<&Command>) -> Mode {
    let Some(command) = command else {
        return Mode::Unknown;
    };
    let has = |name: &str| command.switch(name).is_some();
    if has("X") {
        Mode::Duplicates
    } else if has("Q") {
        Mode::Query
    } else if has("S") || has("A") || has("D") || has("R") || has("?") {
        Mode::Change
    } else if has("L") || command.arguments.len() == 1 {
        Mode::List
    } else {
        Mode::Unknown
    }
}

/// Reads the output of one setspn run, or of several without commands between them.
pub(super) fn read(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    let starts = |line: &str| !matches!(classify(line), Line::Prose(_) | Line::Count(..) | Line::Cut);
    let lines = unwrapped(block.lines, starts);
    let mode = mode_of(block.command.as_ref());
    let before = results.len();
    let failed = errors(&lines, results);
    let mut reader = Reader { mode, command: block.command.as_ref(), failed, open: Open::Nothing, results };
    for line in &lines {
        reader.line(line);
    }
    reader.close();
    // `-S` and `-A` first show who has the SPN: then that is the answer.
    let aborted = lines.iter().find(|line| line.contains("Duplicate SPN found, "));
    if let (Some(line), true) = (aborted, results.len() == before) {
        results.push(ToolResult::error(line, None));
    }
}

static FAILED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?:FindDomainForAccount|Ldap Error|DsGetDcName|ldap_\w+).*?(0x[0-9A-Fa-f]{1,8})")
});

/// Errors are English in every language seen, and go to another stream than the answer.
fn errors(lines: &[Cow<'_, str>], results: &mut Vec<ToolResult>) -> bool {
    let failed = |line: &'_ Cow<'_, str>| line.contains("0x") && FAILED.is_match(line);
    let Some(line) = lines.iter().find(|line| failed(line)) else {
        return false;
    };
    let found = FAILED.captures(line).and_then(|found| found.get(1));
    let mut result = ToolResult::error(line, found.and_then(|hex| code(hex.as_str())));
    let accounts = ["Could not find account ", "Unable to locate account "];
    let account =
        lines.iter().find_map(|line| accounts.iter().find_map(|words| line.trim().strip_prefix(words)));
    result.text("Account", account.unwrap_or_default());
    results.push(result);
    true
}

/// The answer that is being read.
enum Open<'t> {
    Nothing,
    List { dn: &'t str, spns: Vec<&'t str>, complete: bool },
    Query { forest: bool, owners: Vec<&'t str>, found: Vec<(&'t str, &'t str)>, closed: bool },
    Duplicates(Duplicates<'t>),
    Change,
}

#[derive(Default)]
struct Duplicates<'t> {
    forest: bool,
    groups: Vec<(&'t str, Vec<&'t str>)>,
    /// The last lone number, its words, and whether they say SPN.
    count: Option<(i64, String, bool)>,
    /// Words of the line before that with a lone number: `Processing entry`.
    progress: Option<String>,
}

struct Reader<'r, 't> {
    mode: Mode,
    command: Option<&'t Command>,
    /// setspn reported an error: an empty answer is none.
    failed: bool,
    open: Open<'t>,
    results: &'r mut Vec<ToolResult>,
}

impl<'t> Reader<'_, 't> {
    fn line(&mut self, text: &'t str) {
        match (classify(text), &mut self.open) {
            (Line::Blank, _) => {}
            (Line::Spn(spn), Open::List { spns, .. }) => spns.push(spn),
            (Line::Spn(spn), Open::Query { owners, found, .. }) => match owners.last() {
                Some(owner) => found.push((spn, owner)),
                None if self.mode == Mode::Query => {}
                // A domain's own DN can be changed, too: what follows is no list.
                None => self.open = Open::Change,
            },
            (Line::Spn(spn), Open::Duplicates(duplicates)) => duplicates.groups.push((spn, Vec::new())),
            (Line::Spn(_), Open::Change) => {}
            // The head of the list was cut off: what stands here is a part of it.
            (Line::Spn(spn), Open::Nothing) if self.mode == Mode::List => {
                self.open = Open::List { dn: "", spns: vec![spn], complete: false };
            }
            (Line::Spn(spn), Open::Nothing) if matches!(self.mode, Mode::Duplicates | Mode::Unknown) => {
                let groups = vec![(spn, Vec::new())];
                self.open = Open::Duplicates(Duplicates { groups, ..Duplicates::default() });
            }
            (Line::Owner(dn), Open::Duplicates(duplicates)) if !duplicates.groups.is_empty() => {
                if let Some((_, owners)) = duplicates.groups.last_mut() {
                    owners.push(dn);
                }
            }
            (Line::Owner(dn), Open::Query { owners, closed: false, .. }) => owners.push(dn),
            (Line::Owner(dn), _) => {
                self.close();
                self.open = match self.mode {
                    Mode::List => Open::List { dn, spns: Vec::new(), complete: true },
                    _ => Open::Query { forest: false, owners: vec![dn], found: Vec::new(), closed: false },
                };
            }
            (Line::Head(dn) | Line::Change(dn), _) => self.head(dn, text),
            (Line::Place(_), _) => {
                self.close();
                let forest = names_forest(text);
                self.open = match self.mode {
                    Mode::Duplicates => Open::Duplicates(Duplicates { forest, ..Duplicates::default() }),
                    _ => Open::Query { forest, owners: Vec::new(), found: Vec::new(), closed: false },
                };
            }
            (Line::Group(spn), Open::Duplicates(duplicates)) => duplicates.groups.push((spn, Vec::new())),
            (Line::Group(spn), Open::Nothing | Open::Query { .. }) if self.mode != Mode::Query => {
                self.open_duplicates(vec![(spn, Vec::new())]);
            }
            (Line::Count(..), Open::Nothing | Open::Query { .. }) if self.mode != Mode::Query => {
                self.open_duplicates(Vec::new());
                self.line(text);
            }
            (Line::Count(number, says_spn), Open::Duplicates(duplicates)) => {
                let words: String = text.chars().filter(|c| !c.is_ascii_digit()).collect();
                if let Some((_, before, _)) = duplicates.count.take() {
                    duplicates.progress = Some(before);
                }
                duplicates.count = Some((number, words, says_spn));
            }
            (Line::Cut, Open::List { complete, .. }) => *complete = false,
            (_, Open::Query { closed, .. }) => *closed = true,
            (Line::Prose(_), Open::List { .. }) => self.prose_in_list(),
            _ => {}
        }
    }

    /// A line that names an account among words.
    fn head(&mut self, dn: &'t str, text: &str) {
        let is_list = match self.mode {
            Mode::List => true,
            Mode::Unknown => text.trim_end().ends_with(':'),
            _ => false,
        };
        let announced = matches!(&self.open, Open::Query { owners, closed: false, .. } if owners.is_empty());
        self.close_unless(announced);
        self.open = match is_list {
            true => Open::List { dn, spns: Vec::new(), complete: true },
            false => Open::Change,
        };
    }

    /// `-L` prints nothing behind its list. Without the command, words directly behind SPNs mean
    /// that they were changed, not listed.
    fn prose_in_list(&mut self) {
        if self.mode != Mode::List {
            self.close();
        }
    }

    /// Begins an answer about duplicates; a place that was announced belongs to it.
    fn open_duplicates(&mut self, groups: Vec<(&'t str, Vec<&'t str>)>) {
        let (forest, announced) = match &self.open {
            Open::Query { forest, owners, .. } if owners.is_empty() => (*forest, true),
            _ => (false, false),
        };
        self.close_unless(announced);
        self.open = Open::Duplicates(Duplicates { forest, groups, ..Duplicates::default() });
    }

    fn close_unless(&mut self, drop: bool) {
        if drop {
            self.open = Open::Nothing;
        } else {
            self.close();
        }
    }

    fn close(&mut self) {
        match std::mem::replace(&mut self.open, Open::Nothing) {
            Open::Nothing | Open::Change => {}
            Open::List { dn, spns, complete } => self.give_list(dn, &spns, complete),
            Open::Query { forest, owners, found, closed } => self.give_query(forest, &owners, &found, closed),
            Open::Duplicates(duplicates) => self.give_duplicates(duplicates),
        }
    }

    fn give_list(&mut self, dn: &str, spns: &[&str], complete: bool) {
        let filtered = self.command.is_some_and(|command| command.filtered);
        let asked = self.command.and_then(Command::first_plain).unwrap_or_default();
        let asked = asked.rsplit('\\').next().unwrap_or_default().trim_end_matches('$');
        let mut result = ToolResult::new("ExAuth.SpnList");
        result.text("AccountDN", dn);
        result.text("Account", if dn.is_empty() { asked.to_owned() } else { common_name(dn) });
        result.list("Spns", spns.iter().map(|spn| (*spn).to_owned()));
        result.flag("Complete", complete && !filtered);
        self.results.push(result);
    }

    fn give_query(&mut self, forest: bool, owners: &[&str], found: &[(&str, &str)], closed: bool) {
        // Nothing behind the place: the output was cut, which is no "not found".
        let may_be_empty = closed && !self.failed && matches!(self.mode, Mode::Query | Mode::Unknown);
        if owners.is_empty() && !may_be_empty {
            return;
        }
        let mut result = ToolResult::new("ExAuth.SpnQuery");
        let asked = self.command.and_then(|c| c.parameter("Q").or(c.parameter("S")).or(c.parameter("A")));
        result.text("Spn", asked.unwrap_or_default());
        result.list("Owners", owners.iter().map(|owner| (*owner).to_owned()));
        result.list("FoundSpns", found.iter().map(|(spn, owner)| format!("{spn}|{owner}")));
        result.text("Scope", self.scope(forest));
        self.results.push(result);
    }

    fn scope(&self, forest: bool) -> &'static str {
        let asked = self.command.is_some_and(|c| c.switch("F").is_some() || c.parameter("T") == Some("*"));
        if forest || asked {
            "forest"
        } else {
            "domain"
        }
    }

    fn give_duplicates(&mut self, duplicates: Duplicates<'t>) {
        let scope = self.scope(duplicates.forest);
        let groups: Vec<_> = duplicates.groups.into_iter().filter(|(_, owners)| owners.len() > 1).collect();
        // A footer speaks of SPNs; in a language where it does not, it differs from the progress lines.
        let is_asked = self.mode == Mode::Duplicates;
        let footer = duplicates.count.filter(|(_, words, says_spn)| {
            *says_spn || is_asked && duplicates.progress.as_ref().is_some_and(|progress| progress != words)
        });
        let counted = footer.map(|(number, ..)| number);
        if counted.is_none() && groups.is_empty() {
            return;
        }
        let seen = i64::try_from(groups.len()).unwrap_or(i64::MAX);
        let is_by_design = |(spn, owners): &(&str, Vec<&str>)| {
            spn.eq_ignore_ascii_case("kadmin/changepw")
                && owners.iter().all(|dn| common_name(dn).eq_ignore_ascii_case("krbtgt"))
        };
        let (by_design, real): (Vec<_>, Vec<_>) = groups.into_iter().partition(is_by_design);
        let by_design = i64::try_from(by_design.len()).unwrap_or(i64::MAX);
        let mut result = ToolResult::new("ExAuth.SpnDuplicates");
        result.int("Count", counted.map_or(seen, |counted| counted.max(seen)) - by_design);
        result.list("Groups", real.iter().map(|(spn, owners)| format!("{spn}|{}", owners.join("|"))));
        result.text("Scope", scope);
        result.flag("Complete", counted == Some(seen));
        self.results.push(result);
    }
}
