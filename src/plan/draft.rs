//! A plan while it is made: one resource after the other.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{Action, Note, Phase, Policy, Refusal, guard, order};
use crate::{
    diff::{Change, diff},
    kinds::{Kind, Target, kind},
    path::Segment,
    resolve::Wanted,
    resource::{
        Address, Desired, Existing, Live, Observation, Observed, ResourceId, owner::Owner, reference,
    },
};

pub(super) struct Draft<'a> {
    pub(super) seen: &'a Observation,
    pub(super) policy: &'a Policy,
    pub(super) steps: Vec<order::Unsorted>,
    /// For updates that take away what others may still need: the parts to do instead.
    pub(super) bridged: Vec<Vec<order::Unsorted>>,
    pub(super) unchanged: Vec<Address>,
    pub(super) left_alone: Vec<Note>,
    pub(super) notes: Vec<Note>,
    pub(super) refused: Vec<Refusal>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(seen: &'a Observation, policy: &'a Policy) -> Self {
        let (unchanged, left_alone, refused) = Default::default();
        let unseen =
            |why: &String| Note { address: Address::new("stack", &policy.stack), reason: why.clone() };
        let notes = seen.unseen.iter().map(unseen).collect();
        Self { seen, policy, steps: Vec::new(), bridged: Vec::new(), unchanged, left_alone, notes, refused }
    }

    /// Refuses to refer to what does not exist or cannot serve.
    pub(super) fn check(&mut self, existing: &BTreeMap<Address, Wanted>) {
        for (address, wanted) in existing {
            let note = |reason: String| Note { address: wanted.by.clone(), reason };
            match self.seen.existing.get(address) {
                None => self.refused.push(guard::absent(wanted)),
                Some(Existing { problem: Some(problem), .. }) => {
                    self.refused.push(guard::unfit(wanted, problem));
                }
                Some(Existing { unread: Some(why), .. }) => {
                    self.notes
                        .push(note(format!("{} cannot be read, so it is not checked: {why}", wanted.id)));
                }
                Some(_) => {}
            }
        }
    }

    /// Plans for one wanted resource. `going` are the live resources of the stack that the spec does not name.
    pub(super) fn put(
        &mut self,
        want: &Desired,
        all: &[Desired],
        going: &mut BTreeMap<&'a ResourceId, &'a Observed>,
    ) {
        let Some(kind) = kind(&want.address.kind) else { return };
        let mut after = BTreeSet::new();
        reference::visit(&want.attrs, &mut |address, _| {
            after.insert(address.clone());
        });
        let mut attrs = want.attrs.clone();
        reference::substitute(&mut attrs, &|address, output| {
            if let Some(found) = self.seen.existing.get(address) {
                return found.outputs.get(output).cloned();
            }
            let other = all.iter().find(|other| other.address == *address)?;
            let seen =
                self.seen.live.get(&other.id).or_else(|| renamed(other, &self.seen.live, &self.policy.stack));
            let told = seen.and_then(|seen| seen.outputs.get(output));
            told.or_else(|| other.outputs.get(output)).cloned()
        });
        let mut seen = self.seen.live.get(&want.id);
        if seen.is_none() && kind.can_rename() {
            let former = going.iter().find(|(id, seen)| is_former(id, seen, want)).map(|(id, _)| *id);
            seen = former.and_then(|id| going.remove(id));
        }
        let Some(seen) = seen else {
            let refusal = guard::clash(kind, want, &attrs, &self.seen.live);
            if let Some(refusal) = refusal.or_else(|| guard::too_long(kind, want, &attrs)) {
                self.refused.push(refusal);
                return;
            }
            let is_replacing = going.iter().any(|(id, seen)| is_former(id, seen, want));
            let action = if is_replacing { Action::Replace } else { Action::Create };
            self.step(kind, want, action, None, &attrs, after);
            return;
        };
        if let Some(refusal) = guard::foreign(kind, want, seen, self.policy) {
            self.refused.push(refusal);
            return;
        }
        for beside in &seen.beside {
            self.notes.push(Note {
                address: want.address.clone(),
                reason: format!("there is {beside}, which the spec does not have"),
            });
        }
        let mut live_attrs = seen.attrs.clone();
        kind.reconcile(&want.id, &mut attrs, &mut live_attrs);
        if live_attrs == attrs {
            self.unchanged.push(want.address.clone());
        } else if let Some(refusal) =
            guard::fixed(kind, want, &live_attrs, &attrs).or_else(|| guard::too_long(kind, want, &attrs))
        {
            self.refused.push(refusal);
        } else {
            self.step(kind, want, Action::Update, Some((seen, &live_attrs)), &attrs, after);
        }
    }

    fn step(
        &mut self,
        kind: &dyn Kind,
        want: &Desired,
        action: Action,
        old: Option<(&Observed, &Value)>,
        new: &Value,
        after: BTreeSet<Address>,
    ) {
        let outputs = old.map_or(&want.outputs, |(seen, _)| &seen.outputs);
        let old = old.map(|(_, attrs)| attrs);
        let target = Target { id: &want.id, address: &want.address, outputs };
        let part = |old: Option<&Value>, new: &Value, phase| order::Unsorted {
            address: want.address.clone(),
            resource: want.id.clone(),
            action,
            phase,
            changes: marked(kind, diff(old.unwrap_or(&Value::Object(Map::new())), new)),
            calls: kind.calls(&target, old, Some(new)),
            after: after.clone(),
            origin: Some(want.origin.clone()),
        };
        let bridge = old.and_then(|_| kind.bridge(new, &want.id, &self.policy.account, &self.seen.live));
        self.bridged.extend(bridge.map(|bridge| {
            let mut parts = vec![part(Some(&bridge), new, Phase::Contract)];
            let expand = part(old, &bridge, Phase::Expand);
            // After an interrupted run the live state may be the bridge already.
            if !expand.calls.is_empty() {
                parts.push(expand);
            }
            parts
        }));
        self.steps.push(part(old, new, Phase::Whole));
    }

    /// Plans to remove a live resource of the stack, or says why it stays.
    pub(super) fn remove(&mut self, id: &ResourceId, seen: &Observed, described: Option<&Desired>) {
        let Some(kind) = kind(&id.kind) else { return };
        let logical = match &seen.owner {
            Owner::Stack { resource: Some(resource), .. } => resource,
            _ => &id.name,
        };
        let address = Address::new(&id.kind, logical);
        match guard::removal(kind, &address, id, seen, self.policy) {
            guard::Removal::Allowed => {}
            guard::Removal::Kept(reason) => return self.left_alone.push(Note { address, reason }),
            guard::Removal::Refused(refusal) => return self.refused.push(refusal),
        }
        let target = Target { id, address: &address, outputs: &seen.outputs };
        let mut attrs = seen.attrs.clone();
        if let Some(described) = described {
            // The spec may say how it is to be removed.
            kind.reconcile(id, &mut described.attrs.clone(), &mut attrs);
        }
        let calls = kind.calls(&target, Some(&attrs), None);
        self.steps.push(order::Unsorted {
            address,
            resource: id.clone(),
            action: Action::Delete,
            phase: Phase::Whole,
            changes: diff(&seen.attrs, &Value::Object(Map::new())),
            calls,
            after: BTreeSet::new(),
            origin: None,
        });
    }

    /// Notes a resource that cannot be read and is not wanted: nothing is known of it, also not whether it is ours.
    pub(super) fn leave(&mut self, id: &ResourceId, why: &str) {
        let address = Address::new(&id.kind, &id.name);
        self.left_alone.push(Note { address, reason: format!("{id} cannot be read: {why}") });
    }

    /// Splits the updates that take away what others may still need, if others change in the same plan.
    pub(super) fn bridge(&mut self) {
        for mut parts in std::mem::take(&mut self.bridged) {
            if self.steps.iter().any(|step| order::may_need(step, &parts[0])) {
                let address = parts[0].address.clone();
                self.steps.retain(|step| step.address != address || step.action == Action::Delete);
                self.steps.append(&mut parts);
            }
        }
    }
}

