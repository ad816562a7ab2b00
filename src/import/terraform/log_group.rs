//! `aws_cloudwatch_log_group`.

use serde_json::json;

use super::super::{
    entry::{About, Marks, found as entry, outputs},
    tree::{flag, number},
};
use super::{Item, State};
use crate::{
    export::Found,
    kinds::log_group::{LogGroup, without_star},
    resource::Reference,
};

pub(super) fn found(state: &State, item: &Item) -> Result<Option<Found>, String> {
    let (Some(name), Some(region)) = (item.said("name"), item.region()) else { return Ok(None) };
    let Marks { owner, tags, protect } = item.marks();
    let deletion_protection = flag(&item.values["deletion_protection_enabled"]);
    let untold =
        "The state does not tell whether CloudWatch Logs refuses to delete it: it is taken not to, as usual.";
    let class = item.said("log_group_class").map(|class| json!(class));
    let group = LogGroup {
        name: Some(name.clone()),
        region: Some(region.clone()),
        // 0 is for ever.
        retention_days: number(&item.values["retention_in_days"]).filter(|days: &u32| *days > 0),
        kms_key: item.said("kms_key_id").map(|key| Reference::Declared(state.key_arn(&key))),
        class: class.and_then(|class| serde_json::from_value(class).ok()).unwrap_or_default(),
        deletion_protection: deletion_protection.unwrap_or(false),
        tags,
        protect,
        adopt: false,
    };
    let arn = item.said("arn").map(|arn| without_star(&arn).to_owned());
    let outputs = outputs([("name", Some(name.clone())), ("arn", arn)]);
    let notes = deletion_protection.is_none().then(|| untold.to_owned()).into_iter().collect();
    Ok(entry(group, About { region, name, outputs, owner, notes }))
}
