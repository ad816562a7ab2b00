//! KMS keys: what KMS refuses, who may use them, and what weakens them.

use super::Code;

pub(super) const CODES: &[Code] = &[
    Code::error(
        "key-rotation-period",
        "The period of rotation of a key is out of range.",
        "New key material is made every 90 to 2560 days.",
        "KMS API Reference, EnableKeyRotation",
    ),
    Code::error(
        "key-deletion-window",
        "The time before the deletion of a key is out of range.",
        "A key can be kept from its deletion for 7 to 30 days.",
        "KMS API Reference, ScheduleKeyDeletion",
    ),
    Code::warning(
        "key-without-rotation",
        "A key does not rotate.",
        "With rotation, what one piece of key material protects stays small; the old material still decrypts what it has \
         encrypted.",
        "KMS Developer Guide, \"Rotating AWS KMS keys\"",
    ),
    Code::error(
        "key-state",
        "A key is neither enabled nor disabled.",
        "Write `true` or `false`.",
        "KMS API Reference, KeyMetadata",
    ),
    Code::error(
        "key-description-length",
        "The description of a key is too long.",
        "It has at most 8192 characters.",
        "KMS API Reference, CreateKey",
    ),
    Code::error(
        "key-disabled",
        "A key that is disabled is to encrypt something.",
        "CloudTrail and CloudWatch Logs refuse such a key, and what S3 and SNS are told to encrypt with it fails.",
        "User Guide, \"How CloudTrail uses AWS KMS\"",
    ),
    Code::error(
        "principal-form",
        "A text is not a principal.",
        "A key policy names accounts by their 12 digits, roles and users by their ARNs, and everyone of the account by `*`.",
        "IAM User Guide, \"AWS JSON policy elements: Principal\"",
    ),
    Code::error(
        "principal-account",
        "A principal is a number that is not an account id.",
        "Account ids have 12 digits. In quotes they keep a leading zero.",
        "IAM User Guide, \"AWS JSON policy elements: Principal\"",
    ),
    Code::error(
        "principal-wildcard",
        "The ARN of a principal has a wildcard.",
        "IAM takes the whole of a principal or `*`. Name each role, or the account.",
        "IAM User Guide, \"AWS JSON policy elements: Principal\"",
    ),
    Code::error(
        "principal-not-alone",
        "`*` stands beside other principals.",
        "It is everyone of the account, so that the others say nothing. Remove it, or the others.",
        "trailctl",
    ),
    Code::warning(
        "duplicate-principal",
        "A principal stands in a list twice.",
        "Remove one of them.",
        "trailctl",
    ),
    Code::warning(
        "everyone-reads",
        "Everyone of the account may decrypt log files.",
        "Whoever may read objects of the bucket reads what the account does. Name the roles that shall.",
        "User Guide, \"Configure AWS KMS key policies for CloudTrail\"",
    ),
    Code::warning(
        "everyone-administers",
        "Everyone of the account may administer a key.",
        "Whoever administers a key can give its use to anyone, and delete it. Name the roles that shall, or leave the list \
         empty for the administrators of the account.",
        "KMS Developer Guide, \"Default key policy\"",
    ),
    Code::warning(
        "admin-reads",
        "A principal administers a key and may decrypt with it too.",
        "`admins` is for those who look after the key and shall not read log files. Take the principal out of one of the \
         lists.",
        "trailctl",
    ),
    Code::error(
        "key-locks-out",
        "A statement keeps everybody from changing the policy of a key again.",
        "KMS refuses such a policy as malformed: the key could never be managed any more. Deny it to some only, or let the \
         administrators pass by a condition on `aws:PrincipalArn`.",
        "KMS API Reference, PutKeyPolicy",
    ),
];
