//! `Condition`: operators, keys and values.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::strict_json::Json;

/// The condition operators, in exact case (IAM, "Condition operators").
const OPERATORS: [&str; 26] = [
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnLike",
    "ArnNotEquals",
    "ArnNotLike",
];

/// Values by operator and key. No operator is without keys: it would test nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub(super) struct Conditions(BTreeMap<String, Keys>);

type Keys = BTreeMap<String, BTreeSet<String>>;

impl Conditions {
    /// Returns the conditions, or nothing if they are not understood.
    pub(super) fn read(json: &Json) -> Option<Self> {
        let Json::Object(operators) = json else { return None };
        let mut conditions = BTreeMap::new();
        for (operator, keys) in operators {
            let Json::Object(keys) = keys else { return None };
            if !is_operator(operator) {
                return None;
            }
            if !keys.is_empty() {
                conditions.insert(operator.clone(), read_keys(keys)?);
            }
        }
        Some(Self(conditions))
    }
}

fn read_keys(json: &BTreeMap<String, Json>) -> Option<Keys> {
    let mut keys = Keys::new();
    for (key, value) in json {
        let values = value.items().iter().map(text_of).collect::<Option<_>>()?;
        // AWS does not say whether the values of a key written twice are joined or replaced.
        if keys.insert(fold_key(key), values).is_some() {
            return None;
        }
    }
    Some(keys)
}

/// Every operator but `Null` may end in `IfExists`, and every one may begin with a set qualifier (IAM, "Condition
/// operators").
fn is_operator(operator: &str) -> bool {
    let base = ["ForAllValues:", "ForAnyValue:"].into_iter().find_map(|set| operator.strip_prefix(set));
    let base = base.unwrap_or(operator);
    base == "Null" || OPERATORS.contains(&base.strip_suffix("IfExists").unwrap_or(base))
}

/// Condition keys ignore case (IAM, "Condition" element). For the name inside an encryption context the texts of
/// AWS disagree, so it keeps its case.
fn fold_key(key: &str) -> String {
    const CONTEXT: &str = "kms:encryptioncontext:";
    match key.split_at_checked(CONTEXT.len()) {
        Some((prefix, name)) if prefix.eq_ignore_ascii_case(CONTEXT) => format!("{CONTEXT}{name}"),
        _ => key.to_ascii_lowercase(),
    }
}

/// AWS compares values as text and returns booleans and numbers as strings.
fn text_of(json: &Json) -> Option<String> {
    match json {
        Json::String(text) | Json::Number(text) => Some(text.clone()),
        Json::Bool(value) => Some(value.to_string()),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}
