//! How CloudTrail is asked about trails.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudtrail::{Client, operation::get_event_selectors::GetEventSelectorsOutput, types};
use futures_util::future::{join, join_all, join3, try_join, try_join_all, try_join3};

use super::{
    Trail,
    shown::{shown, unread},
};
use crate::{
    aws::{
        Aws, CallName, Use,
        error::{AwsError, Class},
    },
    kinds::{Reach, Resource, Scope},
    resource::{
        Account, Observed, Outputs, ResourceId,
        owner::{self, Owner, Tags},
        region::Region,
    },
};

/// How many pages a list may have: an endpoint that repeats its tokens would never end.
const MOST_PAGES: usize = 100;
/// How many ARNs `ListTags` takes (API Reference).
const TAGS_AT_ONCE: usize = 20;

/// A trail that AWS lists.
pub(super) struct Listed {
    pub(super) id: ResourceId,
    pub(super) arn: String,
    depth: Depth,
    /// What `DescribeTrails` said of it, if it was asked.
    trail: Option<types::Trail>,
}

/// How much is read of a trail.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    /// What says which events it records.
    Recorded,
    /// Every attribute.
    All,
}

/// What `DescribeTrails` says in Regions that the spec does not name.
type Elsewhere = BTreeMap<Region, Result<Vec<Listed>, AwsError>>;

/// Reads all trails of the account: in the Regions that are asked for by `DescribeTrails`, elsewhere by `ListTrails` first, so
/// that a trail whose home Region was changed in the spec is found. Two rounds: which there are, then all about them.
///
/// Of trails that the spec does not name no more is read than says what they record, and whose they are. If one is the stack's,
/// the rest of it is read in a third round.
pub(super) async fn observe(
    aws: &Aws,
    scope: &Scope<'_>,
) -> Result<Vec<(ResourceId, Observed<Trail>)>, AwsError> {
    // No tag tells of a trail that AWS does not list.
    if scope.reach == Reach::Marked {
        return Ok(Vec::new());
    }
    let (ours, others): (Vec<Listed>, Vec<Listed>) =
        discover(aws, scope).await?.into_iter().partition(|listed| is_ours(aws, &listed.arn));
    let tags = all_tags(aws, ours.iter().chain(&others));
    let details = join_all(ours.iter().map(|listed| read(aws, listed, listed.depth)));
    let ((mut tags, untagged), elsewhere, details) = join3(tags, elsewhere(aws, &ours), details).await;

    let is_stacks = |listed: &Listed| tags.get(&listed.arn).is_some_and(|all| Owner::of(all).is(scope.stack));
    let details = join_all(ours.iter().zip(details).map(async |(listed, details)| {
        let details = details?;
        match listed.depth == Depth::Recorded && is_stacks(listed) {
            true => Ok(Details { aggregation: aggregation(aws, listed).await?, ..details }),
            false => Ok(details),
        }
    }));
    // One of the organization that carries the mark is ours too, made by a delegated administrator.
    let marked: Vec<Listed> = others.into_iter().filter(is_stacks).collect();
    let more = join_all(marked.iter().map(|listed| read(aws, listed, Depth::All)));
    let (details, more) = join(details, more).await;

    let mut found = Vec::new();
    for (listed, details) in ours.into_iter().chain(marked).zip(details.into_iter().chain(more)) {
        let told = details.as_ref().ok().and_then(|details| details.trail.clone());
        let Some(trail) = described(&listed, told, &elsewhere).transpose() else { continue };
        let Listed { id, arn, depth: _, trail: _ } = listed;
        let missing = || AwsError::incomplete("cloudtrail:ListTags", &id.region, &format!("tags of {arn}"));
        let outputs = Outputs::from([("name".to_owned(), id.name.clone()), ("arn".to_owned(), arn.clone())]);
        let read = trail.and_then(|trail| {
            let attrs = shown(&id, trail, details?);
            let all = tags.remove(&arn).ok_or_else(|| untagged.clone().unwrap_or_else(missing))?;
            Ok((attrs, all))
        });
        let seen = match read {
            Ok((mut attrs, all)) => {
                let owner = Owner::of(&all);
                (attrs.tags, attrs.protect) = owner::split(all);
                Observed { attrs, outputs, owner, holds_data: false, beside: Vec::new() }
            }
            Err(error) if scope.wanted.contains(&id) && scope.reach != Reach::Each => return Err(error),
            // One that the spec does not name must not stop the plan: its Region may be closed to us.
            Err(error) => {
                let owner = Owner::Unreadable { why: error.to_string() };
                Observed { attrs: unread(&id), outputs, owner, holds_data: false, beside: Vec::new() }
            }
        };
        found.push((id, seen));
    }
    Ok(found)
}

