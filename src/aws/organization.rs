//! The organization of the account, and what CloudTrail needs of it.

use aws_sdk_organizations::{Client, types::OrganizationFeatureSet};
use futures_util::future::join3;

use super::{
    Aws, CallName, Use,
    error::{AwsError, Class},
};
use crate::resource::{Organization, region::Region};

/// The name by which AWS Organizations knows CloudTrail.
const CLOUDTRAIL: &str = "cloudtrail.amazonaws.com";
/// How many pages a list may have: an endpoint that repeats its tokens would never end.
const MOST_PAGES: usize = 100;

/// What is known of the organization of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The organization.
    pub organization: Organization,
    /// Whether it has all features, not only consolidated billing.
    pub has_all_features: bool,
    /// Whether it trusts CloudTrail; `None` if the account may not know.
    pub trusts_cloudtrail: Option<bool>,
    /// The accounts that may manage CloudTrail for it; `None` if the account may not know.
    pub administrators: Option<Vec<String>>,
}

/// Why there can be no organization trail yet: what is missing, and what to do.
pub type Obstacle = (String, String);

impl Membership {
    /// Returns whether `account` is known to be one that may manage CloudTrail for the organization.
    pub fn is_administrator(&self, account: &str) -> bool {
        self.administrators.as_ref().is_some_and(|all| all.iter().any(|one| one == account))
    }

    /// Returns what keeps `account` from having an organization trail (User Guide, "Prepare for creating a trail for your
    /// organization").
    pub fn obstacle(&self, account: &str) -> Option<Obstacle> {
        let Organization { id, management_account } = &self.organization;
        let is_management = management_account == account;
        if !self.has_all_features {
            let help = format!("the account {management_account} enables all features in AWS Organizations");
            return Some((format!("the organization {id} has consolidated billing only"), help));
        }
        if !is_management && !self.is_administrator(account) {
            let message = format!(
                "the account {account} neither manages the organization {id} nor administers CloudTrail for it"
            );
            let help = format!(
                "use credentials of {management_account}, or there run `aws cloudtrail \
                 register-organization-delegated-admin --member-account-id {account}`"
            );
            return Some((message, help));
        }
        (self.trusts_cloudtrail == Some(false)).then(|| {
            let help = format!(
                "in the account {management_account} run `aws organizations enable-aws-service-access \
                 --service-principal {CLOUDTRAIL}`; trailctl neither enables nor disables trusted access"
            );
            (format!("the organization {id} does not trust CloudTrail"), help)
        })
    }
}

/// Asks about the organization, as somebody in the partition of a Region. `None` if the account is in none.
pub async fn find(aws: &Aws, region: &Region) -> Result<Option<Membership>, AwsError> {
    let region = &region.global("organizations");
    let client: Client = aws.client(region, Use::Read);
    let name = |operation| CallName { service: "organizations", operation, region };
    let organization = async {
        let call = client.describe_organization().send();
        aws.send(name("DescribeOrganization"), call).await
    };
    let (answer, trusted, administrators) =
        join3(organization, trusted(aws, &client, region), administrators(aws, &client, region)).await;
    let organization = match answer {
        Err(error) if error.is("AWSOrganizationsNotInUse") => return Ok(None),
        Err(error) => return Err(error),
        Ok(answer) => answer.organization,
    };
    let missing = |what| AwsError::incomplete("organizations:DescribeOrganization", region, what);
    let organization = organization.ok_or_else(|| missing("organization"))?;
    let has_all_features = organization.feature_set == Some(OrganizationFeatureSet::All);
    let (Some(id), Some(management_account)) = (organization.id, organization.master_account_id) else {
        return Err(missing("id of the organization and of the account that manages it"));
    };
    Ok(Some(Membership {
        organization: Organization { id, management_account },
        has_all_features,
        trusts_cloudtrail: allowed(trusted)?.map(|all| all.iter().any(|one| one == CLOUDTRAIL)),
        administrators: allowed(administrators)?,
    }))
}

/// Only the management account and delegated administrators may list these.
fn allowed<T>(answer: Result<T, AwsError>) -> Result<Option<T>, AwsError> {
    match answer {
        Err(error) if error.class == Class::Denied || error.is("AWSOrganizationsNotInUse") => Ok(None),
        other => other.map(Some),
    }
}

async fn trusted(aws: &Aws, client: &Client, region: &Region) -> Result<Vec<String>, AwsError> {
    let name =
        CallName { service: "organizations", operation: "ListAWSServiceAccessForOrganization", region };
    let (mut found, mut token) = (Vec::new(), None);
    for _ in 0..MOST_PAGES {
        let call = client.list_aws_service_access_for_organization().set_next_token(token).send();
        let answer = aws.send(name, call).await?;
        let listed = answer.enabled_service_principals.unwrap_or_default();
        found.extend(listed.into_iter().filter_map(|one| one.service_principal));
        token = answer.next_token;
        if token.is_none() {
            return Ok(found);
        }
    }
    Err(AwsError::incomplete("organizations:ListAWSServiceAccessForOrganization", region, "last page"))
}

async fn administrators(aws: &Aws, client: &Client, region: &Region) -> Result<Vec<String>, AwsError> {
    let name = CallName { service: "organizations", operation: "ListDelegatedAdministrators", region };
    let call = client.list_delegated_administrators().service_principal(CLOUDTRAIL).send();
    // CloudTrail has at most three.
    let answer = aws.send(name, call).await?;
    Ok(answer.delegated_administrators.unwrap_or_default().into_iter().filter_map(|one| one.id).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_obstacle_is_named_with_what_to_do() {
        let organization =
            Organization { id: "o-example123".to_owned(), management_account: "111122223333".to_owned() };
        let ready = Membership {
            organization,
            has_all_features: true,
            trusts_cloudtrail: Some(true),
            administrators: Some(vec!["444455556666".to_owned()]),
        };
        let obstacle = |membership: &Membership, account| membership.obstacle(account).map(|found| found.1);
        assert_eq!(obstacle(&ready, "111122223333"), None);
        assert_eq!(obstacle(&ready, "444455556666"), None);
        let says = |membership: &Membership, account, text| {
            let help = obstacle(membership, account).unwrap();
            assert!(help.contains(text), "{help}");
        };
        says(&ready, "777788889999", "register-organization-delegated-admin");
        let unknown = Membership { trusts_cloudtrail: None, administrators: None, ..ready.clone() };
        says(&unknown, "444455556666", "register-organization-delegated-admin");
        assert_eq!(obstacle(&unknown, "111122223333"), None);
        says(
            &Membership { trusts_cloudtrail: Some(false), ..ready.clone() },
            "111122223333",
            "enable-aws-service-access",
        );
        says(&Membership { has_all_features: false, ..ready }, "111122223333", "all features");
    }
}
