//! Patterns of rules: checked when they are read, compiled when they are first needed.
//!
//! `regex` matches in linear time whatever the pattern; what a hostile pattern can
//! cost is the size of its automaton, so that is bounded before it is built. Rules
//! share patterns, and catalogs in other languages share rules: each text is checked and
//! compiled once.

use crate::limits;
use regex::{Regex, RegexBuilder};
use regex_syntax::hir::{Class, ClassUnicodeRange, Hir, HirKind};
use regex_syntax::utf8::Utf8Sequences;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

/// A pattern whose automaton is built when it is first needed: compiling the
/// catalog's patterns at load would cost more than all the rest of loading.
#[derive(Debug, Clone)]
pub(super) struct Pattern(Arc<Checked>);

#[derive(Debug)]
struct Checked {
    source: String,
    steps: usize,
    compiled: OnceLock<Option<Regex>>,
}

/// Patterns in use by their text. Holds none alive.
static IN_USE: Mutex<Option<HashMap<String, Weak<Checked>>>> = Mutex::new(None);

/// Entries from which those of dropped catalogs are looked for.
const MANY: usize = 4_096;

impl Pattern {
    /// Checks a pattern without compiling it.
    pub(super) fn new(source: String) -> Result<Pattern, String> {
        let mut in_use = IN_USE.lock().unwrap_or_else(PoisonError::into_inner);
        let in_use = in_use.get_or_insert_default();
        if let Some(checked) = in_use.get(&source).and_then(Weak::upgrade) {
            return Ok(Pattern(checked));
        }
        let checked = Arc::new(Checked::new(source.clone())?);
        if in_use.len() >= MANY && in_use.len() == in_use.capacity() {
            in_use.retain(|_, checked| checked.strong_count() > 0);
        }
        in_use.insert(source, Arc::downgrade(&checked));
        Ok(Pattern(checked))
    }

    /// The size of its automaton, from above.
    pub(super) fn steps(&self) -> usize {
        self.0.steps
    }

    pub(super) fn is_match(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

impl Checked {
    fn new(source: String) -> Result<Checked, String> {
        let length = source.chars().count();
        if length > limits::PATTERN_CHARS {
            return Err(format!(
                "pattern is {length} characters long, allowed are {}",
                limits::PATTERN_CHARS
            ));
        }
        let parsed =
            regex_syntax::parse(&source).map_err(|error| format!("pattern is not valid: {error}"))?;
        let steps = steps(&parsed);
        if steps > limits::PATTERN_STEPS {
            return Err(format!(
                "pattern is refused: it needs more than {} steps; repeat less, or use ASCII classes such as [0-9]",
                limits::PATTERN_STEPS
            ));
        }
        if parsed.properties().minimum_len() == Some(0) && !says_something(&parsed) {
            return Err(
                "pattern is refused: it matches every text; `shown` asks whether there is one".to_owned()
            );
        }
        Ok(Checked { source, steps, compiled: OnceLock::new() })
    }

    fn is_match(&self, text: &str) -> bool {
        self.compiled
            .get_or_init(|| compile(&self.source).ok())
            .as_ref()
            .is_some_and(|regex| regex.is_match(text))
    }
}

fn compile(source: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(source).size_limit(limits::PATTERN_BYTES).dfa_size_limit(limits::PATTERN_BYTES).build()
}

/// A pattern that may be empty still says something when it asks for a place (`^$`, `\b`).
fn says_something(pattern: &Hir) -> bool {
    !pattern.properties().look_set().is_empty()
}

/// States of the automaton of a pattern, from above: repetitions multiply, a range of letters
/// costs its bytes in UTF-8.
fn steps(pattern: &Hir) -> usize {
    match pattern.kind() {
        HirKind::Empty | HirKind::Look(_) => 1,
        HirKind::Literal(literal) => literal.0.len(),
        HirKind::Class(Class::Unicode(class)) => {
            let bytes = |range: &ClassUnicodeRange| -> usize {
                Utf8Sequences::new(range.start(), range.end()).map(|sequence| sequence.len()).sum()
            };
            class.iter().map(bytes).sum()
        }
        HirKind::Class(Class::Bytes(class)) => class.iter().count(),
        HirKind::Repetition(repetition) => {
            let times = repetition.max.unwrap_or(repetition.min.saturating_add(1));
            steps(&repetition.sub).saturating_add(1).saturating_mul(times.max(1) as usize)
        }
        HirKind::Capture(capture) => steps(&capture.sub).saturating_add(2),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().fold(1usize, |sum, part| sum.saturating_add(steps(part)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_pattern_that_grows_without_measure_is_refused_before_it_is_built() {
        for source in ["(x{1,500}){1,500}", r"(\w{1,60}){9}", r"((((a{9}){9}){9}){9}){9}", &"a?".repeat(600)]
        {
            let error = Pattern::new(source.to_owned()).unwrap_err();
            assert!(error.contains("steps") || error.contains("characters long"), "{error}");
        }
        for source in ["", ".*", "a*", "(b?|c)?"] {
            assert!(Pattern::new(source.to_owned()).unwrap_err().contains("matches every text"), "{source}");
        }
        for source in ["^$", r"\bsmtp", r"(?i)\.Proxy$", r"[0-9]{1,3}(\.[0-9]{1,3}){3}", r"\w+@\w+"] {
            assert!(Pattern::new(source.to_owned()).is_ok(), "{source}");
        }
    }

    #[test]
    fn rules_share_a_pattern_while_one_of_them_is_there() {
        let new = || Pattern::new("shared by (two|three) rules".to_owned()).unwrap();
        let (first, second) = (new(), new());
        assert!(first.is_match("shared by two rules"));
        assert!(Arc::ptr_eq(&first.0, &second.0) && second.0.compiled.get().is_some());
        drop((first, second));
        assert!(new().0.compiled.get().is_none(), "nobody used it any more");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_accepted_can_be_built(
            parts in prop::collection::vec(
                (prop::sample::select(vec![r"\w", r"\d", r"\s", ".", "[^a]", r"\p{L}", "(?i:straße)", "ab", "[0-9]"]), 0u32..40, 0u32..40),
                1..8,
            ),
            outer in 1u32..30,
        ) {
            let inner: String =
                parts.iter().map(|(part, min, more)| format!("(?:{part}){{{min},{}}}", min + more)).collect();
            let source = format!("x(?:{inner}){{{outer}}}");
            if let Ok(pattern) = Pattern::new(source) {
                prop_assert!(compile(&pattern.0.source).is_ok(), "{}", pattern.0.source);
            }
        }
    }
}
