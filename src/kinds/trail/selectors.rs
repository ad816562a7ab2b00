//! Event selectors, as a spec writes them.

use std::{borrow::Cow, collections::BTreeMap};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::events::{Category, basic, fields::FIELDS, sources, types};

/// An advanced event selector: an event is recorded if all conditions of one selector hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Selector {
    /// A name for people. It changes nothing in what is recorded. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The conditions, by field of the event.
    pub r#where: Where,
}

/// Conditions by event field, such as `eventCategory`, `eventName`, `resources.type`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Where(pub BTreeMap<String, Condition>);

/// A condition on one field. A value passes if one of `equals`, `starts_with`, `ends_with` fits (or there are none) and
/// none of the `not_` ones does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Condition(pub Operators);

/// The operators of a condition, each with its values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Operators {
    /// The value is one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub equals: Vec<String>,
    /// The value starts with one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub starts_with: Vec<String>,
    /// The value ends with one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ends_with: Vec<String>,
    /// The value is none of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_equals: Vec<String>,
    /// The value starts with none of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_starts_with: Vec<String>,
    /// The value ends with none of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_ends_with: Vec<String>,
}

impl Operators {
    /// Returns the six lists of values, in the order of the struct.
    pub fn lists(&self) -> [&Vec<String>; 6] {
        let Self { equals, starts_with, ends_with, not_equals, not_starts_with, not_ends_with } = self;
        [equals, starts_with, ends_with, not_equals, not_starts_with, not_ends_with]
    }

    fn lists_mut(&mut self) -> [&mut Vec<String>; 6] {
        let Self { equals, starts_with, ends_with, not_equals, not_starts_with, not_ends_with } = self;
        [equals, starts_with, ends_with, not_equals, not_starts_with, not_ends_with]
    }
}

impl Selector {
    /// Returns the selector of all management events: what a trail records when nothing else is said.
    pub fn all_management_events() -> Self {
        let category = Condition(Operators { equals: vec!["Management".to_owned()], ..Operators::default() });
        Self { name: None, r#where: Where(BTreeMap::from([("eventCategory".to_owned(), category)])) }
    }

    /// Returns the selector with its values as sets: their order and repetition say nothing.
    #[must_use]
    pub fn canonical(&self) -> Self {
        let mut same = self.clone();
        for condition in same.r#where.0.values_mut() {
            condition.0.lists_mut().into_iter().for_each(as_set);
        }
        same
    }
}

fn as_set(values: &mut Vec<String>) {
    values.sort_unstable();
    values.dedup();
}

impl Serialize for Condition {
    /// Writes the shortest form: a value, a list, or operators.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let only_equals = self.0.lists()[1..].iter().all(|list| list.is_empty());
        match self.0.equals.as_slice() {
            [value] if only_equals => serializer.serialize_str(value),
            values if only_equals => values.serialize(serializer),
            _ => self.0.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Condition {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let equals = |values| Self(Operators { equals: values, ..Operators::default() });
        serde_untagged::UntaggedEnumVisitor::new()
            .expecting("a value, a list of values, or operators such as {starts_with: [...]}")
            .string(move |value| Ok(equals(vec![value.to_owned()])))
            .bool(move |value| Ok(equals(vec![value.to_string()])))
            .seq(move |values| values.deserialize().map(equals))
            .map(|map| map.deserialize().map(Self))
            .deserialize(deserializer)
    }
}

impl JsonSchema for Condition {
    fn schema_name() -> Cow<'static, str> {
        "Condition".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let operators = Operators::json_schema(generator);
        schemars::json_schema!({
            "description": "A value, a list of values of which one must fit, or operators.",
            "anyOf": [
                { "type": ["string", "boolean"] },
                { "type": "array", "items": { "type": "string" }, "minItems": 1 },
                operators,
            ],
        })
    }
}

impl JsonSchema for Where {
    fn schema_name() -> Cow<'static, str> {
        "Where".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let condition = generator.subschema_for::<Condition>();
        let fields = FIELDS.iter().map(|(field, about)| {
            let default = if about.contains("must name") { "" } else { " Default: any." };
            let about = format!("{about}{default}");
            let known = known(field);
            let schema = match known.as_slice() {
                [] => json!({ "description": about, "allOf": [condition] }),
                known => {
                    let one = json!({ "anyOf": [{ "enum": known }, { "type": "string" }] });
                    let list = json!({ "type": "array", "items": one, "minItems": 1 });
                    json!({ "description": about, "anyOf": [{ "enum": known }, list, condition] })
                }
            };
            ((*field).to_owned(), schema)
        });
        schemars::json_schema!({
            "description": "Conditions by event field. All of them must hold.",
            "type": "object",
            "properties": fields.collect::<serde_json::Map<_, _>>(),
            "additionalProperties": condition,
            "minProperties": 1,
        })
    }
}

