//! EnableKey, DisableKey, ScheduleKeyDeletion, CancelKeyDeletion. A key stays when its day has come.

use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::json;

use super::find::to_change;
use super::{invalid, named};
use crate::sandbox::store::State;
use crate::sandbox::wire::{Call, Outcome, Refusal, Reply};

pub(super) fn enable_key(state: &mut State, call: &Call<'_>) -> Outcome {
    set_enabled(state, call, true)
}

pub(super) fn disable_key(state: &mut State, call: &Call<'_>) -> Outcome {
    set_enabled(state, call, false)
}

fn set_enabled(state: &mut State, call: &Call<'_>, enabled: bool) -> Outcome {
    let (arn, key) = to_change(state, call, &named(call)?)?;
    key.check_kept(&arn)?;
    key.enabled = enabled;
    Ok(Reply::empty_json())
}

pub(super) fn schedule_key_deletion(state: &mut State, call: &Call<'_>) -> Outcome {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase", deny_unknown_fields)]
    struct Input {
        key_id: String,
        pending_window_in_days: Option<i64>,
    }
    let Input { key_id, pending_window_in_days } = call.input()?;
    let (arn, key) = to_change(state, call, &key_id)?;
    key.check_kept(&arn)?;
    let days = pending_window_in_days.unwrap_or(30);
    if !(7..=30).contains(&days) {
        return Err(invalid("PendingWindowInDays must be 7 to 30."));
    }
    let date = call.now.saturating_add(SignedDuration::from_hours(24 * days)).unwrap_or(call.now);
    key.deletion = Some(date);
    Ok(Reply::json(&json!({
        "KeyId": arn.to_string(),
        "DeletionDate": date.as_second(),
        "KeyState": key.state(),
        "PendingWindowInDays": days,
    })))
}

/// The key comes back disabled.
pub(super) fn cancel_key_deletion(state: &mut State, call: &Call<'_>) -> Outcome {
    let (arn, key) = to_change(state, call, &named(call)?)?;
    if key.deletion.take().is_none() {
        return Err(Refusal::bad("KMSInvalidStateException", format!("{arn} is not pending deletion.")));
    }
    key.enabled = false;
    Ok(Reply::json(&json!({"KeyId": arn.to_string()})))
}
