//! `aws_cloudtrail`.

use super::super::{
    entry::{About, Marks, found as entry, outputs},
    selectors::{advanced, basic, insights},
    tree::flag,
};
use super::{Item, State};
use crate::{
    export::Found,
    kinds::{
        log_group::without_star,
        trail::{CloudWatchLogs, Trail},
    },
    resource::Reference,
};

/// What no state tells of a trail.
const UNTOLD: &str = "The state does not tell whether the events of CloudTrail's own deliveries are recorded, and how data \
                      events are aggregated: both are taken to be as usual.";

pub(super) fn found(state: &State, item: &Item) -> Result<Option<Found>, String> {
    let name = item.said("name").ok_or("the state does not tell its name")?;
    let region = item.region().ok_or("the state does not tell its home Region")?;
    let Marks { owner, tags, protect } = item.marks();
    let is = |attribute: &str, usual: bool| flag(&item.values[attribute]).unwrap_or(usual);
    let events = advanced(&item.values["advanced_event_selector"]);
    let basic_events = basic(&item.values["event_selector"]).filter(|_| events.is_none());
    let log_group = item.said("cloud_watch_logs_group_arn");
    let role = item.said("cloud_watch_logs_role_arn").map(Reference::Declared);
    let trail = Trail {
        name: Some(name.clone()),
        region: Some(region.clone()),
        bucket: Reference::Declared(item.said("s3_bucket_name").unwrap_or_default()),
        prefix: item.said("s3_key_prefix"),
        kms_key: item.said("kms_key_id").map(|key| Reference::Declared(state.key_arn(&key))),
        topic: topic(state, item).map(Reference::Declared),
        cloudwatch_logs: log_group.map(|arn| CloudWatchLogs {
            log_group: Reference::Declared(without_star(&arn).to_owned()),
            role,
        }),
        multi_region: is("is_multi_region_trail", false),
        global_service_events: is("include_global_service_events", true),
        organization: is("is_organization_trail", false),
        log_file_validation: is("enable_log_file_validation", false),
        recursive_logging: true,
        logging: is("enable_logging", true),
        events,
        basic_events,
        insights: insights(&item.values["insight_selector"]),
        aggregation: Vec::new(),
        tags,
        protect,
        adopt: false,
    };
    let outputs = outputs([("name", Some(name.clone())), ("arn", item.said("arn"))]);
    Ok(entry(trail, About { region, name, outputs, owner, notes: vec![UNTOLD.to_owned()] }))
}

/// Returns the ARN of the topic. One that is given by its name is in the account and the Region of the trail.
fn topic(state: &State, item: &Item) -> Option<String> {
    let name = item.said("sns_topic_arn").or_else(|| item.said("sns_topic_name"))?;
    if name.starts_with("arn:") {
        return Some(name);
    }
    let here = item.said("arn").and_then(|arn| {
        let (before, _) = arn.split_once(":trail/")?;
        Some(format!("{}:{name}", before.replacen(":cloudtrail:", ":sns:", 1)))
    });
    let known = state.about("aws_sns_topic", "name", &[&name]).and_then(|topic| topic.said("arn"));
    here.or(known).or(Some(name))
}
