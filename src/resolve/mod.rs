//! From a spec and the facts of an account to the resources that are wanted, complete to the last attribute.

use crate::{
    kinds::{World, kind},
    path::Path,
    resource::{
        Account, Desired,
        owner::{RESOURCE, STACK, Tags},
        region::Region,
    },
    spec::{EntryKey, Spec, parse::entry_path},
};

/// Resolves a spec. Entries without a Region get the spec's, or else `default_region`.
pub fn resolve(spec: &Spec, account: &Account, default_region: &Region) -> Vec<Desired> {
    let region = spec.head.region.as_ref().unwrap_or(default_region);
    let mut entries = Vec::new();
    for (EntryKey { address, .. }, attrs) in &spec.entries {
        let Some(kind) = kind(&address.kind) else { continue };
        let mut attrs = attrs.clone();
        let id = kind.identify(&mut attrs, &address.logical, region);
        let outputs = kind.outputs(&id, account);
        entries.push(Desired {
            address: address.clone(),
            id,
            attrs,
            outputs,
            origin: entry_path(kind, address),
        });
    }
    let world = World { stack: &spec.head.stack, account, entries: &entries };
    let completed = entries.iter().map(|entry| complete(entry, &spec.head.tags, &world));
    completed.collect()
}

fn complete(entry: &Desired, shared: &Tags, world: &World<'_>) -> Desired {
    let mut entry = entry.clone();
    let mut tags = shared.clone();
    tags.insert(STACK.to_owned(), world.stack.to_owned());
    tags.insert(RESOURCE.to_owned(), entry.address.logical.clone());
    if let Some(kind) = kind(&entry.address.kind) {
        kind.complete(&mut entry.attrs, &entry.id, &tags, world);
    }
    entry
}

/// Returns whether a spec needs a default Region: whether some entry has none of its own and the spec names none.
pub fn lacks_region(spec: &Spec) -> Option<Path> {
    if spec.head.region.is_some() {
        return None;
    }
    let without = spec.entries.iter().find(|(_, attrs)| attrs["region"].is_null());
    without.and_then(|(key, _)| Some(entry_path(kind(&key.address.kind)?, &key.address)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::parse::parse;
    use serde_json::json;

    fn resolved(text: &str) -> Vec<Desired> {
        let parsed = parse(&format!("version: 1\nstack: s\n{text}"));
        let spec = parsed.spec.unwrap_or_else(|| panic!("{:?}", parsed.diagnostics));
        let account = Account { id: "111122223333".to_owned(), partition: "aws".to_owned() };
        resolve(&spec, &account, &Region::new("eu-west-1"))
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
