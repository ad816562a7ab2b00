//! What policies of small specs allow and deny.

use super::*;
use crate::{
    policy::evaluate::{Decision, Principal, Request, evaluate},
    resolve::resolve,
    resource::region::Region,
    spec::parse::parse,
};
use serde_json::{Value, json};

const SPEC: &str = "version: 1\nstack: s\nregion: eu-west-1\n";

fn policy(run: Run, entries: &str, take_from: &[&str]) -> Value {
    let parsed = parse(&format!("{SPEC}{entries}"));
    let spec = parsed.spec.unwrap_or_else(|| panic!("{:?}", parsed.diagnostics));
    let account = Account::new("111122223333", "aws");
    let resolved = resolve(&spec, &account, &Region::new("eu-west-1"));
    let take_from: Vec<String> = take_from.iter().map(|one| (*one).to_owned()).collect();
    let need = Need {
        run,
        stack: "s",
        resolved: &resolved,
        account: &account,
        lock: spec.head.lock.as_ref(),
        has_organization: false,
        take_from: &take_from,
    };
    let mut document = document(&statements(&need));
    for statement in document["Statement"].as_array_mut().unwrap() {
        statement["Principal"] = json!("*");
    }
    document
}

/// Returns whether a policy lets somebody do something to a resource with these tags, by a request with these.
fn may(policy: &Value, action: &str, resource: &str, context: &[(&str, &str)]) -> bool {
    let request = Request {
        principal: Principal::Aws("111122223333".to_owned()),
        action: action.to_owned(),
        resource: resource.to_owned(),
        context: context.iter().map(|(key, value)| ((*key).to_owned(), vec![(*value).to_owned()])).collect(),
    };
    matches!(evaluate(policy, &request), Decision::Allowed { .. })
}

const OURS: (&str, &str) = ("aws:ResourceTag/trailctl:stack", "s");
const THEIRS: (&str, &str) = ("aws:ResourceTag/trailctl:stack", "other");
const MARKS: (&str, &str) = ("aws:RequestTag/trailctl:stack", "s");
const MARKS_OTHERWISE: (&str, &str) = ("aws:RequestTag/trailctl:stack", "other");
const TRAIL: &str = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/audit";
const ENTRIES: &str = "trails: {audit: {bucket: logs}}\nbuckets: {logs: {name: acme-logs}}\n";

#[test]
fn only_what_carries_the_mark_may_be_changed() {
    let apply = policy(Run::Apply, ENTRIES, &[]);
    assert!(may(&apply, "cloudtrail:UpdateTrail", TRAIL, &[OURS]));
    assert!(!may(&apply, "cloudtrail:UpdateTrail", TRAIL, &[THEIRS]));
    assert!(!may(&apply, "cloudtrail:UpdateTrail", TRAIL, &[]));
    assert!(!may(&apply, "cloudtrail:UpdateTrail", &TRAIL.replace("audit", "other"), &[OURS]));
    assert!(may(&apply, "cloudtrail:CreateTrail", TRAIL, &[MARKS]));
    assert!(!may(&apply, "cloudtrail:CreateTrail", TRAIL, &[]));
    assert!(!may(&apply, "cloudtrail:CreateTrail", TRAIL, &[MARKS_OTHERWISE]));
}

#[test]
fn a_mark_is_not_written_over() {
    let apply = policy(Run::Apply, ENTRIES, &[]);
    assert!(may(&apply, "cloudtrail:AddTags", TRAIL, &[OURS]));
    assert!(may(&apply, "cloudtrail:AddTags", TRAIL, &[OURS, MARKS]));
    assert!(may(&apply, "cloudtrail:AddTags", TRAIL, &[MARKS]));
    for tags in [&[THEIRS, MARKS][..], &[OURS, MARKS_OTHERWISE], &[MARKS_OTHERWISE], &[]] {
        assert!(!may(&apply, "cloudtrail:AddTags", TRAIL, tags), "{tags:?}");
    }
    let takeover = policy(Run::Apply, ENTRIES, &["other"]);
    assert!(may(&takeover, "cloudtrail:AddTags", TRAIL, &[THEIRS, MARKS]));
    assert!(!may(&takeover, "cloudtrail:UpdateTrail", TRAIL, &[THEIRS]));
}

#[test]
fn only_destroy_deletes_and_a_trail_is_stopped_only_where_the_spec_says_so() {
    let [plan, apply, destroy] = [Run::Plan, Run::Apply, Run::Destroy].map(|run| policy(run, ENTRIES, &[]));
    for (action, resource) in
        [("cloudtrail:DeleteTrail", TRAIL), ("s3:DeleteBucket", "arn:aws:s3:::acme-logs")]
    {
        assert!(
            !may(&plan, action, resource, &[OURS]) && !may(&apply, action, resource, &[OURS]),
            "{action}"
        );
        assert!(may(&destroy, action, resource, &[OURS]), "{action}");
    }
    assert!(!may(&apply, "cloudtrail:StopLogging", TRAIL, &[OURS]));
    assert!(!may(&destroy, "cloudtrail:StopLogging", TRAIL, &[OURS]));
    let off = policy(
        Run::Apply,
        "trails: {audit: {bucket: logs, logging: false}, other: {bucket: logs, prefix: other}}\nbuckets: {logs: {}}\n",
        &[],
    );
    assert!(may(&off, "cloudtrail:StopLogging", TRAIL, &[OURS]));
    assert!(!may(&off, "cloudtrail:StartLogging", TRAIL, &[OURS]));
    assert!(!may(&off, "cloudtrail:StopLogging", &TRAIL.replace("audit", "other"), &[OURS]));
}