/// Returns whether a live resource is what a wanted one was before its name or Region was changed in the spec.
fn is_former(id: &ResourceId, seen: &Observed, want: &Desired) -> bool {
    let key = match &seen.owner {
        Owner::Stack { resource, .. } => resource.as_deref(),
        Owner::Nobody | Owner::Unreadable { .. } => None,
    };
    id.kind == want.id.kind && key == Some(want.address.logical.as_str())
}

/// Returns the live resource that a wanted one is, under another name.
fn renamed<'a>(want: &Desired, live: &'a Live, stack: &str) -> Option<&'a Observed> {
    kind(&want.address.kind).filter(|kind| kind.can_rename())?;
    live.iter().find(|(id, seen)| seen.owner.is(stack) && is_former(id, seen, want)).map(|(_, seen)| seen)
}

/// Marks what cannot be taken back, unless it is what everybody has.
fn marked(kind: &dyn Kind, mut changes: Vec<Change>) -> Vec<Change> {
    let usual = kind.parse(&Value::Object(Map::new())).unwrap_or_default();
    for change in &mut changes {
        let Some(Segment::Key(key)) = change.path.segments().first() else { continue };
        if change.new.as_ref().is_some_and(|new| !new.is_null() && usual[key] != *new) {
            change.lasting = kind.lasting(key).map(str::to_owned);
        }
    }
    changes
}
