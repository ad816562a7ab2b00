//! How CloudTrail is asked about trails, and how their calls are sent.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudtrail::types;
use futures_util::future::{join, join_all, try_join, try_join_all};

use super::{
    Trail,
    calls::{self, Call, TrailSettings},
    selectors::{BasicSelector, Condition, DataResource, Operators, ReadWrite, Selector, Where},
};
use crate::{
    aws::{Aws, CallName, Use, error::AwsError},
    kinds::Resource,
    resource::{
        Observed, Outputs, Reference, ResourceId,
        owner::{self, Owner, Tags},
        region::Region,
    },
};

/// How many pages a list may have: an endpoint that repeats its tokens would never end.
const MOST_PAGES: usize = 100;
/// How many ARNs `ListTags` takes (API Reference).
const TAGS_AT_ONCE: usize = 20;

/// Reads all trails of the account: in the Regions that are asked for by `DescribeTrails`, elsewhere one by one, so
/// that a trail whose home Region was changed in the spec is found. Two rounds: which there are, then all about them.
pub(super) async fn observe(
    aws: &Aws,
    wanted: &[ResourceId],
    home: &Region,
) -> Result<Vec<(ResourceId, Observed<Trail>)>, AwsError> {
    let regions: BTreeSet<&Region> = wanted.iter().map(|id| &id.region).chain([home]).collect();
    let described = try_join_all(regions.iter().map(|region| describe(aws, region)));
    let (described, listed) = try_join(described, list(aws, home)).await?;
    let mut trails: BTreeMap<ResourceId, Option<types::Trail>> =
        listed.into_iter().filter(|id| !regions.contains(&id.region)).map(|id| (id, None)).collect();
    trails.extend(described.into_iter().flatten().map(|(id, trail)| (id, Some(trail))));

    let mut by_region: BTreeMap<&Region, Vec<String>> = BTreeMap::new();
    for id in trails.keys() {
        by_region.entry(&id.region).or_default().push(arn(aws, id));
    }
    let batches = by_region
        .iter()
        .flat_map(|(region, arns)| arns.chunks(TAGS_AT_ONCE).map(move |arns| (*region, arns)));
    let tags = join_all(batches.map(|(region, arns)| list_tags(aws, region, arns)));
    let details = join_all(trails.iter().map(|(id, trail)| read(aws, id, trail.as_ref())));
    let (tags, details) = join(tags, details).await;
    let (mut tags, untagged) = split(tags);
    let mut found = Vec::new();
    for ((id, _), trail) in trails.iter().zip(details) {
        let arn = arn(aws, id);
        let outputs = Outputs::from([("name".to_owned(), id.name.clone()), ("arn".to_owned(), arn.clone())]);
        let missing = || AwsError::incomplete("cloudtrail:ListTags", &id.region, &format!("tags of {arn}"));
        let read = trail.and_then(|trail| {
            let all = tags.remove(&arn).ok_or_else(|| untagged.clone().unwrap_or_else(missing))?;
            Ok((trail, all))
        });
        let seen = match read {
            Ok((mut attrs, all)) => {
                let owner = Owner::of(&all);
                (attrs.tags, attrs.protect) = owner::split(all);
                Observed { attrs, outputs, owner, holds_data: false }
            }
            Err(error) if wanted.contains(id) => return Err(error),
            // A trail that the spec does not name must not stop the plan: its Region may be closed to us.
            Err(error) => {
                let owner = Owner::Unreadable { why: error.to_string() };
                Observed { attrs: unread(id), outputs, owner, holds_data: false }
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
        multi_region: false,
        global_service_events: false,
        log_file_validation: false,
        logging: false,
        events: None,
        basic_events: None,
        tags: Tags::new(),
        protect: true,
        adopt: false,
    }
}

fn arn(aws: &Aws, id: &ResourceId) -> String {
    Trail::outputs(id, aws.account()).remove("arn").unwrap_or_default()
}

fn name<'a>(operation: &'static str, region: &'a Region) -> CallName<'a> {
    CallName { service: "cloudtrail", operation, region }
}

/// Returns the trails whose home is this Region. Others' trails that are shown here, such as an organization's, are
/// left out.
async fn describe(aws: &Aws, region: &Region) -> Result<Vec<(ResourceId, types::Trail)>, AwsError> {
    let client = aws.clients(region, Use::Read).cloudtrail;
    let call = client.describe_trails().include_shadow_trails(false).send();
    let answer = aws.send(name("DescribeTrails", region), call).await?;
    let trails = answer
        .trail_list
        .ok_or_else(|| AwsError::incomplete("cloudtrail:DescribeTrails", region, "list of trails"))?;
    Ok(trails
        .into_iter()
        .filter_map(|trail| Some((own(aws, trail.trail_arn.as_deref()?, Some(region))?, trail)))
        .collect())
}

/// Returns the ids of all trails of the account, in all Regions.
async fn list(aws: &Aws, region: &Region) -> Result<Vec<ResourceId>, AwsError> {
    let client = aws.clients(region, Use::Read).cloudtrail;
    let (mut found, mut token) = (Vec::new(), None);
    for _ in 0..MOST_PAGES {
        let call = client.list_trails().set_next_token(token).send();
        let answer = aws.send(name("ListTrails", region), call).await?;
        let arns = answer.trails.unwrap_or_default().into_iter().filter_map(|trail| trail.trail_arn);
        found.extend(arns.filter_map(|arn| own(aws, &arn, None)));
        token = answer.next_token;
        if token.is_none() {
            return Ok(found);
        }
    }
    Err(AwsError::incomplete("cloudtrail:ListTrails", region, "last page"))
}

/// Returns the id of a trail of this account from its ARN, if its home is `home`.
fn own(aws: &Aws, arn: &str, home: Option<&Region>) -> Option<ResourceId> {
    let mut parts = arn.split(':').skip(3);
    let (region, account, trail) = (parts.next()?, parts.next()?, parts.next()?);
    let is_own = account == aws.account().id && home.is_none_or(|home| home.as_str() == region);
    let name = trail.strip_prefix("trail/")?.to_owned();
    is_own.then(|| ResourceId { kind: Trail::KIND.to_owned(), region: Region::new(region), name })
}

async fn list_tags(aws: &Aws, region: &Region, arns: &[String]) -> Result<Vec<(String, Tags)>, AwsError> {
    let client = aws.clients(region, Use::Read).cloudtrail;
    let call = client.list_tags().set_resource_id_list(Some(arns.to_vec())).send();
    let answer = aws.send(name("ListTags", region), call).await?;
    let tags = |tag: types::Tag| (tag.key, tag.value.unwrap_or_default());
    let all = answer.resource_tag_list.unwrap_or_default();
    let of = |entry: types::ResourceTag| {
        Some((entry.resource_id?, entry.tags_list.unwrap_or_default().into_iter().map(tags).collect()))
    };
    Ok(all.into_iter().filter_map(of).collect())
}

/// Reads what `DescribeTrails` does not say: whether the trail is logging, and its selectors.
async fn read(aws: &Aws, id: &ResourceId, known: Option<&types::Trail>) -> Result<Trail, AwsError> {
    let client = aws.clients(&id.region, Use::Read).cloudtrail;
    let get = async {
        if let Some(trail) = known {
            return Ok(trail.clone());
        }
        let call = client.get_trail().name(&id.name).send();
        let answer = aws.send(name("GetTrail", &id.region), call).await?;
        answer.trail.ok_or_else(|| AwsError::incomplete("cloudtrail:GetTrail", &id.region, "trail"))
    };
    let status = async {
        let call = client.get_trail_status().name(&id.name).send();
        let answer = aws.send(name("GetTrailStatus", &id.region), call).await?;
        answer
            .is_logging
            .ok_or_else(|| AwsError::incomplete("cloudtrail:GetTrailStatus", &id.region, "IsLogging"))
    };
    let selectors = async {
        let call = client.get_event_selectors().trail_name(&id.name).send();
        aws.send(name("GetEventSelectors", &id.region), call).await
    };
    let (trail, (logging, selectors)) = try_join(get, try_join(status, selectors)).await?;
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
    Ok(Trail {
        name: Some(id.name.clone()),
        region: Some(id.region.clone()),
        bucket: Reference::Declared(trail.s3_bucket_name.unwrap_or_default()),
        prefix: trail.s3_key_prefix,
        multi_region: trail.is_multi_region_trail.unwrap_or(false),
        global_service_events: trail.include_global_service_events.unwrap_or(false),
        log_file_validation: trail.log_file_validation_enabled.unwrap_or(false),
        logging,
        events,
        basic_events,
        tags: Tags::new(),
        protect: false,
        adopt: false,
    })
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

/// Sends one request, in the trail's home Region.
pub(super) async fn perform(aws: &Aws, id: &ResourceId, call: Call) -> Result<Outputs, AwsError> {
    let region = &id.region;
    aws.pace(region).await;
    let client = aws.clients(region, Use::Change).cloudtrail;
    match call {
        Call::CreateTrail(settings) => {
            let TrailSettings {
                name: trail,
                s3_bucket_name,
                s3_key_prefix,
                include_global_service_events,
                is_multi_region_trail,
                enable_log_file_validation,
                tags_list,
            } = settings;
            let request = client
                .create_trail()
                .name(trail)
                .s3_bucket_name(s3_bucket_name)
                .set_s3_key_prefix(s3_key_prefix)
                .include_global_service_events(include_global_service_events)
                .is_multi_region_trail(is_multi_region_trail)
                .enable_log_file_validation(enable_log_file_validation)
                .set_tags_list(Some(sdk_tags(tags_list)));
            let answer = aws.send(name("CreateTrail", region), request.send()).await?;
            return Ok(answer.trail_arn.map(|arn| ("arn".to_owned(), arn)).into_iter().collect());
        }
        Call::UpdateTrail(settings) => {
            let TrailSettings {
                name: trail,
                s3_bucket_name,
                s3_key_prefix,
                include_global_service_events,
                is_multi_region_trail,
                enable_log_file_validation,
                tags_list: _, // UpdateTrail has no tags
            } = settings;
            let request = client
                .update_trail()
                .name(trail)
                .s3_bucket_name(s3_bucket_name)
                .set_s3_key_prefix(s3_key_prefix)
                .include_global_service_events(include_global_service_events)
                .is_multi_region_trail(is_multi_region_trail)
                .enable_log_file_validation(enable_log_file_validation);
            aws.send(name("UpdateTrail", region), request.send()).await.map(drop)
        }
        Call::PutEventSelectors(selectors) => {
            let basic =
                selectors.event_selectors.map(|list| list.into_iter().map(sdk_basic_selector).collect());
            let advanced = selectors
                .advanced_event_selectors
                .map(|list| list.into_iter().map(sdk_selector).collect::<Vec<_>>());
            let request = client
                .put_event_selectors()
                .trail_name(selectors.trail_name)
                .set_event_selectors(basic)
                .set_advanced_event_selectors(advanced);
            aws.send(name("PutEventSelectors", region), request.send()).await.map(drop)
        }
        Call::AddTags(tags) => {
            let request =
                client.add_tags().resource_id(tags.resource_id).set_tags_list(Some(sdk_tags(tags.tags_list)));
            aws.send(name("AddTags", region), request.send()).await.map(drop)
        }
        Call::RemoveTags(tags) => {
            let request = client
                .remove_tags()
                .resource_id(tags.resource_id)
                .set_tags_list(Some(sdk_tags(tags.tags_list)));
            aws.send(name("RemoveTags", region), request.send()).await.map(drop)
        }
        Call::StartLogging(trail) => aws
            .send(name("StartLogging", region), client.start_logging().name(trail.name).send())
            .await
            .map(drop),
        Call::StopLogging(trail) => aws
            .send(name("StopLogging", region), client.stop_logging().name(trail.name).send())
            .await
            .map(drop),
        Call::DeleteTrail(trail) => aws
            .send(name("DeleteTrail", region), client.delete_trail().name(trail.name).send())
            .await
            .map(drop),
    }?;
    Ok(Outputs::new())
}

fn sdk_tags(tags: Vec<calls::Tag>) -> Vec<types::Tag> {
    let tag = |tag: calls::Tag| {
        let built = types::Tag::builder().key(tag.key).set_value(tag.value).build();
        built.expect("the key is set")
    };
    tags.into_iter().map(tag).collect()
}

fn sdk_basic_selector(selector: calls::EventSelector) -> types::EventSelector {
    let data = selector.data_resources.into_iter();
    let data = data
        .map(|data| types::DataResource::builder().r#type(data.r#type).set_values(Some(data.values)).build());
    types::EventSelector::builder()
        .read_write_type(match selector.read_write_type {
            ReadWrite::All => types::ReadWriteType::All,
            ReadWrite::ReadOnly => types::ReadWriteType::ReadOnly,
            ReadWrite::WriteOnly => types::ReadWriteType::WriteOnly,
        })
        .include_management_events(selector.include_management_events)
        .set_data_resources(Some(data.collect()))
        .set_exclude_management_event_sources(Some(selector.exclude_management_event_sources))
        .build()
}

fn sdk_selector(selector: calls::AdvancedEventSelector) -> types::AdvancedEventSelector {
    let some = |values: Vec<String>| (!values.is_empty()).then_some(values);
    let field = |field: calls::FieldSelector| {
        types::AdvancedFieldSelector::builder()
            .field(field.field)
            .set_equals(some(field.equals))
            .set_starts_with(some(field.starts_with))
            .set_ends_with(some(field.ends_with))
            .set_not_equals(some(field.not_equals))
            .set_not_starts_with(some(field.not_starts_with))
            .set_not_ends_with(some(field.not_ends_with))
            .build()
            .expect("the field is set")
    };
    let fields = selector.field_selectors.into_iter().map(field).collect();
    let built = types::AdvancedEventSelector::builder()
        .set_name(selector.name)
        .set_field_selectors(Some(fields))
        .build();
    built.expect("the field selectors are set")
}
