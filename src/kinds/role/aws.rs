//! How IAM is asked about roles, and how their calls are sent.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_iam::{Client, types};
use futures_util::future::{join, try_join, try_join_all, try_join3};
use serde_json::json;

use super::{INLINE, Role, calls::Call, hour, parts, root};
use crate::{
    aws::{
        Aws, CallName, Use,
        error::{AwsError, Class},
    },
    kinds::{Reach, Resource, Scope, learn},
    policy::{canon::decode_percent, document::PolicyDocument},
    resource::{
        Existing, Observed, Outputs, ResourceId,
        owner::{self, Owner, Tags},
        region::Region,
    },
};

/// How many pages a list may have: an endpoint that repeats its markers would never end.
const MOST_PAGES: usize = 100;

type Found = Vec<(ResourceId, Observed<Role>)>;

/// Reads the wanted roles, in one round; in a second one inline policies that trailctl does not write itself.
///
/// Roles are not listed by tag. So whose the others are that CloudTrail may take is asked too: one may be the stack's that
/// nothing refers to any more, and only then the rest of it is read. `GetAccountAuthorizationDetails` would tell of all roles at
/// once, but no session time, and of an account with many roles in many rounds; and not everybody who may plan should see it.
pub(super) async fn observe(aws: &Aws, scope: &Scope<'_>) -> Result<Found, AwsError> {
    let wanted = try_join_all(scope.wanted.iter().map(|id| read(aws, id)));
    let others =
        async { if scope.reach == Reach::Listed { others(aws, scope).await } else { Ok(Found::new()) } };
    let (wanted, others) = try_join(wanted, others).await?;
    let wanted = scope.wanted.iter().cloned().zip(wanted);
    Ok(wanted.filter_map(|(id, role)| Some((id, role?))).chain(others).collect())
}

/// Reads the roles that CloudTrail may take, beside the wanted ones and those that are looked at as others'.
async fn others(aws: &Aws, scope: &Scope<'_>) -> Result<Found, AwsError> {
    let region = scope.home.global("iam");
    let listed = match for_cloudtrail(aws, &region).await {
        Err(error) if error.class == Class::Denied => {
            let all = ResourceId { kind: Role::KIND.to_owned(), region, name: "*".to_owned() };
            return Ok(vec![(all.clone(), unread(aws, &all, &error))]);
        }
        listed => listed?,
    };
    let existing: BTreeSet<&str> = scope.existing.iter().filter_map(|id| own(aws, &id.name)).collect();
    let is_other = |id: &ResourceId| !scope.wanted.contains(id) && !existing.contains(id.name.as_str());
    let others: Vec<ResourceId> = listed.into_iter().filter(is_other).collect();
    let found = try_join_all(others.iter().map(|id| read_other(aws, id, scope.stack))).await?;
    Ok(others.into_iter().zip(found).filter_map(|(id, role)| Some((id, role?))).collect())
}

/// Returns the roles whose trust policy names CloudTrail.
async fn for_cloudtrail(aws: &Aws, region: &Region) -> Result<Vec<ResourceId>, AwsError> {
    let client: Client = aws.client(region, Use::Read);
    let (mut found, mut marker) = (Vec::new(), None);
    for _ in 0..MOST_PAGES {
        let call = client.list_roles().max_items(1000).set_marker(marker).send();
        let answer = aws.send(name("ListRoles", region), call).await?;
        let trusts = |role: &types::Role| {
            role.assume_role_policy_document
                .as_deref()
                .is_some_and(|trust| decode_percent(trust).contains("cloudtrail.amazonaws.com"))
        };
        let id = |role: types::Role| ResourceId {
            kind: Role::KIND.to_owned(),
            region: region.clone(),
            name: role.role_name,
        };
        found.extend(answer.roles.into_iter().filter(trusts).map(id));
        marker = answer.marker.filter(|_| answer.is_truncated);
        if marker.is_none() {
            return Ok(found);
        }
    }
    Err(AwsError::incomplete("iam:ListRoles", region, "last page"))
}

fn name<'a>(operation: &'static str, region: &'a Region) -> CallName<'a> {
    CallName { service: "iam", operation, region }
}

/// What a question about a role is sent with. Each answer is `None` if there is no such role or policy.
struct Question<'a> {
    aws: &'a Aws,
    client: Client,
    role: &'a str,
    region: &'a Region,
}

impl<'a> Question<'a> {
    fn new(aws: &'a Aws, region: &'a Region, role: &'a str) -> Self {
        Self { aws, client: aws.client(region, Use::Read), role, region }
    }
}

