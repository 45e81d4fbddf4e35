//! Message catalogs: every text in every language with every placeholder, chosen by culture.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::cast_precision_loss)]
// Test code: a failure here must stop the test.

use exauth::Catalog;
use regex::Regex;
use serde_json::{json, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::{fs, io};

/// The languages of the founding articles, and the three that follow.
const CULTURES: [&str; 5] = ["de", "fr", "ja", "pl", "zh-CN"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/catalog")
}

fn documents(folder: &Path, found: &mut Vec<Value>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            documents(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "json") {
            found.push(serde_json::from_slice(&fs::read(path)?).unwrap());
        }
    }
    Ok(())
}

/// Every English text that is translated: of each list the members that are sentences.
fn english() -> BTreeSet<String> {
    const MEMBERS: &[(&str, &[&str])] = &[
        ("candidate_for", &["because"]),
        ("evidence", &["says"]),
        ("needs", &["words", "why"]),
        ("fix", &["text", "check", "undo"]),
    ];
    let mut found = Vec::new();
    for folder in ["issues", "causes", "problems"] {
        documents(&root().join(folder), &mut found).unwrap();
    }
    let mut texts: BTreeSet<String> = exauth::report::WORDS
        .iter()
        .chain(&exauth::check::UNNAMED)
        .chain(exauth::check::WORDS)
        .chain(exauth::check::EFFECT_WORDS)
        .map(|word| (*word).to_owned())
        .collect();
    texts.extend(exauth::diagnosis::own_words().map(str::to_owned));
    let mut add =
        |value: &Value| texts.extend(value.as_str().filter(|text| !text.is_empty()).map(str::to_owned));
    for document in &found {
        ["title", "message", "meaning"].iter().for_each(|name| add(&document[*name]));
        for (list, members) in MEMBERS {
            for item in document[*list].as_array().into_iter().flatten() {
                members.iter().for_each(|name| add(&item[*name]));
            }
        }
    }
    texts
}

fn translations(culture: &str) -> BTreeMap<String, String> {
    let bytes = fs::read(root().join(format!("messages/{culture}.json"))).unwrap();
    let document: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(document["schema"], "exauth.messages/1");
    assert_eq!(document["culture"], culture);
    serde_json::from_value(document["texts"].clone()).unwrap()
}

/// The names in braces, words that stand in for a missing name left out.
fn placeholders(text: &str) -> Vec<String> {
    static BRACES: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\{([^}]*)\}").unwrap());
    let mut names: Vec<String> = BRACES
        .captures_iter(text)
        .map(|found| {
            let parts: Vec<&str> = found[1].split('|').collect();
            let name = |part: &&&str| {
                part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b))
            };
            let dotted = |part: &&&str| parts.len() == 1 || part.contains('.') || parts.first() == Some(part);
            parts.iter().filter(name).filter(dotted).copied().collect::<Vec<_>>().join("|")
        })
        .collect();
    names.sort();
    names
}

/// Share of the texts that a language may lack or have left over: they fall back to English, so that a
/// new rule needs no translator; beyond it a language falls behind.
const MAY_LACK_PERCENT: usize = 3;

