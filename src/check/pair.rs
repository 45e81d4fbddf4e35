//! One problem's pair, A (could not sign in) to B, and the facts about it.
//!
//! Names, meaning and unit of every pair fact: see the files that add them; the
//! causes' tables of evidence are written in these names.

use super::keys;
use crate::fact::{Age, Fact, FactValue, HostId, Hosts, Observation, Window};
use crate::finding::Evidence;
use crate::rule::Facts;
use crate::Catalog;
use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashMap;
use std::rc::Rc;

/// Observations by kind, by the server that they are about, and by the ends that they are of.
pub struct Index<'o> {
    observations: &'o [Observation],
    by_kind: HashMap<&'static str, Vec<usize>>,
    by_host: HashMap<(&'static str, HostId), Vec<usize>>,
    by_key: HashMap<(&'static str, String), Vec<usize>>,
    by_ends: HashMap<keys::Ends, Vec<usize>>,
    /// What is the same for every pair, told once.
    shared: OnceCell<Shared>,
}

/// What is the same for every pair.
pub(super) struct Shared {
    facts: Rc<Vec<Known>>,
    pub(super) listed: super::accounts::Listed,
    pub(super) accounts: super::spn::ServiceAccounts,
    pub(super) callers: super::path::Callers,
    pub(super) leading: super::resolution::Leading,
    pub(super) clocks: super::clock::Clocks,
    pub(super) conflicts: super::conflict::Conflicts,
    /// Number of Exchange servers with a full name.
    pub(super) full_names: usize,
}

impl Shared {
    fn of(pair: &Pair<'_>) -> Shared {
        let mut facts = PairFacts::default();
        super::directory::add_shared(pair, &mut facts);
        super::accounts::add_shared(pair, &mut facts);
        super::clock::add_shared(pair, &mut facts);
        super::certificates::add_shared(pair, &mut facts);
        super::path::add_shared(pair, &mut facts);
        let full_name = |host: &crate::fact::Host| host.is_exchange && host.fqdn.is_some();
        Shared {
            facts: Rc::new(facts.own),
            listed: super::accounts::Listed::of(pair),
            accounts: super::spn::ServiceAccounts::of_all(pair),
            callers: super::path::Callers::of(pair),
            leading: super::resolution::Leading::of(pair),
            clocks: super::clock::Clocks::of(pair),
            conflicts: super::conflict::Conflicts::of(pair),
            full_names: pair.hosts.iter().filter(|(_, host)| full_name(host)).count(),
        }
    }
}

impl<'o> Index<'o> {
    /// Sorts the observations; linear in their number.
    pub fn new(observations: &'o [Observation], hosts: &Hosts) -> Index<'o> {
        let mut index = Index {
            observations,
            by_kind: HashMap::new(),
            by_host: HashMap::new(),
            by_key: HashMap::new(),
            by_ends: HashMap::new(),
            shared: OnceCell::new(),
        };
        for (position, observation) in observations.iter().enumerate() {
            index.by_kind.entry(observation.kind).or_default().push(position);
            let mut seen: Vec<HostId> = Vec::new();
            for key in keys::of(observation, hosts) {
                index.by_key.entry(key).or_default().push(position);
            }
            for ends in keys::ends(observation, hosts) {
                index.by_ends.entry(ends).or_default().push(position);
            }
            for name in keys::about(observation) {
                let host = hosts.find(&name);
                if let Some(host) = host.filter(|host| !seen.contains(host)) {
                    seen.push(host);
                    index.by_host.entry((observation.kind, host)).or_default().push(position);
                }
            }
        }
        index
    }

    fn at<'i>(&'i self, positions: Option<&'i Vec<usize>>) -> impl Iterator<Item = &'o Observation> + 'i {
        let positions = positions.map_or(&[][..], Vec::as_slice);
        positions.iter().filter_map(|position| self.observations.get(*position))
    }

    /// An observation by its place, as `numbered` gave it.
    pub(super) fn get(&self, position: usize) -> Option<&'o Observation> {
        self.observations.get(position)
    }

    /// All observations of a kind with their places.
    pub(super) fn numbered<'i>(&'i self, kind: &str) -> impl Iterator<Item = (usize, &'o Observation)> + 'i {
        let positions = self.by_kind.get(kind).map_or(&[][..], Vec::as_slice);
        positions.iter().filter_map(|position| Some((*position, self.observations.get(*position)?)))
    }

    /// All observations of a kind, in the order of the input.
    pub fn of_kind<'i>(&'i self, kind: &str) -> impl Iterator<Item = &'o Observation> + 'i {
        self.at(self.by_kind.get(kind))
    }

    /// Observations of a kind under a key of `keys`.
    pub(super) fn of_key<'i>(
        &'i self,
        kind: &'i str,
        what: &'static str,
        key: String,
    ) -> impl Iterator<Item = &'o Observation> + 'i {
        self.at(self.by_key.get(&(what, key))).filter(move |observation| observation.kind == kind)
    }

    /// Observations under any of some ends, each once, in the order of the input.
    pub(super) fn of_ends(&self, ends: &[keys::Ends]) -> Vec<&'o Observation> {
        let mut found: Vec<&'o Observation> =
            ends.iter().flat_map(|ends| self.at(self.by_ends.get(ends))).collect();
        in_order(&mut found);
        found
    }

    /// Observations of a kind about one of some servers, in the order of the input.
    pub(super) fn of_hosts(&self, kind: &'static str, hosts: &[Option<HostId>]) -> Vec<&'o Observation> {
        let mut found: Vec<&'o Observation> =
            hosts.iter().flat_map(|host| self.of_host(kind, *host)).collect();
        in_order(&mut found);
        found
    }

    /// Observations of a kind about a server.
    pub fn of_host<'i>(
        &'i self,
        kind: &'static str,
        host: Option<HostId>,
    ) -> impl Iterator<Item = &'o Observation> + 'i {
        self.at(host.and_then(|host| self.by_host.get(&(kind, host))))
    }
}

