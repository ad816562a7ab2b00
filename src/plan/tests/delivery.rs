//! Whether CloudTrail will be let in: by what others manage, and by what becomes of what is ours.

use super::*;
use crate::resource::{Existing, Outputs};

const GUEST: &str = "trails:\n  guest:\n    bucket: {existing: central}\n    kms_key: {existing: 'arn:aws:kms:eu-west-1:111122223333:key/1'}\n    \
                     topic: {existing: 'arn:aws:sns:eu-west-1:111122223333:told'}\n    cloudwatch_logs: {log_group: {existing: /all}, \
                     role: {existing: 'arn:aws:iam::111122223333:role/writer'}}\n";
const TRAIL: &str = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/guest";
const STREAMS: &str =
    "arn:aws:logs:eu-west-1:111122223333:log-group:/all:log-stream:111122223333_CloudTrail_eu-west-1";

fn allow(action: Value, resource: Value) -> Value {
    json!({"Sid": "Open", "Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": action, "Resource": resource})
}

fn policy(statements: Value) -> Value {
    json!({"mode": "exclusive", "version": "2012-10-17", "statements": statements})
}

/// The attributes of hosts that let the guest in, with changes: kind, pointer into the attributes, value.
fn hosts(changes: &[(&str, &str, Value)]) -> Observation {
    let existing = desired(GUEST).existing.into_iter().map(|(address, wanted)| {
        let mut attrs = match address.kind.as_str() {
            "bucket" => json!({"region": "eu-west-1", "encryption": {"bucket_key": true}, "policy": policy(json!([
                allow(json!("s3:GetBucketAcl"), json!("arn:aws:s3:::central")),
                allow(json!("s3:PutObject"), json!("arn:aws:s3:::central/AWSLogs/111122223333/*")),
            ]))}),
            "kms_key" => json!({"policy": policy(json!([
                allow(json!(["kms:GenerateDataKey*", "kms:Decrypt", "kms:DescribeKey"]), json!("*"))
            ]))}),
            "topic" => json!({"policy": policy(json!([
                allow(json!("SNS:Publish"), json!("arn:aws:sns:eu-west-1:111122223333:told"))
            ]))}),
            "role" => json!({
                "trust": policy(json!([{"Effect": "Allow", "Action": "sts:AssumeRole",
                    "Principal": {"Service": "cloudtrail.amazonaws.com"}}])),
                "policy": policy(json!([])),
                "inline_policies": {"all": policy(json!([{"Effect": "Allow",
                    "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": format!("{STREAMS}*")}]))},
                "managed_policies": [],
            }),
            _ => json!({}),
        };
        for (_, pointer, value) in changes.iter().filter(|(kind, ..)| *kind == address.kind) {
            *attrs.pointer_mut(pointer).unwrap() = value.clone();
        }
        let arn = wanted.id.name;
        let outputs = Outputs::from([("name".to_owned(), "central".to_owned()), ("arn".to_owned(), arn)]);
        (address, Existing { outputs, attrs, ..Existing::default() })
    });
    Observation { existing: existing.collect(), ..Observation::default() }
}

fn planned(seen: &Observation) -> Plan {
    plan(&desired(GUEST), seen, &allowing(&[], &[])).unwrap()
}

#[test]
fn hosts_that_let_the_trail_in_are_no_obstacle() {
    let plan = planned(&hosts(&[]));
    assert_eq!(refusals(&plan), [""; 0]);
    assert_eq!(plan.notes, []);
    assert_eq!(plan.steps.len(), 1);
}

