//! The sentences about what would happen: English here, other languages in the message catalogs.
//!
//! Each is a whole sentence with places for names and values, so that every language can order it
//! in its own way.

use super::pair::Pair;
use crate::fact::{AddressRange, HostId};
use crate::finding::quote;
use std::collections::BTreeSet;

/// Ranges of senders named in one sentence.
const SENDERS_NAMED: usize = 8;

/// Servers named beside a range.
const SERVERS_NAMED: usize = 4;

macro_rules! sentences {
    ($($name:ident => $words:literal,)*) => {
        /// One sentence.
        #[derive(Debug, Clone, Copy, PartialEq)]
        pub(super) enum Say { $($name),* }

        impl Say {
            fn english(self) -> &'static str {
                match self { $(Say::$name => $words),* }
            }
        }

        /// The sentences about what would happen, in English, as message catalogs know them.
        pub const EFFECT_WORDS: &[&str] = &[$($words),*];
    };
}

sentences! {
    NotGiven => "Unknown: this needs Get-ReceiveConnector of {server}.",
    NeedsSender => "Which connector would answer is unknown: this needs the address of {from}.",
    NeedsProperty => "Unknown: this needs all connectors of {server} with {missing}.",
    NowOpen => "Which of {connector} answers {from} now is open, and so is what would happen.",
    Nothing => "This changes nothing: {connector} is set that way already.",
    NewRanges => "RemoteIPRanges of {connector} would be {ranges}.",
    NoRangeLeft => "No address would be left in RemoteIPRanges of {connector}: disable or remove it instead.",
    RefusedExternal => "Exchange refuses this: on {connector} ExternalAuthoritative goes together with Tls only. Either it goes, and with it the trust in the senders there, or Exchange servers get another connector.",
    RefusedFqdn => "Exchange refuses this: with Exchange Server authentication the Fqdn of {connector} must be the name of {server} or empty, and it is {fqdn}.",
    RefusedNeeds => "Exchange refuses this: on {connector} {setting} needs {needed}.",
    RefusedTaken => "Exchange refuses this: {other} listens on the same binding for {ranges} as {connector} would.",
    RefusedRole => "Exchange refuses this: {other} has another transport role and listens on port {port}, as {connector} would.",
    Still => "On port {port} {connector} would still answer {sender}.",
    Instead => "On port {port} {connector} would answer {sender} instead of {before}.",
    Settled => "On port {port} {connector} would answer {sender}; now it is open which of {before} does.",
    New => "On port {port} {connector} would answer {sender}; now none of the connectors that were given does.",
    NobodyAnswers => "On port {port} none of the connectors that were given would answer {sender}; now {before} does.",
    Open => "On port {port} it would be open which of {connector} answers {sender}.",
    LetsIn => "{connector} would let {from} sign in.",
    LetsInButOpen => "By AuthMechanism and PermissionGroups {connector} would let {from} sign in; not given: {missing}.",
    LetsNotIn => "{connector} would not let {from} sign in; still needed: {missing}.",
    MayLetIn => "Whether {connector} would let {from} sign in is unknown; not given: {missing}.",
    NoCertificate => "{server} has no usable SMTP certificate for the name that {connector} wants.",
    ExternalRights => "With ExternalAuthoritative everyone from {ranges} would have the rights of an Exchange server on {connector}.",
    OthersLose => "All others whom {connector} answers would lose {setting}.",
    OthersKeep => "What {connector} lets other senders do stays as it is.",
    Greeted => "All whom {connector} answers would be greeted by the name {fqdn}.",
    NobodyMoves => "Nobody else would be answered by another connector.",
    OthersUnknown => "Who else would be answered by another connector is unknown; not given: {missing} of {connector}.",
    NoAnonymous => "{connector} takes no anonymous senders, as {before} does.",
    MoreMove => "More senders would be answered by another connector than are listed here.",
    AndMore => "{ranges} and {count} more",
}

/// What was said so far.
pub(super) struct Speech<'p, 'o> {
    pair: &'p Pair<'o>,
    said: Vec<String>,
}

impl<'p, 'o> Speech<'p, 'o> {
    pub(super) fn new(pair: &'p Pair<'o>) -> Speech<'p, 'o> {
        Speech { pair, said: Vec::new() }
    }

    fn filled(&self, say: Say, values: &[(&str, &str)]) -> String {
        let ends = [("from", self.pair.from_name()), ("server", self.pair.to_name())];
        let all: Vec<(&str, String)> =
            ends.iter().chain(values).map(|(name, value)| (*name, quote(value))).collect();
        let all: Vec<(&str, &str)> = all.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.pair.catalog.filled(say.english(), &all)
    }

    /// A sentence, once.
    pub(super) fn say(&mut self, say: Say, values: &[(&str, &str)]) {
        let sentence = self.filled(say, values);
        if !sentence.is_empty() && !self.said.contains(&sentence) {
            self.said.push(sentence);
        }
    }

    /// Who answers a sender before and after.
    pub(super) fn answers(&mut self, port: u16, sender: &str, before: &[String], now: &[String]) {
        let (port, old, new) = (port.to_string(), before.join(", "), now.join(", "));
        let say = match (before, now) {
            (_, []) => Say::NobodyAnswers,
            ([old], [new]) if old == new => Say::Still,
            ([], [_]) => Say::New,
            ([_], [_]) => Say::Instead,
            (_, [_]) => Say::Settled,
            _ => Say::Open,
        };
        let values = [("port", port.as_str()), ("sender", sender), ("connector", &new), ("before", &old)];
        self.say(say, &values);
    }

    /// Ranges with the servers that are known to be in them, the first of a long list.
    pub(super) fn senders(&self, ranges: &[AddressRange]) -> String {
        let shown: Vec<String> =
            ranges.iter().take(SENDERS_NAMED).map(|range| with_servers(range, self.pair)).collect();
        let shown = shown.join(", ");
        match ranges.len().saturating_sub(SENDERS_NAMED) {
            0 => shown,
            more => self.filled(Say::AndMore, &[("ranges", &shown), ("count", &more.to_string())]),
        }
    }

    /// All of it.
    pub(super) fn text(self) -> String {
        self.said.join(" ")
    }
}

fn with_servers(range: &AddressRange, pair: &Pair<'_>) -> String {
    let in_range = |id: HostId| {
        let addresses = pair.hosts.get(id).map(|host| &host.addresses);
        addresses.is_some_and(|addresses| addresses.iter().any(|address| range.holds(*address)))
    };
    let named = pair.hosts.iter().filter(|(id, host)| {
        // A bare address is no name.
        !host.short.is_empty() && Some(*id) != pair.from && in_range(*id)
    });
    let names: BTreeSet<&str> = named.map(|(_, host)| host.name.as_str()).collect();
    let names: Vec<&str> = names.into_iter().take(SERVERS_NAMED).collect();
    match names.is_empty() {
        true => range.to_string(),
        false => format!("{range} ({})", names.join(", ")),
    }
}
