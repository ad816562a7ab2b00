//! The plan: what apply will do, as data, and what it will not do, with the reason.
//!
//! A pure function of what is wanted, what is live, and what the user allows. Apply makes no choice of its own.

pub mod fingerprint;
mod guard;
mod order;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::fingerprint::Fingerprint;
use crate::{
    diff::{Change, diff},
    kinds::{CallRecord, Kind, Target, kind},
    path::Path,
    resource::{Account, Address, Desired, Live, Observed, ResourceId, owner::Owner, reference},
};

/// The format of a plan as JSON.
pub const FORMAT: &str = "trailctl.plan/1";

/// What a plan is made for, beside the wanted and the live resources.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The stack that the plan is for.
    pub stack: String,
    /// The account that it is for.
    pub account: Account,
    /// Protected resources that may be deleted or replaced all the same, by key or name.
    pub allow_destroy: BTreeSet<String>,
    /// Resources that may be deleted although they are made to hold data, by key or name.
    pub delete_data: BTreeSet<String>,
}

/// What apply will do, and what it will not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The format: `trailctl.plan/1`.
    pub format: String,
    /// The version of trailctl that made the plan.
    pub trailctl: String,
    /// The stack that the plan is for.
    pub stack: String,
    /// The account that it is for.
    pub account: Account,
    /// What will be done. A step comes after those that it depends on.
    pub steps: Vec<Step>,
    /// What is as it should be.
    pub unchanged: Vec<Address>,
    /// What belongs to the stack and is not touched, with the reason.
    pub left_alone: Vec<Note>,
    /// What must not be done. A plan with a refusal is not applied at all.
    pub refused: Vec<Refusal>,
    /// What the plan rests on: each resource that was looked at, and what it was like.
    pub read_set: BTreeMap<String, Fingerprint>,
}

/// One resource that changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// The number of the step, from 1.
    pub id: usize,
    /// The resource, as the spec names it.
    pub address: Address,
    /// The resource, as AWS knows it.
    pub resource: ResourceId,
    /// What happens to it.
    pub action: Action,
    /// Which part of it happens in this step.
    pub phase: Phase,
    /// Which attributes change.
    pub changes: Vec<Change>,
    /// The requests, in order.
    pub calls: Vec<CallRecord>,
    /// The steps that must have succeeded before.
    pub after: BTreeSet<usize>,
    /// Where the spec describes the resource.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Path>,
}

/// What happens to a resource.
///
/// | action | live before | live after |
/// | --- | --- | --- |
/// | create | absent | as wanted |
/// | update | different | as wanted |
/// | replace | absent; another one with the same key exists | as wanted; the other one is deleted by a later step |
/// | delete | ours, not wanted | absent |
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the table says it")]
pub enum Action {
    Create,
    Update,
    Replace,
    Delete,
}

/// Which part of an update a step does. An update that takes away what others still need is done in two: first what is
/// wanted is added, then those others change, then what is not wanted is removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// All of it.
    #[default]
    Whole,
    /// What is added.
    Expand,
    /// What is removed, after the resources that refer to this one.
    Contract,
}

/// Something worth knowing about a resource that is not touched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The resource.
    pub address: Address,
    /// Why it is left alone.
    pub reason: String,
}

/// Something that must not be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The resource.
    pub address: Address,
    /// What kind of refusal it is, in kebab-case; stable.
    pub code: String,
    /// Why.
    pub reason: String,
    /// What to do.
    pub help: String,
    /// Where the spec describes the resource.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Path>,
}

/// Why there can be no plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Resources refer to each other in a circle.
    #[error("these resources refer to each other in a circle: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))]
    Cycle(Vec<Address>),
}

