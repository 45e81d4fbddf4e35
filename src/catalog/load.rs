//! Reads documents and the catalog's data files.
//!
//! A broken file is refused with the place and what is allowed there; nothing is
//! half loaded.

use super::check::{wrong, Check};
use super::{Catalog, Cause, Inner, Issue, Problem};
use crate::{Error, Result};
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::marker::PhantomData;
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

struct Object<T>(T);
struct Fields<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Fields<T> {
    type Value = Object<T>;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> std::result::Result<Object<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Object)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_map(Fields(PhantomData))
    }
}

/// An object, and no array of its fields.
pub(super) fn object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> std::result::Result<T, D::Error> {
    deserializer.deserialize_map(Fields(PhantomData)).map(|object| object.0)
}

/// A list of objects. By itself serde would take `["x"]` for an object, field by field.
pub(super) fn objects<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> std::result::Result<Vec<T>, D::Error> {
    Ok(Vec::<Object<T>>::deserialize(deserializer)?.into_iter().map(|object| object.0).collect())
}

/// The error in a document that cannot be read, with its place. Keeping track of the place costs as
/// much as reading, so only a document with an error is read with it.
fn error_in<T: DeserializeOwned>(bytes: &[u8]) -> Error {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
        Ok(_) => Error::Rules { problem: "the document cannot be read".to_owned(), at: None },
        Err(error) => {
            let at = pointer(error.path());
            Error::Rules { problem: error.into_inner().to_string(), at: Some(at) }
        }
    }
}

/// Reads a JSON document; an error names its place.
pub(crate) fn read_document<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    // serde would take an array for a struct, field by field.
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()).is_some_and(|first| *first != b'{') {
        return Err(Error::Rules { problem: "not a JSON object".to_owned(), at: Some(String::new()) });
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let Ok(value) = T::deserialize(&mut deserializer) else { return Err(error_in::<T>(bytes)) };
    deserializer
        .end()
        .map_err(|error| Error::Rules { problem: format!("more than one document: {error}"), at: None })?;
    Ok(value)
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
            // The strongest first: a report says it first.
            cause.evidence.sort_by_key(|rule| std::cmp::Reverse(rule.strength()));
            inner.causes.insert(cause.id.clone(), Arc::new(cause));
        } else {
            let mut issue: Issue = read_document(text.as_bytes()).map_err(in_file)?;
            named(&issue.id)?;
            issue.page = page();
            inner.issues.insert(issue.id.clone(), Arc::new(issue));
        }
    }
    let mut check = Check::new(&inner);
    for issue in inner.issues.values() {
        check.issue(issue, &issue.id)?;
    }
    for cause in inner.causes.values() {
        check.cause(cause, &cause.id)?;
    }
    index(&mut inner);
    Ok(Catalog { inner: Arc::new(inner) })
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
