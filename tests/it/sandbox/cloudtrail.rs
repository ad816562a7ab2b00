//! Trails: settings, Regions, delivery, logging.

use aws_sdk_cloudtrail::Client;
use aws_sdk_cloudtrail::operation::create_trail::builders::CreateTrailFluentBuilder;
use aws_sdk_cloudtrail::operation::update_trail::builders::UpdateTrailFluentBuilder;
use trailctl::sandbox::Sandbox;

use super::*;

fn here(sandbox: &Sandbox) -> Client {
    cloudtrail(sandbox, ACCOUNT, REGION)
}

fn elsewhere(sandbox: &Sandbox) -> Client {
    cloudtrail(sandbox, ACCOUNT, OTHER_REGION)
}

fn create(client: &Client, name: &str) -> CreateTrailFluentBuilder {
    client.create_trail().name(name).s3_bucket_name(BUCKET)
}

async fn with_trail() -> Sandbox {
    let sandbox = with_bucket().await;
    create(&here(&sandbox), "audit").send().await.unwrap();
    sandbox
}

async fn with_multi_region_trail() -> Sandbox {
    let sandbox = with_bucket().await;
    create(&here(&sandbox), "audit").is_multi_region_trail(true).send().await.unwrap();
    sandbox
}

fn arn(region: &str, name: &str) -> String {
    format!("arn:aws:cloudtrail:{region}:{ACCOUNT}:trail/{name}")
}

#[tokio::test]
async fn creates_a_trail_with_the_defaults_of_aws() {
    let sandbox = with_bucket().await;
    let created = create(&here(&sandbox), "audit").send().await.unwrap();
    assert_eq!(created.trail_arn(), Some(arn(REGION, "audit").as_str()));
    assert_eq!(created.s3_key_prefix(), None);
    let trail = here(&sandbox).get_trail().name("audit").send().await.unwrap().trail.unwrap();
    assert_eq!(trail.home_region(), Some(REGION));
    assert_eq!(trail.s3_bucket_name(), Some(BUCKET));
    assert_eq!(trail.is_multi_region_trail(), Some(false));
    assert_eq!(trail.include_global_service_events(), Some(true));
    assert_eq!(trail.log_file_validation_enabled(), Some(false));
    assert_eq!(trail.is_organization_trail(), Some(false));
    assert_eq!(trail.recursive_logging(), Some(true));
    assert_eq!(trail.has_custom_event_selectors(), Some(false));
    assert_eq!(trail.has_insight_selectors(), Some(false));
    let (_, answer) = raw(&sandbox, "UpdateTrail", REGION, &json!({"Name": "audit"}));
    assert_eq!(answer.get("HomeRegion"), None);
    assert_eq!(answer.get("S3KeyPrefix"), None);
}

#[tokio::test]
async fn refuses_bad_settings_on_create() {
    let sandbox = with_bucket().await;
    let client = here(&sandbox);
    let new = || create(&client, "audit");
    let group = "arn:aws:logs:eu-west-1:111122223333:log-group:x:*";
    let cases = [
        (create(&client, "-audit"), "InvalidTrailNameException"),
        (create(&client, "10.0.0.1"), "InvalidTrailNameException"),
        (client.create_trail().name("audit").s3_bucket_name(""), "InvalidS3BucketNameException"),
        (new().s3_bucket_name("Logs"), "InvalidS3BucketNameException"),
        (new().s3_bucket_name("a.-b"), "InvalidS3BucketNameException"),
        (new().s3_bucket_name("absent"), "S3BucketDoesNotExistException"),
        (new().s3_key_prefix("x".repeat(201)), "InvalidS3PrefixException"),
        (new().s3_key_prefix("a/AWSLogs/b"), "InvalidS3PrefixException"),
        (new().s3_key_prefix("/a"), "InvalidS3PrefixException"),
        (new().s3_key_prefix("other"), "InsufficientS3BucketPolicyException"),
        (
            new().is_multi_region_trail(true).include_global_service_events(false),
            "InvalidParameterCombinationException",
        ),
        (new().cloud_watch_logs_log_group_arn(group), "InvalidCloudWatchLogsRoleArnException"),
        (new().cloud_watch_logs_role_arn("x"), "InvalidCloudWatchLogsRoleArnException"),
        (
            new().cloud_watch_logs_log_group_arn(group).cloud_watch_logs_role_arn("x"),
            "InvalidCloudWatchLogsLogGroupArnException",
        ),
        (new().kms_key_id("alias/x"), "KmsKeyNotFoundException"),
        (new().sns_topic_name("topic"), "InsufficientSnsTopicPolicyException"),
        (new().is_organization_trail(true), "OrganizationsNotInUseException"),
    ];
    for (call, expected) in cases {
        refused(&sandbox, call.send(), expected).await;
    }
    let (status, answer) = raw(&sandbox, "CreateTrail", REGION, &json!({"Name": "audit"}));
    assert_eq!((status, answer["__type"].as_str()), (400, Some("InvalidS3BucketNameException")));
}

