//! StartLogging, StopLogging, GetTrailStatus.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};

use super::{find, named};
use crate::sandbox::store::State;
use crate::sandbox::wire::{Call, Outcome, Reply};

/// Whether a trail logs, and when that was last changed. A new trail does not log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Logging {
    is_on: bool,
    started: Option<Timestamp>,
    stopped: Option<Timestamp>,
}

pub(super) fn start_logging(state: &mut State, call: &Call<'_>) -> Outcome {
    let (_, trail) = find::to_change(state, call, &named(call)?)?;
    trail.logging = Logging { is_on: true, started: Some(call.now), stopped: trail.logging.stopped };
    Ok(Reply::empty_json())
}

/// Insights end with the logging.
pub(super) fn stop_logging(state: &mut State, call: &Call<'_>) -> Outcome {
    let (_, trail) = find::to_change(state, call, &named(call)?)?;
    trail.logging = Logging { is_on: false, started: trail.logging.started, stopped: Some(call.now) };
    trail.insights.clear();
    Ok(Reply::empty_json())
}

pub(super) fn get_trail_status(state: &State, call: &Call<'_>) -> Outcome {
    let (_, trail) = find::to_read(state, call, &named(call)?)?;
    let Logging { is_on, started, stopped } = &trail.logging;
    let mut status = Map::from_iter([("IsLogging".to_owned(), json!(is_on))]);
    for (name, time) in [("StartLoggingTime", started), ("StopLoggingTime", stopped)] {
        if let Some(time) = time {
            status.insert(name.to_owned(), json!(time.as_second()));
        }
    }
    Ok(Reply::json(&status.into()))
}
