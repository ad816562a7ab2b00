//! A plan while it is made: one resource after the other.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{
    Action, Note, Phase, Policy, Refusal, guard,
    home::{self, Deputy},
    order,
};
use crate::{
    diff::{Change, diff},
    kinds::{Kind, Resource as _, Target, kind, role::Role, trail::Trail},
    path::{Path, Segment},
    resolve::Wanted,
    resource::{
        Address, Desired, Existing, Live, Observation, Observed, ResourceId, owner::Owner, reference,
    },
};

pub(super) struct Draft<'a> {
    pub(super) seen: &'a Observation,
    pub(super) policy: &'a Policy,
    pub(super) desired: &'a [Desired],
    /// The live resources of the stack that the spec does not name.
    pub(super) going: BTreeMap<&'a ResourceId, &'a Observed>,
    pub(super) steps: Vec<order::Unsorted>,
    /// The updates, whose steps are made when all of them are known.
    pub(super) updates: Vec<Update<'a>>,
    /// For updates that take away what others may still need: the parts to do instead.
    pub(super) bridged: Vec<Vec<order::Unsorted>>,
    /// What the entries will have that are not refused, with what the spec leaves to others.
    pub(super) becoming: BTreeMap<&'a Address, Value>,
    pub(super) unchanged: Vec<Address>,
    pub(super) left_alone: Vec<Note>,
    pub(super) notes: Vec<Note>,
    pub(super) refused: Vec<Refusal>,
    /// The trails whose removal is refused.
    pub(super) kept_back: BTreeSet<ResourceId>,
    /// What is moved to another home Region, and what stands in for it: planned for already.
    pub(super) moving: BTreeSet<ResourceId>,
    /// The trails that stand in for others for a while.
    pub(super) deputies: Vec<Deputy>,
}

/// A live resource that differs from what is wanted.
pub(super) struct Update<'a> {
    pub(super) want: &'a Desired,
    pub(super) seen: &'a Observed,
    /// What is wanted, with what the spec leaves to others.
    pub(super) new: Value,
    /// What must be there before it.
    pub(super) needs: Needs,
}

/// What must be there before a resource: what it refers to, and the roles that it names.
#[derive(Clone)]
pub(super) struct Needs {
    refers_to: BTreeSet<Address>,
    names: BTreeSet<Address>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(
        seen: &'a Observation,
        policy: &'a Policy,
        desired: &'a [Desired],
        going: BTreeMap<&'a ResourceId, &'a Observed>,
    ) -> Self {
        let (unchanged, left_alone, refused) = Default::default();
        let unseen = |why: &String| note(Address::new("stack", &policy.stack), why.clone(), None);
        let notes = seen.unseen.values().map(unseen).collect();
        let (steps, updates, bridged, becoming) = Default::default();
        let (moving, deputies) = Default::default();
        Self {
            seen,
            policy,
            desired,
            going,
            steps,
            updates,
            bridged,
            becoming,
            unchanged,
            left_alone,
            notes,
            refused,
            kept_back: BTreeSet::new(),
            moving,
            deputies,
        }
    }

    /// Refuses to refer to what does not exist or cannot serve.
    pub(super) fn check(&mut self, existing: &BTreeMap<Address, Wanted>) {
        for (address, wanted) in existing {
            let arn = self.seen.existing.get(address).and_then(|found| found.outputs.get("arn"));
            let arn_of =
                |one: &Desired| self.live(one).map_or(&one.outputs, |seen| &seen.outputs).get("arn").cloned();
            let entry = self
                .desired
                .iter()
                .find(|one| one.id.kind == wanted.id.kind && arn.is_some() && arn_of(one).as_ref() == arn);
            if let Some(entry) = entry {
                self.refused.push(guard::declared(wanted, &entry.address));
                continue;
            }
            let note = |reason: String| note(wanted.by.clone(), reason, Some(&wanted.origin));
            match self.seen.existing.get(address) {
                None => self.refused.push(guard::absent(wanted)),
                Some(Existing { problem: Some(problem), .. }) => {
                    self.refused.push(guard::unfit(wanted, problem));
                }
                Some(Existing { unread: Some(why), attrs, .. }) => {
                    let what = match attrs {
                        Value::Null => "cannot be read, so it is not checked",
                        _ => "cannot be read in all, so it is not checked in all",
                    };
                    self.notes.push(note(format!("{} {what}: {why}", wanted.id)));
                }
                Some(_) => {}
            }
        }
    }

