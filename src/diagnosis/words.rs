//! The facts of a pair as conditions and sentences read them: with the names of the servers, and
//! with what counts fully of them.

use super::age::{answers, Standing, Then};
use crate::check::{Pair, PairFacts};
use crate::fact::{parse_address, Fact, FactTable};
use crate::finding::Evidence;
use crate::rule::{Condition, Facts, Template, Truth};
use std::sync::Arc;

/// The facts of a pair together with the names that sentences use.
pub(super) struct Words<'a> {
    names: FactTable,
    facts: &'a PairFacts,
    pub(super) then: Then<'a>,
    /// Names that can stand in a command, and the same where it takes no addresses.
    command_names: [FactTable; 2],
}

impl<'a> Words<'a> {
    pub(super) fn new<'o: 'a>(pair: &Pair<'o>, facts: &'a PairFacts) -> Words<'a> {
        let mut names = FactTable::default();
        names.add_text("from", pair.from_name(), "");
        names.add_text("to", pair.to_name(), "");
        names.add_text("to_fqdn", pair.to_full_name(), "");
        let full = pair.to_full_name();
        let domain = full.split_once('.').filter(|_| parse_address(&full).is_none());
        let domain = domain.map(|(_, domain)| domain.to_owned());
        names.add_text("to_domain", domain.unwrap_or_else(|| "<domain>".to_owned()), "");
        let mut copy = |fact: &'static str, name: &'static str| {
            facts.each(fact, &mut |f| {
                if names.get(name).is_none() {
                    names.add_text(name, f.value.to_string(), "");
                }
                false
            });
        };
        copy("connector.name", "connector");
        copy("problem.connector", "connector");
        copy("target.url_host", "target_host");
        copy("target.url", "target_url");
        let given = names_for_commands(pair, &names);
        let command_names = [without_addresses(&given), given];
        Words { names, facts, then: Then::of(pair), command_names }
    }

    /// The same facts, with names that can stand in a command.
    pub(super) fn for_commands(&self) -> Commands<'_> {
        let [_, given] = &self.command_names;
        Commands { names: given, facts: self.facts }
    }

    /// A command with its names filled in. Most look a computer up by its name; who is known by its
    /// address only stands in angle brackets there.
    pub(super) fn command(&self, command: &Template) -> Arc<str> {
        let [named, given] = &self.command_names;
        let first = command.source().split_whitespace().next().unwrap_or_default();
        let names = if TAKE_ADDRESSES.contains(&first) { given } else { named };
        command.fill_command(&Commands { names, facts: self.facts })
    }

    /// A fact counts fully for a purpose.
    fn counts(&self, fact: &Fact, purpose: fn(&Standing) -> bool) -> bool {
        // A thousand pairs have thousands of places: they are read only where something depends on them.
        !self.then.limits(&fact.name) || self.then.counts(&fact.name, self.facts.evidence(fact), purpose)
    }

    /// The place of the input behind the first of some facts that has one; of several the one that
    /// is of the failure's time.
    pub(super) fn place(&self, witnesses: &[&Fact]) -> Option<&Evidence> {
        witnesses
            .iter()
            .find_map(|fact| self.then.best(&fact.name, self.facts.evidence(fact)).map(|(place, _)| place))
    }

    /// What keeps a line that holds from counting fully, given what of its facts does.
    pub(super) fn limit(&self, when: &Condition, counts: fn(&Standing) -> bool) -> Option<Standing> {
        let fully = Counting { words: self, counts };
        if when.evaluate(&fully) == Truth::True {
            return None;
        }
        let limiting = when.witnesses(self).into_iter().filter(|fact| !self.counts(fact, counts));
        limiting.map(|fact| self.then.standing(&fact.name, self.facts.evidence(fact))).min()
    }

    /// True when none of the facts is known.
    pub(super) fn lacks_all(&self, names: &[String]) -> bool {
        let mut known = false;
        for name in names {
            self.facts.each(name, &mut |fact| {
                known |= self.counts(fact, answers);
                !known
            });
        }
        !known
    }
}

/// Commands that reach a computer by its address as well.
const TAKE_ADDRESSES: [&str; 7] =
    ["Get-HotFix", "Get-WinEvent", "nslookup", "Resolve-DnsName", "Test-NetConnection", "w32tm", "ping"];

/// The names with what to fill in where only an address is known.
fn without_addresses(names: &FactTable) -> FactTable {
    let mut named = names.clone();
    for word in ["from", "to", "to_fqdn"] {
        if let Some(address) = names.text(word).filter(|name| parse_address(name).is_some()) {
            let known = format!("<name of {address}>");
            if let Some(connector) = names.text("connector").filter(|_| word == "to") {
                named.replace_text("connector", connector.replacen(address, &known, 1));
            }
            named.replace_text(word, known);
        }
    }
    named
}

/// The names as they can be pasted: who is not known, or is no single server, stands in angle brackets.
fn names_for_commands(pair: &Pair<'_>, names: &FactTable) -> FactTable {
    let mut names = names.clone();
    let single = pair.to.is_some() || pair.to_label.is_some_and(|label| parse_address(label).is_some());
    let to = pair.to_name();
    match (single, names.text("connector")) {
        (true, Some(connector)) => names.replace_text("connector", format!("{to}\\{connector}")),
        (true, None) => {}
        (false, _) => names.replace_text("to", format!("<{to}>")),
    }
    if pair.from_label.is_none() {
        let from = format!("<{}>", names.text("from").unwrap_or_default());
        names.replace_text("from", from);
    }
    names
}

/// The facts of a pair with names that can stand in a command.
pub(super) struct Commands<'w> {
    names: &'w FactTable,
    facts: &'w PairFacts,
}

impl Facts for Commands<'_> {
    fn each<'f>(&'f self, name: &str, each: &mut dyn FnMut(&'f Fact) -> bool) {
        self.names.each(name, each);
        self.facts.each(name, each);
    }
}

impl Facts for Words<'_> {
    fn each<'f>(&'f self, name: &str, each: &mut dyn FnMut(&'f Fact) -> bool) {
        self.names.each(name, each);
        self.facts.each(name, each);
    }
}

/// The facts that count fully for a purpose, and the names.
struct Counting<'w, 'a> {
    words: &'w Words<'a>,
    counts: fn(&Standing) -> bool,
}

impl Facts for Counting<'_, '_> {
    fn each<'f>(&'f self, name: &str, each: &mut dyn FnMut(&'f Fact) -> bool) {
        self.words.each(name, &mut |fact| !self.words.counts(fact, self.counts) || each(fact));
    }
}
