//! The keys and names of entries, and variables that are left in them.

use serde_json::Value;

use crate::{
    diagnostic::{Diagnostic, Place},
    kinds::{NameProblem, kind},
    path::{Path, Way},
    spec::{EntryKey, Spec, parse::entry_path},
};

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let tags = serde_json::to_value(&spec.head.tags).unwrap_or_default();
    variables(&tags, &Way::From(&Path::keys(["tags"])), false, found);
    for (EntryKey { address, .. }, attrs) in &spec.entries {
        let Some(kind) = kind(&address.kind) else { continue };
        let at = entry_path(kind, address);
        key(&address.logical, &at, found);
        let (name, place) = match attrs["name"].as_str() {
            Some(name) => (name, Place::Value(at.key("name"))),
            None => (address.logical.as_str(), Place::Key(at.clone())),
        };
        if let Some(NameProblem { code, says, help }) = kind.name_problem(name) {
            let message = format!("the {} name `{name}` {says}", kind.name());
            found.push(Diagnostic::new(code, place, message).help(help));
        }
        for (key, value) in attrs.as_object().into_iter().flatten() {
            let is_policy = matches!(key.as_str(), "policy" | "trust" | "inline_policies");
            variables(value, &Way::Key(&Way::From(&at), key), is_policy, found);
        }
    }
}

/// Keys are kept as a tag and stand in references.
fn key(key: &str, at: &Path, found: &mut Vec<Diagnostic>) {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/');
    let (code, message, help) = if !(1..=128).contains(&key.chars().count()) {
        let help = "use 1 to 128 characters; `name:` can give another name in AWS";
        ("key-length", "the key is too short or too long".to_owned(), help)
    } else if !key.chars().all(is_plain) {
        let help = "use ASCII letters, digits, `.`, `_`, `-` and `/`; `name:` can give another name in AWS";
        ("key-characters", format!("the key `{key}` has characters that cannot be used"), help)
    } else {
        return;
    };
    found.push(Diagnostic::at(code, at.clone(), message).at_key().help(help));
}

/// What is left of `${` when the variables have their values is a policy variable of IAM, which means something in the
/// statements of a policy only.
fn variables(tree: &Value, at: &Way<'_>, is_policy: bool, found: &mut Vec<Diagnostic>) {
    match tree {
        Value::String(text) => {
            // What has no colon is no variable of IAM, and is reported where the values are put in.
            let is_of_iam = text
                .split("${")
                .skip(1)
                .any(|rest| rest.split('}').next().is_some_and(|name| name.contains(':')));
            if is_of_iam && !is_policy {
                let message = "a variable of IAM policies means nothing here";
                let found_one = Diagnostic::at("misplaced-policy-variable", at.path(), message);
                found.push(found_one.help("write the value itself"));
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                variables(item, &Way::Index(at, index), is_policy, found);
            }
        }
        Value::Object(map) => {
            for (key, value) in map {
                variables(value, &Way::Key(at, key), is_policy, found);
            }
        }
        _ => {}
    }
}
