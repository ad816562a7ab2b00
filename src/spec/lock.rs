//! Where the lock of a stack is kept, as the spec says it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::resource::region::Region;

/// How long a lease may be, in seconds. It has to outlast the slowest call by far; and after a run that was killed, the next one
/// waits for as long.
pub const LEASE_SECONDS: std::ops::RangeInclusive<u64> = 60..=3600;
/// How long a lease is when the spec does not say.
const USUAL_LEASE_SECONDS: u64 = 300;

/// A lock that each run which changes something holds: an object in a bucket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    /// The name of a bucket that others manage, in the account of the run: neither one of this spec nor one that a trail of it
    /// writes to, and without a default retention of Object Lock. Versioning may be on.
    #[schemars(length(min = 3, max = 63))]
    pub bucket: String,
    /// The key of the object. Default: `trailctl/STACK.lock`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 1024))]
    pub key: Option<String>,
    /// The Region of the bucket. Default: the Region of the spec.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// How long the lock is believed to be held after the last sign of life of a run, in seconds: 60 to 3600. A run gives one each
    /// third of it.
    #[serde(default = "usual_lease_seconds")]
    #[schemars(range(min = *LEASE_SECONDS.start(), max = *LEASE_SECONDS.end()))]
    pub lease_seconds: u64,
}

fn usual_lease_seconds() -> u64 {
    USUAL_LEASE_SECONDS
}

impl Lock {
    /// Returns the key of the object that is the lock of a stack.
    pub fn key(&self, stack: &str) -> String {
        self.key.clone().unwrap_or_else(|| format!("trailctl/{stack}.lock"))
    }
}
