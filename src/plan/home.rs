//! A trail whose home Region changes and whose name does not, where AWS knows the name in both Regions: a multi-Region trail shows
//! in every Region. Another trail records for it meanwhile, under a name of its own.
//!
//! The other one is made and verified; the old one goes; the wanted one is made and verified; the other one goes.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{
    Action, Phase,
    draft::{Draft, Needs, is_former, part},
    guard,
    order::Unsorted,
};
use crate::{
    kinds::{Kind, Resource as _, Target, trail::Trail},
    resource::{Desired, Observed, ResourceId},
};

/// What the name of the other trail ends in.
const SUFFIX: &str = "-moving";
/// How long the name of a trail can be (API Reference, CreateTrail).
const LONGEST: usize = 128;

/// A trail that stands in for another one.
pub(super) struct Deputy {
    pub(super) id: ResourceId,
    pub(super) seen: Observed,
}

/// Returns the name of the trail that stands in for one of this name.
pub(crate) fn deputy_name(name: &str) -> String {
    let kept: String = name.chars().take(LONGEST - SUFFIX.len()).collect();
    // No two of these may stand beside each other (API Reference, CreateTrail).
    format!("{}{SUFFIX}", kept.trim_end_matches(['.', '-', '_']))
}

/// Plans the move of a wanted trail whose name is still taken by what it was. Returns whether it is one.
pub(super) fn moved<'a>(
    draft: &mut Draft<'a>,
    kind: &dyn Kind,
    want: &'a Desired,
    attrs: &Value,
    needs: &Needs,
) -> bool {
    let is_old = |id: &ResourceId, seen: &Observed| {
        want.id.kind == Trail::KIND
            && id.name == want.id.name
            && is_former(id, seen, want)
            && kind.clash(attrs, &seen.attrs).is_some()
    };
    let Some((old_id, old)) =
        draft.going.iter().map(|(id, seen)| (*id, *seen)).find(|(id, seen)| is_old(id, seen))
    else {
        return false;
    };
    let id = ResourceId { name: deputy_name(&want.id.name), ..want.id.clone() };
    let live = draft.seen.live.get(&id);
    let others_too = draft.seen.live.keys().any(|other| {
        other.kind == id.kind
            && *other != *old_id
            && (other.name == want.id.name || other.name == id.name && *other != id)
    });
    // What has the name and is not ours keeps it.
    if others_too || live.is_some_and(|seen| !is_former(&id, seen, want)) {
        return false;
    }
    if let guard::Removal::Refused(refusal) = guard::removal(kind, &want.address, old_id, old, draft) {
        draft.refused.push(refusal);
        return true;
    }
    let mut deputy = attrs.clone();
    deputy["name"] = json!(id.name);
    let outputs = kind.outputs(&deputy, &id, &draft.policy.account);
    let mut steps = Vec::new();
    let target = Target { id: &id, address: &want.address, outputs: &outputs };
    let made = |old: Option<&Value>, action| {
        let step = part(kind, &target, want, (old, &deputy), (action, Phase::Whole), needs);
        Unsorted { resource: id.clone(), ..step }
    };
    match live {
        None => steps.push(made(None, Action::Create)),
        // An earlier run has made it.
        Some(seen) => {
            let (mut want, mut old) = (deputy.clone(), seen.attrs.clone());
            kind.reconcile(&id, &mut want, &mut old);
            let step = made(Some(&old), Action::Update);
            steps.extend(Some(step).filter(|step| !step.calls.is_empty()));
        }
    }
    steps.push(Unsorted {
        gives_way_to: Some(want.id.clone()),
        verified: BTreeSet::from([id.clone()]),
        ..draft.deletion(kind, want.address.clone(), old_id, old)
    });
    let target = Target { id: &want.id, address: &want.address, outputs: &want.outputs };
    steps.push(part(kind, &target, want, (None, attrs), (Action::Replace, Phase::Whole), needs));
    let seen = Observed {
        attrs: deputy.clone(),
        outputs: outputs.clone(),
        owner: old.owner.clone(),
        holds_data: false,
        beside: Vec::new(),
    };
    steps.push(draft.deletion(kind, want.address.clone(), &id, &seen));
    draft.steps.append(&mut steps);
    draft.moving.extend([old_id.clone(), id.clone()]);
    draft.deputies.push(Deputy { id, seen });
    true
}