    /// Plans for one wanted resource.
    pub(super) fn put(&mut self, want: &'a Desired) {
        let Some(kind) = kind(&want.address.kind) else { return };
        let needs = Needs::of(want, self.desired);
        let mut attrs = want.attrs.clone();
        reference::substitute(&mut attrs, &|address, output| self.output(address, output));
        let Some(seen) = self.live(want) else {
            if home::moved(self, kind, want, &attrs, &needs) {
                self.becoming.insert(&want.address, attrs);
                return;
            }
            let refusal = guard::clash(kind, want, &attrs, &self.seen.live, &self.policy.stack)
                .or_else(|| guard::unseen(kind, want, self.seen))
                .or_else(|| guard::too_long(kind, want, &attrs));
            if let Some(refusal) = refusal {
                self.refused.push(refusal);
                return;
            }
            let is_replacing = self.going.iter().any(|(id, seen)| is_former(id, seen, want));
            let action = if is_replacing { Action::Replace } else { Action::Create };
            let mut outputs = want.outputs.clone();
            outputs.extend(self.taken_by(want).and_then(|other| kind.taken(other)));
            let target = Target { id: &want.id, address: &want.address, outputs: &outputs };
            let step = part(kind, &target, want, (None, &attrs), (action, Phase::Whole), &needs);
            self.steps.push(step);
            self.becoming.insert(&want.address, attrs);
            return;
        };
        let refusal = guard::foreign(kind, want, seen, self.former(want), self.policy);
        if let Some(refusal) = refusal.or_else(|| guard::opaque(want, seen, self.policy)) {
            self.refused.push(refusal);
            return;
        }
        for beside in &seen.beside {
            let reason = format!("there is {beside}, which the spec does not have");
            self.notes.push(note(want.address.clone(), reason, Some(&want.origin)));
        }
        let mut live_attrs = seen.attrs.clone();
        kind.reconcile(&want.id, &mut attrs, &mut live_attrs);
        self.note_kept(want, &attrs);
        if live_attrs == attrs {
            self.unchanged.push(want.address.clone());
        } else if let Some(refusal) = guard::fixed(kind, want, &live_attrs, &attrs) {
            self.refused.push(refusal);
            return;
        } else {
            self.updates.push(Update { want, seen, new: attrs.clone(), needs });
        }
        self.becoming.insert(&want.address, attrs);
    }

    /// Returns an output of an entry or of what others manage, as far as it is known.
    pub(super) fn output(&self, address: &Address, output: &str) -> Option<String> {
        if let Some(found) = self.seen.existing.get(address) {
            return found.outputs.get(output).cloned();
        }
        let other = self.desired.iter().find(|other| other.address == *address)?;
        let told = self.live(other).and_then(|seen| seen.outputs.get(output));
        told.or_else(|| other.outputs.get(output)).cloned()
    }

    /// Notes the statements of others that a merged policy keeps.
    fn note_kept(&mut self, want: &Desired, attrs: &Value) {
        for policy in ["policy", "trust"] {
            let of = |attrs: &Value| attrs[policy]["statements"].as_array().cloned().unwrap_or_default();
            let kept = of(attrs).into_iter().skip(of(&want.attrs).len());
            for statement in kept {
                let sid = statement["Sid"].as_str().filter(|sid| !sid.is_empty()).unwrap_or("without a Sid");
                let effect = statement["Effect"].as_str().unwrap_or("unknown effect");
                let reason = format!("its {policy} keeps a statement of others, {sid} ({effect})");
                self.notes.push(note(want.address.clone(), reason, Some(&want.origin)));
            }
        }
    }

