//! What another client does to the trail `audit` and its bucket, behind trailctl's back.

use aws_sdk_cloudtrail::types::{EventSelector, ReadWriteType, Tag};
use aws_sdk_s3::types::{BucketVersioningStatus, VersioningConfiguration};

use crate::support::Endpoint;

const TRAIL: &str = "audit";
const REGION: &str = "us-east-1";

/// A change from outside.
#[derive(Clone, Copy, Debug)]
pub(super) enum Drift {
    /// The trail stops logging.
    LoggingStopped,
    /// The trail gets other selectors, of the basic form.
    SelectorsReplaced,
    /// The trail gets a tag.
    TagAdded,
    /// The trail loses the tag `team`.
    TagRemoved,
    /// The trail is deleted.
    TrailDeleted,
    /// The bucket keeps no further versions.
    VersioningSuspended,
    /// The bucket has no policy.
    PolicyDeleted,
    /// The bucket's policy loses its second statement.
    StatementRemoved,
}

impl Drift {
    /// Makes the change.
    pub(super) async fn happen(self, aws: &Endpoint, bucket: &str) {
        let (cloudtrail, s3) = (aws.cloudtrail(REGION), aws.s3(REGION));
        let arn = format!("arn:aws:cloudtrail:{REGION}:{}:trail/{TRAIL}", aws.account);
        let tag = |key: &str| Tag::builder().key(key).value("x").build().unwrap();
        match self {
            Self::LoggingStopped => {
                cloudtrail.stop_logging().name(TRAIL).send().await.unwrap();
            }
            Self::SelectorsReplaced => {
                let selector = EventSelector::builder()
                    .read_write_type(ReadWriteType::WriteOnly)
                    .include_management_events(true);
                let put = cloudtrail.put_event_selectors().trail_name(TRAIL);
                put.event_selectors(selector.build()).send().await.unwrap();
            }
            Self::TagAdded => {
                cloudtrail.add_tags().resource_id(arn).tags_list(tag("added")).send().await.unwrap();
            }
            Self::TagRemoved => {
                let tag = Tag::builder().key("team").build().unwrap();
                cloudtrail.remove_tags().resource_id(arn).tags_list(tag).send().await.unwrap();
            }
            Self::TrailDeleted => {
                cloudtrail.delete_trail().name(TRAIL).send().await.unwrap();
            }
            Self::VersioningSuspended => {
                let suspended =
                    VersioningConfiguration::builder().status(BucketVersioningStatus::Suspended).build();
                let put = s3.put_bucket_versioning().bucket(bucket);
                put.versioning_configuration(suspended).send().await.unwrap();
            }
            Self::PolicyDeleted => {
                s3.delete_bucket_policy().bucket(bucket).send().await.unwrap();
            }
            Self::StatementRemoved => {
                let text = s3.get_bucket_policy().bucket(bucket).send().await.unwrap().policy.unwrap();
                let mut policy: serde_json::Value = serde_json::from_str(&text).unwrap();
                policy["Statement"].as_array_mut().unwrap().remove(1);
                s3.put_bucket_policy().bucket(bucket).policy(policy.to_string()).send().await.unwrap();
            }
        }
    }
}
