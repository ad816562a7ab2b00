//! What somebody does to an account that trailctl has taken over.

use aws_sdk_cloudtrail::types::{EventSelector, ReadWriteType, Tag};
use aws_sdk_s3::types::{BucketVersioningStatus, VersioningConfiguration};
use serde_json::Value;

use super::seed::{Account, ID};
use crate::support::Endpoint;

/// A change from outside.
#[derive(Clone, Copy, Debug)]
pub(super) enum Change {
    LoggingStopped,
    SelectorsReplaced,
    ValidationOff,
    PrefixChanged,
    TagRemoved,
    /// The bucket's policy loses its last statement.
    StatementRemoved,
    VersioningSuspended,
    LifecycleRemoved,
    RotationOff,
    KeyDisabled,
    RetentionChanged,
    LogGroupDeleted,
    RolePolicyRemoved,
    TrustReplaced,
    TopicStatementRemoved,
    TrailDeleted,
}

impl Change {
    /// Returns what the changes of the plan begin with that sees it.
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::LoggingStopped
            | Self::SelectorsReplaced
            | Self::ValidationOff
            | Self::PrefixChanged
            | Self::TagRemoved
            | Self::TrailDeleted => "trail.",
            Self::StatementRemoved | Self::VersioningSuspended | Self::LifecycleRemoved => "bucket.",
            Self::RotationOff | Self::KeyDisabled => "kms_key.",
            Self::RetentionChanged | Self::LogGroupDeleted => "log_group.",
            Self::RolePolicyRemoved | Self::TrustReplaced => "role.",
            Self::TopicStatementRemoved => "topic.",
        }
    }

    /// Makes the change.
    pub(super) async fn happen(self, aws: &Endpoint, account: &Account) {
        let (cloudtrail, s3) = (aws.cloudtrail(account.region), aws.s3(account.bucket_region));
        let logs = || account.logs.unwrap();
        match self {
            Self::LoggingStopped => drop(cloudtrail.stop_logging().name(account.trail).send().await.unwrap()),
            Self::SelectorsReplaced => {
                let selector = EventSelector::builder()
                    .read_write_type(ReadWriteType::WriteOnly)
                    .include_management_events(true);
                let put = cloudtrail.put_event_selectors().trail_name(account.trail);
                put.event_selectors(selector.build()).send().await.unwrap();
            }
            Self::ValidationOff => {
                let update = cloudtrail.update_trail().name(account.trail);
                update.enable_log_file_validation(false).send().await.unwrap();
            }
            Self::PrefixChanged => {
                let update = cloudtrail.update_trail().name(account.trail);
                update.s3_key_prefix("elsewhere").send().await.unwrap();
            }
            Self::TagRemoved => {
                let arn = account.place(ID).trail;
                let tag = Tag::builder().key(account.tags[0].0).build().unwrap();
                cloudtrail.remove_tags().resource_id(arn).tags_list(tag).send().await.unwrap();
            }
            Self::TrailDeleted => drop(cloudtrail.delete_trail().name(account.trail).send().await.unwrap()),
            Self::StatementRemoved => {
                let policy =
                    s3.get_bucket_policy().bucket(account.bucket).send().await.unwrap().policy.unwrap();
                let policy = shorter(&policy);
                s3.put_bucket_policy().bucket(account.bucket).policy(policy).send().await.unwrap();
            }
            Self::VersioningSuspended => {
                let off =
                    VersioningConfiguration::builder().status(BucketVersioningStatus::Suspended).build();
                let put = s3.put_bucket_versioning().bucket(account.bucket);
                put.versioning_configuration(off).send().await.unwrap();
            }
            Self::LifecycleRemoved => {
                s3.delete_bucket_lifecycle().bucket(account.bucket).send().await.unwrap();
            }
            Self::RotationOff => {
                let (kms, key) = key(aws, account).await;
                kms.disable_key_rotation().key_id(key).send().await.unwrap();
            }
            Self::KeyDisabled => {
                let (kms, key) = key(aws, account).await;
                kms.disable_key().key_id(key).send().await.unwrap();
            }
            Self::RetentionChanged => {
                let put = aws.logs(account.region).put_retention_policy().log_group_name(logs().group);
                put.retention_in_days(1).send().await.unwrap();
            }
            Self::LogGroupDeleted => {
                let delete = aws.logs(account.region).delete_log_group().log_group_name(logs().group);
                delete.send().await.unwrap();
            }
            Self::RolePolicyRemoved => {
                let delete = aws.iam().delete_role_policy().role_name(logs().role);
                delete.policy_name(logs().inline).send().await.unwrap();
            }
            Self::TrustReplaced => {
                let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
                let update = aws.iam().update_assume_role_policy().role_name(logs().role);
                update.policy_document(policy).send().await.unwrap();
            }
            Self::TopicStatementRemoved => {
                let sns = aws.sns(account.region);
                let arn = format!("arn:aws:sns:{}:{ID}:{}", account.region, account.topic.unwrap());
                let told = sns.get_topic_attributes().topic_arn(&arn).send().await.unwrap();
                let policy = shorter(&told.attributes.unwrap()["Policy"]);
                let set = sns.set_topic_attributes().topic_arn(&arn).attribute_name("Policy");
                set.attribute_value(policy).send().await.unwrap();
            }
        }
    }
}

/// Returns a policy without its last statement.
fn shorter(policy: &str) -> String {
    let mut policy: Value = serde_json::from_str(policy).unwrap();
    policy["Statement"].as_array_mut().unwrap().pop().unwrap();
    policy.to_string()
}

async fn key(aws: &Endpoint, account: &Account) -> (aws_sdk_kms::Client, String) {
    let kms = aws.kms(account.bucket_region);
    let alias = format!("alias/{}", account.key.unwrap().alias.unwrap());
    let key = kms.describe_key().key_id(alias).send().await.unwrap().key_metadata.unwrap().key_id;
    (kms, key)
}
