//! Rule packs: issues and causes of one's own, added to a catalog or in the place of its rules.
//!
//! A pack is refused whole; the catalog it would extend stays as it is. Only what a
//! pack adds is checked, and what its replacements leave behind: many packs cost what
//! their rules cost.

use super::check::{wrong, Check};
use super::load::{index, read_document};
use super::vocabulary::{near, SEEN_AREAS};
use super::{Catalog, Cause, Inner, Issue};
use crate::{limits, Error, Result};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The schema of a rule pack.
const SCHEMA: &str = "exauth.pack/1";

/// A rule pack as written.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)] // for people and editors: the engine does not use the name of a pack
struct Pack {
    #[serde(rename = "$schema", default)]
    editor_schema: String,
    schema: String,
    #[serde(default)]
    name: String,
    #[serde(default, deserialize_with = "super::load::objects")]
    issues: Vec<Issue>,
    #[serde(default, deserialize_with = "super::load::objects")]
    causes: Vec<Cause>,
}

pub(super) fn extend(base: &Catalog, pack: &[u8]) -> Result<Catalog> {
    if pack.len() > limits::PACK_BYTES {
        let limit = format!("{} MB", limits::PACK_BYTES >> 20);
        return Err(Error::Limit { what: "rule pack", limit });
    }
    let pack: Pack = read_document(pack)?;
    if pack.schema != SCHEMA {
        return Err(wrong("/schema", format!("schema is not `{SCHEMA}`")));
    }
    let base = base.inner.as_ref();
    let count = pack.issues.len() + pack.causes.len();
    if count > limits::PACK_RULES {
        let limit = format!("{} issues and causes", limits::PACK_RULES);
        return Err(Error::Limit { what: "rule pack", limit });
    }
    if base.issues.len() + base.causes.len() + count > limits::CATALOG_RULES {
        let limit = format!("{} issues and causes", limits::CATALOG_RULES);
        return Err(Error::Limit { what: "catalog with its packs", limit });
    }
    let mut inner = Inner {
        issues: base.issues.clone(),
        causes: base.causes.clone(),
        problems: base.problems.clone(),
        ..Inner::default()
    };
    let issues: Vec<Arc<Issue>> = pack.issues.into_iter().map(Arc::new).collect();
    let causes: Vec<Arc<Cause>> = pack.causes.into_iter().map(Arc::new).collect();
    let (mut old_issues, mut old_causes) = (Replaced::new(), Replaced::new());
    for (position, issue) in issues.iter().enumerate() {
        let at = format!("/issues/{position}");
        check_of_code(issue, base, &at)?;
        let rule = Rule { id: &issue.id, replaces: issue.replaces.as_deref(), at: &at };
        rule.take_place(&base.issues, &mut inner.issues, &mut old_issues)?;
        inner.issues.insert(issue.id.clone(), Arc::clone(issue));
    }
    for (position, cause) in causes.iter().enumerate() {
        let at = format!("/causes/{position}");
        let rule = Rule { id: &cause.id, replaces: cause.replaces.as_deref(), at: &at };
        rule.take_place(&base.causes, &mut inner.causes, &mut old_causes)?;
        inner.causes.insert(cause.id.clone(), Arc::clone(cause));
    }
    left_behind(&old_issues, &inner, names_issue)?;
    left_behind(&old_causes, &inner, names_cause)?;
    // Checked when all are there: an issue of a pack may name a cause of the same pack.
    let mut check = Check::new(&inner);
    for (position, issue) in issues.iter().enumerate() {
        let at = format!("/issues/{position}");
        one_meaning(
            &issue.id,
            [inner.causes.contains_key(&issue.id), inner.problems.contains_key(&issue.id)],
            &at,
        )?;
        check.issue(issue, &at)?;
    }
    for (position, cause) in causes.iter().enumerate() {
        let at = format!("/causes/{position}");
        one_meaning(
            &cause.id,
            [inner.issues.contains_key(&cause.id), inner.problems.contains_key(&cause.id)],
            &at,
        )?;
        check.cause(cause, &at)?;
    }
    index(&mut inner);
    Ok(Catalog { inner: Arc::new(inner) })
}

/// What was replaced, and the place of what replaces it with the id that it has now.
type Replaced = BTreeMap<String, (String, String)>;

