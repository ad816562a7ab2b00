//! Names, Regions and tags: what all kinds share.

use super::Code;

pub(super) const CODES: &[Code] = &[
    Code::error(
        "invalid-key",
        "The key of an entry cannot be used.",
        "Keys are kept as a tag of the resource and stand in references: 1 to 128 ASCII letters, digits, `.`, `_`, `-` and `/`. `name:` can give another name in AWS.",
        "trailctl",
    ),
    Code::error(
        "invalid-name",
        "A name is not one that AWS takes.",
        "Each kind of resource has rules of its own for names. The message says which one is broken.",
        "the naming rules of each service",
    ),
    Code::error(
        "duplicate-name",
        "Two entries are one resource in AWS.",
        "Names are unique in an account and Region, bucket names everywhere, and the name of a multi-Region trail in all Regions. Give one of the entries another `name`.",
        "the naming rules of each service",
    ),
    Code::error(
        "invalid-region",
        "A Region is not written like one.",
        "Regions are written like `eu-west-1`.",
        "AWS SDK endpoint data",
    ),
    Code::warning(
        "unknown-region",
        "A Region is not known.",
        "It may be newer than this trailctl, or misspelt.",
        "AWS SDK endpoint data",
    ),
    Code::error(
        "invalid-tag",
        "A tag cannot be used.",
        "Keys have 1 to 128 characters, values at most 256, and keys that start with `aws:` or `trailctl:` are not for users.",
        "CloudTrail API Reference, Tag",
    ),
    Code::error(
        "too-many-tags",
        "A resource has more tags than AWS allows.",
        "AWS allows 50 tags, and trailctl needs 4 of them to know its own.",
        "User Guide, \"Quotas in AWS CloudTrail\"",
    ),
];
