//! AttachRolePolicy, DetachRolePolicy, ListAttachedRolePolicies, PutRolePermissionsBoundary,
//! DeleteRolePermissionsBoundary.

use super::find::{role, role_mut};
use super::roles::check_marker;
use super::{absent, limit_exceeded, params};
use crate::sandbox::store::State;
use crate::sandbox::wire::query::{answer, done};
use crate::sandbox::wire::{Call, Outcome, Refusal};

const MAX_ATTACHED: usize = 10;

/// The policies of AWS whose documents are known here, each without what matters to no service here.
static DOCUMENTS: &[(&str, &str)] = &[
    ("AdministratorAccess", r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#),
    (
        "CloudWatchLogsFullAccess",
        r#"{"Statement": {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}}"#,
    ),
    (
        "CloudWatchLogsReadOnlyAccess",
        r#"{"Statement": {"Effect": "Allow", "Action": ["logs:Describe*", "logs:Get*"], "Resource": "*"}}"#,
    ),
];

/// Returns the document of a managed policy, if it is known.
pub(super) fn document(arn: &str) -> Option<&'static str> {
    let (_, name) = arn.split_once(":iam::aws:policy/")?;
    DOCUMENTS.iter().find(|(known, _)| *known == name).map(|(_, document)| *document)
}

pub(super) fn attach_role_policy(state: &mut State, call: &Call<'_>) -> Outcome {
    let params = params(call, &["RoleName", "PolicyArn"])?;
    let role = role_mut(state, call, &params)?;
    let arn = params.required("PolicyArn")?;
    check_arn(call, arn)?;
    role.attached.insert(arn.to_owned());
    if role.attached.len() > MAX_ATTACHED {
        return Err(limit_exceeded(format!("Cannot exceed quota for PoliciesPerRole: {MAX_ATTACHED}")));
    }
    Ok(done("AttachRolePolicy"))
}

pub(super) fn detach_role_policy(state: &mut State, call: &Call<'_>) -> Outcome {
    let params = params(call, &["RoleName", "PolicyArn"])?;
    let role = role_mut(state, call, &params)?;
    let arn = params.required("PolicyArn")?;
    if !role.attached.remove(arn) {
        return Err(absent(format!("Policy {arn} was not found.")));
    }
    Ok(done("DetachRolePolicy"))
}

pub(super) fn list_attached_role_policies(state: &State, call: &Call<'_>) -> Outcome {
    let params = params(call, &["RoleName", "PathPrefix", "MaxItems", "Marker"])?;
    check_marker(&params)?;
    let role = role(state, call, &params)?;
    let prefix = params.get("PathPrefix").unwrap_or("/");
    let is_below =
        |arn: &&String| arn.split_once(":policy").is_some_and(|(_, full_name)| full_name.starts_with(prefix));
    let attached = role.attached.iter().filter(is_below);
    Ok(answer("ListAttachedRolePolicies", |xml| {
        xml.child("AttachedPolicies", |xml| {
            xml.each("member", attached, |xml, arn| {
                xml.text("PolicyName", arn.rsplit('/').next().unwrap_or_default()).text("PolicyArn", arn)
            })
        })
        .text("IsTruncated", false)
    }))
}

pub(super) fn put_role_permissions_boundary(state: &mut State, call: &Call<'_>) -> Outcome {
    let params = params(call, &["RoleName", "PermissionsBoundary"])?;
    let role = role_mut(state, call, &params)?;
    let arn = params.required("PermissionsBoundary")?;
    check_arn(call, arn)?;
    role.boundary = Some(arn.to_owned());
    Ok(done("PutRolePermissionsBoundary"))
}

pub(super) fn delete_role_permissions_boundary(state: &mut State, call: &Call<'_>) -> Outcome {
    let role = role_mut(state, call, &params(call, &["RoleName"])?)?;
    if role.boundary.take().is_none() {
        return Err(absent(format!("The role {} has no permissions boundary.", role.name)));
    }
    Ok(done("DeleteRolePermissionsBoundary"))
}

/// Refuses what is no policy of AWS or of the account.
pub(super) fn check_arn(call: &Call<'_>, arn: &str) -> Result<(), Refusal> {
    let invalid = || Refusal::bad("InvalidInput", format!("ARN {arn} is not valid."));
    let own = arn.strip_prefix(&format!("arn:{}:iam::", call.partition())).ok_or_else(invalid)?;
    let (owner, name) = own.split_once(":policy/").ok_or_else(invalid)?;
    if name.is_empty() || name.ends_with('/') {
        return Err(invalid());
    }
    if owner != "aws" && owner != call.caller.account {
        return Err(absent(format!("Policy {arn} does not exist or is not attachable.")));
    }
    Ok(())
}
