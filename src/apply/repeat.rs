//! Which failed calls are sent again, and when.

use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBuilder};

use crate::{
    aws::error::{AwsError, Class},
    kinds::CallRecord,
    plan::{Action, Step},
};

/// How long a call is repeated: what AWS's own tools wait for new roles and policies to be seen everywhere.
const PATIENCE: Duration = Duration::from_secs(120);

/// How long a log group is given to take a key: its policy may take five minutes to be seen (CloudWatch Logs User Guide,
/// "Encrypt log data").
const PATIENCE_WITH_LOGS: Duration = Duration::from_secs(360);

/// Returns the waits between attempts of a call: half a second, doubling to ten, with jitter, two minutes in all; longer for
/// CloudWatch Logs.
pub(super) fn delays(call: &CallRecord) -> impl Iterator<Item = Duration> {
    let patience = if call.service == "logs" { PATIENCE_WITH_LOGS } else { PATIENCE };
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(500))
        .with_max_delay(Duration::from_secs(10))
        .with_total_delay(Some(patience))
        .without_max_times()
        .with_jitter()
        .build()
}

/// Returns whether sending the call again can help. What is not seen yet heals only if this run wrote it: an earlier step,
/// or an earlier call of the step that creates it. Otherwise it is really missing.
pub(super) fn heals(error: &AwsError, step: &Step, place: usize) -> bool {
    match error.class {
        Class::Throttled | Class::Conflict => true,
        Class::NotYetVisible => !step.after.is_empty(),
        Class::NotFound => place > 0 && matches!(step.action, Action::Create | Action::Replace),
        Class::Denied
        | Class::Credentials
        | Class::Refused
        | Class::Unsupported
        | Class::Unreachable
        | Class::Unknown => false,
    }
}
