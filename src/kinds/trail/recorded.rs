//! What a trail records, as the coverage room knows it.

use super::selectors::{BasicSelector, DataResource, ReadWrite, Selector};
use crate::coverage::{
    BasicSelector as Basic, Condition, DataResource as Resources, Field, Pattern, ReadWrite as Kind,
    Selectors, Trail,
};

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
    selector.r#where.0.iter().fold(Pattern::default(), |pattern, (field, condition)| {
        let lists = condition.0.lists().map(Vec::as_slice);
        pattern.and(Field::of_selector(field), Condition::from_lists(lists))
    })
}
