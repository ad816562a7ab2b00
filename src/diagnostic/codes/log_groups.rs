//! Log groups: how they keep events, and which trails can use them.

use super::Code;

pub(super) const CODES: &[Code] = &[
    Code::error(
        "log-group-class",
        "A trail cannot write to a log group of this class.",
        "The class DELIVERY is for Lambda only.",
        "CloudWatch Logs API Reference, CreateLogGroup",
    ),
    Code::error(
        "log-group-region",
        "The log group of a trail is in another Region than the trail.",
        "CloudTrail writes to a log group in the home Region of the trail.",
        "User Guide, \"Sending events to CloudWatch Logs\"",
    ),
];
