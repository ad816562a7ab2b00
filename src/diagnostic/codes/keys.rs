//! KMS keys: what KMS refuses, and where CloudTrail would not find one.

use super::Code;

pub(super) const CODES: &[Code] = &[
    Code::error(
        "out-of-range",
        "A number is smaller or larger than AWS allows.",
        "The message says what is allowed.",
        "KMS API Reference, EnableKeyRotation and ScheduleKeyDeletion",
    ),
    Code::error(
        "invalid-value",
        "A key is neither enabled nor disabled.",
        "Write `true` or `false`.",
        "KMS API Reference, KeyMetadata",
    ),
    Code::error(
        "invalid-principal",
        "This is not a principal that a key policy can name.",
        "Write the 12 digits of an account in quotes, the ARN of a role or user, or `*` alone.",
        "IAM User Guide, \"AWS JSON policy elements: Principal\"",
    ),
    Code::error(
        "key-region",
        "The key of a trail is in another Region than its bucket.",
        "Log files are encrypted where they are kept. Use a key in the Region of the bucket.",
        "User Guide, \"Configure AWS KMS key policies for CloudTrail\"",
    ),
];
