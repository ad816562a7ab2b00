//! The rules of the lifecycle of objects: of `aws_s3_bucket_lifecycle_configuration`, and of buckets themselves.

use serde_json::Value;

use super::super::{
    bucket::odd,
    tree::{first, flag, items, number, positive, text},
};
use crate::kinds::bucket::lifecycle::{Rule, Transition};

fn name(rule: &Value) -> String {
    text(&rule["id"]).unwrap_or_default().to_owned()
}

/// Returns the moves to other storage classes, after the days that an attribute says.
fn transitions(list: &Value, days: &str) -> Vec<Transition> {
    let transition = |to: &Value| Transition {
        days: number(&to[days]).unwrap_or(0),
        storage_class: text(&to["storage_class"]).unwrap_or_default().to_owned(),
    };
    items(list).map(transition).collect()
}

fn has_tags(filter: &Value) -> bool {
    let tags = filter["tags"].as_object().is_some_and(|tags| !tags.is_empty());
    tags || first(&filter["tag"]).is_object()
}

fn has_size(filter: &Value) -> bool {
    ["object_size_greater_than", "object_size_less_than"]
        .iter()
        .any(|size| positive(&filter[*size]).is_some())
}

fn has_date(rule: &Value) -> bool {
    let moves = items(&rule["transition"]);
    items(&rule["expiration"]).chain(moves).any(|at| text(&at["date"]).is_some())
}

/// Reads a rule of the resource that is for them.
pub(super) fn rule(rule: &Value, notes: &mut Vec<String>) -> Rule {
    let filter = first(&rule["filter"]);
    let all = first(&filter["and"]);
    let old = first(&rule["noncurrent_version_expiration"]);
    let expiration = first(&rule["expiration"]);
    let mut other = Vec::new();
    if has_tags(filter) || has_tags(all) {
        other.push("a filter by tags");
    }
    if has_size(filter) || has_size(all) {
        other.push("a filter by size");
    }
    if has_date(rule) {
        other.push("a date");
    }
    let mut old_moves = items(&rule["noncurrent_version_transition"]);
    if old_moves.any(|to| positive(&to["newer_noncurrent_versions"]).is_some()) {
        other.push("a number of versions before they move");
    }
    let prefix = text(&filter["prefix"]).or_else(|| text(&all["prefix"])).or_else(|| text(&rule["prefix"]));
    let read = Rule {
        id: name(rule),
        enabled: rule["status"] == "Enabled",
        prefix: prefix.unwrap_or_default().to_owned(),
        transitions: transitions(&rule["transition"], "days"),
        expire_days: positive(&expiration["days"]),
        noncurrent_transitions: transitions(&rule["noncurrent_version_transition"], "noncurrent_days"),
        noncurrent_expire_days: positive(&old["noncurrent_days"]),
        noncurrent_keep: positive(&old["newer_noncurrent_versions"]),
        expire_delete_markers: flag(&expiration["expired_object_delete_marker"]).unwrap_or(false),
        abort_multipart_days: positive(
            &first(&rule["abort_incomplete_multipart_upload"])["days_after_initiation"],
        ),
    };
    odd(read, &other, notes)
}

/// Reads a rule of the bucket itself.
pub(super) fn old_rule(rule: &Value, notes: &mut Vec<String>) -> Rule {
    let expiration = first(&rule["expiration"]);
    let mut other = Vec::new();
    if has_tags(rule) {
        other.push("a filter by tags");
    }
    if has_date(rule) {
        other.push("a date");
    }
    let read = Rule {
        id: name(rule),
        enabled: flag(&rule["enabled"]).unwrap_or(false),
        prefix: text(&rule["prefix"]).unwrap_or_default().to_owned(),
        transitions: transitions(&rule["transition"], "days"),
        expire_days: positive(&expiration["days"]),
        noncurrent_transitions: transitions(&rule["noncurrent_version_transition"], "days"),
        noncurrent_expire_days: positive(&first(&rule["noncurrent_version_expiration"])["days"]),
        noncurrent_keep: None,
        expire_delete_markers: flag(&expiration["expired_object_delete_marker"]).unwrap_or(false),
        abort_multipart_days: positive(&rule["abort_incomplete_multipart_upload_days"]),
    };
    odd(read, &other, notes)
}
