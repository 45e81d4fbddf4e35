//! Reads the catalog's data files and rule packs, and checks them.
//!
//! A broken file is refused with the place and what is allowed there; nothing is
//! half loaded.

use super::{cause, issue, Catalog, Cause, Inner, Issue, Problem};
use crate::record::KINDS;
use crate::{limits, Error, Result};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Name and content of every data file below `src/catalog/`, packed by `build.rs`.
static FILES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/catalog.z"));

/// The data files, names with forward slashes.
fn files() -> Result<Vec<(String, String)>> {
    let broken =
        |what: String| Error::Rules { problem: format!("the shipped catalog is broken: {what}"), at: None };
    let bytes =
        miniz_oxide::inflate::decompress_to_vec_zlib(FILES).map_err(|error| broken(error.to_string()))?;
    serde_json::from_slice(&bytes).map_err(|error| broken(error.to_string()))
}

/// The schema of a rule pack.
const PACK_SCHEMA: &str = "exauth.pack/1";

/// A rule pack as written.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Pack {
    schema: String,
    #[serde(default)]
    #[allow(dead_code)] // for people: the name and the author of a pack are not used by the engine
    name: String,
    #[serde(default)]
    issues: Vec<Issue>,
    #[serde(default)]
    causes: Vec<Cause>,
}

/// The JSON pointer of a path that serde followed.
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut out = String::new();
    for segment in path.iter() {
        match segment {
            Segment::Seq { index } => out.push_str(&format!("/{index}")),
            Segment::Map { key } => out.push_str(&format!("/{}", key.replace('~', "~0").replace('/', "~1"))),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    out
}

/// Reads a JSON document; an error names its place.
pub(crate) fn read_document<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    // serde would take an array for a struct, field by field.
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()).is_some_and(|first| *first != b'{') {
        return Err(Error::Rules { problem: "not a JSON object".to_owned(), at: Some(String::new()) });
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let at = pointer(error.path());
        Error::Rules { problem: error.into_inner().to_string(), at: Some(at) }
    })?;
    deserializer
        .end()
        .map_err(|error| Error::Rules { problem: format!("more than one document: {error}"), at: None })?;
    Ok(value)
}

fn wrong(at: &str, problem: impl Into<String>) -> Error {
    Error::Rules { problem: problem.into(), at: Some(at.to_owned()) }
}

pub(super) fn builtin() -> Result<Catalog> {
    let mut inner = Inner::default();
    let files = files()?;
    let pages: BTreeMap<&str, &str> = files
        .iter()
        .filter_map(|(name, text)| name.strip_suffix(".md").map(|stem| (stem, text.as_str())))
        .collect();
    for (name, text) in &files {
        let Some(stem) = name.strip_suffix(".json") else { continue };
        let page = || pages.get(stem).map(|page| (*page).to_owned()).unwrap_or_default();
        let named = |id: &str| match stem.rsplit('/').next() == Some(id) {
            true => Ok(()),
            false => Err(wrong(name, format!("id `{id}` is not the file's name"))),
        };
        let in_file = |error: Error| match error {
            Error::Rules { problem, at } => wrong(&format!("{name}{}", at.unwrap_or_default()), problem),
            other => other,
        };
        if name.starts_with("problems/") {
            let problem: Problem = read_document(text.as_bytes()).map_err(in_file)?;
            named(&problem.id)?;
            inner.problems.insert(problem.id.clone(), problem);
        } else if name.starts_with("causes/") {
            let mut cause: Cause = read_document(text.as_bytes()).map_err(in_file)?;
            named(&cause.id)?;
            cause.page = page();
            inner.causes.insert(cause.id.clone(), Arc::new(cause));
        } else {
            let mut issue: Issue = read_document(text.as_bytes()).map_err(in_file)?;
            named(&issue.id)?;
            issue.page = page();
            inner.issues.insert(issue.id.clone(), Arc::new(issue));
        }
    }
    for issue in inner.issues.values() {
        check_issue(issue, &inner, &issue.id)?;
    }
    for cause in inner.causes.values() {
        check_cause(cause, &inner, &cause.id)?;
    }
    index(&mut inner);
    Ok(Catalog { inner: Arc::new(inner) })
}

