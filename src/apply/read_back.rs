//! Reading back: what became of a call that got no clear answer, and whose a resource is.
//!
//! The resource is read as a plan reads it. A call has had its effect if its kind would no longer make it to lead from what
//! is seen to what the step leads to.

use std::collections::BTreeSet;

use serde_json::Value;
use tokio::sync::SetOnce;

use super::{
    Run,
    at::{At, Known, filled, filled_call},
};
use crate::{
    aws::error::{AwsError, Class},
    kinds::{CallRecord, Reach, Scope, Target, kind},
    observe,
    plan::{Action, Step},
    resource::{
        Address, Observed, Outputs, ResourceId,
        owner::{NONCE, Owner, RESOURCE, STACK},
    },
};

/// What became of a call.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Finding {
    /// What it is for is so. The resource tells these outputs.
    Applied(Outputs),
    /// It has had no effect that shows.
    Open,
    /// What is there carries no mark, and it should carry ours.
    Unmarked,
    /// What is there is not what this run made: in words, after the name of the resource.
    Taken(String),
}

impl Run<'_, '_> {
    /// Reads until it shows what became of a call, or for as long as its effect may take to show.
    pub(super) async fn read_back(&self, at: &At<'_>, known: &Known) -> Result<Finding, AwsError> {
        let mut waits = self.patience.settling(at.call, at.creates_nameless());
        loop {
            let found = self.look(at.step, known, at.creates_nameless().then_some(self.nonce)).await;
            let found = found.map(|seen| judge(at, known, self.nonce, seen.as_ref()));
            if matches!(found, Ok(Finding::Applied(_) | Finding::Taken(_))) {
                return found;
            }
            let Some(wait) = waits.next() else {
                // What its tags tell of was made, however long it does not show: it must not be made again.
                let is_made = at.creates_nameless() && matches!(found, Ok(Finding::Open));
                let is_made = is_made && !self.marked(at.step, Some(self.nonce)).await?.is_empty();
                return if is_made { Err(AwsError::unseen(at.call)) } else { found };
            };
            if self.stop.told_within(wait).await {
                return found;
            }
        }
    }

    /// Gives others who adopt the same resource time to write their mark, and reads until it shows whose mark is left.
    pub(super) async fn read_mark(&self, at: &At<'_>, known: &Known) -> Result<Finding, AwsError> {
        let mut waits = self.patience.settling(at.call, false);
        let mut wait = self.patience.adopt;
        loop {
            let is_told = self.stop.told_within(wait).await;
            let found = self.look(at.step, known, at.creates_nameless().then_some(self.nonce)).await;
            let found = found.map(|seen| whose(at, seen.as_ref()));
            if is_told || matches!(found, Ok(Finding::Applied(_) | Finding::Taken(_))) {
                return found;
            }
            wait = match waits.next() {
                Some(wait) => wait,
                None => return found,
            };
        }
    }

    /// Reads the resource of a step. One whose name is only a pointer is looked for by its ARN too, and a new one by the mark
    /// of this run, if there is one: the pointer comes later.
    pub(super) async fn look(
        &self,
        step: &Step,
        known: &Known,
        nonce: Option<&str>,
    ) -> Result<Option<Observed>, AwsError> {
        let Some(kind) = kind(&step.resource.kind) else { return Ok(None) };
        let region = &step.resource.region;
        let mut ids = vec![step.resource.clone()];
        let told = known.get(&step.address).and_then(|outputs| outputs.get("arn"));
        let arn = told.or_else(|| step.outputs.get("arn")).filter(|_| kind.can_rename());
        ids.extend(arn.and_then(|arn| kind.of_arn(arn, region)));
        let marked = self.marked(step, nonce).await?;
        if !marked.is_empty() {
            ids = marked;
        }
        // What has another name than the plan gives it, such as a key without its alias, is read as what tags tell of is.
        let (wanted, others) = split(&ids, &step.resource);
        let scope = Scope {
            wanted: &wanted,
            marked: &SetOnce::new_with(Some(others)),
            reach: Reach::Again,
            existing: &[],
            stack: &self.plan.stack,
            home: region,
            is_removal: step.action == Action::Delete,
        };
        let found = absent(kind.observe(self.aws, &scope).await)?;
        let place = |id: &ResourceId| ids.iter().position(|asked| asked == id);
        let is_it = |seen: &Observed| arn.is_none_or(|arn| seen.outputs.get("arn") == Some(arn));
        let found = found.into_iter().filter(|(id, seen)| place(id).is_some() && is_it(seen));
        Ok(found.min_by_key(|(id, _)| place(id)).map(|(_, seen)| seen))
    }

    /// Returns the resources without a name of their own that carry the mark of this run.
    async fn marked(&self, step: &Step, nonce: Option<&str>) -> Result<Vec<ResourceId>, AwsError> {
        let kind = kind(&step.resource.kind).filter(|kind| kind.can_rename());
        let (Some(kind), Some(nonce)) = (kind, nonce) else { return Ok(Vec::new()) };
        let region = &step.resource.region;
        let tags = [(NONCE, nonce), (STACK, &self.plan.stack), (RESOURCE, &step.address.logical)];
        let arns = observe::tagged(self.aws, region, &tags).await?;
        Ok(arns.iter().filter_map(|arn| kind.of_arn(arn, region)).collect())
    }
}

