//! What Terraform and CloudFormation say of buckets in one way: with the words of S3.

use super::quoted;
use crate::{
    kinds::bucket::{Encryption, ObjectLock, ObjectOwnership, RetentionMode, lifecycle::Rule},
    resource::Reference,
};

/// Returns the encryption of this algorithm. One that a spec cannot say is in parentheses, as it shows live.
pub(super) fn encryption(
    algorithm: Option<&str>,
    key: Option<String>,
    bucket_key: bool,
    notes: &mut Vec<String>,
) -> Encryption {
    let kms_key = match algorithm {
        None | Some("AES256") => None,
        Some("aws:kms") => Some(key.unwrap_or_else(|| {
            notes.push("It is encrypted with the key `aws/s3`, which an entry cannot say.".to_owned());
            "(aws/s3)".to_owned()
        })),
        Some(other) => {
            notes.push(format!("It is encrypted with {}, which an entry cannot say.", quoted(other)));
            Some(format!("({other}) {}", key.unwrap_or_default()))
        }
    };
    Encryption { kms_key: kms_key.map(Reference::Declared), bucket_key }
}

/// Returns who owns the objects, if it is one that S3 knows.
pub(super) fn ownership(name: &str) -> Option<ObjectOwnership> {
    match name {
        "BucketOwnerEnforced" => Some(ObjectOwnership::BucketOwnerEnforced),
        "BucketOwnerPreferred" => Some(ObjectOwnership::BucketOwnerPreferred),
        "ObjectWriter" => Some(ObjectOwnership::ObjectWriter),
        _ => None,
    }
}

/// Returns the default retention, if it is for some time.
pub(super) fn retention(mode: Option<&str>, days: Option<i32>, years: Option<i32>) -> Option<ObjectLock> {
    let mode = match mode? {
        "COMPLIANCE" => RetentionMode::Compliance,
        _ => RetentionMode::Governance,
    };
    (days.is_some() || years.is_some()).then_some(ObjectLock { mode, days, years })
}

/// Marks a rule that has more to it than a spec can say, as it shows live.
pub(super) fn odd(mut rule: Rule, other: &[&str], notes: &mut Vec<String>) -> Rule {
    if !other.is_empty() {
        let other = other.join(", ");
        notes
            .push(format!("Its lifecycle rule {} has {other}, which an entry cannot say.", quoted(&rule.id)));
        rule.id = format!("{} (with {other})", rule.id);
    }
    rule
}
