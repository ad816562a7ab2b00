//! The lock of a stack: its bucket, its key, its lease.

use super::Code;

pub(super) const CODES: &[Code] = &[
    Code::error(
        "lock-bucket-name",
        "No bucket can have the name of the lock's bucket.",
        "The lock is an object in a bucket, which is named by its name alone: 3 to 63 lower-case letters, digits, dots and dashes.",
        "S3 User Guide, \"General purpose bucket naming rules\"",
    ),
    Code::error(
        "lock-in-log-bucket",
        "A trail writes its log files to the bucket of the lock.",
        "A bucket for log files may keep objects from being deleted, and whoever may write the lock there could write over log files. \
         Keep the lock in a bucket of its own.",
        "trailctl",
    ),
    Code::error(
        "lock-in-own-bucket",
        "The spec itself makes the bucket of the lock.",
        "A run takes the lock before it makes anything, so the bucket has to be there before; and a `destroy` would remove it from \
         under its lock. Name a bucket that others manage.",
        "trailctl",
    ),
    Code::error(
        "lock-key",
        "The lock cannot have this key.",
        "The key of an object has at most 1024 bytes. Of the characters, those are taken that S3 calls safe, in parts with one slash \
         between them.",
        "S3 User Guide, \"Naming Amazon S3 objects\"",
    ),
    Code::error(
        "lock-lease",
        "The lease of the lock is too short or too long.",
        "A run that is alive renews its lease each third of it, and sends nothing when what is left could be shorter than a call. \
         After a run that was killed the next one waits for the lease to end: 60 to 3600 seconds.",
        "trailctl",
    ),
];
