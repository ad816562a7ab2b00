//! The lifecycle of objects.

use super::Code;

pub(super) const CODES: &[Code] = &[
    Code::error(
        "lifecycle-too-many-rules",
        "A bucket has too many lifecycle rules.",
        "S3 takes 1000 rules. Merge those that do the same.",
        "S3 API Reference, PutBucketLifecycleConfiguration",
    ),
    Code::error(
        "lifecycle-id-empty",
        "A lifecycle rule has an empty id.",
        "S3 would make one up, and every plan would find a difference.",
        "S3 API Reference, LifecycleRule",
    ),
    Code::error(
        "lifecycle-id-length",
        "The id of a lifecycle rule is too long.",
        "Ids have at most 255 characters.",
        "S3 API Reference, LifecycleRule",
    ),
    Code::error(
        "lifecycle-id-duplicate",
        "Two lifecycle rules have one id.",
        "Give every rule an id of its own.",
        "S3 API Reference, LifecycleRule",
    ),
    Code::error(
        "lifecycle-does-nothing",
        "A lifecycle rule has no action.",
        "Add `expire_days`, `transitions` or another action, or remove the rule.",
        "S3 API Reference, LifecycleRule",
    ),
    Code::error(
        "lifecycle-days",
        "A number of days is smaller than 1.",
        "Objects expire after one day or later.",
        "S3 API Reference, LifecycleExpiration",
    ),
    Code::error(
        "lifecycle-markers-with-expiry",
        "A lifecycle rule has `expire_days` and `expire_delete_markers`.",
        "S3 takes one of the two in a rule. Put `expire_delete_markers` into a rule of its own.",
        "S3 API Reference, LifecycleExpiration",
    ),
    Code::error(
        "lifecycle-keep-number",
        "A lifecycle rule keeps a number of old versions that S3 cannot.",
        "S3 keeps 1 to 100 of them. Write a number of those.",
        "S3 API Reference, NoncurrentVersionExpiration",
    ),
    Code::error(
        "lifecycle-keep-alone",
        "A lifecycle rule keeps old versions from a deletion that it does not do.",
        "`noncurrent_keep` is an exception to `noncurrent_expire_days`, which is missing.",
        "S3 API Reference, NoncurrentVersionExpiration",
    ),
    Code::warning(
        "lifecycle-of-no-versions",
        "A lifecycle rule is about old versions in a bucket that makes none.",
        "Remove the line, or let the bucket keep versions.",
        "S3 User Guide, \"Retaining multiple versions of objects with S3 Versioning\"",
    ),
    Code::warning(
        "lifecycle-versions-stay",
        "Objects expire, and their old versions stay for ever.",
        "In a bucket that keeps versions, an object that expires becomes an old version behind a delete marker, and is still \
         paid for. Add `noncurrent_expire_days`.",
        "S3 User Guide, \"Lifecycle configuration elements\"",
    ),
    Code::error(
        "lifecycle-prefix-length",
        "The prefix of a lifecycle rule is longer than any key.",
        "Keys of objects have at most 1024 bytes.",
        "S3 User Guide, \"Naming Amazon S3 objects\"",
    ),
    Code::warning(
        "lifecycle-prefix-of-nothing",
        "No log file of the trails has a key with the prefix of a lifecycle rule.",
        "CloudTrail writes below `PREFIX/AWSLogs/`. A rule for another prefix does nothing to the log files.",
        "User Guide, \"Getting and viewing your CloudTrail log files\"",
    ),
    Code::warning(
        "unknown-storage-class",
        "A storage class is not known.",
        "It may be newer than this trailctl, or misspelt.",
        "S3 API Reference, Transition",
    ),
    Code::error(
        "transition-to-no-target",
        "Objects cannot move to this storage class.",
        "Objects are written to `STANDARD` and some other classes and never moved there by a rule.",
        "S3 User Guide, \"Transitioning objects using Amazon S3 Lifecycle\"",
    ),
    Code::error(
        "transition-days",
        "The days before a transition are fewer than 0.",
        "Write `0` or more.",
        "S3 API Reference, Transition",
    ),
    Code::error(
        "transition-too-soon",
        "Objects move to a class for infrequent access too soon.",
        "They stay where they are written for 30 days at least before they move to `STANDARD_IA` or `ONEZONE_IA`.",
        "S3 User Guide, \"Transitioning objects using Amazon S3 Lifecycle\"",
    ),
    Code::error(
        "transition-twice",
        "Objects move to one storage class twice.",
        "Remove one of the transitions.",
        "S3 API Reference, Transition",
    ),
    Code::error(
        "transition-order",
        "Objects move to a colder class before they move to a warmer one.",
        "They can move to colder classes only, each later than the one before.",
        "S3 User Guide, \"Transitioning objects using Amazon S3 Lifecycle\"",
    ),
    Code::error(
        "transition-gap",
        "Objects move on from a class for infrequent access too soon.",
        "They stay in `STANDARD_IA` and `ONEZONE_IA` for 30 days at least.",
        "S3 User Guide, \"Transitioning objects using Amazon S3 Lifecycle\"",
    ),
    Code::error(
        "transition-after-expiry",
        "Objects are gone before a transition, or on its day.",
        "They must expire later than they move.",
        "S3 API Reference, LifecycleExpiration",
    ),
];
