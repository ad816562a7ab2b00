//! Object lock of a bucket: on for ever once it is on. Objects are not kept from being deleted.

use serde::{Deserialize, Serialize};

use super::address::{bucket, bucket_mut};
use super::refuse;
use crate::sandbox::store::State;
use crate::sandbox::wire::xml::{document, parse};
use crate::sandbox::wire::{Call, Outcome, Refusal, Reply};

const MAX_DAYS: u32 = 36_500;
const MAX_YEARS: u32 = 100;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ObjectLock {
    object_lock_enabled: Enabled,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<Rule>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Enabled {
    Enabled,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Rule {
    default_retention: Retention,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Retention {
    mode: Mode,
    #[serde(skip_serializing_if = "Option::is_none")]
    days: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    years: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Mode {
    Governance,
    Compliance,
}

impl ObjectLock {
    /// What a bucket has that was made with object lock.
    pub(super) fn without_retention() -> Self {
        Self { object_lock_enabled: Enabled::Enabled, rule: None }
    }

    pub(super) fn has_retention(&self) -> bool {
        self.rule.is_some()
    }
}

pub(super) fn get_object_lock_configuration(state: &State, call: &Call<'_>) -> Outcome {
    match &bucket(state, call)?.1.object_lock {
        Some(lock) => Ok(Reply::xml(document("ObjectLockConfiguration", lock)?)),
        None => {
            let message = "Object Lock configuration does not exist for this bucket";
            Err(refuse(404, "ObjectLockConfigurationNotFoundError", message))
        }
    }
}

pub(super) fn put_object_lock_configuration(state: &mut State, call: &Call<'_>) -> Outcome {
    let (_, bucket) = bucket_mut(state, call)?;
    let lock: ObjectLock = parse("ObjectLockConfiguration", call.request.body())?;
    if let Some(Rule { default_retention: Retention { mode: _, days, years } }) = &lock.rule {
        check_retention(*days, *years)?;
    }
    if bucket.versioning.as_deref() != Some("Enabled") {
        let message = "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration";
        return Err(refuse(409, "InvalidBucketState", message));
    }
    bucket.object_lock = Some(lock);
    Ok(Reply::empty(200))
}

fn check_retention(days: Option<u32>, years: Option<u32>) -> Result<(), Refusal> {
    let is_valid = match (days, years) {
        (Some(days), None) => (1..=MAX_DAYS).contains(&days),
        (None, Some(years)) => (1..=MAX_YEARS).contains(&years),
        (Some(_), Some(_)) | (None, None) => {
            return Err(refuse(400, "MalformedXML", "A default retention has either Days or Years"));
        }
    };
    let message = "Default retention period must be a positive integer value within the limits";
    if is_valid { Ok(()) } else { Err(refuse(400, "InvalidArgument", message)) }
}
