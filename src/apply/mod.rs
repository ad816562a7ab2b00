//! Runs a plan: sends its calls in order, independent steps side by side, and tells what happened.
//!
//! A failed step ends itself and the steps that depend on it; the others go on. Nothing is undone: the next plan
//! continues from what is there.

mod at;
mod leave;
mod patience;
mod read_back;
mod repeat;
mod stop;
pub mod verify;
mod watch;

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use futures_util::{StreamExt as _, stream::FuturesUnordered};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

pub(crate) use self::patience::waits;
pub use self::{patience::Patience, stop::Stop};

use self::{
    at::{At, Known, filled, filled_call},
    read_back::Finding,
    verify::{Expected, Verified, verify},
};
use crate::{
    aws::{
        Aws,
        error::{AwsError, Class},
    },
    kinds::{CallRecord, kind},
    plan::{Action, Plan, Step, fingerprint::Fingerprint},
    resource::{Address, Outputs, ResourceId},
};

/// Something that happened while a plan was run.
#[derive(Debug)]
pub enum Event<'a> {
    /// A request is sent.
    Call(&'a Step, &'a CallRecord),
    /// A request was refused for now and is sent again after the time given.
    Waiting(&'a Step, &'a CallRecord, &'a AwsError, Duration),
    /// A request got an answer, or none, that leaves open what became of it: that is read back.
    Unclear(&'a Step, &'a CallRecord, &'a AwsError),
    /// What such a request is for is so.
    Found(&'a Step, &'a CallRecord),
    /// Such a request has had no effect, and is sent again.
    Again(&'a Step, &'a CallRecord),
    /// A trail is not verified yet: what is waited for, and for how long that was done.
    Verifying(&'a Step, &'a str, Duration),
    /// A trail could not be verified in the time that is given: what is missing.
    Unverified(&'a Step, &'a str),
    /// All requests of a step have succeeded.
    Done(&'a Step),
    /// A request has failed, and with it the step.
    Failed(&'a Step, &'a AwsError),
}

/// What has become of each step, by its number.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Outcome {
    /// Steps that are done.
    pub done: BTreeSet<usize>,
    /// Steps that failed: how many of their calls had succeeded, and the error of the one that did not.
    pub failed: BTreeMap<usize, (usize, AwsError)>,
    /// Trails that could not be verified in the time that is given: what is missing, in words that go on after "waited for".
    pub unverified: BTreeMap<usize, String>,
    /// Steps that were not begun, since they depend on one that failed or was not verified.
    pub skipped: BTreeSet<usize>,
    /// Steps that were not begun or not ended, since the run was interrupted: how many of their calls had succeeded. While a run goes
    /// on, those that are under way.
    pub interrupted: BTreeMap<usize, usize>,
    /// Of a run that was cut off, the steps with a call that nobody has waited for: it may have had its effect.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub in_flight: BTreeSet<usize>,
}

impl Outcome {
    /// Takes in how a step has ended.
    fn end(&mut self, step: &Step, end: &End) {
        self.interrupted.remove(&step.id);
        match end {
            End::Done(_) => drop(self.done.insert(step.id)),
            End::Failed(calls, error) => drop(self.failed.insert(step.id, (*calls, error.clone()))),
            End::Unverified(missing) => drop(self.unverified.insert(step.id, missing.clone())),
            End::Interrupted(calls) => drop(self.interrupted.insert(step.id, *calls)),
        }
    }

    /// Returns what became of all steps of a plan when the run ends now.
    #[must_use]
    pub fn cut_off(mut self, plan: &Plan) -> Self {
        let ended = |id: &usize| {
            self.done.contains(id)
                || self.failed.contains_key(id)
                || self.unverified.contains_key(id)
                || self.skipped.contains(id)
        };
        self.in_flight = self.interrupted.keys().copied().collect();
        let open: Vec<usize> = plan.steps.iter().map(|step| step.id).filter(|id| !ended(id)).collect();
        for id in open {
            self.interrupted.entry(id).or_default();
        }
        self
    }

    /// Returns whether all steps are done.
    pub fn is_complete(&self) -> bool {
        self.failed.is_empty()
            && self.unverified.is_empty()
            && self.skipped.is_empty()
            && self.interrupted.is_empty()
    }

    /// Returns whether any request has succeeded or may have.
    pub fn has_changed_anything(&self) -> bool {
        !self.done.is_empty()
            || self.failed.values().any(|(calls, error)| *calls > 0 || error.class == Class::Unknown)
            || self.interrupted.values().any(|calls| *calls > 0)
            || !self.in_flight.is_empty()
    }
}

/// How a step ended.
enum End {
    Done(Outputs),
    Failed(usize, AwsError),
    Unverified(String),
    Interrupted(usize),
}

/// A run of a plan: what is the same for all its steps.
struct Run<'a, 'e> {
    plan: &'a Plan,
    aws: &'a Aws,
    nonce: &'a str,
    patience: &'a Patience,
    stop: &'a Stop,
    on: RefCell<&'e mut dyn FnMut(Event<'_>)>,
    so_far: &'a RefCell<Outcome>,
    /// The resources that this run has changed, as AWS showed them after that.
    left: RefCell<BTreeMap<ResourceId, Fingerprint>>,
}

