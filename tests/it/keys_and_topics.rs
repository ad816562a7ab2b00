//! Keys and topics: from nothing to a trail that uses both, what others do to them, and back.

use aws_sdk_kms::types::{GrantOperation, KeySpec, KeyState};

use crate::support::{Endpoint, Local, Workspace};

const SPEC: &str = "
version: 1
stack: coded
kms_keys:
  audit: {readers: ['444455556666'], protect: false}
buckets:
  coded-logs: {encryption: {kms_key: audit, bucket_key: true}}
topics:
  told: {kms_key: audit}
trails:
  own: {bucket: coded-logs, kms_key: audit, topic: told}
  by-bucket: {bucket: coded-logs}
";

/// Applies a spec and expects that nothing is left to do.
fn applied(spec: &str) -> (Local, Workspace) {
    let aws = Local::start();
    let workspace = Workspace::at(&aws.endpoint);
    workspace.spec(spec);
    let _ = workspace.expect("apply --yes", 0);
    let _ = workspace.expect("plan --detailed-exitcode", 0);
    aws.take_calls();
    (aws, workspace)
}

/// Lets `drift` change something, and expects that plan sees `changes` and that apply heals them with `calls`.
async fn heals(drift: impl AsyncFnOnce(&Endpoint), changes: &[&str], calls: &[&str]) {
    let (aws, workspace) = applied(SPEC);
    drift(&aws.endpoint).await;
    assert_eq!(workspace.changes(), changes);
    aws.take_calls();
    let _ = workspace.expect("apply --yes", 0);
    assert_eq!(aws.take_changes(), calls);
    let _ = workspace.expect("plan --detailed-exitcode", 0);
}

async fn key_id(aws: &Endpoint) -> String {
    let answer = aws.kms("us-east-1").describe_key().key_id("alias/audit").send().await.unwrap();
    answer.key_metadata.unwrap().key_id
}

fn topic_arn(aws: &Endpoint) -> String {
    format!("arn:aws:sns:us-east-1:{}:told", aws.account)
}

#[tokio::test]
async fn readers_may_read_what_the_bucket_encrypts_too() {
    let (aws, _workspace) = applied(SPEC);
    let kms = aws.endpoint.kms("us-east-1");
    let policy =
        kms.get_key_policy().key_id(key_id(&aws.endpoint).await).send().await.unwrap().policy.unwrap();
    let policy: serde_json::Value = serde_json::from_str(&policy).unwrap();
    let statements = policy["Statement"].as_array().unwrap();
    let read = statements.iter().find(|one| one["Sid"] == "TrailctlCodedBucketReaders").unwrap();
    let context = &read["Condition"]["StringLike"]["kms:EncryptionContext:aws:s3:arn"];
    assert_eq!(*context, serde_json::json!(["arn:aws:s3:::coded-logs", "arn:aws:s3:::coded-logs/*"]));
}

#[tokio::test]
async fn a_key_was_disabled() {
    let disable = async |aws: &Endpoint| {
        aws.kms("us-east-1").disable_key().key_id(key_id(aws).await).send().await.unwrap();
    };
    heals(disable, &["kms_key.audit enabled"], &["EnableKey"]).await;
}

#[tokio::test]
async fn a_key_is_to_be_deleted() {
    let schedule = async |aws: &Endpoint| {
        aws.kms("us-east-1").schedule_key_deletion().key_id(key_id(aws).await).send().await.unwrap();
    };
    let calls = ["CancelKeyDeletion", "EnableKey", "EnableKeyRotation"];
    heals(schedule, &["kms_key.audit rotation", "kms_key.audit enabled"], &calls).await;
}

#[tokio::test]
async fn every_setting_of_a_key_was_changed() {
    let change = async |aws: &Endpoint| {
        let (kms, id) = (aws.kms("us-east-1"), key_id(aws).await);
        kms.update_key_description().key_id(&id).description("x").send().await.unwrap();
        kms.enable_key_rotation().key_id(&id).rotation_period_in_days(90).send().await.unwrap();
        kms.untag_resource().key_id(&id).tag_keys("trailctl:resource").send().await.unwrap();
        let open = r#"{"Version":"2012-10-17","Statement":{"Sid":"Open","Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}}"#;
        kms.put_key_policy().key_id(&id).policy(open).send().await.unwrap();
    };
    let policy = ["Root", "Readers", "BucketReaders", "Encrypt", "Use", "Decrypt", "Deliver"];
    let mut changes: Vec<String> =
        ["description", "rotation"].map(|key| format!("kms_key.audit {key}")).into();
    changes.extend(policy.map(|name| format!("kms_key.audit policy.statements.TrailctlCoded{name}")));
    changes.push("kms_key.audit policy.statements.Open".to_owned());
    changes.push("kms_key.audit tags.trailctl:resource".to_owned());
    let changes: Vec<&str> = changes.iter().map(String::as_str).collect();
    let calls = ["TagResource", "UpdateKeyDescription", "EnableKeyRotation", "PutKeyPolicy"];
    heals(change, &changes, &calls).await;
}

