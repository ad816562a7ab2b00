//! What went wrong with a call, classified once.

use std::fmt;

use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use schemars::JsonSchema;
use serde::Serialize;

use super::{answers, gate};
use crate::{
    kinds::CallRecord,
    resource::{ResourceId, region::Region},
};

/// What an error means for who made the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// The thing does not exist.
    NotFound,
    /// The caller may not do this.
    Denied,
    /// The credentials are missing, wrong or over.
    Credentials,
    /// Too many calls. The call had no effect.
    Throttled,
    /// Something else is at work on the same thing. The call had no effect.
    Conflict,
    /// AWS does not see yet what was written just before.
    NotYetVisible,
    /// What is to be created exists. The call had no effect, unless an earlier one of the same run had it.
    AlreadyExists,
    /// AWS refused the call. It had no effect.
    Refused,
    /// The endpoint does not have this call.
    Unsupported,
    /// The endpoint was not reached. The call had no effect.
    Unreachable,
    /// No answer, or one that says nothing: the call may have had its effect.
    Unknown,
}

/// A call that failed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AwsError {
    /// The service and operation: `cloudtrail:CreateTrail`.
    pub call: String,
    /// The Region whose endpoint was asked.
    pub region: Region,
    /// What it means.
    pub class: Class,
    /// AWS's error code, if there was an answer.
    pub code: Option<String>,
    /// AWS's words, or what happened on the way.
    pub message: String,
    /// AWS's id of the request, for its support.
    pub request_id: Option<String>,
    /// What to do about it.
    pub hint: Option<String>,
}

impl AwsError {
    /// Classifies what the SDK returned.
    pub fn new<E>(call: String, region: &Region, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        if gate::is_not_sent(error) {
            let message = gate::NotSent.to_string();
            return Self::own(call, region, Class::Refused, message)
                .hint("run again: the next run continues from here");
        }
        let status = error.raw_response().map(|response| response.status().as_u16());
        let header =
            |name| error.raw_response().and_then(|response| response.headers().get(name)).map(str::to_owned);
        let request_id = header("x-amzn-requestid").or_else(|| header("x-amz-request-id"));
        let code = error.as_service_error().and_then(|error| error.code()).map(str::to_owned);
        let message = match error.as_service_error().and_then(|error| error.message()) {
            Some(message) => message.to_owned(),
            // The SDK adds who of us has said so.
            None if chain(error).ends_with(answers::EMPTY) => answers::EMPTY.to_owned(),
            None => chain(error),
        };
        let class = match error {
            SdkError::ConstructionFailure(_) => Class::Refused,
            SdkError::DispatchFailure(failure) => match failure.as_connector_error() {
                Some(connector) if chain(connector).contains("credential") => Class::Credentials,
                // Timeouts and resets can come after the request was sent; a refused connection cannot.
                Some(connector) if connector.is_io() && never_connected(&chain(connector)) => {
                    Class::Unreachable
                }
                _ => Class::Unknown,
            },
            SdkError::TimeoutError(_) | SdkError::ResponseError(_) => Class::Unknown,
            _ => of_code(code.as_deref(), status, &message),
        };
        let class = if chain(error).contains("CredentialsNotLoaded")
            || chain(error).contains("no providers in chain")
        {
            Class::Credentials
        } else {
            class
        };
        Self { call, region: region.clone(), class, code, message, request_id, hint: None }.with_usual_hint()
    }

    /// Returns the error for a record that no operation of its kind can read: a plan that was edited.
    pub fn not_a_call(record: &CallRecord, error: &serde_json::Error) -> Self {
        let call = format!("{}:{}", record.service, record.operation);
        let message = format!("the parameters are not those of this call: {error}");
        Self::own(call, &record.region, Class::Refused, message).hint("plan again; the call was not sent")
    }

    /// Returns the error for an answer without something that must be in it.
    pub fn incomplete(call: &str, region: &Region, missing: &str) -> Self {
        Self::own(call.to_owned(), region, Class::Unknown, format!("the answer has no {missing}"))
    }

    /// The error of a call whose resource turns out not to be what this run made.
    #[must_use]
    pub fn taken(self, resource: &ResourceId, why: &str) -> Self {
        let message = format!("{resource} exists and {why}");
        let hint = "plan again, and look at whose it is".to_owned();
        Self { class: Class::AlreadyExists, message, hint: Some(hint), ..self }
    }

    /// The error of an adoption that somebody else won, or whose mark is lost.
    pub fn not_adopted(call: String, region: &Region, resource: &ResourceId, why: &str) -> Self {
        let message = format!("{resource} {why}; nothing else was changed on it");
        Self::own(call, region, Class::Conflict, message).hint("plan again, and look at whose it is")
    }

    /// The error of a step that is not begun, since somebody else has changed its resource.
    pub fn changed(call: &CallRecord, resource: &ResourceId, how: &str) -> Self {
        let message = format!("{resource} {how}; nothing was changed on it");
        let name = format!("{}:{}", call.service, call.operation);
        Self::own(name, &call.region, Class::Conflict, message)
            .hint("plan again, and look at what others have changed")
    }