/// What a role may do.
#[derive(Default)]
struct Policies {
    inline: BTreeMap<String, PolicyDocument>,
    managed: BTreeSet<String>,
}

async fn read(aws: &Aws, id: &ResourceId) -> Result<Option<Observed<Role>>, AwsError> {
    let ask = Question::new(aws, &id.region, &id.name);
    match try_join(ask.role(), ask.policies()).await {
        Ok((Some(role), Some(policies))) => Ok(Some(observed(id, role, policies))),
        Ok(_) => Ok(None),
        Err(error) if error.class == Class::Denied => Ok(Some(unread(aws, id, &error))),
        Err(error) => Err(error),
    }
}

/// Reads a role that the spec does not name. What it may do is read only if it is the stack's.
async fn read_other(aws: &Aws, id: &ResourceId, stack: &str) -> Result<Option<Observed<Role>>, AwsError> {
    let ask = Question::new(aws, &id.region, &id.name);
    let asked = async {
        let Some(role) = ask.role().await? else { return Ok(None) };
        if !Owner::of(&tags(&role)).is(stack) {
            return Ok(Some(observed(id, role, Policies::default())));
        }
        let policies = ask.policies().await?;
        Ok::<_, AwsError>(policies.map(|policies| observed(id, role, policies)))
    };
    match asked.await {
        Err(error) if error.class == Class::Denied => Ok(Some(unread(aws, id, &error))),
        other => other,
    }
}

fn tags(role: &types::Role) -> Tags {
    role.tags().iter().map(|tag| (tag.key.clone(), tag.value.clone())).collect()
}

fn observed(id: &ResourceId, role: types::Role, policies: Policies) -> Observed<Role> {
    let Policies { mut inline, managed } = policies;
    let all_tags = tags(&role);
    let owner = Owner::of(&all_tags);
    let (tags, protect) = owner::split(all_tags);
    let attrs = Role {
        name: Some(id.name.clone()),
        path: role.path,
        permissions_boundary: role
            .permissions_boundary
            .and_then(|boundary| boundary.permissions_boundary_arn),
        max_session_seconds: role
            .max_session_duration
            .and_then(|seconds| u32::try_from(seconds).ok())
            .unwrap_or_else(hour),
        trust: role.assume_role_policy_document.as_deref().map(document).unwrap_or_default(),
        policy: inline.remove(INLINE).unwrap_or_default(),
        inline_policies: inline,
        managed_policies: managed,
        tags,
        protect,
        adopt: false,
    };
    let outputs = Outputs::from([("name".to_owned(), id.name.clone()), ("arn".to_owned(), role.arn)]);
    Observed { attrs, outputs, owner, holds_data: false, beside: Vec::new() }
}

/// Reads a policy as IAM shows it. One without statements is one all the same: the role cannot be deleted with it.
fn document(encoded: &str) -> PolicyDocument {
    let text = decode_percent(encoded);
    let document = PolicyDocument::read(&text);
    match document.statements.is_empty() {
        true => PolicyDocument { statements: vec![json!(text)], ..PolicyDocument::default() },
        false => document,
    }
}

/// Returns what stands for a role that may not be read.
fn unread(aws: &Aws, id: &ResourceId, error: &AwsError) -> Observed<Role> {
    let attrs = Role {
        name: Some(id.name.clone()),
        path: root(),
        permissions_boundary: None,
        max_session_seconds: hour(),
        trust: PolicyDocument::default(),
        policy: PolicyDocument::default(),
        inline_policies: BTreeMap::new(),
        managed_policies: BTreeSet::new(),
        tags: Tags::new(),
        protect: true,
        adopt: false,
    };
    let outputs = attrs.outputs(id, aws.account());
    let owner = Owner::Unreadable { why: error.to_string() };
    Observed { attrs, outputs, owner, holds_data: false, beside: Vec::new() }
}

fn or_absent<T>(answer: Result<T, AwsError>) -> Result<Option<T>, AwsError> {
    match answer {
        Err(error) if error.class == Class::NotFound => Ok(None),
        other => other.map(Some),
    }
}

