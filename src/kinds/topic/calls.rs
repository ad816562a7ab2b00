//! The SNS requests that change a topic, and which of them lead from one state to another.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Topic;
use crate::{
    kinds::Target,
    resource::{
        Reference,
        owner::{self, Tags},
    },
};

/// A request to SNS, with its parameters (API Reference).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "operation", content = "parameters", rename_all_fields = "PascalCase")]
#[expect(missing_docs, reason = "these are AWS's own names")]
pub enum Call {
    CreateTopic {
        name: String,
        attributes: Attributes,
        tags: Vec<Tag>,
    },
    TagResource {
        resource_arn: String,
        tags: Vec<Tag>,
    },
    UntagResource {
        resource_arn: String,
        tag_keys: Vec<String>,
    },
    /// AWS takes the value as text, also that of a policy.
    SetTopicAttributes {
        topic_arn: String,
        attribute_name: String,
        attribute_value: Value,
    },
    DeleteTopic {
        topic_arn: String,
    },
}

/// The attributes of a new topic.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "these are AWS's own names")]
pub struct Attributes {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kms_master_key_id: Option<String>,
}

/// One tag.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "these are AWS's own names")]
pub struct Tag {
    pub key: String,
    pub value: String,
}

/// Returns the calls that lead from `old` to `new`. A topic that is to be encrypted is so before others may publish to it.
pub(super) fn calls(target: &Target<'_>, old: Option<&Topic>, new: Option<&Topic>) -> Vec<Call> {
    let topic_arn = target.output("arn");
    match (old, new) {
        (None, None) => Vec::new(),
        (Some(_), None) => vec![Call::DeleteTopic { topic_arn }],
        (None, Some(new)) => vec![create(&target.id.name, new)],
        (Some(old), Some(new)) => update(&topic_arn, old, new),
    }
}

fn create(name: &str, new: &Topic) -> Call {
    let Topic {
        name: _,   // the target's
        region: _, // whose endpoint is asked
        adopt: _,  // says what the plan may do
        kms_key,
        policy,
        tags,
        protect,
    } = new;
    let kms_master_key_id = kms_key.as_ref().map(|key| key.as_str().to_owned());
    Call::CreateTopic {
        name: name.to_owned(),
        attributes: Attributes { policy: policy.to_json(), kms_master_key_id },
        tags: list(owner::with_nonce(tags, *protect)),
    }
}

fn update(topic_arn: &str, old: &Topic, new: &Topic) -> Vec<Call> {
    let Topic {
        name: _,    // another name is another topic
        region: _,  // so is another Region
        tags: _,    // TagResource, UntagResource
        protect: _, // a tag
        adopt: _,   // says what the plan may do
        kms_key,
        policy,
    } = old;
    let set = |name: &str, attribute_value| Call::SetTopicAttributes {
        topic_arn: topic_arn.to_owned(),
        attribute_name: name.to_owned(),
        attribute_value,
    };
    let mut calls = change_tags(topic_arn, old, new);
    if *kms_key != new.kms_key {
        // The empty text takes the encryption away.
        let key = new.kms_key.as_ref().map_or("", Reference::as_str);
        calls.push(set("KmsMasterKeyId", Value::from(key)));
    }
    if *policy != new.policy {
        // The empty text brings the default policy back.
        calls.push(set("Policy", new.policy.to_json().unwrap_or_else(|| Value::from(""))));
    }
    calls
}

fn change_tags(topic_arn: &str, old: &Topic, new: &Topic) -> Vec<Call> {
    let resource_arn = || topic_arn.to_owned();
    let remove = |tag_keys| Call::UntagResource { resource_arn: resource_arn(), tag_keys };
    let add = |tags| Call::TagResource { resource_arn: resource_arn(), tags: list(tags) };
    owner::changes((&old.tags, old.protect), (&new.tags, new.protect), remove, add)
}

