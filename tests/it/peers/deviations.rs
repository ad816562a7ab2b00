//! What the peers do otherwise than AWS, as far as a plan shows it.
//!
//! Beside this: moto's answer to GetBucketVersioning is put right by the script that starts it. And moto ignores the
//! tags of CreateBucket, ministack those of CreateTrail: trailctl sends them once more, so that no plan shows it.

use crate::lifecycle::{
    Deviation,
    Shows::{After, Before},
};

/// The deviations of ministack 1.5.33.
pub(super) static MINISTACK: &[Deviation] = &[SINGLE_REGION];

/// The deviations of moto 5.2.5.
pub(super) static MOTO: &[Deviation] = &[
    SINGLE_REGION,
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
