//! `aws_sns_topic`, with `aws_sns_topic_policy`.

use super::super::{
    entry::{About, Marks, found as entry, outputs},
    tree::text,
};
use super::{Item, State};
use crate::{
    export::Found, kinds::topic::Topic, policy::document::PolicyDocument, report::count, resource::Reference,
};

pub(super) fn found(state: &State, item: &Item) -> Result<Option<Found>, String> {
    let (Some(name), Some(region)) = (item.said("name"), item.region()) else { return Ok(None) };
    let Marks { owner, tags, protect } = item.marks();
    let arn = item.said("arn");
    let part = arn.as_deref().and_then(|arn| state.about("aws_sns_topic_policy", "arn", &[arn]));
    let policy = text(&part.unwrap_or(item).values["policy"]);
    let mut notes = Vec::new();
    if policy.is_none() {
        notes.push("The state does not tell its policy.".to_owned());
    }
    let is_of = |one: &&Item| arn.is_some() && one.said("topic_arn") == arn;
    let subscriptions = state.of("aws_sns_topic_subscription").filter(is_of).count();
    if subscriptions > 0 {
        notes.push(format!(
            "It has {}, which an entry does not describe.",
            count(subscriptions, "subscription")
        ));
    }
    let topic = Topic {
        name: Some(name.clone()),
        region: Some(region.clone()),
        kms_key: item.said("kms_master_key_id").map(|key| Reference::Declared(state.key_arn(&key))),
        policy: policy.map_or_else(PolicyDocument::default, PolicyDocument::read),
        tags,
        protect,
        adopt: false,
    };
    let outputs = outputs([("name", Some(name.clone())), ("arn", arn)]);
    Ok(entry(topic, About { region, name, outputs, owner, notes }))
}
