//! What holds of every rule of the shipped catalog, whatever it says.

use super::{fixtures, folders, shared};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A JSON document that keeps the order of its keys.
enum Ordered {
    Object(Vec<(String, Ordered)>),
    Array(Vec<Ordered>),
    Other,
}

impl<'de> serde::Deserialize<'de> for Ordered {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keep;
        impl<'de> serde::de::Visitor<'de> for Keep {
            type Value = Ordered;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("JSON")
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Ordered, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Ordered::Object(fields))
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Ordered, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(Ordered::Array(items))
            }
            fn visit_str<E>(self, _: &str) -> Result<Ordered, E> {
                Ok(Ordered::Other)
            }
            fn visit_bool<E>(self, _: bool) -> Result<Ordered, E> {
                Ok(Ordered::Other)
            }
            fn visit_u64<E>(self, _: u64) -> Result<Ordered, E> {
                Ok(Ordered::Other)
            }
            fn visit_i64<E>(self, _: i64) -> Result<Ordered, E> {
                Ok(Ordered::Other)
            }
            fn visit_f64<E>(self, _: f64) -> Result<Ordered, E> {
                Ok(Ordered::Other)
            }
        }
        deserializer.deserialize_any(Keep)
    }
}

impl Ordered {
    fn get(&self, key: &str) -> Option<&Ordered> {
        match self {
            Ordered::Object(fields) => fields.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    fn keys(&self) -> Vec<&str> {
        match self {
            Ordered::Object(fields) => fields.iter().map(|(name, _)| name.as_str()).collect(),
            _ => Vec::new(),
        }
    }

    fn items(&self) -> &[Ordered] {
        match self {
            Ordered::Array(items) => items,
            _ => &[],
        }
    }
}

/// The shipped files of a kind with their paths.
pub fn shipped(folder: &str) -> Vec<(PathBuf, String)> {
    fn visit(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                visit(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "json") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    let mut found = Vec::new();
    visit(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/catalog").join(folder), &mut found);
    found.sort();
    found
}

#[test]
fn every_id_is_one_file_and_has_one_meaning() {
    let catalog = exauth::Catalog::builtin().unwrap();
    let mut ids = BTreeSet::new();
    for (folder, count) in [
        ("issues", catalog.issues().count()),
        ("causes", catalog.causes().count()),
        ("problems", catalog.problems().count()),
    ] {
        let files = shipped(folder);
        assert_eq!(files.len(), count, "two files of {folder} have one id");
        for (path, text) in files {
            let rule: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(path.file_stem().unwrap().to_str(), rule["id"].as_str());
            assert!(rule.get("replaces").is_none() && rule.get("page").is_none(), "{}", path.display());
            assert!(ids.insert(rule["id"].as_str().unwrap().to_owned()), "{}", path.display());
        }
    }
}

#[test]
fn fields_stand_in_the_order_of_the_schema() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("include/exauth.pack.schema.json");
    let schema: Ordered = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let order = |definition: &str| {
        schema.get("definitions").unwrap().get(definition).unwrap().get("properties").unwrap().keys()
    };
    let check = |at: &str, value: &Ordered, definition: &str| {
        let order = order(definition);
        let places: Vec<usize> =
            value.keys().iter().map(|key| order.iter().position(|name| name == key).unwrap()).collect();
        assert!(places.is_sorted(), "{at}: the order is {order:?}");
    };
    for (folder, definition) in [("issues", "issue"), ("causes", "cause")] {
        for (path, text) in shipped(folder) {
            let at = path.display().to_string();
            let rule: Ordered = serde_json::from_str(&text).unwrap();
            check(&at, &rule, definition);
            for (list, item) in [
                ("candidate_for", "candidate"),
                ("evidence", "evidence"),
                ("needs", "need"),
                ("fix", "fix"),
                ("sources", "source"),
            ] {
                for (i, value) in rule.get(list).map_or(&[][..], Ordered::items).iter().enumerate() {
                    check(&format!("{at} {list} {i}"), value, item);
                }
            }
        }
    }
}

#[test]
fn a_page_begins_with_its_title_and_names_the_sources_of_its_rule() {
    let catalog = exauth::Catalog::builtin().unwrap();
    let rules = catalog
        .issues()
        .map(|i| (&i.id, &i.title, &i.page, &i.sources))
        .chain(catalog.causes().map(|c| (&c.id, &c.title, &c.page, &c.sources)));
    let mut wrong = Vec::new();
    for (id, title, page, sources) in rules {
        if page.lines().next() != Some(&format!("# {title}")) {
            wrong.push(format!("{id}: the first line is not the title"));
        }
        let told = page
            .split("## Sources")
            .nth(1)
            .unwrap_or_default()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        wrong.extend(
            sources
                .iter()
                .filter(|source| !told.contains(&source.title))
                .map(|source| format!("{id}: the page has no source {}", source.title)),
        );
        assert!(!sources.is_empty(), "{id}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_problem_is_seen_by_an_issue_and_every_cause_can_be_reached() {
    let catalog = exauth::Catalog::builtin().unwrap();
    let seen: BTreeSet<&str> = catalog.issues().filter_map(|issue| issue.problem.as_deref()).collect();
    for problem in catalog.problems() {
        assert!(seen.contains(&*problem.id), "{}", problem.id);
    }
    for cause in catalog.causes() {
        let problems: Vec<&str> = cause.candidate_for.iter().map(|c| c.problem.as_str()).collect();
        assert_eq!(problems.iter().collect::<BTreeSet<_>>().len(), problems.len(), "{}: twice", cause.id);
        assert!(
            !cause.fix.is_empty() && (!cause.evidence.is_empty() || !cause.needs.is_empty()),
            "{}",
            cause.id
        );
    }
}

/// Verbs of PowerShell that only read, and those that only shape what was read.
const READING: [&str; 13] = [
    "Get",
    "Test",
    "Resolve",
    "Select",
    "Where",
    "Format",
    "Sort",
    "Measure",
    "ForEach",
    "Group",
    "Compare",
    "ConvertFrom",
    "ConvertTo",
];

/// Every `Verb-Noun` in a command whose verb is not known to read.
fn writing(command: &str) -> Vec<String> {
    let cmdlet = regex::Regex::new(r"(?:^|[^A-Za-z0-9/$.:-])([A-Z][a-zA-Z]+)-([A-Z][A-Za-z]+)(-?)").unwrap();
    cmdlet
        .captures_iter(command)
        // `Microsoft-Windows-NTLM` is the name of a log.
        .filter(|found| !READING.contains(&&found[1]) && found[3].is_empty())
        .map(|found| format!("{}-{}", &found[1], &found[2]))
        // It makes text; its neighbours of that verb write files.
        .filter(|found| found != "Out-String")
        .collect()
}

/// What a tool is told by when it changes something.
const TOOLS_THAT_CHANGE: [&str; 15] = [
    "/sc_verify",
    "/sc_reset",
    "/dsregdns",
    "-Repair",
    " purge",
    "reg add",
    "reg delete",
    "setspn -A",
    "setspn -S",
    "setspn -D",
    "setspn -R",
    "/resync",
    "/register",
    "/syncall",
    "iisreset",
];

#[test]
fn whatever_a_page_tells_to_run_for_confirming_only_reads() {
    assert_eq!(writing("Get-Queue | Set-Queue; & { Remove-Item x }"), ["Set-Queue", "Remove-Item"]);
    let catalog = exauth::Catalog::builtin().unwrap();
    let pages = catalog.issues().map(|i| (&i.id, &i.page)).chain(catalog.causes().map(|c| (&c.id, &c.page)));
    let mut wrong = Vec::new();
    for (id, page) in pages {
        let section = page.split("## How to confirm").nth(1).unwrap_or_default();
        let section = section.split("\n## ").next().unwrap_or_default();
        for command in section.split('`').skip(1).step_by(2) {
            wrong.extend(writing(command).into_iter().map(|found| format!("{id}: {found}")));
            let changes = TOOLS_THAT_CHANGE.iter().filter(|change| command.contains(**change));
            wrong.extend(changes.map(|found| format!("{id}: {found}")));
        }
    }
    for cause in catalog.causes() {
        for need in &cause.needs {
            let command = need.command.source();
            wrong.extend(writing(command).into_iter().map(|found| format!("{}: {found}", cause.id)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_command_that_changes_something_has_its_check_and_its_way_back() {
    let catalog = exauth::Catalog::builtin().unwrap();
    let mut commands = 0;
    for cause in catalog.causes() {
        for fix in cause.fix.iter().filter(|fix| !fix.command.source().is_empty()) {
            commands += 1;
            let told = !fix.check.source().is_empty() && !fix.undo.source().is_empty();
            assert!(told, "{}: {}", cause.id, fix.command.source());
        }
    }
    assert!(commands > 40, "{commands}");
}

/// True when every way through a pattern passes a letter that must be there.
fn has_literal(pattern: &regex_syntax::hir::Hir) -> bool {
    use regex_syntax::hir::HirKind;
    match pattern.kind() {
        HirKind::Literal(_) => true,
        HirKind::Capture(capture) => has_literal(&capture.sub),
        HirKind::Repetition(repetition) => repetition.min > 0 && has_literal(&repetition.sub),
        HirKind::Concat(parts) => parts.iter().any(has_literal),
        HirKind::Alternation(parts) => parts.iter().all(has_literal),
        // `(?i)a` is the class of a and A.
        HirKind::Class(regex_syntax::hir::Class::Unicode(class)) => {
            class.iter().map(|range| range.end() as u32 - range.start() as u32 + 1).sum::<u32>() <= 4
        }
        _ => false,
    }
}

#[test]
fn no_pattern_lacks_a_letter_that_must_be_there() {
    fn visit(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                if fields.get("op").is_some_and(|op| op == "matches") {
                    found.push(fields["value"].as_str().unwrap().to_owned());
                }
                fields.values().for_each(|value| visit(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| visit(value, found)),
            _ => {}
        }
    }
    let bare = |pattern: &str| !has_literal(&regex_syntax::parse(pattern).unwrap());
    assert!(bare("[a-z]+") && bare("(abc)?x*") && bare("a|[0-9]{3}") && !bare("(?i)x-exps.*"));
    let mut count = 0;
    for (path, text) in shipped("issues").into_iter().chain(shipped("causes")) {
        let mut patterns = Vec::new();
        visit(&serde_json::from_str(&text).unwrap(), &mut patterns);
        count += patterns.len();
        for pattern in patterns {
            assert!(!bare(&pattern), "{}: {pattern}", path.display());
        }
    }
    assert!(count > 25, "{count}");
}

#[test]
fn a_text_that_can_vary_is_hit_in_three_shapes() {
    let catalog = exauth::Catalog::builtin().unwrap();
    for folder in folders() {
        let issue = folder.file_name().unwrap().to_string_lossy().into_owned();
        // Where code speaks, two: its input is what other rules and the readers are tested with.
        let wanted = if catalog.issue(&issue).unwrap().check { 2 } else { 3 };
        let hits: BTreeSet<Vec<u8>> = fixtures(&folder)
            .into_iter()
            .filter(|(name, _)| name.starts_with("hit-"))
            .map(|(_, text)| text)
            .collect();
        assert!(hits.len() >= wanted, "{issue}: {} hits", hits.len());
    }
}

/// What a rule reads of a record, and whether it is the same in two records.
fn read_of(issue: &exauth::catalog::Issue, record: &[u8]) -> Option<Vec<(String, Vec<String>)>> {
    let mut names: Vec<&str> = Vec::new();
    [&issue.applies, &issue.when].into_iter().flatten().for_each(|condition| condition.reads(&mut names));
    let mut tables = Vec::new();
    exauth::record::read_records(record, 0, |read| {
        let record = read.unwrap();
        tables.extend(shared::facts_of(&record).map(|(_, facts)| facts));
        for part in exauth::record::records_of_text(&record) {
            tables.extend(shared::facts_of(&part).map(|(_, facts)| facts));
        }
    });
    let [facts] = tables.as_slice() else { return None };
    // An event is told by its provider and number in every rule.
    names.extend(["event.provider", "event.id"]);
    names.sort_unstable();
    names.dedup();
    let values = |name: &&str| {
        let of_name = facts.iter().filter(|fact| fact.name == *name);
        ((*name).to_owned(), of_name.map(|fact| fact.value.to_string()).collect::<Vec<_>>())
    };
    Some(names.iter().map(values).collect())
}

#[test]
fn a_near_miss_differs_in_one_fact() {
    let catalog = exauth::Catalog::builtin().unwrap();
    let mut far = Vec::new();
    for folder in folders() {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let issue = catalog.issue(&name).unwrap();
        if issue.check {
            continue;
        }
        let (mut hits, mut misses) = (Vec::new(), Vec::new());
        for (name, record) in fixtures(&folder) {
            let Some(read) = read_of(issue, &record) else { continue };
            let properties = serde_json::from_slice::<Value>(&record).unwrap()["properties"].take();
            match name.split('-').next().unwrap() {
                "hit" => hits.push((read, properties)),
                "miss" => misses.push((read, properties)),
                _ => {}
            }
        }
        // One fact that the rule reads, or one property of the object that may give several.
        let differing = |(a, of_a): &(Vec<(String, Vec<String>)>, Value), (b, of_b): &(Vec<_>, Value)| {
            let facts = a.iter().zip(b).filter(|((_, a), (_, b))| a != b).count();
            match (of_a.as_object(), of_b.as_object()) {
                (Some(a), Some(b)) => {
                    let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
                    facts.min(names.into_iter().filter(|name| a.get(*name) != b.get(*name)).count())
                }
                _ => facts,
            }
        };
        let nearest = hits.iter().flat_map(|hit| misses.iter().map(|miss| differing(hit, miss))).min();
        if nearest != Some(1) {
            far.push(format!("{name}: {nearest:?}"));
        }
    }
    assert!(far.is_empty(), "{}", far.join("\n"));
}
