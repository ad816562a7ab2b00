//! Objects and their versions.

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{BucketVersioningStatus, VersioningConfiguration};

use super::*;

async fn put(client: &Client, key: &str, body: &str) -> Option<String> {
    let body = ByteStream::from(body.as_bytes().to_vec());
    let put = client.put_object().bucket(BUCKET).key(key).content_type("text/plain").body(body);
    put.send().await.unwrap().version_id
}

async fn versioned(client: &Client, status: BucketVersioningStatus) {
    let configuration = VersioningConfiguration::builder().status(status).build();
    let put = client.put_bucket_versioning().bucket(BUCKET).versioning_configuration(configuration);
    put.send().await.unwrap();
}

async fn with_plain_bucket() -> (Sandbox, Client) {
    let sandbox = empty();
    create_bucket(&sandbox, BUCKET).await;
    let client = s3(&sandbox, ACCOUNT, REGION);
    (sandbox, client)
}

#[tokio::test]
async fn keeps_objects_byte_by_byte() {
    let (sandbox, client) = with_plain_bucket().await;
    let key = "a b/ä+%2F.txt";
    assert_eq!(put(&client, key, "line\r\n0\r\n\u{1f600}").await, None);
    for client in [client.clone(), s3_with_paths(&sandbox, ACCOUNT, REGION)] {
        let object = client.get_object().bucket(BUCKET).key(key).send().await.unwrap();
        assert_eq!(object.content_type(), Some("text/plain"));
        assert_eq!(object.last_modified().unwrap().secs(), noon().as_second());
        assert_eq!(object.body.collect().await.unwrap().into_bytes(), "line\r\n0\r\n\u{1f600}".as_bytes());
    }
    let head = client.head_object().bucket(BUCKET).key(key).send().await.unwrap();
    assert_eq!(head.content_length(), Some(13));
    refused(&sandbox, client.get_object().bucket(BUCKET).key("absent").send(), "NoSuchKey").await;
    client.delete_object().bucket(BUCKET).key(key).send().await.unwrap();
    refused(&sandbox, client.get_object().bucket(BUCKET).key(key).send(), "NoSuchKey").await;
    let long = client.put_object().bucket(BUCKET).key("k".repeat(1025)).send();
    refused(&sandbox, long, "KeyTooLongError").await;
}

#[tokio::test]
async fn writes_under_conditions() {
    let (sandbox, client) = with_plain_bucket().await;
    let new = || client.put_object().bucket(BUCKET).key("lock");
    let etag = new().if_none_match("*").send().await.unwrap().e_tag.unwrap();
    refused(&sandbox, new().if_none_match("*").send(), "PreconditionFailed").await;
    refused(&sandbox, new().if_match("\"other\"").send(), "PreconditionFailed").await;
    new().if_match(etag).send().await.unwrap();
    let absent = client.put_object().bucket(BUCKET).key("absent").if_match("x").send();
    refused(&sandbox, absent, "NoSuchKey").await;
}

#[tokio::test]
async fn deletes_under_conditions_also_with_versions() {
    let (sandbox, client) = with_plain_bucket().await;
    for round in 0..2 {
        let put = || client.put_object().bucket(BUCKET).key("lock").body(ByteStream::from_static(b"x"));
        let delete = |etag: &str| client.delete_object().bucket(BUCKET).key("lock").if_match(etag).send();
        let etag = put().if_none_match("*").send().await.unwrap().e_tag.unwrap();
        let head = client.head_object().bucket(BUCKET).key("lock").send().await.unwrap();
        assert_eq!(head.e_tag.as_deref(), Some(etag.as_str()), "{round}");
        refused(&sandbox, delete("\"other\""), "PreconditionFailed").await;
        delete(&etag).await.unwrap();
        // What is deleted is absent, also where a delete marker is left.
        refused(&sandbox, delete(&etag), "NoSuchKey").await;
        refused(&sandbox, put().if_match(etag).send(), "NoSuchKey").await;
        versioned(&client, BucketVersioningStatus::Enabled).await;
    }
}

