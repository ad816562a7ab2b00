//! The tags of all resources of a Region at once.

use aws_sdk_resourcegroupstagging::Client;
use aws_sdk_resourcegroupstagging::types::{ResourceTagMapping, TagFilter};
use aws_sdk_s3::types::{Tag, Tagging};
use jiff::ToSpan;

use super::*;

const TRAIL: &str = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/audit";
const GROUP: &str = "arn:aws:logs:eu-west-1:111122223333:log-group:trail/a";
const TOPIC: &str = "arn:aws:sns:eu-west-1:111122223333:topic";
const EXPIRED: &str = "PaginationTokenExpiredException";
const INVALID: &str = "InvalidParameterException";

fn here(sandbox: &Sandbox) -> Client {
    tagging(sandbox, ACCOUNT, REGION)
}

fn filter(key: &str, values: &[&str]) -> TagFilter {
    let values = values.iter().map(|value| (*value).to_owned()).collect();
    TagFilter::builder().key(key).set_values(Some(values)).build()
}

fn arns(resources: &[ResourceTagMapping]) -> Vec<&str> {
    resources.iter().map(|resource| resource.resource_arn().unwrap()).collect()
}

async fn tag_bucket(sandbox: &Sandbox, value: &str) {
    let tag = Tag::builder().key("team").value(value).build().unwrap();
    let tags = Tagging::builder().tag_set(tag).build().unwrap();
    let put = s3(sandbox, ACCOUNT, REGION).put_bucket_tagging().bucket(BUCKET).tagging(tags);
    put.send().await.unwrap();
}

/// One resource of each kind with the tag `team`, and its value is the kind; returns the ARN of the key.
async fn with_resources() -> (Sandbox, String) {
    let sandbox = with_bucket().await;
    tag_bucket(&sandbox, "bucket").await;
    let tag = aws_sdk_cloudtrail::types::Tag::builder().key("team").value("trail").build().unwrap();
    let trail = cloudtrail(&sandbox, ACCOUNT, REGION).create_trail().name("audit").s3_bucket_name(BUCKET);
    trail.is_multi_region_trail(true).tags_list(tag).send().await.unwrap();
    let tag = aws_sdk_kms::types::Tag::builder().tag_key("team").tag_value("key").build().unwrap();
    let key = kms(&sandbox, ACCOUNT, REGION).create_key().tags(tag).send().await.unwrap();
    let group = logs(&sandbox, ACCOUNT, REGION).create_log_group().log_group_name("trail/a");
    group.tags("team", "group").tags("more", "").send().await.unwrap();
    let tag = aws_sdk_sns::types::Tag::builder().key("team").value("topic").build().unwrap();
    sns(&sandbox, ACCOUNT, REGION).create_topic().name("topic").tags(tag).send().await.unwrap();
    let tag = aws_sdk_iam::types::Tag::builder().key("team").value("role").build().unwrap();
    let role = iam(&sandbox, ACCOUNT, "us-east-1").create_role().role_name("role").tags(tag);
    role.assume_role_policy_document(super::iam::trust()).send().await.unwrap();
    (sandbox, key.key_metadata.unwrap().arn.unwrap())
}

async fn topics(sandbox: &Sandbox, count: usize, tags: usize) {
    let client = sns(sandbox, ACCOUNT, REGION);
    for number in 0..count {
        let tag =
            |n: usize| aws_sdk_sns::types::Tag::builder().key(format!("key-{n}")).value("x").build().unwrap();
        let create = client.create_topic().name(format!("topic-{number:03}"));
        create.set_tags(Some((0..tags).map(tag).collect())).send().await.unwrap();
    }
}

