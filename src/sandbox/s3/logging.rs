//! Access logging of a bucket into another one. Nothing is logged.

use serde::{Deserialize, Serialize};

use super::address::{bucket, bucket_mut};
use super::refuse;
use crate::sandbox::policy::{allows, request_of_service, with};
use crate::sandbox::store::State;
use crate::sandbox::wire::xml::{document, parse};
use crate::sandbox::wire::{Call, Outcome, Refusal, Reply};

const SERVICE: &str = "logging.s3.amazonaws.com";

/// Where the log goes, if there is one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
pub(super) struct Logging {
    #[serde(skip_serializing_if = "Option::is_none")]
    logging_enabled: Option<LoggingEnabled>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct LoggingEnabled {
    target_bucket: String,
    target_prefix: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    target_object_key_format: Option<KeyFormat>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct KeyFormat {
    #[serde(skip_serializing_if = "Option::is_none")]
    simple_prefix: Option<SimplePrefix>,
    #[serde(skip_serializing_if = "Option::is_none")]
    partitioned_prefix: Option<PartitionedPrefix>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SimplePrefix {}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct PartitionedPrefix {
    partition_date_source: DateSource,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum DateSource {
    EventTime,
    DeliveryTime,
}

pub(super) fn get_bucket_logging(state: &State, call: &Call<'_>) -> Outcome {
    Ok(Reply::xml(document("BucketLoggingStatus", &bucket(state, call)?.1.logging)?))
}

/// A status without a target switches logging off.
pub(super) fn put_bucket_logging(state: &mut State, call: &Call<'_>) -> Outcome {
    let (name, _) = bucket(state, call)?;
    let logging: Logging = parse("BucketLoggingStatus", call.request.body())?;
    if let Some(target) = &logging.logging_enabled {
        check(state, call, &name, target)?;
    }
    bucket_mut(state, call)?.1.logging = logging;
    Ok(Reply::empty(200))
}

fn check(state: &State, call: &Call<'_>, source: &str, wanted: &LoggingEnabled) -> Result<(), Refusal> {
    let unfit = |message: &str| refuse(400, "InvalidTargetBucketForLogging", message);
    let LoggingEnabled { target_bucket, target_prefix, target_object_key_format } = wanted;
    let is_one = |format: &KeyFormat| format.simple_prefix.is_some() != format.partitioned_prefix.is_some();
    if !target_object_key_format.as_ref().is_none_or(is_one) {
        return Err(refuse(400, "MalformedXML", "TargetObjectKeyFormat must have one member"));
    }
    let buckets = state.buckets.get(call.partition());
    let target = buckets
        .and_then(|buckets| buckets.get(target_bucket))
        .filter(|target| target.account == call.caller.account)
        .ok_or_else(|| unfit("The target bucket for logging does not exist or has another owner"))?;
    if target.region != call.region {
        let message = "The target bucket for logging must be in the Region of the bucket";
        return Err(refuse(403, "CrossLocationLoggingProhibited", message));
    }
    if target.object_lock.as_ref().is_some_and(|lock| lock.has_retention()) {
        return Err(unfit("The target bucket for logging has a default retention"));
    }
    let arn = |bucket: &str| format!("arn:{}:s3:::{bucket}", call.partition());
    let key = format!("{}/{target_prefix}check", arn(target_bucket));
    let put = request_of_service(SERVICE, "s3:PutObject", &key, &call.caller.account);
    if !allows(target.policy.as_deref().unwrap_or_default(), &with(put, "aws:SourceArn", &arn(source))) {
        return Err(unfit("You must give the logging service the permission to write to the target bucket"));
    }
    Ok(())
}