pub(super) fn extend(base: &Catalog, pack: &[u8]) -> Result<Catalog> {
    if pack.len() > limits::PACK_BYTES {
        let limit = format!("{} MB", limits::PACK_BYTES >> 20);
        return Err(Error::Limit { what: "rule pack", limit });
    }
    let pack: Pack = read_document(pack)?;
    if pack.schema != PACK_SCHEMA {
        return Err(wrong("/schema", format!("`{}` is not `{PACK_SCHEMA}`", pack.schema)));
    }
    let mut inner = Inner {
        issues: base.inner.issues.clone(),
        causes: base.inner.causes.clone(),
        problems: base.inner.problems.clone(),
        ..Inner::default()
    };
    for (position, issue) in pack.issues.into_iter().enumerate() {
        let at = format!("/issues/{position}");
        for condition in [&issue.applies, &issue.when].into_iter().flatten() {
            condition.compile_patterns().map_err(|problem| wrong(&at, problem))?;
        }
        take_place(&mut inner.issues, &issue.id, issue.replaces.as_deref(), &at)?;
        inner.issues.insert(issue.id.clone(), Arc::new(issue));
    }
    for (position, cause) in pack.causes.into_iter().enumerate() {
        let at = format!("/causes/{position}");
        for rule in &cause.evidence {
            rule.when.compile_patterns().map_err(|problem| wrong(&at, problem))?;
        }
        take_place(&mut inner.causes, &cause.id, cause.replaces.as_deref(), &at)?;
        inner.causes.insert(cause.id.clone(), Arc::new(cause));
    }
    // Checked when all are there: an issue of a pack may name a cause of the same pack.
    for issue in inner.issues.values() {
        check_issue(issue, &inner, &format!("/issues ({})", issue.id))?;
    }
    for cause in inner.causes.values() {
        check_cause(cause, &inner, &format!("/causes ({})", cause.id))?;
    }
    index(&mut inner);
    Ok(Catalog { inner: Arc::new(inner) })
}

/// An id may be taken only by saying whose place it takes.
fn take_place<T>(known: &mut BTreeMap<String, T>, id: &str, replaces: Option<&str>, at: &str) -> Result<()> {
    match replaces {
        Some(old) if known.remove(old).is_none() => {
            return Err(wrong(&format!("{at}/replaces"), format!("there is no `{old}` to replace")))
        }
        _ => {}
    }
    if known.contains_key(id) {
        return Err(wrong(&format!("{at}/id"), format!("`{id}` is taken; say `replaces` to take its place")));
    }
    Ok(())
}

fn is_id(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= 80
        && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn check_issue(issue: &Issue, inner: &Inner, at: &str) -> Result<()> {
    if issue.schema != issue::SCHEMA {
        return Err(wrong(at, format!("schema `{}` is not `{}`", issue.schema, issue::SCHEMA)));
    }
    if !is_id(&issue.id) {
        return Err(wrong(at, "an id is lower-case words joined by hyphens, 80 characters at most"));
    }
    if let Some(problem) = issue.problem.as_ref().filter(|id| !inner.problems.contains_key(*id)) {
        return Err(wrong(at, format!("unknown problem `{problem}`")));
    }
    if let Some(cause) = issue.causes.iter().find(|id| !inner.causes.contains_key(*id)) {
        return Err(wrong(at, format!("unknown cause `{cause}`")));
    }
    if let Some(kind) = issue.records.iter().find(|kind| !KINDS.iter().any(|known| known.name == **kind)) {
        let known: Vec<_> = KINDS.iter().map(|kind| kind.name).collect();
        return Err(wrong(at, format!("unknown record kind `{kind}`, allowed are {}", known.join(", "))));
    }
    let reads_events = issue.records.iter().any(|kind| kind == "event");
    if reads_events && issue.event_ids.is_empty() {
        return Err(wrong(at, "an issue about events needs `event_ids`"));
    }
    if issue.check == issue.when.is_some() || issue.records.is_empty() {
        return Err(wrong(at, "an issue needs `records`, and either `when` or `check`"));
    }
    Ok(())
}

fn check_cause(cause: &Cause, inner: &Inner, at: &str) -> Result<()> {
    if cause.schema != cause::SCHEMA {
        return Err(wrong(at, format!("schema `{}` is not `{}`", cause.schema, cause::SCHEMA)));
    }
    if !is_id(&cause.id) {
        return Err(wrong(at, "an id is lower-case words joined by hyphens, 80 characters at most"));
    }
    let named =
        cause.candidate_for.iter().map(|c| &c.problem).chain(cause.evidence.iter().flat_map(|e| &e.problems));
    let named = named
        .chain(cause.needs.iter().flat_map(|n| &n.problems))
        .chain(cause.fix.iter().flat_map(|f| &f.problems));
    if let Some(problem) = named.into_iter().find(|id| !inner.problems.contains_key(*id)) {
        return Err(wrong(at, format!("unknown problem `{problem}`")));
    }
    for rule in &cause.evidence {
        let weighs = matches!(rule.effect, cause::Effect::Supports | cause::Effect::Weakens);
        if weighs != (1..=10).contains(&rule.weight) {
            return Err(wrong(at, "`supports` and `weakens` need a weight of 1 to 10, the others none"));
        }
    }
    if cause.candidate_for.iter().any(|candidate| candidate.weight > 10) {
        return Err(wrong(at, "a candidate's weight is 0 to 10"));
    }
    Ok(())
}

pub(super) fn index(inner: &mut Inner) {
    for issue in inner.issues.values() {
        for kind in &issue.records {
            if kind != "event" {
                inner.by_kind.entry(kind.clone()).or_default().push(Arc::clone(issue));
            }
        }
        if issue.records.iter().any(|kind| kind == "event") {
            for id in &issue.event_ids {
                inner.by_event.entry(*id).or_default().push(Arc::clone(issue));
            }
        }
    }
}