/// Makes the plan that leads from `live` to `desired`.
///
/// Errors when the wanted resources refer to each other in a circle.
pub fn plan(desired: &[Desired], live: &Live, policy: &Policy) -> Result<Plan, PlanError> {
    let mut draft = Draft {
        live,
        policy,
        steps: Vec::new(),
        bridged: vec![],
        unchanged: vec![],
        left_alone: vec![],
        refused: vec![],
    };
    let wanted: BTreeSet<&ResourceId> = desired.iter().map(|one| &one.id).collect();
    let mut going: BTreeMap<&ResourceId, &Observed> =
        live.iter().filter(|(id, seen)| seen.owner.is(&policy.stack) && !wanted.contains(id)).collect();
    for want in desired {
        let Some(kind) = kind(&want.address.kind) else { continue };
        draft.put(kind, want, desired, &mut going);
    }
    for (id, seen) in going {
        draft.remove(id, seen, None);
    }
    draft.bridge();
    let mut read_set: BTreeMap<String, Fingerprint> =
        desired.iter().map(|want| (want.id.to_string(), fingerprint::of(live.get(&want.id)))).collect();
    read_set.extend(
        draft.steps.iter().map(|step| (step.resource.to_string(), fingerprint::of(live.get(&step.resource)))),
    );
    let Draft { live: _, policy: _, steps, bridged: _, unchanged, left_alone, refused } = draft;
    Ok(Plan {
        format: FORMAT.to_owned(),
        trailctl: env!("CARGO_PKG_VERSION").to_owned(),
        stack: policy.stack.clone(),
        account: policy.account.clone(),
        steps: order::sorted(steps)?,
        unchanged,
        left_alone,
        refused,
        read_set,
    })
}

impl Plan {
    /// Returns whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Counts the resources to create, to update, to replace and to delete. A replaced one counts once.
    pub fn counts(&self) -> [usize; 4] {
        let is_counted = |step: &&Step| {
            step.phase != Phase::Contract
                || !self
                    .steps
                    .iter()
                    .any(|other| other.phase == Phase::Expand && other.address == step.address)
        };
        let count =
            |action| self.steps.iter().filter(is_counted).filter(|step| step.action == action).count();
        let replaced = count(Action::Replace);
        [
            count(Action::Create),
            count(Action::Update),
            replaced,
            count(Action::Delete) - replaced.min(count(Action::Delete)),
        ]
    }
}

/// A plan while it is made.
struct Draft<'a> {
    live: &'a Live,
    policy: &'a Policy,
    steps: Vec<order::Unsorted>,
    /// For updates that take away what others may still need: the parts to do instead.
    bridged: Vec<Vec<order::Unsorted>>,
    unchanged: Vec<Address>,
    left_alone: Vec<Note>,
    refused: Vec<Refusal>,
}

impl<'a> Draft<'a> {
    /// Plans for one wanted resource. What it replaces is taken out of `going`.
    fn put(
        &mut self,
        kind: &dyn Kind,
        want: &Desired,
        all: &[Desired],
        going: &mut BTreeMap<&'a ResourceId, &'a Observed>,
    ) {
        let mut after = BTreeSet::new();
        reference::visit(&want.attrs, &mut |address, _| {
            after.insert(order::Before::Put(address.clone()));
        });
        let mut attrs = want.attrs.clone();
        reference::substitute(&mut attrs, &|address, output| {
            let other = all.iter().find(|other| other.address == *address)?;
            let seen = self.live.get(&other.id).and_then(|seen| seen.outputs.get(output));
            seen.or_else(|| other.outputs.get(output)).cloned()
        });
        let Some(seen) = self.live.get(&want.id) else {
            if let Some(refusal) = guard::clash(kind, want, &attrs, self.live) {
                going.retain(|id, _| !self.is_former(id, want));
                self.refused.push(refusal);
                return;
            }
            let replaced = going.keys().find(|id| self.is_former(id, want)).copied();
            let action = if replaced.is_some() { Action::Replace } else { Action::Create };
            self.step(kind, want, action, None, &attrs, after);
            if let Some((id, seen)) = replaced.and_then(|id| going.remove_entry(id)) {
                self.remove(id, seen, Some(&want.address));
            }
            return;
        };
        if let Some(refusal) = guard::foreign(want, seen, self.policy) {
            self.refused.push(refusal);
            return;
        }
        let mut live_attrs = seen.attrs.clone();
        kind.reconcile(&mut attrs, &mut live_attrs);
        if live_attrs == attrs {
            self.unchanged.push(want.address.clone());
            return;
        }
        if let Some(refusal) = guard::fixed(kind, want, &live_attrs, &attrs) {
            self.refused.push(refusal);
            return;
        }
        self.step(kind, want, Action::Update, Some(&live_attrs), &attrs, after);
    }

