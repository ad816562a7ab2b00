//! Delivery: what keeps CloudTrail out of the bucket, the key, the topic and the role of a trail.

use super::Code;

const SOURCE_OF_BUCKETS: &str =
    "User Guide, \"Amazon S3 bucket policy for CloudTrail\"; IAM User Guide, \"Policy evaluation logic\"";
const SOURCE_OF_KEYS: &str = "User Guide, \"Configure AWS KMS key policies for CloudTrail\"; IAM User Guide, \"Policy evaluation logic\"";
const SOURCE_OF_TOPICS: &str =
    "User Guide, \"Amazon SNS topic policy for CloudTrail\"; IAM User Guide, \"Policy evaluation logic\"";
const SOURCE_OF_ROLES: &str = "User Guide, \"Role policy document for CloudTrail to use CloudWatch Logs\"; IAM User Guide, \"Policy \
                               evaluation logic\"";

pub(super) const CODES: &[Code] = &[
    Code::error(
        "bucket-denies-delivery",
        "A statement of a bucket's policy denies CloudTrail what a trail needs.",
        "A `Deny` counts more than any `Allow`. CloudTrail reads the bucket's ACL and writes objects as a service principal: it has no \
         organization, no VPC endpoint, no tags and no MFA, so that a condition such as `StringNotEquals` on `aws:PrincipalOrgID` \
         denies it. Exclude AWS services with `\"Bool\": {\"aws:PrincipalIsAWSService\": \"false\"}`.",
        SOURCE_OF_BUCKETS,
    ),
    Code::error(
        "key-denies-delivery",
        "A statement of a key's policy denies CloudTrail, or CloudWatch Logs, what it needs.",
        "A `Deny` counts more than any `Allow`. CloudTrail encrypts log files, and CloudWatch Logs log events, as a service principal. \
         Exclude AWS services with `\"Bool\": {\"aws:PrincipalIsAWSService\": \"false\"}`.",
        SOURCE_OF_KEYS,
    ),
    Code::error(
        "topic-denies-delivery",
        "A statement of a topic's policy denies CloudTrail to publish.",
        "A `Deny` counts more than any `Allow`. CloudTrail publishes as a service principal. Exclude AWS services with \
         `\"Bool\": {\"aws:PrincipalIsAWSService\": \"false\"}`.",
        SOURCE_OF_TOPICS,
    ),
    Code::error(
        "role-denies-delivery",
        "A statement keeps CloudTrail from taking a role, or the role from writing to the log group.",
        "A `Deny` counts more than any `Allow`, in the trust policy and in the role's own policies.",
        SOURCE_OF_ROLES,
    ),
    Code::warning(
        "bucket-may-deny-delivery",
        "A statement of a bucket's policy may deny CloudTrail what a trail needs.",
        "The statement denies on a condition whose value in CloudTrail's requests is not known here, such as an IP address, or it denies \
         something that CloudTrail writes later, such as digest files. Exclude AWS services with \
         `\"Bool\": {\"aws:PrincipalIsAWSService\": \"false\"}`.",
        SOURCE_OF_BUCKETS,
    ),
    Code::warning(
        "key-may-deny-delivery",
        "A statement of a key's policy may deny CloudTrail, or CloudWatch Logs, what it needs.",
        "The statement denies on a condition whose value in the service's requests is not known here. Exclude AWS services with \
         `\"Bool\": {\"aws:PrincipalIsAWSService\": \"false\"}`.",
        SOURCE_OF_KEYS,
    ),
    Code::warning(
        "topic-may-deny-delivery",
        "A statement of a topic's policy may deny CloudTrail to publish.",
        "The statement denies on a condition whose value in CloudTrail's requests is not known here. Exclude AWS services with \
         `\"Bool\": {\"aws:PrincipalIsAWSService\": \"false\"}`.",
        SOURCE_OF_TOPICS,
    ),
    Code::warning(
        "role-may-deny-delivery",
        "A statement may keep CloudTrail from taking a role, or the role from writing to the log group.",
        "The statement denies on a condition whose value in the request is not known here.",
        SOURCE_OF_ROLES,
    ),
];
