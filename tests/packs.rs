//! Rule packs: the shipped JSON Schema says what the loader does, errors name the place, and
//! hostile packs are refused within limits.
//!
//! `UPDATE_SCHEMA=1 cargo test --test packs names_that_the_code` writes the lists of names into the schema.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::cast_precision_loss)]

#[path = "support/broken_packs.rs"]
mod broken_packs;
use broken_packs::BROKEN;
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
            "`{name}` in include/exauth.pack.schema.json is out of date: UPDATE_SCHEMA=1 cargo test --test packs names_that_the_code"
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
    let names = |catalog: &Catalog| -> Vec<std::sync::Arc<str>> {
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
        (good.as_bytes()[..good.len() / 2].to_vec(), "EOF"),
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
    assert_eq!(&*catalog.issue("contoso-7").unwrap().title, "sharper");
    assert_eq!(catalog.issues().count(), first + 300);
}

#[test]
fn a_check_of_code_can_be_sharpened_or_given_a_condition_of_its_own() {
    let mut words = shipped("issues").into_iter().find(|issue| issue["id"] == "config-spn-missing").unwrap();
    words["title"] = json!("Call the directory team");
    let pack = json!({"schema": "exauth.pack/1", "issues": [words.clone()]});
    assert_eq!(
        &*extend(&pack).unwrap().issue("config-spn-missing").unwrap().title,
        "Call the directory team"
    );
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
