//! One thing that was found as an entry of a spec: what is as usual is left out, what others manage is referred to.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize as _;
use serde_json::{Value, json};

use super::{Found, has_region};
use crate::{
    kinds::{Kind, Resource as _, log_group::without_star, trail::Trail},
    path::{Path, Segment},
    resource::{
        Reference, ResourceId,
        owner::{Owner, RESERVED},
        region::Region,
    },
};

/// What is described, by the keys of the entries.
pub(super) struct Names<'f>(BTreeMap<(&'f str, String), &'f Found>);

impl<'f> Names<'f> {
    /// Gives each resource its key: the one that the stack knows it by, else its name, where that tells it apart.
    pub(super) fn new(mut found: Vec<&'f Found>) -> Self {
        found.sort_by_key(|one| (&one.id.kind, name(one), &one.id.region));
        let known = |one: &&'f Found| match &one.owner {
            Owner::Stack { resource: Some(resource), .. } => Some((one.id.kind.as_str(), resource.clone())),
            _ => None,
        };
        let mut taken: BTreeSet<(&str, String)> = found.iter().filter_map(known).collect();
        let key = |one: &&'f Found| {
            known(one).unwrap_or_else(|| {
                let ResourceId { kind, region, .. } = &one.id;
                // Keys are no templates.
                let name = name(one).replace("${", "").replace('}', "");
                let spellings = std::iter::once(name.to_owned())
                    .chain([format!("{name}-{region}")])
                    .chain((2..).map(|number| format!("{name}-{region}-{number}")));
                let mut free = spellings.filter(|key| !taken.contains(&(kind.as_str(), key.clone())));
                let key = (kind.as_str(), free.next().unwrap_or_default());
                taken.insert(key.clone());
                key
            })
        };
        let keys: Vec<_> = found.iter().map(key).collect();
        Self(keys.into_iter().zip(found).collect())
    }

    /// Returns what is described of a kind, by the keys of the entries.
    pub(super) fn of_kind(&self, kind: &str) -> impl Iterator<Item = (&str, &'f Found)> {
        let of_kind = self.0.iter().filter(move |((other, _), _)| *other == kind);
        of_kind.map(|((_, key), one)| (key.as_str(), *one))
    }

    /// Returns everything that is described, by its kind and its key.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, &str, &'f Found)> {
        self.0.iter().map(|((kind, key), one)| (*kind, key.as_str(), *one))
    }

    /// Returns what is described under a key.
    pub(super) fn get(&self, kind: &str, key: &str) -> Option<&'f Found> {
        self.of_kind(kind).find(|(other, _)| *other == key).map(|(_, one)| one)
    }

    /// Returns what is described of a kind and has a name in AWS, with its key.
    pub(super) fn entry(&self, kind: &str, name: &str) -> Option<(&str, &'f Found)> {
        self.of_kind(kind).find(|(_, one)| is_named(one, kind, name))
    }

    /// Returns how the entries refer to what AWS names so.
    fn refer(&self, kind: &str, name: &str) -> Reference {
        match self.entry(kind, name) {
            Some((key, _)) => Reference::Declared(key.to_owned()),
            None => Reference::Existing(name.to_owned()),
        }
    }
}

/// Returns whether AWS means a resource by a name of a kind: an ARN, the name of a bucket, or the alias of a key.
pub(super) fn is_named(one: &Found, kind: &str, name: &str) -> bool {
    let output = |output: &str| one.outputs.get(output).map(|told| without_star(told));
    let is_alias = || {
        let alias = name.split_once("alias/").map(|(_, alias)| alias);
        alias.is_some() && alias == one.attrs["name"].as_str() && kind == "kms_key"
    };
    let name = without_star(name);
    let is_it = || output("arn") == Some(name) || output("name") == Some(name) || one.id.name == name;
    one.id.kind == kind && (is_it() || is_alias())
}

/// Returns whether a Region is the one of what the spec gives none: a template does not tell it.
pub(super) fn is_open(region: &Region) -> bool {
    region.0.contains("${")
}

/// Returns the name in AWS. A key is known by its alias.
fn name(one: &Found) -> &str {
    one.attrs["name"].as_str().unwrap_or(&one.id.name)
}

/// What is written when the other entries are there: policies, and what is a statement of one.
const POLICIES: [&str; 3] = ["policy", "trust", "tls_only"];

/// Returns the entry of a resource. Its policies are not in it: they depend on the other entries.
pub(super) fn entry(
    kind: &dyn Kind,
    one: &Found,
    key: &str,
    home: Option<&Region>,
    names: &Names<'_>,
) -> Value {
    let Found { id, attrs, owner, .. } = one;
    let mut entry = normal(&id.kind, attrs);
    for (path, kind, to) in kind.links(&entry) {
        let reference = names.refer(kind, to.as_str());
        if let Some(place) = at(&mut entry, &path) {
            *place = json!(reference);
        }
    }
    let usual = normal(
        &id.kind,
        &kind.parse(&json!({"bucket": ""})).or_else(|_| kind.parse(&json!({}))).unwrap_or_default(),
    );
    let is_free = *owner == Owner::Nobody;
    let Some(members) = entry.as_object_mut() else { return entry };
    members.insert("name".to_owned(), json!(name(one)));
    members
        .retain(|member, value| !(POLICIES.contains(&member.as_str()) || member == "name" && *value == *key));
    if has_region(&id.kind) {
        members.insert("region".to_owned(), json!(id.region));
        members.retain(|member, value| {
            member != "region" || (home.is_none_or(|home| *value != json!(home)) && !is_open(&id.region))
        });
    }
    if let Some(tags) = members.get_mut("tags").and_then(Value::as_object_mut) {
        tags.retain(|tag, _| !tag.starts_with(RESERVED) && !tag.starts_with("aws:"));
    }
    // Whether it is protected is a mark too: who has none yet gets the usual one.
    members.insert("adopt".to_owned(), json!(is_free));
    if is_free {
        members.insert("protect".to_owned(), usual["protect"].clone());
    }
    members.retain(|member, value| member == "bucket" || prune(value, &usual[member]));
    if let Some(policies) = members.get_mut("inline_policies").and_then(Value::as_object_mut) {
        for policy in policies.values_mut() {
            prune(policy, &document());
        }
    }
    entry
}

/// Returns a policy document as it usually is.
fn document() -> Value {
    json!(crate::policy::document::PolicyDocument::default())
}

/// Takes out of a value what is as usual. Returns whether anything is left.
fn prune(value: &mut Value, usual: &Value) -> bool {
    if let (Value::Object(members), Value::Object(usual)) = (&mut *value, usual) {
        members.retain(|member, value| usual.get(member).is_none_or(|usual| prune(value, usual)));
        return !members.is_empty();
    }
    value != usual
}

/// Returns the attributes of a trail in one spelling; those of other kinds have it.
fn normal(kind: &str, attrs: &Value) -> Value {
    if kind != Trail::KIND {
        return attrs.clone();
    }
    let trail = Trail::deserialize(attrs).map(|mut trail| {
        trail.normalize();
        serde_json::to_value(trail).unwrap_or_default()
    });
    trail.unwrap_or_default()
}

/// Returns the value at a path.
fn at<'v>(tree: &'v mut Value, path: &Path) -> Option<&'v mut Value> {
    path.segments().iter().try_fold(tree, |at, segment| match segment {
        Segment::Key(key) => at.get_mut(key),
        Segment::Index(index) => at.get_mut(index),
    })
}
