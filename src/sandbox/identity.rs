//! Who calls, and which partition a Region is in.
//!
//! There are no users, roles and secrets: the access key id alone tells the account, and signatures are not verified.

use jiff::Timestamp;

use super::store::State;
use super::wire::Refusal;

/// The account of all callers whose access key id does not name another one.
pub const DEFAULT_ACCOUNT: &str = "111122223333";

/// The identity behind a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) account: String,
    pub(crate) arn: String,
    pub(crate) user_id: String,
}

/// Finds the caller: an access key id of 12 digits is that account, one that AssumeRole gave is its session, anything
/// else is the default account.
pub(crate) fn caller(
    state: &State,
    access_key_id: &str,
    region: &str,
    now: Timestamp,
) -> Result<Caller, Refusal> {
    if let Some(session) = state.sessions.get(access_key_id) {
        if session.expires <= now {
            let message = "The security token included in the request is expired";
            return Err(Refusal::new(403, "ExpiredToken", message));
        }
        return Ok(session.caller());
    }
    let account = if is_account_id(access_key_id) { access_key_id } else { DEFAULT_ACCOUNT };
    Ok(Caller {
        account: account.to_owned(),
        arn: format!("arn:{}:iam::{account}:user/sandbox", partition(region)),
        user_id: "AIDASANDBOX".to_owned(),
    })
}

/// Whether the text is 12 digits.
pub(crate) fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns the partition of a Region.
pub(crate) fn partition(region: &str) -> &'static str {
    const BY_PREFIX: &[(&str, &str)] = &[("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"), ("eusc-", "aws-eusc")];
    BY_PREFIX.iter().find(|(prefix, _)| region.starts_with(prefix)).map_or("aws", |(_, partition)| partition)
}

/// Returns how the names of services end in the partition of a Region.
pub(crate) fn service_suffix(region: &str) -> &'static str {
    match partition(region) {
        "aws-cn" => "amazonaws.com.cn",
        "aws-eusc" => "amazonaws.eu",
        _ => "amazonaws.com",
    }
}
