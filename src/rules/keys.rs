//! Keys: what KMS would refuse, and where CloudTrail would not find one.

use serde_json::Value;

use crate::{
    diagnostic::{Diagnostic, Place},
    path::Path,
    resource::Address,
    spec::{EntryKey, Spec},
};

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    for (EntryKey { address, .. }, attrs) in &spec.entries {
        match address.kind.as_str() {
            "kms_key" => key(attrs, &Path::keys(["kms_keys", &address.logical]), found),
            "trail" => region(spec, address, attrs, found),
            _ => {}
        }
    }
}

fn key(attrs: &Value, at: &Path, found: &mut Vec<Diagnostic>) {
    let mut days = |value: &Value, at: Path, least: u64, most: u64| {
        if value.as_u64().is_some_and(|days| !(least..=most).contains(&days)) {
            let message = format!("KMS does not take {value} days");
            let help = format!("write {least} to {most}");
            found.push(Diagnostic::at("out-of-range", at, message).help(help));
        }
    };
    days(&attrs["rotation"]["days"], at.key("rotation").key("days"), 90, 2560);
    days(&attrs["deletion_window_days"], at.key("deletion_window_days"), 7, 30);
    if attrs["enabled"].is_string() {
        let message = "a key is enabled or not";
        found.push(
            Diagnostic::at("invalid-value", at.key("enabled"), message).help("write `true` or `false`"),
        );
    }
    for list in ["admins", "readers"] {
        let people: Vec<&str> =
            attrs[list].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        for (index, name) in people.iter().enumerate() {
            let at = at.key(list).index(index);
            if !is_principal(name) {
                let message = format!("`{name}` is not a principal");
                let help = "write the 12 digits of an account in quotes, the ARN of a role or user, or `*`";
                found.push(Diagnostic::at("invalid-principal", at, message).help(help));
            } else if *name == "*" && people.len() > 1 {
                let message = "`*` is everyone of the account, and stands alone";
                found.push(Diagnostic::at("invalid-principal", at, message).help("remove it, or the others"));
            }
        }
    }
}

/// Returns whether a key policy can name this: an account, everyone, or somebody of IAM.
fn is_principal(name: &str) -> bool {
    let is_account = |text: &str| text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<&str> = name.splitn(6, ':').collect();
    match parts[..] {
        [one] => one == "*" || is_account(one),
        ["arn", partition, service @ ("iam" | "sts"), "", account, who] => {
            let starts: &[&str] =
                if service == "iam" { &["role/", "user/"] } else { &["assumed-role/", "federated-user/"] };
            let is_somebody =
                starts.iter().any(|start| who.strip_prefix(start).is_some_and(|name| !name.is_empty()));
            let is_root = service == "iam" && who == "root";
            partition.starts_with("aws")
                && is_account(account)
                && (is_somebody || is_root)
                && !who.contains('*')
        }
        _ => false,
    }
}

/// CloudTrail looks for the key of a trail in the Region of its bucket (User Guide, "Configure AWS KMS key policies").
fn region(spec: &Spec, trail: &Address, attrs: &Value, found: &mut Vec<Diagnostic>) {
    let at = Path::keys(["trails", &trail.logical, "kms_key"]);
    let (Some(key), Some(bucket)) = (
        super::declared(spec, "kms_key", &attrs["kms_key"]),
        super::declared(spec, "bucket", &attrs["bucket"]),
    ) else {
        return;
    };
    if key["region"] == bucket["region"] {
        return;
    }
    let default = spec.head.region.as_ref().map_or("", |region| region.as_str());
    let text = |entry: &Value| entry["region"].as_str().unwrap_or(default).to_owned();
    let (of_key, of_bucket) = (text(key), text(bucket));
    // Without a default nothing is known of an entry that names no Region.
    if of_key == of_bucket || of_key.is_empty() || of_bucket.is_empty() {
        return;
    }
    let message = format!("the key is in {of_key}, and the bucket of the trail is in {of_bucket}");
    let related = attrs["bucket"].as_str().map(|bucket| Place::Key(Path::keys(["buckets", bucket])));
    let mut diagnostic = Diagnostic::at("key-region", at, message)
        .help(format!("use a key in {of_bucket}: log files are encrypted where they are kept"));
    if let Some(place) = related {
        diagnostic = diagnostic.related(place, "the bucket");
    }
    found.push(diagnostic);
}

#[cfg(test)]
mod tests {
    use crate::spec::parse::parse;

    fn codes(text: &str) -> Vec<String> {
        let found = parse(&format!("version: 1\nstack: s\n{text}\n")).diagnostics;
        found.iter().map(|one| one.code.to_owned()).collect()
    }

    #[test]
    fn what_kms_refuses_is_an_error() {
        let key = |with: &str| codes(&format!("kms_keys: {{audit: {{{with}}}}}"));
        for good in [
            "",
            "rotation: {days: 90}",
            "deletion_window_days: 7",
            "readers: ['*']",
            "admins: ['111122223333', 'arn:aws-cn:iam::111122223333:role/a/b', 'arn:aws:iam::111122223333:root']",
        ] {
            assert_eq!(key(good), [""; 0], "{good}");
        }
        for (broken, code) in [
            ("rotation: {days: 89}", "out-of-range"),
            ("rotation: {days: 2561}", "out-of-range"),
            ("deletion_window_days: 31", "out-of-range"),
            ("enabled: (pending deletion)", "invalid-value"),
            ("readers: ['11112222']", "invalid-principal"),
            ("readers: ['arn:aws:iam::111122223333:role/*']", "invalid-principal"),
            ("admins: ['arn:aws:s3:::b']", "invalid-principal"),
            ("name: alias/x", "invalid-name"),
        ] {
            assert_eq!(key(broken), [code], "{broken}");
        }
        assert_eq!(key("readers: ['*', '111122223333']"), ["invalid-principal"]);
        let long = format!("policy: {{statements: [{{Sid: {}}}]}}", "a".repeat(32 * 1024));
        assert_eq!(key(&long), ["policy-too-long"]);
    }

    #[test]
    fn a_key_is_where_the_bucket_is() {
        let spec = |key: &str, bucket: &str| {
            codes(&format!(
                "region: eu-west-1\nkms_keys: {{k: {{{key}}}}}\nbuckets: {{b-1: {{{bucket}}}}}\n\
                 trails: {{one: {{region: us-east-1, bucket: b-1, kms_key: k}}}}"
            ))
        };
        assert_eq!(spec("", ""), [""; 0]);
        assert_eq!(spec("region: eu-west-1", ""), [""; 0]);
        assert_eq!(spec("region: us-east-1", ""), ["key-region"]);
        assert_eq!(spec("region: us-east-1", "region: us-east-1"), [""; 0]);
    }
}
