//! Which failed calls are sent again as they are.

use super::at::{At, mark_of_adoption};
use crate::{
    aws::error::{AwsError, Class},
    kinds::{Resource as _, role::Role},
    plan::{Action, Step},
    resource::reference::strings,
};

/// What errors speak of: the kinds of the resources that a step refers to and that AWS may not see yet as they were written.
const SPEAKS_OF: &[(&str, &[&str])] = &[
    ("InsufficientS3BucketPolicy", &["bucket"]),
    ("S3BucketDoesNotExist", &["bucket"]),
    ("InsufficientEncryptionPolicy", &["kms_key", "bucket"]),
    ("KmsKeyNotFound", &["kms_key"]),
    ("InsufficientSnsTopicPolicy", &["topic"]),
    ("InvalidCloudWatchLogsRoleArn", &["role"]),
    ("InvalidCloudWatchLogsLogGroupArn", &["role", "log_group"]),
];

/// What errors speak of whose code says nothing: the policy of the key of a log group.
const OTHERWISE: &[&str] = &["kms_key"];

/// How services say that a policy is wrong, also when it names a role that they do not see yet.
const WRONG_POLICY: &[&str] = &["MalformedPolicy", "MalformedPolicyDocument", "InvalidParameter"];

/// Returns whether sending the call again can help. What is not seen yet heals only if this run wrote that very thing;
/// otherwise it is really missing or wrong.
pub(super) fn heals(error: &AwsError, at: &At<'_>) -> bool {
    match error.class {
        Class::Throttled | Class::Conflict => true,
        Class::NotYetVisible => {
            let known = SPEAKS_OF.iter().find(|(code, _)| error.is(code));
            known.map_or(OTHERWISE, |(_, kinds)| kinds).iter().any(|kind| wrote(at, kind))
        }
        // The resource itself, which an earlier call of the step has made.
        Class::NotFound => at.creates() && at.place > 0 && !speaks_of_another(error, at),
        Class::Refused => WRONG_POLICY.iter().any(|code| error.is(code)) && names_new_role(at),
        // What may be done to the resource can depend on its tags, which an earlier call has written.
        Class::Denied => {
            let is_marked = mark_of_adoption(at.step).is_some_and(|mark| mark + 1 == at.place);
            is_marked || at.creates() && at.place > 0
        }
        Class::AlreadyExists
        | Class::Credentials
        | Class::Unsupported
        | Class::Unreachable
        | Class::Unknown => false,
    }
}

/// Returns whether an error may mean that what the call is for is so already.
pub(super) fn may_be_so(error: &AwsError, at: &At<'_>) -> bool {
    match error.class {
        Class::AlreadyExists | Class::Unknown => true,
        Class::NotFound => at.step.action == Action::Delete,
        _ => false,
    }
}

/// Returns whether this run has written the resource of a kind that the step refers to.
fn wrote(at: &At<'_>, kind: &str) -> bool {
    let before = |step: &&Step| at.step.after.contains(&step.id) && at.done.contains(&step.id);
    at.plan.steps.iter().filter(before).any(|step| step.address.kind == kind)
}

/// Returns whether the call names a role that this run has made.
fn names_new_role(at: &At<'_>) -> bool {
    let named = strings(&at.call.parameters);
    let is_new = |step: &&Step| {
        step.address.kind == Role::KIND
            && matches!(step.action, Action::Create | Action::Replace)
            && at.done.contains(&step.id)
    };
    let arns = at.plan.steps.iter().filter(is_new).filter_map(|step| step.outputs.get("arn"));
    arns.into_iter().any(|arn| named.contains(&arn.as_str()))
}

/// Returns whether an error names something else that the call is about, such as a policy that is attached.
fn speaks_of_another(error: &AwsError, at: &At<'_>) -> bool {
    let own = at.step.outputs.get("arn").map(String::as_str);
    let others = strings(&at.call.parameters).into_iter().filter(|text| text.starts_with("arn:"));
    others.filter(|arn| Some(*arn) != own).any(|arn| error.message.contains(arn))
}

/// Returns how often a call that has had no effect is sent again. One that makes something new each time, only once.
pub(super) fn most(at: &At<'_>) -> usize {
    if at.creates_nameless() { 1 } else { 2 }
}
