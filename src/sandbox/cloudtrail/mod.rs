//! CloudTrail: trails, their selectors, tags and logging. Nothing is delivered.
//!
//! What a trail names in other services is looked at as CloudTrail does: it must exist, and let CloudTrail in.

mod arn;
mod companions;
mod delivery;
mod encryption;
mod event_configuration;
mod find;
mod insights;
mod log_group;
mod logging;
mod notification;
mod organization;
mod read;
mod selectors;
mod settings;
mod tagging;
mod write;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use self::event_configuration::Aggregation;
use self::insights::InsightSelector;
use self::logging::Logging;
use self::selectors::Selectors;
use self::settings::Settings;
pub(crate) use self::tagging::tagged;
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
        Operation::write("PutInsightSelectors", insights::put_insight_selectors),
        Operation::read("GetInsightSelectors", insights::get_insight_selectors),
        Operation::write("PutEventConfiguration", event_configuration::put_event_configuration),
        Operation::read("GetEventConfiguration", event_configuration::get_event_configuration),
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
    #[serde(default)]
    insights: Vec<InsightSelector>,
    #[serde(default)]
    aggregations: Vec<Aggregation>,
}

/// Reads the body of a call that names one trail and nothing else.
fn named(call: &Call<'_>) -> Result<String, Refusal> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase", deny_unknown_fields)]
    struct Input {
        name: String,
    }
    call.input().map(|Input { name }| name)
}

/// Reads the body of a call that names one trail by `TrailName` and nothing else.
fn trail_named(call: &Call<'_>) -> Result<String, Refusal> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase", deny_unknown_fields)]
    struct Input {
        trail_name: String,
    }
    call.input().map(|Input { trail_name }| trail_name)
}

fn refuse(code: &'static str, message: impl Into<String>) -> Refusal {
    Refusal::new(400, code, message)
}
