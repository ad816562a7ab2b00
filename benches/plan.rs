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
    net::Ipv4Addr,
    path::Path,
    process::{Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{Request, Response};
use tokio::net::TcpListener;
use trailctl::sandbox::{Sandbox, serve::serve};

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

/// Serves an empty AWS on a thread of its own, and returns where.
fn start(watch: &Arc<Mutex<Watch>>) -> String {
    let (sandbox, watch) = (Sandbox::in_memory(), Arc::clone(watch));
    let handler = move |request: Request<Bytes>| answer(&sandbox, &watch, request);
    let (address, bound) = std::sync::mpsc::channel();
    thread::spawn(move || {
        // Calls that wait take a thread each.
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        let runtime = runtime.worker_threads(4).max_blocking_threads(2000).enable_all().build();
        runtime.expect("a runtime").block_on(async {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
            address.send(listener.local_addr().expect("an address")).expect("somebody waits");
            serve(listener, handler, std::future::pending()).await
        })
    });
    format!("http://{}", bound.recv().expect("the server starts"))
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

/// Runs the binary, which must succeed, and returns the CPU time that it took.
fn run(folder: &Path, url: &str, arguments: &str) -> Duration {
    let mut child = Command::new(env!("CARGO_BIN_EXE_trailctl"))
        .args(arguments.split(' '))
        .env_clear()
        .env("AWS_ENDPOINT_URL", url)
        .env("AWS_ACCESS_KEY_ID", "111122223333")
        .env("AWS_SECRET_ACCESS_KEY", "secret")
        .env("AWS_REGION", estate::REGIONS[0])
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut output = String::new();
    let stdout = child.stdout.take().expect("it is piped");
    std::io::Read::read_to_string(&mut { stdout }, &mut output).expect("it prints text");
    // The output is closed at the very end; what the process took is kept until it is waited for.
    let cpu = loop {
        let stat = fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap_or_default();
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks =
            |at: usize| fields.get(at).and_then(|field| field.parse::<u64>().ok()).unwrap_or_default();
        if fields.first().is_none_or(|state| *state == "Z") {
            // Linux counts in hundredths of a second.
            break Duration::from_millis(10 * (ticks(11) + ticks(12)));
        }
        thread::yield_now();
    };
    let status = child.wait().expect("it ends");
    assert!(status.success(), "{arguments}: {output}");
    cpu
}
