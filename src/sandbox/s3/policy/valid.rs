//! What S3 refuses in a bucket policy as malformed.

use serde_json::Value;

use crate::sandbox::policy::grammar::{Fault, Grammar, is_of_service, statements, texts};

/// Refuses a policy that the bucket cannot have.
pub(super) fn check(policy: &Value, partition: &str, bucket: &str) -> Result<(), Fault> {
    let arn = format!("arn:{partition}:s3:::{bucket}");
    let is_resource = |resource: &str| {
        resource
            .strip_prefix(&arn)
            .is_some_and(|rest| rest.is_empty() || rest == "*" || rest.starts_with('/'))
    };
    let grammar = Grammar {
        partition,
        has_principals: true,
        is_action: &|action| is_of_service(action, "s3:"),
        is_resource: Some(&is_resource),
        condition_keys: &["s3:"],
    };
    grammar.check(policy)?;
    for statement in statements(policy)? {
        if let (Some(actions), Some(resources)) = (statement.get("Action"), statement.get("Resource")) {
            check_levels(&texts(actions)?, &texts(resources)?, &arn)?;
        }
    }
    Ok(())
}

/// Each action must apply to some resource of its statement: actions on buckets to the bucket, on objects to keys.
fn check_levels(actions: &[&str], resources: &[&str], bucket_arn: &str) -> Result<(), Fault> {
    let has_bucket = resources.iter().any(|resource| resource.trim_end_matches('*') == bucket_arn);
    let has_objects = resources.iter().any(|resource| resource.contains('/') || resource.ends_with('*'));
    let applies = |action: &&str| match *action {
        // A wildcard may stand for either.
        action if action.contains(['*', '?']) => true,
        action if action.contains("Bucket") => has_bucket,
        action if action.contains("Object") => has_objects,
        _ => true,
    };
    if actions.iter().all(applies) {
        return Ok(());
    }
    Err("Action does not apply to any resource(s) in statement".to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A valid policy with one member of its statement replaced.
    fn checked(members: &Value) -> Result<(), Fault> {
        let mut statement = json!({
            "Sid": "x",
            "Effect": "Allow",
            "Principal": {"Service": "cloudtrail.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": "arn:aws:s3:::logs/AWSLogs/*",
        });
        for (name, value) in members.as_object().unwrap() {
            statement[name] = value.clone();
        }
        check(&json!({"Version": "2012-10-17", "Id": "i", "Statement": [statement]}), "aws", "logs")
    }

    #[test]
    fn takes_what_s3_takes() {
        for members in [
            json!({}),
            json!({"Principal": "*"}),
            json!({"Principal": {"AWS": ["111122223333", "arn:aws:iam::111122223333:root"]}}),
            json!({"Principal": {"AWS": "arn:aws:iam::111122223333:role/path/x"}}),
            json!({"Principal": {"AWS": "arn:aws:sts::111122223333:assumed-role/x/y"}}),
            json!({"Action": ["s3:*"], "Resource": ["arn:aws:s3:::logs", "arn:aws:s3:::logs/*"]}),
            json!({"Action": "s3:GetBucketAcl", "Resource": "arn:aws:s3:::logs"}),
            json!({"Action": "*", "Resource": "arn:aws:s3:::logs*"}),
            json!({"Condition": {"StringEquals": {"aws:SourceArn": ["x"], "s3:x-amz-acl": "y"}}}),
            json!({"Condition": {"ForAnyValue:StringLikeIfExists": {"aws:PrincipalOrgPaths": "o-1/*"}}}),
            json!({"Condition": {"Bool": {"aws:SecureTransport": false}}}),
        ] {
            assert_eq!(checked(&members), Ok(()), "{members}");
        }
    }

    #[test]
    fn refuses_what_s3_refuses() {
        for members in [
            json!({"Surprise": 1}),
            json!({"Sid": 1}),
            json!({"Effect": "allow"}),
            json!({"NotPrincipal": "*"}),
            json!({"Principal": "111122223333"}),
            json!({"Principal": {}}),
            json!({"Principal": {"AWS": []}}),
            json!({"Principal": {"AWS": "11112222333"}}),
            json!({"Principal": {"AWS": "arn:aws:iam::111122223333:role/*"}}),
            json!({"Principal": {"AWS": "arn:aws-cn:iam::111122223333:root"}}),
            json!({"Principal": {"AWS": "arn:aws:iam::111122223333:group/x"}}),
            json!({"Principal": {"Service": "cloudtrail"}}),
            json!({"Principal": {"Nobody": "x"}}),
            json!({"Action": "sns:Publish"}),
            json!({"Action": []}),
            json!({"Action": "s3:GetBucketAcl"}),
            json!({"Resource": "arn:aws:s3:::logs"}),
            json!({"Resource": "arn:aws:s3:::other/*"}),
            json!({"Resource": "arn:aws:s3:::logs-2/*"}),
            json!({"Resource": "arn:aws-cn:s3:::logs/*"}),
            json!({"Resource": "*"}),
            json!({"Condition": []}),
            json!({"Condition": {"Equals": {"aws:SourceArn": "x"}}}),
            json!({"Condition": {"NullIfExists": {"aws:SourceArn": "true"}}}),
            json!({"Condition": {"StringEquals": {"SourceArn": "x"}}}),
            json!({"Condition": {"StringEquals": {"aws:SourceArn": {}}}}),
        ] {
            assert!(checked(&members).is_err(), "{members}");
        }
        for policy in [
            json!([]),
            json!({}),
            json!({"Statement": []}),
            json!({"Statement": [1]}),
            json!({"Version": "2020-01-01", "Statement": [{}]}),
            json!({"Statment": [{}]}),
        ] {
            assert!(check(&policy, "aws", "logs").is_err(), "{policy}");
        }
    }
}
