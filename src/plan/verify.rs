//! Verify steps: before a step takes away what a trail used, or what another one shall take over, that trail is verified. AWS
//! goes on with its former configuration for a while, and what it has not delivered yet it delivers there.

use std::collections::BTreeSet;

use serde::Deserialize as _;

use super::{
    Action, Phase,
    draft::{holds, is_former},
    guard,
    order::{Turn, Unsorted},
};
use crate::{
    coverage::{Assumptions, Coverage, Maybe, gap},
    diff::Change,
    kinds::{
        Resource as _,
        trail::{Trail, recorded},
    },
    path::Segment,
    policy::document::LEAVING,
    resource::{Account, Desired, Live, ResourceId},
};

/// The calls that change nothing of what a trail records and where.
const BESIDE: [&str; 4] = ["AddTags", "RemoveTags", "PutInsightSelectors", "PutEventConfiguration"];

/// Adds a step for each trail that must be verified before another step, and says so in that one.
pub(super) fn add(steps: &mut Vec<Unsorted>, live: &Live, desired: &[Desired], account: &Account) {
    let of_step = |step: &Unsorted| {
        let mut verified = before(step, steps, live, desired);
        verified.extend(standing(step, &verified, steps, live, desired, account));
        verified
    };
    let all: Vec<BTreeSet<ResourceId>> = steps.iter().map(of_step).collect();
    for (step, verified) in steps.iter_mut().zip(all) {
        step.verified.extend(verified);
    }
    let wanted: BTreeSet<ResourceId> = steps.iter().flat_map(|step| step.verified.clone()).collect();
    let new: Vec<Unsorted> = wanted.iter().filter_map(|id| verification(id, steps, live, desired)).collect();
    steps.extend(new);
}

/// Returns the trails that must be verified before a step.
fn before(step: &Unsorted, steps: &[Unsorted], live: &Live, desired: &[Desired]) -> BTreeSet<ResourceId> {
    let trails =
        || steps.iter().filter(|other| is_trail(other) && other.resource != step.resource && is_moved(other));
    let ids = |of: &dyn Fn(&Unsorted) -> bool| {
        trails().filter(|other| of(other)).map(|other| other.resource.clone()).collect()
    };
    match step.action {
        // What stands in for it, which the step has already.
        _ if step.gives_way_to.is_some() => BTreeSet::new(),
        // All that may take over from it, and the one that takes its place, perhaps since an earlier run.
        Action::Delete if is_trail(step) => {
            let mut heirs: BTreeSet<ResourceId> = ids(&|other| other.action != Action::Delete);
            let is_heir = |want: &&Desired| {
                live.get(&step.resource).is_some_and(|seen| is_former(&step.resource, seen, want))
                    && logs(&want.attrs)
            };
            heirs.extend(desired.iter().filter(is_heir).map(|want| want.id.clone()));
            heirs
        }
        Action::Update if is_trail(step) && step.turn > Turn::First => {
            let mut others: BTreeSet<ResourceId> =
                ids(&|other| other.action != Action::Delete && other.turn < step.turn);
            // It records both until it is verified that it does.
            others.extend((step.phase == Phase::Contract).then(|| step.resource.clone()));
            others
        }
        _ if is_trail(step) => BTreeSet::new(),
        _ if step.action == Action::Delete || step.phase == Phase::Contract => {
            ids(&|other| live.get(&other.resource).is_some_and(|seen| uses(&seen.attrs, step)))
        }
        // What an earlier run has left to do: whether that run has verified the trails is not known.
        _ => {
            // What also gives something may be what the trail waits for.
            let only_takes = step.changes.iter().all(|change| change.new.is_none());
            let names =
                |arn: &String| only_takes && step.changes.iter().any(|change| ends_leave(change, arn));
            let is_let_go = |want: &&Desired| {
                want.id.kind == Trail::KIND && logs(&want.attrs) && want.outputs.get("arn").is_some_and(names)
            };
            let let_go = desired.iter().filter(is_let_go).map(|want| want.id.clone());
            // One that changes in this plan needs the new policy first.
            let is_changed = |id: &ResourceId| steps.iter().any(|other| other.resource == *id);
            let_go.filter(|id| live.contains_key(id) && !is_changed(id)).collect()
        }
    }
}