/// Puts observations that were looked up in several ways into the order of the input, each once.
pub(super) fn in_order(found: &mut Vec<&Observation>) {
    // All lie in one slice: their places in memory are their places in the input.
    let place = |seen: &&Observation| std::ptr::from_ref::<Observation>(seen) as usize;
    found.sort_by_key(place);
    found.dedup_by_key(|seen| place(&&**seen));
}

/// Who could not sign in to whom, with all that was observed.
pub struct Pair<'a> {
    /// The problem's id.
    pub problem: &'a str,
    /// A, where it is a known server.
    pub from: Option<HostId>,
    /// A's name or address as reports show it.
    pub from_label: Option<&'a str>,
    /// B, where it is a known server.
    pub to: Option<HostId>,
    /// B's name, address, site or group.
    pub to_label: Option<&'a str>,
    /// The observations that saw the failure.
    pub witnesses: &'a [&'a Observation],
    /// All servers.
    pub hosts: &'a Hosts,
    /// All observations.
    pub index: &'a Index<'a>,
    /// Number of different senders with this problem towards B.
    pub senders_failing: usize,
    /// Number of different receivers that A has this problem with.
    pub receivers_failing: usize,
    /// B fails towards A, too.
    pub reverse_fails: bool,
    /// An end is an Edge server, whatever its name.
    pub towards_edge: bool,
    /// When the failure was seen, where every witness says.
    pub window: Option<Window>,
    /// Words for an end without a name, A's and B's.
    pub unnamed: [&'a str; 2],
    /// Whose words the values of facts use.
    pub catalog: &'a Catalog,
    /// Which receive connector of B answers A.
    pub answering: super::connector::Answering<'a>,
}

/// [`Pair::unnamed`] in English, as message catalogs know them.
pub const UNNAMED: [&str; 2] = ["the sending server", "the receiving server"];

impl Pair<'_> {
    /// A name for A in sentences and commands.
    pub fn from_name(&self) -> &str {
        self.from_label.unwrap_or(self.unnamed[0])
    }

    /// A name for B in sentences and commands.
    pub fn to_name(&self) -> &str {
        self.to_label.unwrap_or(self.unnamed[1])
    }

    /// The full name where it is known, else the label.
    pub fn to_full_name(&self) -> String {
        let host = self.to.and_then(|id| self.hosts.get(id));
        host.and_then(|host| host.fqdn.clone()).unwrap_or_else(|| self.to_name().to_owned())
    }

    /// One of `words::WORDS` with its values filled in.
    pub(super) fn say(&self, english: &str, values: &[(&str, &str)]) -> String {
        super::words::say(self.catalog, english, values)
    }

    /// How old an observation is for this failure.
    pub fn age(&self, seen: &Observation) -> Age {
        let sight = self.window.and_then(|window| Some(window.age(seen.sight()?)));
        sight.unwrap_or(Age::Counts)
    }

    /// Keeps of several observations of one state those from the time of the failure, where one is
    /// dated so: the others are what it was before or became after.
    pub(super) fn of_the_time<T>(&self, seen: &mut Vec<T>, observation: impl Fn(&T) -> &Observation) {
        let Some(window) = self.window else { return };
        let counts = |one: &T| self.age(observation(one)) == Age::Counts;
        let holds = |one: &T| observation(one).sight().is_some_and(|sight| window.holds(sight));
        if seen.iter().any(holds) {
            seen.retain(counts);
        }
    }

    /// What is the same for every pair.
    pub(super) fn shared(&self) -> &Shared {
        self.index.shared.get_or_init(|| Shared::of(self))
    }

    /// The display name of a server.
    pub fn name_of(&self, id: HostId) -> String {
        self.hosts.get(id).map(|host| host.name.clone()).unwrap_or_default()
    }
}

