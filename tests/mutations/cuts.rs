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
        // The first of two statuses is that of a call, and only the second shows a secure channel.
        if same.is_empty() && told.kind == "tool-error" {
            continue;
        }
        if same.is_empty() {
            wrong.push(format!("a {}", told.kind));
            continue;
        }
        for (name, value) in &told.facts {
            let known = same.iter().flat_map(|other| other.facts.iter()).filter(|(other, _)| other == name);
            let computed = COMPUTED.iter().any(|(known, _)| known == name);
            if !computed && !known.into_iter().any(|(_, other)| value == other || is_part(name, value, other))
            {
                wrong.push(format!("{}: {name}={value}", told.kind));
            }
        }
    }
    wrong
}

/// Facts that are computed from all lines that are there, or that another line would name better.
const COMPUTED: &[(&str, &str)] = &[
    ("clock.samples", "counted"),
    ("clock.failed_samples", "counted"),
    ("clock.offset_seconds", "the middle of the samples"),
    ("clock.spread_seconds", "of the samples"),
    ("clock.round_trip_seconds", "the middle of the samples"),
    ("replication_summary.rows", "counted"),
    ("asa_roll.succeeded", "false where the script ended without its good word"),
    ("tool.error_code", "half a number"),
    ("reply.code", "the other server's reply inside was cut off, this server's around it is left"),
    ("reply.enhanced", "as above"),
    ("reply.text", "as above"),
    ("registry.values", "half a number"),
    ("kerberos.encryption_types", "half a number"),
    ("replication.status", "half a number"),
    ("exchange_server.site", "half a name"),
    ("event.computer", "a block of labels in no known language that ends before its description"),
    ("virtual_directory.identity", "read from another property"),
    ("receive_connector.identity", "read from another property"),
    ("event.strings", "quoted as they are"),
    ("certificate.issuer", "the text of a table's column that the next one cuts"),
    ("receive_connector.remote_ip_ranges", "half an address, and said not to be complete"),
    ("receive_connector.remote_ip_ranges_complete", "said only where it is not"),
    ("event.message", "what stood last, quoted and never matched by itself"),
    ("virtual_directory.server", "read from another property under another of its names"),
];

/// True for a value that ends where the text was cut: half a word looks like a word, and nobody can
/// tell. What it must not do is to be found (`found` is compared without any such allowance).
fn is_part(name: &str, value: &FactValue, whole: &FactValue) -> bool {
    let half =
        |some: &str, all: &str| all.starts_with(some.trim_end_matches(['\u{FFFD}', '@', ' ']).trim_end());
    // `SPN|account`, `server|encryption|end`: each part for itself.
    let begins =
        |some: &str, all: &str| some.split('|').zip(all.split('|')).all(|(some, all)| half(some, all));
    match (value, whole) {
        (FactValue::List(some), FactValue::List(all)) => {
            some.iter().all(|item| all.iter().any(|other| begins(item, other)))
        }
        (FactValue::Text(some), FactValue::Text(all)) => begins(some, all),
        (FactValue::Flag(complete), FactValue::Flag(_)) => !complete && name.ends_with("complete"),
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
                // A roll that ended without saying that it succeeded has failed; it is cut in between.
                if more == "config-asa-roll-failed" && tail.contains("=====") {
                    continue;
                }
                wrong.insert(format!("{} at {place} ({tail:?}): FOUND {more}", sample.name));
            }
        }
    }
    println!("{tried} cuts of {} documents", samples.len());
    assert!(
        wrong.is_empty(),
        "{} of {tried}:\n{}",
        wrong.len(),
        wrong.into_iter().collect::<Vec<_>>().join("\n")
    );
}

#[test]
fn a_cut_record_says_less() {
    check(&corpus::own(), 3);
    check(&corpus::healthy(), 20);
    check(&corpus::cases(), 10);
}

#[test]
fn a_cut_export_says_less() {
    check(&corpus::clixml(), 5);
    check(&corpus::forms(), 4);
}

#[test]
fn a_cut_text_says_less() {
    check(&corpus::tools(), 40);
    check(&corpus::pasted(), 20);
}
