//! Speeds as ratios against rivals in the same run: `cargo bench`.
//!
//! Inputs are generated (no file, no network). Each figure is the median of five
//! runs after one that does not count; both sides take turns, so a machine that
//! slows down slows both. Equality first: a rival's hits must be ours before its
//! time counts.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::cast_precision_loss)]

use exauth::ffi::{
    exauth_catalog_builtin, exauth_catalog_free, exauth_session_add, exauth_session_finish,
    exauth_session_free, exauth_session_new, exauth_session_next, exauth_text_data, exauth_text_free,
    exauth_text_len,
};
use std::fmt::Write as _;
use std::ptr::null_mut;
use std::time::{Duration, Instant};

/// Queues of one NDJSON batch; 2 % hold the failure.
const QUEUES: usize = 100_000;

fn queues() -> (String, usize) {
    let (mut out, mut hits) = (String::new(), 0);
    for number in 0..QUEUES {
        let error = match number % 50 {
            7 => {
                hits += 1;
                r#""451 4.4.0 Primary target IP address responded with: \"454 4.7.0 Temporary authentication failure.\" Attempted failover to alternate host, but that did not succeed. Either there are no alternate hosts, or delivery failed to all alternate hosts.""#
            }
            9 => r#""452 4.3.1 Insufficient system resources""#,
            _ => "null",
        };
        let _ = writeln!(
            out,
            r#"{{"type":["Microsoft.Exchange.Data.QueueViewer.ExtensibleQueueInfo"],"computer":"EX{server}","properties":{{"Identity":"EX{server}\\{number}","DeliveryType":"SmtpRelayToMailboxDeliveryGroup","NextHopDomain":"site:branch{site}; version: 15","Status":"{status}","MessageCount":{count},"LastError":{error},"NextHopCategory":"Internal"}}}}"#,
            server = number % 40,
            site = number % 7,
            status = if error == "null" { "Ready" } else { "Retry" },
            count = number % 300,
        );
    }
    (out, hits)
}

/// Findings of the batch through the C functions, as a host calls them.
fn through_the_c_surface(bytes: &[u8], options: &[u8]) -> usize {
    let mut findings = 0;
    // SAFETY: handles come from the functions themselves and are freed once; the
    // slices outlive the calls.
    unsafe {
        let (mut catalog, mut session) = (null_mut(), null_mut());
        assert_eq!(exauth_catalog_builtin(&mut catalog, null_mut()), 0);
        assert_eq!(exauth_session_new(catalog, options.as_ptr(), options.len(), &mut session, null_mut()), 0);
        assert_eq!(exauth_session_add(session, bytes.as_ptr(), bytes.len(), null_mut(), null_mut()), 0);
        assert_eq!(exauth_session_finish(session, null_mut()), 0);
        loop {
            let mut text = null_mut();
            if exauth_session_next(session, &mut text, null_mut()) != 0 {
                break;
            }
            let lines = std::slice::from_raw_parts(exauth_text_data(text), exauth_text_len(text));
            findings += lines.iter().filter(|byte| **byte == b'\n').count();
            exauth_text_free(text);
        }
        exauth_session_free(session);
        exauth_catalog_free(catalog);
    }
    findings
}

/// Queues as Export-Clixml writes them: type names once, enums, an identity with members.
fn clixml_queues(count: usize) -> String {
    let mut out = String::from(
        "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">\r\n",
    );
    for number in 0..count {
        let types = if number == 0 {
            "<TN RefId=\"0\"><T>Deserialized.Microsoft.Exchange.Data.QueueViewer.ExtensibleQueueInfo</T></TN>"
        } else {
            "<TNRef RefId=\"0\" />"
        };
        let _ = write!(
            out,
            "  <Obj RefId=\"{id}\">\r\n    {types}\r\n    <ToString>EX1\\{number}</ToString>\r\n    <Props>\r\n      <Obj N=\"Identity\" RefId=\"{inner}\">\r\n        <ToString>EX1\\{number}</ToString>\r\n        <Props>\r\n          <S N=\"Server\">EX1</S>\r\n          <I64 N=\"RowId\">{number}</I64>\r\n        </Props>\r\n      </Obj>\r\n      <S N=\"DeliveryType\">SmtpRelayToMailboxDeliveryGroup</S>\r\n      <S N=\"NextHopDomain\">site:branch; version: 15</S>\r\n      <S N=\"Status\">Ready</S>\r\n      <I32 N=\"MessageCount\">{number}</I32>\r\n      <Nil N=\"LastError\" />\r\n      <B N=\"IsValid\">true</B>\r\n      <DT N=\"LastRetryTime\">2026-11-20T09:14:00Z</DT>\r\n    </Props>\r\n  </Obj>\r\n",
            id = number * 2,
            inner = number * 2 + 1,
        );
    }
    out.push_str("</Objs>");
    out
}

fn csv_queues(count: usize) -> String {
    let mut out = String::from(
        "\"Identity\",\"DeliveryType\",\"NextHopDomain\",\"Status\",\"MessageCount\",\"LastError\"\r\n",
    );
    for number in 0..count {
        let _ = write!(
            out,
            "\"EX1\\{number}\",\"SmtpRelayToMailboxDeliveryGroup\",\"site:branch; version: 15\",\"Ready\",\"{number}\",\"451 4.4.0 \"\"DNS query\"\" failed\"\r\n"
        );
    }
    out
}

/// Records of a document, each property touched.
fn documents(text: &str) -> usize {
    let mut records = 0;
    exauth::record::read_document(text.as_bytes(), None, 0, &mut |read| {
        records += usize::from(read.is_ok_and(|record| record.property("Status").is_some()));
    });
    records
}