fn list(tags: Tags) -> Vec<Tag> {
    tags.into_iter().map(|(key, value)| Tag { key, value }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kinds::Resource,
        resource::{Account, Address, region::Region},
    };
    use serde_json::json;

    const ARN: &str = "arn:aws:sns:eu-west-1:111122223333:told";

    fn topic(with: &Value) -> Topic {
        let statements = json!([{"Sid": "A", "Effect": "Allow", "Principal": "*", "Action": "SNS:Publish", "Resource": ARN}]);
        let mut tree = json!({"tags": {"team": "security"}, "policy": {"statements": statements}});
        tree.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
        let mut topic: Topic = serde_json::from_value(tree).unwrap();
        topic.identify("told", &Region::new("eu-west-1"));
        if !topic.adopt {
            topic.tags.insert(owner::STACK.to_owned(), "s".to_owned());
        }
        topic.normalize();
        topic
    }

    fn between(old: Option<&Value>, new: Option<&Value>) -> Vec<Value> {
        let id = topic(&json!({})).identify("told", &Region::new("eu-west-1"));
        let outputs = topic(&json!({})).outputs(&id, &Account::new("111122223333", "aws"));
        let target = Target { id: &id, address: &Address::new("topic", "told"), outputs: &outputs };
        let calls = calls(&target, old.map(topic).as_ref(), new.map(topic).as_ref());
        calls.iter().map(|call| serde_json::to_value(call).unwrap()).collect()
    }

    fn names(old: Option<&Value>, new: Option<&Value>) -> Vec<String> {
        between(old, new).iter().map(|call| call["operation"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn each_change_has_its_call() {
        for (new, want) in [
            (json!({}), vec![]),
            (json!({"kms_key": "arn:k"}), vec!["SetTopicAttributes"]),
            (json!({"policy": {}}), vec!["SetTopicAttributes"]),
            (json!({"tags": {"team": "audit"}}), vec!["TagResource"]),
            (json!({"tags": {}}), vec!["UntagResource"]),
            (json!({"tags": {"owner": "x"}}), vec!["UntagResource", "TagResource"]),
            (json!({"protect": true}), vec!["TagResource"]),
        ] {
            assert_eq!(names(Some(&json!({})), Some(&new)), want, "{new}");
        }
        assert_eq!(names(None, Some(&json!({"kms_key": "arn:k"}))), ["CreateTopic"]);
        assert_eq!(names(Some(&json!({})), None), ["DeleteTopic"]);
        let foreign = json!({"adopt": true, "tags": {"other": "x"}});
        assert_eq!(names(Some(&foreign), Some(&json!({}))), ["TagResource", "UntagResource"]);
    }

    #[test]
    fn a_key_that_is_left_out_is_cleared() {
        let calls = between(Some(&json!({"kms_key": "arn:k"})), Some(&json!({})));
        let parameters = json!({"TopicArn": ARN, "AttributeName": "KmsMasterKeyId", "AttributeValue": ""});
        assert_eq!(calls, [json!({"operation": "SetTopicAttributes", "parameters": parameters})]);
    }

    #[test]
    fn calls_are_written_as_aws_names_them_and_read_back() {
        let created = &between(None, Some(&json!({"kms_key": "arn:k"})))[0]["parameters"];
        assert_eq!(created["Name"], "told");
        assert_eq!(created["Attributes"]["KmsMasterKeyId"], "arn:k");
        assert_eq!(created["Attributes"]["Policy"]["Statement"][0]["Sid"], "A");
        let nonce = json!({"Key": owner::NONCE, "Value": owner::NONCE_REFERENCE});
        assert!(created["Tags"].as_array().unwrap().contains(&nonce));
        let changed = json!({"tags": {"owner": "x"}, "policy": {}, "kms_key": "arn:k"});
        for (old, new) in [(None, Some(&changed)), (Some(&json!({})), Some(&changed)), (Some(&changed), None)]
        {
            for call in between(old, new) {
                let read: Call = serde_json::from_value(call.clone()).unwrap();
                assert_eq!(serde_json::to_value(read).unwrap(), call);
            }
        }
    }
}
