//! What a spec costs without AWS: `validate` of a large one, and the start of the program.
//!
//! `cargo bench --bench validate` prints medians: of the reading in this process, and of the whole program with its start and its
//! report; and the most memory that one run had, as Linux counts it.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench reads the clock and prints what it found"
)]

use std::{
    fmt::Write as _,
    fs,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use trailctl::spec::parse::parse;

const RUNS: usize = 31;
const TRAILS: usize = 5;
const SELECTORS: usize = 500;
const LINES: usize = 10_000;

/// Returns a valid spec of 10,000 lines with 500 selectors.
fn large() -> String {
    let mut spec = String::from("version: 1\nstack: large\nregion: us-east-1\ntrails:\n");
    for trail in 0..TRAILS {
        let _ = writeln!(
            spec,
            "  trail-{trail}:\n    bucket: logs-0\n    prefix: p{trail}\n    recursive_logging: false\n    events:"
        );
        for selector in 0..SELECTORS / TRAILS {
            let number = trail * 1000 + selector;
            let _ = writeln!(spec, "      - name: Objects of team {number}");
            spec.push_str(
                "        where:\n          eventCategory: Data\n          resources.type: AWS::S3::Object\n",
            );
            let _ = writeln!(
                spec,
                "          readOnly: false\n          resources.ARN:\n            starts_with:"
            );
            let _ = writeln!(spec, "              - arn:aws:s3:::acme-data-{number}/");
        }
    }
    spec.push_str("buckets:\n");
    let mut number = 0;
    while spec.lines().count() < LINES - 20 {
        for _ in 0..100 {
            let _ = writeln!(
                spec,
                "  logs-{number}:\n    lifecycle:\n      - id: expire\n        expire_days: 400"
            );
            spec.push_str("    tags:\n      team: security\n      cost: audit\n");
            number += 1;
            if spec.lines().count() >= LINES - 20 {
                break;
            }
        }
    }
    while spec.lines().count() < LINES {
        spec.push_str("# The end.\n");
    }
    spec
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn timed(mut run: impl FnMut()) -> Duration {
    median(
        (0..RUNS)
            .map(|_| {
                let start = Instant::now();
                run();
                start.elapsed()
            })
            .collect(),
    )
}

/// Runs the program to its end.
fn program(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trailctl"));
    let status =
        command.args(arguments).current_dir(folder).stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(status.is_ok_and(|status| status.success()), "{arguments:?}");
}

fn main() {
    let spec = large();
    let parsed = parse(&spec);
    assert!(parsed.spec.is_some(), "{:?}", parsed.diagnostics.first());
    let folder = std::env::temp_dir().join(format!("trailctl-bench-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder for the spec");
    fs::write(folder.join("trailctl.yaml"), &spec).expect("the spec is written");
    println!(
        "{} lines, {SELECTORS} selectors, {} bytes; medians of {RUNS} runs",
        spec.lines().count(),
        spec.len()
    );
    println!("read and checked, in this process   {:>9.1?}", timed(|| assert!(parse(&spec).spec.is_some())));
    println!("trailctl validate                   {:>9.1?}", timed(|| program(&folder, &["validate"])));
    println!("trailctl --version                  {:>9.1?}", timed(|| program(&folder, &["--version"])));
    println!("most memory of trailctl validate    {:>6.1} MiB", most_memory(&folder));
    fs::remove_dir_all(&folder).expect("the folder is removed");
}

/// Returns the largest resident set of a run of `validate`, in MiB. It is gone when the process has ended, so that it is asked for
/// until then.
fn most_memory(folder: &Path) -> f64 {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trailctl"));
    let child =
        command.arg("validate").current_dir(folder).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let mut child = child.expect("the program starts");
    let mut most = 0.0;
    while matches!(child.try_wait(), Ok(None)) {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
        most = kib.map_or(most, |kib| f64::max(most, kib));
    }
    most / 1024.0
}