    /// Returns the live resource that a wanted one is, perhaps still under another name.
    fn live(&self, want: &Desired) -> Option<&'a Observed> {
        match self.taken_by(want) {
            Some(_) => self.former(want),
            None => self.seen.live.get(&want.id).or_else(|| self.former(want)),
        }
    }

    /// Returns what a wanted resource was under another name, if its name is only a pointer.
    fn former(&self, want: &Desired) -> Option<&'a Observed> {
        kind(&want.address.kind).filter(|kind| kind.can_rename())?;
        self.going.iter().find(|(id, seen)| is_former(id, seen, want)).map(|(_, seen)| *seen)
    }

    /// Returns the other resource of the stack that the name of a wanted one was moved to: that is the one of another entry, or
    /// the wanted one is there too and has lost its name.
    fn taken_by(&self, want: &Desired) -> Option<&'a Observed> {
        kind(&want.address.kind).filter(|kind| kind.can_rename())?;
        let live = &self.seen.live;
        let seen = live.get(&want.id).filter(|seen| seen.owner.is(&self.policy.stack))?;
        let is_same = |other: &Observed| other.outputs.get("arn") == seen.outputs.get("arn");
        let is_anothers = |other: &Desired| {
            other.address != want.address
                && is_former(&other.id, seen, other)
                && live.get(&other.id).is_some_and(is_same)
        };
        let is_lost = || self.former(want).is_some_and(|former| former.attrs["name"].is_null());
        let is_taken =
            !is_former(&want.id, seen, want) && (is_lost() || self.desired.iter().any(is_anothers));
        is_taken.then_some(seen)
    }

    /// Returns whether a live resource that the spec does not name is a wanted one under its former name.
    pub(super) fn is_renamed(&self, id: &ResourceId, seen: &Observed) -> bool {
        let is_it = |want: &Desired| self.live(want).is_some_and(|live| std::ptr::eq(live, seen));
        kind(&id.kind).is_some_and(|kind| kind.can_rename())
            && self.desired.iter().any(|want| is_former(id, seen, want) && is_it(want))
    }

    /// Plans to remove a live resource of the stack, or says why it stays.
    pub(super) fn remove(&mut self, id: &ResourceId, seen: &Observed, described: Option<&Desired>) {
        let Some(kind) = kind(&id.kind) else { return };
        let address = guard::address_of(id, seen);
        match guard::removal(kind, &address, id, seen, self) {
            guard::Removal::Allowed => {}
            guard::Removal::Kept(reason) => return self.left_alone.push(note(address, reason, None)),
            guard::Removal::Refused(refusal) => {
                if kind.name() == Trail::KIND {
                    self.kept_back.insert(id.clone());
                }
                return self.refused.push(refusal);
            }
        }
        if self.is_referred_to(seen) {
            let reason = "the spec refers to it as one that others manage".to_owned();
            return self.left_alone.push(note(address, reason, None));
        }
        let mut attrs = seen.attrs.clone();
        if let Some(described) = described {
            // The spec may say how it is to be removed.
            kind.reconcile(id, &mut described.attrs.clone(), &mut attrs);
        }
        let step = self.deletion(kind, address, id, &Observed { attrs, ..seen.clone() });
        self.steps.push(order::Unsorted { changes: diff(&seen.attrs, &Value::Object(Map::new())), ..step });
    }

    /// Returns the step that deletes a resource.
    pub(super) fn deletion(
        &self,
        kind: &dyn Kind,
        address: Address,
        id: &ResourceId,
        seen: &Observed,
    ) -> order::Unsorted {
        let target = Target { id, address: &address, outputs: &seen.outputs };
        let calls = kind.calls(&target, Some(&seen.attrs), None);
        order::Unsorted {
            address,
            resource: id.clone(),
            action: Action::Delete,
            phase: Phase::Whole,
            changes: diff(&seen.attrs, &Value::Object(Map::new())),
            attrs: seen.attrs.clone(),
            outputs: seen.outputs.clone(),
            calls,
            after: BTreeSet::new(),
            names: BTreeSet::new(),
            turn: order::Turn::First,
            verified: BTreeSet::new(),
            gives_way_to: None,
            origin: None,
        }
    }

    /// Notes a resource that cannot be read and is not wanted: nothing is known of it, also not whether it is ours.
    pub(super) fn leave(&mut self, id: &ResourceId, why: &str) {
        let address = Address::new(&id.kind, &id.name);
        self.left_alone.push(note(address, format!("{id} cannot be read: {why}"), None));
    }

    /// Returns whether the spec names a live resource of the stack by `{existing: …}`.
    fn is_referred_to(&self, seen: &Observed) -> bool {
        let arn = seen.outputs.get("arn");
        arn.is_some() && self.seen.existing.values().any(|one| one.outputs.get("arn") == arn)
    }

    /// Makes the steps of the updates. None takes away what somebody needs who stays as he is; what those need who change in
    /// this plan goes after they have changed.
    pub(super) fn finish(&mut self) {
        let updates = std::mem::take(&mut self.updates);
        let (before, after) = self.states(&updates);
        for Update { want, seen, new, needs } in updates {
            let Some(kind) = kind(&want.address.kind) else { continue };
            let account = &self.policy.account;
            let bridge = |live: &Live| kind.bridge(&new, &want.id, account, live);
            let (interim, mut end) = (bridge(&before), bridge(&after).unwrap_or_else(|| new.clone()));
            let mut old = seen.attrs.clone();
            kind.reconcile(&want.id, &mut end, &mut old);
            if old == end {
                self.unchanged.push(want.address.clone());
                continue;
            }
            let refusal = guard::unread(want, &old, &end, &self.seen.live)
                .or_else(|| guard::too_long(kind, want, interim.as_ref().unwrap_or(&end)));
            if let Some(refusal) = refusal {
                self.refused.push(refusal);
                continue;
            }
            let mut outputs = seen.outputs.clone();
            outputs.extend(self.taken_by(want).and_then(|other| kind.taken(other)));
            let target = Target { id: &want.id, address: &want.address, outputs: &outputs };
            let part = |old: &Value, new: &Value, phase| {
                part(kind, &target, want, (Some(old), new), (Action::Update, phase), &needs)
            };
            self.bridged.extend(interim.filter(|interim| *interim != end).map(|interim| {
                let mut parts = vec![part(&interim, &end, Phase::Contract)];
                let expand = part(&old, &interim, Phase::Expand);
                // After an interrupted run the live state may be the bridge already.
                if !expand.calls.is_empty() {
                    parts.push(expand);
                }
                parts
            }));
            self.steps.push(part(&old, &end, Phase::Whole));
        }
        self.bridge();
    }

    /// Returns the live resources as they are, and as the plan leaves them; what is to be adopted counts as the stack's.
    fn states(&self, updates: &[Update<'_>]) -> (Live, Live) {
        let mut before = if updates.is_empty() { Live::new() } else { self.seen.live.clone() };
        for Update { want, seen, .. } in updates {
            let ours = Owner::Stack {
                stack: self.policy.stack.clone(),
                resource: Some(want.address.logical.clone()),
                nonce: None,
            };
            before.insert(want.id.clone(), Observed { owner: ours, ..(*seen).clone() });
        }
        let mut after = before.clone();
        // They are let in until they go.
        let deputies = self.deputies.iter().map(|one| (one.id.clone(), one.seen.clone()));
        before.extend(deputies.filter(|_| !updates.is_empty()));
        for Update { want, new, .. } in updates {
            if let Some(seen) = after.get_mut(&want.id) {
                seen.attrs.clone_from(new);
            }
        }
        for step in self.steps.iter().filter(|step| step.action == Action::Delete) {
            after.remove(&step.resource);
        }
        (before, after)
    }

    /// Splits the updates that take away what others may still need, if others change in the same plan.
    fn bridge(&mut self) {
        for mut parts in std::mem::take(&mut self.bridged) {
            if self.steps.iter().any(|step| order::may_need(step, &parts[0])) {
                let address = parts[0].address.clone();
                self.steps.retain(|step| step.address != address || step.action == Action::Delete);
                self.steps.append(&mut parts);
            }
        }
    }
}

