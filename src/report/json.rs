//! `exauth.report/1`, and the line for a rejected record.

use super::told::{self, Ranked, Short};
use super::words::Words;
use super::Content;
use crate::diagnosis::Diagnosis;
use crate::record::Rejected;
use serde::Serialize;

#[derive(Serialize)]
struct Report<'a> {
    schema: &'static str,
    summary: &'a crate::session::Summary,
    findings: &'a [crate::finding::Finding],
    diagnoses: Vec<Told<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    sources: &'a [crate::session::Source],
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

/// A diagnosis with its sentences.
#[derive(Serialize)]
struct Told<'a> {
    #[serde(flatten)]
    diagnosis: &'a Diagnosis,
    short: Short,
    ranking: Vec<Ranked>,
}

/// The report as one JSON object.
pub fn json(content: &Content<'_>) -> String {
    let words = Words { catalog: content.catalog };
    let told = |diagnosis| Told {
        diagnosis,
        short: told::short(diagnosis, &words),
        ranking: told::ranking(diagnosis, &words),
    };
    let diagnoses = content.diagnoses.iter().map(told).collect();
    let report = Report {
        schema: "exauth.report/1",
        summary: content.summary,
        findings: content.findings,
        diagnoses,
        sources: content.sources,
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
