//! The CloudWatch Logs requests that change a log group, and which of them lead from one state to another.

use serde::{Deserialize, Serialize};

use super::LogGroup;
use crate::{
    kinds::Target,
    resource::owner::{self, Tags},
};

/// A request to CloudWatch Logs, with its parameters (API Reference).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "operation", content = "parameters", rename_all_fields = "PascalCase")]
#[expect(missing_docs, reason = "these are AWS's own names")]
pub enum Call {
    CreateLogGroup {
        log_group_name: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kms_key_id: Option<String>,
        log_group_class: String,
        deletion_protection_enabled: bool,
        tags: Tags,
    },
    PutRetentionPolicy {
        log_group_name: String,
        retention_in_days: u32,
    },
    DeleteRetentionPolicy {
        log_group_name: String,
    },
    AssociateKmsKey {
        log_group_name: String,
        kms_key_id: String,
    },
    DisassociateKmsKey {
        log_group_name: String,
    },
    PutLogGroupDeletionProtection {
        log_group_identifier: String,
        deletion_protection_enabled: bool,
    },
    TagResource {
        resource_arn: String,
        tags: Tags,
    },
    UntagResource {
        resource_arn: String,
        tag_keys: Vec<String>,
    },
    DeleteLogGroup {
        log_group_name: String,
    },
}

/// Returns the calls that lead from `old` to `new`.
pub(super) fn calls(target: &Target<'_>, old: Option<&LogGroup>, new: Option<&LogGroup>) -> Vec<Call> {
    let name = &target.id.name;
    match (old, new) {
        (None, None) => Vec::new(),
        (Some(old), None) => delete(name, old),
        (None, Some(new)) => create(name, new),
        (Some(old), Some(new)) => update(name, &target.output("arn"), old, new),
    }
}

/// A log group that is protected by AWS too can be deleted only after that is switched off.
fn delete(name: &str, old: &LogGroup) -> Vec<Call> {
    let unprotect = old.deletion_protection.then(|| protection(name, false));
    unprotect.into_iter().chain([Call::DeleteLogGroup { log_group_name: name.to_owned() }]).collect()
}

fn create(name: &str, new: &LogGroup) -> Vec<Call> {
    let create = Call::CreateLogGroup {
        log_group_name: name.to_owned(),
        kms_key_id: new.kms_key.as_ref().map(|key| key.as_str().to_owned()),
        log_group_class: new.class.as_str().to_owned(),
        deletion_protection_enabled: new.deletion_protection,
        tags: owner::with_nonce(&new.tags, new.protect),
    };
    [create].into_iter().chain(new.retention_days.map(|days| retention(name, Some(days)))).collect()
}

fn update(name: &str, arn: &str, old: &LogGroup, new: &LogGroup) -> Vec<Call> {
    let LogGroup {
        name: _,   // another name is another log group
        region: _, // so is another Region
        retention_days,
        kms_key,
        class: _, // it cannot be changed; the plan refuses
        deletion_protection,
        tags: _,    // below
        protect: _, // a tag
        adopt: _,   // says what the plan may do
    } = new;
    let log_group_name = || name.to_owned();
    let mut calls = change_tags(arn, old, new);
    if old.kms_key != *kms_key {
        calls.push(match kms_key {
            Some(key) => Call::AssociateKmsKey {
                log_group_name: log_group_name(),
                kms_key_id: key.as_str().to_owned(),
            },
            None => Call::DisassociateKmsKey { log_group_name: log_group_name() },
        });
    }
    if old.retention_days != *retention_days {
        calls.push(retention(name, *retention_days));
    }
    if old.deletion_protection != *deletion_protection {
        calls.push(protection(name, *deletion_protection));
    }
    calls
}

fn change_tags(arn: &str, old: &LogGroup, new: &LogGroup) -> Vec<Call> {
    let resource_arn = || arn.to_owned();
    let remove = |tag_keys| Call::UntagResource { resource_arn: resource_arn(), tag_keys };
    let add = |tags| Call::TagResource { resource_arn: resource_arn(), tags };
    owner::changes((&old.tags, old.protect), (&new.tags, new.protect), remove, add)
}

fn retention(name: &str, days: Option<u32>) -> Call {
    let log_group_name = name.to_owned();
    match days {
        Some(retention_in_days) => Call::PutRetentionPolicy { log_group_name, retention_in_days },
        None => Call::DeleteRetentionPolicy { log_group_name },
    }
}

