//! What AWS's documentation leaves open, and how it is taken here.

use std::borrow::Cow;

/// The readings of CloudTrail's documentation that verdicts rest on, one switch each. All hold by default. With a switch off
/// a verdict is one for the other reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assumptions {
    /// A1: a field that the event does not have passes the `Not…` operators. It never passes the others. Off: it passes no
    /// condition at all.
    pub absent_passes_exclusions: bool,
    /// A2: an event with several resources is recorded if one of them fits the conditions on type and ARN together, so that
    /// it is enough to look at events with one. Off: each condition may be met by a resource of its own, and those fields
    /// are as little understood as unknown ones.
    pub one_resource_decides: bool,
    /// A3: values are compared byte by byte. Off: `A` and `a` are the same letter.
    pub case_sensitive: bool,
    /// A4: if a selector has several conditions on one field, all must hold. Off: they are one condition with the values of
    /// all.
    pub repeated_conditions_all_hold: bool,
    /// A5: `readOnly` is true or false in each event. Off: an event may be without it.
    pub read_only_is_known: bool,
}

impl Default for Assumptions {
    fn default() -> Self {
        Self {
            absent_passes_exclusions: true,
            one_resource_decides: true,
            case_sensitive: true,
            repeated_conditions_all_hold: true,
            read_only_is_known: true,
        }
    }
}

impl Assumptions {
    /// Returns the text in the form in which values are compared.
    pub(super) fn fold<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.case_sensitive { text.into() } else { text.to_lowercase().into() }
    }
}
