//! `AWS::Logs::LogGroup`.

use serde_json::json;

use super::{super::entry::Marks, Reading};
use crate::{export::Found, kinds::log_group::LogGroup};

pub(super) fn found(mut reading: Reading<'_>) -> Option<Found> {
    let name = reading.name()?;
    let region = reading.region();
    let Marks { owner, tags, protect } = reading.marks();
    let class = reading.text("LogGroupClass").map(|class| json!(class));
    let group = LogGroup {
        name: Some(name.clone()),
        region: Some(region.clone()),
        retention_days: reading.number("RetentionInDays"),
        kms_key: reading.key("KmsKeyId"),
        class: class.and_then(|class| serde_json::from_value(class).ok()).unwrap_or_default(),
        deletion_protection: reading.flag("DeletionProtectionEnabled", false),
        tags,
        protect,
        adopt: false,
    };
    let outputs = reading.outputs(&name);
    reading.found(group, (region, name), outputs, owner)
}
