//! Fingerprints of live resources: with them a plan can tell that what it rests on has changed.

use aws_lc_rs::digest::{SHA256, digest};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::resource::{Existing, Observed};

/// The SHA-256 of a live resource's attributes and owner, in hexadecimal. That it does not exist has one too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Fingerprint(String);

/// Returns the fingerprint of a resource, or of its absence. The order of keys makes no difference.
pub fn of(seen: Option<&Observed>) -> Fingerprint {
    let tree = match seen {
        None => json!({"exists": false}),
        Some(Observed { attrs, outputs: _, owner, holds_data, beside: _ }) => {
            // Outputs follow from who the resource is.
            json!({"exists": true, "attrs": attrs, "owner": owner, "holds_data": holds_data})
        }
    };
    of_tree(tree)
}

/// Returns the fingerprint of a resource that is only referred to, or of its absence.
pub fn of_existing(found: Option<&Existing>) -> Fingerprint {
    of_tree(match found {
        None => json!({"exists": false}),
        Some(Existing { outputs, attrs, problem, unread: _ }) => {
            json!({"exists": true, "outputs": outputs, "attrs": attrs, "problem": problem})
        }
    })
}

fn of_tree(tree: Value) -> Fingerprint {
    let text = format!("trailctl.fingerprint/1\n{}", sorted(tree));
    Fingerprint(hex::encode(digest(&SHA256, text.as_bytes())))
}

/// Returns a tree whose mappings have their keys in order.
pub(super) fn sorted(tree: Value) -> Value {
    match tree {
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        Value::Object(map) => {
            let mut pairs: Vec<(String, Value)> =
                map.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            pairs.sort_by(|(one, _), (other, _)| one.cmp(other));
            Value::Object(pairs.into_iter().collect::<Map<_, _>>())
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::{Outputs, owner::Owner};

    fn seen(attrs: Value) -> Observed {
        Observed {
            attrs,
            outputs: Outputs::new(),
            owner: Owner::Nobody,
            holds_data: false,
            beside: Vec::new(),
        }
    }

    #[test]
    fn differs_when_anything_differs_but_not_with_the_order_of_keys() {
        let one = of(Some(&seen(json!({"a": 1, "b": {"c": 2, "d": 3}}))));
        assert_eq!(one, of(Some(&seen(json!({"b": {"d": 3, "c": 2}, "a": 1})))));
        assert_ne!(one, of(Some(&seen(json!({"a": 1, "b": {"c": 2, "d": 4}})))));
        assert_ne!(
            one,
            of(Some(&Observed { holds_data: true, ..seen(json!({"a": 1, "b": {"c": 2, "d": 3}})) }))
        );
        assert_ne!(of(None), of(Some(&seen(json!({})))));
    }
}
