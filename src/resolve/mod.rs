//! From a spec and the facts of an account to the resources that are wanted, complete to the last attribute.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize as _;
use serde_json::Value;

use crate::{
    kinds::{Foreign, Kind, Resource as _, World, kind, trail::Trail},
    path::Path,
    resource::{
        Account, Address, Desired, ResourceId,
        owner::{RESOURCE, STACK, Tags},
        region::Region,
    },
    spec::{EntryKey, Spec, parse::entry_path},
};

/// The resources that a spec wants, and those that it refers to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Resolved {
    /// What is wanted.
    pub desired: Vec<Desired>,
    /// What the entries refer to and others manage, each once, with the place of the spec that names it first.
    pub existing: BTreeMap<Address, Wanted>,
}

/// A resource that the spec refers to and others manage.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// Its kind, its Region and its one name.
    pub id: ResourceId,
    /// The entry that names it.
    pub by: Address,
    /// Where the spec names it.
    pub origin: Path,
}

/// Returns the account that a spec is read for, as far as that is known without AWS.
pub fn account_of(spec: &Spec) -> Account {
    let of_region = || spec.head.region.as_ref().map_or("aws", Region::partition);
    Account::new(&spec.account, spec.head.partition.as_deref().unwrap_or_else(of_region))
}

/// Returns the trails that a spec describes, each with its place. Where neither the trail nor the spec names a Region, the leader
/// Region of the partition stands in.
pub fn trails(spec: &Spec) -> BTreeMap<ResourceId, (Path, Trail)> {
    let leader = || Region::leader(&account_of(spec).partition);
    let home = spec.head.region.clone().unwrap_or_else(leader);
    let trails = spec.of_kind(Trail::KIND).filter_map(|(EntryKey { address, .. }, attrs)| {
        let mut trail = Trail::deserialize(attrs).ok()?;
        let id = trail.identify(&address.logical, &home);
        Some((id, (Path::keys([Trail::SECTION, &address.logical]), trail)))
    });
    trails.collect()
}

/// Resolves a spec. Entries without a Region get the spec's, or else `default_region`.
pub fn resolve(spec: &Spec, account: &Account, default_region: &Region) -> Resolved {
    let region = spec.head.region.as_ref().unwrap_or(default_region);
    let mut entries = Vec::new();
    let mut identified = |kind: &dyn Kind, address: &Address, mut attrs: Value, origin: Path| {
        let id = kind.identify(&mut attrs, &address.logical, region);
        let implied = kind.implied(&mut attrs, &address.logical);
        let outputs = kind.outputs(&attrs, &id, account);
        entries.push(Desired { address: address.clone(), id, attrs, outputs, origin: origin.clone() });
        implied.into_iter().map(move |one| (one.address, one.attrs, origin.join(&one.by)))
    };
    let mut implied = Vec::new();
    for (EntryKey { address, .. }, attrs) in &spec.entries {
        let Some(kind) = kind(&address.kind) else { continue };
        implied.extend(identified(kind, address, attrs.clone(), entry_path(kind, address)));
    }
    for (address, attrs, origin) in implied {
        let is_declared = spec.entries.keys().any(|key| key.address == address);
        if let Some(kind) = kind(&address.kind).filter(|_| !is_declared) {
            drop(identified(kind, &address, attrs, origin));
        }
    }
    let world = World { stack: &spec.head.stack, account, entries: &entries };
    let mut existing = BTreeMap::new();
    let completed = entries.iter().map(|entry| complete(entry, &spec.head.tags, &world, &mut existing));
    let desired = completed.collect();
    Resolved { desired, existing }
}

fn complete(
    entry: &Desired,
    shared: &Tags,
    world: &World<'_>,
    existing: &mut BTreeMap<Address, Wanted>,
) -> Desired {
    let mut entry = entry.clone();
    let mut tags = shared.clone();
    tags.insert(STACK.to_owned(), world.stack.to_owned());
    tags.insert(RESOURCE.to_owned(), entry.address.logical.clone());
    if let Some(kind) = kind(&entry.address.kind) {
        for Foreign { address, id, path } in kind.complete(&mut entry.attrs, &entry.id, &tags, world) {
            let wanted = Wanted { id, by: entry.address.clone(), origin: entry.origin.join(&path) };
            existing.entry(address).or_insert(wanted);
        }
    }
    entry
}