#[tokio::test]
async fn refuses_a_name_that_is_taken_here_or_by_a_shadow() {
    let sandbox = with_multi_region_trail().await;
    refused(&sandbox, create(&here(&sandbox), "audit").send(), "TrailAlreadyExistsException").await;
    refused(&sandbox, create(&elsewhere(&sandbox), "audit").send(), "TrailAlreadyExistsException").await;
}

#[tokio::test]
async fn keeps_trails_of_one_name_apart_by_region_and_account() {
    let sandbox = with_trail().await;
    create(&elsewhere(&sandbox), "audit").send().await.unwrap();
    let other = cloudtrail(&sandbox, OTHER_ACCOUNT, REGION);
    let seen = other.describe_trails().send().await.unwrap();
    assert!(seen.trail_list().is_empty());
    let get = other.get_trail().name(arn(REGION, "audit")).send();
    refused(&sandbox, get, "TrailNotFoundException").await;
    let delete = other.delete_trail().name(arn(REGION, "audit")).send();
    refused(&sandbox, delete, "TrailNotFoundException").await;
}

#[tokio::test]
async fn has_five_trails_in_a_region_counting_multi_region_trails_everywhere() {
    let sandbox = with_multi_region_trail().await;
    for name in ["two", "three", "four", "five"] {
        create(&elsewhere(&sandbox), name).send().await.unwrap();
    }
    let quota = "MaximumNumberOfTrailsExceededException";
    refused(&sandbox, create(&elsewhere(&sandbox), "six").send(), quota).await;
    create(&here(&sandbox), "second").send().await.unwrap();
    let multi = create(&here(&sandbox), "third").is_multi_region_trail(true);
    refused(&sandbox, multi.send(), quota).await;
    let multi = here(&sandbox).update_trail().name("second").is_multi_region_trail(true);
    refused(&sandbox, multi.send(), quota).await;
    here(&sandbox).update_trail().name("audit").is_multi_region_trail(false).send().await.unwrap();
    create(&elsewhere(&sandbox), "six").send().await.unwrap();
}

