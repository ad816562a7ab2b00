//! `unlock`: what it shows, and what it releases.

use aws_sdk_s3::primitives::ByteStream;
use serde_json::{Value, json};
use trailctl::{exit, sandbox::Sandbox};

use super::{BUCKET, KEY, SPEC, lock, one, s3, with_bucket};
use crate::support::{Local, Verdict, Workspace};

/// A lock that a run has left.
const LEFT: &str = r#"{"format": "trailctl.lock/1", "id": "run1", "stack": "locked", "owner": "arn:aws:iam::1:user/ann\u001b[2J",
    "command": "destroy", "acquired": "2026-11-26T11:58:00Z", "lease_seconds": 60, "beats": 5}"#;

async fn left(text: &'static str) -> Sandbox {
    let sandbox = with_bucket().await;
    let put = s3(&sandbox).put_object().bucket(BUCKET).key(KEY);
    put.body(ByteStream::from_static(text.as_bytes())).send().await.unwrap();
    sandbox
}

fn at(sandbox: &Sandbox) -> (Local, Workspace) {
    let aws = Local::serving(sandbox.clone(), |_, _, _| Verdict::Continue);
    let workspace = Workspace::at(&aws.endpoint);
    workspace.spec(SPEC);
    (aws, workspace)
}

#[tokio::test]
async fn a_lock_is_released_when_it_is_stale() {
    let sandbox = left(LEFT).await;
    let (aws, workspace) = at(&sandbox);
    let refused = workspace.expect("unlock --yes", exit::REFUSED);
    assert!(refused.stdout.contains("  command: destroy\n  since: 2026-11-26T11:58:00Z\n"), "{refused:?}");
    assert!(refused.stdout.contains("last sign of life: 2026-11-26T12:00:00Z\n  lease: 60 s\n  stale: no"));
    assert!(!refused.stdout.contains('\u{1b}'), "{refused:?}");
    assert!(refused.stderr.contains("its lease ends at 2026-11-26T12:01:00Z"), "{refused:?}");
    assert_eq!(aws.take_changes(), [""; 0]);
    let (_aws, workspace) = at(&sandbox.clone().with_clock(one));
    let nobody = workspace.expect("unlock", exit::REFUSED);
    assert!(nobody.stderr.contains("there is no terminal to ask"), "{nobody:?}");
    let released = workspace.expect("unlock --yes --format json", exit::DONE);
    let document: Value = serde_json::from_str(&released.stdout).unwrap();
    assert_eq!((&document["format"], &document["released"]), (&json!("trailctl.unlock/1"), &json!(true)));
    assert_eq!(
        (&document["lock"]["stale"], &document["lock"]["body"]["stack"]),
        (&json!(true), &json!("locked"))
    );
    assert_eq!(lock(&sandbox), None);
    let none = workspace.expect("unlock --yes --format json", exit::DONE);
    let document: Value = serde_json::from_str(&none.stdout).unwrap();
    assert_eq!((&document["lock"], &document["released"]), (&Value::Null, &json!(false)));
}

#[tokio::test]
async fn force_releases_a_lock_that_is_held() {
    let sandbox = left(LEFT).await;
    let (_aws, workspace) = at(&sandbox);
    let released = workspace.expect("unlock --yes --force", exit::DONE);
    assert!(released.stdout.ends_with("Released.\n"), "{released:?}");
    assert_eq!(lock(&sandbox), None);
}

#[tokio::test]
async fn what_is_no_lock_is_left_alone() {
    let sandbox = left("a shopping list").await;
    let (aws, workspace) = at(&sandbox);
    for arguments in ["unlock --yes --force", "apply --yes --break-stale-lock"] {
        let refused = workspace.expect(arguments, exit::REFUSED);
        assert!(refused.stderr.contains("not a lock of this version"), "{refused:?}");
    }
    assert_eq!(lock(&sandbox).as_deref(), Some("a shopping list"));
    assert_eq!(aws.take_changes(), ["PutObject"]);
    workspace.spec(&SPEC.replace("lock: {", "# {"));
    let failed = workspace.expect("unlock --yes", exit::ERROR);
    assert!(failed.stderr.contains("the spec has no `lock:`"), "{failed:?}");
}

#[tokio::test]
async fn a_lock_that_shows_a_sign_of_life_is_not_released() {
    let sandbox = left(LEFT).await;
    let seen = sandbox.clone();
    let aws = Local::serving(sandbox.clone().with_clock(one), move |call, number, _| {
        if (call.operation, number) == ("DeleteObject", 1) {
            // The run was only paused.
            let (seen, alive) = (seen.clone(), LEFT.replace("\"beats\": 5", "\"beats\": 6"));
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                let put =
                    s3(&seen).put_object().bucket(BUCKET).key(KEY).body(ByteStream::from(alive.into_bytes()));
                runtime.block_on(put.send()).unwrap();
            })
            .join()
            .unwrap();
        }
        Verdict::Continue
    });
    let workspace = Workspace::at(&aws.endpoint);
    workspace.spec(SPEC);
    let refused = workspace.expect("unlock --yes", exit::REFUSED);
    assert!(refused.stderr.contains("has shown a sign of life in the meantime"), "{refused:?}");
    assert!(lock(&sandbox).is_some());
}
