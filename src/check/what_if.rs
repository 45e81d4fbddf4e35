//! What would happen after a change of receive connectors: who would answer A, whether A could
//! sign in there, who else would be answered by another connector.
//!
//! The change is tried on the connectors that were given, and the same choice that finds who
//! answers now is made before and after. What was not given is said to be unknown.

use super::connector::{hubs_on_shared_port, Choice};
use super::connector_choice::{answering, Call};
use super::connector_setup::{has, Greeting, Setup};
use super::connector_trial::{apply, is_sign_in, lacks, refusal, Known, Lacks, Refusal, Unknown};
use super::pair::Pair;
use super::what_if_others::{moved, Moved};
use super::what_if_words::{Say, Speech};
use crate::catalog::change::{Change, Which};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// Ranges that a sentence lists so that they can be used.
const RANGES_SHOWN: usize = 20;

/// Tries changes on the connectors of one pair's B.
pub struct WhatIf<'p, 'o> {
    pair: &'p Pair<'o>,
}

/// Connectors before and after, by position; a new one is behind the old ones.
pub(super) struct Trial {
    pub(super) before: Vec<Setup>,
    pub(super) after: Vec<Setup>,
    /// Positions of those that were changed.
    pub(super) changed: BTreeSet<usize>,
    /// They get the name of a certificate that is there.
    named_anew: bool,
}

impl Trial {
    /// Names of the connectors that may answer a call, before and after.
    pub(super) fn answers(&self, call: &Call) -> [Vec<usize>; 2] {
        [&self.before, &self.after].map(|setups| answering(&setups.iter().collect::<Vec<_>>(), call))
    }

    fn old(&self, at: usize) -> Option<&Setup> {
        self.before.get(at)
    }

    /// The changed connectors as they were, where they were, and as they would be.
    pub(super) fn changes(&self) -> impl Iterator<Item = (usize, Option<&Setup>, &Setup)> {
        self.changed.iter().filter_map(|at| Some((*at, self.old(*at), self.after.get(*at)?)))
    }

    /// True when somebody could be answered by another connector.
    fn moves(&self) -> bool {
        self.changes().any(|(_, old, new)| old.is_none_or(|old| !old.answers_like(new)))
    }

    /// Names of connectors, in order.
    pub(super) fn names(&self, positions: &[usize]) -> Vec<String> {
        let names = positions.iter().filter_map(|at| self.after.get(*at)).map(|setup| setup.name.clone());
        names.collect::<BTreeSet<_>>().into_iter().collect()
    }
}

impl<'p, 'o> WhatIf<'p, 'o> {
    /// What-if for the problem of a pair, in its catalog's language.
    pub fn new(pair: &'p Pair<'o>) -> WhatIf<'p, 'o> {
        WhatIf { pair }
    }

    /// What would happen after the changes of a step, in sentences; `None` where it changes no
    /// connector or none has a part in the problem.
    pub fn effect(&self, changes: &[Change]) -> Option<String> {
        let choice = if changes.is_empty() { None } else { self.pair.answering.of(self.pair) }?;
        let mut speech = Speech::new(self.pair);
        if choice.connectors.is_empty() {
            speech.say(Say::NotGiven, &[]);
            return Some(speech.text());
        }
        match self.trial(changes, choice) {
            Ok(trial) => self.tell(&trial, choice, &mut speech),
            Err(Unknown::None) => return None,
            Err(Unknown::Sender) => speech.say(Say::NeedsSender, &[]),
            Err(Unknown::Property(property)) => speech.say(Say::NeedsProperty, &[("missing", property)]),
            Err(Unknown::Which) => {
                let names = choice.chosen.iter().filter_map(|at| choice.connectors.get(*at));
                let names: BTreeSet<&str> = names.map(|c| c.setup.name.as_str()).collect();
                let names = names.into_iter().collect::<Vec<_>>().join(", ");
                speech.say(Say::NowOpen, &[("connector", &names)]);
                if choice.senders.is_empty() {
                    speech.say(Say::NeedsSender, &[]);
                }
            }
        }
        Some(speech.text())
    }

    fn trial(&self, changes: &[Change], choice: &Choice<'_>) -> Result<Trial, Unknown> {
        let before: Vec<Setup> = choice.connectors.iter().map(|c| c.setup.clone()).collect();
        let mut trial = Trial { after: before.clone(), before, changed: BTreeSet::new(), named_anew: false };
        let known = Known { pair: self.pair, senders: &choice.senders };
        let server = self.pair.to.and_then(|id| self.pair.hosts.get(id));
        for change in changes {
            let at = match change.connector {
                Which::Answering => match choice.chosen.as_slice() {
                    [] => return Err(Unknown::Property("Bindings, RemoteIPRanges")),
                    [one] => *one,
                    _ => return Err(Unknown::Which),
                },
                Which::HubOnSharedPort => {
                    only(&hubs_on_shared_port(&choice.connectors)).ok_or(Unknown::None)?
                }
                Which::New => {
                    let name = change.set.name.clone().unwrap_or_default();
                    trial.after.push(Setup { name, ..Setup::default() });
                    trial.after.len() - 1
                }
            };
            if let Some(setup) = trial.after.get_mut(at) {
                apply(change, setup, &known, server)?;
                trial.changed.insert(at);
            }
            trial.named_anew |= change.set.tls_certificate_name.is_some();
        }
        Ok(trial)
    }

