//! EnableKeyRotation, DisableKeyRotation, GetKeyRotationStatus.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Map, json};

use super::find::{KeyArn, by_id, to_change};
use super::{Key, invalid, named};
use crate::sandbox::store::State;
use crate::sandbox::wire::{Call, Outcome, Refusal, Reply};

const DEFAULT_PERIOD: u32 = 365;

pub(super) fn enable_key_rotation(state: &mut State, call: &Call<'_>) -> Outcome {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase", deny_unknown_fields)]
    struct Input {
        key_id: String,
        rotation_period_in_days: Option<u32>,
    }
    let Input { key_id, rotation_period_in_days: given } = call.input()?;
    let (arn, key) = to_change(state, call, &key_id)?;
    check(&arn, key)?;
    if given.is_some_and(|days| !(90..=2560).contains(&days)) {
        return Err(invalid("RotationPeriodInDays must be 90 to 2560."));
    }
    let period = given.or(key.rotation_period).unwrap_or(DEFAULT_PERIOD);
    (key.rotation, key.rotation_period) = (Some(period), Some(period));
    Ok(Reply::empty_json())
}

pub(super) fn disable_key_rotation(state: &mut State, call: &Call<'_>) -> Outcome {
    let (arn, key) = to_change(state, call, &named(call)?)?;
    check(&arn, key)?;
    key.rotation = None;
    Ok(Reply::empty_json())
}

pub(super) fn get_key_rotation_status(state: &State, call: &Call<'_>) -> Outcome {
    let (arn, key) = by_id(state, call, &named(call)?)?;
    // A key that is to be deleted does not rotate.
    let period = key.rotation.filter(|_| key.deletion.is_none());
    let mut status = Map::from_iter([
        ("KeyId".to_owned(), json!(arn.to_string())),
        ("KeyRotationEnabled".to_owned(), json!(period.is_some())),
    ]);
    if let Some(days) = period {
        status.insert("RotationPeriodInDays".to_owned(), json!(days));
        let next: Option<Timestamp> =
            key.created.saturating_add(SignedDuration::from_hours(24 * i64::from(days))).ok();
        status.extend(next.map(|next| ("NextRotationDate".to_owned(), json!(next.as_second()))));
    }
    Ok(Reply::json(&status.into()))
}

fn check(arn: &KeyArn, key: &Key) -> Result<(), Refusal> {
    if !key.is_symmetric() {
        let message = format!("{arn} is not symmetric: it cannot rotate.");
        return Err(Refusal::bad("UnsupportedOperationException", message));
    }
    key.check_enabled(arn)
}
