//! What was found in a record or across records, with the evidence for it.

use crate::fact::Sight;
use std::borrow::Cow;
use std::sync::Arc;

/// How serious a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something fails.
    Error,
    /// Something will fail, or makes failing likely.
    Warning,
    /// Worth knowing.
    Info,
}

/// What a rule came to for one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It is so.
    Found,
    /// It was looked at, and it is right.
    Clear,
    /// What it needs was not given.
    Unknown,
}

/// A place of the input that shows something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct Evidence {
    /// Index of the record in the input, counted from 0.
    pub record: usize,
    /// The property of the record, `text` for a text.
    pub property: Cow<'static, str>,
    /// Its value, cut where it is long.
    pub value: Arc<str>,
    /// When and where it was observed, where the record says.
    #[serde(skip)]
    pub seen: Option<Arc<Sight>>,
}

/// The thing a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Subject {
    /// The kind of record.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// The computer it belongs to or was seen on, if known.
    pub computer: Option<Arc<str>>,
}

/// Names with what a record says of them, in the order of the names. A map of its own for each of a
/// hundred thousand findings would need more room than all the rest of them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Captures(Box<[(Arc<str>, String)]>);

impl Captures {
    /// The names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, value.as_str()))
    }
}

impl FromIterator<(Arc<str>, String)> for Captures {
    fn from_iter<I: IntoIterator<Item = (Arc<str>, String)>>(captures: I) -> Captures {
        let mut sorted: Vec<(Arc<str>, String)> = captures.into_iter().collect();
        sorted.sort_by(|a, b| a.0.cmp(&b.0));
        // Of one name the last value stands, as in a map.
        sorted.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            if same {
                std::mem::swap(later, kept);
            }
            same
        });
        Captures(sorted.into())
    }
}

impl serde::Serialize for Captures {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

/// One finding; serialises as `exauth.finding/1`.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Finding {
    /// `exauth.finding/1`.
    pub schema: &'static str,
    /// The issue or check that spoke.
    pub id: Arc<str>,
    /// The problem id, where the finding says that something failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Arc<str>>,
    /// What it came to.
    pub outcome: Outcome,
    /// How serious it is.
    pub severity: Severity,
    /// Cause ids that it bears on.
    pub causes: Arc<[String]>,
    /// What it is about.
    pub subject: Subject,
    /// Who could not sign in, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// To whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// When it happened, ISO 8601, where the record says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<Arc<str>>,
    /// The issue's title.
    pub title: Arc<str>,
    /// One sentence about this record.
    pub message: Arc<str>,
    /// Names, addresses and codes taken from the record.
    pub captures: Captures,
    /// Facts that were not given; only where the outcome is `unknown`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// Where it was read.
    pub evidence: Vec<Evidence>,
    /// Number of the observation within the record.
    #[serde(skip)]
    pub part: usize,
}

impl Finding {
    /// The order of a report: what fails first, then by name; never by hash or by chance.
    pub fn order(&self) -> impl Ord + '_ {
        let first = self.evidence.first().map(|evidence| evidence.record);
        (self.outcome, self.severity, &self.id, &self.subject, first, &self.message)
    }

    /// Only what it is about, what it came to and where that stands; the message, for `order`.
    pub(crate) fn in_brief(mut self) -> Finding {
        self.causes = Arc::default();
        self.title = Arc::default();
        self.captures = Captures::default();
        self.evidence.truncate(1);
        self.evidence.shrink_to_fit();
        self
    }

    /// The finding as one line of JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Cuts a quoted value to what a report can hold.
pub fn quote(text: &str) -> String {
    cut(text, crate::limits::QUOTE_CHARS)
}

/// A text of at most so many characters, and a mark where there were more.
pub(crate) fn cut(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        Some((at, _)) => format!("{}...", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captures_stand_in_the_order_of_their_names_and_the_last_value_of_one_counts() {
        let given = [("to", "EX2"), ("from", "EX1"), ("to", "EX3")];
        let captures: Captures =
            given.into_iter().map(|(name, value)| (Arc::from(name), value.to_owned())).collect();
        assert_eq!(captures.iter().collect::<Vec<_>>(), [("from", "EX1"), ("to", "EX3")]);
        assert_eq!(serde_json::to_string(&captures).unwrap(), r#"{"from":"EX1","to":"EX3"}"#);
    }
}
