//! RegisterDelegatedAdministrator, ListDelegatedAdministrators.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};

use super::membership::{check_trusted, managed};
use super::services::check_service;
use super::{check_region, invalid};
use crate::sandbox::identity::is_account_id;
use crate::sandbox::store::State;
use crate::sandbox::wire::{Call, Outcome, Refusal, Reply};

/// The most administrators of a service.
const MAX_ADMINS: usize = 3;

pub(super) fn register_delegated_administrator(state: &mut State, call: &Call<'_>) -> Outcome {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase", deny_unknown_fields)]
    struct Input {
        account_id: String,
        service_principal: String,
    }
    check_region(call)?;
    let Input { account_id, service_principal: service } = call.input()?;
    check_service(&service)?;
    if !is_account_id(&account_id) {
        return Err(invalid("AccountId must have 12 digits."));
    }
    let violated = |message: &str| Refusal::bad("ConstraintViolationException", message);
    let organization = managed(state, call)?;
    if account_id == call.caller.account {
        return Err(violated("You cannot register the management account."));
    }
    if !organization.members.contains_key(&account_id) {
        let message = "You specified an account that doesn't exist in your organization.";
        return Err(Refusal::bad("AccountNotFoundException", message));
    }
    if !organization.trusts(&service) {
        return Err(violated("The service does not have trusted access."));
    }
    let admins = organization.admins.entry(service).or_default();
    if !admins.insert(account_id) {
        let message = "The account is a delegated administrator of the service already.";
        return Err(Refusal::bad("AccountAlreadyRegisteredException", message));
    }
    if admins.len() > MAX_ADMINS {
        return Err(violated("The service has its most delegated administrators already."));
    }
    Ok(Reply::empty(200))
}

/// Everything is on the first page.
pub(super) fn list_delegated_administrators(state: &State, call: &Call<'_>) -> Outcome {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
    struct Input {
        service_principal: Option<String>,
        next_token: Option<String>,
    }
    check_region(call)?;
    let Input { service_principal: wanted, next_token } = call.input()?;
    if next_token.is_some() {
        return Err(invalid("The token does not come from this operation."));
    }
    let (management, organization) = check_trusted(state, call)?;
    let services = organization.admins.iter();
    let admins: BTreeSet<&String> = services
        .filter(|(service, _)| wanted.as_ref().is_none_or(|wanted| wanted == *service))
        .flat_map(|(_, accounts)| accounts)
        .collect();
    let shown: Vec<Value> = admins
        .into_iter()
        .map(|account| {
            let home = format!("arn:{}:organizations::{management}:account", call.partition());
            json!({
                "Id": account,
                "Arn": format!("{home}/{}/{account}", organization.id),
                "Email": format!("{account}@sandbox.invalid"),
                "Name": account,
                "Status": "ACTIVE",
                "JoinedMethod": "INVITED",
                "JoinedTimestamp": organization.members.get(account).map(|since| since.as_second()),
            })
        })
        .collect();
    Ok(Reply::json(&json!({"DelegatedAdministrators": shown})))
}
