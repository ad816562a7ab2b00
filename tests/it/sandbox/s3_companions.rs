//! Lifecycle, access logging, object lock, notifications and replication of buckets.

use aws_sdk_s3::Client;
use aws_sdk_s3::types::builders::{LifecycleRuleBuilder, ReplicationRuleBuilder};
use aws_sdk_s3::types::{
    AbortIncompleteMultipartUpload, BucketLifecycleConfiguration, BucketLoggingStatus,
    BucketVersioningStatus, DefaultRetention, DeleteMarkerReplication, DeleteMarkerReplicationStatus,
    Destination, Event, ExpirationStatus, LifecycleExpiration, LifecycleRule, LifecycleRuleFilter,
    LoggingEnabled, NoncurrentVersionExpiration, NotificationConfiguration, ObjectLockConfiguration,
    ObjectLockEnabled, ObjectLockRetentionMode, ObjectLockRule, ReplicationConfiguration, ReplicationRule,
    ReplicationRuleFilter, ReplicationRuleStatus, Tag, TopicConfiguration, Transition,
    TransitionStorageClass, VersioningConfiguration,
};

use super::*;

async fn with_plain_bucket() -> (Sandbox, Client) {
    let sandbox = empty();
    create_bucket(&sandbox, BUCKET).await;
    let client = s3(&sandbox, ACCOUNT, REGION);
    (sandbox, client)
}

fn days(days: i32) -> LifecycleExpiration {
    LifecycleExpiration::builder().days(days).build()
}

fn rule(id: &str) -> LifecycleRuleBuilder {
    let filter = LifecycleRuleFilter::builder().prefix("AWSLogs/").build();
    LifecycleRule::builder().id(id).status(ExpirationStatus::Enabled).filter(filter)
}

fn transition(days: i32, class: &str) -> Transition {
    Transition::builder().days(days).storage_class(TransitionStorageClass::from(class)).build()
}

fn configuration(rules: Vec<LifecycleRuleBuilder>) -> BucketLifecycleConfiguration {
    let rules = rules.into_iter().map(|rule| rule.build().unwrap()).collect();
    BucketLifecycleConfiguration::builder().set_rules(Some(rules)).build().unwrap()
}

