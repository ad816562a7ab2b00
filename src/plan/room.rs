//! Room: a Region takes only so many of some kinds, and a new one is made before an old one goes.

use std::collections::{BTreeMap, BTreeSet};

use super::{Action, Refusal, order::Unsorted};
use serde_json::Value;

use crate::{
    kinds::kind,
    resource::{Live, ResourceId, region::Region},
};

/// Refuses what finds no place beside all that is live: what the plan deletes goes last, so that nothing is missing in between.
///
/// Returns the refusals, each of a step that is to be left out.
pub(super) fn overfull(steps: &mut Vec<Unsorted>, live: &Live) -> Vec<Refusal> {
    // Where each one has a place, or shall have: in its Region, or everywhere.
    let is_everywhere =
        |id: &ResourceId, attrs: &Value| kind(&id.kind).is_some_and(|kind| kind.is_everywhere(attrs));
    let mut places: BTreeMap<ResourceId, bool> =
        live.iter().map(|(id, seen)| (id.clone(), is_everywhere(id, &seen.attrs))).collect();
    let mut refused = Vec::new();
    steps.retain(|step| {
        let id = &step.resource;
        let Some(most) = kind(&id.kind).and_then(|kind| kind.most_per_region()) else { return true };
        let everywhere = is_everywhere(id, &step.attrs);
        let is_new = !live.contains_key(id) || everywhere && places.get(id) == Some(&false);
        if step.action == Action::Delete || !is_new {
            return true;
        }
        let others = || places.keys().filter(|other| other.kind == id.kind && *other != id);
        let of_others = others().map(|other| &other.region).filter(|_| everywhere);
        let regions: BTreeSet<&Region> = of_others.chain([&id.region]).collect();
        let full = regions.into_iter().find_map(|region| {
            let there: Vec<&ResourceId> =
                others().filter(|other| other.region == *region || places[*other]).collect();
            (there.len() >= most).then_some((region.clone(), there))
        });
        let Some((region, there)) = full else {
            places.insert(id.clone(), everywhere);
            return true;
        };
        refused.push(refusal(step, &region, most, &there));
        false
    });
    refused
}

fn refusal(step: &Unsorted, region: &Region, most: usize, there: &[&ResourceId]) -> Refusal {
    let name = |id: &&ResourceId| match id.region == *region {
        true => id.name.clone(),
        false => format!("{} of {}", id.name, id.region),
    };
    let names: Vec<String> = there.iter().map(name).collect();
    let kind = step.resource.kind.replace('_', " ");
    Refusal {
        address: step.address.clone(),
        code: format!("too-many-{kind}s").replace(' ', "-"),
        reason: format!(
            "{region} has room for {most} {kind}s, and a multi-Region one takes a place in each Region; there are {}",
            names.join(", ")
        ),
        help: format!(
            "put the selectors of several {kind}s into one, or delete one first; a new one is made before an old one goes, so \
             that nothing is missing in between"
        ),
        origin: step.origin.clone(),
        at: None,
    }
}
