//! Drift: another client changes something; plan sees exactly that, apply heals it, and the next plan is empty.

use aws_sdk_cloudtrail::types::{AdvancedEventSelector, AdvancedFieldSelector, Tag};
use aws_sdk_s3::types::{
    BucketVersioningStatus, ObjectOwnership, OwnershipControls, OwnershipControlsRule,
    PublicAccessBlockConfiguration, ServerSideEncryption, ServerSideEncryptionByDefault,
    ServerSideEncryptionConfiguration, ServerSideEncryptionRule, Tagging, VersioningConfiguration,
};

use crate::support::{Endpoint, Local, Workspace};

const SPEC: &str = "
version: 1
stack: drift
tags: {team: security}
trails:
  audit:
    bucket: drift-logs
    prefix: prod
    events:
      - where: {eventCategory: Management, readOnly: false}
      - where: {eventCategory: Data, resources.type: AWS::S3::Object, resources.ARN: {starts_with: ['arn:aws:s3:::acme-ledger/']}}
buckets:
  drift-logs: {}
";

const TRAIL: &str = "audit";
const BUCKET: &str = "drift-logs";

/// Applies the spec, lets `drift` change something behind its back, and expects that plan sees `changes`, that apply
/// heals them with `calls`, and that nothing is left.
async fn heals(drift: impl AsyncFnOnce(&Endpoint), changes: &[&str], calls: &[&str]) {
    let aws = Local::start();
    let workspace = Workspace::at(&aws.endpoint);
    workspace.spec(SPEC);
    let _ = workspace.expect("apply --yes", 0);
    workspace.expect_no_changes();
    drift(&aws.endpoint).await;
    assert_eq!(workspace.changes(), changes);
    aws.take_calls();
    // What somebody has added is taken away again.
    let _ = workspace.expect("apply --yes --allow-coverage-loss", 0);
    assert_eq!(aws.take_changes(), calls);
    workspace.expect_no_changes();
}

fn trail_arn(aws: &Endpoint) -> String {
    format!("arn:aws:cloudtrail:us-east-1:{}:trail/{TRAIL}", aws.account)
}

#[tokio::test]
async fn logging_was_stopped() {
    let stop = async |aws: &Endpoint| {
        aws.cloudtrail("us-east-1").stop_logging().name(TRAIL).send().await.unwrap();
    };
    heals(stop, &["trail.audit logging"], &["StartLogging"]).await;
}

#[tokio::test]
async fn a_selector_was_changed() {
    let change = async |aws: &Endpoint| {
        let category =
            AdvancedFieldSelector::builder().field("eventCategory").equals("Management").build().unwrap();
        let selector = AdvancedEventSelector::builder().field_selectors(category).build().unwrap();
        let put = aws.cloudtrail("us-east-1").put_event_selectors().trail_name(TRAIL);
        put.advanced_event_selectors(selector).send().await.unwrap();
    };
    heals(change, &["trail.audit events"], &["PutEventSelectors"]).await;
}

#[tokio::test]
async fn every_setting_of_the_trail_was_changed() {
    let change = async |aws: &Endpoint| {
        let update = aws.cloudtrail("us-east-1").update_trail().name(TRAIL).is_multi_region_trail(false);
        update.include_global_service_events(false).enable_log_file_validation(false).send().await.unwrap();
    };
    let changes =
        ["trail.audit multi_region", "trail.audit global_service_events", "trail.audit log_file_validation"];
    heals(change, &changes, &["UpdateTrail"]).await;
}

#[tokio::test]
async fn a_tag_of_the_trail_was_removed() {
    let remove = async |aws: &Endpoint| {
        let tag = Tag::builder().key("team").build().unwrap();
        let call = aws.cloudtrail("us-east-1").remove_tags().resource_id(trail_arn(aws));
        call.tags_list(tag).send().await.unwrap();
    };
    heals(remove, &["trail.audit tags.team"], &["AddTags"]).await;
}

#[tokio::test]
async fn a_tag_was_added_to_the_trail() {
    let add = async |aws: &Endpoint| {
        let tag = Tag::builder().key("temporary").value("yes").build().unwrap();
        let call = aws.cloudtrail("us-east-1").add_tags().resource_id(trail_arn(aws));
        call.tags_list(tag).send().await.unwrap();
    };
    heals(add, &["trail.audit tags.temporary"], &["RemoveTags"]).await;
}

#[tokio::test]
async fn the_protection_was_removed() {
    let change = async |aws: &Endpoint| {
        let tag = Tag::builder().key("trailctl:protect").value("false").build().unwrap();
        let call = aws.cloudtrail("us-east-1").add_tags().resource_id(trail_arn(aws));
        call.tags_list(tag).send().await.unwrap();
    };
    heals(change, &["trail.audit protect"], &["AddTags"]).await;
}

#[tokio::test]
async fn the_trail_was_deleted() {
    let delete = async |aws: &Endpoint| {
        aws.cloudtrail("us-east-1").delete_trail().name(TRAIL).send().await.unwrap();
    };
    heals(delete, &["create trail.audit"], &["CreateTrail", "AddTags", "PutEventSelectors", "StartLogging"])
        .await;
}