/// Runs the plan. When it is told to stop, no further request is sent. What has become of the steps is in `so_far` all the time, for a
/// run that is not let come to its end.
pub async fn apply(
    plan: &Plan,
    aws: &Aws,
    nonce: &str,
    patience: &Patience,
    stop: &Stop,
    so_far: &RefCell<Outcome>,
    on: &mut dyn FnMut(Event<'_>),
) -> Outcome {
    let on = RefCell::new(on);
    let run = Run { plan, aws, nonce, patience, stop, on, so_far, left: RefCell::default() };
    let mut known = Known::new();
    known.insert(Address::new("apply", "run"), Outputs::from([("nonce".to_owned(), nonce.to_owned())]));
    let mut changed: BTreeMap<&ResourceId, Timestamp> = BTreeMap::new();
    let mut waiting: Vec<&Step> = plan.steps.iter().collect();
    let mut running = FuturesUnordered::new();
    loop {
        let done = so_far.borrow().done.clone();
        let (ready, rest): (Vec<_>, Vec<_>) =
            waiting.into_iter().partition(|step| step.after.is_subset(&done));
        waiting = rest;
        for step in ready {
            let since = changed.get(&step.resource).copied();
            running.push(run.step(step, done.clone(), known.clone(), since));
        }
        let Some((step, end)) = running.next().await else { break };
        so_far.borrow_mut().end(step, &end);
        match end {
            End::Done(outputs) => {
                run.tell(Event::Done(step));
                known.entry(step.address.clone()).or_default().extend(outputs);
                changed.insert(&step.resource, aws.now());
            }
            End::Failed(_, error) => run.tell(Event::Failed(step, &error)),
            End::Unverified(missing) => run.tell(Event::Unverified(step, &missing)),
            End::Interrupted(_) => {}
        }
    }
    // What still waits depends on a step that did not succeed.
    let mut outcome = so_far.borrow_mut();
    for step in waiting {
        if stop.is_told() {
            outcome.interrupted.insert(step.id, 0);
        } else {
            outcome.skipped.insert(step.id);
        }
    }
    outcome.clone()
}

impl Run<'_, '_> {
    /// Sends the calls of a step. What its earlier calls told, the later ones know.
    async fn step<'s>(
        &self,
        step: &'s Step,
        done: BTreeSet<usize>,
        mut known: Known,
        since: Option<Timestamp>,
    ) -> (&'s Step, End) {
        if step.action == Action::Verify {
            return (step, self.verify(step, &known, since).await);
        }
        if !self.stop.is_told()
            && let Err(error) = self.is_as_planned(step, &known).await
        {
            return (step, End::Failed(0, error));
        }
        for (place, call) in step.calls.iter().enumerate() {
            if !self.may_send().await {
                return (step, End::Interrupted(place));
            }
            let call = filled_call(call, &known);
            let at = At { plan: self.plan, step, place, call: &call, done: &done };
            self.so_far.borrow_mut().interrupted.insert(step.id, place);
            self.tell(Event::Call(step, &call));
            match self.call(&at, &known).await {
                Ok(told) => known.entry(step.address.clone()).or_default().extend(told),
                Err(error) => return (step, End::Failed(place, error)),
            }
            if at.adopts()
                && let Err(error) = self.keep_mark(&at, &known).await
            {
                return (step, End::Failed(place + 1, error));
            }
            if place + 1 == step.calls.len()
                && let Err(error) = self.is_as_written(&at, &known).await
            {
                return (step, End::Failed(place + 1, error));
            }
        }
        (step, End::Done(known.remove(&step.address).unwrap_or_default()))
    }

    /// Waits until a trail is in effect.
    async fn verify(&self, step: &Step, known: &Known, since: Option<Timestamp>) -> End {
        let attrs = filled(&step.attrs, known);
        let told = known.get(&step.address).into_iter().flatten();
        let outputs: Outputs =
            told.chain(&step.outputs).map(|(name, value)| (name.clone(), value.clone())).collect();
        let (stack, address, id) = (self.plan.stack.as_str(), &step.address, &step.resource);
        let trail = Expected { stack, address, id, outputs: &outputs, attrs: &attrs, since };
        let mut on = |missing: &str, waited| self.tell(Event::Verifying(step, missing, waited));
        match verify(self.aws, trail, self.patience, self.stop, &mut on).await {
            Ok(Verified::Yes) => End::Done(Outputs::new()),
            Ok(Verified::No(missing)) => End::Unverified(missing),
            Ok(Verified::Interrupted) => End::Interrupted(0),
            Err(error) => End::Failed(0, error),
        }
    }

    /// Sends one request. Sends it again while AWS says that it cannot take it now, and time heals that. After an answer that
    /// leaves open what became of it, reads that back first.
    async fn call(&self, at: &At<'_>, known: &Known) -> Result<Outputs, AwsError> {
        let (step, call) = (at.step, at.call);
        let Some(kind) = kind(&step.resource.kind) else {
            return Err(AwsError::incomplete(&call.operation, &call.region, "kind that this version knows"));
        };
        let mut delays = self.patience.repeating(call);
        let (mut is_open, mut repeats) = (false, 0);
        loop {
            let error = match kind.perform(self.aws, &step.resource, call).await {
                Err(error) => error,
                done => return done,
            };
            if repeat::heals(&error, at) {
                let Some(delay) = delays.next() else { return Err(error.still_spreading()) };
                self.tell(Event::Waiting(step, call, &error, delay));
                if self.stop.told_within(delay).await || !self.may_send().await {
                    return Err(error);
                }
                continue;
            }
            is_open |= error.class == Class::Unknown;
            if !is_open && !repeat::may_be_so(&error, at) {
                return Err(error);
            }
            self.tell(Event::Unclear(step, call, &error));
            match self.read_back(at, known).await {
                Ok(Finding::Applied(outputs)) => {
                    self.tell(Event::Found(step, call));
                    return Ok(outputs);
                }
                Ok(Finding::Taken(why)) => return Err(error.taken(&step.resource, &why)),
                Ok(Finding::Unmarked) => {
                    return Err(error.taken(&step.resource, "carries no mark of a stack"));
                }
                Ok(Finding::Open) if error.class == Class::Unknown && repeats < repeat::most(at) => {
                    if !self.may_send().await {
                        return Err(error);
                    }
                    repeats += 1;
                    self.tell(Event::Again(step, call));
                }
                Ok(Finding::Open) => return Err(error.without_effect()),
                Err(unread) => return Err(error.not_read_back(&unread)),
            }
        }
    }

    /// After a resource was adopted: makes sure that the mark on it is ours, before anything else is changed.
    async fn keep_mark(&self, at: &At<'_>, known: &Known) -> Result<(), AwsError> {
        let lost = |why: &str| {
            let call = format!("{}:{}", at.call.service, at.call.operation);
            Err(AwsError::not_adopted(call, &at.call.region, &at.step.resource, why))
        };
        match self.read_mark(at, known).await? {
            Finding::Applied(_) => Ok(()),
            Finding::Taken(why) => lost(&why),
            Finding::Unmarked | Finding::Open => lost("does not show the mark that was written"),
        }
    }

    fn tell(&self, event: Event<'_>) {
        (self.on.borrow_mut())(event);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::region::Region;
    use serde_json::json;

    #[test]
    fn calls_get_the_outputs_that_earlier_steps_told() {
        let call = CallRecord {
            service: "cloudtrail".to_owned(),
            operation: "CreateTrail".to_owned(),
            region: Region::new("us-east-1"),
            parameters: json!({"KmsKeyId": "${kms_key.k.arn}", "N": "${apply.run.nonce}", "U": "${topic.t.arn}"}),
        };
        let outputs = |name: &str, value: &str| Outputs::from([(name.to_owned(), value.to_owned())]);
        let known = BTreeMap::from([
            (Address::new("kms_key", "k"), outputs("arn", "arn:k")),
            (Address::new("apply", "run"), outputs("nonce", "n1")),
        ]);
        assert_eq!(
            filled_call(&call, &known).parameters,
            json!({"KmsKeyId": "arn:k", "N": "n1", "U": "${topic.t.arn}"})
        );
    }
}
