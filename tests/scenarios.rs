//! Scenarios: for each cause what an administrator sees first, what proves it, what looks like it and is not,
//! and the same records from a healthy organisation.
//!
//! `tests/scenarios/<cause>/{symptoms,evidence,misleading,healthy}*.jsonl` hold records; `evidence-2.jsonl` is added
//! to `symptoms-2.jsonl` where that exists, else to `symptoms.jsonl`, and so is `misleading-2.jsonl`. `expect.json`:
//!
//! | field | meaning |
//! |---|---|
//! | `problem` | problem ids, any of which is right |
//! | `next` | parts of commands; one command in `next` holds one of them (and names the cause) |
//! | `ruled_out` | by file: cause ids that the file must rule out |
//! | `also` | by file (or `*`): other causes that may be likely or confirmed there, each with its reason |
//! | `confirmed_at_once` | reason why the symptom itself proves the cause |
//! | `first` | by file of `misleading`: the cause that is right there, which must be first and likely |
//! | `may_be_first` | by file of `misleading`: reason why the cause may lead there as a mere possibility |
//! | `alone` | files of `evidence` and `misleading` that hold their own symptoms |
//! | `between` | by file: [from, to] of the diagnosis that is meant; what else a file truly shows is not judged |
//! | `problems` | by file: problem ids that replace `problem` there |
//!
//! `cargo test --test scenarios -- --nocapture` prints the table; `SCENARIO=clock` keeps the causes whose id holds the
//! word, `SHOW=1` prints the rankings.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::cast_precision_loss)]

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// Scenario files that cannot pass yet, each with the reason. The test fails when one of them passes.
const OPEN: &[(&str, &str, &str)] = &[];

/// One cause's folder.
struct Scenario {
    cause: String,
    folder: PathBuf,
    expect: Value,
}

/// A report's diagnosis in short: problem, causes with verdicts in order.
struct Ranking {
    problem: String,
    between: (Option<String>, Option<String>),
    causes: Vec<(String, String)>,
}

fn lines(file: &Path) -> Vec<String> {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect()
}

fn analyze(catalog: &exauth::Catalog, records: &[String]) -> Value {
    let mut session = exauth::Session::new(catalog, exauth::Options::default());
    session.add(records.join("\n").as_bytes()).unwrap();
    session.finish().unwrap();
    serde_json::from_str(&session.report("json").unwrap()).unwrap()
}

fn rankings(report: &Value) -> Vec<Ranking> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let ranking = |d: &Value| Ranking {
        problem: text(&d["problem"]["id"]),
        between: (
            d["problem"]["from"].as_str().map(str::to_owned),
            d["problem"]["to"].as_str().map(str::to_owned),
        ),
        causes: d["causes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| (text(&c["id"]), text(&c["verdict"])))
            .collect(),
    };
    report["diagnoses"].as_array().unwrap().iter().map(ranking).collect()
}

fn strong(verdict: &str) -> bool {
    matches!(verdict, "confirmed" | "likely")
}

fn short(ranking: &Ranking) -> String {
    let first: Vec<String> = ranking.causes.iter().take(4).map(|(id, v)| format!("{id} {v}")).collect();
    format!("{}: {}", ranking.problem, first.join(", "))
}

