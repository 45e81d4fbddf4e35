//! When and where something was observed, held against the time of a failure.
//!
//! Only times in UTC are held here (`record::date` gives no other): a clock's reading without a zone is
//! not known, and what is not known counts as if it had been seen at the time of the failure.
//!
//! A time may be known only as the two between which it lies: a shell knows of an object that it got it
//! since it was started, and not when. Then only what is so at both ends is said.

use crate::record::seconds_of;
use std::sync::Arc;

/// From the last sight of a failure on to when an observation may be of another time; and before the
/// first sight, for what was in order.
///
/// An administrator who looks at a failure measures within the hour; a repair and the measurement that
/// shows it come later than that, or nobody can tell them apart.
pub const NEAR_SECONDS: i64 = 3600;

/// How long before the first sight of a failure something wrong still explains it.
///
/// A queue or a user's call is seen long after the first sign-in failed, and what is wrong stays so
/// until somebody sets it right.
pub const LASTING_SECONDS: i64 = 24 * 3600;

/// Kinds of records that show a state: it comes and goes by itself or with a restart, and is another one
/// the next day. What every other kind shows was set by somebody and stays (a connector, an SPN, an
/// attribute), or happened once (an event).
const STATES: &[&str] = &[
    "clock-offset",
    "time-status",
    "port-test",
    "dns-answer",
    "service-state",
    "component-state",
    "service-health",
    "health-set",
    "secure-channel",
    "replication-link",
    "replication-summary",
    "kerberos-tickets",
    "smtp-session",
    "edge-sync",
    "dcdiag",
];

/// True for the name of a kind that shows a state.
pub fn is_state(kind: &str) -> bool {
    STATES.contains(&kind)
}

/// True for a kind whose objects show what is so when they are fetched. When a log was fetched says nothing
/// of what stands in it, and a setting counts whenever it was read.
pub fn shows_present(kind: &str) -> bool {
    matches!(kind, "queue" | "message") || is_state(kind)
}

/// The two times between which something was observed, the earlier first; ISO 8601 UTC.
pub type Between = [String; 2];

/// When and where one observation was made.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sight {
    /// When, ISO 8601 UTC, where that is certain.
    pub time: Option<Arc<str>>,
    /// Where it is not: between which times.
    pub between: Option<Arc<Between>>,
    /// On which computer, where the record says.
    pub on: Option<Arc<str>>,
    /// When the object was last changed, where the record says.
    pub changed: Option<Arc<str>>,
    /// It shows a state, see [`is_state`].
    pub state: bool,
}

/// From the first to the last sight of a failure, seconds of UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// It was not seen earlier.
    first: i64,
    /// It was not seen later.
    last: i64,
    /// It was surely seen as late as this.
    surely: i64,
    /// Each sight has a time of its own.
    exact: bool,
}

/// How far an observation is from a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gap {
    /// Seconds.
    pub seconds: i64,
    /// It may be more.
    pub at_least: bool,
}

/// Where an observation stands to the time of a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Age {
    /// In its time, or nobody knows.
    Counts,
    /// A state as it was clearly before the first sight.
    Before(Gap),
    /// A state as it was clearly after the last sight.
    After(Gap),
    /// A setting that was changed after the last sight.
    Changed(Gap),
}

impl Age {
    /// How far the observation is from the failure; none where it counts.
    pub fn gap(self) -> Option<Gap> {
        match self {
            Age::Counts => None,
            Age::Before(gap) | Age::After(gap) | Age::Changed(gap) => Some(gap),
        }
    }
}

impl Window {
    /// One sight with its time; `None` where that is no time.
    pub fn at(time: &str) -> Option<Window> {
        let at = seconds_of(time)?;
        Some(Window { first: at, last: at, surely: at, exact: true })
    }

    /// One sight between two times; `None` where they are none, or not in this order.
    pub fn between([earliest, latest]: &Between) -> Option<Window> {
        let (first, last) = (seconds_of(earliest)?, seconds_of(latest)?);
        (first <= last).then_some(Window { first, last, surely: first, exact: first == last })
    }

    /// The sights of both.
    #[must_use]
    pub fn with(self, other: Window) -> Window {
        Window {
            first: self.first.min(other.first),
            last: self.last.max(other.last),
            surely: self.surely.max(other.surely),
            exact: self.exact && other.exact,
        }
    }

    /// How old an observation is.
    pub fn age(&self, sight: &Sight) -> Age {
        if !sight.state {
            return match sight.changed.as_deref().and_then(seconds_of) {
                Some(changed) if changed > self.last => Age::Changed(self.gap(changed - self.last, true)),
                _ => Age::Counts,
            };
        }
        let Some(seen) = Window::of(sight) else { return Age::Counts };
        if seen.first > self.last.saturating_add(NEAR_SECONDS) {
            Age::After(self.gap(seen.first - self.last, seen.exact))
        } else if seen.last < self.first.saturating_sub(NEAR_SECONDS) {
            Age::Before(self.gap(self.first - seen.last, seen.exact))
        } else {
            Age::Counts
        }
    }

