//! EnableAWSServiceAccess, DisableAWSServiceAccess, ListAWSServiceAccessForOrganization.

use serde::Deserialize;
use serde_json::{Value, json};

use super::membership::{check_trusted, managed};
use super::{check_region, invalid};
use crate::sandbox::store::State;
use crate::sandbox::wire::{Call, Outcome, Refusal, Reply};

pub(super) fn enable_aws_service_access(state: &mut State, call: &Call<'_>) -> Outcome {
    let service = service(call)?;
    let organization = managed(state, call)?;
    if !organization.has_all_features {
        let message = "The organization does not have all features.";
        return Err(Refusal::bad("ConstraintViolationException", message));
    }
    organization.services.entry(service).or_insert(call.now);
    Ok(Reply::empty(200))
}

pub(super) fn disable_aws_service_access(state: &mut State, call: &Call<'_>) -> Outcome {
    let service = service(call)?;
    let organization = managed(state, call)?;
    if organization.admins.contains_key(&service) {
        let message = "The service has delegated administrators.";
        return Err(Refusal::bad("ConstraintViolationException", message));
    }
    organization.services.remove(&service);
    Ok(Reply::empty(200))
}

/// Everything is on the first page.
pub(super) fn list_aws_service_access(state: &State, call: &Call<'_>) -> Outcome {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
    struct Input {
        next_token: Option<String>,
        #[serde(rename = "MaxResults")]
        _most: Option<u32>,
    }
    check_region(call)?;
    let Input { next_token, _most } = call.input()?;
    if next_token.is_some() {
        return Err(invalid("The token does not come from this operation."));
    }
    let (_, organization) = check_trusted(state, call)?;
    let services = organization.services.iter();
    let shown: Vec<Value> = services
        .map(|(service, since)| json!({"ServicePrincipal": service, "DateEnabled": since.as_second()}))
        .collect();
    Ok(Reply::json(&json!({"EnabledServicePrincipals": shown})))
}

fn service(call: &Call<'_>) -> Result<String, Refusal> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase", deny_unknown_fields)]
    struct Input {
        service_principal: String,
    }
    check_region(call)?;
    let Input { service_principal } = call.input()?;
    check_service(&service_principal)?;
    Ok(service_principal)
}

pub(super) fn check_service(name: &str) -> Result<(), Refusal> {
    let is_service = name.strip_suffix(".amazonaws.com").is_some_and(|service| !service.is_empty());
    if is_service { Ok(()) } else { Err(invalid("You specified an unrecognized service principal.")) }
}
