//! What a Region has delivered, and whether it fails.

use jiff::{SignedDuration, Timestamp};

use super::{Delivery, Settings, What};
use crate::kinds::trail::status::{self, Delivered, Status};

/// How long after a success an error still counts for an old one. CloudTrail does not say when an error happened, and an error may
/// stay until the next delivery (API Reference, GetTrailStatus). Log files, events and messages come about every 5 minutes, digest
/// files every hour (User Guide): where the last success is not older than a few of them take, what has failed has healed.
/// One that has begun to fail just now is told that much later, and a fault that was repaired never is.
const SETTLED: SignedDuration = SignedDuration::from_mins(15);
/// The same for digest files.
const SETTLED_DIGESTS: SignedDuration = SignedDuration::from_mins(90);

/// Returns the deliveries that a trail is set to make, and others that left a trace.
pub(super) fn deliveries(status: &Status, settings: Option<&Settings>, now: Timestamp) -> Vec<Delivery> {
    let is_wanted = |what| {
        settings.is_some_and(|settings| match what {
            What::LogFiles => true,
            What::DigestFiles => settings.log_file_validation,
            What::CloudwatchLogs => settings.log_group.is_some(),
            What::Notifications => settings.topic.is_some(),
        })
    };
    let all = status.deliveries().into_iter().map(|(delivered, status::Delivery { latest, error })| {
        let what = What::from(delivered);
        let settled = if what == What::DigestFiles { SETTLED_DIGESTS } else { SETTLED };
        let is_over = latest.is_some_and(|latest| now.duration_since(latest) <= settled);
        let failing = error.as_deref().filter(|_| status.is_logging && !is_over);
        Delivery {
            what,
            latest: *latest,
            error: error.clone(),
            is_failing: failing.is_some(),
            explained: failing.map(|error| delivered.explained(error)),
        }
    });
    all.filter(|one| is_wanted(one.what) || one.latest.is_some() || one.error.is_some()).collect()
}

impl From<Delivered> for What {
    fn from(delivered: Delivered) -> Self {
        match delivered {
            Delivered::LogFiles => Self::LogFiles,
            Delivered::DigestFiles => Self::DigestFiles,
            Delivered::Events => Self::CloudwatchLogs,
            Delivered::Messages => Self::Notifications,
        }
    }
}

impl What {
    /// Returns what is delivered and where, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::LogFiles => Delivered::LogFiles,
            Self::DigestFiles => Delivered::DigestFiles,
            Self::CloudwatchLogs => Delivered::Events,
            Self::Notifications => Delivered::Messages,
        }
        .words()
    }
}
