//! Taking a lock, and seeing that the endpoint is true to conditions.

use super::{
    Body, Holding, Place, Refusal, Release, Seen, Standing, Times,
    place::{Condition, Miss},
};
use crate::{apply::Stop, aws::Moment};

/// An ETag that no object has.
const OTHER: &str = "\"00000000000000000000000000000000\"";

/// A lock that is to be taken.
pub struct Take<'a> {
    /// Where it is.
    pub place: &'a Place<'a>,
    /// What it is to say.
    pub body: Body,
    /// How long what takes.
    pub times: Times,
    /// Whether a stale one is taken over.
    pub breaks_stale: bool,
    /// Ends the attempts.
    pub stop: &'a Stop,
}

/// What an attempt to write the object came to.
enum Got {
    /// The object is ours, and is called so. The lease began then.
    Ours(String, Moment),
    /// Somebody else's is there, or none.
    Other(Option<Seen>),
}

/// Calls under conditions that do not hold: whoever does what they ask for ignores conditions.
#[derive(Clone, Copy)]
enum Probe {
    New,
    Over,
    Delete,
}

impl Probe {
    const ALL: [Self; 3] = [Self::New, Self::Over, Self::Delete];

    fn name(self) -> &'static str {
        match self {
            Self::New => "PutObject with If-None-Match",
            Self::Over => "PutObject with If-Match",
            Self::Delete => "DeleteObject with If-Match",
        }
    }
}

/// Takes a lock. One that was taken and cannot be kept is released again.
///
/// # Errors
///
/// When somebody else holds it, or it cannot be taken or trusted.
pub async fn take(wanted: Take<'_>) -> Result<Holding<'_>, Refusal> {
    let Take { place, body, times, breaks_stale, stop } = wanted;
    if times.is_too_short() {
        let (lease, call) = (times.lease.as_secs(), times.reserve.as_secs());
        return Err(Refusal::TooShort { lease, call });
    }
    if place.retains().await? {
        return Err(Refusal::Retained);
    }
    let attempt = Attempt { place, body: &body, times: &times, stop };
    let mut wait = None;
    let (etag, since) = match attempt.write(Condition::Free).await? {
        Got::Ours(etag, since) => (etag, since),
        Got::Other(None) => return Err(Refusal::Busy),
        Got::Other(Some(seen)) => match (seen.standing(), breaks_stale) {
            (Standing::Foreign, _) => return Err(Refusal::Foreign),
            (Standing::Held, _) => return Err(Refusal::Held(seen)),
            (Standing::Stale, false) => return Err(Refusal::Stale(seen)),
            (Standing::Stale, true) => {
                // A run that was paused may still believe in its lease, or have a call under way.
                let theirs = seen.body.as_ref().map(|body| body.lease().unsigned_abs());
                wait = theirs.max(Some(times.lease));
                match attempt.write(Condition::Is(&seen.etag)).await? {
                    Got::Ours(etag, since) => (etag, since),
                    Got::Other(Some(seen)) => return Err(Refusal::Held(seen)),
                    Got::Other(None) => return Err(Refusal::Released),
                }
            }
        },
    };
    let mut holding = Holding::new(place, body, times, etag, since, wait);
    match holding.probe(stop).await {
        Ok(()) => Ok(holding),
        Err(refusal) => match holding.release().await {
            Ok(Release::Done | Release::NotOurs) => Err(refusal),
            Err(error) => Err(Refusal::Left(Box::new(refusal), error)),
        },
    }
}

struct Attempt<'a> {
    place: &'a Place<'a>,
    body: &'a Body,
    times: &'a Times,
    stop: &'a Stop,
}

impl Attempt<'_> {
    /// Writes the object under a condition. What became of a call without a clear answer is read.
    async fn write(&self, condition: Condition<'_>) -> Result<Got, Refusal> {
        let mut is_open = false;
        let outcome = self.try_to_write(condition, &mut is_open).await;
        if outcome.is_err() && is_open {
            // A call that was given up may have had its effect all the same.
            self.take_back().await;
        }
        outcome
    }

    async fn try_to_write(&self, condition: Condition<'_>, is_open: &mut bool) -> Result<Got, Refusal> {
        let (mut waits, first) = (self.times.waits(), Moment::now());
        loop {
            let since = Moment::now();
            let miss = match self.place.put(self.body, condition).await {
                Ok(etag) => return Ok(Got::Ours(etag, since)),
                Err(miss) => miss,
            };
            let error = match miss {
                Miss::Failed(error) => return Err(error.into()),
                Miss::Conflict(error) | Miss::Later(error) => error.into(),
                Miss::Condition(_) | Miss::Absent(_) | Miss::Unclear(_) => {
                    *is_open |= matches!(miss, Miss::Unclear(_));
                    match self.place.read().await? {
                        // The answer to an earlier attempt was lost: nobody knows which one it was.
                        Some(seen) if seen.is_of(&self.body.id) => return Ok(Got::Ours(seen.etag, first)),
                        seen if !condition.holds(seen.as_ref()) => return Ok(Got::Other(seen)),
                        _ if matches!(miss, Miss::Unclear(_)) => miss.into_error().into(),
                        _ => Refusal::Busy,
                    }
                }
            };
            let Some(wait) = waits.next() else { return Err(error) };
            if self.stop.told_within(wait).await {
                return Err(Refusal::Interrupted);
            }
        }
    }

    /// Removes what a call may have left that was given up. If that fails too, it ends with its lease.
    async fn take_back(&self) {
        if let Ok(Some(seen)) = self.place.read().await
            && seen.is_of(&self.body.id)
        {
            let _ = self.place.delete(&seen.etag).await;
        }
    }
}

impl Holding<'_> {
    /// Sends what must not have an effect, and sees that it has none.
    async fn probe(&mut self, stop: &Stop) -> Result<(), Refusal> {
        for probe in Probe::ALL {
            let mut waits = self.times().waits();
            loop {
                let answer = match probe {
                    Probe::New => self.place().put(self.body(), Condition::Free).await.map(Some),
                    Probe::Over => self.place().put(self.body(), Condition::Is(OTHER)).await.map(Some),
                    Probe::Delete => self.place().delete(OTHER).await.map(|()| None),
                };
                let error = match answer {
                    Ok(Some(etag)) => {
                        self.is_now(Some(etag));
                        return Err(Refusal::IgnoresConditions(probe.name()));
                    }
                    // Anything may say yes to a delete: what counts is whether the object is gone.
                    Ok(None) if !self.is_there().await? => {
                        return Err(Refusal::IgnoresConditions(probe.name()));
                    }
                    Ok(None) => Refusal::Busy,
                    // S3 speaks of a conflict when it has looked at the condition, and something else was faster.
                    Err(Miss::Condition(_) | Miss::Conflict(_)) => break,
                    Err(Miss::Absent(_)) => {
                        self.is_now(None);
                        return Err(Refusal::Lost);
                    }
                    Err(Miss::Failed(error)) => return Err(error.into()),
                    Err(Miss::Later(error) | Miss::Unclear(error)) => error.into(),
                };
                let Some(wait) = waits.next() else { return Err(error) };
                if stop.told_within(wait).await {
                    return Err(Refusal::Interrupted);
                }
            }
        }
        Ok(())
    }
}
