//! The statements of a bucket policy that follow from the spec: what CloudTrail needs, and TLS.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{
    kinds::{World, trail::Trail},
    policy::document::sid,
    resource::{Account, Reference, ResourceId},
};

/// Returns the ARN of a bucket.
pub(super) fn arn(bucket: &ResourceId, account: &Account) -> String {
    format!("arn:{}:s3:::{}", account.partition, bucket.name)
}

/// Returns the ARN pattern of the log files that a trail of the account writes below a prefix.
pub(super) fn objects(bucket: &ResourceId, account: &Account, prefix: &str) -> String {
    let slash = if prefix.is_empty() { "" } else { "/" };
    format!("{}/{prefix}{slash}AWSLogs/{}/*", arn(bucket, account), account.id)
}

/// Returns the statements for exactly the trails of the spec that deliver to this bucket, and the one that denies requests
/// without TLS.
pub(super) fn statements(bucket: &ResourceId, tls_only: bool, world: &World<'_>) -> Vec<Value> {
    let mut trails: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (entry, trail) in world.all::<Trail>() {
        if delivers_to(&trail.bucket, bucket, world)
            && let Some(arn) = entry.outputs.get("arn")
        {
            trails.entry(trail.prefix.unwrap_or_default()).or_default().push(arn.clone());
        }
    }
    let mut statements = grants(bucket, world.stack, world.account, &trails, "");
    if tls_only {
        let arn = arn(bucket, world.account);
        statements.push(json!({
            "Sid": sid(world.stack, "TlsOnly"),
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, format!("{arn}/*")],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }));
    }
    statements
}

/// Returns the statements that let trails deliver (User Guide, "Amazon S3 bucket policy for CloudTrail"), given as ARNs by
/// prefix, each bound to the trails' ARNs and to the account.
pub(super) fn grants(
    bucket: &ResourceId,
    stack: &str,
    account: &Account,
    trails: &BTreeMap<String, Vec<String>>,
    suffix: &str,
) -> Vec<Value> {
    let mut all: Vec<&String> = trails.values().flatten().collect();
    all.sort();
    if all.is_empty() {
        return Vec::new();
    }
    let statement = |name: &str, action: &str, resource: String, trails: &[&String]| {
        json!({
            "Sid": sid(stack, &format!("{name}{suffix}")),
            "Effect": "Allow",
            "Principal": {"Service": "cloudtrail.amazonaws.com"},
            "Action": action,
            "Resource": resource,
            "Condition": {"StringEquals": {"aws:SourceAccount": account.id, "aws:SourceArn": one_or_many(trails)}},
        })
    };
    let mut statements = vec![statement("AclCheck", "s3:GetBucketAcl", arn(bucket, account), &all)];
    for (place, (prefix, trails)) in trails.iter().enumerate() {
        let name = if place == 0 { "Write".to_owned() } else { format!("Write{}", place + 1) };
        let trails: Vec<&String> = trails.iter().collect();
        let mut write = statement(&name, "s3:PutObject", objects(bucket, account, prefix), &trails);
        write["Condition"]["StringEquals"]["s3:x-amz-acl"] = json!("bucket-owner-full-control");
        statements.push(write);
    }
    statements
}

fn delivers_to(target: &Reference, bucket: &ResourceId, world: &World<'_>) -> bool {
    let Reference::Declared(key) = target else { return false };
    world.entries.iter().any(|entry| entry.address.logical == *key && entry.id == *bucket)
}

fn one_or_many(arns: &[&String]) -> Value {
    match arns {
        [one] => json!(one),
        many => json!(many),
    }
}
