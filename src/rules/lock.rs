//! The lock: a bucket that is there before the spec is applied and that no trail fills, a key, a lease.

use serde_json::Value;

use super::{declared, existing, name_of};
use crate::{
    diagnostic::{Diagnostic, Place},
    kinds::{Resource as _, bucket::Bucket, trail::Trail},
    path::Path,
    spec::{Spec, lock::LEASE_SECONDS},
};

/// The longest key of an object (S3 User Guide, "Naming Amazon S3 objects").
const MOST_KEY_BYTES: usize = 1024;

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let Some(lock) = &spec.head.lock else { return };
    let at = Path::keys(["lock"]);
    bucket(spec, &lock.bucket, &at.key("bucket"), found);
    if let Some(key) = &lock.key {
        self::key(key, &at.key("key"), found);
    }
    if !LEASE_SECONDS.contains(&lock.lease_seconds) {
        let message = format!("a lease of {} seconds is too short or too long", lock.lease_seconds);
        let help = format!("write {} to {}", LEASE_SECONDS.start(), LEASE_SECONDS.end());
        found.push(Diagnostic::at("lock-lease", at.key("lease_seconds"), message).help(help));
    }
}

fn bucket(spec: &Spec, name: &str, at: &Path, found: &mut Vec<Diagnostic>) {
    if let Some((_, bare)) = name.split_once(":s3:::").filter(|_| name.starts_with("arn:")) {
        let message = "the bucket of the lock is named by its name, not its ARN";
        let help = format!("write `{bare}`");
        found.push(Diagnostic::at("lock-bucket-name", at.clone(), message).help(help));
        return;
    }
    if let Some(problem) = Bucket::name_problem(name) {
        let message = format!("there is no bucket `{name}`: the name {}", problem.says);
        found.push(Diagnostic::at("lock-bucket-name", at.clone(), message).help(problem.help));
        return;
    }
    let help = "name a bucket that others manage and that no trail writes to";
    let writes = |trail: &Value| match declared(spec, Bucket::KIND, &trail["bucket"]) {
        Some(bucket) => {
            trail["bucket"].as_str().is_some_and(|key| bucket["name"].as_str().unwrap_or(key) == name)
        }
        None => trail["bucket"]["existing"] == name,
    };
    if let Some((trail, _)) = spec.of_kind(Trail::KIND).find(|(_, trail)| writes(trail)) {
        let logical = &trail.address.logical;
        let message = format!("the trail `{logical}` writes its log files to the bucket of the lock");
        let place = Place::Value(Path::keys([Trail::SECTION, logical, "bucket"]));
        let diagnostic = Diagnostic::at("lock-in-log-bucket", at.clone(), message);
        found.push(diagnostic.related(place, "the bucket of the trail").help(help));
    } else if let Some((entry, _)) =
        spec.of_kind(Bucket::KIND).find(|(entry, attrs)| name_of(entry, attrs) == name)
    {
        let message = "this spec makes the bucket of the lock, which has to be there before";
        let diagnostic = Diagnostic::at("lock-in-own-bucket", at.clone(), message);
        let place = existing::place(spec, Bucket::KIND, &Value::String(entry.address.logical.clone()));
        found.push(match place {
            Some(place) => diagnostic.related(place, "this bucket").help(help),
            None => diagnostic.help(help),
        });
    }
}

/// Only what S3 calls safe in keys: nothing in them is written otherwise in a URL, in a policy or on a terminal.
fn key(key: &str, at: &Path, found: &mut Vec<Diagnostic>) {
    let is_safe = |c: char| c.is_ascii_alphanumeric() || "!-_.*'()/".contains(c);
    let mut says = |message: String, help: &str| {
        found.push(Diagnostic::at("lock-key", at.clone(), message).help(help));
    };
    if !(1..=MOST_KEY_BYTES).contains(&key.len()) {
        says("the key of the lock is too short or too long".to_owned(), "use 1 to 1024 characters");
    } else if !key.chars().all(is_safe) {
        let help = "use ASCII letters, digits, `!`, `-`, `_`, `.`, `*`, `'`, `(`, `)` and `/`";
        says(format!("the key `{key}` has characters that need care in S3"), help);
    } else if key.split('/').any(|part| matches!(part, "" | "." | "..")) {
        let help = "write names with one slash between them, such as `trailctl/audit.lock`";
        says(format!("the key `{key}` has an empty part, or one that is `.` or `..`"), help);
    }
}
