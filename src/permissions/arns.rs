//! The ARNs that a policy names.

use std::collections::BTreeSet;

use super::{Need, tables::On};
use crate::{
    kinds::{Resource as _, bucket::Bucket, kms_key::KmsKey, log_group::LogGroup, role::Role, trail::Trail},
    plan::deputy_name,
    resource::{Desired, ResourceId, reference},
};

/// Returns the ARNs of all resources of a kind in the account.
pub(super) fn all(need: &Need<'_>, kind: &str) -> BTreeSet<String> {
    let (partition, account) = (&need.account.partition, &need.account.id);
    let of =
        |service: &str, account: &str, what: &str| format!("arn:{partition}:{service}:*:{account}:{what}");
    BTreeSet::from([match kind {
        // One of the organization belongs to the account that manages it, and shows in all.
        Trail::KIND => of("cloudtrail", "*", "trail/*"),
        KmsKey::KIND => of("kms", account, "key/*"),
        LogGroup::KIND => of("logs", account, "log-group:*"),
        Role::KIND => format!("arn:{partition}:iam::{account}:role/*"),
        Bucket::KIND => format!("arn:{partition}:s3:::*"),
        _ => of("sns", account, "*"),
    }])
}

/// Returns the ARNs of an entry of the spec.
pub(super) fn own(need: &Need<'_>, entry: &Desired) -> BTreeSet<String> {
    let arn = entry.outputs.get("arn").map(|arn| literal(arn));
    let Desired { id, attrs, .. } = entry;
    let (partition, account) = (&need.account.partition, &need.account.id);
    match id.kind.as_str() {
        Bucket::KIND => BTreeSet::from([bucket(need, &id.name)]),
        KmsKey::KIND => BTreeSet::from([format!("arn:{partition}:kms:{}:{account}:key/*", id.region)]),
        // Tags are asked for without the star, all else with it.
        LogGroup::KIND => {
            let arn = format!("arn:{partition}:logs:{}:{account}:log-group:{}", id.region, literal(&id.name));
            BTreeSet::from([format!("{arn}:*"), arn])
        }
        Trail::KIND => {
            let account = if attrs["organization"] == true { "*" } else { account };
            let arn = |name: &str| {
                format!("arn:{partition}:cloudtrail:{}:{account}:trail/{}", id.region, literal(name))
            };
            // A multi-Region trail that moves to another home Region has another one stand in for it.
            let deputy = (attrs["multi_region"] == true).then(|| arn(&deputy_name(&id.name)));
            deputy.into_iter().chain([arn(&id.name)]).collect()
        }
        _ => arn.into_iter().collect(),
    }
}

/// Returns the ARNs of what an action is for, if it is for an entry.
pub(super) fn of_entry(need: &Need<'_>, on: On, entry: &Desired) -> BTreeSet<String> {
    if on != On::Alias {
        return own(need, entry);
    }
    let (partition, account) = (&need.account.partition, &need.account.id);
    let ResourceId { region, name, .. } = &entry.id;
    BTreeSet::from([format!("arn:{partition}:kms:{region}:{account}:alias/{}", literal(name))])
}

/// Returns the ARNs of what the spec refers to and others manage, as far as they are not among all of the account.
pub(super) fn existing(need: &Need<'_>, kind: &str) -> BTreeSet<String> {
    let names = need.resolved.existing.values().map(|one| &one.id).filter(|id| id.kind == kind);
    let arns = names.filter_map(|id| {
        if kind == Bucket::KIND {
            return Some(bucket(need, &id.name));
        }
        let owner = id.name.strip_prefix("arn:")?.split(':').nth(3)?;
        let is_elsewhere = need.account.id != "*" && owner != need.account.id;
        // The alias of a key does not tell which key it is.
        let key = id.name.split_once(":alias/").map(|(of, _)| format!("{of}:key/*"));
        is_elsewhere.then(|| key.unwrap_or_else(|| literal(&id.name)))
    });
    arns.collect()
}

/// Returns the ARN of a bucket.
pub(super) fn bucket(need: &Need<'_>, name: &str) -> String {
    let name = name.rsplit_once(":::").map_or(name, |(_, name)| name);
    format!("arn:{}:s3:::{}", need.account.partition, literal(name))
}

/// Returns the ARNs of the roles that trails pass to CloudTrail.
pub(super) fn passed(need: &Need<'_>) -> BTreeSet<String> {
    let mut arns = BTreeSet::new();
    for trail in need.entries(Trail::KIND) {
        reference::visit(&trail.attrs["cloudwatch_logs"]["role"], &mut |address, _| {
            let declared = need.resolved.desired.iter().find(|one| one.address == *address);
            let existing = need.resolved.existing.get(address);
            arns.extend(declared.map(|role| own(need, role)).unwrap_or_default());
            arns.extend(existing.map(|role| role_arn(need, &role.id.name)));
        });
    }
    arns
}

fn role_arn(need: &Need<'_>, name: &str) -> String {
    match name.starts_with("arn:") {
        true => literal(name),
        false => format!("arn:{}:iam::{}:role/{}", need.account.partition, need.account.id, literal(name)),
    }
}

/// Returns a text as policies take it to the letter: without wildcards and variables. The star stands for an account that is not known.
pub(super) fn literal(text: &str) -> String {
    let mut parts = text.splitn(6, ':');
    let escaped = |text: &str| {
        let each = text.chars().map(|c| match c {
            '*' | '?' | '$' => format!("${{{c}}}"),
            other => other.to_string(),
        });
        each.collect::<String>()
    };
    match (text.starts_with("arn:"), parts.by_ref().take(5).collect::<Vec<_>>(), parts.next()) {
        (true, head, Some(name)) => format!("{}:{}", head.join(":"), escaped(name)),
        _ => escaped(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_no_patterns() {
        assert_eq!(literal("a*b?c$d"), "a${*}b${?}c${$}d");
        assert_eq!(literal("arn:aws:iam::*:role/a*"), "arn:aws:iam::*:role/a${*}");
        assert_eq!(literal("arn:aws:s3:::logs/x"), "arn:aws:s3:::logs/x");
    }
}
