//! What a rule must be beyond its form: names that exist, sizes, parts that fit.
//!
//! Every error names the JSON pointer of the place and what is allowed there. The
//! same rules as in `include/exauth.pack.schema.json`, which helps while writing.

use super::cause::{self, Cause, Effect};
use super::issue::{self, Issue, Source};
use super::vocabulary::{near, PAIR_FACTS, PAIR_WORDS, RECORD_FACTS, SEEN_AREAS, VERSIONS};
use super::Inner;
use crate::record::{canonical_provider, KINDS};
use crate::rule::{is_name, Condition, Template};
use crate::{limits, Error, Result};

/// An error at a place.
pub(super) fn wrong(at: &str, problem: impl Into<String>) -> Error {
    Error::Rules { problem: problem.into(), at: Some(at.to_owned()) }
}

/// Whose facts a rule reads.
#[derive(Clone, Copy, PartialEq)]
enum Reads {
    Record,
    Pair,
}

/// Checks rules against the catalog that they will be in.
pub(super) struct Check<'c> {
    inner: &'c Inner,
    pattern_steps: usize,
}

impl<'c> Check<'c> {
    /// `inner` holds the rules that are checked, too: they may name each other.
    pub(super) fn new(inner: &'c Inner) -> Check<'c> {
        Check { inner, pattern_steps: 0 }
    }

    /// # Errors
    /// [`Error::Rules`] with the place below `at`.
    pub(super) fn issue(&mut self, issue: &Issue, at: &str) -> Result<()> {
        schema(&issue.schema, issue::SCHEMA, at)?;
        is_id(&issue.id, at)?;
        text(&issue.title, || format!("{at}/title"))?;
        if let Some(problem) = &issue.problem {
            self.problem(problem, || format!("{at}/problem"))?;
        }
        for (i, id) in listed(&issue.causes, at, "causes")? {
            let known = self.inner.causes.keys().map(AsRef::as_ref);
            one_of(id, known, "cause", || format!("{at}/causes/{i}"))?;
        }
        self.input(issue, at)?;
        self.conditions_of_issue(issue, at)?;
        for (list, names) in [("from", &issue.from), ("to", &issue.to)] {
            for (i, name) in listed(names, at, list)? {
                self.fact(name, Reads::Record, || format!("{at}/{list}/{i}"))?;
            }
        }
        in_list(issue.captures.len(), || format!("{at}/captures"))?;
        for (name, fact) in &issue.captures {
            let at = format!("{at}/captures/{name}");
            text(name, || at.clone())?;
            self.fact(fact, Reads::Record, || at.clone())?;
        }
        // The words of a check are its own: it fills the sentence itself.
        if !issue.check {
            self.template(&issue.message, Reads::Record, || format!("{at}/message"))?;
        }
        if issue.message.source().is_empty() {
            return Err(wrong(&format!("{at}/message"), "a text of 1 or more characters is needed"));
        }
        for (i, text_) in listed(&issue.false_positives, at, "false_positives")? {
            text(text_, || format!("{at}/false_positives/{i}"))?;
        }
        common(&issue.applies_to, &issue.sources, &issue.page, at)
    }

    /// Which records and events it reads.
    fn input(&self, issue: &Issue, at: &str) -> Result<()> {
        if issue.records.is_empty() {
            return Err(wrong(&format!("{at}/records"), "an issue needs at least one kind of record"));
        }
        for (i, kind) in listed(&issue.records, at, "records")? {
            one_of(kind, KINDS.iter().map(|kind| kind.name), "record kind", || format!("{at}/records/{i}"))?;
        }
        let events = issue.records.iter().any(|kind| kind == "event");
        if events == issue.event_ids.is_empty() {
            let problem = "an issue that reads `event` needs `event_ids`, and no other has them";
            return Err(wrong(&format!("{at}/event_ids"), problem));
        }
        for (i, id) in listed(&issue.event_ids, at, "event_ids")? {
            if *id > u32::from(u16::MAX) {
                let problem = format!(
                    "event id {id} is not in 0 to 65535; the upper half of an InstanceId is not part of it"
                );
                return Err(wrong(&format!("{at}/event_ids/{i}"), problem));
            }
        }
        if issue.event_ids.contains(&0) && issue.providers.is_empty() {
            let problem = "0 stands for a number that is not known, and needs `providers`";
            return Err(wrong(&format!("{at}/event_ids"), problem));
        }
        if !events && !issue.providers.is_empty() {
            return Err(wrong(&format!("{at}/providers"), "only an issue that reads `event` has providers"));
        }
        for (i, name) in listed(&issue.providers, at, "providers")? {
            let at = format!("{at}/providers/{i}");
            text(name, || at.clone())?;
            let canonical = canonical_provider(name);
            if canonical != name {
                return Err(wrong(
                    &at,
                    format!("write `{canonical}`, which stands for every spelling of `{name}`"),
                ));
            }
        }
        Ok(())
    }

    fn conditions_of_issue(&mut self, issue: &Issue, at: &str) -> Result<()> {
        if issue.check && (issue.when.is_some() || issue.applies.is_some()) {
            return Err(wrong(
                &format!("{at}/check"),
                "code speaks for a `check`: it has no `when` and no `applies`",
            ));
        }
        if !issue.check && issue.when.is_none() {
            return Err(wrong(at, "an issue needs `when`, the condition under which it speaks"));
        }
        for (key, condition) in [("applies", &issue.applies), ("when", &issue.when)] {
            if let Some(condition) = condition {
                self.condition(condition, Reads::Record, &format!("{at}/{key}"))?;
            }
        }
        Ok(())
    }

    /// # Errors
    /// [`Error::Rules`] with the place below `at`.
    pub(super) fn cause(&mut self, cause: &Cause, at: &str) -> Result<()> {
        schema(&cause.schema, cause::SCHEMA, at)?;
        is_id(&cause.id, at)?;
        text(&cause.title, || format!("{at}/title"))?;
        if cause.candidate_for.is_empty() {
            let problem = "a cause needs at least one problem that it can lead to";
            return Err(wrong(&format!("{at}/candidate_for"), problem));
        }
        for (i, candidate) in listed(&cause.candidate_for, at, "candidate_for")? {
            let at = format!("{at}/candidate_for/{i}");
            self.problem(&candidate.problem, || format!("{at}/problem"))?;
            if candidate.weight > 10 {
                return Err(wrong(&format!("{at}/weight"), "a candidate's weight is 0 to 10"));
            }
            text(&candidate.because, || format!("{at}/because"))?;
            if let Some(unless) = &candidate.unless {
                self.condition(unless, Reads::Pair, &format!("{at}/unless"))?;
            }
        }
        for (i, rule) in listed(&cause.evidence, at, "evidence")? {
            self.evidence(rule, &format!("{at}/evidence/{i}"))?;
        }
        for (i, need) in listed(&cause.needs, at, "needs")? {
            self.need(need, &format!("{at}/needs/{i}"))?;
        }
        for (i, fix) in listed(&cause.fix, at, "fix")? {
            let at = format!("{at}/fix/{i}");
            self.problems(&fix.problems, &at)?;
            if fix.text.source().is_empty() {
                return Err(wrong(&format!("{at}/text"), "a text of 1 or more characters is needed"));
            }
            for (key, template) in
                [("text", &fix.text), ("command", &fix.command), ("check", &fix.check), ("undo", &fix.undo)]
            {
                self.template(template, Reads::Pair, || format!("{at}/{key}"))?;
            }
            super::change::check(&fix.changes, &at)?;
        }
        common(&cause.applies_to, &cause.sources, &cause.page, at)
    }

    fn evidence(&mut self, rule: &cause::EvidenceRule, at: &str) -> Result<()> {
        let weighs = matches!(rule.effect, Effect::Supports | Effect::Weakens);
        let weight = format!("{at}/weight");
        if weighs && !(1..=10).contains(&rule.weight) {
            return Err(wrong(&weight, "`supports` and `weakens` need a weight of 1 to 10"));
        }
        if !weighs && rule.weight != 0 {
            return Err(wrong(&weight, "`confirms` and `rules_out` decide alone and have no weight"));
        }
        self.problems(&rule.problems, at)?;
        self.condition(&rule.when, Reads::Pair, &format!("{at}/when"))?;
        self.template(&rule.says, Reads::Pair, || format!("{at}/says"))
    }

    fn need(&self, need: &cause::Need, at: &str) -> Result<()> {
        self.problems(&need.problems, at)?;
        if need.facts.is_empty() {
            return Err(wrong(&format!("{at}/facts"), "a need names at least one fact that is missing"));
        }
        for (i, name) in listed(&need.facts, at, "facts")? {
            self.fact(name, Reads::Pair, || format!("{at}/facts/{i}"))?;
        }
        for (key, template) in
            [("words", &need.words), ("command", &need.command), ("run_on", &need.run_on), ("why", &need.why)]
        {
            self.template(template, Reads::Pair, || format!("{at}/{key}"))?;
        }
        Ok(())
    }

    fn problem(&self, id: &str, at: impl FnOnce() -> String) -> Result<()> {
        one_of(id, self.inner.problems.keys().map(AsRef::as_ref), "problem", at)
    }

    fn problems(&self, ids: &[String], at: &str) -> Result<()> {
        listed(ids, at, "problems")?.try_for_each(|(i, id)| self.problem(id, || format!("{at}/problems/{i}")))
    }

    /// A condition: names that exist, patterns within their measure.
    fn condition(&mut self, condition: &Condition, reads: Reads, at: &str) -> Result<()> {
        let (mut count, mut steps) = (0usize, self.pattern_steps);
        condition.comparisons(&mut at.to_owned(), &mut |place, name, pattern| {
            count += 1;
            steps = steps.saturating_add(pattern);
            if count > limits::RULE_COMPARISONS {
                let allowed = limits::RULE_COMPARISONS;
                return Err(wrong(at, format!("a condition with more than {allowed} comparisons")));
            }
            if steps > limits::PACK_PATTERN_STEPS {
                let allowed = limits::PACK_PATTERN_STEPS;
                let problem = format!(
                    "the patterns need more than {allowed} steps together; use fewer or shorter ones"
                );
                return Err(wrong(&format!("{place}/value"), problem));
            }
            self.fact(name, reads, || format!("{place}/fact"))
        })?;
        self.pattern_steps = steps;
        Ok(())
    }

    /// The names in a sentence; the last choice of several is words.
    fn template(&self, template: &Template, reads: Reads, at: impl Fn() -> String) -> Result<()> {
        for place in template.places() {
            let mut parts = place.split('|').peekable();
            let mut first = true;
            while let Some(part) = parts.next() {
                let words = !first && parts.peek().is_none() && !part.contains('.');
                first = false;
                if !is_name(part) || words || (reads == Reads::Pair && PAIR_WORDS.contains(&part)) {
                    continue;
                }
                self.fact(part, reads, &at)?;
            }
        }
        Ok(())
    }

    /// The name of a fact that something makes.
    fn fact(&self, name: &str, reads: Reads, at: impl FnOnce() -> String) -> Result<()> {
        let (whose, known) = match reads {
            Reads::Record => ("no record gives", RECORD_FACTS),
            Reads::Pair => ("no check gives", PAIR_FACTS),
        };
        if known.binary_search(&name).is_ok() {
            return Ok(());
        }
        if let (Reads::Pair, Some((area, issue))) = (reads, name.split_once('.')) {
            if SEEN_AREAS.contains(&area) {
                return one_of(issue, self.inner.issues.keys().map(AsRef::as_ref), "issue", at);
            }
        }
        let shown: String = name.chars().take(80).collect();
        let hint = match near(name, known.iter().copied()) {
            near if !near.is_empty() => format!("near are {near}"),
            _ => same_area(name, known),
        };
        Err(wrong(&at(), format!("{whose} a fact `{shown}`; {hint}")))
    }
}

/// The facts of the area that a name begins with.
fn same_area(name: &str, known: &[&str]) -> String {
    let area = name.split_once('.').map(|(area, _)| area).unwrap_or_default();
    let of_area: Vec<&str> =
        known.iter().copied().filter(|other| other.split_once('.').is_some_and(|(a, _)| a == area)).collect();
    match of_area.is_empty() {
        true => "`exauth_catalog_describe` lists all".to_owned(),
        false => format!("of this area there are {}", of_area.join(", ")),
    }
}

fn schema(written: &str, wanted: &str, at: &str) -> Result<()> {
    match written == wanted {
        true => Ok(()),
        false => Err(wrong(&format!("{at}/schema"), format!("schema is not `{wanted}`"))),
    }
}

fn is_id(id: &str, at: &str) -> Result<()> {
    let word =
        |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    match id.len() <= 80 && id.split('-').all(word) {
        true => Ok(()),
        false => Err(wrong(
            &format!("{at}/id"),
            "an id is lower-case words joined by hyphens, 80 characters at most",
        )),
    }
}

fn text(text: &str, at: impl FnOnce() -> String) -> Result<()> {
    match (1..=limits::RULE_TEXT_CHARS).contains(&text.chars().count()) {
        true => Ok(()),
        false => {
            Err(wrong(&at(), format!("a text of 1 to {} characters is needed", limits::RULE_TEXT_CHARS)))
        }
    }
}

fn in_list(count: usize, at: impl FnOnce() -> String) -> Result<()> {
    match count <= limits::RULE_LIST {
        true => Ok(()),
        false => Err(wrong(&at(), format!("{count} entries; allowed are {}", limits::RULE_LIST))),
    }
}

/// The entries of a list that is not too long, with their positions.
fn listed<'l, T>(list: &'l [T], at: &str, key: &str) -> Result<impl Iterator<Item = (usize, &'l T)>> {
    in_list(list.len(), || format!("{at}/{key}"))?;
    Ok(list.iter().enumerate())
}