#[test]
fn every_text_has_a_translation_with_every_placeholder() {
    let english = english();
    assert!(english.len() > 1_000, "{}", english.len());
    let mut wrong = Vec::new();
    for culture in CULTURES {
        let translated = translations(culture);
        let missing = english.iter().filter(|text| !translated.contains_key(*text));
        let left_over = translated.keys().filter(|key| !english.contains(*key));
        let behind: Vec<&String> = missing.chain(left_over).collect();
        behind.iter().for_each(|text| println!("{culture}, not translated or of no text: {text}"));
        if behind.len() * 100 > english.len() * MAY_LACK_PERCENT {
            wrong.push(format!("{culture} is behind by {} texts", behind.len()));
        }
        for (text, other) in &translated {
            if placeholders(other) != placeholders(text) {
                wrong.push(format!("{culture}: placeholders differ: {text} / {other}"));
            }
            if other.trim().is_empty() {
                wrong.push(format!("{culture}: empty: {text}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} texts:\n{}", wrong.len(), wrong.join("\n"));
}

/// A command alone needs no translator, so that none is excused.
#[test]
fn a_text_that_is_only_a_command_is_in_every_language() {
    let command = Regex::new(r"^(?:[A-Z][a-z]+-[A-Z][A-Za-z]+|setspn|reg) [^;]*[^.]$").unwrap();
    let commands: Vec<String> = english().into_iter().filter(|text| command.is_match(text)).collect();
    assert!(commands.len() > 10, "{commands:?}");
    for culture in CULTURES {
        let translated = translations(culture);
        for text in &commands {
            assert!(translated.contains_key(text), "{culture}: {text}");
        }
    }
}

#[test]
fn commands_and_names_stay_as_they_are_in_every_language() {
    // What a person types or searches for: cmdlets, parameters, SPN classes, code in backticks.
    let tokens = Regex::new(
        r"`[^`]+`|\b[A-Z][a-z]+-[A-Z][A-Za-z]+\b|\b(?:SMTPSVC|HOST|HTTP)/|\b[45]\d\d [45]\.\d\.\d+\b",
    )
    .unwrap();
    let mut wrong = Vec::new();
    for culture in CULTURES {
        for (text, translated) in translations(culture) {
            for token in tokens.find_iter(&text).map(|found| found.as_str()) {
                if !translated.contains(token) {
                    wrong.push(format!("{culture}: `{token}` is lost in: {translated}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} texts:\n{}", wrong.len(), wrong.join("\n"));
}

fn report(culture: &str) -> Value {
    let input = fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/records/owa-proxy.jsonl")).unwrap();
    let options = json!({ "culture": culture }).to_string();
    let report = Catalog::builtin().unwrap().analyze(&input, options.as_bytes()).unwrap();
    serde_json::from_str(&report).unwrap()
}

#[test]
fn a_report_speaks_the_language_of_its_culture_and_says_the_same() {
    let english = report("en-GB");
    for (culture, parent) in
        [("de-AT", "de"), ("fr-CA", "fr"), ("ja-JP", "ja"), ("pl-PL", "pl"), ("zh-Hans", "zh-CN")]
    {
        let other = report(culture);
        let title = |report: &Value| report["findings"][0]["title"].as_str().unwrap().to_owned();
        assert_eq!(title(&other), translations(parent)[&title(&english)], "{culture}");
        let verdicts = |report: &Value| {
            let causes = report["diagnoses"][0]["causes"].as_array().unwrap().clone();
            causes.iter().map(|cause| (cause["id"].clone(), cause["verdict"].clone())).collect::<Vec<_>>()
        };
        assert_eq!(verdicts(&other), verdicts(&english), "{culture}");
        assert_eq!(other["diagnoses"][0]["next"], {
            let mut next = english["diagnoses"][0]["next"].clone();
            for (ours, theirs) in
                next.as_array_mut().unwrap().iter_mut().zip(other["diagnoses"][0]["next"].as_array().unwrap())
            {
                ours["why"] = theirs["why"].clone();
            }
            next
        });
    }
    for culture in ["en-US", "zh-TW", "xx", "", "../de"] {
        assert_eq!(report(culture), english, "{culture}");
    }
    let mut cultures = Catalog::cultures().unwrap();
    cultures.sort();
    assert_eq!(cultures, CULTURES);
}

/// A sentence that is joined in code stays English in every culture: its words belong into a catalog.
#[test]
fn no_words_are_joined_in_code() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    // What is for whoever writes rules or calls the library, and code that only tests run.
    let english = ["error", "Error", "Err(", "assert", "shared.push"];
    let literal = Regex::new(r#"(?:format|write|writeln)!\((?:out, )?"((?:[^"\\]|\\.)*)""#).unwrap();
    let hole = Regex::new(r"\{[^}]*\}|<[^>]*>").unwrap();
    let word = Regex::new(r"(?:^|[^A-Za-z/:._])[a-z]{2,}(?:$|[^A-Za-z/:=(._])").unwrap();
    let mut wrong = Vec::new();
    let mut read = 0;
    for folder in ["check", "diagnosis", "report"] {
        for entry in fs::read_dir(sources.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap();
            for found in literal.captures_iter(code) {
                read += 1;
                let rest = hole.replace_all(&found[1], " ");
                let line = code[..found.get(0).unwrap().start()].lines().next_back().unwrap_or_default();
                if word.is_match(&rest) && !english.iter().any(|mark| line.contains(mark)) {
                    wrong.push(format!("{}: {}", path.display(), &found[1]));
                }
            }
        }
    }
    assert!(read > 30, "{read}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
