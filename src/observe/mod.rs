//! What AWS shows: all resources that a plan needs, asked for at once, each thing once.

mod owned;
pub mod whole;

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::{join, try_join, try_join_all};
use tokio::sync::SetOnce;

use crate::{
    aws::{Aws, error::AwsError, organization},
    kinds::{KINDS, Reach, Scope, kind},
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
/// account that AWS lists. Each is read once.
///
/// | rounds | for |
/// | ---: | --- |
/// | 2 | what the spec names: who it is, then all about it |
/// | 3 | what the stack has and the spec does not name: tags tell of it in the first round |
/// | 4 | of a role that has left the spec, inline policies that trailctl did not write |
/// | 5 | what the stack has in a Region, and roles, that only a live trail tells of: in the second round |
/// | 6 | the same, if the trail itself has left the spec |
///
/// The account is known before: that is a round more. Lists with more than a page take a round for each.
///
/// Errors when a wanted resource cannot be read; another one that cannot has an unreadable owner in the answer: nothing is
/// ever taken for absent because it could not be seen.
pub async fn observe(aws: &Aws, look: &Look<'_>) -> Result<Observation, AwsError> {
    let wanted: Vec<ResourceId> = look.resolved.desired.iter().map(|one| one.id.clone()).collect();
    let regions: BTreeSet<&Region> = wanted.iter().map(|id| &id.region).chain([look.home]).collect();
    let marked = SetOnce::new();
    let told = async {
        let (existing, (arns, unseen)) =
            join(existing(aws, look.resolved), owned::find(aws, look.stack, &regions)).await;
        let existing = existing?;
        // Nobody else sets it.
        let _ = marked.set(ids(&arns, &Live::new(), &existing));
        Ok((existing, unseen))
    };
    let named = Reading { wanted: &wanted, marked: &marked, reach: Reach::Listed };
    let (mut live, (existing, mut unseen)) = try_join(read(aws, look, &named), told).await?;

    // Where the stack's resources are, there may be others that have left the spec.
    let elsewhere = elsewhere(&live, look.stack, &regions);
    let linked = linked(&live, &existing, look);
    if !elsewhere.is_empty() || !linked.is_empty() {
        let marked = SetOnce::new();
        let told = async {
            let (arns, unseen) = owned::find(aws, look.stack, &elsewhere.iter().collect()).await;
            let _ = marked.set(ids(&arns, &live, &existing));
            Ok(unseen)
        };
        let linked = Reading { wanted: &linked, marked: &marked, reach: Reach::Marked };
        let (more, not_seen) = try_join(read(aws, look, &linked), told).await?;
        live.extend(more);
        unseen.extend(not_seen);
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

/// What of a look is read at once.
struct Reading<'a> {
    wanted: &'a [ResourceId],
    marked: &'a SetOnce<BTreeSet<ResourceId>>,
    reach: Reach,
}

/// Reads resources of all kinds.
async fn read(aws: &Aws, look: &Look<'_>, reading: &Reading<'_>) -> Result<Live, AwsError> {
    let &Look { resolved, stack, home, is_removal } = look;
    let &Reading { wanted, marked, reach } = reading;
    let existing: Vec<&ResourceId> = resolved.existing.values().map(|wanted| &wanted.id).collect();
    let reads = KINDS.iter().map(async |kind| {
        let of_kind = |id: &&ResourceId| id.kind == kind.name();
        let wanted: Vec<ResourceId> = wanted.iter().filter(of_kind).cloned().collect();
        let existing: Vec<&ResourceId> = existing.iter().copied().filter(of_kind).collect();
        let scope = Scope { wanted: &wanted, marked, reach, existing: &existing, stack, home, is_removal };
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

/// Returns what AWS does not list by tag, was not read, and the stack's live resources refer to.
fn linked(live: &Live, existing: &BTreeMap<Address, Existing>, look: &Look<'_>) -> Vec<ResourceId> {
    let own = live.iter().filter(|(_, seen)| seen.owner.is(look.stack));
    let links = own.filter_map(|(id, seen)| Some(kind(&id.kind)?.links(&seen.attrs))).flatten();
    let unlisted = links.filter(|(_, to, _)| kind(to).is_some_and(|kind| !kind.is_listed_by_tag()));
    let arns = unlisted.map(|(_, _, to)| (to.as_str().to_owned(), look.home.clone())).collect();
    ids(&arns, live, existing).into_iter().collect()
}

/// Returns the resources of these ARNs, each found in a Region, that were not read and are not looked at as others'.
fn ids(
    arns: &BTreeSet<(String, Region)>,
    live: &Live,
    existing: &BTreeMap<Address, Existing>,
) -> BTreeSet<ResourceId> {
    let read = live.values().map(|seen| &seen.outputs).chain(existing.values().map(|found| &found.outputs));
    let known: BTreeSet<&str> = read.filter_map(|outputs| outputs.get("arn")).map(String::as_str).collect();
    let unread = arns.iter().filter(|(arn, _)| !known.contains(arn.as_str()));
    let ids = unread.filter_map(|(arn, region)| KINDS.iter().find_map(|kind| kind.of_arn(arn, region)));
    ids.filter(|id| !live.contains_key(id)).collect()
}
