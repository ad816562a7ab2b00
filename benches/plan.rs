//! What a plan costs: rounds of dependent calls, calls, CPU and wall time, for estates of several sizes.
//!
//! `cargo bench --bench plan` prints a table. Each trail is complete: bucket, key, log group, role, topic, selectors, Insights,
//! tags; five share a Region. Rounds are counted in a run of their own: the endpoint answers only when no call has come for a while,
//! and then all that wait; each time is a round. CPU time is that of the process that plans, as Linux counts it.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a bench reads the clock and prints what it found"
)]

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::Path,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{Request, Response};
use trailctl::sandbox::Sandbox;

use self::account::{run, serve_on_loopback};

mod account;
#[path = "../tests/it/support/estate.rs"]
mod estate;

const SIZES: [usize; 4] = [1, 5, 25, 100];
const LATENCIES: [Duration; 2] = [Duration::ZERO, Duration::from_millis(40)];
const RUNS: usize = 9;
/// How long no call comes before a round is over.
const QUIET: Duration = Duration::from_millis(400);

/// What the endpoint has seen of a run.
struct Watch {
    /// How long an answer takes; `None` to answer round by round.
    latency: Option<Duration>,
    calls: usize,
    /// How many rounds are over.
    rounds: usize,
    last: Instant,
    by_name: BTreeMap<String, usize>,
}

impl Watch {
    fn new(latency: Option<Duration>) -> Self {
        Self { latency, calls: 0, rounds: 0, last: Instant::now(), by_name: BTreeMap::new() }
    }
}

/// What a run cost.
struct Cost {
    wall: Duration,
    cpu: Duration,
    calls: usize,
    rounds: usize,
}

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    println!("| trails | latency | rounds | calls | wall, median | CPU, median |");
    println!("| ---: | ---: | ---: | ---: | ---: | ---: |");
    for size in SIZES {
        let watch = Arc::new(Mutex::new(Watch::new(Some(Duration::ZERO))));
        let url = start(&watch);
        fs::write(folder.path().join("trailctl.yaml"), estate::spec("bench", size))
            .expect("the spec is written");
        run(folder.path(), &url, "apply --yes --quiet");
        let rounds = measure(folder.path(), &url, &watch, None).rounds;
        for latency in LATENCIES {
            let costs: Vec<Cost> =
                (0..RUNS).map(|_| measure(folder.path(), &url, &watch, Some(latency))).collect();
            let median = |of: &dyn Fn(&Cost) -> Duration| {
                let mut all: Vec<Duration> = costs.iter().map(of).collect();
                all.sort();
                all[RUNS / 2]
            };
            println!(
                "| {size} | {latency:?} | {rounds} | {} | {:.1?} | {:.1?} |",
                costs[0].calls,
                median(&|cost| cost.wall),
                median(&|cost| cost.cpu)
            );
        }
        let watch = watch.lock().expect("nobody panicked");
        if size == 1 {
            let mut names = String::new();
            for (name, count) in &watch.by_name {
                let _ = write!(names, " {name} {count}");
            }
            eprintln!("calls for one trail:{names}");
        }
    }
}

fn measure(folder: &Path, url: &str, watch: &Mutex<Watch>, latency: Option<Duration>) -> Cost {
    *watch.lock().expect("nobody panicked") = Watch::new(latency);
    let begin = Instant::now();
    let cpu = run(folder, url, "plan --detailed-exitcode --parallelism 1000");
    let wall = begin.elapsed();
    let watch = watch.lock().expect("nobody panicked");
    Cost { wall, cpu, calls: watch.calls, rounds: watch.rounds }
}

/// Serves an empty AWS, and returns where.
fn start(watch: &Arc<Mutex<Watch>>) -> String {
    let (sandbox, watch) = (Sandbox::in_memory(), Arc::clone(watch));
    serve_on_loopback(move |request| answer(&sandbox, &watch, request))
}

fn answer(sandbox: &Sandbox, watch: &Mutex<Watch>, request: Request<Bytes>) -> Response<Bytes> {
    let name =
        Sandbox::operation_of(&request).map(|(service, operation, _)| format!("{service}:{operation}"));
    let (round, latency) = {
        let mut watch = watch.lock().expect("nobody panicked");
        watch.calls += 1;
        watch.last = Instant::now();
        *watch.by_name.entry(name.unwrap_or_default()).or_default() += 1;
        (watch.rounds, watch.latency)
    };
    let answer = sandbox.handle(request);
    // Who waits must not keep others from being read.
    tokio::task::block_in_place(|| match latency {
        Some(latency) => thread::sleep(latency),
        None => until_over(watch, round),
    });
    answer
}

/// Waits until the round of this number is over.
fn until_over(watch: &Mutex<Watch>, round: usize) {
    loop {
        thread::sleep(Duration::from_millis(5));
        let mut watch = watch.lock().expect("nobody panicked");
        if watch.rounds > round {
            return;
        }
        if watch.last.elapsed() > QUIET {
            watch.rounds += 1;
            return;
        }
    }
}
