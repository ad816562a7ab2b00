//! TagRole, UntagRole, ListRoleTags.

use std::collections::BTreeMap;

use super::find::{role, role_mut};
use super::roles::check_marker;
use super::{limit_exceeded, params};
use crate::sandbox::store::State;
use crate::sandbox::tags::{self, Tag, TagFault};
use crate::sandbox::wire::query::{answer, done, tags_shown};
use crate::sandbox::wire::{Call, Outcome, Refusal};

pub(super) fn tag_role(state: &mut State, call: &Call<'_>) -> Outcome {
    let params = params(call, &["RoleName", "Tags"])?;
    let role = role_mut(state, call, &params)?;
    add(&mut role.tags, &params.tags())?;
    Ok(done("TagRole"))
}

pub(super) fn untag_role(state: &mut State, call: &Call<'_>) -> Outcome {
    let params = params(call, &["RoleName", "TagKeys"])?;
    let role = role_mut(state, call, &params)?;
    for key in params.list("TagKeys") {
        role.tags.remove(key);
    }
    Ok(done("UntagRole"))
}

pub(super) fn list_role_tags(state: &State, call: &Call<'_>) -> Outcome {
    let params = params(call, &["RoleName", "MaxItems", "Marker"])?;
    check_marker(&params)?;
    let role = role(state, call, &params)?;
    Ok(answer("ListRoleTags", |xml| tags_shown(xml, &role.tags).text("IsTruncated", false)))
}

/// Adds tags; the value of a key that is there is replaced.
pub(super) fn add(tags: &mut BTreeMap<String, String>, added: &[Tag]) -> Result<(), Refusal> {
    tags::add(tags, added).map_err(|fault| match fault {
        TagFault::TooMany => limit_exceeded(fault.to_string()),
        _ => Refusal::bad("InvalidInput", fault.to_string()),
    })
}
