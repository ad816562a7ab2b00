//! What is logged of calls: when one is sent, and how it ended.

use tokio::time::Instant;

use super::CallName;

/// How the names of operations begin that change nothing.
const READS: [&str; 4] = ["Get", "List", "Describe", "Head"];

/// A call that was sent. It is logged when it ends, also if nobody waits for its end.
pub(super) struct Begun<'a> {
    name: CallName<'a>,
    at: Instant,
    has_ended: bool,
}

impl<'a> Begun<'a> {
    pub(super) fn new(name: CallName<'a>) -> Self {
        tracing::trace!(service = name.service, operation = name.operation, region = %name.region, "sent");
        Self { name, at: Instant::now(), has_ended: false }
    }

    pub(super) fn ended(mut self, outcome: &str, code: Option<&str>, request_id: Option<&str>) {
        self.has_ended = true;
        self.log(outcome, code, request_id);
    }

    /// Calls that may change something are logged at `info`, others at `debug`.
    fn log(&self, outcome: &str, code: Option<&str>, request_id: Option<&str>) {
        let CallName { service, operation, region } = self.name;
        macro_rules! log {
            ($level:ident) => {
                tracing::$level!(
                    service,
                    operation,
                    %region,
                    outcome,
                    code,
                    request_id,
                    milliseconds = u64::try_from(self.at.elapsed().as_millis()).unwrap_or(u64::MAX),
                    "call"
                )
            };
        }
        if READS.iter().any(|verb| operation.starts_with(verb)) { log!(debug) } else { log!(info) }
    }
}

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        if !self.has_ended {
            self.log("cut off", None, None);
        }
    }
}