    fn tell(&self, trial: &Trial, choice: &Choice<'_>, speech: &mut Speech<'_, '_>) {
        for (at, old, new) in trial.changes() {
            if old == Some(new) && !trial.named_anew {
                speech.say(Say::Nothing, &[("connector", &new.name)]);
                return;
            }
            let others =
                trial.after.iter().enumerate().filter(|(other, s)| *other != at && s.enabled != Some(false));
            let others: Vec<&Setup> = others.map(|(_, setup)| setup).collect();
            if let Some(refusal) = refusal(old, new, &others, self.pair) {
                tell_refusal(&refusal, new, speech);
                return;
            }
            if !tell_ranges(old, new, speech) {
                return;
            }
        }
        let Some(answers) = self.tell_sender(trial, choice, speech) else { return };
        for at in answers.into_iter().filter(|_| is_sign_in(self.pair)) {
            self.tell_sign_in(trial, choice, at, speech);
        }
        self.tell_rights(trial, speech);
        if trial.moves() {
            tell_others(trial, choice, speech);
        } else {
            speech.say(Say::NobodyMoves, &[]);
        }
    }

    /// Who would answer A; positions of those who would, `None` where that is unknown.
    fn tell_sender(
        &self,
        trial: &Trial,
        choice: &Choice<'_>,
        speech: &mut Speech<'_, '_>,
    ) -> Option<BTreeSet<usize>> {
        let chosen = choice.chosen.as_slice();
        let ports = self.ports(choice);
        if !trial.moves() {
            let names = trial.names(chosen);
            if let ([name], [port, ..]) = (names.as_slice(), ports.as_slice()) {
                let sender = self.pair.from_name();
                speech
                    .say(Say::Still, &[("port", &port.to_string()), ("connector", name), ("sender", sender)]);
            }
            return Some(chosen.iter().copied().collect());
        }
        if choice.senders.is_empty() {
            speech.say(Say::NeedsSender, &[]);
            return Some(BTreeSet::new());
        }
        let mut told: BTreeMap<(u16, [Vec<usize>; 2]), Vec<IpAddr>> = BTreeMap::new();
        for port in &ports {
            for sender in &choice.senders {
                let call = Call { port: *port, sender: Some(*sender), called: choice.called };
                let answers = trial.answers(&call);
                // What answers now by the input must be what answers by its settings.
                let agrees = choice.how == "scope" || answers.first().is_some_and(|now| now == chosen);
                if agrees && answers.iter().any(|found| !found.is_empty()) {
                    told.entry((*port, answers)).or_default().push(*sender);
                }
            }
        }
        if told.is_empty() {
            speech.say(Say::NeedsProperty, &[("missing", "Bindings, RemoteIPRanges")]);
            return None;
        }
        let mut after = BTreeSet::new();
        for ((port, answers), senders) in told {
            let [before, now] = answers.each_ref().map(|positions| trial.names(positions));
            let sender = format!("{} ({})", self.pair.from_name(), listed(&senders));
            speech.answers(port, &sender, &before, &now);
            after.extend(answers.into_iter().nth(1).unwrap_or_default());
        }
        Some(after)
    }

    /// The ports that A calls, as far as the one that answers it listens there.
    fn ports(&self, choice: &Choice<'_>) -> Vec<u16> {
        let listens = only(&choice.chosen).and_then(|at| choice.connectors.get(at)).map(|c| c.setup.ports());
        match listens {
            Some(listens) => {
                let both: Vec<u16> = choice.ports.iter().copied().filter(|p| listens.contains(p)).collect();
                if both.is_empty() {
                    listens.into_iter().take(1).collect()
                } else {
                    both
                }
            }
            None => choice.ports.clone(),
        }
    }

    fn tell_sign_in(&self, trial: &Trial, choice: &Choice<'_>, at: usize, speech: &mut Speech<'_, '_>) {
        let Some(setup) = trial.after.get(at) else { return };
        let anew = trial.named_anew && trial.changed.contains(&at);
        let lacks: Lacks = lacks(self.pair, setup, choice.connectors.get(at), anew);
        let (needed, unknown) = (lacks.needed.join(", "), lacks.unknown.join(", "));
        let open = lacks.open.join(", ");
        let (say, missing) = match (needed.is_empty(), unknown.is_empty(), open.is_empty()) {
            (false, ..) => (Say::LetsNotIn, &needed),
            (true, false, _) => (Say::MayLetIn, &unknown),
            (true, true, false) => (Say::LetsInButOpen, &open),
            (true, true, true) => (Say::LetsIn, &open),
        };
        speech.say(say, &[("connector", &setup.name), ("missing", missing)]);
        if lacks.uncovered {
            speech.say(Say::NoCertificate, &[("connector", &setup.name)]);
        }
    }

