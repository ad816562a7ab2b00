//! Trails: their number, their settings, where they deliver.

use super::Code;

pub(super) const CODES: &[Code] = &[
    Code::error(
        "too-many-trails",
        "A Region has more trails than CloudTrail allows.",
        "A Region has room for five trails, and a multi-Region trail takes a place in every one. The quota cannot be raised; put the selectors of several trails into one.",
        "User Guide, \"Quotas in AWS CloudTrail\"",
    ),
    Code::error(
        "global-events-off",
        "A multi-Region trail does not record events of global services.",
        "CloudTrail refuses the combination. Remove the line, or make the trail one of a single Region.",
        "API Reference, InvalidParameterCombinationException",
    ),
    Code::warning(
        "global-events-elsewhere",
        "A trail of a single Region asks for events of global services and gets none.",
        "Events of IAM, CloudFront and the global endpoint of STS are recorded in us-east-1. A trail of another single Region \
         never gets them, whatever it asks for. Write `global_service_events: false` so that nobody counts on them, or make the \
         trail multi-Region.",
        "User Guide, \"CloudTrail concepts\"",
    ),
    Code::warning(
        "organization-home-opt-in",
        "An organization trail has its home in a Region that accounts must enable.",
        "Only the accounts that have enabled the Region are recorded. Give the trail a home that is there for all.",
        "User Guide, \"Understanding multi-Region trails and opt-in Regions\"",
    ),
    Code::warning(
        "validation-off",
        "A trail delivers no digest files.",
        "Without them nobody can prove that the log files are whole and unchanged. They cost next to nothing.",
        "User Guide, \"Validating CloudTrail log file integrity\"",
    ),
    Code::warning(
        "logging-off",
        "A trail is there and records nothing.",
        "What happens in the meantime is lost. Allow the warning while the trail is meant to rest.",
        "API Reference, StopLogging",
    ),
    Code::error(
        "prefix-length",
        "The prefix of the log files is too long.",
        "A prefix has at most 200 characters.",
        "API Reference, CreateTrail",
    ),
    Code::error(
        "prefix-characters",
        "The prefix of the log files has characters that make trouble.",
        "It becomes part of object keys and of policies, where `*`, `?`, `\"` and others mean something else.",
        "S3 User Guide, \"Naming Amazon S3 objects\"",
    ),
    Code::error(
        "prefix-double-slash",
        "The prefix of the log files has two slashes in a row.",
        "It would make a folder without a name.",
        "API Reference, InvalidS3PrefixException",
    ),
    Code::error(
        "prefix-leading-slash",
        "The prefix of the log files starts with a slash.",
        "It would make a folder without a name.",
        "API Reference, InvalidS3PrefixException",
    ),
    Code::error(
        "prefix-trailing-slash",
        "The prefix of the log files ends with a slash.",
        "CloudTrail puts a slash behind the prefix itself.",
        "API Reference, InvalidS3PrefixException",
    ),
    Code::error(
        "prefix-aws-logs",
        "The prefix of the log files has `AWSLogs`.",
        "CloudTrail puts `AWSLogs/` behind the prefix itself, and refuses it within.",
        "User Guide, \"Setting bucket policy for multiple accounts\"",
    ),
    Code::warning(
        "shared-prefix",
        "Two trails write their log files into the same place.",
        "The files of both mix, and nobody can tell which trail has written one; an event that both record is counted twice. \
         Give each a `prefix`, or make one trail of them.",
        "trailctl",
    ),
    Code::warning(
        "topic-region",
        "The topic of a trail is in another Region than the trail.",
        "CloudTrail can publish to a topic of another Region if it is given its ARN. The guide asks for a topic of its own in \
         each Region that has a trail.",
        "User Guide, \"Configuring Amazon SNS notifications for CloudTrail\"",
    ),
    Code::error(
        "trail-key-region",
        "The key of a trail is in another Region than its bucket.",
        "Log files are encrypted where they are kept. Use a key in the Region of the bucket.",
        "User Guide, \"Configure AWS KMS key policies for CloudTrail\"",
    ),
];
