//! Finds roles by name, and says what names can be.

use super::{Role, absent, invalid};
use crate::sandbox::store::State;
use crate::sandbox::wire::query::Params;
use crate::sandbox::wire::{Call, Refusal};

/// Finds the role that `RoleName` names.
pub(super) fn role<'a>(state: &'a State, call: &Call<'_>, params: &Params) -> Result<&'a Role, Refusal> {
    let name = params.required("RoleName")?;
    let roles = state.roles.get(call.partition()).and_then(|accounts| accounts.get(&call.caller.account));
    let role = roles.and_then(|roles| roles.get(&name.to_ascii_lowercase()));
    role.filter(|role| role.name == name).ok_or_else(|| no_role(name))
}

/// Finds the role that `RoleName` names, to change it.
pub(super) fn role_mut<'a>(
    state: &'a mut State,
    call: &Call<'_>,
    params: &Params,
) -> Result<&'a mut Role, Refusal> {
    let name = params.required("RoleName")?;
    let accounts = state.roles.get_mut(call.partition());
    let roles = accounts.and_then(|accounts| accounts.get_mut(&call.caller.account));
    let role = roles.and_then(|roles| roles.get_mut(&name.to_ascii_lowercase()));
    role.filter(|role| role.name == name).ok_or_else(|| no_role(name))
}

fn no_role(name: &str) -> Refusal {
    absent(format!("The role with name {name} cannot be found."))
}

/// Refuses what cannot be the name of a role or policy.
pub(super) fn check_name(what: &str, name: &str, most: usize) -> Result<(), Refusal> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    if (1..=most).contains(&name.len()) && name.chars().all(is_name) {
        return Ok(());
    }
    Err(invalid(format!("{what} must have 1 to {most} letters, digits or one of _+=,.@-")))
}
