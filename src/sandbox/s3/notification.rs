//! What is told of changes in a bucket. Enough to have notifications that somebody else made: whether a destination
//! exists is not asked.

use serde::{Deserialize, Serialize};

use super::address::{bucket, bucket_mut};
use super::refuse;
use crate::sandbox::ids;
use crate::sandbox::store::State;
use crate::sandbox::wire::xml::{document, parse};
use crate::sandbox::wire::{Call, Outcome, Refusal, Reply};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
pub(super) struct Notifications {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    topic_configuration: Vec<Target>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    queue_configuration: Vec<Target>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cloud_function_configuration: Vec<Target>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_bridge_configuration: Option<EventBridge>,
}

/// Who is told of which events; the kind of the list says which member names the destination.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Target {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    topic: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    queue: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cloud_function: Option<String>,
    event: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EventBridge {}

pub(super) fn get_bucket_notification(state: &State, call: &Call<'_>) -> Outcome {
    Ok(Reply::xml(document("NotificationConfiguration", &bucket(state, call)?.1.notifications)?))
}

/// The notifications replace those that are there.
pub(super) fn put_bucket_notification(state: &mut State, call: &Call<'_>) -> Outcome {
    bucket(state, call)?;
    let mut wanted: Notifications = parse("NotificationConfiguration", call.request.body())?;
    check(&wanted.topic_configuration, |target| &target.topic)?;
    check(&wanted.queue_configuration, |target| &target.queue)?;
    check(&wanted.cloud_function_configuration, |target| &target.cloud_function)?;
    let Notifications { topic_configuration, queue_configuration, cloud_function_configuration, .. } =
        &mut wanted;
    for targets in [topic_configuration, queue_configuration, cloud_function_configuration] {
        for target in targets {
            target.id.get_or_insert_with(|| ids::uuid(state));
        }
    }
    bucket_mut(state, call)?.1.notifications = wanted;
    Ok(Reply::empty(200))
}

/// Refuses targets without the one destination that their list is for.
fn check(targets: &[Target], destination: fn(&Target) -> &Option<String>) -> Result<(), Refusal> {
    let invalid = |message| Err(refuse(400, "InvalidArgument", message));
    for target in targets {
        let destinations = [&target.topic, &target.queue, &target.cloud_function];
        let is_arn = destination(target).as_ref().is_some_and(|arn| arn.starts_with("arn:"));
        if !is_arn || destinations.into_iter().flatten().count() != 1 {
            return invalid("The ARN is not well formed");
        }
        if target.event.is_empty() || !target.event.iter().all(|event| event.starts_with("s3:")) {
            return invalid("A specified event is not supported");
        }
    }
    Ok(())
}
