//! What came in, kind by kind: which wanted properties were not there or arrived cut, and which
//! properties nobody reads. So that nothing is dropped silently, and "unknown" can be understood.
//!
//! Counts only: memory grows with the names of properties, which have a cap, and not with the records.

use crate::limits;
use crate::record::{is_cut, Body, Fields, Kind, Record};
use std::collections::BTreeMap;

/// A name and in how many records.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Counted {
    /// Name of the property.
    pub name: String,
    /// Number of records.
    pub count: usize,
}

/// The records of one kind; an entry of `received` in `exauth.report/1`.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ReceivedKind {
    /// The kind's name; `exauth.record/1` for the fields of the records themselves.
    pub kind: String,
    /// How many records of it were read, those out of texts included.
    pub records: usize,
    /// Wanted properties that objects of it did not have.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_given: Vec<Counted>,
    /// Wanted properties that a form cut, or gave as the name of a type.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cut_off: Vec<Counted>,
    /// Properties that nobody reads.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_read: Vec<Counted>,
}

/// The field that remoting puts on every object, read for all kinds alike.
const COMPUTER: &str = "PSComputerName";
/// Stands for the names beyond the cap.
const OTHERS: &str = "others";

/// One property name as it was met.
struct Field {
    name: String,
    wanted: bool,
    count: usize,
    cut: usize,
}

#[derive(Default)]
struct Seen {
    records: usize,
    /// Records that were objects: a tool's text has no properties that could be missing.
    objects: usize,
    fields: Vec<Field>,
    /// Where in `fields` the names of the last object stand: the objects of a cmdlet have theirs in one order.
    order: Vec<usize>,
}

/// The counts of a session.
#[derive(Default)]
pub(super) struct Received {
    kinds: BTreeMap<&'static str, (&'static Kind, Seen)>,
    envelope: Seen,
}

impl Received {
    /// Counts a record of a kind.
    pub fn note(&mut self, kind: &'static Kind, record: &Record<'_>, from_text: bool) {
        let (_, seen) = self.kinds.entry(kind.name).or_insert_with(|| (kind, Seen::default()));
        seen.records += 1;
        if let (Body::Properties(fields), false) = (&record.body, from_text) {
            seen.objects += 1;
            seen.count(fields, &|name| {
                name.eq_ignore_ascii_case(COMPUTER)
                    || kind.properties.iter().any(|wanted| wanted.name.eq_ignore_ascii_case(name))
            });
        }
    }

    /// Counts fields of a record that the wire document does not have.
    pub fn note_envelope(&mut self, record: &Record<'_>) {
        if !record.unknown.is_empty() {
            self.envelope.records += 1;
            for name in &record.unknown {
                let at = self.envelope.find(name, &|_| false);
                self.envelope.add(at, false);
            }
        }
    }

    /// The entries of the report, by kind.
    pub fn kinds(&self) -> Vec<ReceivedKind> {
        let mut kinds: Vec<_> = self.kinds.values().map(|(kind, seen)| entry(kind, seen)).collect();
        if self.envelope.records > 0 {
            kinds.push(ReceivedKind {
                kind: "exauth.record/1".to_owned(),
                records: self.envelope.records,
                not_given: Vec::new(),
                cut_off: Vec::new(),
                not_read: self.envelope.counted(|field| field.count),
            });
        }
        kinds.sort_by(|a, b| a.kind.cmp(&b.kind));
        kinds
    }
}

impl Seen {
    fn count(&mut self, fields: &Fields<'_>, wanted: &dyn Fn(&str) -> bool) {
        for (position, (name, value)) in fields.iter().enumerate() {
            let known = self.order.get(position).copied();
            let known = known.filter(|at| self.fields.get(*at).is_some_and(|field| field.name == **name));
            let at = known.unwrap_or_else(|| {
                let at = self.find(name, wanted);
                self.order.truncate(position);
                self.order.push(at);
                at
            });
            let cut = self.fields.get(at).is_some_and(|field| field.wanted) && is_cut(value);
            self.add(at, cut);
        }
    }

    /// Where a name stands, case aside; it is put there when it is new.
    fn find(&mut self, name: &str, wanted: &dyn Fn(&str) -> bool) -> usize {
        if let Some(at) = self.fields.iter().position(|field| field.name.eq_ignore_ascii_case(name)) {
            return at;
        }
        let wanted = wanted(name);
        // Names are the caller's text: a million different ones must not fill the memory.
        let name = if wanted || self.fields.len() < limits::NAMES_LISTED { name } else { OTHERS };
        if name == OTHERS {
            if let Some(at) = self.fields.iter().position(|field| field.name == OTHERS) {
                return at;
            }
        }
        self.fields.push(Field { name: name.to_owned(), wanted, count: 0, cut: 0 });
        self.fields.len() - 1
    }

    fn add(&mut self, at: usize, cut: bool) {
        if let Some(field) = self.fields.get_mut(at) {
            field.count += 1;
            field.cut += usize::from(cut);
        }
    }

    /// Fields with a count above zero, by name.
    fn counted(&self, count: impl Fn(&Field) -> usize) -> Vec<Counted> {
        let all = self.fields.iter().map(|field| Counted { name: field.name.clone(), count: count(field) });
        let mut counted: Vec<_> = all.filter(|entry| entry.count > 0).collect();
        counted.sort_by(|a, b| a.name.cmp(&b.name));
        counted
    }
}

fn entry(kind: &Kind, seen: &Seen) -> ReceivedKind {
    let given = |name: &str| {
        let field = seen.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name));
        field.map_or(0, |field| field.count.min(seen.objects))
    };
    let not_given = kind.properties.iter().filter(|wanted| wanted.name != COMPUTER);
    let not_given = not_given
        .map(|wanted| Counted { name: wanted.name.to_owned(), count: seen.objects - given(wanted.name) });
    ReceivedKind {
        kind: kind.name.to_owned(),
        records: seen.records,
        not_given: not_given.filter(|entry| entry.count > 0).collect(),
        cut_off: seen.counted(|field| field.cut),
        not_read: seen.counted(|field| if field.wanted { 0 } else { field.count }),
    }
}
