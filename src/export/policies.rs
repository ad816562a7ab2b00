//! Policies of what is described: the statements that trailctl would write by itself are recognised and left out.

use std::collections::BTreeSet;

use serde::Deserialize as _;
use serde_json::{Map, Value, json};

use super::{Head, entry::Names, place, remarks::Remark, text};
use crate::{
    kinds::{self, Resource as _, bucket::Bucket, kms_key::KmsKey, role::Role, topic::Topic},
    policy::{
        canon::CanonStatement,
        document::{self, PolicyDocument, canonical, current_version, sid},
    },
    resolve::resolve,
    resource::{Desired, region::Region},
    spec::parse::parse,
};

/// The policies to which statements are added, by kind.
const GENERATED: &[(&str, &str)] = &[
    (Bucket::KIND, "policy"),
    (KmsKey::KIND, "policy"),
    (Topic::KIND, "policy"),
    (Role::KIND, "trust"),
    (Role::KIND, "policy"),
];

/// The policy that can be none: what a role may do, other policies may say.
const MAY_BE_NONE: (&str, &str) = (Role::KIND, "policy");

/// The lists of people of which a key policy gets statements, and how those are named.
const PEOPLE: [(&str, &str); 2] = [("admins", "Admins"), ("readers", "Readers")];

/// Writes the policies into the entries of a spec.
pub(super) fn write(tree: &mut Value, names: &Names<'_>, head: Head<'_>) -> Vec<Remark> {
    let mut people = Vec::new();
    for (key, one) in names.of_kind(KmsKey::KIND) {
        for (list, statement) in PEOPLE {
            let all = principals(&one.attrs["policy"], &sid(head.stack, statement));
            if !all.is_empty() {
                tree[KmsKey::SECTION][key][list] = json!(all);
                people.push((key.to_owned(), list));
            }
        }
    }
    let wanted = wanted(tree, head);
    let mut remarks = Vec::new();
    for (kind, key, one) in names.all() {
        let Some(section) = kinds::kind(kind).map(|kind| kind.section()) else { continue };
        for (_, name) in GENERATED.iter().filter(|(other, _)| *other == kind) {
            let want = wanted.iter().find(|want| want.address.kind == kind && want.address.logical == key);
            let live = read(&one.attrs[*name]);
            let generated = want.map(|want| read(&want.attrs[*name]).statements);
            let split = Split::of(&live, generated, head.stack, &one.id.region, (kind, *name) == MAY_BE_NONE);
            let at = place(kind, key).key(name);
            let entry = &mut tree[section][key];
            if split.is_by_hand {
                people.retain(|(of, list)| {
                    if of == key && kind == KmsKey::KIND {
                        entry.as_object_mut().and_then(|entry| entry.shift_remove(*list));
                    }
                    of != key
                });
                remarks.push(Remark::note(at.clone(), BY_HAND));
            } else if !split.extra.is_empty() {
                remarks.push(Remark::note(at.clone(), OTHERS));
            }
            if kind == Bucket::KIND && !split.is_tls_only {
                entry["tls_only"] = json!(false);
            }
            let policy = split.policy(&live);
            if !policy.is_empty() {
                entry[*name] = Value::Object(policy);
            }
        }
    }
    remarks
}

const BY_HAND: &str = "As it was found: it does not have the statements that trailctl writes, each bound to the trails. \
                       Remove `generated: false`, and those that let CloudTrail in, to have them written.";
const OTHERS: &str = "The statements of others.";

/// Returns what the entries ask for while their policies have no statements of their own.
fn wanted(tree: &Value, head: Head<'_>) -> Vec<Desired> {
    let spec = parse(&text::plain(tree)).spec;
    spec.map(|spec| resolve(&spec, head.account, &Region::leader(&head.account.partition)).desired)
        .unwrap_or_default()
}

fn read(policy: &Value) -> PolicyDocument {
    PolicyDocument::deserialize(policy).unwrap_or_default()
}

/// Returns the principals that a statement names.
fn principals(policy: &Value, sid: &str) -> Vec<String> {
    let statement = policy["statements"].as_array().into_iter().flatten().find(|one| one["Sid"] == sid);
    match statement.map(|statement| &statement["Principal"]["AWS"]) {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// The statements of a live policy.
struct Split {
    /// Whether it lacks some of what would be generated, and is written as it is.
    is_by_hand: bool,
    /// Whether it has the statement of `tls_only`.
    is_tls_only: bool,
    /// What it has beside that.
    extra: Vec<Value>,
}

impl Split {
    /// `generated` is what would be, if that is known.
    fn of(
        live: &PolicyDocument,
        generated: Option<Vec<Value>>,
        stack: &str,
        region: &Region,
        may_be_none: bool,
    ) -> Self {
        let is_known = generated.is_some();
        let generated = generated.unwrap_or_default();
        let form = |statement: &Value| canonical(statement, region);
        let has: BTreeSet<CanonStatement> = live.statements.iter().map(form).collect();
        let (tls, needed): (Vec<Value>, Vec<Value>) =
            generated.into_iter().partition(|statement| statement["Sid"] == sid(stack, "TlsOnly"));
        let all_in = |statements: &[Value]| statements.iter().all(|statement| has.contains(&form(statement)));
        let is_tls_only = !tls.is_empty() && all_in(&tls);
        let is_generated = is_known && all_in(&needed);
        let mut known: BTreeSet<CanonStatement> = BTreeSet::new();
        if is_generated {
            known.extend(needed.iter().map(form));
        }
        if is_tls_only {
            known.extend(tls.iter().map(form));
        }
        let rest = |known: &BTreeSet<CanonStatement>| -> Vec<Value> {
            live.statements.iter().filter(|one| !known.contains(&form(one))).cloned().collect()
        };
        let mut extra = rest(&known);
        // A statement that looks generated and is not could not stand beside those that are.
        let is_odd = |one: &Value| one["Sid"].as_str().is_some_and(|sid| document::is_generated(stack, sid));
        let is_generated = is_generated && !extra.iter().any(is_odd);
        if !is_generated {
            extra = rest(&if is_tls_only { tls.iter().map(form).collect() } else { BTreeSet::new() });
        }
        // A policy without statements is left to be written: nothing could use the resource as it is.
        let is_by_hand = !is_generated && (may_be_none || !extra.is_empty());
        Self { is_by_hand, is_tls_only, extra }
    }

    /// Returns the policy as an entry has it.
    fn policy(self, live: &PolicyDocument) -> Map<String, Value> {
        let mut policy = Map::new();
        if self.is_by_hand {
            policy.insert("generated".to_owned(), json!(false));
        }
        if live.version != current_version() {
            policy.insert("version".to_owned(), json!(live.version));
        }
        if let Some(id) = &live.id {
            policy.insert("id".to_owned(), json!(id));
        }
        if !self.extra.is_empty() {
            policy.insert("statements".to_owned(), json!(self.extra));
        }
        policy
    }
}