#[test]
fn what_apply_must_not_do_is_denied_whatever_else_allows_it() {
    let spec = "trails: {audit: {bucket: {existing: their-logs}}}\nbuckets: {logs: {name: acme-logs}}\n\
                kms_keys: {on: {}, off: {enabled: false}}\nlock: {bucket: acme-locks}\n";
    let mut apply = policy(Run::Apply, spec, &[]);
    let all = json!({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"});
    apply["Statement"].as_array_mut().unwrap().push(all);
    let key = "arn:aws:kms:eu-west-1:111122223333:key/1";
    let object = "kms:EncryptionContext:aws:s3:arn";
    let of_lock = (object, "arn:aws:s3:::acme-locks/trailctl/s.lock");
    let is = |entry| ("aws:ResourceTag/trailctl:resource", entry);
    for (action, resource, context, is_allowed) in [
        ("kms:ScheduleKeyDeletion", key, &[OURS][..], false),
        ("kms:Decrypt", key, &[OURS], false),
        ("kms:Decrypt", key, &[(object, "arn:aws:s3:::acme-logs/AWSLogs/x")], false),
        ("kms:Decrypt", key, &[of_lock], true),
        ("kms:DisableKey", key, &[OURS, is("on")], false),
        ("kms:DisableKey", key, &[], false),
        ("kms:DisableKey", key, &[OURS, is("off")], true),
        ("s3:DeleteBucket", "arn:aws:s3:::acme-logs", &[], false),
        ("s3:DeleteBucket", "arn:aws:s3:::their-logs", &[], false),
        ("s3:DeleteObjectVersion", "arn:aws:s3:::acme-logs/AWSLogs/x", &[], false),
        ("s3:DeleteObject", "arn:aws:s3:::their-logs/AWSLogs/x", &[], false),
        ("s3:DeleteObject", "arn:aws:s3:::acme-locks/trailctl/s.lock", &[], true),
    ] {
        assert_eq!(may(&apply, action, resource, context), is_allowed, "{action} {resource} {context:?}");
    }
}

#[test]
fn roles_are_passed_to_cloudtrail_alone() {
    let spec = "trails:\n  one: {bucket: logs, cloudwatch_logs: {log_group: g}}\n  two: {bucket: logs, prefix: two, \
                cloudwatch_logs: {log_group: g, role: {existing: 'arn:aws:iam::111122223333:role/x/theirs'}}}\n\
                buckets: {logs: {}}\nlog_groups: {g: {}}\nroles: {unused: {}}\n";
    let apply = policy(Run::Apply, spec, &[]);
    let to = [("iam:PassedToService", "cloudtrail.amazonaws.com")];
    let role = |name: &str| format!("arn:aws:iam::111122223333:role/{name}");
    assert!(may(&apply, "iam:PassRole", &role("one-cloudwatch-logs"), &to));
    assert!(may(&apply, "iam:PassRole", &role("x/theirs"), &to));
    assert!(!may(&apply, "iam:PassRole", &role("unused"), &to));
    assert!(!may(&apply, "iam:PassRole", &role("x/theirs"), &[("iam:PassedToService", "ec2.amazonaws.com")]));
    assert!(!may(&policy(Run::Destroy, spec, &[]), "iam:PassRole", &role("x/theirs"), &to));
}

#[test]
fn statements_have_names_of_their_own() {
    let spec = "trails: {one: {bucket: logs}, two: {bucket: logs, prefix: b, logging: false}}\nbuckets: {logs: {}, raw: {tls_only: false}}\n\
                kms_keys: {on: {}, off: {enabled: false}}\nlog_groups: {a: {}, b: {retention_days: 30}}\n\
                roles: {a: {}, b: {managed_policies: ['arn:aws:iam::aws:policy/X']}}\ntopics: {a: {}}\n";
    for run in [Run::Plan, Run::Apply, Run::Destroy] {
        let document = policy(run, spec, &[]);
        let sids = document["Statement"].as_array().unwrap().iter().map(|one| one["Sid"].as_str().unwrap());
        let mut sids: Vec<&str> = sids.collect();
        let count = sids.len();
        sids.sort_unstable();
        sids.dedup();
        assert_eq!(sids.len(), count);
        assert!(sids.iter().all(|sid| sid.bytes().all(|byte| byte.is_ascii_alphanumeric())));
    }
}
