//! What an observation is worth that is of another time or place than the failure; see `verdict`.

use crate::catalog::cause::Effect;
use crate::check::Pair;
use crate::fact::{Age, Gap, Hosts, Window, LASTING_SECONDS};
use crate::finding::Evidence;
use crate::Catalog;

/// The sentences about age and place, in English: what a message catalog translates.
pub const WORDS: &[&str] = &[
    HEALED,
    WENT_WRONG,
    WAS_WRONG,
    OTHER_AFTER,
    OTHER_BEFORE,
    CHANGED,
    ELSEWHERE,
    AT_LEAST,
    "{count} seconds",
    "{count} minutes",
    "{count} hours",
    "{count} days",
];

const HEALED: &str = "{says} That was {gap} after the last failure: it may have been set right since.";
const WENT_WRONG: &str = "{says} That was {gap} before the first failure: it may have gone wrong since.";
const WAS_WRONG: &str = "{says} That was {gap} before the first failure: it may have been set right by then.";
const OTHER_AFTER: &str =
    "{says} That was {gap} after the last failure: at the time it may have been otherwise.";
const OTHER_BEFORE: &str =
    "{says} That was {gap} before the first failure: at the time it may have been otherwise.";
const CHANGED: &str =
    "{says} But it was changed {gap} after the last failure: at the time it may have been otherwise.";
const ELSEWHERE: &str = "{says} That was seen on {server}; on {from} it may be otherwise.";

const AT_LEAST: &str = "at least {gap}";

/// Facts that are true of the computer that looked: what another one sees says little about A.
const SEEN_FROM_A: &[&str] = &["dns.points_elsewhere", "dns.agrees"];

/// What one fact is worth for a failure.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    /// All that it says.
    Counts,
    /// It is of another time.
    Aged(Age),
    /// It is what another computer sees.
    Elsewhere(String),
}

/// The failure's time and place.
#[derive(Clone, Copy)]
pub(super) struct Then<'a> {
    window: Option<Window>,
    from: Option<usize>,
    from_name: &'a str,
    hosts: &'a Hosts,
}

impl<'a> Then<'a> {
    pub(super) fn of<'o: 'a>(pair: &Pair<'o>) -> Then<'a> {
        let from_name = pair.from_label.unwrap_or_default();
        Then { window: pair.window, from: pair.from, from_name, hosts: pair.hosts }
    }

    /// The time or the place of a fact can matter.
    pub(super) fn limits(&self, fact: &str) -> bool {
        self.window.is_some() || SEEN_FROM_A.contains(&fact)
    }

    /// A fact counts fully for a purpose where one of its places does, or it has none.
    pub(super) fn counts(&self, fact: &str, places: &[Evidence], purpose: fn(&Standing) -> bool) -> bool {
        places.is_empty() || places.iter().any(|place| purpose(&self.of_place(fact, place)))
    }

    /// What a fact with these places is worth: as much as the best of them.
    pub(super) fn standing(&self, fact: &str, places: &[Evidence]) -> Standing {
        self.best(fact, places).map_or(Standing::Counts, |(_, standing)| standing)
    }

    /// The first of the places that are worth most; one that counts fully ends the search, for what
    /// every pair knows has a place on each of a thousand servers.
    pub(super) fn best<'e>(&self, fact: &str, places: &'e [Evidence]) -> Option<(&'e Evidence, Standing)> {
        let mut best: Option<(&Evidence, Standing)> = None;
        for place in places {
            let standing = self.of_place(fact, place);
            let counts = standing == Standing::Counts;
            if best.as_ref().is_none_or(|(_, known)| standing < *known) {
                best = Some((place, standing));
            }
            if counts {
                break;
            }
        }
        best
    }

    /// What one place of a fact is worth.
    pub(super) fn of_place(&self, fact: &str, place: &Evidence) -> Standing {
        let Some(sight) = place.seen.as_deref() else { return Standing::Counts };
        match self.window.map(|window| window.age(sight)) {
            None | Some(Age::Counts) => {}
            Some(age) => return Standing::Aged(age),
        }
        let looked = sight.on.as_deref().filter(|_| SEEN_FROM_A.contains(&fact));
        let looked = looked.and_then(|name| Some((name, self.hosts.find(name)?)));
        match (looked, self.from) {
            (Some((name, other)), Some(from)) if other != from => {
                let name = self.hosts.get(other).map_or(name, |host| host.name.as_str());
                Standing::Elsewhere(name.to_owned())
            }
            _ => Standing::Counts,
        }
    }

    /// A sentence with what its age or place takes from it.
    pub(super) fn limited(
        &self,
        catalog: &Catalog,
        says: &str,
        standing: &Standing,
        effect: Effect,
    ) -> String {
        let (words, gap, server) = match (standing, effect) {
            (Standing::Counts, _) => return says.to_owned(),
            (Standing::Elsewhere(server), _) => (ELSEWHERE, String::new(), server.as_str()),
            (Standing::Aged(age), effect) => {
                let words = match (age, effect) {
                    (Age::Changed(_), _) => CHANGED,
                    // What rules out was in order, what confirms was wrong; of the others nobody knows.
                    (Age::Before(_), Effect::RulesOut) => WENT_WRONG,
                    (Age::Before(_), Effect::Confirms) => WAS_WRONG,
                    (Age::Before(_), _) => OTHER_BEFORE,
                    (_, Effect::RulesOut) => HEALED,
                    _ => OTHER_AFTER,
                };
                (words, age.gap().map(|gap| in_words(catalog, gap)).unwrap_or_default(), "")
            }
        };
        let values = [("says", says), ("gap", &gap), ("server", server), ("from", self.from_name)];
        catalog.filled(words, &values)
    }
}

/// Rules a cause out only where it counts.
pub(super) fn rules_out(standing: &Standing) -> bool {
    *standing == Standing::Counts
}

/// Confirms a cause unless it was long before, or is another computer's view. What is still wrong after
/// the last sight explains it: nobody says that the failure ended by not looking.
pub(super) fn confirms(standing: &Standing) -> bool {
    match standing {
        Standing::Counts => true,
        Standing::Aged(Age::Before(gap)) => gap.seconds <= LASTING_SECONDS,
        Standing::Aged(_) => true,
        Standing::Elsewhere(_) => false,
    }
}

/// The answer of a command that was run before the failure, or elsewhere, is worth asking for again.
pub(super) fn answers(standing: &Standing) -> bool {
    !matches!(standing, Standing::Aged(Age::Before(_)) | Standing::Elsewhere(_))
}

/// A span of time in the largest unit of which there are two.
fn in_words(catalog: &Catalog, gap: Gap) -> String {
    let units = [(86_400, "{count} days"), (3600, "{count} hours"), (60, "{count} minutes")];
    let (unit, words) =
        units.into_iter().find(|(unit, _)| gap.seconds >= 2 * unit).unwrap_or((1, "{count} seconds"));
    let span = catalog.filled(words, &[("count", &(gap.seconds / unit).to_string())]);
    if gap.at_least {
        catalog.filled(AT_LEAST, &[("gap", &span)])
    } else {
        span
    }
}
