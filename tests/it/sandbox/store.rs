//! The sandbox in a directory.

use std::fs;

use aws_sdk_cloudtrail::types::Tag;
use trailctl::sandbox::SandboxError;

use super::*;

#[tokio::test]
async fn survives_being_opened_again() {
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path().join("new/sandbox");
    create_bucket(&Sandbox::open(&place).unwrap(), BUCKET).await;
    let again = Sandbox::open(&place).unwrap();
    s3(&again, ACCOUNT, REGION).head_bucket().bucket(BUCKET).send().await.unwrap();
    let state = fs::read_to_string(place.join("state.json")).unwrap();
    assert!(state.contains("\"format\": \"trailctl.sandbox/1\""));
}

#[tokio::test]
async fn reads_a_state_from_before_there_were_other_services() {
    let dir = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::open(dir.path()).unwrap();
    create_bucket(&sandbox, BUCKET).await;
    put_policy(&sandbox, BUCKET, &bucket_policy("", "arn:aws:cloudtrail:*:111122223333:trail/*")).await;
    let client = cloudtrail(&sandbox, ACCOUNT, REGION);
    client.create_trail().name("audit").s3_bucket_name(BUCKET).send().await.unwrap();
    let mut state = sandbox.state().unwrap();
    let later = ["vaults", "roles", "log_groups", "topics", "organizations", "ids_given"];
    remove(&mut state, &later);
    remove(&mut state["trails"][ACCOUNT][REGION]["audit"], &["insights", "aggregations"]);
    let settings = &mut state["trails"][ACCOUNT][REGION]["audit"]["settings"];
    remove(settings, &["kms_key", "topic", "log_delivery", "is_organization"]);
    let later = ["lifecycle", "logging", "object_lock", "notifications", "replication"];
    remove(&mut state["buckets"]["aws"][BUCKET], &later);
    fs::write(dir.path().join("state.json"), state.to_string()).unwrap();
    client.get_trail().name("audit").send().await.unwrap();
    s3(&sandbox, ACCOUNT, REGION).get_bucket_logging().bucket(BUCKET).send().await.unwrap();
}

fn remove(object: &mut Value, members: &[&str]) {
    let object = object.as_object_mut().unwrap();
    for member in members {
        assert!(object.remove(*member).is_some(), "{member}");
    }
}

#[tokio::test]
async fn writes_nothing_for_a_read_or_a_refusal() {
    let dir = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::open(dir.path()).unwrap();
    s3(&sandbox, ACCOUNT, REGION).list_buckets().send().await.unwrap();
    let refusal = s3(&sandbox, ACCOUNT, REGION).delete_bucket().bucket(BUCKET).send();
    assert_eq!(code(refusal.await), "NoSuchBucket");
    assert!(!dir.path().join("state.json").exists());
    create_bucket(&sandbox, BUCKET).await;
    let names: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn loses_nothing_when_two_write_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let one = Sandbox::open(dir.path()).unwrap();
    create_bucket(&one, BUCKET).await;
    let policy = bucket_policy("", "arn:aws:cloudtrail:*:111122223333:trail/*");
    put_policy(&one, BUCKET, &policy).await;
    let create = cloudtrail(&one, ACCOUNT, REGION).create_trail().name("audit").s3_bucket_name(BUCKET);
    create.send().await.unwrap();
    let arn = format!("arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/audit");
    let two = Sandbox::open(dir.path()).unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..40 {
        let sandbox = if number % 2 == 0 { one.clone() } else { two.clone() };
        let arn = arn.clone();
        tasks.spawn(async move {
            let tag = Tag::builder().key(format!("key-{number}")).value("x").build().unwrap();
            let client = cloudtrail(&sandbox, ACCOUNT, REGION);
            client.add_tags().resource_id(arn).tags_list(tag).send().await.unwrap();
            // One trail in each of the Regions.
            let client = cloudtrail(&sandbox, ACCOUNT, &format!("eu-test-{number}"));
            client.create_trail().name("audit").s3_bucket_name(BUCKET).send().await.unwrap();
        });
    }
    while let Some(outcome) = tasks.join_next().await {
        outcome.unwrap();
    }
    let client = cloudtrail(&two, ACCOUNT, REGION);
    let tags = client.list_tags().resource_id_list(arn).send().await.unwrap();
    assert_eq!(tags.resource_tag_list()[0].tags_list().len(), 40);
    assert_eq!(client.list_trails().send().await.unwrap().trails().len(), 41);
}

#[tokio::test]
async fn says_what_is_wrong_with_a_state_file() {
    let dir = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::open(dir.path()).unwrap();
    let cases = [
        ("{", "is damaged"),
        ("", "is damaged"),
        ("[]", "is damaged"),
        (r#"{"format": "trailctl.sandbox/1", "trails": 1}"#, "is damaged"),
        (r#"{"format": "trailctl.sandbox/1", "surprise": 1}"#, "is damaged"),
        (r#"{"format": "trailctl.sandbox/2"}"#, "has the format `trailctl.sandbox/2`"),
    ];
    for (text, expected) in cases {
        fs::write(dir.path().join("state.json"), text).unwrap();
        let error = Sandbox::open(dir.path()).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        let call = cloudtrail(&sandbox, ACCOUNT, REGION).list_trails().send().await.unwrap_err();
        assert_eq!(call.raw_response().unwrap().status().as_u16(), 500);
        assert!(call.message().unwrap().contains(expected), "{call:?}");
        let call = s3(&sandbox, ACCOUNT, OTHER_REGION).create_bucket().bucket("abc").send().await;
        assert_eq!(code(call), "InternalFailure");
        assert_eq!(fs::read_to_string(dir.path().join("state.json")).unwrap(), text);
    }
    let file = dir.path().join("state.json");
    assert!(matches!(Sandbox::open(&file), Err(SandboxError::Unusable { .. })));
}

#[tokio::test]
async fn a_fork_begins_with_the_same_and_goes_its_own_way() {
    let dir = tempfile::tempdir().unwrap();
    for sandbox in [empty(), Sandbox::open(dir.path()).unwrap().with_clock(noon)] {
        create_bucket(&sandbox, BUCKET).await;
        let fork = sandbox.fork().unwrap();
        assert_eq!(fork.state().unwrap(), sandbox.state().unwrap());
        create_bucket(&fork, "more-logs").await;
        create_bucket(&sandbox, "other-logs").await;
        let names = |sandbox: &Sandbox| {
            let buckets = sandbox.state().unwrap()["buckets"]["aws"].clone();
            buckets.as_object().unwrap().keys().cloned().collect::<Vec<_>>()
        };
        assert_eq!(names(&fork), [BUCKET, "more-logs"]);
        assert_eq!(names(&sandbox), [BUCKET, "other-logs"]);
    }
}
