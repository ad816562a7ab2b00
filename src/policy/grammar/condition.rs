//! When a statement holds.

use serde_json::Value;

use super::{Fault, fault};
use crate::{
    diagnostic::nearest,
    path::Path,
    policy::evaluate::{is_operator, operators},
};

/// Checks a `Condition` (IAM User Guide, "IAM JSON policy elements: Condition"). `of` is how keys start besides `aws:`; any may
/// if there is none.
pub(super) fn check(condition: &Value, of: Option<&str>, found: &mut Vec<Fault>) {
    let at = Path::keys(["Condition"]);
    let help = "write it like `{StringEquals: {\"aws:SourceAccount\": \"111122223333\"}}`";
    let Some(operators) = condition.as_object() else {
        found.push(fault("policy-condition-form", at, "a condition is a mapping from operators", help));
        return;
    };
    for (operator, keys) in operators {
        let at = at.key(operator);
        if !is_operator(operator) {
            found.push(unknown(operator, at.clone()));
        }
        let Some(keys) = keys.as_object() else {
            let message = format!("`{operator}` compares condition keys with values");
            found.push(fault("policy-condition-form", at, message, help));
            continue;
        };
        for (key, values) in keys {
            let at = at.key(key);
            found.extend(self::key(key, of, &at));
            found.extend(self::values(values, &at));
        }
    }
}

fn unknown(operator: &str, at: Path) -> Fault {
    let help = match nearest(operator, operators()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "use one such as `StringEquals`, `StringLike`, `ArnLike`, `Bool` or `Null`".to_owned(),
    };
    let message = format!("`{operator}` is no condition operator");
    Fault { is_key: true, ..fault("policy-condition-operator", at, message, help) }
}

fn key(key: &str, of: Option<&str>, at: &Path) -> Option<Fault> {
    let lower = key.to_ascii_lowercase();
    let is_one = match of {
        Some(of) => lower.starts_with("aws:") || lower.starts_with(of),
        None => lower.contains(':'),
    };
    (!is_one).then(|| {
        let message = format!("`{key}` is no condition key here");
        let help = match of {
            Some(of) => format!("keys start with `aws:` or `{of}`"),
            None => "keys start with the name of a service, or with `aws:`".to_owned(),
        };
        Fault { is_key: true, ..fault("policy-condition-key", at.clone(), message, help) }
    })
}

fn values(values: &Value, at: &Path) -> Vec<Fault> {
    let list = match values {
        Value::Array(list) => list.iter().enumerate().map(|(index, one)| (at.index(index), one)).collect(),
        one => vec![(at.clone(), one)],
    };
    let wrong = |(at, value): (Path, &Value)| {
        let is_scalar = value.is_string() || value.is_boolean() || value.is_number();
        let help = "write a text, or a list of texts";
        (!is_scalar).then(|| fault("policy-condition-value", at, "a condition compares with texts", help))
    };
    list.into_iter().filter_map(wrong).collect()
}
