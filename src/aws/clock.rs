//! AWS's clock: the machine's may be wrong.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use aws_sdk_sts::config::{
    ConfigBag, Intercept, RuntimeComponents, interceptors::BeforeDeserializationInterceptorContextRef,
};
use jiff::{SignedDuration, Timestamp, fmt::rfc2822};
use tokio::time::Instant;

/// How far AWS's clock was ahead of this machine's when the first answer came.
#[derive(Clone, Debug, Default)]
pub(super) struct Clock(Arc<OnceLock<SignedDuration>>);

impl Clock {
    /// Returns the time by AWS's clock, or by this machine's if AWS has not told its own.
    #[expect(clippy::disallowed_methods, reason = "AWS is the edge, and this is its clock")]
    pub(super) fn now(&self) -> Timestamp {
        let here = Timestamp::now();
        self.0.get().and_then(|ahead| here.checked_add(*ahead).ok()).unwrap_or(here)
    }

    /// Learns the time from the `Date` of an answer.
    #[expect(clippy::disallowed_methods, reason = "AWS is the edge, and this is its clock")]
    fn learn(&self, date: &str) {
        if let Some(there) = self::date(date) {
            let _ = self.0.set(there.duration_since(Timestamp::now()));
        }
    }
}

/// Returns the time that the `Date` of an answer says.
pub(super) fn date(text: &str) -> Option<Timestamp> {
    rfc2822::parse(text).ok().map(|date| date.timestamp())
}

/// A moment by both clocks of this machine.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    steady: Instant,
    wall: Timestamp,
}

impl Moment {
    /// Returns this moment.
    #[expect(clippy::disallowed_methods, reason = "what is measured is the time that a lease has left")]
    pub fn now() -> Self {
        Self { steady: Instant::now(), wall: Timestamp::now() }
    }

    /// Returns how long ago it was, by the clock that says more: one stands still while the machine sleeps, and the other
    /// may be set back.
    pub fn elapsed(&self) -> Duration {
        let now = Self::now();
        let by_wall = Duration::try_from(now.wall.duration_since(self.wall)).unwrap_or_default();
        now.steady.duration_since(self.steady).max(by_wall)
    }
}

impl Intercept for Clock {
    fn name(&self) -> &'static str {
        "Clock"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), aws_sdk_sts::error::BoxError> {
        if let Some(date) = context.response().headers().get("date") {
            self.learn(date);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_that_has_slept_knows_it() {
        let now = Moment::now();
        let hour = Duration::from_secs(3600);
        let before = Moment { wall: now.wall - hour, ..now };
        assert!(before.elapsed() >= hour);
        let set_back = Moment { wall: now.wall + hour, ..now };
        assert!(set_back.elapsed() < hour);
    }

    #[test]
    fn the_first_date_is_learned() {
        let clock = Clock::default();
        clock.learn("no date");
        assert!(clock.0.get().is_none());
        clock.learn("Thu, 01 Jan 2099 00:00:00 GMT");
        clock.learn("Thu, 01 Jan 1998 00:00:00 GMT");
        assert!(clock.now() >= "2099-01-01T00:00:00Z".parse().unwrap());
    }
}
