//! Objects of the directory as `attribute: value`: ldifde, ldapsearch, adfind, ldp and `dsquery * -l`;
//! and the table that `dsquery *` prints without `-l`.
//!
//! Attribute names are the directory's own and no language's. A file that changes something looks much
//! the same and is no list; a value in base64 or one that lost its end makes the list a part of one.

use super::block::Block;
use super::command::Command;
use super::output::{unwrapped, ToolResult};
use super::shape::{common_name, is_spn, pattern};
use regex::Regex;
use std::borrow::Cow;
use std::sync::LazyLock;

/// `dn: CN=...`, `>servicePrincipalName: HTTP/EX1` (adfind), `4> servicePrincipalName: a; b;` (ldp);
/// two colons stand before base64.
static LINE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^[ \t]*(?:([0-9]*)>)?>?[ \t]*([A-Za-z][A-Za-z0-9-]*)(;[A-Za-z0-9=*;-]+)?:(:?)[ \t]*(.*?)[ \t]*$",
    )
});
static DN: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)^(?:CN|OU|DC)=.+DC=[a-z0-9_-]+$"));
/// What a filter of dsquery looks for.
static FILTERED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\((?:name|cn|samaccountname)=([A-Za-z0-9_-]+)\$?\)"));

/// Attributes whose values are kept.
const LISTS: [&str; 4] = ["serviceprincipalname", "memberof", "member", "objectclass"];

/// One object while it is read.
#[derive(Default)]
struct Entry {
    dn: String,
    name: String,
    sam: String,
    spns: Vec<String>,
    member_of: Vec<String>,
    members: Vec<String>,
    classes: Vec<String>,
    numbers: Vec<(&'static str, i64)>,
    /// Something of a list is not here.
    cut: bool,
    /// The text says how many names there are.
    counted: bool,
    /// The text changes the object, or takes it away.
    changes: bool,
}

impl Entry {
    /// True where the attribute names an object and this one has a name of that sort already.
    fn is_named_by(&self, attribute: &str) -> bool {
        match attribute {
            "dn" => !self.dn.is_empty() || !self.spns.is_empty() || !self.name.is_empty(),
            "cn" | "name" => false,
            "samaccountname" => !self.sam.is_empty(),
            _ => false,
        }
    }

    fn take(&mut self, attribute: &str, value: &str, base64: bool, count: Option<usize>) {
        if base64 {
            self.cut |= LISTS.contains(&attribute);
            return;
        }
        match attribute {
            "dn" | "distinguishedname" if DN.is_match(value) => value.clone_into(&mut self.dn),
            "cn" | "name" if self.name.is_empty() => value.clone_into(&mut self.name),
            "samaccountname" => value.clone_into(&mut self.sam),
            "changetype" => self.changes = !value.eq_ignore_ascii_case("add"),
            "objectclass" => self.classes.extend(value.split(';').map(|class| class.trim().to_lowercase())),
            "serviceprincipalname" => {
                let names: Vec<&str> =
                    value.split(';').map(str::trim).filter(|name| !name.is_empty()).collect();
                // ldp says how many there are. dsquery puts a semicolon behind each, the last as well.
                let several = names.len() > 1;
                self.counted |= count.is_some();
                let short = count.map_or(several && !value.ends_with(';'), |count| count != names.len());
                self.cut |= short || !names.iter().all(|name| is_spn(name)) || value.ends_with("...");
                self.spns.extend(names.into_iter().filter(|name| is_spn(name)).map(str::to_owned));
            }
            "memberof" => self.member_of.push(value.to_owned()),
            "member" => self.members.push(value.to_owned()),
            "msds-supportedencryptiontypes" => self.number("msDS-SupportedEncryptionTypes", value),
            "useraccountcontrol" => self.number("userAccountControl", value),
            "pwdlastset" => self.number("pwdLastSet", value),
            _ => {}
        }
    }

    /// The name that the command looked for, where the text does not say whose values these are.
    fn name_by(&mut self, command: &Command) {
        if self.dn.is_empty() && self.name.is_empty() && self.sam.is_empty() {
            let looked_for = FILTERED.captures(&command.line).and_then(|found| found.get(1));
            self.name = looked_for.map_or(String::new(), |name| name.as_str().to_owned());
        }
    }

    /// Some tools put words behind a number.
    fn number(&mut self, name: &'static str, value: &str) {
        let digits: String = value.chars().take_while(char::is_ascii_digit).collect();
        if let Ok(number) = digits.parse() {
            self.numbers.push((name, number));
        }
    }

