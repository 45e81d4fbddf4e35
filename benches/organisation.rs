//! Ten times the records in at most eleven times the time, in memory that grows with them:
//! `cargo bench --bench organisation`, or with names of shapes to run only those.
//!
//! The usual shape is an organisation of 1,000 servers in 100,000 records of many kinds; the others
//! are large in one way each (`shapes`), where a loop over pairs times records would show. Everything
//! is generated, with reserved names.
//!
//! A machine that others use is slower at one minute than at the next, so no two figures of different
//! minutes are compared: five processes diagnose the small input, then one the large input, then five
//! the small one again, and the median of the ratios of several such rounds counts. Every analysis has a process
//! of its own, as its user's has: in one that has worked before, the small input finds its memory
//! ready and the large one does not. Memory is what a process needs at its peak beyond the input.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::cast_precision_loss)]

mod shapes;

use exauth::{Catalog, Options, Session};
use shapes::{Shape, SHAPES};
use std::fs;
use std::process::Command;
use std::time::Instant;

/// Ten times the records may take this many times as long.
const AT_MOST: f64 = 11.0;
/// Rounds that measure the time of a shape: more for the usual one, whose figure is promised.
const ROUNDS: [usize; 2] = [7, 3];

/// Seconds of a whole analysis, seconds of its parts, problems found, bytes of its report.
struct Run {
    seconds: f64,
    parts: [f64; 4],
    problems: usize,
    report: usize,
}

fn run(bytes: &[u8]) -> Run {
    let catalog = Catalog::builtin().unwrap();
    let start = Instant::now();
    let mut session = Session::new(&catalog, Options::default());
    assert_eq!(session.add(bytes).unwrap(), None);
    let added = start.elapsed().as_secs_f64();
    session.finish().unwrap();
    let finished = start.elapsed().as_secs_f64();
    let report = session.report("json").unwrap();
    let reported = start.elapsed().as_secs_f64();
    drop(session);
    let seconds = start.elapsed().as_secs_f64();
    let problems = report.matches("\"exauth.diagnosis/1\"").count();
    Run {
        seconds,
        parts: [added, finished - added, reported - finished, seconds - reported],
        problems,
        report: report.len(),
    }
}

/// A figure of this process in kB (Linux).
fn kilobytes(figure: &str) -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(figure));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok()).unwrap_or_default()
}

/// In a child: the seconds of one analysis.
fn measure_time(shape: &Shape, records: usize) {
    let bytes = shape.bytes(records);
    drop(Catalog::builtin().unwrap());
    println!("{}", run(&bytes).seconds);
}

/// How many times as long the large input takes as the small one, in one round.
fn ratio(shape: &Shape) -> f64 {
    let seconds = |records: usize| child(&["--time", shape.name, &records.to_string()]).iter().sum::<f64>();
    let five = || (0..5).map(|_| seconds(shape.records / 10)).sum::<f64>();
    let before = five();
    let whole = seconds(shape.records);
    10.0 * whole / (before + five())
}

/// In a child: the peak of memory beyond the input, in MB, and the parts of the time.
fn measure_memory(shape: &Shape, records: usize) {
    let bytes = shape.bytes(records);
    drop(Catalog::builtin().unwrap());
    // What making the input took at its peak is no part of it.
    let _ = fs::write("/proc/self/clear_refs", "5");
    let before = kilobytes("VmRSS");
    let run = run(&bytes);
    let peak = (kilobytes("VmHWM") - before) / 1024.0;
    let [add, finish, report, drop] = run.parts;
    let megabytes = [bytes.len() as f64 / 1e6, run.report as f64 / 1e6];
    println!("{peak} {} {} {} {add} {finish} {report} {drop}", megabytes[0], run.problems, megabytes[1]);
}

/// The numbers that a child of this program prints.
fn child(arguments: &[&str]) -> Vec<f64> {
    let program = std::env::current_exe().unwrap();
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().split_whitespace().map(|word| word.parse().unwrap()).collect()
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let shape = |name: &str| SHAPES.iter().find(|shape| shape.name == name).unwrap();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["--time", name, records] => return measure_time(shape(name), records.parse().unwrap()),
        ["--memory", name, records] => return measure_memory(shape(name), records.parse().unwrap()),
        _ => {}
    }
    let wanted = |shape: &&Shape| arguments.is_empty() || arguments.iter().any(|name| name == shape.name);
    let chosen: Vec<&Shape> = SHAPES.iter().filter(wanted).collect();
    println!("{:14} records    MB problems reportMB     add  finish  report    drop  peakMB", "shape");
    let mut peaks = Vec::new();
    for shape in &chosen {
        for records in [shape.records / 10, shape.records] {
            let row = child(&["--memory", shape.name, &records.to_string()]);
            let [peak, input, problems, report, add, finish, write, drop] = row.as_slice() else {
                panic!("{row:?}")
            };
            println!(
                "{:14} {records:7} {input:5.1} {problems:8} {report:8.1} {add:6.2}s {finish:6.2}s {write:6.2}s {drop:6.2}s {peak:7.1}",
                shape.name
            );
            peaks.push(*peak);
        }
    }
    // The shapes take turns: a slow minute meets them all.
    let mut ratios: Vec<Vec<f64>> = vec![Vec::new(); chosen.len()];
    for round in 0..ROUNDS[0] {
        for (at, shape) in chosen.iter().enumerate() {
            if round < ROUNDS[usize::from(shape.name != SHAPES[0].name)] {
                ratios[at].push(ratio(shape));
            }
        }
    }
    for (at, shape) in chosen.iter().enumerate() {
        let times = &mut ratios[at];
        times.sort_by(f64::total_cmp);
        let (small, large) = (peaks[2 * at], peaks[2 * at + 1]);
        let each = (large - small) * 1024.0 * 1024.0 / (shape.records as f64 * 0.9);
        println!(
            "L2   {:48} {:.1} times as long ({:.1} to {:.1}; at most {AT_MOST}), {each:.0} bytes a record",
            shape.what,
            times[times.len() / 2],
            times[0],
            times[times.len() - 1]
        );
    }
}
