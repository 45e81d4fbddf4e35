//! The catalog's texts in other languages: `messages/<culture>.json`, English text to translation.
//!
//! The English text itself is the key, so that a text that was changed falls back to English
//! instead of saying something old; a test names what is missing. Matching never depends on it.

use super::{Cause, Inner, Issue, Problem};
use crate::rule::Template;
use crate::{Error, Result};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// All message catalogs, packed by `build.rs`: the English texts once, a list of translations a culture.
static FILE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/messages.z"));

#[derive(serde::Deserialize)]
struct Packed {
    keys: Vec<String>,
    cultures: BTreeMap<String, Vec<Option<String>>>,
}

/// The texts of one culture; empty for English.
#[derive(Debug, Clone, Default)]
pub(super) struct Texts {
    texts: BTreeMap<String, String>,
}

impl Texts {
    /// A text in this culture, or as it is.
    pub fn of<'t>(&'t self, english: &'t str) -> &'t str {
        self.texts.get(english).map_or(english, String::as_str)
    }

    fn put(&self, text: &mut Arc<str>) {
        if let Some(translated) = self.texts.get(&**text) {
            *text = Arc::from(translated.as_str());
        }
    }

    fn put_template(&self, template: &mut Template) {
        // A translation with broken braces is no text; the test of all texts finds it.
        if let Some(Ok(translated)) =
            self.texts.get(template.source()).map(|text| Template::new(text.as_str()))
        {
            *template = translated;
        }
    }
}

/// A message catalog of the library by its culture's name; `None` for English and what is not there.
pub(super) fn of_culture(culture: &str) -> Option<Arc<Texts>> {
    static CULTURES: OnceLock<BTreeMap<String, Arc<Texts>>> = OnceLock::new();
    // Read at the first session that is not English: the others do not pay for it.
    let cultures = CULTURES.get_or_init(|| read().unwrap_or_default());
    let known = |name: &str| cultures.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    parents(culture).iter().find_map(|name| known(name)).map(|(_, texts)| Arc::clone(texts))
}

/// The cultures that have a message catalog.
///
/// # Errors
/// [`Error::Rules`] only if the shipped data is broken, which a test rules out.
pub(super) fn cultures() -> Result<Vec<String>> {
    Ok(read()?.into_keys().collect())
}

fn read() -> Result<BTreeMap<String, Arc<Texts>>> {
    let broken =
        |what: String| Error::Rules { problem: format!("the shipped messages are broken: {what}"), at: None };
    let bytes =
        miniz_oxide::inflate::decompress_to_vec_zlib(FILE).map_err(|error| broken(error.to_string()))?;
    let packed: Packed = serde_json::from_slice(&bytes).map_err(|error| broken(error.to_string()))?;
    let texts = |values: Vec<Option<String>>| {
        let texts = packed.keys.iter().cloned().zip(values).filter_map(|(key, value)| Some((key, value?)));
        Arc::new(Texts { texts: texts.collect() })
    };
    Ok(packed.cultures.into_iter().map(|(culture, values)| (culture, texts(values))).collect())
}

/// A culture and its parents as Windows has them: `de-AT`, `de`. Chinese has two scripts, and a
/// reader of one is not served with the other.
fn parents(culture: &str) -> Vec<String> {
    let lower = culture.trim().to_ascii_lowercase().replace('_', "-");
    if matches!(lower.as_str(), "zh" | "zh-hans" | "zh-chs" | "zh-sg") || lower.starts_with("zh-hans-") {
        return vec!["zh-cn".to_owned()];
    }
    let mut names = vec![lower.clone()];
    let mut rest = lower.as_str();
    while let Some((parent, _)) = rest.rsplit_once('-') {
        names.push(parent.to_owned());
        rest = parent;
    }
    names
}

/// The catalog with its texts in another culture.
pub(super) fn translated(inner: &Inner, texts: Arc<Texts>) -> Inner {
    let issues = inner.issues.iter().map(|(id, issue)| (id.clone(), Arc::new(issue_in(issue, &texts))));
    let causes = inner.causes.iter().map(|(id, cause)| (id.clone(), Arc::new(cause_in(cause, &texts))));
    let problems = inner.problems.iter().map(|(id, problem)| (id.clone(), problem_in(problem, &texts)));
    Inner {
        issues: issues.collect(),
        causes: causes.collect(),
        problems: problems.collect(),
        texts,
        ..Inner::default()
    }
}

fn issue_in(issue: &Issue, texts: &Texts) -> Issue {
    let mut issue = issue.clone();
    texts.put(&mut issue.title);
    texts.put_template(&mut issue.message);
    issue
}

fn cause_in(cause: &Cause, texts: &Texts) -> Cause {
    let mut cause = cause.clone();
    texts.put(&mut cause.title);
    cause.candidate_for.iter_mut().for_each(|candidate| texts.put(&mut candidate.because));
    cause.evidence.iter_mut().for_each(|rule| texts.put_template(&mut rule.says));
    for need in &mut cause.needs {
        texts.put_template(&mut need.words);
        texts.put_template(&mut need.why);
    }
    for fix in &mut cause.fix {
        texts.put_template(&mut fix.text);
        texts.put_template(&mut fix.check);
        texts.put_template(&mut fix.undo);
    }
    cause
}

fn problem_in(problem: &Problem, texts: &Texts) -> Problem {
    let mut problem = problem.clone();
    texts.put(&mut problem.title);
    texts.put(&mut problem.meaning);
    problem
}

#[cfg(test)]
mod tests {
    use super::parents;

    #[test]
    fn a_culture_falls_back_to_its_parent_and_to_its_own_script() {
        assert_eq!(parents("de-AT"), ["de-at", "de"]);
        assert_eq!(parents("zh-Hans"), ["zh-cn"]);
        assert_eq!(parents("zh-CN"), ["zh-cn", "zh"]);
        assert!(!parents("zh-TW").contains(&"zh-cn".to_owned()));
        assert_eq!(parents("pl"), ["pl"]);
    }
}
