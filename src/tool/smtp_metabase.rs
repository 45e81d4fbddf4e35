//! SMTP virtual servers of Exchange 2003 and IIS, as adsutil.vbs prints them from the metabase.
//!
//! The script prints English names, and only what is set at the node itself: a property that is not
//! there may be inherited, and says nothing. `enum_all` prints nodes one below the other, each under
//! its path in brackets.

use super::block::Block;
use super::output::{unwrapped, ToolResult};
use super::shape::{is_host, pattern};
use regex::Regex;
use std::sync::LazyLock;

/// `FullyQualifiedDomainName        : (STRING) "mail.contoso.com"`
static PROPERTY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^[ \t]*([A-Za-z][A-Za-z0-9]*)[ \t]*:[ \t]*\(([A-Z]+)\)[ \t]*(.*?)[ \t]*$"));
/// `[/SmtpSvc/1]`, below which `enum_all` prints that node.
static NODE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[ \t]*\[(/[^\[\]]*)\][ \t]*$"));
static SERVER_PATH: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)(?:^|/)(SmtpSvc/[0-9]+)$"));
/// The value of a text; one that lost its end is not the value.
static QUOTED: LazyLock<Regex> = LazyLock::new(|| pattern(r#"^[ \t]*["“”]([^"“”]*)["“”][ \t]*$"#));
/// Yes and no of VBScript, which writes them in the language of the system.
const YES: [&str; 5] = ["true", "wahr", "vrai", "verdadero", "vero"];
const NO: [&str; 4] = ["false", "falsch", "faux", "falso"];
/// Integrated Windows authentication in `AuthFlags` (MD_AUTH_NT).
const WINDOWS: u32 = 4;

/// What adsutil was asked: the path, a property of it, and another machine.
#[derive(Default)]
struct Asked<'t> {
    path: &'t str,
    machine: Option<&'t str>,
}

impl<'t> Asked<'t> {
    fn of(block: &'t Block<'_>) -> Asked<'t> {
        let arguments = block.command.as_ref().map_or(&[][..], |command| &command.arguments);
        let verbs = ["get", "enum", "enum_all", "enumall"];
        let verb = arguments.iter().position(|word| verbs.iter().any(|v| word.eq_ignore_ascii_case(v)));
        let behind = verb.and_then(|at| arguments.get(at + 1..)).unwrap_or_default();
        let path = behind.iter().find(|word| !is_switch(word)).map_or("", String::as_str);
        let named = arguments.iter().find_map(|word| machine_switch(word));
        // `EX1/SmtpSvc/1` names the machine in the path.
        let (first, rest) = path.trim_start_matches('/').split_once('/').unwrap_or((path, ""));
        let in_path = rest.get(..7).is_some_and(|service| service.eq_ignore_ascii_case("SmtpSvc"));
        let machine = named.or_else(|| Some(first).filter(|_| in_path));
        let is_other = |name: &&str| {
            is_host(name) && !["localhost", "LM"].iter().any(|own| own.eq_ignore_ascii_case(name))
        };
        Asked { path, machine: machine.filter(is_other) }
    }

    /// The node without a property behind it.
    fn node(&self) -> &'t str {
        let last = self.path.rsplit('/').next().unwrap_or_default();
        let is_property = last.len() < self.path.len() && last.starts_with(|c: char| c.is_ascii_alphabetic());
        match self.path.len().checked_sub(last.len() + 1).filter(|_| is_property) {
            Some(end) => self.path.get(..end).unwrap_or(self.path),
            None => self.path,
        }
    }
}

/// `-s:EX1`: the machine whose metabase is read.
fn machine_switch(word: &str) -> Option<&str> {
    let (switch, name) = word.split_at_checked(3)?;
    switch.eq_ignore_ascii_case("-s:").then_some(name)
}

fn is_switch(word: &str) -> bool {
    machine_switch(word).is_some() || word.eq_ignore_ascii_case("/p")
}

/// A node while its properties are read.
#[derive(Default)]
struct Node {
    path: String,
    key_type: String,
    comment: String,
    full_name: String,
    bindings: Option<Vec<String>>,
    windows: Option<bool>,
    clustered: Option<bool>,
    /// The list whose items follow is that of the bindings.
    in_bindings: bool,
}

impl Node {
    fn at(path: &str) -> Node {
        Node { path: path.to_owned(), ..Node::default() }
    }

