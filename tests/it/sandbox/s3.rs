//! Buckets and their settings.

use aws_sdk_s3::Client;
use aws_sdk_s3::types::{
    BucketVersioningStatus, ObjectOwnership, OwnershipControls, OwnershipControlsRule,
    PublicAccessBlockConfiguration, ServerSideEncryption, ServerSideEncryptionByDefault,
    ServerSideEncryptionConfiguration, ServerSideEncryptionRule, Tag, Tagging, VersioningConfiguration,
};

use super::*;

async fn with_plain_bucket() -> (Sandbox, Client) {
    let sandbox = empty();
    create_bucket(&sandbox, BUCKET).await;
    let client = s3(&sandbox, ACCOUNT, REGION);
    (sandbox, client)
}

fn located(region: &str) -> CreateBucketConfiguration {
    CreateBucketConfiguration::builder().location_constraint(BucketLocationConstraint::from(region)).build()
}

fn tag(key: &str, value: &str) -> Tag {
    Tag::builder().key(key).value(value).build().unwrap()
}

fn status<T: Debug, E: Debug>(outcome: Result<T, SdkError<E>>) -> u16 {
    outcome.unwrap_err().raw_response().unwrap().status().as_u16()
}

#[tokio::test]
async fn creates_buckets_in_their_region() {
    let sandbox = empty();
    let create = |region: &str, name: &str| s3(&sandbox, ACCOUNT, region).create_bucket().bucket(name);
    create(REGION, "abc").create_bucket_configuration(located(REGION)).send().await.unwrap();
    create(REGION, "old").create_bucket_configuration(located("EU")).send().await.unwrap();
    create(OTHER_REGION, "def").send().await.unwrap();
    let illegal = "IllegalLocationConstraintException";
    refused(&sandbox, create(REGION, "ghi").send(), illegal).await;
    let wrong = create(REGION, "ghi").create_bucket_configuration(located("eu-west-2"));
    refused(&sandbox, wrong.send(), illegal).await;
    let wrong = create(OTHER_REGION, "ghi").create_bucket_configuration(located(REGION));
    refused(&sandbox, wrong.send(), illegal).await;
    let named = create(OTHER_REGION, "ghi").create_bucket_configuration(located(OTHER_REGION));
    refused(&sandbox, named.send(), "InvalidLocationConstraint").await;
    for name in ["Abc", "a_b", "10.0.0.1", "xn--abc", "ab"] {
        let bad = s3_with_paths(&sandbox, ACCOUNT, OTHER_REGION).create_bucket().bucket(name);
        refused(&sandbox, bad.send(), "InvalidBucketName").await;
    }
    let location =
        |region: &str, name: &str| s3(&sandbox, ACCOUNT, region).get_bucket_location().bucket(name);
    let seen = location(REGION, "abc").send().await.unwrap();
    assert_eq!(seen.location_constraint().unwrap().as_str(), REGION);
    let seen = location(OTHER_REGION, "def").send().await.unwrap();
    assert!(seen.location_constraint().is_none_or(|constraint| constraint.as_str().is_empty()));
}

#[tokio::test]
async fn refuses_a_bucket_name_that_is_taken() {
    let (sandbox, client) = with_plain_bucket().await;
    let again = |client: &Client| {
        client.create_bucket().bucket(BUCKET).create_bucket_configuration(located(REGION)).send()
    };
    refused(&sandbox, again(&client), "BucketAlreadyOwnedByYou").await;
    let other = s3(&sandbox, OTHER_ACCOUNT, REGION);
    refused(&sandbox, again(&other), "BucketAlreadyExists").await;
    let elsewhere = s3(&sandbox, ACCOUNT, OTHER_REGION).create_bucket();
    refused(&sandbox, elsewhere.bucket(BUCKET).send(), "BucketAlreadyOwnedByYou").await;
    let oldest = s3(&sandbox, ACCOUNT, OTHER_REGION);
    oldest.create_bucket().bucket("twice").send().await.unwrap();
    oldest.create_bucket().bucket("twice").send().await.unwrap();
}