struct Rule<'r> {
    id: &'r str,
    replaces: Option<&'r str>,
    at: &'r str,
}

impl Rule<'_> {
    /// Takes the old rule out of the catalog. An id may be taken only by saying whose place it takes,
    /// and only from a rule that was there before the pack.
    fn take_place<T>(
        &self,
        base: &BTreeMap<Arc<str>, T>,
        known: &mut BTreeMap<Arc<str>, T>,
        replaced: &mut Replaced,
    ) -> Result<()> {
        let (at_id, at_replaces) = (format!("{}/id", self.at), format!("{}/replaces", self.at));
        if let Some(old) = self.replaces {
            if !base.contains_key(old) {
                let near = near(old, base.keys().map(AsRef::as_ref));
                let hint = if near.is_empty() { String::new() } else { format!("; near are {near}") };
                let old: String = old.chars().take(80).collect();
                return Err(wrong(&at_replaces, format!("the catalog has no `{old}` to replace{hint}")));
            }
            if let Some((other, _)) =
                replaced.insert(old.to_owned(), (self.at.to_owned(), self.id.to_owned()))
            {
                return Err(wrong(&at_replaces, format!("`{old}` is replaced by {other} already")));
            }
            known.remove(old);
        }
        if base.contains_key(self.id) && self.replaces != Some(self.id) {
            let problem = format!(
                "`{0}` is taken; choose another id, or say `\"replaces\": \"{0}\"` to take its place",
                self.id
            );
            return Err(wrong(&at_id, problem));
        }
        if known.contains_key(self.id) {
            return Err(wrong(&at_id, format!("`{}` stands twice in this pack", self.id)));
        }
        Ok(())
    }
}

/// Only code speaks for a `check`, and it knows the shipped ones by their ids.
fn check_of_code(issue: &Issue, base: &Inner, at: &str) -> Result<()> {
    let shipped = base.issues.get(&issue.id).is_some_and(|shipped| shipped.check);
    if issue.check && !(shipped && issue.replaces.as_deref() == Some(&issue.id)) {
        let problem =
            "only code speaks for a `check`: write `when`, or replace a shipped check under its own id";
        return Err(wrong(&format!("{at}/check"), problem));
    }
    Ok(())
}

/// A rule that took a place under another id must not leave names of the old one behind.
fn left_behind(replaced: &Replaced, inner: &Inner, names: fn(&Inner, &str) -> Option<String>) -> Result<()> {
    for (old, (at, _)) in replaced.iter().filter(|(old, (_, id))| *old != id) {
        if let Some(who) = names(inner, old) {
            let problem = format!("{who} still names `{old}`; keep that id and change the rest");
            return Err(wrong(&format!("{at}/id"), problem));
        }
    }
    Ok(())
}

/// Who names an issue: `seen.<issue>` in the evidence of a cause.
fn names_issue(inner: &Inner, old: &str) -> Option<String> {
    let seen = |name: &str| {
        name.split_once('.').is_some_and(|(area, issue)| issue == old && SEEN_AREAS.contains(&area))
    };
    let cause = inner.causes.values().find(|cause| {
        let mut names = Vec::new();
        cause.evidence.iter().for_each(|rule| rule.when.reads(&mut names));
        cause.candidate_for.iter().filter_map(|c| c.unless.as_ref()).for_each(|c| c.reads(&mut names));
        names.extend(cause.needs.iter().flat_map(|need| &need.facts).map(String::as_str));
        names.into_iter().any(seen)
    })?;
    Some(format!("the cause `{}`", cause.id))
}

/// Who names a cause: the issues that bear on it.
fn names_cause(inner: &Inner, old: &str) -> Option<String> {
    let issue = inner.issues.values().find(|issue| issue.causes.iter().any(|id| id == old))?;
    Some(format!("the issue `{}`", issue.id))
}

/// An id means one thing: pages, suppressions and evidence name issues, causes and problems alike.
fn one_meaning(id: &str, taken: [bool; 2], at: &str) -> Result<()> {
    match taken {
        [false, false] => Ok(()),
        [true, _] => {
            Err(wrong(&format!("{at}/id"), format!("`{id}` is the id of an issue or a cause already")))
        }
        [_, true] => Err(wrong(&format!("{at}/id"), format!("`{id}` is the id of a problem"))),
    }
}
