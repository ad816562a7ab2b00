//! What becomes of the objects of a bucket with time.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};

use crate::kinds::open_words;

/// One rule of the lifecycle of objects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The name of the rule; one rule has it.
    pub id: String,
    /// Whether the rule is followed.
    #[serde(default = "crate::kinds::yes")]
    pub enabled: bool,
    /// Which objects: those whose keys begin with this. Default: all.
    #[serde(default)]
    pub prefix: String,
    /// After how many days objects move to which storage class.
    #[serde(default)]
    pub transitions: Vec<Transition>,
    /// After how many days objects expire. Default: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expire_days: Option<i32>,
    /// After how many days old versions move to which storage class.
    #[serde(default)]
    pub noncurrent_transitions: Vec<Transition>,
    /// After how many days old versions are deleted. Default: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noncurrent_expire_days: Option<i32>,
    /// How many old versions are kept even so. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noncurrent_keep: Option<i32>,
    /// Removes delete markers that hide no version.
    #[serde(default)]
    pub expire_delete_markers: bool,
    /// After how many days unfinished multipart uploads are given up. Default: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abort_multipart_days: Option<i32>,
}

/// The storage classes that objects can move to, each only after those above it, with the days that they stay before at
/// least (S3 User Guide, "Transitioning objects using Amazon S3 Lifecycle").
pub const CLASSES: &[(&str, i64)] = &[
    ("STANDARD_IA", 30),
    ("INTELLIGENT_TIERING", 0),
    ("ONEZONE_IA", 30),
    ("GLACIER_IR", 0),
    ("GLACIER", 0),
    ("DEEP_ARCHIVE", 0),
];

fn classes(_: &mut SchemaGenerator) -> Schema {
    open_words(CLASSES.iter().map(|(class, _)| *class))
}

/// A move to another storage class.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Transition {
    /// After how many days.
    pub days: i32,
    /// The storage class, such as STANDARD_IA, GLACIER_IR or DEEP_ARCHIVE.
    #[schemars(schema_with = "classes")]
    pub storage_class: String,
}

impl Rule {
    /// Brings it to one spelling: the order of transitions makes no difference.
    pub(super) fn normalize(&mut self) {
        self.transitions.sort();
        self.noncurrent_transitions.sort();
    }
}
