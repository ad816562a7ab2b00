//! What CreateTrail sets and UpdateTrail changes, and what is refused in it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::arn::TrailArn;
use super::refuse;
use crate::sandbox::s3::is_bucket_name;
use crate::sandbox::tags::Tag;
use crate::sandbox::wire::Refusal;

const MAX_PREFIX: usize = 200;

/// The settings of a trail. Keys, topics and log groups come with the services that have them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    pub(super) bucket: String,
    pub(super) prefix: Option<String>,
    pub(super) include_global_service_events: bool,
    pub(super) is_multi_region: bool,
    pub(super) log_file_validation: bool,
    pub(super) recursive_logging: bool,
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
        }
    }
}

impl Settings {
    /// Returns the settings after a request: what it omits stays, what it gives as `""` is cleared.
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
            prefix: s3_key_prefix.clone().or_else(|| self.prefix.clone()).filter(|prefix| !prefix.is_empty()),
            include_global_service_events: include_global_service_events
                .unwrap_or(self.include_global_service_events),
            is_multi_region: is_multi_region_trail.unwrap_or(self.is_multi_region),
            log_file_validation: enable_log_file_validation.unwrap_or(self.log_file_validation),
            recursive_logging: recursive_logging.unwrap_or(self.recursive_logging),
        };
        settings.check()?;
        check_log_group(cloud_watch_logs_log_group_arn.as_deref(), cloud_watch_logs_role_arn.as_deref())?;
        let is_given = |value: &Option<String>| value.as_ref().is_some_and(|value| !value.is_empty());
        if is_given(kms_key_id) {
            return Err(refuse("KmsKeyNotFoundException", "The KMS key does not exist."));
        }
        if is_given(sns_topic_name) {
            let message = "SNS Topic does not exist or the topic policy is incorrect!";
            return Err(refuse("InsufficientSnsTopicPolicyException", message));
        }
        if *is_organization_trail == Some(true) {
            let message = "The account is not a member of an organization.";
            return Err(refuse("OrganizationsNotInUseException", message));
        }
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
        add("IncludeGlobalServiceEvents", json!(self.include_global_service_events));
        add("IsMultiRegionTrail", json!(self.is_multi_region));
        add("LogFileValidationEnabled", json!(self.log_file_validation));
        add("IsOrganizationTrail", json!(false));
        add("RecursiveLogging", json!(self.recursive_logging));
        members
    }
}

/// Group and role go together: both set, or both cleared.
fn check_log_group(group: Option<&str>, role: Option<&str>) -> Result<(), Refusal> {
    match (group, role) {
        (None, None) | (Some(""), Some("")) => Ok(()),
        (None | Some(""), _) | (_, None | Some("")) => Err(refuse(
            "InvalidCloudWatchLogsRoleArnException",
            "You must specify a role ARN as well as a log group.",
        )),
        (Some(_), Some(_)) => Err(refuse(
            "InvalidCloudWatchLogsLogGroupArnException",
            "Check the log group ARN: CloudTrail can't validate it.",
        )),
    }
}