#[tokio::test]
async fn keeps_versions_and_delete_markers() {
    let (sandbox, client) = with_plain_bucket().await;
    put(&client, "key", "zero").await;
    versioned(&client, BucketVersioningStatus::Enabled).await;
    let first = put(&client, "key", "one").await.unwrap();
    let marker = client.delete_object().bucket(BUCKET).key("key").send().await.unwrap();
    assert_eq!(marker.delete_marker(), Some(true));
    refused(&sandbox, client.get_object().bucket(BUCKET).key("key").send(), "NoSuchKey").await;
    let old = client.get_object().bucket(BUCKET).key("key").version_id(&first).send().await.unwrap();
    assert_eq!(old.body.collect().await.unwrap().into_bytes(), "one");
    let of_marker = client.get_object().bucket(BUCKET).key("key").version_id(marker.version_id().unwrap());
    refused(&sandbox, of_marker.send(), "MethodNotAllowed").await;
    let unknown = client.get_object().bucket(BUCKET).key("key").version_id("x");
    refused(&sandbox, unknown.send(), "NoSuchVersion").await;

    let listed = client.list_object_versions().bucket(BUCKET).send().await.unwrap();
    let seen: Vec<_> = listed.versions().iter().map(|version| version.version_id().unwrap()).collect();
    assert_eq!(seen, [first.as_str(), "null"]);
    assert_eq!(listed.delete_markers().len(), 1);
    assert_eq!(listed.delete_markers()[0].is_latest(), Some(true));

    client
        .delete_object()
        .bucket(BUCKET)
        .key("key")
        .version_id(marker.version_id().unwrap())
        .send()
        .await
        .unwrap();
    client.get_object().bucket(BUCKET).key("key").send().await.unwrap();
    versioned(&client, BucketVersioningStatus::Suspended).await;
    assert_eq!(put(&client, "key", "two").await.as_deref(), Some("null"));
    let listed = client.list_object_versions().bucket(BUCKET).send().await.unwrap();
    assert_eq!(listed.versions().len(), 2);
}

#[tokio::test]
async fn deletes_a_bucket_only_without_versions() {
    let (sandbox, client) = with_plain_bucket().await;
    versioned(&client, BucketVersioningStatus::Enabled).await;
    let version = put(&client, "key", "x").await.unwrap();
    let delete = || client.delete_bucket().bucket(BUCKET).send();
    refused(&sandbox, delete(), "BucketNotEmpty").await;
    let marker = client.delete_object().bucket(BUCKET).key("key").send().await.unwrap();
    refused(&sandbox, delete(), "BucketNotEmpty").await;
    for id in [version.as_str(), marker.version_id().unwrap()] {
        client.delete_object().bucket(BUCKET).key("key").version_id(id).send().await.unwrap();
    }
    delete().await.unwrap();
    refused(&sandbox, delete(), "NoSuchBucket").await;
}

#[tokio::test]
async fn lists_objects_by_prefix_folder_and_page() {
    let (_, client) = with_plain_bucket().await;
    for key in ["a", "b/1", "b/2", "b/c/3", "d"] {
        put(&client, key, "x").await;
    }
    let list = || client.list_objects_v2().bucket(BUCKET);
    let keys = |answer: &aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output| -> Vec<String> {
        answer.contents().iter().map(|object| object.key().unwrap().to_owned()).collect()
    };
    assert_eq!(keys(&list().send().await.unwrap()), ["a", "b/1", "b/2", "b/c/3", "d"]);
    assert_eq!(keys(&list().prefix("b/").send().await.unwrap()), ["b/1", "b/2", "b/c/3"]);
    assert_eq!(keys(&list().start_after("b/2").send().await.unwrap()), ["b/c/3", "d"]);
    let top = list().delimiter("/").send().await.unwrap();
    assert_eq!(keys(&top), ["a", "d"]);
    assert_eq!(top.common_prefixes()[0].prefix(), Some("b/"));
    let mut pages = list().delimiter("/").into_paginator().page_size(1).send();
    let mut seen = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.unwrap();
        seen.extend(keys(&page));
        seen.extend(page.common_prefixes().iter().map(|folder| folder.prefix().unwrap().to_owned()));
    }
    assert_eq!(seen, ["a", "b/", "d"]);
}
