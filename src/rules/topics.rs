//! Topics: where they are for the trails that publish to them, and how long their ARNs are.

use serde_json::Value;

use super::{declared, existing, region_of};
use crate::{
    diagnostic::Diagnostic,
    kinds::{Resource as _, trail::Trail},
    path::Path,
    resource::region::Region,
    spec::{EntryKey, Spec, variables::ACCOUNT},
};

/// How many characters the ARN of a trail's topic may have (API Reference, CreateTrail).
const MAX_ARN: usize = 256;

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    for (EntryKey { address, .. }, attrs) in spec.of_kind(Trail::KIND) {
        let at = Path::keys([Trail::SECTION, &address.logical, "topic"]);
        region(spec, attrs, &at, found);
        length(spec, attrs, &at, found);
    }
}

/// A trail of one Region is told to have its topic there (User Guide, "Configuring Amazon SNS notifications for CloudTrail").
fn region(spec: &Spec, trail: &Value, at: &Path, found: &mut Vec<Diagnostic>) {
    let topic = &trail["topic"];
    if let (Some(home), Some(other)) = (region_of(spec, trail), existing::region(spec, "topic", topic))
        && home != other
    {
        let message = format!("the topic is in {other}, and the trail's home is {home}");
        let help = format!("use a topic in {home}");
        let diagnostic = Diagnostic::at("topic-region", at.clone(), message).help(help);
        found.push(match existing::place(spec, "topic", topic) {
            Some(place) => diagnostic.related(place, "the topic"),
            None => diagnostic,
        });
    }
}

/// SNS takes names that are too long for CloudTrail: it is told the whole ARN.
fn length(spec: &Spec, trail: &Value, at: &Path, found: &mut Vec<Diagnostic>) {
    let topic = &trail["topic"];
    let name = match declared(spec, "topic", topic) {
        Some(entry) => entry["name"].as_str().or(topic.as_str()),
        None => topic["existing"].as_str(),
    };
    let Some(name) = name else { return };
    let length = if name.starts_with("arn:") {
        name.len()
    } else {
        let region = existing::region(spec, "topic", topic).or_else(|| region_of(spec, trail));
        let region = Region::new(region.unwrap_or("us-east-1"));
        format!("arn:{}:sns:{region}:{ACCOUNT}:{name}", region.partition()).len()
    };
    if length > MAX_ARN {
        let message =
            format!("the ARN of the topic has {length} characters: CloudTrail takes {MAX_ARN} at most");
        let help = "use a topic with a shorter name";
        let diagnostic = Diagnostic::at("topic-arn-length", at.clone(), message).help(help);
        found.push(match existing::place(spec, "topic", topic) {
            Some(place) => diagnostic.related(place, "the topic"),
            None => diagnostic,
        });
    }
}
