//! GetKeyPolicy, PutKeyPolicy. A key has one policy, named `default`.

use serde::Deserialize;
use serde_json::json;

use super::find::{by_id, to_change};
use super::not_found;
use crate::policy::evaluate::{Principal, Request};
use crate::policy::grammar::{Grammar, Of};
use crate::sandbox::policy::allows;
use crate::sandbox::store::State;
use crate::sandbox::wire::{Call, Outcome, Refusal, Reply};

const MAX_BYTES: usize = 32 * 1024;
const NAME: &str = "default";

pub(super) fn get_key_policy(state: &State, call: &Call<'_>) -> Outcome {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase", deny_unknown_fields)]
    struct Input {
        key_id: String,
        policy_name: Option<String>,
    }
    let Input { key_id, policy_name } = call.input()?;
    let (_, key) = by_id(state, call, &key_id)?;
    check_name(policy_name.as_deref())?;
    Ok(Reply::json(&json!({"Policy": key.policy, "PolicyName": NAME})))
}

pub(super) fn put_key_policy(state: &mut State, call: &Call<'_>) -> Outcome {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase", deny_unknown_fields)]
    struct Input {
        key_id: String,
        policy_name: Option<String>,
        policy: String,
        #[serde(default)]
        bypass_policy_lockout_safety_check: bool,
    }
    let Input { key_id, policy_name, policy, bypass_policy_lockout_safety_check } = call.input()?;
    let (_, key) = to_change(state, call, &key_id)?;
    check_name(policy_name.as_deref())?;
    check(call, &policy, bypass_policy_lockout_safety_check)?;
    key.policy = policy;
    Ok(Reply::empty_json())
}

/// Returns the policy that a key has if none is given: the account may do everything.
pub(super) fn of_owner(call: &Call<'_>) -> String {
    let root = format!("arn:{}:iam::{}:root", call.partition(), call.caller.account);
    json!({
        "Version": "2012-10-17",
        "Id": "key-default-1",
        "Statement": [{
            "Sid": "Enable IAM User Permissions",
            "Effect": "Allow",
            "Principal": {"AWS": root},
            "Action": "kms:*",
            "Resource": "*",
        }],
    })
    .to_string()
}

fn check_name(name: Option<&str>) -> Result<(), Refusal> {
    match name {
        None | Some(NAME) => Ok(()),
        Some(name) => Err(not_found(format!("No such policy exists: {name}"))),
    }
}

/// Refuses a malformed policy, and one that keeps the caller from changing it again.
pub(super) fn check(call: &Call<'_>, policy: &str, may_lock_out: bool) -> Result<(), Refusal> {
    let malformed = |message: String| Refusal::bad("MalformedPolicyDocumentException", message);
    if policy.len() > MAX_BYTES {
        return Err(Refusal::bad("LimitExceededException", format!("A policy has up to {MAX_BYTES} bytes.")));
    }
    let grammar = Grammar { of: Of::Key, partition: Some(call.partition()) };
    if let Some(fault) = grammar.refusal(policy) {
        return Err(malformed(fault));
    }
    let change = Request {
        principal: Principal::Aws(call.caller.arn.clone()),
        action: "kms:PutKeyPolicy".to_owned(),
        resource: format!("arn:{}:kms:{}:{}:key/new", call.partition(), call.region, call.caller.account),
        context: [("kms:CallerAccount".to_owned(), vec![call.caller.account.clone()])].into(),
    };
    if !may_lock_out && !allows(policy, &change) {
        let message = "The new key policy will not allow you to update the key policy in the future.";
        return Err(malformed(message.to_owned()));
    }
    Ok(())
}
