//! CreateLogGroup, DescribeLogGroups, DeleteLogGroup, PutLogGroupDeletionProtection.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::find::{absent, arn, check_name, name_in_arn, named, to_change};
use super::{Class, LogGroup, encryption, invalid, tagging};
use crate::sandbox::store::State;
use crate::sandbox::wire::{Call, Outcome, Refusal, Reply};

const PAGE: usize = 50;

pub(super) fn create_log_group(state: &mut State, call: &Call<'_>) -> Outcome {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Input {
        log_group_name: String,
        kms_key_id: Option<String>,
        #[serde(default)]
        tags: BTreeMap<String, String>,
        #[serde(default)]
        log_group_class: Class,
        #[serde(default)]
        deletion_protection_enabled: bool,
    }
    let input: Input = call.input()?;
    let name = input.log_group_name;
    check_name(&name)?;
    if let Some(key) = &input.kms_key_id {
        encryption::check(state, call, &name, key)?;
    }
    let mut tags = BTreeMap::new();
    tagging::add(&mut tags, input.tags)?;
    let group = LogGroup {
        created: call.now,
        class: input.log_group_class,
        retention: None,
        kms_key: input.kms_key_id,
        is_protected: input.deletion_protection_enabled,
        tags,
        subscriptions: BTreeMap::new(),
    };
    let regions = state.log_groups.entry(call.caller.account.clone()).or_default();
    let groups = regions.entry(call.region.clone()).or_default();
    if groups.contains_key(&name) {
        let message = "The specified log group already exists";
        return Err(Refusal::bad("ResourceAlreadyExistsException", message));
    }
    groups.insert(name, group);
    Ok(Reply::empty_json())
}

/// The token of a page is the last name of the one before. What AWS says to a list with a name that it does not know is not
/// documented: here it is refused.
pub(super) fn describe_log_groups(state: &State, call: &Call<'_>) -> Outcome {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default, deny_unknown_fields)]
    struct Input {
        log_group_name_prefix: String,
        log_group_name_pattern: Option<String>,
        log_group_class: Option<Class>,
        log_group_identifiers: Option<Vec<String>>,
        next_token: Option<String>,
        limit: Option<usize>,
    }
    let input: Input = call.input()?;
    let size = input.limit.unwrap_or(PAGE);
    if !(1..=PAGE).contains(&size) {
        return Err(invalid(format!("limit must be 1 to {PAGE}.")));
    }
    if input.log_group_name_pattern.is_some() && !input.log_group_name_prefix.is_empty() {
        return Err(invalid("LogGroup name prefix and LogGroup name pattern are mutually exclusive"));
    }
    let account = &call.caller.account;
    let groups = state.log_groups.get(account).and_then(|regions| regions.get(&call.region));
    if let Some(names) = &input.log_group_identifiers {
        let has_filter = input.log_group_name_pattern.is_some()
            || input.log_group_class.is_some()
            || !input.log_group_name_prefix.is_empty();
        if has_filter || !(1..=PAGE).contains(&names.len()) {
            return Err(invalid(format!("logGroupIdentifiers takes 1 to {PAGE} names and no other filter.")));
        }
        for name in names {
            check_name(name)?;
            groups.and_then(|groups| groups.get(name)).ok_or_else(absent)?;
        }
    }
    let pattern = input.log_group_name_pattern.unwrap_or_default().to_lowercase();
    let wanted: Vec<(&String, &LogGroup)> = groups
        .into_iter()
        .flatten()
        .filter(|(name, _)| {
            name.starts_with(&input.log_group_name_prefix) && name.to_lowercase().contains(&pattern)
        })
        .filter(|(name, _)| input.log_group_identifiers.as_ref().is_none_or(|names| names.contains(name)))
        .filter(|(_, group)| input.log_group_class.is_none_or(|class| class == group.class))
        .filter(|(name, _)| input.next_token.as_ref().is_none_or(|token| *name > token))
        .collect();
    let page: Vec<Value> = wanted.iter().take(size).map(|(name, group)| shown(call, name, group)).collect();
    let mut answer = Map::from_iter([("logGroups".to_owned(), json!(page))]);
    if wanted.len() > size {
        answer.insert("nextToken".to_owned(), json!(wanted[size - 1].0));
    }
    Ok(Reply::json(&answer.into()))
}

pub(super) fn delete_log_group(state: &mut State, call: &Call<'_>) -> Outcome {
    let (name, group) = named(state, call)?;
    if group.is_protected {
        let message = "The log group is protected against deletion.";
        return Err(Refusal::bad("ValidationException", message));
    }
    let regions = state.log_groups.get_mut(&call.caller.account);
    if let Some(groups) = regions.and_then(|regions| regions.get_mut(&call.region)) {
        groups.remove(&name);
    }
    Ok(Reply::empty_json())
}

pub(super) fn put_log_group_deletion_protection(state: &mut State, call: &Call<'_>) -> Outcome {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Input {
        log_group_identifier: String,
        deletion_protection_enabled: bool,
    }
    let Input { log_group_identifier: id, deletion_protection_enabled } = call.input()?;
    let name = match id.starts_with("arn:") {
        true => name_in_arn(call, &id)?,
        false => &id,
    };
    to_change(state, call, name)?.is_protected = deletion_protection_enabled;
    Ok(Reply::empty_json())
}

fn shown(call: &Call<'_>, name: &str, group: &LogGroup) -> Value {
    let LogGroup { created, class, retention, kms_key, is_protected, tags: _, subscriptions: _ } = group;
    let arn = arn(&call.region, &call.caller.account, name);
    let mut members = Map::new();
    let mut add = |name: &str, value: Value| members.insert(name.to_owned(), value);
    add("logGroupName", json!(name));
    add("creationTime", json!(created.as_millisecond()));
    if let Some(days) = retention {
        add("retentionInDays", json!(days));
    }
    add("metricFilterCount", json!(0));
    add("arn", json!(format!("{arn}:*")));
    add("logGroupArn", json!(arn));
    add("storedBytes", json!(0));
    if let Some(key) = kms_key {
        add("kmsKeyId", json!(key));
    }
    add("logGroupClass", json!(class));
    add("deletionProtectionEnabled", json!(is_protected));
    members.into()
}
