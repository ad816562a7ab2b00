//! Being told to stop.

use std::{
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{sync::Notify, time::timeout};

/// Tells a run to stop after the requests that are under way.
#[derive(Debug, Default)]
pub struct Stop {
    told: AtomicBool,
    why: OnceLock<String>,
    wake: Notify,
}

impl Stop {
    /// Tells it, and ends all waiting.
    pub fn tell(&self) {
        self.told.store(true, Ordering::Relaxed);
        self.wake.notify_waiters();
    }

    /// Tells it for a reason that is not the user's will.
    pub fn tell_why(&self, why: String) {
        let _ = self.why.set(why);
        self.tell();
    }

    /// Returns why it was told, if that was not the user's will.
    pub fn why(&self) -> Option<&str> {
        self.why.get().map(String::as_str)
    }

    /// Returns whether it was told.
    pub fn is_told(&self) -> bool {
        self.told.load(Ordering::Relaxed)
    }

    /// Waits until it is told.
    pub async fn until_told(&self) {
        let told = self.wake.notified();
        if !self.is_told() {
            told.await;
        }
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
        stop.until_told().await;
        assert_eq!(stop.why(), None);
        stop.tell_why("the lock is lost".to_owned());
        assert_eq!(stop.why(), Some("the lock is lost"));
    }
}
