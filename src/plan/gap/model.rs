//! What the steps of a plan do to trails, and to what trails deliver into.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use serde::Deserialize as _;
use serde_json::Value;

use super::sets;
use crate::{
    coverage::{self, Maybe},
    kinds::{
        Resource as _,
        bucket::Bucket,
        kms_key::KmsKey,
        trail::{Trail, recorded},
    },
    plan::{Action, Policy, Step, coverage::live},
    preflight,
    resource::{Observation, Outputs, ResourceId, owner::Owner, reference},
};

/// What a plan does, in parts that can be done or not when a run ends.
pub(super) struct Model<'a> {
    trails: Vec<Changing>,
    things: Vec<Thing<'a>>,
    parts: Vec<Part>,
    /// Id of the organization, for what it writes.
    organization: Option<&'a str>,
    /// Which configurations of which trails deliver into which attributes of bucket and key: states share them.
    delivering: RefCell<BTreeMap<Delivering, bool>>,
}

/// A trail, a configuration of it, and which attributes its bucket and its key have.
type Delivering = (usize, usize, [Option<usize>; 2]);

/// What may be in effect of each trail: the numbers of its configurations, one for all that record the same. One that could not
/// deliver is `None`.
pub(super) type Sure = Vec<BTreeSet<Option<usize>>>;

/// A trail with the configurations that it has one after the other.
struct Changing {
    configurations: Vec<Option<Configuration>>,
    is_created: bool,
}

/// One configuration of a trail.
struct Configuration {
    /// As the coverage room knows it.
    trail: coverage::Trail,
    arn: String,
    organization: bool,
    prefix: Option<String>,
    /// The names of its bucket and of its key.
    bucket: String,
    key: Option<String>,
    /// What of them is known.
    places: [Option<usize>; 2],
}

/// A bucket or a key, with its attributes one after the other. `None` is absent.
struct Thing<'a> {
    id: &'a ResourceId,
    /// What trails may call it.
    called: BTreeSet<String>,
    versions: Vec<Option<&'a Value>>,
}

/// A part of a step: nothing of a step but this can be done without the rest.
struct Part {
    /// The number of the step.
    step: usize,
    /// The parts that must be done before.
    needs: Vec<usize>,
    does: Does,
}

enum Does {
    /// Gives a trail its next configuration.
    Change(usize),
    /// Makes sure that a trail has its last one.
    Verify(usize),
    /// Gives a bucket or a key its next attributes.
    Other(usize),
}

/// Where everything is: of each trail, the first configuration that may be in effect and the last one; of each bucket and key,
/// which attributes it has.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct State {
    trails: Vec<(usize, usize)>,
    things: Vec<usize>,
}

impl<'a> Model<'a> {
    pub(super) fn new(steps: &'a [Step], seen: &'a Observation, policy: &'a Policy) -> Self {
        let mut model = Self {
            trails: Vec::new(),
            things: things(steps, seen),
            parts: Vec::new(),
            organization: policy.account.organization.as_ref().map(|found| found.id.as_str()),
            delivering: RefCell::default(),
        };
        let described = live(&seen.live);
        let ids: BTreeSet<&ResourceId> = described
            .keys()
            .chain(steps.iter().map(|step| &step.resource))
            .filter(|id| id.kind == Trail::KIND)
            .collect();
        let ids: Vec<&ResourceId> = ids.into_iter().collect();
        let configured = |id: &ResourceId, outputs: &Outputs, trail: &Trail, things: &[Thing<'_>]| {
            let arn = outputs.get("arn").cloned().unwrap_or_default();
            let place = |kind: &str, called: &str| {
                things.iter().position(|one| one.id.kind == kind && one.called.contains(called))
            };
            let (bucket, key) = (trail.bucket.as_str(), trail.kms_key.as_ref().map(|key| key.as_str()));
            Configuration {
                trail: recorded::trail(&id.to_string(), &id.region, &policy.account, trail),
                organization: trail.organization,
                prefix: trail.prefix.clone(),
                places: [place(Bucket::KIND, bucket), key.and_then(|key| place(KmsKey::KIND, key))],
                bucket: bucket.to_owned(),
                key: key.map(str::to_owned),
                arn,
            }
        };
        for id in &ids {
            let now = described
                .get(*id)
                .zip(seen.live.get(*id))
                .map(|(trail, seen)| configured(id, &seen.outputs, trail, &model.things));
            let is_created = now.is_none();
            model.trails.push(Changing { configurations: vec![now], is_created });
        }
        let mut now: Vec<Option<Trail>> = ids.iter().map(|id| described.get(*id).cloned()).collect();
        let after = closures(steps);
        let mut parts_of: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (step, before) in steps.iter().zip(&after) {
            let mut needs: Vec<usize> =
                before.iter().filter_map(|id| parts_of.get(id)).flatten().copied().collect();
            needs.sort_unstable();
            let number = ids.iter().position(|id| **id == step.resource);
            let thing = model.things.iter().position(|one| one.is_of(step));
            let mut add = |parts: &mut Vec<Part>, does| {
                let mut all = needs.clone();
                all.extend(parts_of.get(&step.id).into_iter().flatten());
                parts_of.entry(step.id).or_default().push(parts.len());
                parts.push(Part { step: step.id, needs: all, does });
            };
            match (number, thing) {
                (Some(number), _) if step.action == Action::Verify => {
                    add(&mut model.parts, Does::Verify(number));
                }
                (Some(number), _) => {
                    let stages = stages(step, now[number].take());
                    now[number] = stages.last().cloned().flatten();
                    for stage in stages {
                        let one =
                            stage.map(|trail| configured(ids[number], &step.outputs, &trail, &model.things));
                        model.trails[number].configurations.push(one);
                        add(&mut model.parts, Does::Change(number));
                    }
                }
                (None, Some(thing)) => add(&mut model.parts, Does::Other(thing)),
                (None, None) => {}
            }
        }
        model
    }