impl Scenario {
    /// Files of a kind, by name: `evidence`, `evidence-2`.
    fn files(&self, kind: &str) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(&self.folder)
            .unwrap()
            .filter_map(|entry| {
                entry.unwrap().file_name().to_str().unwrap().strip_suffix(".jsonl").map(str::to_owned)
            })
            .filter(|name| name == kind || name.starts_with(&format!("{kind}-")))
            .collect();
        names.sort();
        names
    }

    fn read(&self, name: &str) -> Vec<String> {
        lines(&self.folder.join(format!("{name}.jsonl")))
    }

    /// The symptoms that a file of evidence belongs to.
    fn symptoms_of(&self, name: &str) -> Vec<String> {
        let alone =
            self.expect["alone"].as_array().is_some_and(|names| names.iter().any(|other| other == name));
        if alone {
            return Vec::new();
        }
        let own = name.split_once('-').map(|(_, number)| format!("symptoms-{number}"));
        let own = own.filter(|own| self.folder.join(format!("{own}.jsonl")).is_file());
        self.read(own.as_deref().unwrap_or("symptoms"))
    }

    fn strings(&self, field: &str, file: &str) -> Vec<String> {
        let value = &self.expect[field];
        let list = if value.is_object() { &value[file] } else { value };
        list.as_array()
            .map(|items| items.iter().map(|item| item.as_str().unwrap().to_owned()).collect())
            .unwrap_or_default()
    }

    /// Other causes that may be likely in a file.
    fn also(&self, file: &str) -> Vec<String> {
        let of = |key: &str| -> Vec<String> {
            self.expect["also"][key].as_object().map(|o| o.keys().cloned().collect()).unwrap_or_default()
        };
        [of(file), of("*")].concat()
    }

    fn is_right(&self, file: &str, ranking: &Ranking) -> bool {
        let own = self.strings("problems", file);
        let wanted = if own.is_empty() { self.strings("problem", file) } else { own };
        (wanted.is_empty() || wanted.contains(&ranking.problem)) && self.is_between(file, ranking)
    }

    fn is_between(&self, file: &str, ranking: &Ranking) -> bool {
        let ends = &self.expect["between"][file];
        let is = |at: usize, label: &Option<String>| ends[at].as_str() == label.as_deref();
        !ends.is_array() || (is(0, &ranking.between.0) && is(1, &ranking.between.1))
    }

    fn relevant<'r>(&self, file: &str, rankings: &'r [Ranking]) -> Option<&'r Ranking> {
        let right: Vec<&Ranking> = rankings.iter().filter(|r| self.is_right(file, r)).collect();
        // Where several are right, the one that names the cause first.
        right
            .iter()
            .find(|r| r.causes.first().is_some_and(|(id, _)| *id == self.cause))
            .or(right.first())
            .copied()
    }

    fn check_symptoms(&self, catalog: &exauth::Catalog, file: &str) -> Vec<String> {
        let mut failures = Vec::new();
        let report = analyze(catalog, &self.read(file));
        let rankings = rankings(&report);
        show(file, &rankings);
        let Some(main) = self.relevant(file, &rankings) else {
            let seen: Vec<&str> = rankings.iter().map(|r| r.problem.as_str()).collect();
            return vec![format!("no such problem is seen, but {seen:?}")];
        };
        let listed = rankings
            .iter()
            .filter(|r| self.is_right(file, r))
            .flat_map(|r| &r.causes)
            .find(|(id, _)| *id == self.cause);
        match listed {
            None => failures.push("the cause is not listed".to_owned()),
            Some((_, verdict)) if matches!(verdict.as_str(), "ruled_out" | "unlikely") => {
                failures.push(format!("the cause is {verdict}"));
            }
            _ => {}
        }
        let at_once = self.expect["confirmed_at_once"].is_string();
        for (id, verdict) in rankings.iter().flat_map(|r| &r.causes) {
            let allowed = at_once && *id == self.cause || self.also(file).contains(id);
            if verdict == "confirmed" && !allowed {
                failures.push(format!("{id} is confirmed from symptoms alone"));
            }
        }
        let confirmed = main.causes.iter().any(|(_, verdict)| verdict == "confirmed");
        let parts = self.strings("next", file);
        let asked =
            report["diagnoses"].as_array().unwrap().iter().flat_map(|d| d["next"].as_array().unwrap());
        let supplies = asked
            .filter(|next| next["decides"].as_array().unwrap().iter().any(|id| *id == *self.cause))
            .map(|next| next["command"].as_str().unwrap())
            .any(|command| parts.is_empty() || parts.iter().any(|part| command.contains(part.as_str())));
        if !supplies && !confirmed {
            failures.push(format!("no next command decides it (wanted {parts:?})"));
        }
        failures
    }

    /// What holds of evidence in any order and with any one record less.
    fn others_strong(&self, file: &str, rankings: &[Ranking]) -> Vec<String> {
        let also = self.also(file);
        let mut failures = Vec::new();
        for ranking in rankings {
            for (id, verdict) in &ranking.causes {
                if *id != self.cause && strong(verdict) && !also.contains(id) {
                    failures.push(format!("{id} is {verdict} for {}", ranking.problem));
                }
            }
        }
        failures
    }

    fn check_evidence(&self, catalog: &exauth::Catalog, file: &str) -> Vec<String> {
        let (symptoms, evidence) = (self.symptoms_of(file), self.read(file));
        let mut records = [symptoms.clone(), evidence.clone()].concat();
        let full = rankings(&analyze(catalog, &records));
        show(file, &full);
        let mut failures = self.others_strong(file, &full);
        let main = self.relevant(file, &full);
        match main.and_then(|main| main.causes.first()) {
            Some((id, verdict)) if *id == self.cause && strong(verdict) => {}
            other => failures.push(format!("first is {other:?}")),
        }
        for out in self.strings("ruled_out", file) {
            let verdict = main.and_then(|main| main.causes.iter().find(|(id, _)| *id == out));
            // A cause that is no candidate any more is out as well.
            if verdict.is_some_and(|(_, verdict)| verdict != "ruled_out") {
                failures.push(format!("{out} is {verdict:?}, not ruled out"));
            }
        }
        let known = failures.clone();
        records.reverse();
        let turned = rankings(&analyze(catalog, &records));
        let tell =
            |all: &[Ranking]| all.iter().map(|r| (r.problem.clone(), r.causes.clone())).collect::<Vec<_>>();
        if tell(&turned) != tell(&full) {
            failures.push("the order of the records changes the answer".to_owned());
        }
        for left_out in 0..evidence.len() {
            let mut fewer = symptoms.clone();
            fewer.extend(
                evidence.iter().enumerate().filter(|(at, _)| *at != left_out).map(|(_, e)| e.clone()),
            );
            let weaker = rankings(&analyze(catalog, &fewer));
            // What the whole shows already is told once.
            for failure in self.others_strong(file, &weaker).into_iter().filter(|f| !known.contains(f)) {
                failures.push(format!("without evidence line {}: {failure}", left_out + 1));
            }
        }
        failures
    }

    fn check_misleading(&self, catalog: &exauth::Catalog, file: &str) -> Vec<String> {
        let records = [self.symptoms_of(file), self.read(file)].concat();
        let rankings = rankings(&analyze(catalog, &records));
        show(file, &rankings);
        let mut failures = Vec::new();
        for ranking in rankings.iter().filter(|ranking| self.is_between(file, ranking)) {
            if let Some((_, verdict)) = ranking.causes.iter().find(|(id, v)| *id == self.cause && strong(v)) {
                failures.push(format!("the cause is {verdict} for {}", ranking.problem));
            }
        }
        let main = self.relevant(file, &rankings);
        let first = main.and_then(|main| main.causes.first());
        if let Some(wanted) = self.expect["first"][file].as_str() {
            if !first.is_some_and(|(id, verdict)| id == wanted && strong(verdict)) {
                failures.push(format!("first is {first:?}, wanted {wanted}"));
            }
        } else if first.is_some_and(|(id, _)| *id == self.cause)
            && !self.expect["may_be_first"][file].is_string()
        {
            failures.push(format!("first is {first:?}"));
        } else if let Some((id, verdict)) = main.and_then(|main| {
            main.causes.iter().find(|(id, v)| v == "confirmed" && !self.also(file).contains(id))
        }) {
            failures.push(format!("{id} is {verdict}, which no part of the scenario says"));
        }
        failures
    }

    fn check_healthy(&self, catalog: &exauth::Catalog, file: &str) -> Vec<String> {
        let report = analyze(catalog, &self.read(file));
        let mut failures = Vec::new();
        for finding in report["findings"].as_array().unwrap() {
            failures.push(format!("finding {}", finding["id"]));
        }
        for diagnosis in report["diagnoses"].as_array().unwrap() {
            failures.push(format!("diagnosis {}", diagnosis["problem"]["id"]));
        }
        for ignored in ["ignored", "rejected"] {
            if report[ignored].as_array().is_some_and(|list| !list.is_empty()) {
                failures.push(format!("{ignored} records: {}", report[ignored]));
            }
        }
        failures
    }
}

