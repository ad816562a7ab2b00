//! What a trail records, as the coverage room knows it.

use super::selectors::{BasicSelector, DataResource, ReadWrite, Selector};
use crate::coverage::{
    BasicSelector as Basic, Condition, DataResource as Resources, Field, Pattern, ReadWrite as Kind,
    Selectors,
};

/// Returns basic selectors as the coverage room knows them.
pub fn basic(selectors: &[BasicSelector]) -> Selectors {
    Selectors::Basic(selectors.iter().map(described).collect())
}

/// Returns advanced selectors as the coverage room knows them.
pub fn advanced(selectors: &[Selector]) -> Selectors {
    Selectors::Advanced(selectors.iter().map(pattern).collect())
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
