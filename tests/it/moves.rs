//! Trails that move: in no state of an apply, whole or broken, does the recording stop.

use std::{
    collections::BTreeMap,
    process::{Command, Stdio},
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};
use trailctl::{
    policy::evaluate::{Decision, Principal, Request, evaluate},
    sandbox::Sandbox,
};

use crate::support::{Local, Moment, Verdict, Workspace};

const HEAD: &str = "version: 1\nstack: moves\n";
const BEFORE: &str = "trails: {audit: {bucket: moves-logs}}\nbuckets: {moves-logs: {}, moves-more: {}}\n";

/// Where the trail moves to, and the names that must be allowed to go.
const MOVES: &[(&str, &str)] = &[
    ("trails: {audit: {bucket: moves-logs, prefix: prod}}", ""),
    ("trails: {audit: {bucket: moves-more}}", ""),
    ("trails: {audit: {bucket: moves-more, prefix: prod}}", ""),
    ("trails: {audit: {bucket: moves-logs, name: audit-2}}", "--allow-destroy audit"),
    ("trails: {main: {bucket: moves-logs}}", "--allow-destroy audit"),
    ("trails: {audit: {bucket: moves-more, name: audit-2, region: eu-west-1}}", "--allow-destroy audit"),
];

/// Returns the trails that record all management events now, and can deliver them.
fn recording(sandbox: &Sandbox) -> Vec<String> {
    let state = sandbox.state().unwrap();
    let buckets = &state["buckets"]["aws"];
    let trails = &state["trails"]["111122223333"];
    let mut recording = Vec::new();
    for (region, trails) in trails.as_object().into_iter().flatten() {
        for (name, trail) in trails.as_object().unwrap() {
            let arn = format!("arn:aws:cloudtrail:{region}:111122223333:trail/{name}");
            let settings = &trail["settings"];
            let policy = buckets[settings["bucket"].as_str().unwrap()]["policy"].as_str();
            let may_deliver = policy.is_some_and(|policy| delivers(policy, settings, &arn));
            if trail["logging"]["is_on"] == true && settings["is_multi_region"] == true && may_deliver {
                recording.push(name.clone());
            }
        }
    }
    recording
}

fn delivers(policy: &str, settings: &Value, trail: &str) -> bool {
    let policy: Value = serde_json::from_str(policy).unwrap();
    let bucket = settings["bucket"].as_str().unwrap();
    let prefix = settings["prefix"].as_str().map_or_else(String::new, |prefix| format!("{prefix}/"));
    let context = json!({"aws:SourceArn": trail, "aws:SourceAccount": "111122223333", "aws:SecureTransport": "true",
        "s3:x-amz-acl": "bucket-owner-full-control"});
    let request = Request {
        principal: Principal::Service("cloudtrail.amazonaws.com".to_owned()),
        action: "s3:PutObject".to_owned(),
        resource: format!("arn:aws:s3:::{bucket}/{prefix}AWSLogs/111122223333/CloudTrail/x"),
        context: context
            .as_object()
            .unwrap()
            .iter()
            .map(|(key, value)| (key.clone(), vec![value.as_str().unwrap().to_owned()]))
            .collect::<BTreeMap<_, _>>(),
    };
    matches!(evaluate(&policy, &request), Decision::Allowed { .. })
}

/// Moves the trail, with a fault at the call of this number, if it is given, and returns how many calls there were. After
/// each call some trail must record.
fn moved(after: &str, allowed: &str, fault: Option<(usize, Moment)>) -> usize {
    let sandbox = Sandbox::in_memory();
    let mut workspace = {
        let aws = Local::serving(sandbox.clone(), |_, _, _| Verdict::Continue);
        let workspace = Workspace::at(&aws.endpoint);
        workspace.spec(&format!("{HEAD}{BEFORE}"));
        let _ = workspace.expect("apply --yes", 0);
        workspace
    };
    assert_eq!(recording(&sandbox), ["audit"]);
    let gaps: Arc<Mutex<Vec<String>>> = Arc::default();
    let (found, seen) = (Arc::clone(&gaps), sandbox.clone());
    let aws = Local::serving(sandbox.clone(), move |call, number, moment| {
        if moment == Moment::After && recording(&seen).is_empty() {
            found.lock().unwrap().push(format!("after call {number}, {}", call.operation));
        }
        if Some((number, moment)) == fault { Verdict::Reject } else { Verdict::Continue }
    });
    workspace.set("AWS_ENDPOINT_URL", &aws.endpoint.url);
    workspace.spec(&format!("{HEAD}{}", BEFORE.replace("trails: {audit: {bucket: moves-logs}}", after)));
    let apply = format!("apply --yes {allowed}");
    if let Some((number, moment)) = fault {
        let broken = workspace.run(&apply);
        // The first call may be all there was; after any other, part of the plan is done.
        assert!(broken.code == Some(4) || (number == 1 && broken.code == Some(1)), "{moment:?} {broken:?}");
    }
    let _ = workspace.expect(&apply, 0);
    workspace.expect_no_changes();
    assert_eq!(gaps.lock().unwrap().as_slice(), [""; 0], "{after} {fault:?}");
    assert_eq!(recording(&sandbox).len(), 1, "{after} {fault:?}");
    aws.take_changes().len()
}

#[test]
fn no_move_stops_the_recording() {
    std::thread::scope(|scope| {
        for (after, allowed) in MOVES {
            scope.spawn(move || assert!(moved(after, allowed, None) >= 2, "{after}"));
        }
    });
}

#[test]
fn no_broken_move_stops_the_recording() {
    std::thread::scope(|scope| {
        for (after, allowed) in MOVES {
            scope.spawn(move || {
                for number in 1..=moved(after, allowed, None) {
                    moved(after, allowed, Some((number, Moment::Before)));
                    moved(after, allowed, Some((number, Moment::After)));
                }
            });
        }
    });
}

#[cfg(unix)]
#[test]
fn an_interrupt_lets_the_call_in_flight_end_and_says_what_is_left() {
    let pid: Arc<Mutex<Option<u32>>> = Arc::default();
    let victim = Arc::clone(&pid);
    let aws = Local::serving(Sandbox::in_memory(), move |_, number, moment| {
        if (number, moment) == (3, Moment::Before)
            && let Some(pid) = victim.lock().unwrap().take()
        {
            assert!(Command::new("kill").args(["-INT", &pid.to_string()]).status().unwrap().success());
        }
        Verdict::Continue
    });
    let workspace = Workspace::at(&aws.endpoint);
    workspace.spec(&format!("{HEAD}{BEFORE}"));
    let mut command = workspace.command("apply --yes");
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    // The lock is held until the process is known: its first call may come at once.
    let mut slot = pid.lock().unwrap();
    let child = command.spawn().unwrap();
    *slot = Some(child.id());
    drop(slot);
    let output = child.wait_with_output().unwrap();
    let words = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{words}");
    assert!(words.contains("Stopping after the calls in flight."), "{words}");
    assert!(words.contains("interrupted before the end of: ") && words.contains("trail.audit"), "{words}");
    assert!(
        words.ends_with(
            "Some of the plan was applied. Run apply again to continue from here.\n\
             error: interrupted: the calls in flight have ended, and nothing more was sent\n"
        ),
        "{words}"
    );
    assert!(!aws.take_changes().contains(&"CreateTrail"));
    let _ = workspace.expect("apply --yes", 0);
    workspace.expect_no_changes();
}