/// Finds all trails.
async fn discover(aws: &Aws, scope: &Scope<'_>) -> Result<Vec<Listed>, AwsError> {
    let Scope { wanted, home, .. } = scope;
    if matches!(scope.reach, Reach::Again | Reach::Each) {
        return again(aws, wanted, home).await;
    }
    let regions: BTreeSet<&Region> = wanted.iter().map(|id| &id.region).chain([*home]).collect();
    let described = try_join_all(regions.iter().map(|region| describe(aws, region)));
    let (described, listed) = try_join(described, list(aws, home)).await?;
    // What is listed and not described is gone, or of the organization: a delegated administrator has it as a shadow only.
    let is_new = |listed: &Listed| !regions.contains(&listed.id.region) || !is_own(aws, &listed.arn);
    let all = listed.into_iter().filter(is_new).chain(described.into_iter().flatten()).map(|listed| {
        // One of the name in another Region may be the wanted one, before it moved.
        let is_wanted = wanted.iter().any(|id| id.name == listed.id.name);
        let depth = if is_wanted { Depth::All } else { Depth::Recorded };
        (listed.id.clone(), Listed { depth, ..listed })
    });
    Ok(all.collect::<BTreeMap<_, _>>().into_values().collect())
}

/// Finds trails by their names, and no others. One of an organization may be shown as a shadow only: it is listed.
async fn again(aws: &Aws, wanted: &[ResourceId], home: &Region) -> Result<Vec<Listed>, AwsError> {
    let regions: BTreeSet<&Region> = wanted.iter().map(|id| &id.region).collect();
    let described = try_join_all(regions.into_iter().map(|region| describe(aws, region))).await?;
    let mut found: Vec<Listed> = described.into_iter().flatten().collect();
    if wanted.iter().any(|id| found.iter().all(|listed| listed.id != *id)) {
        found.extend(list(aws, home).await?.into_iter().filter(|listed| !is_own(aws, &listed.arn)));
    }
    found.retain(|listed| wanted.contains(&listed.id));
    Ok(found.into_iter().map(|listed| Listed { depth: Depth::All, ..listed }).collect())
}

/// Describes the account's trails in the Regions that were not asked yet.
pub(super) async fn elsewhere(aws: &Aws, trails: &[Listed]) -> Elsewhere {
    let is_unknown = |listed: &&Listed| listed.trail.is_none() && is_own(aws, &listed.arn);
    let regions: BTreeSet<&Region> =
        trails.iter().filter(is_unknown).map(|listed| &listed.id.region).collect();
    join_all(regions.into_iter().map(async |region| (region.clone(), describe(aws, region).await)))
        .await
        .into_iter()
        .collect()
}

/// Returns what is known of a trail itself: told already, or in its Region, or by `read`. `None` if it is gone.
pub(super) fn described(
    listed: &Listed,
    told: Option<types::Trail>,
    elsewhere: &Elsewhere,
) -> Result<Option<types::Trail>, AwsError> {
    if listed.trail.is_some() || told.is_some() {
        return Ok(listed.trail.clone().or(told));
    }
    let all = elsewhere.get(&listed.id.region).map(|all| all.as_ref().map_err(Clone::clone)).transpose()?;
    let found = all.into_iter().flatten().find(|one| one.id == listed.id);
    Ok(found.and_then(|found| found.trail.clone()))
}

