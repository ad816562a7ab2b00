//! SNS: topics with their attributes, tags and subscriptions. Nothing is published.
//!
//! A caller reaches the topics of its own account only; topic policies are kept and judged for services, not for callers.

mod attributes;
mod find;
mod subscriptions;
mod tagging;
mod topics;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use self::attributes::Attributes;
pub(crate) use self::find::{TopicArn, topic};
use self::subscriptions::Subscription;
pub(crate) use self::tagging::tagged;
use super::wire::{Operation, Protocol, Refusal, Service};

/// The service.
pub(crate) static SERVICE: Service = Service {
    signing_name: "sns",
    protocol: Protocol::AwsQuery,
    operations: &[
        Operation::write("CreateTopic", topics::create_topic),
        Operation::write("DeleteTopic", topics::delete_topic),
        Operation::read("ListTopics", topics::list_topics),
        Operation::read("GetTopicAttributes", attributes::get_topic_attributes),
        Operation::write("SetTopicAttributes", attributes::set_topic_attributes),
        Operation::write("TagResource", tagging::tag_resource),
        Operation::write("UntagResource", tagging::untag_resource),
        Operation::read("ListTagsForResource", tagging::list_tags_for_resource),
        Operation::write("Subscribe", subscriptions::subscribe),
        Operation::write("Unsubscribe", subscriptions::unsubscribe),
        Operation::read("ListSubscriptionsByTopic", subscriptions::list_subscriptions_by_topic),
    ],
};

/// A topic. Account, Region and name are where it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Topic {
    pub(crate) attributes: Attributes,
    tags: BTreeMap<String, String>,
    subscriptions: BTreeMap<String, Subscription>,
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::bad("InvalidParameter", format!("Invalid parameter: {}", message.into()))
}
