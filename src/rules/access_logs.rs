//! Access logs of buckets: where S3 can write them.

use serde_json::Value;

use super::region_of;
use crate::{
    diagnostic::{Diagnostic, Place},
    kinds::{Resource as _, bucket::Bucket},
    path::Path,
    spec::{EntryKey, Spec},
};

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    for (EntryKey { address, .. }, attrs) in spec.of_kind(Bucket::KIND) {
        let at = Path::keys([Bucket::SECTION, &address.logical, "access_logs"]);
        bucket(spec, &address.logical, attrs, &at, found);
        let prefix = attrs["access_logs"]["prefix"].as_str().unwrap_or_default();
        if prefix.starts_with('/') {
            let message = "the keys of the logs would begin with a slash";
            let help = format!("write `{}`", prefix.trim_start_matches('/'));
            found.push(Diagnostic::at("access-logs-prefix", at.key("prefix"), message).help(help));
        }
    }
}

/// Rules of S3 (User Guide, "Enabling Amazon S3 server access logging").
fn bucket(spec: &Spec, own: &str, attrs: &Value, at: &Path, found: &mut Vec<Diagnostic>) {
    let Some(key) = attrs["access_logs"]["bucket"].as_str() else { return };
    let Some((_, target)) = spec.of_kind(Bucket::KIND).find(|(entry, _)| entry.address.logical == key) else {
        return;
    };
    let there = Path::keys([Bucket::SECTION, key]);
    let mut says = |code, message: String, other: Place, words: &str, help: &str| {
        found.push(Diagnostic::at(code, at.key("bucket"), message).related(other, words).help(help));
    };
    if key == own {
        let message = "every access log would be the cause of another one".to_owned();
        let help = "name another bucket, which is there for access logs only";
        says("access-logs-to-itself", message, Place::Key(there), "this bucket", help);
        return;
    }
    if let (Some(here), Some(other)) = (region_of(spec, attrs), region_of(spec, target))
        && here != other
    {
        let message = format!("the bucket is in {here}, and the one for its access logs in {other}");
        let help = "name a bucket of the same Region";
        says("access-logs-region", message, Place::Key(there.clone()), "the other bucket", help);
    }
    if !target["encryption"]["kms_key"].is_null() {
        let message =
            "S3 does not write access logs into a bucket that is encrypted with a KMS key".to_owned();
        let help = "name a bucket without `encryption`, which S3 encrypts with its own keys";
        says("access-logs-encryption", message, Place::Key(there.key("encryption")), "its encryption", help);
    }
    if !target["object_lock"].is_null() {
        let message = "S3 does not write access logs into a bucket with a default retention".to_owned();
        let help = "name a bucket without `object_lock`";
        says("access-logs-retention", message, Place::Key(there.key("object_lock")), "its retention", help);
    }
}
