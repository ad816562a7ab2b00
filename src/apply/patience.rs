//! How long apply waits for what.

use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBuilder};

use crate::kinds::CallRecord;

/// How long apply waits. The usual times are what AWS needs; an endpoint that shows everything at once needs none.
#[derive(Clone, Debug)]
pub struct Patience {
    /// The first wait between two attempts. Each further one is twice as long, up to twenty times the first.
    pub first: Duration,
    /// How long a call is repeated that AWS cannot take yet: what AWS's own tools wait for new roles and policies to be seen
    /// everywhere.
    pub repeat: Duration,
    /// The same for CloudWatch Logs, which may take five minutes to see the policy of a key (CloudWatch Logs User Guide,
    /// "Encrypt log data").
    pub repeat_logs: Duration,
    /// How long the effect of a call that got no clear answer may take to show.
    pub settle: Duration,
    /// The same for IAM, and for what is found by its tags.
    pub settle_slowly: Duration,
    /// How long others that adopt the same resource at the same time are given to write their mark.
    pub adopt: Duration,
    /// How long a trail is given to be verified. CloudTrail delivers about every five minutes, and promises nothing (User Guide,
    /// "Getting and viewing your CloudTrail log files").
    pub verify: Duration,
    /// The wait between the first two looks at a trail that is verified. The further ones are three times as long.
    pub look: Duration,
    /// After which time a trail counts as verified that had no reason to deliver: one that records no management events may be
    /// silent.
    pub soak: Duration,
    /// Whether every trail may be silent, since what is asked delivers nothing.
    pub is_silent: bool,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            first: Duration::from_millis(500),
            repeat: Duration::from_secs(120),
            repeat_logs: Duration::from_secs(360),
            settle: Duration::from_secs(30),
            settle_slowly: Duration::from_secs(60),
            adopt: Duration::from_secs(5),
            verify: Duration::from_mins(20),
            look: Duration::from_secs(10),
            soak: Duration::from_mins(15),
            is_silent: false,
        }
    }
}

impl Patience {
    /// Waits for nothing.
    pub fn none() -> Self {
        let zero = Duration::ZERO;
        let (repeat, repeat_logs, settle, settle_slowly) = (zero, zero, zero, zero);
        Self { first: zero, repeat, repeat_logs, settle, settle_slowly, ..Self::local() }
    }

    /// Waits for what time heals, but not for what an emulator on this machine shows at once.
    pub fn local() -> Self {
        let (zero, short) = (Duration::ZERO, Duration::from_secs(2));
        let times = Self { settle: short, settle_slowly: short, ..Self::default() };
        Self { adopt: zero, verify: zero, look: zero, soak: zero, is_silent: true, ..times }
    }

    /// Returns the waits between attempts of a call that AWS cannot take yet.
    pub(super) fn repeating(&self, call: &CallRecord) -> impl Iterator<Item = Duration> + use<> {
        self.within(if call.service == "logs" { self.repeat_logs } else { self.repeat })
    }

    /// Returns the waits between looks at what became of a call.
    pub(super) fn settling(
        &self,
        call: &CallRecord,
        by_tags: bool,
    ) -> impl Iterator<Item = Duration> + use<> {
        self.within(self.settle_time(call, by_tags))
    }

    /// Returns how long the effect of a call may take to show.
    pub(super) fn settle_time(&self, call: &CallRecord, by_tags: bool) -> Duration {
        if by_tags || call.service == "iam" { self.settle_slowly } else { self.settle }
    }

    fn within(&self, total: Duration) -> impl Iterator<Item = Duration> + use<> {
        waits(self.first, self.first * 20, total)
    }
}

/// Returns waits, each about twice as long as the one before it, up to the longest, and `total` in all.
pub(crate) fn waits(first: Duration, longest: Duration, total: Duration) -> impl Iterator<Item = Duration> {
    ExponentialBuilder::default()
        .with_min_delay(first)
        .with_max_delay(longest)
        .with_total_delay(Some(total))
        .without_max_times()
        .with_jitter()
        .build()
        .take_while(move |_| !total.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::region::Region;
    use serde_json::Value;

    fn call(service: &str) -> CallRecord {
        let region = Region::new("us-east-1");
        let (service, operation) = (service.to_owned(), String::new());
        CallRecord { service, operation, region, parameters: Value::Null }
    }

    #[test]
    fn waits_are_bounded_in_all() {
        let patience = Patience::default();
        for (waits, most) in [
            (patience.repeating(&call("s3")).collect::<Vec<_>>(), 120),
            (patience.repeating(&call("logs")).collect(), 360),
            (patience.settling(&call("s3"), false).collect(), 30),
            (patience.settling(&call("kms"), true).collect(), 60),
            (patience.settling(&call("iam"), false).collect(), 60),
        ] {
            let total: Duration = waits.iter().sum();
            let (most, longest) = (Duration::from_secs(most), Duration::from_secs(20));
            assert!(total <= most && total + longest > most, "{total:?} of {most:?}");
            assert!(waits.iter().all(|wait| *wait >= patience.first && *wait <= longest));
        }
        assert_eq!(Patience::none().repeating(&call("s3")).count(), 0);
    }
}
