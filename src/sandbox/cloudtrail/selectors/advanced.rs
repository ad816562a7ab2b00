//! Advanced event selectors, as far as trails can have them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Logged, arn_parts, invalid, is_exact_arn};
use crate::sandbox::wire::Refusal;

const MAX_VALUES: usize = 500;
const MAX_VALUE_LENGTH: usize = 2048;
const MAX_NAME_LENGTH: usize = 1000;

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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equals,
    StartsWith,
    EndsWith,
    NotEquals,
    NotStartsWith,
    NotEndsWith,
}

/// What a field may say in one category of events.
struct FieldRule {
    field: &'static str,
    required: bool,
    /// The operators it may have; empty for any.
    operators: &'static [Operator],
    /// The values it may have; empty for any.
    values: &'static [&'static str],
    /// Whether an operator takes one value only.
    single: bool,
}

impl FieldRule {
    const fn any(field: &'static str) -> Self {
        Self { field, required: false, operators: &[], values: &[], single: false }
    }

    /// A field that is required with one value.
    const fn one(field: &'static str, values: &'static [&'static str]) -> Self {
        Self { field, required: true, operators: &[Operator::Equals], values, single: true }
    }

    const fn optional(
        field: &'static str,
        operators: &'static [Operator],
        values: &'static [&'static str],
        single: bool,
    ) -> Self {
        Self { field, required: false, operators, values, single }
    }
}

/// The categories of events that trails have, with the fields of each.
static CATEGORIES: &[(&str, &[FieldRule])] = &[
    (
        "Management",
        &[
            FieldRule::one("eventCategory", &[]),
            FieldRule::optional("readOnly", &[Operator::Equals], &["true", "false"], true),
            FieldRule::optional(
                "eventSource",
                &[Operator::NotEquals],
                &["kms.amazonaws.com", "rdsdata.amazonaws.com"],
                false,
            ),
        ],
    ),
    (
        "Data",
        &[
            FieldRule::one("eventCategory", &[]),
            FieldRule::one("resources.type", &[]),
            FieldRule::optional("readOnly", &[Operator::Equals], &["true", "false"], true),
            FieldRule::any("eventSource"),
            FieldRule::any("eventName"),
            FieldRule::any("eventType"),
            FieldRule::any("resources.ARN"),
            FieldRule::any("userIdentity.arn"),
            FieldRule::optional(
                "sessionCredentialFromConsole",
                &[Operator::Equals, Operator::NotEquals],
                &["true"],
                true,
            ),
        ],
    ),
    (
        "NetworkActivity",
        &[
            FieldRule::one("eventCategory", &[]),
            FieldRule::one("eventSource", &[]),
            FieldRule::any("eventName"),
            FieldRule::optional("errorCode", &[Operator::Equals], &["VpceAccessDenied"], true),
            FieldRule::any("vpcEndpointId"),
        ],
    ),
];

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
    let category = category.and_then(|field| field.equals.as_ref()?.first());
    let Some((_, rules)) = CATEGORIES.iter().find(|(known, _)| category.is_some_and(|seen| seen == known))
    else {
        let message = "eventCategory must equal Management, Data or NetworkActivity in each selector.";
        return Err(invalid(message));
    };
    if let Some(rule) = rules.iter().find(|rule| rule.required && !seen.contains(rule.field)) {
        return Err(invalid(format!("Field {} is required.", rule.field)));
    }
    for field in fields {
        match rules.iter().find(|rule| rule.field == field.field) {
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
        let is_valid =
            |value: &String| (1..=MAX_VALUE_LENGTH).contains(&value.chars().count()) && !value.contains('*');
        if let Some(value) = values.iter().find(|value| !is_valid(value)) {
            return Err(invalid(format!("Value {value:?} of field {} is invalid.", field.field)));
        }
    }
    Ok(())
}

fn check_field(field: &FieldSelector, rule: &FieldRule) -> Result<(), Refusal> {
    for (operator, values) in field.operators() {
        if !rule.operators.is_empty() && !rule.operators.contains(&operator) {
            return Err(invalid(format!("Field {} cannot have the operator {operator:?}.", field.field)));
        }
        if rule.single && values.len() > 1 {
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
    let parts: Vec<&str> = kind.split("::").collect();
    let is_word = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if parts.len() != 3 || parts[0] != "AWS" || !parts.iter().all(is_word) {
        return Err(invalid(format!("Resource type {kind} is invalid.")));
    }
    let Some(arns) = of("resources.ARN") else { return Ok(()) };
    let exact = [&arns.equals, &arns.not_equals].into_iter().flatten().flatten();
    let is_valid =
        |arn: &str| is_exact_arn(kind, arn, partition).unwrap_or_else(|| arn_parts(arn, partition).is_some());
    for arn in exact {
        if !is_valid(arn) {
            return Err(invalid(format!("{arn} is not the ARN of one {kind}.")));
        }
    }
    Ok(())
}
