//! What CloudTrail Insights and aggregation look for, and which events they need.

use super::Category;

/// The types of Insights (API Reference, InsightSelector).
pub const TYPES: &[&str] = &[CALL_RATE, ERROR_RATE];
/// Unusual numbers of calls.
pub const CALL_RATE: &str = "ApiCallRateInsight";
/// Unusual numbers of errors.
pub const ERROR_RATE: &str = "ApiErrorRateInsight";

/// The categories of events that they analyse.
pub const CATEGORIES: &[Category] = &[Category::Management, Category::Data];

/// The templates by which data events are aggregated (API Reference, AggregationConfiguration).
pub const TEMPLATES: &[&str] = &["API_ACTIVITY", "RESOURCE_ACCESS", "USER_ACTIONS"];
/// How many templates an aggregation can have.
pub const MAX_TEMPLATES: usize = 50;

/// Which events a trail logs, as far as Insights and aggregation depend on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Logged {
    /// Management events that read.
    pub management_read: bool,
    /// Management events that write.
    pub management_write: bool,
    /// Data events.
    pub data: bool,
}

/// The events that Insights need (User Guide, "Working with CloudTrail Insights").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Management events that write.
    Writes,
    /// Management events.
    Management,
    /// Data events.
    Data,
}

impl Need {
    /// Returns what Insights of a type need to analyse a category. Nothing is known of other types and categories.
    pub fn of(kind: &str, category: Category) -> Option<Self> {
        match (kind, category) {
            (CALL_RATE, Category::Management) => Some(Self::Writes),
            (ERROR_RATE, Category::Management) => Some(Self::Management),
            (CALL_RATE | ERROR_RATE, Category::Data) => Some(Self::Data),
            _ => None,
        }
    }

    /// Returns whether a trail that logs these events meets it.
    pub fn is_met(self, logged: Logged) -> bool {
        match self {
            Self::Writes => logged.management_write,
            Self::Management => logged.management_read || logged.management_write,
            Self::Data => logged.data,
        }
    }
}

impl Logged {
    /// Returns what both log together.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            management_read: self.management_read || other.management_read,
            management_write: self.management_write || other.management_write,
            data: self.data || other.data,
        }
    }
}
