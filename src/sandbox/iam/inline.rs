//! PutRolePolicy, GetRolePolicy, ListRolePolicies, DeleteRolePolicy.

use super::find::{check_name, role, role_mut};
use super::roles::{check_marker, encoded};
use super::{absent, limit_exceeded, malformed, params};
use crate::policy::grammar::{Grammar, Of};
use crate::sandbox::store::State;
use crate::sandbox::wire::query::{answer, done};
use crate::sandbox::wire::xml::Element;
use crate::sandbox::wire::{Call, Outcome, Refusal};

const MAX_NAME: usize = 128;
/// The most characters of all inline policies of a role, white space not counted.
const MAX_LENGTH: usize = 10_240;

pub(super) fn put_role_policy(state: &mut State, call: &Call<'_>) -> Outcome {
    let params = params(call, &["RoleName", "PolicyName", "PolicyDocument"])?;
    let role = role_mut(state, call, &params)?;
    let name = params.required("PolicyName")?;
    check_name("PolicyName", name, MAX_NAME)?;
    let policy = params.required("PolicyDocument")?;
    check(call, policy)?;
    role.inline.insert(name.to_owned(), policy.to_owned());
    let length: usize =
        role.inline.values().map(|text| text.chars().filter(|c| !c.is_whitespace()).count()).sum();
    if length > MAX_LENGTH {
        let message = format!("Maximum policy size of {MAX_LENGTH} bytes exceeded for role {}", role.name);
        return Err(limit_exceeded(message));
    }
    Ok(done("PutRolePolicy"))
}

pub(super) fn get_role_policy(state: &State, call: &Call<'_>) -> Outcome {
    let params = params(call, &["RoleName", "PolicyName"])?;
    let role = role(state, call, &params)?;
    let name = params.required("PolicyName")?;
    let policy = role.inline.get(name).ok_or_else(|| no_policy(name))?;
    Ok(answer("GetRolePolicy", |xml| {
        xml.text("RoleName", &role.name).text("PolicyName", name).text("PolicyDocument", encoded(policy))
    }))
}

pub(super) fn list_role_policies(state: &State, call: &Call<'_>) -> Outcome {
    let params = params(call, &["RoleName", "MaxItems", "Marker"])?;
    check_marker(&params)?;
    let role = role(state, call, &params)?;
    Ok(answer("ListRolePolicies", |xml| {
        let names = |xml| role.inline.keys().fold(xml, |xml: Element, name| xml.text("member", name));
        xml.child("PolicyNames", names).text("IsTruncated", false)
    }))
}

pub(super) fn delete_role_policy(state: &mut State, call: &Call<'_>) -> Outcome {
    let params = params(call, &["RoleName", "PolicyName"])?;
    let role = role_mut(state, call, &params)?;
    let name = params.required("PolicyName")?;
    match role.inline.remove(name) {
        Some(_) => Ok(done("DeleteRolePolicy")),
        None => Err(no_policy(name)),
    }
}

fn check(call: &Call<'_>, policy: &str) -> Result<(), Refusal> {
    let grammar = Grammar { of: Of::Role, partition: Some(call.partition()) };
    grammar.refusal(policy).map_or(Ok(()), |fault| Err(malformed(fault)))
}

fn no_policy(name: &str) -> Refusal {
    absent(format!("The role policy with name {name} cannot be found."))
}
