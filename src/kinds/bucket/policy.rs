//! The statements of a bucket policy that follow from the spec: what CloudTrail needs, and TLS.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::BucketPolicy;
use crate::{
    kinds::{World, trail::Trail},
    policy::canon::{CanonStatement, Context, canon_statement},
    resource::{Reference, ResourceId, region::Region},
};

/// The version of the policy language that trailctl writes.
pub(super) fn current_version() -> String {
    "2012-10-17".to_owned()
}

pub(super) fn is_current(version: &String) -> bool {
    *version == current_version()
}

/// Returns the statements for exactly the trails of the spec that deliver to this bucket (User Guide, "Amazon S3
/// bucket policy for CloudTrail"), each bound to the trails' ARNs and to the account, and the one that denies
/// requests without TLS.
pub(super) fn statements(bucket: &ResourceId, tls_only: bool, world: &World<'_>) -> Vec<Value> {
    let (account, partition) = (&world.account.id, &world.account.partition);
    let arn = format!("arn:{partition}:s3:::{}", bucket.name);
    let mut trails_by_prefix: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (entry, trail) in world.all::<Trail>() {
        if delivers_to(&trail.bucket, bucket, world)
            && let Some(trail_arn) = entry.outputs.get("arn")
        {
            trails_by_prefix.entry(trail.prefix.unwrap_or_default()).or_default().push(trail_arn.clone());
        }
    }
    let mut statements = Vec::new();
    let mut all: Vec<&String> = trails_by_prefix.values().flatten().collect();
    all.sort();
    if !all.is_empty() {
        statements.push(json!({
            "Sid": sid(world.stack, "AclCheck"),
            "Effect": "Allow",
            "Principal": {"Service": "cloudtrail.amazonaws.com"},
            "Action": "s3:GetBucketAcl",
            "Resource": arn,
            "Condition": {"StringEquals": {"aws:SourceAccount": account, "aws:SourceArn": one_or_many(&all)}},
        }));
    }
    for (place, (prefix, trails)) in trails_by_prefix.iter().enumerate() {
        let slash = if prefix.is_empty() { "" } else { "/" };
        let name = if place == 0 { "Write".to_owned() } else { format!("Write{}", place + 1) };
        statements.push(json!({
            "Sid": sid(world.stack, &name),
            "Effect": "Allow",
            "Principal": {"Service": "cloudtrail.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": format!("{arn}/{prefix}{slash}AWSLogs/{account}/*"),
            "Condition": {"StringEquals": {
                "aws:SourceAccount": account,
                "aws:SourceArn": one_or_many(&trails.iter().collect::<Vec<_>>()),
                "s3:x-amz-acl": "bucket-owner-full-control",
            }},
        }));
    }
    if tls_only {
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

/// Reads a live policy. A text that is not a policy document becomes one statement that equals no wanted one.
pub(super) fn read(text: &str) -> BucketPolicy {
    let opaque = || BucketPolicy { statements: vec![json!(text)], ..BucketPolicy::default() };
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
    let partition = region.map_or("aws", Region::partition);
    canon_statement(statement, &Context { partition, account: "", resolver: None })
}

/// Returns whether one of the statements denies everybody all requests without TLS.
pub(super) fn denies_plain_http(statements: &[Value], arn: &str) -> bool {
    let is_all = |value: &Value, of: &[&str]| match value {
        Value::String(text) => of == [text.as_str()],
        Value::Array(items) => {
            of.iter().all(|text| items.iter().any(|item| item == text)) && !items.is_empty()
        }
        _ => false,
    };
    statements.iter().any(|statement| {
        let on = [arn, &format!("{arn}/*")];
        statement["Effect"] == "Deny"
            && (statement["Principal"] == "*" || is_all(&statement["Principal"]["AWS"], &["*"]))
            && is_all(&statement["Action"], &["s3:*"])
            && is_all(&statement["Resource"], &on)
            && statement["Condition"].as_object().is_some_and(|condition| condition.len() == 1)
            && ["false", "False"]
                .iter()
                .any(|off| is_all(&statement["Condition"]["Bool"]["aws:SecureTransport"], &[off]))
            && statement["Condition"]["Bool"].as_object().is_some_and(|keys| keys.len() == 1)
    })
}

fn delivers_to(target: &Reference, bucket: &ResourceId, world: &World<'_>) -> bool {
    match target {
        Reference::Existing(name) => *name == bucket.name,
        Reference::Declared(key) => {
            world.entries.iter().any(|entry| entry.address.logical == *key && entry.id == *bucket)
        }
    }
}

fn one_or_many(arns: &[&String]) -> Value {
    match arns {
        [one] => json!(one),
        many => json!(many),
    }
}

/// Returns the Sid of a statement of ours: letters and digits only, and the stack's name in it, so that the statements
/// of several stacks in one policy can be told apart.
pub(super) fn sid(stack: &str, name: &str) -> String {
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
        for opaque in ["", "[]", "{\"Statement\":[],\"Extra\":1}", "{\"Version\":1}"] {
            assert_eq!(read_statements(opaque), [json!(opaque)]);
        }
    }

    #[test]
    fn only_a_full_denial_counts_as_tls_only() {
        let full = json!({"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": ["s3:*"],
            "Resource": ["arn:aws:s3:::b/*", "arn:aws:s3:::b"], "Condition": {"Bool": {"aws:SecureTransport": "false"}}});
        let with = |pointer: &str, value: Value| {
            let mut statement = full.clone();
            *statement.pointer_mut(pointer).unwrap() = value;
            denies_plain_http(&[statement], "arn:aws:s3:::b")
        };
        assert!(denies_plain_http(std::slice::from_ref(&full), "arn:aws:s3:::b"));
        assert!(!denies_plain_http(std::slice::from_ref(&full), "arn:aws:s3:::c"));
        assert!(!with("/Effect", json!("Allow")));
        assert!(!with("/Resource", json!(["arn:aws:s3:::b"])));
        assert!(!with("/Principal", json!({"AWS": "arn:aws:iam::111122223333:root"})));
        assert!(!with("/Condition/Bool", json!({"aws:SecureTransport": "false", "aws:x": "true"})));
    }

    #[test]
    fn sids_hold_letters_and_digits_only() {
        assert_eq!(sid("security-audit", "Write"), "TrailctlSecurityAuditWrite");
        assert_eq!(sid("a.b_2", "TlsOnly"), "TrailctlAB2TlsOnly");
    }
}
