//! Rule packs: the shipped JSON Schema says what the loader does, errors name the place, and
//! hostile packs are refused within limits.
//!
//! `UPDATE_SCHEMA=1 cargo test --test packs` writes the lists of names into the schema.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::cast_precision_loss)]

use exauth::catalog::vocabulary::VERSIONS;
use exauth::{limits, Catalog, Error};
use serde_json::{json, Value};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn schema() -> Value {
    serde_json::from_str(&fs::read_to_string(root("include/exauth.pack.schema.json")).unwrap()).unwrap()
}

fn contoso() -> Value {
    serde_json::from_str(&fs::read_to_string(root("examples/packs/contoso.json")).unwrap()).unwrap()
}

/// The shipped rules as written, with `replaces` so that they can stand in a pack.
fn shipped(folder: &str) -> Vec<Value> {
    fn visit(folder: &Path, found: &mut Vec<Value>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                visit(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "json") {
                let mut rule: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
                rule["replaces"] = rule["id"].clone();
                found.push(rule);
            }
        }
    }
    let mut found = Vec::new();
    visit(&root("src/catalog").join(folder), &mut found);
    found
}

fn extend(pack: &Value) -> Result<Catalog, Error> {
    Catalog::builtin().unwrap().extend(pack.to_string().as_bytes())
}

/// Place and words of the error about a pack.
fn refusal(pack: &[u8]) -> (String, String) {
    let base = Catalog::builtin().unwrap();
    let before = base.describe();
    let error = base.extend(pack).err().expect("the pack was accepted");
    assert_eq!(base.describe(), before, "the catalog changed");
    (error.at().unwrap_or_default().to_owned(), error.to_string())
}

#[test]
fn the_schema_knows_the_names_that_the_code_knows() {
    let known: Value = serde_json::from_str(&Catalog::builtin().unwrap().describe()).unwrap();
    let ids = |list: &str, key: &str| -> Vec<Value> {
        known[list].as_array().unwrap().iter().map(|item| item[key].clone()).collect()
    };
    let lists = [
        ("problem", ids("problems", "id")),
        ("recordKind", ids("kinds", "name")),
        ("recordFact", known["record_facts"].as_array().unwrap().clone()),
        ("pairFactName", known["pair_facts"].as_array().unwrap().clone()),
        ("op", known["ops"].as_array().unwrap().clone()),
        ("version", VERSIONS.iter().map(|version| json!(version)).collect()),
    ];
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        let path = root("include/exauth.pack.schema.json");
        let mut text = fs::read_to_string(&path).unwrap();
        for (name, list) in &lists {
            let definition = text.find(&format!("    \"{name}\": {{")).unwrap();
            let start = definition + text[definition..].find("\"enum\": [").unwrap() + "\"enum\": [".len();
            let end = start + text[start..].find(']').unwrap();
            let lines: Vec<String> = list.iter().map(|item| format!("        {item}")).collect();
            text.replace_range(start..end, &format!("\n{}\n      ", lines.join(",\n")));
        }
        fs::write(path, text).unwrap();
    }
    let schema = schema();
    for (name, list) in lists {
        assert_eq!(
            schema["definitions"][name]["enum"],
            Value::Array(list),
            "`{name}` in include/exauth.pack.schema.json is out of date: UPDATE_SCHEMA=1 cargo test --test packs"
        );
    }
}

#[test]
fn every_field_of_the_schema_is_described() {
    fn visit(value: &Value, definitions: &Value, at: &str, bare: &mut Vec<String>) {
        for (name, property) in value["properties"].as_object().into_iter().flatten() {
            let referred = property["$ref"].as_str().and_then(|r| r.strip_prefix("#/definitions/"));
            let described = property["description"].is_string()
                || referred.is_some_and(|name| definitions[name]["description"].is_string());
            if !described {
                bare.push(format!("{at}/{name}"));
            }
        }
    }
    let schema = schema();
    let mut bare = Vec::new();
    visit(&schema, &schema["definitions"], "", &mut bare);
    for (name, definition) in schema["definitions"].as_object().unwrap() {
        visit(definition, &schema["definitions"], name, &mut bare);
    }
    assert!(bare.is_empty(), "{bare:?}");
}