    fn give(mut self, filtered: bool, results: &mut Vec<ToolResult>) {
        if self.changes || (self.dn.is_empty() && self.sam.is_empty() && self.name.is_empty()) {
            return;
        }
        self.cut |= filtered;
        let name = match (self.dn.is_empty(), self.name.is_empty()) {
            (false, _) => common_name(&self.dn),
            (true, false) => self.name.clone(),
            (true, true) => self.sam.trim_end_matches('$').to_owned(),
        };
        if !self.members.is_empty() || self.classes.iter().any(|class| class == "group") {
            if !self.members.is_empty() {
                let mut result = ToolResult::new("ExAuth.ADGroup");
                result.text("Name", name).list("Members", self.members).flag("Complete", !self.cut);
                results.push(result);
            }
            return;
        }
        let says = !self.spns.is_empty() || !self.member_of.is_empty() || !self.numbers.is_empty();
        if !says {
            return;
        }
        let mut result = ToolResult::new("ExAuth.ADComputer");
        result.text("DistinguishedName", self.dn).text("Name", name).text("SamAccountName", self.sam);
        if !self.spns.is_empty() {
            result.list("servicePrincipalName", self.spns).flag("Complete", !self.cut);
        }
        if !self.member_of.is_empty() && !self.cut {
            result.list("MemberOf", self.member_of);
        }
        for (name, number) in self.numbers {
            result.int(name, number);
        }
        results.push(result);
    }
}

fn words_of(line: &str) -> usize {
    line.split_whitespace().count()
}

/// Lines of an export are broken at 76 characters; what goes on begins with one blank.
fn joined<'t>(lines: &[&'t str]) -> Vec<Cow<'t, str>> {
    let mut joined: Vec<Cow<'t, str>> = Vec::new();
    for line in lines {
        let goes_on =
            line.strip_prefix(' ').filter(|rest| !rest.starts_with([' ', '\t']) && !rest.is_empty());
        match (joined.last_mut(), goes_on) {
            (Some(last), Some(rest)) if LINE.is_match(last) && !LINE.is_match(line) => {
                last.to_mut().push_str(rest)
            }
            _ => joined.push(Cow::Borrowed(line)),
        }
    }
    joined
}

/// Reads the objects in the block.
pub(super) fn read(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    let filtered = block.command.as_ref().is_some_and(|command| command.filtered);
    let mut entry = Entry::default();
    let lines = joined(block.lines);
    for line in &lines {
        let Some(found) = LINE.captures(line) else {
            entry.cut |= matches!(line.trim(), "..." | "\u{2026}");
            continue;
        };
        let part = |group: usize| found.get(group).map_or("", |part| part.as_str());
        let attribute = part(2).to_ascii_lowercase();
        if entry.is_named_by(&attribute) {
            std::mem::take(&mut entry).give(filtered, results);
        }
        // `member;range=0-1499` is a part unless its end is open.
        entry.cut |= part(3).contains("range=") && !part(3).ends_with('*');
        entry.take(&attribute, part(5), !part(4).is_empty(), part(1).parse().ok());
    }
    if let Some(command) = block.command.as_ref().filter(|_| results.is_empty()) {
        entry.name_by(command);
    }
    // A line behind the last name shows that nothing was cut off; the last of all may be the half of one.
    let behind = lines.iter().rev().take_while(|line| !LINE.is_match(line)).count();
    entry.cut |= behind < if entry.counted { 1 } else { 2 };
    entry.give(filtered, results);
    let by_dsquery = |command: &&Command| command.line.to_ascii_lowercase().contains("dsquery");
    if let Some(command) = block.command.as_ref().filter(by_dsquery).filter(|_| results.is_empty()) {
        table(command, block, results);
    }
}

/// `dsquery * -attr name servicePrincipalName`: a head with the attributes and a row for each object.
fn table(command: &Command, block: &Block<'_>, results: &mut Vec<ToolResult>) {
    let lines = unwrapped(block.lines, |_| false);
    let mut heads: Option<Vec<String>> = None;
    for (at, line) in lines.iter().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let Some(heads) = &heads else {
            let lower: Vec<String> = words.iter().map(|word| word.to_ascii_lowercase()).collect();
            heads = Some(lower).filter(|heads| heads.iter().any(|head| head == "serviceprincipalname"));
            continue;
        };
        if words.len() != heads.len() {
            continue;
        }
        let mut entry = Entry::default();
        for (head, word) in heads.iter().zip(&words) {
            entry.take(head, word, false, None);
            entry.cut |= LISTS.contains(&head.as_str()) && !word.ends_with(';');
        }
        entry.name_by(command);
        // A console of another width broke the row, or the text ends in it.
        entry.cut |=
            lines.get(at + 1).is_none_or(|next| next.contains(['/', ';']) && words_of(next) < heads.len());
        entry.give(command.filtered, results);
    }
}
