//! Topics: what SNS and CloudTrail would refuse.

use serde_json::Value;

use crate::{
    diagnostic::Diagnostic,
    path::Path,
    spec::{EntryKey, Spec},
};

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    for (EntryKey { address, .. }, attrs) in &spec.entries {
        let topic = match address.kind.as_str() {
            "topic" => attrs,
            _ => continue,
        };
        let at = Path::keys(["topics", &address.logical]);
        region(spec, topic, &at, found);
    }
}

/// SNS looks for the key of a topic in the topic's Region.
fn region(spec: &Spec, topic: &Value, at: &Path, found: &mut Vec<Diagnostic>) {
    let Some(key) = super::declared(spec, "kms_key", &topic["kms_key"]) else { return };
    let default = spec.head.region.as_ref().map(|region| region.as_str());
    let (Some(of_key), Some(of_topic)) =
        (key["region"].as_str().or(default), topic["region"].as_str().or(default))
    else {
        return;
    };
    if of_key != of_topic {
        let message = format!("the key is in {of_key}, and the topic is in {of_topic}");
        let help = format!("use a key in {of_topic}");
        found.push(Diagnostic::at("key-region", at.key("kms_key"), message).help(help));
    }
}

#[cfg(test)]
mod tests {
    use crate::spec::parse::parse;

    #[test]
    fn what_sns_refuses_is_an_error() {
        for (topic, code) in [
            ("told: {}", None),
            ("told: {kms_key: k}", None),
            ("told: {kms_key: k, region: us-east-1}", Some("key-region")),
            ("told.fifo: {}", Some("invalid-name")),
        ] {
            let text = format!(
                "version: 1\nstack: s\nregion: eu-west-1\nkms_keys: {{k: {{}}}}\ntopics: {{{topic}}}\n"
            );
            let found = parse(&text).diagnostics;
            let codes: Vec<&str> = found.iter().map(|one| one.code).collect();
            assert_eq!(codes, code.into_iter().collect::<Vec<_>>(), "{topic}");
        }
    }
}
