//! The rules of the lifecycle of objects: of the `LifecycleConfiguration` of a bucket.

use serde_json::Value;

use super::super::{
    bucket::odd,
    tree::{flag, items, number, positive, text, written},
};
use crate::kinds::bucket::lifecycle::{Rule, Transition};

/// Reads a rule, which is the `number`-th of its bucket. S3 names one that has no name.
pub(super) fn rule(rule: &Value, number: usize, notes: &mut Vec<String>) -> Rule {
    let mut other = Vec::new();
    if items(&rule["TagFilters"]).next().is_some() {
        other.push("a filter by tags");
    }
    if ["ObjectSizeGreaterThan", "ObjectSizeLessThan"].iter().any(|size| written(&rule[*size]).is_some()) {
        other.push("a filter by size");
    }
    let moves = || items(&rule["Transitions"]).chain(items(&rule["Transition"]));
    let old_moves =
        || items(&rule["NoncurrentVersionTransitions"]).chain(items(&rule["NoncurrentVersionTransition"]));
    if text(&rule["ExpirationDate"]).is_some() || moves().any(|to| text(&to["TransitionDate"]).is_some()) {
        other.push("a date");
    }
    if old_moves().any(|to| positive(&to["NewerNoncurrentVersions"]).is_some()) {
        other.push("a number of versions before they move");
    }
    let old = &rule["NoncurrentVersionExpiration"];
    let id = text(&rule["Id"]).map_or_else(
        || {
            let id = format!("rule-{number}");
            notes.push(format!("S3 makes the name of a lifecycle rule: `{id}` stands for it."));
            id
        },
        str::to_owned,
    );
    let read = Rule {
        id,
        enabled: rule["Status"] == "Enabled",
        prefix: text(&rule["Prefix"]).unwrap_or_default().to_owned(),
        transitions: moves().map(|to| transition(to, "TransitionInDays")).collect(),
        expire_days: positive(&rule["ExpirationInDays"]),
        noncurrent_transitions: old_moves()
            .map(|to| match to.get("NoncurrentDays") {
                Some(_) => transition(to, "NoncurrentDays"),
                None => transition(to, "TransitionInDays"),
            })
            .collect(),
        noncurrent_expire_days: positive(&old["NoncurrentDays"])
            .or_else(|| positive(&rule["NoncurrentVersionExpirationInDays"])),
        noncurrent_keep: positive(&old["NewerNoncurrentVersions"]),
        expire_delete_markers: flag(&rule["ExpiredObjectDeleteMarker"]).unwrap_or(false),
        abort_multipart_days: positive(&rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"]),
    };
    odd(read, &other, notes)
}

fn transition(to: &Value, days: &str) -> Transition {
    // The older name of the class is GLACIER's.
    let class = text(&to["StorageClass"]).unwrap_or_default();
    let storage_class = if class == "Glacier" { "GLACIER" } else { class };
    Transition { days: number(&to[days]).unwrap_or(0), storage_class: storage_class.to_owned() }
}
