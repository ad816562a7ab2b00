//! What a trail needs besides itself: its bucket, key, topic, log group and organization.

use super::arn::TrailArn;
use super::settings::Settings;
use super::{delivery, encryption, notification, organization};
use crate::sandbox::organizations;
use crate::sandbox::store::State;
use crate::sandbox::wire::{Call, Refusal};

/// Returns the settings with full ARNs, if CloudTrail may use all they name. `old` are the settings until then.
pub(super) fn resolved(
    state: &State,
    call: &Call<'_>,
    arn: &TrailArn,
    mut settings: Settings,
    old: &Settings,
) -> Result<Settings, Refusal> {
    let id = match settings.is_organization {
        true => Some(organization::managed(state, call)?.1.id.as_str()),
        false => None,
    };
    if let Some(logs) = &settings.log_delivery {
        // What another administrator of the organization has set stays in that one's account.
        let kept = (old.log_delivery.as_ref() == Some(logs)).then(|| logs.group.split(':').nth(4)).flatten();
        logs.check(state, arn, kept.unwrap_or(&call.caller.account), id)?;
    }
    settings.kms_key = key(state, call, arn, &settings)?;
    delivery::check(state, arn, &settings, id)?;
    if let Some(topic) = &settings.topic {
        settings.topic = Some(notification::resolve(state, call, arn, topic)?);
    }
    Ok(settings)
}

/// Refuses settings whose bucket and key do not let CloudTrail deliver: what is looked at again for Insights.
pub(super) fn check_delivery(
    state: &State,
    call: &Call<'_>,
    arn: &TrailArn,
    settings: &Settings,
) -> Result<(), Refusal> {
    let organization = organizations::of_account(state, &arn.partition, &arn.account);
    let id =
        organization.filter(|_| settings.is_organization).map(|(_, organization)| organization.id.as_str());
    key(state, call, arn, settings)?;
    delivery::check(state, arn, settings, id)
}

/// Returns the ARN of the key that the settings name, if they name one.
fn key(
    state: &State,
    call: &Call<'_>,
    arn: &TrailArn,
    settings: &Settings,
) -> Result<Option<String>, Refusal> {
    let region = &delivery::bucket(state, arn, settings)?.region;
    let resolve =
        |key| encryption::resolve(state, arn, (&settings.bucket, region), &call.caller.account, key);
    settings.kms_key.as_deref().map(resolve).transpose()
}
