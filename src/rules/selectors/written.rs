//! Advanced selectors in the words of the files: a condition may be a value, a list, or operators, and each value knows where
//! it stands.

use serde_json::Value;

use crate::{
    diagnostic::{Diagnostic, Place},
    events::{Category, Operator},
    path::Path,
};

/// An advanced selector.
pub(super) struct Selector<'a> {
    /// Its place.
    pub(super) at: Path,
    /// Its name.
    pub(super) name: Option<&'a str>,
    /// Its conditions, in the order of the file.
    pub(super) conditions: Vec<Condition<'a>>,
}

/// A condition on one field.
pub(super) struct Condition<'a> {
    /// The field.
    pub(super) field: &'a str,
    /// Its place.
    pub(super) at: Path,
    /// Its operators, in the order of the file.
    pub(super) lists: Vec<List<'a>>,
}

/// An operator with its values.
pub(super) struct List<'a> {
    /// The operator.
    pub(super) operator: Operator,
    /// The values.
    pub(super) values: Vec<&'a str>,
    /// Its place: that of the condition if the operator is not spelt out.
    at: Path,
    /// Whether it is written as a list, and not as a value alone.
    is_list: bool,
}

/// Reads a list of selectors, which has the form that the kind asks for.
pub(super) fn selectors<'a>(events: &'a [Value], at: &Path) -> Vec<Selector<'a>> {
    let selector = |(index, selector): (usize, &'a Value)| {
        let at = at.index(index);
        let place = at.key("where");
        let conditions = selector["where"].as_object().into_iter().flatten();
        Selector {
            name: selector["name"].as_str(),
            conditions: conditions.map(|(field, given)| condition(field, given, place.key(field))).collect(),
            at,
        }
    };
    events.iter().enumerate().map(selector).collect()
}

fn condition<'a>(field: &'a str, given: &'a Value, at: Path) -> Condition<'a> {
    let lists = match given {
        Value::Object(operators) => {
            let named = |key: &str| Operator::ALL.into_iter().find(|operator| operator.key() == key);
            let list = |(key, values): (&'a String, &'a Value)| Some(list(named(key)?, values, at.key(key)));
            operators.iter().filter_map(list).collect()
        }
        values => vec![list(Operator::Equals, values, at.clone())],
    };
    Condition { field, at, lists }
}

fn list(operator: Operator, given: &Value, at: Path) -> List<'_> {
    let items = given.as_array();
    let values = items.map_or_else(|| std::slice::from_ref(given), Vec::as_slice);
    List { operator, values: values.iter().filter_map(text).collect(), at, is_list: items.is_some() }
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::Bool(true) => Some("true"),
        Value::Bool(false) => Some("false"),
        other => other.as_str(),
    }
}

impl<'a> Selector<'a> {
    /// Returns the condition on a field.
    pub(super) fn condition(&self, field: &str) -> Option<&Condition<'a>> {
        self.conditions.iter().find(|condition| condition.field == field)
    }

    /// Returns the category that it is for, if it names one that trails have.
    pub(super) fn category(&self) -> Option<Category> {
        Category::named(self.condition("eventCategory")?.first()?)
    }

    /// Returns the type of resources that it is for.
    pub(super) fn resource_type(&self) -> Option<&'a str> {
        self.condition("resources.type")?.first()
    }
}

impl<'a> Condition<'a> {
    /// Returns the operator with its values, if the condition has it.
    pub(super) fn list(&self, operator: Operator) -> Option<&List<'a>> {
        self.lists.iter().find(|list| list.operator == operator)
    }

    /// Returns the values of an operator.
    pub(super) fn values(&self, operator: Operator) -> &[&'a str] {
        self.list(operator).map_or(&[], |list| &list.values)
    }

    /// Returns the first value that is selected.
    pub(super) fn first(&self) -> Option<&'a str> {
        self.values(Operator::Equals).first().copied()
    }

    /// Returns the value that is selected, if it is one.
    pub(super) fn only(&self) -> Option<&'a str> {
        match self.values(Operator::Equals) {
            [value] => Some(value),
            _ => None,
        }
    }

    /// Returns a diagnostic that points to the field.
    pub(super) fn found(&self, code: &'static str, message: impl Into<String>) -> Diagnostic {
        Diagnostic::at(code, self.at.clone(), message).at_key()
    }
}

impl List<'_> {
    /// Returns the path of a value.
    pub(super) fn path(&self, index: usize) -> Path {
        if self.is_list { self.at.index(index) } else { self.at.clone() }
    }

    /// Returns the place of a value, for diagnostics about others.
    pub(super) fn place(&self, value: &str) -> Place {
        let index = self.values.iter().position(|other| *other == value);
        Place::Value(index.map_or_else(|| self.at.clone(), |index| self.path(index)))
    }

    /// Returns a diagnostic that points to a value.
    pub(super) fn found(&self, code: &'static str, index: usize, message: impl Into<String>) -> Diagnostic {
        Diagnostic::at(code, self.path(index), message)
    }

    /// Returns a diagnostic that points to the operator, or to the field if the operator is not spelt out.
    pub(super) fn found_here(&self, code: &'static str, message: impl Into<String>) -> Diagnostic {
        Diagnostic::at(code, self.at.clone(), message).at_key()
    }
}
