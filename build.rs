//! Packs the catalog's data files for `src/catalog/load.rs`: dropping a file into
//! `src/catalog/` is all that adding a rule needs. Compressed, as 700 KB of text
//! would be a sixth of the library. And gathers the names of facts from the source, so that a
//! pack that misspells one is refused; a list kept by hand would go stale.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn files(folder: &Path, extensions: &[&str], found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files(&path, extensions, found)?;
        } else if path.extension().and_then(|e| e.to_str()).is_some_and(|e| extensions.contains(&e)) {
            found.push(path);
        }
    }
    Ok(())
}

/// The message catalogs as one document: the English texts once, and a list of translations for
/// each culture, null where one is missing.
fn messages(root: &Path) -> io::Result<Vec<u8>> {
    let mut found = Vec::new();
    if root.join("messages").is_dir() {
        files(&root.join("messages"), &["json"], &mut found)?;
    }
    found.sort();
    let mut cultures: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for path in found {
        println!("cargo:rerun-if-changed={}", path.display());
        let file: Messages = serde_json::from_str(&fs::read_to_string(&path)?)
            .map_err(|error| io::Error::other(format!("{}: {error}", path.display())))?;
        cultures.insert(file.culture, file.texts);
    }
    let keys: BTreeSet<&String> = cultures.values().flat_map(BTreeMap::keys).collect();
    let lists: BTreeMap<&String, Vec<Option<&String>>> = cultures
        .iter()
        .map(|(name, texts)| (name, keys.iter().map(|key| texts.get(*key)).collect()))
        .collect();
    serde_json::to_vec(&serde_json::json!({ "keys": keys, "cultures": lists })).map_err(io::Error::other)
}

/// One file of `src/catalog/messages/`.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Messages {
    #[serde(rename = "schema")]
    _schema: String,
    culture: String,
    texts: BTreeMap<String, String>,
}

/// `area.name`, the shape of a fact's name.
fn is_fact(text: &str) -> bool {
    let of = |part: &str, digits: bool| {
        !part.is_empty()
            && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'_' || (digits && b.is_ascii_digit()))
    };
    text.split_once('.').is_some_and(|(area, name)| of(area, false) && of(name, true))
}

/// The names of facts in a folder or file of source, tests left out: all, and those given to an
/// `add...` call.
fn facts(place: &Path) -> io::Result<(BTreeSet<String>, BTreeSet<String>)> {
    println!("cargo:rerun-if-changed={}", place.display());
    let mut sources = Vec::new();
    if place.is_dir() {
        files(place, &["rs"], &mut sources)?;
    } else {
        sources.push(place.to_owned());
    }
    let (mut all, mut added) = (BTreeSet::new(), BTreeSet::new());
    for path in sources {
        let text = fs::read_to_string(path)?;
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let parts: Vec<&str> = code.split('"').collect();
        for pair in parts.windows(2) {
            if let [before, name] = pair {
                if is_fact(name) {
                    all.insert((*name).to_owned());
                    let call = before.trim_end().strip_suffix('(').and_then(|call| call.rsplit('.').next());
                    if call.is_some_and(|call| call.starts_with("add")) {
                        added.insert((*name).to_owned());
                    }
                }
            }
        }
    }
    Ok((all, added))
}

/// `vocabulary.rs`: the facts of one record, and the facts of a pair. What a check reads of a
/// record stands in its source, too, but is no fact of a pair unless it is added there.
fn vocabulary(source: &Path) -> io::Result<String> {
    let (mut records, _) = facts(&source.join("record"))?;
    let (named, mut pairs) = facts(&source.join("check"))?;
    pairs.extend(named.difference(&records).cloned());
    // Where and when a record was made is added by the session.
    records.extend(facts(&source.join("session.rs"))?.1);
    Ok(format!(
        "pub static RECORD: &[&str] = &{:?};\npub static PAIR: &[&str] = &{:?};\n",
        records.iter().collect::<Vec<_>>(),
        pairs.iter().collect::<Vec<_>>()
    ))
}

fn main() -> io::Result<()> {
    let source = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?).join("src");
    let root = source.join("catalog");
    println!("cargo:rerun-if-changed={}", root.display());
    let mut found = Vec::new();
    for folder in ["issues", "causes", "problems"] {
        if root.join(folder).is_dir() {
            files(&root.join(folder), &["json", "md"], &mut found)?;
        }
    }
    found.sort();
    let mut texts: Vec<(String, String)> = Vec::new();
    for path in found {
        println!("cargo:rerun-if-changed={}", path.display());
        let name = path.strip_prefix(&root).map_err(io::Error::other)?;
        // Forward slashes on every system: the name is part of the catalog, not of the file system.
        let name = name.to_string_lossy().replace('\\', "/");
        // A checkout on Windows may have other line ends; the catalog is the same everywhere.
        texts.push((name, fs::read_to_string(&path)?.replace("\r\n", "\n")));
    }
    let packed = serde_json::to_vec(&texts).map_err(io::Error::other)?;
    // Without a name of its own mono and others find the library only beside the program.
    if env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libexauth.so");
    }
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
    fs::write(out.join("messages.z"), miniz_oxide::deflate::compress_to_vec_zlib(&messages(&root)?, 9))?;
    fs::write(out.join("vocabulary.rs"), vocabulary(&source)?)?;
    fs::write(out.join("catalog.z"), miniz_oxide::deflate::compress_to_vec_zlib(&packed, 9))
}