    /// Returns whether nothing is taken from anything: then nothing can be missed.
    pub(super) fn only_adds(&self) -> bool {
        self.parts.iter().all(|part| match part.does {
            Does::Change(trail) => self.trails[trail].is_created,
            Does::Verify(_) => true,
            Does::Other(thing) => self.things[thing].versions[0].is_none(),
        })
    }

    /// Returns what each part needs. Another configuration that may be in effect leaves less that is sure.
    pub(super) fn parts(&self) -> Vec<sets::Part> {
        let part = |Part { needs, does, step: _ }: &Part| sets::Part {
            needs: needs.clone(),
            only_takes: matches!(does, Does::Change(_)),
        };
        self.parts.iter().map(part).collect()
    }

    /// Returns the numbers of the steps that some done parts belong to.
    pub(super) fn steps_of(&self, done: &[bool]) -> Vec<usize> {
        let all: BTreeSet<usize> =
            self.parts.iter().zip(done).filter(|(_, done)| **done).map(|(part, _)| part.step).collect();
        all.into_iter().collect()
    }

    pub(super) fn before(&self) -> State {
        self.state(&vec![false; self.parts.len()])
    }

    /// Returns the target: what is in effect once everything has propagated.
    pub(super) fn after(&self) -> State {
        let mut state = self.state(&vec![true; self.parts.len()]);
        state.trails.iter_mut().for_each(|(first, last)| *first = *last);
        state
    }

    pub(super) fn state(&self, done: &[bool]) -> State {
        let mut state = State { trails: vec![(0, 0); self.trails.len()], things: vec![0; self.things.len()] };
        for (part, _) in self.parts.iter().zip(done).filter(|(_, done)| **done) {
            match part.does {
                Does::Change(trail) => state.trails[trail].1 += 1,
                Does::Verify(trail) => state.trails[trail].0 = state.trails[trail].1,
                Does::Other(thing) => state.things[thing] += 1,
            }
        }
        state
    }

    /// Returns what may be in effect in a state.
    pub(super) fn sure(&self, state: &State) -> Sure {
        let of = |(number, (first, last)): (usize, &(usize, usize))| {
            let trail = &self.trails[number];
            let one = |place: usize| {
                let delivers = trail.configurations[place].as_ref().is_some_and(|one| {
                    let known = one.places.map(|place| place.map(|place| state.things[place]));
                    let known = (number, place, known);
                    let found = self.delivering.borrow().get(&known).copied();
                    found.unwrap_or_else(|| {
                        let found = self.delivers(one, state);
                        self.delivering.borrow_mut().insert(known, found);
                        found
                    })
                });
                delivers.then(|| trail.first_like(place))
            };
            (*first..=*last).map(one).collect()
        };
        state.trails.iter().enumerate().map(of).collect()
    }

