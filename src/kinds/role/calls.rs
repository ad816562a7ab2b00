//! The IAM requests that change a role, and which of them lead from one state to another.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{INLINE, Role};
use crate::{
    kinds::Target,
    resource::owner::{self, Tags},
};

/// A request to IAM, with its parameters (API Reference).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "operation", content = "parameters", rename_all_fields = "PascalCase")]
#[expect(missing_docs, reason = "these are AWS's own names")]
pub enum Call {
    CreateRole {
        role_name: String,
        path: String,
        assume_role_policy_document: Value,
        max_session_duration: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        permissions_boundary: Option<String>,
        tags: Tags,
    },
    UpdateAssumeRolePolicy {
        role_name: String,
        policy_document: Value,
    },
    /// What is left out stays: the description is others'.
    UpdateRole {
        role_name: String,
        max_session_duration: u32,
    },
    PutRolePermissionsBoundary {
        role_name: String,
        permissions_boundary: String,
    },
    DeleteRolePermissionsBoundary {
        role_name: String,
    },
    PutRolePolicy {
        role_name: String,
        policy_name: String,
        policy_document: Value,
    },
    DeleteRolePolicy {
        role_name: String,
        policy_name: String,
    },
    AttachRolePolicy {
        role_name: String,
        policy_arn: String,
    },
    DetachRolePolicy {
        role_name: String,
        policy_arn: String,
    },
    TagRole {
        role_name: String,
        tags: Tags,
    },
    UntagRole {
        role_name: String,
        tag_keys: Vec<String>,
    },
    DeleteRole {
        role_name: String,
    },
}

/// Returns the calls that lead from `old` to `new`.
///
/// Policies are added before others are taken away: a trail that uses the role delivers all the time. A role can be deleted
/// only when it has no policies.
pub(super) fn calls(target: &Target<'_>, old: Option<&Role>, new: Option<&Role>) -> Vec<Call> {
    let name = &target.id.name;
    match (old, new) {
        (None, None) => Vec::new(),
        (Some(old), None) => {
            let delete = Call::DeleteRole { role_name: name.clone() };
            removed_policies(name, old, None).into_iter().chain([delete]).collect()
        }
        (None, Some(new)) => [create(name, new)].into_iter().chain(added_policies(name, None, new)).collect(),
        (Some(old), Some(new)) => update(name, old, new),
    }
}

fn create(name: &str, new: &Role) -> Call {
    Call::CreateRole {
        role_name: name.to_owned(),
        path: new.path.clone(),
        assume_role_policy_document: trust(new),
        max_session_duration: new.max_session_seconds,
        permissions_boundary: new.permissions_boundary.clone(),
        tags: owner::with_nonce(&new.tags, new.protect),
    }
}

fn update(name: &str, old: &Role, new: &Role) -> Vec<Call> {
    let Role {
        name: _, // another name is another role
        path: _, // it cannot be changed; the plan refuses
        permissions_boundary,
        max_session_seconds,
        trust: _,            // compared as the document that is sent
        policy: _,           // with the further policies
        inline_policies: _,  // below
        managed_policies: _, // below
        tags: _,             // below
        protect: _,          // a tag
        adopt: _,            // says what the plan may do
    } = new;
    let role_name = || name.to_owned();
    let mut calls = change_tags(name, old, new);
    if trust(old) != trust(new) {
        calls.push(Call::UpdateAssumeRolePolicy { role_name: role_name(), policy_document: trust(new) });
    }
    if old.max_session_seconds != *max_session_seconds {
        let max_session_duration = *max_session_seconds;
        calls.push(Call::UpdateRole { role_name: role_name(), max_session_duration });
    }
    if old.permissions_boundary != *permissions_boundary {
        calls.push(match permissions_boundary.clone() {
            Some(permissions_boundary) => {
                Call::PutRolePermissionsBoundary { role_name: role_name(), permissions_boundary }
            }
            None => Call::DeleteRolePermissionsBoundary { role_name: role_name() },
        });
    }
    calls.extend(added_policies(name, Some(old), new));
    calls.extend(removed_policies(name, old, Some(new)));
    calls
}

