//! The catalog: issues, causes and problems, shipped and from packs.
//!
//! Data files under `issues/`, `causes/`, `problems/` are compiled in, compressed
//! by `build.rs`; `load` reads and checks them once. Immutable and shared: a session and a
//! host's finaliser may hold it at the same time.

pub mod cause;
pub mod change;
mod check;
mod describe;
mod event_filter;
pub mod issue;
mod load;
mod messages;
mod pack;
pub mod vocabulary;
pub(crate) use load::read_document;

pub use cause::Cause;
pub use issue::{Issue, Others};

use crate::record::Record;
use crate::{Options, Result, Session};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// A kind of failure, as `design/causes.md` names it.
#[derive(Debug, Clone, serde::Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct Problem {
    /// `exauth.problem/1`.
    #[serde(skip_serializing)]
    pub schema: String,
    /// Its id.
    pub id: Arc<str>,
    /// One line.
    pub title: Arc<str>,
    /// What it means.
    pub meaning: Arc<str>,
}

/// An immutable catalog; cheap to clone, may be shared between threads.
#[derive(Clone)]
pub struct Catalog {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    issues: BTreeMap<Arc<str>, Arc<Issue>>,
    causes: BTreeMap<Arc<str>, Arc<Cause>>,
    problems: BTreeMap<Arc<str>, Problem>,
    /// Issues by the kind of record they read; events without an index are in here, too.
    by_kind: BTreeMap<String, Vec<Arc<Issue>>>,
    /// Issues about events by id; each issue checks the provider itself, as some texts have none.
    by_event: BTreeMap<u32, Vec<Arc<Issue>>>,
    /// The language of its texts.
    texts: Arc<messages::Texts>,
    /// This catalog in other languages, made once each: a shell in Poland begins many sessions.
    localized: Mutex<Vec<Catalog>>,
}

impl Catalog {
    /// The shipped catalog.
    ///
    /// # Errors
    /// [`crate::Error::Rules`] only if the shipped data is broken, which a test rules out.
    pub fn builtin() -> Result<Catalog> {
        // Immutable and the same for everyone: read and checked once in a process.
        static BUILTIN: OnceLock<Catalog> = OnceLock::new();
        match BUILTIN.get() {
            Some(catalog) => Ok(catalog.clone()),
            None => {
                let catalog = load::builtin()?;
                Ok(BUILTIN.get_or_init(|| catalog).clone())
            }
        }
    }

    /// A new catalog: this one and a rule pack (`exauth.pack/1`, JSON). This one stays as it is.
    ///
    /// # Errors
    /// [`crate::Error::Rules`] with the JSON pointer of the place; the pack is refused whole.
    /// [`crate::Error::Limit`] for a pack beyond [`crate::limits::PACK_BYTES`].
    pub fn extend(&self, pack: &[u8]) -> Result<Catalog> {
        pack::extend(self, pack)
    }

    /// This catalog with its texts in a culture's language; itself where there are none of the
    /// culture or of its parents. Conditions, ids and commands stay as they are.
    pub fn localized(&self, culture: Option<&str>) -> Catalog {
        let Some(texts) = culture.and_then(messages::of_culture) else { return self.clone() };
        let mut made = self.inner.localized.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(catalog) = made.iter().find(|catalog| Arc::ptr_eq(&catalog.inner.texts, &texts)) {
            return catalog.clone();
        }
        let mut inner = messages::translated(&self.inner, texts);
        load::index(&mut inner);
        let catalog = Catalog { inner: Arc::new(inner) };
        made.push(catalog.clone());
        catalog
    }

    /// The cultures whose texts are built in, English aside.
    ///
    /// # Errors
    /// [`crate::Error::Rules`] only if the shipped data is broken, which a test rules out.
    pub fn cultures() -> Result<Vec<String>> {
        messages::cultures()
    }

    /// One of the report's own words in the catalog's language.
    pub(crate) fn word<'w>(&'w self, english: &'w str) -> &'w str {
        self.inner.texts.of(english)
    }

    /// A line in the catalog's language with `{name}` for values.
    pub(crate) fn filled(&self, english: &str, values: &[(&str, &str)]) -> String {
        let mut rest = self.word(english);
        let mut out = String::new();
        // Left to right, so that a value with braces in it is never filled itself.
        while let Some((before, behind)) = rest.split_once('{') {
            let (name, after) = behind.split_once('}').unwrap_or((behind, ""));
            out.push_str(before);
            out.push_str(values.iter().find(|(known, _)| *known == name).map_or("?", |(_, value)| value));
            rest = after;
        }
        out.push_str(rest);
        out
    }

