//! Where a run is: at one call of one step.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{
    kinds::{CallRecord, kind},
    path::Path,
    plan::{Action, Plan, Step},
    resource::{Address, Outputs, owner::STACK, reference},
};

/// What is known of resources while a plan is run.
pub(super) type Known = BTreeMap<Address, Outputs>;

/// One call of one step, and what was done before.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    pub(super) plan: &'a Plan,
    pub(super) step: &'a Step,
    /// The place of the call among those of the step.
    pub(super) place: usize,
    /// The call, with what is known in it.
    pub(super) call: &'a CallRecord,
    /// The steps that were done when this one began.
    pub(super) done: &'a BTreeSet<usize>,
}

impl At<'_> {
    /// Returns whether the step makes its resource.
    pub(super) fn creates(&self) -> bool {
        matches!(self.step.action, Action::Create | Action::Replace)
    }

    /// Returns whether the call is the one that makes the resource.
    pub(super) fn is_creation(&self) -> bool {
        self.creates() && self.place == 0
    }

    /// Returns whether the call makes a resource whose name is only a pointer to it: sent twice, it makes two.
    pub(super) fn creates_nameless(&self) -> bool {
        self.is_creation() && kind(&self.step.resource.kind).is_some_and(|kind| kind.can_rename())
    }

    /// Returns whether the call writes the mark of the stack on a resource that is adopted.
    pub(super) fn adopts(&self) -> bool {
        mark_of_adoption(self.step) == Some(self.place)
    }
}

/// Returns which call of a step writes the mark of the stack on what had none.
pub(super) fn mark_of_adoption(step: &Step) -> Option<usize> {
    let mark = Path::keys(["tags", STACK]);
    let is_new = |change: &crate::diff::Change| change.path == mark && change.old.is_none();
    let is_adoption = step.action == Action::Update && step.changes.iter().any(is_new);
    let writes = |call: &CallRecord| mentions(&call.parameters, STACK);
    step.calls.iter().position(writes).filter(|_| is_adoption)
}

/// Returns whether a text is one of the keys or strings of a tree.
fn mentions(tree: &Value, text: &str) -> bool {
    match tree {
        Value::String(one) => one == text,
        Value::Array(items) => items.iter().any(|item| mentions(item, text)),
        Value::Object(map) => map.iter().any(|(key, value)| key == text || mentions(value, text)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Returns a tree with what is known by now in the place of references.
pub(super) fn filled(tree: &Value, known: &Known) -> Value {
    let mut tree = tree.clone();
    reference::substitute(&mut tree, &|address, output| known.get(address)?.get(output).cloned());
    tree
}

/// Returns a call with what is known by now in the place of references.
pub(super) fn filled_call(call: &CallRecord, known: &Known) -> CallRecord {
    CallRecord { parameters: filled(&call.parameters, known), ..call.clone() }
}
