//! Which requests lead from one state of a trail to another.

use std::collections::BTreeSet;

use super::{
    Insight, Trail,
    requests::{
        AdvancedEventSelector, AggregationConfiguration, Call, EventConfiguration, EventSelector,
        EventSelectors, InsightSelector, InsightSelectors, Tag, TagsOf, TrailName, TrailSettings,
    },
    selectors::{BasicSelector, Selector},
};
use crate::{
    kinds::Target,
    resource::{
        Reference,
        owner::{self, Tags},
    },
};

/// Returns the calls that lead from `old` to `new`.
///
/// Recording starts last on create, when the selectors are in place, and stops last on update. What depends on the selectors
/// is taken away before they change and added after. Tags are removed before others are added, so that their number stays
/// within the limit; but a trail that is adopted gets its mark before anything else is done to it.
///
/// All calls but the first name the trail by its ARN: an organization's trail, made by a delegated administrator, is known by
/// it alone.
pub(super) fn calls(target: &Target<'_>, old: Option<&Trail>, new: Option<&Trail>) -> Vec<Call> {
    let arn = target.output("arn");
    match (old, new) {
        (None, None) => Vec::new(),
        (Some(_), None) => vec![Call::DeleteTrail(TrailName { name: arn })],
        (None, Some(new)) => create(&target.id.name, &arn, new),
        (Some(old), Some(new)) => update(&arn, old, new),
    }
}

fn create(name: &str, arn: &str, new: &Trail) -> Vec<Call> {
    let tags_list = list(&owner::with_nonce(&new.tags, new.protect));
    let tags = TagsOf { resource_id: arn.to_owned(), tags_list: tags_list.clone() };
    let mut calls = vec![
        Call::CreateTrail(TrailSettings { tags_list, ..settings(name, None, new) }),
        // AWS has them from CreateTrail. Other endpoints ignore them there, and what has no owner is lost to us.
        Call::AddTags(tags),
    ];
    // A new trail has the default selectors (User Guide, "create-trail").
    if new.events.as_deref() != Some(&[Selector::all_management_events()]) {
        calls.push(put_selectors(arn, new));
    }
    if !new.insights.is_empty() {
        calls.push(put_insights(arn, &new.insights));
    }
    if !new.aggregation.is_empty() {
        calls.push(put_aggregation(arn, &new.aggregation));
    }
    if new.logging {
        calls.push(Call::StartLogging(TrailName { name: arn.to_owned() }));
    }
    calls
}

fn update(arn: &str, old: &Trail, new: &Trail) -> Vec<Call> {
    let mut calls = change_tags(arn, old, new);
    if has_other_settings(old, new) {
        calls.push(Call::UpdateTrail(settings(arn, Some(old), new)));
    }
    let changes_selectors = old.events != new.events || old.basic_events != new.basic_events;
    // Stopping switches Insights off (User Guide, "Managing trails with the AWS CLI").
    let (stops, starts) = (old.logging && !new.logging, !old.logging && new.logging);
    let (mut insights, mut aggregation) = (old.insights.clone(), old.aggregation.clone());
    if changes_selectors {
        let kept = intersection(&old.insights, &new.insights);
        if kept != insights {
            calls.push(put_insights(arn, &kept));
            insights = kept;
        }
        if new.aggregation.is_empty() && !aggregation.is_empty() {
            calls.push(put_aggregation(arn, &[]));
            aggregation.clear();
        }
        calls.push(put_selectors(arn, new));
    }
    if aggregation != new.aggregation {
        calls.push(put_aggregation(arn, &new.aggregation));
    }
    let name = TrailName { name: arn.to_owned() };
    if stops {
        calls.push(Call::StopLogging(name));
        insights.clear();
    } else if starts {
        calls.push(Call::StartLogging(name));
    }
    if insights != new.insights {
        calls.push(put_insights(arn, &new.insights));
    }
    calls
}

fn change_tags(arn: &str, old: &Trail, new: &Trail) -> Vec<Call> {
    let of = |tags_list| TagsOf { resource_id: arn.to_owned(), tags_list };
    let remove = |keys: Vec<String>| {
        Call::RemoveTags(of(keys.into_iter().map(|key| Tag { key, value: None }).collect()))
    };
    owner::changes((&old.tags, old.protect), (&new.tags, new.protect), remove, |tags| {
        Call::AddTags(of(list(&tags)))
    })
}

