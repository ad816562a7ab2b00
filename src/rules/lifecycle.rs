//! The rules of the lifecycle of objects: what S3 refuses, and what does not do what it looks like.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{limits::is_off, transitions};
use crate::{
    diagnostic::Diagnostic,
    kinds::{Resource as _, bucket::Bucket, trail::Trail},
    path::Path,
    spec::{EntryKey, Spec},
};

/// The most rules of a bucket (S3 API Reference, PutBucketLifecycleConfiguration).
const RULES: usize = 1000;

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    for (EntryKey { address, .. }, attrs) in spec.of_kind(Bucket::KIND) {
        let at = Path::keys([Bucket::SECTION, &address.logical, "lifecycle"]);
        let rules = attrs["lifecycle"].as_array().map_or(&[][..], Vec::as_slice);
        if rules.len() > RULES {
            let message = format!("{} lifecycle rules are too many: S3 takes {RULES}", rules.len());
            let help = "merge rules that do the same to several prefixes";
            found.push(Diagnostic::at("lifecycle-too-many-rules", at.clone(), message).at_key().help(help));
        }
        let mut ids = BTreeSet::new();
        for (index, rule) in rules.iter().enumerate() {
            let at = at.index(index);
            id(rule, &mut ids, &at, found);
            actions(rule, &at, found);
            transitions::check(rule, &at, found);
            versions(rule, rules, !is_off(&attrs["versioning"]), &at, found);
            prefix(spec, &address.logical, rule, &at, found);
        }
    }
}

fn id<'a>(rule: &'a Value, ids: &mut BTreeSet<&'a str>, at: &Path, found: &mut Vec<Diagnostic>) {
    let id = rule["id"].as_str().unwrap_or_default();
    let mut says = |code, message: String, help: &str| {
        found.push(Diagnostic::at(code, at.key("id"), message).help(help));
    };
    if id.is_empty() {
        let help = "give the rule an id: S3 would make one up, and the next plan would find it";
        says("lifecycle-id-empty", "the id of the rule is empty".to_owned(), help);
    } else if id.chars().count() > 255 {
        says("lifecycle-id-length", "the id of a rule has at most 255 characters".to_owned(), "shorten it");
    } else if !ids.insert(id) {
        let help = "give every rule an id of its own";
        says("lifecycle-id-duplicate", format!("`{id}` is the id of another rule too"), help);
    }
}

/// What a rule does, and how its actions go together (S3 API Reference, LifecycleRule).
fn actions(rule: &Value, at: &Path, found: &mut Vec<Diagnostic>) {
    let is_empty = |key: &str| rule[key].as_array().is_none_or(Vec::is_empty);
    let numbers = ["expire_days", "noncurrent_expire_days", "abort_multipart_days"];
    let mut says = |code, key: &str, message: String, help: &str| {
        found.push(Diagnostic::at(code, at.key(key), message).help(help));
    };
    if numbers.iter().all(|key| rule[*key].is_null())
        && is_empty("transitions")
        && is_empty("noncurrent_transitions")
        && is_off(&rule["expire_delete_markers"])
    {
        let help = "add `expire_days`, `transitions` or another action";
        says("lifecycle-does-nothing", "id", "the rule does nothing".to_owned(), help);
    }
    for key in numbers {
        if rule[key].as_i64().is_some_and(|days| days < 1) {
            says("lifecycle-days", key, "the number of days is 1 or more".to_owned(), "write `1` or more");
        }
    }
    if !rule["expire_days"].is_null() && !is_off(&rule["expire_delete_markers"]) {
        let message = "a rule with `expire_days` cannot also expire delete markers".to_owned();
        let help = "put `expire_delete_markers` into a rule of its own";
        says("lifecycle-markers-with-expiry", "expire_delete_markers", message, help);
    }
    if let Some(keep) = rule["noncurrent_keep"].as_i64() {
        if !(1..=100).contains(&keep) {
            let message = format!("S3 cannot keep {keep} old versions");
            says("lifecycle-keep-number", "noncurrent_keep", message, "write 1 to 100, or remove the line");
        }
        if rule["noncurrent_expire_days"].is_null() {
            let message = "old versions are kept from a deletion that the rule does not do".to_owned();
            let help = "add `noncurrent_expire_days`, or remove the line";
            says("lifecycle-keep-alone", "noncurrent_keep", message, help);
        }
    }
}

