//! Whether CloudTrail may encrypt with the key of a trail.

use super::arn::TrailArn;
use super::refuse;
use crate::policy::evaluate::Request;
use crate::sandbox::kms::{Key, KeyArn, KeyFault, find_key};
use crate::sandbox::policy::{request_of_service, with};
use crate::sandbox::store::State;
use crate::sandbox::wire::Refusal;

pub(super) const SERVICE: &str = "cloudtrail.amazonaws.com";

/// Returns the ARN of the key that `text` names in any spelling: for `account`, in the Region of the bucket.
pub(super) fn resolve(
    state: &State,
    arn: &TrailArn,
    (bucket, bucket_region): (&str, &str),
    account: &str,
    text: &str,
) -> Result<String, Refusal> {
    let (found, key) = find(state, text, account, bucket_region)?;
    check_usable(&found, key)?;
    let request = |action| request_of_service(SERVICE, action, &found.to_string(), &arn.account);
    let from_trail = |request| with(request, "aws:SourceArn", &arn.to_string());
    let of_trail = |request| with(request, "kms:EncryptionContext:aws:cloudtrail:arn", &arn.to_string());
    let bucket_arn = format!("arn:{}:s3:::{bucket}", arn.partition);
    let of_bucket = |request| with(request, "kms:EncryptionContext:aws:s3:arn", &bucket_arn);
    // Whether a request to decrypt names the trail it comes from is not documented.
    let needed: [Request; 3] = [
        of_bucket(of_trail(from_trail(request("kms:GenerateDataKey")))),
        of_bucket(of_trail(request("kms:Decrypt"))),
        from_trail(request("kms:DescribeKey")),
    ];
    if needed.iter().all(|request| key.allows(request)) {
        return Ok(found.to_string());
    }
    let message = format!("Insufficient permissions to access S3 bucket {bucket} or KMS key {found}.");
    Err(refuse("InsufficientEncryptionPolicyException", message))
}

/// Finds a key in a Region, as CloudTrail says that there is none.
pub(super) fn find<'a>(
    state: &'a State,
    text: &str,
    account: &str,
    region: &str,
) -> Result<(KeyArn, &'a Key), Refusal> {
    match find_key(state, text, account, region) {
        Ok((arn, key)) if arn.region == region => Ok((arn, key)),
        Ok(_) | Err(KeyFault::Absent) => {
            let message = format!("KMS key {text} does not exist in {region}.");
            Err(refuse("KmsKeyNotFoundException", message))
        }
        Err(KeyFault::Malformed) => {
            Err(refuse("InvalidKmsKeyIdException", format!("{text} is not the id of a KMS key.")))
        }
    }
}

pub(super) fn check_usable(arn: &KeyArn, key: &Key) -> Result<(), Refusal> {
    if key.is_usable() && key.is_symmetric() {
        return Ok(());
    }
    Err(refuse("KmsException", format!("{arn} is not an enabled symmetric key.")))
}
