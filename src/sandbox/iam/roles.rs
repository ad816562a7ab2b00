//! CreateRole, GetRole, ListRoles, UpdateRole, DeleteRole.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::find::{check_name, role, role_mut};
use super::managed::check_arn;
use super::tagging::add as add_tags;
use super::{Role, check_trust, invalid, params};
use crate::sandbox::ids;
use crate::sandbox::store::State;
use crate::sandbox::wire::query::{Params, answer, done, tags_shown};
use crate::sandbox::wire::xml::Element;
use crate::sandbox::wire::{Call, Outcome, Refusal};

const MAX_NAME: usize = 64;
const MAX_PATH: usize = 512;
const MAX_DESCRIPTION: usize = 1000;
/// What stays as it is in policies that IAM returns.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

pub(super) fn create_role(state: &mut State, call: &Call<'_>) -> Outcome {
    let params = params(
        call,
        &[
            "RoleName",
            "Path",
            "AssumeRolePolicyDocument",
            "Description",
            "MaxSessionDuration",
            "PermissionsBoundary",
            "Tags",
        ],
    )?;
    let name = params.required("RoleName")?.to_owned();
    check_name("RoleName", &name, MAX_NAME)?;
    let path = params.get("Path").unwrap_or("/").to_owned();
    check_path(&path)?;
    let trust = params.required("AssumeRolePolicyDocument")?.to_owned();
    check_trust(call, &trust)?;
    let boundary = params.get("PermissionsBoundary").map(str::to_owned);
    boundary.as_deref().map_or(Ok(()), |arn| check_arn(call, arn))?;
    let mut tags = BTreeMap::new();
    add_tags(&mut tags, &params.tags())?;
    let role = Role {
        id: ids::unique(state, "AROA"),
        created: call.now,
        description: description(&params)?,
        max_session_duration: max_session_duration(&params)?.unwrap_or(3600),
        boundary,
        inline: BTreeMap::new(),
        attached: BTreeSet::new(),
        tags,
        name: name.clone(),
        path,
        trust,
    };
    let accounts = state.roles.entry(call.partition().to_owned()).or_default();
    let roles = accounts.entry(call.caller.account.clone()).or_default();
    if roles.contains_key(&name.to_ascii_lowercase()) {
        let message = format!("Role with name {name} already exists.");
        return Err(Refusal::new(409, "EntityAlreadyExists", message));
    }
    let reply = answer("CreateRole", |xml| xml.child("Role", |xml| shown(xml, call, &role, Detail::Full)));
    roles.insert(name.to_ascii_lowercase(), role);
    Ok(reply)
}

pub(super) fn get_role(state: &State, call: &Call<'_>) -> Outcome {
    let role = role(state, call, &params(call, &["RoleName"])?)?;
    Ok(answer("GetRole", |xml| xml.child("Role", |xml| shown(xml, call, role, Detail::Full))))
}

pub(super) fn list_roles(state: &State, call: &Call<'_>) -> Outcome {
    let params = params(call, &["PathPrefix", "MaxItems", "Marker"])?;
    check_marker(&params)?;
    let prefix = params.get("PathPrefix").unwrap_or("/");
    let accounts = state.roles.get(call.partition());
    let roles = accounts.and_then(|accounts| accounts.get(&call.caller.account));
    let roles = roles.into_iter().flat_map(BTreeMap::values).filter(|role| role.path.starts_with(prefix));
    Ok(answer("ListRoles", |xml| {
        xml.child("Roles", |xml| {
            xml.each("member", roles, |xml, role| shown(xml, call, role, Detail::Listed))
        })
        .text("IsTruncated", false)
    }))
}

