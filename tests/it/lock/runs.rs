//! Whole runs of the binary under a lock.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use aws_sdk_s3::types::{
    DefaultRetention, ObjectLockConfiguration, ObjectLockEnabled, ObjectLockRetentionMode, ObjectLockRule,
};
use serde_json::{Value, json};
use trailctl::{exit, sandbox::Sandbox};

use super::{BUCKET, KEY, SPEC, keep_versions, lock, one, s3, with_bucket};
use crate::{
    lifecycle::in_runtime,
    support::{Local, Moment, Output, Seen, Verdict, Workspace},
};

/// What taking the lock sends, and releasing it.
const TAKE: [&str; 4] = ["PutObject", "PutObject", "PutObject", "DeleteObject"];
const RELEASE: &str = "DeleteObject";

fn serve(sandbox: &Sandbox) -> Local {
    Local::serving(sandbox.clone(), |_, _, _| Verdict::Continue)
}

fn at(aws: &Local) -> Workspace {
    let workspace = Workspace::at(&aws.endpoint);
    workspace.spec(SPEC);
    workspace
}

/// Serves a sandbox, and does something when a call is about to have its effect.
fn when(
    sandbox: &Sandbox,
    operation: &'static str,
    then: impl Fn(usize) -> Verdict + Send + Sync + 'static,
) -> Local {
    let count = AtomicUsize::new(0);
    Local::serving(sandbox.clone(), move |call: &Seen, _, moment| {
        if (call.operation, moment) != (operation, Moment::Before) {
            return Verdict::Continue;
        }
        then(count.fetch_add(1, Ordering::SeqCst) + 1)
    })
}

fn says(output: &Output, words: &[&str]) {
    for word in words {
        assert!(output.stderr.contains(word), "{word}: {output:?}");
    }
}

#[tokio::test]
async fn a_run_holds_the_lock_while_it_changes_something() {
    let sandbox = with_bucket().await;
    let held = Arc::new(Mutex::new(None));
    let (looked, seen) = (Arc::clone(&held), sandbox.clone());
    let aws = when(&sandbox, "CreateTrail", move |_| {
        *looked.lock().unwrap() = lock(&seen);
        Verdict::Continue
    });
    let mut workspace = at(&aws);
    workspace.set("AWS_SECRET_ACCESS_KEY", "canary-secret");
    workspace.set("AWS_SESSION_TOKEN", "canary-token");
    let applied = workspace.expect("apply --yes --record record.jsonl --format json", exit::DONE);
    let document: Value = serde_json::from_str(&applied.stdout).unwrap();
    assert_eq!(document["lock"], json!({"place": "s3://acme-locks/trailctl/locked.lock", "released": true}));
    let body = held.lock().unwrap().take().unwrap();
    assert!(!body.contains("canary"), "{body}");
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        (&body["format"], &body["stack"], &body["command"], &body["lease_seconds"]),
        (&json!("trailctl.lock/1"), &json!("locked"), &json!("apply"), &json!(60))
    );
    assert!(body["owner"].as_str().unwrap().starts_with("arn:aws:"), "{body}");
    assert!(body["acquired"].as_str().unwrap().starts_with("2026-11-26T12:00:"), "{body}");
    assert_eq!(lock(&sandbox), None);
    let changes = aws.take_changes();
    assert!(changes.starts_with(&TAKE) && changes.ends_with(&[RELEASE]), "{changes:?}");
    let record = fs::read_to_string(workspace.path().join("record.jsonl")).unwrap();
    for operation in ["PutObject", "DeleteObject", "GetObjectLockConfiguration"] {
        assert!(record.contains(operation), "{record}");
    }
    // Nothing to do needs no lock; a saved plan and a removal take it too.
    let _ = workspace.expect("apply --yes", exit::DONE);
    assert_eq!(aws.take_changes(), [""; 0]);
    workspace.spec(&SPEC.replace("bucket: locked-logs}", "bucket: locked-logs, tags: {a: b}}"));
    let _ = workspace.expect("plan -o plan.json", exit::DONE);
    assert_eq!(aws.take_changes(), [""; 0]);
    for arguments in ["apply plan.json", "destroy --yes --allow-destroy audit --allow-coverage-loss"] {
        let _ = workspace.expect(arguments, exit::DONE);
        let changes = aws.take_changes();
        assert!(changes.starts_with(&TAKE) && changes.ends_with(&[RELEASE]), "{arguments}: {changes:?}");
    }
}

