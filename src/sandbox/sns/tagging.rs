//! TagResource, UntagResource, ListTagsForResource.

use std::collections::BTreeMap;

use super::attributes::params;
use super::find::{RESOURCE, TopicArn, to_change, to_read};
use crate::sandbox::store::State;
use crate::sandbox::tags::{self, Tag};
use crate::sandbox::wire::query::{answer, done, tags_shown};
use crate::sandbox::wire::{Call, Outcome, Refusal};

pub(super) fn tag_resource(state: &mut State, call: &Call<'_>) -> Outcome {
    let params = params(call, &["ResourceArn", "Tags"])?;
    add(&mut to_change(state, call, &params, RESOURCE)?.1.tags, &params.tags())?;
    Ok(done("TagResource"))
}

pub(super) fn untag_resource(state: &mut State, call: &Call<'_>) -> Outcome {
    let params = params(call, &["ResourceArn", "TagKeys"])?;
    let (_, topic) = to_change(state, call, &params, RESOURCE)?;
    for key in params.list("TagKeys") {
        topic.tags.remove(key);
    }
    Ok(done("UntagResource"))
}

pub(super) fn list_tags_for_resource(state: &State, call: &Call<'_>) -> Outcome {
    let (_, topic) = to_read(state, call, &params(call, &["ResourceArn"])?, RESOURCE)?;
    Ok(answer("ListTagsForResource", |xml| tags_shown(xml, &topic.tags)))
}

/// Adds tags; the value of a key that is there is replaced.
pub(super) fn add(tags: &mut BTreeMap<String, String>, added: &[Tag]) -> Result<(), Refusal> {
    tags::add(tags, added).map_err(|fault| fault.refusal("InvalidParameter", "TagLimitExceeded"))
}

/// Returns the topics of an account in a Region with their tags.
pub(crate) fn tagged<'a>(
    state: &'a State,
    account: &str,
    region: &str,
) -> Vec<(String, &'a BTreeMap<String, String>)> {
    let topics = state.topics.get(account).and_then(|regions| regions.get(region));
    let arn = |name: &String| TopicArn {
        region: region.to_owned(),
        account: account.to_owned(),
        name: name.clone(),
    };
    topics.into_iter().flatten().map(|(name, topic)| (arn(name).to_string(), &topic.tags)).collect()
}
