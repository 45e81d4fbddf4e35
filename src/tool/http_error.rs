//! What a front end says when a back end did not let it sign in: the page, the words in the
//! HttpProxy log, and the rows of that log.
//!
//! All of it is English in every language. A 401 that a client got is a challenge and no error.

use super::block::Block;
use super::log_row::{cell, cells, header, Columns};
use super::output::ToolResult;
use super::shape::{is_host, pattern};
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

/// `WebExceptionStatus=ProtocolError;ResponseStatusCode=401;WebException=...`: what the log's last
/// cells say of the way to the back end.
static WEB: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"WebExceptionStatus=([A-Za-z]{3,40})(?:;ResponseStatusCode=\s?([0-9]{3}))?"));
/// The certificate that signs the cookies and tokens of this organization cannot be used.
static OAUTH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(HMACProvider\.GetCertificates ?: ?protectionCertificates\.Length ?< ?1|OAuthTokenRequestFailedException: Missing signing certificate)",
    )
});
/// The columns of the HttpProxy log as far as they are the same in all versions.
const USUAL: &str = "DateTime,RequestId,MajorVersion,MinorVersion,BuildVersion,RevisionVersion,ClientRequestId,Protocol,UrlHost,UrlStem,ProtocolAction,AuthenticationType,IsAuthenticated,AuthenticatedUser,Organization,AnchorMailbox,UserAgent,ClientIpAddress,ServerHostName,HttpStatus,BackEndStatus,ErrorCode,Method,ProxyAction,TargetServer,TargetServerVersion";
/// A row of it that came without the line of names.
static ROW: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^\s*[0-9-]{8,10}T[0-9:.]{5,15}Z,[^,\s]{1,40},15,[0-9]{1,3},[0-9]{1,5},[0-9]{1,5},")
});

/// The middle of a row whose ends somebody cut off: server, both statuses, error, method, action, back end.
static MIDDLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r",([A-Za-z0-9-]{1,15}),([1-5][0-9]{2}),([1-5][0-9]{2})?,([A-Za-z]{0,40}),[A-Z_]{3,16},Proxy,([A-Za-z0-9][A-Za-z0-9.-]{0,254})(?:,([0-9.]{4,20}))?",
    )
});
/// What such a row calls the protocol.
static PROTOCOL: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(Owa|Ecp|Ews|Eas|Mapi|RpcHttp|Oab|Autodiscover|PowerShell|Rest)\b"));

/// One error while it is read.
#[derive(Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Failure {
    status: Option<u16>,
    /// The back end's own, where no words tell what it was.
    back_end: Option<u16>,
    text: String,
    target: String,
    name: String,
    protocol: String,
    /// The front end that wrote the row.
    server: String,
    /// The version of the back end that the row names.
    version: String,
}

impl Failure {
    fn give(&self, results: &mut Vec<ToolResult>) {
        let mut result = ToolResult::new("ExAuth.HttpError");
        if let Some(status) = self.status {
            result.int("Status", status);
        }
        if let Some(status) = self.back_end {
            result.int("BackEndStatus", status);
        }
        result.text("Text", &self.text).text("TargetHost", &self.target);
        result.text("StatusName", &self.name).text("Protocol", &self.protocol);
        result.text("TargetVersion", &self.version);
        if !self.server.is_empty() {
            result.seen_on(&self.server);
        }
        results.push(result);
    }
}

/// Most lines of an error that a page or a mail broke into lines of its own.
const WRAPPED: usize = 60;

/// Reads the errors in the block, each once.
pub(super) fn read(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    let before = results.len();
    read_lines(block, results);
    if results.len() == before && (2..=WRAPPED).contains(&block.lines.len()) {
        let joined = block.lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ");
        read_lines(&Block::of_lines(&[&joined]), results);
    }
}

fn read_lines(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    let mut seen = BTreeSet::new();
    let mut columns: Option<Columns<'_>> = None;
    let usual = Columns::usual(USUAL);
    let page = Page::of(block.lines);
    for line in block.lines {
        if let Some(named) = Columns::of_header(line) {
            columns = Some(named).filter(|columns| columns.has(&["HttpStatus", "BackEndStatus"]));
        }
        if header(line, "Software").is_some() || line.trim_start().starts_with('#') {
            continue;
        }
        let mut failure = in_words(line);
        let bare = || ROW.is_match(line).then_some(&usual);
        if let Some(columns) = columns.as_ref().or_else(bare) {
            failure = of_row(columns, line, failure);
        } else if let Some(row) = line.contains(",Proxy,").then(|| MIDDLE.captures(line)).flatten() {
            failure = of_middle(line, &row, failure);
        } else if failure.as_ref().is_some_and(|failure| failure.text.starts_with(WEB_STATUS)) {
            // Another program's exception has the same names; the front end's names its own code.
            failure = failure.filter(|_| line.contains(".HttpProxy"));
        } else if let Some(failure) = &mut failure {
            page.name(failure);
        }
        if let Some(failure) = failure.filter(|failure| !seen.contains(failure)) {
            failure.give(results);
            seen.insert(failure);
        }
    }
}

/// The servers that an error page of Exchange names below its words: `X-FEServer: EX1`.
#[derive(Default)]
struct Page<'t> {
    front: Option<&'t str>,
    back: Option<&'t str>,
}