#[test]
fn a_host_that_keeps_the_trail_out_is_refused_and_what_is_missing_is_named() {
    let of_other = allow(json!("s3:PutObject"), json!("arn:aws:s3:::central/AWSLogs/999900001111/*"));
    let bound = |trail: &str| {
        let mut bound = allow(json!("SNS:Publish"), json!("*"));
        bound["Condition"] = json!({"StringEquals": {"aws:SourceArn": trail}});
        bound
    };
    let deny =
        json!({"Sid": "No", "Effect": "Deny", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*"});
    let cases = [
        (("bucket", "/policy", policy(json!([]))), "bucket-lacks-delivery", "\"s3:GetBucketAcl\""),
        (
            ("bucket", "/policy/statements/1", of_other),
            "bucket-lacks-delivery",
            "central/AWSLogs/111122223333/*",
        ),
        (("bucket", "/region", json!("eu-central-1")), "key-elsewhere", "a key in eu-central-1"),
        (
            ("kms_key", "/policy/statements/0/Action", json!("kms:Decrypt")),
            "key-lacks-delivery",
            "kms:DescribeKey",
        ),
        (
            ("kms_key", "/policy/statements", json!([allow(json!("kms:*"), json!("*")), deny])),
            "key-denies-delivery",
            "aws:PrincipalIsAWSService",
        ),
        (("topic", "/policy/statements/0", bound("arn:aws:cloudtrail:x")), "topic-lacks-delivery", TRAIL),
        (("role", "/trust/statements", json!([])), "role-lacks-delivery", "sts:AssumeRole"),
        (("role", "/inline_policies", json!({})), "role-lacks-delivery", STREAMS),
        (
            ("role", "/policy", policy(json!([{"Effect": "Deny", "Action": "logs:*", "Resource": "*"}]))),
            "role-denies-delivery",
            "logs:PutLogEvents",
        ),
    ];
    for (change, code, help) in cases {
        let shown = format!("{change:?}");
        let plan = planned(&hosts(&[change]));
        let found: Vec<&str> = plan.refused.iter().map(|one| one.code.as_str()).collect();
        assert!(found.contains(&code) && found.iter().all(|one| *one == code), "{shown}: {:?}", plan.refused);
        assert!(plan.refused[0].help.contains(help), "{shown}: {}", plan.refused[0].help);
        assert_eq!(plan.refused[0].address.to_string(), "trail.guest");
    }
    let open = planned(&hosts(&[("topic", "/policy/statements/0", bound(TRAIL))]));
    assert_eq!(refusals(&open), [""; 0]);
}

#[test]
fn what_is_not_certain_is_noted() {
    let mut perhaps = allow(json!("SNS:Publish"), json!("*"));
    perhaps["Condition"] = json!({"StringEquals": {"aws:SourceOrgID": "o-exampleorgid"}});
    let by_address = json!({"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
        "Condition": {"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}});
    let plan = planned(&hosts(&[
        ("topic", "/policy/statements/0", perhaps),
        ("bucket", "/policy/statements/0/Sid", json!("Acl")),
        ("role", "/inline_policies", json!({})),
        ("role", "/managed_policies", json!(["arn:aws:iam::111122223333:policy/all"])),
    ]));
    assert_eq!(refusals(&plan), [""; 0]);
    let reasons: Vec<&str> = plan.notes.iter().map(|note| note.reason.as_str()).collect();
    assert_eq!(reasons.len(), 1, "{reasons:?}");
    assert!(
        reasons[0].contains("on conditions that are not known to hold, for trail.guest"),
        "{}",
        reasons[0]
    );
    let mut denied = hosts(&[]);
    let bucket = denied.existing.iter_mut().find(|(address, _)| address.kind == "bucket").unwrap().1;
    bucket.attrs["policy"]["statements"].as_array_mut().unwrap().push(by_address);
    let plan = planned(&denied);
    assert_eq!(refusals(&plan), [""; 0]);
    assert!(
        plan.notes[0]
            .reason
            .starts_with("statement 3, which has no Sid, in the policy of the bucket central may deny")
    );
}

#[test]
fn that_cloudtrail_may_decrypt_is_certain_to_be_needed_with_a_bucket_key_only() {
    let no_decrypt =
        ("kms_key", "/policy/statements/0/Action", json!(["kms:GenerateDataKey*", "kms:DescribeKey"]));
    let with = planned(&hosts(std::slice::from_ref(&no_decrypt)));
    assert_eq!(refusals(&with), ["key-lacks-delivery trail.guest"]);
    let without = planned(&hosts(&[no_decrypt, ("bucket", "/encryption/bucket_key", json!(false))]));
    assert_eq!(refusals(&without), [""; 0]);
    assert!(
        without.notes[0].reason.ends_with("does not let CloudTrail decrypt with the key, for trail.guest")
    );
}

#[test]
fn what_could_not_be_read_is_not_judged() {
    let mut seen = hosts(&[]);
    seen.existing.values_mut().for_each(|found| found.attrs = Value::Null);
    assert_eq!(refusals(&planned(&seen)), [""; 0]);
}

#[test]
fn a_statement_of_others_that_is_kept_and_keeps_the_trail_out_is_refused_if_something_of_it_changes() {
    let text = |prefix: &str| {
        format!(
            "trails: {{audit: {{bucket: logs, prefix: {prefix}}}}}\nbuckets: {{logs: {{policy: {{mode: merge}}}}}}\n"
        )
    };
    let theirs = json!({"Sid": "Theirs", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::logs/*", "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}});
    let mut live = live(&text("a"));
    let statements = &mut seen(&mut live, "bucket").attrs["policy"]["statements"];
    statements.as_array_mut().unwrap().push(theirs);
    let says = "the statement `Theirs` in the policy of bucket.logs denies CloudTrail to write log files";
    let same = super::planned(&text("a"), &live);
    assert_eq!(refusals(&same), [""; 0]);
    assert!(
        same.is_empty() && same.notes.iter().any(|note| note.reason.starts_with(says)),
        "{:?}",
        same.notes
    );
    let moved = super::planned(&text("b"), &live);
    assert_eq!(refusals(&moved), ["bucket-denies-delivery bucket.logs"]);
    assert!(moved.refused[0].reason.starts_with(says), "{}", moved.refused[0].reason);
    assert_eq!(moved.refused[0].origin.as_ref().unwrap().to_string(), "trails.audit.bucket");
}

#[test]
fn what_the_policies_of_hosts_say_is_part_of_what_a_plan_rests_on() {
    let before = planned(&hosts(&[]));
    let after = planned(&hosts(&[("topic", "/policy/statements/0/Sid", json!("Other"))]));
    assert_ne!(before.read_set, after.read_set);
}
