//! Tags of trails.

use aws_sdk_cloudtrail::types::Tag;

use super::*;

const ARN: &str = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/audit";

async fn with_trail() -> Sandbox {
    let sandbox = with_bucket().await;
    let create = cloudtrail(&sandbox, ACCOUNT, REGION).create_trail().name("audit").s3_bucket_name(BUCKET);
    create.is_multi_region_trail(true).tags_list(tag("team", "a")).send().await.unwrap();
    sandbox
}

fn tag(key: &str, value: &str) -> Tag {
    Tag::builder().key(key).value(value).build().unwrap()
}

fn numbered(count: usize) -> Option<Vec<Tag>> {
    Some((0..count).map(|number| tag(&format!("key-{number}"), "x")).collect())
}

async fn tags(sandbox: &Sandbox) -> Vec<(String, Option<String>)> {
    let answer = cloudtrail(sandbox, ACCOUNT, REGION).list_tags().resource_id_list(ARN).send().await.unwrap();
    let [resource] = answer.resource_tag_list() else { panic!("{answer:?}") };
    assert_eq!(resource.resource_id(), Some(ARN));
    resource.tags_list().iter().map(|tag| (tag.key().to_owned(), tag.value().map(str::to_owned))).collect()
}

#[tokio::test]
async fn adds_overwrites_and_removes_tags() {
    let sandbox = with_trail().await;
    let client = cloudtrail(&sandbox, ACCOUNT, REGION);
    let bare = Tag::builder().key("bare").build().unwrap();
    let add = client.add_tags().resource_id(ARN).tags_list(tag("team", "b")).tags_list(bare);
    add.send().await.unwrap();
    assert_eq!(tags(&sandbox).await, [("bare".to_owned(), None), ("team".to_owned(), Some("b".to_owned()))]);
    let remove = client.remove_tags().resource_id(ARN).tags_list(tag("team", "other"));
    remove.tags_list(tag("absent", "x")).send().await.unwrap();
    assert_eq!(tags(&sandbox).await, [("bare".to_owned(), None)]);
}

#[tokio::test]
async fn refuses_bad_tags() {
    let sandbox = with_trail().await;
    let client = cloudtrail(&sandbox, ACCOUNT, REGION);
    let invalid = "InvalidTagParameterException";
    for bad in [
        tag("", "x"),
        tag(&"k".repeat(129), "x"),
        tag("key", &"v".repeat(257)),
        tag("aws:key", "x"),
        tag("a*b", "x"),
        tag("team\n", "x"),
    ] {
        refused(&sandbox, client.add_tags().resource_id(ARN).tags_list(bad.clone()).send(), invalid).await;
        let create = client.create_trail().name("other").s3_bucket_name(BUCKET);
        refused(&sandbox, create.tags_list(bad).send(), invalid).await;
    }
    let twice = client.add_tags().resource_id(ARN).tags_list(tag("a", "1")).tags_list(tag("a", "2"));
    refused(&sandbox, twice.send(), invalid).await;
}

#[tokio::test]
async fn has_fifty_tags_at_most() {
    let sandbox = with_trail().await;
    let client = cloudtrail(&sandbox, ACCOUNT, REGION);
    client.add_tags().resource_id(ARN).set_tags_list(numbered(49)).send().await.unwrap();
    let limit = "TagsLimitExceededException";
    refused(&sandbox, client.add_tags().resource_id(ARN).tags_list(tag("one", "more")).send(), limit).await;
    client.add_tags().resource_id(ARN).tags_list(tag("team", "same key")).send().await.unwrap();
    let create = client.create_trail().name("other").s3_bucket_name(BUCKET);
    refused(&sandbox, create.set_tags_list(numbered(51)).send(), limit).await;
}

#[tokio::test]
async fn reaches_tags_by_arn_in_the_home_region_only() {
    let sandbox = with_trail().await;
    let absent = ARN.replace("audit", "absent");
    let elsewhere = ARN.replace(REGION, OTHER_REGION).replace("audit", "absent");
    let theirs = ARN.replace(ACCOUNT, OTHER_ACCOUNT);
    let cases = [
        (REGION, "audit", "CloudTrailARNInvalidException"),
        (REGION, "arn:aws:cloudtrail:eu-west-1:1:trail/audit", "CloudTrailARNInvalidException"),
        (REGION, &absent, "ResourceNotFoundException"),
        (REGION, &theirs, "ResourceNotFoundException"),
        (REGION, &elsewhere, "CloudTrailARNInvalidException"),
        (OTHER_REGION, ARN, "CloudTrailARNInvalidException"),
    ];
    for (region, id, expected) in cases {
        let client = cloudtrail(&sandbox, ACCOUNT, region);
        let add = client.add_tags().resource_id(id).tags_list(tag("a", "b")).send();
        refused(&sandbox, add, expected).await;
        let remove = client.remove_tags().resource_id(id).tags_list(tag("a", "b")).send();
        refused(&sandbox, remove, expected).await;
        refused(&sandbox, client.list_tags().resource_id_list(id).send(), expected).await;
    }
}

#[tokio::test]
async fn lists_the_tags_of_up_to_twenty_trails() {
    let sandbox = with_trail().await;
    let client = cloudtrail(&sandbox, ACCOUNT, REGION);
    let list = |count| client.list_tags().set_resource_id_list(Some(vec![ARN.to_owned(); count])).send();
    assert_eq!(list(20).await.unwrap().resource_tag_list().len(), 20);
    refused(&sandbox, list(21), "InvalidParameterException").await;
    refused(&sandbox, list(0), "InvalidParameterException").await;
}
