//! Trees as YAML.

use serde_json::Value;
use serde_yaml::{Mapping, Value as Yaml};

use super::visible_block;

/// Returns a tree as YAML to look at. What comes from AWS or a spec cannot steer the terminal.
pub(super) fn yaml(tree: &Value) -> String {
    visible_block(&text(tree))
}

/// Returns a tree as YAML that gives the tree again when it is read.
#[expect(clippy::disallowed_methods, reason = "the one place where trees become YAML")]
pub fn text(tree: &Value) -> String {
    serde_yaml::to_string(&converted(tree)).unwrap_or_else(|_| tree.to_string())
}

/// A number keeps its text in a tree, and another serializer would write that as a mapping. One that YAML would spell
/// otherwise is shown as the text that it is.
fn converted(tree: &Value) -> Yaml {
    match tree {
        Value::Null => Yaml::Null,
        Value::Bool(is_on) => Yaml::Bool(*is_on),
        Value::String(text) => Yaml::String(text.clone()),
        Value::Array(items) => Yaml::Sequence(items.iter().map(converted).collect()),
        Value::Object(map) => {
            let pairs = map.iter().map(|(key, value)| (Yaml::String(key.clone()), converted(value)));
            Yaml::Mapping(pairs.collect::<Mapping>())
        }
        Value::Number(number) => {
            let text = number.to_string();
            let read: Option<Yaml> = serde_yaml::from_str(&text).ok();
            let is_same = |read: &Yaml| matches!(read, Yaml::Number(read) if read.to_string() == text);
            read.filter(is_same).unwrap_or(Yaml::String(text))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_tree_is_shown_in_its_order_and_numbers_with_their_text() {
        let tree = json!({"z": [1, -2, {"b": true}], "a": null, "t": "1"});
        assert_eq!(yaml(&tree), "z:\n- 1\n- -2\n- b: true\na: null\nt: '1'\n");
        let odd: Value = serde_json::from_str("[1.5,1.10,12345678901234567890123]").unwrap();
        assert_eq!(yaml(&odd), "- 1.5\n- '1.10'\n- '12345678901234567890123'\n");
    }
}
