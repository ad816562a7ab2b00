//! CloudTrail: trails, their selectors, tags and logging.
//!
//! KMS, SNS, CloudWatch Logs and Organizations are not simulated: a trail that names one of their things is refused as in
//! a world where none exists. Nothing is delivered.

mod arn;
mod delivery;
mod find;
mod logging;
mod read;
mod selectors;
mod settings;
mod tagging;
mod write;

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use self::logging::Logging;
use self::selectors::Selectors;
use self::settings::Settings;
use super::wire::{Call, Operation, Protocol, Refusal, Service};

/// The service.
pub(crate) static SERVICE: Service = Service {
    signing_name: "cloudtrail",
    protocol: Protocol::AwsJson { target: "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101" },
    operations: &[
        Operation::write("CreateTrail", write::create_trail),
        Operation::write("UpdateTrail", write::update_trail),
        Operation::write("DeleteTrail", write::delete_trail),
        Operation::read("DescribeTrails", read::describe_trails),
        Operation::read("GetTrail", read::get_trail),
        Operation::read("ListTrails", read::list_trails),
        Operation::read("GetTrailStatus", logging::get_trail_status),
        Operation::write("StartLogging", logging::start_logging),
        Operation::write("StopLogging", logging::stop_logging),
        Operation::write("PutEventSelectors", selectors::put_event_selectors),
        Operation::read("GetEventSelectors", selectors::get_event_selectors),
        Operation::write("AddTags", tagging::add_tags),
        Operation::write("RemoveTags", tagging::remove_tags),
        Operation::read("ListTags", tagging::list_tags),
    ],
};

/// A trail in its home Region. Account, Region and name are where it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Trail {
    settings: Settings,
    selectors: Selectors,
    logging: Logging,
    tags: BTreeMap<String, String>,
}

/// Reads the body of a call. Members that the sandbox does not know are refused, as it could not honour them.
fn input<T: DeserializeOwned>(call: &Call<'_>) -> Result<T, Refusal> {
    serde_json::from_slice(call.request.body())
        .map_err(|error| refuse("SerializationException", error.to_string()))
}

/// Reads the body of a call that names one trail and nothing else.
fn named(call: &Call<'_>) -> Result<String, Refusal> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase", deny_unknown_fields)]
    struct Input {
        name: String,
    }
    input(call).map(|Input { name }| name)
}

fn refuse(code: &'static str, message: impl Into<String>) -> Refusal {
    Refusal::new(400, code, message)
}