/// Returns the trails that no step changes and that record what a step takes away, beside those that are `verified` before it.
/// An earlier run may just have written them.
fn standing(
    step: &Unsorted,
    verified: &BTreeSet<ResourceId>,
    steps: &[Unsorted],
    live: &Live,
    desired: &[Desired],
    account: &Account,
) -> BTreeSet<ResourceId> {
    let of = |id: &ResourceId, attrs: &serde_json::Value| {
        let trail = Trail::deserialize(attrs).ok()?;
        Some(recorded::trail("", &id.region, account, &trail))
    };
    let old = live.get(&step.resource).filter(|_| is_trail(step) && step.gives_way_to.is_none());
    let Some(old) = old.and_then(|old| of(&step.resource, &old.attrs)) else { return BTreeSet::new() };
    let old = Coverage::new([old], Assumptions::default());
    let is_verified =
        |other: &&Unsorted| verified.contains(&other.resource) && other.action != Action::Delete;
    let left = (step.action != Action::Delete).then_some(step);
    let mut sure: Vec<_> =
        steps.iter().filter(is_verified).chain(left).map(|one| of(&one.resource, &one.attrs)).collect();
    let is_changed = |id: &ResourceId| steps.iter().any(|other| other.resource == *id);
    let stand = desired.iter().filter(|want| {
        want.id.kind == Trail::KIND
            && live.contains_key(&want.id)
            && !is_changed(&want.id)
            && logs(&want.attrs)
    });
    let mut found = BTreeSet::new();
    for want in stand {
        let Some(trail) = of(&want.id, &want.attrs) else { continue };
        let between: Vec<Maybe<'_>> = sure.iter().map(|one| vec![one.as_ref()]).collect();
        let takes_over = Coverage::new([trail.clone()], Assumptions::default());
        if !gap(&old, &takes_over, &between).is_contained() {
            found.insert(want.id.clone());
            sure.push(Some(trail));
        }
    }
    found
}

/// Returns whether a change removes a statement that lets a trail go on which is about to leave.
fn ends_leave(change: &Change, arn: &str) -> bool {
    let is_leaving = |segment: &Segment| matches!(segment, Segment::Key(sid) if sid.ends_with(LEAVING));
    change.new.is_none()
        && change.path.segments().last().is_some_and(is_leaving)
        && change.old.as_ref().is_some_and(|statement| holds(statement, arn))
}

fn is_trail(step: &Unsorted) -> bool {
    step.resource.kind == Trail::KIND
}

/// Returns whether a step changes what a trail records, or where.
fn is_moved(step: &Unsorted) -> bool {
    step.action == Action::Delete
        || logs(&step.attrs) && step.calls.iter().any(|call| !BESIDE.contains(&call.operation.as_str()))
}

fn logs(attrs: &serde_json::Value) -> bool {
    attrs["logging"] == true
}

/// Returns whether the attributes of a trail name what a step changes.
fn uses(attrs: &serde_json::Value, step: &Unsorted) -> bool {
    let arn = step.outputs.get("arn").is_some_and(|arn| holds(attrs, arn));
    arn || attrs[step.resource.kind.as_str()] == step.resource.name.as_str()
}

/// Returns the step that verifies a trail.
fn verification(id: &ResourceId, steps: &[Unsorted], live: &Live, desired: &[Desired]) -> Option<Unsorted> {
    let made = steps.iter().find(|step| step.resource == *id);
    let wanted = desired.iter().find(|want| want.id == *id);
    let outputs = made.map(|step| &step.outputs).or_else(|| live.get(id).map(|seen| &seen.outputs))?;
    // One that stands in for another is verified while it is there.
    let stands_in = steps.iter().any(|step| step.gives_way_to.is_some() && step.verified.contains(id));
    let is_gone = made.is_some_and(|step| step.action == Action::Delete) && !stands_in;
    let attrs = match made {
        Some(_) if is_gone => serde_json::Value::Null,
        Some(step) if step.action != Action::Delete => step.attrs.clone(),
        _ => live.get(id)?.attrs.clone(),
    };
    Some(Unsorted {
        address: match made.map(|step| &step.address).or(wanted.map(|want| &want.address)) {
            Some(address) => address.clone(),
            None => guard::address_of(id, live.get(id)?),
        },
        resource: id.clone(),
        action: Action::Verify,
        phase: Phase::Whole,
        changes: Vec::new(),
        attrs,
        outputs: outputs.clone(),
        calls: Vec::new(),
        after: BTreeSet::new(),
        names: BTreeSet::new(),
        turn: Turn::First,
        verified: BTreeSet::new(),
        gives_way_to: None,
        origin: made.and_then(|step| step.origin.clone()).or_else(|| wanted.map(|want| want.origin.clone())),
    })
}
