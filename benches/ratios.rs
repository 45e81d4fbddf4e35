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
            9 => r#""451 4.4.0 DNS query failed""#,
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
    let (load, _) = race(|| drop(exauth::Catalog::builtin()), || {});
    println!("I2   the catalog is ready in {:.2} ms", load.as_secs_f64() * 1e3);
}
