//! `AWS::IAM::Role`, with `AWS::IAM::Policy`, `AWS::IAM::RolePolicy` and `AWS::IAM::ManagedPolicy`.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    super::{entry::Marks, quoted, tree::texts},
    Reading,
};
use crate::{
    export::Found,
    kinds::role::{INLINE, Role, hour},
    policy::document::PolicyDocument,
};

pub(super) fn found(mut reading: Reading<'_>) -> Option<Found> {
    let name = reading.name()?;
    let region = reading.region().global("iam");
    let Marks { owner, tags, protect } = reading.marks();
    let mut inline = inline(&mut reading, &name);
    let role = Role {
        name: Some(name.clone()),
        path: reading.text("Path").unwrap_or_else(|| "/".to_owned()),
        permissions_boundary: reading.text("PermissionsBoundary"),
        max_session_seconds: reading.number("MaxSessionDuration").unwrap_or_else(hour),
        trust: reading.policy_of(reading.logical, "AssumeRolePolicyDocument").unwrap_or_default(),
        policy: inline.remove(INLINE).unwrap_or_default(),
        inline_policies: inline,
        managed_policies: managed(&mut reading, &name),
        tags,
        protect,
        adopt: false,
    };
    let outputs = reading.outputs(&name);
    reading.found(role, (region, name), outputs, owner)
}

/// Returns the inline policies, by name: those of the role itself, and those that have a resource.
fn inline(reading: &mut Reading<'_>, role: &str) -> BTreeMap<String, PolicyDocument> {
    let mut all = BTreeMap::new();
    let (resolver, logical) = (reading.resolver, reading.logical);
    let own = reading.written(logical, "Policies");
    let own = own.and_then(|policies| resolver.chosen(policies).ok()?.as_array());
    for (number, policy) in own.into_iter().flatten().enumerate() {
        let Ok(policy) = resolver.chosen(policy) else {
            reading.note(format!(
                "`Policies[{number}]` is left out: the template does not tell whether it is there."
            ));
            continue;
        };
        let place = format!("Policies[{number}].PolicyDocument");
        let Some(document) = policy.get("PolicyDocument") else { continue };
        if let Some(document) = reading.document(logical, &place, document) {
            let name = resolver.text(&policy["PolicyName"]);
            all.insert(name.unwrap_or_else(|_| unnamed(reading, logical)), document);
        }
    }
    let apart = resolver.about("AWS::IAM::Policy", "Roles", &[role]);
    for policy in apart.into_iter().chain(resolver.about("AWS::IAM::RolePolicy", "RoleName", &[role])) {
        if let Some(document) = reading.policy_of(policy, "PolicyDocument") {
            let name = resolver.template.property(policy, "PolicyName").map(|name| resolver.text(name));
            let name = name.and_then(Result::ok).unwrap_or_else(|| unnamed(reading, policy));
            all.insert(name, document);
        }
    }
    all
}

/// Returns what stands for the name of a policy that is not known.
fn unnamed(reading: &mut Reading<'_>, logical: &str) -> String {
    reading.note(format!(
        "The template does not tell the name of an inline policy: {} stands for it.",
        quoted(logical)
    ));
    logical.to_owned()
}

/// Returns the ARNs of the managed policies that are attached.
fn managed(reading: &mut Reading<'_>, role: &str) -> BTreeSet<String> {
    let own = reading.property("ManagedPolicyArns");
    let apart = reading.resolver.about("AWS::IAM::ManagedPolicy", "Roles", &[role]);
    let apart = apart.into_iter().filter_map(|policy| reading.resolver.arn(policy).ok());
    texts(&own).into_iter().chain(apart).collect()
}
