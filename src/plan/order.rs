//! The order of steps: what a resource refers to comes before it, and what is replaced goes after its replacement.

use std::collections::BTreeSet;

use petgraph::{
    algo::{tarjan_scc, toposort},
    graph::DiGraph,
};

use super::{Action, Phase, PlanError, Step};
use crate::{
    diff::Change,
    kinds::{CallRecord, KINDS},
    path::Path,
    resource::{Address, ResourceId},
};

/// A step before its place is known.
pub(super) struct Unsorted {
    pub(super) address: Address,
    pub(super) resource: ResourceId,
    pub(super) action: Action,
    pub(super) phase: Phase,
    pub(super) changes: Vec<Change>,
    pub(super) calls: Vec<CallRecord>,
    pub(super) after: BTreeSet<Before>,
    pub(super) origin: Option<Path>,
}

/// What a step waits for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Before {
    /// The step that creates, updates or replaces this resource, if there is one.
    Put(Address),
    /// The step that deletes this resource, if there is one.
    Gone(ResourceId),
}

/// Sorts the steps and numbers them. Deletes of one kind come after the deletes of the kinds that refer to it.
pub(super) fn sorted(mut steps: Vec<Unsorted>) -> Result<Vec<Step>, PlanError> {
    let rank = |step: &Unsorted| KINDS.iter().position(|kind| kind.name() == step.address.kind);
    steps.sort_by_key(|step| {
        (step.action == Action::Delete, step.phase, rank(step), step.address.clone(), step.resource.clone())
    });
    let mut graph = DiGraph::<usize, ()>::new();
    let nodes: Vec<_> = (0..steps.len()).map(|place| graph.add_node(place)).collect();
    for (place, step) in steps.iter().enumerate() {
        for (other_place, other) in steps.iter().enumerate() {
            let is_put = other.action != Action::Delete
                && other.phase != Phase::Contract
                && step.after.contains(&Before::Put(other.address.clone()));
            let is_gone =
                other.action == Action::Delete && step.after.contains(&Before::Gone(other.resource.clone()));
            let is_first_part = step.phase == Phase::Contract
                && other.phase == Phase::Expand
                && step.address == other.address;
            let both_go = step.action == Action::Delete && other.action == Action::Delete;
            if place != other_place
                && (is_put || is_gone || is_first_part || (both_go && rank(other) > rank(step)))
            {
                graph.add_edge(nodes[other_place], nodes[place], ());
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
            let Unsorted { address, resource, action, phase, changes, calls, after: _, origin } = step;
            Step { id: number[place], address, resource, action, phase, changes, calls, after, origin }
        })
        .collect();
    numbered.sort_by_key(|step| step.id);
    Ok(numbered)
}
