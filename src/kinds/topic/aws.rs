//! How SNS is asked about topics, and how their calls are sent.

use std::collections::BTreeMap;

use aws_sdk_sns::{Client, types};
use futures_util::future::{try_join, try_join_all, try_join3};
use serde_json::{Value, json};

use super::{
    Topic, calls,
    calls::{Attributes, Call},
    policy,
};
use crate::{
    aws::{
        Aws, CallName, Use,
        error::{AwsError, Class},
    },
    kinds::{Resource, Scope},
    policy::document::PolicyDocument,
    resource::{
        Existing, Observed, Outputs, Reference, ResourceId,
        owner::{self, Owner, Tags},
        region::Region,
    },
};

/// How many pages a list may have: an endpoint that repeats its tokens would never end.
const MOST_PAGES: usize = 100;
/// What stands for the ARN of a subscription that its endpoint has not agreed to.
const UNCONFIRMED: &str = "PendingConfirmation";

type Found = Vec<(ResourceId, Observed<Topic>)>;

/// Reads the wanted topics, in one round, and those that are marked.
pub(super) async fn observe(aws: &Aws, scope: &Scope<'_>) -> Result<Found, AwsError> {
    let others = async { read_all(aws, &scope.others::<Topic>().await).await };
    let (wanted, others) = try_join(read_all(aws, scope.wanted), others).await?;
    Ok(wanted.into_iter().chain(others).collect())
}

async fn read_all(aws: &Aws, ids: &[ResourceId]) -> Result<Found, AwsError> {
    let found = try_join_all(ids.iter().map(|id| read(aws, id))).await?;
    Ok(ids.iter().cloned().zip(found).filter_map(|(id, topic)| Some((id, topic?))).collect())
}

fn name<'a>(operation: &'static str, region: &'a Region) -> CallName<'a> {
    CallName { service: "sns", operation, region }
}

async fn read(aws: &Aws, id: &ResourceId) -> Result<Option<Observed<Topic>>, AwsError> {
    let arn = policy::arn(id, aws.account());
    let questions = try_join3(
        attributes(aws, &id.region, &arn),
        tags(aws, &id.region, &arn),
        subscriptions(aws, &id.region, &arn),
    );
    let (mut attributes, all_tags, beside) = match questions.await {
        Err(error) if error.class == Class::NotFound => return Ok(None),
        answers => answers?,
    };
    let owner = Owner::of(&all_tags);
    let (tags, protect) = owner::split(all_tags);
    let key = attributes.remove("KmsMasterKeyId").filter(|key| !key.is_empty());
    let attrs = Topic {
        name: Some(id.name.clone()),
        region: Some(id.region.clone()),
        // An alias or an id, if somebody has set it so: that is not the ARN that a spec wants.
        kms_key: key.map(Reference::Declared),
        policy: attributes
            .get("Policy")
            .map_or_else(PolicyDocument::default, |text| PolicyDocument::read(text)),
        tags,
        protect,
        adopt: false,
    };
    let outputs = attrs.outputs(id, aws.account());
    Ok(Some(Observed { attrs, outputs, owner, holds_data: false, beside }))
}

async fn attributes(aws: &Aws, region: &Region, arn: &str) -> Result<BTreeMap<String, String>, AwsError> {
    let client: Client = aws.client(region, Use::Read);
    let call = client.get_topic_attributes().topic_arn(arn).send();
    let answer = aws.send(name("GetTopicAttributes", region), call).await?;
    let missing = || AwsError::incomplete("sns:GetTopicAttributes", region, "attributes");
    Ok(answer.attributes.ok_or_else(missing)?.into_iter().collect())
}

async fn tags(aws: &Aws, region: &Region, arn: &str) -> Result<Tags, AwsError> {
    let client: Client = aws.client(region, Use::Read);
    let call = client.list_tags_for_resource().resource_arn(arn).send();
    let answer = aws.send(name("ListTagsForResource", region), call).await?;
    Ok(answer.tags.unwrap_or_default().into_iter().map(|tag| (tag.key, tag.value)).collect())
}

/// Returns the subscriptions in words: others make them, and a spec does not describe them.
async fn subscriptions(aws: &Aws, region: &Region, arn: &str) -> Result<Vec<String>, AwsError> {
    let client: Client = aws.client(region, Use::Read);
    let (mut found, mut token) = (Vec::new(), None);
    for _ in 0..MOST_PAGES {
        let call = client.list_subscriptions_by_topic().topic_arn(arn).set_next_token(token).send();
        let answer = aws.send(name("ListSubscriptionsByTopic", region), call).await?;
        found.extend(answer.subscriptions.unwrap_or_default().iter().map(in_words));
        token = answer.next_token.filter(|token| !token.is_empty());
        if token.is_none() {
            found.sort();
            return Ok(found);
        }
    }
    Err(AwsError::incomplete("sns:ListSubscriptionsByTopic", region, "last page"))
}