#[test]
fn every_shipped_rule_is_a_valid_pack_and_changes_nothing_in_its_own_place() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let (issues, causes) = (shipped("issues"), shipped("causes"));
    assert!(issues.len() > 140 && causes.len() == 50);
    let pack = json!({"schema": "exauth.pack/1", "issues": issues, "causes": causes});
    let errors: Vec<String> =
        validator.iter_errors(&pack).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
    let extended = extend(&pack).unwrap();
    let names = |catalog: &Catalog| -> Vec<String> {
        catalog
            .issues()
            .map(|issue| issue.id.clone())
            .chain(catalog.causes().map(|cause| cause.id.clone()))
            .collect()
    };
    assert_eq!(names(&extended), names(&Catalog::builtin().unwrap()));
}

#[test]
fn the_example_pack_is_valid_and_works() {
    let pack = contoso();
    let validator = jsonschema::validator_for(&schema()).unwrap();
    assert!(
        validator.is_valid(&pack),
        "{:?}",
        validator.iter_errors(&pack).map(|e| e.to_string()).collect::<Vec<_>>()
    );
    let catalog = extend(&pack).unwrap();
    let queue = |count: usize| {
        json!({"type": ["Microsoft.Exchange.Data.QueueViewer.ExtensibleQueueInfo"], "computer": "EX1", "properties": {
            "Identity": "EX1\\7", "DeliveryType": "SmtpRelayToServers", "NextHopDomain": "branch3.contoso.com", "Status": "Active",
            "MessageCount": count, "LastError": ""}})
        .to_string()
    };
    let found = catalog.check_record(queue(400).as_bytes()).unwrap();
    assert!(
        found.contains("contoso-branch-queue-long") && found.contains("EX1\\\\7 holds 400 messages"),
        "{found}"
    );
    assert!(!catalog.check_record(queue(4).as_bytes()).unwrap().contains("\"found\""));
    let report = catalog.analyze(queue(400).as_bytes(), b"{}").unwrap();
    assert!(report.contains("contoso-branch-line-saturated"), "{report}");
}

/// A pack with one change, the place and words of the refusal, and whether the schema can know.
struct Broken {
    change: fn(&mut Value),
    at: &'static str,
    says: &'static str,
    schema_knows: bool,
}

