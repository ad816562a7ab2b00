//! How long policies are, with the statements that trailctl adds to them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::resolved;
use crate::{
    diagnostic::{Diagnostic, Place},
    kinds::{
        Kind, Resource as _,
        bucket::Bucket,
        kind,
        kms_key::KmsKey,
        role::{Role, length},
        trail::Trail,
    },
    path::Path,
    policy::document::PolicyDocument,
    resource::{Address, Desired, Reference},
    spec::{EntryKey, Spec},
};

/// How many characters all inline policies of a role can have (IAM User Guide, "IAM and AWS STS quotas").
const INLINE_POLICIES: usize = 10_240;
/// More bytes than what uses an entry adds to its policy, and than what is in it anyway.
const OF_USER: usize = 1_500;
/// More bytes than the ARN of a trail that uses a key by its bucket or its topic.
const OF_TRAIL: usize = 250;

/// The entries whose policies may be too long, each with its kind and its attributes.
type Near<'a> = BTreeMap<&'a Address, (&'static dyn Kind, &'a Value)>;

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let near = near(spec);
    // To resolve a spec is work, and few policies come near a limit.
    if near.is_empty() {
        return;
    }
    for entry in resolved(&around(spec, &near)) {
        if let Some((kind, attrs)) = near.get(&entry.address) {
            found.extend(match kind.policy_limit() {
                Some(most) => policy(&entry, attrs, most),
                None => inline(&entry, attrs),
            });
        }
    }
}

/// Returns what the policies of these entries follow from: neither buckets that have nothing to do with them, nor what trails
/// select. A spec may have much of both.
fn around(spec: &Spec, near: &Near<'_>) -> Spec {
    let is_near = |(_, kind, to): &(Path, &'static str, Reference)| match to {
        Reference::Declared(key) => near.contains_key(&Address::new(kind, key)),
        Reference::Existing(_) => false,
    };
    let is_needed = |address: &Address| {
        address.kind != Bucket::KIND
            || near.contains_key(address)
            || spec.links_of(address).iter().any(is_near)
    };
    let needed = spec.entries.iter().filter(|(entry, _)| is_needed(&entry.address));
    let entries = needed.map(|(entry, attrs)| {
        let mut attrs = attrs.clone();
        if entry.address.kind == Trail::KIND {
            attrs["events"] = Value::Null;
            attrs["basic_events"] = Value::Null;
        }
        (entry.clone(), attrs)
    });
    Spec {
        head: spec.head.clone(),
        account: spec.account.clone(),
        entries: entries.collect(),
        written: BTreeMap::new(),
        links: BTreeMap::new(),
        unreadable: BTreeSet::new(),
    }
}

/// Returns the entries whose policies may be too long.
fn near<'a>(spec: &'a Spec) -> Near<'a> {
    let mut users: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for (_, kind, to) in spec.links.values().flatten() {
        if let Reference::Declared(key) = to {
            *users.entry((*kind, key.as_str())).or_default() += 1;
        }
    }
    let trails = spec.of_kind(Trail::KIND).count();
    let near = |(EntryKey { address, .. }, attrs): (&'a EntryKey, &'a Value)| {
        let kind = kind(&address.kind)?;
        let most = kind.policy_limit().or((kind.name() == Role::KIND).then_some(INLINE_POLICIES))?;
        let direct = users.get(&(kind.name(), address.logical.as_str())).copied().unwrap_or_default();
        let by_others = if kind.name() == KmsKey::KIND { OF_TRAIL * trails } else { 0 };
        // Readers stand in two statements.
        let people = ["admins", "readers", "readers"].map(|list| &attrs[list]);
        let written = [&attrs["policy"]["statements"], &attrs["inline_policies"]].into_iter().chain(people);
        let written: usize = written.map(size).sum();
        (written + OF_USER * (direct + 1) + by_others > most).then_some((address, (kind, attrs)))
    };
    spec.entries.iter().filter_map(near).collect()
}

fn size(value: &Value) -> usize {
    if value.is_null() { 0 } else { value.to_string().len() }
}

/// `attrs` are the attributes in the words of the spec.
fn policy(entry: &Desired, attrs: &Value, most: usize) -> Option<Diagnostic> {
    let size_now = size(&entry.attrs["policy"]["statements"]);
    if size_now <= most {
        return None;
    }
    let people = "name fewer: an account, or a role that they take";
    let parts = [
        (
            &attrs["policy"]["statements"],
            entry.origin.key("policy").key("statements"),
            "merge statements, or remove some",
        ),
        (&attrs["admins"], entry.origin.key("admins"), people),
        (&attrs["readers"], entry.origin.key("readers"), people),
    ];
    let longest = parts.into_iter().filter(|(part, ..)| part.as_array().is_some_and(|all| !all.is_empty()));
    let longest = longest.max_by_key(|(part, ..)| size(part));
    let message = format!(
        "the policy has {size_now} bytes with the statements that are added to it: AWS takes at most {most}"
    );
    let (place, help) = match longest {
        Some((_, at, help)) => (Place::Value(at), help),
        None => (Place::Key(entry.origin.clone()), "let some of the trails use another one"),
    };
    Some(Diagnostic::new("policy-too-long", place, message).help(help))
}

fn inline(entry: &Desired, attrs: &Value) -> Option<Diagnostic> {
    let read = |policy: &Value| serde_json::from_value::<PolicyDocument>(policy.clone()).unwrap_or_default();
    let further = entry.attrs["inline_policies"].as_object().into_iter().flatten().map(|(_, policy)| policy);
    let size: usize = further.chain([&entry.attrs["policy"]]).map(|policy| length(&read(policy))).sum();
    (size > INLINE_POLICIES).then(|| {
        let message =
            format!("the inline policies have {size} characters: IAM takes {INLINE_POLICIES} of a role");
        let help = "move statements into managed policies";
        let key = if attrs["policy"]["statements"][0].is_null() { "inline_policies" } else { "policy" };
        Diagnostic::at("inline-policies-too-long", entry.origin.key(key), message).at_key().help(help)
    })
}

/// Returns whether an attribute is off or not there.
pub(super) fn is_off(value: &Value) -> bool {
    matches!(value, Value::Bool(false) | Value::Null)
}