impl Question<'_> {
    async fn role(&self) -> Result<Option<types::Role>, AwsError> {
        let call = self.client.get_role().role_name(self.role).send();
        let Some(answer) = or_absent(self.aws.send(name("GetRole", self.region), call).await)? else {
            return Ok(None);
        };
        let missing = || AwsError::incomplete("iam:GetRole", self.region, "role");
        answer.role.ok_or_else(missing).map(Some)
    }

    /// Returns all policies. That which trailctl writes is asked for at once: its name is known.
    async fn policies(&self) -> Result<Option<Policies>, AwsError> {
        let asked = try_join3(self.inline_names(), self.attached(), self.inline(INLINE)).await?;
        let (Some(names), Some(managed), own) = asked else { return Ok(None) };
        let further = names.into_iter().filter(|name| name != INLINE);
        let further = try_join_all(further.map(async |name| {
            let policy = self.inline(&name).await?;
            Ok::<_, AwsError>(policy.map(|policy| (name, policy)))
        }));
        let own = own.map(|policy| (INLINE.to_owned(), policy));
        let inline = own.into_iter().chain(further.await?.into_iter().flatten()).collect();
        Ok(Some(Policies { inline, managed }))
    }

    async fn inline_names(&self) -> Result<Option<Vec<String>>, AwsError> {
        let (mut found, mut marker) = (Vec::new(), None);
        for _ in 0..MOST_PAGES {
            let call = self.client.list_role_policies().role_name(self.role).set_marker(marker).send();
            let answer = or_absent(self.aws.send(name("ListRolePolicies", self.region), call).await)?;
            let Some(answer) = answer else { return Ok(None) };
            found.extend(answer.policy_names);
            marker = answer.marker.filter(|_| answer.is_truncated);
            if marker.is_none() {
                return Ok(Some(found));
            }
        }
        Err(AwsError::incomplete("iam:ListRolePolicies", self.region, "last page"))
    }

    async fn attached(&self) -> Result<Option<BTreeSet<String>>, AwsError> {
        let (mut found, mut marker) = (BTreeSet::new(), None);
        for _ in 0..MOST_PAGES {
            let call =
                self.client.list_attached_role_policies().role_name(self.role).set_marker(marker).send();
            let answer = or_absent(self.aws.send(name("ListAttachedRolePolicies", self.region), call).await)?;
            let Some(answer) = answer else { return Ok(None) };
            let attached = answer.attached_policies.unwrap_or_default();
            found.extend(attached.into_iter().filter_map(|policy| policy.policy_arn));
            marker = answer.marker.filter(|_| answer.is_truncated);
            if marker.is_none() {
                return Ok(Some(found));
            }
        }
        Err(AwsError::incomplete("iam:ListAttachedRolePolicies", self.region, "last page"))
    }

    async fn inline(&self, policy: &str) -> Result<Option<PolicyDocument>, AwsError> {
        let call = self.client.get_role_policy().role_name(self.role).policy_name(policy).send();
        let answer = or_absent(self.aws.send(name("GetRolePolicy", self.region), call).await)?;
        Ok(answer.map(|answer| document(&answer.policy_document)))
    }
}

/// Returns the name of a role that is named by its ARN or its name, if it is of the account.
fn own<'a>(aws: &Aws, name: &'a str) -> Option<&'a str> {
    match parts(name) {
        Some((account, role)) => Some(role).filter(|_| account == aws.account().id),
        None => Some(name).filter(|name| !name.starts_with("arn:")),
    }
}

/// Asks about a role that others manage. The entry that names it may be in any Region; IAM is in one.
pub(super) async fn look(aws: &Aws, id: &ResourceId) -> Result<Option<Existing>, AwsError> {
    let region = id.region.global("iam");
    let is_arn = id.name.starts_with("arn:");
    let Some(role) = own(aws, &id.name) else {
        let problem = "is not in the account of the credentials, where CloudTrail wants it".to_owned();
        let elsewhere = Existing { problem: Some(problem), ..Existing::default() };
        return Ok(parts(&id.name).map(|_| elsewhere));
    };
    let ask = Question::new(aws, &region, role);
    let (role, policies) = join(ask.role(), ask.policies()).await;
    let Some(role) = role?.filter(|found| !is_arn || found.arn == id.name) else { return Ok(None) };
    let trust = role.assume_role_policy_document.as_deref().map(document).unwrap_or_default();
    let problem = trust.is_opaque().then(|| "has a trust policy that cannot be read".to_owned());
    let outputs = Outputs::from([("arn".to_owned(), role.arn)]);
    let mut found = Existing { outputs, attrs: json!({"trust": trust}), problem, unread: None };
    match policies {
        Err(error) => learn::<()>(&mut found, "policy", Err(error))?,
        Ok(policies) => {
            let Policies { mut inline, managed } = policies.unwrap_or_default();
            found.attrs["policy"] = json!(inline.remove(INLINE).unwrap_or_default());
            found.attrs["inline_policies"] = json!(inline);
            found.attrs["managed_policies"] = json!(managed);
        }
    }
    Ok(Some(found))
}

