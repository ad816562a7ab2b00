//! CreateTrail, UpdateTrail, DeleteTrail.

use std::collections::{BTreeMap, BTreeSet};

use super::arn::{TrailArn, check_name};
use super::logging::Logging;
use super::selectors::Selectors;
use super::settings::{Request, Settings};
use super::{Trail, companions, find, named, organization, refuse, tagging};
use crate::sandbox::store::State;
use crate::sandbox::wire::{Call, Outcome, Refusal, Reply};

/// The most trails in a Region; a multi-Region trail counts in all of them.
const MAX_TRAILS: usize = 5;

pub(super) fn create_trail(state: &mut State, call: &Call<'_>) -> Outcome {
    let request: Request = call.input()?;
    check_name(&request.name)?;
    let settings = Settings::default().updated(&request)?;
    let mut arn = TrailArn::here(call, &request.name);
    if settings.is_organization {
        // The trails of an organization are those of its management account, whoever makes them.
        organization::managed(state, call)?.0.clone_into(&mut arn.account);
    }
    let mut tags = BTreeMap::new();
    tagging::add(&mut tags, request.tags_list.as_deref().unwrap_or_default())?;
    // Whether a shadow takes the name is not documented; here it does.
    let is_same = |(seen, trail): (TrailArn, &Trail)| {
        seen.account == arn.account
            && seen.name == arn.name
            && (seen.region == arn.region || trail.settings.is_multi_region)
    };
    if find::of_account(state, call, &arn.account).any(is_same) {
        let message = format!("Trail {} already exists for customer: {}", arn.name, arn.account);
        return Err(refuse("TrailAlreadyExistsException", message));
    }
    check_quota(state, call, &arn, settings.is_multi_region)?;
    let settings = companions::resolved(state, call, &arn, settings, &Settings::default())?;
    let reply = Reply::json(&settings.members(&arn).into());
    let trail = Trail {
        settings,
        selectors: Selectors::default(),
        logging: Logging::default(),
        tags,
        insights: Vec::new(),
        aggregations: Vec::new(),
    };
    let regions = state.trails.entry(arn.account).or_default();
    regions.entry(arn.region).or_default().insert(arn.name, trail);
    Ok(reply)
}

pub(super) fn update_trail(state: &mut State, call: &Call<'_>) -> Outcome {
    let request: Request = call.input()?;
    if request.tags_list.is_some() {
        return Err(refuse("SerializationException", "UpdateTrail has no TagsList."));
    }
    let (arn, trail) = find::to_change(state, call, &request.name)?;
    let old = trail.settings.clone();
    let settings = old.updated(&request)?;
    if settings.is_organization != old.is_organization {
        organization::check_conversion(state, call)?;
    }
    if settings.is_multi_region && !old.is_multi_region {
        check_quota(state, call, &arn, true)?;
    }
    let settings = companions::resolved(state, call, &arn, settings, &old)?;
    let reply = Reply::json(&settings.members(&arn).into());
    find::to_change(state, call, &request.name)?.1.settings = settings;
    Ok(reply)
}

pub(super) fn delete_trail(state: &mut State, call: &Call<'_>) -> Outcome {
    let (arn, _) = find::to_change(state, call, &named(call)?)?;
    if let Some(trails) = state.trails.get_mut(&arn.account).and_then(|regions| regions.get_mut(&arn.region))
    {
        trails.remove(&arn.name);
    }
    Ok(Reply::empty_json())
}

/// Refuses one trail more than a Region can have; `arn` itself is not counted.
fn check_quota(state: &State, call: &Call<'_>, arn: &TrailArn, multi_region: bool) -> Result<(), Refusal> {
    let others: Vec<_> =
        find::of_account(state, call, &arn.account).filter(|(other, _)| other != arn).collect();
    let mut regions = BTreeSet::from([&arn.region]);
    if multi_region {
        regions.extend(others.iter().map(|(other, _)| &other.region));
    }
    for region in regions {
        let counts =
            |(other, trail): &&(TrailArn, &Trail)| other.region == *region || trail.settings.is_multi_region;
        if others.iter().filter(counts).count() >= MAX_TRAILS {
            let message = format!("User: {} already has {MAX_TRAILS} trails in {region}.", arn.account);
            return Err(refuse("MaximumNumberOfTrailsExceededException", message));
        }
    }
    Ok(())
}
