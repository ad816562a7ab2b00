//! The policies of `iam-policy` are enough, and no more: each call of plans, applies and destroys is held against the policy for it,
//! and each action of a policy is the only one of it that allows some call.

mod cli;
mod moves;
mod requests;
mod stage;

use self::stage::{Of, Stage};
use crate::lifecycle::in_runtime;

/// A spec with all kinds and all options that decide about calls.
const ONE: &str = "
version: 1
stack: least
account: '111122223333'
region: us-east-1
lock: {bucket: acme-locks, lease_seconds: 60}
tags: {only-one: x}
trails:
  audit:
    bucket: logs
    kms_key: used
    topic: told
    cloudwatch_logs: {log_group: events, role: writer}
    events:
      - where: {eventCategory: Management}
      - where: {eventCategory: Data, resources.type: 'AWS::S3::Object'}
    insights: [{type: ApiCallRateInsight}]
    aggregation: [API_ACTIVITY]
    protect: false
  other: {bucket: logs, prefix: other, logging: false, protect: false}
buckets:
  logs:
    name: least-logs
    access_logs: {bucket: raw, prefix: a/}
    object_lock: {mode: GOVERNANCE, days: 1}
    lifecycle: [{id: old, expire_days: 400}]
    protect: false
  raw: {name: least-raw, protect: false}
  bare: {name: least-bare, versioning: false, tls_only: false, encryption: {kms_key: used}, protect: false}
kms_keys:
  used: {protect: false}
  on: {description: one, protect: false}
  off: {enabled: false, rotation: false, protect: false}
log_groups:
  events: {retention_days: 30, kms_key: used}
  plain: {deletion_protection: true}
roles:
  writer: {}
  more:
    permissions_boundary: 'arn:aws:iam::aws:policy/ReadOnlyAccess'
    managed_policies: ['arn:aws:iam::aws:policy/SecurityAudit']
    inline_policies: {kept: {statements: [{Effect: Allow, Action: 's3:ListAllMyBuckets', Resource: '*'}]}}
topics:
  told: {}
  plain: {kms_key: used}
";

/// The same names, and all that can change is otherwise.
const TWO: &str = "
version: 1
stack: least
account: '111122223333'
region: us-east-1
lock: {bucket: acme-locks, lease_seconds: 60}
tags: {only-two: y}
trails:
  audit:
    bucket: logs
    prefix: two
    cloudwatch_logs: {log_group: plain, role: more}
    events: [{where: {eventCategory: Management, readOnly: false}}]
    protect: false
  other: {bucket: logs, prefix: other, protect: false}
buckets:
  logs: {name: least-logs, object_lock: {mode: GOVERNANCE, days: 2}, object_ownership: BucketOwnerPreferred, protect: false}
  raw:
    name: least-raw
    public_access_block: {block_public_acls: true, ignore_public_acls: false, block_public_policy: true, restrict_public_buckets: true}
    protect: false
  bare: {name: least-bare, protect: false}
kms_keys:
  used: {readers: ['444455556666'], protect: false}
  on: {enabled: false, rotation: false, protect: false}
  off: {description: two, protect: false}
log_groups:
  events: {deletion_protection: true}
  plain: {retention_days: 90, kms_key: used}
roles:
  writer:
    permissions_boundary: 'arn:aws:iam::aws:policy/ReadOnlyAccess'
    managed_policies: ['arn:aws:iam::aws:policy/SecurityAudit']
    trust: {statements: [{Sid: Mine, Effect: Allow, Principal: {AWS: '111122223333'}, Action: 'sts:AssumeRole'}]}
  more:
    max_session_seconds: 7200
    inline_policies: {other: {statements: [{Effect: Allow, Action: 's3:ListAllMyBuckets', Resource: '*'}]}}
topics:
  told: {kms_key: used}
  plain: {}
";

/// What is left when all but a trail and its bucket have left the spec.
const LEFT: &str = "
version: 1
stack: least
account: '111122223333'
region: us-east-1
trails: {audit: {bucket: logs}}
buckets: {logs: {name: least-logs}}
";

const APPLY: &str = "apply --yes --allow-coverage-loss";
const DESTROY: &str = "destroy --yes --allow-coverage-loss --delete-data bucket.logs --delete-data raw --delete-data bare \
                       --delete-data used --delete-data kms_key.on --delete-data off --delete-data events \
                       --delete-data log_group.plain";

fn of(spec: &'static str, role: &'static str) -> Of {
    Of { spec, role }
}

fn with_lock() -> Stage {
    let stage = Stage::new();
    in_runtime(stage.aws.endpoint.s3("us-east-1").create_bucket().bucket("acme-locks").send()).unwrap();
    stage.forget();
    stage
}

/// Moves the alias of a key onto another one.
fn move_alias(stage: &Stage, from: &str, onto: &str) {
    let kms = stage.aws.endpoint.kms("us-east-1");
    in_runtime(async {
        let key =
            kms.describe_key().key_id(format!("alias/{onto}")).send().await.unwrap().key_metadata.unwrap();
        kms.update_alias()
            .alias_name(format!("alias/{from}"))
            .target_key_id(key.key_id)
            .send()
            .await
            .unwrap();
    });
    stage.forget();
}

/// Lets a spec come, change into another one, come back and go, each time with the policy for just that.
fn live(stage: &mut Stage, spec: &'static str, other: &'static str) {
    stage.run(of(spec, "apply"), &[], APPLY, 0);
    stage.run(of(spec, "apply"), &[], "unlock --yes", 0);
    stage.run(of(other, "apply"), &[], APPLY, 0);
    move_alias(stage, "on", "off");
    stage.run(of(spec, "plan"), &[], "plan --allow-coverage-loss", 0);
    stage.run(of(spec, "apply"), &[], APPLY, 0);
    stage.run(of(spec, "destroy"), &[], "unlock --yes", 0);
    stage.run(of(spec, "destroy"), &[], DESTROY, 0);
    // Keys wait for their end, and are taken back.
    stage.run(of(spec, "apply"), &[], APPLY, 0);
}

fn expect_nothing_superfluous(stage: &mut Stage, spec: &'static str) {
    for role in ["plan", "apply", "destroy"] {
        assert_eq!(stage.superfluous(of(spec, role)), [], "{role}");
    }
}

#[test]
fn a_spec_can_be_applied_and_destroyed_with_its_policies_and_each_action_is_needed() {
    let mut stage = with_lock();
    live(&mut stage, ONE, TWO);
    expect_nothing_superfluous(&mut stage, ONE);
}

#[test]
fn so_can_another_one_that_wants_the_contrary() {
    let mut stage = with_lock();
    live(&mut stage, TWO, ONE);
    expect_nothing_superfluous(&mut stage, TWO);
}

#[test]
fn what_left_the_spec_is_looked_at_with_the_policy_of_the_spec_that_it_left() {
    let mut stage = with_lock();
    stage.run(of(ONE, "apply"), &[], APPLY, 0);
    // A bucket is read by who knows its name.
    stage.run(of(LEFT, "plan"), &[of(ONE, "plan")], "plan --allow-coverage-loss", 0);
    assert_eq!(stage.superfluous(of(LEFT, "plan")), []);
    // What is deleted needs the policy of who described it.
    stage.run(of(LEFT, "apply"), &[of(ONE, "destroy")], APPLY, 0);
}
