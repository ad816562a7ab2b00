//! PutInsightSelectors, GetInsightSelectors.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::arn::TrailArn;
use super::{companions, find, refuse, trail_named};
use crate::events::{
    Category, Logged,
    insights::{CATEGORIES, Need, TYPES},
};
use crate::sandbox::store::State;
use crate::sandbox::wire::{Call, Outcome, Refusal, Reply};

/// What Insights look for, and in which events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct InsightSelector {
    insight_type: String,
    #[serde(default = "management")]
    event_categories: Vec<String>,
}

fn management() -> Vec<String> {
    vec![Category::Management.name().to_owned()]
}

/// The selectors replace those that are there.
pub(super) fn put_insight_selectors(state: &mut State, call: &Call<'_>) -> Outcome {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase", deny_unknown_fields)]
    struct Input {
        trail_name: String,
        insight_selectors: Vec<InsightSelector>,
    }
    let Input { trail_name, insight_selectors } = call.input()?;
    let (arn, trail) = find::to_change(state, call, &trail_name)?;
    check(&insight_selectors, trail.selectors.logged())?;
    let settings = trail.settings.clone();
    companions::check_delivery(state, call, &arn, &settings)?;
    let reply = shown(&arn, &insight_selectors);
    find::to_change(state, call, &trail_name)?.1.insights = insight_selectors;
    Ok(Reply::json(&reply))
}

pub(super) fn get_insight_selectors(state: &State, call: &Call<'_>) -> Outcome {
    let (arn, trail) = find::to_read(state, call, &trail_named(call)?)?;
    if trail.insights.is_empty() {
        let message = format!("The trail {arn} does not have Insights enabled.");
        return Err(refuse("InsightNotEnabledException", message));
    }
    Ok(Reply::json(&shown(&arn, &trail.insights)))
}

/// Refuses Insights that the events of a trail cannot give.
pub(super) fn check(selectors: &[InsightSelector], logged: Logged) -> Result<(), Refusal> {
    let invalid = |message: &str| refuse("InvalidInsightSelectorsException", message);
    let types: BTreeSet<&str> = selectors.iter().map(|selector| selector.insight_type.as_str()).collect();
    if types.len() < selectors.len() {
        return Err(invalid("A type of Insights is given more than once."));
    }
    for InsightSelector { insight_type, event_categories } in selectors {
        if !TYPES.contains(&insight_type.as_str()) {
            return Err(invalid("The InsightType is not known."));
        }
        let categories: BTreeSet<&String> = event_categories.iter().collect();
        if categories.is_empty() || categories.len() < event_categories.len() {
            return Err(invalid("EventCategories must name each category once."));
        }
        for name in categories {
            let category = Category::named(name).filter(|category| CATEGORIES.contains(category));
            let Some(need) = category.and_then(|category| Need::of(insight_type, category)) else {
                return Err(invalid("The event category is not known."));
            };
            if !need.is_met(logged) {
                return Err(invalid("The trail does not log the events that the Insights need."));
            }
        }
    }
    Ok(())
}

fn shown(arn: &TrailArn, selectors: &[InsightSelector]) -> Value {
    json!({"TrailARN": arn.to_string(), "InsightSelectors": selectors})
}
