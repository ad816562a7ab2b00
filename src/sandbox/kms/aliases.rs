//! CreateAlias, UpdateAlias, DeleteAlias, ListAliases.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::find::{by_id, is_name, own_vault, vault};
use super::{Listing, not_found};
use crate::sandbox::store::State;
use crate::sandbox::wire::{Call, Outcome, Refusal, Reply};

const MAX_LENGTH: usize = 256;

/// Where an alias points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Alias {
    /// The id of the key.
    pub(super) target: String,
    created: Timestamp,
    updated: Timestamp,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Input {
    alias_name: String,
    target_key_id: String,
}

pub(super) fn create_alias(state: &mut State, call: &Call<'_>) -> Outcome {
    let Input { alias_name, target_key_id } = call.input()?;
    check_name(&alias_name)?;
    let target = target(state, call, &target_key_id)?;
    let aliases = &mut own_vault(state, call).aliases;
    if aliases.contains_key(&alias_name) {
        let message = format!("An alias with the name {} already exists", alias_arn(call, &alias_name));
        return Err(Refusal::bad("AlreadyExistsException", message));
    }
    aliases.insert(alias_name, Alias { target, created: call.now, updated: call.now });
    Ok(Reply::empty_json())
}

pub(super) fn update_alias(state: &mut State, call: &Call<'_>) -> Outcome {
    let Input { alias_name, target_key_id } = call.input()?;
    check_name(&alias_name)?;
    let target = target(state, call, &target_key_id)?;
    let vault = own_vault(state, call);
    let Some(alias) = vault.aliases.get_mut(&alias_name) else { return Err(absent(call, &alias_name)) };
    let kind = |id: &str| vault.keys.get(id).map(|key| (&key.spec, &key.usage));
    if kind(&alias.target) != kind(&target) {
        let message = "The new key must have the spec and the usage of the old one.";
        return Err(Refusal::bad("KMSInvalidStateException", message));
    }
    (alias.target, alias.updated) = (target, call.now);
    Ok(Reply::empty_json())
}

pub(super) fn delete_alias(state: &mut State, call: &Call<'_>) -> Outcome {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase", deny_unknown_fields)]
    struct Input {
        alias_name: String,
    }
    let Input { alias_name } = call.input()?;
    check_name(&alias_name)?;
    match own_vault(state, call).aliases.remove(&alias_name) {
        Some(_) => Ok(Reply::empty_json()),
        None => Err(absent(call, &alias_name)),
    }
}

pub(super) fn list_aliases(state: &State, call: &Call<'_>) -> Outcome {
    let wanted = Listing::read(call)?.map(|id| by_id(state, call, &id)).transpose()?.map(|(arn, _)| arn.id);
    let vault = vault(state, &call.caller.account, &call.region);
    let aliases = vault.into_iter().flat_map(|vault| &vault.aliases);
    let shown: Vec<Value> = aliases
        .filter(|(_, alias)| wanted.as_ref().is_none_or(|id| *id == alias.target))
        .map(|(name, alias)| {
            json!({
                "AliasName": name,
                "AliasArn": alias_arn(call, name),
                "TargetKeyId": alias.target,
                "CreationDate": alias.created.as_second(),
                "LastUpdatedDate": alias.updated.as_second(),
            })
        })
        .collect();
    Ok(Reply::json(&json!({"Aliases": shown, "Truncated": false})))
}

fn target(state: &State, call: &Call<'_>, text: &str) -> Result<String, Refusal> {
    let (arn, key) = by_id(state, call, text)?;
    key.check_kept(&arn)?;
    Ok(arn.id)
}

fn check_name(name: &str) -> Result<(), Refusal> {
    match name.strip_prefix("alias/") {
        Some(rest) if is_name(rest) && !rest.starts_with("aws/") && name.len() <= MAX_LENGTH => Ok(()),
        _ => Err(Refusal::bad("InvalidAliasNameException", format!("{name} is not the name of an alias."))),
    }
}

fn alias_arn(call: &Call<'_>, name: &str) -> String {
    format!("arn:{}:kms:{}:{}:{name}", call.partition(), call.region, call.caller.account)
}

fn absent(call: &Call<'_>, name: &str) -> Refusal {
    not_found(format!("Alias {} is not found.", alias_arn(call, name)))
}
