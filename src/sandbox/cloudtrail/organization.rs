//! Who may have trails for an organization.

use super::refuse;
use crate::preflight::requests::CLOUDTRAIL;
use crate::sandbox::organizations::{Organization, of_account};
use crate::sandbox::store::State;
use crate::sandbox::wire::{Call, Refusal};

/// Returns the organization whose trails the caller manages, with its management account; else says why not.
pub(super) fn managed<'a>(state: &'a State, call: &Call<'_>) -> Result<(&'a str, &'a Organization), Refusal> {
    let account = &call.caller.account;
    let Some((management, organization)) = of_account(state, call.partition(), account) else {
        let message = "The account is not a member of an organization.";
        return Err(refuse("OrganizationsNotInUseException", message));
    };
    if !is_manager(management, organization, account) {
        return Err(not_manager());
    }
    if !organization.has_all_features {
        let message = "The organization does not have all features.";
        return Err(refuse("OrganizationNotInAllFeaturesModeException", message));
    }
    if !organization.trusts(CLOUDTRAIL) {
        let message = "CloudTrail does not have trusted access to the organization.";
        return Err(refuse("CloudTrailAccessNotEnabledException", message));
    }
    Ok((management, organization))
}

/// Whether an account manages the trails of its organization: as management account or delegated administrator.
pub(super) fn is_manager(management: &str, organization: &Organization, account: &str) -> bool {
    management == account || organization.is_admin(account, CLOUDTRAIL)
}

/// Refuses to turn a trail of an account into one of the organization or back, if the caller is not the management
/// account.
pub(super) fn check_conversion(state: &State, call: &Call<'_>) -> Result<(), Refusal> {
    let account = &call.caller.account;
    match of_account(state, call.partition(), account) {
        Some((management, _)) if management != account => Err(not_manager()),
        _ => Ok(()),
    }
}

pub(super) fn not_manager() -> Refusal {
    let message = "The account is neither the management account nor a delegated administrator.";
    refuse("NotOrganizationMasterAccountException", message)
}
