//! The statements of a bucket policy that follow from the spec: what CloudTrail needs, access logs of other buckets, and TLS.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::Bucket;
use crate::{
    kinds::{World, trail::Trail},
    policy::document::{one_or_many, sid},
    resource::{Account, ResourceId},
};

/// Where in a bucket trails deliver: a prefix, and whether they are organization trails.
pub(super) type Place = (String, bool);

/// Returns the ARN of a bucket.
pub(super) fn arn(bucket: &ResourceId, account: &Account) -> String {
    format!("arn:{}:s3:::{}", account.partition, bucket.name)
}

/// Returns the ARN patterns of the log files that a trail of this account writes (User Guide, "Amazon S3 bucket policy for
/// CloudTrail"). Those of an organization trail stand below the id of the organization; below that of the account are those
/// that it writes when it is turned into a trail of one account.
pub(super) fn objects(bucket: &ResourceId, account: &Account, owner: &str, place: &Place) -> Vec<String> {
    let (prefix, is_organization) = place;
    let slash = if prefix.is_empty() { "" } else { "/" };
    let organization = account.organization.as_ref().filter(|_| *is_organization);
    [owner]
        .into_iter()
        .chain(organization.map(|organization| organization.id.as_str()))
        .map(|part| format!("{}/{prefix}{slash}AWSLogs/{part}/*", arn(bucket, account)))
        .collect()
}

/// Returns the account that the ARN of a trail names.
pub(super) fn owner(trail: &str) -> &str {
    trail.split(':').nth(4).unwrap_or_default()
}

/// Returns the statements for exactly the trails of the spec that deliver to this bucket, those for the buckets of the spec
/// that send their access logs here, and the one that denies requests without TLS.
/// Without `generated`, only the last one.
pub(super) fn statements(
    bucket: &ResourceId,
    generated: bool,
    tls_only: bool,
    world: &World<'_>,
) -> Vec<Value> {
    let mut statements = if generated { needed(bucket, world) } else { Vec::new() };
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

/// Returns the statements for trails and access logs.
fn needed(bucket: &ResourceId, world: &World<'_>) -> Vec<Value> {
    let mut trails: BTreeMap<Place, Vec<String>> = BTreeMap::new();
    for (entry, trail) in world.all::<Trail>() {
        if world.names(Some(&trail.bucket), bucket)
            && let Some(arn) = entry.outputs.get("arn")
        {
            let place = (trail.prefix.unwrap_or_default(), trail.organization);
            trails.entry(place).or_default().push(arn.clone());
        }
    }
    let mut statements = grants(bucket, world.stack, world.account, &trails, "");
    statements.extend(access_logs(bucket, world));
    statements
}

/// Returns the statements that let trails deliver (User Guide, "Amazon S3 bucket policy for CloudTrail"), given as ARNs by
/// where they deliver, each bound to the trails' ARNs and to the accounts that own them.
pub(super) fn grants(
    bucket: &ResourceId,
    stack: &str,
    account: &Account,
    trails: &BTreeMap<Place, Vec<String>>,
    suffix: &str,
) -> Vec<Value> {
    let all: BTreeSet<&str> = trails.values().flatten().map(String::as_str).collect();
    if all.is_empty() {
        return Vec::new();
    }
    let statement = |name: &str, action: &str, resources: &BTreeSet<String>, trails: &BTreeSet<&str>| {
        let owners: BTreeSet<&str> = trails.iter().map(|arn| owner(arn)).collect();
        json!({
            "Sid": sid(stack, &format!("{name}{suffix}")),
            "Effect": "Allow",
            "Principal": {"Service": "cloudtrail.amazonaws.com"},
            "Action": action,
            "Resource": one_or_many(resources),
            "Condition": {"StringEquals": {"aws:SourceAccount": one_or_many(&owners), "aws:SourceArn": one_or_many(trails)}},
        })
    };
    let whole = BTreeSet::from([arn(bucket, account)]);
    let mut statements = vec![statement("AclCheck", "s3:GetBucketAcl", &whole, &all)];
    for (count, (place, trails)) in trails.iter().enumerate() {
        let name = if count == 0 { "Write".to_owned() } else { format!("Write{}", count + 1) };
        let trails: BTreeSet<&str> = trails.iter().map(String::as_str).collect();
        let objects = trails.iter().flat_map(|trail| objects(bucket, account, owner(trail), place)).collect();
        let mut write = statement(&name, "s3:PutObject", &objects, &trails);
        write["Condition"]["StringEquals"]["s3:x-amz-acl"] = json!("bucket-owner-full-control");
        statements.push(write);
    }
    statements
}

/// Returns the statement that lets S3 write the access logs of other buckets of the spec (S3 User Guide, "Permissions for log
/// delivery").
fn access_logs(bucket: &ResourceId, world: &World<'_>) -> Option<Value> {
    let (mut sources, mut objects) = (BTreeSet::new(), BTreeSet::new());
    for (entry, source) in world.all::<Bucket>() {
        if let Some(logs) = &source.access_logs
            && world.names(Some(&logs.bucket), bucket)
        {
            sources.insert(arn(&entry.id, world.account));
            objects.insert(format!("{}/{}*", arn(bucket, world.account), logs.prefix));
        }
    }
    log_delivery(world.stack, world.account, &sources, &objects, "")
}

/// Returns the statement that lets S3 write the access logs of these buckets, if there are any.
pub(super) fn log_delivery(
    stack: &str,
    account: &Account,
    sources: &BTreeSet<String>,
    objects: &BTreeSet<String>,
    suffix: &str,
) -> Option<Value> {
    (!sources.is_empty()).then(|| {
        json!({
            "Sid": sid(stack, &format!("AccessLogs{suffix}")),
            "Effect": "Allow",
            "Principal": {"Service": "logging.s3.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": one_or_many(objects),
            "Condition": {
                "ArnLike": {"aws:SourceArn": one_or_many(sources)},
                "StringEquals": {"aws:SourceAccount": account.id},
            },
        })
    })
}
