//! A trail is verified before what it used is taken away, and when it is asked for.

use bytes::Bytes;
use http::Request;
use trailctl::{exit, sandbox::Sandbox};

use crate::{
    lifecycle::in_runtime,
    support::{Allowed, Engine, Fault, Inside, Local, Moment, Verdict, Workspace, deep, spec},
};

const OWN: &str =
    "version: 1\nstack: verify\ntrails: {audit: {bucket: verify-logs}}\nbuckets: {verify-logs: {}}\n";
const THEIRS: &str = "version: 1\nstack: verify\ntrails: {audit: {bucket: {existing: their-logs}}}\nbuckets: {verify-logs: {}}\n";

/// What their bucket must allow.
fn policy() -> String {
    let statement = |action: &str, resource: &str| {
        serde_json::json!({
            "Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": action, "Resource": resource,
        })
    };
    let statements = [
        statement("s3:GetBucketAcl", "arn:aws:s3:::their-logs"),
        statement("s3:PutObject", "arn:aws:s3:::their-logs/*"),
    ];
    serde_json::json!({"Version": "2012-10-17", "Statement": statements}).to_string()
}

/// Lets a sandbox have their bucket.
fn with_their_bucket(aws: &Local) {
    in_runtime(async {
        let s3 = aws.endpoint.s3("us-east-1");
        s3.create_bucket().bucket("their-logs").send().await.unwrap();
        s3.put_bucket_policy().bucket("their-logs").policy(policy()).send().await.unwrap();
    });
}

/// Takes the policy of their bucket away, as another client does.
fn shut(sandbox: &Sandbox) {
    let credential = "Credential=test/20260101/us-east-1/s3/aws4_request";
    let request = Request::delete("/their-logs?policy")
        .header("host", "s3.us-east-1.amazonaws.com")
        .header("authorization", format!("AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=0"));
    let answer = sandbox.handle(request.body(Bytes::new()).unwrap());
    assert!(answer.status().is_success(), "{answer:?}");
}

#[test]
fn nothing_is_taken_away_before_the_trail_delivers() {
    let sandbox = Sandbox::in_memory();
    let other = sandbox.clone();
    let aws = Local::serving(sandbox, move |call, _, when| {
        if (call.operation, when) == ("UpdateTrail", Moment::After) {
            shut(&other);
        }
        Verdict::Continue
    });
    with_their_bucket(&aws);
    let workspace = Workspace::at(&aws.endpoint);
    workspace.spec(OWN);
    let _ = workspace.expect("apply --yes", exit::DONE);
    workspace.spec(THEIRS);
    let output = workspace.expect("apply --yes", exit::PARTIAL);
    for words in [
        "not verified trail.audit: waited for deliveries of log files to the bucket to succeed; they fail with AccessDenied",
        "1 step skipped, it depends on what is not verified: bucket.verify-logs",
        "All that is wanted was applied",
    ] {
        assert!(output.stderr.contains(words), "{words}: {}", output.stderr);
    }
    // What is left to do is said again, and is done when it is safe.
    assert!(workspace.changes().contains(&"verify trail.audit".to_owned()), "{:?}", workspace.changes());
    let output = workspace.expect("apply --yes", exit::ERROR);
    assert!(output.stderr.contains("Nothing was changed."), "{}", output.stderr);
    in_runtime(async {
        let s3 = aws.endpoint.s3("us-east-1");
        s3.put_bucket_policy().bucket("their-logs").policy(policy()).send().await.unwrap();
    });
    let _ = workspace.expect("apply --yes", exit::DONE);
    workspace.expect_no_changes();
}

#[test]
fn who_asks_is_told_whether_trails_deliver() {
    let aws = Local::start();
    with_their_bucket(&aws);
    let workspace = Workspace::at(&aws.endpoint);
    workspace.spec(THEIRS);
    let output = workspace.expect("apply --yes --verify", exit::DONE);
    assert!(output.stderr.contains("trail.audit: verified"), "{}", output.stderr);
    shut(&aws.sandbox);
    aws.take_calls();
    let output = workspace.expect("apply --yes --verify", exit::ERROR);
    let words = "trail.audit: waited for deliveries of log files to the bucket to succeed; they fail with AccessDenied: the bucket or its \
                 key keeps CloudTrail out";
    assert!(output.stderr.contains(words), "{}", output.stderr);
    assert_eq!(aws.take_changes(), [""; 0]);
}

#[test]
fn a_trail_of_all_regions_is_not_in_effect_before_each_of_them_shows_it() {
    deep(|| {
        in_runtime(async {
            let sandbox = Sandbox::in_memory();
            let inside = Inside::healthy(&sandbox);
            let engine = Engine::connect(&inside, false).await.unwrap();
            let plan = async |text: &str| engine.plan(&spec(text), Allowed::default()).await.unwrap();
            assert!(engine.apply(&plan(OWN).await, "n1").await.is_complete());
            let moved = OWN.replace("verify-logs}", "verify-logs, prefix: prod}");
            let next = plan(&moved).await;
            inside.load(&sandbox, |attempt, when| {
                let signature = attempt.request.headers()["authorization"].to_str().unwrap();
                let is_late = when == Moment::Before
                    && attempt.seen.operation == "GetTrailStatus"
                    && signature.contains("/ap-south-1/");
                is_late.then_some(Fault::Refused(400, "TrailNotFoundException", "Unknown trail."))
            });
            let outcome = engine.apply(&next, "n2").await.outcome.unwrap();
            let missing: Vec<&String> = outcome.unverified.values().collect();
            assert_eq!(missing, ["ap-south-1 to show it"]);
            assert_eq!(
                outcome.skipped.len(),
                1,
                "the policy of the bucket keeps the former prefix: {outcome:?}"
            );
            inside.load_healthy(&sandbox);
            assert!(engine.apply(&plan(&moved).await, "n3").await.is_complete());
            assert!(plan(&moved).await.is_empty());
        });
    });
}
