//! Permissions: the least policy that lets somebody plan, apply or destroy a spec.
//!
//! Tables say which IAM actions the calls of each kind need, and a policy has those that the entries of a spec can come to need:
//! to be made, and to be brought back whatever they were changed to. Nothing is asked for that only another spec needs.

mod arns;
mod page;
mod statement;
mod tables;

use std::collections::{BTreeMap, BTreeSet};

pub use self::page::page;
pub use self::statement::{Conditions, MOST_CHARACTERS, Statement, document, fitted, size};
use self::{
    arns::{bucket, existing, of_entry, passed},
    tables::{Guard, On, Row, TABLES, Table, is_disabled},
};
use crate::{
    kinds::{Resource as _, bucket::Bucket, kms_key::KmsKey, trail::Trail},
    resolve::Resolved,
    resource::{
        Account, Desired,
        owner::{RESOURCE, STACK},
    },
    spec::Lock,
};

/// What a policy is for. Each has what the one before it reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run {
    /// Reading: a plan changes nothing.
    Plan,
    /// Making and changing what the spec describes.
    Apply,
    /// Removing what the spec describes.
    Destroy,
}

impl Run {
    /// Returns the word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Apply => "apply",
            Self::Destroy => "destroy",
        }
    }
}

/// What a policy is made for.
pub struct Need<'a> {
    /// What the policy lets somebody do.
    pub run: Run,
    /// The stack.
    pub stack: &'a str,
    /// What the spec wants. A Region that is not known is a star.
    pub resolved: &'a Resolved,
    /// The account; its id is a star if it is not known.
    pub account: &'a Account,
    /// The lock of the spec.
    pub lock: Option<&'a Lock>,
    /// Whether the spec has to do with an organization.
    pub has_organization: bool,
    /// The stacks from which the spec takes resources over.
    pub take_from: &'a [String],
}

impl Need<'_> {
    fn entries(&self, kind: &str) -> impl Iterator<Item = &Desired> {
        self.resolved.desired.iter().filter(move |entry| entry.address.kind == kind)
    }

    fn has(&self, row: &Row) -> bool {
        row.run == Run::Plan || row.run == self.run
    }
}

/// What statements are told apart by: what they are called, what they are for, and on what.
type Group = (Purpose, Conditions, BTreeSet<String>);

/// What a statement is called first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Purpose {
    Read,
    ReadExisting,
    Create,
    Change,
    Delete,
    TakeOver,
}

impl Purpose {
    fn of(row: &Row) -> Self {
        match (row.run, row.guard, row.on) {
            (Run::Plan, _, On::Existing) => Self::ReadExisting,
            (Run::Plan, ..) => Self::Read,
            (_, Guard::New | Guard::NewBounded, _) => Self::Create,
            (Run::Apply, ..) => Self::Change,
            (Run::Destroy, ..) => Self::Delete,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Read => "Read",
            Self::ReadExisting => "ReadExisting",
            Self::Create => "Create",
            Self::Change => "Change",
            Self::Delete => "Delete",
            Self::TakeOver => "TakeOver",
        }
    }
}

/// Returns the statements of the policy.
#[must_use]
pub fn statements(need: &Need<'_>) -> Vec<Statement> {
    let mut all = vec![account_wide(need)];
    for table in TABLES {
        all.extend(of_kind(need, table));
    }
    if need.run == Run::Apply {
        all.extend(allowed("PassRoles", &["iam:PassRole"], passed(need), &[(PASSED_TO, CLOUDTRAIL)]));
        if need.entries(Trail::KIND).any(|trail| trail.attrs["organization"] == true) {
            all.extend(organization(need));
        }
    }
    if need.run != Run::Plan {
        all.extend(need.lock.into_iter().flat_map(|lock| self::lock(need, lock)));
    }
    if need.run == Run::Apply {
        all.extend(denied(need));
    }
    all
}

const CLOUDTRAIL: &str = "cloudtrail.amazonaws.com";
const PASSED_TO: &str = "iam:PassedToService";
/// What S3 tells KMS of an object that it encrypts.
const OF_OBJECT: &str = "kms:EncryptionContext:aws:s3:arn";

/// Returns what can be bound to no resource.
fn account_wide(need: &Need<'_>) -> Statement {
    let rows = TABLES.iter().flat_map(|table| table.rows);
    let rows = rows.filter(|row| row.run == Run::Plan && row.on == On::Everything);
    let mut actions: BTreeSet<&'static str> = rows.map(|row| row.action).collect();
    actions.insert("tag:GetResources");
    if need.has_organization {
        actions.extend([
            "organizations:DescribeOrganization",
            "organizations:ListAWSServiceAccessForOrganization",
            "organizations:ListDelegatedAdministrators",
        ]);
    }
    let resources = BTreeSet::from(["*".to_owned()]);
    let sid = "ReadAccount".to_owned();
    Statement { sid, is_deny: false, actions, resources, conditions: Conditions::new() }
}