/// Returns the tags of trails by their ARNs, and the first error, if there is one.
pub(super) async fn all_tags<'a>(
    aws: &Aws,
    trails: impl Iterator<Item = &'a Listed>,
) -> (BTreeMap<String, Tags>, Option<AwsError>) {
    // Those of the organization stand apart: whether their tags may be read says nothing of the others.
    let mut places: BTreeMap<(&Region, bool), Vec<String>> = BTreeMap::new();
    for Listed { id, arn, depth: _, trail: _ } in trails {
        places.entry((&id.region, is_own(aws, arn))).or_default().push(arn.clone());
    }
    let batches = places
        .iter()
        .flat_map(|((region, _), arns)| arns.chunks(TAGS_AT_ONCE).map(move |arns| (*region, arns)));
    let answers = join_all(batches.map(|(region, arns)| list_tags(aws, region, arns))).await;
    let (mut tags, mut failed) = (BTreeMap::new(), None);
    for answer in answers {
        match answer {
            Ok(some) => tags.extend(some),
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    (tags, failed)
}

pub(super) fn account_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(4)
}

pub(super) fn is_own(aws: &Aws, arn: &str) -> bool {
    account_of(arn) == Some(&aws.account().id)
}

pub(super) fn name<'a>(operation: &'static str, region: &'a Region) -> CallName<'a> {
    CallName { service: "cloudtrail", operation, region }
}

/// Returns the trails whose home is this Region. Others' trails that are shown here are left out.
async fn describe(aws: &Aws, region: &Region) -> Result<Vec<Listed>, AwsError> {
    let client: Client = aws.client(region, Use::Read);
    let call = client.describe_trails().include_shadow_trails(false).send();
    let answer = aws.send(name("DescribeTrails", region), call).await?;
    let trails = answer
        .trail_list
        .ok_or_else(|| AwsError::incomplete("cloudtrail:DescribeTrails", region, "list of trails"))?;
    let own = |trail: types::Trail| {
        let arn = trail.trail_arn.clone()?;
        let id = own(aws, &arn, region)?;
        Some(Listed { id, arn, depth: Depth::Recorded, trail: Some(trail) })
    };
    Ok(trails.into_iter().filter_map(own).collect())
}

/// Returns all trails of the account, in all Regions, and those of others that are shown to it: its organization's.
pub(super) async fn list(aws: &Aws, region: &Region) -> Result<Vec<Listed>, AwsError> {
    let client: Client = aws.client(region, Use::Read);
    let (mut found, mut token) = (Vec::new(), None);
    for _ in 0..MOST_PAGES {
        let call = client.list_trails().set_next_token(token).send();
        let answer = aws.send(name("ListTrails", region), call).await?;
        let arns = answer.trails.unwrap_or_default().into_iter().filter_map(|trail| trail.trail_arn);
        found.extend(
            arns.filter_map(|arn| {
                Some(Listed { id: id_of(&arn)?, arn, depth: Depth::Recorded, trail: None })
            }),
        );
        token = answer.next_token;
        if token.is_none() {
            return Ok(found);
        }
    }
    Err(AwsError::incomplete("cloudtrail:ListTrails", region, "last page"))
}

/// Returns the id of a trail from its ARN, if its home is `home` and it is the account's, or its organization's.
fn own(aws: &Aws, arn: &str, home: &Region) -> Option<ResourceId> {
    id_of(arn).filter(|id| id.region == *home && is_ours(aws, arn))
}

/// Returns whether a trail belongs to the account, or to the organization that the spec has to do with.
fn is_ours(aws: &Aws, arn: &str) -> bool {
    let Account { id, organization, .. } = aws.account();
    let owner = account_of(arn);
    owner == Some(id) || organization.as_ref().is_some_and(|it| owner == Some(&it.management_account))
}

fn id_of(arn: &str) -> Option<ResourceId> {
    let mut parts = arn.split(':').skip(3);
    let (region, _account, trail) = (parts.next()?, parts.next()?, parts.next()?);
    let name = trail.strip_prefix("trail/")?.to_owned();
    Some(ResourceId { kind: Trail::KIND.to_owned(), region: Region::new(region), name })
}

async fn list_tags(aws: &Aws, region: &Region, arns: &[String]) -> Result<Vec<(String, Tags)>, AwsError> {
    let client: Client = aws.client(region, Use::Read);
    let call = client.list_tags().set_resource_id_list(Some(arns.to_vec())).send();
    let answer = aws.send(name("ListTags", region), call).await?;
    let tags = |tag: types::Tag| (tag.key, tag.value.unwrap_or_default());
    let all = answer.resource_tag_list.unwrap_or_default();
    let of = |entry: types::ResourceTag| {
        Some((entry.resource_id?, entry.tags_list.unwrap_or_default().into_iter().map(tags).collect()))
    };
    Ok(all.into_iter().filter_map(of).collect())
}

/// What `DescribeTrails` does not say of a trail.
pub(super) struct Details {
    /// What it would say, if it cannot be asked.
    pub(super) trail: Option<types::Trail>,
    pub(super) logging: bool,
    pub(super) selectors: GetEventSelectorsOutput,
    pub(super) insights: Vec<types::InsightSelector>,
    pub(super) aggregation: Vec<String>,
}

/// Reads what `DescribeTrails` does not say: whether the trail is logging, its selectors, Insights and aggregation.
async fn read(aws: &Aws, listed: &Listed, depth: Depth) -> Result<Details, AwsError> {
    let Listed { id, arn, depth: _, trail } = listed;
    let client: Client = aws.client(&id.region, Use::Read);
    let status = async {
        let call = client.get_trail_status().name(arn).send();
        let answer = aws.send(name("GetTrailStatus", &id.region), call).await?;
        answer
            .is_logging
            .ok_or_else(|| AwsError::incomplete("cloudtrail:GetTrailStatus", &id.region, "IsLogging"))
    };
    // Some endpoints always say that there are none: that is enough only for what the spec does not name.
    let has_none = trail.as_ref().is_some_and(|trail| trail.has_insight_selectors == Some(false));
    let insights = async {
        let is_asked = depth == Depth::All || !has_none;
        if is_asked { insights(aws, listed).await } else { Ok(Vec::new()) }
    };
    let aggregation =
        async { if depth == Depth::All { aggregation(aws, listed).await } else { Ok(Vec::new()) } };
    let (trail, (logging, selectors), (insights, aggregation)) = try_join3(
        get(aws, listed),
        try_join(status, selectors(aws, listed)),
        try_join(insights, aggregation),
    )
    .await?;
    Ok(Details { trail, logging, selectors, insights, aggregation })
}

/// Returns what `DescribeTrails` would say of a trail, if it cannot be asked.
pub(super) async fn get(aws: &Aws, listed: &Listed) -> Result<Option<types::Trail>, AwsError> {
    let Listed { id, arn, depth: _, trail } = listed;
    if trail.is_some() || is_own(aws, arn) {
        return Ok(None);
    }
    let client: Client = aws.client(&id.region, Use::Read);
    let answer = aws.send(name("GetTrail", &id.region), client.get_trail().name(arn).send()).await?;
    let missing = || AwsError::incomplete("cloudtrail:GetTrail", &id.region, "trail");
    answer.trail.ok_or_else(missing).map(Some)
}

pub(super) async fn selectors(aws: &Aws, listed: &Listed) -> Result<GetEventSelectorsOutput, AwsError> {
    let Listed { id, arn, depth: _, trail: _ } = listed;
    let client: Client = aws.client(&id.region, Use::Read);
    let call = client.get_event_selectors().trail_name(arn).send();
    let selectors = aws.send(name("GetEventSelectors", &id.region), call).await?;
    if selectors.event_selectors.is_none() && selectors.advanced_event_selectors.is_none() {
        return Err(AwsError::incomplete("cloudtrail:GetEventSelectors", &id.region, "selectors"));
    }
    Ok(selectors)
}

async fn insights(aws: &Aws, listed: &Listed) -> Result<Vec<types::InsightSelector>, AwsError> {
    let Listed { id, arn, .. } = listed;
    let client: Client = aws.client(&id.region, Use::Read);
    let call = client.get_insight_selectors().trail_name(arn).send();
    match aws.send(name("GetInsightSelectors", &id.region), call).await {
        // Where the call does not exist, there are no Insights.
        Err(error) if error.is("InsightNotEnabled") || error.class == Class::Unsupported => Ok(Vec::new()),
        answer => Ok(answer?.insight_selectors.unwrap_or_default()),
    }
}

async fn aggregation(aws: &Aws, listed: &Listed) -> Result<Vec<String>, AwsError> {
    let Listed { id, arn, .. } = listed;
    let client: Client = aws.client(&id.region, Use::Read);
    let call = client.get_event_configuration().trail_name(arn).send();
    let answer = match aws.send(name("GetEventConfiguration", &id.region), call).await {
        // Where the call does not exist, there is nothing to aggregate with.
        Err(error) if error.class == Class::Unsupported => return Ok(Vec::new()),
        answer => answer?,
    };
    let templates = |one: types::AggregationConfiguration| one.templates;
    let all = answer.aggregation_configurations.unwrap_or_default().into_iter().flat_map(templates);
    Ok(all.map(|template| template.as_str().to_owned()).collect())
}
