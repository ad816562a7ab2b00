//! Tags of buckets.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::address::{bucket, bucket_mut};
use super::refuse;
use crate::sandbox::identity::partition;
use crate::sandbox::store::State;
use crate::sandbox::tags::{self, Tag};
use crate::sandbox::wire::xml::{document, parse};
use crate::sandbox::wire::{Call, Outcome, Refusal, Reply};

/// A list of tags in XML.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
pub(super) struct TagSet {
    tag: Vec<Tag>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Tagging {
    tag_set: TagSet,
}

pub(super) fn get_bucket_tagging(state: &State, call: &Call<'_>) -> Outcome {
    let (_, bucket) = bucket(state, call)?;
    if bucket.tags.is_empty() {
        return Err(refuse(404, "NoSuchTagSet", "The TagSet does not exist"));
    }
    let tags = bucket.tags.iter().map(|(key, value)| Tag { key: key.clone(), value: value.clone() });
    let tagging = Tagging { tag_set: TagSet { tag: tags.collect() } };
    Ok(Reply::xml(document("Tagging", &tagging)?))
}

pub(super) fn put_bucket_tagging(state: &mut State, call: &Call<'_>) -> Outcome {
    let (_, bucket) = bucket_mut(state, call)?;
    let tagging: Tagging = parse("Tagging", call.request.body())?;
    bucket.tags = checked(&tagging.tag_set)?;
    Ok(Reply::empty(204))
}

pub(super) fn delete_bucket_tagging(state: &mut State, call: &Call<'_>) -> Outcome {
    let (_, bucket) = bucket_mut(state, call)?;
    bucket.tags.clear();
    Ok(Reply::empty(204))
}

/// Turns the tags of a request into those of a bucket.
pub(super) fn checked(tags: &TagSet) -> Result<BTreeMap<String, String>, Refusal> {
    if tags.tag.len() > tags::LIMIT {
        let message = format!("Bucket tag count cannot be greater than {}", tags::LIMIT);
        return Err(refuse(400, "BadRequest", &message));
    }
    tags::checked(&tags.tag).map_err(|fault| refuse(400, "InvalidTag", &fault.to_string()))
}

/// Returns the buckets of an account in a Region with their tags.
pub(crate) fn tagged<'a>(
    state: &'a State,
    account: &str,
    region: &str,
) -> Vec<(String, &'a BTreeMap<String, String>)> {
    let partition = partition(region);
    let buckets = state.buckets.get(partition).into_iter().flatten();
    let here = buckets.filter(|(_, bucket)| bucket.account == account && bucket.region == region);
    here.map(|(name, bucket)| (format!("arn:{partition}:s3:::{name}"), &bucket.tags)).collect()
}