/// Returns what the entries of a kind need.
fn of_kind(need: &Need<'_>, table: &Table) -> Vec<Statement> {
    let mut groups: BTreeMap<Group, BTreeSet<&'static str>> = BTreeMap::new();
    for row in table.rows.iter().filter(|row| need.has(row)) {
        let purpose = Purpose::of(row);
        for (conditions, resources) in targets(need, table, row) {
            groups.entry((purpose, conditions, resources)).or_default().insert(row.action);
        }
    }
    let named = || need.entries(table.kind).flat_map(|entry| of_entry(need, On::Own, entry)).collect();
    let takes_over = need.run == Run::Apply && !need.take_from.is_empty();
    if let Some(mark) = table.mark.filter(|_| takes_over && need.entries(table.kind).next().is_some()) {
        let conditions = Conditions::from([
            (("StringEquals", tag_of_resource(STACK)), need.take_from.to_vec()),
            (("StringEquals", tag_of_request(STACK)), vec![need.stack.to_owned()]),
        ]);
        groups.entry((Purpose::TakeOver, conditions, named())).or_default().insert(mark);
    }
    // An organization's trail is told by its ARN alone.
    if table.kind == Trail::KIND && need.has_organization {
        let group = (Purpose::Read, Conditions::new(), arns::all(need, table.kind));
        groups.entry(group).or_default().insert("cloudtrail:GetTrail");
    }
    let mut numbers: BTreeMap<Purpose, usize> = BTreeMap::new();
    let named = groups.into_iter().map(|((purpose, conditions, resources), actions)| {
        let number = numbers.entry(purpose).or_default();
        *number += 1;
        let number = if *number > 1 { number.to_string() } else { String::new() };
        let sid = format!("{}{}{number}", purpose.word(), table.title);
        Statement { sid, is_deny: false, actions, resources, conditions }
    });
    named.collect()
}

/// Returns on which resources a row allows its action, and under which conditions.
fn targets(need: &Need<'_>, table: &Table, row: &Row) -> BTreeMap<Conditions, BTreeSet<String>> {
    let mut targets: BTreeMap<Conditions, BTreeSet<String>> = BTreeMap::new();
    match row.on {
        On::Everything if row.run == Run::Plan => {}
        On::All => {
            targets.insert(Conditions::new(), arns::all(need, table.kind));
        }
        On::Existing => {
            let named = existing(need, table.kind);
            targets.extend((!named.is_empty()).then(|| (Conditions::new(), named)));
        }
        On::Everything | On::Own | On::Alias => {
            for entry in need.entries(table.kind).filter(|entry| (row.when)(&entry.attrs)) {
                let resources = match row.on {
                    On::Everything => BTreeSet::from(["*".to_owned()]),
                    on => of_entry(need, on, entry),
                };
                targets.entry(conditions(need, row, entry)).or_default().extend(resources);
            }
        }
    }
    targets
}

fn tag_of_resource(tag: &str) -> String {
    format!("aws:ResourceTag/{tag}")
}

fn tag_of_request(tag: &str) -> String {
    format!("aws:RequestTag/{tag}")
}

/// Returns what must hold for a row to allow its action on an entry.
fn conditions(need: &Need<'_>, row: &Row, entry: &Desired) -> Conditions {
    const EQUALS: &str = "StringEquals";
    const MAY_EQUAL: &str = "StringEqualsIfExists";
    let mark = || vec![need.stack.to_owned()];
    let (of_resource, of_request) = (tag_of_resource(STACK), tag_of_request(STACK));
    let mut conditions = match row.guard {
        Guard::Free => return Conditions::new(),
        Guard::New | Guard::NewBounded => {
            Conditions::from([((EQUALS, of_request), mark()), ((MAY_EQUAL, of_resource), mark())])
        }
        _ if row.run == Run::Destroy => Conditions::from([((EQUALS, of_resource), mark())]),
        _ => Conditions::from([((EQUALS, of_resource), mark()), ((MAY_EQUAL, of_request), mark())]),
    };
    let texts = |value: &serde_json::Value| {
        let all = value.as_array().into_iter().flatten().chain([value]);
        all.filter_map(|text| text.as_str().map(arns::literal)).collect::<Vec<_>>()
    };
    match row.guard {
        Guard::MarkedEntry => {
            conditions.insert((EQUALS, tag_of_resource(RESOURCE)), vec![entry.address.logical.clone()]);
        }
        Guard::MarkedPolicies => {
            conditions
                .insert(("ArnEquals", "iam:PolicyARN".to_owned()), texts(&entry.attrs["managed_policies"]));
        }
        Guard::NewBounded | Guard::MarkedBoundary if !entry.attrs["permissions_boundary"].is_null() => {
            let key = "iam:PermissionsBoundary".to_owned();
            conditions.insert(("ArnEquals", key), texts(&entry.attrs["permissions_boundary"]));
        }
        Guard::Free | Guard::New | Guard::NewBounded | Guard::Marked | Guard::MarkedBoundary => {}
    }
    conditions
}

