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
        if !bytes.trim_ascii_start().starts_with(b"{") {
            return Err(Error::Rules {
                problem: "not an object".to_owned(),
                at: None,
            });
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
    records: usize,
    rejected: usize,
    waiting: usize,
    finished: bool,
}

impl Session {
    /// Begins an analysis.
    pub fn new(catalog: &Catalog, options: Options) -> Session {
        let _ = catalog;
        Session {
            self_test_panic: options.self_test.as_deref() == Some("panic"),
            records: 0,
            rejected: 0,
            waiting: 0,
            finished: false,
        }
    }
    /// Adds records; returns one `exauth.rejected/1` line for each that could not be read, if any.
    pub fn add(&mut self, records: &[u8]) -> Result<Option<String>> {
        if self.self_test_panic {
            // The one deliberate panic: what it proves needs no input that breaks the library.
            #[allow(clippy::panic)]
            {
                panic!("self test");
            }
        }
        if self.finished {
            return Err(Error::State {
                problem: "session is finished",
            });
        }
        let mut rejected = String::new();
        crate::record::read_records(records, self.records, |record| match record {
            Ok(_) => {
                self.records += 1;
                self.waiting += 1;
            }
            Err(_) => {
                self.rejected += 1;
                rejected.push_str("{\"schema\":\"exauth.rejected/1\"}\n");
            }
        });
        Ok(Some(rejected).filter(|rejected| !rejected.is_empty()))
    }
    /// Findings that are waiting, as NDJSON; `None` when nothing is.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Result<Option<String>> {
        let waiting = std::mem::take(&mut self.waiting);
        Ok(Some("{\"schema\":\"exauth.finding/1\"}\n".repeat(waiting)).filter(|text| !text.is_empty()))
    }
    /// Ends the input. A second call is `Error::State`.
    pub fn finish(&mut self) -> Result<()> {
        if std::mem::replace(&mut self.finished, true) {
            return Err(Error::State {
                problem: "session is finished",
            });
        }
        Ok(())
    }
    /// The whole result in a format (`json`, `text`); only after `finish`.
    pub fn report(&self, format: &str) -> Result<String> {
        match format {
            _ if !self.finished => Err(Error::State {
                problem: "session is not finished",
            }),
            "json" => Ok(format!(
                "{{\"schema\":\"exauth.report/1\",\"summary\":{{\"records\":{},\"findings\":0,\"rejected\":{}}}}}",
                self.records, self.rejected
            )),
            "text" => Ok("nothing was found".to_owned()),
            _ => Err(Error::Unsupported {
                what: "report format",
                problem: format.to_owned(),
            }),
        }
    }
}
