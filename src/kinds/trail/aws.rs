//! How CloudTrail is asked about trails.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudtrail::{Client, types};
use futures_util::future::{join, join_all, try_join, try_join_all, try_join3};

use super::{
    CloudWatchLogs, Insight, Trail,
    selectors::{BasicSelector, Condition, DataResource, Operators, ReadWrite, Selector, Where},
};
use crate::{
    aws::{
        Aws, CallName, Use,
        error::{AwsError, Class},
    },
    kinds::{Resource, Scope},
    resource::{
        Account, Observed, Outputs, Reference, ResourceId,
        owner::{self, Owner, Tags},
        region::Region,
    },
};

/// How many pages a list may have: an endpoint that repeats its tokens would never end.
const MOST_PAGES: usize = 100;
/// How many ARNs `ListTags` takes (API Reference).
const TAGS_AT_ONCE: usize = 20;

/// A trail that AWS lists.
struct Listed {
    arn: String,
    /// What `DescribeTrails` said of it, if it was asked.
    trail: Option<types::Trail>,
}

/// Reads all trails of the account: in the Regions that are asked for by `DescribeTrails`, elsewhere one by one, so
/// that a trail whose home Region was changed in the spec is found. Two rounds: which there are, then all about them.
pub(super) async fn observe(
    aws: &Aws,
    scope: &Scope<'_>,
) -> Result<Vec<(ResourceId, Observed<Trail>)>, AwsError> {
    let Scope { wanted, home, is_removal: _ } = scope;
    let regions: BTreeSet<&Region> = wanted.iter().map(|id| &id.region).chain([*home]).collect();
    let described = try_join_all(regions.iter().map(|region| describe(aws, region)));
    let (described, listed) = try_join(described, list(aws, home)).await?;
    // What is listed and not described is gone, or of the organization: a delegated administrator has it as a shadow only.
    let is_own = |arn: &str| account_of(arn) == Some(aws.account().id.as_str());
    let mut trails: BTreeMap<ResourceId, Listed> = listed
        .into_iter()
        .filter(|(id, listed)| !regions.contains(&id.region) || !is_own(&listed.arn))
        .collect();
    trails.extend(described.into_iter().flatten());

    // Those of the organization stand apart: whether their tags may be read says nothing of the others.
    let mut places: BTreeMap<(Region, bool), Vec<String>> = BTreeMap::new();
    for (id, listed) in &trails {
        places.entry((id.region.clone(), is_own(&listed.arn))).or_default().push(listed.arn.clone());
    }
    let batches = places
        .iter()
        .flat_map(|((region, _), arns)| arns.chunks(TAGS_AT_ONCE).map(move |arns| (region, arns)));
    let tags = join_all(batches.map(|(region, arns)| list_tags(aws, region, arns)));
    let (ours, others): (Vec<_>, Vec<_>) =
        trails.into_iter().partition(|(_, listed)| is_ours(aws, &listed.arn));
    let details = join_all(ours.iter().map(|(id, listed)| read(aws, id, listed)));
    let (tags, details) = join(tags, details).await;
    let (mut tags, untagged) = split(tags);
    // One of the organization that carries a mark may be ours, made by a delegated administrator.
    let is_marked = |listed: &Listed| tags.get(&listed.arn).is_some_and(|all| all.contains_key(owner::STACK));
    let marked: Vec<_> = others.into_iter().filter(|(_, listed)| is_marked(listed)).collect();
    let more = join_all(marked.iter().map(|(id, listed)| read(aws, id, listed))).await;
    let mut found = Vec::new();
    for ((id, Listed { arn, .. }), trail) in ours.iter().chain(&marked).zip(details.into_iter().chain(more)) {
        let outputs = Outputs::from([("name".to_owned(), id.name.clone()), ("arn".to_owned(), arn.clone())]);
        let missing = || AwsError::incomplete("cloudtrail:ListTags", &id.region, &format!("tags of {arn}"));
        let read = trail.and_then(|trail| {
            let all = tags.remove(arn).ok_or_else(|| untagged.clone().unwrap_or_else(missing))?;
            Ok((trail, all))
        });
        let seen = match read {
            Ok((mut attrs, all)) => {
                let owner = Owner::of(&all);
                (attrs.tags, attrs.protect) = owner::split(all);
                Observed { attrs, outputs, owner, holds_data: false, beside: Vec::new() }
            }
            Err(error) if wanted.contains(id) => return Err(error),
            // A trail that the spec does not name must not stop the plan: its Region may be closed to us.
            Err(error) => {
                let owner = Owner::Unreadable { why: error.to_string() };
                Observed { attrs: unread(id), outputs, owner, holds_data: false, beside: Vec::new() }
            }
        };
        found.push((id.clone(), seen));
    }
    Ok(found)
}

