//! The statements of policies: what AWS refuses in them, and what says more than is meant.

use super::Code;

const GRAMMAR: &str = "IAM User Guide, \"Grammar of the IAM JSON policy language\"";
const PRINCIPALS: &str = "IAM User Guide, \"AWS JSON policy elements: Principal\"";
const CONDITIONS: &str = "IAM User Guide, \"IAM JSON policy elements: Condition\"";
const ACTIONS: &str = "IAM User Guide, \"IAM JSON policy elements: Action\"";
const RESOURCES: &str = "IAM User Guide, \"IAM JSON policy elements: Resource\"";

pub(super) const CODES: &[Code] = &[
    Code::error(
        "policy-version",
        "The version of a policy is no version of the policy language.",
        "It is not a date of your own. There are `2012-10-17`, which is the default, and `2008-10-17`.",
        "IAM User Guide, \"IAM JSON policy elements: Version\"",
    ),
    Code::warning(
        "policy-old-version",
        "A policy is written in the old version of the policy language.",
        "In `2008-10-17`, policy variables such as `${aws:username}` are plain text, and match nothing.",
        "IAM User Guide, \"IAM JSON policy elements: Version\"",
    ),
    Code::error(
        "policy-without-statements",
        "A policy with `generated: false` has no statements.",
        "A key, a topic and the trust of a role have a policy always, and no trail can deliver to a bucket without one: write it.",
        "KMS API Reference, PutKeyPolicy; IAM API Reference, CreateRole; User Guide, \"Amazon S3 bucket policy for CloudTrail\"",
    ),
    Code::error(
        "policy-people-unused",
        "A key names administrators or readers, and its policy has `generated: false`.",
        "Their statements would be generated. Without them, the names would do nothing.",
        "a rule of trailctl",
    ),
    Code::error(
        "policy-statement-form",
        "A statement is not a mapping.",
        "It has `Effect`, `Action` and, by policy, `Principal`, `Resource` and `Condition`, as AWS writes them.",
        GRAMMAR,
    ),
    Code::error(
        "policy-member",
        "A statement has a member that the policy language does not have.",
        "AWS refuses the whole policy. Members start with a capital.",
        GRAMMAR,
    ),
    Code::error(
        "policy-member-missing",
        "A statement lacks a member that it must have.",
        "A statement says who (`Principal`), what (`Action`) and on what (`Resource`), each as itself or negated.",
        GRAMMAR,
    ),
    Code::error(
        "policy-members-exclude",
        "A statement has a member both as itself and negated.",
        "Write two statements.",
        GRAMMAR,
    ),
    Code::error(
        "policy-effect",
        "The effect of a statement is neither `Allow` nor `Deny`.",
        "Case matters, and there is no default.",
        "IAM User Guide, \"IAM JSON policy elements: Effect\"",
    ),
    Code::error(
        "policy-text",
        "A member of a statement is neither a text nor a list of texts.",
        "An empty list is refused too.",
        GRAMMAR,
    ),
    Code::error("policy-sid-form", "A Sid is not a text.", "Put it in quotes.", GRAMMAR),
    Code::error(
        "policy-sid-characters",
        "The Sid of a statement of a role has characters that IAM refuses.",
        "IAM takes ASCII letters and digits. Policies of buckets, keys and topics may have spaces.",
        "IAM User Guide, \"IAM JSON policy elements: Sid\"",
    ),
    Code::error(
        "policy-sid-twice",
        "Two statements of a policy have one Sid.",
        "A Sid stands once in a policy: IAM refuses it, and with others it would not be clear which statement is meant.",
        "IAM User Guide, \"IAM JSON policy elements: Sid\"",
    ),
    Code::error(
        "policy-sid-reserved",
        "A statement has the Sid of one that trailctl writes itself.",
        "By their Sids trailctl knows which statements of a policy are the stack's, and removes those that are not needed any more.",
        "trailctl",
    ),
    Code::error(
        "policy-principal-of-role",
        "A policy of what a role may do names a principal.",
        "The principal is the role. Who may take the role is said in its trust policy, under `trust:`.",
        PRINCIPALS,
    ),
    Code::error(
        "policy-resource-of-trust",
        "A trust policy names a resource.",
        "The resource is the role that the policy belongs to.",
        "IAM User Guide, \"IAM roles\"",
    ),
    Code::error(
        "policy-principal-form",
        "A principal is neither `\"*\"` nor a mapping.",
        "Write `\"*\"`, or the kind and the name, such as `{AWS: \"111122223333\"}`. `NotPrincipal` cannot be `\"*\"`.",
        PRINCIPALS,
    ),
    Code::error(
        "policy-principal-kind",
        "A principal is of a kind that there is not.",
        "There are `AWS`, `Service`, `Federated` and `CanonicalUser`.",
        PRINCIPALS,
    ),
    Code::error(
        "policy-principal-aws",
        "A principal is no account, role, user or session.",
        "AWS refuses a policy that names a principal which cannot be. Groups are none.",
        PRINCIPALS,
    ),
    Code::error(
        "policy-principal-wildcard",
        "A principal has a wildcard in its ARN.",
        "Wildcards match in conditions only: name the account, and hold it to roles by `ArnLike` on `aws:PrincipalArn`.",
        PRINCIPALS,
    ),
    Code::error(
        "policy-principal-partition",
        "A principal is of another partition.",
        "Identities of one partition do not exist in another.",
        "AWS General Reference, \"Amazon Resource Names\"",
    ),
    Code::error(
        "policy-principal-service",
        "A principal is no service principal.",
        "They are names such as `cloudtrail.amazonaws.com`.",
        PRINCIPALS,
    ),
    Code::error(
        "policy-principal-canonical",
        "A principal is no canonical user id.",
        "It has 64 hexadecimal digits.",
        PRINCIPALS,
    ),
    Code::error(
        "policy-action-form",
        "An action is not written as one.",
        "It is the prefix of the service, a colon and the name, which may have wildcards; or `*`.",
        ACTIONS,
    ),
    Code::error(
        "policy-action-service",
        "An action is of a service that the policy is not about.",
        "The policy of a bucket takes actions of S3, that of a key those of KMS, that of a topic those of SNS, and a trust policy those \
         of STS.",
        ACTIONS,
    ),
    Code::error(
        "policy-action-of-topic",
        "The policy of a topic speaks of an action that it cannot allow.",
        "SNS takes few actions in topic policies, and no wildcards in them.",
        "SNS Developer Guide, \"Amazon SNS API permissions\"",
    ),
    Code::error(
        "policy-action-level",
        "An action applies to no resource of its statement.",
        "Actions on a bucket need the ARN of the bucket, and those on objects one that ends in `/*` or names objects.",
        "S3 User Guide, \"Policies and permissions in Amazon S3\"",
    ),
    Code::error(
        "policy-resource-other",
        "A policy is about another resource than the one that it belongs to.",
        "S3 and SNS refuse it.",
        RESOURCES,
    ),
    Code::error(
        "policy-resource-form",
        "A resource is not written as one.",
        "It is an ARN of the partition, which may have wildcards, or `*`.",
        RESOURCES,
    ),
    Code::error(
        "policy-condition-form",
        "A condition is not written as one.",
        "It is a mapping from operators to mappings from keys to values.",
        CONDITIONS,
    ),
    Code::error(
        "policy-condition-operator",
        "A condition uses an operator that there is not.",
        "`IfExists` can stand at the end of all but `Null`, `ForAllValues:` and `ForAnyValue:` in front.",
        "IAM User Guide, \"IAM JSON policy elements: Condition operators\"",
    ),
    Code::error(
        "policy-condition-key",
        "A condition uses a key that the service does not have.",
        "Keys start with `aws:` or with the prefix of the service, such as `s3:`.",
        CONDITIONS,
    ),
    Code::error(
        "policy-condition-value",
        "A condition compares with something that is no text.",
        "Write a text, a number, a boolean, or a list of them.",
        CONDITIONS,
    ),
    Code::error(
        "bucket-policy-public",
        "A statement makes a bucket public whose `public_access_block` forbids that.",
        "S3 refuses the policy. A log bucket is never meant to be public.",
        "S3 User Guide, \"Blocking public access to your Amazon S3 storage\"",
    ),
    Code::warning(
        "policy-allows-everybody",
        "A statement lets in everybody.",
        "`*` is everybody, also from outside of the account and the organization, unless a condition holds it to some.",
        PRINCIPALS,
    ),
    Code::warning(
        "policy-allows-not-principal",
        "A statement lets in everybody but some.",
        "`NotPrincipal` with `Allow` lets in everybody else in the world. AWS advises against it.",
        "IAM User Guide, \"AWS JSON policy elements: NotPrincipal\"",
    ),
    Code::warning(
        "policy-allows-the-rest",
        "A statement allows everything but something.",
        "What AWS adds later is allowed with it.",
        "IAM User Guide, \"IAM JSON policy elements: NotAction\"",
    ),
    Code::warning(
        "policy-service-unbound",
        "A statement lets in a service for whoever asks it to.",
        "A service acts for its customers: without `aws:SourceArn`, `aws:SourceAccount` or `aws:SourceOrgID` it may be one of another \
         account.",
        "IAM User Guide, \"The confused deputy problem\"",
    ),
    Code::warning(
        "policy-service-unlikely",
        "A service principal is probably not the one that is meant.",
        "It is one letter from a service that is known, or has the name that services have in another partition: the \
         statement is about nobody. CloudTrail is `cloudtrail.amazonaws.com` in all partitions.",
        PRINCIPALS,
    ),
    Code::warning(
        "policy-wildcard-is-text",
        "A condition compares a `*` as a character.",
        "`StringEquals` knows no wildcards: the condition holds for no value that is meant. `StringLike` does.",
        "IAM User Guide, \"IAM JSON policy elements: Condition operators\"",
    ),
    Code::warning(
        "policy-not-a-switch",
        "A condition compares a switch with something else than `true` and `false`.",
        "`Bool` and `Null` compare with `true` and `false`: the condition never holds.",
        "IAM User Guide, \"IAM JSON policy elements: Condition operators\"",
    ),
];
