//! CreateTopic, DeleteTopic, ListTopics.

use std::collections::BTreeMap;

use super::attributes::{Attributes, params};
use super::find::{TOPIC, TopicArn, is_name, own_arn, topic};
use super::{Topic, invalid, tagging};
use crate::sandbox::store::State;
use crate::sandbox::wire::query::{answer, done};
use crate::sandbox::wire::{Call, Outcome, Reply};

/// A topic that is there is returned as it is, if what is asked for is what it has.
pub(super) fn create_topic(state: &mut State, call: &Call<'_>) -> Outcome {
    let params = params(call, &["Name", "Attributes", "Tags"])?;
    let name = params.required("Name")?.to_owned();
    if !is_name(&name) {
        return Err(invalid("Topic Name"));
    }
    let arn = TopicArn { region: call.region.clone(), account: call.caller.account.clone(), name };
    let wanted = params.map("Attributes");
    let mut attributes = Attributes::of_new(&arn);
    // The others depend on whether the topic is a FIFO topic.
    if let Some(value) = wanted.get("FifoTopic") {
        attributes.set(&arn, "FifoTopic", value)?;
    }
    for (name, value) in &wanted {
        attributes.set(&arn, name, value)?;
    }
    attributes.check_fifo(&arn)?;
    let mut tags = BTreeMap::new();
    tagging::add(&mut tags, &params.tags())?;
    if let Some(existing) = topic(state, &arn) {
        if wanted.keys().any(|name| existing.attributes.get(name) != attributes.get(name)) {
            return Err(invalid("Attributes Reason: Topic already exists with different attributes"));
        }
        if !tags.is_empty() && tags != existing.tags {
            return Err(invalid("Tags Reason: Topic already exists with different tags"));
        }
        return Ok(created(&arn));
    }
    let reply = created(&arn);
    let topics = state.topics.entry(arn.account).or_default().entry(arn.region).or_default();
    topics.insert(arn.name, Topic { attributes, tags, subscriptions: BTreeMap::new() });
    Ok(reply)
}

fn created(arn: &TopicArn) -> Reply {
    answer("CreateTopic", |xml| xml.text("TopicArn", arn))
}

/// A topic that is not there is deleted all the same.
pub(super) fn delete_topic(state: &mut State, call: &Call<'_>) -> Outcome {
    let arn = own_arn(call, &params(call, &["TopicArn"])?, TOPIC)?;
    let regions = state.topics.get_mut(&arn.account);
    if let Some(topics) = regions.and_then(|regions| regions.get_mut(&arn.region)) {
        topics.remove(&arn.name);
    }
    Ok(done("DeleteTopic"))
}

/// All topics are on the first page.
pub(super) fn list_topics(state: &State, call: &Call<'_>) -> Outcome {
    if params(call, &["NextToken"])?.get("NextToken").is_some() {
        return Err(invalid("NextToken"));
    }
    let (account, region) = (&call.caller.account, &call.region);
    let topics = state.topics.get(account).and_then(|regions| regions.get(region));
    let names = topics.into_iter().flat_map(BTreeMap::keys);
    Ok(answer("ListTopics", |xml| {
        xml.child("Topics", |xml| {
            xml.each("member", names, |xml, name| {
                let arn = TopicArn { region: region.clone(), account: account.clone(), name: name.clone() };
                xml.text("TopicArn", arn)
            })
        })
    }))
}
