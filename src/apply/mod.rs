//! Runs a plan: sends its calls in order, independent steps side by side, and tells what happened.
//!
//! A failed step ends itself and the steps that depend on it; the others go on. Nothing is undone: the next plan
//! continues from what is there.

mod repeat;
mod stop;

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use futures_util::{StreamExt as _, stream::FuturesUnordered};
use serde::Serialize;
use serde_json::Value;

pub use self::stop::Stop;

use crate::{
    aws::{Aws, error::AwsError},
    kinds::{CallRecord, kind},
    plan::{Plan, Step},
    resource::{Address, Outputs, reference},
};

/// Something that happened while a plan was run.
#[derive(Debug)]
pub enum Event<'a> {
    /// A request is sent.
    Call(&'a Step, &'a CallRecord),
    /// A request was refused for now and is sent again after the time given.
    Waiting(&'a Step, &'a CallRecord, &'a AwsError, Duration),
    /// All requests of a step have succeeded.
    Done(&'a Step),
    /// A request has failed, and with it the step.
    Failed(&'a Step, &'a AwsError),
}

/// What became of each step, by its number.
#[derive(Debug, Default, Serialize)]
pub struct Outcome {
    /// Steps that are done.
    pub done: BTreeSet<usize>,
    /// Steps that failed: how many of their calls had succeeded, and the error of the one that did not.
    pub failed: BTreeMap<usize, (usize, AwsError)>,
    /// Steps that were not begun, since they depend on one that failed.
    pub skipped: BTreeSet<usize>,
    /// Steps that were not begun or not ended, since the run was interrupted: how many of their calls had succeeded.
    pub interrupted: BTreeMap<usize, usize>,
}

impl Outcome {
    /// Returns whether all steps are done.
    pub fn is_complete(&self) -> bool {
        self.failed.is_empty() && self.skipped.is_empty() && self.interrupted.is_empty()
    }

    /// Returns whether any request has succeeded or may have.
    pub fn has_changed_anything(&self) -> bool {
        !self.done.is_empty()
            || self
                .failed
                .values()
                .any(|(calls, error)| *calls > 0 || error.class == crate::aws::error::Class::Unknown)
            || self.interrupted.values().any(|calls| *calls > 0)
    }
}

/// How a step ended.
enum End {
    Done(Outputs),
    Failed(usize, AwsError),
    Interrupted(usize),
}

/// Runs the plan. When it is told to stop, no further request is sent.
pub async fn apply(
    plan: &Plan,
    aws: &Aws,
    nonce: &str,
    stop: &Stop,
    on: &mut dyn FnMut(Event<'_>),
) -> Outcome {
    let run = Run { aws, stop, on: RefCell::new(on) };
    let mut known = BTreeMap::new();
    known.insert(Address::new("apply", "run"), Outputs::from([("nonce".to_owned(), nonce.to_owned())]));
    let mut outcome = Outcome::default();
    let mut waiting: Vec<&Step> = plan.steps.iter().collect();
    let mut running = FuturesUnordered::new();
    loop {
        let (ready, rest): (Vec<_>, Vec<_>) = waiting
            .into_iter()
            .partition(|step| step.after.iter().all(|before| outcome.done.contains(before)));
        waiting = rest;
        for step in ready {
            running.push(run.step(step, known.clone()));
        }
        let Some((step, end)) = running.next().await else { break };
        match end {
            End::Done(outputs) => {
                (run.on.borrow_mut())(Event::Done(step));
                known.entry(step.address.clone()).or_default().extend(outputs);
                outcome.done.insert(step.id);
            }
            End::Failed(calls, error) => {
                (run.on.borrow_mut())(Event::Failed(step, &error));
                outcome.failed.insert(step.id, (calls, error));
            }
            End::Interrupted(calls) => {
                outcome.interrupted.insert(step.id, calls);
            }
        }
    }
    // What still waits depends on a step that did not succeed.
    for step in waiting {
        if stop.is_told() {
            outcome.interrupted.insert(step.id, 0);
        } else {
            outcome.skipped.insert(step.id);
        }
    }
    outcome
}

/// Returns a call with what is known by now in the place of references.
fn filled(call: &CallRecord, known: &BTreeMap<Address, Outputs>) -> CallRecord {
    let mut parameters: Value = call.parameters.clone();
    reference::substitute(&mut parameters, &|address, output| known.get(address)?.get(output).cloned());
    CallRecord { parameters, ..call.clone() }
}

struct Run<'a, 'e> {
    aws: &'a Aws,
    stop: &'a Stop,
    on: RefCell<&'e mut dyn FnMut(Event<'_>)>,
}

impl Run<'_, '_> {
    /// Sends the calls of a step. What its earlier calls told, the later ones know.
    async fn step<'s>(&self, step: &'s Step, mut known: BTreeMap<Address, Outputs>) -> (&'s Step, End) {
        for (place, call) in step.calls.iter().enumerate() {
            if self.stop.is_told() {
                return (step, End::Interrupted(place));
            }
            let call = filled(call, &known);
            (self.on.borrow_mut())(Event::Call(step, &call));
            match self.call(step, place, &call).await {
                Ok(told) => known.entry(step.address.clone()).or_default().extend(told),
                Err(error) => return (step, End::Failed(place, error)),
            }
        }
        (step, End::Done(known.remove(&step.address).unwrap_or_default()))
    }

    /// Sends one request; sends it again while AWS says that it cannot take it now, and time heals that.
    async fn call(&self, step: &Step, place: usize, call: &CallRecord) -> Result<Outputs, AwsError> {
        let Some(kind) = kind(&step.resource.kind) else {
            return Err(AwsError::incomplete(&call.operation, &call.region, "kind that this version knows"));
        };
        let mut delays = repeat::delays(call);
        loop {
            let error = match kind.perform(self.aws, &step.resource, call).await {
                Err(error) => error,
                done => return done,
            };
            let delay = if repeat::heals(&error, step, place) { delays.next() } else { None };
            let Some(delay) = delay else { return Err(error) };
            (self.on.borrow_mut())(Event::Waiting(step, call, &error, delay));
            if self.stop.told_within(delay).await {
                return Err(error);
            }
        }
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
            filled(&call, &known).parameters,
            json!({"KmsKeyId": "arn:k", "N": "n1", "U": "${topic.t.arn}"})
        );
    }
}
