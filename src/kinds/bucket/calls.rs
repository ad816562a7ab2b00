//! The S3 requests that change a bucket, and which of them lead from one state to another.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Bucket, Encryption, ObjectLock, ObjectOwnership, PublicAccessBlock, lifecycle::Rule};
use crate::{
    kinds::Target,
    policy::document::PolicyDocument,
    resource::{
        owner::{self, Tags},
        region::Region,
    },
};

/// A request to S3, with its parameters (API Reference).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "operation", content = "parameters", rename_all_fields = "PascalCase")]
#[expect(missing_docs, reason = "these are AWS's own names")]
pub enum Call {
    CreateBucket {
        bucket: String,
        /// Left out in us-east-1, which has no location constraint.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        location_constraint: Option<Region>,
        object_ownership: ObjectOwnership,
        tags: Tags,
    },
    PutPublicAccessBlock {
        bucket: String,
        block_public_acls: bool,
        ignore_public_acls: bool,
        block_public_policy: bool,
        restrict_public_buckets: bool,
    },
    PutBucketOwnershipControls {
        bucket: String,
        object_ownership: ObjectOwnership,
    },
    PutBucketVersioning {
        bucket: String,
        status: Status,
    },
    PutBucketEncryption {
        bucket: String,
        #[serde(rename = "SSEAlgorithm")]
        sse_algorithm: String,
        #[serde(rename = "KMSMasterKeyID", default, skip_serializing_if = "Option::is_none")]
        kms_master_key_id: Option<String>,
        bucket_key_enabled: bool,
    },
    PutBucketTagging {
        bucket: String,
        tag_set: Tags,
    },
    PutBucketPolicy {
        bucket: String,
        policy: Value,
    },
    DeleteBucketPolicy {
        bucket: String,
    },
    /// Without a target the logging ends.
    PutBucketLogging {
        bucket: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        target_bucket: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        target_prefix: Option<String>,
    },
    /// Without a default retention Object Lock stays on, and new objects are retained no longer.
    PutObjectLockConfiguration {
        bucket: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        default_retention: Option<ObjectLock>,
    },
    PutBucketLifecycleConfiguration {
        bucket: String,
        rules: Vec<Rule>,
    },
    DeleteBucketLifecycle {
        bucket: String,
    },
    DeleteBucket {
        bucket: String,
    },
}

/// Whether a bucket keeps old versions. It can never be switched off again, only suspended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "these are AWS's own names")]
pub enum Status {
    Enabled,
    Suspended,
}

/// Returns the calls that lead from `old` to `new`.
///
/// A new bucket is set up completely, also where AWS's defaults would do: the defaults depend on the age of the bucket
/// and on the endpoint. Protections come before the policy.
pub(super) fn calls(target: &Target<'_>, old: Option<&Bucket>, new: Option<&Bucket>) -> Vec<Call> {
    let bucket = target.id.name.clone();
    let Some(new) = new else {
        return old.map(|_| Call::DeleteBucket { bucket }).into_iter().collect();
    };
    let region = &target.id.region;
    let mut calls = Vec::new();
    if old.is_none() {
        let tags = owner::with_nonce(&new.tags, new.protect);
        calls.push(Call::CreateBucket {
            bucket: bucket.clone(),
            location_constraint: (region.as_str() != "us-east-1").then(|| region.clone()),
            object_ownership: new.object_ownership,
            tags: tags.clone(),
        });
        // AWS has them from CreateBucket. Other endpoints ignore them there, and what has no owner is lost to us.
        calls.push(Call::PutBucketTagging { bucket: bucket.clone(), tag_set: tags });
    }
    let Bucket {
        name: _,   // another name is another bucket
        region: _, // a bucket cannot be moved; the plan refuses
        versioning,
        encryption,
        public_access_block,
        object_ownership,
        tls_only: _, // a statement of the policy
        access_logs,
        object_lock,
        lifecycle,
        policy,
        tags,
        protect,
        adopt: _, // says what the plan may do
    } = new;
    let wanted_tags = owner::with_protection(tags, *protect);
    if old.is_some_and(|old| owner::with_protection(&old.tags, old.protect) != wanted_tags) {
        calls.push(Call::PutBucketTagging { bucket: bucket.clone(), tag_set: wanted_tags });
    }
    if old.is_none_or(|old| old.public_access_block != *public_access_block) {
        calls.push(put_public_access_block(&bucket, public_access_block));
    }
    if old.is_none_or(|old| old.object_ownership != *object_ownership) {
        let object_ownership = *object_ownership;
        calls.push(Call::PutBucketOwnershipControls { bucket: bucket.clone(), object_ownership });
    }
    if old.map_or(*versioning, |old| old.versioning != *versioning) {
        let status = if *versioning { Status::Enabled } else { Status::Suspended };
        calls.push(Call::PutBucketVersioning { bucket: bucket.clone(), status });
    }
    if old.is_none_or(|old| old.encryption != *encryption) {
        calls.push(put_encryption(&bucket, encryption));
    }
    // Only a bucket with versions can have it, and then their keeping cannot be suspended.
    if old.map_or(object_lock.is_some(), |old| old.object_lock != *object_lock) {
        let default_retention = object_lock.clone();
        calls.push(Call::PutObjectLockConfiguration { bucket: bucket.clone(), default_retention });
    }
    if old.map_or(!lifecycle.is_empty(), |old| old.lifecycle != *lifecycle) {
        calls.push(put_lifecycle(&bucket, lifecycle));
    }
    if old.map_or(!policy.statements.is_empty(), |old| old.policy != *policy) {
        calls.push(put_policy(bucket.clone(), policy));
    }
    if old.map_or(access_logs.is_some(), |old| old.access_logs != *access_logs) {
        calls.push(Call::PutBucketLogging {
            bucket,
            target_bucket: access_logs.as_ref().map(|logs| logs.bucket.as_str().to_owned()),
            target_prefix: access_logs.as_ref().map(|logs| logs.prefix.clone()),
        });
    }
    calls
}

fn put_public_access_block(bucket: &str, block: &PublicAccessBlock) -> Call {
    Call::PutPublicAccessBlock {
        bucket: bucket.to_owned(),
        block_public_acls: block.0.block_public_acls,
        ignore_public_acls: block.0.ignore_public_acls,
        block_public_policy: block.0.block_public_policy,
        restrict_public_buckets: block.0.restrict_public_buckets,
    }
}

fn put_encryption(bucket: &str, encryption: &Encryption) -> Call {
    let key = encryption.kms_key.as_ref();
    Call::PutBucketEncryption {
        bucket: bucket.to_owned(),
        sse_algorithm: if key.is_some() { "aws:kms" } else { "AES256" }.to_owned(),
        kms_master_key_id: key.map(|key| key.as_str().to_owned()),
        bucket_key_enabled: encryption.bucket_key,
    }
}

fn put_lifecycle(bucket: &str, rules: &[Rule]) -> Call {
    let bucket = bucket.to_owned();
    if rules.is_empty() {
        return Call::DeleteBucketLifecycle { bucket };
    }
    Call::PutBucketLifecycleConfiguration { bucket, rules: rules.to_vec() }
}

fn put_policy(bucket: String, policy: &PolicyDocument) -> Call {
    match policy.to_json() {
        Some(policy) => Call::PutBucketPolicy { bucket, policy },
        None => Call::DeleteBucketPolicy { bucket },
    }
}
