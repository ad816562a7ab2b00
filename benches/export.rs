//! What an export of a large estate costs: calls, which of them are asked again, wall and CPU time.
//!
//! `cargo bench --bench export` prints a table. 200 trails are spread over 17 Regions; 68 of them are complete, each with a bucket, a
//! key, a log group, a role and a topic of its own, which others share. AWS takes five trails in a Region: they are put into the state
//! of the embedded one.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench reads the clock and prints what it found"
)]

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;
use trailctl::sandbox::Sandbox;

use self::account::{run, serve_on_loopback};

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
    let state = folder.path().join("state");
    let seen = Arc::new(Mutex::new(Seen::default()));
    let sandbox = Sandbox::open(&state).expect("an empty account");
    let (watch, served) = (Arc::clone(&seen), sandbox.clone());
    let url = serve_on_loopback(move |request| {
        {
            let name = Sandbox::operation_of(&request)
                .map(|(service, operation, _)| format!("{service}:{operation}"));
            let mut seen = watch.lock().expect("nobody panicked");
            *seen.by_name.entry(name.unwrap_or_default()).or_default() += 1;
            let host = request.headers().get("authorization").map(|value| value.as_bytes().to_vec());
            // The credential scope has the Region; the signature behind it differs each time.
            let scope =
                host.unwrap_or_default().split(|byte| *byte == b',').next().unwrap_or_default().to_vec();
            let target = request.headers().get("x-amz-target").map(|value| value.as_bytes().to_vec());
            let whole = [
                request.uri().to_string().into_bytes(),
                scope,
                target.unwrap_or_default(),
                request.body().to_vec(),
            ];
            *seen.whole.entry(whole.join(&b'|')).or_default() += 1;
        }
        let answer = served.handle(request);
        tokio::task::block_in_place(|| thread::sleep(LATENCY));
        answer
    });
    fs::write(folder.path().join("trailctl.yaml"), estate::spec("bench", COMPLETE))
        .expect("the spec is written");
    run(folder.path(), &url, "apply --yes --quiet");
    multiply(&state.join("state.json"));

    println!("| trails | Regions | | calls | asked again | wall, median | CPU, median |");
    println!("| ---: | ---: | --- | ---: | ---: | ---: | ---: |");
    for arguments in [
        "export --stack other --format json",
        "export --stack other --adopt --format json",
        "status --format json",
    ] {
        let mut costs = Vec::new();
        for _ in 0..RUNS {
            *seen.lock().expect("nobody panicked") = Seen::default();
            let begin = Instant::now();
            let cpu = run(folder.path(), &url, &format!("{arguments} --parallelism 1000"));
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

/// Puts further trails into the state of the account, as many in each Region, which use what the others use and are nobody's.
fn multiply(file: &Path) {
    let text = fs::read_to_string(file).expect("the state");
    let mut state: Value = serde_json::from_str(&text).expect("the state is JSON");
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
    for trail in regions.values_mut().filter_map(Value::as_object_mut).flat_map(|trails| trails.values_mut())
    {
        trail["tags"] = serde_json::json!({});
    }
    fs::write(file, state.to_string()).expect("the state is written");
}
