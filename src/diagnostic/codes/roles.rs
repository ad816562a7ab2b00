//! Roles: what IAM refuses.

use super::Code;

pub(super) const CODES: &[Code] = &[
    Code::error(
        "role-path-ends",
        "The path of a role does not start and end with a slash.",
        "Write it like `/audit/`.",
        "IAM API Reference, CreateRole",
    ),
    Code::error(
        "role-path-length",
        "The path of a role is too long.",
        "A path has at most 512 characters.",
        "IAM API Reference, CreateRole",
    ),
    Code::error(
        "role-path-slashes",
        "The path of a role has two slashes in a row.",
        "It would have a part without a name.",
        "IAM User Guide, \"IAM identifiers\"",
    ),
    Code::error(
        "role-path-characters",
        "The path of a role has characters that IAM refuses.",
        "IAM takes ASCII letters, digits and signs, and no spaces.",
        "IAM API Reference, CreateRole",
    ),
    Code::error(
        "role-session-length",
        "The longest session of a role is out of range.",
        "Write 3600 (one hour) to 43200 seconds (twelve hours).",
        "IAM API Reference, CreateRole",
    ),
    Code::error(
        "role-name-too-long",
        "The role that is made for a trail would have too long a name.",
        "It is named after the trail. Give `role:` yourself.",
        "IAM User Guide, \"IAM and AWS STS quotas\"",
    ),
    Code::error(
        "managed-policy-account",
        "A managed policy is of another account than the role.",
        "A role takes policies of its own account, and those of AWS.",
        "IAM User Guide, \"Managed policies and inline policies\"",
    ),
    Code::warning(
        "many-managed-policies",
        "A role has more managed policies than IAM takes without a raised quota.",
        "The quota is 10, and can be raised to 20. Allow the warning where it was.",
        "IAM User Guide, \"IAM and AWS STS quotas\"",
    ),
    Code::error(
        "too-many-managed-policies",
        "A role has more managed policies than IAM ever takes.",
        "The quota can be raised to 20 at most. Merge some.",
        "IAM User Guide, \"IAM and AWS STS quotas\"",
    ),
    Code::error(
        "inline-policy-name-length",
        "The name of an inline policy is too short or too long.",
        "Names of policies have 1 to 128 characters.",
        "IAM User Guide, \"IAM and AWS STS quotas\"",
    ),
    Code::error(
        "inline-policy-name-characters",
        "The name of an inline policy has characters that IAM refuses.",
        "IAM takes ASCII letters, digits, `_`, `+`, `=`, `,`, `.`, `@` and `-`.",
        "IAM API Reference, PutRolePolicy",
    ),
    Code::error(
        "inline-policy-name-reserved",
        "An inline policy is named `trailctl`.",
        "That is the one with the statements that the trails need; `policy:` adds statements to it.",
        "trailctl",
    ),
    Code::warning(
        "inline-policy-empty",
        "An inline policy has no statements.",
        "IAM takes none without statements: it is not made, and a live one of that name is removed.",
        "IAM API Reference, PutRolePolicy",
    ),
    Code::warning(
        "trust-policy-long",
        "A trust policy is longer than IAM takes without a raised quota.",
        "The quota is 2048 characters without white space, and can be raised to 4096. Allow the warning where it was.",
        "IAM User Guide, \"IAM and AWS STS quotas\"",
    ),
    Code::error(
        "trust-policy-too-long",
        "A trust policy is longer than IAM ever takes.",
        "The quota can be raised to 4096 characters at most. Merge statements.",
        "IAM User Guide, \"IAM and AWS STS quotas\"",
    ),
    Code::error(
        "inline-policies-too-long",
        "The inline policies of a role are longer than IAM takes.",
        "All of them together have at most 10,240 characters, white space not counted, with the statement that the trails \
         need. Move some into managed policies.",
        "IAM User Guide, \"IAM and AWS STS quotas\"",
    ),
];
