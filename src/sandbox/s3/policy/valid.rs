//! What S3 refuses in a bucket policy as malformed.
//!
//! Whether the roles and users in it exist is not asked, as there is no IAM yet.

use serde_json::{Map, Value};

use crate::policy::evaluate::is_operator;
use crate::sandbox::identity::is_account_id;

/// Why a policy is refused.
type Fault = String;

/// Refuses a policy that the bucket cannot have.
pub(super) fn check(policy: &Value, partition: &str, bucket: &str) -> Result<(), Fault> {
    let members = policy.as_object().ok_or("The policy is not a JSON object")?;
    check_members(members, &["Version", "Id", "Statement"])?;
    if members
        .get("Version")
        .is_some_and(|version| ![Some("2012-10-17"), Some("2008-10-17")].contains(&version.as_str()))
    {
        return Err("The policy has an unknown Version".to_owned());
    }
    let statements = match members.get("Statement") {
        Some(Value::Array(list)) if !list.is_empty() => list.as_slice(),
        Some(one @ Value::Object(_)) => std::slice::from_ref(one),
        _ => return Err("Missing required field Statement".to_owned()),
    };
    statements.iter().try_for_each(|statement| check_statement(statement, partition, bucket))
}

fn check_statement(statement: &Value, partition: &str, bucket: &str) -> Result<(), Fault> {
    let members = statement.as_object().ok_or("A statement is not a JSON object")?;
    check_members(
        members,
        &[
            "Sid",
            "Effect",
            "Principal",
            "NotPrincipal",
            "Action",
            "NotAction",
            "Resource",
            "NotResource",
            "Condition",
        ],
    )?;
    if members.get("Sid").is_some_and(|sid| !sid.is_string()) {
        return Err("Invalid Sid".to_owned());
    }
    if ![Some("Allow"), Some("Deny")].contains(&members.get("Effect").and_then(Value::as_str)) {
        return Err("Invalid effect in policy".to_owned());
    }
    check_principal(either(members, "Principal", "NotPrincipal")?, partition)?;
    let actions = texts(either(members, "Action", "NotAction")?)?;
    let is_action = |action: &&str| *action == "*" || action.to_ascii_lowercase().starts_with("s3:");
    if !actions.iter().all(is_action) {
        return Err("Policy has invalid action".to_owned());
    }
    let resources = texts(either(members, "Resource", "NotResource")?)?;
    let arn = format!("arn:{partition}:s3:::{bucket}");
    let is_resource = |resource: &&str| {
        resource
            .strip_prefix(&arn)
            .is_some_and(|rest| rest.is_empty() || rest == "*" || rest.starts_with('/'))
    };
    if !resources.iter().all(is_resource) {
        return Err("Policy has invalid resource".to_owned());
    }
    if members.contains_key("Action") && members.contains_key("Resource") {
        check_levels(&actions, &resources, &arn)?;
    }
    members.get("Condition").map_or(Ok(()), check_condition)
}

fn check_members(members: &Map<String, Value>, known: &[&str]) -> Result<(), Fault> {
    match members.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(format!("Unknown field {name}")),
        None => Ok(()),
    }
}

/// Returns the one of two members that is there.
fn either<'a>(members: &'a Map<String, Value>, name: &str, negated: &str) -> Result<&'a Value, Fault> {
    match (members.get(name), members.get(negated)) {
        (Some(value), None) | (None, Some(value)) => Ok(value),
        (None, None) => Err(format!("Missing required field {name}")),
        (Some(_), Some(_)) => Err(format!("{name} and {negated} exclude each other")),
    }
}

/// A text or a list of texts, at least one.
fn texts(value: &Value) -> Result<Vec<&str>, Fault> {
    let texts = match value {
        Value::Array(list) => list.iter().map(Value::as_str).collect(),
        one => one.as_str().map(|text| vec![text]),
    };
    texts.filter(|texts| !texts.is_empty()).ok_or_else(|| "A list of texts is expected".to_owned())
}

fn check_principal(principal: &Value, partition: &str) -> Result<(), Fault> {
    let invalid = || "Invalid principal in policy".to_owned();
    if principal.as_str() == Some("*") {
        return Ok(());
    }
    let kinds = principal.as_object().filter(|kinds| !kinds.is_empty()).ok_or_else(invalid)?;
    for (kind, names) in kinds {
        let is_valid = |name: &&str| match kind.as_str() {
            "AWS" => is_aws_principal(name, partition),
            "Service" => is_service(name),
            "Federated" => !name.is_empty(),
            "CanonicalUser" => name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit()),
            _ => false,
        };
        if !texts(names)?.iter().all(is_valid) {
            return Err(invalid());
        }
    }
    Ok(())
}

fn is_aws_principal(name: &str, partition: &str) -> bool {
    if name == "*" || is_account_id(name) {
        return true;
    }
    let parts: Vec<&str> = name.splitn(6, ':').collect();
    let ["arn", here, service, "", account, identity] = parts[..] else { return false };
    let kinds: &[&str] = match service {
        "iam" if account == "cloudfront" => return identity.starts_with("user/"),
        "iam" => &["user/", "role/"],
        "sts" => &["assumed-role/", "federated-user/"],
        _ => return false,
    };
    let is_one = |kind: &&str| identity.strip_prefix(kind).is_some_and(|name| !name.is_empty());
    here == partition
        && is_account_id(account)
        && !identity.contains('*')
        && (identity == "root" && service == "iam" || kinds.iter().any(is_one))
}

fn is_service(name: &str) -> bool {
    let ends = [".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu"];
    ends.iter().any(|end| name.strip_suffix(end).is_some_and(|service| !service.is_empty()))
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

fn check_condition(condition: &Value) -> Result<(), Fault> {
    let invalid = || "Policy has an invalid condition".to_owned();
    for (operator, keys) in condition.as_object().ok_or_else(invalid)? {
        if !is_operator(operator) {
            return Err(invalid());
        }
        for (key, values) in keys.as_object().ok_or_else(invalid)? {
            let key = key.to_ascii_lowercase();
            if !["aws:", "s3:"].iter().any(|service| key.starts_with(service)) {
                return Err("Policy has an invalid condition key".to_owned());
            }
            let is_scalar = |value: &Value| value.is_string() || value.is_boolean() || value.is_number();
            let is_valid = match values {
                Value::Array(list) => list.iter().all(is_scalar),
                one => is_scalar(one),
            };
            if !is_valid {
                return Err(invalid());
            }
        }
    }
    Ok(())
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
