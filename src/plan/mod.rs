//! The plan: what apply will do, as data, and what it will not do, with the reason.
//!
//! A pure function of what is wanted, what is live, and what the user allows. Apply makes no choice of its own.

pub mod coverage;
mod draft;
pub mod file;
pub mod fingerprint;
mod gap;
mod guard;
mod home;
mod locate;
mod order;
mod preflight;
mod room;
pub mod seal;
mod swap;
mod verify;
mod weaker;

use std::collections::{BTreeMap, BTreeSet};

use schemars::{JsonSchema, generate::SchemaSettings};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub(crate) use self::home::deputy_name;
pub use self::{
    coverage::CoverageReport,
    locate::{NotASpot, Sources, Spot},
};
use self::{draft::Draft, fingerprint::Fingerprint, gap::Flaw, order::Unsorted};
use crate::{
    diagnostic::codes,
    diff::Change,
    kinds::{self, CallRecord, Kind, Resource as _, trail::Trail},
    path::Path,
    resolve::Resolved,
    resource::{Account, Address, Desired, Observation, Outputs, ResourceId, owner::Owner},
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
    /// Whether everything that the stack owns is to be removed. What is wanted then only says how.
    pub is_removal: bool,
    /// Protected resources that may be deleted or replaced all the same, by key or name.
    pub allow_destroy: BTreeSet<String>,
    /// Resources that may be deleted although they are made to hold data, by key or name.
    pub delete_data: BTreeSet<String>,
    /// Resources whose live policy may be replaced although it was not understood, by key or name.
    pub replace_policy: BTreeSet<String>,
    /// Other stacks whose resources may be taken over, if the spec describes them.
    pub take_from: BTreeSet<String>,
    /// Whether less may be recorded than before.
    pub allow_coverage_loss: bool,
}

/// What apply will do, and what it will not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
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
    /// What is worth knowing and no reason to change anything: what others have added beside a resource, what an irreversible
    /// setting leaves behind, what could not be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
    /// What is probably not meant in the spec: what `trailctl validate` warns of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
    /// What must not be done. A plan with a refusal is not applied at all.
    pub refused: Vec<Refusal>,
    /// What becomes of what is recorded.
    #[serde(default)]
    pub coverage: CoverageReport,
    /// What binds a saved plan to what it was made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seal: Option<seal::Seal>,
    /// What the plan rests on: each resource that was looked at, and what it was like.
    pub read_set: BTreeMap<String, Fingerprint>,
}

/// One resource that changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
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
    /// The attributes that the resource has after the step; for a delete, those that it had. References to outputs that are
    /// not known yet may stand in strings.
    pub attrs: Value,
    /// Its outputs, as far as they are known.
    pub outputs: Outputs,
    /// The requests, in order.
    pub calls: Vec<CallRecord>,
    /// The steps that must have succeeded before.
    pub after: BTreeSet<usize>,
    /// Where the spec describes the resource.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Path>,
    /// Where that is in the spec's files, `FILE:LINE:COLUMN`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// The parts of the resource that other files describe: event fragments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub from_elsewhere: Vec<Elsewhere>,
}

/// A part of a resource that stands in another file than the rest of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Elsewhere {
    /// The part, as a path into the resource: `events[1]`.
    pub part: Path,
    /// Where it is, `FILE:LINE:COLUMN`.
    pub at: String,
}

/// What happens to a resource.
///
/// | action | live before | live after |
/// | --- | --- | --- |
/// | create | absent | as wanted |
/// | update | different | as wanted |
/// | replace | absent; another one with the same key exists | as wanted; the other one is deleted by a later step, unless it is made to hold data |
/// | delete | ours, not wanted | absent |
/// | verify | as wanted, or absent, for what AWS says | the same, in effect: later steps take away what it used before |
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the table says it")]
pub enum Action {
    Create,
    Update,
    Replace,
    Delete,
    Verify,
}

/// Which part of an update a step does. An update that takes away what others still need is done in two: first what is
/// wanted is added, then those others change, then what is not wanted is removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
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

