//! CreateGrant, ListGrants: enough to have grants that somebody else made.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::find::{by_id, to_change};
use super::{Listing, invalid};
use crate::sandbox::ids;
use crate::sandbox::store::State;
use crate::sandbox::wire::{Call, Outcome, Refusal, Reply};

/// What a grant can allow.
const OPERATIONS: &[&str] = &[
    "Decrypt",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
    "CreateGrant",
    "RetireGrant",
    "DescribeKey",
];

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Grant {
    created: Timestamp,
    account: String,
    grantee: String,
    operations: Vec<String>,
    name: Option<String>,
}

pub(super) fn create_grant(state: &mut State, call: &Call<'_>) -> Outcome {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase", deny_unknown_fields)]
    struct Input {
        key_id: String,
        grantee_principal: String,
        operations: Vec<String>,
        name: Option<String>,
    }
    let Input { key_id, grantee_principal, operations, name } = call.input()?;
    let id = ids::hex(state, 64);
    let (arn, key) = to_change(state, call, &key_id)?;
    key.check_enabled(&arn)?;
    if operations.is_empty() || !operations.iter().all(|one| OPERATIONS.contains(&one.as_str())) {
        return Err(invalid("Operations must name what a grant can allow."));
    }
    if !grantee_principal.starts_with(&format!("arn:{}:", call.partition())) {
        let message = format!("{grantee_principal} is not the ARN of a principal.");
        return Err(Refusal::bad("InvalidArnException", message));
    }
    let account = call.caller.account.clone();
    let grant = Grant { created: call.now, account, grantee: grantee_principal, operations, name };
    key.grants.insert(id.clone(), grant);
    Ok(Reply::json(&json!({"GrantId": id, "GrantToken": format!("token-{id}")})))
}

pub(super) fn list_grants(state: &State, call: &Call<'_>) -> Outcome {
    let (arn, key) = by_id(state, call, &Listing::of_key(call)?)?;
    let shown: Vec<Value> = key
        .grants
        .iter()
        .map(|(id, grant)| {
            let Grant { created, account, grantee, operations, name } = grant;
            let mut shown = Map::new();
            let mut add = |name: &str, value: Value| shown.insert(name.to_owned(), value);
            add("KeyId", json!(arn.to_string()));
            add("GrantId", json!(id));
            if let Some(name) = name {
                add("Name", json!(name));
            }
            add("CreationDate", json!(created.as_second()));
            add("GranteePrincipal", json!(grantee));
            add("IssuingAccount", json!(account));
            add("Operations", json!(operations));
            shown.into()
        })
        .collect();
    Ok(Reply::json(&json!({"Grants": shown, "Truncated": false})))
}