/// One of a list of names: all are named when they are few, the near ones else.
fn one_of<'n>(
    name: &str,
    known: impl Iterator<Item = &'n str> + Clone,
    what: &str,
    at: impl FnOnce() -> String,
) -> Result<()> {
    if known.clone().any(|other| other == name) {
        return Ok(());
    }
    let shown: String = name.chars().take(80).collect();
    let near = near(name, known.clone());
    let hint = match near.is_empty() {
        false => format!("near are {near}"),
        true if known.clone().count() <= 60 => {
            format!("allowed are {}", known.collect::<Vec<_>>().join(", "))
        }
        true => "`exauth_catalog_describe` lists all".to_owned(),
    };
    Err(wrong(&at(), format!("unknown {what} `{shown}`; {hint}")))
}

/// What issues and causes have alike.
fn common(versions: &[String], sources: &[Source], page: &str, at: &str) -> Result<()> {
    for (i, version) in listed(versions, at, "applies_to")? {
        one_of(version, VERSIONS.iter().copied(), "Exchange version", || format!("{at}/applies_to/{i}"))?;
    }
    for (i, source) in listed(sources, at, "sources")? {
        text(&source.title, || format!("{at}/sources/{i}/title"))?;
        for (key, value) in [("url", &source.url), ("read", &source.read)] {
            if let Some(value) = value {
                text(value, || format!("{at}/sources/{i}/{key}"))?;
            }
        }
    }
    if page.chars().count() > limits::PAGE_CHARS {
        return Err(wrong(
            &format!("{at}/page"),
            format!("a page of more than {} characters", limits::PAGE_CHARS),
        ));
    }
    Ok(())
}
