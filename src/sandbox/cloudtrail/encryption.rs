//! Whether CloudTrail may encrypt with the key of a trail.

use super::arn::TrailArn;
use super::refuse;
use crate::sandbox::kms::{Key, KeyArn, KeyFault, find_key};
use crate::sandbox::store::State;
use crate::sandbox::wire::Refusal;

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
    let (trail, of_key) = (arn.to_string(), found.to_string());
    let needed = arn.asking(&trail, None).of_key(&of_key, bucket, true);
    if needed.iter().all(|need| key.allows(&need.request)) {
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
