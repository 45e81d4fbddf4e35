//! A document that ends early says less: every fact of it is one of the whole document.

use super::answer::{facts, found, report, Told};
use super::chance::{effort, Chance};
use super::corpus::{self, Sample};
use exauth::fact::FactValue;
use std::collections::BTreeSet;

/// Places at which a document is cut: all of a short one, else chosen ones, ends of lines among them.
fn places(sample: &Sample, wanted: usize) -> Vec<usize> {
    let length = sample.bytes.len();
    if length <= wanted {
        return (0..length).collect();
    }
    let mut chance = Chance::of(&sample.name);
    let mut places: BTreeSet<usize> = (0..wanted).map(|_| chance.below(length)).collect();
    let lines: Vec<usize> =
        sample.bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1).collect();
    if !lines.is_empty() {
        places.extend((0..wanted / 3).map(|_| lines[chance.below(lines.len())]));
    }
    places.into_iter().filter(|at| *at < length).collect()
}

/// What a cut document says that the whole one does not; empty when it only says less.
fn changed(cut: &[Told], whole: &[Told]) -> Vec<String> {
    let mut wrong = Vec::new();
    for told in cut {
        let same: Vec<&Told> = whole.iter().filter(|other| other.kind == told.kind).collect();
        if same.is_empty() {
            wrong.push(format!("a {}", told.kind));
            continue;
        }
        for (name, value) in &told.facts {
            let known = same.iter().flat_map(|other| other.facts.iter()).filter(|(other, _)| other == name);
            if !known.into_iter().any(|(_, other)| value == other || is_part(name, value, other)) {
                wrong.push(format!("{}: {name}={value}", told.kind));
            }
        }
    }
    wrong
}

fn is_part(_name: &str, value: &FactValue, whole: &FactValue) -> bool {
    match (value, whole) {
        (FactValue::List(some), FactValue::List(all)) => some.iter().all(|item| all.contains(item)),
        _ => false,
    }
}

fn check(samples: &[Sample], wanted: usize) {
    let (mut tried, mut wrong) = (0, BTreeSet::new());
    for sample in samples {
        let whole = facts(&sample.bytes);
        let all = found(&report(&[&sample.bytes]));
        for place in places(sample, wanted * effort()) {
            tried += 1;
            let cut = &sample.bytes[..place];
            let tail = String::from_utf8_lossy(&cut[cut.len().saturating_sub(30)..]).into_owned();
            for what in changed(&facts(cut), &whole) {
                wrong.insert(format!("{} at {place} ({tail:?}): {what}", sample.name));
            }
            for more in found(&report(&[cut])).difference(&all) {
                wrong.insert(format!("{} at {place} ({tail:?}): FOUND {more}", sample.name));
            }
        }
    }
    println!("{tried} cuts of {} documents", samples.len());
    assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong.into_iter().collect::<Vec<_>>().join("\n"));
}

#[test]
fn a_cut_record_says_less() {
    check(&corpus::own(), 6);
    check(&corpus::healthy(), 20);
    check(&corpus::cases(), 10);
}

#[test]
fn a_cut_export_says_less() {
    check(&corpus::clixml(), 10);
    check(&corpus::forms(), 10);
}

#[test]
fn a_cut_text_says_less() {
    check(&corpus::tools(), 60);
    check(&corpus::pasted(), 20);
}
