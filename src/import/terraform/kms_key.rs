//! `aws_kms_key`, with `aws_kms_alias` and `aws_kms_key_policy`.

use super::super::{
    entry::{About, Marks, found as entry, outputs},
    quoted,
    tree::{flag, number, text},
};
use super::{Item, State};
use crate::{
    export::Found,
    kinds::kms_key::{
        KmsKey, USUAL_WINDOW,
        settings::{Rotation, State as Use},
    },
    policy::document::PolicyDocument,
};

pub(super) fn found(state: &State, item: &Item) -> Result<Option<Found>, String> {
    let (Some(id), Some(region)) = (item.said("key_id"), item.region()) else { return Ok(None) };
    let arn = item.said("arn");
    let ids: Vec<&str> = [Some(id.as_str()), arn.as_deref()].into_iter().flatten().collect();
    let Marks { owner, tags, protect } = item.marks();
    let mut notes = Vec::new();
    let name = alias(state, &ids, &mut notes);
    let is = |attribute: &str, usual: bool| flag(&item.values[attribute]).unwrap_or(usual);
    // A period of 0 is the usual one of the provider's versions that know none.
    let days = number(&item.values["rotation_period_in_days"]).filter(|days: &u32| *days > 0);
    let Rotation(usual) = Rotation::default();
    let part = state.about("aws_kms_key_policy", "key_id", &ids).unwrap_or(item);
    let policy = text(&part.values["policy"]);
    if policy.is_none() {
        notes.push("The state does not tell its policy.".to_owned());
    }
    let key = KmsKey {
        name: name.clone(),
        region: Some(region.clone()),
        description: item.said("description").unwrap_or_default(),
        rotation: Rotation(if is("enable_key_rotation", false) { days.or(usual) } else { None }),
        multi_region: is("multi_region", false),
        deletion_window_days: number(&item.values["deletion_window_in_days"]).unwrap_or(USUAL_WINDOW),
        enabled: if is("is_enabled", true) { Use::Enabled } else { Use::Disabled },
        // Statements of the policy.
        admins: Vec::new(),
        readers: Vec::new(),
        policy: policy.map_or_else(PolicyDocument::default, PolicyDocument::read),
        tags,
        protect,
        adopt: false,
    };
    let name_in_aws = name.clone().unwrap_or_else(|| format!("key/{id}"));
    let outputs = outputs([
        ("name", Some(name_in_aws.clone())),
        ("alias", name.map(|name| format!("alias/{name}"))),
        ("arn", arn.clone()),
        ("key_id", Some(id.clone())),
    ]);
    Ok(entry(key, About { region, name: name_in_aws, outputs, owner, notes }))
}

/// Returns the one alias of a key, without `alias/`.
fn alias(state: &State, ids: &[&str], notes: &mut Vec<String>) -> Option<String> {
    let is_of = |alias: &&Item| {
        let targets = ["target_key_id", "target_key_arn"];
        targets.iter().any(|name| text(&alias.values[*name]).is_some_and(|target| ids.contains(&target)))
    };
    let names = state.of("aws_kms_alias").filter(is_of).filter_map(|alias| text(&alias.values["name"]));
    let mut names: Vec<&str> = names.filter_map(|name| name.strip_prefix("alias/")).collect();
    names.sort_unstable();
    match names[..] {
        [one] => Some(one.to_owned()),
        [] => {
            notes.push("The state does not tell an alias of it.".to_owned());
            None
        }
        [_, ..] => {
            let names: Vec<String> = names.iter().map(|name| quoted(&format!("alias/{name}"))).collect();
            notes.push(format!("It has several aliases, of which an entry has one: {}.", names.join(", ")));
            None
        }
    }
}
