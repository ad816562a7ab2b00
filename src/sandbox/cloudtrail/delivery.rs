//! Whether CloudTrail may deliver into the bucket of a trail.

use super::arn::TrailArn;
use super::encryption::SERVICE;
use super::refuse;
use super::settings::Settings;
use crate::policy::evaluate::Request;
use crate::sandbox::policy::{allows, request_of_service, with};
use crate::sandbox::s3::Bucket;
use crate::sandbox::store::State;
use crate::sandbox::wire::Refusal;

/// What CloudTrail writes below `AWSLogs/ACCOUNT/`. The last one stands for anything else.
const WRITTEN: &[&str] =
    &["CloudTrail/check", "CloudTrail-Digest/check", "CloudTrail-Insight/check", "check"];

/// Finds the bucket.
pub(super) fn bucket<'a>(
    state: &'a State,
    arn: &TrailArn,
    settings: &Settings,
) -> Result<&'a Bucket, Refusal> {
    let found = state.buckets.get(&arn.partition).and_then(|buckets| buckets.get(&settings.bucket));
    found.ok_or_else(|| {
        let message = format!("S3 bucket {} does not exist!", settings.bucket);
        refuse("S3BucketDoesNotExistException", message)
    })
}

/// An account of the organization that the policy cannot name one by one: accounts come and go.
const MEMBER: &str = "000000000000";

/// Refuses a bucket whose policy keeps CloudTrail out. For an organization there is a folder for all accounts besides
/// the one of its management account.
pub(super) fn check(
    state: &State,
    arn: &TrailArn,
    settings: &Settings,
    organization: Option<&str>,
) -> Result<(), Refusal> {
    let policy = bucket(state, arn, settings)?.policy.as_deref().unwrap_or_default();
    let name = &settings.bucket;
    let bucket_arn = format!("arn:{}:s3:::{name}", arn.partition);
    let top = match &settings.prefix {
        Some(prefix) => format!("{bucket_arn}/{prefix}/AWSLogs"),
        None => format!("{bucket_arn}/AWSLogs"),
    };
    let mut folders = vec![format!("{top}/{}", arn.account)];
    folders.extend(
        organization
            .into_iter()
            .flat_map(|id| [&arn.account, MEMBER].map(|account| format!("{top}/{id}/{account}"))),
    );
    let keys = folders.iter().flat_map(|folder| WRITTEN.iter().map(move |key| format!("{folder}/{key}")));
    let needed = keys.map(|key| put_object(arn, settings, &key));
    let needed = needed.chain([request(arn, "s3:GetBucketAcl", &bucket_arn)]);
    if needed.into_iter().all(|request| allows(policy, &request)) {
        return Ok(());
    }
    let message = format!("Incorrect S3 bucket policy is detected for bucket: {name}");
    Err(refuse("InsufficientS3BucketPolicyException", message))
}

fn put_object(arn: &TrailArn, settings: &Settings, resource: &str) -> Request {
    let request = request(arn, "s3:PutObject", resource);
    let request = with(request, "s3:x-amz-acl", "bucket-owner-full-control");
    // Without a KMS key of its own a trail writes with SSE-S3.
    match &settings.kms_key {
        None => with(request, "s3:x-amz-server-side-encryption", "AES256"),
        Some(key) => {
            let request = with(request, "s3:x-amz-server-side-encryption", "aws:kms");
            with(request, "s3:x-amz-server-side-encryption-aws-kms-key-id", key)
        }
    }
}

fn request(arn: &TrailArn, action: &str, resource: &str) -> Request {
    with(request_of_service(SERVICE, action, resource, &arn.account), "aws:SourceArn", &arn.to_string())
}
