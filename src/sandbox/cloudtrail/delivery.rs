//! Whether CloudTrail may deliver into the bucket of a trail.

use std::collections::BTreeMap;

use serde_json::Value;

use super::arn::TrailArn;
use super::refuse;
use super::settings::Settings;
use crate::policy::evaluate::{Decision, Principal, Request, evaluate};
use crate::sandbox::store::State;
use crate::sandbox::wire::Refusal;

/// What CloudTrail writes below `AWSLogs/ACCOUNT/`. The last one stands for anything else.
const WRITTEN: &[&str] =
    &["CloudTrail/check", "CloudTrail-Digest/check", "CloudTrail-Insight/check", "check"];

/// Refuses a bucket that does not exist, or whose policy keeps CloudTrail out.
pub(super) fn check(state: &State, arn: &TrailArn, settings: &Settings) -> Result<(), Refusal> {
    let name = &settings.bucket;
    let Some(bucket) = state.buckets.get(&arn.partition).and_then(|buckets| buckets.get(name)) else {
        let message = format!("S3 bucket {name} does not exist!");
        return Err(refuse("S3BucketDoesNotExistException", message));
    };
    let policy = bucket.policy.as_deref().and_then(|text| serde_json::from_str(text).ok());
    let bucket_arn = format!("arn:{}:s3:::{name}", arn.partition);
    let folder = match &settings.prefix {
        Some(prefix) => format!("{bucket_arn}/{prefix}/AWSLogs/{}", arn.account),
        None => format!("{bucket_arn}/AWSLogs/{}", arn.account),
    };
    let needed = WRITTEN.iter().map(|key| put_object(arn, format!("{folder}/{key}")));
    let needed = needed.chain([request(arn, "s3:GetBucketAcl", bucket_arn)]);
    if needed.into_iter().all(|request| is_allowed(policy.as_ref(), &request)) {
        return Ok(());
    }
    let message = format!("Incorrect S3 bucket policy is detected for bucket: {name}");
    Err(refuse("InsufficientS3BucketPolicyException", message))
}

fn is_allowed(policy: Option<&Value>, request: &Request) -> bool {
    policy.is_some_and(|policy| matches!(evaluate(policy, request), Decision::Allowed { .. }))
}

fn put_object(arn: &TrailArn, resource: String) -> Request {
    let mut request = request(arn, "s3:PutObject", resource);
    // Without a KMS key of its own a trail writes with SSE-S3.
    for (key, value) in
        [("s3:x-amz-acl", "bucket-owner-full-control"), ("s3:x-amz-server-side-encryption", "AES256")]
    {
        request.context.insert(key.to_owned(), vec![value.to_owned()]);
    }
    request
}

fn request(arn: &TrailArn, action: &str, resource: String) -> Request {
    let context = [
        ("aws:SourceArn", arn.to_string()),
        ("aws:SourceAccount", arn.account.clone()),
        ("aws:SecureTransport", "true".to_owned()),
        ("aws:PrincipalIsAWSService", "true".to_owned()),
        ("aws:PrincipalServiceName", "cloudtrail.amazonaws.com".to_owned()),
    ];
    Request {
        principal: Principal::Service("cloudtrail.amazonaws.com".to_owned()),
        action: action.to_owned(),
        resource,
        context: BTreeMap::from(context.map(|(key, value)| (key.to_owned(), vec![value]))),
    }
}