/// Elements of a document by the library underneath alone.
fn xml_pass(text: &str) -> usize {
    let mut reader = quick_xml::Reader::from_str(text);
    let mut objects = 0;
    loop {
        match reader.read_event().expect("well-formed") {
            quick_xml::events::Event::Start(tag) => objects += usize::from(tag.name().as_ref() == b"Props"),
            quick_xml::events::Event::Eof => return objects / 2,
            _ => {}
        }
    }
}

fn csv_pass(text: &str) -> usize {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut row = csv::StringRecord::new();
    let mut rows = 0;
    while reader.read_record(&mut row).expect("a table") {
        rows += usize::from(row.get(3) == Some("Ready"));
    }
    rows
}

fn json_records(text: &str) -> usize {
    let mut records = 0;
    exauth::record::read_records(text.as_bytes(), 0, |read| {
        records += usize::from(read.is_ok_and(|record| record.property("Status").is_some()));
    });
    records
}

fn json_values(text: &str) -> usize {
    let values = text.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    values.filter(|value| value["properties"]["Status"].is_string()).count()
}

/// Bytes a second of each reader against a plain parse by the library underneath it.
fn readers(json: &str) {
    let clixml = clixml_queues(QUEUES / 5);
    let csv = csv_queues(QUEUES);
    assert_eq!((documents(&clixml), xml_pass(&clixml)), (QUEUES / 5, QUEUES / 5));
    assert_eq!((documents(&csv), csv_pass(&csv)), (QUEUES, QUEUES));
    assert_eq!((json_records(json), json_values(json)), (QUEUES, QUEUES));
    let bytes = |id, what, text: &str, ours: fn(&str) -> usize, rival: fn(&str) -> usize| {
        let expected = rival(text);
        let times = race(|| assert_eq!(ours(text), expected), || assert_eq!(rival(text), expected));
        row(id, what, text.len() as f64, times);
    };
    bytes("F1", "bytes of CLIXML to records against a plain quick-xml pass", &clixml, documents, xml_pass);
    bytes("F2", "bytes of CSV to records against a plain csv pass", &csv, documents, csv_pass);
    bytes("F3", "bytes of NDJSON to records against serde_json::Value", json, json_records, json_values);
}

fn serde_values(text: &str) -> usize {
    text.lines()
        .filter(|line| {
            let value: serde_json::Value = serde_json::from_str(line).unwrap_or_default();
            value["properties"]["LastError"].as_str().is_some_and(|error| error.contains("454 4.7.0"))
        })
        .count()
}

fn regex_lines(text: &str, pattern: &regex::Regex) -> usize {
    text.lines().filter(|line| pattern.is_match(line)).count()
}

fn median(mut runs: Vec<Duration>) -> Duration {
    runs.sort();
    runs.get(runs.len() / 2).copied().unwrap_or_default()
}

/// Median times of two works that take turns.
fn race(mut ours: impl FnMut(), mut rival: impl FnMut()) -> (Duration, Duration) {
    let (mut a, mut b) = (Vec::new(), Vec::new());
    for run in 0..6 {
        let start = Instant::now();
        ours();
        let mine = start.elapsed();
        let start = Instant::now();
        rival();
        let theirs = start.elapsed();
        if run > 0 {
            a.push(mine);
            b.push(theirs);
        }
    }
    (median(a), median(b))
}

fn row(id: &str, what: &str, unit: f64, (ours, rival): (Duration, Duration)) {
    let speed = |time: Duration| unit / time.as_secs_f64();
    println!(
        "{id:4} {what:78} {:>12.0}/s {:>12.0}/s  x{:.2}",
        speed(ours),
        speed(rival),
        rival.as_secs_f64() / ours.as_secs_f64()
    );
}

fn main() {
    // Once in a process: what comes later is handed the same catalog.
    let start = Instant::now();
    drop(exauth::Catalog::builtin());
    println!("I2   the catalog is ready in {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
    let (text, hits) = queues();
    let records = QUEUES as f64;
    let stream = br#"{"stream_only":true}"#;
    let pattern = regex::Regex::new(r"454 4\.7\.0").expect("a valid pattern");
    assert_eq!(through_the_c_surface(text.as_bytes(), stream), hits);
    assert_eq!(serde_values(&text), hits);
    assert_eq!(regex_lines(&text, &pattern), hits);
    println!(
        "{} records, {:.1} MB, {hits} hits; speed of ours, of the rival, ratio",
        QUEUES,
        text.len() as f64 / 1e6
    );
    let stream_run = || assert_eq!(through_the_c_surface(text.as_bytes(), stream), hits);
    row(
        "R1",
        "exauth_session_add (stream) against serde_json::Value + contains",
        records,
        race(stream_run, || assert_eq!(serde_values(&text), hits)),
    );
    row(
        "R2",
        "exauth_session_add (stream) against one regex over raw lines",
        records,
        race(stream_run, || assert_eq!(regex_lines(&text, &pattern), hits)),
    );
    let whole = || {
        through_the_c_surface(text.as_bytes(), b"");
    };
    row(
        "R3",
        "the same with diagnoses against serde_json::Value + contains",
        records,
        race(whole, || assert_eq!(serde_values(&text), hits)),
    );
    let tenth: String = text.lines().take(QUEUES / 10).flat_map(|line| [line, "\n"]).collect();
    let (ten, one) = race(whole, || {
        through_the_c_surface(tenth.as_bytes(), b"");
    });
    println!(
        "L1   ten times the records with diagnoses take {:.1} times as long",
        ten.as_secs_f64() / one.as_secs_f64()
    );
    readers(&text);
}
