//! DescribeTrails, GetTrail, ListTrails.

use serde::Deserialize;
use serde_json::{Value, json};

use super::arn::TrailArn;
use super::selectors::Selectors;
use super::{Trail, find, named, refuse};
use crate::sandbox::store::State;
use crate::sandbox::wire::{Call, Outcome, Reply};

pub(super) fn describe_trails(state: &State, call: &Call<'_>) -> Outcome {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Input {
        #[serde(default)]
        trail_name_list: Vec<String>,
        include_shadow_trails: Option<bool>,
    }
    let Input { trail_name_list, include_shadow_trails } = call.input()?;
    // A name means a trail at home here; an unknown one is left out without an error.
    let wanted: Vec<TrailArn> =
        trail_name_list.iter().map(|name| find::address(call, name)).collect::<Result<_, _>>()?;
    // For the members of an organization its trails count as shadows.
    let is_shadow = |arn: &TrailArn| arn.region != call.region || arn.account != call.caller.account;
    let trails: Vec<Value> = find::visible(state, call)
        .filter(|(arn, _)| include_shadow_trails != Some(false) || !is_shadow(arn))
        .filter(|(arn, _)| wanted.is_empty() || wanted.contains(arn))
        .map(|(arn, trail)| shown(&arn, trail))
        .collect();
    Ok(Reply::json(&json!({"trailList": trails})))
}

pub(super) fn get_trail(state: &State, call: &Call<'_>) -> Outcome {
    let (arn, trail) = find::to_read(state, call, &named(call)?)?;
    Ok(Reply::json(&json!({"Trail": shown(&arn, trail)})))
}

pub(super) fn list_trails(state: &State, call: &Call<'_>) -> Outcome {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase", deny_unknown_fields)]
    struct Input {
        next_token: Option<String>,
    }
    // All trails are on the first page.
    if let Input { next_token: Some(_) } = call.input()? {
        return Err(refuse("InvalidNextTokenException", "The token does not come from this operation."));
    }
    let trails: Vec<Value> = find::all(state, call)
        .map(|(arn, _)| json!({"TrailARN": arn.to_string(), "Name": arn.name, "HomeRegion": arn.region}))
        .collect();
    Ok(Reply::json(&json!({"Trails": trails})))
}

/// A trail as the reads show it.
fn shown(arn: &TrailArn, trail: &Trail) -> Value {
    let mut members = trail.settings.members(arn);
    members.insert("HomeRegion".to_owned(), json!(arn.region));
    members.insert("HasCustomEventSelectors".to_owned(), json!(trail.selectors != Selectors::default()));
    members.insert("HasInsightSelectors".to_owned(), json!(!trail.insights.is_empty()));
    members.into()
}
