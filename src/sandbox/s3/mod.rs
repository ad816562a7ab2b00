//! S3: buckets with the settings that a log bucket has, and objects as far as a log bucket needs them.
//!
//! A caller reaches the buckets of its own account only; bucket policies are kept and judged for CloudTrail, not for
//! callers. ACLs, object lock, lifecycle and multipart uploads are not simulated.

mod address;
mod buckets;
mod listing;
mod objects;
mod policy;
mod settings;
mod tagging;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub(crate) use self::address::is_bucket_name;
use self::objects::Version;
use self::settings::{Encryption, Ownership, PublicAccessBlock};
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
    region: String,
    created: Timestamp,
    /// `Enabled` or `Suspended`; absent until it is first set.
    versioning: Option<String>,
    encryption: Encryption,
    public_access_block: Option<PublicAccessBlock>,
    ownership: Option<Ownership>,
    /// The policy, as it was given.
    pub(crate) policy: Option<String>,
    tags: BTreeMap<String, String>,
    /// How many versions there ever were.
    version_count: u64,
    /// The versions of each key, the newest last.
    objects: BTreeMap<String, Vec<Version>>,
}

fn refuse(status: u16, code: &'static str, message: &str) -> Refusal {
    Refusal::new(status, code, message)
}
