//! Names: what each service takes, and names that are taken twice.

use super::Code;

pub(super) const CODES: &[Code] = &[
    Code::error(
        "key-length",
        "The key of an entry is too short or too long.",
        "Keys are kept as a tag of the resource: they have 1 to 128 characters. `name:` can give another name in AWS.",
        "trailctl",
    ),
    Code::error(
        "key-characters",
        "The key of an entry has characters that cannot be used.",
        "Keys are kept as a tag of the resource and stand in references: ASCII letters, digits, `.`, `_`, `-` and `/`. `name:` \
         can give another name in AWS.",
        "trailctl",
    ),
    Code::error(
        "trail-name-length",
        "The name of a trail is too short or too long.",
        "Names of trails have 3 to 128 characters.",
        "User Guide, \"Naming requirements for CloudTrail resources, Amazon S3 buckets, and KMS keys\"",
    ),
    Code::error(
        "trail-name-characters",
        "The name of a trail has characters that CloudTrail refuses.",
        "It takes ASCII letters, digits, `.`, `_` and `-`.",
        "User Guide, \"Naming requirements for CloudTrail resources, Amazon S3 buckets, and KMS keys\"",
    ),
    Code::error(
        "trail-name-ends",
        "The name of a trail starts or ends with a sign.",
        "The first and the last character must be a letter or a digit.",
        "User Guide, \"Naming requirements for CloudTrail resources, Amazon S3 buckets, and KMS keys\"",
    ),
    Code::error(
        "trail-name-adjacent-signs",
        "The name of a trail has two signs in a row.",
        "`.`, `_` and `-` cannot stand next to each other, in any mix.",
        "User Guide, \"Naming requirements for CloudTrail resources, Amazon S3 buckets, and KMS keys\"",
    ),
    Code::error(
        "trail-name-ip-address",
        "The name of a trail looks like an IP address.",
        "CloudTrail refuses names such as `192.168.5.4`.",
        "User Guide, \"Naming requirements for CloudTrail resources, Amazon S3 buckets, and KMS keys\"",
    ),
    Code::error(
        "bucket-name-length",
        "The name of a bucket is too short or too long.",
        "Names of buckets have 3 to 63 characters.",
        "S3 User Guide, \"General purpose bucket naming rules\"",
    ),
    Code::error(
        "bucket-name-upper-case",
        "The name of a bucket has upper-case letters.",
        "S3 takes lower-case letters only.",
        "S3 User Guide, \"General purpose bucket naming rules\"",
    ),
    Code::error(
        "bucket-name-characters",
        "The name of a bucket has characters that S3 refuses.",
        "S3 takes lower-case letters, digits, `.` and `-`; CloudTrail too refuses underscores.",
        "S3 User Guide, \"General purpose bucket naming rules\"",
    ),
    Code::error(
        "bucket-name-ends",
        "The name of a bucket starts or ends with a sign.",
        "The first and the last character must be a letter or a digit.",
        "S3 User Guide, \"General purpose bucket naming rules\"",
    ),
    Code::error(
        "bucket-name-adjacent-signs",
        "The name of a bucket has a dot next to another sign.",
        "Two dots, or a dot and a dash, cannot stand next to each other.",
        "User Guide, \"Naming requirements for CloudTrail resources, Amazon S3 buckets, and KMS keys\"",
    ),
    Code::error(
        "bucket-name-ip-address",
        "The name of a bucket looks like an IP address.",
        "S3 refuses names such as `192.168.5.4`.",
        "S3 User Guide, \"General purpose bucket naming rules\"",
    ),
    Code::error(
        "bucket-name-reserved-prefix",
        "The name of a bucket starts with what S3 keeps for itself.",
        "No bucket can be made whose name starts with `xn--`, `sthree-` or `amzn-s3-demo-`.",
        "S3 User Guide, \"General purpose bucket naming rules\"",
    ),
    Code::error(
        "bucket-name-reserved-suffix",
        "The name of a bucket ends in what S3 keeps for itself.",
        "No bucket can be made whose name ends in `-s3alias`, `--ol-s3`, `.mrap`, `--x-s3` or `--table-s3`.",
        "S3 User Guide, \"General purpose bucket naming rules\"",
    ),
    Code::warning(
        "bucket-name-dots",
        "The name of a bucket has dots.",
        "The certificates of S3 do not cover such a name as part of a host, so that some clients cannot reach the bucket over \
         TLS; and a name can never be changed. Use dashes.",
        "S3 User Guide, \"General purpose bucket naming rules\"",
    ),
    Code::warning(
        "bucket-name-namespace",
        "The name of a bucket ends in `-an`.",
        "Such names are those of the namespace that an account has for itself, and only that account makes them there. \
         trailctl makes buckets in the namespace that all accounts share.",
        "S3 API Reference, CreateBucket",
    ),
    Code::error(
        "key-alias-length",
        "The alias of a key is too short or too long.",
        "Behind `alias/` there are 1 to 250 characters.",
        "KMS API Reference, CreateAlias",
    ),
    Code::error(
        "key-alias-prefix",
        "The name of a key starts with `alias/`.",
        "trailctl puts `alias/` in front of it itself.",
        "trailctl",
    ),
    Code::error(
        "key-alias-characters",
        "The alias of a key has characters that KMS refuses.",
        "KMS takes ASCII letters, digits, `/`, `_` and `-`.",
        "KMS API Reference, CreateAlias",
    ),
    Code::error(
        "key-alias-aws",
        "The alias of a key is one of AWS.",
        "Aliases that start with `alias/aws/` are those of keys that AWS makes.",
        "KMS API Reference, CreateAlias",
    ),
    Code::error(
        "key-alias-key-id",
        "The alias of a key looks like the id of a key.",
        "`key/…` is how ARNs write ids of keys, and how trailctl knows keys without an alias.",
        "trailctl",
    ),
    Code::error(
        "log-group-name-length",
        "The name of a log group is too short or too long.",
        "Names of log groups have 1 to 512 characters.",
        "CloudWatch Logs API Reference, CreateLogGroup",
    ),
    Code::error(
        "log-group-name-characters",
        "The name of a log group has characters that CloudWatch Logs refuses.",
        "It takes ASCII letters, digits, `.`, `-`, `_`, `/` and `#`.",
        "CloudWatch Logs API Reference, CreateLogGroup",
    ),
    Code::error(
        "log-group-name-aws",
        "The name of a log group starts with `aws/`.",
        "AWS keeps such names for itself. `/aws/…`, with a slash in front, can be used.",
        "CloudWatch Logs API Reference, CreateLogGroup",
    ),
    Code::error(
        "role-name-length",
        "The name of a role is too short or too long.",
        "Names of roles have 1 to 64 characters.",
        "IAM User Guide, \"IAM and AWS STS quotas\"",
    ),
    Code::error(
        "role-name-characters",
        "The name of a role has characters that IAM refuses.",
        "IAM takes ASCII letters, digits, `_`, `+`, `=`, `,`, `.`, `@` and `-`.",
        "IAM API Reference, CreateRole",
    ),
    Code::error(
        "topic-name-length",
        "The name of a topic is too short or too long.",
        "Names of topics have 1 to 256 characters.",
        "SNS API Reference, CreateTopic",
    ),
    Code::error(
        "topic-name-characters",
        "The name of a topic has characters that SNS refuses.",
        "SNS takes ASCII letters, digits, `_` and `-`.",
        "SNS API Reference, CreateTopic",
    ),
    Code::error(
        "topic-fifo",
        "The name of a topic is that of a FIFO topic.",
        "CloudTrail publishes to standard topics.",
        "SNS API Reference, CreateTopic",
    ),
    Code::error(
        "duplicate-name",
        "Two entries are one resource in AWS.",
        "Names are unique in an account and Region, and those of buckets and roles in all Regions. Give one of the entries \
         another `name`.",
        "the naming rules of each service",
    ),
    Code::error(
        "duplicate-trail-name",
        "Two trails have one name, and one of them is multi-Region.",
        "A multi-Region trail shows in every Region, so that it takes its name in all of them. Give one of the trails another \
         `name`.",
        "User Guide, \"Understanding multi-Region trails and opt-in Regions\"",
    ),
    Code::error(
        "duplicate-role-name",
        "The names of two roles differ in upper and lower case only.",
        "They are one name to IAM. Give one of the roles another `name`.",
        "IAM User Guide, \"IAM and AWS STS quotas\"",
    ),
    Code::error(
        "duplicate-implied-role",
        "The role that is made for a trail has the name of another role.",
        "A trail with `cloudwatch_logs` and without `role` gets a role that is named after it. Roles belong to no Region, so \
         that two trails of one name in two Regions would get one role, and so would a trail beside an entry of that name. Give \
         `role:` yourself.",
        "trailctl",
    ),
];