#[tokio::test]
async fn a_topic_was_opened_and_decoded() {
    let change = async |aws: &Endpoint| {
        let set = || aws.sns("us-east-1").set_topic_attributes().topic_arn(topic_arn(aws));
        set().attribute_name("Policy").attribute_value("").send().await.unwrap();
        set().attribute_name("KmsMasterKeyId").attribute_value("").send().await.unwrap();
    };
    let (aws, workspace) = applied(SPEC);
    change(&aws.endpoint).await;
    let changes = workspace.changes();
    assert_eq!(changes.first().map(String::as_str), Some("topic.told kms_key"));
    assert!(changes.contains(&"topic.told policy.statements.TrailctlCodedPublish".to_owned()), "{changes:?}");
    aws.take_calls();
    let _ = workspace.expect("apply --yes", 0);
    assert_eq!(aws.take_changes(), ["SetTopicAttributes", "SetTopicAttributes"]);
    let _ = workspace.expect("plan --detailed-exitcode", 0);
}

#[tokio::test]
async fn what_others_add_beside_is_told_and_left() {
    let (aws, workspace) = applied(SPEC);
    let (kms, id) = (aws.endpoint.kms("us-east-1"), key_id(&aws.endpoint).await);
    let reader = format!("arn:aws:iam::{}:role/reader", aws.endpoint.account);
    let grant = kms.create_grant().key_id(&id).grantee_principal(&reader).operations(GrantOperation::Decrypt);
    grant.send().await.unwrap();
    kms.create_alias().alias_name("alias/second").target_key_id(&id).send().await.unwrap();
    let subscribe = aws.endpoint.sns("us-east-1").subscribe().topic_arn(topic_arn(&aws.endpoint));
    subscribe.protocol("email").endpoint("x@example.com").send().await.unwrap();
    let plan = workspace.expect("plan --detailed-exitcode", 0).stdout;
    for beside in [
        &format!(
            "kms_key.audit: there is a grant that lets {reader} do Decrypt, which the spec does not have"
        ),
        "kms_key.audit: there is another alias, alias/second, which the spec does not have",
        "topic.told: there is a subscription of email to x@example.com that is not confirmed, which",
    ] {
        assert!(plan.contains(beside), "{plan}");
    }
}

#[tokio::test]
async fn a_key_of_another_sort_is_not_touched() {
    let aws = Local::start();
    let kms = aws.endpoint.kms("us-east-1");
    let key = kms.create_key().key_spec(KeySpec::Rsa2048).key_usage("ENCRYPT_DECRYPT".into()).send().await;
    let id = key.unwrap().key_metadata.unwrap().key_id;
    kms.create_alias().alias_name("alias/audit").target_key_id(&id).send().await.unwrap();
    let workspace = Workspace::at(&aws.endpoint);
    workspace.spec("{version: 1, stack: coded, kms_keys: {audit: {adopt: true}}}");
    let plan = workspace.run("plan --format json");
    assert_eq!(plan.refusals(), ["unreadable-owner kms_key.audit"]);
}

#[tokio::test]
async fn a_key_without_a_mark_is_adopted_mark_first() {
    let aws = Local::start();
    let kms = aws.endpoint.kms("us-east-1");
    let id = kms.create_key().send().await.unwrap().key_metadata.unwrap().key_id;
    kms.create_alias().alias_name("alias/audit").target_key_id(&id).send().await.unwrap();
    let workspace = Workspace::at(&aws.endpoint);
    workspace.spec("{version: 1, stack: coded, kms_keys: {audit: {}}}");
    assert_eq!(workspace.run("plan --format json").refusals(), ["no-owner kms_key.audit"]);
    workspace.spec("{version: 1, stack: coded, kms_keys: {audit: {adopt: true}}}");
    aws.take_calls();
    let _ = workspace.expect("apply --yes", 0);
    assert_eq!(aws.take_changes(), ["TagResource", "EnableKeyRotation", "PutKeyPolicy"]);
    let _ = workspace.expect("plan --detailed-exitcode", 0);
}

#[tokio::test]
async fn a_foreign_key_and_topic_are_checked_and_used() {
    let aws = Local::start();
    let kms = aws.endpoint.kms("us-east-1");
    let id = kms.create_key().send().await.unwrap().key_metadata.unwrap().key_id;
    kms.create_alias().alias_name("alias/theirs").target_key_id(&id).send().await.unwrap();
    let workspace = Workspace::at(&aws.endpoint);
    let spec = |key: &str| {
        workspace
            .spec(&format!("{{version: 1, stack: s, topics: {{told: {{kms_key: {{existing: '{key}'}}}}}}}}"));
    };
    spec("alias/absent");
    assert_eq!(workspace.run("plan --format json").refusals(), ["not-found topic.told"]);
    spec("alias/theirs");
    let _ = workspace.expect("apply --yes", 0);
    let _ = workspace.expect("plan --detailed-exitcode", 0);
    kms.disable_key().key_id(&id).send().await.unwrap();
    assert_eq!(workspace.run("plan --format json").refusals(), ["unfit topic.told"]);
}

#[tokio::test]
async fn destroy_keeps_a_key_that_is_not_named() {
    let (aws, workspace) =
        applied("{version: 1, stack: coded, kms_keys: {audit: {protect: false}}, topics: {told: {}}}");
    let id = key_id(&aws.endpoint).await;
    let _ = workspace.expect("destroy --yes", 0);
    assert_eq!(aws.take_changes(), ["DeleteTopic"]);
    let _ = workspace.expect("destroy --yes --delete-data audit", 0);
    assert_eq!(aws.take_changes(), ["DeleteAlias", "ScheduleKeyDeletion"]);
    let answer = aws.endpoint.kms("us-east-1").describe_key().key_id(&id).send().await.unwrap();
    assert_eq!(answer.key_metadata.unwrap().key_state, Some(KeyState::PendingDeletion));
}
