//! PutSubscriptionFilter, DeleteSubscriptionFilter, DescribeSubscriptionFilters: enough to have filters that somebody else made.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::find::{absent, check_name, group, to_change};
use super::{Class, invalid, not_found};
use crate::sandbox::store::State;
use crate::sandbox::wire::{Call, Outcome, Refusal, Reply};

/// The most filters of a log group.
const MAX_FILTERS: usize = 2;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SubscriptionFilter {
    created: Timestamp,
    pattern: String,
    destination: String,
    role: Option<String>,
}

pub(super) fn put_subscription_filter(state: &mut State, call: &Call<'_>) -> Outcome {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Input {
        log_group_name: String,
        filter_name: String,
        filter_pattern: String,
        destination_arn: String,
        role_arn: Option<String>,
    }
    let input: Input = call.input()?;
    let group = to_change(state, call, &input.log_group_name)?;
    if group.class != Class::Standard {
        return Err(invalid("Only log groups of the class STANDARD have subscription filters."));
    }
    if !input.destination_arn.starts_with(&format!("arn:{}:", call.partition())) {
        return Err(invalid("destinationArn is not an ARN."));
    }
    let filter = SubscriptionFilter {
        created: call.now,
        pattern: input.filter_pattern,
        destination: input.destination_arn,
        role: input.role_arn,
    };
    group.subscriptions.insert(input.filter_name, filter);
    if group.subscriptions.len() > MAX_FILTERS {
        return Err(Refusal::bad("LimitExceededException", "Resource limit exceeded."));
    }
    Ok(Reply::empty_json())
}

pub(super) fn delete_subscription_filter(state: &mut State, call: &Call<'_>) -> Outcome {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Input {
        log_group_name: String,
        filter_name: String,
    }
    let Input { log_group_name, filter_name } = call.input()?;
    match to_change(state, call, &log_group_name)?.subscriptions.remove(&filter_name) {
        Some(_) => Ok(Reply::empty_json()),
        None => Err(not_found("The specified subscription filter does not exist.")),
    }
}

pub(super) fn describe_subscription_filters(state: &State, call: &Call<'_>) -> Outcome {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Input {
        log_group_name: String,
        #[serde(default)]
        filter_name_prefix: String,
    }
    let Input { log_group_name: name, filter_name_prefix } = call.input()?;
    check_name(&name)?;
    let group = group(state, &call.caller.account, &call.region, &name).ok_or_else(absent)?;
    let filters = group.subscriptions.iter().filter(|(name, _)| name.starts_with(&filter_name_prefix));
    let shown: Vec<Value> = filters
        .map(|(filter_name, filter)| {
            let SubscriptionFilter { created, pattern, destination, role } = filter;
            let mut shown = Map::new();
            let mut add = |name: &str, value: Value| shown.insert(name.to_owned(), value);
            add("filterName", json!(filter_name));
            add("logGroupName", json!(name));
            add("filterPattern", json!(pattern));
            add("destinationArn", json!(destination));
            if let Some(role) = role {
                add("roleArn", json!(role));
            }
            add("distribution", json!("ByLogStream"));
            add("creationTime", json!(created.as_millisecond()));
            shown.into()
        })
        .collect();
    Ok(Reply::json(&json!({"subscriptionFilters": shown})))
}
