//! Names, accounts, Regions and tags: how AWS wants them written.

use std::{collections::BTreeMap, net::Ipv4Addr};

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
    let mut first_of: BTreeMap<(&str, &str, &str), Path> = BTreeMap::new();
    for (EntryKey { address, .. }, attrs) in &spec.entries {
        let Some(kind) = kind(&address.kind) else { continue };
        let at = entry_path(kind, address);
        let (name, place) = match attrs["name"].as_str() {
            Some(name) => (name, Place::Value(at.key("name"))),
            None => (address.logical.as_str(), Place::Key(at.clone())),
        };
        let problem = match kind.name() {
            "trail" => trail_name(name),
            _ => bucket_name(name),
        };
        if let Some((message, help)) = problem {
            let message = format!("the {} name `{name}` {message}", kind.name());
            let mut diagnostic = Diagnostic::error("invalid-name", at.clone(), message).help(help);
            diagnostic.place = place.clone();
            found.push(diagnostic);
        }
        // Bucket names are global; trails of one name may exist in several Regions.
        let scope = if kind.name() == "bucket" { "" } else { attrs["region"].as_str().unwrap_or_default() };
        if let Some(first) = first_of.insert((kind.name(), scope, name), at.clone()) {
            let message = format!("two entries have the {} name `{name}`", kind.name());
            let diagnostic = Diagnostic::error("duplicate-name", at.clone(), message);
            found.push(
                diagnostic
                    .at_key()
                    .related(Place::Key(first), "first used here")
                    .help("give one of them another `name`"),
            );
        }
        known_region(&attrs["region"], &at.key("region"), found);
        tags(attrs["tags"].as_object(), &at.key("tags"), found);
        variables(attrs, &at, found);
    }
}

fn head(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let head = &spec.head;
    if head.version != 1 {
        let message = format!("version {} is not known", head.version);
        found.push(
            Diagnostic::error("unknown-version", Path::keys(["version"]), message).help("write `version: 1`"),
        );
    }
    let is_stack_char = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let starts_well = head.stack.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    if !starts_well || head.stack.len() > 63 || !head.stack.chars().all(is_stack_char) {
        let message = format!("the stack name `{}` cannot be used", head.stack);
        let help = "use 1 to 63 lower-case letters, digits and dashes, starting with a letter or digit";
        found.push(Diagnostic::error("invalid-name", Path::keys(["stack"]), message).help(help));
    }
    if let Some(account) = &head.account
        && (account.len() != 12 || !account.bytes().all(|b| b.is_ascii_digit()))
    {
        let message = format!("`{account}` is not an account id");
        found.push(
            Diagnostic::error("invalid-account", Path::keys(["account"]), message)
                .help("write its 12 digits, in quotes"),
        );
    }
    if let Some(partition) = &head.partition
        && !region::partitions().any(|known| known == partition)
    {
        let message = format!("`{partition}` is not a partition");
        let help = format!("one of: {}", region::partitions().collect::<Vec<_>>().join(", "));
        found.push(Diagnostic::error("unknown-value", Path::keys(["partition"]), message).help(help));
    }
    if let Some(region) = &head.region {
        known_region(&Value::String(region.0.clone()), &Path::keys(["region"]), found);
    }
    let all = serde_json::to_value(&head.tags).unwrap_or_default();
    tags(all.as_object(), &Path::keys(["tags"]), found);
    variables(&all, &Path::keys(["tags"]), found);
}

/// Rules of CloudTrail (User Guide, "Naming requirements").
fn trail_name(name: &str) -> Option<(&'static str, &'static str)> {
    let is_joint = |c: char| matches!(c, '.' | '_' | '-');
    if !(3..=128).contains(&name.len()) {
        return Some(("is too short or too long", "use 3 to 128 characters"));
    }
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || is_joint(c)) {
        return Some((
            "has characters that CloudTrail refuses",
            "use ASCII letters, digits, `.`, `_` and `-`",
        ));
    }
    if name.starts_with(is_joint) || name.ends_with(is_joint) {
        return Some(("starts or ends with a sign", "start and end with a letter or a digit"));
    }
    if name.as_bytes().windows(2).any(|pair| pair.iter().all(|b| is_joint(char::from(*b)))) {
        return Some(("has two signs in a row", "put a letter or a digit between `.`, `_` and `-`"));
    }
    name.parse::<Ipv4Addr>().is_ok().then_some(("looks like an IP address", "choose another name"))
}

