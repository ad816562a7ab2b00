//! Why an event is recorded or not, trail by trail.

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Condition, Coverage, Event, Field, Trail,
    matcher::{self, Unheard},
};

/// What one trail does with an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Explanation {
    /// The name of the trail.
    pub trail: String,
    /// What it does.
    pub outcome: Outcome,
}

/// What a trail does with an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The selector of this number, from 0, takes the event.
    Recorded(usize),
    /// The event does not reach the selectors.
    Unheard(Unheard),
    /// No selector takes the event. Tells for each what it misses.
    NotSelected(Vec<Miss>),
}

/// The first condition of a selector that an event does not meet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Miss {
    /// The number of the selector, from 0.
    pub selector: usize,
    /// The field.
    pub field: Field,
    /// The condition, in the words of an advanced selector.
    pub condition: Condition,
    /// The value of the event, if it has the field.
    pub value: Option<String>,
}

/// Explains for each trail what it does with the event.
pub fn explain(coverage: &Coverage, event: &Event) -> Vec<Explanation> {
    let explanation =
        |trail: &Trail| Explanation { trail: trail.name.clone(), outcome: outcome(coverage, trail, event) };
    coverage.trails.iter().map(explanation).collect()
}

fn outcome(coverage: &Coverage, trail: &Trail, event: &Event) -> Outcome {
    if let Some(reason) = matcher::unheard(trail, event) {
        return Outcome::Unheard(reason);
    }
    if let Some(selector) = matcher::selector(trail, event, &coverage.rules) {
        return Outcome::Recorded(selector);
    }
    let mut misses: Vec<(usize, Miss)> = Vec::new();
    for (selector, pattern) in trail.patterns() {
        let Some((field, condition)) = pattern.failing(event, &coverage.rules).next() else { continue };
        let met = pattern.0.iter().take_while(|(own, _)| own != field).count();
        let value = event.get(field).map(str::to_owned);
        let miss = Miss { selector, field: field.clone(), condition: condition.clone(), value };
        // A basic selector has several patterns. The one that the event fits longest says most.
        match misses.last_mut().filter(|(_, last)| last.selector == selector) {
            Some(last) if last.0 < met => *last = (met, miss),
            Some(_) => {}
            None => misses.push((met, miss)),
        }
    }
    Outcome::NotSelected(misses.into_iter().map(|(_, miss)| miss).collect())
}
