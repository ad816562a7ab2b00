//! References: outputs of other resources inside the strings of a tree, written `${kind.key.output}`.
//!
//! What is known is put in before anything is compared. What is not known stays as it is written, and is put in by
//! apply when the resource exists.

use serde_json::Value;

use super::Address;

/// Returns the text of a reference to an output of another resource.
pub fn to(address: &Address, output: &str) -> String {
    format!("${{{address}.{output}}}")
}

/// Puts into all strings of `tree` what `known` says of the references in them.
pub fn substitute(tree: &mut Value, known: &dyn Fn(&Address, &str) -> Option<String>) {
    match tree {
        Value::String(text) => {
            if let Some(filled) = fill(text, known) {
                *text = filled;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| substitute(item, known)),
        Value::Object(map) => map.values_mut().for_each(|value| substitute(value, known)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Calls `found` with each reference in the strings of `tree`.
pub fn visit(tree: &Value, found: &mut dyn FnMut(&Address, &str)) {
    match tree {
        Value::String(text) => {
            let mut rest = text.as_str();
            while let Some((_, reference, after)) = next(rest) {
                found(&reference.0, reference.1);
                rest = after;
            }
        }
        Value::Array(items) => items.iter().for_each(|item| visit(item, found)),
        Value::Object(map) => map.values().for_each(|value| visit(value, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn fill(text: &str, known: &dyn Fn(&Address, &str) -> Option<String>) -> Option<String> {
    let (mut filled, mut rest, mut changed) = (String::new(), text, false);
    while let Some((before, (address, output), after)) = next(rest) {
        filled.push_str(before);
        match known(&address, output) {
            Some(value) => {
                changed = true;
                filled.push_str(&value);
            }
            None => filled.push_str(&rest[before.len()..rest.len() - after.len()]),
        }
        rest = after;
    }
    filled.push_str(rest);
    changed.then_some(filled)
}

/// Splits `text` at its first reference. An entry's key may hold dots: the kind ends at the first, the output starts
/// after the last.
fn next(text: &str) -> Option<(&str, (Address, &str), &str)> {
    let mut from = 0;
    loop {
        let start = from + text[from..].find("${")?;
        let end = start + text[start..].find('}')?;
        let inner = &text[start + 2..end];
        let parts = inner
            .split_once('.')
            .and_then(|(kind, rest)| rest.rsplit_once('.').map(|(key, output)| (kind, key, output)));
        match parts {
            Some((kind, key, output)) if is_name(kind) && is_name(output) && !key.is_empty() => {
                return Some((&text[..start], (Address::new(kind, key), output), &text[end + 1..]));
            }
            _ => from = start + 2,
        }
    }
}

fn is_name(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}

/// Returns all strings of a tree.
pub fn strings(tree: &Value) -> Vec<&str> {
    match tree {
        Value::String(one) => vec![one],
        Value::Array(items) => items.iter().flat_map(strings).collect(),
        Value::Object(map) => map.values().flat_map(strings).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn all(tree: &Value) -> Vec<String> {
        let mut found = Vec::new();
        visit(tree, &mut |address, output| found.push(format!("{address}>{output}")));
        found
    }

    #[test]
    fn finds_references_and_leaves_policy_variables_alone() {
        let tree = json!({"a": ["${bucket.my.logs.name}/x-${kms_key.k.arn}", "${aws:username}"], "b": "${kms_key.k"});
        assert_eq!(all(&tree), ["bucket.my.logs>name", "kms_key.k>arn"]);
    }

    #[test]
    fn puts_in_what_is_known_and_keeps_the_rest() {
        let mut tree = json!(["<${bucket.b.name}|${kms_key.k.arn}>", "${aws:username}", 7]);
        substitute(&mut tree, &|address, output| {
            (address.kind == "bucket").then(|| format!("{}:{output}", address.logical))
        });
        assert_eq!(tree, json!(["<b:name|${kms_key.k.arn}>", "${aws:username}", 7]));
    }
}
