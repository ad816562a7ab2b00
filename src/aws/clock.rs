//! AWS's clock: the machine's may be wrong.

use std::sync::{Arc, OnceLock};

use aws_sdk_sts::config::{
    ConfigBag, Intercept, RuntimeComponents, interceptors::BeforeDeserializationInterceptorContextRef,
};
use jiff::{SignedDuration, Timestamp, fmt::rfc2822};

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
        if let Ok(there) = rfc2822::parse(date) {
            let _ = self.0.set(there.timestamp().duration_since(Timestamp::now()));
        }
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
    fn the_first_date_is_learned() {
        let clock = Clock::default();
        clock.learn("no date");
        assert!(clock.0.get().is_none());
        clock.learn("Thu, 01 Jan 2099 00:00:00 GMT");
        clock.learn("Thu, 01 Jan 1998 00:00:00 GMT");
        assert!(clock.now() >= "2099-01-01T00:00:00Z".parse().unwrap());
    }
}