/// What becomes of old versions, where there are any.
fn versions(rule: &Value, all: &[Value], keeps_versions: bool, at: &Path, found: &mut Vec<Diagnostic>) {
    let mut says = |code, key: &str, message: &str, help: &str| {
        found.push(Diagnostic::at(code, at.key(key), message).help(help));
    };
    if !keeps_versions {
        for key in ["noncurrent_expire_days", "noncurrent_transitions", "expire_delete_markers"] {
            let is_set = rule[key].is_number() || rule[key] == Value::Bool(true) || !rule[key][0].is_null();
            if is_set {
                let message = "a bucket without versioning makes no old versions and no delete markers";
                let help = "remove the line, or `versioning: false`";
                says("lifecycle-of-no-versions", key, message, help);
            }
        }
        return;
    }
    let prefix = |rule: &Value| rule["prefix"].as_str().unwrap_or_default().to_owned();
    let own = prefix(rule);
    let ends_versions = |other: &Value| {
        other["enabled"] != Value::Bool(false)
            && other["noncurrent_expire_days"].is_number()
            && own.starts_with(&prefix(other))
    };
    let is_on = rule["enabled"] != Value::Bool(false);
    if is_on && rule["expire_days"].is_number() && !all.iter().any(ends_versions) {
        let message = "what expires becomes an old version, and those are kept for ever";
        let help = "add `noncurrent_expire_days`, which deletes old versions";
        says("lifecycle-versions-stay", "expire_days", message, help);
    }
}

/// A rule whose prefix is neither above nor below what the trails write, in a bucket that is there for them.
fn prefix(spec: &Spec, bucket: &str, rule: &Value, at: &Path, found: &mut Vec<Diagnostic>) {
    let prefix = rule["prefix"].as_str().unwrap_or_default();
    if prefix.is_empty() {
        return;
    }
    let at = at.key("prefix");
    if prefix.len() > 1024 {
        let message = "no key of an object is longer than 1024 bytes";
        found.push(Diagnostic::at("lifecycle-prefix-length", at, message).help("shorten the prefix"));
        return;
    }
    let folders = folders(spec, bucket);
    let meets = |folder: &String| folder.starts_with(prefix) || prefix.starts_with(folder);
    if !folders.is_empty() && !folders.iter().any(meets) {
        let message = format!("no log file of a trail has a key that begins with `{prefix}`");
        let help = format!("trails of this spec write below `{}`", folders.join("` and `"));
        found.push(Diagnostic::at("lifecycle-prefix-of-nothing", at, message).help(help));
    }
}

/// Returns what the keys of all objects begin with that entries of the spec write into a bucket.
fn folders(spec: &Spec, bucket: &str) -> Vec<String> {
    let of_trails = spec.of_kind(Trail::KIND).filter(|(_, trail)| trail["bucket"] == bucket);
    let of_trails = of_trails.map(|(_, trail)| match trail["prefix"].as_str() {
        None | Some("") => "AWSLogs/".to_owned(),
        Some(prefix) => format!("{prefix}/AWSLogs/"),
    });
    let mut folders: Vec<String> = of_trails.collect();
    if !folders.is_empty() {
        let logs = spec.of_kind(Bucket::KIND).map(|(_, other)| &other["access_logs"]);
        let logs = logs.filter(|logs| logs["bucket"] == bucket);
        folders.extend(logs.map(|logs| logs["prefix"].as_str().unwrap_or_default().to_owned()));
    }
    folders.sort();
    folders.dedup();
    folders
}
