//! TagResource, UntagResource, ListResourceTags.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::Listing;
use super::find::{KeyArn, by_id, to_change, vault};
use crate::sandbox::store::State;
use crate::sandbox::tags::{self, Tag};
use crate::sandbox::wire::{Call, Outcome, Refusal, Reply};

/// A tag as KMS writes it.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct KeyTag {
    tag_key: String,
    #[serde(default)]
    tag_value: String,
}

pub(super) fn tag_resource(state: &mut State, call: &Call<'_>) -> Outcome {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase", deny_unknown_fields)]
    struct Input {
        key_id: String,
        tags: Vec<KeyTag>,
    }
    let Input { key_id, tags } = call.input()?;
    let (arn, key) = to_change(state, call, &key_id)?;
    key.check_kept(&arn)?;
    add(&mut key.tags, tags)?;
    Ok(Reply::empty_json())
}

pub(super) fn untag_resource(state: &mut State, call: &Call<'_>) -> Outcome {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase", deny_unknown_fields)]
    struct Input {
        key_id: String,
        tag_keys: Vec<String>,
    }
    let Input { key_id, tag_keys } = call.input()?;
    let (arn, key) = to_change(state, call, &key_id)?;
    key.check_kept(&arn)?;
    key.tags.retain(|name, _| !tag_keys.contains(name));
    Ok(Reply::empty_json())
}

pub(super) fn list_resource_tags(state: &State, call: &Call<'_>) -> Outcome {
    let (_, key) = by_id(state, call, &Listing::of_key(call)?)?;
    let shown = key.tags.iter().map(|(key, value)| json!({"TagKey": key, "TagValue": value}));
    let shown: Vec<Value> = shown.collect();
    Ok(Reply::json(&json!({"Tags": shown, "Truncated": false})))
}

/// Adds tags; the value of a key that is there is replaced.
pub(super) fn add(tags: &mut BTreeMap<String, String>, added: Vec<KeyTag>) -> Result<(), Refusal> {
    let added: Vec<Tag> = added
        .into_iter()
        .map(|KeyTag { tag_key, tag_value }| Tag { key: tag_key, value: tag_value })
        .collect();
    tags::add(tags, &added).map_err(|fault| fault.refusal("TagException", "LimitExceededException"))
}

/// Returns the keys of an account in a Region with their tags, also those that are to be deleted.
pub(crate) fn tagged<'a>(
    state: &'a State,
    account: &str,
    region: &str,
) -> Vec<(String, &'a BTreeMap<String, String>)> {
    let keys = vault(state, account, region).into_iter().flat_map(|vault| &vault.keys);
    let arn = |id: &String| KeyArn { region: region.to_owned(), account: account.to_owned(), id: id.clone() };
    keys.map(|(id, key)| (arn(id).to_string(), &key.tags)).collect()
}