#[tokio::test]
async fn keeps_lifecycle_rules() {
    let (sandbox, client) = with_plain_bucket().await;
    let get = || client.get_bucket_lifecycle_configuration().bucket(BUCKET).send();
    let put = |rules: Vec<LifecycleRuleBuilder>| {
        let put = client.put_bucket_lifecycle_configuration().bucket(BUCKET);
        put.lifecycle_configuration(configuration(rules)).send()
    };
    refused(&sandbox, get(), "NoSuchLifecycleConfiguration").await;
    let noncurrent = NoncurrentVersionExpiration::builder().noncurrent_days(30).build();
    let abort = AbortIncompleteMultipartUpload::builder().days_after_initiation(7).build();
    let full = || {
        let moved = rule("logs").transitions(transition(30, "STANDARD_IA")).expiration(days(400));
        let moved = moved.transitions(transition(90, "GLACIER"));
        moved
            .noncurrent_version_expiration(noncurrent.clone())
            .abort_incomplete_multipart_upload(abort.clone())
    };
    put(vec![full(), rule("other").expiration(days(1))]).await.unwrap();
    let seen = get().await.unwrap();
    assert_eq!(seen.rules()[0], full().build().unwrap());
    assert_eq!(seen.rules().len(), 2);
    let tag = Tag::builder().key("a").value("b").build().unwrap();
    let everything = LifecycleRuleFilter::builder().build();
    put(vec![
        LifecycleRule::builder().status(ExpirationStatus::Disabled).filter(everything).expiration(days(1)),
    ])
    .await
    .unwrap();
    assert!(!get().await.unwrap().rules()[0].id().unwrap().is_empty());
    let filter = get().await.unwrap().rules()[0].filter().unwrap().clone();
    assert_eq!((filter.prefix(), filter.tag(), filter.and()), (None, None, None));
    let colder = || {
        let moved = rule("cold").transitions(transition(30, "STANDARD_IA"));
        let moved = moved.transitions(transition(60, "GLACIER_IR")).transitions(transition(61, "GLACIER"));
        moved.transitions(transition(200, "DEEP_ARCHIVE")).expiration(days(201))
    };
    put(vec![colder()]).await.unwrap();
    assert_eq!(get().await.unwrap().rules(), [colder().build().unwrap()]);
    let both = LifecycleRuleFilter::builder().prefix("x").tag(tag).build();
    let marker = LifecycleExpiration::builder().days(1).expired_object_delete_marker(true).build();
    let (argument, malformed) = ("InvalidArgument", "MalformedXML");
    for (bad, expected) in [
        (vec![rule("a").expiration(days(1)), rule("a").expiration(days(2))], argument),
        (vec![rule(&"x".repeat(256)).expiration(days(1))], argument),
        (vec![rule("a")], "InvalidRequest"),
        (vec![rule("a").expiration(days(0))], argument),
        (vec![rule("a").expiration(marker)], malformed),
        (vec![rule("a").expiration(days(1)).filter(both)], malformed),
        (vec![rule("a").expiration(days(1)).set_filter(None)], malformed),
        (vec![rule("a").transitions(transition(29, "STANDARD_IA"))], argument),
        (vec![rule("a").transitions(transition(30, "ICE"))], malformed),
        (vec![rule("a").transitions(transition(90, "GLACIER")).expiration(days(90))], argument),
        (
            vec![rule("a").transitions(transition(59, "GLACIER")).transitions(transition(30, "STANDARD_IA"))],
            argument,
        ),
        (
            vec![rule("a").transitions(transition(5, "GLACIER")).transitions(transition(4, "DEEP_ARCHIVE"))],
            argument,
        ),
        (
            vec![rule("a").transitions(transition(1, "GLACIER")).transitions(transition(2, "GLACIER"))],
            malformed,
        ),
        (Vec::new(), malformed),
        ((0..1001).map(|number| rule(&number.to_string()).expiration(days(1))).collect(), malformed),
    ] {
        refused(&sandbox, put(bad), expected).await;
    }
    client.delete_bucket_lifecycle().bucket(BUCKET).send().await.unwrap();
    refused(&sandbox, get(), "NoSuchLifecycleConfiguration").await;
}

fn logging(bucket: &str, prefix: &str) -> BucketLoggingStatus {
    let target = LoggingEnabled::builder().target_bucket(bucket).target_prefix(prefix).build().unwrap();
    BucketLoggingStatus::builder().logging_enabled(target).build()
}

#[tokio::test]
async fn logs_access_into_a_bucket_that_takes_it() {
    let (sandbox, client) = with_plain_bucket().await;
    let put = |status: BucketLoggingStatus| {
        client.put_bucket_logging().bucket(BUCKET).bucket_logging_status(status).send()
    };
    let get = async || client.get_bucket_logging().bucket(BUCKET).send().await.unwrap().logging_enabled;
    assert_eq!(get().await, None);
    let unfit = "InvalidTargetBucketForLogging";
    refused(&sandbox, put(logging("absent", "x/")), unfit).await;
    create_bucket(&sandbox, "access").await;
    refused(&sandbox, put(logging("access", "x/")), unfit).await;
    let policy = json!({"Statement": [{"Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject", "Resource": "arn:aws:s3:::access/x/*", "Condition": {
            "ArnLike": {"aws:SourceArn": format!("arn:aws:s3:::{BUCKET}")},
            "StringEquals": {"aws:SourceAccount": ACCOUNT}}}]});
    put_policy(&sandbox, "access", &policy).await;
    refused(&sandbox, put(logging("access", "y/")), unfit).await;
    put(logging("access", "x/")).await.unwrap();
    assert_eq!(get().await, logging("access", "x/").logging_enabled);
    s3(&sandbox, ACCOUNT, OTHER_REGION).create_bucket().bucket("far").send().await.unwrap();
    refused(&sandbox, put(logging("far", "x/")), "CrossLocationLoggingProhibited").await;
    s3(&sandbox, OTHER_ACCOUNT, OTHER_REGION).create_bucket().bucket("theirs").send().await.unwrap();
    refused(&sandbox, put(logging("theirs", "x/")), unfit).await;
    lock(&client, "access", Some((1, None))).await.unwrap();
    refused(&sandbox, put(logging("access", "x/")), unfit).await;
    put(BucketLoggingStatus::builder().build()).await.unwrap();
    assert_eq!(get().await, None);
}

