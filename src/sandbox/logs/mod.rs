//! CloudWatch Logs: log groups with retention, encryption, tags and protection. There are no streams and no events.

mod encryption;
mod find;
mod groups;
mod retention;
mod subscriptions;
mod tagging;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub(crate) use self::find::group;
use self::subscriptions::SubscriptionFilter;
pub(crate) use self::tagging::tagged;
use super::wire::{Operation, Protocol, Refusal, Service};

/// The service.
pub(crate) static SERVICE: Service = Service {
    signing_name: "logs",
    protocol: Protocol::AwsJson { target: "Logs_20140328" },
    operations: &[
        Operation::write("CreateLogGroup", groups::create_log_group),
        Operation::read("DescribeLogGroups", groups::describe_log_groups),
        Operation::write("DeleteLogGroup", groups::delete_log_group),
        Operation::write("PutLogGroupDeletionProtection", groups::put_log_group_deletion_protection),
        Operation::write("PutRetentionPolicy", retention::put_retention_policy),
        Operation::write("DeleteRetentionPolicy", retention::delete_retention_policy),
        Operation::write("AssociateKmsKey", encryption::associate_kms_key),
        Operation::write("DisassociateKmsKey", encryption::disassociate_kms_key),
        Operation::write("TagResource", tagging::tag_resource),
        Operation::write("UntagResource", tagging::untag_resource),
        Operation::read("ListTagsForResource", tagging::list_tags_for_resource),
        Operation::write("PutSubscriptionFilter", subscriptions::put_subscription_filter),
        Operation::write("DeleteSubscriptionFilter", subscriptions::delete_subscription_filter),
        Operation::read("DescribeSubscriptionFilters", subscriptions::describe_subscription_filters),
    ],
};

/// A log group. Account, Region and name are where it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogGroup {
    created: Timestamp,
    pub(crate) class: Class,
    /// The days that events stay; without them they stay for ever.
    retention: Option<u32>,
    /// The ARN of the key.
    kms_key: Option<String>,
    is_protected: bool,
    tags: BTreeMap<String, String>,
    subscriptions: BTreeMap<String, SubscriptionFilter>,
}

/// What a log group can be used for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Class {
    #[default]
    Standard,
    InfrequentAccess,
    Delivery,
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::bad("InvalidParameterException", message)
}

fn not_found(message: impl Into<String>) -> Refusal {
    Refusal::bad("ResourceNotFoundException", message)
}
