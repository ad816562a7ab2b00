//! One statement against one request, in tables.

use serde_json::json;

use super::*;

const ALLOWED: Decision = Decision::Allowed { statement: 0 };
const DENIED: Decision = Decision::Denied { statement: 0 };
const NO_MATCH: Decision = Decision::NoMatch;

fn request() -> Request {
    let context = [
        ("aws:SourceArn", vec!["arn:aws:cloudtrail:eu-west-1:111122223333:trail/audit"]),
        ("aws:SourceAccount", vec!["111122223333"]),
        ("aws:SecureTransport", vec!["true"]),
        ("s3:max-keys", vec!["10"]),
        ("aws:TagKeys", vec!["team", "stage"]),
    ];
    Request {
        principal: Principal::Service("cloudtrail.amazonaws.com".into()),
        action: "s3:PutObject".into(),
        resource: "arn:aws:s3:::logs/AWSLogs/111122223333/CloudTrail/x".into(),
        context: context
            .into_iter()
            .map(|(key, values)| (key.to_owned(), values.into_iter().map(str::to_owned).collect()))
            .collect(),
    }
}

/// A statement that allows the request, with some members replaced; `null` removes one.
fn decide(effect: &str, members: Value) -> Decision {
    let mut statement = json!({
        "Effect": effect,
        "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::logs/*",
    });
    for (name, value) in members.as_object().expect("an object") {
        match value {
            Value::Null => statement.as_object_mut().expect("an object").remove(name),
            value => statement.as_object_mut().expect("an object").insert(name.clone(), value.clone()),
        };
    }
    evaluate(&json!({"Version": "2012-10-17", "Statement": statement}), &request())
}

fn with_condition(effect: &str, condition: &Value) -> Decision {
    decide(effect, json!({"Condition": condition}))
}

#[test]
fn matches_members_of_a_statement() {
    let cases = [
        (json!({}), ALLOWED),
        (json!({"Sid": "x"}), ALLOWED),
        (json!({"Principal": "*"}), ALLOWED),
        (json!({"Principal": {"AWS": "*"}}), ALLOWED),
        (json!({"Principal": {"Service": ["x.amazonaws.com", "cloudtrail.amazonaws.com"]}}), ALLOWED),
        (json!({"Principal": {"Service": "config.amazonaws.com"}}), NO_MATCH),
        (json!({"Principal": {"AWS": "111122223333"}}), NO_MATCH),
        (json!({"Principal": {"Federated": "x"}}), NO_MATCH),
        (json!({"Principal": null, "NotPrincipal": {"Service": "config.amazonaws.com"}}), ALLOWED),
        (json!({"Principal": null}), NO_MATCH),
        (json!({"Action": "S3:putobject"}), ALLOWED),
        (json!({"Action": ["s3:Get*", "s3:Put?bject"]}), ALLOWED),
        (json!({"Action": "*"}), ALLOWED),
        (json!({"Action": "s3:Put"}), NO_MATCH),
        (json!({"Action": null, "NotAction": "s3:Get*"}), ALLOWED),
        (json!({"Action": null, "NotAction": "s3:*"}), NO_MATCH),
        (json!({"Action": 1}), NO_MATCH),
        (json!({"Resource": "arn:aws:s3:::logs/AWSLogs/111122223333/*"}), ALLOWED),
        (json!({"Resource": "arn:aws:s3:::LOGS/*"}), NO_MATCH),
        (json!({"Resource": ["arn:aws:s3:::logs/other/*", "*/x"]}), ALLOWED),
        (json!({"Resource": "arn:aws:s3:::logs/${aws:userid}/*"}), NO_MATCH),
        (json!({"Resource": null, "NotResource": "arn:aws:s3:::logs/other/*"}), ALLOWED),
        (json!({"Surprise": true}), NO_MATCH),
    ];
    for (members, expected) in cases {
        assert_eq!(decide("Allow", members.clone()), expected, "{members}");
    }
}

