//! Rules over specs: what AWS would refuse, and what cannot be meant. One file per family, one visible list.

mod access_logs;
mod arns;
mod bucket_names;
mod buckets;
mod by_hand;
mod existing;
mod expect;
mod head;
mod key_lockout;
mod key_places;
mod keys;
mod lifecycle;
mod limits;
mod lock;
mod log_groups;
mod names;
mod policies;
mod policy_lints;
mod prefixes;
mod preflight;
mod principals;
mod references;
mod regions;
mod role_policies;
mod roles;
mod same_names;
mod selectors;
mod service_principals;
mod tags;
#[cfg(test)]
mod tests;
mod topics;
mod trails;
mod transitions;
mod unused;

pub(crate) use self::regions::hint as region_hint;

use serde_json::Value;

use crate::{
    diagnostic::Diagnostic,
    kinds::kind,
    path::Path,
    resolve::resolve,
    resource::{Account, Address, Desired, Reference, ResourceId, region::Region},
    spec::{EntryKey, Spec, variables},
};

/// A family of rules: looks at the whole spec and reports all it finds.
type Rule = fn(&Spec, &mut Vec<Diagnostic>);

/// All families.
const RULES: &[Rule] = &[
    head::check,
    lock::check,
    names::check,
    same_names::check,
    bucket_names::check,
    tags::check,
    regions::check,
    references::check,
    existing::check,
    unused::check,
    limits::check,
    buckets::check,
    access_logs::check,
    lifecycle::check,
    keys::check,
    principals::check,
    key_places::check,
    log_groups::check,
    roles::check,
    role_policies::check,
    topics::check,
    trails::check,
    selectors::check,
    prefixes::check,
    policies::check,
    by_hand::check,
    policy_lints::check,
    key_lockout::check,
    preflight::check,
    expect::check,
];

/// Returns what is doubtful about the policies of a resource that others manage. `attrs` are its attributes, as far as they are known.
pub fn policies_of(id: &ResourceId, attrs: &Value, account: &Account) -> Vec<Diagnostic> {
    let name = id.name.rsplit(':').next().unwrap_or_default();
    let (region, partition) = (Some(id.region.0.as_str()), Some(account.partition.as_str()));
    let resource = policies::Named { kind: &id.kind, name, region, partition };
    let mut found = Vec::new();
    policy_lints::lint(policies::of(&resource, attrs, Some(&account.id), &Path::root()), &mut found);
    found
}

/// Applies all rules.
pub fn check(spec: &Spec) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for rule in RULES {
        rule(spec, &mut found);
    }
    found
}

/// Returns the resources that a spec wants, as far as that is known without AWS.
fn resolved(spec: &Spec) -> Vec<Desired> {
    let region = spec.head.region.clone().unwrap_or_else(|| Region::new("us-east-1"));
    let account = Account::new(
        spec.head.account.as_deref().unwrap_or(variables::ACCOUNT),
        spec.head.partition.as_deref().unwrap_or_else(|| region.partition()),
    );
    resolve(spec, &account, &region).desired
}

/// Returns the entry that a reference names, if it is one of the spec.
fn declared<'a>(spec: &'a Spec, kind: &str, to: &Value) -> Option<&'a Value> {
    let Ok(Reference::Declared(key)) = serde_json::from_value(to.clone()) else { return None };
    let address = Address::new(kind, &key);
    spec.entries.iter().find(|(EntryKey { address: other, .. }, _)| *other == address).map(|(_, attrs)| attrs)
}

/// Returns the Region of an entry, if the spec tells it: the configured Region is not known here.
fn region_of<'a>(spec: &'a Spec, attrs: &'a Value) -> Option<&'a str> {
    attrs["region"].as_str().or(spec.head.region.as_ref().map(Region::as_str))
}

/// Returns the name of an entry in AWS.
fn name_of<'a>(entry: &'a EntryKey, attrs: &'a Value) -> &'a str {
    attrs["name"].as_str().unwrap_or(&entry.address.logical)
}

/// Returns whether an entry says nothing but who and where it is: then the defaults are a choice, not an oversight.
fn is_plain(entry: &EntryKey, attrs: &Value) -> bool {
    let Some(kind) = kind(&entry.address.kind) else { return false };
    let Ok(default) = kind.parse(&Value::Object(serde_json::Map::new())) else { return false };
    let all = attrs.as_object().into_iter().flatten();
    all.filter(|(key, _)| !matches!(key.as_str(), "name" | "region" | "tags" | "protect" | "adopt"))
        .all(|(key, value)| default[key] == *value)
}
