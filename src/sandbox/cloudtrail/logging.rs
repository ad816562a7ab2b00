//! StartLogging, StopLogging, GetTrailStatus.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};

use super::{delivery, find, named};
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

/// A trail that logs is taken to have delivered just now, if its bucket still lets it.
pub(super) fn get_trail_status(state: &State, call: &Call<'_>) -> Outcome {
    let (arn, trail) = find::to_read(state, call, &named(call)?)?;
    let Logging { is_on, started, stopped } = &trail.logging;
    let mut status = Map::from_iter([("IsLogging".to_owned(), json!(is_on))]);
    let delivered = if *is_on { delivery::problem(state, &arn, &trail.settings) } else { None };
    let latest = Some(call.now).filter(|_| *is_on && delivered.is_none());
    let times =
        [("StartLoggingTime", started), ("StopLoggingTime", stopped), ("LatestDeliveryTime", &latest)];
    for (name, time) in times {
        if let Some(time) = time {
            status.insert(name.to_owned(), json!(seconds(*time)));
        }
    }
    if let Some(code) = delivered {
        status.insert("LatestDeliveryError".to_owned(), json!(code));
    }
    Ok(Reply::json(&status.into()))
}

/// Returns a time as the protocol writes it: seconds, with thousandths behind the point.
fn seconds(time: Timestamp) -> f64 {
    Duration::from_millis(time.as_millisecond().unsigned_abs()).as_secs_f64()
}
