//! The CloudTrail requests that change a trail, and which of them lead from one state to another.

use serde::{Deserialize, Serialize};

use super::{
    Trail,
    selectors::{BasicSelector, Condition, Operators, ReadWrite, Selector},
};
use crate::{
    kinds::Target,
    resource::owner::{self, Tags},
};

/// A request to CloudTrail, with its parameters (API Reference).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "operation", content = "parameters")]
pub enum Call {
    /// Makes the trail. It does not record before `StartLogging`.
    CreateTrail(TrailSettings),
    /// Changes settings of the trail.
    UpdateTrail(TrailSettings),
    /// Replaces all event selectors.
    PutEventSelectors(EventSelectors),
    /// Sets tags, keeping others.
    AddTags(TagsOf),
    /// Removes tags by their keys.
    RemoveTags(TagsOf),
    /// Begins to record.
    StartLogging(TrailName),
    /// Ends recording.
    StopLogging(TrailName),
    /// Removes the trail. The log files stay.
    DeleteTrail(TrailName),
}

/// The parameters of `CreateTrail` and `UpdateTrail`. What is left out stays as it is; `""` clears.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "these are AWS's own names")]
pub struct TrailSettings {
    pub name: String,
    pub s3_bucket_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub s3_key_prefix: Option<String>,
    pub include_global_service_events: bool,
    pub is_multi_region_trail: bool,
    pub enable_log_file_validation: bool,
    /// Only for `CreateTrail`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags_list: Vec<Tag>,
}

/// The name of a trail, as a parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "these are AWS's own names")]
pub struct TrailName {
    pub name: String,
}

/// The parameters of `AddTags` and `RemoveTags`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "these are AWS's own names")]
pub struct TagsOf {
    pub resource_id: String,
    pub tags_list: Vec<Tag>,
}