    fn step(
        &mut self,
        kind: &dyn Kind,
        want: &Desired,
        action: Action,
        old: Option<&Value>,
        new: &Value,
        after: BTreeSet<order::Before>,
    ) {
        let outputs = self.live.get(&want.id).map_or(&want.outputs, |seen| &seen.outputs);
        let target = Target { id: &want.id, outputs };
        let part = |old: Option<&Value>, new: &Value, phase, after| order::Unsorted {
            address: want.address.clone(),
            resource: want.id.clone(),
            action,
            phase,
            changes: diff(old.unwrap_or(&Value::Object(serde_json::Map::new())), new),
            calls: kind.calls(&target, old, Some(new)),
            after,
            origin: Some(want.origin.clone()),
        };
        let bridge = old.and_then(|old| kind.bridge(new, old));
        self.bridged.extend(bridge.map(|bridge| {
            let mut parts = vec![part(Some(&bridge), new, Phase::Contract, BTreeSet::new())];
            if old != Some(&bridge) {
                parts.push(part(old, &bridge, Phase::Expand, after.clone()));
            }
            parts
        }));
        self.steps.push(part(old, new, Phase::Whole, after));
    }

    /// Plans to remove a live resource of the stack, or says why it stays.
    fn remove(&mut self, id: &ResourceId, seen: &Observed, replaced_by: Option<&Address>) {
        let Some(kind) = kind(&id.kind) else { return };
        let logical = match &seen.owner {
            Owner::Stack { resource: Some(resource), .. } => resource,
            _ => &id.name,
        };
        let address = Address::new(&id.kind, logical);
        match guard::removal(kind, &address, id, seen, self.policy) {
            guard::Removal::Allowed => {}
            guard::Removal::Kept(reason) => return self.left_alone.push(Note { address, reason }),
            guard::Removal::Refused(refusal) => return self.refused.push(refusal),
        }
        let target = Target { id, outputs: &seen.outputs };
        let gone = Value::Object(serde_json::Map::new());
        self.steps.push(order::Unsorted {
            address,
            resource: id.clone(),
            action: Action::Delete,
            phase: Phase::Whole,
            changes: diff(&seen.attrs, &gone),
            calls: kind.calls(&target, Some(&seen.attrs), None),
            after: replaced_by.map(|address| order::Before::Put(address.clone())).into_iter().collect(),
            origin: None,
        });
    }

    /// Splits the updates that take away what others may still need, if others change in the same plan: the removal
    /// comes after all of them.
    fn bridge(&mut self) {
        for mut parts in std::mem::take(&mut self.bridged) {
            let address = parts[0].address.clone();
            let is_user = |step: &order::Unsorted| {
                step.after.contains(&order::Before::Put(address.clone()))
                    || (step.action == Action::Delete && step.address != address)
            };
            let users: BTreeSet<order::Before> = self
                .steps
                .iter()
                .filter(|step| is_user(step))
                .map(|step| match step.action {
                    Action::Delete => order::Before::Gone(step.resource.clone()),
                    _ => order::Before::Put(step.address.clone()),
                })
                .collect();
            if users.is_empty() {
                continue;
            }
            parts[0].after = users;
            self.steps.retain(|step| step.address != address || step.action != Action::Update);
            self.steps.append(&mut parts);
        }
    }

    /// Returns whether a live resource is what a wanted one was before its name or Region was changed in the spec.
    fn is_former(&self, id: &ResourceId, want: &Desired) -> bool {
        let owner = self.live.get(id).map(|seen| &seen.owner);
        let is_same = |owner: &Owner| matches!(owner, Owner::Stack { resource: Some(key), .. } if *key == want.address.logical);
        id.kind == want.id.kind && owner.is_some_and(is_same)
    }
}

#[cfg(test)]
mod tests;