fn in_words(subscription: &types::Subscription) -> String {
    let protocol = subscription.protocol().unwrap_or("an unknown protocol");
    let endpoint = subscription.endpoint().unwrap_or("an unknown endpoint");
    let is_confirmed = subscription.subscription_arn() != Some(UNCONFIRMED);
    let state = if is_confirmed { "" } else { " that is not confirmed" };
    format!("a subscription of {protocol} to {endpoint}{state}")
}

/// Asks about a topic that others manage, perhaps in another account.
pub(super) async fn look(aws: &Aws, id: &ResourceId) -> Result<Option<Existing>, AwsError> {
    match attributes(aws, &id.region, &id.name).await {
        Err(error) if error.class == Class::NotFound => Ok(None),
        Err(error) => Err(error),
        Ok(attributes) => {
            let is_fifo = attributes.get("FifoTopic").is_some_and(|value| value == "true");
            let problem = is_fifo.then(|| "is a FIFO topic, and CloudTrail publishes to none".to_owned());
            let policy = attributes
                .get("Policy")
                .map_or_else(PolicyDocument::default, |text| PolicyDocument::read(text));
            // Its ARN is its name.
            Ok(Some(Existing { attrs: json!({"policy": policy}), problem, ..Existing::default() }))
        }
    }
}

/// Sends one request, in the topic's Region.
pub(super) async fn perform(aws: &Aws, id: &ResourceId, call: Call) -> Result<Outputs, AwsError> {
    let region = &id.region;
    let client: Client = aws.client(region, Use::Change);
    match call {
        Call::CreateTopic { name: topic, attributes, tags } => {
            let Attributes { policy, kms_master_key_id } = attributes;
            let policy = policy.map(|policy| ("Policy".to_owned(), text(policy)));
            let key = kms_master_key_id.map(|key| ("KmsMasterKeyId".to_owned(), key));
            let request = client
                .create_topic()
                .name(topic)
                .set_attributes(Some(policy.into_iter().chain(key).collect()))
                .set_tags(Some(sdk_tags(tags)));
            let answer = aws.send(name("CreateTopic", region), request.send()).await?;
            let missing = || AwsError::incomplete("sns:CreateTopic", region, "ARN of the topic");
            return Ok(Outputs::from([("arn".to_owned(), answer.topic_arn.ok_or_else(missing)?)]));
        }
        Call::TagResource { resource_arn, tags } => {
            let request = client.tag_resource().resource_arn(resource_arn).set_tags(Some(sdk_tags(tags)));
            aws.send(name("TagResource", region), request.send()).await.map(drop)
        }
        Call::UntagResource { resource_arn, tag_keys } => {
            let request = client.untag_resource().resource_arn(resource_arn).set_tag_keys(Some(tag_keys));
            aws.send(name("UntagResource", region), request.send()).await.map(drop)
        }
        Call::SetTopicAttributes { topic_arn, attribute_name, attribute_value } => {
            let request = client
                .set_topic_attributes()
                .topic_arn(topic_arn)
                .attribute_name(attribute_name)
                .attribute_value(text(attribute_value));
            aws.send(name("SetTopicAttributes", region), request.send()).await.map(drop)
        }
        Call::DeleteTopic { topic_arn } => {
            let request = client.delete_topic().topic_arn(topic_arn);
            aws.send(name("DeleteTopic", region), request.send()).await.map(drop)
        }
    }?;
    Ok(Outputs::new())
}

/// Returns the text of an attribute; a policy is written as JSON.
fn text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

fn sdk_tags(tags: Vec<calls::Tag>) -> Vec<types::Tag> {
    let tag = |tag: calls::Tag| {
        let built = types::Tag::builder().key(tag.key).value(tag.value).build();
        built.expect("key and value are set")
    };
    tags.into_iter().map(tag).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subscriptions_are_told_in_words() {
        let one = types::Subscription::builder().protocol("email").endpoint("x@example.com");
        let confirmed = one.clone().subscription_arn("arn:aws:sns:us-east-1:111122223333:told:1").build();
        assert_eq!(in_words(&confirmed), "a subscription of email to x@example.com");
        let pending = one.subscription_arn(UNCONFIRMED).build();
        assert_eq!(in_words(&pending), "a subscription of email to x@example.com that is not confirmed");
    }
}
