//! The proof that advanced selectors record what basic ones do: each covers the other, for all events that there can be.

use crate::{
    coverage::{
        Assumptions, BasicSelector as Basic, Condition, Coverage, DataResource as Resources, Field, Pattern,
        ReadWrite as Kind, Selectors, Trail, covers,
    },
    kinds::trail::selectors::{BasicSelector, DataResource, ReadWrite, Selector},
};

/// Returns whether a trail records the same with either of them. What is too complex to decide counts as different.
pub(super) fn record_the_same(basic: &[BasicSelector], advanced: &[Selector]) -> bool {
    let partition = partition(basic);
    let one = recorded(partition, Selectors::Basic(basic.iter().map(described).collect()));
    let other = recorded(partition, Selectors::Advanced(advanced.iter().map(pattern).collect()));
    covers(&one, &other).is_contained() && covers(&other, &one).is_contained()
}

/// Returns what a trail with these selectors records. Where it is makes no difference between the two.
fn recorded(partition: &str, selectors: Selectors) -> Coverage {
    let trail = Trail {
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
    };
    Coverage::new([trail], Assumptions::default())
}

/// Returns the partition that the ARNs of basic selectors are of.
fn partition(basic: &[BasicSelector]) -> &str {
    let values = basic.iter().flat_map(|selector| &selector.data).flat_map(|resource| &resource.values);
    values.filter_map(|value| value.split(':').nth(1)).next().unwrap_or("aws")
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
