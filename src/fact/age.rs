//! When and where something was observed, held against the time of a failure.
//!
//! Only times in UTC are held here (`record::date` gives no other): a clock's reading without a zone is
//! not known, and what is not known counts as if it had been seen at the time of the failure.

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

/// When and where one observation was made.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sight {
    /// When, ISO 8601 UTC, where that is certain.
    pub time: Option<Arc<str>>,
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
    first: i64,
    last: i64,
}

/// Where an observation stands to the time of a failure; in each case how many seconds away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Age {
    /// In its time, or nobody knows.
    Counts,
    /// A state as it was clearly before the first sight.
    Before(i64),
    /// A state as it was clearly after the last sight.
    After(i64),
    /// A setting that was changed after the last sight.
    Changed(i64),
}

impl Age {
    /// Seconds between the observation and the failure; none where it counts.
    pub fn seconds(self) -> i64 {
        match self {
            Age::Counts => 0,
            Age::Before(seconds) | Age::After(seconds) | Age::Changed(seconds) => seconds,
        }
    }
}

impl Window {
    /// The window between two times; `None` where one of them is no time.
    pub fn new(first: &str, last: &str) -> Option<Window> {
        Some(Window { first: seconds_of(first)?, last: seconds_of(last)? })
    }

    /// How old an observation is.
    pub fn age(&self, sight: &Sight) -> Age {
        let seconds = |time: &Option<Arc<str>>| time.as_deref().and_then(seconds_of);
        if !sight.state {
            return match seconds(&sight.changed) {
                Some(changed) if changed > self.last => Age::Changed(changed - self.last),
                _ => Age::Counts,
            };
        }
        match seconds(&sight.time) {
            Some(time) if time > self.last.saturating_add(NEAR_SECONDS) => Age::After(time - self.last),
            Some(time) if time < self.first.saturating_sub(NEAR_SECONDS) => Age::Before(self.first - time),
            _ => Age::Counts,
        }
    }

    /// True when the failure was still seen after a time; `None` where that is no time.
    pub fn outlasts(&self, time: &str) -> Option<bool> {
        Some(seconds_of(time)? < self.last)
    }

    /// True when the failure was first seen clearly after a time.
    pub fn is_after(&self, time: &str) -> bool {
        seconds_of(time).is_some_and(|time| time < self.first.saturating_sub(NEAR_SECONDS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(time: &str) -> Sight {
        Sight { time: Some(time.into()), state: true, ..Sight::default() }
    }

    #[test]
    fn a_state_counts_from_an_hour_before_to_an_hour_after() {
        let window = Window::new("2026-11-20T09:00:00Z", "2026-11-20T10:00:00Z").unwrap();
        for (time, age) in [
            ("2026-11-20T07:59:59Z", Age::Before(3601)),
            ("2026-11-20T08:00:00Z", Age::Counts),
            ("2026-11-20T09:30:00Z", Age::Counts),
            ("2026-11-20T11:00:00Z", Age::Counts),
            ("2026-11-20T11:00:01Z", Age::After(3601)),
            ("yesterday", Age::Counts),
        ] {
            assert_eq!(window.age(&state(time)), age, "{time}");
        }
        assert_eq!(window.age(&Sight { state: true, ..Sight::default() }), Age::Counts);
    }

    #[test]
    fn a_setting_ages_by_its_change_and_never_by_when_it_was_read() {
        let window = Window::new("2026-11-20T09:00:00Z", "2026-11-20T10:00:00Z").unwrap();
        let mut setting = Sight { state: false, ..state("2027-01-01T00:00:00Z") };
        assert_eq!(window.age(&setting), Age::Counts);
        setting.changed = Some("2026-11-20T09:59:00Z".into());
        assert_eq!(window.age(&setting), Age::Counts);
        setting.changed = Some("2026-11-20T10:00:07Z".into());
        assert_eq!(window.age(&setting), Age::Changed(7));
    }
}
