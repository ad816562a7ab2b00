//! Settings of buckets that are one small document each.

use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer, Serialize};

use super::address::{bucket, bucket_mut};
use super::refuse;
use crate::sandbox::store::State;
use crate::sandbox::wire::xml::{document, parse};
use crate::sandbox::wire::{Call, Outcome, Refusal, Reply};

/// What of public access is blocked. A flag that a request omits is off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
pub(super) struct PublicAccessBlock {
    block_public_acls: bool,
    ignore_public_acls: bool,
    pub(super) block_public_policy: bool,
    restrict_public_buckets: bool,
}

impl PublicAccessBlock {
    /// What buckets have from the start.
    pub(super) fn all() -> Self {
        Self {
            block_public_acls: true,
            ignore_public_acls: true,
            block_public_policy: true,
            restrict_public_buckets: true,
        }
    }
}

/// Who owns the objects in a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Ownership {
    BucketOwnerEnforced,
    BucketOwnerPreferred,
    ObjectWriter,
}

/// Reads the header of CreateBucket.
pub(super) fn parse_ownership(text: &str) -> Result<Ownership, Refusal> {
    serde_json::from_value(text.into())
        .map_err(|_| refuse(400, "InvalidArgument", "x-amz-object-ownership has an unknown value"))
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct OwnershipControls {
    rule: Vec<OwnershipRule>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct OwnershipRule {
    object_ownership: Ownership,
}

/// How objects are encrypted unless a request says otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Encryption {
    rule: Vec<EncryptionRule>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct EncryptionRule {
    apply_server_side_encryption_by_default: EncryptionDefault,
    #[serde(default)]
    bucket_key_enabled: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EncryptionDefault {
    #[serde(rename = "SSEAlgorithm")]
    algorithm: Algorithm,
    #[serde(rename = "KMSMasterKeyID", default, skip_serializing_if = "Option::is_none")]
    key: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Algorithm {
    #[serde(rename = "AES256")]
    Aes256,
    #[serde(rename = "aws:kms")]
    Kms,
    #[serde(rename = "aws:kms:dsse")]
    KmsDouble,
}

/// SSE-S3, which no bucket is without.
impl Default for Encryption {
    fn default() -> Self {
        let default = EncryptionDefault { algorithm: Algorithm::Aes256, key: None };
        let rule =
            EncryptionRule { apply_server_side_encryption_by_default: default, bucket_key_enabled: false };
        Self { rule: vec![rule] }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Versioning {
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "versioning_status")]
    status: Option<String>,
    #[serde(default, skip_serializing)]
    mfa_delete: Option<String>,
}

fn versioning_status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    match String::deserialize(deserializer)? {
        text if ["Enabled", "Suspended"].contains(&text.as_str()) => Ok(Some(text)),
        text => Err(D::Error::custom(text)),
    }
}

pub(super) fn get_bucket_versioning(state: &State, call: &Call<'_>) -> Outcome {
    let (_, bucket) = bucket(state, call)?;
    let shown = Versioning { status: bucket.versioning.clone(), mfa_delete: None };
    Ok(Reply::xml(document("VersioningConfiguration", &shown)?))
}

pub(super) fn put_bucket_versioning(state: &mut State, call: &Call<'_>) -> Outcome {
    let (_, bucket) = bucket_mut(state, call)?;
    let versioning: Versioning = body(call, "VersioningConfiguration")?;
    if versioning.mfa_delete.is_some_and(|value| value != "Disabled") {
        return Err(refuse(403, "AccessDenied", "MFA delete needs the root user with its device"));
    }
    let Some(status) = versioning.status else {
        let message = "The versioning configuration has no Status";
        return Err(refuse(400, "IllegalVersioningConfigurationException", message));
    };
    if status == "Suspended" && bucket.object_lock.is_some() {
        let message =
            "An Object Lock configuration is present on this bucket, so versioning cannot be suspended.";
        return Err(refuse(409, "InvalidBucketState", message));
    }
    if status == "Suspended" && bucket.replication.is_some() {
        let message = "A replication configuration is present on this bucket, so the versioning state cannot be changed.";
        return Err(refuse(409, "InvalidBucketState", message));
    }
    bucket.versioning = Some(status);
    Ok(Reply::empty(200))
}

pub(super) fn get_bucket_encryption(state: &State, call: &Call<'_>) -> Outcome {
    let (_, bucket) = bucket(state, call)?;
    Ok(Reply::xml(document("ServerSideEncryptionConfiguration", &bucket.encryption)?))
}

/// Whether the key exists is not asked, here as in S3.
pub(super) fn put_bucket_encryption(state: &mut State, call: &Call<'_>) -> Outcome {
    let (_, bucket) = bucket_mut(state, call)?;
    let encryption: Encryption = body(call, "ServerSideEncryptionConfiguration")?;
    let [rule] = encryption.rule.as_slice() else { return Err(not_one_rule()) };
    let EncryptionDefault { algorithm, key } = &rule.apply_server_side_encryption_by_default;
    if *algorithm == Algorithm::Aes256 && key.is_some() {
        let message = "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms";
        return Err(refuse(400, "InvalidArgument", message));
    }
    bucket.encryption = encryption;
    Ok(Reply::empty(200))
}

pub(super) fn delete_bucket_encryption(state: &mut State, call: &Call<'_>) -> Outcome {
    let (_, bucket) = bucket_mut(state, call)?;
    bucket.encryption = Encryption::default();
    Ok(Reply::empty(204))
}

pub(super) fn get_public_access_block(state: &State, call: &Call<'_>) -> Outcome {
    match bucket(state, call)?.1.public_access_block {
        Some(block) => Ok(Reply::xml(document("PublicAccessBlockConfiguration", &block)?)),
        None => {
            let message = "The public access block configuration was not found";
            Err(refuse(404, "NoSuchPublicAccessBlockConfiguration", message))
        }
    }
}

pub(super) fn put_public_access_block(state: &mut State, call: &Call<'_>) -> Outcome {
    let (_, bucket) = bucket_mut(state, call)?;
    bucket.public_access_block = Some(body(call, "PublicAccessBlockConfiguration")?);
    Ok(Reply::empty(200))
}

pub(super) fn delete_public_access_block(state: &mut State, call: &Call<'_>) -> Outcome {
    let (_, bucket) = bucket_mut(state, call)?;
    bucket.public_access_block = None;
    Ok(Reply::empty(204))
}

pub(super) fn get_bucket_ownership_controls(state: &State, call: &Call<'_>) -> Outcome {
    match bucket(state, call)?.1.ownership {
        Some(object_ownership) => {
            let controls = OwnershipControls { rule: vec![OwnershipRule { object_ownership }] };
            Ok(Reply::xml(document("OwnershipControls", &controls)?))
        }
        None => {
            let message = "The bucket ownership controls were not found";
            Err(refuse(404, "OwnershipControlsNotFoundError", message))
        }
    }
}

pub(super) fn put_bucket_ownership_controls(state: &mut State, call: &Call<'_>) -> Outcome {
    let (_, bucket) = bucket_mut(state, call)?;
    let controls: OwnershipControls = body(call, "OwnershipControls")?;
    let [rule] = controls.rule.as_slice() else { return Err(not_one_rule()) };
    bucket.ownership = Some(rule.object_ownership);
    Ok(Reply::empty(200))
}

pub(super) fn delete_bucket_ownership_controls(state: &mut State, call: &Call<'_>) -> Outcome {
    let (_, bucket) = bucket_mut(state, call)?;
    bucket.ownership = None;
    Ok(Reply::empty(204))
}

fn body<T: DeserializeOwned>(call: &Call<'_>, root: &str) -> Result<T, Refusal> {
    parse(root, call.request.body())
}

fn not_one_rule() -> Refusal {
    refuse(400, "MalformedXML", "The configuration must have one rule")
}
