//! IAM: roles with their policies, boundaries and tags.
//!
//! Managed policies have no documents here, except for a few of AWS's own: any that is named well can be attached.

mod find;
mod inline;
mod managed;
mod roles;
mod tagging;
mod trust;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::policy::{of_role, request_of_service};
use super::store::State;
use super::wire::query::Params;
use super::wire::{Call, Operation, Protocol, Refusal, Service};
use crate::policy::evaluate::Request;
use crate::policy::grammar::{Grammar, Of};

/// The service.
pub(crate) static SERVICE: Service = Service {
    signing_name: "iam",
    protocol: Protocol::AwsQuery,
    operations: &[
        Operation::write("CreateRole", roles::create_role),
        Operation::read("GetRole", roles::get_role),
        Operation::read("ListRoles", roles::list_roles),
        Operation::write("UpdateRole", roles::update_role),
        Operation::write("DeleteRole", roles::delete_role),
        Operation::write("UpdateAssumeRolePolicy", trust::update_assume_role_policy),
        Operation::write("PutRolePolicy", inline::put_role_policy),
        Operation::read("GetRolePolicy", inline::get_role_policy),
        Operation::read("ListRolePolicies", inline::list_role_policies),
        Operation::write("DeleteRolePolicy", inline::delete_role_policy),
        Operation::write("AttachRolePolicy", managed::attach_role_policy),
        Operation::write("DetachRolePolicy", managed::detach_role_policy),
        Operation::read("ListAttachedRolePolicies", managed::list_attached_role_policies),
        Operation::write("PutRolePermissionsBoundary", managed::put_role_permissions_boundary),
        Operation::write("DeleteRolePermissionsBoundary", managed::delete_role_permissions_boundary),
        Operation::write("TagRole", tagging::tag_role),
        Operation::write("UntagRole", tagging::untag_role),
        Operation::read("ListRoleTags", tagging::list_role_tags),
    ],
};

/// A role. Partition, account and the name in lower case are where it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Role {
    name: String,
    path: String,
    id: String,
    created: Timestamp,
    description: Option<String>,
    max_session_duration: u32,
    /// The trust policy, as it was given.
    trust: String,
    /// The ARN of the permissions boundary.
    boundary: Option<String>,
    /// Inline policies by name, as they were given.
    inline: BTreeMap<String, String>,
    /// The ARNs of the attached managed policies.
    attached: BTreeSet<String>,
    tags: BTreeMap<String, String>,
}

impl Role {
    /// Whether the trust policy lets a service take the role.
    pub(crate) fn trusts(&self, service: &str, account: &str) -> bool {
        let mut take = request_of_service(service, "sts:AssumeRole", "*", account);
        // That a service says for whom it takes a role is not documented.
        take.context.remove("aws:SourceAccount");
        of_role([self.trust.as_str()], &take) == Some(true)
    }

    /// Whether the role may do something, as far as its policies and its boundary are known here.
    pub(crate) fn may(&self, request: &Request) -> bool {
        let attached = self.attached.iter().filter_map(|arn| managed::document(arn));
        let inline = self.inline.values().map(String::as_str);
        let boundary = self.boundary.as_deref().and_then(managed::document);
        of_role(inline.chain(attached), request) == Some(true)
            && boundary.is_none_or(|boundary| of_role([boundary], request) == Some(true))
    }
}

/// Finds a role by its ARN.
pub(crate) fn role<'a>(state: &'a State, arn: &str) -> Option<&'a Role> {
    let (partition, rest) = arn.strip_prefix("arn:")?.split_once(":iam::")?;
    let (account, full_name) = rest.split_once(":role/")?;
    let (path, name) = full_name.rsplit_once('/').unwrap_or(("", full_name));
    let path = if path.is_empty() { "/".to_owned() } else { format!("/{path}/") };
    let role = state.roles.get(partition)?.get(account)?.get(&name.to_ascii_lowercase())?;
    (role.name == name && role.path == path).then_some(role)
}

/// Reads the parameters of a call, which must come to the one Region that serves IAM.
fn params(call: &Call<'_>, known: &[&str]) -> Result<Params, Refusal> {
    call.check_global(&[
        ("aws", "us-east-1"),
        ("aws-cn", "cn-north-1"),
        ("aws-us-gov", "us-gov-west-1"),
        ("aws-eusc", "eusc-de-east-1"),
    ])?;
    Params::read(call, "ValidationError", known)
}

/// Refuses a malformed trust policy.
fn check_trust(call: &Call<'_>, policy: &str) -> Result<(), Refusal> {
    const MAX_LENGTH: usize = 2048;
    let grammar = Grammar { of: Of::Trust, partition: Some(call.partition()) };
    if let Some(fault) = grammar.refusal(policy) {
        return Err(malformed(fault));
    }
    if policy.chars().filter(|character| !character.is_whitespace()).count() > MAX_LENGTH {
        let message = format!("Cannot exceed quota for ACLSizePerRole: {MAX_LENGTH}");
        return Err(limit_exceeded(message));
    }
    Ok(())
}

fn malformed(message: String) -> Refusal {
    Refusal::bad("MalformedPolicyDocument", message)
}

fn limit_exceeded(message: String) -> Refusal {
    Refusal::new(409, "LimitExceeded", message)
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::bad("ValidationError", message)
}

fn absent(message: String) -> Refusal {
    Refusal::new(404, "NoSuchEntity", message)
}
