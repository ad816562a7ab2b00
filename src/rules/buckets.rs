//! Buckets: combinations that S3 refuses, and what leaves log files less safe than they could be.

use serde_json::Value;

use super::{is_plain, limits::is_off};
use crate::{
    diagnostic::Diagnostic,
    kinds::{Resource as _, bucket::Bucket, trail::Trail},
    path::Path,
    spec::{EntryKey, Spec},
};

/// The longest default retention (S3 User Guide, "Object Lock considerations").
const MOST_DAYS: i64 = 36_500;
const MOST_YEARS: i64 = 100;

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    for (entry @ EntryKey { address, .. }, attrs) in spec.of_kind(Bucket::KIND) {
        let at = Path::keys([Bucket::SECTION, &address.logical]);
        object_lock(attrs, &at, found);
        protection(attrs, &at, found);
        let key = at.key("encryption").key("bucket_key");
        if attrs["encryption"]["bucket_key"] == Value::Bool(true) && attrs["encryption"]["kms_key"].is_null()
        {
            let message = "a bucket key needs a KMS key";
            found.push(
                Diagnostic::at("bucket-key-alone", key, message).help("add `kms_key:`, or remove the line"),
            );
        }
        let is_for_trails =
            spec.of_kind(Trail::KIND).any(|(_, trail)| trail["bucket"] == address.logical.as_str());
        let has_rules = attrs["lifecycle"].as_array().is_some_and(|rules| !rules.is_empty());
        if is_for_trails && !has_rules && !is_plain(entry, attrs) {
            let message = "the log files in this bucket are kept for ever, and so are all old versions";
            let help = "add a `lifecycle` rule with `transitions` or `expire_days`";
            found.push(Diagnostic::at("bucket-without-lifecycle", at, message).at_key().help(help));
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
    let help = "write one of the two, such as `days: 400`";
    match (days, years) {
        (None, None) => {
            let message = "the default retention says neither days nor years";
            found.push(Diagnostic::at("object-lock-without-period", at_lock, message).at_key().help(help));
        }
        (Some(_), Some(_)) => {
            let message = "the default retention says days and years";
            found.push(Diagnostic::at("object-lock-two-periods", at_lock, message).at_key().help(help));
        }
        (Some(time), None) | (None, Some(time)) => {
            let (unit, most) = if days.is_some() { ("days", MOST_DAYS) } else { ("years", MOST_YEARS) };
            if !(1..=most).contains(&time) {
                let message = format!("S3 cannot retain objects for {time} {unit}");
                let help = format!("write 1 to {most}");
                found.push(Diagnostic::at("object-lock-period", at_lock.key(unit), message).help(help));
            }
        }
    }
    let locked = days.unwrap_or_default().max(years.unwrap_or_default().saturating_mul(365));
    for (index, rule) in attrs["lifecycle"].as_array().into_iter().flatten().enumerate() {
        if let Some(expiry) = rule["expire_days"].as_i64().filter(|expiry| *expiry < locked) {
            let message = format!("objects expire after {expiry} days and are locked for {locked}");
            let help = format!(
                "write {locked} or more: until then they would only be hidden, and kept and paid for"
            );
            let place = at.key("lifecycle").index(index).key("expire_days");
            found.push(Diagnostic::at("expiry-within-lock", place, message).help(help));
        }
    }
}

/// What is on unless the spec switches it off.
fn protection(attrs: &Value, at: &Path, found: &mut Vec<Diagnostic>) {
    let mut says = |code, key: &str, message: &str, help: &str| {
        found.push(Diagnostic::at(code, at.key(key), message).help(help));
    };
    if is_off(&attrs["versioning"]) && attrs["object_lock"].is_null() {
        let message = "a log file that is overwritten or deleted is lost";
        says("bucket-without-versions", "versioning", message, "remove `versioning: false`");
    }
    let block = &attrs["public_access_block"];
    if is_off(block) || block.as_object().is_some_and(|settings| settings.values().any(is_off)) {
        let message = "public access to the bucket is not blocked";
        says("public-access-not-blocked", "public_access_block", message, "write `true`, or remove the line");
    }
    if is_off(&attrs["tls_only"]) {
        let message = "requests without TLS are not denied";
        says("bucket-without-tls", "tls_only", message, "remove `tls_only: false`");
    }
    match attrs["object_ownership"].as_str() {
        Some("ObjectWriter") => {
            let message = "the log files belong to CloudTrail, not to the owner of the bucket";
            says(
                "object-writer-owns",
                "object_ownership",
                message,
                "write `BucketOwnerEnforced`, or remove the line",
            );
        }
        Some("BucketOwnerPreferred") => {
            let message = "access control lists can open single log files to others";
            let help = "write `BucketOwnerEnforced`, or remove the line";
            says("access-control-lists-on", "object_ownership", message, help);
        }
        _ => {}
    }
}