/// A fact with the places of the input that show it.
type Known = (Fact, Vec<Evidence>);

/// The facts about a pair, each with the places of the input that show it.
#[derive(Debug, Default)]
pub struct PairFacts {
    /// Those that every pair has.
    shared: Rc<Vec<Known>>,
    own: Vec<Known>,
}

impl PairFacts {
    /// Adds a fact with its evidence.
    pub fn add(&mut self, name: impl Into<Cow<'static, str>>, value: FactValue, mut evidence: Vec<Evidence>) {
        // By content, not by place: another order of the records must tell the same story.
        evidence.sort_by(|a, b| {
            (&a.property, &a.value, &a.seen, a.record).cmp(&(&b.property, &b.value, &b.seen, b.record))
        });
        // The same words at another place show no more; of a thousand records the first is enough.
        evidence.dedup_by(|a, b| (&a.property, &a.value, &a.seen) == (&b.property, &b.value, &b.seen));
        self.own.push((Fact { name: name.into(), value, property: Cow::Borrowed("") }, evidence));
    }

    /// Adds a text.
    pub fn add_text(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        text: impl Into<String>,
        evidence: Vec<Evidence>,
    ) {
        let text = text.into();
        if !text.is_empty() {
            self.add(name, FactValue::Text(text), evidence);
        }
    }

    /// Adds a yes or no.
    pub fn add_flag(&mut self, name: impl Into<Cow<'static, str>>, flag: bool, evidence: Vec<Evidence>) {
        self.add(name, FactValue::Flag(flag), evidence);
    }

    /// Adds a number.
    pub fn add_number(&mut self, name: impl Into<Cow<'static, str>>, number: f64, evidence: Vec<Evidence>) {
        self.add(name, FactValue::Number(number), evidence);
    }

    /// Adds a list unless it is empty.
    pub fn add_list(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        mut items: Vec<String>,
        evidence: Vec<Evidence>,
    ) {
        items.sort();
        items.dedup();
        if !items.is_empty() {
            self.add(name, FactValue::List(items), evidence);
        }
    }

    fn named<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f Fact> {
        self.shared.iter().chain(&self.own).map(|(fact, _)| fact).filter(move |fact| fact.name == name)
    }

    /// True when a fact of the name is known.
    pub fn knows(&self, name: &str) -> bool {
        self.named(name).next().is_some()
    }

    /// The first value of a number.
    pub fn number(&self, name: &str) -> Option<f64> {
        self.named(name).next().and_then(|fact| match fact.value {
            FactValue::Number(number) => Some(number),
            _ => None,
        })
    }

    /// The first value of a flag.
    pub fn flag(&self, name: &str) -> Option<bool> {
        self.named(name).next().and_then(|fact| match fact.value {
            FactValue::Flag(flag) => Some(flag),
            _ => None,
        })
    }

    /// The evidence of a fact that this table handed out.
    pub fn evidence(&self, wanted: &Fact) -> &[Evidence] {
        let mut all = self.shared.iter().chain(&self.own);
        all.find(|(fact, _)| std::ptr::eq(fact, wanted)).map_or(&[], |(_, evidence)| evidence)
    }
}

impl Facts for PairFacts {
    fn each<'f>(&'f self, name: &str, each: &mut dyn FnMut(&'f Fact) -> bool) {
        for (fact, _) in self.shared.iter().chain(&self.own).filter(|(fact, _)| fact.name == name) {
            if !each(fact) {
                return;
            }
        }
    }
}

/// Everything that the observations say about a pair.
pub fn facts_of(pair: &Pair<'_>) -> PairFacts {
    let mut facts = PairFacts { shared: Rc::clone(&pair.shared().facts), own: Vec::new() };
    super::symptom::add(pair, &mut facts);
    super::target::add(pair, &mut facts);
    super::virtual_server::add(pair, &mut facts);
    super::loopback::add(pair, &mut facts);
    super::spn::add(pair, &mut facts);
    super::clock::add(pair, &mut facts);
    super::directory::add(pair, &mut facts);
    super::connector::add(pair, &mut facts);
    super::greeting::add(pair, &mut facts);
    super::event_hints::add(pair, &mut facts);
    super::path::add(pair, &mut facts);
    super::accounts::add(pair, &mut facts);
    super::conflict::add(pair, &mut facts);
    super::certificates::add(pair, &mut facts);
    super::connector_certificate::add(pair, &mut facts);
    super::resolution::add(pair, &mut facts);
    super::web::add(pair, &mut facts);
    super::encryption::add(pair, &mut facts);
    facts
}
