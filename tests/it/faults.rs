//! A run that loses answers ends as one that does not: nothing is made twice, and nothing is left to do.

use std::sync::atomic::{AtomicUsize, Ordering};

use trailctl::sandbox::Sandbox;

use crate::{
    lifecycle::in_runtime,
    support::{Fault, Inside, Moment, deep},
};

/// All kinds, and a further one of each that nothing refers to.
const COMPLETE: &str = "
version: 1
stack: faults
trails:
  audit:
    bucket: faults-logs
    kms_key: key
    topic: topic
    cloudwatch_logs: {log_group: group}
    events: [{where: {eventCategory: Management, readOnly: false}}]
    insights: [{type: ApiCallRateInsight}]
buckets:
  faults-logs:
    encryption: {kms_key: key}
    object_lock: {mode: GOVERNANCE, days: 1}
    lifecycle: [{id: old, expire_days: 400}]
kms_keys: {key: {}}
log_groups: {group: {retention_days: 365, kms_key: key}}
topics: {topic: {kms_key: key}}
roles: {further: {inline_policies: {more: {statements: [{Effect: Allow, Action: 's3:ListAllMyBuckets', Resource: '*'}]}}}}
";

/// Differs from `COMPLETE` in something for most calls that an update has.
const CHANGED: &str = "
version: 1
stack: faults
tags: {team: security}
trails:
  audit: {bucket: faults-logs, prefix: prod, logging: false, tags: {a: b}, protect: false}
buckets:
  faults-logs: {object_ownership: BucketOwnerPreferred, tls_only: false, object_lock: {mode: GOVERNANCE, days: 2}}
kms_keys: {key: {name: other, rotation: false, description: d}}
log_groups: {group: {}}
topics: {topic: {}}
roles: {further: {path: /, max_session_seconds: 7200}}
";

/// Breaks one call after the other, each in a run of its own, and returns what was sent in a run that is not broken.
fn every_call(before: Option<&str>, after: &'static str, fault: Fault, moment: Moment) {
    let start = || {
        let sandbox = Sandbox::in_memory();
        if let Some(before) = before {
            let ran = in_runtime(Inside::healthy(&sandbox).apply(before));
            assert!(ran.outcome.is_complete(), "{ran:?}");
        }
        sandbox
    };
    let healthy = Inside::healthy(&start());
    let ran = in_runtime(healthy.apply(after));
    assert!(ran.outcome.is_complete(), "{ran:?}");
    let calls = healthy.take_changes();
    assert!(calls.len() > 15, "{calls:?}");
    for number in 1..=calls.len() {
        let sandbox = start();
        let broken =
            Inside::of(&sandbox, move |_, at, when| ((at, when) == (number, moment)).then_some(fault));
        let ran = in_runtime(broken.apply(after));
        let case = format!("{fault:?} at {} ({number}), {moment:?}: {:?}", calls[number - 1], ran.told);
        assert!(ran.outcome.is_complete(), "{case}: {:?}", ran.outcome);
        let left = in_runtime(broken.plan(after));
        assert!(left.is_empty() && left.refused.is_empty(), "{case}: {left:?}");
        assert_eq!((broken.count("trails", 2), broken.keys()), (1, 1), "{case}");
    }
}

impl Inside {
    fn keys(&self) -> usize {
        let vaults = self.sandbox.state().unwrap()["vaults"].clone();
        let regions = vaults.as_object().into_iter().flatten().flat_map(|(_, it)| it.as_object().unwrap());
        regions.map(|(_, vault)| vault["keys"].as_object().unwrap().len()).sum()
    }
}

#[test]
fn a_create_loses_answers_before_the_effect() {
    deep(|| {
        every_call(None, COMPLETE, Fault::Unavailable, Moment::Before);
        every_call(None, COMPLETE, Fault::Reset, Moment::Before);
    });
}

#[test]
fn a_create_loses_answers_after_the_effect() {
    deep(|| {
        every_call(None, COMPLETE, Fault::Unavailable, Moment::After);
        every_call(None, COMPLETE, Fault::Timeout, Moment::After);
    });
}

#[test]
fn a_create_gets_pages_of_a_proxy_for_answers() {
    deep(|| {
        every_call(None, COMPLETE, Fault::Page, Moment::After);
    });
}

#[test]
fn an_update_loses_answers_before_the_effect() {
    deep(|| {
        every_call(Some(COMPLETE), CHANGED, Fault::Timeout, Moment::Before);
    });
}

#[test]
fn an_update_loses_answers_after_the_effect() {
    deep(|| {
        every_call(Some(COMPLETE), CHANGED, Fault::Reset, Moment::After);
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
            let aws = Inside::of(&sandbox, move |call, _, when| {
                let is_first = (call.operation, when) == ("CreateTrail", Moment::Before)
                    && refusals.fetch_add(1, Ordering::SeqCst) == 0;
                is_first.then_some(Fault::Refused(code, "not yet"))
            });
            let ran = in_runtime(aws.apply(spec));
            let creates =
                aws.take_changes().into_iter().filter(|operation| *operation == "CreateTrail").count();
            assert_eq!(creates, attempts, "{code}: {ran:?}");
            assert_eq!(ran.outcome.is_complete(), attempts == 2, "{code}: {ran:?}");
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
            let aws = Inside::of(&sandbox, move |call, _, when| {
                let is_first = (call.operation, when) == ("CreateKey", Moment::Before)
                    && refusals.fetch_add(1, Ordering::SeqCst) == 0;
                is_first.then_some(Fault::Refused("MalformedPolicyDocumentException", "no such principal"))
            });
            let ran = in_runtime(aws.apply(spec(role)));
            let calls = aws.take_changes();
            assert_eq!(
                calls.iter().filter(|call| **call == "CreateKey").count(),
                attempts,
                "{role}: {ran:?}"
            );
            assert_eq!(ran.outcome.is_complete(), attempts == 2, "{role}: {ran:?}");
            let place = |name: &str| calls.iter().position(|call| *call == name);
            assert!(role.is_empty() || place("CreateRole") < place("CreateKey"), "{calls:?}");
        }
    });
}