/// Returns the values of a field that editors shall complete.
fn known(field: &str) -> Vec<&'static str> {
    match field {
        "eventCategory" => Category::ALL.map(Category::name).to_vec(),
        "resources.type" => types::TYPES.to_vec(),
        // Each category has a table of its own; a field that takes one value has few.
        field => Category::ALL
            .iter()
            .filter_map(|one| one.field(field))
            .find(|field| field.is_single)
            .map_or_else(Vec::new, |field| field.values.to_vec()),
    }
}

/// A basic event selector, exactly as CloudTrail has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BasicSelector {
    /// Whether events that read, that write, or both are recorded.
    #[serde(default)]
    pub read_write: ReadWrite,
    /// Records management events.
    #[serde(default = "crate::kinds::yes")]
    pub management: bool,
    /// Services whose management events are left out: `kms.amazonaws.com`, `rdsdata.amazonaws.com`. Default: none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "excludable")]
    pub exclude_management_sources: Vec<String>,
    /// The resources whose data events are recorded. Default: none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub data: Vec<DataResource>,
}

fn excludable(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "array", "items": { "enum": sources::EXCLUDABLE } })
}

fn basic_types(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "enum": basic::TYPES.iter().map(|(name, _)| *name).collect::<Vec<_>>() })
}

/// Which events a basic selector takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum ReadWrite {
    /// Events that read and events that write.
    #[default]
    All,
    /// Events that only read.
    ReadOnly,
    /// Events that write.
    WriteOnly,
}

/// Resources of one type whose data events are recorded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DataResource {
    /// `AWS::S3::Object`, `AWS::Lambda::Function` or `AWS::DynamoDB::Table`.
    #[schemars(schema_with = "basic_types")]
    pub r#type: String,
    /// ARNs; for S3 also the start of one, such as `arn:aws:s3:::bucket/`.
    pub values: Vec<String>,
}

impl BasicSelector {
    /// Returns the selector with its lists as sets: order and repetition say nothing.
    #[must_use]
    pub fn canonical(&self) -> Self {
        let mut same = self.clone();
        as_set(&mut same.exclude_management_sources);
        same.data.iter_mut().for_each(|resource| as_set(&mut resource.values));
        same.data.sort_unstable();
        same
    }
}

/// Returns whether these selectors are what a trail has when nothing was ever said: one, of all management events.
pub fn is_default(selectors: &[BasicSelector]) -> bool {
    let [BasicSelector { read_write, management, exclude_management_sources, data }] = selectors else {
        return false;
    };
    *read_write == ReadWrite::All && *management && exclude_management_sources.is_empty() && data.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_has_three_spellings_and_is_written_in_the_shortest() {
        for (given, written) in [
            (json!("Data"), json!("Data")),
            (json!(true), json!("true")),
            (json!(["Data"]), json!("Data")),
            (json!(["a", "b"]), json!(["a", "b"])),
            (json!({"equals": ["a"]}), json!("a")),
            (json!({"not_equals": ["a"], "equals": ["b"]}), json!({"equals": ["b"], "not_equals": ["a"]})),
        ] {
            let condition: Condition = serde_json::from_value(given).unwrap();
            assert_eq!(serde_json::to_value(condition).unwrap(), written);
        }
        assert!(serde_json::from_value::<Condition>(json!(7)).is_err());
        assert!(serde_json::from_value::<Condition>(json!({"not_equal": ["a"]})).is_err());
    }

    #[test]
    fn canonical_selectors_ignore_order_and_repetition_of_values() {
        let read = |tree| serde_json::from_value::<Selector>(tree).unwrap();
        let one = read(json!({"where": {"eventName": ["b", "a", "b"], "eventCategory": "Data"}}));
        let other = read(json!({"where": {"eventCategory": ["Data"], "eventName": ["a", "b"]}}));
        assert_eq!(one.canonical(), other.canonical());
        assert_ne!(
            one.canonical(),
            read(json!({"where": {"eventName": "a", "eventCategory": "Data"}})).canonical()
        );
    }
}