#[test]
fn denies_if_a_deny_matches_or_may_match() {
    let cases = [
        (json!({}), DENIED),
        (json!({"Surprise": true}), DENIED),
        (json!({"Action": "s3:GetObject", "Surprise": true}), NO_MATCH),
        (json!({"Resource": "arn:aws:s3:::logs/${aws:userid}/*"}), DENIED),
        (json!({"Condition": {"Bool": {"aws:SecureTransport": "false"}}}), NO_MATCH),
        (json!({"Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}), NO_MATCH),
        (json!({"Condition": {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}), DENIED),
        (json!({"Condition": {"IpAddress": {"aws:SourceAccount": "10.0.0.0/8"}}}), DENIED),
        (json!({"Condition": {"Never": {"aws:SourceIp": "10.0.0.0/8"}}}), DENIED),
        (json!({"Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}}), DENIED),
    ];
    for (members, expected) in cases {
        assert_eq!(decide("Deny", members.clone()), expected, "{members}");
    }
    assert_eq!(decide("Perhaps", json!({})), DENIED);
}

#[test]
fn matches_conditions_by_operator() {
    let arn = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/audit";
    let cases = [
        (json!({}), true),
        (json!({"StringEquals": {"aws:SourceArn": arn}}), true),
        (json!({"StringEquals": {"AWS:sourcearn": ["x", arn]}}), true),
        (json!({"StringEquals": {"aws:SourceArn": "arn:aws:cloudtrail:*"}}), false),
        (json!({"StringEquals": {"aws:SourceArn": arn, "aws:SourceAccount": "444455556666"}}), false),
        (json!({"StringNotEquals": {"aws:SourceArn": arn}}), false),
        (json!({"StringNotEquals": {"aws:SourceArn": "x"}}), true),
        (json!({"StringEqualsIgnoreCase": {"aws:SourceArn": arn.to_uppercase()}}), true),
        (json!({"StringNotEqualsIgnoreCase": {"aws:SourceArn": arn.to_uppercase()}}), false),
        (json!({"StringLike": {"aws:SourceArn": "arn:aws:cloudtrail:*:trail/a?dit"}}), true),
        (json!({"StringNotLike": {"aws:SourceArn": "*trail/audit"}}), false),
        (json!({"ArnLike": {"aws:SourceArn": "arn:aws:cloudtrail:*:111122223333:trail/*"}}), true),
        (json!({"ArnEquals": {"aws:SourceArn": "arn:aws:cloudtrail:*:trail/*"}}), false),
        (json!({"ArnNotLike": {"aws:SourceArn": "arn:aws:cloudtrail:*:111122223333:trail/*"}}), false),
        (json!({"ArnNotEquals": {"aws:SourceArn": "arn:aws:cloudtrail:us-east-1:*:trail/*"}}), true),
        (json!({"Bool": {"aws:SecureTransport": true}}), true),
        (json!({"Bool": {"aws:SecureTransport": "false"}}), false),
        (json!({"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}), true),
        (json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}}), false),
        (json!({"Null": {"aws:SourceArn": "false"}}), true),
        (json!({"Null": {"aws:SourceArn": true}}), false),
        (json!({"Null": {"aws:PrincipalOrgID": "true"}}), true),
        (json!({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}), false),
        (json!({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}), true),
        (json!({"StringEqualsIfExists": {"aws:SourceAccount": "444455556666"}}), false),
        (json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}), true),
        (json!({"NumericLessThanEquals": {"s3:max-keys": 10}}), true),
        (json!({"NumericLessThan": {"s3:max-keys": "10"}}), false),
        (json!({"NumericGreaterThan": {"s3:max-keys": 9.5}}), true),
        (json!({"NumericGreaterThanEquals": {"s3:max-keys": 11}}), false),
        (json!({"NumericEquals": {"s3:max-keys": "10.0"}}), true),
        (json!({"NumericNotEquals": {"s3:max-keys": "10"}}), false),
        (json!({"NumericEquals": {"s3:max-keys": "ten"}}), false),
        (json!({"ForAllValues:StringEquals": {"aws:TagKeys": ["team", "stage", "x"]}}), true),
        (json!({"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}), false),
        (json!({"ForAnyValue:StringEquals": {"aws:TagKeys": ["team"]}}), true),
        (json!({"ForAnyValue:StringLike": {"aws:TagKeys": ["x*"]}}), false),
        (json!({"ForAnyValue:StringEquals": {"aws:PrincipalOrgPaths": ["x"]}}), false),
        (json!({"ForAllValues:StringEquals": {"aws:PrincipalOrgPaths": ["x"]}}), true),
        (json!({"StringEquals": {"aws:TagKeys": ["team", "stage"]}}), false),
        (json!({"StringEquals": {"aws:SourceArn": "${aws:SourceArn}"}}), false),
        (json!({"DateLessThan": {"aws:SourceArn": "2030-01-01"}}), false),
        (json!({"StringEquals": {"aws:SourceArn": {}}}), false),
        (json!({"StringEquals": 1}), false),
        (json!([]), false),
    ];
    for (condition, matches) in cases {
        let expected = if matches { ALLOWED } else { NO_MATCH };
        assert_eq!(with_condition("Allow", &condition), expected, "{condition}");
    }
}

#[test]
fn knows_accounts_roles_and_sessions() {
    let session = "arn:aws:sts::111122223333:assumed-role/deploy/ci";
    let cases = [
        ("111122223333", ALLOWED),
        ("arn:aws:iam::111122223333:root", ALLOWED),
        ("444455556666", NO_MATCH),
        ("arn:aws:iam::111122223333:role/deploy", ALLOWED),
        ("arn:aws:iam::111122223333:role/other", NO_MATCH),
        ("arn:aws:iam::444455556666:role/deploy", NO_MATCH),
        ("arn:aws:iam::111122223333:role/path/deploy", NO_MATCH),
        (session, ALLOWED),
        ("AIDAEXAMPLE", NO_MATCH),
    ];
    for (name, expected) in cases {
        let policy = json!({"Statement": [
            {"Effect": "Allow", "Principal": {"AWS": [name]}, "Action": "*", "Resource": "*"}
        ]});
        let request = Request { principal: Principal::Aws(session.into()), ..request() };
        assert_eq!(evaluate(&policy, &request), expected, "{name}");
    }
}

#[test]
fn a_deny_wins_over_an_earlier_allow() {
    let statement = |effect| json!({"Effect": effect, "Principal": "*", "Action": "*", "Resource": "*"});
    let policy = json!({"Statement": [statement("Allow"), statement("Allow"), statement("Deny")]});
    assert_eq!(evaluate(&policy, &request()), Decision::Denied { statement: 2 });
    let policy = json!({"Statement": [statement("Allow"), statement("Allow")]});
    assert_eq!(evaluate(&policy, &request()), ALLOWED);
}

#[test]
fn says_nothing_if_there_is_no_policy() {
    for policy in [json!(null), json!([]), json!({}), json!({"Statement": "x"}), json!({"Statement": [1]})] {
        let expected = if policy == json!({"Statement": [1]}) { DENIED } else { NO_MATCH };
        assert_eq!(evaluate(&policy, &request()), expected, "{policy}");
    }
}
