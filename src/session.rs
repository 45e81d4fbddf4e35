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
    /// `"panic"`: the next `add` panics, so that a host can prove that a defect in here does not end it.
    pub self_test: Option<String>,
}

impl Options {
    /// Reads an options document; empty bytes are the defaults.
    pub fn from_json(bytes: &[u8]) -> Result<Options> {
        if bytes.is_empty() {
            return Ok(Options::default());
        }
        serde_json::from_slice(bytes).map_err(|error| Error::Rules {
            problem: format!("options: {error}"),
            at: None,
        })
    }
}

/// An analysis in progress.
pub struct Session {
    self_test_panic: bool,
}

impl Session {
    /// Begins an analysis.
    pub fn new(catalog: &Catalog, options: Options) -> Session {
        let _ = catalog;
        Session {
            self_test_panic: options.self_test.as_deref() == Some("panic"),
        }
    }
    /// Adds records; returns one `exauth.rejected/1` line for each that could not be read, if any.
    pub fn add(&mut self, records: &[u8]) -> Result<Option<String>> {
        let _ = records;
        if self.self_test_panic {
            // The one deliberate panic: what it proves needs no input that breaks the library.
            #[allow(clippy::panic)]
            {
                panic!("self test");
            }
        }
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
