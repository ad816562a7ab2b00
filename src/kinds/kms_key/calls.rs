//! The KMS requests that change a key, and which of them lead from one state to another.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    ALIAS_TARGET, KmsKey, alias,
    settings::{Rotation, State},
};
use crate::{
    kinds::Target,
    resource::owner::{self, Tags},
};

/// A request to KMS, with its parameters (API Reference).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "operation", content = "parameters", rename_all_fields = "PascalCase")]
#[expect(missing_docs, reason = "these are AWS's own names")]
pub enum Call {
    CreateKey {
        description: String,
        multi_region: bool,
        policy: Value,
        tags: Vec<Tag>,
    },
    CreateAlias {
        alias_name: String,
        target_key_id: String,
    },
    /// The alias points to another key.
    UpdateAlias {
        alias_name: String,
        target_key_id: String,
    },
    DeleteAlias {
        alias_name: String,
    },
    TagResource {
        key_id: String,
        tags: Vec<Tag>,
    },
    UntagResource {
        key_id: String,
        tag_keys: Vec<String>,
    },
    UpdateKeyDescription {
        key_id: String,
        description: String,
    },
    EnableKey {
        key_id: String,
    },
    DisableKey {
        key_id: String,
    },
    EnableKeyRotation {
        key_id: String,
        rotation_period_in_days: u32,
    },
    DisableKeyRotation {
        key_id: String,
    },
    PutKeyPolicy {
        key_id: String,
        policy: Value,
    },
    /// The key comes back disabled.
    CancelKeyDeletion {
        key_id: String,
    },
    ScheduleKeyDeletion {
        key_id: String,
        pending_window_in_days: u32,
    },
}

/// One tag.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "these are AWS's own names")]
pub struct Tag {
    pub tag_key: String,
    pub tag_value: String,
}

/// Returns the calls that lead from `old` to `new`.
///
/// All calls but the first name the key by its id, which KMS tells when the key is created. A key that is to be deleted can
/// have nothing done to it before that is taken back, and one that is disabled cannot have its rotation changed: it is enabled
/// first and disabled last.
pub(super) fn calls(target: &Target<'_>, old: Option<&KmsKey>, new: Option<&KmsKey>) -> Vec<Call> {
    let key_id = target.output("key_id");
    match (old, new) {
        (None, None) => Vec::new(),
        (Some(old), None) => delete(key_id, old),
        (None, Some(new)) => create(target, &key_id, new),
        (Some(old), Some(new)) => update(target, &key_id, old, new),
    }
}

fn create(target: &Target<'_>, key_id: &str, new: &KmsKey) -> Vec<Call> {
    let KmsKey {
        name: _,                 // the alias
        region: _,               // whose endpoint is asked
        deletion_window_days: _, // a parameter of the deletion
        admins: _,               // a statement of the policy
        readers: _,              // a statement of the policy
        adopt: _,                // says what the plan may do
        description,
        rotation,
        multi_region,
        enabled,
        policy,
        tags,
        protect,
    } = new;
    let mut calls = vec![
        Call::CreateKey {
            description: description.clone(),
            multi_region: *multi_region,
            policy: policy.to_json().unwrap_or_default(),
            tags: list(owner::with_nonce(tags, *protect)),
        },
        point_alias(target, key_id),
    ];
    // A new key does not rotate.
    if rotation.0.is_some() {
        calls.push(rotate(key_id, *rotation));
    }
    if *enabled != State::Enabled {
        calls.push(Call::DisableKey { key_id: key_id.to_owned() });
    }
    calls
}

fn update(target: &Target<'_>, key_id: &str, old: &KmsKey, new: &KmsKey) -> Vec<Call> {
    let KmsKey {
        name: old_name,
        region: _,               // a key cannot be moved; the plan refuses
        multi_region: _,         // it stays as it is; the plan refuses
        deletion_window_days: _, // a parameter of the deletion
        admins: _,               // a statement of the policy
        readers: _,              // a statement of the policy
        adopt: _,                // says what the plan may do
        description,
        rotation,
        enabled,
        policy,
        tags: _,    // TagResource, UntagResource
        protect: _, // a tag
    } = old;
    let key = || key_id.to_owned();
    let is_enabled = new.enabled == State::Enabled;
    let mut calls = Vec::new();
    if *enabled == State::PendingDeletion {
        calls.push(Call::CancelKeyDeletion { key_id: key() });
    }
    calls.extend(change_tags(key_id, old, new));
    if is_enabled && *enabled != State::Enabled {
        calls.push(Call::EnableKey { key_id: key() });
    }
    if old_name.as_ref() != Some(&target.id.name) {
        calls.push(point_alias(target, key_id));
        calls.extend(old_name.as_ref().map(|old| Call::DeleteAlias { alias_name: alias(old) }));
    }
    if *description != new.description {
        calls.push(Call::UpdateKeyDescription { key_id: key(), description: new.description.clone() });
    }
    // While a key waits for its deletion, its rotation does not show; it comes back with the key.
    let is_hidden = *enabled == State::PendingDeletion && !is_enabled;
    if *rotation != new.rotation && !is_hidden {
        calls.push(rotate(key_id, new.rotation));
    }
    if *policy != new.policy {
        calls.extend(new.policy.to_json().map(|policy| Call::PutKeyPolicy { key_id: key(), policy }));
    }
    if !is_enabled && *enabled == State::Enabled {
        calls.push(Call::DisableKey { key_id: key() });
    }
    calls
}

