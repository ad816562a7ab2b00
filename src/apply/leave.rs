//! Whether a request may be sent.

use futures_util::future::{Either, select};
use std::pin::pin;

use super::Run;

impl Run<'_, '_> {
    /// Waits until the next request may be sent, and returns whether it may: nobody has told the run to stop, and a lock that it
    /// holds lasts for as long as a request may take.
    pub(super) async fn may_send(&self) -> bool {
        let ready = pin!(self.aws.gate().ready());
        let told = pin!(self.stop.until_told());
        match select(ready, told).await {
            Either::Left((is_ready, _)) => is_ready && !self.stop.is_told(),
            Either::Right(_) => false,
        }
    }
}
