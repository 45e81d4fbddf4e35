use exauth::fact::FactTable;
use exauth::record::{kind_of, read_document, records_of_text, Body};
use std::collections::BTreeMap;
fn read(bytes: &[u8]) -> Vec<(Option<&'static str>, FactTable)> {
    let mut out = Vec::new();
    read_document(bytes, None, 0, &mut |r| match r {
        Err(p) => println!("REJECT {p:?}"),
        Ok(r) => {
            let one = |r: &exauth::record::Record<'_>| {
                let mut t = FactTable::default();
                let k = kind_of(r);
                if let Some(k) = k {
                    (k.facts)(r, &mut t);
                }
                (k.map(|k| k.name), t)
            };
            match &r.body {
                Body::Text(_) => {
                    let p = records_of_text(&r);
                    if p.is_empty() {
                        out.push((Some("text"), FactTable::default()));
                    }
                    for r in p {
                        out.push(one(&r));
                    }
                }
                _ => out.push(one(&r)),
            }
        }
    });
    out
}
#[test]
fn explore() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/forms");
    let mut dirs: Vec<_> =
        std::fs::read_dir(&root).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_dir()).collect();
    dirs.sort();
    for d in dirs {
        let reference = read(&std::fs::read(d.join("reexported-by-7.xml")).unwrap());
        println!(
            "== {} {:?}",
            d.file_name().unwrap().to_string_lossy(),
            reference.iter().map(|(k, t)| format!("{k:?}/{}", t.iter().count())).collect::<Vec<_>>()
        );
        let lines = |t: &FactTable| {
            t.iter().map(|f| format!("{}={}", f.name, f.value)).collect::<std::collections::BTreeSet<_>>()
        };
        let mut files: Vec<_> = std::fs::read_dir(&d).unwrap().map(|e| e.unwrap().path()).collect();
        files.sort();
        for f in files {
            let got = read(&std::fs::read(&f).unwrap());
            let mut diff: BTreeMap<String, usize> = BTreeMap::new();
            for (k, t) in &got {
                let best =
                    reference.iter().max_by_key(|(_, r)| lines(r).intersection(&lines(t)).count()).unwrap();
                if *k != best.0 {
                    *diff.entry(format!("KIND {k:?}")).or_default() += 1;
                    continue;
                }
                let (a, b) = (lines(&best.1), lines(t));
                for x in a.difference(&b) {
                    *diff
                        .entry(format!(
                            "- {}",
                            if std::env::var("FULL").is_ok() {
                                x.as_str()
                            } else {
                                x.split('=').next().unwrap()
                            }
                        ))
                        .or_default() += 1;
                }
                for x in b.difference(&a) {
                    *diff.entry(format!("+ {x}")).or_default() += 1;
                }
            }
            println!("   {:45} {:3} {:?}", f.file_name().unwrap().to_string_lossy(), got.len(), diff);
        }
    }
}