/// The alias goes first: the name is free at once. A key that waits for its deletion already is left to it.
fn delete(key_id: String, old: &KmsKey) -> Vec<Call> {
    let delete_alias = old.name.as_ref().map(|name| Call::DeleteAlias { alias_name: alias(name) });
    let pending_window_in_days = old.deletion_window_days;
    let schedule = (old.enabled != State::PendingDeletion)
        .then_some(Call::ScheduleKeyDeletion { key_id, pending_window_in_days });
    delete_alias.into_iter().chain(schedule).collect()
}

fn change_tags(key_id: &str, old: &KmsKey, new: &KmsKey) -> Vec<Call> {
    let key_id = || key_id.to_owned();
    let remove = |tag_keys| Call::UntagResource { key_id: key_id(), tag_keys };
    let add = |tags| Call::TagResource { key_id: key_id(), tags: list(tags) };
    owner::changes((&old.tags, old.protect), (&new.tags, new.protect), remove, add)
}

/// An alias that points to another key is moved: it is never missing.
fn point_alias(target: &Target<'_>, key_id: &str) -> Call {
    let (alias_name, target_key_id) = (alias(&target.id.name), key_id.to_owned());
    match target.outputs.contains_key(ALIAS_TARGET) {
        true => Call::UpdateAlias { alias_name, target_key_id },
        false => Call::CreateAlias { alias_name, target_key_id },
    }
}

fn rotate(key_id: &str, rotation: Rotation) -> Call {
    let key_id = key_id.to_owned();
    match rotation.0 {
        Some(rotation_period_in_days) => Call::EnableKeyRotation { key_id, rotation_period_in_days },
        None => Call::DisableKeyRotation { key_id },
    }
}