/// Returns whether something differs that `UpdateTrail` changes.
fn has_other_settings(old: &Trail, new: &Trail) -> bool {
    let Trail {
        name: _,   // another name is another trail
        region: _, // so is another home Region
        bucket,
        prefix,
        kms_key,
        topic,
        cloudwatch_logs,
        multi_region,
        global_service_events,
        organization,
        log_file_validation,
        recursive_logging,
        logging: _,      // StartLogging, StopLogging
        events: _,       // PutEventSelectors
        basic_events: _, // PutEventSelectors
        insights: _,     // PutInsightSelectors
        aggregation: _,  // PutEventConfiguration
        tags: _,         // AddTags, RemoveTags
        protect: _,      // a tag
        adopt: _,        // says what the plan may do
    } = old;
    *bucket != new.bucket
        || *prefix != new.prefix
        || *kms_key != new.kms_key
        || *topic != new.topic
        || *cloudwatch_logs != new.cloudwatch_logs
        || *multi_region != new.multi_region
        || *global_service_events != new.global_service_events
        || *organization != new.organization
        || *log_file_validation != new.log_file_validation
        || *recursive_logging != new.recursive_logging
}

/// All flags are always sent: what a flag that is left out becomes is not documented for every one of them. What the trail has
/// and shall not have is cleared.
fn settings(name: &str, old: Option<&Trail>, new: &Trail) -> TrailSettings {
    let or_cleared = |text: Option<String>, had: bool| text.or_else(|| had.then(String::new));
    let text = |to: &Option<Reference>| to.as_ref().map(|to| to.as_str().to_owned());
    let logs = new.cloudwatch_logs.as_ref();
    let had_logs = old.is_some_and(|old| old.cloudwatch_logs.is_some());
    TrailSettings {
        name: name.to_owned(),
        s3_bucket_name: new.bucket.as_str().to_owned(),
        s3_key_prefix: or_cleared(new.prefix.clone(), old.is_some_and(|old| old.prefix.is_some())),
        kms_key_id: or_cleared(text(&new.kms_key), old.is_some_and(|old| old.kms_key.is_some())),
        sns_topic_name: or_cleared(text(&new.topic), old.is_some_and(|old| old.topic.is_some())),
        // CloudTrail wants the ARN of a log group in the form that ends in `:*`.
        cloud_watch_logs_log_group_arn: or_cleared(
            logs.map(|logs| format!("{}:*", logs.log_group.as_str())),
            had_logs,
        ),
        cloud_watch_logs_role_arn: or_cleared(logs.and_then(|logs| text(&logs.role)), had_logs),
        include_global_service_events: new.global_service_events,
        is_multi_region_trail: new.multi_region,
        is_organization_trail: new.organization,
        enable_log_file_validation: new.log_file_validation,
        recursive_logging: (old.is_none_or(|old| old.recursive_logging) != new.recursive_logging)
            .then_some(new.recursive_logging),
        tags_list: Vec::new(),
    }
}

