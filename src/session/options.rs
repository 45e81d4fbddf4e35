//! What a caller may ask of a session, and how its document is read and checked.

use super::suppression::Suppression;
use crate::record;
use crate::{Catalog, Error, Result};

/// What a caller may ask for; the options document of `exauth_session_new`.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Also give findings whose outcome is `clear` or `unknown`.
    pub include_clear: bool,
    /// List in the report what was read of each record: fact, value, and the property that gave it.
    pub include_facts: bool,
    /// List in the report what was observed, whole, so that another session can take the report in.
    pub mergeable: bool,
    /// Keep no finding once `next` has given it, for streams without an end; the report then
    /// holds no findings and no diagnoses.
    pub stream_only: bool,
    /// Make diagnoses at the end.
    pub diagnose: bool,
    /// What the caller's clock says, ISO 8601: the analysis reads none itself.
    pub now: Option<String>,
    /// The language of titles and sentences, a culture's name such as `pl-PL`; English where
    /// neither it nor its parent is there.
    pub culture: Option<String>,
    /// Findings that somebody answers for.
    pub suppress: Vec<Suppression>,
    /// `panic`: the next `add` panics inside the library. For hosts that want to prove that a
    /// defect in this library cannot end their process.
    pub self_test: Option<String>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            include_clear: false,
            include_facts: false,
            mergeable: false,
            stream_only: false,
            diagnose: true,
            now: None,
            culture: None,
            suppress: Vec::new(),
            self_test: None,
        }
    }
}

impl Options {
    /// Reads an options document for sessions of a catalog; empty bytes are the defaults.
    ///
    /// # Errors
    /// [`Error::Rules`] with the place, for what is not JSON, an option that does not exist, a
    /// time that is none, or a suppression of an issue that the catalog does not have.
    pub fn from_json(bytes: &[u8], catalog: &Catalog) -> Result<Options> {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(Options::default());
        }
        let options: Options = crate::catalog::read_document(bytes)?;
        options.check(catalog)?;
        Ok(options)
    }

    fn check(&self, catalog: &Catalog) -> Result<()> {
        if self.now.as_deref().is_some_and(|now| record::utc_time(now).is_none()) {
            return Err(wrong("/now", "not a time in ISO 8601 with a zone, such as 2026-11-24T09:00:00Z"));
        }
        if self.now.is_none() && !self.suppress.is_empty() {
            return Err(wrong(
                "/suppress",
                "needs `now`: the library reads no clock, and suppressions expire",
            ));
        }
        for (position, suppression) in self.suppress.iter().enumerate() {
            suppression.check(&format!("/suppress/{position}"), catalog)?;
        }
        Ok(())
    }
}

/// An error of an options document.
pub(super) fn wrong(at: &str, problem: impl Into<String>) -> Error {
    Error::Rules { problem: problem.into(), at: Some(at.to_owned()) }
}
