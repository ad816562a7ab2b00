//! What AWS says of a trail's deliveries: `GetTrailStatus`.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudtrail::Client;
use futures_util::future::join_all;
use jiff::Timestamp;
use serde::Serialize;

use super::aws::name;
use crate::{
    aws::{
        Aws, Use,
        error::{AwsError, Class},
    },
    resource::{ResourceId, region::Region},
};

/// Whether a trail is logging, and what became of its deliveries in one Region.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Status {
    /// Whether it is logging.
    pub is_logging: bool,
    /// When that was last started.
    pub started: Option<Timestamp>,
    /// When that was last stopped.
    pub stopped: Option<Timestamp>,
    /// Log files in the bucket.
    pub log_files: Delivery,
    /// Digest files in the bucket.
    pub digest_files: Delivery,
    /// Events in the log group.
    pub cloudwatch_logs: Delivery,
    /// Messages on the topic.
    pub notifications: Delivery,
}

/// The last delivery of one kind. What never happened has no time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Delivery {
    /// When the last one succeeded.
    pub latest: Option<Timestamp>,
    /// The error of the last one that failed. It may stay after its cause is gone, until the next delivery (API Reference,
    /// GetTrailStatus).
    pub error: Option<String>,
}

/// Asks for the status of a trail, by its ARN, in one Region.
///
/// # Errors
///
/// When AWS does not answer, or does not say whether the trail is logging.
pub async fn status(aws: &Aws, region: &Region, arn: &str) -> Result<Status, AwsError> {
    let client: Client = aws.client(region, Use::Read);
    let answer = aws.send(name("GetTrailStatus", region), client.get_trail_status().name(arn).send()).await?;
    let missing = || AwsError::incomplete("cloudtrail:GetTrailStatus", region, "IsLogging");
    let time = |time: Option<aws_sdk_cloudtrail::primitives::DateTime>| {
        time.and_then(|time| Timestamp::from_millisecond(time.to_millis().ok()?).ok())
    };
    let delivery = |latest, error: Option<String>| Delivery {
        latest: time(latest),
        error: error.filter(|error| !error.is_empty()),
    };
    Ok(Status {
        is_logging: answer.is_logging.ok_or_else(missing)?,
        started: time(answer.start_logging_time),
        stopped: time(answer.stop_logging_time),
        log_files: delivery(answer.latest_delivery_time, answer.latest_delivery_error),
        digest_files: delivery(answer.latest_digest_delivery_time, answer.latest_digest_delivery_error),
        cloudwatch_logs: delivery(
            answer.latest_cloud_watch_logs_delivery_time,
            answer.latest_cloud_watch_logs_delivery_error,
        ),
        notifications: delivery(answer.latest_notification_time, answer.latest_notification_error),
    })
}

/// Asks for the status of a trail in every Region that it records: each delivers by itself, and says so only there. `id` is the
/// trail, `arn` its ARN, by which a Region knows the shadow of a multi-Region trail.
///
/// | Region | in the answer |
/// | --- | --- |
/// | the home Region | always, with its status or with the error |
/// | another one of the partition, if the trail is multi-Region | its status; an error, such as that the trail is not there |
/// | one that is not enabled for the account, or closed to the caller | not |
///
/// The Regions are asked at once. [`is_absent`] tells an error of a Region that does not have the trail from others.
pub async fn everywhere(
    aws: &Aws,
    id: &ResourceId,
    arn: &str,
    multi_region: bool,
) -> BTreeMap<Region, Result<Status, AwsError>> {
    let others = Region::of_partition(id.region.partition()).filter(|_| multi_region);
    let regions: BTreeSet<Region> = others.chain([id.region.clone()]).collect();
    let asked = regions.into_iter().map(async |region| {
        let answer = status(aws, &region, arn).await;
        (region, answer)
    });
    let counts = |(region, answer): &(Region, Result<Status, AwsError>)| {
        *region == id.region || !answer.as_ref().is_err_and(is_closed)
    };
    join_all(asked).await.into_iter().filter(counts).collect()
}

/// Returns whether an error says that the Region is not enabled for the account, which looks as if the credentials were wrong, or
/// closed to the caller.
fn is_closed(error: &AwsError) -> bool {
    matches!(error.class, Class::Credentials | Class::Denied)
}

/// Returns whether an error says that the Region does not have the trail.
pub fn is_absent(error: &AwsError) -> bool {
    error.class == Class::NotFound || error.is("CloudTrailARNInvalid")
}

impl Status {
    /// Returns the four deliveries, each with what is delivered.
    pub fn deliveries(&self) -> [(Delivered, &Delivery); 4] {
        [
            (Delivered::LogFiles, &self.log_files),
            (Delivered::DigestFiles, &self.digest_files),
            (Delivered::Events, &self.cloudwatch_logs),
            (Delivered::Messages, &self.notifications),
        ]
    }
}

/// What is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivered {
    /// Log files, to the bucket.
    LogFiles,
    /// Digest files, to the bucket.
    DigestFiles,
    /// Events, to the log group.
    Events,
    /// Messages, to the topic.
    Messages,
}

impl Delivered {
    /// Returns what is delivered and where, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::LogFiles => "log files to the bucket",
            Self::DigestFiles => "digest files to the bucket",
            Self::Events => "events to the log group",
            Self::Messages => "messages to the topic",
        }
    }

    /// Returns what an error of such a delivery means, and what to look at: the codes are those of the services that are
    /// delivered to.
    pub fn explained(self, code: &str) -> &'static str {
        let is = |part: &str| code.contains(part);
        match self {
            Self::LogFiles | Self::DigestFiles if is("NoSuchBucket") => {
                "the bucket does not exist: make it again, under the same name"
            }
            Self::LogFiles | Self::DigestFiles if is("AccessDenied") => {
                "the bucket or its key keeps CloudTrail out: look at the bucket's policy, the key's policy, and whether the key is enabled"
            }
            Self::LogFiles | Self::DigestFiles if is("KMS") || is("Kms") => {
                "the key cannot be used: look at its policy, and whether it is enabled"
            }
            Self::LogFiles | Self::DigestFiles => {
                "S3 refuses what is delivered: look at the bucket and its policy"
            }
            Self::Events if is("AccessDenied") || is("NotAuthorized") => {
                "the role may not write to the log group: look at its policies and its trust"
            }
            Self::Events if is("NotFound") => "the log group or the role does not exist",
            Self::Events => "CloudWatch Logs refuses what is delivered: look at the log group and the role",
            Self::Messages if is("NotFound") || is("InvalidTopic") => "the topic does not exist",
            Self::Messages => "the topic or its key keeps CloudTrail out: look at their policies",
        }
    }
}