    /// `exauth.catalog/1`: kinds with the properties they want, tools, issues, causes and problems.
    pub fn describe(&self) -> String {
        describe::describe(self)
    }

    /// The structured query for `Get-WinEvent -FilterXml` that fetches the events the catalog knows.
    ///
    /// Options: `{"after": "2026-11-20T00:00:00Z"}`.
    ///
    /// # Errors
    /// [`crate::Error::Rules`] for options that are not understood.
    pub fn event_filter(&self, options: &[u8]) -> Result<String> {
        event_filter::event_filter(self, options)
    }

    /// Findings in a text (a pasted message, an event, a tool's output), NDJSON; empty when there are none.
    ///
    /// # Errors
    /// [`crate::Error::Argument`] for a text that is not UTF-8, [`crate::Error::Limit`] for one
    /// beyond [`crate::limits::RECORD_BYTES`].
    pub fn match_text(&self, text: &[u8]) -> Result<String> {
        if text.len() > crate::limits::RECORD_BYTES {
            let limit = format!("{} MB", crate::limits::RECORD_BYTES >> 20);
            return Err(crate::Error::Limit { what: "text", limit });
        }
        let text = utf8(text, "text")?;
        let mut session = Session::new(self, Options { diagnose: false, ..Options::default() });
        session.add_record(Record::of_text(text));
        finish_and_drain(session)
    }

    /// Everything that is found, clear or unknown about one record, NDJSON.
    ///
    /// # Errors
    /// [`crate::Error::Record`] for bytes that are not one record.
    pub fn check_record(&self, record: &[u8]) -> Result<String> {
        let options = Options { include_clear: true, diagnose: false, ..Options::default() };
        let mut session = Session::new(self, options);
        session.add_one(record)?;
        finish_and_drain(session)
    }

    /// Records from a tool's text, NDJSON of `exauth.record/1`; empty when the tool said nothing readable.
    ///
    /// `command` is the tool's name or the whole command line that was run.
    ///
    /// # Errors
    /// [`crate::Error::Argument`] for a text that is not UTF-8, [`crate::Error::Unsupported`] for a
    /// tool that is not read.
    pub fn parse_tool(&self, command: &[u8], text: &[u8]) -> Result<String> {
        let (command, text) = (utf8(command, "command")?, utf8(text, "text")?);
        crate::record::tool_records_json(command, text)
    }

    /// Session, add, finish and the JSON report in one call.
    ///
    /// # Errors
    /// As [`Options::from_json`]; records that cannot be read are listed in the report.
    pub fn analyze(&self, records: &[u8], options: &[u8]) -> Result<String> {
        let mut session = Session::new(self, Options::from_json(options, self)?);
        session.add(records)?;
        session.finish()?;
        session.report("json")
    }

    /// The issues, by id.
    pub fn issues(&self) -> impl Iterator<Item = &Issue> {
        self.inner.issues.values().map(Arc::as_ref)
    }

    /// An issue by its id.
    pub fn issue(&self, id: &str) -> Option<&Issue> {
        self.inner.issues.get(id).map(Arc::as_ref)
    }

    /// The causes, by id.
    pub fn causes(&self) -> impl Iterator<Item = &Cause> {
        self.inner.causes.values().map(Arc::as_ref)
    }

    /// A cause by its id.
    pub fn cause(&self, id: &str) -> Option<&Cause> {
        self.inner.causes.get(id).map(Arc::as_ref)
    }

    /// The problems, by id.
    pub fn problems(&self) -> impl Iterator<Item = &Problem> {
        self.inner.problems.values()
    }

    /// A problem by its id.
    pub fn problem(&self, id: &str) -> Option<&Problem> {
        self.inner.problems.get(id)
    }

    /// Issues that read a kind of record other than events.
    pub(crate) fn issues_for_kind(&self, kind: &str) -> &[Arc<Issue>] {
        self.inner.by_kind.get(kind).map_or(&[], Vec::as_slice)
    }

    /// Issues about events of an id.
    pub(crate) fn issues_for_event(&self, id: u32) -> &[Arc<Issue>] {
        self.inner.by_event.get(&id).map_or(&[], Vec::as_slice)
    }
}

/// Ends a session and gives all its findings, NDJSON.
fn finish_and_drain(mut session: Session) -> Result<String> {
    session.finish()?;
    let mut out = String::new();
    while let Some(lines) = session.next()? {
        out.push_str(&lines);
    }
    Ok(out)
}

fn utf8<'b>(bytes: &'b [u8], name: &'static str) -> Result<&'b str> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|_| crate::Error::Argument { name, problem: "not UTF-8" })
}
