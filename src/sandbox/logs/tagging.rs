//! TagResource, UntagResource, ListTagsForResource. They want the ARN without `:*`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use super::find::{self, absent, group, name_in_arn, to_change};
use crate::sandbox::store::State;
use crate::sandbox::tags::{self, Tag, TagFault};
use crate::sandbox::wire::{Call, Outcome, Refusal, Reply};

pub(super) fn tag_resource(state: &mut State, call: &Call<'_>) -> Outcome {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Input {
        resource_arn: String,
        tags: BTreeMap<String, String>,
    }
    let Input { resource_arn, tags } = call.input()?;
    let group = to_change(state, call, name_in_arn(call, &resource_arn)?)?;
    add(&mut group.tags, tags)?;
    Ok(Reply::empty_json())
}

pub(super) fn untag_resource(state: &mut State, call: &Call<'_>) -> Outcome {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Input {
        resource_arn: String,
        tag_keys: Vec<String>,
    }
    let Input { resource_arn, tag_keys } = call.input()?;
    let group = to_change(state, call, name_in_arn(call, &resource_arn)?)?;
    group.tags.retain(|key, _| !tag_keys.contains(key));
    Ok(Reply::empty_json())
}

pub(super) fn list_tags_for_resource(state: &State, call: &Call<'_>) -> Outcome {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Input {
        resource_arn: String,
    }
    let Input { resource_arn } = call.input()?;
    let name = name_in_arn(call, &resource_arn)?;
    let group = group(state, &call.caller.account, &call.region, name).ok_or_else(absent)?;
    Ok(Reply::json(&json!({"tags": group.tags})))
}

/// Adds tags; the value of a key that is there is replaced.
pub(super) fn add(
    tags: &mut BTreeMap<String, String>,
    added: BTreeMap<String, String>,
) -> Result<(), Refusal> {
    let added: Vec<Tag> = added.into_iter().map(|(key, value)| Tag { key, value }).collect();
    let refusal = |fault: TagFault| fault.refusal("InvalidParameterException", "TooManyTagsException");
    tags::add(tags, &added).map_err(refusal)
}

/// Returns the log groups of an account in a Region with their tags.
pub(crate) fn tagged<'a>(
    state: &'a State,
    account: &str,
    region: &str,
) -> Vec<(String, &'a BTreeMap<String, String>)> {
    let groups = state.log_groups.get(account).and_then(|regions| regions.get(region));
    let groups = groups.into_iter().flatten();
    groups.map(|(name, group)| (find::arn(region, account, name), &group.tags)).collect()
}
