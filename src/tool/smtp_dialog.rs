//! What an SMTP server and its client said to each other, line by line, as one result.
//!
//! Fed by the console and log readers, who know which side spoke. SMTP verbs, reply codes and
//! the notes that Exchange writes into its logs are the same in every language.

use super::output::{folded, ToolResult};
use super::shape::{address, is_host, pattern};
use regex::Regex;
use std::sync::LazyLock;

/// Most replies that one session lists; a client that guesses passwords sends no new ones.
const REPLIES: usize = 50;

/// What the next reply answers.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
enum Awaiting {
    #[default]
    Banner,
    Ehlo,
    Other,
}

/// Offers that tell whether Exchange servers can sign in to each other.
const OFFERS: [(&str, &str); 3] =
    [("X-EXPS", "OffersXExps"), ("X-ANONYMOUSTLS", "OffersXAnonymousTls"), ("STARTTLS", "OffersStartTls")];

/// One session while it is read.
#[derive(Debug, Default)]
pub(super) struct Dialog {
    awaiting: Awaiting,
    banner: bool,
    /// Whose name the banner or the answer to EHLO gives.
    pub server_name: String,
    /// The name that the client gave.
    client_name: String,
    greeted: String,
    masked: bool,
    helo: bool,
    ehlo: bool,
    answered: bool,
    offers: [bool; 3],
    mechanism: String,
    exps: bool,
    replies: Vec<String>,
    auth_failed: String,
    /// The verb that asked for encryption last: `STARTTLS`, `X-ANONYMOUSTLS`.
    tls_command: String,
    tls_error: String,
    inactive: bool,
    unavailable: bool,
    answers: usize,
}

/// `Inbound AUTH LOGIN failed because of LogonDenied`.
static AUTH_FAILED: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\bfailed because of ([A-Za-z]{3,60})"));
/// `TLS negotiation failed with error SocketError`.
static TLS_FAILED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\bTLS negotiation failed with error ([A-Za-z0-9_]{3,60})"));

/// Code, whether the reply goes on, and its words.
pub(super) fn reply(line: &str) -> Option<(&str, bool, &str)> {
    let code = line.get(..3).filter(|code| code.bytes().all(|b| b.is_ascii_digit()))?;
    let known = matches!(code.as_bytes().first(), Some(b'2'..=b'5'));
    let rest = line.get(3..)?;
    match rest.chars().next() {
        None | Some(' ') if known => Some((code, false, rest.trim())),
        Some('-') if known => Some((code, true, rest.get(1..)?.trim())),
        _ => None,
    }
}

/// Verbs that a client may send, and what a firewall writes over them.
pub(super) fn is_command(line: &str) -> bool {
    const VERBS: [&str; 16] = [
        "EHLO",
        "HELO",
        "MAIL",
        "RCPT",
        "DATA",
        "BDAT",
        "QUIT",
        "RSET",
        "NOOP",
        "AUTH",
        "STARTTLS",
        "X-EXPS",
        "X-ANONYMOUSTLS",
        "XEXCH50",
        "VRFY",
        "XPROXY",
    ];
    let verb = line.split([' ', ':', '\t']).next().unwrap_or_default();
    VERBS.iter().any(|known| known.eq_ignore_ascii_case(verb)) || is_masked(verb)
}

/// `XXXX`, `XXXXXXXA`: what inspection leaves of a verb or an offer it does not know.
fn is_masked(word: &str) -> bool {
    let body = word.strip_suffix(|c: char| c.is_ascii_uppercase()).unwrap_or(word);
    word.len() >= 4 && body.len() >= 3 && body.bytes().all(|b| b == b'X')
}

/// True for a reply that says something about servers signing in to each other, and not about
/// a recipient or an unknown verb.
pub(super) fn is_of_servers(text: &str) -> bool {
    static CODES: LazyLock<Regex> = LazyLock::new(|| {
        pattern(concat!(
            r"(?:^|[^0-9.])[45][0-9]{2}[ -](?:4\.7\.0|4\.7\.5|4\.7\.320|5\.7\.3|5\.7\.57|4\.3\.2)",
            r"(?:$|[^0-9.]|\.(?:$|[^0-9]))"
        ))
    });
    CODES.is_match(text) && (!text.contains(" 4.3.2") || is_inactive(text) || is_unavailable(text))
}

/// `421 4.3.2 Service not active`: a component was switched off; 4.3.2 has other reasons, too.
fn is_inactive(text: &str) -> bool {
    text.to_ascii_lowercase().contains("service not active")
}

