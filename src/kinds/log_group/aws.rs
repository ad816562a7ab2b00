//! How CloudWatch Logs is asked about log groups, and how their calls are sent.

use std::collections::BTreeMap;

use aws_sdk_cloudwatchlogs::{Client, types};
use futures_util::future::{try_join, try_join_all};

use super::{Class, LogGroup, calls::Call, parts};
use crate::{
    aws::{
        Aws, CallName, Use,
        error::{self, AwsError},
    },
    kinds::{Resource, Scope},
    resource::{
        Existing, Observed, Outputs, Reference, ResourceId,
        owner::{self, Owner, Tags},
        region::Region,
    },
};

/// How many pages a list may have: an endpoint that repeats its tokens would never end.
const MOST_PAGES: usize = 100;

/// How many log groups `DescribeLogGroups` shows at once, and takes the names of (API Reference).
const AT_ONCE: usize = 50;

type Found = Vec<(ResourceId, Observed<LogGroup>)>;

/// Reads the wanted log groups, and those that are marked.
pub(super) async fn observe(aws: &Aws, scope: &Scope<'_>) -> Result<Found, AwsError> {
    let others = async { read_all(aws, &scope.others::<LogGroup>().await).await };
    let (wanted, others) = try_join(read_all(aws, scope.wanted), others).await?;
    Ok(wanted.into_iter().chain(others).collect())
}

/// Reads log groups, in two rounds: the tags, which say too which are there, then the rest, for many at once. To which names
/// `DescribeLogGroups` answers how if there is no such log group is not documented, so it is given those that there are.
async fn read_all(aws: &Aws, ids: &[ResourceId]) -> Result<Found, AwsError> {
    let tags = try_join_all(ids.iter().map(|id| tags(aws, id))).await?;
    let tags: BTreeMap<&ResourceId, Tags> =
        ids.iter().zip(tags).filter_map(|(id, tags)| Some((id, tags?))).collect();
    let mut regions: BTreeMap<&Region, Vec<&str>> = BTreeMap::new();
    for id in tags.keys() {
        regions.entry(&id.region).or_default().push(&id.name);
    }
    let batches = regions
        .iter()
        .flat_map(|(region, names)| names.chunks(AT_ONCE).map(move |names| describe(aws, region, names)));
    let beside = try_join_all(tags.keys().map(|id| subscriptions(aws, id)));
    let (described, beside) = try_join(try_join_all(batches), beside).await?;
    let mut described: BTreeMap<ResourceId, types::LogGroup> = described.into_iter().flatten().collect();
    let all = tags.into_iter().zip(beside);
    let seen = all.filter_map(|((id, tags), beside)| {
        Some((id.clone(), observed(aws, id, described.remove(id)?, tags, beside?)))
    });
    Ok(seen.collect())
}

fn name<'a>(operation: &'static str, region: &'a Region) -> CallName<'a> {
    CallName { service: "logs", operation, region }
}

fn observed(
    aws: &Aws,
    id: &ResourceId,
    group: types::LogGroup,
    all_tags: Tags,
    beside: Vec<String>,
) -> Observed<LogGroup> {
    let owner = Owner::of(&all_tags);
    let (tags, protect) = owner::split(all_tags);
    let retention = group.retention_in_days.and_then(|days| u32::try_from(days).ok());
    let attrs = LogGroup {
        name: Some(id.name.clone()),
        region: Some(id.region.clone()),
        retention_days: retention,
        kms_key: group.kms_key_id.map(Reference::Declared),
        class: class(group.log_group_class.as_ref()),
        deletion_protection: group.deletion_protection_enabled.unwrap_or(false),
        tags,
        protect,
        adopt: false,
    };
    let outputs = attrs.outputs(id, aws.account());
    // Who deletes it names it, and knows what it is made for.
    Observed { attrs, outputs, owner, holds_data: false, beside }
}

/// Endpoints that do not know classes have only the first one.
fn class(shown: Option<&types::LogGroupClass>) -> Class {
    shown.map_or_else(Class::default, |class| Class::new(class.as_str()))
}

/// Turns the answer that there is no such log group into `None`.
fn or_absent<T>(answer: Result<T, AwsError>) -> Result<Option<T>, AwsError> {
    match answer {
        Err(error) if error.class == error::Class::NotFound => Ok(None),
        other => other.map(Some),
    }
}

/// Describes log groups of a Region: one by its name, which then is the first that begins so, several by the list of their
/// names. An endpoint that does not know such lists shows all that it has.
async fn describe(
    aws: &Aws,
    region: &Region,
    names: &[&str],
) -> Result<Vec<(ResourceId, types::LogGroup)>, AwsError> {
    let client: Client = aws.client(region, Use::Read);
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let (mut found, mut token) = (Vec::new(), None);
    for _ in 0..MOST_PAGES {
        let call = client.describe_log_groups().set_next_token(token);
        let call = match &names[..] {
            [one] => call.log_group_name_prefix(one),
            several => call.set_log_group_identifiers(Some(several.to_vec())),
        };
        let answer = aws.send(name("DescribeLogGroups", region), call.send()).await?;
        let groups = answer.log_groups.unwrap_or_default().into_iter();
        found.extend(groups.filter_map(|group| {
            let name = group.log_group_name.clone().filter(|name| names.contains(name))?;
            Some((ResourceId { kind: LogGroup::KIND.to_owned(), region: region.clone(), name }, group))
        }));
        token = answer.next_token.filter(|token| !token.is_empty());
        if token.is_none() || found.len() == names.len() {
            return Ok(found);
        }
    }
    Err(AwsError::incomplete("logs:DescribeLogGroups", region, "last page"))
}

