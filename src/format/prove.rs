//! The proof that advanced selectors record what basic ones do: each covers the other, for all events that there can be.

use crate::{
    coverage::{Assumptions, Coverage, Selectors, Trail, covers},
    kinds::trail::{
        recorded,
        selectors::{BasicSelector, Selector},
    },
};

/// Returns whether a trail records the same with either of them. What is too complex to decide counts as different.
pub(super) fn record_the_same(basic: &[BasicSelector], advanced: &[Selector]) -> bool {
    let partition = partition(basic);
    let one = recorded_by(partition, recorded::basic(basic));
    let other = recorded_by(partition, recorded::advanced(advanced));
    covers(&one, &other).is_contained() && covers(&other, &one).is_contained()
}

/// Returns what a trail with these selectors records. Where it is makes no difference between the two.
fn recorded_by(partition: &str, selectors: Selectors) -> Coverage {
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