/// Sends one request, to the Region that serves IAM.
pub(super) async fn perform(aws: &Aws, id: &ResourceId, call: Call) -> Result<Outputs, AwsError> {
    let region = &id.region;
    let client: Client = aws.client(region, Use::Change);
    match call {
        Call::CreateRole {
            role_name,
            path,
            assume_role_policy_document,
            max_session_duration,
            permissions_boundary,
            tags,
        } => {
            let request = client
                .create_role()
                .role_name(role_name)
                .path(path)
                .assume_role_policy_document(assume_role_policy_document.to_string())
                .max_session_duration(seconds(max_session_duration))
                .set_permissions_boundary(permissions_boundary)
                .set_tags(Some(sdk_tags(tags)));
            let answer = aws.send(name("CreateRole", region), request.send()).await?;
            return Ok(answer.role.map(|role| ("arn".to_owned(), role.arn)).into_iter().collect());
        }
        Call::UpdateAssumeRolePolicy { role_name, policy_document } => {
            let request = client
                .update_assume_role_policy()
                .role_name(role_name)
                .policy_document(policy_document.to_string());
            aws.send(name("UpdateAssumeRolePolicy", region), request.send()).await.map(drop)
        }
        Call::UpdateRole { role_name, max_session_duration } => {
            let seconds = seconds(max_session_duration);
            let request = client.update_role().role_name(role_name).max_session_duration(seconds);
            aws.send(name("UpdateRole", region), request.send()).await.map(drop)
        }
        Call::PutRolePermissionsBoundary { role_name, permissions_boundary } => {
            let request = client
                .put_role_permissions_boundary()
                .role_name(role_name)
                .permissions_boundary(permissions_boundary);
            aws.send(name("PutRolePermissionsBoundary", region), request.send()).await.map(drop)
        }
        Call::DeleteRolePermissionsBoundary { role_name } => {
            let request = client.delete_role_permissions_boundary().role_name(role_name);
            aws.send(name("DeleteRolePermissionsBoundary", region), request.send()).await.map(drop)
        }
        Call::PutRolePolicy { role_name, policy_name, policy_document } => {
            let request = client
                .put_role_policy()
                .role_name(role_name)
                .policy_name(policy_name)
                .policy_document(policy_document.to_string());
            aws.send(name("PutRolePolicy", region), request.send()).await.map(drop)
        }
        Call::DeleteRolePolicy { role_name, policy_name } => {
            let request = client.delete_role_policy().role_name(role_name).policy_name(policy_name);
            aws.send(name("DeleteRolePolicy", region), request.send()).await.map(drop)
        }
        Call::AttachRolePolicy { role_name, policy_arn } => {
            let request = client.attach_role_policy().role_name(role_name).policy_arn(policy_arn);
            aws.send(name("AttachRolePolicy", region), request.send()).await.map(drop)
        }
        Call::DetachRolePolicy { role_name, policy_arn } => {
            let request = client.detach_role_policy().role_name(role_name).policy_arn(policy_arn);
            aws.send(name("DetachRolePolicy", region), request.send()).await.map(drop)
        }
        Call::TagRole { role_name, tags } => {
            let request = client.tag_role().role_name(role_name).set_tags(Some(sdk_tags(tags)));
            aws.send(name("TagRole", region), request.send()).await.map(drop)
        }
        Call::UntagRole { role_name, tag_keys } => {
            let request = client.untag_role().role_name(role_name).set_tag_keys(Some(tag_keys));
            aws.send(name("UntagRole", region), request.send()).await.map(drop)
        }
        Call::DeleteRole { role_name } => {
            let request = client.delete_role().role_name(role_name);
            aws.send(name("DeleteRole", region), request.send()).await.map(drop)
        }
    }?;
    Ok(Outputs::new())
}

fn seconds(seconds: u32) -> i32 {
    i32::try_from(seconds).unwrap_or(i32::MAX)
}

fn sdk_tags(tags: Tags) -> Vec<types::Tag> {
    let tag =
        |(key, value)| types::Tag::builder().key(key).value(value).build().expect("key and value are set");
    tags.into_iter().map(tag).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_are_read_as_iam_shows_them() {
        let encoded =
            "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Sid%22%3A%22a+b%22%7D%5D%7D";
        assert_eq!(document(encoded).statements, [json!({"Sid": "a+b"})]);
        assert_eq!(document("%7B%22Statement%22%3A%5B%5D%7D").statements, [json!(r#"{"Statement":[]}"#)]);
    }
}