#[tokio::test]
async fn lists_what_is_tagged_in_the_region_and_the_account() {
    let (sandbox, key) = with_resources().await;
    sns(&sandbox, ACCOUNT, REGION).create_topic().name("untagged").send().await.unwrap();
    topics(&sandbox, 1, 0).await;
    kms(&sandbox, ACCOUNT, REGION).schedule_key_deletion().key_id(&key).send().await.unwrap();
    let seen = here(&sandbox).get_resources().send().await.unwrap();
    let bucket = format!("arn:aws:s3:::{BUCKET}");
    assert_eq!(arns(seen.resource_tag_mapping_list()), [TRAIL, &key, GROUP, &bucket, TOPIC]);
    assert_eq!(seen.pagination_token(), Some(""));
    let group = &seen.resource_tag_mapping_list()[2];
    let tags: Vec<_> = group.tags().iter().map(|tag| (tag.key(), tag.value())).collect();
    assert_eq!(tags, [("more", ""), ("team", "group")]);
    assert!(group.compliance_details().is_none());
    for (account, region) in [(ACCOUNT, OTHER_REGION), (OTHER_ACCOUNT, REGION), (ACCOUNT, "us-gov-west-1")] {
        let seen = tagging(&sandbox, account, region).get_resources().send().await.unwrap();
        assert!(seen.resource_tag_mapping_list().is_empty(), "{account} {region}");
    }
    s3(&sandbox, ACCOUNT, REGION).delete_bucket_tagging().bucket(BUCKET).send().await.unwrap();
    let seen = here(&sandbox).get_resources().send().await.unwrap();
    assert_eq!(seen.resource_tag_mapping_list().len(), 4);
}