#[tokio::test]
async fn needs_a_bucket_policy_that_lets_it_deliver() {
    let sandbox = empty();
    create_bucket(&sandbox, BUCKET).await;
    let audit = arn(REGION, "audit");
    let good = bucket_policy("", &audit);
    let mut cases = vec![
        (None, false),
        (Some(good.clone()), true),
        (Some(bucket_policy("x/", &audit)), false),
        (Some(bucket_policy("", &arn(OTHER_REGION, "audit"))), false),
        (Some(bucket_policy("", &arn(REGION, "other"))), false),
    ];
    let mut edited = |edit: &dyn Fn(&mut Value), works| {
        let mut policy = good.clone();
        edit(&mut policy["Statement"]);
        cases.push((Some(policy), works));
    };
    edited(&|statements| statements.as_array_mut().unwrap().truncate(1), false);
    edited(&|statements| drop(statements.as_array_mut().unwrap().remove(0)), false);
    edited(&|statements| statements[0]["Principal"] = json!({"Service": "config.amazonaws.com"}), false);
    edited(
        &|statements| statements[1]["Condition"]["StringEquals"]["s3:x-amz-acl"] = json!("private"),
        false,
    );
    edited(
        &|statements| statements[1]["Condition"]["StringEquals"]["aws:SourceAccount"] = json!(ACCOUNT),
        true,
    );
    edited(
        &|statements| statements[1]["Condition"]["IpAddress"] = json!({"aws:SourceIp": "10.0.0.0/8"}),
        false,
    );
    edited(
        &|statements| {
            statements[1]["Resource"] = json!(format!("arn:aws:s3:::{BUCKET}/AWSLogs/{OTHER_ACCOUNT}/*"));
        },
        false,
    );
    let deny = |condition: Value| {
        let both = [format!("arn:aws:s3:::{BUCKET}"), format!("arn:aws:s3:::{BUCKET}/*")];
        json!({"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": both, "Condition": condition})
    };
    let sse = "s3:x-amz-server-side-encryption";
    for (condition, works) in [
        (json!({"Bool": {"aws:SecureTransport": "false"}}), true),
        (json!({"StringNotEquals": {"aws:SourceAccount": OTHER_ACCOUNT}}), false),
        (json!({"StringNotEqualsIfExists": {sse: "aws:kms"}}), false),
        (json!({"StringNotEqualsIfExists": {sse: ["aws:kms", "AES256"]}, "Null": {sse: "false"}}), true),
        (json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}), false),
    ] {
        edited(&|statements| statements.as_array_mut().unwrap().push(deny(condition.clone())), works);
    }
    for (policy, works) in cases {
        if let Some(policy) = &policy {
            put_policy(&sandbox, BUCKET, policy).await;
        }
        let call = create(&here(&sandbox), "audit").send();
        if works {
            call.await.unwrap_or_else(|error| panic!("{policy:?}: {error:?}"));
            here(&sandbox).delete_trail().name("audit").send().await.unwrap();
        } else {
            refused(&sandbox, call, "InsufficientS3BucketPolicyException").await;
        }
    }
}

#[tokio::test]
async fn delivers_into_the_bucket_of_another_account() {
    let sandbox = with_bucket().await;
    let other = cloudtrail(&sandbox, OTHER_ACCOUNT, OTHER_REGION);
    refused(&sandbox, create(&other, "audit").send(), "InsufficientS3BucketPolicyException").await;
    let theirs = bucket_policy("", &format!("arn:aws:cloudtrail:*:{OTHER_ACCOUNT}:trail/*"));
    let theirs =
        theirs.to_string().replace(&format!("AWSLogs/{ACCOUNT}"), &format!("AWSLogs/{OTHER_ACCOUNT}"));
    put_policy(&sandbox, BUCKET, &serde_json::from_str(&theirs).unwrap()).await;
    create(&other, "audit").send().await.unwrap();
}

#[tokio::test]
async fn updates_what_is_given_and_clears_what_is_empty() {
    let sandbox = with_bucket().await;
    let client = here(&sandbox);
    put_policy(&sandbox, BUCKET, &bucket_policy("*", &arn(REGION, "audit"))).await;
    let full = create(&client, "audit").s3_key_prefix("x").enable_log_file_validation(true);
    full.recursive_logging(false).send().await.unwrap();
    let updated = client.update_trail().name("audit").is_multi_region_trail(true).send().await.unwrap();
    assert_eq!(updated.s3_key_prefix(), Some("x"));
    assert_eq!(updated.log_file_validation_enabled(), Some(true));
    assert_eq!(updated.recursive_logging(), Some(false));
    assert_eq!(updated.is_multi_region_trail(), Some(true));
    let cleared = client
        .update_trail()
        .name(arn(REGION, "audit"))
        .s3_key_prefix("")
        .kms_key_id("")
        .sns_topic_name("")
        .cloud_watch_logs_log_group_arn("")
        .cloud_watch_logs_role_arn("")
        .is_organization_trail(false);
    assert_eq!(cleared.send().await.unwrap().s3_key_prefix(), None);
}

