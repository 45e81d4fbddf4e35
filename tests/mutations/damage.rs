//! Damaged documents are answered: a status and a report, whatever the bytes or values are.

use super::answer::{accused, facts, report};
use super::chance::{effort, Chance};
use super::corpus::{self, lines, objects, Sample};
use exauth::{Catalog, Options, Session};
use serde_json::{json, Value};
use std::collections::BTreeSet;

/// A document with a few bytes or lines changed.
fn damaged(bytes: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=chance.below(6) {
        let at = chance.below(bytes.len());
        if bytes.is_empty() {
            break;
        }
        match chance.below(6) {
            0 => bytes[at] ^= 1 << chance.below(8),
            1 => bytes[at] = u8::try_from(chance.below(256)).unwrap(),
            2 => {
                bytes.remove(at);
            }
            3 => {
                let end = (at + chance.below(40)).min(bytes.len());
                bytes.drain(at..end);
            }
            4 => bytes.insert(at, b"{}[]\"<>\\:,\0\xFF"[chance.below(12)]),
            _ => {
                // A line twice.
                let start = bytes[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
                let end = bytes[at..]
                    .iter()
                    .position(|byte| *byte == b'\n')
                    .map_or(bytes.len(), |end| at + end + 1);
                let line = bytes[start..end.min(start + 4096)].to_vec();
                bytes.splice(start..start, line);
            }
        }
    }
    bytes
}

/// Through every door of a session; a panic fails the test.
fn answer(bytes: &[u8]) {
    let _ = facts(bytes);
    let mut session = Session::new(&Catalog::builtin().unwrap(), Options::default());
    session.add_file("x", bytes).unwrap();
    session.add(bytes).unwrap();
    session.finish().unwrap();
    assert!(session.report("json").is_ok() && session.report("text").is_ok());
}

fn check(samples: &[Sample], times: usize, share: usize) {
    let mut tried = 0;
    for sample in samples {
        let mut chance = Chance::of(&sample.name);
        for _ in 0..times * effort() {
            let bytes = damaged(&sample.bytes, &mut chance);
            if bytes.len() > 200_000 || chance.below(share) != 0 {
                continue;
            }
            tried += 1;
            answer(&bytes);
        }
    }
    println!("{tried} damaged documents of {}", samples.len());
}

#[test]
fn damaged_texts_are_answered() {
    check(&corpus::tools(), 8, 1);
    check(&corpus::pasted(), 4, 1);
}

#[test]
fn damaged_exports_are_answered() {
    check(&corpus::forms(), 2, 2);
    check(&corpus::clixml(), 2, 1);
    check(&corpus::own(), 1, 1);
    check(&corpus::cases(), 2, 1);
}

/// What may stand where a value should be.
fn strange(chance: &mut Chance) -> Value {
    match chance.below(14) {
        0 => json!(0),
        1 => json!(-1),
        2 => json!(i64::MAX),
        3 => json!(1e308),
        4 => json!(true),
        5 => json!([]),
        6 => json!({}),
        7 => json!([[["a"], null], {"value": [], "Count": 0}]),
        8 => json!({"value": {"value": {"Value": "x"}}}),
        9 => json!("\u{0}\u{1F600}\u{202E}\u{FFFD}"),
        10 => json!("x".repeat(70_000)),
        11 => json!("/Date(99999999999999999)/"),
        12 => json!("=cmd|' /C calc'!A0 <script> %1 {0}"),
        _ => json!("454 4.7.0 ".repeat(300)),
    }
}

/// Any value in any property: a status. On a healthy export what is strange accuses nobody, but for
/// those values that say themselves that something is wrong.
#[test]
fn strange_values_are_answered_and_numbers_and_shapes_accuse_nobody() {
    let (mut tried, mut wrong) = (0, BTreeSet::new());
    for sample in corpus::healthy().iter().chain(&corpus::clixml()) {
        let mut chance = Chance::of(&sample.name);
        for record in objects(sample) {
            let whole = accused(&report(&[&lines(std::slice::from_ref(&record))]));
            let Some(fields) = record["properties"].as_object() else { continue };
            for name in fields.keys() {
                if chance.below(4) >= effort() {
                    continue;
                }
                let mut changed = record.clone();
                let value = strange(&mut chance);
                changed["properties"][name] = value.clone();
                tried += 1;
                let after = accused(&report(&[&lines(&[changed])]));
                let lost = value.is_object() || value.as_array().is_some_and(|items| !items.is_empty());
                for more in after.difference(&whole).filter(|_| lost) {
                    wrong.insert(format!("{}: {name}={value}: {more}", sample.name));
                }
            }
        }
    }
    println!("{tried} strange values");
    assert!(wrong.is_empty(), "{}", wrong.into_iter().collect::<Vec<_>>().join("\n"));
}
