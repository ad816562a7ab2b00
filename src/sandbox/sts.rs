//! STS: who am I, and taking a role.
//!
//! IAM is not asked: every role of every account exists here, and everybody may take it.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::identity::{Caller, is_account_id};
use super::store::State;
use super::wire::query::answer;
use super::wire::{Call, Operation, Outcome, Protocol, Refusal, Service, form};

/// The service.
pub(crate) static SERVICE: Service = Service {
    signing_name: "sts",
    protocol: Protocol::AwsQuery,
    operations: &[
        Operation::read("GetCallerIdentity", caller_identity),
        Operation::write("AssumeRole", assume_role),
    ],
};

/// A role that somebody took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) account: String,
    pub(crate) arn: String,
    pub(crate) user_id: String,
    pub(crate) expires: Timestamp,
}

impl Session {
    pub(crate) fn caller(&self) -> Caller {
        Caller { account: self.account.clone(), arn: self.arn.clone(), user_id: self.user_id.clone() }
    }
}

fn caller_identity(_: &State, call: &Call<'_>) -> Outcome {
    let Caller { account, arn, user_id } = &call.caller;
    Ok(answer("GetCallerIdentity", |xml| {
        xml.text("Arn", arn).text("UserId", user_id).text("Account", account)
    }))
}

fn assume_role(state: &mut State, call: &Call<'_>) -> Outcome {
    let role_arn = parameter(call, "RoleArn")?;
    let name = parameter(call, "RoleSessionName")?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || "_=,.@-".contains(c);
    if !(2..=64).contains(&name.len()) || !name.chars().all(is_name) {
        return Err(invalid("The session name must have 2 to 64 letters, digits or one of _=,.@-"));
    }
    let Some((account, role)) = parse_role(&role_arn, call.partition()) else {
        return Err(invalid(format!("{role_arn} is invalid")));
    };
    let seconds = match parameter(call, "DurationSeconds") {
        Ok(text) => text.parse().ok().filter(|seconds| (900..=43_200).contains(seconds)),
        Err(_) => Some(3600),
    };
    let Some(seconds) = seconds else {
        return Err(invalid("DurationSeconds must be 900 to 43200"));
    };
    let expires = call.now.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(call.now);
    let number = state.sessions.len() + 1;
    let key = format!("ASIA{number:016}");
    let user_id = format!("AROASANDBOX:{name}");
    let arn = format!("arn:{}:sts::{account}:assumed-role/{role}/{name}", call.partition());
    let reply = answer("AssumeRole", |xml| {
        xml.child("Credentials", |xml| {
            xml.text("AccessKeyId", &key)
                .text("SecretAccessKey", format!("sandbox-secret-{number}"))
                .text("SessionToken", format!("sandbox-session-{number}"))
                .text("Expiration", format!("{expires:.0}"))
        })
        .child("AssumedRoleUser", |xml| xml.text("AssumedRoleId", &user_id).text("Arn", &arn))
    });
    state.sessions.insert(key, Session { account: account.to_owned(), arn, user_id, expires });
    Ok(reply)
}

/// Returns account and name of a role; the path is left out, as in the ARN of a session.
fn parse_role<'a>(arn: &'a str, partition: &str) -> Option<(&'a str, &'a str)> {
    let (account, path) =
        arn.strip_prefix("arn:")?.strip_prefix(partition)?.strip_prefix(":iam::")?.split_once(":role/")?;
    let name = path.rsplit('/').next()?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    (is_account_id(account) && (1..=64).contains(&name.len()) && name.chars().all(is_name))
        .then_some((account, name))
}

fn parameter(call: &Call<'_>, name: &str) -> Result<String, Refusal> {
    std::str::from_utf8(call.request.body())
        .ok()
        .and_then(|body| form::value(body, name))
        .filter(|value| !value.is_empty())
        .ok_or_else(|| invalid(format!("{name} must not be null")))
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new(400, "ValidationError", message)
}