async fn set_versioning(client: &Client, bucket: &str, status: BucketVersioningStatus) -> String {
    let versioning = VersioningConfiguration::builder().status(status).build();
    code(client.put_bucket_versioning().bucket(bucket).versioning_configuration(versioning).send().await)
}

/// Switches versioning and object lock on, the latter with a retention of days or years.
async fn lock(client: &Client, bucket: &str, retention: Option<(i32, Option<i32>)>) -> Result<(), String> {
    set_versioning(client, bucket, BucketVersioningStatus::Enabled).await;
    let rule = retention.map(|(days, years)| {
        let retention = DefaultRetention::builder().mode(ObjectLockRetentionMode::Compliance);
        let retention = retention.set_days(Some(days).filter(|days| *days > 0)).set_years(years).build();
        ObjectLockRule::builder().default_retention(retention).build()
    });
    let lock =
        ObjectLockConfiguration::builder().object_lock_enabled(ObjectLockEnabled::Enabled).set_rule(rule);
    let put = client.put_object_lock_configuration().bucket(bucket).object_lock_configuration(lock.build());
    put.send().await.map(drop).map_err(|error| error.code().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn locks_objects_for_ever() {
    let (sandbox, client) = with_plain_bucket().await;
    let get = || client.get_object_lock_configuration().bucket(BUCKET).send();
    refused(&sandbox, get(), "ObjectLockConfigurationNotFoundError").await;
    let unversioned = client.put_object_lock_configuration().bucket(BUCKET);
    let enabled = ObjectLockConfiguration::builder().object_lock_enabled(ObjectLockEnabled::Enabled).build();
    let unversioned = unversioned.object_lock_configuration(enabled);
    refused(&sandbox, unversioned.send(), "InvalidBucketState").await;
    lock(&client, BUCKET, Some((0, Some(7)))).await.unwrap();
    let seen = get().await.unwrap().object_lock_configuration.unwrap();
    let retention = seen.rule().unwrap().default_retention().unwrap().clone();
    assert_eq!((retention.mode(), retention.years()), (Some(&ObjectLockRetentionMode::Compliance), Some(7)));
    for (bad, expected) in [
        ((1, Some(1)), "MalformedXML"),
        ((0, None), "MalformedXML"),
        ((36_501, None), "InvalidArgument"),
        ((0, Some(101)), "InvalidArgument"),
    ] {
        let before = sandbox.state().unwrap();
        assert_eq!(lock(&client, BUCKET, Some(bad)).await, Err(expected.to_owned()));
        assert_eq!(sandbox.state().unwrap(), before);
    }
    let suspended = set_versioning(&client, BUCKET, BucketVersioningStatus::Suspended).await;
    assert_eq!(suspended, "InvalidBucketState");
    lock(&client, BUCKET, None).await.unwrap();
    let seen = get().await.unwrap().object_lock_configuration.unwrap();
    assert!(seen.rule().is_none());
    assert_eq!(seen.object_lock_enabled(), Some(&ObjectLockEnabled::Enabled));
    let born = s3(&sandbox, ACCOUNT, OTHER_REGION);
    born.create_bucket().bucket("born").object_lock_enabled_for_bucket(true).send().await.unwrap();
    born.get_object_lock_configuration().bucket("born").send().await.unwrap();
    let versioning = born.get_bucket_versioning().bucket("born").send().await.unwrap();
    assert_eq!(versioning.status(), Some(&BucketVersioningStatus::Enabled));
}

#[tokio::test]
async fn is_replicated_once_it_has_versions() {
    let (sandbox, client) = with_plain_bucket().await;
    let get = || client.get_bucket_replication().bucket(BUCKET).send();
    let absent = "ReplicationConfigurationNotFoundError";
    refused(&sandbox, get(), absent).await;
    let destination = |arn: &str| Destination::builder().bucket(arn).build().unwrap();
    let rule = || {
        let markers =
            DeleteMarkerReplication::builder().status(DeleteMarkerReplicationStatus::Disabled).build();
        let filter = ReplicationRuleFilter::builder().prefix("AWSLogs/").build();
        ReplicationRule::builder()
            .id("copy")
            .priority(1)
            .filter(filter)
            .status(ReplicationRuleStatus::Enabled)
            .delete_marker_replication(markers)
            .destination(destination("arn:aws:s3:::copy"))
    };
    let put = |role: &str, rules: Vec<ReplicationRuleBuilder>| {
        let rules = rules.into_iter().map(|rule| rule.build().unwrap()).collect();
        let all = ReplicationConfiguration::builder().role(role).set_rules(Some(rules)).build().unwrap();
        client.put_bucket_replication().bucket(BUCKET).replication_configuration(all).send()
    };
    let role = "arn:aws:iam::111122223333:role/copy";
    refused(&sandbox, put(role, vec![rule()]), "InvalidRequest").await;
    assert_eq!(set_versioning(&client, BUCKET, BucketVersioningStatus::Enabled).await, "");
    let old = ReplicationRule::builder().status(ReplicationRuleStatus::Enabled);
    #[expect(deprecated, reason = "the older kind of rule")]
    let old = || old.clone().prefix("").destination(destination("arn:aws:s3:::copy"));
    let (argument, malformed) = ("InvalidArgument", "MalformedXML");
    for (role, rules, expected) in [
        ("copy", vec![rule()], argument),
        (role, Vec::new(), malformed),
        (role, vec![rule(), rule()], argument),
        (role, vec![rule().destination(destination("copy"))], argument),
        (role, vec![rule().set_priority(None)], malformed),
        (role, vec![rule().set_delete_marker_replication(None)], malformed),
        (role, vec![old().priority(1)], malformed),
    ] {
        refused(&sandbox, put(role, rules), expected).await;
    }
    put(role, vec![old()]).await.unwrap();
    put(role, vec![rule()]).await.unwrap();
    let seen = get().await.unwrap().replication_configuration.unwrap();
    assert_eq!((seen.role(), seen.rules()), (role, &[rule().build().unwrap()][..]));
    let suspended = set_versioning(&client, BUCKET, BucketVersioningStatus::Suspended).await;
    assert_eq!(suspended, "InvalidBucketState");
    client.delete_bucket_replication().bucket(BUCKET).send().await.unwrap();
    refused(&sandbox, get(), absent).await;
    assert_eq!(set_versioning(&client, BUCKET, BucketVersioningStatus::Suspended).await, "");
}

#[tokio::test]
async fn has_notifications() {
    let (sandbox, client) = with_plain_bucket().await;
    let get = || client.get_bucket_notification_configuration().bucket(BUCKET).send();
    assert!(get().await.unwrap().topic_configurations().is_empty());
    let put = |arn: &str, event: &str| {
        let topic = TopicConfiguration::builder().topic_arn(arn).events(Event::from(event)).build().unwrap();
        let all = NotificationConfiguration::builder().topic_configurations(topic).build();
        client.put_bucket_notification_configuration().bucket(BUCKET).notification_configuration(all).send()
    };
    let arn = "arn:aws:sns:eu-west-1:111122223333:x";
    put(arn, "s3:ObjectCreated:*").await.unwrap();
    let seen = get().await.unwrap();
    assert_eq!(seen.topic_configurations()[0].topic_arn(), arn);
    assert!(seen.topic_configurations()[0].id().is_some());
    refused(&sandbox, put("x", "s3:ObjectCreated:*"), "InvalidArgument").await;
    refused(&sandbox, put(arn, "x"), "InvalidArgument").await;
    let none = NotificationConfiguration::builder().build();
    let none = client.put_bucket_notification_configuration().bucket(BUCKET).notification_configuration(none);
    none.send().await.unwrap();
    assert!(get().await.unwrap().topic_configurations().is_empty());
}
