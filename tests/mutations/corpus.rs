//! The documents that are changed: the project's own records and fixtures, and what lies beside it.

use serde_json::{json, Value};
use std::fs;
use std::path::{Path, PathBuf};

/// One document as an administrator would hand it over.
pub struct Sample {
    /// Its path, with the line for a row of a file.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path);
        }
    }
}

/// The files of a folder in the order of their names; none, and a line that says so, without it.
fn files(folder: &str, extensions: &[&str]) -> Vec<Sample> {
    let folder = root().join(folder);
    if !folder.is_dir() {
        println!("skipped: {} is not there", folder.display());
        return Vec::new();
    }
    let mut paths = Vec::new();
    collect(&folder, &mut paths);
    paths.retain(|path| extensions.iter().any(|end| path.extension().is_some_and(|e| e == *end)));
    paths.sort();
    let read = |path: PathBuf| {
        let name = path.strip_prefix(&folder).unwrap().display().to_string();
        let name = format!("{}/{name}", folder.file_name().unwrap().to_string_lossy());
        Sample { name, bytes: fs::read(path).unwrap() }
    };
    paths.into_iter().map(read).collect()
}

/// Records of the project's own: examples and the fixtures of every rule.
pub fn own() -> Vec<Sample> {
    let mut samples = files("examples/records", &["jsonl"]);
    samples.extend(files("tests/rules", &["json"]));
    assert!(samples.len() > 500);
    samples
}

/// Exports in which nothing is wrong.
pub fn healthy() -> Vec<Sample> {
    files("../shared/data/healthy", &["jsonl"])
}

/// Real objects, as files of CLIXML.
pub fn clixml() -> Vec<Sample> {
    let mut samples = files("../shared/data/clixml", &["xml"]);
    // Exact copies with blobs of a megabyte, which only cost time.
    samples.retain(|sample| !sample.name.contains("untouched"));
    samples
}

/// The same objects in all other forms.
pub fn forms() -> Vec<Sample> {
    let mut samples = files("../shared/data/forms", &["json", "jsonl", "csv", "txt", "xml"]);
    samples.retain(|sample| !sample.name.contains("serializationdata"));
    samples
}

/// Output of tools.
pub fn tools() -> Vec<Sample> {
    files("../shared/data/samples/tools", &["txt"])
}

/// Incidents: symptoms, evidence.
pub fn cases() -> Vec<Sample> {
    let mut samples = files("../shared/cases", &["jsonl"]);
    samples.retain(|sample| !sample.bytes.is_empty());
    samples
}

/// Pasted texts of public posts, each a record of its own.
pub fn pasted() -> Vec<Sample> {
    let mut samples = Vec::new();
    for file in files("../shared/data/samples", &["jsonl"]) {
        if file.name.contains("tools/") {
            continue;
        }
        for (line, row) in std::str::from_utf8(&file.bytes).unwrap().lines().enumerate() {
            let row: Value = serde_json::from_str(row).unwrap();
            let record = json!({"from": row["cmdlet"], "text": row["text"]});
            let name = format!("{}:{}", file.name, line + 1);
            samples.push(Sample { name, bytes: record.to_string().into_bytes() });
        }
    }
    samples
}

/// The records of a document of JSON.
pub fn values(bytes: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(bytes).unwrap().trim_start_matches('\u{FEFF}');
    let values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    values
        .map(Result::unwrap)
        .flat_map(|value| match value {
            Value::Array(items) => items,
            other => vec![other],
        })
        .collect()
}

/// Records as lines.
pub fn lines(records: &[Value]) -> Vec<u8> {
    let lines: Vec<String> = records.iter().map(Value::to_string).collect();
    lines.join("\n").into_bytes()
}

/// The records of any document as JSON, so that its properties can be taken away one by one;
/// none for what holds no objects.
pub fn objects(sample: &Sample) -> Vec<Value> {
    let mut objects = Vec::new();
    exauth::record::read_document(&sample.bytes, None, 0, &mut |read| {
        let Ok(record) = read else { return };
        if let exauth::record::Body::Properties(fields) = &record.body {
            let types: Vec<&str> = record.types.iter().map(|name| &**name).collect();
            let properties: serde_json::Map<String, Value> =
                fields.iter().map(|(name, value)| (name.to_string(), json_of(value))).collect();
            objects.push(json!({"from": record.from, "computer": record.computer, "type": types,
                "collected": record.collected, "properties": properties}));
        }
    });
    objects
}

fn json_of(value: &exauth::record::Value<'_>) -> Value {
    use exauth::record::Value as Read;
    match value {
        Read::Null => Value::Null,
        Read::Bool(flag) => json!(flag),
        Read::Int(number) => json!(number),
        Read::Float(number) => json!(number),
        Read::Text(text) => json!(text),
        Read::List(items) => items.iter().map(json_of).collect(),
        Read::Object(fields) => {
            Value::Object(fields.iter().map(|(name, value)| (name.to_string(), json_of(value))).collect())
        }
    }
}