#[tokio::test]
async fn filters_by_tag_type_and_arn() {
    let (sandbox, key) = with_resources().await;
    let client = here(&sandbox);
    let by_tag = async |filters: Vec<TagFilter>| {
        let seen = client.get_resources().set_tag_filters(Some(filters)).send().await.unwrap();
        arns(seen.resource_tag_mapping_list()).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(by_tag(vec![filter("team", &[])]).await.len(), 5);
    assert_eq!(by_tag(vec![filter("team", &["topic", "trail"])]).await, [TRAIL, TOPIC]);
    assert_eq!(by_tag(vec![filter("team", &["group", "topic"]), filter("more", &[""])]).await, [GROUP]);
    assert!(by_tag(vec![filter("Team", &[])]).await.is_empty());
    let by_type = async |kinds: &[&str]| {
        let kinds = kinds.iter().map(|kind| (*kind).to_owned()).collect();
        let seen = client.get_resources().set_resource_type_filters(Some(kinds)).send().await.unwrap();
        arns(seen.resource_tag_mapping_list()).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    for (service, kind, arn) in [
        ("s3", "s3:bucket", format!("arn:aws:s3:::{BUCKET}").as_str()),
        ("kms", "kms:key", &key),
        ("logs", "logs:log-group", GROUP),
        ("sns", "sns:topic", TOPIC),
        ("cloudtrail", "cloudtrail:trail", TRAIL),
    ] {
        assert_eq!(by_type(&[service]).await, [arn]);
        assert_eq!(by_type(&[kind, "ec2:instance"]).await, [arn]);
    }
    assert!(by_type(&["ec2", "iam:role", "s3:object"]).await.is_empty());
    let list = client.get_resources().resource_arn_list(TOPIC).resource_arn_list(format!("{TOPIC}-absent"));
    assert_eq!(arns(list.send().await.unwrap().resource_tag_mapping_list()), [TOPIC]);
    let details = client.get_resources().include_compliance_details(true).send().await.unwrap();
    let details = details.resource_tag_mapping_list()[0].compliance_details().unwrap();
    assert_eq!(details.compliance_status(), Some(true));
    let none = client.get_resources().include_compliance_details(true).exclude_compliant_resources(true);
    assert!(none.send().await.unwrap().resource_tag_mapping_list().is_empty());
}

#[tokio::test]
async fn refuses_what_is_malformed_or_too_much() {
    let (sandbox, _) = with_resources().await;
    let client = here(&sandbox);
    let new = || client.get_resources();
    let values: Vec<String> = (0..21).map(|number| number.to_string()).collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    let filters = (0..51).map(|number| filter(&number.to_string(), &[])).collect();
    for bad in [
        new().resources_per_page(0),
        new().resources_per_page(101),
        new().tags_per_page(99),
        new().tags_per_page(501),
        new().tag_filters(TagFilter::builder().key("").build()),
        new().tag_filters(filter(&"k".repeat(129), &[])),
        new().tag_filters(filter("team", &[&"v".repeat(257)])),
        new().tag_filters(filter("team", &values)),
        new().tag_filters(filter("team", &["a"])).tag_filters(filter("team", &["b"])),
        new().set_tag_filters(Some(filters)),
        new().resource_type_filters(""),
        new().resource_type_filters("s3:"),
        new().resource_type_filters("s3:bucket:x"),
        new().set_resource_type_filters(Some(vec!["s3".to_owned(); 101])),
        new().set_resource_arn_list(Some(Vec::new())),
        new().set_resource_arn_list(Some(vec![TOPIC.to_owned(); 101])),
        new().resource_arn_list("topic"),
        new().resource_arn_list("arn:aws-cn:s3:::x"),
        new().resource_arn_list(TOPIC).tag_filters(filter("team", &[])),
        new().resource_arn_list(TOPIC).resource_type_filters("sns"),
        new().resource_arn_list(TOPIC).resources_per_page(1),
        new().exclude_compliant_resources(true),
    ] {
        refused(&sandbox, bad.send(), INVALID).await;
    }
}

#[tokio::test]
async fn gives_pages_of_resources_or_of_tags() {
    let sandbox = empty();
    topics(&sandbox, 101, 10).await;
    let client = here(&sandbox);
    let first = client.get_resources().send().await.unwrap();
    assert_eq!(first.resource_tag_mapping_list().len(), 50);
    let pages = async |resources: Option<i32>, tags: Option<i32>| {
        let (mut token, mut sizes, mut seen) = (String::new(), Vec::new(), Vec::new());
        loop {
            let page = client.get_resources().set_resources_per_page(resources).set_tags_per_page(tags);
            let page = page.pagination_token(&token).send().await.unwrap();
            sizes.push(page.resource_tag_mapping_list().len());
            seen.extend(arns(page.resource_tag_mapping_list()).into_iter().map(str::to_owned));
            token = page.pagination_token().unwrap().to_owned();
            if token.is_empty() {
                seen.dedup();
                assert_eq!(seen.len(), 101);
                return sizes;
            }
        }
    };
    assert_eq!(pages(Some(100), None).await, [100, 1]);
    assert_eq!(pages(Some(40), None).await, [40, 40, 21]);
    assert_eq!(pages(None, Some(500)).await, [50, 50, 1]);
    assert_eq!(pages(Some(45), Some(109)).await, [vec![10; 10], vec![1]].concat());
    let all: Vec<_> =
        client.get_resources().into_paginator().items().send().collect::<Result<_, _>>().await.unwrap();
    assert_eq!(all.len(), 101);
}

#[tokio::test]
async fn takes_a_token_for_the_same_question_for_a_quarter_of_an_hour() {
    let sandbox = empty();
    topics(&sandbox, 3, 1).await;
    let ask = |account: &str, region: &str| tagging(&sandbox, account, region).get_resources();
    let first = ask(ACCOUNT, REGION).resources_per_page(1).send().await.unwrap();
    let token = first.pagination_token().unwrap();
    assert!(token.len() <= 2048, "{token}");
    assert!(!token.contains("topic"), "{token}");
    let next = ask(ACCOUNT, REGION).resources_per_page(2).pagination_token(token).send().await.unwrap();
    assert_eq!((next.resource_tag_mapping_list().len(), next.pagination_token()), (2, Some("")));
    for bad in [
        ask(ACCOUNT, REGION).pagination_token("x"),
        ask(ACCOUNT, REGION).pagination_token(&token[2..]),
        ask(ACCOUNT, REGION).pagination_token(token).resource_type_filters("sns"),
        ask(ACCOUNT, OTHER_REGION).pagination_token(token),
        ask(OTHER_ACCOUNT, REGION).pagination_token(token),
    ] {
        refused(&sandbox, bad.send(), EXPIRED).await;
    }
    let later = sandbox.clone().with_clock(|| noon() + 15.minutes());
    tagging(&later, ACCOUNT, REGION).get_resources().pagination_token(token).send().await.unwrap();
    let late = sandbox.clone().with_clock(|| noon() + 16.minutes());
    refused(&late, tagging(&late, ACCOUNT, REGION).get_resources().pagination_token(token).send(), EXPIRED)
        .await;
}
