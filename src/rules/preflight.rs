//! Delivery: whether the statements that the spec adds to policies keep CloudTrail out.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::resolved;
use crate::{
    diagnostic::{Diagnostic, Severity},
    preflight::{self, Finding, Setup},
    resource::{Address, Desired, reference, region::Region},
    spec::{Spec, variables},
};

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    // What CloudTrail needs is allowed by statements of ours: only others can keep it out. And of a spec that AWS refuses, it is
    // not asked who it lets in.
    let is_broken = found.iter().any(|one| one.severity == Severity::Error);
    if is_broken || !spec.entries.values().any(has_statements) {
        return;
    }
    let desired = resolved(&judged(spec));
    let output = |address: &Address, output: &str| {
        let entry = desired.iter().find(|entry| entry.address == *address);
        entry.and_then(|entry| entry.outputs.get(output)).cloned()
    };
    let filled = |entry: &Desired| {
        let mut attrs = entry.attrs.clone();
        reference::substitute(&mut attrs, &output);
        (entry.address.clone(), attrs)
    };
    let becoming: BTreeMap<Address, Value> = desired.iter().map(filled).collect();
    let setup = Setup {
        stack: &spec.head.stack,
        organization: None,
        desired: &desired,
        becoming: &|entry| becoming.get(&entry.address),
        output: &output,
        existing: &BTreeMap::new(),
    };
    let written = preflight::check(&setup).into_iter().filter(|finding| finding.is_written);
    found.extend(
        written.map(|Finding { code, at, message, help, .. }| Diagnostic::at(code, at, message).help(help)),
    );
}

fn has_statements(attrs: &Value) -> bool {
    let has = |policy: &Value| !policy["statements"].as_array().is_none_or(Vec::is_empty);
    has(&attrs["policy"])
        || has(&attrs["trust"])
        || attrs["inline_policies"].as_object().is_some_and(|all| !all.is_empty())
}

/// Returns the spec without the statements that cannot be judged, each replaced by one that says nothing.
fn judged(spec: &Spec) -> Spec {
    let mut spec = spec.clone();
    let knows_account = spec.head.account.is_some();
    let knows_region = spec.head.region.is_some();
    for attrs in spec.entries.values_mut() {
        let Value::Object(attrs) = attrs else { continue };
        let inline = attrs.get_mut("inline_policies").and_then(Value::as_object_mut);
        inline
            .into_iter()
            .flat_map(Map::values_mut)
            .for_each(|policy| judge(policy, knows_account, knows_region));
        for policy in ["policy", "trust"] {
            attrs.get_mut(policy).into_iter().for_each(|policy| judge(policy, knows_account, knows_region));
        }
    }
    spec
}

fn judge(policy: &mut Value, knows_account: bool, knows_region: bool) {
    for statement in policy.get_mut("statements").and_then(Value::as_array_mut).into_iter().flatten() {
        let text = statement.to_string();
        // What stands for the account stands for it in what is asked too.
        let is_account = |run: &str| run.len() == 12 && run != variables::ACCOUNT;
        let names_account = || text.split(|c: char| !c.is_ascii_digit()).any(is_account);
        let names_region = || Region::known().any(|region| text.contains(region));
        if !knows_account && names_account() || !knows_region && names_region() {
            *statement = json!({"Effect": "Allow", "Action": []});
        }
    }
}
