//! Who still uses a key while the spec's trails and log groups move to another one.

use serde_json::Value;

use super::policy::{OF_LOG_GROUP, SOURCE, Users};
use crate::{
    kinds::{Resource as _, trail::Trail},
    policy::document::sid,
    resource::{Live, Observed, Reference},
};

/// Returns the users that the stack has alive and that `want` does not let in.
pub(super) fn users(key: &str, want: &[Value], stack: &str, live: &Live) -> Users {
    let of_kind = |kind: &'static str| {
        live.iter().filter(move |(id, seen)| id.kind == kind && seen.owner.is(stack)).map(|(_, seen)| seen)
    };
    let is_granted = |name: &str, key: &str, arn: &str| {
        want.iter().filter(|one| is_named(one, &sid(stack, name))).any(|one| names(one, key, arn))
    };
    let encrypts = |seen: &Observed, path: &str| seen.attrs.pointer(path) == Some(&Value::from(key));
    let mut users = Users::default();
    for seen in of_kind(Trail::KIND) {
        let Ok(trail) = serde_json::from_value::<Trail>(seen.attrs.clone()) else { continue };
        let Some(arn) = seen.outputs.get("arn") else { continue };
        let used = trail.kms_key.as_ref().map(Reference::as_str);
        if used == Some(key) && !is_granted("Encrypt", SOURCE, arn) {
            users.encrypting.insert(arn.clone());
        }
        let is_bucket =
            |seen: &Observed| seen.outputs.get("name").is_some_and(|n| n == trail.bucket.as_str());
        let by_bucket = used.is_none()
            && of_kind("bucket").any(|one| is_bucket(one) && encrypts(one, "/encryption/kms_key"));
        let topic = trail.topic.as_ref().map(Reference::as_str);
        let is_topic =
            |seen: &Observed| topic.is_some() && seen.outputs.get("arn").map(String::as_str) == topic;
        let by_topic = of_kind("topic").any(|one| is_topic(one) && encrypts(one, "/kms_key"));
        if (by_bucket || by_topic) && !is_granted("Deliver", SOURCE, arn) {
            users.delivering.insert(arn.clone());
        }
    }
    let log_groups = live.iter().filter(|(id, seen)| id.kind == "log_group" && seen.owner.is(stack));
    for (id, seen) in log_groups.filter(|(_, seen)| encrypts(seen, "/kms_key")) {
        let Some(arn) = seen.outputs.get("arn").map(|arn| arn.trim_end_matches(":*")) else { continue };
        if !is_granted("Logs", OF_LOG_GROUP, arn) {
            users.log_groups.entry(id.region.clone()).or_default().insert(arn.to_owned());
        }
    }
    users
}

/// Returns whether a statement has this name; a number may follow it.
fn is_named(statement: &Value, name: &str) -> bool {
    let rest = statement["Sid"].as_str().and_then(|sid| sid.strip_prefix(name));
    rest.is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()))
}

/// Returns whether a statement is bound to an ARN, by this condition key.
fn names(statement: &Value, key: &str, arn: &str) -> bool {
    let operators = statement["Condition"].as_object().into_iter().flat_map(|operators| operators.values());
    operators.map(|keys| &keys[key]).any(|value| match value {
        Value::Array(all) => all.iter().any(|one| one == arn),
        one => one == arn,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kinds::kms_key::KmsKey,
        resource::{
            Account, Outputs, ResourceId,
            owner::{self, Owner},
            region::Region,
        },
    };
    use serde_json::json;

    const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1";

    fn id(kind: &str, name: &str) -> ResourceId {
        ResourceId { kind: kind.to_owned(), region: Region::new("us-east-1"), name: name.to_owned() }
    }

    fn arn(name: &str) -> String {
        format!("arn:aws:cloudtrail:us-east-1:111122223333:trail/{name}")
    }

    fn seen(kind: &str, name: &str, arn: &str, attrs: Value) -> (ResourceId, Observed) {
        let outputs =
            Outputs::from([("arn".to_owned(), arn.to_owned()), ("name".to_owned(), name.to_owned())]);
        let owner = Owner::Stack { stack: "s".to_owned(), resource: Some("audit".to_owned()), nonce: None };
        (id(kind, name), Observed { attrs, outputs, owner, holds_data: false, beside: Vec::new() })
    }

    fn live() -> Live {
        [
            seen("kms_key", "audit", KEY, json!({})),
            seen("trail", "own", &arn("own"), json!({"bucket": "b", "kms_key": KEY})),
            seen("trail", "by-bucket", &arn("by-bucket"), json!({"bucket": "coded"})),
            seen("trail", "by-topic", &arn("by-topic"), json!({"bucket": "b", "topic": "arn:told"})),
            seen("trail", "other", &arn("other"), json!({"bucket": "coded", "kms_key": "arn:other"})),
            seen("bucket", "coded", "arn:coded", json!({"encryption": {"kms_key": KEY}})),
            seen("topic", "told", "arn:told", json!({"kms_key": KEY})),
            seen("log_group", "/a", "arn:logs:/a:*", json!({"kms_key": KEY})),
        ]
        .into()
    }

    fn bridged(statements: &[Value], live: &Live) -> Option<Vec<String>> {
        let mut want: KmsKey = serde_json::from_value(json!({"policy": {"statements": statements}})).unwrap();
        want.tags = [(owner::STACK, "s"), (owner::RESOURCE, "audit")]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into();
        let both = want.bridge(&id("kms_key", "audit"), &Account::new("111122223333", "aws"), live)?;
        let leaving = both.policy.statements[statements.len()..].iter();
        Some(leaving.map(|one| one["Sid"].as_str().unwrap().to_owned()).collect())
    }

    #[test]
    fn who_leaves_may_use_the_key_until_it_has_left() {
        let all =
            ["Encrypt", "Use", "Decrypt", "Deliver", "Logs"].map(|name| format!("TrailctlS{name}Leaving"));
        assert_eq!(bridged(&[], &live()).as_deref(), Some(&all[..]));
        let users = users(KEY, &[], "s", &live());
        assert_eq!(users.encrypting, [arn("own")].into());
        assert_eq!(users.delivering, [arn("by-bucket"), arn("by-topic")].into());
        assert_eq!(users.log_groups[&Region::new("us-east-1")], ["arn:logs:/a".to_owned()].into());
    }

    #[test]
    fn who_is_let_in_already_and_who_is_not_ours_needs_nothing() {
        let account = Account::new("111122223333", "aws");
        let granted = super::users(KEY, &[], "s", &live()).statements("s", &account, "");
        assert_eq!(bridged(&granted, &live()), None);
        let one = super::users(KEY, &granted[..3], "s", &live());
        assert!(one.encrypting.is_empty() && !one.delivering.is_empty());
        assert_eq!(super::users(KEY, &[], "other", &live()), Users::default());
        assert_eq!(super::users("arn:another", &[], "s", &live()), Users::default());
    }

    #[test]
    fn a_key_that_is_not_there_yet_has_nobody_to_leave() {
        let without: Live = live().into_iter().filter(|(id, _)| id.kind != "kms_key").collect();
        assert_eq!(bridged(&[], &without), None);
    }
}