/// Returns the trust policy as IAM takes it. It always has the statement that lets CloudTrail in.
fn trust(role: &Role) -> Value {
    role.trust.to_json().unwrap_or_default()
}

/// Returns all inline policies by name, as IAM takes them.
fn inline(role: &Role) -> BTreeMap<&str, Value> {
    let further = role.inline_policies.iter().map(|(name, policy)| (name.as_str(), policy));
    let all = further.chain([(INLINE, &role.policy)]);
    all.filter_map(|(name, policy)| Some((name, policy.to_json()?))).collect()
}

/// Returns the calls that write and attach what `old` does not have.
fn added_policies(name: &str, old: Option<&Role>, new: &Role) -> Vec<Call> {
    let role_name = || name.to_owned();
    let old_inline = old.map(inline).unwrap_or_default();
    let changed = inline(new).into_iter().filter(|(name, document)| old_inline.get(name) != Some(document));
    let put = |(name, policy_document): (&str, Value)| Call::PutRolePolicy {
        role_name: role_name(),
        policy_name: name.to_owned(),
        policy_document,
    };
    let is_new = |arn: &&String| old.is_none_or(|old| !old.managed_policies.contains(*arn));
    let attach = |arn: &String| Call::AttachRolePolicy { role_name: role_name(), policy_arn: arn.clone() };
    let attached = new.managed_policies.iter().filter(is_new).map(attach);
    changed.map(put).chain(attached).collect()
}

/// Returns the calls that detach and delete what `new` does not have.
fn removed_policies(name: &str, old: &Role, new: Option<&Role>) -> Vec<Call> {
    let role_name = || name.to_owned();
    let is_gone = |arn: &&String| new.is_none_or(|new| !new.managed_policies.contains(*arn));
    let detach = |arn: &String| Call::DetachRolePolicy { role_name: role_name(), policy_arn: arn.clone() };
    let new_inline = new.map(inline).unwrap_or_default();
    let gone = inline(old).into_keys().filter(|name| !new_inline.contains_key(name));
    let delete =
        |policy: &str| Call::DeleteRolePolicy { role_name: role_name(), policy_name: policy.to_owned() };
    old.managed_policies.iter().filter(is_gone).map(detach).chain(gone.map(delete)).collect()
}