/// `421 4.3.2 Service not available`: a component that is draining, a service that stops, or one
/// that answers on a port that is not its own.
fn is_unavailable(text: &str) -> bool {
    text.starts_with("421 4.3.2") && text.to_ascii_lowercase().contains("service not available")
}

impl Dialog {
    /// True once the client or the server said enough to tell this from a stray line.
    pub fn says_something(&self) -> bool {
        self.masked
            || self.ehlo
            || self.helo
            || self.answers > 0
            || !self.replies.is_empty()
            || !self.tls_error.is_empty()
            || !self.auth_failed.is_empty()
    }

    /// True when a banner or an answer to EHLO shows that this is a dialog.
    pub fn has_server(&self) -> bool {
        self.banner || self.answers > 1 || self.masked && !self.replies.is_empty()
    }

    /// True when the server answered as an Exchange server does.
    pub fn is_of_exchange(&self) -> bool {
        self.offers.iter().take(2).any(|offered| *offered) || self.exps
    }

    /// The last reply about servers signing in to each other.
    pub fn last_reply(&self) -> Option<&str> {
        self.replies.iter().rev().map(String::as_str).find(|text| is_of_servers(text))
    }

    /// True when a new banner begins another session.
    pub fn begins_anew(&self, line: &str) -> bool {
        // Behind a command, `220 2.0.0 SMTP server ready` is the answer to STARTTLS.
        let greets = || {
            let first = line.get(4..).and_then(|words| words.split_whitespace().next()).unwrap_or_default();
            first.contains("****") || line.contains("SMTP") && !first.starts_with("2.0.0")
        };
        self.banner && line.starts_with("220") && (self.awaiting != Awaiting::Other || greets())
    }

    /// The client sent a line.
    pub fn command(&mut self, line: &str) {
        let mut words = line.split_whitespace();
        let Some(verb) = words.next() else { return };
        let verb = verb.to_ascii_uppercase();
        let argument = words.next().unwrap_or_default();
        self.awaiting = Awaiting::Other;
        match verb.as_str() {
            "EHLO" | "HELO" => {
                if verb == "EHLO" {
                    self.ehlo = true;
                    self.awaiting = Awaiting::Ehlo;
                } else {
                    self.helo = true;
                }
                if is_host(argument) && address(argument).is_none() {
                    argument.clone_into(&mut self.client_name);
                }
            }
            "STARTTLS" | "X-ANONYMOUSTLS" => self.tls_command = verb,
            "AUTH" => self.mechanism = argument.to_ascii_uppercase(),
            "X-EXPS" => {
                self.exps = true;
                self.mechanism = argument.to_ascii_uppercase();
            }
            _ if is_masked(line.split_whitespace().next().unwrap_or_default()) => self.masked = true,
            _ => {}
        }
    }

    /// The server sent a line.
    pub fn reply(&mut self, line: &str) {
        let Some((code, goes_on, words)) = reply(line.trim()) else { return };
        match code.as_bytes().first() {
            Some(b'4' | b'5') => {
                // Who does not know EHLO offers nothing; a device that guards SMTP says so for the server.
                self.answered |= self.awaiting == Awaiting::Ehlo && matches!(code, "500" | "502");
                self.refused(line);
            }
            _ if code == "220" && self.awaiting == Awaiting::Banner => self.greeted_with(words),
            // A paste that lost the client's line: an answer of several lines is one to EHLO.
            _ if code == "250"
                && (self.awaiting == Awaiting::Ehlo || self.awaiting == Awaiting::Banner && goes_on) =>
            {
                self.awaiting = Awaiting::Ehlo;
                self.answer(words, goes_on);
            }
            _ => {}
        }
    }

    fn refused(&mut self, line: &str) {
        let text = folded(line);
        self.inactive |= is_inactive(&text);
        self.unavailable |= is_unavailable(&text);
        if self.replies.len() < REPLIES && self.replies.last() != Some(&text) {
            self.replies.push(text);
        }
    }

    fn greeted_with(&mut self, words: &str) {
        self.banner = true;
        if words.matches('*').count() >= 8 {
            self.masked = true;
            return;
        }
        // `ex1.contoso.comMicrosoft ESMTP`: some builds lack the blank.
        let name = words.split_whitespace().next().unwrap_or_default();
        self.name_server(name.strip_suffix("Microsoft").unwrap_or(name));
    }

