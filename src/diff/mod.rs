//! What differs between two trees of attributes.

mod statements;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::path::Path;

/// The attribute of a policy that holds its statements.
const STATEMENTS: &str = "statements";

/// One attribute that differs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// Which attribute.
    pub path: Path,
    /// The live value; absent when the attribute, or the resource, is not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old: Option<Value>,
    /// The wanted value; absent when the attribute is removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<Value>,
    /// What it means to set the attribute, if that cannot be taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lasting: Option<String>,
}

/// Returns what differs, in the order of the attributes. Mappings are compared key by key, policy statements one by one,
/// other lists as a whole.
pub fn diff(old: &Value, new: &Value) -> Vec<Change> {
    let mut changes = Vec::new();
    compare(&Path::root(), Some(old), Some(new), &mut changes);
    changes
}

fn compare(path: &Path, old: Option<&Value>, new: Option<&Value>, changes: &mut Vec<Change>) {
    match (old, new) {
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            compare_maps(path, old, new, changes);
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) if path.last_key() == Some(STATEMENTS) => {
            let differing = statements::differing(old, new);
            changes.extend(differing.into_iter().map(|(at, old, new)| change(at.under(path), old, new)));
        }
        _ if old == new => {}
        _ => changes.push(change(path.clone(), old, new)),
    }
}

fn change(path: Path, old: Option<&Value>, new: Option<&Value>) -> Change {
    Change { path, old: old.cloned(), new: new.cloned(), lasting: None }
}

fn compare_maps(path: &Path, old: &Map<String, Value>, new: &Map<String, Value>, changes: &mut Vec<Change>) {
    for key in keys(old, new) {
        compare(&path.key(key), old.get(key), new.get(key), changes);
    }
}

fn keys<'a>(old: &'a Map<String, Value>, new: &'a Map<String, Value>) -> impl Iterator<Item = &'a String> {
    new.keys().chain(old.keys().filter(|key| !new.contains_key(*key)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn paths(old: Value, new: Value) -> Vec<String> {
        diff(&old, &new).iter().map(|change| change.path.to_string()).collect()
    }

    #[test]
    fn finds_each_changed_added_and_removed_attribute() {
        let old = json!({"a": 1, "b": {"c": 1, "d": 2}, "e": [1], "gone": true});
        let new = json!({"a": 1, "b": {"c": 3, "d": 2}, "e": [1, 2], "f": null});
        assert_eq!(paths(old, new), ["b.c", "e", "f", "gone"]);
    }

    #[test]
    fn equal_trees_differ_in_nothing_also_in_another_key_order() {
        assert_eq!(
            paths(json!({"a": {"x": 1, "y": [2]}, "b": 2}), json!({"b": 2, "a": {"y": [2], "x": 1}})),
            [""; 0]
        );
    }

    #[test]
    fn statements_are_compared_one_by_one_and_other_lists_as_a_whole() {
        let [old, new] = [json!([{"Sid": "a"}, {"Sid": "b"}]), json!([{"Sid": "a"}, {"Sid": "c"}])];
        let of = |name: &str| paths(json!({"policy": {name: old}}), json!({"policy": {name: new}}));
        assert_eq!(of("statements"), ["policy.statements.c", "policy.statements.b"]);
        assert_eq!(of("others"), ["policy.others"]);
    }
}
