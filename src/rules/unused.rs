//! Entries that nothing of the spec uses.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{
    diagnostic::Diagnostic,
    kinds::{
        Resource as _, kind,
        trail::{ROLE_SUFFIX, Trail},
    },
    resource::{Address, Reference},
    spec::{EntryKey, Spec, parse::entry_path},
};

/// The kinds that are there to be used, each with its code.
const CODES: &[(&str, &str)] = &[
    ("bucket", "unused-bucket"),
    ("kms_key", "unused-key"),
    ("log_group", "unused-log-group"),
    ("role", "unused-role"),
    ("topic", "unused-topic"),
];

/// A spec without trails is for the trails of others, and of what cannot be read nobody knows what it uses.
pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    if spec.of_kind(Trail::KIND).next().is_none() || !spec.unreadable.is_empty() {
        return;
    }
    let used = used(spec);
    for (EntryKey { address, .. }, attrs) in &spec.entries {
        let Some(kind) = kind(&address.kind) else { continue };
        let Some((_, code)) = CODES.iter().find(|(name, _)| *name == kind.name()) else { continue };
        if used.contains(address) || serves_others(attrs) {
            continue;
        }
        let message = format!("nothing of this spec uses the {} `{}`", kind.name(), address.logical);
        let help = "name it where it shall be used, or remove it";
        found.push(Diagnostic::at(code, entry_path(kind, address), message).at_key().help(help));
    }
}

fn used(spec: &Spec) -> BTreeSet<Address> {
    let mut used = BTreeSet::new();
    for (EntryKey { address, .. }, attrs) in &spec.entries {
        let Some(of) = kind(&address.kind) else { continue };
        for (_, wanted, reference) in spec.links_of(address) {
            if let Reference::Declared(key) = &reference {
                used.insert(Address::new(wanted, key));
            }
        }
        if of.name() == Trail::KIND && attrs["cloudwatch_logs"]["role"].is_null() {
            used.insert(Address::new("role", &format!("{}{ROLE_SUFFIX}", address.logical)));
        }
    }
    used
}

/// Returns whether an entry lets others in, or does something by itself.
fn serves_others(attrs: &Value) -> bool {
    let has = |value: &Value| match value {
        Value::Array(items) => !items.is_empty(),
        Value::Object(map) => !map.is_empty(),
        _ => false,
    };
    has(&attrs["policy"]["statements"])
        || has(&attrs["trust"]["statements"])
        || ["inline_policies", "managed_policies", "admins", "readers"].iter().any(|key| has(&attrs[*key]))
}
