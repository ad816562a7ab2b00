//! Writes advanced selectors as YAML, quoting all that could be read as something else.

use crate::kinds::trail::selectors::{Condition, Selector};

/// The fields in the order in which they are written; others follow.
const FIRST: [&str; 5] = ["eventCategory", "eventSource", "resources.type", "readOnly", "resources.ARN"];

/// How long a condition may be on one line.
const MOST_COLUMNS: usize = 100;

/// Returns a scalar, also for use inside of brackets: plain where nobody could take it for anything else, and in double quotes
/// elsewhere.
pub(super) fn scalar(text: &str) -> String {
    quoted_unless(text, "-_./")
}

/// Returns a scalar for use outside of brackets, where a colon inside of a word means nothing.
fn block_scalar(text: &str) -> String {
    quoted_unless(text, "-_./:")
}

fn quoted_unless(text: &str, also_plain: &str) -> String {
    let is_plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.ends_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || also_plain.contains(c))
        && !matches!(
            text.to_ascii_lowercase().as_str(),
            "true" | "false" | "yes" | "no" | "on" | "off" | "null" | "y" | "n"
        );
    if is_plain { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

/// Returns selectors as a list on one line.
pub(super) fn flow(selectors: &[Selector]) -> String {
    let all = selectors.iter().map(|selector| {
        let conditions = conditions(selector)
            .map(|(field, values)| format!("{field}: {}", condition(field, values, scalar)));
        format!("{{where: {{{}}}}}", conditions.collect::<Vec<_>>().join(", "))
    });
    format!("[{}]", all.collect::<Vec<_>>().join(", "))
}

/// Returns selectors as the lines of a list.
pub(super) fn block(selectors: &[Selector]) -> Vec<String> {
    let mut lines = Vec::new();
    for selector in selectors {
        lines.push("  - where:".to_owned());
        for (field, values) in conditions(selector) {
            let short = format!("      {field}: {}", condition(field, values, block_scalar));
            if short.len() <= MOST_COLUMNS {
                lines.push(short);
                continue;
            }
            lines.push(format!("      {field}:"));
            for (operator, values) in operators(values) {
                lines.push(format!("        {operator}:"));
                lines.extend(values.iter().map(|value| format!("          - {}", block_scalar(value))));
            }
        }
    }
    lines
}

fn conditions(selector: &Selector) -> impl Iterator<Item = (&str, &Condition)> {
    let rank = |field: &str| FIRST.iter().position(|first| *first == field).unwrap_or(FIRST.len());
    let mut all: Vec<_> = selector.r#where.0.iter().map(|(field, values)| (field.as_str(), values)).collect();
    all.sort_by_key(|(field, _)| rank(field));
    all.into_iter()
}

/// Returns the shortest form of a condition, on one line; `alone` writes a value that stands alone.
fn condition(field: &str, condition: &Condition, alone: fn(&str) -> String) -> String {
    let all: Vec<_> = operators(condition).collect();
    match all[..] {
        // Written as YAML has it: without quotes.
        [("equals", [value])] if field == "readOnly" && (value == "true" || value == "false") => {
            value.clone()
        }
        [("equals", [value])] => alone(value),
        [("equals", values)] => list(values),
        _ => {
            let lists = all.iter().map(|(operator, values)| format!("{operator}: {}", list(values)));
            format!("{{{}}}", lists.collect::<Vec<_>>().join(", "))
        }
    }
}

/// Returns the operators of a condition that have values.
fn operators(condition: &Condition) -> impl Iterator<Item = (&'static str, &[String])> {
    let names = ["equals", "starts_with", "ends_with", "not_equals", "not_starts_with", "not_ends_with"];
    let lists = condition.0.lists().into_iter().map(Vec::as_slice);
    names.into_iter().zip(lists).filter(|(_, values)| !values.is_empty())
}

fn list(values: &[String]) -> String {
    format!("[{}]", values.iter().map(|value| scalar(value)).collect::<Vec<_>>().join(", "))
}