fn change_tags(name: &str, old: &Role, new: &Role) -> Vec<Call> {
    let role_name = || name.to_owned();
    let remove = |tag_keys| Call::UntagRole { role_name: role_name(), tag_keys };
    let add = |tags| Call::TagRole { role_name: role_name(), tags };
    owner::changes((&old.tags, old.protect), (&new.tags, new.protect), remove, add)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kinds::Resource,
        resource::{Account, Address, region::Region},
    };
    use serde_json::json;

    fn statement(action: &str) -> Value {
        json!({"Effect": "Allow", "Action": action, "Resource": "*"})
    }

    fn role(with: Value) -> Role {
        let mut tree =
            json!({"tags": {"team": "security"}, "trust": {"statements": [statement("sts:AssumeRole")]}});
        tree.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
        let mut role: Role = serde_json::from_value(tree).unwrap();
        role.identify("r", &Region::new("eu-west-1"));
        role.tags.insert(owner::STACK.to_owned(), "s".to_owned());
        role.normalize();
        role
    }

    fn full() -> Role {
        role(json!({
            "path": "/audit/", "permissions_boundary": "arn:b", "max_session_seconds": 7200,
            "policy": {"statements": [statement("logs:PutLogEvents")]},
            "inline_policies": {"more": {"statements": [statement("s3:GetObject")]}, "none": {}},
            "managed_policies": ["arn:m"], "tags": {"a": "b"},
        }))
    }

    fn calls_between(old: Option<Role>, new: Option<Role>) -> Vec<Value> {
        let id = role(json!({})).identify("r", &Region::new("eu-west-1"));
        let outputs = role(json!({})).outputs(&id, &Account::new("111122223333", "aws"));
        let target = Target { id: &id, address: &Address::new("role", "r"), outputs: &outputs };
        let calls = calls(&target, old.as_ref(), new.as_ref());
        calls.iter().map(|call| serde_json::to_value(call).unwrap()).collect()
    }

    fn names(old: Option<Role>, new: Option<Role>) -> Vec<String> {
        calls_between(old, new).iter().map(|call| call["operation"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn a_role_is_made_before_its_policies_and_goes_after_them() {
        let create = calls_between(None, Some(full()));
        assert_eq!(
            names(None, Some(full())),
            ["CreateRole", "PutRolePolicy", "PutRolePolicy", "AttachRolePolicy"]
        );
        let first = &create[0]["parameters"];
        assert_eq!(first["Path"], "/audit/");
        assert_eq!(first["PermissionsBoundary"], "arn:b");
        assert_eq!(first["AssumeRolePolicyDocument"]["Statement"], json!([statement("sts:AssumeRole")]));
        assert_eq!(first["Tags"][owner::NONCE], owner::NONCE_REFERENCE);
        assert_eq!(create[2]["parameters"]["PolicyName"], "trailctl");
        assert_eq!(names(None, Some(role(json!({})))), ["CreateRole"]);
        assert_eq!(
            names(Some(full()), None),
            ["DetachRolePolicy", "DeleteRolePolicy", "DeleteRolePolicy", "DeleteRole"]
        );
        assert_eq!(names(Some(role(json!({}))), None), ["DeleteRole"]);
    }

    #[test]
    fn each_change_has_its_call() {
        let policy = |action: &str| json!({"statements": [statement(action)]});
        for (old, new, want) in [
            (json!({}), json!({}), vec![]),
            (json!({}), json!({"permissions_boundary": "arn:b"}), vec!["PutRolePermissionsBoundary"]),
            (json!({"permissions_boundary": "arn:b"}), json!({}), vec!["DeleteRolePermissionsBoundary"]),
            (json!({}), json!({"max_session_seconds": 7200}), vec!["UpdateRole"]),
            (json!({}), json!({"trust": policy("sts:TagSession")}), vec!["UpdateAssumeRolePolicy"]),
            (json!({}), json!({"policy": policy("a:b")}), vec!["PutRolePolicy"]),
            (json!({"policy": policy("a:b")}), json!({"policy": policy("a:c")}), vec!["PutRolePolicy"]),
            (json!({"policy": policy("a:b")}), json!({}), vec!["DeleteRolePolicy"]),
            (
                json!({"inline_policies": {"x": policy("a:b"), "z": policy("a:b")}}),
                json!({"inline_policies": {"y": policy("a:b"), "z": policy("a:b")}}),
                vec!["PutRolePolicy", "DeleteRolePolicy"],
            ),
            (
                json!({"managed_policies": ["arn:x", "arn:z"]}),
                json!({"managed_policies": ["arn:y", "arn:z"]}),
                vec!["AttachRolePolicy", "DetachRolePolicy"],
            ),
            (json!({}), json!({"tags": {"team": "audit"}}), vec!["TagRole"]),
            (json!({}), json!({"tags": {}}), vec!["UntagRole"]),
            (json!({}), json!({"tags": {"owner": "x"}}), vec!["UntagRole", "TagRole"]),
            (json!({}), json!({"protect": true}), vec!["TagRole"]),
            (json!({}), json!({"adopt": true}), vec![]),
        ] {
            assert_eq!(names(Some(role(old)), Some(role(new.clone()))), want, "{new}");
        }
    }

    #[test]
    fn an_adopted_role_is_marked_before_anything_else() {
        let mut foreign = full();
        foreign.tags.remove(owner::STACK);
        let names = names(Some(foreign), Some(role(json!({}))));
        assert_eq!(names[..2], ["TagRole", "UntagRole"]);
    }

    #[test]
    fn calls_are_read_back_as_they_are_written() {
        let plain = || role(json!({}));
        let other = json!({"trust": {"statements": [statement("sts:TagSession")]}});
        let all = [
            calls_between(None, Some(full())),
            calls_between(Some(plain()), Some(full())),
            calls_between(Some(full()), Some(role(other))),
            calls_between(Some(full()), None),
        ];
        for call in all.concat() {
            let read: Call = serde_json::from_value(call.clone()).unwrap();
            assert_eq!(serde_json::to_value(read).unwrap(), call);
        }
    }
}
