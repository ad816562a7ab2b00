//! The lifecycle of the objects in a bucket: kept and checked, never carried out.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::address::{bucket, bucket_mut};
use super::refuse;
use crate::sandbox::ids;
use crate::sandbox::store::State;
use crate::sandbox::tags::Tag;
use crate::sandbox::wire::xml::{document, parse};
use crate::sandbox::wire::{Call, Outcome, Refusal, Reply, header};

const MAX_RULES: usize = 1000;
const MAX_ID: usize = 255;
/// The storage classes that objects can move to, each only after those above it, with the days that they stay before at
/// least.
const CLASSES: &[(&str, u32)] = &[
    ("STANDARD_IA", 30),
    ("INTELLIGENT_TIERING", 0),
    ("ONEZONE_IA", 30),
    ("GLACIER_IR", 0),
    ("GLACIER", 0),
    ("DEEP_ARCHIVE", 0),
];
/// The days that objects stay at least in the classes whose name ends so.
const INFREQUENT: (&str, u32) = ("_IA", 30);
/// The header that says how small an object may be to move, and its values, the default first.
const MINIMUM: &str = "x-amz-transition-default-minimum-object-size";
const MINIMA: &[&str] = &["all_storage_classes_128K", "varies_by_storage_class"];

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lifecycle {
    configuration: Configuration,
    minimum_size: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Configuration {
    #[serde(default)]
    rule: Vec<Rule>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Rule {
    #[serde(rename = "ID", skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    filter: Option<Filter>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prefix: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration: Option<Expiration>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    transition: Vec<Transition>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    noncurrent_version_transition: Vec<NoncurrentTransition>,
    #[serde(skip_serializing_if = "Option::is_none")]
    noncurrent_version_expiration: Option<NoncurrentExpiration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    abort_incomplete_multipart_upload: Option<AbortUpload>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Status {
    Enabled,
    Disabled,
}

/// Which objects a rule is for: one of the members, or none for all objects.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
struct Filter {
    #[serde(skip_serializing_if = "Option::is_none")]
    prefix: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tag: Option<Tag>,
    #[serde(skip_serializing_if = "Option::is_none")]
    object_size_greater_than: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    object_size_less_than: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    and: Option<Conjunction>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
struct Conjunction {
    #[serde(skip_serializing_if = "Option::is_none")]
    prefix: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tag: Vec<Tag>,
    #[serde(skip_serializing_if = "Option::is_none")]
    object_size_greater_than: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    object_size_less_than: Option<u64>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
struct Expiration {
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    days: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expired_object_delete_marker: Option<bool>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Transition {
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    days: Option<u32>,
    storage_class: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct NoncurrentTransition {
    noncurrent_days: u32,
    storage_class: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    newer_noncurrent_versions: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct NoncurrentExpiration {
    noncurrent_days: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    newer_noncurrent_versions: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct AbortUpload {
    days_after_initiation: u32,
}

pub(super) fn get_bucket_lifecycle(state: &State, call: &Call<'_>) -> Outcome {
    match &bucket(state, call)?.1.lifecycle {
        Some(Lifecycle { configuration, minimum_size }) => {
            let xml = document("LifecycleConfiguration", configuration)?;
            Ok(Reply::xml(xml).with_header(MINIMUM, minimum_size))
        }
        None => {
            Err(refuse(404, "NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist"))
        }
    }
}

/// The rules replace those that are there.
pub(super) fn put_bucket_lifecycle(state: &mut State, call: &Call<'_>) -> Outcome {
    bucket(state, call)?;
    let mut configuration: Configuration = parse("LifecycleConfiguration", call.request.body())?;
    for rule in &mut configuration.rule {
        // An empty id means none.
        let given = rule.id.take().filter(|id| !id.is_empty());
        rule.id = Some(given.unwrap_or_else(|| ids::uuid(state)));
    }
    check(&configuration.rule)?;
    let minimum_size = header(call.request, MINIMUM).unwrap_or(MINIMA[0]).to_owned();
    if !MINIMA.contains(&minimum_size.as_str()) {
        return Err(invalid("The default minimum object size has an unknown value"));
    }
    let reply = Reply::empty(200).with_header(MINIMUM, &minimum_size);
    bucket_mut(state, call)?.1.lifecycle = Some(Lifecycle { configuration, minimum_size });
    Ok(reply)
}

pub(super) fn delete_bucket_lifecycle(state: &mut State, call: &Call<'_>) -> Outcome {
    bucket_mut(state, call)?.1.lifecycle = None;
    Ok(Reply::empty(204))
}

fn check(rules: &[Rule]) -> Result<(), Refusal> {
    if !(1..=MAX_RULES).contains(&rules.len()) {
        return Err(malformed());
    }
    let ids: BTreeSet<&Option<String>> = rules.iter().map(|rule| &rule.id).collect();
    if ids.len() < rules.len() {
        return Err(invalid("Rule ID must be unique. Found same ID for more than one rule"));
    }
    rules.iter().try_for_each(check_rule)
}

fn check_rule(rule: &Rule) -> Result<(), Refusal> {
    if rule.id.as_ref().is_some_and(|id| id.chars().count() > MAX_ID) {
        return Err(invalid("ID length should not exceed allowed limit of 255"));
    }
    match (&rule.filter, &rule.prefix) {
        (Some(filter), None) => check_filter(filter)?,
        (None, Some(_)) => {}
        (Some(_), Some(_)) | (None, None) => return Err(malformed()),
    }
    let is_idle = rule.expiration.is_none()
        && rule.transition.is_empty()
        && rule.noncurrent_version_transition.is_empty()
        && rule.noncurrent_version_expiration.is_none()
        && rule.abort_incomplete_multipart_upload.is_none();
    if is_idle {
        let message = "At least one action needs to be specified in a rule";
        return Err(refuse(400, "InvalidRequest", message));
    }
    let last = check_transitions(rule)?;
    if let Some(Expiration { date, days, expired_object_delete_marker: marker }) = &rule.expiration {
        if [date.is_some(), days.is_some(), marker.is_some()].iter().filter(|given| **given).count() != 1 {
            return Err(malformed());
        }
        if days.is_some_and(|days| days <= last) {
            let message = "'Days' in the Expiration action must be greater than 0 and than 'Days' in the \
                           Transition action";
            return Err(invalid(message));
        }
    }
    let noncurrent = rule.noncurrent_version_expiration.as_ref().map(|expiration| expiration.noncurrent_days);
    let moved = rule.noncurrent_version_transition.iter().map(|transition| transition.noncurrent_days).max();
    if noncurrent.is_some_and(|days| days <= moved.unwrap_or(0)) {
        return Err(invalid("'NoncurrentDays' must be greater than 0 and than those of transitions"));
    }
    if rule.abort_incomplete_multipart_upload.as_ref().is_some_and(|abort| abort.days_after_initiation == 0) {
        return Err(invalid("'DaysAfterInitiation' must be a positive integer"));
    }
    Ok(())
}

fn check_filter(filter: &Filter) -> Result<(), Refusal> {
    let Filter { prefix, tag, object_size_greater_than, object_size_less_than, and } = filter;
    let given = [
        prefix.is_some(),
        tag.is_some(),
        object_size_greater_than.is_some(),
        object_size_less_than.is_some(),
        and.is_some(),
    ];
    if given.iter().filter(|given| **given).count() > 1 { Err(malformed()) } else { Ok(()) }
}

/// Returns the day of the last transition, or zero.
fn check_transitions(rule: &Rule) -> Result<u32, Refusal> {
    let least = |class: &str| CLASSES.iter().find(|(known, _)| *known == class).map(|(_, days)| *days);
    let too_soon = || invalid("'Days' in the Transition action is less than the storage class needs");
    let mut classes = BTreeSet::new();
    for Transition { date, days, storage_class } in &rule.transition {
        let least = least(storage_class).ok_or_else(malformed)?;
        if date.is_some() == days.is_some() || !classes.insert(storage_class) {
            return Err(malformed());
        }
        if days.is_some_and(|days| days < least) {
            return Err(too_soon());
        }
    }
    for NoncurrentTransition { noncurrent_days, storage_class, .. } in &rule.noncurrent_version_transition {
        if *noncurrent_days < least(storage_class).ok_or_else(malformed)? {
            return Err(too_soon());
        }
    }
    let moves = rule.transition.iter().filter_map(|one| Some((one.storage_class.as_str(), one.days?)));
    check_order(moves.collect())?;
    let moves = rule.noncurrent_version_transition.iter();
    check_order(moves.map(|one| (one.storage_class.as_str(), one.noncurrent_days)).collect())?;
    Ok(rule.transition.iter().filter_map(|transition| transition.days).max().unwrap_or(0))
}

/// Refuses transitions that come before those into a warmer class, or too soon after them.
fn check_order(mut moves: Vec<(&str, u32)>) -> Result<(), Refusal> {
    moves.sort_by_key(|(class, _)| CLASSES.iter().position(|(known, _)| known == class));
    for pair in moves.windows(2) {
        let [(before, earlier), (_, later)] = [pair[0], pair[1]];
        let (ending, stay) = INFREQUENT;
        let least = if before.ends_with(ending) { stay } else { 1 };
        if later < earlier.saturating_add(least) {
            let message =
                format!("'Days' in a Transition action must be {least} more than in that to {before}");
            return Err(invalid(&message));
        }
    }
    Ok(())
}

fn invalid(message: &str) -> Refusal {
    refuse(400, "InvalidArgument", message)
}

fn malformed() -> Refusal {
    let message = "The XML you provided was not well-formed or did not validate against our published schema";
    refuse(400, "MalformedXML", message)
}
