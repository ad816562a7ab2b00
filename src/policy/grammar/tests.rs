//! Policies against the grammar, in tables.

use serde_json::json;

use super::*;

const BUCKET: Grammar<'_> = Grammar { of: Of::Bucket { name: "logs" }, partition: Some("aws") };

fn codes(grammar: &Grammar<'_>, policy: &Value) -> Vec<String> {
    grammar.document(policy).into_iter().map(|fault| format!("{} {}", fault.code, fault.at)).collect()
}

/// A valid policy with one member of its statement replaced.
fn checked(members: &Value) -> Vec<String> {
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
    codes(&BUCKET, &json!({"Version": "2012-10-17", "Id": "i", "Statement": [statement]}))
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
        assert_eq!(checked(&members), [""; 0], "{members}");
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
        assert!(!checked(&members).is_empty(), "{members}");
    }
    for policy in [
        json!([]),
        json!({}),
        json!({"Statement": []}),
        json!({"Statement": [1]}),
        json!({"Version": "2020-01-01", "Statement": [{}]}),
        json!({"Statment": [{}]}),
    ] {
        assert!(!codes(&BUCKET, &policy).is_empty(), "{policy}");
    }
}