/// Rules of S3 (User Guide, "Bucket naming rules"), and those that CloudTrail adds.
fn bucket_name(name: &str) -> Option<(&'static str, &'static str)> {
    if !(3..=63).contains(&name.len()) {
        return Some(("is too short or too long", "use 3 to 63 characters"));
    }
    if !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-')) {
        return Some(("has characters that S3 refuses", "use lower-case letters, digits, `.` and `-`"));
    }
    if name.starts_with(['.', '-']) || name.ends_with(['.', '-']) {
        return Some(("starts or ends with a sign", "start and end with a letter or a digit"));
    }
    if ["..", ".-", "-."].iter().any(|pair| name.contains(pair)) {
        return Some(("has a `.` next to another sign", "put a letter or a digit between them"));
    }
    let reserved = ["xn--", "sthree-", "amzn-s3-demo-"].iter().any(|prefix| name.starts_with(prefix));
    if reserved
        || ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"]
            .iter()
            .any(|suffix| name.ends_with(suffix))
    {
        return Some(("uses a prefix or a suffix that S3 keeps for itself", "choose another name"));
    }
    name.parse::<Ipv4Addr>().is_ok().then_some(("looks like an IP address", "choose another name"))
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
    found.push(
        Diagnostic::warning("unknown-region", at.clone(), format!("the Region `{code}` is not known"))
            .help(help),
    );
}

/// Rules of tags that CloudTrail and S3 share (API References: at most 50, keys to 128, values to 256 characters).
fn tags(tags: Option<&serde_json::Map<String, Value>>, at: &Path, found: &mut Vec<Diagnostic>) {
    for (key, value) in tags.into_iter().flatten() {
        let place = at.key(key);
        if key.starts_with(RESERVED) || key.to_ascii_lowercase().starts_with("aws:") {
            let message = format!("the tag key `{key}` has a prefix that is not for users");
            found.push(
                Diagnostic::error("invalid-tag", place.clone(), message).at_key().help("choose another key"),
            );
        }
        if key.is_empty() || key.chars().count() > 128 {
            let message = "a tag key has 1 to 128 characters";
            found.push(
                Diagnostic::error("invalid-tag", place.clone(), message).at_key().help("shorten the key"),
            );
        }
        if value.as_str().is_some_and(|text| text.chars().count() > 256) {
            let message = "a tag value has at most 256 characters";
            found.push(Diagnostic::error("invalid-tag", place, message).help("shorten the value"));
        }
    }
}

/// `${` is kept for variables: a text with one would mean something else in a later version.
fn variables(tree: &Value, at: &Path, found: &mut Vec<Diagnostic>) {
    match tree {
        Value::String(text) if text.contains("${") => {
            let message = "`${` is kept for variables, which this version does not have";
            found.push(Diagnostic::error("variable", at.clone(), message).help("write the value itself"));
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                variables(item, &at.index(index), found);
            }
        }
        // In statements `${…}` is a policy variable of AWS.
        Value::Object(map) => {
            for (key, value) in map.iter().filter(|(key, _)| *key != "statements") {
                variables(value, &at.key(key), found);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trail_names() {
        for good in ["abc", "a.b_c-d", "Management-2", "1.2.3"] {
            assert_eq!(trail_name(good), None, "{good}");
        }
        for bad in ["ab", "my-_x", "-abc", "abc.", "a b c", "192.168.5.4", "ümlaut"] {
            assert!(trail_name(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn bucket_names() {
        for good in ["abc", "my.logs-1"] {
            assert_eq!(bucket_name(good), None, "{good}");
        }
        for bad in
            ["ab", "My-logs", "a_b_c", "logs-", "a..b", "a.-b", "192.168.5.4", "xn--logs", "logs-s3alias"]
        {
            assert!(bucket_name(bad).is_some(), "{bad}");
        }
    }
}