    /// What the change gives and takes from others whom the connector answers.
    fn tell_rights(&self, trial: &Trial, speech: &mut Speech<'_, '_>) {
        for (_, old, new) in trial.changes() {
            let Some(old) = old else { continue };
            let lost = |a: &Option<Vec<String>>, b: &Option<Vec<String>>| -> Vec<String> {
                a.iter().flatten().filter(|flag| b.is_some() && !has(b.as_ref(), flag)).cloned().collect()
            };
            if let Greeting::Name(name) = &new.greeting {
                if old.greeting != new.greeting {
                    speech.say(Say::Greeted, &[("connector", &new.name), ("fqdn", name)]);
                }
            }
            let mut gone = lost(&old.mechanisms, &new.mechanisms);
            gone.extend(lost(&old.groups, &new.groups));
            let external = has(new.mechanisms.as_ref(), "ExternalAuthoritative");
            if external && new.permitted == Some(true) && old.permitted != Some(true) {
                let ranges = listed(new.ranges());
                speech.say(Say::ExternalRights, &[("connector", &new.name), ("ranges", &ranges)]);
            } else if !gone.is_empty() {
                let gone = gone.join(", ");
                speech.say(Say::OthersLose, &[("connector", &new.name), ("setting", &gone)]);
            } else if !trial.moves() {
                speech.say(Say::OthersKeep, &[("connector", &new.name)]);
            }
        }
    }
}

/// The only one.
fn only(positions: &[usize]) -> Option<usize> {
    match positions {
        [one] => Some(*one),
        _ => None,
    }
}

fn listed<T: ToString>(items: &[T]) -> String {
    items.iter().map(T::to_string).collect::<Vec<_>>().join(", ")
}

fn tell_refusal(refusal: &Refusal, new: &Setup, speech: &mut Speech<'_, '_>) {
    let connector = ("connector", new.name.as_str());
    match refusal {
        Refusal::ExternalAlone => speech.say(Say::RefusedExternal, &[connector]),
        Refusal::Greeting(name) => speech.say(Say::RefusedFqdn, &[connector, ("fqdn", name)]),
        Refusal::Needs(setting, needed) => {
            speech.say(Say::RefusedNeeds, &[connector, ("setting", setting), ("needed", needed)]);
        }
        Refusal::Role(other, port) => {
            let port = port.to_string();
            speech.say(Say::RefusedRole, &[connector, ("other", other), ("port", &port)]);
        }
        Refusal::Taken(other, range) => {
            let range = range.to_string();
            speech.say(Say::RefusedTaken, &[connector, ("other", other), ("ranges", &range)]);
        }
    }
}

/// The new list where it is a short one; false when nothing is left in it.
fn tell_ranges(old: Option<&Setup>, new: &Setup, speech: &mut Speech<'_, '_>) -> bool {
    let Some(old) = old.filter(|old| old.ranges != new.ranges) else { return true };
    if new.ranges().is_empty() {
        speech.say(Say::NoRangeLeft, &[("connector", &old.name)]);
        return false;
    }
    if new.ranges().len() <= RANGES_SHOWN {
        speech.say(Say::NewRanges, &[("connector", &new.name), ("ranges", &listed(new.ranges()))]);
    }
    true
}

fn tell_others(trial: &Trial, choice: &Choice<'_>, speech: &mut Speech<'_, '_>) {
    let not_given = |setup: &&Setup| setup.ranges.is_none() || setup.all_endpoints().is_none();
    if let Some(setup) = trial.before.iter().find(not_given) {
        let missing = if setup.ranges.is_none() { "RemoteIPRanges" } else { "Bindings" };
        speech.say(Say::OthersUnknown, &[("connector", &setup.name), ("missing", missing)]);
        return;
    }
    let Moved { groups, all } = moved(trial, &choice.senders);
    if groups.is_empty() && all {
        speech.say(Say::NobodyMoves, &[]);
    }
    for group in &groups {
        let [before, now] = group.answers.each_ref().map(|positions| trial.names(positions));
        let sender = speech.senders(&group.ranges);
        speech.answers(group.port, &sender, &before, &now);
        if let ([old], [new]) = (before.as_slice(), now.as_slice()) {
            let takes = |positions: &[usize]| {
                let setup = only(positions).and_then(|at| trial.after.get(at))?;
                Some(has(Some(setup.groups.as_ref()?), "AnonymousUsers"))
            };
            if group.answers.each_ref().map(|positions| takes(positions)) == [Some(true), Some(false)] {
                speech.say(Say::NoAnonymous, &[("connector", new), ("before", old)]);
            }
        }
    }
    if !all {
        speech.say(Say::MoreMove, &[]);
    }
}
