//! The order of steps: what a resource refers to comes before it, and what is replaced goes after its replacement.

use std::collections::BTreeSet;

use petgraph::{
    algo::{has_path_connecting, tarjan_scc, toposort},
    graph::DiGraph,
};

use super::{Action, Phase, PlanError, Step};
use crate::{
    diff::Change,
    kinds::{CallRecord, KINDS},
    path::Path,
    resource::{Address, Outputs, ResourceId},
};
use serde_json::Value;

/// When a step comes among those of its kind: what one leaves, others may take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Turn {
    /// It leaves nothing.
    #[default]
    First,
    /// It leaves something, and takes something.
    Second,
    /// It only leaves something.
    Last,
}

/// A step before its place is known.
#[derive(Clone)]
pub(super) struct Unsorted {
    pub(super) address: Address,
    pub(super) resource: ResourceId,
    pub(super) action: Action,
    pub(super) phase: Phase,
    pub(super) changes: Vec<Change>,
    pub(super) attrs: Value,
    pub(super) outputs: Outputs,
    pub(super) calls: Vec<CallRecord>,
    /// The resources that it refers to.
    pub(super) after: BTreeSet<Address>,
    /// The roles that it names. AWS takes no policy that names one that does not exist.
    pub(super) names: BTreeSet<Address>,
    /// When it comes among the steps of its kind.
    pub(super) turn: Turn,
    /// The trails that must have been verified before: what they used is taken away by it, or what they take over.
    pub(super) verified: BTreeSet<ResourceId>,
    /// What takes the name of a deleted trail, and is made after it.
    pub(super) gives_way_to: Option<ResourceId>,
    pub(super) origin: Option<Path>,
}

/// Sorts the steps and numbers them.
///
/// Deletes come last, when all that is wanted is in place, and those of a kind after those of the kinds that refer to it.
/// A step that takes away what others may still need comes after all of those. A trail that records less comes after those that
/// may take over what it leaves. A role that is created comes before the
/// policies that name it, unless it needs them itself.
pub(super) fn sorted(mut steps: Vec<Unsorted>) -> Result<Vec<Step>, PlanError> {
    let rank = |step: &Unsorted| KINDS.iter().position(|kind| kind.name() == step.address.kind);
    steps.sort_by_key(|step| {
        (step.action == Action::Delete, step.phase, rank(step), step.address.clone(), step.resource.clone())
    });
    let is_before = |other: &Unsorted, step: &Unsorted| {
        match (other.action == Action::Verify, step.action == Action::Verify) {
            (true, true) => return false,
            (true, false) => return step.verified.contains(&other.resource),
            // What is verified are the changes before it is relied on.
            // Of what is made and deleted in one plan, that is that it is there, or that it is gone.
            (false, true) => {
                return other.resource == step.resource
                    && other.phase != Phase::Contract
                    && (other.action == Action::Delete) == step.attrs.is_null();
            }
            (false, false) => {}
        }
        if step.phase == Phase::Contract {
            return other.phase != Phase::Contract
                && (may_need(other, step) || other.address == step.address);
        }
        match (other.action == Action::Delete, step.action == Action::Delete) {
            _ if other.phase == Phase::Contract => false,
            (true, true) => rank(other) > rank(step),
            (true, false) => other.gives_way_to.as_ref() == Some(&step.resource),
            (false, true) => step.gives_way_to.is_none(),
            (false, false) => {
                let has_turn = other.turn < step.turn && step.address.kind == other.address.kind;
                has_turn || step.after.contains(&other.address)
            }
        }
    };
    let mut graph = DiGraph::<usize, ()>::new();
    let nodes: Vec<_> = (0..steps.len()).map(|place| graph.add_node(place)).collect();
    for (place, step) in steps.iter().enumerate() {
        for (other_place, other) in steps.iter().enumerate() {
            if place != other_place && is_before(other, step) {
                graph.add_edge(nodes[other_place], nodes[place], ());
            }
        }
    }
    for (place, step) in steps.iter().enumerate() {
        for (role_place, role) in steps.iter().enumerate() {
            let is_new = matches!(role.action, Action::Create | Action::Replace);
            let names = place != role_place && is_new && step.names.contains(&role.address);
            if names && !has_path_connecting(&graph, nodes[place], nodes[role_place], None) {
                graph.update_edge(nodes[role_place], nodes[place], ());
            }
        }
    }
    let Ok(order) = toposort(&graph, None) else {
        let circle = tarjan_scc(&graph).into_iter().find(|nodes| nodes.len() > 1).unwrap_or_default();
        let mut addresses: Vec<Address> =
            circle.iter().map(|node| steps[graph[*node]].address.clone()).collect();
        addresses.sort();
        return Err(PlanError::Cycle(addresses));
    };
    let mut number = vec![0; steps.len()];
    for (index, node) in order.iter().enumerate() {
        number[graph[*node]] = index + 1;
    }
    let before = |place: usize| graph.neighbors_directed(nodes[place], petgraph::Direction::Incoming);
    let after: Vec<BTreeSet<usize>> =
        (0..steps.len()).map(|place| before(place).map(|node| number[graph[node]]).collect()).collect();
    let mut numbered: Vec<Step> = steps
        .into_iter()
        .zip(after)
        .enumerate()
        .map(|(place, (step, after))| {
            let Unsorted {
                address,
                resource,
                action,
                phase,
                changes,
                attrs,
                outputs,
                calls,
                after: _,        // by number
                names: _,        // among them
                turn: _,         // too
                verified: _,     // too
                gives_way_to: _, // too
                origin,
            } = step;
            let id = number[place];
            Step {
                id,
                address,
                resource,
                action,
                phase,
                changes,
                attrs,
                outputs,
                calls,
                after,
                origin,
                at: None,
                from_elsewhere: Vec::new(),
            }
        })
        .collect();
    numbered.sort_by_key(|step| step.id);
    Ok(numbered)
}

/// Returns whether a step may still need what another one takes away: it deletes, or is of a kind that may refer to it, its own
/// among them.
pub(super) fn may_need(step: &Unsorted, other: &Unsorted) -> bool {
    let rank = |step: &Unsorted| KINDS.iter().position(|kind| kind.name() == step.address.kind);
    let is_other = step.address != other.address;
    step.action == Action::Delete || rank(step) > rank(other) || (rank(step) == rank(other) && is_other)
}
