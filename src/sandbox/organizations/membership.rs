//! CreateOrganization, DescribeOrganization, and joining.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Organization, check_region};
use crate::sandbox::ids;
use crate::sandbox::store::State;
use crate::sandbox::wire::{Call, Outcome, Refusal, Reply};

#[derive(Default, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum FeatureSet {
    #[default]
    All,
    ConsolidatedBilling,
}

pub(super) fn create_organization(state: &mut State, call: &Call<'_>) -> Outcome {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
    struct Input {
        feature_set: FeatureSet,
    }
    check_region(call)?;
    let Input { feature_set } = call.input()?;
    let account = &call.caller.account;
    if of_account(state, call.partition(), account).is_some() {
        let message = "The AWS account is already a member of an organization.";
        return Err(Refusal::bad("AlreadyInOrganizationException", message));
    }
    let organization = Organization {
        id: format!("o-{}", ids::hex(state, 10)),
        has_all_features: matches!(feature_set, FeatureSet::All),
        members: BTreeMap::new(),
        services: BTreeMap::new(),
        admins: BTreeMap::new(),
    };
    let reply = shown(call.partition(), account, &organization);
    let organizations = state.organizations.entry(call.partition().to_owned()).or_default();
    organizations.insert(account.clone(), organization);
    Ok(Reply::json(&reply))
}

pub(super) fn describe_organization(state: &State, call: &Call<'_>) -> Outcome {
    check_region(call)?;
    let (management, organization) = own(state, call)?;
    Ok(Reply::json(&shown(call.partition(), management, organization)))
}

/// Returns the organization that an account belongs to, with its management account.
pub(crate) fn of_account<'a>(
    state: &'a State,
    partition: &str,
    account: &str,
) -> Option<(&'a str, &'a Organization)> {
    let mut organizations = state.organizations.get(partition)?.iter();
    let found = organizations.find(|(management, organization)| {
        *management == account || organization.members.contains_key(account)
    });
    found.map(|(management, organization)| (management.as_str(), organization))
}

/// Makes an account a member of an organization. Says what is in the way if it cannot be.
pub(crate) fn join(
    state: &mut State,
    partition: &str,
    management: &str,
    member: &str,
    now: Timestamp,
) -> Result<(), String> {
    if of_account(state, partition, member).is_some() {
        return Err(format!("{member} belongs to an organization already"));
    }
    let organizations = state.organizations.get_mut(partition);
    let organization = organizations.and_then(|organizations| organizations.get_mut(management));
    let organization = organization.ok_or_else(|| format!("{management} manages no organization"))?;
    organization.members.insert(member.to_owned(), now);
    Ok(())
}

/// Returns the organization of the caller.
pub(super) fn own<'a>(state: &'a State, call: &Call<'_>) -> Result<(&'a str, &'a Organization), Refusal> {
    of_account(state, call.partition(), &call.caller.account).ok_or_else(not_in_use)
}

/// Returns the organization that the caller manages.
pub(super) fn managed<'a>(state: &'a mut State, call: &Call<'_>) -> Result<&'a mut Organization, Refusal> {
    let (management, _) = own(state, call)?;
    if management != call.caller.account {
        let message = "You don't have permissions to access this resource.";
        return Err(Refusal::bad("AccessDeniedException", message));
    }
    let organizations = state.organizations.get_mut(call.partition());
    organizations.and_then(|organizations| organizations.get_mut(&call.caller.account)).ok_or_else(not_in_use)
}

/// Refuses a question of an account that neither manages the organization nor administers a service for it.
pub(super) fn check_trusted<'a>(
    state: &'a State,
    call: &Call<'_>,
) -> Result<(&'a str, &'a Organization), Refusal> {
    let (management, organization) = own(state, call)?;
    let account = &call.caller.account;
    if management == account || organization.admins.values().any(|accounts| accounts.contains(account)) {
        return Ok((management, organization));
    }
    Err(Refusal::bad("AccessDeniedException", "You don't have permissions to access this resource."))
}

fn not_in_use() -> Refusal {
    let message = "Your account is not a member of an organization.";
    Refusal::bad("AWSOrganizationsNotInUseException", message)
}

fn shown(partition: &str, management: &str, organization: &Organization) -> Value {
    let Organization { id, has_all_features, members: _, services: _, admins: _ } = organization;
    let arn = |what: &str| format!("arn:{partition}:organizations::{management}:{what}/{id}");
    json!({"Organization": {
        "Id": id,
        "Arn": arn("organization"),
        "FeatureSet": if *has_all_features { "ALL" } else { "CONSOLIDATED_BILLING" },
        "MasterAccountArn": format!("{}/{management}", arn("account")),
        "MasterAccountId": management,
        "MasterAccountEmail": format!("{management}@sandbox.invalid"),
    }})
}
