//! What a trail needs besides itself: its bucket, key, topic, log group and organization.

use super::arn::TrailArn;
use super::settings::Settings;
use super::{delivery, encryption, notification, organization};
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
    let region = delivery::bucket(state, arn, &settings)?.region.clone();
    if let Some(key) = &settings.kms_key {
        let bucket = (settings.bucket.as_str(), region.as_str());
        settings.kms_key = Some(encryption::resolve(state, arn, bucket, &call.caller.account, key)?);
    }
    delivery::check(state, arn, &settings, id)?;
    if let Some(topic) = &settings.topic {
        settings.topic = Some(notification::resolve(state, call, arn, topic)?);
    }
    Ok(settings)
}
