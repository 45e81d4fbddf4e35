//! The C programs of `tests/abi` and `examples/c`, compiled under the strictest
//! flags and run against the shared library as it is built.
//!
//! Needs a C and a C++ compiler (`CC`, `CXX`, else `cc`, `c++`). Without them the
//! tests fail, unless `EXAUTH_SKIP_C=1` says that this is known; then each says
//! what it skipped. The same programs run on Windows by `tests/abi/wine.sh`, and
//! under valgrind by `tests/abi/valgrind.sh`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::cast_precision_loss)]
#![cfg(target_os = "linux")]

#[path = "abi/built.rs"]
mod built;

use built::{library, library_folder, root};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Every warning that both compilers have for both languages is an error.
const STRICT: [&str; 7] = ["-pedantic", "-Wall", "-Wextra", "-Werror", "-Wconversion", "-Wshadow", "-O1"];

#[derive(Clone, Copy)]
enum Language {
    C(&'static str),
    Cpp(&'static str),
}

impl Language {
    fn compiler(self) -> OsString {
        let (variable, usual) = match self {
            Language::C(_) => ("CC", "cc"),
            Language::Cpp(_) => ("CXX", "c++"),
        };
        std::env::var_os(variable).unwrap_or_else(|| usual.into())
    }

    fn flags(self) -> [&'static str; 3] {
        match self {
            Language::C(standard) => [standard, "-Wstrict-prototypes", "-xc"],
            Language::Cpp(standard) => [standard, "-Wextra-semi", "-xc++"],
        }
    }

    fn name(self) -> &'static str {
        match self {
            Language::C(standard) | Language::Cpp(standard) => standard.trim_start_matches("-std="),
        }
    }
}

const LANGUAGES: [Language; 4] = [
    Language::C("-std=c99"),
    Language::C("-std=c11"),
    Language::Cpp("-std=c++11"),
    Language::Cpp("-std=c++17"),
];

/// Compiles sources into a program; `None` where a missing compiler may be skipped.
fn compile(name: &str, language: Language, sources: &[&str]) -> Option<PathBuf> {
    library();
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", language.name()));
    let mut command = Command::new(language.compiler());
    command.args(STRICT).args(language.flags());
    command.arg("-I").arg(root().join("include"));
    command.args(sources.iter().map(|source| root().join(source)));
    command.arg("-xnone").arg("-L").arg(library_folder()).arg("-lexauth").arg("-pthread");
    command.arg(format!("-Wl,-rpath,{}", library_folder().display()));
    command.arg("-o").arg(&program);
    match command.output() {
        Ok(output) => {
            assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
            Some(program)
        }
        Err(error) if std::env::var_os("EXAUTH_SKIP_C").is_some_and(|value| value == "1") => {
            eprintln!("skipped by EXAUTH_SKIP_C: {name} as {} ({error})", language.name());
            None
        }
        Err(error) => panic!("{:?}: {error}; EXAUTH_SKIP_C=1 skips this", language.compiler()),
    }
}

fn run(program: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(program);
    // What a test environment sets must not matter, and the library reads none of it.
    command.env("RUST_BACKTRACE", "full").env_remove("LD_LIBRARY_PATH");
    command.args(arguments).stdin(Stdio::null()).output().expect("a program just compiled runs")
}

/// Compiles and runs a program that says by its exit code whether all is well,
/// and prints nothing when it is: neither does the library.
fn passes_in_silence(name: &str, languages: &[Language], sources: &[&str]) {
    for language in languages {
        let Some(program) = compile(name, *language, sources) else {
            continue;
        };
        let output = run(&program, &[]);
        let printed = [output.stdout, output.stderr].concat();
        assert_eq!(String::from_utf8_lossy(&printed), "", "{name} as {}", language.name());
        assert!(output.status.success(), "{name} as {}: {}", language.name(), output.status);
    }
}

#[test]
fn the_header_needs_nothing_and_defines_nothing() {
    let sources = ["tests/abi/include_a.c", "tests/abi/include_b.c"];
    passes_in_silence("include", &LANGUAGES, &sources);
}

#[test]
fn the_normal_life_of_every_handle_is_as_the_header_says() {
    passes_in_silence("use", &LANGUAGES, &["tests/abi/use.c"]);
}

#[test]
fn misuse_is_answered_with_a_status() {
    // Once: its giant line is slow in a build without optimisation.
    passes_in_silence("misuse", &[Language::C("-std=c99")], &["tests/abi/misuse.c"]);
}

#[test]
fn a_panic_costs_one_session_and_prints_nothing() {
    passes_in_silence("panic", &LANGUAGES, &["tests/abi/panic.c"]);
}

#[test]
fn the_smallest_caller_prints_a_report_or_the_reason_why_not() {
    let Some(program) = compile("diagnose", Language::C("-std=c99"), &["examples/c/diagnose.c"]) else {
        return;
    };
    let records = Path::new(env!("CARGO_TARGET_TMPDIR")).join("diagnose.jsonl");
    std::fs::write(
        &records,
        "{\"from\":\"Get-Queue\",\"properties\":{\"Identity\":\"EX1\\\\12\"}}\nno record\n",
    )
    .unwrap();
    let records = records.to_str().unwrap();

    let output = run(&program, &[records, "json"]);
    assert!(output.status.success());
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["schema"], "exauth.report/1");
    assert_eq!(report["summary"]["rejected"], 1);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("\"exauth.rejected/1\""), "{said}");

    let output = run(&program, &[records, "no-such-format"]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("EXAUTH_E_UNSUPPORTED"), "{said}");
    assert_eq!(output.stdout, b"");
}
