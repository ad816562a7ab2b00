//! How long what takes.

use std::time::Duration;

use crate::apply::waits;

/// What is left of a lease beyond the longest call before one is sent: what is between a look at the clock and the wire.
const MARGIN: Duration = Duration::from_secs(10);

/// The times of a lock.
#[derive(Clone, Debug)]
pub struct Times {
    /// How long others believe it to be held after a sign of life.
    pub lease: Duration,
    /// The time between two signs of life.
    pub beat: Duration,
    /// The time until a sign of life that has failed is given again.
    pub again: Duration,
    /// What must be left of the lease for a call to be sent: longer than any call may take.
    pub reserve: Duration,
    /// The first wait before a call is sent again that S3 cannot take now. Each further one is twice as long.
    pub first: Duration,
    /// How long such a call is sent again, in all.
    pub total: Duration,
}

impl Times {
    /// Returns the times for a lease, where one attempt of a call may take `timeout`.
    pub fn of(lease: Duration, timeout: Duration) -> Self {
        Self {
            lease,
            beat: lease / 3,
            again: lease / 20,
            reserve: timeout.saturating_add(MARGIN),
            first: Duration::from_millis(200),
            total: Duration::from_secs(10),
        }
    }

    /// Returns how long a renewed lease lets calls go out.
    pub(super) fn usable(&self) -> Duration {
        self.lease.saturating_sub(self.reserve)
    }

    /// Returns whether the lease is too short for calls that take as long as they may.
    pub(super) fn is_too_short(&self) -> bool {
        self.usable().is_zero()
    }

    /// Returns the waits between attempts of a call that S3 cannot take now.
    pub(super) fn waits(&self) -> impl Iterator<Item = Duration> + use<> {
        waits(self.first, self.first * 10, self.total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_outlasts_two_missed_beats_and_a_call() {
        let seconds = Duration::from_secs;
        let usual = Times::of(seconds(300), seconds(30));
        assert_eq!((usual.beat, usual.reserve, usual.usable()), (seconds(100), seconds(40), seconds(260)));
        assert!(usual.beat * 2 < usual.usable());
        assert!(!Times::of(seconds(60), seconds(30)).is_too_short());
        assert!(Times::of(seconds(60), seconds(50)).is_too_short());
        assert!(Times::of(seconds(300), seconds(3600)).is_too_short());
        assert!(usual.waits().sum::<Duration>() <= seconds(10));
    }
}
