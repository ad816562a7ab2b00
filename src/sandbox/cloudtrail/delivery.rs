//! Whether CloudTrail may deliver into the bucket of a trail.

use super::arn::TrailArn;
use super::encryption;
use super::refuse;
use super::settings::Settings;
use crate::sandbox::policy::allows;
use crate::sandbox::s3::Bucket;
use crate::sandbox::store::State;
use crate::sandbox::wire::Refusal;

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
    let (trail, prefix, key) = (arn.to_string(), settings.prefix.as_deref(), settings.kms_key.as_deref());
    let needed = arn.asking(&trail, organization).of_bucket(name, prefix, key);
    if needed.iter().all(|need| allows(policy, &need.request)) {
        return Ok(());
    }
    let message = format!("Incorrect S3 bucket policy is detected for bucket: {name}");
    Err(refuse("InsufficientS3BucketPolicyException", message))
}

/// Returns the code of the error that a delivery meets, as `GetTrailStatus` shows it.
pub(super) fn problem(state: &State, arn: &TrailArn, settings: &Settings) -> Option<&'static str> {
    let Ok(bucket) = bucket(state, arn, settings) else { return Some("NoSuchBucket") };
    let may_encrypt = settings.kms_key.as_deref().is_none_or(|key| {
        encryption::resolve(state, arn, (&settings.bucket, &bucket.region), &arn.account, key).is_ok()
    });
    (check(state, arn, settings, None).is_err() || !may_encrypt).then_some("AccessDenied")
}
