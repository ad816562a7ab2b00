//! How CloudTrail is asked about trails, and how their calls are sent.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudtrail::types;
use futures_util::future::{try_join, try_join_all};

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
    let tags = try_join_all(batches.map(|(region, arns)| list_tags(aws, region, arns)));
    let details = try_join_all(trails.iter().map(|(id, trail)| read(aws, id, trail.as_ref())));
    let (tags, details) = try_join(tags, details).await?;
    let mut tags: BTreeMap<String, Tags> = tags.into_iter().flatten().collect();

    let mut found = Vec::new();
    for ((id, _), trail) in trails.iter().zip(details) {
        let Some(mut trail) = trail else { continue };
        let arn = arn(aws, id);
        let all = tags.remove(&arn).unwrap_or_default();
        let owner = Owner::of(&all);
        (trail.tags, trail.protect) = owner::split(all);
        let outputs = Outputs::from([("name".to_owned(), id.name.clone()), ("arn".to_owned(), arn)]);
        found.push((id.clone(), Observed { attrs: trail, outputs, owner, holds_data: false }));
    }
    Ok(found)
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
    let trails = answer.trail_list.unwrap_or_default();
    Ok(trails
        .into_iter()
        .filter_map(|trail| Some((own(aws, trail.trail_arn.as_deref()?, Some(region))?, trail)))
        .collect())
}

/// Returns the ids of all trails of the account, in all Regions.
async fn list(aws: &Aws, region: &Region) -> Result<Vec<ResourceId>, AwsError> {
    let client = aws.clients(region, Use::Read).cloudtrail;
    let (mut found, mut token) = (Vec::new(), None);
    loop {
        let call = client.list_trails().set_next_token(token.clone()).send();
        let answer = aws.send(name("ListTrails", region), call).await?;
        let arns = answer.trails.unwrap_or_default().into_iter().filter_map(|trail| trail.trail_arn);
        found.extend(arns.filter_map(|arn| own(aws, &arn, None)));
        // An endpoint that repeats its token would never end.
        if answer.next_token.is_none() || answer.next_token == token {
            return Ok(found);
        }
        token = answer.next_token;
    }
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

/// Reads what `DescribeTrails` does not say: whether the trail is logging, and its selectors. Returns nothing when the
/// trail is gone meanwhile.
async fn read(aws: &Aws, id: &ResourceId, known: Option<&types::Trail>) -> Result<Option<Trail>, AwsError> {
    let client = aws.clients(&id.region, Use::Read).cloudtrail;
    let get = async {
        match known {
            Some(trail) => Ok(Some(trail.clone())),
            None => {
                let call = client.get_trail().name(&id.name).send();
                Ok(aws.send(name("GetTrail", &id.region), call).await?.trail)
            }
        }
    };
    let status = async {
        let call = client.get_trail_status().name(&id.name).send();
        Ok(aws.send(name("GetTrailStatus", &id.region), call).await?.is_logging.unwrap_or(false))
    };
    let selectors = async {
        let call = client.get_event_selectors().trail_name(&id.name).send();
        aws.send(name("GetEventSelectors", &id.region), call).await
    };
    let read = try_join(get, try_join(status, selectors)).await;
    let (trail, (logging, selectors)) = match read {
        Err(error) if error.is("TrailNotFound") => return Ok(None),
        other => other?,
    };
    let Some(trail) = trail else { return Ok(None) };
    let advanced = selectors.advanced_event_selectors.unwrap_or_default();
    let basic = selectors.event_selectors.unwrap_or_default();
    // Absent and empty mean the same in the answers: no selectors of that form.
    let events: Option<Vec<Selector>> =
        (!advanced.is_empty()).then(|| advanced.into_iter().map(selector).collect());
    let basic_events =
        (!basic.is_empty() && events.is_none()).then(|| basic.into_iter().map(basic_selector).collect());
    Ok(Some(Trail {
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
    }))
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
