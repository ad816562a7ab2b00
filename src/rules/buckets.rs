//! Buckets: combinations that S3 refuses.

use std::collections::BTreeSet;

use serde_json::Value;

use super::limits::is_off;
use crate::{
    diagnostic::Diagnostic,
    kinds::{Resource as _, bucket::Bucket},
    path::Path,
    spec::{EntryKey, Spec},
};

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    for (EntryKey { address, .. }, attrs) in spec.of_kind(Bucket::KIND) {
        let at = Path::keys([Bucket::SECTION, &address.logical]);
        object_lock(attrs, &at, found);
        access_logs(spec, attrs, &at, found);
        lifecycle(&attrs["lifecycle"], &at.key("lifecycle"), found);
        let key = at.key("encryption").key("bucket_key");
        if attrs["encryption"]["bucket_key"] == Value::Bool(true) && attrs["encryption"]["kms_key"].is_null()
        {
            let message = "a bucket key needs a KMS key";
            found.push(
                Diagnostic::at("bucket-key-alone", key, message).help("add `kms_key:`, or remove the line"),
            );
        }
    }
}

/// Rules of S3 (User Guide, "Object Lock considerations").
fn object_lock(attrs: &Value, at: &Path, found: &mut Vec<Diagnostic>) {
    let lock = &attrs["object_lock"];
    if lock.is_null() {
        return;
    }
    let at_lock = at.key("object_lock");
    if is_off(&attrs["versioning"]) {
        let message = "Object Lock needs a bucket that keeps versions";
        found.push(
            Diagnostic::at("object-lock-without-versions", at_lock.clone(), message)
                .at_key()
                .help("remove `versioning: false`"),
        );
    }
    let (days, years) = (lock["days"].as_i64(), lock["years"].as_i64());
    let problem = match (days, years) {
        (None, None) | (Some(_), Some(_)) => Some("a retention is for days or for years"),
        (Some(time), None) | (None, Some(time)) if time < 1 => Some("a retention is for one day or more"),
        _ => None,
    };
    if let Some(message) = problem {
        let help = "write one of the two, such as `days: 400`";
        found.push(Diagnostic::at("invalid-retention", at_lock, message).at_key().help(help));
    }
}

/// Rules of S3 (User Guide, "Logging requests with server access logging").
fn access_logs(spec: &Spec, attrs: &Value, at: &Path, found: &mut Vec<Diagnostic>) {
    let Some(key) = attrs["access_logs"]["bucket"].as_str() else { return };
    let Some((_, target)) = spec.of_kind(Bucket::KIND).find(|(entry, _)| entry.address.logical == key) else {
        return;
    };
    let default = spec.head.region.as_ref().map(|region| region.0.clone());
    let region = |attrs: &Value| attrs["region"].as_str().map(str::to_owned).or_else(|| default.clone());
    let problem = if region(attrs) != region(target) {
        Some("access logs go to a bucket of the same Region")
    } else if !target["encryption"]["kms_key"].is_null() {
        Some("S3 writes access logs only into a bucket that is encrypted with SSE-S3")
    } else if !target["object_lock"].is_null() {
        Some("S3 does not write access logs into a bucket with a default retention")
    } else {
        None
    };
    if let Some(message) = problem {
        let place = at.key("access_logs").key("bucket");
        found.push(Diagnostic::at("invalid-access-logs", place, message).help("name another bucket"));
    }
}

fn lifecycle(rules: &Value, at: &Path, found: &mut Vec<Diagnostic>) {
    let mut ids = BTreeSet::new();
    for (index, rule) in rules.as_array().into_iter().flatten().enumerate() {
        let at = at.index(index);
        let id = rule["id"].as_str().unwrap_or_default();
        if id.is_empty() || id.chars().count() > 255 || !ids.insert(id) {
            let message =
                format!("the id `{id}` is empty, longer than 255 characters, or that of another rule");
            let help = "give every rule an id of its own";
            found.push(Diagnostic::at("invalid-lifecycle", at.key("id"), message).help(help));
        }
        let does_nothing = ["expire_days", "noncurrent_expire_days", "abort_multipart_days"]
            .iter()
            .all(|key| rule[*key].is_null())
            && ["transitions", "noncurrent_transitions"]
                .iter()
                .all(|key| rule[*key].as_array().is_none_or(Vec::is_empty))
            && is_off(&rule["expire_delete_markers"]);
        if does_nothing {
            let message = "the rule does nothing";
            let help = "add `expire_days`, `transitions` or another action";
            found.push(Diagnostic::at("invalid-lifecycle", at.clone(), message).help(help));
        }
        if !rule["expire_days"].is_null() && !is_off(&rule["expire_delete_markers"]) {
            let message = "a rule with `expire_days` cannot also expire delete markers";
            let help = "put `expire_delete_markers` into a rule of its own";
            found.push(
                Diagnostic::at("invalid-lifecycle", at.key("expire_delete_markers"), message).help(help),
            );
        }
        let keeps = rule["noncurrent_keep"].as_i64();
        if keeps.is_some_and(|keep| !(1..=100).contains(&keep) || rule["noncurrent_expire_days"].is_null()) {
            let message = "1 to 100 old versions can be kept, by a rule with `noncurrent_expire_days`";
            let help = "add `noncurrent_expire_days`, or remove the line";
            found.push(Diagnostic::at("invalid-lifecycle", at.key("noncurrent_keep"), message).help(help));
        }
        for key in ["expire_days", "noncurrent_expire_days", "abort_multipart_days"] {
            if rule[key].as_i64().is_some_and(|days| days < 1) {
                let message = "the number of days is 1 or more";
                found.push(
                    Diagnostic::at("invalid-lifecycle", at.key(key), message).help("write `1` or more"),
                );
            }
        }
    }
}
