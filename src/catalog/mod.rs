//! The catalog: issues, causes and problems, shipped and from packs.
use crate::{Options, Result};

/// An immutable catalog; cheap to clone, may be shared between threads.
#[derive(Clone)]
pub struct Catalog {}

impl Catalog {
    /// The shipped catalog.
    pub fn builtin() -> Result<Catalog> {
        Ok(Catalog {})
    }
    /// A new catalog: this one and a rule pack (JSON).
    pub fn extend(&self, pack: &[u8]) -> Result<Catalog> {
        let _ = pack;
        Ok(self.clone())
    }
    /// `exauth.catalog/1`: kinds with their wanted properties, tools, issues, causes, problems with their pages.
    pub fn describe(&self) -> String {
        "{}".to_owned()
    }
    /// The structured query for `Get-WinEvent -FilterXml`. Options: `{"after": "2026-11-20T00:00:00Z"}`.
    pub fn event_filter(&self, options: &[u8]) -> Result<String> {
        let _ = options;
        Ok(String::new())
    }
    /// Findings in a text, NDJSON.
    pub fn match_text(&self, text: &[u8]) -> Result<String> {
        let _ = text;
        Ok(String::new())
    }
    /// All outcomes for one record, NDJSON.
    pub fn check_record(&self, record: &[u8]) -> Result<String> {
        let _ = record;
        Ok(String::new())
    }
    /// Records from a tool's text, NDJSON.
    pub fn parse_tool(&self, command: &[u8], text: &[u8]) -> Result<String> {
        let _ = (command, text);
        Ok(String::new())
    }
    /// Session, add, finish and the JSON report in one call.
    pub fn analyze(&self, records: &[u8], options: &[u8]) -> Result<String> {
        let mut session = crate::Session::new(self, Options::from_json(options)?);
        session.add(records)?;
        session.finish()?;
        session.report("json")
    }
}
