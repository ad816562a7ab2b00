//! The estate: every trail that an account sees, and what needs attention, as data.
//!
//! | file | for |
//! | --- | --- |
//! | `survey` | from what AWS said to the estate |
//! | `deliveries` | what a Region has delivered, and whether it fails |
//! | `records` | what a trail records, in a few words |

mod deliveries;
mod records;
mod survey;

#[cfg(test)]
mod tests;

use jiff::Timestamp;
use schemars::{JsonSchema, generate::SchemaSettings};
use serde::Serialize;
use serde_json::{Value, json};

pub(crate) use self::records::records;
pub use self::survey::{Entry, Spec, Survey};
use crate::{
    coverage::Shown,
    resource::{Address, region::Region},
};

/// The format of the document.
pub const FORMAT: &str = "trailctl.status/1";

/// Every trail that an account sees, and what needs attention.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Estate {
    /// The format: `trailctl.status/1`.
    pub format: &'static str,
    /// When AWS was asked, by its clock.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// The account that was looked at.
    pub account: String,
    /// The stack of the spec; none without a spec.
    pub stack: Option<String>,
    /// The trails, by name.
    pub trails: Vec<Seen>,
    /// The trails of the spec that the account does not have.
    pub absent: Vec<Address>,
    /// How many places for trails are taken in each home Region, and in all others.
    pub places: Vec<Places>,
    /// Management events that more than one trail records, which are billed from the second copy on; none if that was not decided.
    pub duplicates: Option<Vec<Duplicate>>,
    /// What needs attention. With any of them the exit code is 2.
    pub findings: Vec<Finding>,
}

/// A trail.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Seen {
    /// What to call it here: its name, and as much more as tells it from others.
    pub label: String,
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Its home Region.
    pub home: Region,
    /// Whose it is.
    pub kind: Kind,
    /// The stack that it belongs to, by its tags; none if it carries no mark, or its tags cannot be read.
    pub stack: Option<String>,
    /// Why its tags cannot be read, if they cannot.
    pub tags_unread: Option<String>,
    /// The entry of the spec that describes it.
    pub entry: Option<Address>,
    /// Whether it is logging, by its home Region; none if that cannot be read.
    pub logging: Option<bool>,
    /// Since when that is so, if AWS says it.
    #[schemars(with = "Option<String>")]
    pub since: Option<Timestamp>,
    /// What it is set to; none if that cannot be read.
    pub settings: Option<Settings>,
    /// What its Regions say, the home Region among them. Those that are closed to the account are not here.
    pub regions: Vec<InRegion>,
}

/// Whose a trail is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The account's, for itself.
    Own,
    /// The organization's: the account manages it, or is one of its members.
    Organization,
    /// The organization's, and the account administers CloudTrail for it.
    Delegated,
}

/// What a trail is set to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Settings {
    /// Whether it records all Regions.
    pub multi_region: bool,
    /// What it records, in a few words.
    pub records: String,
    /// The bucket of its log files.
    pub bucket: String,
    /// The prefix of their keys.
    pub prefix: Option<String>,
    /// Whether it delivers digest files.
    pub log_file_validation: bool,
    /// The ARN of the log group that gets the events.
    pub log_group: Option<String>,
    /// The ARN of the topic that is told of log files.
    pub topic: Option<String>,
}

/// What a Region says of a trail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct InRegion {
    /// The Region.
    pub region: Region,
    /// Whether it is logging there; none if that cannot be read.
    pub logging: Option<bool>,
    /// Why it cannot be read, if it cannot.
    pub error: Option<String>,
    /// What it delivers from there: what it is set to deliver, and what else has ever been tried.
    pub deliveries: Vec<Delivery>,
}

/// The last delivery of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Delivery {
    /// What is delivered.
    pub what: What,
    /// When that succeeded last; none if never.
    #[schemars(with = "Option<String>")]
    pub latest: Option<Timestamp>,
    /// The error of the last one that failed. It may stay after its cause is gone.
    pub error: Option<String>,
    /// Whether deliveries fail: there is an error, and no success that is newer.
    pub is_failing: bool,
    /// What the error means, if deliveries fail.
    pub explained: Option<&'static str>,
}

/// What is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Log files, to the bucket.
    LogFiles,
    /// Digest files, to the bucket.
    DigestFiles,
    /// Events, to the log group.
    CloudwatchLogs,
    /// Messages, to the topic.
    Notifications,
}

/// How many places for trails are taken in a Region. A multi-Region trail takes one in each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Places {
    /// The Region; none for each Region that is home to no trail.
    pub region: Option<Region>,
    /// How many are taken.
    pub used: usize,
    /// How many there are.
    pub most: usize,
}

/// Management events that two trails both record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Duplicate {
    /// The labels of the trails.
    pub trails: [String; 2],
    /// The Region of the events; none for all Regions.
    pub region: Option<String>,
    /// Whether they are events of global services; else they are not.
    pub is_global: bool,
    /// Whether there are some that read.
    pub reads: bool,
    /// Whether there are some that write.
    pub writes: bool,
    /// One of them.
    pub example: Shown,
}

/// Something that needs attention.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Finding {
    /// What kind of finding it is.
    pub code: Code,
    /// The label of the trail, or the address in the spec of one that is not there.
    pub trail: String,
    /// In which Regions.
    pub regions: Vec<Region>,
    /// What is wrong, and what to look at.
    pub message: String,
}

/// A kind of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// It does not log, and the spec does not want it so.
    NotLogging,
    /// A delivery fails.
    DeliveryFails,
    /// It, or its status, cannot be read.
    Unreadable,
    /// A Region does not show a multi-Region trail.
    MissingShadow,
    /// The account does not have a trail of the spec.
    Absent,
}

/// Returns the JSON Schema (draft 7) of the document.
pub fn status_schema() -> Value {
    let mut schema = SchemaSettings::draft07().into_generator().into_root_schema_for::<Estate>().to_value();
    schema["title"] = json!("trailctl status");
    schema["properties"]["format"]["const"] = json!(FORMAT);
    schema
}
