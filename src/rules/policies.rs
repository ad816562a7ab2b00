//! The statements that a spec adds to policies: what AWS refuses in them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{name_of, region_of};
use crate::{
    diagnostic::{Diagnostic, Place},
    kinds::{Resource as _, bucket::Bucket, kind, kms_key::KmsKey, role::Role, topic::Topic},
    path::Path,
    policy::{
        document::is_generated,
        grammar::{Fault, Grammar, Of, VERSIONS, version},
        public::is_open,
    },
    resource::region::Region,
    spec::{EntryKey, Spec, parse::entry_path},
};

/// A policy of an entry.
pub(super) struct Policy<'a> {
    /// Where it stands.
    pub(super) at: Path,
    /// The policy as the spec has it.
    tree: &'a Value,
    /// What it may hold.
    pub(super) grammar: Grammar<'a>,
    /// The attributes of the entry.
    attrs: &'a Value,
}

impl<'a> Policy<'a> {
    /// Returns the statements, each with its place.
    pub(super) fn statements(&self) -> impl Iterator<Item = (Path, &'a Value)> {
        let at = self.at.key("statements");
        let all = self.tree["statements"].as_array().map_or(&[][..], Vec::as_slice);
        all.iter().enumerate().map(move |(index, statement)| (at.index(index), statement))
    }
}

/// Returns the policies of all entries.
pub(super) fn all(spec: &Spec) -> Vec<Policy<'_>> {
    let mut all = Vec::new();
    for (entry @ EntryKey { address, .. }, attrs) in &spec.entries {
        let Some(of_kind) = kind(&address.kind) else { continue };
        let region = region_of(spec, attrs);
        let of_region = region.map(|region| Region::new(region).partition());
        let partition = spec.head.partition.as_deref().or(of_region);
        let resource = Named { kind: &address.kind, name: name_of(entry, attrs), region, partition };
        all.extend(of(&resource, attrs, spec.head.account.as_deref(), &entry_path(of_kind, address)));
    }
    all
}

/// A resource whose policies are looked at.
#[derive(Clone, Copy)]
pub(super) struct Named<'a> {
    pub(super) kind: &'a str,
    pub(super) name: &'a str,
    pub(super) region: Option<&'a str>,
    pub(super) partition: Option<&'a str>,
}

/// Returns the policies of a resource, whose attributes stand at a place.
pub(super) fn of<'a>(
    resource: &Named<'a>,
    attrs: &'a Value,
    account: Option<&'a str>,
    at: &Path,
) -> Vec<Policy<'a>> {
    let Named { kind, name, region, partition } = *resource;
    let mut all = Vec::new();
    let mut add = |at: Path, tree, of| {
        all.push(Policy { at, tree, grammar: Grammar { of, partition }, attrs });
    };
    match kind {
        Bucket::KIND => add(at.key("policy"), &attrs["policy"], Of::Bucket { name }),
        KmsKey::KIND => add(at.key("policy"), &attrs["policy"], Of::Key),
        Topic::KIND => add(at.key("policy"), &attrs["policy"], Of::Topic { region, account, name }),
        Role::KIND => {
            add(at.key("trust"), &attrs["trust"], Of::Trust);
            add(at.key("policy"), &attrs["policy"], Of::Role);
            for (name, policy) in attrs["inline_policies"].as_object().into_iter().flatten() {
                add(at.key("inline_policies").key(name), policy, Of::Role);
            }
        }
        _ => {}
    }
    all
}

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    for policy in all(spec) {
        let faults = version(&policy.tree["version"], Path::keys(["version"])).into_iter();
        found.extend(faults.map(|fault| diagnostic(&policy.at, fault)));
        old_version(&policy, found);
        sids(&policy, &spec.head.stack, found);
        for (at, statement) in policy.statements() {
            let faults = policy.grammar.statement(statement).into_iter();
            found.extend(faults.map(|fault| diagnostic(&at, fault)));
            public(&policy, statement, at, found);
        }
    }
}

fn diagnostic(at: &Path, fault: Fault) -> Diagnostic {
    let Fault { code, at: inside, is_key, message, help } = fault;
    let found = Diagnostic::at(code, at.join(&inside), message).help(help);
    if is_key { found.at_key() } else { found }
}

fn old_version(policy: &Policy<'_>, found: &mut Vec<Diagnostic>) {
    if policy.tree["version"] == VERSIONS[1] {
        let message =
            "in this version of the policy language, variables such as `${aws:username}` are plain text";
        let at = policy.at.key("version");
        found.push(
            Diagnostic::at("policy-old-version", at, message).help("write `2012-10-17`, or leave it out"),
        );
    }
}

fn sids(policy: &Policy<'_>, stack: &str, found: &mut Vec<Diagnostic>) {
    let mut seen: BTreeMap<&str, Path> = BTreeMap::new();
    for (at, statement) in policy.statements() {
        let Some(sid) = statement["Sid"].as_str().filter(|sid| !sid.is_empty()) else { continue };
        let at = at.key("Sid");
        if is_generated(stack, sid) && policy.tree["generated"] != false {
            let message = format!("`{sid}` is the Sid of a statement that trailctl writes itself");
            found
                .push(Diagnostic::at("policy-sid-reserved", at.clone(), message).help("give it another one"));
        }
        if let Some(first) = seen.get(sid) {
            let message = format!("two statements of the policy have the Sid `{sid}`");
            let diagnostic =
                Diagnostic::at("policy-sid-twice", at, message).help("give one of them another Sid");
            found.push(diagnostic.related(Place::Value(first.clone()), "the first one"));
        } else {
            seen.insert(sid, at);
        }
    }
}

/// S3 refuses a public policy where public policies are blocked (S3 User Guide, "Blocking public access").
fn public(policy: &Policy<'_>, statement: &Value, at: Path, found: &mut Vec<Diagnostic>) {
    let block = &policy.attrs["public_access_block"];
    let is_blocked = *block == true || block["block_public_policy"] == true;
    if matches!(policy.grammar.of, Of::Bucket { .. })
        && is_blocked
        && statement.is_object()
        && is_open(statement)
    {
        let message = "the statement makes the bucket public, which its `public_access_block` forbids";
        let help =
            "name principals, or hold everybody to an account, an organization or a network by a condition";
        found.push(Diagnostic::at("bucket-policy-public", at, message).help(help));
    }
}