/// Returns whether a spec needs a default Region: whether some entry has none of its own and the spec names none.
pub fn lacks_region(spec: &Spec) -> Option<Path> {
    let address = unplaced_entries(spec).next()?;
    Some(entry_path(kind(&address.kind)?, address))
}

/// Returns the entries that have no Region of their own where the spec names none either.
pub fn unplaced(spec: &Spec) -> BTreeSet<Address> {
    unplaced_entries(spec).cloned().collect()
}

fn unplaced_entries(spec: &Spec) -> impl Iterator<Item = &Address> {
    let lacks = |attrs: &Value, kind: &dyn Kind| attrs["region"].is_null() && kind.has_region(attrs);
    let entries = spec.entries.iter().filter(|_| spec.head.region.is_none());
    entries.filter_map(move |(EntryKey { address, .. }, attrs)| {
        kind(&address.kind).filter(|kind| lacks(attrs, *kind)).map(|_| address)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::parse::parse;
    use serde_json::json;

    fn resolved(text: &str) -> Vec<Desired> {
        let parsed = parse(&format!("version: 1\nstack: s\n{text}"));
        let spec = parsed.spec.unwrap_or_else(|| panic!("{:?}", parsed.diagnostics));
        let account = Account::new("111122223333", "aws");
        resolve(&spec, &account, &Region::new("eu-west-1")).desired
    }

    #[test]
    fn entries_get_region_tags_and_references() {
        let all = resolved(
            "tags: {team: x, a: b}\ntrails: {one: {bucket: logs, tags: {team: y}}}\nbuckets: {logs: {name: acme-logs}}\n",
        );
        let trail = &all[1];
        assert_eq!(trail.id.to_string(), "trail.one in eu-west-1");
        assert_eq!(trail.attrs["bucket"], "${bucket.logs.name}");
        assert_eq!(
            trail.attrs["tags"],
            json!({"team": "y", "a": "b", "trailctl:resource": "one", "trailctl:stack": "s"})
        );
        assert_eq!(all[0].outputs["name"], "acme-logs");
    }

    #[test]
    fn a_bucket_policy_lets_in_exactly_the_trails_that_use_it() {
        let text = "trails:\n  one: {bucket: logs}\n  two: {bucket: logs, prefix: p}\n  three: {bucket: logs}\n  \
                    four: {bucket: other}\nbuckets: {logs: {}, other: {tls_only: false}, unused: {}}\n";
        let all = resolved(text);
        let statements = |key: &str| {
            all.iter().find(|one| one.address.logical == key).unwrap().attrs["policy"]["statements"].clone()
        };
        let arn = |name: &str| format!("arn:aws:cloudtrail:eu-west-1:111122223333:trail/{name}");
        let logs = statements("logs");
        assert_eq!(
            logs[0]["Condition"]["StringEquals"]["aws:SourceArn"],
            json!([arn("one"), arn("three"), arn("two")])
        );
        assert_eq!(logs[1]["Resource"], "arn:aws:s3:::logs/AWSLogs/111122223333/*");
        assert_eq!(logs[1]["Condition"]["StringEquals"]["aws:SourceArn"], json!([arn("one"), arn("three")]));
        assert_eq!(logs[2]["Resource"], "arn:aws:s3:::logs/p/AWSLogs/111122223333/*");
        assert_eq!(logs[2]["Condition"]["StringEquals"]["aws:SourceArn"], arn("two"));
        let sids: Vec<_> = logs.as_array().unwrap().iter().map(|one| one["Sid"].clone()).collect();
        assert_eq!(sids, ["TrailctlSAclCheck", "TrailctlSWrite", "TrailctlSWrite2", "TrailctlSTlsOnly"]);
        assert_eq!(statements("other").as_array().map(Vec::len), Some(2));
        assert_eq!(statements("unused").as_array().map(Vec::len), Some(1));
    }
}
