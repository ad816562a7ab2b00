//! The checker: whether a plan keeps its promises wherever it stops.
//!
//! It knows nothing of how the steps were ordered. It takes every set of steps that can be done when a run ends (a step is done
//! only if those that it waits for are), and asks what is sure to be recorded then. AWS goes on with the former configuration
//! of a trail "until the changes propagate to all locations" (User Guide, "Updating a trail"), so that either may be in effect
//! until the trail has been verified.

mod model;
mod protection;
mod sets;

use std::collections::BTreeSet;

use super::{Policy, Refusal, Step};
use crate::{
    coverage::{Assumptions, Coverage, Example, Verdict, gap},
    resource::{Address, Observation},
};

use self::model::Model;

/// What is wrong with the order of a plan.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Flaw {
    /// An event that is recorded before and after may not be recorded when these steps are done. Without an example it could
    /// not be decided.
    Gap { example: Option<Box<Example>>, done: Vec<usize> },
    /// A trail is protected less in between than before and after.
    Weaker { step: usize, what: &'static str },
    /// Something that holds audit data, or is needed to read it, is taken away without being named.
    Destroys { step: usize, operation: String },
    /// A step by which less is recorded comes before others.
    EarlyLoss { step: usize, before: usize },
    /// Something that one call can do is done by several.
    Repeats { step: usize, operation: String },
}

/// Looks for a flaw in the order of the steps.
pub(super) fn flaw(steps: &[Step], seen: &Observation, policy: &Policy) -> Option<Flaw> {
    let model = Model::new(steps, seen, policy);
    protection::flaw(steps, seen, policy).or_else(|| gap_of(&model))
}

/// Looks for a state in which something is not sure to be recorded that is recorded before and after.
fn gap_of(model: &Model<'_>) -> Option<Flaw> {
    if model.only_adds() {
        return None;
    }
    let all = |state: &model::State| -> Coverage {
        let trails = model
            .surely(&model.sure(state))
            .into_iter()
            .filter_map(|mut trail| trail.pop().flatten().cloned());
        Coverage::new(trails, Assumptions::default())
    };
    let (before, after) = (all(&model.before()), all(&model.after()));
    let parts = model.parts();
    let mut looked_at = BTreeSet::new();
    let sure = |done: &[bool]| model.sure(&model.state(done));
    let missed = |done: &[bool]| match gap(&before, &after, &model.surely(&sure(done))) {
        Verdict::Contained => None,
        Verdict::Lost(example) => Some(Some(example)),
        Verdict::TooComplex => Some(None),
    };
    let (mut done, mut example) = sets::visit(&parts, &mut |done| {
        let example = looked_at.insert(sure(done)).then(|| missed(done)).flatten()?;
        Some((done.to_vec(), example))
    })?;
    // What makes no difference is not told.
    let is_decided = example.is_some();
    for part in (0..parts.len()).rev().filter(|_| is_decided) {
        let is_needed = (part..parts.len()).any(|other| done[other] && parts[other].needs.contains(&part));
        let mut without = done.clone();
        without[part] = false;
        if done[part]
            && !is_needed
            && let Some(still @ Some(_)) = missed(&without)
        {
            (done, example) = (without, still);
        }
    }
    Some(Flaw::Gap { example, done: model.steps_of(&done) })
}

/// Returns the refusal that a flaw is.
pub(super) fn refusal(flaw: Flaw, steps: &[Step]) -> Refusal {
    let of = |id: usize| steps.iter().find(|step| step.id == id);
    let name = |id: usize| of(id).map_or_else(String::new, |step| step.address.to_string());
    let (at, reason) = match &flaw {
        Flaw::Gap { example, done } => {
            let last = done.last().copied();
            let after: Vec<String> = done.iter().map(|id| name(*id)).collect();
            let words =
                example.as_ref().map_or_else(|| "that was not decided".to_owned(), |one| one.to_string());
            let reason = format!(
                "this is recorded before and after, and may not be once {} changed: {words}",
                listed(&after)
            );
            (last, reason)
        }
        Flaw::Weaker { step, what } => (Some(*step), format!("in between, {what}")),
        Flaw::Destroys { step, operation } => {
            (Some(*step), format!("{operation} takes away what nobody has named"))
        }
        Flaw::EarlyLoss { step, before } => {
            (Some(*step), format!("less is recorded by it, and {} would still be to do", name(*before)))
        }
        Flaw::Repeats { step, operation } => (Some(*step), format!("{operation} is sent more than once")),
    };
    let step = at.and_then(of).or(steps.first());
    let (code, help) = match flaw {
        Flaw::Gap { .. } => (
            "coverage-gap",
            "do it in two runs: first record it by both, then leave it out; or allow to lose it with \
             `--allow-coverage-loss`, for this run",
        ),
        _ => ("unsafe-order", "this is a fault of trailctl: please report it; nothing was changed"),
    };
    Refusal {
        address: step.map_or_else(|| Address::new("plan", "order"), |step| step.address.clone()),
        code: code.to_owned(),
        reason,
        help: help.to_owned(),
        origin: step.and_then(|step| step.origin.clone()),
        at: None,
    }
}

fn listed(names: &[String]) -> String {
    match names {
        [] => "nothing has".to_owned(),
        [one] => format!("{one} has"),
        [all @ .., last] => format!("{} and {last} have", all.join(", ")),
    }
}

#[cfg(test)]
mod tests;
