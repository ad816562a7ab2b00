//! What AWS shows: all resources that a plan needs, asked for at once, each thing once.

mod owned;

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::{join, try_join_all};

use crate::{
    aws::{Aws, error::AwsError, organization},
    kinds::{KINDS, Scope, kind},
    resolve::Resolved,
    resource::{Address, Existing, Live, Observation, Observed, Organization, ResourceId, region::Region},
};

/// What to look at.
pub struct Look<'a> {
    /// What the spec wants and refers to.
    pub resolved: &'a Resolved,
    /// The stack, whose resources are looked for also where the spec does not name them.
    pub stack: &'a str,
    /// The Region of the entries that name none.
    pub home: &'a Region,
    /// Whether they are read to be removed.
    pub is_removal: bool,
}

/// Reads the wanted resources, those that they refer to, what else carries the mark of the stack, and all trails of the
/// account that AWS lists.
///
/// Errors when a wanted resource cannot be read; another one that cannot has an unreadable owner in the answer: nothing is
/// ever taken for absent because it could not be seen.
pub async fn observe(aws: &Aws, look: &Look<'_>) -> Result<Observation, AwsError> {
    let wanted: Vec<ResourceId> = look.resolved.desired.iter().map(|one| one.id.clone()).collect();
    let regions: BTreeSet<&Region> = wanted.iter().map(|id| &id.region).chain([look.home]).collect();
    let named = join(read(aws, look, &wanted), existing(aws, look.resolved));
    let ((live, existing), (arns, unseen)) = join(named, owned::find(aws, look.stack, &regions)).await;
    let (mut live, existing) = (live?, existing?);
    let (mut arns, mut unseen) = (arns, unseen);
    // Where the stack's resources are, there may be others that have left the spec.
    let elsewhere = elsewhere(&live, look.stack, &regions);
    if !elsewhere.is_empty() {
        let (more, not_seen) = owned::find(aws, look.stack, &elsewhere.iter().collect()).await;
        arns.extend(more);
        unseen.extend(not_seen);
    }
    let more = unnamed(&live, &existing, &arns, look);
    if !more.is_empty() {
        let more: Live = read(aws, look, &more).await?;
        for (id, seen) in more {
            live.entry(id).or_insert(seen);
        }
    }
    let organization = organization(aws, look, &live).await?;
    Ok(Observation { live, existing, unseen, organization })
}

/// Returns the organization of the account. It is asked for only if the spec has nothing to do with it any more, but a live
/// trail has.
async fn organization(aws: &Aws, look: &Look<'_>, live: &Live) -> Result<Option<Organization>, AwsError> {
    let known = aws.account().organization.clone();
    let is_organizations = |seen: &Observed| seen.owner.is(look.stack) && seen.attrs["organization"] == true;
    if known.is_some() || !live.values().any(is_organizations) {
        return Ok(known);
    }
    Ok(organization::find(aws, look.home).await?.map(|found| found.organization))
}

/// Returns the ARNs of the resources in a Region that carry all of these tags.
pub async fn tagged(aws: &Aws, region: &Region, tags: &[(&str, &str)]) -> Result<Vec<String>, AwsError> {
    let mut found = owned::list(aws, tags, region).await?;
    found.sort();
    Ok(found)
}

/// Reads resources of all kinds, and what else AWS lists beside them.
async fn read(aws: &Aws, look: &Look<'_>, wanted: &[ResourceId]) -> Result<Live, AwsError> {
    let reads = KINDS.iter().map(async |kind| {
        let wanted: Vec<ResourceId> = wanted.iter().filter(|id| id.kind == kind.name()).cloned().collect();
        let scope = Scope { wanted: &wanted, home: look.home, is_removal: look.is_removal };
        kind.observe(aws, &scope).await
    });
    Ok(try_join_all(reads).await?.into_iter().flatten().collect())
}

/// Asks about what others manage.
async fn existing(aws: &Aws, resolved: &Resolved) -> Result<BTreeMap<Address, Existing>, AwsError> {
    let asked = resolved.existing.iter().map(async |(address, wanted)| {
        let Some(kind) = kind(&wanted.id.kind) else { return Ok(None) };
        let found = kind.look(aws, &wanted.id).await?;
        Ok(found.map(|found| (address.clone(), found)))
    });
    Ok(try_join_all(asked).await?.into_iter().flatten().collect())
}

/// Returns the Regions of the stack's live resources, and of what they refer to, beside those that were searched.
fn elsewhere(live: &Live, stack: &str, searched: &BTreeSet<&Region>) -> BTreeSet<Region> {
    let own = || live.iter().filter(|(_, seen)| seen.owner.is(stack));
    let links = own().filter_map(|(id, seen)| Some(kind(&id.kind)?.links(&seen.attrs))).flatten();
    let linked = links.filter_map(|(_, _, to)| {
        let region = to.as_str().strip_prefix("arn:")?.split(':').nth(2)?.to_owned();
        (!region.is_empty()).then_some(Region(region))
    });
    let all = own().map(|(id, _)| id.region.clone()).chain(linked);
    all.filter(|region| !searched.contains(region)).collect()
}

/// Returns the resources of the stack that were not read with the wanted ones: those that tags say are its own, and those
/// that AWS does not list by tag but its resources refer to.
fn unnamed(
    live: &Live,
    existing: &BTreeMap<Address, Existing>,
    arns: &BTreeSet<(String, Region)>,
    look: &Look<'_>,
) -> Vec<ResourceId> {
    let own = live.iter().filter(|(_, seen)| seen.owner.is(look.stack));
    let links = own.filter_map(|(id, seen)| Some(kind(&id.kind)?.links(&seen.attrs))).flatten();
    let linked = links.filter(|(_, to, _)| kind(to).is_some_and(|kind| !kind.is_listed_by_tag()));
    let linked = linked.map(|(_, _, to)| (to.as_str().to_owned(), look.home.clone()));
    let arns = arns.iter().cloned().chain(linked);
    let known: BTreeSet<&str> = live
        .values()
        .filter_map(|seen| seen.outputs.get("arn"))
        .map(String::as_str)
        .chain(existing.values().filter_map(|found| found.outputs.get("arn")).map(String::as_str))
        .collect();
    let unread = arns.filter(|(arn, _)| !known.contains(arn.as_str()));
    let ids = unread.filter_map(|(arn, region)| KINDS.iter().find_map(|kind| kind.of_arn(&arn, &region)));
    ids.filter(|id| !live.contains_key(id)).collect::<BTreeSet<_>>().into_iter().collect()
}
