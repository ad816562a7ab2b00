//! Roles: their paths, sessions and policies, and the names of those that are made for trails.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    diagnostic::{Diagnostic, Place},
    kinds::{
        kind,
        role::{INLINE, name},
        trail::ROLE_SUFFIX,
    },
    path::Path,
    resource::{Address, region::partitions},
    spec::{EntryKey, Spec, parse::entry_path},
};

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let mut first_of: BTreeMap<String, (&str, Path)> = BTreeMap::new();
    for (EntryKey { address, .. }, attrs) in &spec.entries {
        let Some(kind) = kind(&address.kind) else { continue };
        let at = entry_path(kind, address);
        match kind.name() {
            "role" => {
                let name = attrs["name"].as_str().unwrap_or(&address.logical);
                role(attrs, &at, found);
                // Names that are the same letter by letter are found with those of the other kinds.
                let first = first_of.insert(name.to_ascii_lowercase(), (name, at.clone()));
                if let Some((other, first)) = first.filter(|(other, _)| *other != name) {
                    let message = format!("the role names `{other}` and `{name}` are one name to IAM");
                    found.push(
                        Diagnostic::at("duplicate-name", at, message)
                            .at_key()
                            .related(Place::Key(first), "first used here")
                            .help("give one of them another `name`; upper and lower case make no difference"),
                    );
                }
            }
            "trail" => trail(spec, &address.logical, attrs, &at, found),
            _ => {}
        }
    }
}

/// What IAM wants of a role (API Reference, CreateRole).
fn role(attrs: &Value, at: &Path, found: &mut Vec<Diagnostic>) {
    let path = attrs["path"].as_str().unwrap_or("/");
    let is_path = path.starts_with('/')
        && path.ends_with('/')
        && path.len() <= 512
        && !path.contains("//")
        && path.chars().all(|c| c.is_ascii_graphic());
    if !is_path {
        let message = format!("`{path}` is not a path of a role");
        let help = "write up to 512 characters that start and end with a slash, such as `/audit/`";
        found.push(Diagnostic::at("invalid-path", at.key("path"), message).help(help));
    }
    let seconds = attrs["max_session_seconds"].as_u64().unwrap_or(3600);
    if !(3600..=43_200).contains(&seconds) {
        let message = format!("a session cannot be limited to {seconds} seconds");
        let help = "use 3600 (one hour) to 43200 (twelve hours)";
        found.push(
            Diagnostic::at("invalid-session-length", at.key("max_session_seconds"), message).help(help),
        );
    }
    let mut policy = |value: &Value, at: Path| {
        if let Some(arn) = value.as_str().filter(|arn| !is_policy_arn(arn)) {
            let message = format!("`{arn}` is not the ARN of an IAM policy");
            let help = "ARNs of policies are written like `arn:aws:iam::111122223333:policy/NAME`";
            found.push(Diagnostic::at("invalid-arn", at, message).help(help));
        }
    };
    policy(&attrs["permissions_boundary"], at.key("permissions_boundary"));
    for (index, arn) in attrs["managed_policies"].as_array().into_iter().flatten().enumerate() {
        policy(arn, at.key("managed_policies").index(index));
    }
    for name in attrs["inline_policies"].as_object().into_iter().flatten().map(|(name, _)| name) {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
        let problem = if name == INLINE {
            Some(("is the one that trailctl writes itself", "put the statements under `policy:`"))
        } else if !(1..=128).contains(&name.len()) || !name.chars().all(is_plain) {
            Some((
                "cannot be used",
                "use 1 to 128 ASCII letters, digits, `_`, `+`, `=`, `,`, `.`, `@` and `-`",
            ))
        } else {
            None
        };
        if let Some((message, help)) = problem {
            let message = format!("the policy name `{name}` {message}");
            let place = at.key("inline_policies").key(name);
            found.push(Diagnostic::at("invalid-name", place, message).at_key().help(help));
        }
    }
}

fn is_policy_arn(arn: &str) -> bool {
    let parts = arn.strip_prefix("arn:").and_then(|rest| rest.split_once(":iam::"));
    let Some((partition, (owner, name))) =
        parts.and_then(|(partition, rest)| Some((partition, rest.split_once(":policy/")?)))
    else {
        return false;
    };
    let is_account = owner.len() == 12 && owner.bytes().all(|b| b.is_ascii_digit());
    partitions().any(|known| known == partition)
        && (owner == "aws" || is_account)
        && !name.is_empty()
        && !name.ends_with('/')
}

/// The role that is made for a trail is named after it.
fn trail(spec: &Spec, key: &str, attrs: &Value, at: &Path, found: &mut Vec<Diagnostic>) {
    let logs = &attrs["cloudwatch_logs"];
    if !logs.is_object() || !logs["role"].is_null() {
        return;
    }
    // An entry under this key is used as it is.
    let implied = Address::new("role", &format!("{key}{ROLE_SUFFIX}"));
    if spec.entries.keys().any(|entry| entry.address == implied) {
        return;
    }
    let name = format!("{}{ROLE_SUFFIX}", attrs["name"].as_str().unwrap_or(key));
    if name.len() > name::MAX {
        let message =
            format!("the role that is made for the trail would be named `{name}`, which is too long for IAM");
        let help = "give `role`: the key of an entry under `roles`, or {existing: ARN}";
        let place = at.key("cloudwatch_logs");
        found.push(Diagnostic::at("role-name-too-long", place, message).at_key().help(help));
    }
}
