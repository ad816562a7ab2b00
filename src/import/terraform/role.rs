//! `aws_iam_role`, with `aws_iam_role_policy`, `aws_iam_role_policy_attachment` and `aws_iam_policy_attachment`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::super::{
    arn::Arn,
    entry::{About, Marks, found as entry, outputs, role_policy},
    tree::{items, number, text, texts},
};
use super::{Item, State};
use crate::{
    export::Found,
    kinds::role::{INLINE, Role, hour},
    policy::document::PolicyDocument,
    resource::region::Region,
};

pub(super) fn found(state: &State, item: &Item) -> Result<Option<Found>, String> {
    let (Some(name), Some(arn)) = (item.said("name"), item.said("arn")) else { return Ok(None) };
    let partition = Arn::read(&arn).map_or("aws", |arn| arn.partition);
    let region = Region::leader(partition);
    let Marks { owner, tags, protect } = item.marks();
    let mut inline = inline(state, item, &name);
    let role = Role {
        name: Some(name.clone()),
        path: item.said("path").unwrap_or_else(|| "/".to_owned()),
        permissions_boundary: item.said("permissions_boundary"),
        max_session_seconds: number(&item.values["max_session_duration"]).unwrap_or_else(hour),
        trust: item
            .said("assume_role_policy")
            .map_or_else(PolicyDocument::default, |text| role_policy(&text)),
        policy: inline.remove(INLINE).unwrap_or_default(),
        inline_policies: inline,
        managed_policies: managed(state, item, &name),
        tags,
        protect,
        adopt: false,
    };
    let outputs = outputs([("name", Some(name.clone())), ("arn", Some(arn))]);
    Ok(entry(role, About { region, name, outputs, owner, notes: Vec::new() }))
}

/// Returns the inline policies, by name. What the role itself says of one that has a resource may be older, or sensitive.
fn inline(state: &State, item: &Item, role: &str) -> BTreeMap<String, PolicyDocument> {
    let is_of = |policy: &&Item| text(&policy.values["role"]) == Some(role);
    let apart: Vec<&Value> =
        state.of("aws_iam_role_policy").filter(is_of).map(|policy| &policy.values).collect();
    let is_own = |policy: &&Value| apart.iter().all(|other| other["name"] != policy["name"]);
    let all = items(&item.values["inline_policy"]).filter(is_own).chain(apart.iter().copied());
    all.filter_map(|policy| Some((text(&policy["name"])?.to_owned(), role_policy(text(&policy["policy"])?))))
        .collect()
}

/// Returns the ARNs of the managed policies that are attached.
fn managed(state: &State, item: &Item, role: &str) -> BTreeSet<String> {
    let is_of = |one: &&Item| text(&one.values["role"]) == Some(role);
    let is_among = |one: &&Item| items(&one.values["roles"]).any(|name| name.as_str() == Some(role));
    let apart = state.of("aws_iam_role_policy_attachment").filter(is_of);
    let apart = apart.chain(state.of("aws_iam_policy_attachment").filter(is_among));
    let apart = apart.filter_map(|one| one.said("policy_arn"));
    texts(&item.values["managed_policy_arns"]).into_iter().chain(apart).collect()
}