    /// The error of a step after which AWS shows something else than what it wrote.
    pub fn inconsistent(call: &CallRecord, resource: &ResourceId) -> Self {
        let message = format!(
            "{resource} was written, and AWS shows something else than that: somebody else may have changed it"
        );
        let name = format!("{}:{}", call.service, call.operation);
        Self::own(name, &call.region, Class::Conflict, message)
            .hint("plan again, and look at what others have changed")
    }

    /// The error of reading what carries the mark of this run and does not show otherwise.
    pub fn unseen(call: &CallRecord) -> Self {
        let name = format!("{}:{}", call.service, call.operation);
        let message = "its tags say that it was made, and AWS does not show it yet".to_owned();
        Self::own(name, &call.region, Class::NotFound, message)
            .hint("run apply again in some minutes: it will be found by its tags")
    }

    /// The error of a call that was sent again for as long as AWS may need to see what was written before it.
    #[must_use]
    pub fn still_spreading(self) -> Self {
        match self.class {
            Class::Throttled | Class::Conflict => self,
            Class::Denied => {
                let hint = format!(
                    "the caller needs the permission for {}; if it asks for tags, AWS may not see those of this run yet: run apply \
                     again in some minutes",
                    self.call
                );
                self.hint(hint)
            }
            _ => self.hint("AWS does not see yet what this run has written; run apply again in some minutes"),
        }
    }

    /// The error of a call that had no effect, as reading back has shown.
    #[must_use]
    pub fn without_effect(self) -> Self {
        let message = format!("{}; read back, it has had no effect", self.message);
        Self { message, ..self }
    }

    /// The error of a call whose effect could not be read back.
    #[must_use]
    pub fn not_read_back(self, unread: &Self) -> Self {
        let message = format!("{}; whether it has had its effect could not be read: {unread}", self.message);
        Self { message, hint: unread.hint.clone(), ..self }
    }

