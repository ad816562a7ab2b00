//! References between entries, and to what others manage.

use super::Code;

pub(super) const CODES: &[Code] = &[
    Code::error(
        "unknown-reference",
        "A reference names no entry.",
        "A text names an entry of this spec; what others manage is named by `{existing: NAME}`.",
        "trailctl",
    ),
    Code::error(
        "reference-of-other-kind",
        "A reference names an entry of another kind.",
        "A trail writes to a bucket and is encrypted with a KMS key: each attribute names entries of one kind.",
        "trailctl",
    ),
    Code::error(
        "existing-is-declared",
        "`{existing: …}` names what this spec describes.",
        "An entry is managed by this spec, an existing resource by others: it cannot be both. Name the entry.",
        "trailctl",
    ),
    Code::error(
        "circle",
        "Entries refer to each other in a circle.",
        "Neither could be made before the other.",
        "trailctl",
    ),
    Code::error(
        "malformed-arn",
        "A text is not an ARN.",
        "An ARN has six parts: `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`. The message shows one of the right kind.",
        "AWS General Reference, \"Amazon Resource Names (ARNs)\"",
    ),
    Code::error(
        "arn-service",
        "An ARN is of another service.",
        "The message shows how an ARN of the right kind is written.",
        "AWS General Reference, \"Amazon Resource Names (ARNs)\"",
    ),
    Code::error(
        "arn-resource-type",
        "An ARN is of another type of resource.",
        "A service has ARNs for several types: roles and users, log groups and their streams, topics and subscriptions. The \
         message shows the one that is wanted.",
        "AWS General Reference, \"Amazon Resource Names (ARNs)\"",
    ),
    Code::error(
        "arn-region",
        "An ARN lacks its Region, or has one where there is none.",
        "Keys, topics and log groups live in a Region; what IAM has lives in none.",
        "AWS General Reference, \"Amazon Resource Names (ARNs)\"",
    ),
    Code::error(
        "arn-account",
        "The account in an ARN is not one.",
        "Account ids have 12 digits. Only the managed policies of AWS have `aws` there.",
        "AWS General Reference, \"Amazon Resource Names (ARNs)\"",
    ),
    Code::error(
        "arn-partition",
        "An ARN is of another partition than the spec, or of none.",
        "Partitions share nothing: what is in one cannot be used in another.",
        "AWS General Reference, \"Amazon Resource Names (ARNs)\"",
    ),
    Code::error(
        "arn-wildcard",
        "An ARN has wildcards.",
        "It must name one resource.",
        "AWS General Reference, \"Amazon Resource Names (ARNs)\"",
    ),
    Code::error(
        "existing-bucket-arn",
        "An existing bucket is named by its ARN.",
        "CloudTrail and S3 want the name.",
        "API Reference, CreateTrail",
    ),
    Code::error(
        "existing-bucket-name",
        "There can be no bucket of this name.",
        "S3 or CloudTrail would refuse the name.",
        "S3 User Guide, \"General purpose bucket naming rules\"",
    ),
    Code::error(
        "existing-key-form",
        "An existing key is named by neither its ARN nor its alias.",
        "The bare id of a key does not tell its Region and account. Write `{existing: KEY-ARN}`, or `{existing: alias/NAME}` \
         for a key of the same account and Region.",
        "trailctl",
    ),
    Code::warning(
        "existing-key-id",
        "An existing key has an id that does not look like one.",
        "KMS makes ids of 32 hexadecimal digits: with dashes between them, or behind `mrk-` for multi-Region keys.",
        "KMS Developer Guide, \"Key identifiers (KeyId)\"",
    ),
    Code::error(
        "existing-alias-name",
        "There can be no alias of this name.",
        "Behind `alias/` there are 1 to 250 ASCII letters, digits, `/`, `_` and `-`.",
        "KMS API Reference, CreateAlias",
    ),
    Code::error(
        "existing-topic-name",
        "There can be no topic of this name.",
        "Write the name of a topic of the same account and Region, or the ARN of any.",
        "SNS API Reference, CreateTopic",
    ),
    Code::error(
        "existing-log-group-name",
        "There can be no log group of this name.",
        "Write the name of a log group in the home Region of the trail, or its ARN.",
        "CloudWatch Logs API Reference, CreateLogGroup",
    ),
    Code::error(
        "existing-role-name",
        "There can be no role of this name.",
        "Write the name of the role without its path, or its ARN with it.",
        "IAM API Reference, CreateRole",
    ),
    Code::error(
        "existing-fifo-topic",
        "An existing topic is a FIFO topic.",
        "CloudTrail publishes to standard topics.",
        "SNS API Reference, CreateTopic",
    ),
    Code::error(
        "aws-managed-key",
        "A key is one that AWS manages.",
        "The policy of such a key cannot be changed, so that it never lets CloudTrail or CloudWatch Logs in. Use a key of your \
         own. A bucket may have one if all its trails have keys of their own.",
        "User Guide, \"Configure AWS KMS key policies for CloudTrail\"",
    ),
    Code::error(
        "log-group-account",
        "An existing log group is in another account than the spec.",
        "CloudTrail writes to log groups of the account that makes the trail.",
        "User Guide, \"Sending events to CloudWatch Logs\"",
    ),
    Code::error(
        "role-account",
        "An existing role is in another account than the spec, or than the log group.",
        "CloudTrail takes a role of the account that makes the trail.",
        "User Guide, \"Sending events to CloudWatch Logs\"",
    ),
    Code::warning(
        "unused-bucket",
        "Nothing of the spec uses a bucket.",
        "It may be misspelt where it was meant to be used. Specs without trails and buckets with statements of their own are \
         left out: others use those.",
        "trailctl",
    ),
    Code::warning(
        "unused-key",
        "Nothing of the spec uses a KMS key.",
        "A key costs money every month, and encrypts nothing before a trail, a bucket, a log group or a topic names it. Keys \
         with people or statements of their own are left out.",
        "trailctl",
    ),
    Code::warning(
        "unused-log-group",
        "Nothing of the spec uses a log group.",
        "It stays empty until a trail names it under `cloudwatch_logs`.",
        "trailctl",
    ),
    Code::warning(
        "unused-role",
        "Nothing of the spec uses a role.",
        "It lets CloudTrail in and may do nothing until a trail names it under `cloudwatch_logs`. Roles with policies of their \
         own are left out.",
        "trailctl",
    ),
    Code::warning(
        "unused-topic",
        "Nothing of the spec uses a topic.",
        "It stays silent until a trail names it. Topics with statements of their own are left out.",
        "trailctl",
    ),
];
