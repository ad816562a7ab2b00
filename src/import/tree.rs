//! Values of a file, whichever way it spells them.

use serde_json::Value;

static NULL: Value = Value::Null;

/// Returns a member by its name, as Terraform spells it or as CloudFormation does: `field_selector`, or `FieldSelectors`.
pub(super) fn member<'v>(value: &'v Value, name: &str) -> &'v Value {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    };
    let pascal: String = name.split('_').map(capital).collect();
    let spellings = [name.to_owned(), format!("{pascal}s"), pascal];
    spellings.iter().find_map(|name| value.get(name)).unwrap_or(&NULL)
}

/// Returns a text that says something.
pub(super) fn text(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !text.is_empty())
}

/// Returns a text, also of a number or a bool.
pub(super) fn written(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Returns a bool, also of its word.
pub(super) fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(on) => Some(*on),
        Value::String(text) => match text.to_ascii_lowercase().as_str() {
            "true" | "yes" => Some(true),
            "false" | "no" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// Returns a number, also of its digits.
pub(super) fn number<N: TryFrom<i64> + std::str::FromStr>(value: &Value) -> Option<N> {
    match value {
        Value::Number(number) => number.as_i64().and_then(|number| N::try_from(number).ok()),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Returns the same, of which 0 says that there is none.
pub(super) fn positive(value: &Value) -> Option<i32> {
    number(value).filter(|number: &i32| *number > 0)
}

/// Returns the items of a list. What stands alone is a list of one.
pub(super) fn items(value: &Value) -> impl Iterator<Item = &Value> {
    let all = match value {
        Value::Array(items) => items.as_slice(),
        Value::Null => &[],
        one => std::slice::from_ref(one),
    };
    all.iter().filter(|item| !item.is_null())
}

/// Returns the first of the items.
pub(super) fn first(value: &Value) -> &Value {
    items(value).next().unwrap_or(&NULL)
}

/// Returns the texts of a list.
pub(super) fn texts(value: &Value) -> Vec<String> {
    items(value).filter_map(written).collect()
}
