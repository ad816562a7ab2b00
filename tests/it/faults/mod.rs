//! A run that loses answers ends as one that does not.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicUsize, Ordering},
};

use trailctl::sandbox::Sandbox;

use crate::{
    lifecycle::in_runtime,
    support::{Allowed, Engine, Fault, Inside, Moment, Ran, Says, spec as parsed},
};

/// The stack of a main thread: that of a test's thread is too small for the futures of a debug build.
const STACK: usize = 8 << 20;

fn deep(run: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(run).unwrap();
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
}

/// Plans what a spec wants and applies it.
async fn applied(aws: &Inside, text: &str) -> Ran {
    let spec = parsed(text);
    let engine = Engine::connect(aws, false).await.unwrap();
    let plan = engine.plan(&spec, Allowed::default()).await.unwrap();
    assert_eq!(plan.refused, []);
    aws.take_changes();
    engine.apply(&plan, "n").await
}

#[test]
fn an_empty_answer_to_a_read_says_nothing() {
    deep(|| {
        let text = "version: 1\nstack: faults\nlog_groups: {group: {}}\n";
        let (spec, sandbox) = (parsed(text), Sandbox::in_memory());
        assert!(in_runtime(applied(&Inside::healthy(&sandbox), text)).is_complete());
        let aws = Inside::of(&sandbox, |call, when| {
            let is_it = (call.seen.operation, when) == ("DescribeLogGroups", Moment::Before);
            is_it.then_some(Fault::Empty)
        });
        let plan = in_runtime(async {
            let engine = Engine::connect(&aws, false).await.unwrap();
            engine.plan(&spec, Allowed::default()).await
        });
        let error = plan.unwrap_err().to_string();
        assert_eq!(
            error.split(" (").next(),
            Some("logs:DescribeLogGroups in us-east-1: the answer is empty")
        );
    });
}

#[test]
fn a_plan_gets_over_the_throttling_of_each_of_many_reads() {
    deep(|| {
        let names: Vec<String> = (0..12).map(|number| format!("many-logs-{number}: {{}}")).collect();
        let text = format!("version: 1\nstack: faults\nbuckets: {{{}}}\n", names.join(", "));
        let sandbox = Sandbox::in_memory();
        assert!(in_runtime(applied(&Inside::healthy(&sandbox), &text)).is_complete());
        let mut sent = BTreeMap::<String, usize>::new();
        let aws = Inside::of(&sandbox, move |call, when| {
            let count = sent.entry(call.request.uri().to_string()).or_default();
            *count += usize::from(when == Moment::Before);
            let is_early = when == Moment::Before && call.seen.service == "s3" && *count <= 3;
            is_early.then(|| Says::Throttled.by("s3")).flatten()
        });
        in_runtime(async {
            let engine = Engine::connect(&aws, false).await.unwrap();
            let plan = engine.plan(&parsed(&text), Allowed::default()).await.unwrap();
            assert!(plan.is_empty(), "{plan:?}");
        });
    });
}

#[test]
fn a_change_of_a_trail_that_was_answered_by_nobody_was_not_made() {
    deep(|| {
        let spec = |prefix: &str| {
            format!(
                "version: 1\nstack: faults\ntrails: {{audit: {{bucket: faults-logs{prefix}}}}}\nbuckets: {{faults-logs: {{}}}}\n"
            )
        };
        let sandbox = Sandbox::in_memory();
        assert!(in_runtime(applied(&Inside::healthy(&sandbox), &spec(""))).is_complete());
        let is_first = AtomicUsize::new(0);
        let aws = Inside::of(&sandbox, move |call, when| {
            let is_it = (call.seen.operation, when) == ("UpdateTrail", Moment::Before)
                && is_first.fetch_add(1, Ordering::SeqCst) == 0;
            is_it.then_some(Fault::Empty)
        });
        let ran = in_runtime(applied(&aws, &spec(", prefix: prod")));
        assert!(ran.is_complete(), "{ran:?}");
        assert_eq!(ran.told, ["UpdateTrail is unclear", "UpdateTrail again"]);
    });
}

#[test]
fn only_what_waits_for_this_run_is_sent_again() {
    deep(|| {
        let spec =
            "version: 1\nstack: faults\ntrails: {audit: {bucket: faults-logs}}\nbuckets: {faults-logs: {}}\n";
        // The bucket is made in this run, and its policy may not be seen everywhere yet; a topic is not.
        for (code, attempts) in
            [("InsufficientS3BucketPolicyException", 2), ("InsufficientSnsTopicPolicyException", 1)]
        {
            let sandbox = Sandbox::in_memory();
            let refusals = AtomicUsize::new(0);
            let aws = Inside::of(&sandbox, move |call, when| {
                let is_first = (call.seen.operation, when) == ("CreateTrail", Moment::Before)
                    && refusals.fetch_add(1, Ordering::SeqCst) == 0;
                is_first.then_some(Fault::Refused(400, code, "not yet"))
            });
            let ran = in_runtime(applied(&aws, spec));
            let creates =
                aws.take_changes().into_iter().filter(|operation| *operation == "CreateTrail").count();
            assert_eq!(creates, attempts, "{code}: {ran:?}");
            assert_eq!(ran.is_complete(), attempts == 2, "{code}: {ran:?}");
        }
    });
}

#[test]
fn a_policy_that_names_a_role_of_this_run_waits_for_it() {
    deep(|| {
        let spec = |role: &str| {
            let reader = "arn:aws:iam::111122223333:role/reader";
            format!("version: 1\nstack: faults\nkms_keys: {{key: {{readers: ['{reader}']}}}}\n{role}").leak()
                as &str
        };
        // IAM shows a new role to other services after a while; a role that nobody makes is not waited for.
        for (role, attempts) in [("roles: {reader: {}}\n", 2), ("", 1)] {
            let sandbox = Sandbox::in_memory();
            let refusals = AtomicUsize::new(0);
            let aws = Inside::of(&sandbox, move |call, when| {
                let is_first = (call.seen.operation, when) == ("CreateKey", Moment::Before)
                    && refusals.fetch_add(1, Ordering::SeqCst) == 0;
                is_first.then_some(Fault::Refused(
                    400,
                    "MalformedPolicyDocumentException",
                    "no such principal",
                ))
            });
            let ran = in_runtime(applied(&aws, spec(role)));
            let calls = aws.take_changes();
            assert_eq!(
                calls.iter().filter(|call| **call == "CreateKey").count(),
                attempts,
                "{role}: {ran:?}"
            );
            assert_eq!(ran.is_complete(), attempts == 2, "{role}: {ran:?}");
            let place = |name: &str| calls.iter().position(|call| *call == name);
            assert!(role.is_empty() || place("CreateRole") < place("CreateKey"), "{calls:?}");
        }
    });
}
