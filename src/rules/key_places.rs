//! Keys where they are used: AWS looks for a key in the Region of what it encrypts, and needs it switched on.

use serde_json::Value;

use super::{declared, existing, region_of};
use crate::{
    diagnostic::Diagnostic,
    kinds::kind,
    path::Path,
    spec::{EntryKey, Spec, parse::entry_path},
};

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    for (EntryKey { address, .. }, attrs) in &spec.entries {
        let Some(kind) = kind(&address.kind) else { continue };
        let at = entry_path(kind, address);
        let (code, path, key, user, region) = match kind.name() {
            // Log files are encrypted where they are kept (User Guide, "Configure AWS KMS key policies for CloudTrail").
            "trail" => {
                let bucket = declared(spec, "bucket", &attrs["bucket"]);
                let region = bucket.and_then(|bucket| region_of(spec, bucket));
                ("trail-key-region", at.key("kms_key"), &attrs["kms_key"], "the bucket of the trail", region)
            }
            // S3 does not look at the key before something is to be encrypted with it.
            "bucket" => {
                let path = at.key("encryption").key("kms_key");
                let key = &attrs["encryption"]["kms_key"];
                ("bucket-key-region", path, key, "the bucket", region_of(spec, attrs))
            }
            "log_group" => {
                let path = at.key("kms_key");
                ("log-group-key-region", path, &attrs["kms_key"], "the log group", region_of(spec, attrs))
            }
            "topic" => (
                "topic-key-region",
                at.key("kms_key"),
                &attrs["kms_key"],
                "the topic",
                region_of(spec, attrs),
            ),
            _ => continue,
        };
        if key.is_null() {
            continue;
        }
        if let (Some(of_key), Some(of_user)) = (existing::region(spec, "kms_key", key), region)
            && of_key != of_user
        {
            let message = format!("the key is in {of_key}, and {user} is in {of_user}");
            let help = format!("use a key in {of_user}: it is looked for where it encrypts");
            let diagnostic = Diagnostic::at(code, path.clone(), message).help(help);
            let bucket = existing::place(spec, "bucket", &attrs["bucket"]);
            found.push(match bucket.filter(|_| kind.name() == "trail") {
                Some(place) => diagnostic.related(place, "the bucket"),
                None => diagnostic,
            });
        }
        disabled(spec, key, path, found);
    }
}

fn disabled(spec: &Spec, key: &Value, at: Path, found: &mut Vec<Diagnostic>) {
    if declared(spec, "kms_key", key).is_some_and(|key| key["enabled"] == Value::Bool(false)) {
        let diagnostic = Diagnostic::at("key-disabled", at, "the key is disabled, and cannot encrypt");
        let diagnostic = diagnostic.help("remove `enabled: false` from the key, or use another one");
        found.push(match existing::place(spec, "kms_key", key) {
            Some(place) => diagnostic.related(place, "the key"),
            None => diagnostic,
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::spec::parse::parse;

    fn codes(text: &str) -> Vec<String> {
        let found = parse(&format!("version: 1\nstack: s\n{text}\n")).diagnostics;
        found.iter().map(|one| one.code.to_owned()).collect()
    }

    #[test]
    fn a_key_is_where_it_encrypts() {
        let user = |key: &str, user: &str, region: &str| {
            codes(&format!(
                "region: eu-west-1\nkms_keys: {{k: {{{key}}}}}\nbuckets: {{b-1: {{{region}{user}}}}}\n\
                 trails: {{one: {{region: us-east-1, bucket: b-1, kms_key: k}}}}"
            ))
        };
        let default = ", encryption: {kms_key: k}, lifecycle: [{id: a, abort_multipart_days: 1}]";
        assert_eq!(user("", "", ""), [""; 0]);
        assert_eq!(user("region: eu-west-1", "", ""), [""; 0]);
        assert_eq!(user("region: us-east-1", "", ""), ["trail-key-region"]);
        assert_eq!(user("region: us-east-1", "", "region: us-east-1"), [""; 0]);
        assert_eq!(user("", default, "region: us-east-1"), ["bucket-key-region", "trail-key-region"]);
    }

    #[test]
    fn the_arn_of_an_existing_key_tells_its_region() {
        let arn = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
        for (section, code) in [
            ("buckets: {logs: {encryption: {kms_key: KEY}}}", "bucket-key-region"),
            ("log_groups: {l: {kms_key: KEY, retention_days: 1}}", "log-group-key-region"),
            ("topics: {t: {kms_key: KEY}}", "topic-key-region"),
            ("buckets: {logs: {}}\ntrails: {one: {bucket: logs, kms_key: KEY}}", "trail-key-region"),
        ] {
            let with = |region: &str, key: &str| {
                codes(&format!(
                    "region: {region}\n{}",
                    section.replace("KEY", &format!("{{existing: '{key}'}}"))
                ))
            };
            assert_eq!(with("eu-west-1", arn), [code]);
            assert_eq!(with("us-east-1", arn), [""; 0]);
            assert_eq!(with("eu-west-1", "alias/mine"), [""; 0]);
        }
        // Where the default Region is not known, nothing is.
        assert_eq!(codes(&format!("topics: {{t: {{kms_key: {{existing: '{arn}'}}}}}}")), [""; 0]);
    }
}