/// Returns what both have: by type, the categories of both.
fn intersection(one: &[Insight], other: &[Insight]) -> Vec<Insight> {
    let both = |insight: &Insight| {
        let same = other.iter().find(|same| same.r#type == insight.r#type)?;
        let categories: BTreeSet<String> =
            insight.categories.intersection(&same.categories).cloned().collect();
        (!categories.is_empty()).then(|| Insight { categories, ..insight.clone() })
    };
    one.iter().filter_map(both).collect()
}

fn put_insights(arn: &str, insights: &[Insight]) -> Call {
    let selector = |insight: &Insight| InsightSelector {
        insight_type: insight.r#type.clone(),
        event_categories: insight.categories.clone(),
    };
    let insight_selectors = insights.iter().map(selector).collect();
    Call::PutInsightSelectors(InsightSelectors { trail_name: arn.to_owned(), insight_selectors })
}

/// Only data events can be aggregated on a trail (API Reference, AggregationConfiguration).
fn put_aggregation(arn: &str, templates: &[String]) -> Call {
    let configuration =
        || AggregationConfiguration { event_category: "Data".to_owned(), templates: templates.to_vec() };
    Call::PutEventConfiguration(EventConfiguration {
        trail_name: arn.to_owned(),
        aggregation_configurations: (!templates.is_empty()).then(configuration).into_iter().collect(),
    })
}

fn put_selectors(arn: &str, new: &Trail) -> Call {
    let list = |selectors: &Vec<BasicSelector>| selectors.iter().map(EventSelector::from).collect();
    Call::PutEventSelectors(EventSelectors {
        trail_name: arn.to_owned(),
        event_selectors: new.basic_events.as_ref().map(list),
        advanced_event_selectors: new
            .events
            .as_ref()
            .map(|selectors| selectors.iter().map(AdvancedEventSelector::from).collect()),
    })
}

fn list(tags: &Tags) -> Vec<Tag> {
    let tag = |(key, value): (&String, &String)| Tag {
        key: key.clone(),
        // The shape gives a value at least one character; an empty one is left out.
        value: (!value.is_empty()).then(|| value.clone()),
    };
    tags.iter().map(tag).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kinds::Resource,
        resource::{Account, Address, region::Region},
    };
    use serde_json::{Value, json};

    fn trail(with: Value) -> Trail {
        let mut tree = json!({"bucket": "logs", "tags": {"team": "security"}});
        tree.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
        let mut trail: Trail = serde_json::from_value(tree).unwrap();
        trail.identify("audit", &Region::new("eu-west-1"));
        trail.tags.insert(owner::STACK.to_owned(), "s".to_owned());
        trail.normalize();
        trail
    }

    fn names(old: Option<Value>, new: Option<Value>) -> Vec<String> {
        calls_between(old, new).iter().map(|call| call["operation"].as_str().unwrap().to_owned()).collect()
    }

    fn calls_between(old: Option<Value>, new: Option<Value>) -> Vec<Value> {
        let id = trail(json!({})).identify("audit", &Region::new("eu-west-1"));
        let account = Account::new("111122223333", "aws");
        let outputs = trail(json!({})).outputs(&id, &account);
        let target = Target { id: &id, address: &Address::new("trail", "audit"), outputs: &outputs };
        calls(&target, old.map(trail).as_ref(), new.map(trail).as_ref())
            .iter()
            .map(|call| serde_json::to_value(call).unwrap())
            .collect()
    }

    #[test]
    fn a_new_trail_records_only_when_its_selectors_are_in_place() {
        assert_eq!(names(None, Some(json!({}))), ["CreateTrail", "AddTags", "StartLogging"]);
        let selectors = json!({"events": [{"where": {"eventCategory": "Management", "readOnly": "false"}}]});
        assert_eq!(
            names(None, Some(selectors)),
            ["CreateTrail", "AddTags", "PutEventSelectors", "StartLogging"]
        );
        assert_eq!(names(None, Some(json!({"logging": false}))), ["CreateTrail", "AddTags"]);
        assert_eq!(names(Some(json!({})), None), ["DeleteTrail"]);
    }

    #[test]
    fn each_change_has_its_call() {
        for (new, want) in [
            (json!({}), vec![]),
            (json!({"bucket": "other"}), vec!["UpdateTrail"]),
            (json!({"prefix": "p"}), vec!["UpdateTrail"]),
            (json!({"multi_region": false}), vec!["UpdateTrail"]),
            (json!({"multi_region": false, "global_service_events": false}), vec!["UpdateTrail"]),
            (json!({"log_file_validation": false}), vec!["UpdateTrail"]),
            (json!({"logging": false}), vec!["StopLogging"]),
            (json!({"basic_events": [{"read_write": "WriteOnly"}]}), vec!["PutEventSelectors"]),
            (json!({"basic_events": [{}]}), vec![]),
            (json!({"tags": {"team": "audit"}}), vec!["AddTags"]),
            (json!({"tags": {}}), vec!["RemoveTags"]),
            (json!({"tags": {"owner": "x"}}), vec!["RemoveTags", "AddTags"]),
            (json!({"protect": false}), vec!["AddTags"]),
            (json!({"kms_key": "arn:k"}), vec!["UpdateTrail"]),
            (json!({"topic": "arn:t"}), vec!["UpdateTrail"]),
            (json!({"cloudwatch_logs": {"log_group": "arn:g", "role": "arn:r"}}), vec!["UpdateTrail"]),
            (json!({"organization": true}), vec!["UpdateTrail"]),
            (json!({"recursive_logging": false}), vec!["UpdateTrail"]),
            (json!({"insights": [{"type": "ApiCallRateInsight"}]}), vec!["PutInsightSelectors"]),
            (json!({"aggregation": ["API_ACTIVITY"]}), vec!["PutEventConfiguration"]),
        ] {
            assert_eq!(names(Some(json!({})), Some(new.clone())), want, "{new}");
        }
    }

    #[test]
    fn a_removed_prefix_is_cleared_and_an_absent_one_is_left_out() {
        let parameters = |old, new| calls_between(Some(old), Some(new))[0]["parameters"].clone();
        assert_eq!(parameters(json!({"prefix": "p"}), json!({}))["S3KeyPrefix"], "");
        assert_eq!(parameters(json!({}), json!({"bucket": "b"})).get("S3KeyPrefix"), None);
    }

    #[test]
    fn what_a_trail_had_is_cleared_and_what_it_never_had_is_left_out() {
        let all = json!({"kms_key": "arn:k", "topic": "arn:t", "cloudwatch_logs": {"log_group": "arn:g", "role": "arn:r"}});
        let keys = ["KmsKeyId", "SnsTopicName", "CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn"];
        let sent = |old: Value, new: Value| {
            let parameters = calls_between(Some(old), Some(new))[0]["parameters"].clone();
            keys.map(|key| parameters[key].as_str().map(str::to_owned))
        };
        assert_eq!(sent(all.clone(), json!({})), [(); 4].map(|()| Some(String::new())));
        assert_eq!(
            sent(json!({}), all),
            ["arn:k", "arn:t", "arn:g:*", "arn:r"].map(|arn| Some(arn.to_owned()))
        );
        assert_eq!(sent(json!({}), json!({"bucket": "b"})), [(); 4].map(|()| None));
    }

    #[test]
    fn insights_and_aggregation_go_before_the_selectors_that_they_need_and_come_after() {
        let management = json!([{"where": {"eventCategory": "Management"}}]);
        let data = json!([{"where": {"eventCategory": "Data", "resources.type": "AWS::S3::Object"}}]);
        let rate = |categories: Value| json!([{"type": "ApiCallRateInsight", "categories": categories}]);
        let one = json!({"events": management, "insights": rate(json!(["Management"]))});
        let other =
            json!({"events": data, "insights": rate(json!(["Data"])), "aggregation": ["API_ACTIVITY"]});
        assert_eq!(
            names(Some(one.clone()), Some(other.clone())),
            ["PutInsightSelectors", "PutEventSelectors", "PutEventConfiguration", "PutInsightSelectors"]
        );
        assert_eq!(
            names(Some(other), Some(one)),
            ["PutInsightSelectors", "PutEventConfiguration", "PutEventSelectors", "PutInsightSelectors"]
        );
    }

    #[test]
    fn insights_outlive_the_end_of_logging() {
        let insights = json!([{"type": "ApiErrorRateInsight"}]);
        let on = json!({"insights": insights});
        let off = json!({"insights": insights, "logging": false});
        assert_eq!(names(Some(on), Some(off)), ["StopLogging", "PutInsightSelectors"]);
    }

    #[test]
    fn calls_are_written_as_aws_names_them_and_read_back() {
        let events = json!({"events": [{"name": "n", "where": {"eventCategory": "Data", "resources.type": "AWS::S3::Object",
            "resources.ARN": {"starts_with": ["arn:aws:s3:::b/"]}}}]});
        let put = &calls_between(None, Some(events))[2];
        assert_eq!(
            put["parameters"]["AdvancedEventSelectors"],
            json!([{"Name": "n", "FieldSelectors": [
                {"Field": "eventCategory", "Equals": ["Data"]},
                {"Field": "resources.ARN", "StartsWith": ["arn:aws:s3:::b/"]},
                {"Field": "resources.type", "Equals": ["AWS::S3::Object"]}]}])
        );
        for call in calls_between(None, Some(json!({"prefix": "p"}))) {
            let read: Call = serde_json::from_value(call.clone()).unwrap();
            assert_eq!(serde_json::to_value(read).unwrap(), call);
        }
    }
}
