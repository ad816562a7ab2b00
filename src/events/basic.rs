//! What basic event selectors can have (API Reference, EventSelector and DataResource).

use super::arns::{Arn, Shape};

/// How many a trail can have.
pub const MAX_SELECTORS: usize = 5;
/// How many resources all of them together can name; "all" does not count.
pub const MAX_RESOURCES: usize = 250;

/// The types of resources that they know, with the service in the value that means all of them.
pub const TYPES: &[(&str, &str)] =
    &[("AWS::S3::Object", "s3"), ("AWS::Lambda::Function", "lambda"), ("AWS::DynamoDB::Table", "dynamodb")];

/// Returns whether the type is one of those that they know.
pub fn is_known(kind: &str) -> bool {
    TYPES.iter().any(|(known, _)| *known == kind)
}

/// Returns whether the value means all resources of the type; S3 has two spellings of it.
pub fn is_all(kind: &str, value: &str, partition: &str) -> bool {
    TYPES.iter().filter(|(known, _)| *known == kind).any(|(_, service)| {
        let all = format!("arn:{partition}:{service}");
        value == all || (*service == "s3" && value.strip_prefix(&all) == Some(":::"))
    })
}

/// Returns whether the value is one that the type can have: all of it, one resource, or the start of an S3 object's ARN.
pub fn is_valid(kind: &str, value: &str, partition: &str) -> bool {
    let is_one = || {
        let shape = Shape::of(kind).filter(|_| is_known(kind));
        Arn::read(value)
            .is_some_and(|arn| arn.partition == partition && shape.is_some_and(|shape| shape.fits(&arn)))
    };
    !value.contains('*') && (is_all(kind, value, partition) || is_one())
}
