//! Subscribe, Unsubscribe, ListSubscriptionsByTopic: enough to have subscribers that somebody else made.

use serde::{Deserialize, Serialize};

use super::attributes::params;
use super::find::{TOPIC, reached, to_change, to_read};
use super::{Topic, invalid};
use crate::sandbox::ids;
use crate::sandbox::store::State;
use crate::sandbox::wire::query::{answer, done};
use crate::sandbox::wire::{Call, Outcome};

const PROTOCOLS: &[&str] =
    &["application", "email", "email-json", "firehose", "http", "https", "lambda", "sms", "sqs"];
/// The protocols whose endpoints must agree first.
const CONFIRMED: &[&str] = &["email", "email-json", "http", "https"];

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Subscription {
    owner: String,
    protocol: String,
    endpoint: String,
}

impl Subscription {
    fn is_pending(&self) -> bool {
        CONFIRMED.contains(&self.protocol.as_str())
    }
}

impl Topic {
    /// How many subscriptions need no confirmation; nobody ever confirms one.
    pub(super) fn confirmed(&self) -> usize {
        self.subscriptions.values().filter(|subscription| !subscription.is_pending()).count()
    }
}

pub(super) fn subscribe(state: &mut State, call: &Call<'_>) -> Outcome {
    let params = params(call, &["TopicArn", "Protocol", "Endpoint", "ReturnSubscriptionArn"])?;
    let id = ids::uuid(state);
    let (arn, topic) = to_change(state, call, &params, TOPIC)?;
    let subscription = Subscription {
        owner: call.caller.account.clone(),
        protocol: params.required("Protocol")?.to_owned(),
        endpoint: params.required("Endpoint")?.to_owned(),
    };
    if !PROTOCOLS.contains(&subscription.protocol.as_str()) {
        return Err(invalid("Protocol"));
    }
    let known = topic.subscriptions.iter().find(|(_, known)| **known == subscription);
    let id = known.map_or(id, |(known, _)| known.clone());
    let is_hidden = subscription.is_pending() && params.get("ReturnSubscriptionArn") != Some("true");
    let shown = if is_hidden { "pending confirmation".to_owned() } else { format!("{arn}:{id}") };
    topic.subscriptions.insert(id, subscription);
    Ok(answer("Subscribe", |xml| xml.text("SubscriptionArn", shown)))
}

/// A subscription that is not there is removed all the same. One that is pending has no ARN to name it by.
pub(super) fn unsubscribe(state: &mut State, call: &Call<'_>) -> Outcome {
    let params = params(call, &["SubscriptionArn"])?;
    let text = params.required("SubscriptionArn")?;
    let malformed = || invalid(format!("SubscriptionArn Reason: {text}"));
    let (topic, id) = text.rsplit_once(':').ok_or_else(malformed)?;
    let arn = reached(call, topic, "SubscriptionArn")?;
    let regions = state.topics.get_mut(&arn.account);
    let topics = regions.and_then(|regions| regions.get_mut(&arn.region));
    if let Some(topic) = topics.and_then(|topics| topics.get_mut(&arn.name)) {
        topic.subscriptions.remove(id);
    }
    Ok(done("Unsubscribe"))
}

/// All subscriptions are on the first page.
pub(super) fn list_subscriptions_by_topic(state: &State, call: &Call<'_>) -> Outcome {
    let params = params(call, &["TopicArn", "NextToken"])?;
    let (arn, topic) = to_read(state, call, &params, TOPIC)?;
    if params.get("NextToken").is_some() {
        return Err(invalid("NextToken"));
    }
    Ok(answer("ListSubscriptionsByTopic", |xml| {
        xml.child("Subscriptions", |xml| {
            xml.each("member", &topic.subscriptions, |xml, (id, subscription)| {
                let shown = match subscription.is_pending() {
                    true => "PendingConfirmation".to_owned(),
                    false => format!("{arn}:{id}"),
                };
                xml.text("SubscriptionArn", shown)
                    .text("Owner", &subscription.owner)
                    .text("Protocol", &subscription.protocol)
                    .text("Endpoint", &subscription.endpoint)
                    .text("TopicArn", &arn)
            })
        })
    }))
}
