//! Trails as CloudTrail shows them, in the form of the spec.

use std::collections::BTreeMap;

use aws_sdk_cloudtrail::types;

use super::{
    CloudWatchLogs, Insight, Trail,
    aws::Details,
    selectors::{BasicSelector, Condition, DataResource, Operators, ReadWrite, Selector, Where},
};
use crate::resource::{Reference, ResourceId, owner::Tags};

/// Returns the attributes of a trail, but for its tags.
pub(super) fn shown(id: &ResourceId, trail: types::Trail, details: Details) -> Trail {
    let Details { trail: _, logging, selectors, insights, aggregation } = details;
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
    Trail {
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
        insights: insights.into_iter().filter_map(insight).collect(),
        aggregation,
        tags: Tags::new(),
        protect: false,
        adopt: false,
    }
}

/// Returns what stands for a trail that cannot be read.
pub(super) fn unread(id: &ResourceId) -> Trail {
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

fn insight(selector: types::InsightSelector) -> Option<Insight> {
    let categories = selector.event_categories.filter(|some| !some.is_empty());
    Some(Insight {
        r#type: selector.insight_type?.as_str().to_owned(),
        // Older answers do not say (API Reference, InsightSelector).
        categories: categories.map_or_else(super::management_only, |some| {
            some.iter().map(|category| category.as_str().to_owned()).collect()
        }),
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