    /// An error that we find, not AWS.
    fn own(call: String, region: &Region, class: Class, message: String) -> Self {
        Self { call, region: region.clone(), class, code: None, message, request_id: None, hint: None }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Returns whether AWS's error code is this one, with or without the suffix `Exception`.
    pub fn is(&self, code: &str) -> bool {
        self.code.as_deref().is_some_and(|found| found.strip_suffix("Exception").unwrap_or(found) == code)
    }

    fn with_usual_hint(self) -> Self {
        let hint = match self.class {
            Class::Credentials => "set AWS_PROFILE or the AWS_ACCESS_KEY_ID pair, or run `aws sso login`; `--sandbox` needs none".to_owned(),
            Class::Denied => format!("the caller needs the permission for {}", self.call),
            Class::Unreachable => "check the network, the Region and the endpoint URL".to_owned(),
            Class::Unsupported => "this endpoint does not have the call".to_owned(),
            _ => return self,
        };
        self.hint(hint)
    }
}

impl fmt::Display for AwsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}: ", self.call, self.region)?;
        if let Some(code) = &self.code {
            write!(f, "{code}: ")?;
        }
        f.write_str(&self.message)?;
        match &self.request_id {
            Some(id) => write!(f, " (request {id})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for AwsError {}

/// Classifies by AWS's error code (the services' API references), then by HTTP status.
fn of_code(code: Option<&str>, status: Option<u16>, message: &str) -> Class {
    let code = code.unwrap_or_default();
    match code.strip_suffix("Exception").unwrap_or(code) {
        // CloudWatch Logs says so until it sees a new key policy; the code is AccessDenied.
        _ if message.contains("is not allowed to be used with") => Class::NotYetVisible,
        "TrailNotFound"
        | "NoSuchBucket"
        | "NoSuchEntity"
        | "NotFound"
        | "NoSuchTagSet"
        | "NoSuchBucketPolicy"
        | "ResourceNotFound"
        | "NoSuchPublicAccessBlockConfiguration"
        | "OwnershipControlsNotFoundError"
        | "ServerSideEncryptionConfigurationNotFoundError" => Class::NotFound,
        "AccessDenied"
        | "AllAccessDisabled"
        | "AuthorizationError"
        | "Forbidden"
        | "UnauthorizedOperation" => Class::Denied,
        "ExpiredToken"
        | "InvalidClientTokenId"
        | "UnrecognizedClient"
        | "InvalidAccessKeyId"
        | "SignatureDoesNotMatch"
        | "MissingAuthenticationToken"
        | "IncompleteSignature" => Class::Credentials,
        "Throttling"
        | "Throttled"
        | "KMSThrottling"
        | "KmsThrottled"
        | "TooManyRequests"
        | "RequestLimitExceeded"
        | "SlowDown" => Class::Throttled,
        "Conflict"
        | "ConditionalRequestConflict"
        | "OperationAborted"
        | "ConcurrentAccess"
        | "ConcurrentModification"
        | "DeleteConflict"
        | "EntityTemporarilyUnmodifiable" => Class::Conflict,
        "InsufficientS3BucketPolicy"
        | "S3BucketDoesNotExist"
        | "InsufficientEncryptionPolicy"
        | "InsufficientSnsTopicPolicy"
        | "KmsKeyNotFound" => Class::NotYetVisible,
        // The same codes say that an ARN is wrong. Only what the role may do heals.
        "InvalidCloudWatchLogsRoleArn" | "InvalidCloudWatchLogsLogGroupArn"
            if message.contains("Access denied.") =>
        {
            Class::NotYetVisible
        }
        "TrailAlreadyExists"
        | "EntityAlreadyExists"
        | "ResourceAlreadyExists"
        | "BucketAlreadyExists"
        | "BucketAlreadyOwnedByYou"
        | "AlreadyExists" => Class::AlreadyExists,
        // SNS has no code of its own for it.
        "InvalidParameter" if message.contains("already exists with different") => Class::AlreadyExists,
        // Limits of accounts and resources, not of rates.
        "LimitExceeded" => Class::Refused,
        "ServiceUnavailable" | "ServiceFailure" => Class::Unknown,
        "UnknownOperation" | "NotImplemented" | "InvalidAction" => Class::Unsupported,
        _ if message.contains("Unknown CloudTrail action") => Class::Unsupported,
        _ => match status {
            // A proxy may say so too: that something is absent AWS says by a code.
            Some(404) if code.is_empty() => Class::Unknown,
            Some(404) => Class::NotFound,
            Some(403) => Class::Denied,
            Some(429) => Class::Throttled,
            Some(501) => Class::Unsupported,
            // An answer that says yes and cannot be read may be that of a proxy.
            Some(500.. | ..300) | None => Class::Unknown,
            Some(_) => Class::Refused,
        },
    }
}

fn never_connected(chain: &str) -> bool {
    ["onnection refused", "dns error", "failed to lookup", "nreachable", "certificate"]
        .iter()
        .any(|sign| chain.contains(sign))
}

/// Returns an error and its causes, each said once.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = error.to_string();
        if !words.contains(&next) {
            words = format!("{words}: {next}");
        }
        cause = error.source();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_classified_with_and_without_suffix() {
        for (code, status, class) in [
            ("TrailNotFoundException", 400, Class::NotFound),
            ("NoSuchBucketPolicy", 404, Class::NotFound),
            ("AccessDenied", 403, Class::Denied),
            ("ThrottlingException", 400, Class::Throttled),
            ("InsufficientS3BucketPolicyException", 400, Class::NotYetVisible),
            ("InsufficientEncryptionPolicyException", 400, Class::NotYetVisible),
            ("KmsKeyNotFoundException", 400, Class::NotYetVisible),
            ("NotFoundException", 400, Class::NotFound),
            ("NotFound", 404, Class::NotFound),
            ("AuthorizationError", 403, Class::Denied),
            ("ConcurrentAccess", 400, Class::Conflict),
            ("InvalidTrailNameException", 400, Class::Refused),
            ("KMSInvalidStateException", 400, Class::Refused),
            ("MalformedPolicyDocumentException", 400, Class::Refused),
            ("NoSuchEntity", 404, Class::NotFound),
            ("TrailAlreadyExistsException", 400, Class::AlreadyExists),
            ("EntityAlreadyExists", 409, Class::AlreadyExists),
            ("ResourceAlreadyExistsException", 400, Class::AlreadyExists),
            ("BucketAlreadyOwnedByYou", 409, Class::AlreadyExists),
            ("BucketAlreadyExists", 409, Class::AlreadyExists),
            ("AlreadyExistsException", 400, Class::AlreadyExists),
            ("LimitExceeded", 409, Class::Refused),
            ("LimitExceededException", 400, Class::Refused),
            ("DeleteConflict", 409, Class::Conflict),
            ("OperationAbortedException", 400, Class::Conflict),
            ("ServiceUnavailableException", 500, Class::Unknown),
            ("InternalFailure", 500, Class::Unknown),
            ("", 503, Class::Unknown),
            ("", 200, Class::Unknown),
        ] {
            assert_eq!(of_code(Some(code), Some(status), ""), class, "{code}");
        }
    }

    #[test]
    fn what_a_policy_forbids_may_heal_and_what_is_wrong_does_not() {
        let key = "The specified KMS key does not exist or is not allowed to be used with Arn 'arn:l'";
        for (code, message, class) in [
            (
                "InvalidCloudWatchLogsRoleArnException",
                "Access denied. Check the trust relationships for your role.",
                Class::NotYetVisible,
            ),
            (
                "InvalidCloudWatchLogsLogGroupArnException",
                "Access denied. Check the permissions for your role.",
                Class::NotYetVisible,
            ),
            (
                "InvalidCloudWatchLogsLogGroupArnException",
                "CloudTrail cannot validate the specified log group ARN.",
                Class::Refused,
            ),
            ("AccessDeniedException", key, Class::NotYetVisible),
            ("AccessDeniedException", "User is not authorized", Class::Denied),
            (
                "InvalidParameter",
                "Invalid parameter: Tags Reason: Topic already exists with different tags",
                Class::AlreadyExists,
            ),
            ("InvalidParameter", "Invalid parameter: Policy Error: null", Class::Refused),
        ] {
            assert_eq!(of_code(Some(code), Some(400), message), class, "{code}: {message}");
        }
    }
}