/// What is omitted becomes the default again.
pub(super) fn update_role(state: &mut State, call: &Call<'_>) -> Outcome {
    let params = params(call, &["RoleName", "Description", "MaxSessionDuration"])?;
    let role = role_mut(state, call, &params)?;
    let (description, duration) = (description(&params)?, max_session_duration(&params)?);
    if description.is_some() {
        role.description = description;
    }
    role.max_session_duration = duration.unwrap_or(3600);
    Ok(done("UpdateRole"))
}

pub(super) fn delete_role(state: &mut State, call: &Call<'_>) -> Outcome {
    let params = params(call, &["RoleName"])?;
    let found = role(state, call, &params)?;
    let fault = match (found.attached.is_empty(), found.inline.is_empty()) {
        (false, _) => Some("Cannot delete entity, must detach all policies first."),
        (true, false) => Some("Cannot delete entity, must delete policies first."),
        (true, true) => None,
    };
    if let Some(message) = fault {
        return Err(Refusal::new(409, "DeleteConflict", message));
    }
    let name = found.name.to_ascii_lowercase();
    if let Some(roles) =
        state.roles.get_mut(call.partition()).and_then(|accounts| accounts.get_mut(&call.caller.account))
    {
        roles.remove(&name);
    }
    Ok(done("DeleteRole"))
}

/// How much of a role is shown: lists leave out what is not always there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Detail {
    Full,
    Listed,
}

fn shown(xml: Element, call: &Call<'_>, role: &Role, detail: Detail) -> Element {
    let arn = format!("arn:{}:iam::{}:role{}{}", call.partition(), call.caller.account, role.path, role.name);
    let mut xml = xml
        .text("Path", &role.path)
        .text("RoleName", &role.name)
        .text("RoleId", &role.id)
        .text("Arn", arn)
        .text("CreateDate", format!("{:.0}", role.created))
        .text("AssumeRolePolicyDocument", encoded(&role.trust))
        .text("MaxSessionDuration", role.max_session_duration);
    if let Some(description) = &role.description {
        xml = xml.text("Description", description);
    }
    match (detail, &role.boundary) {
        (Detail::Listed, _) => return xml,
        (Detail::Full, None) => {}
        (Detail::Full, Some(boundary)) => {
            xml = xml.child("PermissionsBoundary", |xml| {
                xml.text("PermissionsBoundaryType", "Policy").text("PermissionsBoundaryArn", boundary)
            });
        }
    }
    if role.tags.is_empty() { xml } else { tags_shown(xml, &role.tags) }
}

/// Writes a policy as IAM returns it.
pub(super) fn encoded(policy: &str) -> String {
    utf8_percent_encode(policy, PLAIN).to_string()
}

/// Everything is on the first page.
pub(super) fn check_marker(params: &Params) -> Result<(), Refusal> {
    match params.get("Marker") {
        Some(_) => Err(invalid("The marker does not come from this operation.")),
        None => Ok(()),
    }
}

fn check_path(path: &str) -> Result<(), Refusal> {
    let is_printed = |c: char| c.is_ascii_graphic();
    let is_valid = path.len() <= MAX_PATH
        && path.starts_with('/')
        && path.ends_with('/')
        && path.chars().all(is_printed)
        && !path.contains("//");
    if is_valid { Ok(()) } else { Err(invalid(format!("The specified value for path is invalid: {path}"))) }
}

fn description(params: &Params) -> Result<Option<String>, Refusal> {
    let description = params.get("Description").map(str::to_owned);
    if description.as_ref().is_some_and(|text| text.chars().count() > MAX_DESCRIPTION) {
        return Err(invalid(format!("A description has up to {MAX_DESCRIPTION} characters.")));
    }
    Ok(description)
}

fn max_session_duration(params: &Params) -> Result<Option<u32>, Refusal> {
    let Some(text) = params.get("MaxSessionDuration") else { return Ok(None) };
    let seconds = text.parse().ok().filter(|seconds| (3600..=43_200).contains(seconds));
    seconds.map(Some).ok_or_else(|| invalid("MaxSessionDuration must be 3600 to 43200."))
}
