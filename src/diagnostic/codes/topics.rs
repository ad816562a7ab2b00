//! Topics: what SNS and CloudTrail refuse.

use super::Code;

pub(super) const CODES: &[Code] = &[
    Code::error(
        "topic-key-region",
        "The key of a topic is in another Region than the topic.",
        "SNS looks for the key in the Region of the topic.",
        "SNS Developer Guide, \"Securing Amazon SNS data with server-side encryption\"",
    ),
    Code::error(
        "topic-arn-length",
        "The ARN of a trail's topic is too long for CloudTrail.",
        "SNS takes names of 256 characters. CloudTrail is told the ARN, which may have 256 in all.",
        "API Reference, CreateTrail",
    ),
];