    /// Returns the trails that may be in effect.
    pub(super) fn surely(&self, sure: &Sure) -> Vec<Maybe<'_>> {
        let pairs = self.trails.iter().zip(sure);
        pairs
            .map(|(trail, some)| {
                let one = |place: &Option<usize>| Some(&trail.configurations[(*place)?].as_ref()?.trail);
                some.iter().map(one).collect()
            })
            .collect()
    }

    /// Returns whether a trail is let in where it delivers, as far as that is known.
    fn delivers(&self, one: &Configuration, state: &State) -> bool {
        let known =
            |place: Option<usize>| place.map(|place| self.things[place].versions[state.things[place]]);
        let [bucket, key] = one.places.map(known);
        let organization = self.organization.filter(|_| one.organization);
        match (bucket, key) {
            (Some(None), _) | (_, Some(None)) => false,
            (bucket, key) => preflight::lets_in(
                &one.arn,
                organization,
                (&one.bucket, bucket.flatten(), one.prefix.as_deref()),
                one.key.as_deref().map(|name| (name, key.flatten())),
            ),
        }
    }
}

impl Changing {
    /// Returns the first configuration that records what this one does.
    fn first_like(&self, place: usize) -> usize {
        let records = |place: usize| self.configurations[place].as_ref().map(|one| &one.trail);
        (0..place).find(|other| records(*other) == records(place)).unwrap_or(place)
    }
}

impl Thing<'_> {
    /// Returns whether it is what a step changes: a key may get another name by it.
    fn is_of(&self, step: &Step) -> bool {
        let is_called = |arn: &String| self.called.contains(arn);
        *self.id == step.resource
            || self.id.kind == step.resource.kind && step.outputs.get("arn").is_some_and(is_called)
    }
}

/// Returns the buckets and keys that are known, as they become one after the other.
fn things<'a>(steps: &'a [Step], seen: &'a Observation) -> Vec<Thing<'a>> {
    let is_thing = |id: &ResourceId| id.kind == Bucket::KIND || id.kind == KmsKey::KIND;
    let mut things: Vec<Thing<'a>> = Vec::new();
    let live =
        seen.live.iter().filter(|(id, seen)| is_thing(id) && !matches!(seen.owner, Owner::Unreadable { .. }));
    for (id, seen) in live {
        let called = seen.outputs.values().cloned().chain([id.name.clone()]).collect();
        things.push(Thing { id, called, versions: vec![Some(&seen.attrs)] });
    }
    for step in steps.iter().filter(|step| is_thing(&step.resource)) {
        let place = things.iter().position(|one| one.is_of(step)).unwrap_or_else(|| {
            let called = BTreeSet::from([step.resource.name.clone()]);
            things.push(Thing { id: &step.resource, called, versions: vec![None] });
            things.len() - 1
        });
        let thing = &mut things[place];
        thing.called.extend(step.outputs.values().cloned());
        thing.called.insert(reference::to(&step.address, "arn"));
        thing.versions.push((step.action != Action::Delete).then_some(&step.attrs));
    }
    things
}

/// Returns the configurations that a trail has one after the other while a step is done, as its calls give them.
fn stages(step: &Step, before: Option<Trail>) -> Vec<Option<Trail>> {
    let target = || Trail::deserialize(&step.attrs).ok();
    let Some(mut now) = before.filter(|_| step.action == Action::Update) else {
        return vec![target().filter(|_| step.action != Action::Delete)];
    };
    let Some(target) = target() else { return vec![None] };
    let mut stages = Vec::new();
    for call in &step.calls {
        match call.operation.as_str() {
            "UpdateTrail" => {
                let Trail { events, basic_events, insights, aggregation, logging, .. } = now;
                now = Trail { events, basic_events, insights, aggregation, logging, ..target.clone() };
            }
            "PutEventSelectors" => {
                now.events.clone_from(&target.events);
                now.basic_events.clone_from(&target.basic_events);
            }
            "StartLogging" => now.logging = true,
            "StopLogging" => now.logging = false,
            // Neither tags nor Insights nor aggregation matter for what is recorded.
            _ => continue,
        }
        stages.push(Some(now.clone()));
    }
    stages
}

/// Returns for each step all that must be done before it. A step comes after those that it waits for.
pub(super) fn closures(steps: &[Step]) -> Vec<BTreeSet<usize>> {
    let mut all: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for step in steps {
        let mut before = step.after.clone();
        before.extend(step.after.iter().filter_map(|id| all.get(id)).flatten());
        all.insert(step.id, before);
    }
    steps.iter().map(|step| all.get(&step.id).cloned().unwrap_or_default()).collect()
}
