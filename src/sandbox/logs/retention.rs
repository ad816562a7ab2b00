//! PutRetentionPolicy, DeleteRetentionPolicy.

use serde::Deserialize;

use super::find::{named, to_change};
use super::invalid;
use crate::sandbox::store::State;
use crate::sandbox::wire::{Call, Outcome, Reply};

const DAYS: &[u32] = &[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

pub(super) fn put_retention_policy(state: &mut State, call: &Call<'_>) -> Outcome {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Input {
        log_group_name: String,
        retention_in_days: u32,
    }
    let Input { log_group_name, retention_in_days: days } = call.input()?;
    let group = to_change(state, call, &log_group_name)?;
    if !DAYS.contains(&days) {
        return Err(invalid(format!("A retention of {days} days is not one of {DAYS:?}.")));
    }
    group.retention = Some(days);
    Ok(Reply::empty_json())
}

pub(super) fn delete_retention_policy(state: &mut State, call: &Call<'_>) -> Outcome {
    named(state, call)?.1.retention = None;
    Ok(Reply::empty_json())
}