fn list(tags: Tags) -> Vec<Tag> {
    tags.into_iter().map(|(tag_key, tag_value)| Tag { tag_key, tag_value }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kinds::Resource,
        resource::{Address, Outputs, region::Region},
    };
    use serde_json::json;

    fn key(with: &Value) -> KmsKey {
        let statements =
            json!([{"Sid": "A", "Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}]);
        let mut tree = json!({"tags": {"team": "security"}, "policy": {"statements": statements}});
        tree.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
        // A live key may have no alias.
        let has_alias = tree["name"] != "";
        let mut key: KmsKey = serde_json::from_value(tree).unwrap();
        key.identify("audit", &Region::new("eu-west-1"));
        key.name = key.name.filter(|_| has_alias);
        if !key.adopt {
            key.tags.insert(owner::STACK.to_owned(), "s".to_owned());
        }
        key.normalize();
        key
    }

    fn between(old: Option<&Value>, new: Option<&Value>) -> Vec<Value> {
        let id = key(new.unwrap_or(&json!({}))).identify("audit", &Region::new("eu-west-1"));
        let known = Outputs::from([("key_id".to_owned(), "1234".to_owned())]);
        let outputs = if old.is_some() { known } else { Outputs::new() };
        let target = Target { id: &id, address: &Address::new("kms_key", "audit"), outputs: &outputs };
        let calls = calls(&target, old.map(key).as_ref(), new.map(key).as_ref());
        calls.iter().map(|call| serde_json::to_value(call).unwrap()).collect()
    }

    fn names(old: Option<&Value>, new: Option<&Value>) -> Vec<String> {
        between(old, new).iter().map(|call| call["operation"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn a_new_key_gets_its_alias_at_once() {
        let create = |new: Value| names(None, Some(&new));
        assert_eq!(create(json!({})), ["CreateKey", "CreateAlias", "EnableKeyRotation"]);
        assert_eq!(
            create(json!({"enabled": false})),
            ["CreateKey", "CreateAlias", "EnableKeyRotation", "DisableKey"]
        );
        assert_eq!(create(json!({"rotation": false})), ["CreateKey", "CreateAlias"]);
    }

    #[test]
    fn each_change_has_its_call() {
        let (off, gone) =
            (json!({"enabled": false}), json!({"enabled": "(pending deletion)", "rotation": false}));
        for (old, new, want) in [
            (json!({}), json!({}), vec![]),
            (json!({}), json!({"deletion_window_days": 30}), vec![]),
            (json!({}), json!({"description": "x"}), vec!["UpdateKeyDescription"]),
            (json!({}), json!({"rotation": false}), vec!["DisableKeyRotation"]),
            (json!({}), json!({"rotation": {"days": 90}}), vec!["EnableKeyRotation"]),
            (json!({}), json!({"rotation": {"days": 365}}), vec![]),
            (json!({"rotation": false}), json!({}), vec!["EnableKeyRotation"]),
            (json!({}), off.clone(), vec!["DisableKey"]),
            (
                json!({}),
                json!({"enabled": false, "rotation": false}),
                vec!["DisableKeyRotation", "DisableKey"],
            ),
            (off.clone(), json!({}), vec!["EnableKey"]),
            (off.clone(), json!({"rotation": {"days": 90}}), vec!["EnableKey", "EnableKeyRotation"]),
            (gone.clone(), json!({}), vec!["CancelKeyDeletion", "EnableKey", "EnableKeyRotation"]),
            (gone.clone(), off, vec!["CancelKeyDeletion"]),
            (
                gone,
                json!({"tags": {}}),
                vec!["CancelKeyDeletion", "UntagResource", "EnableKey", "EnableKeyRotation"],
            ),
            (json!({}), json!({"policy": {"statements": [{"Sid": "B"}]}}), vec!["PutKeyPolicy"]),
            (json!({}), json!({"name": "other"}), vec!["CreateAlias", "DeleteAlias"]),
            (json!({"name": ""}), json!({}), vec!["CreateAlias"]),
            (json!({}), json!({"tags": {"team": "audit"}}), vec!["TagResource"]),
            (json!({}), json!({"tags": {}}), vec!["UntagResource"]),
            (json!({}), json!({"tags": {"owner": "x"}}), vec!["UntagResource", "TagResource"]),
            (json!({}), json!({"protect": false}), vec!["TagResource"]),
            (json!({"adopt": true, "tags": {"a": "b"}}), json!({}), vec!["TagResource", "UntagResource"]),
        ] {
            assert_eq!(names(Some(&old), Some(&new)), want, "{old} -> {new}");
        }
    }

    #[test]
    fn a_key_goes_after_its_alias_and_once() {
        let gone = json!({"enabled": "(pending deletion)"});
        assert_eq!(names(Some(&json!({})), None), ["DeleteAlias", "ScheduleKeyDeletion"]);
        assert_eq!(names(Some(&json!({"name": ""})), None), ["ScheduleKeyDeletion"]);
        assert_eq!(names(Some(&gone), None), ["DeleteAlias"]);
        let delete = &between(Some(&json!({"deletion_window_days": 7})), None)[1]["parameters"];
        assert_eq!(*delete, json!({"KeyId": "1234", "PendingWindowInDays": 7}));
    }

    #[test]
    fn a_new_name_is_a_new_alias_of_the_same_key() {
        let calls = between(Some(&json!({})), Some(&json!({"name": "other"})));
        assert_eq!(calls[0]["parameters"], json!({"AliasName": "alias/other", "TargetKeyId": "1234"}));
        assert_eq!(calls[1]["parameters"], json!({"AliasName": "alias/audit"}));
    }

    #[test]
    fn calls_are_written_as_aws_names_them_and_read_back() {
        let calls = between(None, Some(&json!({"description": "d", "rotation": {"days": 90}})));
        let created = &calls[0]["parameters"];
        assert_eq!(created["Description"], "d");
        assert_eq!(created["MultiRegion"], false);
        assert_eq!(created["Policy"]["Statement"][0]["Sid"], "A");
        let nonce = json!({"TagKey": owner::NONCE, "TagValue": owner::NONCE_REFERENCE});
        assert!(created["Tags"].as_array().unwrap().contains(&nonce));
        // What KMS has to tell first is a reference.
        let id = "${kms_key.audit.key_id}";
        assert_eq!(calls[1]["parameters"], json!({"AliasName": "alias/audit", "TargetKeyId": id}));
        assert_eq!(calls[2]["parameters"], json!({"KeyId": id, "RotationPeriodInDays": 90}));
        let changed = json!({"name": "other", "description": "d", "rotation": false, "enabled": false,
            "policy": {"statements": [{"Sid": "B"}]}, "tags": {"owner": "x"}});
        let gone = json!({"enabled": "(pending deletion)"});
        for (old, new) in [
            (None, Some(&changed)),
            (Some(&json!({})), Some(&changed)),
            (Some(&gone), Some(&json!({"description": "d"}))),
            (Some(&changed), None),
        ] {
            for call in between(old, new) {
                let read: Call = serde_json::from_value(call.clone()).unwrap();
                assert_eq!(serde_json::to_value(read).unwrap(), call);
            }
        }
    }
}
