//! Being told to stop.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use tokio::{sync::Notify, time::timeout};

/// Tells a run to stop after the requests that are under way.
#[derive(Debug, Default)]
pub struct Stop {
    told: AtomicBool,
    wake: Notify,
}

impl Stop {
    /// Tells it, and ends all waiting.
    pub fn tell(&self) {
        self.told.store(true, Ordering::Relaxed);
        self.wake.notify_waiters();
    }

    /// Returns whether it was told.
    pub fn is_told(&self) -> bool {
        self.told.load(Ordering::Relaxed)
    }

    /// Waits for this long, or until it is told. Returns whether it was.
    pub async fn told_within(&self, time: Duration) -> bool {
        let told = self.wake.notified();
        self.is_told() || timeout(time, told).await.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn waiting_ends_when_it_is_told() {
        let stop = Stop::default();
        assert!(!stop.told_within(Duration::ZERO).await);
        let (told, ()) =
            futures_util::future::join(stop.told_within(Duration::from_secs(60)), async { stop.tell() })
                .await;
        assert!(told && stop.is_told());
        assert!(stop.told_within(Duration::from_secs(60)).await);
    }
}