/// Takes what was listed and is gone when it is asked about for absent: lists may be late.
pub(super) fn absent(
    found: Result<Vec<(ResourceId, Observed)>, AwsError>,
) -> Result<Vec<(ResourceId, Observed)>, AwsError> {
    match found {
        Err(error) if error.class == Class::NotFound => Ok(Vec::new()),
        found => found,
    }
}

fn split(ids: &[ResourceId], named: &ResourceId) -> (Vec<ResourceId>, BTreeSet<ResourceId>) {
    let (wanted, others): (Vec<&ResourceId>, Vec<&ResourceId>) = ids.iter().partition(|id| *id == named);
    (wanted.into_iter().cloned().collect(), others.into_iter().cloned().collect())
}

/// Decides what became of a call from what is seen of its resource.
fn judge(at: &At<'_>, known: &Known, nonce: &str, seen: Option<&Observed>) -> Finding {
    let step = at.step;
    let is_delete = step.action == Action::Delete;
    let Some(seen) = seen else {
        return if is_delete { Finding::Applied(Outputs::new()) } else { Finding::Open };
    };
    match (&seen.owner, at.is_creation()) {
        (Owner::Nobody, true) => return Finding::Unmarked,
        (Owner::Stack { nonce: Some(found), stack, .. }, true)
            if *stack == at.plan.stack && found == nonce => {}
        (Owner::Stack { stack, .. }, true) if *stack == at.plan.stack => {
            return Finding::Taken("was made by another run of this stack at the same time".to_owned());
        }
        (Owner::Stack { stack, .. }, _) if *stack != at.plan.stack => {
            return Finding::Taken(format!("belongs to the stack `{stack}`"));
        }
        (Owner::Unreadable { why }, _) => return Finding::Taken(format!("cannot be read: {why}")),
        _ => {}
    }
    let known = told(step, known, seen);
    let left = left_of_step(step, &known, seen);
    let planned: Vec<CallRecord> =
        step.calls[at.place + 1..].iter().map(|call| filled_call(call, &known)).collect();
    // What others have changed may give a call other parameters. It is the same call unless a later one of the step is that.
    let is_left =
        |call: &CallRecord| call == at.call || call.operation == at.call.operation && !planned.contains(call);
    if left.iter().any(is_left) { Finding::Open } else { Finding::Applied(seen.outputs.clone()) }
}

/// Returns what is known of resources, with what is seen of that of a step.
fn told(step: &Step, known: &Known, seen: &Observed) -> Known {
    let mut known = known.clone();
    known.entry(step.address.clone()).or_default().extend(seen.outputs.clone());
    known
}

/// Returns the calls that still lead from what is seen of the resource of a step to what the step leads to.
fn left_of_step(step: &Step, known: &Known, seen: &Observed) -> Vec<CallRecord> {
    let want = (step.action != Action::Delete).then(|| filled(&step.attrs, known));
    left(&step.resource, &step.address, &step.outputs, want, seen)
}

/// Returns the calls that still lead from what is seen of a resource to what is wanted; `None` is that it does not exist.
pub(super) fn left(
    id: &ResourceId,
    address: &Address,
    outputs: &Outputs,
    mut want: Option<Value>,
    seen: &Observed,
) -> Vec<CallRecord> {
    let Some(kind) = kind(&id.kind) else { return Vec::new() };
    let outputs: Outputs = outputs.clone().into_iter().chain(seen.outputs.clone()).collect();
    let mut live = seen.attrs.clone();
    if let Some(want) = &mut want {
        kind.reconcile(id, want, &mut live);
    }
    kind.calls(&Target { id, address, outputs: &outputs }, Some(&live), want.as_ref())
}

/// Returns whether a resource is as a step leaves it.
pub(super) fn is_reached(step: &Step, known: &Known, seen: Option<&Observed>) -> bool {
    match seen {
        None => step.action == Action::Delete,
        Some(seen) => left_of_step(step, &told(step, known, seen), seen).is_empty(),
    }
}

/// Says whose mark a resource carries.
fn whose(at: &At<'_>, seen: Option<&Observed>) -> Finding {
    match seen.map(|seen| (&seen.owner, &seen.outputs)) {
        None => Finding::Open,
        Some((Owner::Nobody, _)) => Finding::Unmarked,
        Some((Owner::Unreadable { why }, _)) => Finding::Taken(format!("cannot be read: {why}")),
        Some((Owner::Stack { stack, resource, .. }, outputs)) => {
            let is_ours = *stack == at.plan.stack && resource.as_ref() == Some(&at.step.address.logical);
            if is_ours {
                return Finding::Applied(outputs.clone());
            }
            let key = resource.as_deref().unwrap_or("no entry");
            Finding::Taken(format!("was marked by the stack `{stack}` as its `{key}` at the same time"))
        }
    }
}