pub(super) fn note(address: Address, reason: String, origin: Option<&Path>) -> Note {
    Note { address, reason, origin: origin.cloned(), at: None }
}

impl Needs {
    fn of(want: &Desired, all: &[Desired]) -> Self {
        let mut refers_to = BTreeSet::new();
        reference::visit(&want.attrs, &mut |address, _| {
            refers_to.insert(address.clone());
        });
        let is_named = |role: &&Desired| {
            role.address.kind == Role::KIND
                && role.address != want.address
                && role.outputs.get("arn").is_some_and(|arn| holds(&want.attrs, arn))
        };
        let names = all.iter().filter(is_named).map(|role| role.address.clone()).collect();
        Self { refers_to, names }
    }
}

/// Returns whether one of the strings in a tree is this one.
pub(super) fn holds(tree: &Value, text: &str) -> bool {
    reference::strings(tree).contains(&text)
}

/// Makes one step, from a state to another.
pub(super) fn part(
    kind: &dyn Kind,
    target: &Target<'_>,
    want: &Desired,
    (old, new): (Option<&Value>, &Value),
    (action, phase): (Action, Phase),
    needs: &Needs,
) -> order::Unsorted {
    let Needs { refers_to, names } = needs.clone();
    order::Unsorted {
        address: want.address.clone(),
        resource: want.id.clone(),
        action,
        phase,
        changes: marked(kind, diff(old.unwrap_or(&Value::Object(Map::new())), new)),
        attrs: new.clone(),
        outputs: target.outputs.clone(),
        calls: kind.calls(target, old, Some(new)),
        after: refers_to,
        names,
        turn: order::Turn::First,
        verified: BTreeSet::new(),
        gives_way_to: None,
        origin: Some(want.origin.clone()),
    }
}

/// Returns whether a live resource is what a wanted one was before its name or Region was changed in the spec.
pub(super) fn is_former(id: &ResourceId, seen: &Observed, want: &Desired) -> bool {
    let key = match &seen.owner {
        Owner::Stack { resource, .. } => resource.as_deref(),
        Owner::Nobody | Owner::Unreadable { .. } => None,
    };
    id.kind == want.id.kind && key == Some(want.address.logical.as_str())
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