/// Something worth knowing about a resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Note {
    /// The resource.
    pub address: Address,
    /// Why it is left alone, or what there is to know.
    pub reason: String,
    /// Where the spec describes the resource, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Path>,
    /// Where that is in the spec's files, `FILE:LINE:COLUMN`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

/// Something in the spec that is probably not meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Warning {
    /// What kind of warning it is, in kebab-case; stable. `trailctl validate --explain CODE` explains it.
    pub code: String,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Where it is in the spec's files, `FILE:LINE:COLUMN`.
    pub at: String,
}

/// Something that must not be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
    /// Where that is in the spec's files, `FILE:LINE:COLUMN`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

/// Returns the JSON Schema (draft 7) of a plan.
pub fn plan_schema() -> Value {
    let mut schema = SchemaSettings::draft07().into_generator().into_root_schema_for::<Plan>().to_value();
    schema["title"] = json!("trailctl plan");
    schema["properties"]["format"]["const"] = json!(FORMAT);
    schema
}

/// Why there can be no plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Resources refer to each other in a circle.
    #[error("these resources refer to each other in a circle: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))]
    Cycle(Vec<Address>),
    /// Two entries of the spec are one resource in AWS.
    #[error("{1} and {2} are both {0}: give one of them another `name`")]
    Twice(ResourceId, Address, Address),
    /// An attribute differs, and no call changes it.
    #[error("{0} differs from the spec in something that no call can change; this is a fault of trailctl")]
    Unhealable(Address),
}

/// Makes the plan that leads from what was seen to what is wanted.
///
/// Errors when the wanted resources refer to each other in a circle.
pub fn plan(resolved: &Resolved, seen: &Observation, policy: &Policy) -> Result<Plan, PlanError> {
    let Resolved { desired: described, existing } = resolved;
    let desired: &[Desired] = if policy.is_removal { &[] } else { described };
    let live = &seen.live;
    let wanted: BTreeSet<&ResourceId> = desired.iter().map(|one| &one.id).collect();
    let unwanted = || live.iter().filter(|(id, _)| !wanted.contains(id));
    let going = unwanted().filter(|(_, seen)| seen.owner.is(&policy.stack)).collect();
    let mut draft = Draft::new(seen, policy, desired, going);
    if !policy.is_removal {
        draft.check(existing);
    }
    for (id, seen) in unwanted() {
        if let Owner::Unreadable { why } = &seen.owner {
            draft.leave(id, why);
        }
    }
    for (place, want) in desired.iter().enumerate() {
        if let Some(same) = desired[..place].iter().find(|other| other.id == want.id) {
            return Err(PlanError::Twice(want.id.clone(), same.address.clone(), want.address.clone()));
        }
        draft.put(want);
    }
    for (id, seen) in draft.going.clone() {
        if !draft.is_renamed(id, seen) && !draft.moving.contains(id) {
            draft.remove(id, seen, described.iter().find(|one| one.id == *id));
        }
    }
    draft.finish();
    preflight::check(&mut draft);
    let overfull = room::overfull(&mut draft.steps, live);
    draft.refused.extend(overfull);
    let Draft { going, mut steps, unchanged, left_alone, mut notes, mut refused, kept_back, .. } = draft;
    if let Some(step) = steps.iter().find(|step| step.calls.is_empty()) {
        return Err(PlanError::Unhealable(step.address.clone()));
    }
    // What is renamed is known under its former id.
    let can_rename = |id: &ResourceId| kinds::kind(&id.kind).is_some_and(Kind::can_rename);
    let renamed = going.keys().copied().filter(|id| can_rename(id));
    let read = desired.iter().map(|want| &want.id).chain(steps.iter().map(|step| &step.resource));
    let read = read.chain(renamed);
    let mut read_set: BTreeMap<String, Fingerprint> =
        read.map(|id| (id.to_string(), fingerprint::of(live.get(id)))).collect();
    // What becomes of what is recorded rests on all trails.
    if steps.iter().any(|step| step.address.kind == Trail::KIND) {
        let trails = live.iter().filter(|(id, _)| id.kind == Trail::KIND);
        read_set.extend(trails.map(|(id, seen)| (id.to_string(), fingerprint::of(Some(seen)))));
    }
    let named = existing.iter().map(|(address, wanted)| (&wanted.id, seen.existing.get(address)));
    read_set.extend(named.map(|(id, found)| (format!("existing {id}"), fingerprint::of_existing(found))));
    let trails = coverage::live(live);
    coverage::take_turns(&trails, &mut steps, policy);
    let (steps, flaw) = ordered(steps, seen, desired, policy)?;
    let mut coverage = coverage::report(&trails, &steps, &kept_back, policy);
    coverage.weakened.extend(weaker::of(&steps, live));
    notes.extend(coverage::copies(&trails, desired, &steps, policy));
    let of_trail = |one: &&Refusal| one.address.kind == Trail::KIND;
    let kept = refused.iter().find(of_trail).map(|one| one.address.clone()).filter(|_| !kept_back.is_empty());
    refused.extend(coverage::refusal(&coverage, &steps, kept, policy));
    let is_allowed = |flaw: &Flaw| policy.allow_coverage_loss && matches!(flaw, Flaw::Gap { .. });
    refused.extend(flaw.filter(|flaw| !is_allowed(flaw)).map(|flaw| gap::refusal(flaw, &steps)));
    debug_assert!(refused.iter().all(|one| codes::explained(&one.code).is_some()), "{refused:?}");
    Ok(Plan {
        format: FORMAT.to_owned(),
        trailctl: env!("CARGO_PKG_VERSION").to_owned(),
        stack: policy.stack.clone(),
        account: policy.account.clone(),
        steps,
        unchanged,
        left_alone,
        notes,
        warnings: Vec::new(),
        refused,
        coverage,
        seal: None,
        read_set,
    })
}

