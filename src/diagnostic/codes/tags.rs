//! Tags.

use super::Code;

pub(super) const CODES: &[Code] = &[
    Code::error(
        "tag-key-length",
        "A tag key is empty or too long.",
        "Keys have 1 to 128 characters.",
        "API Reference, Tag",
    ),
    Code::error(
        "tag-key-characters",
        "A tag key has characters that AWS refuses.",
        "All services take letters and digits of any language, spaces, and `_`, `.`, `:`, `/`, `=`, `+`, `-`, `@`.",
        "the API References of the services, Tag",
    ),
    Code::error(
        "tag-key-aws",
        "A tag key starts with `aws:`.",
        "Such tags are set by AWS only.",
        "AWS General Reference, \"Tagging AWS resources\"",
    ),
    Code::error(
        "tag-key-trailctl",
        "A tag key starts with `trailctl:`.",
        "Such tags say which stack a resource belongs to. A spec that set them could take what is not its own.",
        "trailctl",
    ),
    Code::error(
        "tag-value-length",
        "A tag value is too long.",
        "Values have at most 256 characters; an empty one is fine.",
        "API Reference, Tag",
    ),
    Code::error(
        "tag-value-characters",
        "A tag value has characters that AWS refuses.",
        "All services take letters and digits of any language, spaces, and `_`, `.`, `:`, `/`, `=`, `+`, `-`, `@`.",
        "the API References of the services, Tag",
    ),
    Code::error(
        "too-many-tags",
        "A resource has more tags than AWS allows.",
        "AWS allows 50 tags, and trailctl needs 4 of them to know its own. The tags at the top of the spec count for every \
         entry.",
        "User Guide, \"Quotas in AWS CloudTrail\"",
    ),
    Code::error(
        "tag-keys-differ-in-case",
        "Two tag keys of a role differ in upper and lower case only.",
        "They are one key to IAM. The tags at the top of the spec are those of roles too, also of roles that are made for \
         trails. Keep one spelling.",
        "IAM User Guide, \"Tags for AWS Identity and Access Management resources\"",
    ),
];