fn show(file: &str, rankings: &[Ranking]) {
    if std::env::var_os("SHOW").is_some() {
        for ranking in rankings {
            println!("  {file:14} {}", short(ranking));
        }
    }
}

fn scenarios() -> Vec<Scenario> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let wanted = std::env::var("SCENARIO").unwrap_or_default();
    let mut folders: Vec<PathBuf> =
        fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
        .into_iter()
        .map(|folder| {
            let cause = folder.file_name().unwrap().to_str().unwrap().to_owned();
            let expect = fs::read(folder.join("expect.json"))
                .map_or(Value::Null, |bytes| serde_json::from_slice(&bytes).unwrap());
            Scenario { cause, folder, expect }
        })
        .filter(|scenario| scenario.cause.contains(&wanted))
        .collect()
}

#[test]
fn each_cause_is_seen_proved_not_mistaken_and_silent() {
    let catalog = exauth::Catalog::builtin().unwrap();
    type Check = fn(&Scenario, &exauth::Catalog, &str) -> Vec<String>;
    let kinds: [(&str, Check); 4] = [
        ("symptoms", Scenario::check_symptoms),
        ("evidence", Scenario::check_evidence),
        ("misleading", Scenario::check_misleading),
        ("healthy", Scenario::check_healthy),
    ];
    let (mut failures, mut figures) = (Vec::new(), [(0, 0); 4]);
    println!("{:36} {:>10} {:>10} {:>10} {:>10}", "cause", "symptoms", "evidence", "misleading", "healthy");
    for scenario in scenarios() {
        let mut cells = Vec::new();
        for (column, (kind, check)) in kinds.iter().enumerate() {
            let files = scenario.files(kind);
            let mut passed = 0;
            for file in &files {
                let told = check(&scenario, &catalog, file);
                let open = OPEN.iter().any(|(cause, name, _)| *cause == scenario.cause && name == file);
                match (told.is_empty(), open) {
                    (true, true) => {
                        failures.push(format!("{}/{file}: stands in OPEN and passes", scenario.cause))
                    }
                    (true, false) => passed += 1,
                    (false, true) => {}
                    (false, false) => failures.extend(
                        told.into_iter().map(|failure| format!("{}/{file}: {failure}", scenario.cause)),
                    ),
                }
            }
            if files.is_empty() {
                failures.push(format!("{}: no file of {kind}", scenario.cause));
            }
            figures[column].0 += passed;
            figures[column].1 += files.len();
            cells.push(format!("{passed}/{}", files.len()));
        }
        println!("{:36} {:>10} {:>10} {:>10} {:>10}", scenario.cause, cells[0], cells[1], cells[2], cells[3]);
    }
    let total: Vec<String> = figures.iter().map(|(passed, all)| format!("{passed}/{all}")).collect();
    println!("{:36} {:>10} {:>10} {:>10} {:>10}", "all", total[0], total[1], total[2], total[3]);
    for (cause, file, reason) in OPEN {
        println!("open: {cause}/{file}: {reason}");
    }
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures.join("\n"));
}
