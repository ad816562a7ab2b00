//! What an export of a large estate costs: calls, which of them are asked again, wall and CPU time.
//!
//! `cargo bench --bench export` prints a table. 200 trails are spread over 17 Regions; 85 of them have a bucket, a key, a log
//! group, a role and a topic of their own, which the others share. AWS takes five trails in a Region: they are put into the state
//! of the embedded one.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench reads the clock and prints what it found"
)]

use std::{
    collections::BTreeMap,
    fs,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::Request;
use serde_json::Value;
use trailctl::sandbox::Sandbox;

use self::account::{run, run_to, serve_on_loopback};

mod account;
#[path = "../tests/it/support/estate.rs"]
mod estate;

/// How many trails are made with all that they can use, four in a Region.
const COMPLETE: usize = 85;
const REGIONS: usize = 17;
const TRAILS: usize = 200;
const LATENCY: Duration = Duration::from_millis(40);
const RUNS: usize = 5;

/// How often each call came: by its name, and with all that it says.
#[derive(Default)]
struct Seen {
    by_name: BTreeMap<String, usize>,
    whole: BTreeMap<Vec<u8>, usize>,
}

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let seen = Arc::new(Mutex::new(Seen::default()));
    let seeded = Sandbox::in_memory();
    let seed = seeded.clone();
    let url = serve_on_loopback(move |request| seed.handle(request));
    fs::write(folder.path().join("trailctl.yaml"), estate::spec("bench", COMPLETE))
        .expect("the spec is written");
    run(folder.path(), &url, "apply --yes --quiet");
    let state = multiplied(seeded.state().expect("the state"));
    let at = folder.path().join("state");
    fs::create_dir(&at).expect("a folder");
    fs::write(at.join("state.json"), state.to_string()).expect("the state is written");
    let sandbox = Sandbox::open(&at).and_then(|kept| kept.fork()).expect("the state can be read");
    let watch = Arc::clone(&seen);
    let url = serve_on_loopback(move |request| {
        watch.lock().expect("nobody panicked").count(&request);
        let answer = sandbox.handle(request);
        tokio::task::block_in_place(|| thread::sleep(LATENCY));
        answer
    });

    println!("| trails | Regions | | calls | asked again | wall, median | CPU, median |");
    println!("| ---: | ---: | --- | ---: | ---: | ---: | ---: |");
    // More than five trails in a Region are an error of the spec, and want attention.
    for (arguments, code) in [("export --quiet", 1), ("export --adopt --quiet", 1), ("status --quiet", 2)] {
        let mut costs = Vec::new();
        for _ in 0..RUNS {
            *seen.lock().expect("nobody panicked") = Seen::default();
            let begin = Instant::now();
            let cpu = run_to(folder.path(), &url, &format!("{arguments} --parallelism 1000"), code);
            costs.push((begin.elapsed(), cpu));
        }
        let seen = seen.lock().expect("nobody panicked");
        let calls: usize = seen.by_name.values().sum();
        let again: usize = seen.whole.values().map(|times| times - 1).sum();
        costs.sort();
        let (wall, cpu) = costs[RUNS / 2];
        println!("| {TRAILS} | {REGIONS} | {arguments} | {calls} | {again} | {wall:.1?} | {cpu:.1?} |");
        for (name, count) in &seen.by_name {
            println!("  {name} {count}");
        }
    }
}

impl Seen {
    fn count(&mut self, request: &Request<Bytes>) {
        let name =
            Sandbox::operation_of(request).map(|(service, operation, _)| format!("{service}:{operation}"));
        *self.by_name.entry(name.unwrap_or_default()).or_default() += 1;
        let header = |name: &str| {
            request.headers().get(name).map(|value| value.as_bytes().to_vec()).unwrap_or_default()
        };
        // The scope of the credentials has the Region; the signature behind it differs each time.
        let scope = header("authorization").split(|byte| *byte == b',').next().unwrap_or_default().to_vec();
        let uri = request.uri().to_string().into_bytes();
        let whole = [uri, scope, header("x-amz-target"), request.body().to_vec()].join(&b'|');
        *self.whole.entry(whole).or_default() += 1;
    }
}

/// Returns a state with further trails, as many in each Region, which use what the others use; all are nobody's.
fn multiplied(mut state: Value) -> Value {
    let accounts = state["trails"].as_object_mut().expect("accounts");
    let regions = accounts.values_mut().next().and_then(Value::as_object_mut).expect("an account");
    let mut left = TRAILS - COMPLETE;
    for (place, trails) in regions.values_mut().enumerate() {
        let more = left.div_ceil(REGIONS - place);
        let Some(trails) = trails.as_object_mut() else { continue };
        let known: Vec<(String, Value)> =
            trails.iter().map(|(name, trail)| (name.clone(), trail.clone())).collect();
        for number in 0..more {
            let (name, trail) = &known[number % known.len()];
            trails.insert(format!("{name}-{number}"), trail.clone());
        }
        left -= more;
    }
    let all = regions.values_mut().filter_map(Value::as_object_mut).flat_map(|trails| trails.values_mut());
    all.for_each(|trail| trail["tags"] = serde_json::json!({}));
    state
}
