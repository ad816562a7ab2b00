//! Events, and the sets of events that conditions describe.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Assumptions, Condition, Field, Operator, condition::Term};

/// One event, as far as it matters for trails. A field without a value is absent from the event.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Event {
    /// The values by field.
    pub values: BTreeMap<Field, String>,
    /// For fields whose values are not understood: the terms that hold.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub holding: BTreeMap<Field, BTreeSet<Term>>,
}

impl Event {
    /// Returns the event with these values. It is regional and no delivery of CloudTrail itself, if nothing else is said.
    pub fn new<V: Into<String>>(values: impl IntoIterator<Item = (Field, V)>) -> Self {
        let mut all =
            BTreeMap::from([(Field::Scope, "regional".to_owned()), (Field::SelfDelivery, "no".to_owned())]);
        all.extend(values.into_iter().map(|(field, value)| (field, value.into())));
        Self { values: all, holding: BTreeMap::new() }
    }

    /// Returns the value of a field, if the event has it.
    pub fn get(&self, field: &Field) -> Option<&str> {
        self.values.get(field).map(String::as_str)
    }

    /// Returns whether the event meets a condition on a field. One on a field that is not understood is met only by events
    /// that were made to meet it.
    pub fn meets(&self, field: &Field, condition: &Condition, rules: &Assumptions) -> bool {
        match (self.holding.get(field), field) {
            (Some(terms), _) => condition.allows(terms),
            (None, Field::Other(_)) => condition.allows(&BTreeSet::new()),
            (None, _) => condition.accepts(self.get(field), rules),
        }
    }
}

/// A set of events, those that meet all of some conditions: an advanced event selector, or a partial event.
///
/// Seen as geometry it is a box: one range of values for each field. A field may have several conditions.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pattern(pub Vec<(Field, Condition)>);

impl Pattern {
    /// Returns the pattern with one more condition.
    #[must_use]
    pub fn and(mut self, field: Field, condition: Condition) -> Self {
        self.0.push((field, condition));
        self
    }

    /// Returns the pattern with one more condition: the field has this value.
    #[must_use]
    pub fn is(self, field: Field, value: &str) -> Self {
        self.and(field, Condition::new(Operator::Equals, [value]))
    }

    /// Returns the events that are in both patterns.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        Self(self.0.iter().chain(&other.0).cloned().collect())
    }

    /// Returns the conditions on a field.
    pub fn on(&self, field: &Field) -> impl Iterator<Item = &Condition> {
        self.0.iter().filter(move |(own, _)| own == field).map(|(_, condition)| condition)
    }

    /// Returns whether an event of the pattern can have this value in a field, as far as the conditions on that field go.
    pub(super) fn allows(&self, field: &Field, value: &str, rules: &Assumptions) -> bool {
        self.on(field).all(|condition| condition.accepts(Some(value), rules))
    }

    /// Returns whether an event may be in both patterns. Only a `false` says something: that no event is.
    pub(super) fn may_meet(&self, other: &Self, rules: &Assumptions) -> bool {
        // With these readings, two conditions on a field need not hold for one value.
        if !rules.one_resource_decides || !rules.repeated_conditions_all_hold {
            return true;
        }
        // The last conditions are the ones that differ most: those on resources.
        self.0
            .iter()
            .rev()
            .filter(|(field, _)| !matches!(field, Field::Other(_)))
            .all(|(field, condition)| other.on(field).all(|others| condition.may_meet(others, rules)))
    }

    /// Returns whether it is plain that there are values which meet all conditions. Only a `true` says something.
    pub(super) fn is_plainly_met(&self) -> bool {
        self.0.iter().enumerate().all(|(at, (field, condition))| {
            let is_alone = self.0[..at].iter().all(|(other, _)| other != field);
            is_alone && condition.0.iter().all(|term| term.operator.selects())
        })
    }

    /// Returns whether an event is in the pattern.
    pub fn contains(&self, event: &Event, rules: &Assumptions) -> bool {
        // The last conditions are the ones that differ most from selector to selector: those on resources.
        self.0.iter().rev().all(|(field, condition)| event.meets(field, condition, rules))
    }

    /// Returns the conditions that the event does not meet.
    pub(super) fn failing(
        &self,
        event: &Event,
        rules: &Assumptions,
    ) -> impl Iterator<Item = &(Field, Condition)> {
        self.0.iter().filter(move |(field, condition)| !event.meets(field, condition, rules))
    }

    /// Returns the pattern with one condition for each field, holding the values of all.
    pub(super) fn merged(&self) -> Self {
        let mut merged = BTreeMap::<&Field, Condition>::new();
        for (field, condition) in &self.0 {
            merged.entry(field).or_default().0.extend(condition.0.iter().cloned());
        }
        Self(merged.into_iter().map(|(field, condition)| (field.clone(), condition)).collect())
    }
}