#[tokio::test]
async fn a_policy_statement_was_removed() {
    let remove = async |aws: &Endpoint| {
        let s3 = aws.s3("us-east-1");
        let text = s3.get_bucket_policy().bucket(BUCKET).send().await.unwrap().policy.unwrap();
        let mut policy: serde_json::Value = serde_json::from_str(&text).unwrap();
        policy["Statement"].as_array_mut().unwrap().remove(1);
        s3.put_bucket_policy().bucket(BUCKET).policy(policy.to_string()).send().await.unwrap();
    };
    let changes = ["bucket.drift-logs policy.statements.TrailctlDriftWrite"];
    heals(remove, &changes, &["PutBucketPolicy"]).await;
}

#[tokio::test]
async fn the_policy_was_deleted() {
    let delete = async |aws: &Endpoint| {
        aws.s3("us-east-1").delete_bucket_policy().bucket(BUCKET).send().await.unwrap();
    };
    let changes = [
        "bucket.drift-logs policy.statements.TrailctlDriftAclCheck",
        "bucket.drift-logs policy.statements.TrailctlDriftWrite",
        "bucket.drift-logs policy.statements.TrailctlDriftTlsOnly",
    ];
    heals(delete, &changes, &["PutBucketPolicy"]).await;
}

#[tokio::test]
async fn versioning_was_suspended() {
    let suspend = async |aws: &Endpoint| {
        let suspended = VersioningConfiguration::builder().status(BucketVersioningStatus::Suspended).build();
        let put = aws.s3("us-east-1").put_bucket_versioning().bucket(BUCKET);
        put.versioning_configuration(suspended).send().await.unwrap();
    };
    heals(suspend, &["bucket.drift-logs versioning"], &["PutBucketVersioning"]).await;
}

#[tokio::test]
async fn public_access_was_opened_in_part() {
    let open = async |aws: &Endpoint| {
        let block =
            PublicAccessBlockConfiguration::builder().block_public_acls(true).ignore_public_acls(true);
        let put = aws.s3("us-east-1").put_public_access_block().bucket(BUCKET);
        put.public_access_block_configuration(block.build()).send().await.unwrap();
    };
    heals(open, &["bucket.drift-logs public_access_block"], &["PutPublicAccessBlock"]).await;
}

#[tokio::test]
async fn the_ownership_of_objects_was_changed() {
    let change = async |aws: &Endpoint| {
        let rule =
            OwnershipControlsRule::builder().object_ownership(ObjectOwnership::ObjectWriter).build().unwrap();
        let controls = OwnershipControls::builder().rules(rule).build().unwrap();
        let put = aws.s3("us-east-1").put_bucket_ownership_controls().bucket(BUCKET);
        put.ownership_controls(controls).send().await.unwrap();
    };
    heals(change, &["bucket.drift-logs object_ownership"], &["PutBucketOwnershipControls"]).await;
}

#[tokio::test]
async fn the_encryption_was_changed() {
    let change = async |aws: &Endpoint| {
        let default = ServerSideEncryptionByDefault::builder()
            .sse_algorithm(ServerSideEncryption::AwsKms)
            .kms_master_key_id("arn:aws:kms:us-east-1:111122223333:key/1")
            .build()
            .unwrap();
        let rule =
            ServerSideEncryptionRule::builder().apply_server_side_encryption_by_default(default).build();
        let configuration = ServerSideEncryptionConfiguration::builder().rules(rule).build().unwrap();
        let put = aws.s3("us-east-1").put_bucket_encryption().bucket(BUCKET);
        put.server_side_encryption_configuration(configuration).send().await.unwrap();
    };
    heals(change, &["bucket.drift-logs encryption.kms_key"], &["PutBucketEncryption"]).await;
}

#[tokio::test]
async fn a_tag_of_the_bucket_was_removed() {
    let remove = async |aws: &Endpoint| {
        let s3 = aws.s3("us-east-1");
        let tags = s3.get_bucket_tagging().bucket(BUCKET).send().await.unwrap().tag_set;
        let kept = tags.into_iter().filter(|tag| tag.key != "team").collect();
        let tagging = Tagging::builder().set_tag_set(Some(kept)).build().unwrap();
        s3.put_bucket_tagging().bucket(BUCKET).tagging(tagging).send().await.unwrap();
    };
    heals(remove, &["bucket.drift-logs tags.team"], &["PutBucketTagging"]).await;
}

#[tokio::test]
async fn the_readme_shows_a_real_plan() {
    let aws = Local::start();
    let workspace = Workspace::at(&aws.endpoint);
    workspace.spec(include_str!("../../examples/quickstart.yaml"));
    let _ = workspace.expect("apply --yes", 0);
    aws.endpoint.cloudtrail("us-east-1").stop_logging().name("management").send().await.unwrap();
    let suspended = VersioningConfiguration::builder().status(BucketVersioningStatus::Suspended).build();
    let put = aws.endpoint.s3("us-east-1").put_bucket_versioning().bucket("acme-audit-logs");
    put.versioning_configuration(suspended).send().await.unwrap();
    let plan = workspace.expect("plan", 0).stdout;
    let readme = include_str!("../../README.md");
    assert!(readme.contains(&format!("```console\n$ trailctl plan\n{plan}```")), "{plan}");
    let quickstart = include_str!("../../examples/quickstart.yaml");
    let spec = quickstart.split_once('\n').unwrap().1;
    assert!(readme.contains(&format!("```yaml\n{spec}```")), "{spec}");
}
