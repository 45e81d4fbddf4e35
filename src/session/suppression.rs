//! Suppressions: an issue that somebody answers for, for some subjects and until some day.
//!
//! A suppressed finding is counted and listed apart, never lost; it still speaks as evidence,
//! unless it would itself be the problem. An expired suppression silences nothing.

use super::options::wrong;
use crate::finding::Finding;
use crate::record;
use crate::{Catalog, Result};
use regex::{Regex, RegexBuilder};

/// One suppression of an options document; all fields are needed.
#[derive(Debug, Clone, serde::Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct Suppression {
    /// The issue's id.
    pub issue: String,
    /// The name of a finding's subject or of its computer; `*` stands for any characters.
    pub subject: String,
    /// Why it is accepted.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day (`2027-01-31`, in UTC) or the time at which it ends.
    pub until: String,
}

impl Suppression {
    /// Checks one entry that stands at `at`.
    pub(super) fn check(&self, at: &str, catalog: &Catalog) -> Result<()> {
        let said = [("subject", &self.subject), ("reason", &self.reason), ("owner", &self.owner)];
        if let Some((name, _)) = said.into_iter().find(|(_, text)| text.trim().is_empty()) {
            return Err(wrong(
                &format!("{at}/{name}"),
                "empty: a suppression says for what, why and whose it is",
            ));
        }
        if catalog.issue(&self.issue).is_none() {
            return Err(wrong(&format!("{at}/issue"), format!("the catalog has no issue `{}`", self.issue)));
        }
        if end_of(&self.until).is_none() {
            return Err(wrong(
                &format!("{at}/until"),
                "not a day such as 2027-01-31, nor a time with a zone",
            ));
        }
        Ok(())
    }
}

/// The last second of a day or the time itself, as ISO 8601 in UTC.
fn end_of(until: &str) -> Option<String> {
    let until = until.trim();
    record::utc_time(until).or_else(|| record::utc_time(&format!("{until}T23:59:59Z")))
}

/// A suppression and what it silenced; an entry of `suppressions` in `exauth.report/1`.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Applied {
    /// As written.
    #[serde(flatten)]
    pub entry: Suppression,
    /// True when its time has passed: it silences nothing.
    pub expired: bool,
    /// How many findings it silenced; for an expired one, how many it would have.
    pub findings: usize,
    #[serde(skip)]
    subjects: Option<Regex>,
}

/// A finding that was silenced; an entry of `suppressed` in `exauth.report/1`.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Suppressed {
    /// Index into `suppressions`.
    pub suppression: usize,
    /// What would have been said.
    pub finding: Finding,
}

/// The suppressions of a session.
#[derive(Default)]
pub(super) struct Suppressions {
    /// In the order of the options.
    pub applied: Vec<Applied>,
}

impl Suppressions {
    /// Makes them ready; `now` decides which have expired.
    pub fn new(entries: &[Suppression], now: Option<&str>) -> Suppressions {
        let now = now.and_then(record::utc_time);
        let applied = entries.iter().map(|entry| {
            let pattern = format!("^{}$", regex::escape(entry.subject.trim()).replace(r"\*", ".*"));
            Applied {
                entry: entry.clone(),
                // Without a present nothing is known to be still accepted.
                expired: match (&now, end_of(&entry.until)) {
                    (Some(now), Some(end)) => *now > end,
                    _ => true,
                },
                findings: 0,
                subjects: RegexBuilder::new(&pattern)
                    .case_insensitive(true)
                    .dot_matches_new_line(true)
                    .build()
                    .ok(),
            }
        });
        Suppressions { applied: applied.collect() }
    }

    /// The suppression that silences a finding, counted.
    pub fn take(&mut self, finding: &Finding) -> Option<usize> {
        let about = |applied: &Applied| {
            let subject = &finding.subject;
            let names = [Some(subject.name.as_str()), subject.computer.as_deref()];
            *applied.entry.issue == *finding.id
                && applied
                    .subjects
                    .as_ref()
                    .is_some_and(|s| names.iter().flatten().any(|name| s.is_match(name)))
        };
        let mut silenced = None;
        for (position, entry) in self.applied.iter_mut().enumerate().filter(|(_, entry)| about(entry)) {
            // The first that is in force silences it; expired ones are counted, so that they are seen.
            if entry.expired || silenced.is_none() {
                entry.findings += 1;
            }
            if !entry.expired && silenced.is_none() {
                silenced = Some(position);
            }
        }
        silenced
    }
}