/// Puts the steps in order, and says what is wrong with it. Trails that swap what they record are done in two, where that helps.
fn ordered(
    steps: Vec<Unsorted>,
    seen: &Observation,
    desired: &[Desired],
    policy: &Policy,
) -> Result<(Vec<Step>, Option<Flaw>), PlanError> {
    let ordered = |mut steps: Vec<Unsorted>| {
        verify::add(&mut steps, &seen.live, desired, &policy.account);
        let steps = order::sorted(steps)?;
        let flaw = gap::flaw(&steps, seen, policy);
        Ok((steps, flaw))
    };
    let bridged = swap::bridged(&steps, &seen.live);
    match (ordered(steps)?, bridged) {
        ((plain, Some(flaw @ Flaw::Gap { .. })), Some(bridged)) => match ordered(bridged)? {
            (bridged, None) => Ok((bridged, None)),
            (_, Some(_)) => Ok((plain, Some(flaw))),
        },
        (done, _) => Ok(done),
    }
}

impl Plan {
    /// Returns whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Counts the resources to create, to update, to replace and to delete. A replaced one counts once.
    pub fn counts(&self) -> [usize; 4] {
        let count = |action, addresses: &mut dyn FnMut(&Address) -> bool| {
            let of_action = self.steps.iter().filter(|step| step.action == action);
            of_action
                .filter(|step| step.phase != Phase::Contract || !self.is_expanded(step))
                .filter(|step| addresses(&step.address))
                .count()
        };
        let is_replaced = |address: &Address| {
            self.steps.iter().any(|step| step.action == Action::Replace && step.address == *address)
        };
        [
            count(Action::Create, &mut |_| true),
            count(Action::Update, &mut |_| true),
            count(Action::Replace, &mut |_| true),
            count(Action::Delete, &mut |address| !is_replaced(address)),
        ]
    }

    fn is_expanded(&self, step: &Step) -> bool {
        self.steps.iter().any(|other| other.phase == Phase::Expand && other.address == step.address)
    }
}

#[cfg(test)]
mod tests;
