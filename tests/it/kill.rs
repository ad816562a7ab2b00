//! A run that ends at any moment leaves a state from which the next one reaches the target.

use std::{
    process::{Child, Stdio},
    sync::{Arc, Mutex},
};

use trailctl::sandbox::Sandbox;

use crate::support::{Local, Moment, Seen, Verdict, Workspace};

const SMALL: &str = "
version: 1
stack: kill
trails:
  audit: {bucket: kill-logs, events: [{where: {eventCategory: Management, readOnly: false}}]}
buckets:
  kill-logs: {}
";

/// Differs from `SMALL` in something for every call that an update has.
const CHANGED: &str = "
version: 1
stack: kill
tags: {team: security}
trails:
  audit: {bucket: kill-logs, prefix: prod, logging: false, tags: {a: b}}
buckets:
  kill-logs:
    versioning: false
    encryption: {kms_key: kill-key}
    public_access_block: false
    object_ownership: BucketOwnerPreferred
    tls_only: false
kms_keys: {kill-key: {}}
";

/// All kinds.
const COMPLETE: &str = "
version: 1
stack: kill
trails:
  audit:
    bucket: kill-logs
    kms_key: key
    topic: topic
    cloudwatch_logs: {log_group: group}
    insights: [{type: ApiCallRateInsight}]
buckets: {kill-logs: {encryption: {kms_key: key}, lifecycle: [{id: old, expire_days: 400}]}}
kms_keys: {key: {}}
log_groups: {group: {retention_days: 365, kms_key: key}}
topics: {topic: {kms_key: key}}
";

const APPLY: &str = "apply --yes --allow-coverage-loss";

/// Returns the calls of a run that leads from one spec to the next, those that only read too.
fn calls(before: Option<&str>, after: &str) -> Vec<Seen> {
    let aws = Local::start();
    let workspace = Workspace::at(&aws.endpoint);
    if let Some(before) = before {
        workspace.spec(before);
        let _ = workspace.expect("apply --yes", 0);
    }
    aws.take_calls();
    workspace.spec(after);
    let _ = workspace.expect(APPLY, 0);
    aws.take_calls()
}

/// Which calls are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    /// Those that change something.
    Changes,
    /// All.
    Anything,
}

/// Breaks the run at the call of this number, before or after its effect, and expects that the next run reaches the
/// target and the one after it has nothing to do.
fn converges(before: Option<&str>, after: &str, asked: Asked, number: usize, moment: Moment) {
    let sandbox = Sandbox::in_memory();
    if let Some(before) = before {
        let aws = Local::serving(sandbox.clone(), |_, _, _| Verdict::Continue);
        let workspace = Workspace::at(&aws.endpoint);
        workspace.spec(before);
        let _ = workspace.expect("apply --yes", 0);
    }
    let child: Arc<Mutex<Option<Child>>> = Arc::default();
    let victim = Arc::clone(&child);
    let broken = Local::asked(sandbox.clone(), move |_, at, when| {
        let at = if asked == Asked::Changes { at.change } else { Some(at.attempt) };
        if (at, when) != (Some(number), moment) {
            return Verdict::Continue;
        }
        if let Some(child) = victim.lock().unwrap().as_mut() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
        Verdict::Fail
    });
    let workspace = Workspace::at(&broken.endpoint);
    workspace.spec(after);
    let case = format!("killed at call {number} of {asked:?}, {moment:?}");
    let code = {
        let mut command = workspace.command(APPLY);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        // The lock is held until the process is known: its first call may come at once.
        let mut slot = child.lock().unwrap();
        *slot = Some(command.spawn().unwrap());
        drop(slot);
        wait(&child)
    };
    assert_eq!(code, None, "{case}: killed");
    let reached = broken.take_calls();
    let reached = reached.iter().filter(|call| asked == Asked::Anything || call.mutates).count();
    assert!(reached >= number, "{case}: the call was reached");
    drop(broken);
    let healthy = Local::serving(sandbox, |_, _, _| Verdict::Continue);
    let mut workspace = workspace;
    workspace.set("AWS_ENDPOINT_URL", &healthy.endpoint.url);
    let _ = workspace.expect(APPLY, 0);
    workspace.expect_no_changes();
    healthy.take_calls();
    let _ = workspace.expect("apply --yes", 0);
    assert_eq!(healthy.take_changes(), [""; 0], "{case}");
    let vaults = healthy.sandbox.state().unwrap()["vaults"].clone();
    let keys = vaults.as_object().into_iter().flatten().flat_map(|(_, regions)| regions.as_object().unwrap());
    let keys: usize = keys.map(|(_, vault)| vault["keys"].as_object().unwrap().len()).sum();
    assert!(keys <= 1, "{case}: {keys} keys");
}

/// Waits for the end of the process, without keeping the lock that the killer needs.
fn wait(child: &Mutex<Option<Child>>) -> Option<i32> {
    loop {
        if let Some(status) = child.lock().unwrap().as_mut().and_then(|child| child.try_wait().unwrap()) {
            return status.code();
        }
        std::thread::yield_now();
    }
}

fn every_point(before: Option<&str>, after: &str, at_least: usize) {
    let calls = calls(before, after).iter().filter(|call| call.mutates).count();
    assert!(calls >= at_least, "the scenario has {calls} calls");
    std::thread::scope(|scope| {
        for moment in [Moment::Before, Moment::After] {
            scope.spawn(move || {
                (1..=calls).for_each(|number| converges(before, after, Asked::Changes, number, moment));
            });
        }
    });
}

#[test]
fn a_create_killed_at_any_call_converges() {
    every_point(None, SMALL, 9);
}

#[test]
fn a_complete_create_killed_at_any_call_converges() {
    every_point(None, COMPLETE, 20);
}

#[test]
fn an_update_killed_at_any_call_converges() {
    every_point(Some(SMALL), CHANGED, 10);
}

/// How many moments are chosen, and from where the choice starts.
const MOMENTS: usize = 50;
const SEED: u64 = 20_260_401;

/// Returns a number below `end`, and goes on: the generator of Numerical Recipes.
fn choose(seed: &mut u64, end: usize) -> usize {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    usize::try_from((*seed >> 33) % end as u64).unwrap()
}

#[test]
fn a_run_killed_at_any_moment_also_while_it_reads_converges() {
    let scenarios: [(Option<&'static str>, &'static str); 3] =
        [(None, SMALL), (Some(SMALL), CHANGED), (None, COMPLETE)];
    // A run that is killed after its last change has nothing left to do.
    let last = |calls: Vec<Seen>| calls.iter().rposition(|call| call.mutates).unwrap() + 1;
    let attempts = scenarios.map(|(before, after)| last(calls(before, after)));
    let mut seed = SEED;
    let moments: Vec<_> = (0..MOMENTS)
        .map(|_| {
            let scenario = choose(&mut seed, scenarios.len());
            let number = 1 + choose(&mut seed, attempts[scenario]);
            let moment = [Moment::Before, Moment::After][choose(&mut seed, 2)];
            (scenarios[scenario], number, moment)
        })
        .collect();
    std::thread::scope(|scope| {
        for part in moments.chunks(MOMENTS / 2) {
            scope.spawn(move || {
                for ((before, after), number, moment) in part {
                    converges(*before, after, Asked::Anything, *number, *moment);
                }
            });
        }
    });
}
