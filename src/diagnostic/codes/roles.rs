//! Roles: what IAM refuses.

use super::Code;

pub(super) const CODES: &[Code] = &[
    Code::error(
        "invalid-path",
        "The path of a role cannot be used.",
        "A path begins and ends with `/` and has at most 512 characters.",
        "IAM API Reference, CreateRole",
    ),
    Code::error(
        "invalid-session-length",
        "The longest session of a role is out of range.",
        "Write 3600 (one hour) to 43200 seconds (twelve hours).",
        "IAM API Reference, CreateRole",
    ),
    Code::error(
        "invalid-arn",
        "A text is not an ARN of the right kind.",
        "The message shows how such an ARN is written.",
        "IAM User Guide, \"IAM identifiers\"",
    ),
    Code::error(
        "role-name-too-long",
        "The role that is made for a trail would have too long a name.",
        "It is named after the trail. Give `role:` yourself.",
        "IAM User Guide, \"IAM and AWS STS quotas\"",
    ),
];