#[tokio::test]
async fn refuses_options_that_it_does_not_have() {
    let sandbox = empty();
    let new = || s3(&sandbox, ACCOUNT, OTHER_REGION).create_bucket().bucket("abc");
    refused(&sandbox, new().acl("public-read".into()).send(), "NotImplemented").await;
    let acl = s3(&sandbox, ACCOUNT, REGION).get_bucket_acl().bucket("abc");
    let error = acl.send().await.unwrap_err();
    assert_eq!(error.raw_response().unwrap().status().as_u16(), 501);
    assert_eq!(error.code(), Some("NotImplemented"));
}

#[tokio::test]
async fn tells_whether_a_bucket_can_be_reached() {
    let (sandbox, client) = with_plain_bucket().await;
    let head = |account: &str, region: &str, name: &str| {
        s3(&sandbox, account, region).head_bucket().bucket(name).send()
    };
    assert_eq!(head(ACCOUNT, REGION, BUCKET).await.unwrap().bucket_region(), Some(REGION));
    assert_eq!(status(head(ACCOUNT, REGION, "absent").await), 404);
    assert_eq!(status(head(OTHER_ACCOUNT, REGION, BUCKET).await), 403);
    let moved = head(ACCOUNT, OTHER_REGION, BUCKET).await.unwrap_err();
    let moved = moved.raw_response().unwrap();
    assert_eq!(moved.status().as_u16(), 301);
    assert_eq!(moved.headers().get("x-amz-bucket-region"), Some(REGION));

    let policy = |client: &Client| client.get_bucket_policy().bucket(BUCKET);
    refused(&sandbox, policy(&s3(&sandbox, OTHER_ACCOUNT, REGION)).send(), "AccessDenied").await;
    refused(&sandbox, policy(&s3(&sandbox, ACCOUNT, OTHER_REGION)).send(), "PermanentRedirect").await;
    refused(&sandbox, policy(&client).expected_bucket_owner(OTHER_ACCOUNT).send(), "AccessDenied").await;
    refused(&sandbox, policy(&client).expected_bucket_owner(ACCOUNT).send(), "NoSuchBucketPolicy").await;
    refused(&sandbox, client.get_bucket_policy().bucket("absent").send(), "NoSuchBucket").await;
}

#[tokio::test]
async fn lists_own_buckets_of_all_regions() {
    let (sandbox, client) = with_plain_bucket().await;
    s3(&sandbox, ACCOUNT, OTHER_REGION).create_bucket().bucket("abc").send().await.unwrap();
    s3(&sandbox, OTHER_ACCOUNT, OTHER_REGION).create_bucket().bucket("theirs").send().await.unwrap();
    let names = |answer: aws_sdk_s3::operation::list_buckets::ListBucketsOutput| -> Vec<String> {
        answer.buckets().iter().map(|bucket| bucket.name().unwrap().to_owned()).collect()
    };
    assert_eq!(names(client.list_buckets().send().await.unwrap()), ["abc", BUCKET]);
    assert_eq!(names(client.list_buckets().prefix("log").send().await.unwrap()), [BUCKET]);
    assert_eq!(names(client.list_buckets().bucket_region(OTHER_REGION).send().await.unwrap()), ["abc"]);
}

#[tokio::test]
async fn keeps_versioning() {
    let (sandbox, client) = with_plain_bucket().await;
    let read = || client.get_bucket_versioning().bucket(BUCKET).send();
    let put =
        |configuration| client.put_bucket_versioning().bucket(BUCKET).versioning_configuration(configuration);
    assert_eq!(read().await.unwrap().status(), None);
    for status in [BucketVersioningStatus::Enabled, BucketVersioningStatus::Suspended] {
        put(VersioningConfiguration::builder().status(status.clone()).build()).send().await.unwrap();
        assert_eq!(read().await.unwrap().status(), Some(&status));
    }
    let unknown = VersioningConfiguration::builder().status("Off".into()).build();
    refused(&sandbox, put(unknown).send(), "MalformedXML").await;
    let empty = VersioningConfiguration::builder().build();
    refused(&sandbox, put(empty).send(), "IllegalVersioningConfigurationException").await;
    let mfa = VersioningConfiguration::builder().mfa_delete("Enabled".into());
    let mfa = mfa.status(BucketVersioningStatus::Enabled).build();
    refused(&sandbox, put(mfa).send(), "AccessDenied").await;
}

