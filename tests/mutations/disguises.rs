//! The same document in another dress: encoding, line ends, order, envelope, spelling of names.

use super::answer::{answers, facts, report};
use super::chance::{effort, Chance};
use super::corpus::{self, lines, values, Sample};
use serde_json::{json, Map, Value};

fn utf16(text: &str, mark: bool, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let mark = mark.then_some(0xFEFF);
    mark.into_iter().chain(text.encode_utf16()).flat_map(unit).collect()
}

/// A text in other encodings and with other line ends.
fn dresses(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let plain = text.trim_start_matches('\u{FEFF}').replace("\r\n", "\n");
    let crlf = plain.replace('\n', "\r\n");
    vec![
        ("LF", plain.clone().into_bytes()),
        ("CRLF", crlf.clone().into_bytes()),
        ("a mark", format!("\u{FEFF}{plain}").into_bytes()),
        ("UTF-16LE", utf16(&crlf, true, u16::to_le_bytes)),
        ("UTF-16BE", utf16(&crlf, true, u16::to_be_bytes)),
        ("UTF-16LE without a mark", utf16(&crlf, false, u16::to_le_bytes)),
        ("UTF-16BE without a mark", utf16(&crlf, false, u16::to_be_bytes)),
        ("blank lines around", format!("\r\n\r\n{crlf}\r\n\r\n").into_bytes()),
    ]
}

fn text_of(sample: &Sample) -> String {
    exauth::record::decode(&sample.bytes).map(|decoded| decoded.text.into_owned()).unwrap_or_default()
}

