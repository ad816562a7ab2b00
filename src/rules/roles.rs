//! Roles: their paths, their sessions, and the names of those that are made for trails.

use serde_json::Value;

use super::same_names::implied_role;
use crate::{
    diagnostic::Diagnostic,
    kinds::{
        Resource as _,
        role::{Role, name},
        trail::Trail,
    },
    path::Path,
    spec::{EntryKey, Spec},
};

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    for (EntryKey { address, .. }, attrs) in spec.of_kind(Role::KIND) {
        let at = Path::keys([Role::SECTION, &address.logical]);
        path(attrs["path"].as_str().unwrap_or("/"), &at.key("path"), found);
        session(attrs, &at, found);
    }
    for (entry, attrs) in spec.of_kind(Trail::KIND) {
        let Some(name) = implied_role(spec, entry, attrs).filter(|name| name.len() > name::MAX) else {
            continue;
        };
        let message =
            format!("the role that is made for the trail would be named `{name}`, which is too long for IAM");
        let help = "give `role`: the key of an entry under `roles`, or {existing: ARN}";
        let place = Path::keys([Trail::SECTION, &entry.address.logical, "cloudwatch_logs"]);
        found.push(Diagnostic::at("role-name-too-long", place, message).at_key().help(help));
    }
}

/// What IAM wants of a path (API Reference, CreateRole).
fn path(path: &str, at: &Path, found: &mut Vec<Diagnostic>) {
    let mut says = |code, problem: &str, help: &str| {
        let message = format!("the path `{path}` {problem}");
        found.push(Diagnostic::at(code, at.clone(), message).help(help));
    };
    if path.len() > 512 {
        says("role-path-length", "is too long", "use up to 512 characters");
    }
    if !path.starts_with('/') || !path.ends_with('/') {
        says("role-path-ends", "does not start and end with a slash", "write it like `/audit/`");
    }
    if path.contains("//") {
        says("role-path-slashes", "has two slashes in a row", "write it like `/audit/`");
    }
    if !path.chars().all(|c| c.is_ascii_graphic()) {
        says(
            "role-path-characters",
            "has characters that IAM refuses",
            "use ASCII letters, digits and signs",
        );
    }
}

fn session(attrs: &Value, at: &Path, found: &mut Vec<Diagnostic>) {
    let seconds = attrs["max_session_seconds"].as_u64().unwrap_or(3600);
    if !(3600..=43_200).contains(&seconds) {
        let message = format!("a session cannot be limited to {seconds} seconds");
        let help = "use 3600 (one hour) to 43200 (twelve hours)";
        found.push(Diagnostic::at("role-session-length", at.key("max_session_seconds"), message).help(help));
    }
}
