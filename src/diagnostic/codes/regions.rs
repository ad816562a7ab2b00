//! Regions, partitions and accounts.

use super::Code;

pub(super) const CODES: &[Code] = &[
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
        "unknown-partition",
        "The partition is not known.",
        "A partition is a group of Regions with accounts of its own: `aws`, `aws-cn`, `aws-us-gov` and a few more.",
        "AWS SDK endpoint data",
    ),
    Code::error(
        "region-outside-partition",
        "A Region is not of the partition of the spec.",
        "`partition:` says which partition the spec is for. Credentials of one partition mean nothing in another.",
        "AWS SDK endpoint data",
    ),
    Code::error(
        "mixed-partitions",
        "The Regions of a spec are of several partitions.",
        "An account lives in one partition, and a trail records one partition. Write a spec of its own for each.",
        "User Guide, \"Creating a trail for an organization\"",
    ),
    Code::error(
        "invalid-account",
        "An account id does not have 12 digits.",
        "Account ids are texts of 12 digits. Put them in quotes, or a leading zero is lost.",
        "AWS Account Management Reference Guide, \"AWS account identifiers\"",
    ),
    Code::error(
        "external-id",
        "An external id cannot be used.",
        "STS takes 2 to 1224 letters, digits and some signs.",
        "STS API Reference, AssumeRole",
    ),
    Code::error(
        "session-name",
        "The name of a session cannot be used.",
        "STS takes 2 to 64 letters, digits and some signs.",
        "STS API Reference, AssumeRole",
    ),
];
