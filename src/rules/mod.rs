//! Rules over specs: what AWS would refuse, and what cannot be meant. One file per family, one visible list.

mod buckets;
mod keys;
mod limits;
mod log_groups;
mod names;
mod references;
mod roles;
mod selectors;
#[cfg(test)]
mod tests;
mod topics;
mod trails;

use serde_json::Value;

use crate::{
    diagnostic::Diagnostic,
    resource::{Address, Reference},
    spec::{EntryKey, Spec},
};

/// A family of rules: looks at the whole spec and reports all it finds.
type Rule = fn(&Spec, &mut Vec<Diagnostic>);

/// All families.
const RULES: &[Rule] = &[
    names::check,
    references::check,
    limits::check,
    buckets::check,
    keys::check,
    log_groups::check,
    roles::check,
    topics::check,
    trails::check,
    selectors::check,
];

/// Applies all rules.
pub fn check(spec: &Spec) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for rule in RULES {
        rule(spec, &mut found);
    }
    found
}

/// Returns the entry that a reference names, if it is one of the spec.
fn declared<'a>(spec: &'a Spec, kind: &str, to: &Value) -> Option<&'a Value> {
    let Ok(Reference::Declared(key)) = serde_json::from_value(to.clone()) else { return None };
    let address = Address::new(kind, &key);
    spec.entries.iter().find(|(EntryKey { address: other, .. }, _)| *other == address).map(|(_, attrs)| attrs)
}
