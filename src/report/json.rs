//! `exauth.report/1`, and the line for a rejected record.

use super::Content;
use crate::record::Rejected;
use serde::Serialize;

#[derive(Serialize)]
struct Report<'a> {
    schema: &'static str,
    summary: &'a crate::session::Summary,
    findings: &'a [crate::finding::Finding],
    diagnoses: &'a [crate::diagnosis::Diagnosis],
    ignored: &'a [&'a crate::session::Ignored],
    rejected: &'a [Rejected],
    received: &'a [crate::session::ReceivedKind],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    facts: &'a [crate::session::RecordFacts],
    #[serde(skip_serializing_if = "Option::is_none")]
    observations: &'a Option<Vec<crate::session::Merged>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    suppressions: &'a [crate::session::Applied],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    suppressed: &'a [crate::session::Suppressed],
}

/// The report as one JSON object.
pub fn json(content: &Content<'_>) -> String {
    let report = Report {
        schema: "exauth.report/1",
        summary: content.summary,
        findings: content.findings,
        diagnoses: content.diagnoses,
        ignored: &content.ignored,
        rejected: content.rejected,
        received: &content.received,
        facts: content.facts,
        observations: &content.observations,
        suppressions: content.suppressions,
        suppressed: content.suppressed,
    };
    // Strings, numbers and lists of them: writing them to memory cannot fail.
    serde_json::to_string(&report).unwrap_or_default()
}

#[derive(Serialize)]
struct RejectedLine<'a> {
    schema: &'static str,
    #[serde(flatten)]
    place: &'a Rejected,
}

/// One line of `exauth.rejected/1`, line end included.
pub fn rejected_line(place: &Rejected) -> String {
    let line = RejectedLine { schema: "exauth.rejected/1", place };
    let mut text = serde_json::to_string(&line).unwrap_or_default();
    text.push('\n');
    text
}
