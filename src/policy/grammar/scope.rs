//! What the statements of a policy can be about: actions and resources.

use serde_json::{Map, Value};

use super::{Fault, Grammar, Of, either, fault, texts};
use crate::{diagnostic::nearest, path::Path};

/// What a policy of a topic can speak of (SNS Developer Guide, "Amazon SNS policy actions").
const TOPIC_ACTIONS: &[&str] = &[
    "AddPermission",
    "DeleteTopic",
    "GetDataProtectionPolicy",
    "GetTopicAttributes",
    "ListSubscriptionsByTopic",
    "ListTagsForResource",
    "Publish",
    "PutDataProtectionPolicy",
    "Receive",
    "RemovePermission",
    "SetTopicAttributes",
    "Subscribe",
];

impl Grammar<'_> {
    pub(super) fn actions(&self, members: &Map<String, Value>, found: &mut Vec<Fault>) {
        let Some((name, value)) = either(members, "Action", "NotAction", found) else { return };
        for (at, action) in texts(value, &Path::keys([name]), found) {
            if action != "*" {
                found.extend(self.action(action, at));
            }
        }
    }

    fn action(&self, action: &str, at: Path) -> Option<Fault> {
        let parts = action.split_once(':').filter(|(service, name)| {
            !service.is_empty() && !name.is_empty() && !name.contains(':') && !name.contains(' ')
        });
        let Some((service, name)) = parts else {
            let message = format!("`{action}` is no action");
            return Some(fault(
                "policy-action-form",
                at,
                message,
                "write `SERVICE:ACTION`, like `s3:PutObject`",
            ));
        };
        let (wanted, what) = match self.of {
            Of::Bucket { .. } => ("s3", "a bucket"),
            Of::Key => ("kms", "a key"),
            Of::Topic { .. } => ("sns", "a topic"),
            Of::Trust => ("sts", "a role"),
            Of::Role if service.contains(['*', '?']) => {
                let message = format!("`{action}` has a wildcard in the name of the service");
                return Some(fault("policy-action-form", at, message, "name the service, or write `*`"));
            }
            Of::Role => return None,
        };
        if !service.eq_ignore_ascii_case(wanted) {
            let message = format!("`{action}` is no action on {what}");
            let help = format!("name actions of its service, like `{wanted}:…`");
            return Some(fault("policy-action-service", at, message, help));
        }
        let is_topics = |known: &&str| known.eq_ignore_ascii_case(name);
        if matches!(self.of, Of::Topic { .. }) && !TOPIC_ACTIONS.iter().any(is_topics) {
            let message = format!("the policy of a topic cannot speak of `{action}`");
            let help = match nearest(name, TOPIC_ACTIONS.iter().copied()) {
                Some(meant) => format!("did you mean `SNS:{meant}`?"),
                None => format!("one of: {}", TOPIC_ACTIONS.join(", ")),
            };
            return Some(fault("policy-action-of-topic", at, message, help));
        }
        None
    }

    pub(super) fn resources(&self, members: &Map<String, Value>, found: &mut Vec<Fault>) {
        let Some((name, value)) = either(members, "Resource", "NotResource", found) else { return };
        let before = found.len();
        let all = texts(value, &Path::keys([name]), found);
        for (at, resource) in &all {
            found.extend(self.resource(resource, at));
        }
        if let (Of::Bucket { name: bucket }, "Resource", Some(actions)) =
            (self.of, name, members.get("Action"))
            && before == found.len()
        {
            let resources: Vec<&str> = all.iter().map(|(_, resource)| *resource).collect();
            levels(actions, &resources, bucket, found);
        }
    }

    fn resource(&self, resource: &str, at: &Path) -> Option<Fault> {
        match self.of {
            Of::Bucket { name } => {
                let rest = resource.split_once(":s3:::").filter(|(start, _)| self.is_start(start));
                let is_own = rest
                    .and_then(|(_, rest)| rest.strip_prefix(name))
                    .is_some_and(|rest| rest.is_empty() || rest == "*" || rest.starts_with('/'));
                let message = format!("`{resource}` is not this bucket, and nothing in it");
                let partition = self.partition.unwrap_or("aws");
                let help = format!("write `arn:{partition}:s3:::{name}` or `arn:{partition}:s3:::{name}/*`");
                (!is_own).then(|| fault("policy-resource-other", at.clone(), message, help))
            }
            Of::Topic { region, account, name } => {
                let is_own = || {
                    let (start, rest) = resource.split_once(":sns:")?;
                    let [of_region, of_account, of_name] = rest.splitn(3, ':').collect::<Vec<_>>()[..] else {
                        return None;
                    };
                    let is_same = |known: Option<&str>, said| known.is_none_or(|known| known == said);
                    Some(
                        self.is_start(start)
                            && is_same(region, of_region)
                            && is_same(account, of_account)
                            && of_name == name,
                    )
                };
                let message = format!("`{resource}` is not this topic");
                let help = format!("write the ARN of the topic `{name}`");
                (is_own() != Some(true)).then(|| fault("policy-resource-other", at.clone(), message, help))
            }
            Of::Role => {
                let is_one = resource == "*"
                    || resource.starts_with("arn:*:")
                    || resource
                        .strip_prefix("arn:")
                        .and_then(|rest| rest.split_once(':'))
                        .is_some_and(|(partition, _)| self.partition.is_none_or(|known| known == partition));
                let message = format!("`{resource}` is not the ARN of a resource of this partition");
                let help = "write an ARN, which may have wildcards, or `*`";
                (!is_one).then(|| fault("policy-resource-form", at.clone(), message, help))
            }
            Of::Key | Of::Trust => resource.is_empty().then(|| {
                let help = "write `*`: in the policy of a key that is the key";
                fault("policy-resource-form", at.clone(), "an empty text names no resource", help)
            }),
        }
    }

    /// Whether an ARN starts as those of the partition do.
    fn is_start(&self, start: &str) -> bool {
        let partition = start.strip_prefix("arn:");
        partition.is_some_and(|found| self.partition.is_none_or(|known| known == found))
    }
}

/// Each action must apply to some resource of its statement: actions on buckets to the bucket, on objects to keys (S3 refuses
/// others as "Action does not apply to any resource(s) in statement").
fn levels(actions: &Value, resources: &[&str], bucket: &str, found: &mut Vec<Fault>) {
    let is_bucket = |resource: &&str| resource.trim_end_matches('*').ends_with(&format!(":::{bucket}"));
    let has_bucket = resources.iter().any(is_bucket);
    let has_objects = resources.iter().any(|resource| resource.contains('/') || resource.ends_with('*'));
    let at = Path::keys(["Action"]);
    for (at, action) in texts(actions, &at, &mut Vec::new()) {
        // A wildcard may stand for either.
        let (applies, help) = match action {
            action if action.contains(['*', '?']) => continue,
            action if action.contains("Bucket") => {
                (has_bucket, "add the ARN of the bucket itself to `Resource`")
            }
            action if action.contains("Object") => (has_objects, "add `/*` to the ARN in `Resource`"),
            _ => continue,
        };
        if !applies {
            let message = format!("`{action}` applies to no resource of the statement");
            found.push(fault("policy-action-level", at, message, help));
        }
    }
}