/// Returns a statement that allows actions, unless it is for nothing.
fn allowed(
    sid: &str,
    actions: &[&'static str],
    resources: BTreeSet<String>,
    equal: &[(&str, &str)],
) -> Option<Statement> {
    let condition =
        |(key, value): &(&str, &str)| (("StringEquals", (*key).to_owned()), vec![(*value).to_owned()]);
    (!resources.is_empty()).then(|| Statement {
        sid: sid.to_owned(),
        is_deny: false,
        actions: actions.iter().copied().collect(),
        resources,
        conditions: equal.iter().map(condition).collect(),
    })
}

/// Returns what CloudTrail asks of who makes an organization's trail (User Guide, "Prepare for creating a trail for your
/// organization"), beside the roles that a plan reads. trailctl neither enables nor disables trusted access.
fn organization(need: &Need<'_>) -> Vec<Statement> {
    let role = format!(
        "arn:{}:iam::*:role/aws-service-role/{CLOUDTRAIL}/AWSServiceRoleForCloudTrail",
        need.account.partition
    );
    let everything = BTreeSet::from(["*".to_owned()]);
    let all = [
        allowed("OrganizationAccounts", &["organizations:ListAccounts"], everything, &[]),
        allowed(
            "OrganizationRole",
            &["iam:CreateServiceLinkedRole"],
            BTreeSet::from([role]),
            &[("iam:AWSServiceName", CLOUDTRAIL)],
        ),
    ];
    all.into_iter().flatten().collect()
}

/// Returns what holding the lock needs: S3 says that an object is absent only to who may list the bucket.
fn lock(need: &Need<'_>, lock: &Lock) -> Vec<Statement> {
    let (bucket, object) = place(need, lock);
    let objects: &[&str] = &["s3:DeleteObject", "s3:GetObject", "s3:PutObject"];
    let buckets: &[&str] = &["s3:GetBucketObjectLockConfiguration", "s3:ListBucket"];
    let all = [
        allowed("Lock", objects, BTreeSet::from([object]), &[]),
        allowed("LockBucket", buckets, BTreeSet::from([bucket]), &[]),
    ];
    all.into_iter().flatten().collect()
}

fn place(need: &Need<'_>, lock: &Lock) -> (String, String) {
    let bucket = bucket(need, &lock.bucket);
    let object = format!("{bucket}/{}", arns::literal(&lock.key(need.stack)));
    (bucket, object)
}

/// Returns what an apply must never do, whatever else allows it.
fn denied(need: &Need<'_>) -> Vec<Statement> {
    let deny = |sid: &str, actions: &[&'static str], resources: BTreeSet<String>, conditions: Conditions| {
        let actions = actions.iter().copied().collect();
        Statement { sid: sid.to_owned(), is_deny: true, actions, resources, conditions }
    };
    let everything = || BTreeSet::from(["*".to_owned()]);
    let not = |key: String, values: Vec<String>| Conditions::from([(("StringNotEquals", key), values)]);
    // The bucket of the lock may be encrypted with a key.
    let reads_lock = need.lock.map_or_else(Conditions::new, |lock| {
        let (bucket, object) = place(need, lock);
        not(OF_OBJECT.to_owned(), vec![bucket, object])
    });
    let disabled: Vec<String> = need
        .entries(KmsKey::KIND)
        .filter(|key| is_disabled(&key.attrs))
        .map(|key| key.address.logical.clone())
        .collect();
    let disables = match disabled.is_empty() {
        true => Conditions::new(),
        false => not(tag_of_resource(RESOURCE), disabled),
    };
    let logs = need.entries(Bucket::KIND).map(|entry| bucket(need, &entry.id.name));
    let logs: BTreeSet<String> = logs.chain(existing(need, Bucket::KIND)).collect();
    let mut all: BTreeMap<Conditions, Vec<&'static str>> = BTreeMap::new();
    for (conditions, action) in [
        (Conditions::new(), "kms:ScheduleKeyDeletion"),
        (reads_lock, "kms:Decrypt"),
        (disables, "kms:DisableKey"),
    ] {
        all.entry(conditions).or_default().push(action);
    }
    let keys = all.into_iter().enumerate().map(|(place, (conditions, actions))| {
        let sid = if place == 0 { "KeepKeys".to_owned() } else { format!("KeepKeys{}", place + 1) };
        deny(&sid, &actions, everything(), conditions)
    });
    let objects = logs.iter().map(|bucket| format!("{bucket}/*")).collect::<BTreeSet<_>>();
    let buckets = [
        deny("KeepBuckets", &["s3:DeleteBucket"], logs, Conditions::new()),
        deny("KeepLogFiles", &["s3:DeleteObject*"], objects, Conditions::new()),
    ];
    keys.chain(buckets.into_iter().filter(|one| !one.resources.is_empty())).collect()
}

#[cfg(test)]
mod tests;
