//! GetTopicAttributes, SetTopicAttributes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::find::{TOPIC, TopicArn, to_change, to_read};
use super::invalid;
use crate::policy::grammar::{Grammar, Of};
use crate::sandbox::identity::partition;
use crate::sandbox::store::State;
use crate::sandbox::wire::query::{Params, answer, done};
use crate::sandbox::wire::{Call, Outcome, Refusal};

const MAX_POLICY: usize = 30 * 1024;
const MAX_DISPLAY_NAME: usize = 100;

/// The attributes that can be set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Attributes {
    /// The policy, as it was given.
    pub(crate) policy: String,
    /// The key, in any spelling.
    pub(crate) kms_key: Option<String>,
    display_name: String,
    is_fifo: bool,
    content_based_deduplication: bool,
}

impl Attributes {
    /// The attributes of a new topic.
    pub(super) fn of_new(arn: &TopicArn) -> Self {
        Self {
            policy: default_policy(arn),
            kms_key: None,
            display_name: String::new(),
            is_fifo: false,
            content_based_deduplication: false,
        }
    }

    /// Changes one attribute. `FifoTopic` can be set only when a topic is made.
    pub(super) fn set(&mut self, arn: &TopicArn, name: &str, value: &str) -> Result<(), Refusal> {
        match name {
            "Policy" if value.is_empty() => self.policy = default_policy(arn),
            "Policy" => {
                check_policy(arn, value)?;
                self.policy = value.to_owned();
            }
            "KmsMasterKeyId" => self.kms_key = Some(value.to_owned()).filter(|key| !key.is_empty()),
            "DisplayName" if value.chars().count() <= MAX_DISPLAY_NAME => {
                self.display_name = value.to_owned();
            }
            "FifoTopic" if arn.name.ends_with(".fifo") => self.is_fifo = flag(value)?,
            "ContentBasedDeduplication" if self.is_fifo => self.content_based_deduplication = flag(value)?,
            _ => return Err(invalid(format!("{name} cannot be {value}"))),
        }
        Ok(())
    }

    /// Whether a topic is one whose name says so.
    pub(super) fn check_fifo(&self, arn: &TopicArn) -> Result<(), Refusal> {
        if self.is_fifo == arn.name.ends_with(".fifo") {
            return Ok(());
        }
        Err(invalid("Topic Name: a FIFO topic and no other has a name that ends with .fifo"))
    }

    /// Returns the value of one attribute.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        match name {
            "Policy" => Some(self.policy.clone()),
            "KmsMasterKeyId" => self.kms_key.clone(),
            "DisplayName" => Some(self.display_name.clone()),
            "FifoTopic" => self.is_fifo.then(|| "true".to_owned()),
            "ContentBasedDeduplication" => self.is_fifo.then(|| self.content_based_deduplication.to_string()),
            _ => None,
        }
    }
}

pub(super) fn get_topic_attributes(state: &State, call: &Call<'_>) -> Outcome {
    let (arn, topic) = to_read(state, call, &params(call, &["TopicArn"])?, TOPIC)?;
    let mut shown = BTreeMap::from([
        ("TopicArn", arn.to_string()),
        ("Owner", arn.account.clone()),
        ("SubscriptionsConfirmed", topic.confirmed().to_string()),
        ("SubscriptionsPending", (topic.subscriptions.len() - topic.confirmed()).to_string()),
        ("SubscriptionsDeleted", "0".to_owned()),
    ]);
    for name in ["Policy", "KmsMasterKeyId", "DisplayName", "FifoTopic", "ContentBasedDeduplication"] {
        shown.extend(topic.attributes.get(name).map(|value| (name, value)));
    }
    Ok(answer("GetTopicAttributes", |xml| {
        xml.child("Attributes", |xml| {
            xml.each("entry", shown, |xml, (name, value)| xml.text("key", name).text("value", value))
        })
    }))
}

pub(super) fn set_topic_attributes(state: &mut State, call: &Call<'_>) -> Outcome {
    let params = params(call, &["TopicArn", "AttributeName", "AttributeValue"])?;
    let (arn, topic) = to_change(state, call, &params, TOPIC)?;
    let name = params.required("AttributeName")?;
    if name == "FifoTopic" {
        return Err(invalid("AttributeName"));
    }
    topic.attributes.set(&arn, name, params.get("AttributeValue").unwrap_or_default())?;
    Ok(done("SetTopicAttributes"))
}

pub(super) fn params(call: &Call<'_>, known: &[&str]) -> Result<Params, Refusal> {
    Params::read(call, "InvalidParameter", known)
}

fn flag(value: &str) -> Result<bool, Refusal> {
    value.parse().map_err(|_| invalid("a flag is true or false"))
}

fn check_policy(arn: &TopicArn, policy: &str) -> Result<(), Refusal> {
    if policy.len() > MAX_POLICY {
        return Err(invalid(format!("Policy has up to {MAX_POLICY} bytes")));
    }
    let of = Of::Topic { region: Some(&arn.region), account: Some(&arn.account), name: &arn.name };
    let grammar = Grammar { of, partition: Some(partition(&arn.region)) };
    grammar.refusal(policy).map_or(Ok(()), |fault| Err(invalid(format!("Policy Error: {fault}"))))
}

/// The policy that lets the owner do everything.
fn default_policy(arn: &TopicArn) -> String {
    json!({
        "Version": "2008-10-17",
        "Id": "__default_policy_ID",
        "Statement": [{
            "Sid": "__default_statement_ID",
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": [
                "SNS:GetTopicAttributes",
                "SNS:SetTopicAttributes",
                "SNS:AddPermission",
                "SNS:RemovePermission",
                "SNS:DeleteTopic",
                "SNS:Subscribe",
                "SNS:ListSubscriptionsByTopic",
                "SNS:Publish",
            ],
            "Resource": arn.to_string(),
            "Condition": {"StringEquals": {"AWS:SourceOwner": arn.account}},
        }],
    })
    .to_string()
}
