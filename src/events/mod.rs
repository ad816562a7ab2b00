//! What CloudTrail takes in event selectors: categories, fields, operators, types of resources, event sources, ARNs, Insights.
//! Tables and what follows from them; the rules over specs and the embedded AWS read the same ones.

pub mod arns;
pub mod basic;
pub mod fields;
pub mod insights;
pub mod sources;
pub mod types;

pub use self::{
    fields::{Category, Operator},
    insights::Logged,
};

/// How many values all conditions of all advanced selectors of a trail can have together (API Reference,
/// AdvancedEventSelector).
pub const MAX_VALUES: usize = 500;
/// How long a value can be (API Reference, AdvancedFieldSelector).
pub const MAX_VALUE_LENGTH: usize = 2048;
/// How long the name of a selector can be (API Reference, AdvancedEventSelector).
pub const MAX_NAME_LENGTH: usize = 1000;

/// Returns whether a value has the length that CloudTrail takes.
pub fn has_length_of_value(value: &str) -> bool {
    // Most are short, and a text has at most as many characters as bytes.
    !value.is_empty() && (value.len() <= MAX_VALUE_LENGTH || value.chars().count() <= MAX_VALUE_LENGTH)
}
