//! The CloudTrail requests that change a trail, with their parameters as AWS names them (API Reference).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::selectors::{BasicSelector, Condition, Operators, ReadWrite, Selector};

/// A request to CloudTrail, with its parameters (API Reference).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "operation", content = "parameters")]
pub enum Call {
    /// Makes the trail. It does not record before `StartLogging`.
    CreateTrail(TrailSettings),
    /// Changes settings of the trail.
    UpdateTrail(TrailSettings),
    /// Replaces all event selectors.
    PutEventSelectors(EventSelectors),
    /// Replaces all Insights selectors; none switches Insights off.
    PutInsightSelectors(InsightSelectors),
    /// Replaces the aggregation of data events; none switches it off.
    PutEventConfiguration(EventConfiguration),
    /// Sets tags, keeping others.
    AddTags(TagsOf),
    /// Removes tags by their keys.
    RemoveTags(TagsOf),
    /// Begins to record.
    StartLogging(TrailName),
    /// Ends recording.
    StopLogging(TrailName),
    /// Removes the trail. The log files stay.
    DeleteTrail(TrailName),
}

/// The parameters of `CreateTrail` and `UpdateTrail`. What is left out stays as it is; `""` clears.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "these are AWS's own names")]
pub struct TrailSettings {
    pub name: String,
    pub s3_bucket_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub s3_key_prefix: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kms_key_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sns_topic_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloud_watch_logs_log_group_arn: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloud_watch_logs_role_arn: Option<String>,
    pub include_global_service_events: bool,
    pub is_multi_region_trail: bool,
    pub is_organization_trail: bool,
    pub enable_log_file_validation: bool,
    /// Left out where it is the default and was not changed: older endpoints do not know it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recursive_logging: Option<bool>,
    /// Only for `CreateTrail`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags_list: Vec<Tag>,
}

/// The name of a trail, as a parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "these are AWS's own names")]
pub struct TrailName {
    pub name: String,
}

/// The parameters of `AddTags` and `RemoveTags`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "these are AWS's own names")]
pub struct TagsOf {
    pub resource_id: String,
    pub tags_list: Vec<Tag>,
}

/// One tag.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "these are AWS's own names")]
pub struct Tag {
    pub key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// The parameters of `PutInsightSelectors`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "these are AWS's own names")]
pub struct InsightSelectors {
    pub trail_name: String,
    pub insight_selectors: Vec<InsightSelector>,
}

/// One Insights selector.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "these are AWS's own names")]
pub struct InsightSelector {
    pub insight_type: String,
    pub event_categories: BTreeSet<String>,
}

/// The parameters of `PutEventConfiguration`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "these are AWS's own names")]
pub struct EventConfiguration {
    pub trail_name: String,
    pub aggregation_configurations: Vec<AggregationConfiguration>,
}

/// How events of a category are aggregated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "these are AWS's own names")]
pub struct AggregationConfiguration {
    pub event_category: String,
    pub templates: Vec<String>,
}

/// The parameters of `PutEventSelectors`: one of the two lists.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "these are AWS's own names")]
pub struct EventSelectors {
    pub trail_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_selectors: Option<Vec<EventSelector>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advanced_event_selectors: Option<Vec<AdvancedEventSelector>>,
}

/// A basic event selector.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "these are AWS's own names")]
pub struct EventSelector {
    pub read_write_type: ReadWrite,
    pub include_management_events: bool,
    pub data_resources: Vec<DataResource>,
    pub exclude_management_event_sources: Vec<String>,
}

/// The data resources of a basic event selector.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "these are AWS's own names")]
pub struct DataResource {
    pub r#type: String,
    pub values: Vec<String>,
}

/// An advanced event selector.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "these are AWS's own names")]
pub struct AdvancedEventSelector {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub field_selectors: Vec<FieldSelector>,
}

/// The condition of an advanced event selector on one field. Empty lists are left out: AWS refuses them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(missing_docs, reason = "these are AWS's own names")]
pub struct FieldSelector {
    pub field: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub equals: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub starts_with: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ends_with: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_equals: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_starts_with: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_ends_with: Vec<String>,
}

impl From<&BasicSelector> for EventSelector {
    fn from(selector: &BasicSelector) -> Self {
        let BasicSelector { read_write, management, exclude_management_sources, data } = selector;
        let resource = |resource: &super::selectors::DataResource| DataResource {
            r#type: resource.r#type.clone(),
            values: resource.values.clone(),
        };
        Self {
            read_write_type: *read_write,
            include_management_events: *management,
            data_resources: data.iter().map(resource).collect(),
            exclude_management_event_sources: exclude_management_sources.clone(),
        }
    }
}

impl From<&Selector> for AdvancedEventSelector {
    fn from(selector: &Selector) -> Self {
        let field = |(field, condition): (&String, &Condition)| {
            let Operators { equals, starts_with, ends_with, not_equals, not_starts_with, not_ends_with } =
                condition.0.clone();
            let field = field.clone();
            FieldSelector {
                field,
                equals,
                starts_with,
                ends_with,
                not_equals,
                not_starts_with,
                not_ends_with,
            }
        };
        Self { name: selector.name.clone(), field_selectors: selector.r#where.0.iter().map(field).collect() }
    }
}
