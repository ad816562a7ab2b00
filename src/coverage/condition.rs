//! Conditions on one field, with the operators of advanced event selectors.

use std::{collections::BTreeSet, fmt};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::assumptions::Assumptions;

/// How a value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum Operator {
    /// The value is this one.
    Equals,
    /// The value starts so.
    StartsWith,
    /// The value ends so.
    EndsWith,
    /// The value is not this one.
    NotEquals,
    /// The value does not start so.
    NotStartsWith,
    /// The value does not end so.
    NotEndsWith,
}

impl Operator {
    /// All operators, in the order of the API.
    pub const ALL: [Self; 6] = [
        Self::Equals,
        Self::StartsWith,
        Self::EndsWith,
        Self::NotEquals,
        Self::NotStartsWith,
        Self::NotEndsWith,
    ];

    /// Returns whether the operator takes events in; the others keep events out.
    pub fn selects(self) -> bool {
        matches!(self, Self::Equals | Self::StartsWith | Self::EndsWith)
    }

    /// Returns whether the operator finds `text` in `value`: what it finds is taken in or kept out.
    fn finds(self, text: &str, value: &str) -> bool {
        match self {
            Self::Equals | Self::NotEquals => value == text,
            Self::StartsWith | Self::NotStartsWith => value.starts_with(text),
            Self::EndsWith | Self::NotEndsWith => value.ends_with(text),
        }
    }
}

/// One operator with one value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Term {
    /// The operator.
    pub operator: Operator,
    /// The value.
    pub value: String,
}

impl Term {
    /// Returns whether a value can be taken in by both.
    fn may_meet(&self, other: &Self, rules: &Assumptions) -> bool {
        let (one, other_text) = (rules.fold(&self.value), rules.fold(&other.value));
        match (self.operator, other.operator) {
            (Operator::Equals, operator) => operator.finds(&other_text, &one),
            (operator, Operator::Equals) => operator.finds(&one, &other_text),
            (Operator::StartsWith, Operator::StartsWith) => {
                one.starts_with(&*other_text) || other_text.starts_with(&*one)
            }
            (Operator::EndsWith, Operator::EndsWith) => {
                one.ends_with(&*other_text) || other_text.ends_with(&*one)
            }
            _ => true,
        }
    }
}

/// A condition on one field. The operators that take in are OR'd, those that keep out are AND'd, and both groups are AND'd
/// (User Guide, "How CloudTrail evaluates multiple conditions for a field"). A condition without terms always holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Condition(pub BTreeSet<Term>);

impl Condition {
    /// Returns the condition with these values of one operator.
    pub fn new<V: Into<String>>(operator: Operator, values: impl IntoIterator<Item = V>) -> Self {
        Self(values.into_iter().map(|value| Term { operator, value: value.into() }).collect())
    }

    /// Returns the condition with six lists of values, in the order of [`Operator::ALL`].
    pub fn from_lists(lists: [&[String]; 6]) -> Self {
        let terms = |(operator, values): (_, &[String])| Self::new(operator, values).0;
        Self(Operator::ALL.into_iter().zip(lists).flat_map(terms).collect())
    }

    /// Returns the condition with more values.
    #[must_use]
    pub fn with<V: Into<String>>(mut self, operator: Operator, values: impl IntoIterator<Item = V>) -> Self {
        self.0.extend(Self::new(operator, values).0);
        self
    }

    /// Returns whether the condition holds for a value, or for an event without the field.
    pub fn accepts(&self, value: Option<&str>, rules: &Assumptions) -> bool {
        let Some(value) = value else {
            let excludes_only = !self.0.iter().any(|term| term.operator.selects());
            return self.0.is_empty() || excludes_only && rules.absent_passes_exclusions;
        };
        let value = rules.fold(value);
        let (mut selects, mut selected) = (false, false);
        for Term { operator, value: text } in &self.0 {
            let found = operator.finds(&rules.fold(text), &value);
            if operator.selects() {
                selects = true;
                selected |= found;
            } else if found {
                return false;
            }
        }
        selected || !selects
    }

    /// Returns whether a value may pass both conditions, as far as what they take in goes. Only a `false` says something.
    pub(super) fn may_meet(&self, other: &Self, rules: &Assumptions) -> bool {
        let mut own = self.taking().peekable();
        own.peek().is_none()
            || other.taking().next().is_none()
            || own.any(|one| other.taking().any(|other| one.may_meet(other, rules)))
    }

    fn taking(&self) -> impl Iterator<Item = &Term> {
        self.0.iter().filter(|term| term.operator.selects())
    }

    /// Returns whether the condition holds for a value of which only this is known: that these terms hold. Rests on nothing
    /// but the way in which terms are put together, not on what an operator does.
    pub fn allows(&self, holding: &BTreeSet<Term>) -> bool {
        let (select, exclude): (Vec<&Term>, Vec<&Term>) =
            self.0.iter().partition(|term| term.operator.selects());
        (select.is_empty() || select.iter().any(|term| holding.contains(term)))
            && exclude.iter().all(|term| holding.contains(term))
    }
}

impl fmt::Display for Condition {
    /// Writes the operators with their values, such as `StartsWith a/, b/; NotEquals a/x`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut last = None;
        for Term { operator, value } in &self.0 {
            match last {
                Some(last) if last == operator => write!(f, ", {value}")?,
                Some(_) => write!(f, "; {operator:?} {value}")?,
                None => write!(f, "{operator:?} {value}")?,
            }
            last = Some(operator);
        }
        Ok(())
    }
}
