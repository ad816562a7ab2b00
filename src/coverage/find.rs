//! Finds an example of an event that is in one pattern and outside others, and makes it fit to be read.

use std::{
    cell::OnceCell,
    collections::{BTreeMap, BTreeSet},
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Event, Field, Pattern,
    budget::{Budget, TooComplex},
    index::{Index, Value},
    search::search,
    world::World,
};

/// An event as an example of many.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Example {
    /// The event.
    pub event: Event,
    /// The fields that matter: of the events that the selector takes, the same holds for each that has the same values in
    /// these.
    pub matters: BTreeSet<Field>,
    /// What records the event, if anything does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_by: Option<Recorder>,
    /// Whether AWS can make such an event, as far as is known. One that it cannot make has an ARN that does not exist for its
    /// type, or the like; it is only given when no other event is.
    pub is_possible: bool,
}

/// What records an event.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Recorder {
    /// The name of the trail.
    pub trail: String,
    /// The number of its selector, from 0.
    pub selector: usize,
}

/// Some patterns to look in, and others to stay out of.
pub(super) struct Finder<'p> {
    world: &'p World,
    inside: Vec<&'p Pattern>,
    outside: Vec<&'p Pattern>,
    /// The patterns outside, to see at a glance that one inside is among them.
    same: BTreeSet<&'p Pattern>,
    index: Index<'p>,
    /// The index with the patterns of impossible events among those outside; made when first needed.
    possible: OnceCell<Index<'p>>,
    /// The same with those of unlikely events.
    likely: OnceCell<Index<'p>>,
}

/// Which events are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Looking {
    /// Any event; one that is possible, if there is one.
    Anywhere,
    /// Only events that are possible.
    AmongPossible,
}

impl<'p> Finder<'p> {
    pub(super) fn new(world: &'p World, inside: Vec<&'p Pattern>, outside: Vec<&'p Pattern>) -> Self {
        let all: Vec<&Pattern> = inside.iter().chain(&outside).copied().collect();
        let index = Index::new(&all, world.rules);
        let same = outside.iter().copied().collect();
        Self { world, inside, outside, same, index, possible: OnceCell::new(), likely: OnceCell::new() }
    }

    /// Returns an event that is in the pattern `inside[number]` and in none of those outside; none if there is no such event. One
    /// that looks like those of AWS, if it is soon found.
    pub(super) fn find(
        &self,
        number: usize,
        looking: Looking,
        budget: &mut Budget,
    ) -> Result<Option<Example>, TooComplex> {
        let Some(any) = self.example(&self.index, number, budget)? else { return Ok(None) };
        if any.is_possible && self.world.is_likely(&any.event) {
            return Ok(Some(any));
        }
        let World { impossible, unlikely, .. } = self.world;
        let likely = self.likely.get_or_init(|| self.without(impossible.iter().chain(unlikely)));
        if let Ok(Some(likely)) = self.example(likely, number, &mut Budget::small()) {
            return Ok(Some(likely));
        }
        if any.is_possible {
            return Ok(Some(any));
        }
        let possible =
            self.example(self.possible.get_or_init(|| self.without(impossible)), number, budget)?;
        Ok(possible.or_else(|| (looking == Looking::Anywhere).then_some(any)))
    }

    /// Returns an index with further patterns among those outside.
    fn without(&self, further: impl IntoIterator<Item = &'p Pattern>) -> Index<'p> {
        let all = self.inside.iter().chain(&self.outside).copied().chain(further);
        Index::new(&all.collect::<Vec<_>>(), self.world.rules)
    }

    /// Returns whether all of the pattern `inside[number]` is in those outside.
    pub(super) fn is_covered(&self, number: usize, budget: &mut Budget) -> Result<bool, TooComplex> {
        Ok(self.values(&self.index, number, budget)?.is_none())
    }

    /// Returns the values that matter of an event in the pattern `inside[number]` and in none of those outside.
    fn values(
        &self,
        index: &Index<'p>,
        number: usize,
        budget: &mut Budget,
    ) -> Result<Option<BTreeMap<&'p Field, Value>>, TooComplex> {
        if self.same.contains(self.inside[number]) {
            return Ok(None);
        }
        search(index, number, index.set(self.inside.len()..index.len()), budget)
    }

    /// Returns an event that is in the pattern `inside[number]` and in none of the others of the index.
    fn example(
        &self,
        index: &Index<'p>,
        number: usize,
        budget: &mut Budget,
    ) -> Result<Option<Example>, TooComplex> {
        let Some(values) = self.values(index, number, budget)? else { return Ok(None) };
        let event = self.event(index, &values);
        let matters = self.matters(number, &event);
        // What does not matter is as usual, unless that makes an impossible event of a possible one.
        let plain = self.plain(self.inside[number], &event, &matters);
        let possible = |event: &Event| self.world.is_possible(event);
        let event = if possible(&plain) || !possible(&event) { plain } else { event };
        let is_possible = possible(&event);
        Ok(Some(Example { event, matters, recorded_by: None, is_possible }))
    }

    /// Makes an event of these values, and of usual ones for the other fields.
    fn event(&self, index: &Index<'_>, values: &BTreeMap<&Field, Value>) -> Event {
        let mut event = Event::default();
        let unknown = values.keys().copied().filter(|field| matches!(field, Field::Other(_))).cloned();
        for field in Field::known().chain(unknown) {
            let Some(value) = values.get(&field) else {
                self.world.set_usual(&field, &mut event);
                continue;
            };
            let so_far = event.clone();
            let fillers = |start: &str, end: &str| self.world.fillers(&field, &so_far, start, end);
            index.assign(&mut event, &field, value, fillers);
        }
        event
    }

    /// Returns the fields that the pattern speaks of, and some that keep the event out of each pattern outside. The account
    /// is left out unless there is no other reason: to say of a trail that it is of its own account tells nothing.
    fn matters(&self, number: usize, event: &Event) -> BTreeSet<Field> {
        let said = self.inside[number].0.iter().map(|(field, _)| field.clone());
        let mut matters: BTreeSet<Field> = said.filter(|field| *field != Field::Account).collect();
        let reasons = |pattern: &&Pattern| -> BTreeSet<Field> {
            pattern.failing(event, &self.world.rules).map(|(field, _)| field.clone()).collect()
        };
        let mut unexplained: Vec<BTreeSet<Field>> = self.outside.iter().map(reasons).collect();
        loop {
            unexplained.retain(|reasons| reasons.is_disjoint(&matters));
            let explains =
                |field: &Field| unexplained.iter().filter(|reasons| reasons.contains(field)).count();
            let all: BTreeSet<&Field> = unexplained.iter().flatten().collect();
            let Some(best) = all.into_iter().max_by_key(|field| explains(field)) else { return matters };
            matters.insert(best.clone());
        }
    }

    /// Makes a field usual that neither the pattern speaks of nor matters.
    fn plain(&self, pattern: &Pattern, event: &Event, matters: &BTreeSet<Field>) -> Event {
        let mut plain = event.clone();
        let is_free = |field: &Field| !matters.contains(field) && pattern.on(field).next().is_none();
        Field::known().filter(is_free).for_each(|field| self.world.set_usual(&field, &mut plain));
        plain
    }
}
