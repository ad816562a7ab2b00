//! Whether CloudTrail may write to the log group of a trail.

use serde::{Deserialize, Serialize};

use super::arn::TrailArn;
use super::refuse;
use crate::preflight::requests::CLOUDTRAIL;
use crate::sandbox::iam;
use crate::sandbox::logs::{self, Class};
use crate::sandbox::store::State;
use crate::sandbox::wire::Refusal;

/// Where events go besides the bucket, and the role that takes them there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LogDelivery {
    pub(super) group: String,
    pub(super) role: String,
}

impl LogDelivery {
    /// Reads what a request says: both are set, or both are cleared by `""`, or both stay.
    pub(super) fn updated(
        old: Option<&Self>,
        group: Option<&str>,
        role: Option<&str>,
    ) -> Result<Option<Self>, Refusal> {
        match (group, role) {
            (None, None) => Ok(old.cloned()),
            (Some(""), Some("")) => Ok(None),
            (None | Some(""), _) | (_, None | Some("")) => {
                Err(bad_role("You must specify a role ARN as well as a log group."))
            }
            (Some(group), Some(role)) => Ok(Some(Self { group: group.to_owned(), role: role.to_owned() })),
        }
    }

    /// Refuses a group or a role that is not in the account, and a role that cannot write to the group.
    pub(super) fn check(
        &self,
        state: &State,
        arn: &TrailArn,
        account: &str,
        organization: Option<&str>,
    ) -> Result<(), Refusal> {
        let TrailArn { partition, region, .. } = arn;
        let start = format!("arn:{partition}:logs:{region}:{account}:log-group:");
        let name = self.group.strip_prefix(&start).and_then(|rest| rest.strip_suffix(":*"));
        // The class for Lambda takes nothing else.
        let is_usable = |name: &&str| {
            logs::group(state, account, region, name).is_some_and(|group| group.class != Class::Delivery)
        };
        let Some(name) = name.filter(is_usable) else {
            return Err(bad_group("Check the log group ARN: CloudTrail can't validate it."));
        };
        let role = iam::role(state, &self.role)
            .filter(|_| self.role.starts_with(&format!("arn:{partition}:iam::{account}:role/")))
            .filter(|role| role.trusts(CLOUDTRAIL, account))
            .ok_or_else(|| bad_role("Access denied. Check the trust relationships for your role."))?;
        let (trail, group) = (arn.to_string(), format!("{start}{name}"));
        let needed = arn.asking(&trail, organization).of_role(&self.role, &group);
        if needed.iter().all(|need| role.may(&need.request)) {
            return Ok(());
        }
        Err(bad_group("Access denied. Check the permissions for your role."))
    }
}

fn bad_role(message: &str) -> Refusal {
    refuse("InvalidCloudWatchLogsRoleArnException", message)
}

fn bad_group(message: &str) -> Refusal {
    refuse("InvalidCloudWatchLogsLogGroupArnException", message)
}
