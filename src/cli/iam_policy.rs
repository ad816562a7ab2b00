//! The arguments of `iam-policy`.

use clap::{Args, ValueEnum};

/// Arguments of `iam-policy`.
#[derive(Args, Debug)]
pub struct IamPolicyArgs {
    /// What the policy lets somebody do
    #[arg(long, value_name = "ROLE", default_value = "apply")]
    pub role: Role,
    /// The account, if the spec does not say it; default: any
    #[arg(long, value_name = "ID", value_parser = account)]
    pub account: Option<String>,
    /// Also let apply take over what STACK owns and the spec describes
    #[arg(long, value_name = "STACK")]
    pub take_ownership_from: Vec<String>,
}

/// Who gets the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// Who plans: reads, and nothing that is kept in buckets
    Plan,
    /// Who applies: makes and changes what the spec describes, and deletes nothing
    Apply,
    /// Who destroys: removes what the spec describes
    Destroy,
}

/// Reads the id of an account.
fn account(text: &str) -> Result<String, String> {
    let is_id = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_id { Ok(text.to_owned()) } else { Err("write its 12 digits".to_owned()) }
}
