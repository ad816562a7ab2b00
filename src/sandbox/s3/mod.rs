//! S3: buckets with the settings that a log bucket has, and objects as far as a log bucket needs them.
//!
//! A caller reaches the buckets of its own account only; bucket policies are kept and judged for CloudTrail, not for
//! callers. Lifecycle, object lock, logging, notifications and replication are kept without effect. ACLs and multipart uploads are not
//! simulated.

mod address;
mod buckets;
mod lifecycle;
mod listing;
mod logging;
mod notification;
mod object_lock;
mod objects;
mod policy;
mod replication;
mod settings;
mod tagging;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub(crate) use self::address::is_bucket_name;
use self::lifecycle::Lifecycle;
use self::logging::Logging;
use self::notification::Notifications;
use self::object_lock::ObjectLock;
use self::objects::Version;
use self::replication::Replication;
use self::settings::{Encryption, Ownership, PublicAccessBlock};
pub(crate) use self::tagging::tagged;
use super::wire::{Operation, Protocol, Refusal, Service};

/// The service.
pub(crate) static SERVICE: Service = Service {
    signing_name: "s3",
    protocol: Protocol::RestXml { operation: address::operation },
    operations: &[
        Operation::write("CreateBucket", buckets::create_bucket),
        Operation::write("DeleteBucket", buckets::delete_bucket),
        Operation::read("HeadBucket", buckets::head_bucket),
        Operation::read("ListBuckets", buckets::list_buckets),
        Operation::read("GetBucketLocation", buckets::get_bucket_location),
        Operation::read("GetBucketVersioning", settings::get_bucket_versioning),
        Operation::write("PutBucketVersioning", settings::put_bucket_versioning),
        Operation::read("GetBucketEncryption", settings::get_bucket_encryption),
        Operation::write("PutBucketEncryption", settings::put_bucket_encryption),
        Operation::write("DeleteBucketEncryption", settings::delete_bucket_encryption),
        Operation::read("GetPublicAccessBlock", settings::get_public_access_block),
        Operation::write("PutPublicAccessBlock", settings::put_public_access_block),
        Operation::write("DeletePublicAccessBlock", settings::delete_public_access_block),
        Operation::read("GetBucketOwnershipControls", settings::get_bucket_ownership_controls),
        Operation::write("PutBucketOwnershipControls", settings::put_bucket_ownership_controls),
        Operation::write("DeleteBucketOwnershipControls", settings::delete_bucket_ownership_controls),
        Operation::read("GetBucketPolicy", policy::get_bucket_policy),
        Operation::write("PutBucketPolicy", policy::put_bucket_policy),
        Operation::write("DeleteBucketPolicy", policy::delete_bucket_policy),
        Operation::read("GetBucketTagging", tagging::get_bucket_tagging),
        Operation::write("PutBucketTagging", tagging::put_bucket_tagging),
        Operation::write("DeleteBucketTagging", tagging::delete_bucket_tagging),
        Operation::read("GetBucketLifecycleConfiguration", lifecycle::get_bucket_lifecycle),
        Operation::write("PutBucketLifecycleConfiguration", lifecycle::put_bucket_lifecycle),
        Operation::write("DeleteBucketLifecycle", lifecycle::delete_bucket_lifecycle),
        Operation::read("GetBucketLogging", logging::get_bucket_logging),
        Operation::write("PutBucketLogging", logging::put_bucket_logging),
        Operation::read("GetObjectLockConfiguration", object_lock::get_object_lock_configuration),
        Operation::write("PutObjectLockConfiguration", object_lock::put_object_lock_configuration),
        Operation::read("GetBucketNotificationConfiguration", notification::get_bucket_notification),
        Operation::write("PutBucketNotificationConfiguration", notification::put_bucket_notification),
        Operation::read("GetBucketReplication", replication::get_bucket_replication),
        Operation::write("PutBucketReplication", replication::put_bucket_replication),
        Operation::write("DeleteBucketReplication", replication::delete_bucket_replication),
        Operation::write("PutObject", objects::put_object),
        Operation::read("GetObject", objects::get_object),
        Operation::read("HeadObject", objects::get_object),
        Operation::write("DeleteObject", objects::delete_object),
        Operation::read("ListObjectsV2", listing::list_objects),
        Operation::read("ListObjectVersions", listing::list_object_versions),
    ],
};

/// A bucket. Its name is where it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bucket {
    account: String,
    pub(crate) region: String,
    created: Timestamp,
    /// `Enabled` or `Suspended`; absent until it is first set.
    versioning: Option<String>,
    encryption: Encryption,
    public_access_block: Option<PublicAccessBlock>,
    ownership: Option<Ownership>,
    /// The policy, as it was given.
    pub(crate) policy: Option<String>,
    tags: BTreeMap<String, String>,
    #[serde(default)]
    lifecycle: Option<Lifecycle>,
    #[serde(default)]
    logging: Logging,
    #[serde(default)]
    object_lock: Option<ObjectLock>,
    #[serde(default)]
    notifications: Notifications,
    #[serde(default)]
    replication: Option<Replication>,
    /// How many versions there ever were.
    version_count: u64,
    /// The versions of each key, the newest last.
    objects: BTreeMap<String, Vec<Version>>,
}

fn refuse(status: u16, code: &'static str, message: &str) -> Refusal {
    Refusal::new(status, code, message)
}
