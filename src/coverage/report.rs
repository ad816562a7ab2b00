//! What becomes of what is recorded when one set of trails takes the place of another.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Coverage, Example, Recorder, lost};

/// How many examples are given of what is lost.
const MOST_LOST: usize = 20;
/// How many are given of what is gained.
const MOST_GAINED: usize = 5;

/// Whether more or less is recorded than before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Outlook {
    /// The same events are recorded.
    #[default]
    Unchanged,
    /// All events are recorded that were, and others.
    Extended,
    /// Some events are no longer recorded.
    Reduced,
    /// It was not decided whether some events are no longer recorded. To be taken for a loss.
    Unknown,
}

/// What becomes of what is recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// Whether more or less is recorded than before.
    pub verdict: Outlook,
    /// Examples of events that are no longer recorded, one for each selector that loses some, management events first. For each
    /// there may be many that are like it.
    pub lost: Vec<Shown>,
    /// Whether there are further ones that are not like these.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more_lost: bool,
    /// Examples of events that are newly recorded.
    pub gained: Vec<Shown>,
    /// Whether there are further ones that are not like these.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more_gained: bool,
}

/// An event as an example of many, to be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Shown {
    /// In plain words, which events are meant.
    pub words: String,
    /// One of them: its fields, by the names that selectors have for them. A field without a value is absent from it.
    pub event: BTreeMap<String, String>,
    /// The fields that matter: of the events that the selector takes, those are meant that have the same values in these.
    pub matters: BTreeSet<String>,
    /// What records it; for one that is lost, what did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_by: Option<Recorder>,
}

impl From<Example> for Shown {
    fn from(example: Example) -> Self {
        let words = example.to_string();
        let Example { event, matters, recorded_by, is_possible: _ } = example;
        let event = event.values.into_iter().map(|(field, value)| (field.to_string(), value)).collect();
        let matters = matters.iter().map(ToString::to_string).collect();
        Self { words, event, matters, recorded_by }
    }
}

impl Report {
    /// Compares what was recorded with what will be. Events that AWS cannot make, as far as is known, do not count.
    pub fn of(old: &Coverage, new: &Coverage) -> Self {
        if old == new {
            return Self::default();
        }
        let shown = |examples: Vec<Example>| -> Vec<Shown> {
            examples.into_iter().filter(|example| example.is_possible).map(Shown::from).collect()
        };
        // One more than is shown tells whether there are any.
        let less = lost(new, old, MOST_LOST + 1).map(shown);
        // What is gained needs no proof: when that is not decided, more may be recorded.
        let more = lost(old, new, MOST_GAINED + 1).map(shown);
        let verdict = match (&less, &more) {
            (Err(_), _) => Outlook::Unknown,
            (Ok(lost), _) if !lost.is_empty() => Outlook::Reduced,
            (Ok(_), Ok(gained)) if gained.is_empty() => Outlook::Unchanged,
            (Ok(_), _) => Outlook::Extended,
        };
        let (mut lost, mut gained) = (less.unwrap_or_default(), more.unwrap_or_default());
        let (more_lost, more_gained) = (lost.len() > MOST_LOST, gained.len() > MOST_GAINED);
        lost.truncate(MOST_LOST);
        gained.truncate(MOST_GAINED);
        Self { verdict, lost, more_lost, gained, more_gained }
    }

    /// Returns whether something is lost, or may be.
    pub fn is_loss(&self) -> bool {
        matches!(self.verdict, Outlook::Reduced | Outlook::Unknown)
    }
}
