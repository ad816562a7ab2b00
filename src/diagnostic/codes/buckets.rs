//! Buckets: combinations that S3 refuses, and what leaves log files less safe.

use super::Code;

pub(super) const CODES: &[Code] = &[
    Code::error(
        "bucket-key-alone",
        "A bucket key is on without a KMS key.",
        "An S3 Bucket Key saves requests to KMS, so that it means nothing with SSE-S3. Add `kms_key:`, or remove the line.",
        "S3 User Guide, \"Reducing the cost of SSE-KMS with Amazon S3 Bucket Keys\"",
    ),
    Code::error(
        "bucket-key-region",
        "The key of a bucket is in another Region than the bucket.",
        "S3 does not look at the key when it is set. Every object that is to be encrypted with it would fail, log files too.",
        "S3 API Reference, PutBucketEncryption",
    ),
    Code::error(
        "object-lock-without-versions",
        "A bucket has Object Lock and does not keep versions.",
        "Object Lock works on versions of objects, and a bucket with it can never stop to keep them.",
        "S3 User Guide, \"Locking objects with Object Lock\"",
    ),
    Code::error(
        "object-lock-without-period",
        "A default retention says neither days nor years.",
        "Write one of the two: `days` or `years`.",
        "S3 API Reference, DefaultRetention",
    ),
    Code::error(
        "object-lock-two-periods",
        "A default retention says days and years.",
        "Write one of the two: `days` or `years`.",
        "S3 API Reference, DefaultRetention",
    ),
    Code::error(
        "object-lock-period",
        "A default retention is too short or too long.",
        "Objects are retained for 1 to 36,500 days, or for 1 to 100 years.",
        "S3 API Reference, DefaultRetention",
    ),
    Code::warning(
        "expiry-within-lock",
        "Objects expire before their retention ends.",
        "An object that expires is hidden by a delete marker while its version is still locked: it looks deleted, and is kept \
         and paid for.",
        "S3 User Guide, \"Locking objects with Object Lock\"",
    ),
    Code::error(
        "access-logs-to-itself",
        "A bucket logs its requests into itself.",
        "Every log that is written would be a request that is logged. Name another bucket.",
        "S3 User Guide, \"Enabling Amazon S3 server access logging\"",
    ),
    Code::error(
        "access-logs-region",
        "The bucket for access logs is in another Region.",
        "S3 writes access logs into a bucket of the same Region and account.",
        "S3 User Guide, \"Enabling Amazon S3 server access logging\"",
    ),
    Code::error(
        "access-logs-encryption",
        "The bucket for access logs is encrypted with a KMS key.",
        "S3 writes access logs only where SSE-S3 is the default encryption.",
        "S3 User Guide, \"Enabling Amazon S3 server access logging\"",
    ),
    Code::error(
        "access-logs-retention",
        "The bucket for access logs has a default retention.",
        "S3 does not write access logs into a bucket with one.",
        "S3 User Guide, \"Enabling Amazon S3 server access logging\"",
    ),
    Code::warning(
        "access-logs-prefix",
        "The prefix of access logs starts with a slash.",
        "S3 takes it as it is, and the keys of the logs begin with a folder without a name.",
        "S3 User Guide, \"Enabling Amazon S3 server access logging\"",
    ),
    Code::warning(
        "bucket-without-versions",
        "A bucket does not keep old versions.",
        "Who may write to it may overwrite or delete log files without a trace.",
        "User Guide, \"Security best practices in AWS CloudTrail\"",
    ),
    Code::warning(
        "bucket-without-tls",
        "A bucket takes requests without TLS.",
        "The log files tell what an account does. `tls_only` adds a statement to the policy that denies such requests, and \
         CloudTrail uses TLS.",
        "S3 User Guide, \"Security best practices for Amazon S3\"",
    ),
    Code::warning(
        "public-access-not-blocked",
        "Public access to a bucket is not blocked.",
        "All four settings are on in new buckets, and no log file needs one of them off.",
        "S3 User Guide, \"Blocking public access to your Amazon S3 storage\"",
    ),
    Code::warning(
        "object-writer-owns",
        "Log files belong to who writes them.",
        "With `ObjectWriter` the owner of a log file is CloudTrail's account, and the bucket's owner reads it by an access \
         control list only.",
        "S3 User Guide, \"Controlling ownership of objects and disabling ACLs for your bucket\"",
    ),
    Code::warning(
        "access-control-lists-on",
        "Access control lists work in a bucket.",
        "With `BucketOwnerPreferred` a single log file can be opened to others beside the policy. `BucketOwnerEnforced` \
         switches the lists off and takes what CloudTrail writes.",
        "S3 User Guide, \"Controlling ownership of objects and disabling ACLs for your bucket\"",
    ),
    Code::warning(
        "bucket-without-lifecycle",
        "A bucket keeps log files and all their old versions for ever.",
        "Storage is paid for every month. Add a `lifecycle` rule that moves log files to a colder class or ends their time. An \
         entry that is empty but for name, Region and tags is left alone: there the safe default, to keep everything, is the \
         choice.",
        "trailctl",
    ),
    Code::error(
        "policy-too-long",
        "A policy is longer than AWS allows.",
        "A bucket policy has at most 20 KB, a key policy 32 KB, a policy of SNS 30 KB, with the statements that \
         trailctl adds to it. Merge statements, or remove some, or name fewer people.",
        "S3 User Guide, \"Adding a bucket policy by using the Amazon S3 console\"",
    ),
];
