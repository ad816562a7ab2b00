//! How CloudWatch Logs is asked about log groups, and how their calls are sent.

use aws_sdk_cloudwatchlogs::{Client, types};
use futures_util::future::{try_join_all, try_join3};

use super::{Class, LogGroup, calls::Call, parts, without_star};
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

/// Reads the wanted log groups, all in one round.
pub(super) async fn observe(
    aws: &Aws,
    scope: &Scope<'_>,
) -> Result<Vec<(ResourceId, Observed<LogGroup>)>, AwsError> {
    let found = try_join_all(scope.wanted.iter().map(|id| read(aws, id))).await?;
    Ok(scope.wanted.iter().cloned().zip(found).filter_map(|(id, group)| Some((id, group?))).collect())
}

fn name<'a>(operation: &'static str, region: &'a Region) -> CallName<'a> {
    CallName { service: "logs", operation, region }
}

async fn read(aws: &Aws, id: &ResourceId) -> Result<Option<Observed<LogGroup>>, AwsError> {
    let client: Client = aws.client(&id.region, Use::Read);
    let asked = try_join3(
        find(aws, &client, &id.region, &id.name),
        tags(aws, &client, id),
        subscriptions(aws, &client, id),
    );
    let (Some(group), Some(all_tags), Some(beside)) = asked.await? else { return Ok(None) };
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
    Ok(Some(Observed { attrs, outputs, owner, holds_data: false, beside }))
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

/// Finds the log group of exactly this name: AWS lists those whose names begin so.
async fn find(
    aws: &Aws,
    client: &Client,
    region: &Region,
    group: &str,
) -> Result<Option<types::LogGroup>, AwsError> {
    let mut token = None;
    for _ in 0..MOST_PAGES {
        let call = client.describe_log_groups().log_group_name_prefix(group).set_next_token(token).send();
        let Some(answer) = or_absent(aws.send(name("DescribeLogGroups", region), call).await)? else {
            return Ok(None);
        };
        let mut listed = answer.log_groups.unwrap_or_default().into_iter();
        if let Some(found) = listed.find(|found| found.log_group_name.as_deref() == Some(group)) {
            return Ok(Some(found));
        }
        token = answer.next_token.filter(|token| !token.is_empty());
        if token.is_none() {
            return Ok(None);
        }
    }
    Err(AwsError::incomplete("logs:DescribeLogGroups", region, "last page"))
}

async fn tags(aws: &Aws, client: &Client, id: &ResourceId) -> Result<Option<Tags>, AwsError> {
    let arn = super::arn(aws.account(), &id.region, &id.name);
    let call = client.list_tags_for_resource().resource_arn(arn).send();
    let answer = or_absent(aws.send(name("ListTagsForResource", &id.region), call).await)?;
    Ok(answer.map(|answer| answer.tags.unwrap_or_default().into_iter().collect()))
}

/// Returns in words who else gets the events.
async fn subscriptions(aws: &Aws, client: &Client, id: &ResourceId) -> Result<Option<Vec<String>>, AwsError> {
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
    let is_arn = id.name.starts_with("arn:");
    let group = if is_arn {
        let Some((_, group)) = parts(&id.name) else { return Ok(None) };
        group
    } else {
        &id.name
    };
    let arn = super::arn(aws.account(), &id.region, group);
    if is_arn && arn != without_star(&id.name) {
        let problem = "is not in the account of the credentials, where CloudTrail wants it".to_owned();
        return Ok(Some(Existing { problem: Some(problem), ..Existing::default() }));
    }
    let client: Client = aws.client(&id.region, Use::Read);
    let found = find(aws, &client, &id.region, group).await?;
    Ok(found.map(|found| {
        let is_for_lambda = class(found.log_group_class.as_ref()) == Class::Delivery;
        let problem =
            is_for_lambda.then(|| "is of the class DELIVERY, which takes no trail's events".to_owned());
        Existing { outputs: Outputs::from([("arn".to_owned(), arn)]), problem, unread: None }
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
