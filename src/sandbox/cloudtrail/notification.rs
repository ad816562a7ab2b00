//! Whether CloudTrail may publish to the topic of a trail.

use super::arn::TrailArn;
use super::encryption::{check_usable, find};
use super::refuse;
use crate::sandbox::policy::allows;
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
    let (trail, of_topic) = (arn.to_string(), topic_arn.to_string());
    let asking = arn.asking(&trail, None);
    if !asking.of_topic(&of_topic).iter().all(|need| allows(&attributes.policy, &need.request)) {
        return Err(insufficient());
    }
    if let Some(key) = &attributes.kms_key {
        if key.ends_with(AWS_KEY) {
            return Err(insufficient());
        }
        let (key_arn, key) = find(state, key, &topic_arn.account, &topic_arn.region)?;
        check_usable(&key_arn, key)?;
        let needed = asking.of_their_key(&key_arn.to_string());
        if !needed.iter().all(|need| key.allows(&need.request)) {
            return Err(insufficient());
        }
    }
    Ok(topic_arn.to_string())
}
