//! Advanced event selectors, as far as trails can have them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Logged, invalid};
use crate::events::{
    Category, MAX_NAME_LENGTH, MAX_VALUES, Operator,
    arns::{Arn, Shape},
    fields::Field,
    has_length_of_value, types,
};
use crate::sandbox::wire::Refusal;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct AdvancedEventSelector {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default)]
    field_selectors: Vec<FieldSelector>,
}

/// Conditions on one field. An operator is absent, or has values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct FieldSelector {
    field: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    equals: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    starts_with: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ends_with: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_equals: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_starts_with: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_ends_with: Option<Vec<String>>,
}

impl FieldSelector {
    /// The operators that are present, with their values.
    fn operators(&self) -> impl Iterator<Item = (Operator, &Vec<String>)> {
        use Operator::{EndsWith, Equals, NotEndsWith, NotEquals, NotStartsWith, StartsWith};
        [
            (Equals, &self.equals),
            (StartsWith, &self.starts_with),
            (EndsWith, &self.ends_with),
            (NotEquals, &self.not_equals),
            (NotStartsWith, &self.not_starts_with),
            (NotEndsWith, &self.not_ends_with),
        ]
        .into_iter()
        .filter_map(|(operator, values)| Some((operator, values.as_ref()?)))
    }
}

impl AdvancedEventSelector {
    pub(super) fn logged(&self) -> Logged {
        let is = |field: &str, value: &str| {
            let conditions = self.field_selectors.iter().filter(|condition| condition.field == field);
            conditions.filter_map(|condition| condition.equals.as_ref()).flatten().any(|known| known == value)
        };
        let management = is("eventCategory", "Management");
        Logged {
            management_read: management && !is("readOnly", "false"),
            management_write: management && !is("readOnly", "true"),
            data: is("eventCategory", "Data"),
        }
    }
}

/// Refuses selectors that break a rule.
pub(super) fn check(selectors: &[AdvancedEventSelector], partition: &str) -> Result<(), Refusal> {
    for selector in selectors {
        check_selector(selector, partition)?;
    }
    let fields = selectors.iter().flat_map(|selector| &selector.field_selectors);
    let values: usize = fields.flat_map(FieldSelector::operators).map(|(_, values)| values.len()).sum();
    if values > MAX_VALUES {
        return Err(invalid(format!(
            "A trail can have {MAX_VALUES} values in its advanced event selectors."
        )));
    }
    Ok(())
}

fn check_selector(selector: &AdvancedEventSelector, partition: &str) -> Result<(), Refusal> {
    let AdvancedEventSelector { name, field_selectors: fields } = selector;
    if name.as_ref().is_some_and(|name| name.chars().count() > MAX_NAME_LENGTH) {
        return Err(invalid(format!("The name of a selector can have {MAX_NAME_LENGTH} characters.")));
    }
    let mut seen = BTreeSet::new();
    for field in fields {
        check_shape(field)?;
        if !seen.insert(field.field.as_str()) {
            return Err(invalid(format!("Field {} is given more than once.", field.field)));
        }
    }
    let category = fields.iter().find(|field| field.field == "eventCategory");
    let category = category.and_then(|field| Category::named(field.equals.as_ref()?.first()?));
    let Some(category) = category else {
        let message = "eventCategory must equal Management, Data or NetworkActivity in each selector.";
        return Err(invalid(message));
    };
    if let Some(rule) = category.fields().iter().find(|rule| rule.is_required && !seen.contains(rule.name)) {
        return Err(invalid(format!("Field {} is required.", rule.name)));
    }
    for field in fields {
        match category.field(&field.field).filter(|rule| rule.is_certain) {
            Some(rule) => check_field(field, rule)?,
            None => return Err(invalid(format!("Field {} cannot be used here.", field.field))),
        }
    }
    check_resources(fields, partition)
}

/// What holds for every field.
fn check_shape(field: &FieldSelector) -> Result<(), Refusal> {
    let mut operators = field.operators().peekable();
    if operators.peek().is_none() {
        return Err(invalid(format!("Field {} has no operator.", field.field)));
    }
    for (operator, values) in operators {
        if values.is_empty() {
            return Err(invalid(format!("{operator:?} of field {} has no values.", field.field)));
        }
        let is_valid = |value: &str| has_length_of_value(value) && !value.contains('*');
        if let Some(value) = values.iter().find(|value| !is_valid(value)) {
            return Err(invalid(format!("Value {value:?} of field {} is invalid.", field.field)));
        }
    }
    Ok(())
}

fn check_field(field: &FieldSelector, rule: &Field) -> Result<(), Refusal> {
    for (operator, values) in field.operators() {
        if !rule.operators.contains(&operator) {
            return Err(invalid(format!("Field {} cannot have the operator {operator:?}.", field.field)));
        }
        if rule.is_single && values.len() > 1 {
            return Err(invalid(format!("Field {} takes one value.", field.field)));
        }
        let is_known = |value: &&String| rule.values.is_empty() || rule.values.contains(&value.as_str());
        if let Some(value) = values.iter().find(|value| !is_known(value)) {
            return Err(invalid(format!("Field {} cannot have the value {value}.", field.field)));
        }
    }
    Ok(())
}

/// A type must look like one (new ones appear all the time), and exact ARNs must be of that type.
fn check_resources(fields: &[FieldSelector], partition: &str) -> Result<(), Refusal> {
    let of = |name: &str| fields.iter().find(|field| field.field == name);
    let Some(kind) = of("resources.type").and_then(|field| field.equals.as_ref()?.first()) else {
        return Ok(());
    };
    if !types::is_type(kind) {
        return Err(invalid(format!("Resource type {kind} is invalid.")));
    }
    let Some(arns) = of("resources.ARN") else { return Ok(()) };
    let exact = [&arns.equals, &arns.not_equals].into_iter().flatten().flatten();
    let is_valid = |arn: &str| {
        let arn = Arn::read(arn).filter(|arn| arn.partition == partition);
        arn.is_some_and(|arn| Shape::of(kind).is_none_or(|shape| shape.fits(&arn)))
    };
    for arn in exact {
        if !is_valid(arn) {
            return Err(invalid(format!("{arn} is not the ARN of one {kind}.")));
        }
    }
    Ok(())
}