#[tokio::test]
async fn keeps_encryption() {
    let (sandbox, client) = with_plain_bucket().await;
    let rule = |algorithm: &str, key: Option<&str>| {
        let default = ServerSideEncryptionByDefault::builder()
            .sse_algorithm(ServerSideEncryption::from(algorithm))
            .set_kms_master_key_id(key.map(str::to_owned));
        ServerSideEncryptionRule::builder()
            .apply_server_side_encryption_by_default(default.build().unwrap())
            .bucket_key_enabled(key.is_some())
            .build()
    };
    let put = |rules: Vec<ServerSideEncryptionRule>| {
        let configuration =
            ServerSideEncryptionConfiguration::builder().set_rules(Some(rules)).build().unwrap();
        client
            .put_bucket_encryption()
            .bucket(BUCKET)
            .server_side_encryption_configuration(configuration)
            .send()
    };
    let read = || async {
        let answer = client.get_bucket_encryption().bucket(BUCKET).send().await.unwrap();
        answer.server_side_encryption_configuration().unwrap().rules()[0].clone()
    };
    assert_eq!(read().await, rule("AES256", None));
    let kms = rule("aws:kms", Some("arn:aws:kms:eu-west-1:111122223333:key/x"));
    put(vec![kms.clone()]).await.unwrap();
    assert_eq!(read().await, kms);
    refused(&sandbox, put(vec![rule("AES256", Some("x"))]), "InvalidArgument").await;
    refused(&sandbox, put(vec![rule("rot13", None)]), "MalformedXML").await;
    refused(&sandbox, put(vec![kms.clone(), kms]), "MalformedXML").await;
    client.delete_bucket_encryption().bucket(BUCKET).send().await.unwrap();
    assert_eq!(read().await, rule("AES256", None));
}

#[tokio::test]
async fn keeps_the_public_access_block() {
    let (sandbox, client) = with_plain_bucket().await;
    let read = || client.get_public_access_block().bucket(BUCKET).send();
    let block = |on| {
        PublicAccessBlockConfiguration::builder()
            .block_public_acls(on)
            .ignore_public_acls(on)
            .block_public_policy(on)
            .restrict_public_buckets(on)
            .build()
    };
    assert_eq!(read().await.unwrap().public_access_block_configuration, Some(block(true)));
    client.delete_public_access_block().bucket(BUCKET).send().await.unwrap();
    refused(&sandbox, read(), "NoSuchPublicAccessBlockConfiguration").await;
    let partly = PublicAccessBlockConfiguration::builder().block_public_acls(false).build();
    let put = client.put_public_access_block().bucket(BUCKET).public_access_block_configuration(partly);
    put.send().await.unwrap();
    assert_eq!(read().await.unwrap().public_access_block_configuration, Some(block(false)));
}

#[tokio::test]
async fn keeps_ownership_controls() {
    let (sandbox, client) = with_plain_bucket().await;
    let read = || async {
        let answer = client.get_bucket_ownership_controls().bucket(BUCKET).send().await?;
        Ok(answer.ownership_controls().unwrap().rules()[0].object_ownership().clone())
    };
    let put = |ownership: &str| {
        let rule = OwnershipControlsRule::builder().object_ownership(ObjectOwnership::from(ownership));
        let controls = OwnershipControls::builder().rules(rule.build().unwrap()).build().unwrap();
        client.put_bucket_ownership_controls().bucket(BUCKET).ownership_controls(controls).send()
    };
    assert_eq!(read().await.unwrap(), ObjectOwnership::BucketOwnerEnforced);
    put("ObjectWriter").await.unwrap();
    assert_eq!(read().await.unwrap(), ObjectOwnership::ObjectWriter);
    refused(&sandbox, put("Nobody"), "MalformedXML").await;
    client.delete_bucket_ownership_controls().bucket(BUCKET).send().await.unwrap();
    refused(&sandbox, read(), "OwnershipControlsNotFoundError").await;
}