    fn take(&mut self, name: &str, kind: &str, value: &str) {
        self.in_bindings = false;
        let text = || QUOTED.captures(value).and_then(|found| found.get(1)).map_or("", |text| text.as_str());
        match (name.to_ascii_lowercase().as_str(), kind) {
            ("keytype", "STRING") => text().clone_into(&mut self.key_type),
            ("servercomment", "STRING") => text().clone_into(&mut self.comment),
            ("fullyqualifieddomainname", "STRING") => text().trim().clone_into(&mut self.full_name),
            ("serverbindings", "LIST") => {
                self.bindings = Some(Vec::new());
                self.in_bindings = true;
            }
            ("authflags", "INTEGER") => {
                self.windows = value.parse::<u32>().ok().map(|flags| flags & WINDOWS != 0);
            }
            // The same bit; its word may be of a language that is not known here.
            ("authntlm", "BOOLEAN") => self.windows = self.windows.or(yes_or_no(value)),
            ("clusterenabled", "BOOLEAN") => self.clustered = yes_or_no(value),
            _ => {}
        }
    }

    fn item(&mut self, line: &str) {
        let Some(item) = QUOTED.captures(line).and_then(|found| found.get(1)) else { return };
        if let Some(bindings) = self.bindings.as_mut().filter(|_| self.in_bindings) {
            bindings.push(item.as_str().trim_end_matches(':').to_owned());
        }
    }

    /// A virtual server by its path; where nobody gave one, by its own word.
    fn is_server(&self) -> bool {
        let by_type = self.key_type.eq_ignore_ascii_case("IIsSmtpServer");
        match self.path.is_empty() {
            true => by_type,
            false => SERVER_PATH.is_match(&self.path) && (by_type || self.key_type.is_empty()),
        }
    }

    fn give(self, machine: Option<&str>, results: &mut Vec<ToolResult>) {
        let says = !self.full_name.is_empty() || self.bindings.is_some() || self.windows.is_some();
        if !self.is_server() || !says {
            return;
        }
        let path = SERVER_PATH.captures(&self.path).and_then(|found| found.get(1));
        let mut result = ToolResult::new("ExAuth.SmtpVirtualServer");
        result.text("Path", path.map_or("", |path| path.as_str()));
        result.text("ServerComment", self.comment).text("FullyQualifiedDomainName", self.full_name);
        if let Some(bindings) = self.bindings {
            result.list("ServerBindings", bindings);
        }
        for (name, flag) in [("WindowsAuthentication", self.windows), ("ClusterEnabled", self.clustered)] {
            if let Some(flag) = flag {
                result.flag(name, flag);
            }
        }
        if let Some(machine) = machine {
            result.speaks_of(machine);
        }
        results.push(result);
    }
}

fn yes_or_no(word: &str) -> Option<bool> {
    let is = |words: &[&str]| words.iter().any(|known| known.eq_ignore_ascii_case(word.trim()));
    match (is(&YES), is(&NO)) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => None,
    }
}

/// True for a text that lists a node of the SMTP service: what is set there is not the web's.
pub(super) fn is_smtp(block: &Block<'_>) -> bool {
    let of_smtp = |line: &&str| {
        let found = PROPERTY.captures(line);
        found.is_some_and(|found| {
            let part = |group: usize| found.get(group).map_or("", |part| part.as_str());
            part(1).eq_ignore_ascii_case("KeyType") && part(3).to_ascii_lowercase().contains("iissmtp")
        })
    };
    block.lines.iter().any(of_smtp)
}

/// Reads the virtual servers in the block.
pub(super) fn read(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    let asked = Asked::of(block);
    let starts = |line: &str| PROPERTY.is_match(line) || NODE.is_match(line) || QUOTED.is_match(line);
    let mut node = Node::at(asked.node());
    for line in unwrapped(block.lines, starts) {
        if let Some(path) = NODE.captures(&line).and_then(|found| found.get(1)) {
            std::mem::replace(&mut node, Node::at(path.as_str())).give(asked.machine, results);
        } else if let Some(found) = PROPERTY.captures(&line) {
            let part = |group: usize| found.get(group).map_or("", |part| part.as_str());
            // Outputs one below the other, whose commands were not pasted.
            if part(1).eq_ignore_ascii_case("KeyType") && !node.key_type.is_empty() {
                std::mem::take(&mut node).give(asked.machine, results);
            }
            node.take(part(1), part(2), part(3));
        } else {
            node.item(&line);
        }
    }
    node.give(asked.machine, results);
}
