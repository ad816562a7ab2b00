//! PutEventSelectors, GetEventSelectors.

mod advanced;
mod basic;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use self::advanced::AdvancedEventSelector;
use self::basic::EventSelector;
use super::arn::TrailArn;
use super::{find, insights, refuse, trail_named};
use crate::events::Logged;
use crate::sandbox::store::State;
use crate::sandbox::wire::{Call, Outcome, Refusal, Reply};

/// The event selectors of a trail, of one kind or the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Selectors {
    Basic(Vec<EventSelector>),
    Advanced(Vec<AdvancedEventSelector>),
}

impl Selectors {
    /// Returns which events are logged.
    pub(super) fn logged(&self) -> Logged {
        let each: Vec<Logged> = match self {
            Self::Basic(list) => list.iter().map(EventSelector::logged).collect(),
            Self::Advanced(list) => list.iter().map(AdvancedEventSelector::logged).collect(),
        };
        each.into_iter().fold(Logged::default(), Logged::or)
    }
}

/// A new trail logs all management events.
impl Default for Selectors {
    fn default() -> Self {
        Self::Basic(vec![EventSelector::default()])
    }
}

pub(super) fn put_event_selectors(state: &mut State, call: &Call<'_>) -> Outcome {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase", deny_unknown_fields)]
    struct Input {
        trail_name: String,
        #[serde(default)]
        event_selectors: Vec<EventSelector>,
        #[serde(default)]
        advanced_event_selectors: Vec<AdvancedEventSelector>,
    }
    let Input { trail_name, event_selectors, advanced_event_selectors } = call.input()?;
    let (arn, trail) = find::to_change(state, call, &trail_name)?;
    let selectors = match (event_selectors.is_empty(), advanced_event_selectors.is_empty()) {
        (false, true) => {
            basic::check(&event_selectors, call.partition())?;
            Selectors::Basic(event_selectors)
        }
        (true, false) => {
            advanced::check(&advanced_event_selectors, call.partition())?;
            Selectors::Advanced(advanced_event_selectors)
        }
        _ => return Err(invalid("Give either EventSelectors or AdvancedEventSelectors.")),
    };
    // How AWS takes it is not documented; what needs events must go before them here.
    let logged = selectors.logged();
    if insights::check(&trail.insights, logged).is_err() || (!trail.aggregations.is_empty() && !logged.data) {
        return Err(invalid(
            "The Insights or the aggregation of the trail need events that would not be logged.",
        ));
    }
    trail.selectors = selectors;
    Ok(Reply::json(&shown(&arn, &trail.selectors)))
}

pub(super) fn get_event_selectors(state: &State, call: &Call<'_>) -> Outcome {
    let (arn, trail) = find::to_read(state, call, &trail_named(call)?)?;
    Ok(Reply::json(&shown(&arn, &trail.selectors)))
}

fn shown(arn: &TrailArn, selectors: &Selectors) -> Value {
    let arn = arn.to_string();
    match selectors {
        Selectors::Basic(list) => json!({"TrailARN": arn, "EventSelectors": list}),
        Selectors::Advanced(list) => json!({"TrailARN": arn, "AdvancedEventSelectors": list}),
    }
}

fn invalid(message: impl Into<String>) -> Refusal {
    refuse("InvalidEventSelectorsException", message)
}