/// Returns the tags of a log group. `None` if it is not there.
async fn tags(aws: &Aws, id: &ResourceId) -> Result<Option<Tags>, AwsError> {
    let client: Client = aws.client(&id.region, Use::Read);
    let arn = super::arn(aws.account(), &id.region, &id.name);
    let call = client.list_tags_for_resource().resource_arn(arn).send();
    let answer = or_absent(aws.send(name("ListTagsForResource", &id.region), call).await)?;
    Ok(answer.map(|answer| answer.tags.unwrap_or_default().into_iter().collect()))
}

/// Returns in words who else gets the events.
async fn subscriptions(aws: &Aws, id: &ResourceId) -> Result<Option<Vec<String>>, AwsError> {
    let client: Client = aws.client(&id.region, Use::Read);
    let (mut found, mut token) = (Vec::new(), None);
    for _ in 0..MOST_PAGES {
        let call =
            client.describe_subscription_filters().log_group_name(&id.name).set_next_token(token).send();
        let answer = or_absent(aws.send(name("DescribeSubscriptionFilters", &id.region), call).await)?;
        let Some(answer) = answer else { return Ok(None) };
        found.extend(answer.subscription_filters.unwrap_or_default().into_iter().map(|filter| {
            let (name, to) =
                (filter.filter_name.unwrap_or_default(), filter.destination_arn.unwrap_or_default());
            format!("a subscription filter `{name}` that sends to {to}")
        }));
        token = answer.next_token.filter(|token| !token.is_empty());
        if token.is_none() {
            return Ok(Some(found));
        }
    }
    Err(AwsError::incomplete("logs:DescribeSubscriptionFilters", &id.region, "last page"))
}

/// Asks about a log group that others manage.
pub(super) async fn look(aws: &Aws, id: &ResourceId) -> Result<Option<Existing>, AwsError> {
    let Some((_, group)) = parts(&id.name) else { return Ok(None) };
    if super::arn(aws.account(), &id.region, group) != id.name {
        let problem = "is not in the account of the credentials, where CloudTrail wants it".to_owned();
        return Ok(Some(Existing { problem: Some(problem), ..Existing::default() }));
    }
    let found = describe(aws, &id.region, &[group]).await?.pop();
    Ok(found.map(|(_, found)| {
        let is_for_lambda = class(found.log_group_class.as_ref()) == Class::Delivery;
        let problem =
            is_for_lambda.then(|| "is of the class DELIVERY, which takes no trail's events".to_owned());
        Existing { problem, ..Existing::default() }
    }))
}

/// Sends one request, in the log group's Region.
pub(super) async fn perform(aws: &Aws, id: &ResourceId, call: Call) -> Result<Outputs, AwsError> {
    let region = &id.region;
    let client: Client = aws.client(region, Use::Change);
    match call {
        Call::CreateLogGroup {
            log_group_name,
            kms_key_id,
            log_group_class,
            deletion_protection_enabled,
            tags,
        } => {
            let request = client
                .create_log_group()
                .log_group_name(log_group_name)
                .set_kms_key_id(kms_key_id)
                .log_group_class(types::LogGroupClass::from(log_group_class.as_str()))
                .deletion_protection_enabled(deletion_protection_enabled)
                .set_tags(Some(tags.into_iter().collect()));
            aws.send(name("CreateLogGroup", region), request.send()).await.map(drop)
        }
        Call::PutRetentionPolicy { log_group_name, retention_in_days } => {
            let days = i32::try_from(retention_in_days).unwrap_or(i32::MAX);
            let request =
                client.put_retention_policy().log_group_name(log_group_name).retention_in_days(days);
            aws.send(name("PutRetentionPolicy", region), request.send()).await.map(drop)
        }
        Call::DeleteRetentionPolicy { log_group_name } => {
            let request = client.delete_retention_policy().log_group_name(log_group_name);
            aws.send(name("DeleteRetentionPolicy", region), request.send()).await.map(drop)
        }
        Call::AssociateKmsKey { log_group_name, kms_key_id } => {
            let request = client.associate_kms_key().log_group_name(log_group_name).kms_key_id(kms_key_id);
            aws.send(name("AssociateKmsKey", region), request.send()).await.map(drop)
        }
        Call::DisassociateKmsKey { log_group_name } => {
            let request = client.disassociate_kms_key().log_group_name(log_group_name);
            aws.send(name("DisassociateKmsKey", region), request.send()).await.map(drop)
        }
        Call::PutLogGroupDeletionProtection { log_group_identifier, deletion_protection_enabled } => {
            let request = client
                .put_log_group_deletion_protection()
                .log_group_identifier(log_group_identifier)
                .deletion_protection_enabled(deletion_protection_enabled);
            aws.send(name("PutLogGroupDeletionProtection", region), request.send()).await.map(drop)
        }
        Call::TagResource { resource_arn, tags } => {
            let tags = tags.into_iter().collect();
            let request = client.tag_resource().resource_arn(resource_arn).set_tags(Some(tags));
            aws.send(name("TagResource", region), request.send()).await.map(drop)
        }
        Call::UntagResource { resource_arn, tag_keys } => {
            let request = client.untag_resource().resource_arn(resource_arn).set_tag_keys(Some(tag_keys));
            aws.send(name("UntagResource", region), request.send()).await.map(drop)
        }
        Call::DeleteLogGroup { log_group_name } => {
            let request = client.delete_log_group().log_group_name(log_group_name);
            aws.send(name("DeleteLogGroup", region), request.send()).await.map(drop)
        }
    }?;
    Ok(Outputs::new())
}
