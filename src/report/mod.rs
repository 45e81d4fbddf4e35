//! Documents: one file a format. No decisions: what stands here was decided before.

mod json;
mod sights;
mod text;
mod told;
mod words;

pub use json::{json, rejected_line};
pub use text::text;
pub use words::WORDS;

use crate::diagnosis::Diagnosis;
use crate::finding::Finding;
use crate::record::Rejected;
use crate::session::{Applied, Ignored, ReceivedKind, RecordFacts, Source, Summary, Suppressed};
use crate::Catalog;

/// What a report is made of.
pub struct Content<'a> {
    /// Numbers.
    pub summary: &'a Summary,
    /// Findings in order.
    pub findings: &'a [Finding],
    /// Diagnoses in order.
    pub diagnoses: &'a [Diagnosis],
    /// The records that they cite.
    pub sources: &'a [Source],
    /// Records of no known kind.
    pub ignored: Vec<&'a Ignored>,
    /// Places that were no record.
    pub rejected: &'a [Rejected],
    /// What came in, by kind.
    pub received: Vec<ReceivedKind>,
    /// What was read of each record, where the caller asked for it.
    pub facts: &'a [RecordFacts],
    /// What another session can take in, where that was asked for.
    pub observations: Option<Vec<crate::session::Merged>>,
    /// Suppressions with what each silenced.
    pub suppressions: &'a [Applied],
    /// Findings that were silenced.
    pub suppressed: &'a [Suppressed],
    /// Whose words the report uses.
    pub catalog: &'a Catalog,
}
