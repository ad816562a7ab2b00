//! Looking before and after: a step finds its resource as the plan saw it, and leaves it as the plan says.
//!
//! None of the calls is conditional, so between the look before and the call another writer may slip in: the look after it
//! finds that out.

use super::{
    Run,
    at::{At, Known},
    read_back::is_reached,
};
use crate::{
    aws::error::AwsError,
    kinds::kind,
    plan::{
        Step,
        fingerprint::{self, Fingerprint},
    },
    resource::ResourceId,
};

impl Run<'_, '_> {
    /// Makes sure that the resource of a step is still what the plan rests on, or what this run has made of it.
    pub(super) async fn is_as_planned(&self, step: &Step, known: &Known) -> Result<(), AwsError> {
        let Some(call) = step.calls.first() else { return Ok(()) };
        let of = |id: &ResourceId| self.left.borrow().get(id).cloned();
        let left = of(&step.resource);
        let (is_ours, can_rename) =
            (left.is_some(), kind(&step.resource.kind).is_some_and(|kind| kind.can_rename()));
        // The name of a key may have been moved by the step of another one.
        if can_rename && !is_ours && self.left.borrow().keys().any(|id| id.kind == step.resource.kind) {
            return Ok(());
        }
        // One that is to be renamed was read under its former name.
        let is_read = |name: &String| {
            *name == step.resource.to_string()
                || can_rename && name.starts_with(&format!("{}.", step.resource.kind))
        };
        let planned = self.plan.read_set.iter().filter(|(name, _)| is_read(name)).map(|(_, one)| one.clone());
        let expected: Vec<Fingerprint> = left.map_or_else(|| planned.collect(), |left| vec![left]);
        if expected.is_empty() {
            return Ok(());
        }
        let mut waits = self.patience.settling(call, false);
        loop {
            let seen = self.look(step, known, None).await?;
            if expected.contains(&fingerprint::of(seen.as_ref())) {
                return Ok(());
            }
            // What this run has written may not be seen everywhere yet.
            let wait = waits.next().filter(|_| is_ours);
            let Some(wait) = wait else {
                let how = match seen {
                    Some(_) if expected == [fingerprint::of(None)] => {
                        "exists, and did not when the plan was made"
                    }
                    Some(_) => "is not what it was when the plan was made",
                    None => "is gone since the plan was made",
                };
                return Err(AwsError::changed(call, &step.resource, how));
            };
            if self.stop.told_within(wait).await {
                return Ok(());
            }
        }
    }

    /// Waits until AWS shows what a step has written. What it still shows as it was when the time is over is left to the plan
    /// that is made at the end.
    pub(super) async fn is_as_written(&self, at: &At<'_>, known: &Known) -> Result<(), AwsError> {
        let step = at.step;
        let mut waits = self.patience.settling(at.call, at.creates_nameless());
        let before = self.plan.read_set.get(&step.resource.to_string()).cloned();
        loop {
            let nonce = at.creates().then_some(self.nonce);
            let seen = self.look(step, known, nonce).await?;
            let shown = fingerprint::of(seen.as_ref());
            if is_reached(step, known, seen.as_ref()) {
                self.left.borrow_mut().insert(step.resource.clone(), shown);
                return Ok(());
            }
            let wait = waits.next();
            match wait {
                Some(wait) if !self.stop.told_within(wait).await => {}
                Some(_) => return Ok(()),
                None if before.is_some_and(|before| before == shown) || seen.is_none() => return Ok(()),
                None => return Err(AwsError::inconsistent(at.call, &step.resource)),
            }
        }
    }
}
