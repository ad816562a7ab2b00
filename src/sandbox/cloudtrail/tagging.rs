//! AddTags, RemoveTags, ListTags.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::arn::TrailArn;
use super::{find, refuse};
use crate::sandbox::identity::partition;
use crate::sandbox::store::State;
use crate::sandbox::tags::{self, Tag};
use crate::sandbox::wire::{Call, Outcome, Refusal, Reply};

/// The most resources in one ListTags.
const MAX_RESOURCES: usize = 20;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Input {
    resource_id: String,
    tags_list: Vec<Tag>,
}

pub(super) fn add_tags(state: &mut State, call: &Call<'_>) -> Outcome {
    let Input { resource_id, tags_list } = call.input()?;
    let arn = resource(state, call, &resource_id)?;
    let (_, trail) = find::to_change(state, call, &arn.to_string())?;
    add(&mut trail.tags, &tags_list)?;
    Ok(Reply::empty_json())
}

pub(super) fn remove_tags(state: &mut State, call: &Call<'_>) -> Outcome {
    let Input { resource_id, tags_list } = call.input()?;
    let arn = resource(state, call, &resource_id)?;
    let (_, trail) = find::to_change(state, call, &arn.to_string())?;
    for key in tags::checked(&tags_list).map_err(invalid)?.keys() {
        trail.tags.remove(key);
    }
    Ok(Reply::empty_json())
}

pub(super) fn list_tags(state: &State, call: &Call<'_>) -> Outcome {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase", deny_unknown_fields)]
    struct Input {
        resource_id_list: Vec<String>,
        next_token: Option<String>,
    }
    let Input { resource_id_list, next_token } = call.input()?;
    if next_token.is_some() {
        return Err(refuse("InvalidTokenException", "The token does not come from this operation."));
    }
    if !(1..=MAX_RESOURCES).contains(&resource_id_list.len()) {
        let message = format!("ResourceIdList must have 1 to {MAX_RESOURCES} ARNs.");
        return Err(refuse("InvalidParameterException", message));
    }
    let listed = resource_id_list.iter().map(|id| {
        let (_, trail) = find::to_read(state, call, &resource(state, call, id)?.to_string())?;
        let tags: Vec<Value> = trail.tags.iter().map(shown).collect();
        Ok(json!({"ResourceId": id, "TagsList": tags}))
    });
    let listed: Vec<Value> = listed.collect::<Result<_, Refusal>>()?;
    Ok(Reply::json(&json!({"ResourceTagList": listed})))
}

/// Adds tags; the value of a key that is there is replaced.
pub(super) fn add(tags: &mut BTreeMap<String, String>, added: &[Tag]) -> Result<(), Refusal> {
    tags::add(tags, added).map_err(invalid)
}

/// Finds the trail that an ARN names; its tags are reached in its home Region only.
fn resource(state: &State, call: &Call<'_>, id: &str) -> Result<TrailArn, Refusal> {
    let wanted = TrailArn::parse(id, call)?;
    if wanted.region != call.region {
        return Err(find::wrong_region(call));
    }
    match find::visible(state, call).any(|(arn, _)| arn == wanted) {
        true => Ok(wanted),
        false => Err(refuse("ResourceNotFoundException", format!("{id} does not exist."))),
    }
}

/// The empty value is left out: the service has no value without a character.
fn shown((key, value): (&String, &String)) -> Value {
    if value.is_empty() { json!({"Key": key}) } else { json!({"Key": key, "Value": value}) }
}

fn invalid(fault: tags::TagFault) -> Refusal {
    fault.refusal("InvalidTagParameterException", "TagsLimitExceededException")
}

/// Returns the trails of an account that are at home in a Region with their tags.
pub(crate) fn tagged<'a>(
    state: &'a State,
    account: &str,
    region: &str,
) -> Vec<(String, &'a BTreeMap<String, String>)> {
    let trails = state.trails.get(account).and_then(|regions| regions.get(region));
    let arn = |name: &String| TrailArn {
        partition: partition(region).to_owned(),
        region: region.to_owned(),
        account: account.to_owned(),
        name: name.clone(),
    };
    trails.into_iter().flatten().map(|(name, trail)| (arn(name).to_string(), &trail.tags)).collect()
}
