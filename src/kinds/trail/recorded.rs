//! What a trail records, as the coverage room knows it.

use std::collections::BTreeMap;

use super::{
    Trail as Described,
    selectors::{BasicSelector, DataResource, ReadWrite, Selector, Where},
};
use crate::{
    coverage::{
        Assumptions, BasicSelector as Basic, Condition, Coverage, DataResource as Resources, Field, Pattern,
        ReadWrite as Kind, Selectors, Trail, covers,
    },
    resource::{Account, ResourceId, region::Region},
};

/// Returns a trail as the coverage room knows it, with the name that reports shall give it.
pub fn trail(name: &str, home: &Region, account: &Account, trail: &Described) -> Trail {
    let selectors = match (&trail.events, &trail.basic_events) {
        (Some(events), _) => advanced(events),
        (None, Some(events)) => basic(events),
        (None, None) => Selectors::Default,
    };
    Trail {
        name: name.to_owned(),
        account: account.id.clone(),
        partition: account.partition.clone(),
        leader: Region::leader(&account.partition).0,
        home: home.0.clone(),
        multi_region: trail.multi_region,
        global_service_events: trail.global_service_events,
        organization: trail.organization,
        recursive_logging: trail.recursive_logging,
        logging: trail.logging,
        selectors,
    }
}

/// The trails of an account, by what they are in AWS.
pub type Trails = BTreeMap<ResourceId, Described>;

/// Returns what trails record together, in their order.
pub fn coverage(trails: &Trails, account: &Account) -> Coverage {
    let described = trails.iter().map(|(id, described)| {
        let is_alone = trails.keys().filter(|other| other.name == id.name).count() == 1;
        let name = if is_alone { id.name.clone() } else { format!("{} of {}", id.name, id.region) };
        trail(&name, &id.region, account, described)
    });
    Coverage::new(described, Assumptions::default())
}

/// Returns basic selectors as the coverage room knows them.
pub fn basic(selectors: &[BasicSelector]) -> Selectors {
    Selectors::Basic(selectors.iter().map(described).collect())
}

/// Returns advanced selectors as the coverage room knows them.
pub fn advanced(selectors: &[Selector]) -> Selectors {
    Selectors::Advanced(selectors.iter().map(pattern).collect())
}

/// Returns a trail of which only the selectors matter: what they are to each other depends on nothing else of it.
pub fn alone(partition: &str, selectors: Selectors) -> Trail {
    Trail {
        name: String::new(),
        account: "111122223333".to_owned(),
        partition: partition.to_owned(),
        leader: "us-east-1".to_owned(),
        home: "us-east-1".to_owned(),
        multi_region: true,
        global_service_events: true,
        organization: false,
        recursive_logging: true,
        logging: true,
        selectors,
    }
}

/// Returns whether the selectors of two trails record the same events, for certain.
pub fn are_same(partition: &str, one: Selectors, other: Selectors) -> bool {
    let [one, other] =
        [one, other].map(|selectors| Coverage::new([alone(partition, selectors)], Assumptions::default()));
    covers(&one, &other).is_contained() && covers(&other, &one).is_contained()
}

fn described(selector: &BasicSelector) -> Basic {
    let BasicSelector { read_write, management, exclude_management_sources, data } = selector;
    let resources = |DataResource { r#type, values }: &DataResource| Resources {
        r#type: r#type.clone(),
        values: values.clone(),
    };
    Basic {
        read_write: match read_write {
            ReadWrite::All => Kind::All,
            ReadWrite::ReadOnly => Kind::ReadOnly,
            ReadWrite::WriteOnly => Kind::WriteOnly,
        },
        management: *management,
        exclude_management_sources: exclude_management_sources.clone(),
        data: data.iter().map(resources).collect(),
    }
}

fn pattern(selector: &Selector) -> Pattern {
    conditions(&selector.r#where, Field::of_selector)
}

/// Returns the events that meet some conditions, in which our own names for fields may stand too.
pub fn events(conditions: &Where) -> Pattern {
    self::conditions(conditions, |name| Field::from(name))
}

fn conditions(all: &Where, field: fn(&str) -> Field) -> Pattern {
    all.0.iter().fold(Pattern::default(), |pattern, (name, condition)| {
        let lists = condition.0.lists().map(Vec::as_slice);
        pattern.and(field(name), Condition::from_lists(lists))
    })
}
