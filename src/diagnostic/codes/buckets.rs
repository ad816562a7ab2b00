//! Buckets: combinations that S3 refuses.

use super::Code;

pub(super) const CODES: &[Code] = &[
    Code::error(
        "bucket-key-alone",
        "A bucket key is on without a KMS key.",
        "An S3 Bucket Key saves requests to KMS, so that it means nothing with SSE-S3. Add `kms_key:`, or remove the line.",
        "S3 User Guide, \"Reducing the cost of SSE-KMS with Amazon S3 Bucket Keys\"",
    ),
    Code::error(
        "object-lock-without-versions",
        "A bucket has Object Lock and does not keep versions.",
        "Object Lock works on versions of objects, and a bucket with it can never stop to keep them.",
        "S3 User Guide, \"Locking objects with Object Lock\"",
    ),
    Code::error(
        "invalid-retention",
        "A retention is not one that AWS takes.",
        "A default retention of a bucket is for days or for years, one or more; a log group keeps events for one of a list of numbers of days.",
        "S3 API Reference, DefaultRetention; CloudWatch Logs API Reference, PutRetentionPolicy",
    ),
    Code::error(
        "invalid-access-logs",
        "The bucket for access logs cannot get them.",
        "S3 writes access logs into a bucket of the same Region, encrypted with SSE-S3, without a default retention.",
        "S3 User Guide, \"Enabling Amazon S3 server access logging\"",
    ),
    Code::error(
        "invalid-lifecycle",
        "A lifecycle rule is not one that S3 takes.",
        "A rule has an id of its own and does something; numbers of days are 1 or more.",
        "S3 API Reference, LifecycleRule",
    ),
    Code::error(
        "policy-too-long",
        "A policy is longer than AWS allows.",
        "A bucket policy has at most 20 KB, a key policy 32 KB, a policy of SNS 30 KB. Merge statements, or remove some.",
        "S3 User Guide, \"Adding a bucket policy by using the Amazon S3 console\"",
    ),
];
