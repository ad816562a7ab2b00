//! `AWS::SNS::Topic`, with `AWS::SNS::TopicPolicy`.

use super::{super::entry::Marks, Reading};
use crate::{export::Found, kinds::topic::Topic};

pub(super) fn found(mut reading: Reading<'_>) -> Option<Found> {
    let name = reading.name()?;
    let region = reading.region();
    let Marks { owner, tags, protect } = reading.marks();
    let arn = reading.resolver.arn(reading.logical).ok()?;
    let policies = reading.resolver.about("AWS::SNS::TopicPolicy", "Topics", &[&arn]);
    let policy = policies.first().and_then(|policy| reading.policy_of(policy, "PolicyDocument"));
    if policy.is_none() {
        reading.note("The template does not tell its policy, which is the one that SNS makes.");
    }
    let apart = reading.resolver.about("AWS::SNS::Subscription", "TopicArn", &[&arn]);
    if reading.written(reading.logical, "Subscription").is_some() || !apart.is_empty() {
        reading.note("It has subscriptions, which an entry does not describe.");
    }
    let topic = Topic {
        name: Some(name.clone()),
        region: Some(region.clone()),
        kms_key: reading.key("KmsMasterKeyId"),
        policy: policy.unwrap_or_default(),
        tags,
        protect,
        adopt: false,
    };
    let outputs = reading.outputs(&name);
    reading.found(topic, (region, name), outputs, owner)
}