impl<'t> Page<'t> {
    /// Where two pages name different servers nobody knows which is whose.
    fn of(lines: &[&'t str]) -> Page<'t> {
        let only = |name: &str| {
            let named = lines.iter().filter_map(|line| {
                let (label, value) = line.trim().split_once(':')?;
                label.trim().eq_ignore_ascii_case(name).then(|| value.trim())
            });
            let servers: BTreeSet<&str> = named.filter(|server| is_host(server)).collect();
            servers.first().copied().filter(|_| servers.len() == 1)
        };
        Page { front: only("X-FEServer"), back: only("X-BEServer") }
    }

    fn name(&self, failure: &mut Failure) {
        for (name, known) in [(&mut failure.server, self.front), (&mut failure.target, self.back)] {
            if let (true, Some(known)) = (name.is_empty(), known) {
                known.clone_into(name);
            }
        }
    }
}

/// How a text begins that tells of the connection and not of its answer.
const WEB_STATUS: &str = "WebExceptionStatus=";

fn in_words(line: &str) -> Option<Failure> {
    if line.contains("HMACProvider") || line.contains("OAuthTokenRequest") {
        if let Some(found) = OAUTH.find(line) {
            return Some(Failure { text: found.as_str().to_owned(), ..Failure::default() });
        }
    }
    // Cheaper than patterns on every row of a log.
    if line.contains("oo long") || line.contains("oo Long") {
        if let Some(found) = TOO_LONG.captures(line) {
            let status = found.get(1).and_then(|status| status.as_str().parse().ok());
            let text = found.get(2).map_or("", |text| text.as_str()).to_owned();
            return Some(Failure { status, text, ..Failure::default() });
        }
    }
    if let Some(found) = line.contains("ailed").then(|| CONTEXT.captures(line)).flatten() {
        return Some(no_ticket(&found));
    }
    if let Some(found) = line.contains(WEB_STATUS).then(|| WEB.captures(line)).flatten() {
        let part = |group: usize| found.get(group).map(|part| part.as_str());
        let status = part(2).and_then(|status| status.parse().ok());
        let name = part(1).unwrap_or_default();
        let text = format!("{WEB_STATUS}{name}");
        let text = status.map_or(text.clone(), |status: u16| format!("{text} ({status})"));
        // An answer has a status; only a connection that failed is told by its name.
        let name = if status.is_none() { name.to_owned() } else { String::new() };
        return Some(Failure { status, text, name, ..Failure::default() });
    }
    if !line.contains("ailed") {
        return None;
    }
    let found = PAGE.captures(line)?;
    let status = found.get(1).and_then(|status| status.as_str().parse().ok());
    let text = found.get(2).map_or("", |text| text.as_str()).to_owned();
    Some(Failure { status, text, ..Failure::default() })
}

/// What the front end says of a ticket that it did not get.
fn no_ticket(found: &regex::Captures<'_>) -> Failure {
    let part = |group: usize| found.get(group).map_or("", |part| part.as_str()).to_owned();
    Failure { text: part(0), target: part(1), name: part(2), ..Failure::default() }
}

/// A row without its ends. Somebody whom the front end does not know is not handed on with a back end's
/// status in most protocols, so that the refusal is the front end's.
fn of_middle(line: &str, row: &regex::Captures<'_>, in_words: Option<Failure>) -> Option<Failure> {
    let part = |group: usize| row.get(group).map_or("", |part| part.as_str()).to_owned();
    let status = part(3).parse().ok();
    let refused = status.is_some_and(|status: u16| [401, 503].contains(&status));
    let mut failure = in_words.or_else(|| refused.then(Failure::default))?;
    failure.status = failure.status.or(status);
    failure.protocol = PROTOCOL.find(line).map_or("HTTP", |word| word.as_str()).to_owned();
    failure.server = part(1);
    if failure.text.is_empty() {
        failure.back_end = status;
        failure.text = part(4);
    }
    if failure.target.is_empty() || failure.target.eq_ignore_ascii_case(&part(5)) {
        failure.target = part(5);
        failure.version = part(6);
    }
    Some(failure)
}

/// A row of the HttpProxy log, where the back end refused somebody whom the front end knew, or was
/// not available.
fn of_row(columns: &Columns<'_>, line: &str, in_words: Option<Failure>) -> Option<Failure> {
    let row = cells(line);
    let value = |name: &str| cell(&row, columns.at(name));
    let known = value("IsAuthenticated").eq_ignore_ascii_case("true") && !value("TargetServer").is_empty();
    // A bad request of a phone or a program is its own affair; a browser's is one whose headers do not fit.
    let page = ["Owa", "Ecp"].iter().any(|name| value("Protocol").eq_ignore_ascii_case(name));
    let refused = known
        && match value("BackEndStatus") {
            "401" | "503" => true,
            "400" => page,
            _ => false,
        };
    // A front end that nobody signed in to passes the challenge of the back end on.
    let in_words = in_words.filter(|failure| {
        let answered = failure.text.starts_with(WEB_STATUS) && failure.status.is_some();
        !answered || (known && failure.status == Some(401)) || failure.status == Some(503)
    });
    if in_words.is_none() && !refused {
        return None;
    }
    let mut failure = in_words.unwrap_or_default();
    let statuses = [value("BackEndStatus"), value("HttpStatus")];
    failure.status = failure.status.or_else(|| statuses.iter().find_map(|status| status.parse().ok()));
    if failure.target.is_empty() {
        value("TargetServer").clone_into(&mut failure.target);
    }
    if failure.target.eq_ignore_ascii_case(value("TargetServer")) {
        value("TargetServerVersion").clone_into(&mut failure.version);
    }
    value("Protocol").clone_into(&mut failure.protocol);
    value("ServerHostName").clone_into(&mut failure.server);
    if failure.text.is_empty() {
        failure.back_end = value("BackEndStatus").parse().ok();
        value("ErrorCode").clone_into(&mut failure.text);
    }
    Some(failure)
}
