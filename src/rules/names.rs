//! Names, accounts, Regions and tags: how AWS wants them written.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    diagnostic::{Diagnostic, Place, nearest},
    kinds::kind,
    path::Path,
    resource::{owner::RESERVED, region, region::Region},
    spec::{EntryKey, Spec, parse::entry_path},
};

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    head(spec, found);
    let default_region = spec.head.region.as_ref().map_or("", |region| region.as_str());
    let mut first_of: BTreeMap<(&str, &str, &str), Path> = BTreeMap::new();
    for (EntryKey { address, .. }, attrs) in &spec.entries {
        let Some(kind) = kind(&address.kind) else { continue };
        let at = entry_path(kind, address);
        let (name, place) = match attrs["name"].as_str() {
            Some(name) => (name, Place::Value(at.key("name"))),
            None => (address.logical.as_str(), Place::Key(at.clone())),
        };
        key(&address.logical, &at, found);
        if let Some((message, help)) = kind.name_problem(name) {
            let message = format!("the {} name `{name}` {message}", kind.name());
            let mut diagnostic = Diagnostic::at("invalid-name", at.clone(), message).help(help);
            diagnostic.place = place.clone();
            found.push(diagnostic);
        }
        // Names of some kinds are global; others may stand once in each Region.
        let region = attrs["region"].as_str().unwrap_or(default_region);
        let scope = if kind.has_global_names() { "" } else { region };
        if let Some(first) = first_of.insert((kind.name(), scope, name), at.clone()) {
            let message = format!("two entries have the {} name `{name}`", kind.name());
            let diagnostic = Diagnostic::at("duplicate-name", at.clone(), message);
            found.push(
                diagnostic
                    .at_key()
                    .related(Place::Key(first), "first used here")
                    .help("give one of them another `name`"),
            );
        }
        known_region(&attrs["region"], &at.key("region"), found);
        tags(attrs["tags"].as_object(), &at.key("tags"), found);
        for (key, value) in attrs.as_object().into_iter().flatten() {
            let is_policy = matches!(key.as_str(), "policy" | "trust" | "inline_policies");
            variables(value, &at.key(key), is_policy, found);
        }
    }
}

/// Keys are kept as a tag and stand in references.
fn key(key: &str, at: &Path, found: &mut Vec<Diagnostic>) {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/');
    if key.is_empty() || key.len() > 128 || !key.chars().all(is_plain) {
        let message = format!("the key `{key}` cannot be used");
        let help =
            "use 1 to 128 ASCII letters, digits, `.`, `_`, `-` and `/`; `name:` can give another name in AWS";
        found.push(Diagnostic::at("invalid-key", at.clone(), message).at_key().help(help));
    }
}

fn head(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let head = &spec.head;
    if head.version != 1 {
        let message = format!("version {} is not known", head.version);
        found.push(
            Diagnostic::at("unknown-version", Path::keys(["version"]), message).help("write `version: 1`"),
        );
    }
    let is_stack_char = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let starts_well = head.stack.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    if !starts_well || head.stack.len() > 63 || !head.stack.chars().all(is_stack_char) {
        let message = format!("the stack name `{}` cannot be used", head.stack);
        let help = "use 1 to 63 lower-case letters, digits and dashes, starting with a letter or digit";
        found.push(Diagnostic::at("invalid-stack-name", Path::keys(["stack"]), message).help(help));
    }
    if let Some(account) = &head.account
        && (account.len() != 12 || !account.bytes().all(|b| b.is_ascii_digit()))
    {
        let message = format!("`{account}` is not an account id");
        found.push(
            Diagnostic::at("invalid-account", Path::keys(["account"]), message)
                .help("write its 12 digits, in quotes"),
        );
    }
    if let Some(partition) = &head.partition
        && !region::partitions().any(|known| known == partition)
    {
        let message = format!("`{partition}` is not a partition");
        let help = format!("one of: {}", region::partitions().collect::<Vec<_>>().join(", "));
        found.push(Diagnostic::at("unknown-partition", Path::keys(["partition"]), message).help(help));
    }
    if let Some(region) = &head.region {
        known_region(&Value::String(region.0.clone()), &Path::keys(["region"]), found);
    }
    let all = serde_json::to_value(&head.tags).unwrap_or_default();
    tags(all.as_object(), &Path::keys(["tags"]), found);
    variables(&all, &Path::keys(["tags"]), false, found);
}

fn known_region(value: &Value, at: &Path, found: &mut Vec<Diagnostic>) {
    let Some(code) = value.as_str() else { return };
    if Region::known().any(|known| known == code) {
        return;
    }
    let help = match nearest(code, Region::known()) {
        Some(known) => format!("did you mean `{known}`?"),
        None => "Regions are written like `eu-west-1`".to_owned(),
    };
    let looks_like_one = code.contains('-')
        && code.len() <= 32
        && code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    found.push(if looks_like_one {
        Diagnostic::at("unknown-region", at.clone(), format!("the Region `{code}` is not known")).help(help)
    } else {
        Diagnostic::at("invalid-region", at.clone(), format!("`{code}` is not a Region")).help(help)
    });
}

/// Rules of tags that CloudTrail and S3 share (API References: at most 50, keys to 128, values to 256 characters).
fn tags(tags: Option<&serde_json::Map<String, Value>>, at: &Path, found: &mut Vec<Diagnostic>) {
    for (key, value) in tags.into_iter().flatten() {
        let place = at.key(key);
        if key.starts_with(RESERVED) || key.to_ascii_lowercase().starts_with("aws:") {
            let message = format!("the tag key `{key}` has a prefix that is not for users");
            found.push(
                Diagnostic::at("invalid-tag", place.clone(), message).at_key().help("choose another key"),
            );
        }
        if key.is_empty() || key.chars().count() > 128 {
            let message = "a tag key has 1 to 128 characters";
            found
                .push(Diagnostic::at("invalid-tag", place.clone(), message).at_key().help("shorten the key"));
        }
        if value.as_str().is_some_and(|text| text.chars().count() > 256) {
            let message = "a tag value has at most 256 characters";
            found.push(Diagnostic::at("invalid-tag", place, message).help("shorten the value"));
        }
    }
}

/// What is left of `${` when the variables have their values is a policy variable of IAM, which means something in the
/// statements of a policy only.
fn variables(tree: &Value, at: &Path, is_policy: bool, found: &mut Vec<Diagnostic>) {
    match tree {
        Value::String(text) => {
            // What has no colon is no variable of IAM, and is reported where the values are put in.
            let is_of_iam = text
                .split("${")
                .skip(1)
                .any(|rest| rest.split('}').next().is_some_and(|name| name.contains(':')));
            if is_of_iam && !is_policy {
                let message = "a variable of IAM policies means nothing here";
                let found_one = Diagnostic::at("misplaced-policy-variable", at.clone(), message);
                found.push(found_one.help("write the value itself"));
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                variables(item, &at.index(index), is_policy, found);
            }
        }
        Value::Object(map) => {
            for (key, value) in map {
                variables(value, &at.key(key), is_policy, found);
            }
        }
        _ => {}
    }
}