fn check(wrong: &[String], what: &str, tried: usize) {
    println!("{what}: {tried}");
    assert!(wrong.is_empty(), "{what}: {} of {tried}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn an_encoding_or_a_line_end_changes_no_fact() {
    let (mut wrong, mut tried) = (Vec::new(), 0);
    let every = [corpus::tools(), corpus::forms(), corpus::clixml(), corpus::healthy()];
    for (at, sample) in every.iter().flatten().enumerate() {
        let text = text_of(sample);
        let expected = facts(&sample.bytes);
        for (number, (dress, bytes)) in dresses(&text).into_iter().enumerate() {
            if (at + number) % 4 >= effort() {
                continue;
            }
            tried += 1;
            let told = facts(&bytes);
            if told != expected {
                let of =
                    |all: &[super::answer::Told]| all.iter().map(|told| told.facts.len()).collect::<Vec<_>>();
                wrong.push(format!("{} as {dress}: {:?} not {:?}", sample.name, of(&told), of(&expected)));
            }
        }
        // Blanks at the ends of lines mean nothing in a tool's text.
        if sample.name.starts_with("tools/") {
            tried += 1;
            let padded = text.lines().map(|line| format!("{line}   \r\n")).collect::<String>();
            if facts(padded.as_bytes()) != expected {
                wrong.push(format!("{} with blanks at the end of lines", sample.name));
            }
        }
    }
    check(&wrong, "encodings and line ends", tried);
}

fn recased(name: &str, chance: &mut Chance) -> String {
    match chance.below(3) {
        0 => name.to_lowercase(),
        1 => name.to_uppercase(),
        _ => name
            .chars()
            .enumerate()
            .map(|(at, c)| if at % 2 == 0 { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() })
            .collect(),
    }
}

/// Ways to write an object that change nothing.
fn disguised(record: &Value, chance: &mut Chance) -> Vec<(&'static str, String)> {
    let Some(fields) = record["properties"].as_object() else { return Vec::new() };
    let with = |fields: Map<String, Value>| {
        let mut record = record.clone();
        record["properties"] = Value::Object(fields);
        record
    };
    let mut shuffled: Vec<(String, Value)> = fields.clone().into_iter().collect();
    chance.shuffle(&mut shuffled);
    let mut more = fields.clone();
    for (name, value) in [
        ("PSShowComputerName", json!(true)),
        ("RunspaceId", json!("00000000-0000-0000-0000-000000000001")),
        ("WhenCreatedByNobody", json!("2026-01-02T03:04:05Z")),
        ("SomethingNew", json!({"value": 4, "Value": "Later"})),
        ("MoreOfIt", json!(["a", "b", {"c": null}])),
    ] {
        more.insert(name.to_owned(), value);
    }
    let recase = fields.iter().map(|(name, value)| (recased(name, chance), value.clone())).collect();
    let mut deserialized = record.clone();
    if let Some(types) = deserialized["type"].as_array_mut() {
        for name in types.iter_mut() {
            let plain = name.as_str().unwrap_or_default().to_owned();
            if !plain.starts_with("Deserialized.") && !plain.starts_with("Selected.") {
                *name = json!(format!("Deserialized.{plain}"));
            }
        }
    }
    vec![
        // A map of serde_json has its own order: this one is written by hand.
        ("its properties in another order", {
            let fields = shuffled.iter().map(|(name, value)| format!("{}:{value}", json!(name)));
            let fields = fields.collect::<Vec<_>>().join(",");
            let rest = record.as_object().into_iter().flatten().filter(|(name, _)| *name != "properties");
            let rest: String = rest.map(|(name, value)| format!(",{}:{value}", json!(name))).collect();
            format!("{{\"properties\":{{{fields}}}{rest}}}")
        }),
        ("unknown properties", with(more).to_string()),
        ("names in other cases", with(recase).to_string()),
        ("deserialized", deserialized.to_string()),
    ]
}

#[test]
fn order_and_spelling_of_names_and_what_is_unknown_change_no_fact() {
    let (mut wrong, mut tried) = (Vec::new(), 0);
    for sample in [corpus::own(), corpus::healthy(), corpus::cases()].iter().flatten() {
        let mut chance = Chance::of(&sample.name);
        for (at, record) in values(&sample.bytes).iter().enumerate() {
            let expected = facts(record.to_string().as_bytes());
            for (how, disguise) in disguised(record, &mut chance) {
                tried += 1;
                let told = facts(disguise.as_bytes());
                if told != expected {
                    let told: Vec<_> = told.into_iter().flat_map(|told| told.facts).collect();
                    let expected: Vec<_> = expected.iter().flat_map(|told| told.facts.clone()).collect();
                    let less: Vec<_> = expected.iter().filter(|fact| !told.contains(fact)).take(3).collect();
                    let more: Vec<_> = told.iter().filter(|fact| !expected.contains(fact)).take(3).collect();
                    wrong.push(format!("{}/{at} {how}: lost {less:?} got {more:?}", sample.name));
                }
            }
        }
    }
    check(&wrong, "objects in disguise", tried);
}

#[test]
fn one_object_a_list_lines_and_written_out_are_the_same() {
    let (mut wrong, mut tried) = (Vec::new(), 0);
    for sample in [corpus::own(), corpus::healthy(), corpus::cases()].iter().flatten() {
        let records = values(&sample.bytes);
        let expected = answers(&report(&[&lines(&records)]));
        let list = Value::Array(records.clone());
        let forms = [
            ("a list", list.to_string()),
            ("a list written out", serde_json::to_string_pretty(&list).unwrap()),
            (
                "objects written out",
                records.iter().map(|record| serde_json::to_string_pretty(record).unwrap() + "\r\n").collect(),
            ),
        ];
        for (form, text) in forms {
            tried += 1;
            if answers(&report(&[text.as_bytes()])) != expected {
                wrong.push(format!("{} as {form}", sample.name));
            }
        }
    }
    check(&wrong, "forms of JSON", tried);
}

#[test]
fn the_order_of_records_and_files_changes_no_answer() {
    let (mut wrong, mut tried) = (Vec::new(), 0);
    let mut inputs: Vec<(String, Vec<Value>)> = Vec::new();
    let healthy = corpus::healthy();
    let part = |name: &str| {
        healthy
            .iter()
            .filter(|file| file.name.ends_with(name))
            .flat_map(|file| values(&file.bytes))
            .collect::<Vec<_>>()
    };
    inputs.push((
        "healthy".to_owned(),
        [part("e16-two-servers.jsonl"), part("e16-queues.jsonl"), part("e16-tools.jsonl")].concat(),
    ));
    for case in corpus::cases() {
        // Symptoms and evidence of one incident belong together.
        let name = case.name.rsplit_once('/').unwrap().0.to_owned();
        let records = values(&case.bytes);
        match inputs.iter_mut().find(|(known, _)| *known == name) {
            Some((_, all)) => all.extend(records),
            None => inputs.push((name, records)),
        }
    }
    for sample in corpus::own().into_iter().filter(|sample| sample.name.starts_with("records/")) {
        inputs.push((sample.name.clone(), values(&sample.bytes)));
    }
    for (name, records) in &inputs {
        let expected = answers(&report(&[&lines(records)]));
        let mut chance = Chance::of(name);
        for _ in 0..4 * effort() {
            tried += 1;
            let mut mixed = records.clone();
            chance.shuffle(&mut mixed);
            let at = chance.below(mixed.len() + 1);
            let told = answers(&report(&[&lines(&mixed[..at]), &lines(&mixed[at..])]));
            if told != expected {
                let less: Vec<_> = expected.iter().filter(|one| !told.contains(one)).take(2).collect();
                let more: Vec<_> = told.iter().filter(|one| !expected.contains(one)).take(2).collect();
                wrong.push(format!("{name}:\n  lost {less:?}\n  got {more:?}"));
                break;
            }
        }
    }
    check(&wrong, "orders of records", tried);
}
