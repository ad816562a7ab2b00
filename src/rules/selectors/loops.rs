//! Trails that record what CloudTrail writes into their own bucket: each delivery is an event, and the next delivery holds it.

use serde_json::Value;

use super::{
    Selecting,
    written::{Condition, Selector},
};
use crate::{
    diagnostic::Diagnostic,
    events::{
        Category, Operator,
        basic::{self, is_all},
    },
    kinds::{
        Resource as _,
        bucket::Bucket,
        trail::selectors::{BasicSelector, ReadWrite},
    },
    path::Path,
    resource::Reference,
    rules::declared,
    spec::Spec,
};

const OBJECT: &str = "AWS::S3::Object";
/// What the names of log files and of digest files end in.
const ENDING: &str = ".json.gz";
/// How CloudTrail's deliveries look in the events of S3; what is not here is not known of them.
const DELIVERY: &[(&str, &str)] =
    &[("readOnly", "false"), ("eventSource", "s3.amazonaws.com"), ("eventName", "PutObject")];

pub(super) fn check(spec: &Spec, trail: &Selecting<'_>, found: &mut Vec<Diagnostic>) {
    let Selecting { at, attrs, .. } = trail;
    if attrs["recursive_logging"] == Value::Bool(false) || !trail.is_logging() {
        return;
    }
    let Some(bucket) = bucket(spec, &attrs["bucket"]) else { return };
    let prefix = attrs["prefix"].as_str().filter(|prefix| !prefix.is_empty());
    let folder = match prefix {
        Some(prefix) => format!("s3:::{bucket}/{prefix}/AWSLogs/"),
        None => format!("s3:::{bucket}/AWSLogs/"),
    };
    let place = match (&trail.advanced, &trail.basic) {
        (Some(selectors), _) => selectors
            .iter()
            .find(|selector| records(selector, &folder))
            .map(|selector| selector.at.key("where")),
        (None, Some(selectors)) => records_basic(selectors, &folder, &at.key("basic_events")),
        (None, None) => None,
    };
    if let Some(place) = place {
        let message = format!(
            "the trail records what CloudTrail writes into its own bucket `{bucket}`: each log file makes events for the next"
        );
        let help = format!(
            "write `recursive_logging: false`, or leave the bucket out: `resources.ARN: {{not_starts_with: [\"arn:aws:s3:::{bucket}/\"]}}`"
        );
        found.push(Diagnostic::at("records-own-bucket", place, message).at_key().help(help));
    }
}

fn bucket(spec: &Spec, to: &Value) -> Option<String> {
    match serde_json::from_value(to.clone()).ok()? {
        Reference::Declared(key) => {
            let bucket = declared(spec, Bucket::KIND, to)?;
            Some(bucket["name"].as_str().map_or(key, str::to_owned))
        }
        Reference::Existing(name) => Some(name),
    }
}

/// Returns whether a selector takes events of log files in this folder. A condition on what is not known of them is taken to
/// leave them out: this is about the plain cases.
fn records(selector: &Selector<'_>, folder: &str) -> bool {
    selector.category() == Some(Category::Data)
        && selector.resource_type() == Some(OBJECT)
        && selector.conditions.iter().all(|condition| match condition.field {
            "eventCategory" | "resources.type" => true,
            "resources.ARN" => admits(condition, |operator, value| reaches(operator, value, folder)),
            field => DELIVERY.iter().find(|(known, _)| *known == field).is_some_and(|(_, text)| {
                admits(condition, |operator, value| match operator {
                    Operator::Equals | Operator::NotEquals => *text == value,
                    Operator::StartsWith | Operator::NotStartsWith => text.starts_with(value),
                    Operator::EndsWith | Operator::NotEndsWith => text.ends_with(value),
                })
            }),
        })
}

/// Returns whether a condition holds, given which of its values hit. One that says nothing is not known to.
fn admits(condition: &Condition<'_>, hits: impl Fn(Operator, &str) -> bool) -> bool {
    let any = |is_negative: bool| {
        let mut lists = condition.lists.iter().filter(move |list| list.operator.is_negative() == is_negative);
        lists.any(|list| list.values.iter().any(|value| hits(list.operator, value)))
    };
    let selects = condition.lists.iter().any(|list| !list.operator.is_negative());
    !condition.lists.is_empty() && (!selects || any(false)) && !any(true)
}

/// Returns whether a value hits log files: some of them if it selects, all of them if it leaves out.
fn reaches(operator: Operator, value: &str, folder: &str) -> bool {
    match operator {
        Operator::Equals | Operator::NotEquals | Operator::NotStartsWith | Operator::StartsWith => {
            let Some(start) = value.splitn(3, ':').nth(2) else { return "arn:".starts_with(value) };
            folder.starts_with(start) && !operator.is_exact()
                || operator == Operator::StartsWith && start.starts_with(folder)
        }
        Operator::EndsWith | Operator::NotEndsWith => ENDING.ends_with(value),
    }
}

fn records_basic(selectors: &[BasicSelector], folder: &str, at: &Path) -> Option<Path> {
    selectors.iter().enumerate().find_map(|(index, selector)| {
        let BasicSelector { read_write, management: _, exclude_management_sources: _, data } = selector;
        if *read_write == ReadWrite::ReadOnly {
            return None;
        }
        let of_objects = |value: &&String| {
            let partition = value.split(':').nth(1).unwrap_or_default();
            is_all(OBJECT, value, partition)
                || basic::is_valid(OBJECT, value, partition) && reaches(Operator::StartsWith, value, folder)
        };
        data.iter().enumerate().find_map(|(place, resource)| {
            let is_hit = resource.r#type == OBJECT && resource.values.iter().any(|value| of_objects(&value));
            is_hit.then(|| at.index(index).key("data").index(place).key("values"))
        })
    })
}
