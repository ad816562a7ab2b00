//! The statements of a bucket policy that follow from the spec: what CloudTrail needs, and TLS.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::BucketPolicy;
use crate::{
    kinds::{World, trail::Trail},
    policy::canon::{CanonStatement, Context, canon, canon_statement},
    resource::{Account, Reference, ResourceId, region::Region},
};

/// The account of a bucket decides nothing in its policy; unique ids stay as they are.
const CONTEXT: Context<'_> = Context { partition: "aws", account: "", resolver: None };

/// The version of the policy language that trailctl writes.
pub(super) fn current_version() -> String {
    "2012-10-17".to_owned()
}

pub(super) fn is_current(version: &String) -> bool {
    *version == current_version()
}

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

/// Reads a live policy. A text that is not a policy document becomes one statement that equals no wanted one.
pub(super) fn read(text: &str) -> BucketPolicy {
    let opaque = || BucketPolicy { statements: vec![json!(text)], ..BucketPolicy::default() };
    // The strict reader also refuses what a lenient one would lose, such as a key that is given twice.
    if canon(text, &CONTEXT).statements().is_none() {
        return opaque();
    }
    let Ok(Value::Object(mut document)) = serde_json::from_str(text) else { return opaque() };
    let version = match document.shift_remove("Version") {
        // A policy without a version is of the first one (IAM User Guide, "Version").
        None => "2008-10-17".to_owned(),
        Some(Value::String(version)) => version,
        Some(_) => return opaque(),
    };
    let id = match document.shift_remove("Id") {
        None => None,
        Some(Value::String(id)) => Some(id).filter(|id| !id.is_empty()),
        Some(_) => return opaque(),
    };
    let statements = match document.shift_remove("Statement") {
        Some(Value::Array(statements)) => statements,
        Some(one) => vec![one],
        None => Vec::new(),
    };
    if document.is_empty() { BucketPolicy { version, id, statements } } else { opaque() }
}

/// Returns the form in which two statements that mean the same are equal.
pub(super) fn canonical(statement: &Value, region: Option<&Region>) -> CanonStatement {
    let partition = region.map_or(CONTEXT.partition, Region::partition);
    canon_statement(statement, &Context { partition, ..CONTEXT })
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

/// Returns the Sid of a statement of ours: letters and digits only, and the stack's name in it, so that the statements
/// of several stacks in one policy can be told apart.
fn sid(stack: &str, name: &str) -> String {
    let words = stack.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let camel: String = words.map(|word| word[..1].to_ascii_uppercase() + &word[1..]).collect();
    format!("Trailctl{camel}{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_live_policy_reads_as_statements_and_foreign_text_equals_nothing() {
        let read_statements = |text: &str| read(text).statements;
        assert_eq!(
            read_statements(r#"{"Version":"2012-10-17","Statement":{"Sid":"a"}}"#),
            [json!({"Sid": "a"})]
        );
        assert_eq!(read(r#"{"Statement":[]}"#).version, "2008-10-17");
        assert_eq!(read(r#"{"Version":"2012-10-17","Id":"","Statement":[]}"#).id, None);
        let twice = r#"{"Version":"2012-10-17","Statement":[{"Sid":"a","Effect":"Allow","Effect":"Deny"}]}"#;
        for opaque in [twice, "", "[]", "{\"Statement\":[],\"Extra\":1}", "{\"Version\":1}"] {
            assert_eq!(read_statements(opaque), [json!(opaque)]);
        }
    }

    #[test]
    fn sids_hold_letters_and_digits_only() {
        assert_eq!(sid("security-audit", "Write"), "TrailctlSecurityAuditWrite");
        assert_eq!(sid("a.b_2", "TlsOnly"), "TrailctlAB2TlsOnly");
    }
}
