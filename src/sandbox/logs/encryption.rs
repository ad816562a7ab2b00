//! AssociateKmsKey, DisassociateKmsKey.

use serde::Deserialize;

use super::find::{arn, named, to_change};
use super::invalid;
use crate::preflight::requests::of_log_groups_key;
use crate::sandbox::identity::service_suffix;
use crate::sandbox::kms::find_key;
use crate::sandbox::store::State;
use crate::sandbox::wire::{Call, Outcome, Refusal, Reply};

pub(super) fn associate_kms_key(state: &mut State, call: &Call<'_>) -> Outcome {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Input {
        log_group_name: String,
        kms_key_id: String,
    }
    let Input { log_group_name: name, kms_key_id } = call.input()?;
    to_change(state, call, &name)?;
    check(state, call, &name, &kms_key_id)?;
    to_change(state, call, &name)?.kms_key = Some(kms_key_id);
    Ok(Reply::empty_json())
}

pub(super) fn disassociate_kms_key(state: &mut State, call: &Call<'_>) -> Outcome {
    named(state, call)?.1.kms_key = None;
    Ok(Reply::empty_json())
}

/// Refuses a key that the log group cannot be encrypted with.
pub(super) fn check(state: &State, call: &Call<'_>, name: &str, key_arn: &str) -> Result<(), Refusal> {
    let fault = |what: &str| invalid(format!("The specified KMS key {what}: {key_arn}"));
    if !key_arn.contains(":key/") {
        return Err(fault("is not given by its ARN"));
    }
    let (account, region) = (&call.caller.account, &call.region);
    let (found, key) = find_key(state, key_arn, account, region).map_err(|_| fault("does not exist"))?;
    if found.region != *region {
        return Err(fault("is in another Region"));
    }
    if !key.is_usable() || !key.is_symmetric() {
        return Err(fault("is not enabled and symmetric"));
    }
    let service = format!("logs.{region}.{}", service_suffix(region));
    let group = arn(region, account, name);
    let needed = of_log_groups_key(&service, account, &group, key_arn);
    if !needed.iter().all(|need| key.allows(&need.request)) {
        return Err(fault("does not exist or is not allowed to be used with the log group"));
    }
    Ok(())
}