/// One tag.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "these are AWS's own names")]
pub struct Tag {
    pub key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// The parameters of `PutEventSelectors`: one of the two lists.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "these are AWS's own names")]
pub struct EventSelectors {
    pub trail_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_selectors: Option<Vec<EventSelector>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advanced_event_selectors: Option<Vec<AdvancedEventSelector>>,
}

/// A basic event selector.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "these are AWS's own names")]
pub struct EventSelector {
    pub read_write_type: ReadWrite,
    pub include_management_events: bool,
    pub data_resources: Vec<DataResource>,
    pub exclude_management_event_sources: Vec<String>,
}

/// The data resources of a basic event selector.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "these are AWS's own names")]
pub struct DataResource {
    pub r#type: String,
    pub values: Vec<String>,
}

/// An advanced event selector.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "these are AWS's own names")]
pub struct AdvancedEventSelector {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub field_selectors: Vec<FieldSelector>,
}

/// The condition of an advanced event selector on one field. Empty lists are left out: AWS refuses them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(missing_docs, reason = "these are AWS's own names")]
pub struct FieldSelector {
    pub field: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub equals: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub starts_with: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ends_with: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_equals: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_starts_with: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_ends_with: Vec<String>,
}

/// Returns the calls that lead from `old` to `new`.
///
/// Recording starts last on create, when the selectors are in place, and stops last on update. Tags are removed before
/// others are added, so that their number stays within the limit; but a trail that is adopted gets its mark before
/// anything else is done to it.
pub(super) fn calls(target: &Target<'_>, old: Option<&Trail>, new: Option<&Trail>) -> Vec<Call> {
    let name = TrailName { name: target.id.name.clone() };
    match (old, new) {
        (None, None) => Vec::new(),
        (Some(_), None) => vec![Call::DeleteTrail(name)],
        (None, Some(new)) => create(target, name, new),
        (Some(old), Some(new)) => update(target, name, old, new),
    }
}

fn create(target: &Target<'_>, name: TrailName, new: &Trail) -> Vec<Call> {
    let tags_list = list(&owner::with_nonce(&new.tags, new.protect));
    let prefix = new.prefix.clone();
    let tags = TagsOf {
        resource_id: target.outputs.get("arn").cloned().unwrap_or_default(),
        tags_list: tags_list.clone(),
    };
    let mut calls = vec![
        Call::CreateTrail(TrailSettings { tags_list, ..settings(&name, new, prefix) }),
        // AWS has them from CreateTrail. Other endpoints ignore them there, and what has no owner is lost to us.
        Call::AddTags(tags),
    ];
    // A new trail has the default selectors (User Guide, "create-trail").
    if new.events.as_deref() != Some(&[Selector::all_management_events()]) {
        calls.push(put_selectors(&name, new));
    }
    if new.logging {
        calls.push(Call::StartLogging(name));
    }
    calls
}

fn update(target: &Target<'_>, name: TrailName, old: &Trail, new: &Trail) -> Vec<Call> {
    let Trail {
        name: _,   // another name is another trail
        region: _, // so is another home Region
        bucket,
        prefix,
        multi_region,
        global_service_events,
        log_file_validation,
        logging,
        events,
        basic_events,
        tags,
        protect,
        adopt: _, // says what the plan may do
    } = old;
    let mut calls = Vec::new();
    let (old_tags, new_tags) =
        (owner::with_protection(tags, *protect), owner::with_protection(&new.tags, new.protect));
    let resource_id = || target.outputs.get("arn").cloned().unwrap_or_default();
    let removed: Vec<Tag> = old_tags
        .keys()
        .filter(|key| !new_tags.contains_key(*key))
        .map(|key| Tag { key: key.clone(), value: None })
        .collect();
    let remove = TagsOf { resource_id: resource_id(), tags_list: removed };
    let added: Tags =
        new_tags.iter().filter(|(key, value)| old_tags.get(*key) != Some(value)).map(owned).collect();
    let add = TagsOf { resource_id: resource_id(), tags_list: list(&added) };
    let is_adopted = !old_tags.contains_key(owner::STACK);
    let [first, second] = if is_adopted {
        [Call::AddTags(add), Call::RemoveTags(remove)]
    } else {
        [Call::RemoveTags(remove), Call::AddTags(add)]
    };
    let has_tags = |call: &Call| !matches!(call, Call::AddTags(tags) | Call::RemoveTags(tags) if tags.tags_list.is_empty());
    calls.extend([first, second].into_iter().filter(has_tags));
    let settings_change = *bucket != new.bucket
        || *prefix != new.prefix
        || *multi_region != new.multi_region
        || *global_service_events != new.global_service_events
        || *log_file_validation != new.log_file_validation;
    if settings_change {
        let cleared = prefix.as_ref().map(|_| String::new());
        calls.push(Call::UpdateTrail(settings(&name, new, new.prefix.clone().or(cleared))));
    }
    if *events != new.events || *basic_events != new.basic_events {
        calls.push(put_selectors(&name, new));
    }
    match (*logging, new.logging) {
        (false, true) => calls.push(Call::StartLogging(name)),
        (true, false) => calls.push(Call::StopLogging(name)),
        _ => {}
    }
    calls
}

/// All flags are always sent: what a flag that is left out becomes is not documented for every one of them.
fn settings(name: &TrailName, new: &Trail, s3_key_prefix: Option<String>) -> TrailSettings {
    TrailSettings {
        name: name.name.clone(),
        s3_bucket_name: new.bucket.as_str().to_owned(),
        s3_key_prefix,
        include_global_service_events: new.global_service_events,
        is_multi_region_trail: new.multi_region,
        enable_log_file_validation: new.log_file_validation,
        tags_list: Vec::new(),
    }
}

fn put_selectors(name: &TrailName, new: &Trail) -> Call {
    let list = |selectors: &Vec<BasicSelector>| selectors.iter().map(EventSelector::from).collect();
    Call::PutEventSelectors(EventSelectors {
        trail_name: name.name.clone(),
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

fn owned((key, value): (&String, &String)) -> (String, String) {
    (key.clone(), value.clone())
}

impl From<&BasicSelector> for EventSelector {
    fn from(selector: &BasicSelector) -> Self {
        let BasicSelector { read_write, management, exclude_management_sources, data } = selector;
        let resource = |resource: &super::selectors::DataResource| DataResource {
            r#type: resource.r#type.clone(),
            values: resource.values.clone(),
        };
        Self {
            read_write_type: *read_write,
            include_management_events: *management,
            data_resources: data.iter().map(resource).collect(),
            exclude_management_event_sources: exclude_management_sources.clone(),
        }
    }
}

impl From<&Selector> for AdvancedEventSelector {
    fn from(selector: &Selector) -> Self {
        let field = |(field, condition): (&String, &Condition)| {
            let Operators { equals, starts_with, ends_with, not_equals, not_starts_with, not_ends_with } =
                condition.0.clone();
            let field = field.clone();
            FieldSelector {
                field,
                equals,
                starts_with,
                ends_with,
                not_equals,
                not_starts_with,
                not_ends_with,
            }
        };
        Self { name: selector.name.clone(), field_selectors: selector.r#where.0.iter().map(field).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kinds::Resource,
        resource::{Account, region::Region},
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
        let account = Account { id: "111122223333".to_owned(), partition: "aws".to_owned() };
        let target = Target { id: &id, outputs: &Trail::outputs(&id, &account) };
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
