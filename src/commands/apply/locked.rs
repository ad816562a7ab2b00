//! The lock of the stack around what a run sends.
//!
//! The lock is taken when there is something to do, and it is wanted: a run without changes needs none, and nobody should hold
//! one while somebody thinks. What was shown was therefore seen without it; under the lock the account is read and planned
//! once more, and the run goes on only if that is the same plan.

use std::time::Duration;

use super::{Changed, Run};
use crate::{
    apply::{self, Stop},
    commands::{Failure, Outcome, interrupts::interrupted},
    exit,
    lock::{Body, Holding, Place, Refusal, Release, Take, Times, take},
    plan::Plan,
    report::{run::Lock, visible},
};

/// What a run came to: what became of the steps, if any was begun, and what went wrong.
pub(super) type End = (Option<apply::Outcome>, Result<(), Failure>);

impl Run<'_> {
    /// Sends a plan, while this run holds the lock if the spec wants one. Reports how it ended.
    pub(super) async fn send_locked(&self, plan: &Plan, nonce: &str, stop: &Stop) -> Outcome {
        let (outcome, end) = match self.session.lock() {
            // What one run does in turn is not on the stack at once.
            Some((place, lease_seconds)) => {
                Box::pin(self.hold(&place, lease_seconds, plan, nonce, stop)).await
            }
            None => {
                if self.breaks_stale_lock {
                    self.ui.note("note: the spec has no `lock:`, so there is none to break");
                }
                Box::pin(self.send_and_settle(plan, nonce, stop)).await
            }
        };
        match end {
            // Nobody else is kept out while log files are waited for.
            Ok(()) => self.verify_and_report(plan, outcome.as_ref(), stop).await,
            Err(failure) => self.fail(plan, outcome.as_ref(), failure),
        }
    }

    async fn hold(
        &self,
        place: &Place<'_>,
        lease_seconds: u64,
        plan: &Plan,
        nonce: &str,
        stop: &Stop,
    ) -> End {
        let aws = &self.session.aws;
        let command = self.verb.to_lowercase();
        let body = Body::of(nonce, &self.session.stack, aws.caller(), &command, aws.now(), lease_seconds);
        let lease = Duration::from_secs(lease_seconds);
        let times = Times::of(lease, Duration::from_secs(self.global.timeout));
        let progress = self.ui.progress("Taking the lock");
        let wanted = Take { place, body, times, breaks_stale: self.breaks_stale_lock, stop };
        let taken = Box::pin(take(wanted)).await;
        drop(progress);
        let mut holding = match taken {
            Ok(holding) => holding,
            Err(refusal) => return (None, Err(failure(place, &refusal))),
        };
        let wait = holding.wait();
        let end = tokio::select! {
            end = Box::pin(self.send_under_lock(place, wait, plan, nonce, stop)) => end,
            never = Box::pin(holding.keep(stop)) => match never {},
        };
        Box::pin(self.release(place, holding)).await;
        end
    }

    async fn send_under_lock(
        &self,
        place: &Place<'_>,
        wait: Option<Duration>,
        plan: &Plan,
        nonce: &str,
        stop: &Stop,
    ) -> End {
        if let Some(wait) = wait {
            self.ui.note(&format!(
                "The lock {} was stale, and is taken over. Waiting {} s before anything is changed: whoever held it may not \
                 know yet that it is lost.",
                place.name(),
                wait.as_secs()
            ));
            stop.told_within(wait).await;
        }
        if stop.is_told() {
            return (None, Err(stopped(stop)));
        }
        match Box::pin(self.plan()).await {
            Ok(now) if now == *plan => Box::pin(self.send_and_settle(plan, nonce, stop)).await,
            Ok(_) => (None, Err(Changed.into())),
            Err(failure) => (None, Err(failure)),
        }
    }

    /// Releases the lock. What goes wrong is said, and makes nothing of the run undone.
    async fn release(&self, place: &Place<'_>, holding: Holding<'_>) {
        let name = place.name();
        let is_released = match holding.release().await {
            Ok(Release::Done) => true,
            Ok(Release::NotOurs) => {
                self.ui.problem(&format!(
                    "warning: the lock {name} was not this run's any more when it ended, and is left alone"
                ));
                false
            }
            Err(error) => {
                self.ui.problem(&format!(
                    "warning: the lock {name} is not released: {}\n  help: it is stale when its lease is over; see `trailctl unlock`",
                    visible(&error.to_string())
                ));
                false
            }
        };
        let _ = self.lock.set(Lock { place: name, released: is_released });
    }
}

/// Says that a run was stopped before it has sent anything.
fn stopped(stop: &Stop) -> Failure {
    match stop.why() {
        Some(why) => Failure::error(format!("{why}; nothing was changed")).help("run again"),
        None => interrupted(),
    }
}

/// Says why a lock was not taken.
fn failure(place: &Place<'_>, refusal: &Refusal) -> Failure {
    let code = match refusal {
        _ if refusal.is_interrupted() => exit::INTERRUPTED,
        _ if refusal.is_guard() => exit::REFUSED,
        _ => exit::ERROR,
    };
    let message = format!("the lock {} {refusal}\n  nothing was changed", place.name());
    Failure { code, message: Some(message), help: refusal.help() }
}