/// One for each rule of the loader.
const BROKEN: &[Broken] = &[
    // The document.
    broken("/issue", "unknown field `issue`", |p| p["issue"] = json!([])),
    broken("/schema", "schema is not `exauth.pack/1`", |p| p["schema"] = json!("exauth.pack/2")),
    broken("/issues/0", "missing field `title`", |p| remove(p, "/issues/0", "title")),
    broken("/issues/0/titel", "unknown field `titel`", |p| p["issues"][0]["titel"] = json!("x")),
    // An issue.
    broken("/issues/0/schema", "schema is not `exauth.issue/1`", |p| {
        p["issues"][0]["schema"] = json!("exauth.cause/1")
    }),
    broken("/issues/0/id", "lower-case words", |p| p["issues"][0]["id"] = json!("Contoso Queue")),
    broken("/issues/0/status", "expected `trial` or `stable`", |p| p["issues"][0]["status"] = json!("beta")),
    broken("/issues/0/severity", "expected one of `error`", |p| p["issues"][0]["severity"] = json!("fatal")),
    broken("/issues/0/confidence", "expected one of `high`", |p| {
        p["issues"][0]["confidence"] = json!("sure")
    }),
    broken("/issues/0/title", "1 to 500 characters", |p| p["issues"][0]["title"] = json!("")),
    broken("/issues/0/problem", "unknown problem `smtp-auth-refsed`; near are `smtp-auth-refused`", |p| {
        p["issues"][0]["problem"] = json!("smtp-auth-refsed")
    }),
    broken("/issues/0/records", "at least one kind", |p| p["issues"][0]["records"] = json!([])),
    broken("/issues/0/records/1", "unknown record kind `queues`; near are `queue`", |p| {
        p["issues"][0]["records"] = json!(["queue", "queues"])
    }),
    broken("/issues/0/records/0", "allowed are queue, message, event", |p| {
        p["issues"][0]["records"] = json!(["an object of something else"])
    }),
    broken("/issues/0/event_ids", "needs `event_ids`", |p| p["issues"][0]["records"] = json!(["event"])),
    broken("/issues/0/event_ids", "no other has them", |p| p["issues"][0]["event_ids"] = json!([71])),
    broken("/issues/0/providers", "only an issue that reads `event`", |p| {
        p["issues"][0]["providers"] = json!(["KDC"])
    }),
    broken("/issues/0/event_ids/0", "not in 0 to 65535", |p| {
        p["issues"][0]["records"] = json!(["event"]);
        p["issues"][0]["event_ids"] = json!([2147746827u32])
    }),
    loader_only("/issues/0/providers/0", "write `Security-Kerberos`", |p| {
        p["issues"][0]["records"] = json!(["event"]);
        p["issues"][0]["event_ids"] = json!([4]);
        p["issues"][0]["providers"] = json!(["Microsoft-Windows-Security-Kerberos"]);
    }),
    broken("/issues/0", "needs `when`", |p| remove(p, "/issues/0", "when")),
    broken("/issues/0/check", "only code speaks", |p| {
        remove(p, "/issues/0", "when");
        remove(p, "/issues/0", "applies");
        p["issues"][0]["check"] = json!(true)
    }),
    broken("/issues/1/check", "has no `when`", |p| {
        p["issues"][1]["id"] = json!("config-spn-missing");
        p["issues"][1]["replaces"] = json!("config-spn-missing");
        p["issues"][1]["check"] = json!(true);
    }),
    broken("/issues/0/from/0", "no record gives a fact `queue.sever`; near are `queue.server`", |p| {
        p["issues"][0]["from"] = json!(["queue.sever"])
    }),
    broken("/issues/0/to/0", "no record gives a fact", |p| p["issues"][0]["to"] = json!(["target.url"])),
    broken("/issues/0/captures/messages", "`queue.message_count`", |p| {
        p["issues"][0]["captures"]["messages"] = json!("queue.message_counts")
    }),
    broken("/issues/0/message", "braces do not match", |p| {
        p["issues"][0]["message"] = json!("{queue.identity")
    }),
    broken("/issues/0/message", "1 or more characters", |p| p["issues"][0]["message"] = json!("")),
    loader_only("/issues/0/message", "near are `queue.identity`", |p| {
        p["issues"][0]["message"] = json!("{queue.identiy|A queue} waits")
    }),
    broken("/issues/0/message", "allowed are 2000 and 40", |p| {
        p["issues"][0]["message"] = json!("x".repeat(3_000))
    }),
    broken("/issues/0/applies_to/0", "unknown Exchange version `2013+`; near are `2013`", |p| {
        p["issues"][0]["applies_to"] = json!(["2013+"])
    }),
    broken("/issues/0/false_positives/0", "1 to 500 characters", |p| {
        p["issues"][0]["false_positives"] = json!([""])
    }),
    broken("/issues/0/sources/0/title", "1 to 500 characters", |p| {
        p["issues"][0]["sources"] = json!([{"title": ""}])
    }),
    broken("/issues/0/sources/0/link", "unknown field `link`", |p| {
        p["issues"][0]["sources"][0]["link"] = json!("x")
    }),
    broken("/issues/0/page", "more than 50000", |p| p["issues"][0]["page"] = json!("x".repeat(50_001))),
    // A condition.
    broken("/issues/0/when/all/1/op", "unknown op `iss`, allowed are is, equals", |p| {
        p["issues"][0]["when"]["all"][1]["op"] = json!("iss")
    }),
    broken("/issues/0/when/all/1/value", "op `is` takes true or false, not a text", |p| {
        set_after_op(p, json!("true"))
    }),
    broken("/issues/0/when/all/1/fact", "near are `queue.last_error`", |p| {
        p["issues"][0]["when"]["all"][1]["fact"] = json!("queue.lasterror")
    }),
    broken("/issues/0/when/all", "at least one condition", |p| p["issues"][0]["when"]["all"] = json!([])),
    broken("/issues/0/when/all/0", "one of {all}, {any}, {not}", |p| remove(p, "/issues/0/when/all/0", "op")),
    broken("/issues/0/when", "one of {all}, {any}, {not}", |p| {
        p["issues"][0]["when"]["fact"] = json!("queue.server")
    }),
    loader_only("/issues/0/when/value", "pattern is not valid", |p| {
        p["issues"][0]["when"] = json!({"fact": "queue.server", "op": "matches", "value": "("})
    }),
    broken("/issues/0/when/value", "matches every text", |p| {
        p["issues"][0]["when"] = json!({"fact": "queue.server", "op": "matches", "value": ""})
    }),
    loader_only("/issues/0/when/value", "matches every text", |p| {
        p["issues"][0]["when"] = json!({"fact": "queue.server", "op": "matches", "value": ".*"})
    }),
    broken("/issues/0/when/value", "is 1001 characters long", |p| {
        p["issues"][0]["when"] = json!({"fact": "queue.server", "op": "matches", "value": "x".repeat(1_001)})
    }),
    loader_only("/issues/0/when/value", "more than 30000 steps", |p| {
        p["issues"][0]["when"] = json!({"fact": "queue.server", "op": "matches", "value": r"\w{60}"})
    }),
    loader_only("/issues/0/when", "more than 200 comparisons", |p| {
        p["issues"][0]["when"] = json!({"any": vec![json!({"fact": "queue.server", "op": "shown"}); 201]});
    }),
    broken("/issues/0/when/value", "op `in` takes 1 to 500 texts, not 501", |p| {
        p["issues"][0]["when"] = json!({"fact": "queue.server", "op": "in", "value": vec!["x"; 501]});
    }),
    // Other rules.
    loader_only("/issues/0/id", "`owa-proxy-event-71` is taken", |p| {
        p["issues"][0]["id"] = json!("owa-proxy-event-71")
    }),
    loader_only("/issues/1/id", "stands twice", |p| {
        let first = p["issues"][0].clone();
        p["issues"][1] = first
    }),
    loader_only("/issues/0/id", "id of a problem", |p| p["issues"][0]["id"] = json!("kerberos-clock")),
    loader_only("/issues/0/id", "id of an issue or a cause", |p| p["issues"][0]["id"] = json!("clock-skew")),
    loader_only("/causes/0/id", "id of a problem", |p| {
        p["issues"] = json!([]);
        p["causes"][0]["id"] = json!("kerberos-clock");
        p["causes"][0]["evidence"] = json!([]);
        p["causes"][0]["needs"] = json!([])
    }),
    loader_only("/issues/0/causes/0", "unknown cause `clock-skw`; near are `clock-skew`", |p| {
        p["issues"][0]["causes"] = json!(["clock-skw"])
    }),
    loader_only("/issues/0/replaces", "no `contoso-branch-queue-long` to replace", |p| {
        p["issues"][0]["replaces"] = json!("contoso-branch-queue-long")
    }),
    loader_only("/issues/0/replaces", "near are `smtp-port-closed`", |p| {
        p["issues"][0]["replaces"] = json!("smtp-port-close")
    }),
    loader_only("/issues/1/replaces", "is replaced by /issues/0 already", |p| {
        p["issues"][0]["replaces"] = json!("smtp-port-closed")
    }),
    loader_only("/issues/0/id", "is taken", |p| {
        // Two rules that take each other's place.
        for (position, (id, old)) in
            [("kdc-weak-keys", "kdc-rc4-audit"), ("kdc-rc4-audit", "kdc-weak-keys")].into_iter().enumerate()
        {
            p["issues"][position]["id"] = json!(id);
            p["issues"][position]["replaces"] = json!(old);
        }
    }),
    loader_only("/causes/0/id", "still names `clock-skew`; keep that id", |p| {
        p["causes"][0]["replaces"] = json!("clock-skew")
    }),
    loader_only("/issues/1/id", "still names `smtp-port-closed`; keep that id", |p| {
        p["issues"][1]["id"] = json!("contoso-port-closed")
    }),
    // A cause.
    broken("/causes/0/schema", "schema is not `exauth.cause/1`", |p| p["causes"][0]["schema"] = json!("x")),
    broken("/causes/0/candidate_for", "at least one problem", |p| {
        p["causes"][0]["candidate_for"] = json!([])
    }),
    broken("/causes/0/candidate_for/0/problem", "unknown problem", |p| {
        p["causes"][0]["candidate_for"][0]["problem"] = json!("x")
    }),
    broken("/causes/0/candidate_for/0/weight", "0 to 10", |p| {
        p["causes"][0]["candidate_for"][0]["weight"] = json!(11)
    }),
    broken("/causes/0/candidate_for/0/weight", "invalid value: integer `300`", |p| {
        p["causes"][0]["candidate_for"][0]["weight"] = json!(300)
    }),
    broken("/causes/0/candidate_for/0/because", "1 to 500", |p| {
        p["causes"][0]["candidate_for"][0]["because"] = json!("")
    }),
    broken("/causes/0/candidate_for/0/unless/not/fact", "no check gives a fact `queue.server`", |p| {
        p["causes"][0]["candidate_for"][0]["unless"] =
            json!({"not": {"fact": "queue.server", "op": "shown"}});
    }),
    broken("/causes/0/evidence/0/effect", "expected one of `confirms`", |p| {
        p["causes"][0]["evidence"][0]["effect"] = json!("proves")
    }),
    broken("/causes/0/evidence/0/weight", "need a weight of 1 to 10", |p| {
        remove(p, "/causes/0/evidence/0", "weight")
    }),
    broken("/causes/0/evidence/1/weight", "have no weight", |p| {
        p["causes"][0]["evidence"][1]["weight"] = json!(3)
    }),
    broken("/causes/0/evidence/0/problems/0", "unknown problem", |p| {
        p["causes"][0]["evidence"][0]["problems"] = json!(["x"])
    }),
    broken("/causes/0/evidence/0/when/fact", "near are `clock.too_far`", |p| {
        p["causes"][0]["evidence"][0]["when"]["fact"] = json!("clock.to_far")
    }),
    loader_only(
        "/causes/0/evidence/0/when/fact",
        "unknown issue `smtp-port-close`; near are `smtp-port-closed`",
        |p| {
            p["causes"][0]["evidence"][0]["when"]["fact"] = json!("seen.smtp-port-close");
        },
    ),
    loader_only("/causes/0/evidence/0/says", "no check gives a fact `form`", |p| {
        p["causes"][0]["evidence"][0]["says"] = json!("{form} waits")
    }),
    broken("/causes/0/needs/0/facts", "at least one fact", |p| {
        p["causes"][0]["needs"][0]["facts"] = json!([])
    }),
    broken("/causes/0/needs/0/facts/0", "no check gives", |p| {
        p["causes"][0]["needs"][0]["facts"] = json!(["clock.far"])
    }),
    broken("/causes/0/needs/0/problems/0", "unknown problem", |p| {
        p["causes"][0]["needs"][0]["problems"] = json!(["x"])
    }),
    broken("/causes/0/fix/0/problems/0", "unknown problem", |p| {
        p["causes"][0]["fix"][0]["problems"] = json!(["x"])
    }),
    broken("/causes/0/fix/0/text", "1 or more characters", |p| p["causes"][0]["fix"][0]["text"] = json!("")),
    broken("/causes/0/fix", "501 entries; allowed are 500", |p| {
        p["causes"][0]["fix"] = json!(vec![json!({"text": "x"}); 501])
    }),
];

