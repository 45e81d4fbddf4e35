//! The words of the report itself, in English: what a message catalog translates besides the
//! catalog's own texts.

use crate::diagnosis::Verdict;
use crate::finding::{Finding, Outcome, Severity};
use crate::Catalog;

/// Every word of the report itself.
pub const WORDS: &[&str] = &[
    "CONFIRMED",
    "LIKELY",
    "POSSIBLE",
    "UNLIKELY",
    "RULED OUT",
    "ERROR",
    "WARNING",
    "INFO",
    "CLEAR",
    "UNKNOWN",
    "SETTINGS AND MEASUREMENTS",
    "WHAT WAS READ",
    "NOT LOOKED AT",
    "NOT READABLE",
    "SILENCED",
    "LOOK AT NEXT",
    "SEEN IN",
    "What happens: {text}",
    "Why: {text}",
    "What to do: {text}",
    "Seen: {text}",
    "and {count} more",
    "{title}: {text}",
    "not known yet; first in question: {title}",
    "run on {server}: {command}",
    "look at the causes below; nothing more to ask for is known",
    "{text} To be sure first, run on {server}: {command}",
    FIRST_CONFIRMED,
    FIRST,
    AFTER_CONFIRMED,
    AFTER,
    "{verdict}, nothing given speaks for or against: {causes}",
    "{verdict}, but what is confirmed explains what was seen: {causes}",
    "read there: {text}",
    "from {from} to {to}",
    GIVE_BACK,
    "(not known)",
    "not given: {missing}",
    "What would happen: {text}",
    "check: {text}",
    "undo: {text}",
    "on {server}",
    "on {server}: {command}",
    "{count} x {kind}, first: record {record}",
    "{count} x {issue} until {until}: {reason} ({owner})",
    "{count} x {issue} no longer, it ended {until}: {reason} ({owner})",
    "record {record}",
    "record {record}, {property}",
    "record {record} (line {line}): {reason}",
    "number {number} in {file}",
    "from {from} to {to}, seen once",
    "from {from} to {to}, seen {count} times",
    "{first} to {last}",
    "{records} records, {findings} findings, {problems} problems ({ignored} of no known kind, {rejected} not readable)",
    "No sign of one server refusing another in what was given.",
];

/// Why a cause stands where it stands: the ranking in sentences.
pub(super) const FIRST_CONFIRMED: &str =
    "First, because it is confirmed by what only this cause explains, and nothing rules it out.";
pub(super) const FIRST: &str =
    "First, by the signs for it ({for}) and against it ({against}) together with how usual it is. In general: {because}";
pub(super) const AFTER_CONFIRMED: &str =
    "After `{before}`, which is confirmed and explains what was seen. It is not ruled out.";
pub(super) const AFTER: &str =
    "After `{before}`, by the signs for it ({for}) and against it ({against}) together with how usual it is. In general: {because}";

/// How the answers come back.
pub(super) const GIVE_BACK: &str = "Then diagnose again, with the answers added to what was given: in a folder of files, save each beside the others; in PowerShell, `$more = $seen | Get-ExAuthDiagnosis | Get-ExAuthEvidence; @($seen) + @($more) | Get-ExAuthDiagnosis` runs these commands and takes the answers in.";

/// The report's own words in the catalog's language.
pub(super) struct Words<'c> {
    pub catalog: &'c Catalog,
}

impl Words<'_> {
    pub fn word<'w>(&'w self, english: &'w str) -> &'w str {
        debug_assert!(WORDS.contains(&english), "not in WORDS: {english}");
        self.catalog.word(english)
    }

    /// A line with `{name}` for values.
    pub fn filled(&self, english: &str, values: &[(&str, &str)]) -> String {
        debug_assert!(WORDS.contains(&english), "not in WORDS: {english}");
        self.catalog.filled(english, values)
    }

    pub fn verdict(&self, verdict: Verdict) -> &str {
        self.word(match verdict {
            Verdict::Confirmed => "CONFIRMED",
            Verdict::Likely => "LIKELY",
            Verdict::Possible => "POSSIBLE",
            Verdict::Unlikely => "UNLIKELY",
            Verdict::RuledOut => "RULED OUT",
        })
    }

    /// How serious a finding is, or that it is none.
    pub fn mark(&self, finding: &Finding) -> &str {
        self.word(match (finding.outcome, finding.severity) {
            (Outcome::Clear, _) => "CLEAR",
            (Outcome::Unknown, _) => "UNKNOWN",
            (Outcome::Found, Severity::Error) => "ERROR",
            (Outcome::Found, Severity::Warning) => "WARNING",
            (Outcome::Found, Severity::Info) => "INFO",
        })
    }
}
