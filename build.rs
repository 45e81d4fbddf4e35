//! Packs the catalog's data files for `src/catalog/load.rs`: dropping a file into
//! `src/catalog/` is all that adding a rule needs. Compressed, as 700 KB of text
//! would be a sixth of the library.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn files(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files(&path, found)?;
        } else if matches!(path.extension().and_then(|e| e.to_str()), Some("json" | "md")) {
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
        files(&root.join("messages"), &mut found)?;
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

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?).join("src/catalog");
    println!("cargo:rerun-if-changed={}", root.display());
    let mut found = Vec::new();
    for folder in ["issues", "causes", "problems"] {
        if root.join(folder).is_dir() {
            files(&root.join(folder), &mut found)?;
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
    fs::write(out.join("catalog.z"), miniz_oxide::deflate::compress_to_vec_zlib(&packed, 9))
}