const fn broken(at: &'static str, says: &'static str, change: fn(&mut Value)) -> Broken {
    Broken { change, at, says, schema_knows: true }
}

/// What only the loader can know: other rules, the size of patterns, other names of a provider.
const fn loader_only(at: &'static str, says: &'static str, change: fn(&mut Value)) -> Broken {
    Broken { change, at, says, schema_knows: false }
}

fn remove(pack: &mut Value, at: &str, key: &str) {
    pack.pointer_mut(at).unwrap().as_object_mut().unwrap().remove(key).unwrap();
}

/// A wrong value behind its op; serde_json sorts the keys, so the order is right by itself.
fn set_after_op(pack: &mut Value, value: Value) {
    pack["issues"][0]["when"]["all"][1]["value"] = value;
}

#[test]
fn every_rule_of_the_loader_names_the_place_and_the_schema_knows_it_too() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let mut wrong = Vec::new();
    for (number, broken) in BROKEN.iter().enumerate() {
        let mut pack = contoso();
        (broken.change)(&mut pack);
        let bytes = pack.to_string();
        match Catalog::builtin().unwrap().extend(bytes.as_bytes()) {
            Ok(_) => wrong.push(format!("{number} {} {}: accepted", broken.at, broken.says)),
            Err(error) => {
                let at = error.at().unwrap_or_default();
                if at != broken.at || !error.to_string().contains(broken.says) {
                    wrong.push(format!("{number} {} {}: {at} {error}", broken.at, broken.says));
                }
            }
        }
        if validator.is_valid(&pack) == broken.schema_knows {
            wrong.push(format!("{number} {} {}: the schema thinks otherwise", broken.at, broken.says));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every pointer in a document.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(key, value)| pointers(value, &format!("{at}/{key}"), found))
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(i, value)| pointers(value, &format!("{at}/{i}"), found));
        }
        _ => {}
    }
}

