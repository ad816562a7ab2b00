//! The proof that advanced selectors record what basic ones do: each covers the other, for all events that there can be.

use crate::{
    coverage::{Assumptions, Coverage, Selectors, covers},
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

fn recorded_by(partition: &str, selectors: Selectors) -> Coverage {
    Coverage::new([recorded::alone(partition, selectors)], Assumptions::default())
}

/// Returns the partition that the ARNs of basic selectors are of.
fn partition(basic: &[BasicSelector]) -> &str {
    let values = basic.iter().flat_map(|selector| &selector.data).flat_map(|resource| &resource.values);
    values.filter_map(|value| value.split(':').nth(1)).next().unwrap_or("aws")
}
