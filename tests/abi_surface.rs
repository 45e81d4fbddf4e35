//! One surface, written down five times: `include/exauth.h`, `src/ffi`, the
//! built library, the C# of the PowerShell module, and `tests/abi/surface.txt`.
//!
//! The last is the record of what was promised: a line may be added to it within
//! an ABI number, never changed or removed. Here the others are compared with it.

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

use built::{library, root};
use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// One function, in the words of C: `int32_t`, then `const uint8_t *data`, ...
#[derive(Debug, PartialEq)]
struct Function {
    returns: String,
    parameters: Vec<String>,
}

type Functions = BTreeMap<String, Function>;

/// White space told apart only where C does.
fn fold(text: &str) -> String {
    let spaced = text.replace('*', " * ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    words.join(" ").replace("* ", "*").replace("( ", "(")
}

/// The C declarations in a text without comments.
fn declarations(text: &str) -> Functions {
    let form = Regex::new(r"(?s)^\s*(.*?)\b(exauth_\w+)\s*\((.*)\)\s*$").unwrap();
    let mut functions = Functions::new();
    for declaration in text.split(';').filter(|text| text.contains('(')) {
        let parts = form.captures(declaration).unwrap_or_else(|| panic!("no declaration: {declaration}"));
        let parameters = fold(&parts[3]);
        let function = Function {
            returns: fold(&parts[1]),
            parameters: parameters.split(',').map(fold).filter(|text| text != "void").collect(),
        };
        assert!(functions.insert(parts[2].to_owned(), function).is_none(), "twice: {}", &parts[2]);
    }
    functions
}

struct Surface {
    abi: u32,
    statuses: BTreeMap<String, i32>,
    functions: Functions,
}

fn surface() -> Surface {
    let text = read("tests/abi/surface.txt");
    let lines = || text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let declared = |line: &&str| line.ends_with(';');
    let mut surface = Surface { abi: 0, statuses: BTreeMap::new(), functions: Functions::new() };
    for line in lines().filter(|line| !declared(line)) {
        let (name, number) = line.split_once(' ').expect("a name and a number");
        if name == "EXAUTH_ABI_VERSION" {
            surface.abi = number.parse().unwrap();
        } else {
            surface.statuses.insert(name.to_owned(), number.parse().unwrap());
        }
    }
    let functions: Vec<&str> = lines().filter(declared).collect();
    surface.functions = declarations(&functions.concat());
    surface
}

/// The header without comments, and its numeric macros.
fn header() -> (String, BTreeMap<String, String>) {
    let text = Regex::new(r"(?s)/\*.*?\*/").unwrap().replace_all(&read("include/exauth.h"), "").into_owned();
    let form = Regex::new(r"(?m)^#define (EXAUTH_\w+) +(\S+)$").unwrap();
    let macros = form.captures_iter(&text).map(|parts| (parts[1].to_owned(), parts[2].to_owned())).collect();
    (text, macros)
}

#[test]
fn the_surface_file_is_sorted_so_that_an_addition_is_one_line() {
    let text = read("tests/abi/surface.txt");
    let name = Regex::new(r"exauth_\w+\(").unwrap();
    let names: Vec<&str> = text.lines().filter_map(|line| Some(name.find(line)?.as_str())).collect();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    assert_eq!(names, sorted);
}

#[test]
fn the_header_declares_the_surface() {
    let (text, _) = header();
    let code: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    let code = code.join("\n");
    let declared: Vec<&str> =
        code.split_inclusive(';').filter_map(|part| Some(part.split_once("EXAUTH_API")?.1)).collect();
    let declared = declared.concat().replace("EXAUTH_CALL", "");
    assert_eq!(declarations(&declared), surface().functions);
    // No function without the macros, or Windows would call it differently.
    let functions = surface().functions.len();
    assert_eq!(code.matches("EXAUTH_API").count(), functions);
    assert_eq!(code.matches("EXAUTH_CALL").count(), functions);
}

#[test]
fn the_header_has_the_versions_and_statuses_of_the_library() {
    let (_, macros) = header();
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(macros["EXAUTH_VERSION"], format!("\"{version}\""));
    let numbers = ["MAJOR", "MINOR", "PATCH"].map(|part| macros[&format!("EXAUTH_VERSION_{part}")].clone());
    assert_eq!(numbers.join("."), version);
    assert_eq!(macros["EXAUTH_ABI_VERSION"], exauth::ABI_VERSION.to_string());
    assert_eq!(surface().abi, exauth::ABI_VERSION);

    let rust: BTreeMap<String, i32> =
        exauth::error::STATUS_NAMES.iter().map(|(number, name)| ((*name).to_owned(), *number)).collect();
    let not_statuses = Regex::new("^EXAUTH_(VERSION|ABI_VERSION|CALL|API|H$)").unwrap();
    let header: BTreeMap<String, i32> = macros
        .iter()
        .filter(|(name, _)| !not_statuses.is_match(name))
        .map(|(name, number)| (name.clone(), number.trim_matches(['(', ')']).parse().unwrap()))
        .collect();
    assert_eq!(header, surface().statuses);
    assert_eq!(rust, surface().statuses);
}

#[test]
fn each_function_of_the_header_is_documented_in_the_house_form() {
    let text = read("include/exauth.h");
    for (name, function) in surface().functions {
        let start = format!("/*\n * {name} ");
        let comment = text.split_once(&start).unwrap_or_else(|| panic!("{name} has no comment of its own")).1;
        let (comment, code) = comment.split_once("*/").unwrap();
        assert!(code.trim_start().starts_with("EXAUTH_API"), "{name}: something stands before it");
        let words: Vec<&str> = comment.split_whitespace().filter(|word| *word != "*").collect();
        let comment = words.join(" ");
        assert!(comment.ends_with("Since 0.1."), "{name}: since when?");
        assert!(comment.to_lowercase().contains("thread"), "{name}: which threads?");
        if function.parameters.iter().any(|parameter| parameter == "exauth_text **err") {
            assert!(comment.contains("Returns EXAUTH_OK"), "{name}: what does it return?");
            assert!(comment.contains("unless err is NULL"), "{name}: what of err?");
        }
        if function.parameters.iter().any(|parameter| parameter.starts_with("const uint8_t")) {
            assert!(comment.contains("borrowed for the call only"), "{name}: for how long?");
        }
        if function.parameters.iter().any(|parameter| parameter == "exauth_text **out") {
            assert!(comment.contains("freed with exauth_text_free"), "{name}: who frees?");
        }
    }
}

/// A parameter as Rust writes it, as C writes it.
fn as_in_c(parameter: &str) -> String {
    let (name, kind) = parameter.split_once(':').unwrap_or_else(|| panic!("no parameter: {parameter}"));
    format!("{}{}", c_type(kind.trim()), name.trim())
}

fn c_type(rust: &str) -> String {
    if let Some(rest) = rust.strip_prefix("*mut ") {
        return format!("{}*", c_type(rest));
    }
    if let Some(rest) = rust.strip_prefix("*const ") {
        return format!("const {}*", c_type(rest));
    }
    let c = match rust {
        "u8" => "uint8_t",
        "u32" => "uint32_t",
        "u64" => "uint64_t",
        "i32" => "int32_t",
        "usize" => "size_t",
        "c_char" => "char",
        "Text" => "exauth_text",
        "Catalog" => "exauth_catalog",
        "SessionHandle" => "exauth_session",
        other => panic!("{other} has no type in C"),
    };
    format!("{c} ")
}

#[test]
fn the_rust_signatures_are_those_of_the_header() {
    let form =
        Regex::new(r#"(?s)#\[no_mangle\]\npub (unsafe )?extern "C" fn (\w+)\((.*?)\)(?: -> ([^{]+?))? \{"#)
            .unwrap();
    let mut functions = Functions::new();
    for entry in fs::read_dir(root().join("src/ffi")).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        assert_eq!(text.matches("#[no_mangle]").count(), form.captures_iter(&text).count());
        for parts in form.captures_iter(&text) {
            let function = Function {
                returns: parts.get(4).map_or("void".to_owned(), |kind| fold(&c_type(kind.as_str()))),
                parameters: parts[3]
                    .split(',')
                    .filter(|parameter| !parameter.trim().is_empty())
                    .map(|parameter| fold(&as_in_c(parameter)))
                    .collect(),
            };
            let takes_pointers = function.parameters.iter().any(|parameter| parameter.contains('*'));
            assert_eq!(
                parts.get(1).is_some(),
                takes_pointers,
                "{}: unsafe where it takes pointers",
                &parts[2]
            );
            functions.insert(parts[2].to_owned(), function);
        }
    }
    assert_eq!(functions, surface().functions);
}

#[test]
fn the_library_exports_the_surface_and_nothing_else() {
    let output = Command::new("nm").args(["-D", "--defined-only"]).arg(library()).output();
    let output = output.expect("nm, of binutils, belongs to every C compiler");
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    let exported: BTreeSet<&str> = text.lines().filter_map(|line| line.split_whitespace().last()).collect();
    let surface = surface();
    assert_eq!(exported, surface.functions.keys().map(String::as_str).collect());
}

/// What marshals a C parameter in the C# of the module.
fn is_in_csharp(c: &str, csharp: &str) -> bool {
    let (kind, _) = csharp.rsplit_once(' ').unwrap_or_else(|| panic!("no parameter: {csharp}"));
    let allowed: &[&str] = match c.rsplit_once([' ', '*']).unwrap().0.trim() {
        "const uint8_t" => &["byte[]", "IntPtr"],
        "size_t" => &["UIntPtr"],
        "int32_t" => &["int"],
        "exauth_text *" => &["out TextHandle", "out IntPtr", "IntPtr"],
        "exauth_catalog *" => &["out CatalogHandle"],
        "exauth_session *" => &["out SessionHandle"],
        "const exauth_text" | "exauth_text" => &["TextHandle", "IntPtr"],
        "const exauth_catalog" | "exauth_catalog" => &["CatalogHandle", "IntPtr"],
        "exauth_session" => &["SessionHandle", "IntPtr"],
        other => panic!("{other}: how is it marshalled?"),
    };
    allowed.contains(&kind)
}

#[test]
fn the_csharp_imports_the_surface() {
    let folder = root().join("ps-module/ExAuth/Interop");
    if !folder.is_dir() {
        // The module is not part of this checkout; where it is, this is no choice.
        assert!(!root().join("ps-module/ExAuth").exists(), "the module has no Interop folder");
        return;
    }
    let form = Regex::new(
        r"(?s)\[DllImport\(([^\]]*)\)\]\s*(?:\[[^\]]*\]\s*)*internal static extern (\w+) (\w+)\(([^)]*)\)\s*;",
    )
    .unwrap();
    let surface = surface().functions;
    let mut imported = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "cs") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for parts in form.captures_iter(&text) {
            let (attributes, name) = (&parts[1], &parts[3]);
            if !attributes.starts_with("\"exauth\"") {
                // Of the system, for loading the library by its full path.
                continue;
            }
            assert!(attributes.contains("CallingConvention.Cdecl"), "{name}: cdecl on every Windows");
            let function = surface.get(name).unwrap_or_else(|| panic!("{name} is not in the surface"));
            let parameters = fold(&parts[4]);
            let parameters: Vec<&str> =
                parameters.split(',').map(str::trim).filter(|text| !text.is_empty()).collect();
            assert_eq!(parameters.len(), function.parameters.len(), "{name}");
            for (c, csharp) in function.parameters.iter().zip(parameters) {
                assert!(is_in_csharp(c, csharp), "{name}: `{csharp}` is not `{c}`");
            }
            let returns = match function.returns.as_str() {
                "int32_t" => "int",
                "uint32_t" => "uint",
                "size_t" => "UIntPtr",
                "void" => "void",
                _ => "IntPtr",
            };
            assert_eq!(&parts[2], returns, "{name}");
            imported.insert(name.to_owned());
        }
    }
    assert_eq!(imported, surface.into_keys().collect());
}
