//! Whether a bucket policy counts as public.
//!
//! It does if it allows something to everybody, unless a condition holds the caller to values without wildcards.

use serde_json::Value;

/// The condition keys that can narrow everybody down, in lower case.
const NARROWING: &[&str] = &[
    "aws:sourcearn",
    "aws:sourceaccount",
    "aws:sourceowner",
    "aws:sourceorgid",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:sourceip",
    "aws:principalarn",
    "aws:principalaccount",
    "aws:principalorgid",
    "aws:userid",
    "s3:dataaccesspointarn",
    "s3:dataaccesspointaccount",
];

/// The operators that hold a key to given values, in lower case.
const HOLDING: &[&str] =
    &["stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike", "ipaddress"];

/// Returns whether a statement is open to everybody (S3 User Guide, "The meaning of public").
pub fn is_open(statement: &Value) -> bool {
    let is_allow = statement.get("Effect").and_then(Value::as_str) == Some("Allow");
    is_allow && is_everybody(statement) && !statement.get("Condition").is_some_and(narrows)
}

fn is_everybody(statement: &Value) -> bool {
    let is_star = |value: &Value| match value {
        Value::Array(list) => list.iter().any(|name| name.as_str() == Some("*")),
        one => one.as_str() == Some("*"),
    };
    match statement.get("Principal") {
        Some(Value::Object(kinds)) => kinds.values().any(is_star),
        Some(principal) => is_star(principal),
        // Everybody but somebody; a statement that names nobody is none.
        None => statement.get("NotPrincipal").is_some(),
    }
}

fn narrows(condition: &Value) -> bool {
    let operators = condition.as_object().into_iter().flatten();
    operators.filter(|(operator, _)| HOLDING.contains(&operator.to_ascii_lowercase().as_str())).any(
        |(_, keys)| {
            keys.as_object().into_iter().flatten().any(|(key, values)| {
                let key = key.to_ascii_lowercase();
                NARROWING.contains(&key.as_str()) && is_fixed(&key, values)
            })
        },
    )
}

fn is_fixed(key: &str, values: &Value) -> bool {
    let is_fixed = |value: &Value| {
        value.as_str().is_some_and(|text| match key {
            "aws:sourceip" => text.rsplit_once('/').is_none_or(|(_, bits)| {
                // A range this wide is no limit.
                bits.parse::<u8>().is_ok_and(|bits| bits >= if text.contains(':') { 32 } else { 8 })
            }),
            _ => !text.contains(['*', '?', '$']),
        })
    };
    match values {
        Value::Array(list) => !list.is_empty() && list.iter().all(is_fixed),
        one => is_fixed(one),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn knows_what_is_public() {
        let service = json!({"Service": "cloudtrail.amazonaws.com"});
        let cases = [
            (json!({"Effect": "Allow", "Principal": "*"}), true),
            (json!({"Effect": "Deny", "Principal": "*"}), false),
            (json!({"Effect": "Allow", "Principal": {"AWS": ["111122223333", "*"]}}), true),
            (json!({"Effect": "Allow", "Principal": {"AWS": "111122223333"}}), false),
            (json!({"Effect": "Allow", "Principal": service}), false),
            (json!({"Effect": "Allow", "NotPrincipal": {"AWS": "111122223333"}}), true),
            (condition(&json!({"StringEquals": {"aws:SourceAccount": "111122223333"}})), false),
            (condition(&json!({"StringLike": {"aws:SourceArn": "arn:aws:cloudtrail:*"}})), true),
            (condition(&json!({"StringNotEquals": {"aws:SourceAccount": "111122223333"}})), true),
            (condition(&json!({"IpAddress": {"aws:SourceIp": "10.1.0.0/16"}})), false),
            (condition(&json!({"IpAddress": {"aws:SourceIp": ["10.1.0.0/16", "0.0.0.0/0"]}})), true),
            (condition(&json!({"Bool": {"aws:SecureTransport": "true"}})), true),
        ];
        for (statement, expected) in cases {
            assert_eq!(is_open(&statement), expected, "{statement}");
        }
    }

    fn condition(condition: &Value) -> Value {
        json!({"Effect": "Allow", "Principal": "*", "Condition": condition})
    }
}
