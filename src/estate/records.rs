//! What a trail records, in a few words. The coverage room tells it exactly.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    kinds::trail::{
        Trail,
        selectors::{BasicSelector, Condition, DataResource, ReadWrite, Selector},
    },
    report::count,
};

/// Returns what a trail records, such as `management without kms.amazonaws.com; data: S3 objects in 2 buckets, Lambda functions`.
pub(crate) fn records(trail: &Trail) -> String {
    let mut records = Records::default();
    match (&trail.events, &trail.basic_events) {
        (Some(events), _) => events.iter().for_each(|selector| records.add(selector)),
        (None, Some(events)) => events.iter().for_each(|selector| records.add_basic(selector)),
        (None, None) => records.management(String::new()),
    }
    records.words()
}

/// What was gathered from the selectors.
#[derive(Default)]
struct Records {
    management: Vec<String>,
    /// By what the events are of, and how they are narrowed further.
    data: BTreeMap<(String, String), Resources>,
    others: Vec<String>,
}

/// Some resources of a type.
#[derive(Clone, PartialEq, Eq)]
enum Resources {
    All,
    Some(BTreeSet<String>),
}

impl Records {
    fn management(&mut self, words: String) {
        once(&mut self.management, format!("management{words}"));
    }

    fn data(&mut self, r#type: &str, narrowed: String, resources: Resources) {
        let known = self.data.entry((r#type.to_owned(), narrowed)).or_insert_with(|| resources.clone());
        *known = match (&known, resources) {
            (Resources::Some(known), Resources::Some(more)) => Resources::Some(known | &more),
            _ => Resources::All,
        };
    }

    fn add(&mut self, selector: &Selector) {
        let mut fields: BTreeMap<&str, &Condition> =
            selector.r#where.0.iter().map(|(field, condition)| (field.as_str(), condition)).collect();
        let mut only = |field: &str| {
            let values = only_equals(fields.get(field)?)?;
            fields.remove(field);
            Some(values)
        };
        let (category, reads) = (only("eventCategory"), only("readOnly"));
        let reads = reads.and_then(|values| match values {
            [value] if value == "true" => Some("reads"),
            [value] if value == "false" => Some("writes"),
            _ => None,
        });
        let category = category.and_then(<[String]>::first).map_or("other events", String::as_str);
        match category {
            "Management" => {
                let sources = fields.get("eventSource").and_then(|condition| sources(condition));
                if sources.is_some() {
                    fields.remove("eventSource");
                }
                self.management(sources.unwrap_or_default() + &narrowed(reads, fields.into_keys()));
            }
            "NetworkActivity" => {
                let of = only("eventSource").map(|sources| {
                    let short = |source: &String| source.trim_end_matches(".amazonaws.com").to_owned();
                    format!(" of {}", sources.iter().map(short).collect::<Vec<_>>().join(", "))
                });
                let words = format!(
                    "network activity{}{}",
                    of.unwrap_or_default(),
                    narrowed(reads, fields.into_keys())
                );
                once(&mut self.others, words);
            }
            "Data" => {
                let r#type = only("resources.type").and_then(<[String]>::first).cloned();
                let arns = fields.get("resources.ARN").and_then(|condition| places(condition));
                if arns.is_some() {
                    fields.remove("resources.ARN");
                }
                let r#type = r#type.as_deref().unwrap_or("all");
                self.data(
                    r#type,
                    narrowed(reads, fields.into_keys()),
                    resources(r#type, arns.into_iter().flatten()),
                );
            }
            other => once(&mut self.others, other.to_owned() + &narrowed(reads, fields.into_keys())),
        }
    }

    fn add_basic(&mut self, selector: &BasicSelector) {
        let BasicSelector { read_write, management, exclude_management_sources, data } = selector;
        let reads = match read_write {
            ReadWrite::All => None,
            ReadWrite::ReadOnly => Some("reads"),
            ReadWrite::WriteOnly => Some("writes"),
        };
        let narrowed = narrowed(reads, []);
        if *management {
            self.management(without(exclude_management_sources) + &narrowed);
        }
        for DataResource { r#type, values } in data {
            self.data(r#type, narrowed.clone(), resources(r#type, values));
        }
    }

    fn words(self) -> String {
        let Self { management, data, others } = self;
        let data: Vec<String> = data
            .into_iter()
            .map(|((r#type, narrowed), resources)| format!("{}{narrowed}", of_type(&r#type, &resources)))
            .collect();
        let data = (!data.is_empty()).then(|| format!("data: {}", data.join(", ")));
        let all: Vec<String> = management.into_iter().chain(data).chain(others).collect();
        if all.is_empty() { "nothing".to_owned() } else { all.join("; ") }
    }
}

fn once(list: &mut Vec<String>, words: String) {
    if !list.contains(&words) {
        list.push(words);
    }
}

fn only_equals(condition: &Condition) -> Option<&[String]> {
    let lists = condition.0.lists();
    lists[1..].iter().all(|list| list.is_empty()).then_some(lists[0].as_slice())
}

/// Returns which services the management events are of, if that can be said shortly.
fn sources(condition: &Condition) -> Option<String> {
    let [equals, rest @ .., not_equals, not_starts, not_ends] = condition.0.lists();
    let has_others =
        rest.iter().any(|list| !list.is_empty()) || !not_starts.is_empty() || !not_ends.is_empty();
    match (equals.as_slice(), not_equals.as_slice()) {
        _ if has_others => None,
        ([], excluded) => Some(without(excluded)),
        (included, []) => Some(format!(" of {}", included.join(", "))),
        _ => None,
    }
}

fn without(sources: &[String]) -> String {
    if sources.is_empty() { String::new() } else { format!(" without {}", sources.join(", ")) }
}

/// Returns the ARNs that a condition takes in, or how they start, if it says nothing else. A start within the name of a bucket
/// names no resource.
fn places(condition: &Condition) -> Option<Vec<&String>> {
    let [equals, starts_with, rest @ ..] = condition.0.lists();
    let is_whole = |start: &&String| name_of(start).is_none_or(|name| name.contains(['/', ':']));
    let says_more =
        rest.iter().any(|list| !list.is_empty()) || !starts_with.iter().all(|start| is_whole(&start));
    (!says_more).then(|| equals.iter().chain(starts_with).collect())
}

/// Returns what an ARN says behind its account; none if that is nothing.
fn name_of(arn: &str) -> Option<&str> {
    arn.splitn(6, ':').nth(5).filter(|name| !name.is_empty())
}

fn resources<'a>(r#type: &str, arns: impl IntoIterator<Item = &'a String>) -> Resources {
    let name = |arn: &'a String| {
        let name = name_of(arn)?;
        let is_object = r#type == "AWS::S3::Object";
        Some(if is_object { name.split('/').next().unwrap_or(name) } else { name }.to_owned())
    };
    // An ARN that names nothing stands for all.
    let names: Option<BTreeSet<String>> = arns.into_iter().map(name).collect();
    names.filter(|names| !names.is_empty()).map_or(Resources::All, Resources::Some)
}

fn of_type(r#type: &str, resources: &Resources) -> String {
    let noun = match r#type {
        "AWS::S3::Object" => "S3 object",
        "AWS::Lambda::Function" => "Lambda function",
        "AWS::DynamoDB::Table" => "DynamoDB table",
        other => {
            let name = other.strip_prefix("AWS::").unwrap_or(other);
            return match resources {
                Resources::All => name.to_owned(),
                Resources::Some(names) => format!("{} of {name}", names.len()),
            };
        }
    };
    match resources {
        Resources::All => format!("{noun}s"),
        Resources::Some(names) if r#type == "AWS::S3::Object" => {
            format!("{noun}s in {}", count(names.len(), "bucket"))
        }
        Resources::Some(names) => count(names.len(), noun),
    }
}

/// Says how events are narrowed further: to those that read or write, and by which fields.
fn narrowed<'a>(reads: Option<&str>, fields: impl IntoIterator<Item = &'a str>) -> String {
    let fields: Vec<&str> = fields.into_iter().collect();
    let by = (!fields.is_empty()).then(|| format!("by {}", fields.join(", ")));
    let all: Vec<String> = reads.map(str::to_owned).into_iter().chain(by).collect();
    if all.is_empty() { String::new() } else { format!(" ({})", all.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn words(attrs: Value) -> String {
        let mut trail = json!({"bucket": "logs"});
        trail.as_object_mut().unwrap().extend(attrs.as_object().unwrap().clone());
        records(&serde_json::from_value(trail).unwrap())
    }

    #[test]
    fn selectors_are_told_in_a_few_words() {
        let management = json!({"where": {"eventCategory": "Management"}});
        let s3 = |arns: Value| json!({"where": {"eventCategory": "Data", "resources.type": "AWS::S3::Object", "resources.ARN": arns}});
        let lambda = json!({"where": {"eventCategory": "Data", "resources.type": "AWS::Lambda::Function"}});
        for (events, want) in [
            (json!([management, management]), "management"),
            (
                json!([
                    management,
                    s3(json!({"starts_with": ["arn:aws:s3:::a/", "arn:aws:s3:::b/x"]})),
                    lambda
                ]),
                "management; data: Lambda functions, S3 objects in 2 buckets",
            ),
            (
                json!([s3(json!({"starts_with": ["arn:aws:s3:::a/"]})), s3(json!("arn:aws:s3:::a/b"))]),
                "data: S3 objects in 1 bucket",
            ),
            (json!([s3(json!({"starts_with": ["arn:aws:s3:::"]}))]), "data: S3 objects"),
            (json!([s3(json!({"starts_with": ["arn:aws:s3:::a"]}))]), "data: S3 objects (by resources.ARN)"),
            (
                json!([s3(json!({"not_starts_with": ["arn:aws:s3:::a/"]}))]),
                "data: S3 objects (by resources.ARN)",
            ),
            (
                json!([{"where": {"eventCategory": "Management", "eventSource": {"not_equals": ["kms.amazonaws.com"]}}}]),
                "management without kms.amazonaws.com",
            ),
            (
                json!([{"where": {"eventCategory": "Management", "eventSource": "iam.amazonaws.com", "readOnly": false}}]),
                "management of iam.amazonaws.com (writes)",
            ),
            (
                json!([{"where": {"eventCategory": "NetworkActivity", "eventSource": "ec2.amazonaws.com", "errorCode": "VpceAccessDenied"}}]),
                "network activity of ec2 (by errorCode)",
            ),
            (
                json!([{"where": {"eventCategory": "Data", "resources.type": "AWS::SNS::Topic", "readOnly": "true", "eventName": {"starts_with": ["P"]}}}]),
                "data: SNS::Topic (reads, by eventName)",
            ),
        ] {
            assert_eq!(words(json!({"events": events})), want);
        }
        assert_eq!(words(json!({})), "management");
    }

    #[test]
    fn basic_selectors_are_too() {
        let data = |r#type: &str, values: Value| json!({"type": r#type, "values": values});
        for (selector, want) in [
            (json!({}), "management"),
            (json!({"read_write": "WriteOnly"}), "management (writes)"),
            (
                json!({"exclude_management_sources": ["kms.amazonaws.com"]}),
                "management without kms.amazonaws.com",
            ),
            (
                json!({"management": false, "data": [
                    data("AWS::S3::Object", json!(["arn:aws:s3:::a/", "arn:aws:s3:::b/"])),
                    data("AWS::Lambda::Function", json!(["arn:aws:lambda"])),
                    data("AWS::DynamoDB::Table", json!(["arn:aws:dynamodb:us-east-1:111122223333:table/t"])),
                ]}),
                "data: 1 DynamoDB table, Lambda functions, S3 objects in 2 buckets",
            ),
            (
                json!({"management": false, "data": [data("AWS::S3::Object", json!(["arn:aws:s3"]))]}),
                "data: S3 objects",
            ),
        ] {
            assert_eq!(words(json!({"basic_events": [selector]})), want);
        }
    }
}
