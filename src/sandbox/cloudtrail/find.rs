//! Finds trails: at home in a Region, or seen there as the shadow of a multi-Region trail.

use super::arn::{TrailArn, check_name};
use super::organization::{is_manager, not_manager};
use super::{Trail, refuse};
use crate::sandbox::identity::partition;
use crate::sandbox::organizations;
use crate::sandbox::store::State;
use crate::sandbox::wire::{Call, Refusal};

/// Returns all trails that the caller sees in the partition of the call.
pub(super) fn all<'a>(state: &'a State, call: &Call<'_>) -> impl Iterator<Item = (TrailArn, &'a Trail)> {
    of_account(state, call, &call.caller.account)
}

/// Returns all trails in the partition of the call that an account sees: its own, and those of its organization.
pub(super) fn of_account<'a>(
    state: &'a State,
    call: &Call<'_>,
    account: &str,
) -> impl Iterator<Item = (TrailArn, &'a Trail)> {
    let management = of_organization(state, call, account);
    let shared = management.into_iter().flat_map(|management| at_home(state, call, management));
    at_home(state, call, account).chain(shared.filter(|(_, trail)| trail.settings.is_organization))
}

/// Returns the other account whose trails may be those of the organization of an account.
fn of_organization<'a>(state: &'a State, call: &Call<'_>, account: &str) -> Option<&'a str> {
    let (management, _) = organizations::of_account(state, call.partition(), account)?;
    Some(management).filter(|management| *management != account)
}

fn at_home<'a>(
    state: &'a State,
    call: &Call<'_>,
    account: &str,
) -> impl Iterator<Item = (TrailArn, &'a Trail)> {
    let account = account.to_owned();
    let here = call.partition();
    let regions = state.trails.get(&account).into_iter().flatten();
    regions.filter(move |(region, _)| partition(region) == here).flat_map(move |(region, trails)| {
        let account = account.clone();
        trails.iter().map(move |(name, trail)| {
            let arn = TrailArn {
                partition: here.to_owned(),
                region: region.clone(),
                account: account.clone(),
                name: name.clone(),
            };
            (arn, trail)
        })
    })
}

/// Returns the trails that the Region of the call shows: its own, and the shadows.
pub(super) fn visible<'a>(state: &'a State, call: &Call<'_>) -> impl Iterator<Item = (TrailArn, &'a Trail)> {
    let here = call.region.clone();
    all(state, call).filter(move |(arn, trail)| arn.region == here || trail.settings.is_multi_region)
}

/// Finds the trail to read. A name means a trail at home here; an ARN finds a shadow too.
pub(super) fn to_read<'a>(
    state: &'a State,
    call: &Call<'_>,
    name_or_arn: &str,
) -> Result<(TrailArn, &'a Trail), Refusal> {
    let wanted = address(call, name_or_arn)?;
    let found = visible(state, call).find(|(arn, _)| *arn == wanted);
    found.ok_or_else(|| absent(call, &wanted))
}

/// Finds the trail to change, which must be at home here, and belong to the caller or to an organization whose trails the
/// caller manages.
pub(super) fn to_change<'a>(
    state: &'a mut State,
    call: &Call<'_>,
    name_or_arn: &str,
) -> Result<(TrailArn, &'a mut Trail), Refusal> {
    let wanted = address(call, name_or_arn)?;
    let account = &call.caller.account;
    let is_meant = |arn: &TrailArn| *arn == wanted || (arn.account == *account && arn.name == name_or_arn);
    let seen: Vec<TrailArn> = visible(state, call).map(|(arn, _)| arn).filter(is_meant).collect();
    if seen.iter().any(|arn| arn.account != *account) {
        let organization = organizations::of_account(state, call.partition(), account);
        if !organization.is_some_and(|(management, its)| is_manager(management, its, account)) {
            return Err(not_manager());
        }
    }
    let shadow = seen.iter().find(|arn| arn.region != call.region);
    let is_here = wanted.region == call.region && seen.contains(&wanted);
    let regions = state.trails.get_mut(&wanted.account).filter(|_| is_here);
    let trails = regions.and_then(|regions| regions.get_mut(&wanted.region));
    match (trails.and_then(|trails| trails.get_mut(&wanted.name)), shadow) {
        (Some(trail), _) => Ok((wanted, trail)),
        (None, Some(shadow)) => Err(not_at_home(call, shadow)),
        (None, None) => Err(absent(call, &wanted)),
    }
}

/// Reads a name of the Region of the call, or an ARN.
pub(super) fn address(call: &Call<'_>, name_or_arn: &str) -> Result<TrailArn, Refusal> {
    if name_or_arn.starts_with("arn:") {
        return TrailArn::parse(name_or_arn, call);
    }
    check_name(name_or_arn)?;
    Ok(TrailArn::here(call, name_or_arn))
}

/// Refuses a change from a Region that only shows the shadow.
pub(super) fn not_at_home(call: &Call<'_>, arn: &TrailArn) -> Refusal {
    let message = format!("{arn} can be changed only in its home Region, not in {}.", call.region);
    refuse("InvalidHomeRegionException", message)
}

/// Refuses an ARN of another Region.
pub(super) fn wrong_region(call: &Call<'_>) -> Refusal {
    let message = format!("Region in ARN is wrong, only resources in {} can be reached here.", call.region);
    refuse("CloudTrailARNInvalidException", message)
}

/// Says that a trail is not there, by the reason.
fn absent(call: &Call<'_>, wanted: &TrailArn) -> Refusal {
    if wanted.account == call.caller.account && wanted.region != call.region {
        return wrong_region(call);
    }
    let message = format!("Unknown trail: {wanted} for the user: {}", call.caller.account);
    refuse("TrailNotFoundException", message)
}
