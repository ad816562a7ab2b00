//! CreateGrant, ListGrants, RevokeGrant, RetireGrant: enough to have grants that somebody else made.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::find::{by_id, own_vault, to_change};
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
    Ok(Reply::json(&json!({"GrantId": id, "GrantToken": token(&id)})))
}

pub(super) fn revoke_grant(state: &mut State, call: &Call<'_>) -> Outcome {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase", deny_unknown_fields)]
    struct Input {
        key_id: String,
        grant_id: String,
    }
    let Input { key_id, grant_id } = call.input()?;
    end(state, call, &key_id, &grant_id)
}

/// A grant is named by its token, or by its key and its id.
pub(super) fn retire_grant(state: &mut State, call: &Call<'_>) -> Outcome {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
    struct Input {
        grant_token: Option<String>,
        key_id: Option<String>,
        grant_id: Option<String>,
    }
    let Input { grant_token, key_id, grant_id } = call.input()?;
    match (grant_token, key_id, grant_id) {
        (None, Some(key), Some(grant)) if key.starts_with("arn:") => end(state, call, &key, &grant),
        (None, Some(key), Some(_)) => {
            Err(Refusal::bad("InvalidArnException", format!("{key} is not the ARN of a key.")))
        }
        (Some(given), None, None) => {
            let keys = &mut own_vault(state, call).keys;
            let retired = keys.values_mut().any(|key| {
                let id = key.grants.keys().find(|id| token(id) == given).cloned();
                id.is_some_and(|id| key.grants.remove(&id).is_some())
            });
            if retired {
                Ok(Reply::empty_json())
            } else {
                Err(no_grant("InvalidGrantTokenException", &given))
            }
        }
        _ => Err(invalid("Give either GrantToken, or KeyId and GrantId.")),
    }
}

fn end(state: &mut State, call: &Call<'_>, key: &str, id: &str) -> Outcome {
    let (arn, key) = to_change(state, call, key)?;
    key.check_kept(&arn)?;
    match key.grants.remove(id) {
        Some(_) => Ok(Reply::empty_json()),
        None => Err(no_grant("NotFoundException", id)),
    }
}

fn no_grant(code: &'static str, text: &str) -> Refusal {
    Refusal::bad(code, format!("There is no grant {text}."))
}

fn token(id: &str) -> String {
    format!("token-{id}")
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
