//! Finds log groups by name or ARN.

use serde::Deserialize;

use super::{LogGroup, invalid, not_found};
use crate::sandbox::identity::partition;
use crate::sandbox::store::State;
use crate::sandbox::wire::{Call, Refusal};

const MAX_NAME: usize = 512;

/// Returns a log group.
pub(crate) fn group<'a>(state: &'a State, account: &str, region: &str, name: &str) -> Option<&'a LogGroup> {
    state.log_groups.get(account)?.get(region)?.get(name)
}

/// Finds a log group of the caller in the Region of the call, by its name.
pub(super) fn to_change<'a>(
    state: &'a mut State,
    call: &Call<'_>,
    name: &str,
) -> Result<&'a mut LogGroup, Refusal> {
    check_name(name)?;
    let regions = state.log_groups.get_mut(&call.caller.account);
    let groups = regions.and_then(|regions| regions.get_mut(&call.region));
    groups.and_then(|groups| groups.get_mut(name)).ok_or_else(absent)
}

/// Finds the log group that a call with `logGroupName` names, to change it.
pub(super) fn named<'a>(
    state: &'a mut State,
    call: &Call<'_>,
) -> Result<(String, &'a mut LogGroup), Refusal> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Input {
        log_group_name: String,
    }
    let Input { log_group_name: name } = call.input()?;
    to_change(state, call, &name).map(|group| (name, group))
}

/// Returns the name in an ARN without `:*` of the caller and the Region of the call.
pub(super) fn name_in_arn<'a>(call: &Call<'_>, arn: &'a str) -> Result<&'a str, Refusal> {
    let here = self::arn(&call.region, &call.caller.account, "");
    let name =
        arn.strip_prefix(&here).ok_or_else(|| invalid(format!("{arn} is not an ARN of this place.")))?;
    check_name(name).map(|()| name)
}

/// Returns the ARN of a log group, without `:*`.
pub(super) fn arn(region: &str, account: &str, name: &str) -> String {
    format!("arn:{}:logs:{region}:{account}:log-group:{name}", partition(region))
}

pub(super) fn check_name(name: &str) -> Result<(), Refusal> {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b".-_/#".contains(&byte);
    if !(1..=MAX_NAME).contains(&name.len()) || !name.bytes().all(is_name) || name.starts_with("aws/") {
        return Err(invalid(format!("{name} is not the name of a log group.")));
    }
    Ok(())
}

pub(super) fn absent() -> Refusal {
    not_found("The specified log group does not exist.")
}