#[tokio::test]
async fn of_two_runs_at_once_the_second_is_refused() {
    let sandbox = with_bucket().await;
    let second = serve(&sandbox);
    let said = Arc::new(Mutex::new(None));
    let (says_so, workspace) = (Arc::clone(&said), at(&second));
    let first = when(&sandbox, "CreateTrail", move |_| {
        *says_so.lock().unwrap() = Some(workspace.run("apply --yes --break-stale-lock"));
        Verdict::Continue
    });
    let _ = at(&first).expect("apply --yes", exit::DONE);
    let refused = said.lock().unwrap().take().unwrap();
    assert_eq!(refused.code, Some(exit::REFUSED.into()), "{refused:?}");
    says(
        &refused,
        &[
            "the lock s3://acme-locks/trailctl/locked.lock is held: `apply` of the stack `locked` by arn:aws:",
            "since 2026-11-26T12:00:",
            "lease 60 s",
            "nothing was changed",
            "its lease ends at 2026-11-26T12:01:",
        ],
    );
    // Its one attempt, and nothing else.
    assert_eq!(second.take_changes(), ["PutObject"]);
    at(&second).expect_no_changes();
}

#[tokio::test]
async fn what_was_shown_must_still_be_the_plan_under_the_lock() {
    let sandbox = with_bucket().await;
    let beside = serve(&sandbox);
    let others = Workspace::at(&beside.endpoint);
    others.spec(&SPEC.replace("locked", "others").replace("audit", "theirs").replace("lock: {", "# {"));
    let aws = when(&sandbox, "PutObject", move |number| {
        if number == 1 {
            let _ = others.expect("apply --yes", exit::DONE);
        }
        Verdict::Continue
    });
    let refused = at(&aws).expect("apply --yes", exit::REFUSED);
    says(&refused, &["the account has changed since the plan was shown; nothing was changed"]);
    assert_eq!(aws.take_changes(), [&TAKE[..], &[RELEASE]].concat());
    assert_eq!(lock(&sandbox), None);
}

#[tokio::test]
async fn an_endpoint_that_ignores_conditions_is_refused() {
    for (operations, name) in [
        (&["PutObject", "DeleteObject"][..], "PutObject with If-None-Match"),
        (&["DeleteObject"], "DeleteObject with If-Match"),
    ] {
        let sandbox = with_bucket().await;
        let aws = Local::serving(sandbox.clone(), |call, _, moment| {
            let is_meant = moment == Moment::Before && operations.contains(&call.operation);
            if is_meant { Verdict::Unconditional } else { Verdict::Continue }
        });
        let refused = at(&aws).expect("apply --yes", exit::REFUSED);
        says(&refused, &[&format!("this endpoint ignores the condition of {name}"), "nothing was changed"]);
        let changes = aws.take_changes();
        assert!(changes.iter().all(|call| ["PutObject", "DeleteObject"].contains(call)), "{changes:?}");
        assert_eq!(lock(&sandbox), None);
    }
}

#[tokio::test]
async fn a_bucket_that_keeps_objects_is_refused() {
    let sandbox = with_bucket().await;
    keep_versions(&sandbox).await;
    let retention = DefaultRetention::builder().mode(ObjectLockRetentionMode::Governance).days(1).build();
    let configuration = ObjectLockConfiguration::builder()
        .object_lock_enabled(ObjectLockEnabled::Enabled)
        .rule(ObjectLockRule::builder().default_retention(retention).build())
        .build();
    let put = s3(&sandbox).put_object_lock_configuration().bucket(BUCKET);
    put.object_lock_configuration(configuration).send().await.unwrap();
    let aws = serve(&sandbox);
    let refused = at(&aws).expect("apply --yes", exit::REFUSED);
    says(&refused, &["by the default retention of Object Lock", "name another bucket in `lock:`"]);
    assert_eq!(aws.take_changes(), [""; 0]);
    let absent = at(&aws);
    absent.spec(&SPEC.replace(BUCKET, "nowhere"));
    let failed = absent.expect("apply --yes", exit::ERROR);
    says(&failed, &["NoSuchBucket", "nothing was changed", "make the bucket, which trailctl does not"]);
    let short = at(&aws).expect("apply --yes --timeout 60", exit::REFUSED);
    says(&short, &["its lease of 60 s is too short", "lower --timeout"]);
}