#[test]
fn whatever_is_changed_the_loader_refuses_what_the_schema_refuses() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let others = [
        json!(null),
        json!(true),
        json!(7),
        json!(-1),
        json!(1.5),
        json!("x"),
        json!(""),
        json!([]),
        json!(["x"]),
        json!({}),
    ];
    let mut places = Vec::new();
    pointers(&contoso(), "", &mut places);
    let (mut tried, mut refused) = (0, 0);
    let mut wrong = Vec::new();
    for place in &places {
        let (parent, key) = place.rsplit_once('/').unwrap_or(("", ""));
        let mut changed: Vec<Value> = Vec::new();
        for other in &others {
            let mut pack = contoso();
            *pack.pointer_mut(place).unwrap() = other.clone();
            changed.push(pack);
        }
        let mut less = contoso();
        match less.pointer_mut(parent).unwrap() {
            Value::Object(fields) => drop(fields.remove(key)),
            Value::Array(items) => drop(items.remove(key.parse().unwrap())),
            _ => {}
        }
        changed.push(less);
        for pack in changed {
            tried += 1;
            let by_schema = !validator.is_valid(&pack);
            refused += usize::from(by_schema);
            // `null` stands for a field that is left out; the schema is stricter there.
            let accepted = extend(&pack).is_ok();
            if by_schema && accepted && pack.pointer(place) != Some(&Value::Null) {
                wrong.push(format!("{place}: {}", pack.pointer(place).unwrap_or(&json!("removed"))));
            }
        }
    }
    assert!(tried > 1_000 && refused > 700, "{tried} {refused}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn hostile_bytes_are_refused_with_a_clear_error() {
    let good = contoso().to_string();
    let deep = |open: &str, close: &str, times: usize| {
        let inner = format!(
            "{}{}{}",
            open.repeat(times),
            r#"{"fact":"queue.server","op":"shown"}"#,
            close.repeat(times)
        );
        let mut pack = contoso();
        pack["issues"][0]["when"] = json!("WHEN");
        pack.to_string().replace("\"WHEN\"", &inner)
    };
    let double = good.replacen("\"title\":", "\"title\":\"first\",\"title\":", 1);
    let double_capture = good.replacen("\"messages\":", "\"messages\":\"queue.server\",\"messages\":", 1);
    let huge = good.replacen("\"value\":200", "\"value\":1e999", 1);
    let nan = good.replacen("\"value\":200", "\"value\":NaN", 1);
    let mut not_utf8 = good.clone().into_bytes();
    let at = good.find("Contoso").unwrap();
    not_utf8[at] = 0xff;
    for (bytes, says) in [
        (deep(r#"{"not":"#, "}", 10_000).into_bytes(), "recursion limit"),
        (deep(r#"{"all":["#, "]}", 10_000).into_bytes(), "recursion limit"),
        ("[".repeat(100_000).into_bytes(), "not a JSON object"),
        (format!("{{\"issues\":{}", "[".repeat(100_000)).into_bytes(), "invalid type: sequence"),
        (double.into_bytes(), "duplicate field `title`"),
        (double_capture.into_bytes(), "stands twice"),
        (huge.into_bytes(), "number out of range"),
        (nan.into_bytes(), "expected value"),
        (not_utf8, "invalid unicode code point"),
        (format!("{good}{good}").into_bytes(), "more than one document"),
        (good[..good.len() / 2].as_bytes().to_vec(), "EOF"),
        (Vec::new(), "EOF"),
        (vec![0; 1_000], "not a JSON object"),
    ] {
        let start = Instant::now();
        let (_, words) = refusal(&bytes);
        assert!(words.contains(says), "{says}: {words}");
        assert!(words.len() < 2_000, "{} bytes of error", words.len());
        assert!(start.elapsed() < Duration::from_secs(20));
    }
}

#[test]
fn hostile_sizes_are_refused_within_limits() {
    let issue = contoso()["issues"][0].to_string();
    let many = |count: usize, one: &str| {
        format!(r#"{{"schema":"exauth.pack/1","issues":[{}]}}"#, vec![one; count].join(","))
    };
    // A million issues in 16 MB can only be empty ones.
    let (at, words) = refusal(many(1_000_000, "{}").as_bytes());
    assert_eq!(at, "/issues/0");
    assert!(words.contains("missing field `schema`"), "{words}");
    let small = r#"{"schema":"exauth.issue/1","id":"a","status":"trial","confidence":"low","severity":"info","title":"x","records":["queue"],"message":"x","when":{"fact":"queue.server","op":"shown"}}"#;
    let (_, words) = refusal(many(limits::PACK_RULES + 1, small).as_bytes());
    assert!(words.contains("larger than the limit of 10000 issues and causes"), "{words}");
    let (_, words) = refusal(&vec![b' '; limits::PACK_BYTES + 1]);
    assert!(words.contains("larger than the limit of 16 MB"), "{words}");
    // Each pattern is within its limit, and together they are not.
    let mut pack = json!({"schema": "exauth.pack/1", "issues": []});
    for number in 0..300 {
        let mut one: Value = serde_json::from_str(&issue).unwrap();
        one["id"] = json!(format!("contoso-{number}"));
        one["causes"] = json!([]);
        one["when"] = json!({"fact": "queue.server", "op": "matches", "value": r"a\w{8}"});
        pack["issues"].as_array_mut().unwrap().push(one);
    }
    let (at, words) = refusal(pack.to_string().as_bytes());
    assert!(at.ends_with("/when/value") && words.contains("5000000 steps together"), "{at}: {words}");
}

#[test]
fn pack_after_pack_costs_its_own_rules_only() {
    let pack = |number: usize| {
        let mut one = contoso();
        one["causes"] = json!([]);
        one["issues"] = json!([one["issues"][0]]);
        one["issues"][0]["causes"] = json!([]);
        one["issues"][0]["id"] = json!(format!("contoso-{number}"));
        one.to_string()
    };
    let mut catalog = Catalog::builtin().unwrap();
    let first = catalog.issues().count();
    for number in 0..300 {
        catalog = catalog.extend(pack(number).as_bytes()).unwrap();
    }
    assert_eq!(catalog.issues().count(), first + 300);
    // The second pack may replace what the first added, and then only the last speaks.
    let mut again: Value = serde_json::from_str(&pack(7)).unwrap();
    again["issues"][0]["replaces"] = json!("contoso-7");
    again["issues"][0]["title"] = json!("sharper");
    let catalog = catalog.extend(again.to_string().as_bytes()).unwrap();
    assert_eq!(catalog.issue("contoso-7").unwrap().title, "sharper");
    assert_eq!(catalog.issues().count(), first + 300);
}

#[test]
fn a_check_of_code_can_be_sharpened_or_given_a_condition_of_its_own() {
    let mut words = shipped("issues").into_iter().find(|issue| issue["id"] == "config-spn-missing").unwrap();
    words["title"] = json!("Call the directory team");
    let pack = json!({"schema": "exauth.pack/1", "issues": [words.clone()]});
    assert_eq!(extend(&pack).unwrap().issue("config-spn-missing").unwrap().title, "Call the directory team");
    let fields = words.as_object_mut().unwrap();
    fields.remove("check");
    fields.insert("when".to_owned(), json!({"fact": "spn_list.account", "op": "equals", "value": "nobody"}));
    fields.insert("message".to_owned(), json!("nothing"));
    let pack = json!({"schema": "exauth.pack/1", "issues": [words]});
    let catalog = extend(&pack).unwrap();
    let fixture = fs::read(
        root("tests/rules/config/config-spn-missing")
            .read_dir()
            .unwrap()
            .map(|e| e.unwrap().path())
            .find(|p| p.to_string_lossy().contains("hit-"))
            .unwrap(),
    )
    .unwrap();
    let found = |catalog: &Catalog| {
        catalog.analyze(&fixture, b"{}").unwrap().contains(r#""id":"config-spn-missing""#)
    };
    assert!(found(&Catalog::builtin().unwrap()));
    assert!(!found(&catalog));
}
