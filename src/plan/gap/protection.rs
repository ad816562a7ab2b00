//! What a plan must never do in between, whatever it does to what is recorded.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize as _;
use serde_json::Value;

use super::{Flaw, model::closures};
use crate::{
    coverage::{Assumptions, Coverage, covers},
    kinds::{
        Resource as _,
        bucket::Bucket,
        kms_key::KmsKey,
        trail::{Trail, recorded},
    },
    plan::{Action, Phase, Policy, Step, guard},
    policy::document::LEAVING,
    resource::{Observation, reference::strings},
};

/// What a call of these does, the next one with the same name would do again: one is enough.
const ONCE: [&str; 4] = ["UpdateTrail", "PutEventSelectors", "PutBucketPolicy", "PutKeyPolicy"];

pub(super) fn flaw(steps: &[Step], seen: &Observation, policy: &Policy) -> Option<Flaw> {
    weaker(steps, seen)
        .or_else(|| destroys(steps, policy))
        .or_else(|| early(steps, seen, policy))
        .or_else(|| repeats(steps))
}

/// What a trail or a bucket has at both ends, it has in between.
fn weaker(steps: &[Step], seen: &Observation) -> Option<Flaw> {
    type Has = fn(&Value) -> bool;
    const ALWAYS: [(&str, Has, &str); 4] = [
        (
            Trail::KIND,
            |attrs| attrs["log_file_validation"] == true,
            "log files could not be proved unchanged",
        ),
        (
            Trail::KIND,
            |attrs| attrs["kms_key"].is_string(),
            "log files would not be encrypted with a key of their own",
        ),
        (Bucket::KIND, |attrs| attrs["public_access_block"] == true, "the bucket could become public"),
        (Bucket::KIND, |attrs| attrs["versioning"] == true, "log files could be overwritten"),
    ];
    steps.iter().filter(|step| step.phase == Phase::Expand).find_map(|step| {
        let old = &seen.live.get(&step.resource)?.attrs;
        let end = steps.iter().rfind(|other| other.resource == step.resource)?;
        let is_lost = |(kind, has, _): &&(&str, Has, &str)| {
            *kind == step.resource.kind && has(old) && has(&end.attrs) && !has(&step.attrs)
        };
        if let Some((.., what)) = ALWAYS.iter().find(is_lost) {
            return Some(Flaw::Weaker { step: step.id, what });
        }
        // A policy holds in between what it held and what it will hold, and nothing wider.
        let statements =
            |attrs: &Value| attrs["policy"]["statements"].as_array().cloned().unwrap_or_default();
        let (before, after) = (statements(old), statements(&end.attrs));
        let known = strings_of(before.iter().chain(&after));
        let arns = steps.iter().filter_map(|other| other.outputs.get("arn")).map(String::as_str);
        let known: BTreeSet<&str> = known.into_iter().chain(arns).collect();
        let is_old =
            |one: &Value| is_leaving(one) && strings_of([one]).into_iter().all(|text| is_known(text, &known));
        let is_new = |one: &Value| {
            one["Effect"] != "Deny" && !before.contains(one) && !after.contains(one) && !is_old(one)
        };
        let is_wider = statements(&step.attrs).iter().any(is_new);
        is_wider.then_some(Flaw::Weaker {
            step: step.id,
            what: "its policy would allow more than before and after",
        })
    })
}

/// Returns whether a statement is one of ours that lets those go on who are about to leave.
fn is_leaving(statement: &Value) -> bool {
    statement["Sid"].as_str().is_some_and(|sid| sid.ends_with(LEAVING))
}

/// Returns all that some statements name, but for what they are called, and what conditions ask beside ARNs: that only narrows.
fn strings_of<'v>(statements: impl IntoIterator<Item = &'v Value>) -> BTreeSet<&'v str> {
    let members = statements.into_iter().filter_map(Value::as_object).flatten();
    let named = members.filter(|(member, _)| *member != "Sid").flat_map(|(member, value)| {
        let counts = move |text: &&str| member != "Condition" || text.starts_with("arn:");
        strings(value).into_iter().filter(counts)
    });
    named.collect()
}

/// Returns whether a text is one of these, or below one that ends in a star.
fn is_known(text: &str, known: &BTreeSet<&str>) -> bool {
    let is_below = |one: &&str| one.strip_suffix('*').is_some_and(|start| text.starts_with(start));
    known.contains(text) || known.iter().any(is_below)
}

/// Audit data, and the keys that it is read with, go only if they are named.
fn destroys(steps: &[Step], policy: &Policy) -> Option<Flaw> {
    let deletes = steps.iter().filter(|step| step.action == Action::Delete);
    let keeps =
        deletes.filter(|step| step.resource.kind == Bucket::KIND || step.resource.kind == KmsKey::KIND);
    keeps.filter(|step| !guard::is_meant(&policy.delete_data, &step.resource, &step.address)).find_map(
        |step| Some(Flaw::Destroys { step: step.id, operation: step.calls.first()?.operation.clone() }),
    )
}

/// What makes a trail record less comes after everything that adds or changes.
fn early(steps: &[Step], seen: &Observation, policy: &Policy) -> Option<Flaw> {
    let before: BTreeMap<usize, _> = steps.iter().map(|step| step.id).zip(closures(steps)).collect();
    let records = |all: &[(&Step, &Value)]| {
        let trails = all.iter().filter_map(|(step, attrs)| {
            let trail = Trail::deserialize(*attrs).ok()?;
            Some(recorded::trail("", &step.resource.region, &policy.account, &trail))
        });
        Coverage::new(trails, Assumptions::default())
    };
    let less = |step: &&Step| {
        let Some(old) = seen.live.get(&step.resource).filter(|_| step.resource.kind == Trail::KIND) else {
            return false;
        };
        // What is deleted may be stood in for.
        let stands_in = |other: &&Step| {
            other.address == step.address
                && before[&step.id].contains(&other.id)
                && !matches!(other.action, Action::Delete | Action::Verify)
        };
        let new: Vec<(&Step, &Value)> = match step.action {
            Action::Delete => steps.iter().filter(stands_in).map(|other| (other, &other.attrs)).collect(),
            _ => vec![(step, &step.attrs)],
        };
        !covers(&records(&new), &records(&[(step, &old.attrs)])).is_contained()
    };
    let losses: Vec<&Step> = steps.iter().filter(less).collect();
    steps.iter().find_map(|step| {
        let adds = !matches!(step.action, Action::Delete | Action::Verify) && step.phase != Phase::Contract;
        let is_less = losses.iter().any(|one| one.id == step.id);
        // A trail whose name is taken is made anew when it is gone.
        let is_early = |one: &&&Step| before[&step.id].contains(&one.id) && one.address != step.address;
        let loss = losses.iter().find(is_early).filter(|_| adds && !is_less)?;
        Some(Flaw::EarlyLoss { step: loss.id, before: step.id })
    })
}

fn repeats(steps: &[Step]) -> Option<Flaw> {
    steps.iter().find_map(|step| {
        let count = |name: &str| step.calls.iter().filter(|call| call.operation == name).count();
        let again = ONCE.iter().find(|name| count(name) > 1);
        let pauses = (count("StopLogging") > 0 && count("StartLogging") > 0).then_some(&"StopLogging");
        let operation = again.or(pauses)?.to_string();
        Some(Flaw::Repeats { step: step.id, operation })
    })
}
