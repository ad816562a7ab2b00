//! Whether a trail records an event, straight from AWS's wording and without the patterns that are compared elsewhere.
//!
//! Every example of a lost event passes here before it is shown.

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Assumptions, BasicSelector, Event, Field, ReadWrite, Selectors, Trail,
    trail::{DataResource, S3_OBJECT},
};

/// Why an event does not reach the selectors of a trail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unheard {
    /// The trail is not logging.
    NotLogging,
    /// The event is of another account, and the trail of one account only.
    OtherAccount,
    /// The event is of another Region, and the trail of one Region only.
    OtherRegion,
    /// The event is of a global service, and those do not reach the trail.
    GlobalService,
    /// CloudTrail's own delivery caused the event, and the trail leaves those out.
    SelfDelivery,
}

/// Returns whether the trail records the event.
pub(super) fn records(trail: &Trail, event: &Event, rules: &Assumptions) -> bool {
    unheard(trail, event).is_none() && selector(trail, event, rules).is_some()
}

/// Returns why the event does not reach the selectors of the trail, if it does not.
pub(super) fn unheard(trail: &Trail, event: &Event) -> Option<Unheard> {
    let is = |field: &Field, value: &str| event.get(field) == Some(value);
    if !trail.logging {
        return Some(Unheard::NotLogging);
    }
    if !trail.organization && !is(&Field::Account, &trail.account) {
        return Some(Unheard::OtherAccount);
    }
    if !trail.recursive_logging && is(&Field::SelfDelivery, "yes") {
        return Some(Unheard::SelfDelivery);
    }
    if is(&Field::Scope, "global") {
        // Only management events are recorded for global services, in the leader Region, by trails that include them and are
        // multi-Region or at home there.
        let gets_it = trail.global_service_events
            && (trail.multi_region || trail.home == trail.leader)
            && is(&Field::Region, &trail.leader)
            && is(&Field::EventCategory, "Management");
        return (!gets_it).then_some(Unheard::GlobalService);
    }
    let is_here = trail.multi_region || is(&Field::Region, &trail.home);
    (!is_here).then_some(Unheard::OtherRegion)
}

/// Returns the first selector that takes the event.
pub(super) fn selector(trail: &Trail, event: &Event, rules: &Assumptions) -> Option<usize> {
    match &trail.selectors {
        Selectors::Basic(list) if !list.is_empty() => {
            list.iter().position(|basic| takes(basic, &trail.partition, event, rules))
        }
        Selectors::Advanced(list) if !list.is_empty() => {
            list.iter().position(|pattern| pattern.contains(event, rules))
        }
        Selectors::Default | Selectors::Basic(_) | Selectors::Advanced(_) => {
            (event.get(&Field::EventCategory) == Some("Management")).then_some(0)
        }
    }
}

/// Returns whether a basic selector takes the event.
fn takes(basic: &BasicSelector, partition: &str, event: &Event, rules: &Assumptions) -> bool {
    let reads_or_writes = match basic.read_write {
        ReadWrite::All => true,
        ReadWrite::ReadOnly => event.get(&Field::ReadOnly) == Some("true"),
        ReadWrite::WriteOnly => event.get(&Field::ReadOnly) == Some("false"),
    };
    let same = |one: &str, other: &str| rules.fold(one) == rules.fold(other);
    reads_or_writes
        && match event.get(&Field::EventCategory) {
            Some("Management") => {
                let source = event.get(&Field::EventSource).unwrap_or_default();
                basic.management && !basic.exclude_management_sources.iter().any(|out| same(out, source))
            }
            Some("Data") => basic.data.iter().any(|resource| {
                event.get(&Field::ResourceType).is_some_and(|given| same(given, &resource.r#type))
                    && names(resource, partition, event.get(&Field::ResourceArn), rules)
            }),
            _ => false,
        }
}

/// Returns whether the values of a basic selector name the ARN.
fn names(resource: &DataResource, partition: &str, arn: Option<&str>, rules: &Assumptions) -> bool {
    let DataResource { r#type, values } = resource;
    let arn = arn.map(|arn| rules.fold(arn));
    values.iter().any(|value| {
        let service = value.strip_prefix("arn:").and_then(|rest| rest.strip_prefix(partition));
        let value = rules.fold(value);
        match (r#type.as_str(), service, &arn) {
            (S3_OBJECT, Some(":s3" | ":s3:::"), _) => true,
            (_, _, None) => false,
            (S3_OBJECT, _, Some(arn)) | (_, Some(":lambda" | ":dynamodb"), Some(arn)) => {
                arn.starts_with(&*value)
            }
            (_, _, Some(arn)) => *arn == value,
        }
    })
}
