//! What CreateTrail sets and UpdateTrail changes, and what is refused in it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::arn::TrailArn;
use super::log_group::LogDelivery;
use super::refuse;
use crate::sandbox::s3::is_bucket_name;
use crate::sandbox::tags::Tag;
use crate::sandbox::wire::Refusal;

const MAX_PREFIX: usize = 200;

/// The settings of a trail. Key and topic are kept by their full ARNs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    pub(super) bucket: String,
    pub(super) prefix: Option<String>,
    pub(super) include_global_service_events: bool,
    pub(super) is_multi_region: bool,
    pub(super) log_file_validation: bool,
    pub(super) recursive_logging: bool,
    #[serde(default)]
    pub(super) kms_key: Option<String>,
    #[serde(default)]
    pub(super) topic: Option<String>,
    #[serde(default)]
    pub(super) log_delivery: Option<LogDelivery>,
    #[serde(default)]
    pub(super) is_organization: bool,
}

/// The input of CreateTrail and UpdateTrail.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
pub(super) struct Request {
    pub(super) name: String,
    #[serde(rename = "S3BucketName")]
    s3_bucket_name: Option<String>,
    #[serde(rename = "S3KeyPrefix")]
    s3_key_prefix: Option<String>,
    sns_topic_name: Option<String>,
    include_global_service_events: Option<bool>,
    is_multi_region_trail: Option<bool>,
    enable_log_file_validation: Option<bool>,
    cloud_watch_logs_log_group_arn: Option<String>,
    cloud_watch_logs_role_arn: Option<String>,
    kms_key_id: Option<String>,
    is_organization_trail: Option<bool>,
    recursive_logging: Option<bool>,
    /// Of CreateTrail only.
    pub(super) tags_list: Option<Vec<Tag>>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            bucket: String::new(),
            prefix: None,
            include_global_service_events: true,
            is_multi_region: false,
            log_file_validation: false,
            recursive_logging: true,
            kms_key: None,
            topic: None,
            log_delivery: None,
            is_organization: false,
        }
    }
}

impl Settings {
    /// Returns the settings after a request: what it omits stays, what it gives as `""` is cleared. Key and topic are
    /// as the request names them.
    pub(super) fn updated(&self, request: &Request) -> Result<Self, Refusal> {
        let Request {
            name: _,
            s3_bucket_name,
            s3_key_prefix,
            sns_topic_name,
            include_global_service_events,
            is_multi_region_trail,
            enable_log_file_validation,
            cloud_watch_logs_log_group_arn,
            cloud_watch_logs_role_arn,
            kms_key_id,
            is_organization_trail,
            recursive_logging,
            tags_list: _,
        } = request;
        let settings = Self {
            bucket: s3_bucket_name.clone().unwrap_or_else(|| self.bucket.clone()),
            prefix: changed(s3_key_prefix, &self.prefix),
            include_global_service_events: include_global_service_events
                .unwrap_or(self.include_global_service_events),
            is_multi_region: is_multi_region_trail.unwrap_or(self.is_multi_region),
            log_file_validation: enable_log_file_validation.unwrap_or(self.log_file_validation),
            recursive_logging: recursive_logging.unwrap_or(self.recursive_logging),
            kms_key: changed(kms_key_id, &self.kms_key),
            topic: changed(sns_topic_name, &self.topic),
            log_delivery: LogDelivery::updated(
                self.log_delivery.as_ref(),
                cloud_watch_logs_log_group_arn.as_deref(),
                cloud_watch_logs_role_arn.as_deref(),
            )?,
            is_organization: is_organization_trail.unwrap_or(self.is_organization),
        };
        settings.check()?;
        Ok(settings)
    }

    fn check(&self) -> Result<(), Refusal> {
        let Self { bucket, prefix, .. } = self;
        // CloudTrail is stricter than S3 about periods and dashes.
        if !is_bucket_name(bucket) || bucket.contains(".-") || bucket.contains("-.") {
            return Err(refuse("InvalidS3BucketNameException", format!("Invalid S3 bucket name: {bucket}")));
        }
        if let Some(prefix) = prefix
            && (prefix.chars().count() > MAX_PREFIX
                || prefix.starts_with('/')
                || prefix.contains("AWSLogs/")
                || prefix.chars().any(char::is_control))
        {
            return Err(refuse("InvalidS3PrefixException", format!("Invalid S3 prefix: {prefix}")));
        }
        if self.is_multi_region && !self.include_global_service_events {
            let message = "Multi-Region trail must include global service events.";
            return Err(refuse("InvalidParameterCombinationException", message));
        }
        Ok(())
    }

    /// Writes the members that CreateTrail, UpdateTrail and the reads have in common.
    pub(super) fn members(&self, arn: &TrailArn) -> Map<String, Value> {
        let mut members = Map::new();
        let mut add = |name: &str, value: Value| members.insert(name.to_owned(), value);
        add("Name", json!(arn.name));
        add("TrailARN", json!(arn.to_string()));
        add("S3BucketName", json!(self.bucket));
        if let Some(prefix) = &self.prefix {
            add("S3KeyPrefix", json!(prefix));
        }
        if let Some(topic) = &self.topic {
            add("SnsTopicARN", json!(topic));
        }
        if let Some(LogDelivery { group, role }) = &self.log_delivery {
            add("CloudWatchLogsLogGroupArn", json!(group));
            add("CloudWatchLogsRoleArn", json!(role));
        }
        if let Some(key) = &self.kms_key {
            add("KmsKeyId", json!(key));
        }
        add("IncludeGlobalServiceEvents", json!(self.include_global_service_events));
        add("IsMultiRegionTrail", json!(self.is_multi_region));
        add("LogFileValidationEnabled", json!(self.log_file_validation));
        add("IsOrganizationTrail", json!(self.is_organization));
        add("RecursiveLogging", json!(self.recursive_logging));
        members
    }
}

/// Returns what a request makes of a text: it stays, is replaced, or is cleared.
fn changed(given: &Option<String>, old: &Option<String>) -> Option<String> {
    given.as_ref().or(old.as_ref()).filter(|text| !text.is_empty()).cloned()
}
