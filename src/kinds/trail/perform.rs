//! How the requests that change a trail are sent.

use aws_sdk_cloudtrail::{Client, types};

use super::{
    aws::name,
    requests::{self, AggregationConfiguration, Call, InsightSelector, TrailSettings},
    selectors::ReadWrite,
};
use crate::{
    aws::{Aws, Use, error::AwsError},
    resource::{Outputs, ResourceId, region::Region},
};

/// Sends one request, in the trail's home Region.
pub(super) async fn perform(aws: &Aws, id: &ResourceId, call: Call) -> Result<Outputs, AwsError> {
    let region = &id.region;
    aws.pace(region).await;
    let client: Client = aws.client(region, Use::Change);
    match call {
        Call::CreateTrail(settings) => {
            let TrailSettings {
                name: trail,
                s3_bucket_name,
                s3_key_prefix,
                kms_key_id,
                sns_topic_name,
                cloud_watch_logs_log_group_arn,
                cloud_watch_logs_role_arn,
                include_global_service_events,
                is_multi_region_trail,
                is_organization_trail,
                enable_log_file_validation,
                recursive_logging,
                tags_list,
            } = settings;
            let request = client
                .create_trail()
                .name(trail)
                .s3_bucket_name(s3_bucket_name)
                .set_s3_key_prefix(s3_key_prefix)
                .set_kms_key_id(kms_key_id)
                .set_sns_topic_name(sns_topic_name)
                .set_cloud_watch_logs_log_group_arn(cloud_watch_logs_log_group_arn)
                .set_cloud_watch_logs_role_arn(cloud_watch_logs_role_arn)
                .include_global_service_events(include_global_service_events)
                .is_multi_region_trail(is_multi_region_trail)
                .is_organization_trail(is_organization_trail)
                .set_recursive_logging(recursive_logging)
                .enable_log_file_validation(enable_log_file_validation)
                .set_tags_list(Some(sdk_tags(tags_list)));
            let answer = aws.send(name("CreateTrail", region), request.send()).await?;
            let arn = told("CreateTrail", region, answer.trail_arn)?;
            return Ok(Outputs::from([("arn".to_owned(), arn)]));
        }
        Call::UpdateTrail(settings) => {
            let TrailSettings {
                name: trail,
                s3_bucket_name,
                s3_key_prefix,
                kms_key_id,
                sns_topic_name,
                cloud_watch_logs_log_group_arn,
                cloud_watch_logs_role_arn,
                include_global_service_events,
                is_multi_region_trail,
                is_organization_trail,
                enable_log_file_validation,
                recursive_logging,
                tags_list: _, // UpdateTrail has no tags
            } = settings;
            let request = client
                .update_trail()
                .name(trail)
                .s3_bucket_name(s3_bucket_name)
                .set_s3_key_prefix(s3_key_prefix)
                .set_kms_key_id(kms_key_id)
                .set_sns_topic_name(sns_topic_name)
                .set_cloud_watch_logs_log_group_arn(cloud_watch_logs_log_group_arn)
                .set_cloud_watch_logs_role_arn(cloud_watch_logs_role_arn)
                .include_global_service_events(include_global_service_events)
                .is_multi_region_trail(is_multi_region_trail)
                .is_organization_trail(is_organization_trail)
                .set_recursive_logging(recursive_logging)
                .enable_log_file_validation(enable_log_file_validation);
            let answer = aws.send(name("UpdateTrail", region), request.send()).await?;
            told("UpdateTrail", region, answer.trail_arn).map(drop)
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
            let answer = aws.send(name("PutEventSelectors", region), request.send()).await?;
            told("PutEventSelectors", region, answer.trail_arn).map(drop)
        }
        Call::PutInsightSelectors(selectors) => {
            let selector = |selector: InsightSelector| {
                let categories = selector.event_categories.iter();
                types::InsightSelector::builder()
                    .insight_type(types::InsightType::from(selector.insight_type.as_str()))
                    .set_event_categories(Some(
                        categories.map(|one| types::SourceEventCategory::from(one.as_str())).collect(),
                    ))
                    .build()
            };
            let request = client
                .put_insight_selectors()
                .trail_name(selectors.trail_name)
                .set_insight_selectors(Some(selectors.insight_selectors.into_iter().map(selector).collect()));
            let answer = aws.send(name("PutInsightSelectors", region), request.send()).await?;
            told("PutInsightSelectors", region, answer.trail_arn).map(drop)
        }
        Call::PutEventConfiguration(configuration) => {
            let one = |one: AggregationConfiguration| {
                types::AggregationConfiguration::builder()
                    .event_category(types::EventCategoryAggregation::from(one.event_category.as_str()))
                    .set_templates(Some(
                        one.templates.iter().map(|one| types::Template::from(one.as_str())).collect(),
                    ))
                    .build()
                    .expect("category and templates are set")
            };
            let request = client
                .put_event_configuration()
                .trail_name(configuration.trail_name)
                .set_aggregation_configurations(Some(
                    configuration.aggregation_configurations.into_iter().map(one).collect(),
                ));
            let answer = aws.send(name("PutEventConfiguration", region), request.send()).await?;
            told("PutEventConfiguration", region, answer.trail_arn).map(drop)
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

/// Returns the ARN that an answer tells. One without it may be that of a proxy.
fn told(operation: &str, region: &Region, arn: Option<String>) -> Result<String, AwsError> {
    let call = format!("cloudtrail:{operation}");
    arn.ok_or_else(|| AwsError::incomplete(&call, region, "ARN of the trail"))
}

fn sdk_tags(tags: Vec<requests::Tag>) -> Vec<types::Tag> {
    let tag = |tag: requests::Tag| {
        let built = types::Tag::builder().key(tag.key).set_value(tag.value).build();
        built.expect("the key is set")
    };
    tags.into_iter().map(tag).collect()
}

fn sdk_basic_selector(selector: requests::EventSelector) -> types::EventSelector {
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

fn sdk_selector(selector: requests::AdvancedEventSelector) -> types::AdvancedEventSelector {
    let some = |values: Vec<String>| (!values.is_empty()).then_some(values);
    let field = |field: requests::FieldSelector| {
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