#[tokio::test]
async fn a_delete_marker_is_no_lock() {
    let sandbox = with_bucket().await;
    keep_versions(&sandbox).await;
    let aws = serve(&sandbox);
    let workspace = at(&aws);
    let _ = workspace.expect("apply --yes", exit::DONE);
    workspace.spec(&SPEC.replace("bucket: locked-logs}", "bucket: locked-logs, tags: {a: b}}"));
    let _ = workspace.expect("apply --yes", exit::DONE);
    assert_eq!(lock(&sandbox), None);
    let said = workspace.expect("unlock", exit::DONE).stdout;
    assert_eq!(said, "There is no lock at s3://acme-locks/trailctl/locked.lock.\n");
}

#[tokio::test]
async fn a_lock_that_cannot_be_released_hides_nothing() {
    let sandbox = with_bucket().await;
    // The first one belongs to the test of the endpoint.
    let aws = when(
        &sandbox,
        "DeleteObject",
        |number| {
            if number == 1 { Verdict::Continue } else { Verdict::Refuse }
        },
    );
    let workspace = at(&aws);
    let done = workspace.expect("apply --yes", exit::DONE);
    assert!(done.stdout.ends_with("Done: 2 created, 0 updated, 0 deleted.\n"), "{done:?}");
    says(&done, &["warning: the lock s3://acme-locks/trailctl/locked.lock is not released: s3:DeleteObject"]);
    assert!(lock(&sandbox).is_some());
    // One that somebody else has removed, too late to be noticed before.
    let sandbox = with_bucket().await;
    let theirs = sandbox.clone();
    let aws = when(&sandbox, "StartLogging", move |_| {
        let sandbox = theirs.clone();
        let remove =
            async move || drop(s3(&sandbox).delete_object().bucket(BUCKET).key(KEY).send().await.unwrap());
        std::thread::spawn(move || in_runtime(remove())).join().unwrap();
        Verdict::Continue
    });
    let done = at(&aws).expect("apply --yes --format json", exit::DONE);
    says(&done, &["was not this run's any more when it ended, and is left alone"]);
    let document: Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!((&document["lock"]["released"], &document["error"]), (&json!(false), &Value::Null));
    // Where no object may be deleted, nothing is changed.
    let sandbox = with_bucket().await;
    let aws = when(&sandbox, "DeleteObject", |_| Verdict::Refuse);
    let failed = at(&aws).expect("apply --yes", exit::ERROR);
    says(
        &failed,
        &[
            "the caller needs the permission for s3:DeleteObject",
            "could not be released",
            "nothing was changed",
        ],
    );
    assert!(aws.take_changes().iter().all(|call| call.ends_with("Object")));
}

#[tokio::test]
async fn what_a_killed_run_has_left_is_reported_and_healed() {
    let sandbox = with_bucket().await;
    let child: Arc<Mutex<Option<Child>>> = Arc::default();
    let victim = Arc::clone(&child);
    let broken = when(&sandbox, "CreateTrail", move |_| {
        let mut victim = victim.lock().unwrap();
        let child = victim.as_mut().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        Verdict::Fail
    });
    let workspace = at(&broken);
    {
        let mut slot = child.lock().unwrap();
        let mut command = workspace.command("apply --yes");
        *slot = Some(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    }
    while child.lock().unwrap().as_mut().unwrap().try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    assert!(lock(&sandbox).is_some());
    let refused = at(&serve(&sandbox)).expect("apply --yes --break-stale-lock", exit::REFUSED);
    says(&refused, &["is held: `apply` of the stack `locked`", "wait for that run"]);
    // An hour later by the server's clock it is stale.
    let later = serve(&sandbox.clone().with_clock(one));
    let workspace = at(&later);
    let refused = workspace.expect("apply --yes", exit::REFUSED);
    says(&refused, &["is stale: `apply` of the stack `locked`", "then use `--break-stale-lock`"]);
    later.take_calls();
    interrupt_the_wait(&workspace);
    assert_eq!(later.take_changes(), [&["PutObject"][..], &TAKE, &[RELEASE]].concat());
    assert_eq!(lock(&sandbox), None);
    let _ = workspace.expect("apply --yes", exit::DONE);
    workspace.expect_no_changes();
}

/// Takes the stale lock over, and interrupts the run when it says that it waits.
fn interrupt_the_wait(workspace: &Workspace) {
    let mut command = workspace.command("apply --yes --break-stale-lock");
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    for line in lines.by_ref() {
        said = format!("{said}{line}\n");
        if line.contains("Waiting 60 s before anything is changed") {
            assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
            break;
        }
    }
    said.extend(lines.map(|line| line + "\n"));
    let code = child.wait().unwrap().code();
    assert_eq!(code, Some(exit::INTERRUPTED.into()), "{said}");
    assert!(said.contains("interrupted; nothing was changed"), "{said}");
}