#[tokio::test]
async fn refuses_bad_settings_on_update() {
    let sandbox = with_multi_region_trail().await;
    let client = here(&sandbox);
    let update = || client.update_trail().name("audit");
    let cases: [(UpdateTrailFluentBuilder, &str); 9] = [
        (update().include_global_service_events(false), "InvalidParameterCombinationException"),
        (update().s3_bucket_name("absent"), "S3BucketDoesNotExistException"),
        (update().s3_bucket_name(""), "InvalidS3BucketNameException"),
        (update().s3_key_prefix("x"), "InsufficientS3BucketPolicyException"),
        (update().cloud_watch_logs_log_group_arn(""), "InvalidCloudWatchLogsRoleArnException"),
        (update().kms_key_id("x"), "KmsKeyNotFoundException"),
        (client.update_trail().name("absent"), "TrailNotFoundException"),
        (client.update_trail().name("a"), "InvalidTrailNameException"),
        (client.update_trail().name("arn:aws:s3:::x"), "CloudTrailARNInvalidException"),
    ];
    for (call, expected) in cases {
        refused(&sandbox, call.send(), expected).await;
    }
    s3(&sandbox, ACCOUNT, REGION).delete_bucket_policy().bucket(BUCKET).send().await.unwrap();
    let harmless = update().enable_log_file_validation(true);
    refused(&sandbox, harmless.send(), "InsufficientS3BucketPolicyException").await;
}

#[tokio::test]
async fn says_which_trail_is_unknown() {
    let sandbox = with_trail().await;
    let error = here(&sandbox).get_trail().name("absent").send().await.unwrap_err();
    let expected = format!("Unknown trail: {} for the user: {ACCOUNT}", arn(REGION, "absent"));
    assert_eq!(error.message(), Some(expected.as_str()));
}

#[tokio::test]
async fn changes_a_shadow_in_its_home_region_only() {
    let sandbox = with_multi_region_trail().await;
    let client = elsewhere(&sandbox);
    for name in ["audit".to_owned(), arn(REGION, "audit")] {
        let home = "InvalidHomeRegionException";
        refused(&sandbox, client.update_trail().name(&name).send(), home).await;
        refused(&sandbox, client.delete_trail().name(&name).send(), home).await;
        refused(&sandbox, client.start_logging().name(&name).send(), home).await;
        refused(&sandbox, client.stop_logging().name(&name).send(), home).await;
        refused(&sandbox, client.put_event_selectors().trail_name(&name).send(), home).await;
    }
    let shadow = client.get_trail().name(arn(REGION, "audit")).send().await.unwrap();
    assert_eq!(shadow.trail.unwrap().home_region(), Some(REGION));
    client.get_event_selectors().trail_name(arn(REGION, "audit")).send().await.unwrap();
    client.get_trail_status().name(arn(REGION, "audit")).send().await.unwrap();
    refused(&sandbox, client.get_trail().name("audit").send(), "TrailNotFoundException").await;
}

#[tokio::test]
async fn refuses_the_arn_of_a_trail_that_is_not_in_the_region() {
    let sandbox = with_trail().await;
    let client = elsewhere(&sandbox);
    let name = arn(REGION, "audit");
    let wrong = "CloudTrailARNInvalidException";
    refused(&sandbox, client.get_trail().name(&name).send(), wrong).await;
    refused(&sandbox, client.get_trail_status().name(&name).send(), wrong).await;
    refused(&sandbox, client.delete_trail().name(&name).send(), wrong).await;
}

#[tokio::test]
async fn describes_trails_by_region_name_and_shadow() {
    let sandbox = with_multi_region_trail().await;
    create(&elsewhere(&sandbox), "local").send().await.unwrap();
    let home = arn(REGION, "audit");
    let cases: [(&[&str], Option<bool>, &[&str]); 8] = [
        (&[], None, &["audit", "local"]),
        (&[], Some(true), &["audit", "local"]),
        (&[], Some(false), &["local"]),
        (&["local"], None, &["local"]),
        (&["audit"], None, &[]),
        (&[&home], None, &["audit"]),
        (&[&home], Some(false), &[]),
        (&["absent", "local"], None, &["local"]),
    ];
    for (names, shadows, expected) in cases {
        let call = elsewhere(&sandbox).describe_trails().set_include_shadow_trails(shadows);
        let names = names.iter().map(ToString::to_string).collect();
        let answer = call.set_trail_name_list(Some(names)).send().await.unwrap();
        let seen: Vec<_> = answer.trail_list().iter().filter_map(|trail| trail.name()).collect();
        assert_eq!(seen, expected);
    }
    let bad = elsewhere(&sandbox).describe_trails().trail_name_list("arn:aws:x");
    refused(&sandbox, bad.send(), "CloudTrailARNInvalidException").await;
}