    fn of(sight: &Sight) -> Option<Window> {
        match (&sight.time, &sight.between) {
            (Some(time), _) => Window::at(time),
            (None, Some(between)) => Window::between(between),
            (None, None) => None,
        }
    }

    fn gap(&self, seconds: i64, exact: bool) -> Gap {
        Gap { seconds, at_least: !(exact && self.exact) }
    }

    /// True for a state that was surely seen in the time of the failure.
    pub fn holds(&self, sight: &Sight) -> bool {
        Window::of(sight).is_some_and(|seen| {
            seen.first >= self.first.saturating_sub(NEAR_SECONDS)
                && seen.last <= self.last.saturating_add(NEAR_SECONDS)
        })
    }

    /// True when the failure was still seen after a time; `None` where that is no time, or nobody knows.
    pub fn outlasts(&self, time: &str) -> Option<bool> {
        let time = seconds_of(time)?;
        (time < self.surely || time >= self.last).then_some(time < self.surely)
    }

    /// True when the failure was first seen clearly after a time.
    pub fn is_after(&self, time: &str) -> bool {
        seconds_of(time).is_some_and(|time| time < self.first.saturating_sub(NEAR_SECONDS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(first: &str, last: &str) -> Window {
        Window::at(first).unwrap().with(Window::at(last).unwrap())
    }

    fn exactly(seconds: i64) -> Gap {
        Gap { seconds, at_least: false }
    }

    fn at_least(seconds: i64) -> Gap {
        Gap { seconds, at_least: true }
    }

    fn between(earliest: &str, latest: &str) -> Between {
        [earliest, latest].map(|time| format!("2026-11-20T{time}:00Z"))
    }

    fn state_between(earliest: &str, latest: &str) -> Sight {
        Sight { between: Some(Arc::new(between(earliest, latest))), state: true, ..Sight::default() }
    }

    fn state(time: &str) -> Sight {
        Sight { time: Some(time.into()), state: true, ..Sight::default() }
    }

    #[test]
    fn a_state_counts_from_an_hour_before_to_an_hour_after() {
        let window = window("2026-11-20T09:00:00Z", "2026-11-20T10:00:00Z");
        for (time, age) in [
            ("2026-11-20T07:59:59Z", Age::Before(exactly(3601))),
            ("2026-11-20T08:00:00Z", Age::Counts),
            ("2026-11-20T09:30:00Z", Age::Counts),
            ("2026-11-20T11:00:00Z", Age::Counts),
            ("2026-11-20T11:00:01Z", Age::After(exactly(3601))),
            ("yesterday", Age::Counts),
        ] {
            assert_eq!(window.age(&state(time)), age, "{time}");
        }
        assert_eq!(window.age(&Sight { state: true, ..Sight::default() }), Age::Counts);
    }

    #[test]
    fn a_setting_ages_by_its_change_and_never_by_when_it_was_read() {
        let window = window("2026-11-20T09:00:00Z", "2026-11-20T10:00:00Z");
        let mut setting = Sight { state: false, ..state("2027-01-01T00:00:00Z") };
        assert_eq!(window.age(&setting), Age::Counts);
        setting.changed = Some("2026-11-20T09:59:00Z".into());
        assert_eq!(window.age(&setting), Age::Counts);
        setting.changed = Some("2026-11-20T10:00:07Z".into());
        assert_eq!(window.age(&setting), Age::Changed(exactly(7)));
    }

    #[test]
    fn of_a_state_between_two_times_only_what_is_so_at_both_ends_is_said() {
        let window = window("2026-11-20T09:00:00Z", "2026-11-20T10:00:00Z");
        for (earliest, latest, age, holds) in [
            ("06:00", "07:59", Age::Before(at_least(3660)), false),
            ("06:00", "08:00", Age::Counts, false),
            ("08:00", "11:00", Age::Counts, true),
            ("07:00", "23:00", Age::Counts, false),
            ("11:00", "23:00", Age::Counts, false),
            ("11:01", "23:00", Age::After(at_least(3660)), false),
        ] {
            let sight = state_between(earliest, latest);
            assert_eq!((window.age(&sight), window.holds(&sight)), (age, holds), "{earliest} {latest}");
        }
    }

    #[test]
    fn a_failure_between_two_times_may_be_as_old_and_as_new_as_they_are() {
        let open = Window::between(&between("09:00", "15:00")).unwrap();
        assert_eq!(open.age(&state("2026-11-20T07:59:00Z")), Age::Before(at_least(3660)));
        assert_eq!(open.age(&state("2026-11-20T16:00:00Z")), Age::Counts);
        assert_eq!(open.outlasts("2026-11-20T08:59:59Z"), Some(true));
        assert_eq!(open.outlasts("2026-11-20T12:00:00Z"), None);
        assert_eq!(open.outlasts("2026-11-20T15:00:00Z"), Some(false));
        let both = open.with(Window::at("2026-11-20T14:00:00Z").unwrap());
        assert_eq!(both.outlasts("2026-11-20T12:00:00Z"), Some(true));
        assert_eq!(both.age(&state("2026-11-20T16:00:00Z")), Age::Counts);
        assert_eq!(Window::between(&between("15:00", "09:00")), None);
    }
}