/// Joins the answers about tags. Returns with them the first error, if there is one.
fn split(answers: Vec<Result<Vec<(String, Tags)>, AwsError>>) -> (BTreeMap<String, Tags>, Option<AwsError>) {
    let (mut tags, mut failed) = (BTreeMap::new(), None);
    for answer in answers {
        match answer {
            Ok(some) => tags.extend(some),
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    (tags, failed)
}

/// Returns what stands for a trail that cannot be read.
fn unread(id: &ResourceId) -> Trail {
    Trail {
        name: Some(id.name.clone()),
        region: Some(id.region.clone()),
        bucket: Reference::Declared(String::new()),
        prefix: None,
        kms_key: None,
        topic: None,
        cloudwatch_logs: None,
        multi_region: false,
        global_service_events: false,
        organization: false,
        log_file_validation: false,
        recursive_logging: true,
        logging: false,
        events: None,
        basic_events: None,
        insights: Vec::new(),
        aggregation: Vec::new(),
        tags: Tags::new(),
        protect: true,
        adopt: false,
    }
}

fn account_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(4)
}

pub(super) fn name<'a>(operation: &'static str, region: &'a Region) -> CallName<'a> {
    CallName { service: "cloudtrail", operation, region }
}

/// Returns the trails whose home is this Region. Others' trails that are shown here are left out.
async fn describe(aws: &Aws, region: &Region) -> Result<Vec<(ResourceId, Listed)>, AwsError> {
    let client: Client = aws.client(region, Use::Read);
    let call = client.describe_trails().include_shadow_trails(false).send();
    let answer = aws.send(name("DescribeTrails", region), call).await?;
    let trails = answer
        .trail_list
        .ok_or_else(|| AwsError::incomplete("cloudtrail:DescribeTrails", region, "list of trails"))?;
    let own = |trail: types::Trail| {
        let arn = trail.trail_arn.clone()?;
        Some((own(aws, &arn, region)?, Listed { arn, trail: Some(trail) }))
    };
    Ok(trails.into_iter().filter_map(own).collect())
}

/// Returns all trails of the account, in all Regions, and those of others that are shown to it: its organization's.
async fn list(aws: &Aws, region: &Region) -> Result<Vec<(ResourceId, Listed)>, AwsError> {
    let client: Client = aws.client(region, Use::Read);
    let (mut found, mut token) = (Vec::new(), None);
    for _ in 0..MOST_PAGES {
        let call = client.list_trails().set_next_token(token).send();
        let answer = aws.send(name("ListTrails", region), call).await?;
        let arns = answer.trails.unwrap_or_default().into_iter().filter_map(|trail| trail.trail_arn);
        found.extend(arns.filter_map(|arn| Some((id_of(&arn)?, Listed { arn, trail: None }))));
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

/// Reads what `DescribeTrails` does not say: whether the trail is logging, its selectors, Insights and aggregation.
async fn read(aws: &Aws, id: &ResourceId, listed: &Listed) -> Result<Trail, AwsError> {
    let Listed { arn, trail: known } = listed;
    let client: Client = aws.client(&id.region, Use::Read);
    let get = async {
        if let Some(trail) = known {
            return Ok(trail.clone());
        }
        let call = client.get_trail().name(arn).send();
        let answer = aws.send(name("GetTrail", &id.region), call).await?;
        answer.trail.ok_or_else(|| AwsError::incomplete("cloudtrail:GetTrail", &id.region, "trail"))
    };
    let status = async {
        let call = client.get_trail_status().name(arn).send();
        let answer = aws.send(name("GetTrailStatus", &id.region), call).await?;
        answer
            .is_logging
            .ok_or_else(|| AwsError::incomplete("cloudtrail:GetTrailStatus", &id.region, "IsLogging"))
    };
    let selectors = async {
        let call = client.get_event_selectors().trail_name(arn).send();
        aws.send(name("GetEventSelectors", &id.region), call).await
    };
    let more = try_join(insights(aws, &client, id, arn), aggregation(aws, &client, id, arn));
    let (trail, (logging, selectors), (insights, aggregation)) =
        try_join3(get, try_join(status, selectors), more).await?;
    if selectors.event_selectors.is_none() && selectors.advanced_event_selectors.is_none() {
        return Err(AwsError::incomplete("cloudtrail:GetEventSelectors", &id.region, "selectors"));
    }
    let advanced = selectors.advanced_event_selectors.unwrap_or_default();
    let basic = selectors.event_selectors.unwrap_or_default();
    // An empty list means the same as an absent one: no selectors of that form.
    let events: Option<Vec<Selector>> =
        (!advanced.is_empty()).then(|| advanced.into_iter().map(selector).collect());
    let basic_events =
        (!basic.is_empty() && events.is_none()).then(|| basic.into_iter().map(basic_selector).collect());
    let named = |text: Option<String>| text.filter(|text| !text.is_empty());
    let reference = |text: Option<String>| named(text).map(Reference::Declared);
    // AWS shows the ARN of a log group with `:*` or without, as it was given.
    let log_group = named(trail.cloud_watch_logs_log_group_arn)
        .map(|arn| Reference::Declared(arn.strip_suffix(":*").unwrap_or(&arn).to_owned()));
    let role = reference(trail.cloud_watch_logs_role_arn);
    Ok(Trail {
        name: Some(id.name.clone()),
        region: Some(id.region.clone()),
        bucket: Reference::Declared(trail.s3_bucket_name.unwrap_or_default()),
        prefix: trail.s3_key_prefix,
        kms_key: reference(trail.kms_key_id),
        topic: reference(trail.sns_topic_arn),
        cloudwatch_logs: log_group.map(|log_group| CloudWatchLogs { log_group, role }),
        multi_region: trail.is_multi_region_trail.unwrap_or(false),
        global_service_events: trail.include_global_service_events.unwrap_or(false),
        organization: trail.is_organization_trail.unwrap_or(false),
        log_file_validation: trail.log_file_validation_enabled.unwrap_or(false),
        // Endpoints that do not know the setting record everything.
        recursive_logging: trail.recursive_logging.unwrap_or(true),
        logging,
        events,
        basic_events,
        insights,
        aggregation,
        tags: Tags::new(),
        protect: false,
        adopt: false,
    })
}

async fn insights(aws: &Aws, client: &Client, id: &ResourceId, arn: &str) -> Result<Vec<Insight>, AwsError> {
    let call = client.get_insight_selectors().trail_name(arn).send();
    let answer = match aws.send(name("GetInsightSelectors", &id.region), call).await {
        // Where the call does not exist, there are no Insights.
        Err(error) if error.is("InsightNotEnabled") || error.class == Class::Unsupported => {
            return Ok(Vec::new());
        }
        answer => answer?,
    };
    let insight = |selector: types::InsightSelector| {
        let categories = selector.event_categories.filter(|some| !some.is_empty());
        Some(Insight {
            r#type: selector.insight_type?.as_str().to_owned(),
            // Older answers do not say (API Reference, InsightSelector).
            categories: categories.map_or_else(super::management_only, |some| {
                some.iter().map(|category| category.as_str().to_owned()).collect()
            }),
        })
    };
    Ok(answer.insight_selectors.unwrap_or_default().into_iter().filter_map(insight).collect())
}

async fn aggregation(
    aws: &Aws,
    client: &Client,
    id: &ResourceId,
    arn: &str,
) -> Result<Vec<String>, AwsError> {
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

fn selector(selector: types::AdvancedEventSelector) -> Selector {
    let mut conditions = BTreeMap::new();
    for field in selector.field_selectors {
        let operators = Operators {
            equals: field.equals.unwrap_or_default(),
            starts_with: field.starts_with.unwrap_or_default(),
            ends_with: field.ends_with.unwrap_or_default(),
            not_equals: field.not_equals.unwrap_or_default(),
            not_starts_with: field.not_starts_with.unwrap_or_default(),
            not_ends_with: field.not_ends_with.unwrap_or_default(),
        };
        // A spec cannot say the same field twice; a live selector that does must not look equal to one that does not.
        let mut key = field.field;
        while conditions.contains_key(&key) {
            key.push('\'');
        }
        conditions.insert(key, Condition(operators));
    }
    Selector { name: selector.name.filter(|name| !name.is_empty()), r#where: Where(conditions) }
}

fn basic_selector(selector: types::EventSelector) -> BasicSelector {
    let data = selector.data_resources.unwrap_or_default().into_iter();
    BasicSelector {
        read_write: match selector.read_write_type {
            Some(types::ReadWriteType::ReadOnly) => ReadWrite::ReadOnly,
            Some(types::ReadWriteType::WriteOnly) => ReadWrite::WriteOnly,
            _ => ReadWrite::All,
        },
        management: selector.include_management_events.unwrap_or(true),
        exclude_management_sources: selector.exclude_management_event_sources.unwrap_or_default(),
        data: data
            .map(|data| DataResource {
                r#type: data.r#type.unwrap_or_default(),
                values: data.values.unwrap_or_default(),
            })
            .collect(),
    }
}
