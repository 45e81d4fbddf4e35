//! One analysis: records in, findings out as they come, diagnoses at the end.
use crate::{Catalog, Error, Result};

/// What a caller may ask for; the options document of `exauth_session_new`.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Also give findings whose outcome is `clear` or `unknown`.
    pub include_clear: bool,
    /// Keep no findings for the report and make no diagnosis: only `next` gives them (for unbounded streams).
    pub stream_only: bool,
}

impl Options {
    /// Reads an options document; empty bytes are the defaults.
    pub fn from_json(bytes: &[u8]) -> Result<Options> {
        let _ = bytes;
        Ok(Options::default())
    }
}

/// An analysis in progress.
pub struct Session {}

impl Session {
    /// Begins an analysis.
    pub fn new(catalog: &Catalog, options: Options) -> Session {
        let _ = (catalog, options);
        Session {}
    }
    /// Adds records; returns one `exauth.rejected/1` line for each that could not be read, if any.
    pub fn add(&mut self, records: &[u8]) -> Result<Option<String>> {
        let _ = records;
        Ok(None)
    }
    /// Findings that are waiting, as NDJSON; `None` when nothing is.
    pub fn next(&mut self) -> Result<Option<String>> {
        Ok(None)
    }
    /// Ends the input. A second call is `Error::State`.
    pub fn finish(&mut self) -> Result<()> {
        Ok(())
    }
    /// The whole result in a format (`json`, `text`); only after `finish`.
    pub fn report(&self, format: &str) -> Result<String> {
        Err(Error::Unsupported {
            what: "report format",
            problem: format.to_owned(),
        })
    }
}
