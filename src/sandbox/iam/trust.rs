//! UpdateAssumeRolePolicy.

use super::find::role_mut;
use super::{check_trust, params};
use crate::sandbox::store::State;
use crate::sandbox::wire::query::done;
use crate::sandbox::wire::{Call, Outcome};

pub(super) fn update_assume_role_policy(state: &mut State, call: &Call<'_>) -> Outcome {
    let params = params(call, &["RoleName", "PolicyDocument"])?;
    let role = role_mut(state, call, &params)?;
    let policy = params.required("PolicyDocument")?;
    check_trust(call, policy)?;
    role.trust = policy.to_owned();
    Ok(done("UpdateAssumeRolePolicy"))
}
