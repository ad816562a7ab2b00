//! Policies to which nothing is added: they must say something, and nothing that is said elsewhere.

use serde_json::Value;

use crate::{
    diagnostic::Diagnostic,
    kinds::{Resource as _, bucket::Bucket, kind, kms_key::KmsKey, role::Role, topic::Topic, trail::Trail},
    path::Path,
    spec::{EntryKey, Spec, parse::entry_path},
};

/// The policies that AWS does not let go without, by kind; and the one without which no trail can deliver.
const NEEDED: &[(&str, &str)] =
    &[(KmsKey::KIND, "policy"), (Topic::KIND, "policy"), (Role::KIND, "trust"), (Bucket::KIND, "policy")];

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    for (EntryKey { address, .. }, attrs) in &spec.entries {
        let Some(of_kind) = kind(&address.kind) else { continue };
        let at = entry_path(of_kind, address);
        let is_needed = address.kind != Bucket::KIND || is_delivered_to(spec, &address.logical);
        for (_, policy) in NEEDED.iter().filter(|(kind, _)| *kind == address.kind && is_needed) {
            without_statements(&attrs[*policy], &at.key(policy), found);
        }
        if address.kind == KmsKey::KIND && attrs["policy"]["generated"] == false {
            people(attrs, &at, found);
        }
    }
}

fn is_delivered_to(spec: &Spec, bucket: &str) -> bool {
    spec.of_kind(Trail::KIND).any(|(_, trail)| trail["bucket"] == bucket)
}

fn without_statements(policy: &Value, at: &Path, found: &mut Vec<Diagnostic>) {
    let is_empty = policy["statements"].as_array().is_none_or(Vec::is_empty);
    if policy["generated"] == false && is_empty {
        let message = "the policy has no statements, and nothing is added to it: it cannot do without";
        let help = "write `statements:`, or leave `generated` out";
        found.push(Diagnostic::at("policy-without-statements", at.key("generated"), message).help(help));
    }
}

fn people(attrs: &Value, at: &Path, found: &mut Vec<Diagnostic>) {
    for list in ["admins", "readers"] {
        if attrs[list].as_array().is_some_and(|people| !people.is_empty()) {
            let message =
                format!("`{list}` does nothing: with `generated: false`, no statement is made of it");
            let help = "write the statement under `policy:`, or leave `generated` out";
            found.push(Diagnostic::at("policy-people-unused", at.key(list), message).at_key().help(help));
        }
    }
}
