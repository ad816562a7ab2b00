//! Names and ARNs of trails.

use std::fmt;
use std::net::Ipv4Addr;

use super::refuse;
use crate::preflight::requests::Trail;
use crate::sandbox::identity::is_account_id;
use crate::sandbox::wire::{Call, Refusal};

/// Where a trail is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TrailArn {
    pub(super) partition: String,
    /// The home Region.
    pub(super) region: String,
    pub(super) account: String,
    pub(super) name: String,
}

impl TrailArn {
    /// The ARN of a trail of the caller that is at home in the Region of the call.
    pub(super) fn here(call: &Call<'_>, name: &str) -> Self {
        Self {
            partition: call.partition().to_owned(),
            region: call.region.clone(),
            account: call.caller.account.clone(),
            name: name.to_owned(),
        }
    }

    /// The trail as those see it whom CloudTrail asks for it; `arn` is this one as text.
    pub(super) fn asking<'a>(&'a self, arn: &'a str, organization: Option<&'a str>) -> Trail<'a> {
        let Self { partition, region, account, name: _ } = self;
        Trail { arn, partition, region, account, organization }
    }

    /// Reads an ARN of the partition of the call.
    pub(super) fn parse(arn: &str, call: &Call<'_>) -> Result<Self, Refusal> {
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        if let ["arn", partition, "cloudtrail", region, account, resource] = parts[..]
            && let Some(name) = resource.strip_prefix("trail/")
            && partition == call.partition()
            && !region.is_empty()
            && is_account_id(account)
            && check_name(name).is_ok()
        {
            let [partition, region, account, name] = [partition, region, account, name].map(str::to_owned);
            return Ok(Self { partition, region, account, name });
        }
        Err(refuse("CloudTrailARNInvalidException", format!("{arn} is not the ARN of a trail.")))
    }
}

impl fmt::Display for TrailArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { partition, region, account, name } = self;
        write!(f, "arn:{partition}:cloudtrail:{region}:{account}:trail/{name}")
    }
}

/// Refuses a name that no trail can have.
pub(super) fn check_name(name: &str) -> Result<(), Refusal> {
    let is_mark = |byte: u8| b"._-".contains(&byte);
    let bytes = name.as_bytes();
    let ends_well = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let fault = if !(3..=128).contains(&bytes.len()) {
        "must have 3 to 128 characters"
    } else if !bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || is_mark(*byte)) {
        "may have only letters, digits, periods, underscores and dashes"
    } else if !ends_well(bytes.first()) || !ends_well(bytes.last()) {
        "must start and end with a letter or digit"
    } else if bytes.windows(2).any(|pair| is_mark(pair[0]) && is_mark(pair[1])) {
        "may not have two marks side by side"
    } else if name.parse::<Ipv4Addr>().is_ok() {
        "may not look like an IP address"
    } else {
        return Ok(());
    };
    Err(refuse("InvalidTrailNameException", format!("The trail name {fault}: {name}")))
}

#[cfg(test)]
mod tests {
    use super::check_name;

    #[test]
    fn knows_the_rules_for_names() {
        let longest = "a".repeat(128);
        for good in ["abc", "a.b-c_d", "123", "1.2.3", "Audit-2026", &longest] {
            assert!(check_name(good).is_ok(), "{good}");
        }
        let too_long = "a".repeat(129);
        for bad in
            ["", "ab", "-abc", "abc.", "a b", "a/b", "my-_x", "a..b", "192.168.5.4", "naïve", &too_long]
        {
            assert!(check_name(bad).is_err(), "{bad}");
        }
    }
}