#[tokio::test]
async fn lists_the_trails_of_all_regions_of_the_partition() {
    let sandbox = with_trail().await;
    create(&elsewhere(&sandbox), "other").send().await.unwrap();
    let listed = here(&sandbox).list_trails().send().await.unwrap();
    let seen: Vec<_> =
        listed.trails().iter().map(|trail| (trail.name().unwrap(), trail.home_region().unwrap())).collect();
    assert_eq!(seen, [("audit", REGION), ("other", OTHER_REGION)]);
    let china = cloudtrail(&sandbox, ACCOUNT, "cn-north-1").list_trails().send().await.unwrap();
    assert!(china.trails().is_empty());
}

#[tokio::test]
async fn deletes_by_name_and_by_arn() {
    let sandbox = with_trail().await;
    create(&here(&sandbox), "other").send().await.unwrap();
    here(&sandbox).delete_trail().name("audit").send().await.unwrap();
    here(&sandbox).delete_trail().name(arn(REGION, "other")).send().await.unwrap();
    assert!(here(&sandbox).describe_trails().send().await.unwrap().trail_list().is_empty());
    let again = here(&sandbox).delete_trail().name("audit");
    refused(&sandbox, again.send(), "TrailNotFoundException").await;
}

#[tokio::test]
async fn starts_and_stops_logging() {
    let sandbox = with_trail().await;
    let client = here(&sandbox);
    let status = client.get_trail_status().name("audit").send().await.unwrap();
    assert_eq!(status.is_logging(), Some(false));
    assert_eq!((status.start_logging_time(), status.stop_logging_time()), (None, None));
    client.start_logging().name("audit").send().await.unwrap();
    let status = client.get_trail_status().name("audit").send().await.unwrap();
    assert_eq!(status.is_logging(), Some(true));
    assert_eq!(status.start_logging_time().unwrap().secs(), noon().as_second());
    assert_eq!(status.stop_logging_time(), None);
    client.stop_logging().name(arn(REGION, "audit")).send().await.unwrap();
    let status = client.get_trail_status().name("audit").send().await.unwrap();
    assert_eq!(status.is_logging(), Some(false));
    assert_eq!(status.stop_logging_time().unwrap().secs(), noon().as_second());
    refused(&sandbox, client.start_logging().name("absent").send(), "TrailNotFoundException").await;
    refused(&sandbox, client.stop_logging().name("absent").send(), "TrailNotFoundException").await;
}

#[tokio::test]
async fn speaks_the_partition_of_the_region() {
    let sandbox = empty();
    let china = "cn-north-1";
    let here = CreateBucketConfiguration::builder()
        .location_constraint(BucketLocationConstraint::from(china))
        .build();
    let client = s3(&sandbox, ACCOUNT, china);
    client.create_bucket().bucket(BUCKET).create_bucket_configuration(here).send().await.unwrap();
    let policy = bucket_policy("", "arn:aws:cloudtrail:*:111122223333:trail/*").to_string();
    let put = client.put_bucket_policy().bucket(BUCKET).policy(&policy).send();
    refused(&sandbox, put, "MalformedPolicy").await;
    let policy = policy.replace("arn:aws:", "arn:aws-cn:");
    client.put_bucket_policy().bucket(BUCKET).policy(policy).send().await.unwrap();
    let created = create(&cloudtrail(&sandbox, ACCOUNT, china), "audit").send().await.unwrap();
    let expected = "arn:aws-cn:cloudtrail:cn-north-1:111122223333:trail/audit";
    assert_eq!(created.trail_arn(), Some(expected));
    let outside = create(&cloudtrail(&sandbox, ACCOUNT, REGION), "audit").send();
    refused(&sandbox, outside, "S3BucketDoesNotExistException").await;
}
