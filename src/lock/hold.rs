//! Holding a lock: signs of life while the work is done, and the release.

use std::{convert::Infallible, future::pending, time::Duration};

use tokio::time::sleep;

use super::{
    Body, Place, Times,
    place::{Condition, Miss},
};
use crate::{
    apply::Stop,
    aws::{Gate, Moment, error::AwsError},
};

/// How often a sign of life is tried anew when the object turns out to be ours under another ETag: the answer to the one before
/// was lost.
const MOST_LOST_ANSWERS: usize = 3;

/// A lock that this run holds.
pub struct Holding<'a> {
    place: &'a Place<'a>,
    body: Body,
    times: Times,
    /// What S3 calls the object; nothing if it is not ours any more.
    etag: Option<String>,
    wait: Option<Duration>,
}

/// How a lock was released.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Release {
    /// The object is deleted.
    Done,
    /// It was not this run's any more, and is left alone.
    NotOurs,
}

/// Why a sign of life was not given.
#[derive(Debug)]
enum Silence {
    /// The lock is not ours any more, in words.
    Lost(String),
    /// It may still be.
    Failed(AwsError),
}

impl<'a> Holding<'a> {
    pub(super) fn new(
        place: &'a Place<'a>,
        body: Body,
        times: Times,
        etag: String,
        since: Moment,
        wait: Option<Duration>,
    ) -> Self {
        place.aws().gate().lease(since, times.usable());
        Self { place, body, times, etag: Some(etag), wait }
    }

    /// Returns how long to wait before the first change: whoever held it before may not know yet that it is lost.
    pub fn wait(&self) -> Option<Duration> {
        self.wait
    }

    pub(super) fn place(&self) -> &'a Place<'a> {
        self.place
    }

    pub(super) fn body(&self) -> &Body {
        &self.body
    }

    pub(super) fn times(&self) -> &Times {
        &self.times
    }

    /// Notes what S3 calls the object, or that there is none.
    pub(super) fn is_now(&mut self, etag: Option<String>) {
        self.etag = etag;
    }

    fn gate(&self) -> &'a Gate {
        self.place.aws().gate()
    }

    /// Gives signs of life, for as long as it is polled. When the lock is lost, or cannot be kept for as long as a call may take,
    /// no further change is let through, and the run is told why.
    pub async fn keep(&mut self, stop: &Stop) -> Infallible {
        let mut is_sure = true;
        loop {
            if is_sure {
                tokio::select! {
                    () = sleep(self.times.beat) => {}
                    () = self.gate().asked() => {}
                }
            } else {
                sleep(self.times.again).await;
            }
            let why = match self.beat().await {
                Ok(()) if self.gate().lets_through() => {
                    is_sure = true;
                    continue;
                }
                Ok(()) => "is renewed too slowly for its lease: raise `lease_seconds`".to_owned(),
                Err(Silence::Lost(why)) => why,
                Err(Silence::Failed(error)) => {
                    is_sure = false;
                    self.gate().doubt();
                    if self.gate().lets_through() {
                        continue;
                    }
                    format!("could not be renewed in time: {error}")
                }
            };
            self.gate().lose();
            stop.tell_why(format!("the lock {} {why}", self.place.name()));
            return pending().await;
        }
    }

    /// Gives one sign of life.
    async fn beat(&mut self) -> Result<(), Silence> {
        for _ in 0..MOST_LOST_ANSWERS {
            let Some(etag) = self.etag.clone() else { return Err(Silence::Lost("was lost".to_owned())) };
            self.body.beats += 1;
            let since = Moment::now();
            match self.place.put(&self.body, Condition::Is(&etag)).await {
                Ok(etag) => {
                    self.etag = Some(etag);
                    self.gate().lease(since, self.times.usable());
                    return Ok(());
                }
                Err(Miss::Condition(_) | Miss::Absent(_)) => self.look().await?,
                Err(miss) => return Err(Silence::Failed(miss.into_error())),
            }
        }
        Err(Silence::Lost("is written by somebody else".to_owned()))
    }

    /// Looks whether the object is still this run's.
    pub(super) async fn is_there(&mut self) -> Result<bool, AwsError> {
        match self.look().await {
            Ok(()) => Ok(true),
            Err(Silence::Lost(_)) => Ok(false),
            Err(Silence::Failed(error)) => Err(error),
        }
    }

    /// Looks whose the object is now, after a condition that does not hold.
    async fn look(&mut self) -> Result<(), Silence> {
        let seen = self.place.read().await.map_err(Silence::Failed)?;
        match seen {
            Some(seen) if seen.is_of(&self.body.id) => {
                self.etag = Some(seen.etag);
                Ok(())
            }
            Some(seen) => {
                self.etag = None;
                Err(Silence::Lost(format!("was taken by somebody else: {}", seen.words())))
            }
            None => {
                self.etag = None;
                Err(Silence::Lost("was removed by somebody else".to_owned()))
            }
        }
    }

    /// Releases it, if it is still this run's. Never deletes an object that it has not written.
    ///
    /// # Errors
    ///
    /// When S3 refuses, or could not take the call for a while.
    pub async fn release(mut self) -> Result<Release, AwsError> {
        self.gate().open();
        let (mut waits, mut is_open) = (self.times.waits(), false);
        loop {
            let Some(etag) = self.etag.clone() else { return Ok(Release::NotOurs) };
            let error = match self.place.delete(&etag).await {
                Ok(()) => return Ok(Release::Done),
                Err(Miss::Failed(error)) => return Err(error),
                Err(Miss::Conflict(error) | Miss::Later(error)) => error,
                Err(miss @ (Miss::Condition(_) | Miss::Absent(_) | Miss::Unclear(_))) => {
                    is_open |= matches!(miss, Miss::Unclear(_));
                    match self.look().await {
                        // Still ours: the call has had no effect, or the answer to a sign of life was lost.
                        Ok(()) => miss.into_error(),
                        Err(Silence::Failed(error)) => error,
                        Err(Silence::Lost(_)) if is_open => return Ok(Release::Done),
                        Err(Silence::Lost(_)) => return Ok(Release::NotOurs),
                    }
                }
            };
            let Some(wait) = waits.next() else { return Err(error) };
            sleep(wait).await;
        }
    }
}