fn protection(name: &str, deletion_protection_enabled: bool) -> Call {
    Call::PutLogGroupDeletionProtection { log_group_identifier: name.to_owned(), deletion_protection_enabled }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kinds::Resource,
        resource::{Account, Address, region::Region},
    };
    use serde_json::{Value, json};

    fn group(with: Value) -> LogGroup {
        let mut tree = json!({"tags": {"team": "security"}});
        tree.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
        let mut group: LogGroup = serde_json::from_value(tree).unwrap();
        group.identify("/audit", &Region::new("eu-west-1"));
        group.tags.entry(owner::STACK.to_owned()).or_insert("s".to_owned());
        group
    }

    fn calls_between(old: Option<LogGroup>, new: Option<LogGroup>) -> Vec<Value> {
        let id = group(json!({})).identify("/audit", &Region::new("eu-west-1"));
        let outputs = group(json!({})).outputs(&id, &Account::new("111122223333", "aws"));
        let target = Target { id: &id, address: &Address::new("log_group", "/audit"), outputs: &outputs };
        let calls = calls(&target, old.as_ref(), new.as_ref());
        calls.iter().map(|call| serde_json::to_value(call).unwrap()).collect()
    }

    fn names(old: Option<LogGroup>, new: Option<LogGroup>) -> Vec<String> {
        calls_between(old, new).iter().map(|call| call["operation"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn a_log_group_is_created_marked_and_unprotected_before_it_is_deleted() {
        let kept = group(json!({"retention_days": 365, "deletion_protection": true}));
        assert_eq!(names(None, Some(group(json!({})))), ["CreateLogGroup"]);
        let create = calls_between(None, Some(kept.clone()));
        assert_eq!(create[0]["parameters"]["Tags"][owner::NONCE], owner::NONCE_REFERENCE);
        assert_eq!(create[0]["parameters"]["DeletionProtectionEnabled"], true);
        assert_eq!(
            create[1],
            json!({"operation": "PutRetentionPolicy",
                "parameters": {"LogGroupName": "/audit", "RetentionInDays": 365}})
        );
        assert_eq!(names(Some(group(json!({}))), None), ["DeleteLogGroup"]);
        assert_eq!(names(Some(kept), None), ["PutLogGroupDeletionProtection", "DeleteLogGroup"]);
    }

    #[test]
    fn each_change_has_its_call() {
        let full = json!({"retention_days": 30, "kms_key": "arn:k", "deletion_protection": true});
        for (old, new, want) in [
            (json!({}), json!({}), vec![]),
            (json!({}), json!({"retention_days": 30}), vec!["PutRetentionPolicy"]),
            (json!({}), json!({"kms_key": "arn:k"}), vec!["AssociateKmsKey"]),
            (json!({}), json!({"deletion_protection": true}), vec!["PutLogGroupDeletionProtection"]),
            (json!({}), json!({"tags": {"team": "audit"}}), vec!["TagResource"]),
            (json!({}), json!({"tags": {}}), vec!["UntagResource"]),
            (json!({}), json!({"tags": {"owner": "x"}}), vec!["UntagResource", "TagResource"]),
            (json!({}), json!({"protect": true}), vec!["TagResource"]),
            (json!({}), json!({"adopt": true}), vec![]),
            (
                full,
                json!({}),
                vec!["DisassociateKmsKey", "DeleteRetentionPolicy", "PutLogGroupDeletionProtection"],
            ),
        ] {
            assert_eq!(names(Some(group(old)), Some(group(new.clone()))), want, "{new}");
        }
    }

    #[test]
    fn an_adopted_log_group_is_marked_first_by_its_arn_without_a_star() {
        let mut foreign = group(json!({"tags": {"old": "x"}, "retention_days": 7}));
        foreign.tags.remove(owner::STACK);
        let calls = calls_between(Some(foreign), Some(group(json!({}))));
        assert_eq!(calls[0]["operation"], "TagResource");
        let arn = "arn:aws:logs:eu-west-1:111122223333:log-group:/audit";
        assert_eq!(calls[0]["parameters"]["ResourceArn"], arn);
        assert_eq!(
            calls[1],
            json!({"operation": "UntagResource", "parameters": {"ResourceArn": arn, "TagKeys": ["old"]}})
        );
        assert_eq!(calls[2]["operation"], "DeleteRetentionPolicy");
    }

    #[test]
    fn calls_are_read_back_as_they_are_written() {
        let full = group(json!({"retention_days": 30, "kms_key": "arn:k", "deletion_protection": true,
            "tags": {"a": "b"}}));
        let plain = || group(json!({}));
        let all = [
            calls_between(None, Some(full.clone())),
            calls_between(Some(plain()), Some(full.clone())),
            calls_between(Some(full.clone()), Some(plain())),
            calls_between(Some(full), None),
        ];
        for call in all.concat() {
            let read: Call = serde_json::from_value(call.clone()).unwrap();
            assert_eq!(serde_json::to_value(read).unwrap(), call);
        }
    }
}