#[tokio::test]
async fn keeps_the_policy_as_it_was_given() {
    let (sandbox, client) = with_plain_bucket().await;
    let read = || client.get_bucket_policy().bucket(BUCKET).send();
    refused(&sandbox, read(), "NoSuchBucketPolicy").await;
    let policy = format!("{:#}", bucket_policy("", "*"));
    client.put_bucket_policy().bucket(BUCKET).policy(&policy).send().await.unwrap();
    assert_eq!(read().await.unwrap().policy(), Some(policy.as_str()));
    client.delete_bucket_policy().bucket(BUCKET).send().await.unwrap();
    refused(&sandbox, read(), "NoSuchBucketPolicy").await;
}

#[tokio::test]
async fn refuses_malformed_and_public_policies() {
    let (sandbox, client) = with_plain_bucket().await;
    let put = |policy: String| client.put_bucket_policy().bucket(BUCKET).policy(policy).send();
    let edited = |edit: &dyn Fn(&mut Value)| {
        let mut policy = bucket_policy("", "*");
        edit(&mut policy);
        policy.to_string()
    };
    for malformed in [
        "{".to_owned(),
        String::new(),
        edited(&|policy| policy["Surprise"] = json!(1)),
        edited(&|policy| policy["Statement"][0]["Resource"] = json!("arn:aws:s3:::other")),
        edited(&|policy| policy["Statement"][0]["Principal"] = json!({"AWS": "nobody"})),
        edited(&|policy| policy["Id"] = json!("x".repeat(20 * 1024))),
    ] {
        refused(&sandbox, put(malformed), "MalformedPolicy").await;
    }
    let public = edited(&|policy| policy["Statement"][0]["Principal"] = json!("*"));
    refused(&sandbox, put(public.clone()), "AccessDenied").await;
    client.delete_public_access_block().bucket(BUCKET).send().await.unwrap();
    put(public).await.unwrap();
}

#[tokio::test]
async fn keeps_tags() {
    let (sandbox, client) = with_plain_bucket().await;
    let put = |tags: Vec<Tag>| {
        let tagging = Tagging::builder().set_tag_set(Some(tags)).build().unwrap();
        client.put_bucket_tagging().bucket(BUCKET).tagging(tagging).send()
    };
    let read = || client.get_bucket_tagging().bucket(BUCKET).send();
    refused(&sandbox, read(), "NoSuchTagSet").await;
    put(vec![tag("b", ""), tag("a", "x + y")]).await.unwrap();
    assert_eq!(read().await.unwrap().tag_set(), [tag("a", "x + y"), tag("b", "")]);
    refused(&sandbox, put(vec![tag("a", "1"), tag("a", "2")]), "InvalidTag").await;
    refused(&sandbox, put(vec![tag("aws:a", "1")]), "InvalidTag").await;
    refused(&sandbox, put(vec![tag("a", "<&>")]), "InvalidTag").await;
    let many = (0..51).map(|number| tag(&format!("key-{number}"), "x")).collect();
    refused(&sandbox, put(many), "BadRequest").await;
    client.delete_bucket_tagging().bucket(BUCKET).send().await.unwrap();
    refused(&sandbox, read(), "NoSuchTagSet").await;

    let tagged = CreateBucketConfiguration::builder().tags(tag("team", "a")).build();
    let oldest = s3(&sandbox, ACCOUNT, OTHER_REGION);
    oldest.create_bucket().bucket("abc").create_bucket_configuration(tagged).send().await.unwrap();
    let seen = oldest.get_bucket_tagging().bucket("abc").send().await.unwrap();
    assert_eq!(seen.tag_set(), [tag("team", "a")]);
}
