//! Trails that swap what they record: whichever changes first leaves a gap. So each first records both, all are verified, and then
//! each leaves out what it gives.

use serde::Deserialize as _;
use serde_json::Value;

use super::{
    Phase,
    order::{Turn, Unsorted},
};
use crate::{
    diff::diff,
    events::MAX_VALUES,
    kinds::{
        Resource as _, Target, kind,
        trail::{Trail, packed},
    },
    resource::Live,
};

/// Returns the steps with each trail that leaves and takes done in two, if there are several of them and each can record both for a
/// while.
pub(super) fn bridged(steps: &[Unsorted], live: &Live) -> Option<Vec<Unsorted>> {
    let is_mutual = |step: &Unsorted| step.resource.kind == Trail::KIND && step.turn == Turn::Second;
    if steps.iter().filter(|step| is_mutual(step)).count() < 2 {
        return None;
    }
    let mut all = Vec::new();
    for step in steps {
        if is_mutual(step) { all.extend(in_two(step, live)?) } else { all.push(step.clone()) }
    }
    Some(all)
}

fn in_two(step: &Unsorted, live: &Live) -> Option<[Unsorted; 2]> {
    let kind = kind(&step.resource.kind)?;
    let mut old = live.get(&step.resource)?.attrs.clone();
    let mut end = step.attrs.clone();
    kind.reconcile(&step.resource, &mut end, &mut old);
    let (before, after) = (Trail::deserialize(&old).ok()?, Trail::deserialize(&end).ok()?);
    let interim = serde_json::to_value(both(&before, after)?).ok()?;
    let target = Target { id: &step.resource, address: &step.address, outputs: &step.outputs };
    let part = |old: &Value, new: &Value, phase, turn| Unsorted {
        phase,
        turn,
        changes: diff(old, new),
        attrs: new.clone(),
        calls: kind.calls(&target, Some(old), Some(new)),
        ..step.clone()
    };
    Some([
        part(&old, &interim, Phase::Expand, Turn::First),
        part(&interim, &end, Phase::Contract, Turn::Last),
    ])
}

/// Returns a trail that is as wanted, but records what it recorded before too. None if that is more than a trail takes, or if they
/// differ in more than their selectors.
fn both(before: &Trail, after: Trail) -> Option<Trail> {
    let reach = |trail: &Trail| {
        (
            trail.multi_region,
            trail.global_service_events,
            trail.organization,
            trail.recursive_logging,
            trail.logging,
        )
    };
    let (old, new) = (before.events.as_ref()?, after.events.as_ref()?);
    let left = old.iter().filter(|one| !new.contains(one));
    let events: Vec<_> = new.iter().chain(left).cloned().collect();
    let mut both = Trail { events: Some(events), ..after.clone() };
    both.normalize();
    let fits = packed::values(both.events.as_ref()?) <= MAX_VALUES;
    (reach(before) == reach(&after) && fits).then_some(both)
}
