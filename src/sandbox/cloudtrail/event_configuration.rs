//! PutEventConfiguration, GetEventConfiguration: the aggregation of data events, which is all that trails have of it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::arn::TrailArn;
use super::{find, refuse, trail_named};
use crate::events::insights::{MAX_TEMPLATES, TEMPLATES};
use crate::sandbox::store::State;
use crate::sandbox::wire::{Call, Outcome, Refusal, Reply};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Aggregation {
    event_category: String,
    templates: Vec<String>,
}

/// The empty list switches aggregation off.
pub(super) fn put_event_configuration(state: &mut State, call: &Call<'_>) -> Outcome {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase", deny_unknown_fields)]
    struct Input {
        trail_name: String,
        aggregation_configurations: Option<Vec<Aggregation>>,
        max_event_size: Option<Value>,
        context_key_selectors: Option<Value>,
    }
    let input: Input = call.input()?;
    let (arn, trail) = find::to_change(state, call, &input.trail_name)?;
    if input.max_event_size.is_some() || input.context_key_selectors.is_some() {
        let message = "MaxEventSize and ContextKeySelectors are for event data stores.";
        return Err(refuse("InvalidParameterCombinationException", message));
    }
    let Some(aggregations) = input.aggregation_configurations else {
        return Err(invalid("AggregationConfigurations must be given for a trail."));
    };
    check(&aggregations)?;
    if !aggregations.is_empty() && !trail.selectors.logged().data {
        return Err(invalid("Aggregation needs a trail that logs data events."));
    }
    trail.aggregations = aggregations;
    Ok(Reply::json(&shown(&arn, &trail.aggregations)))
}

pub(super) fn get_event_configuration(state: &State, call: &Call<'_>) -> Outcome {
    let (arn, trail) = find::to_read(state, call, &trail_named(call)?)?;
    Ok(Reply::json(&shown(&arn, &trail.aggregations)))
}

fn check(aggregations: &[Aggregation]) -> Result<(), Refusal> {
    let one = match aggregations {
        [] => return Ok(()),
        [one] => one,
        _ => return Err(invalid("There can be one aggregation.")),
    };
    if one.event_category != "Data" {
        return Err(invalid("EventCategory must be Data."));
    }
    let templates: BTreeSet<&String> = one.templates.iter().collect();
    let are_known = templates.iter().all(|template| TEMPLATES.contains(&template.as_str()));
    let is_listed = (1..=MAX_TEMPLATES).contains(&one.templates.len());
    if !is_listed || templates.len() < one.templates.len() || !are_known {
        return Err(invalid("Templates must name known templates once each."));
    }
    Ok(())
}

fn shown(arn: &TrailArn, aggregations: &[Aggregation]) -> Value {
    json!({"TrailARN": arn.to_string(), "AggregationConfigurations": aggregations})
}

fn invalid(message: &str) -> Refusal {
    refuse("InvalidParameterException", message)
}
