//! The `Condition` block of a statement.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Match;
use super::pattern::{Case, has_variable, matches_arn, matches_pattern};

/// How the values of a key with several values are taken together.
#[derive(Clone, Copy)]
enum Quantifier {
    Single,
    All,
    Any,
}

/// A condition operator, taken apart.
struct Operator {
    quantifier: Quantifier,
    if_exists: bool,
    negated: bool,
    compare: Compare,
}

/// Compares a value of the policy with a value of the request.
type Compare = fn(&str, &str) -> Match;

/// All operators that compare one value with another: name, whether negated, comparison.
static OPERATORS: &[(&str, bool, Compare)] = &[
    ("StringEquals", false, equal),
    ("StringNotEquals", true, equal),
    ("StringEqualsIgnoreCase", false, equal_ignoring_case),
    ("StringNotEqualsIgnoreCase", true, equal_ignoring_case),
    ("StringLike", false, like),
    ("StringNotLike", true, like),
    ("ArnEquals", false, matches_arn),
    ("ArnLike", false, matches_arn),
    ("ArnNotEquals", true, matches_arn),
    ("ArnNotLike", true, matches_arn),
    ("Bool", false, equal_ignoring_case),
    ("NumericEquals", false, |want, seen| numbers(want, seen, |want, seen| want == seen)),
    ("NumericNotEquals", true, |want, seen| numbers(want, seen, |want, seen| want == seen)),
    ("NumericLessThan", false, |want, seen| numbers(want, seen, |want, seen| seen < want)),
    ("NumericLessThanEquals", false, |want, seen| numbers(want, seen, |want, seen| seen <= want)),
    ("NumericGreaterThan", false, |want, seen| numbers(want, seen, |want, seen| seen > want)),
    ("NumericGreaterThanEquals", false, |want, seen| numbers(want, seen, |want, seen| seen >= want)),
    ("IpAddress", false, |_, _| Match::Unknown),
    ("NotIpAddress", true, |_, _| Match::Unknown),
    ("DateEquals", false, |_, _| Match::Unknown),
    ("DateNotEquals", true, |_, _| Match::Unknown),
    ("DateLessThan", false, |_, _| Match::Unknown),
    ("DateLessThanEquals", false, |_, _| Match::Unknown),
    ("DateGreaterThan", false, |_, _| Match::Unknown),
    ("DateGreaterThanEquals", false, |_, _| Match::Unknown),
    ("BinaryEquals", false, |_, _| Match::Unknown),
];

/// Whether a condition operator of this name exists, with its quantifier and `IfExists` if it has them.
#[must_use]
pub fn is_operator(name: &str) -> bool {
    name.eq_ignore_ascii_case("null") || operator(name).is_some()
}

/// Returns the names of all operators, without quantifiers and `IfExists`.
pub fn operators() -> impl Iterator<Item = &'static str> {
    OPERATORS.iter().map(|(name, ..)| *name).chain(["Null"])
}

/// All operators and all keys below them must hold. Of a key that is not in the context, `is_known` says whether it is known
/// to be absent.
pub(super) fn matches_conditions(
    conditions: &Value,
    context: &BTreeMap<String, Vec<String>>,
    is_known: &dyn Fn(&str) -> bool,
) -> Match {
    let Value::Object(operators) = conditions else { return Match::Unknown };
    Match::all(operators.iter().map(|(name, keys)| {
        let Value::Object(keys) = keys else { return Match::Unknown };
        Match::all(keys.iter().map(|(key, wanted)| {
            let seen =
                context.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, values)| values);
            let Some(wanted) = texts(wanted) else { return Match::Unknown };
            if seen.is_none() && !is_known(key) {
                return Match::Unknown;
            }
            if name.eq_ignore_ascii_case("null") {
                return is_absent(&wanted, seen);
            }
            operator(name).map_or(Match::Unknown, |operator| holds(&operator, &wanted, seen))
        }))
    }))
}

fn operator(name: &str) -> Option<Operator> {
    let name = name.to_ascii_lowercase();
    let (quantifier, name) = match name.split_once(':') {
        None => (Quantifier::Single, name.as_str()),
        Some(("forallvalues", name)) => (Quantifier::All, name),
        Some(("foranyvalue", name)) => (Quantifier::Any, name),
        Some(_) => return None,
    };
    let (name, if_exists) = match name.strip_suffix("ifexists") {
        Some(name) => (name, true),
        None => (name, false),
    };
    let (_, negated, compare) = OPERATORS.iter().find(|(known, ..)| known.eq_ignore_ascii_case(name))?;
    Some(Operator { quantifier, if_exists, negated: *negated, compare: *compare })
}

fn holds(operator: &Operator, wanted: &[String], seen: Option<&Vec<String>>) -> Match {
    let Some(seen) = seen.filter(|values| !values.is_empty()) else {
        return Match::from(match operator.quantifier {
            Quantifier::Single => operator.if_exists || operator.negated,
            Quantifier::All => true,
            Quantifier::Any => operator.if_exists,
        });
    };
    let each = seen.iter().map(|seen| {
        let hit = Match::any(wanted.iter().map(|want| match has_variable(want) {
            true => Match::Unknown,
            false => (operator.compare)(want, seen),
        }));
        if operator.negated { hit.negate() } else { hit }
    });
    match operator.quantifier {
        Quantifier::Any => Match::any(each),
        Quantifier::All => Match::all(each),
        // Several values need a quantifier to have a defined meaning.
        Quantifier::Single if seen.len() > 1 => Match::Unknown,
        Quantifier::Single => Match::all(each),
    }
}

fn is_absent(wanted: &[String], seen: Option<&Vec<String>>) -> Match {
    let absent = seen.is_none_or(Vec::is_empty);
    Match::any(wanted.iter().map(|want| match want.to_ascii_lowercase().as_str() {
        "true" => Match::from(absent),
        "false" => Match::from(!absent),
        _ => Match::Unknown,
    }))
}

/// The values of a key; `None` if one of them is not a scalar.
fn texts(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::Array(list) => list.iter().map(text).collect(),
        one => Some(vec![text(one)?]),
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn equal(want: &str, seen: &str) -> Match {
    Match::from(want == seen)
}

fn equal_ignoring_case(want: &str, seen: &str) -> Match {
    Match::from(want.to_lowercase() == seen.to_lowercase())
}

fn like(want: &str, seen: &str) -> Match {
    matches_pattern(want, seen, Case::Exact)
}

fn numbers(want: &str, seen: &str, compare: fn(f64, f64) -> bool) -> Match {
    match (want.parse(), seen.parse()) {
        (Ok(want), Ok(seen)) => Match::from(compare(want, seen)),
        _ => Match::Unknown,
    }
}
