//! What differs between two trees of attributes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::path::Path;

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

/// Returns what differs, in the order of the attributes. Mappings are compared key by key, policy statements by their
/// Sid, other lists as a whole.
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
        (Some(Value::Array(old_items)), Some(Value::Array(new_items))) => {
            match (by_sid(old_items), by_sid(new_items)) {
                (Some(old_map), Some(new_map)) if !old_map.is_empty() || !new_map.is_empty() => {
                    for key in keys(&old_map, &new_map) {
                        let (old, new) = (old_map.get(key), new_map.get(key));
                        if old != new {
                            changes.push(change(path.key(key), old, new));
                        }
                    }
                }
                _ if old == new => {}
                _ => changes.push(change(path.clone(), old, new)),
            }
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

/// Returns statements by their Sid, if every item has one of its own.
fn by_sid(items: &[Value]) -> Option<Map<String, Value>> {
    let mut map = Map::new();
    for item in items {
        let sid = item.get("Sid")?.as_str().filter(|sid| !sid.is_empty())?;
        if map.insert(sid.to_owned(), item.clone()).is_some() {
            return None;
        }
    }
    Some(map)
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
    fn statements_are_matched_by_sid_and_lists_without_as_a_whole() {
        let statement = |sid: &str, effect: &str| json!({"Sid": sid, "Effect": effect});
        let old = json!([statement("a", "Allow"), statement("b", "Allow"), statement("c", "Deny")]);
        let new = json!([statement("d", "Allow"), statement("a", "Deny"), statement("b", "Allow")]);
        assert_eq!(paths(json!({"s": old}), json!({"s": new})), ["s.d", "s.a", "s.c"]);
        let unnamed = json!([{"Effect": "Allow"}]);
        assert_eq!(paths(json!({"s": unnamed}), json!({"s": [statement("a", "Allow")]})), ["s"]);
        let twice = json!([statement("a", "Allow"), statement("a", "Deny")]);
        assert_eq!(paths(json!({"s": twice}), json!({"s": []})), ["s"]);
    }
}
