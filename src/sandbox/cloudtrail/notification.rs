//! Whether CloudTrail may publish to the topic of a trail.

use super::arn::TrailArn;
use super::encryption::{SERVICE, check_usable, find};
use super::refuse;
use crate::sandbox::policy::{allows, request_of_service, with};
use crate::sandbox::sns::{TopicArn, topic};
use crate::sandbox::store::State;
use crate::sandbox::wire::{Call, Refusal};

const MAX_LENGTH: usize = 256;
/// The key of AWS for topics, which CloudTrail cannot be let use.
const AWS_KEY: &str = "alias/aws/sns";

/// Returns the ARN of the topic that `text` names: a name alone means the account and the Region of the call.
pub(super) fn resolve(state: &State, call: &Call<'_>, arn: &TrailArn, text: &str) -> Result<String, Refusal> {
    let parsed = TopicArn::parse(text, &call.caller.account, &call.region);
    let is_usable = |topic: &TopicArn| !topic.name.ends_with(".fifo") && text.len() <= MAX_LENGTH;
    let Some(topic_arn) = parsed.filter(is_usable) else {
        return Err(refuse("InvalidSnsTopicNameException", format!("Invalid SNS topic name: {text}")));
    };
    let insufficient = || {
        let message = "SNS Topic does not exist or the topic policy is incorrect!";
        refuse("InsufficientSnsTopicPolicyException", message)
    };
    let attributes = &topic(state, &topic_arn).ok_or_else(insufficient)?.attributes;
    let request = |action: &str, resource: &str| {
        with(request_of_service(SERVICE, action, resource, &arn.account), "aws:SourceArn", &arn.to_string())
    };
    if !allows(&attributes.policy, &request("SNS:Publish", &topic_arn.to_string())) {
        return Err(insufficient());
    }
    if let Some(key) = &attributes.kms_key {
        if key.ends_with(AWS_KEY) {
            return Err(insufficient());
        }
        let (key_arn, key) = find(state, key, &topic_arn.account, &topic_arn.region)?;
        check_usable(&key_arn, key)?;
        let allowed = |action: &&str| key.allows(&request(action, &key_arn.to_string()));
        if !["kms:GenerateDataKey", "kms:Decrypt"].iter().all(allowed) {
            return Err(insufficient());
        }
    }
    Ok(topic_arn.to_string())
}
