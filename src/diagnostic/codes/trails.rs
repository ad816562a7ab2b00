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
    Code::error(
        "invalid-prefix",
        "The prefix of the log files cannot be used.",
        "A prefix has at most 200 characters that are safe in object keys and policies. CloudTrail puts slashes and `AWSLogs/` behind it itself.",
        "API Reference, InvalidS3PrefixException",
    ),
];
