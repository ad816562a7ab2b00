//! Whether calls that change something may go out: while a lock is held, only as long as its lease surely lasts.
//!
//! Who is about to send one waits at [`Gate::ready`]. The same is looked at once more when a request leaves, since it may have
//! waited for a place until then. The gate renews nothing itself: who holds the lock does, and tells it.

use std::{error::Error, fmt, sync::Arc, time::Duration};

use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{Intercept, context::BeforeTransmitInterceptorContextRef},
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;
use tokio::sync::{Notify, watch};

use super::clock::Moment;

/// What lets calls through, or does not. Clones are the same gate.
#[derive(Clone, Debug)]
pub struct Gate(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    state: watch::Sender<State>,
    asked: Notify,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// No lock is held: all may go.
    Open,
    /// A lock is held. Its lease lasts, for a call that goes out, until `time` after `since`.
    Leased {
        since: Moment,
        time: Duration,
        /// Whether the last attempt to renew it has succeeded.
        is_sure: bool,
    },
    /// The lock is not held any more: none may go.
    Lost,
}

impl Default for Gate {
    fn default() -> Self {
        Self(Arc::new(Shared { state: watch::Sender::new(State::Open), asked: Notify::new() }))
    }
}

impl Gate {
    /// Lets calls go out until `time` after `since`.
    pub fn lease(&self, since: Moment, time: Duration) {
        self.0.state.send_replace(State::Leased { since, time, is_sure: true });
    }

    /// Lets no call begin until the lease is renewed: an attempt to has failed.
    pub fn doubt(&self) {
        self.0.state.send_modify(|state| {
            if let State::Leased { is_sure, .. } = state {
                *is_sure = false;
            }
        });
    }

    /// Lets nothing through any more.
    pub fn lose(&self) {
        self.0.state.send_replace(State::Lost);
    }

    /// Lets all through: no lock is held.
    pub fn open(&self) {
        self.0.state.send_replace(State::Open);
    }

    /// Waits until a call may begin. Returns whether one may.
    pub async fn ready(&self) -> bool {
        let mut state = self.0.state.subscribe();
        let mut has_asked = false;
        loop {
            let now = *state.borrow_and_update();
            match now {
                State::Open => return true,
                State::Lost => return false,
                State::Leased { is_sure: true, .. } if now.lets_through() => return true,
                State::Leased { is_sure: true, .. } if !has_asked => {
                    has_asked = true;
                    self.0.asked.notify_one();
                }
                // Whoever holds the lock is at it.
                State::Leased { .. } => {}
            }
            if state.changed().await.is_err() {
                return false;
            }
        }
    }

    /// Waits until somebody who is about to send a call finds that the lease has to be renewed first.
    pub async fn asked(&self) {
        self.0.asked.notified().await;
    }

    /// Returns whether a call may leave.
    pub fn lets_through(&self) -> bool {
        self.0.state.borrow().lets_through()
    }
}

impl State {
    fn lets_through(self) -> bool {
        match self {
            Self::Open => true,
            Self::Leased { since, time, is_sure: _ } => since.elapsed() < time,
            Self::Lost => false,
        }
    }
}

impl Intercept for Gate {
    fn name(&self) -> &'static str {
        "Gate"
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if self.lets_through() { Ok(()) } else { Err(NotSent.into()) }
    }
}

/// A request was held back.
#[derive(Debug)]
pub(super) struct NotSent;

impl fmt::Display for NotSent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not sent: the lock could not be kept for as long as the call may take")
    }
}

impl Error for NotSent {}

/// Returns whether an error says that a request was held back.
pub(super) fn is_not_sent(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.is::<NotSent>() {
            return true;
        }
        next = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::join;

    const HOUR: Duration = Duration::from_secs(3600);

    #[tokio::test]
    async fn calls_go_while_the_lease_lasts() {
        let gate = Gate::default();
        assert!(gate.ready().await && gate.lets_through());
        gate.lease(Moment::now(), HOUR);
        assert!(gate.ready().await && gate.lets_through());
        gate.lose();
        assert!(!gate.ready().await && !gate.lets_through());
        gate.open();
        assert!(gate.ready().await && gate.lets_through());
    }

    #[tokio::test]
    async fn who_comes_late_has_the_lease_renewed_first() {
        let gate = Gate::default();
        gate.lease(Moment::now(), Duration::ZERO);
        assert!(!gate.lets_through());
        let renewed = async {
            gate.asked().await;
            gate.lease(Moment::now(), HOUR);
        };
        assert!(join(gate.ready(), renewed).await.0);
        gate.lease(Moment::now(), Duration::ZERO);
        let lost = async {
            gate.asked().await;
            gate.lose();
        };
        assert!(!join(gate.ready(), lost).await.0);
    }

    #[tokio::test]
    async fn in_doubt_nothing_begins() {
        let gate = Gate::default();
        gate.lease(Moment::now(), HOUR);
        gate.doubt();
        // What waits for a place already may still leave: its time is not over.
        assert!(gate.lets_through());
        let (is_ready, ()) = join(gate.ready(), async { gate.lease(Moment::now(), HOUR) }).await;
        assert!(is_ready);
        gate.doubt();
        let (is_ready, ()) = join(gate.ready(), async { gate.lose() }).await;
        assert!(!is_ready);
    }
}
