//! Log groups: how they keep events, and which trails can use them.

use super::Code;

pub(super) const CODES: &[Code] = &[
    Code::error(
        "log-group-retention",
        "Events cannot be kept for this number of days.",
        "CloudWatch Logs knows a list of numbers: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, \
         2192, 2557, 2922, 3288 and 3653.",
        "CloudWatch Logs API Reference, PutRetentionPolicy",
    ),
    Code::warning(
        "log-group-without-retention",
        "A log group keeps events for ever.",
        "Storage is paid for every month, and the log files are in the bucket too. Add `retention_days`. An entry that is \
         empty but for name, Region and tags is left alone: there the safe default, to keep everything, is the choice.",
        "trailctl",
    ),
    Code::warning(
        "unknown-log-group-class",
        "A class of log groups is not known.",
        "It may be newer than this trailctl, or misspelt.",
        "CloudWatch Logs API Reference, CreateLogGroup",
    ),
    Code::error(
        "log-group-class",
        "A trail cannot write to a log group of this class.",
        "The class DELIVERY is for Lambda only.",
        "CloudWatch Logs API Reference, CreateLogGroup",
    ),
    Code::warning(
        "log-group-without-filters",
        "A trail writes to a log group that can raise no alarms.",
        "The class INFREQUENT_ACCESS has no metric filters, subscription filters and live tail, and a class cannot be changed. \
         Use STANDARD if alarms are wanted.",
        "CloudWatch Logs User Guide, \"Log classes\"",
    ),
    Code::error(
        "log-group-region",
        "The log group of a trail is in another Region than the trail.",
        "CloudTrail writes to a log group in the home Region of the trail.",
        "User Guide, \"Sending events to CloudWatch Logs\"",
    ),
    Code::error(
        "log-group-key-region",
        "The key of a log group is in another Region than the log group.",
        "CloudWatch Logs encrypts with keys of its own Region.",
        "CloudWatch Logs User Guide, \"Encrypt log data in CloudWatch Logs using AWS KMS\"",
    ),
];