    fn answer(&mut self, words: &str, goes_on: bool) {
        let first = self.answers == 0;
        self.answers += 1;
        if let Some(name) = words.split_whitespace().next().filter(|_| first) {
            let hello =
                words.split_whitespace().nth(1).is_some_and(|word| word.eq_ignore_ascii_case("hello"));
            // The banner may be anybody's text, this is the connector's own name.
            if hello || name.contains('.') {
                self.server_name.clear();
                self.name_server(name);
            }
            let greeted = words.split_whitespace().find(|word| word.starts_with('['));
            self.greeted = greeted.and_then(address).unwrap_or_default().to_owned();
        }
        for word in words.split_whitespace() {
            for ((offer, _), offered) in OFFERS.iter().zip(&mut self.offers) {
                *offered |= word.eq_ignore_ascii_case(offer);
            }
            self.masked |= is_masked(word);
        }
        // A bare code is the beginning of a line that was cut.
        self.answered |= !goes_on && !words.is_empty();
    }

    fn name_server(&mut self, name: &str) {
        if self.server_name.is_empty() && is_host(name) && name.chars().any(|c| c.is_ascii_alphabetic()) {
            name.clone_into(&mut self.server_name);
        }
    }

    /// A log's note beside the session.
    pub fn note(&mut self, text: &str) {
        if !text.contains("failed") {
            return;
        }
        if let Some((whole, word)) = AUTH_FAILED.captures(text).and_then(|f| Some((f.get(0)?, f.get(1)?))) {
            word.as_str().clone_into(&mut self.auth_failed);
            const KNOWN: [&str; 6] = ["LOGIN", "NTLM", "GSSAPI", "PLAIN", "KERBEROS", "EXCHANGEAUTH"];
            let mut before = text.get(..whole.start()).unwrap_or_default().split_whitespace();
            let named = before.find_map(|word| KNOWN.iter().find(|known| known.eq_ignore_ascii_case(word)));
            if let Some(named) = named {
                self.mechanism = (*named).to_owned();
            }
        }
        if let Some(error) = TLS_FAILED.captures(text).and_then(|found| found.get(1)) {
            error.as_str().clone_into(&mut self.tls_error);
        }
    }

    /// The session as a result of the kind `smtp-session`.
    pub fn result(&self, side: &str) -> ToolResult {
        let mut result = ToolResult::new("ExAuth.SmtpSession");
        result.text("Side", side).text("ServerName", &self.server_name).text("ClientName", &self.client_name);
        result.text("Greeted", &self.greeted);
        // At a console a person typed the greeting.
        if side != "console" && (self.helo || self.ehlo) {
            result.flag("Helo", self.helo && self.answers == 0);
        }
        for ((_, name), offered) in OFFERS.iter().zip(self.offers) {
            if offered || self.answered {
                result.flag(name, offered);
            }
        }
        if self.banner || self.masked {
            result.flag("BannerMasked", self.masked);
        }
        result.list("Replies", self.replies.iter().cloned());
        result.text("Mechanism", &self.mechanism);
        result.text("AuthFailed", &self.auth_failed).text("TlsError", &self.tls_error);
        result.text("TlsCommand", &self.tls_command);
        if self.inactive {
            result.flag("ComponentInactive", true);
        }
        if self.unavailable {
            result.flag("ServiceUnavailable", true);
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_dialog_are_told_from_prose() {
        assert_eq!(reply("250-X-EXPS GSSAPI NTLM"), Some(("250", true, "X-EXPS GSSAPI NTLM")));
        assert_eq!(reply("220 ex1.contoso.com"), Some(("220", false, "ex1.contoso.com")));
        for text in ["2026-10-03 10:00", "220x", "99", "12345", "é20 a"] {
            assert_eq!(reply(text), None, "{text}");
        }
        assert!(
            is_command("ehlo")
                && is_command("XXXX ex1.contoso.com")
                && is_command("mail from: a@contoso.com")
        );
        assert!(!is_command("XENON") && !is_command("XXX") && !is_command("Hello"));
    }

    #[test]
    fn only_replies_about_servers_are_a_failure_between_them() {
        for text in [
            "454 4.7.0 Temporary authentication failure",
            "451 5.7.3 x",
            "412 4.3.2 Service not active",
            "421 4.3.2 Service not available",
        ] {
            assert!(is_of_servers(text), "{text}");
        }
        for text in [
            "550 5.1.10 RESOLVER.ADR.RecipientNotFound",
            "500 5.3.3 Unrecognized command",
            "421 4.3.2 The maximum number of concurrent connections has exceeded a limit",
            "454 4.7.01 x",
        ] {
            assert!(!is_of_servers(text), "{text}");
        }
    }
}
