//! What the peers do otherwise than AWS, as far as a plan shows it.
//!
//! Beside this: moto's answer to GetBucketVersioning is put right by the script that starts it. And moto ignores the
//! tags of CreateBucket, ministack those of CreateTrail: trailctl sends them once more, so that no plan shows it.

use crate::lifecycle::{
    Deviation,
    Shows::{After, Before, Lacks},
};

/// The deviations of ministack 1.5.33.
pub(super) static MINISTACK: &[Deviation] = &[
    SINGLE_REGION,
    TOPIC_STAYS,
    Deviation { step: "insights.type: before", ..NO_INSIGHTS },
    Deviation { step: "insights.categories: before", ..NO_INSIGHTS },
    Deviation {
        scenario: "trail-contract",
        step: "aggregation: set",
        shows: Lacks("Unknown CloudTrail action: 'PutEventConfiguration'"),
        why: "it does not have the call",
    },
    Deviation {
        scenario: "log-group-contract",
        step: "kms_key: set",
        shows: Lacks("Unknown action: AssociateKmsKey"),
        why: "it does not have the call",
    },
    Deviation {
        scenario: "log-group-contract",
        step: "deletion_protection: set",
        shows: Lacks("Unknown action: PutLogGroupDeletionProtection"),
        why: "it does not have the call",
    },
];

/// The deviations of moto 5.2.5.
pub(super) static MOTO: &[Deviation] = &[
    Deviation {
        shows: Before(&[]),
        why: "it answers for a bucket in every Region, and ListTrails leaves out what records in one other Region only",
        ..SINGLE_REGION
    },
    Deviation { step: "trust.version: set", ..OLD_LANGUAGE },
    Deviation { step: "policy.version: set", ..OLD_LANGUAGE },
    Deviation { shows: Lacks("AWS shows something else"), ..TOPIC_STAYS },
    Deviation {
        scenario: "trail-contract",
        step: "recursive_logging: set",
        shows: Lacks("still differs"),
        why: "it does not know the setting",
    },
    Deviation { step: "basic_events.read_write: set", ..BASIC_STAY },
    Deviation { step: "basic_events.management: before", ..BASIC_STAY },
    Deviation { step: "basic_events.exclude_management_sources: before", ..BASIC_STAY },
    Deviation { step: "basic_events.data.type: before", ..BASIC_STAY },
    Deviation { step: "basic_events.data.values: before", ..BASIC_STAY },
    Deviation {
        scenario: "trail-contract",
        step: "aggregation: set",
        shows: Lacks("cloudtrail:PutEventConfiguration"),
        why: "it does not have the call",
    },
    Deviation {
        scenario: "lifecycle-contract",
        step: "lifecycle.noncurrent_keep: set",
        shows: Lacks("still differs"),
        why: "a lifecycle rule forgets how many old versions are kept",
    },
    Deviation {
        scenario: "log-group-contract",
        step: "kms_key: set",
        shows: Lacks("logs:AssociateKmsKey"),
        why: "it does not have the call",
    },
    Deviation {
        scenario: "log-group-contract",
        step: "deletion_protection: set",
        shows: Lacks("logs:PutLogGroupDeletionProtection"),
        why: "it does not have the call",
    },
    Deviation {
        scenario: "key-contract",
        step: "rotation.days: set",
        shows: Lacks("still differs"),
        why: "EnableKeyRotation ignores the period",
    },
    Deviation {
        scenario: "basic-events",
        step: "from advanced to basic",
        shows: After(&["trail.audit events", "trail.audit basic_events"]),
        why: "PutEventSelectors with basic selectors leaves the advanced ones in place",
    },
    Deviation {
        scenario: "basic-events",
        step: "from basic to default",
        shows: Before(&["trail.audit events"]),
        why: "the advanced selectors of two steps before are still there",
    },
];

/// The API Reference says of ListTrails "trails that are in the current account", the User Guide says of the console
/// that a trail can be seen only in the Regions where it records: the peers may be right.
const SINGLE_REGION: Deviation = Deviation {
    scenario: "regions",
    step: "a bucket cannot be moved, nor is a trail of one other Region forgotten",
    shows: Before(&["cannot-change bucket.logs"]),
    why: "ListTrails leaves out what records in one other Region only",
};

/// The User Guide of IAM knows two versions of the policy language, and old roles of AWS's own have the first. Without its
/// step.
const OLD_LANGUAGE: Deviation = Deviation {
    scenario: "role-contract",
    step: "",
    shows: Lacks("Policy document must be version 2012-10-17 or greater"),
    why: "IAM refuses the first version of the policy language there",
};

const TOPIC_STAYS: Deviation = Deviation {
    scenario: "trail-contract",
    step: "topic: set",
    shows: Lacks("still differs"),
    why: "UpdateTrail does not set the topic",
};

/// Without its step.
const NO_INSIGHTS: Deviation = Deviation {
    scenario: "insights-contract",
    step: "",
    shows: Lacks("Unknown CloudTrail action: 'PutInsightSelectors'"),
    why: "it does not have the call",
};

/// Without its step.
const BASIC_STAY: Deviation = Deviation {
    scenario: "selecting-contract",
    step: "",
    shows: Lacks("still differs"),
    why: "PutEventSelectors with basic selectors leaves the advanced ones in place",
};
