//! The settings of a key that are more than a word: rotation, and whether it can be used.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How often a key rotates unless told otherwise (API Reference, EnableKeyRotation).
const USUAL_PERIOD: u32 = 365;

/// How a key that is to be deleted shows: no spec can want it.
pub(crate) const PENDING_DELETION: &str = "(pending deletion)";

/// How many days apart new key material is made; `None` if it is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotation(pub Option<u32>);

/// The rotation of a key, with its period.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Period {
    /// How many days apart.
    #[schemars(range(min = 90, max = 2560))]
    days: u32,
}

impl Rotation {
    /// Returns the rotation that AWS shows. One without a period is older than the periods.
    pub(super) fn seen(is_on: bool, days: Option<u32>) -> Self {
        Self(is_on.then(|| days.unwrap_or(USUAL_PERIOD)))
    }
}

impl Default for Rotation {
    fn default() -> Self {
        Self(Some(USUAL_PERIOD))
    }
}

impl Serialize for Rotation {
    /// Writes a bool where one says it.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            None => serializer.serialize_bool(false),
            Some(USUAL_PERIOD) => serializer.serialize_bool(true),
            Some(days) => Period { days }.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Rotation {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde_untagged::UntaggedEnumVisitor::new()
            .expecting("true, false, or {days: 90 to 2560}")
            .bool(|on| Ok(Self(on.then_some(USUAL_PERIOD))))
            .map(|map| map.deserialize::<Period>().map(|period| Self(Some(period.days))))
            .deserialize(deserializer)
    }
}

impl JsonSchema for Rotation {
    fn schema_name() -> Cow<'static, str> {
        "Rotation".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let period = Period::json_schema(generator);
        schemars::json_schema!({
            "description": "Whether a key rotates, every 365 days, or how many days apart.",
            "anyOf": [{ "type": "boolean" }, period],
        })
    }
}

/// Whether a key can be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// It can.
    #[default]
    Enabled,
    /// It is disabled.
    Disabled,
    /// It is disabled and will be deleted. A live key can be so, and no spec can want it.
    PendingDeletion,
}

impl Serialize for State {
    /// Writes a bool, but for what no spec can say.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Enabled => serializer.serialize_bool(true),
            Self::Disabled => serializer.serialize_bool(false),
            Self::PendingDeletion => serializer.serialize_str(PENDING_DELETION),
        }
    }
}

impl<'de> Deserialize<'de> for State {
    /// Reads what is written. A rule refuses the text in a spec.
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde_untagged::UntaggedEnumVisitor::new()
            .expecting("true or false")
            .bool(|on| Ok(if on { Self::Enabled } else { Self::Disabled }))
            .string(|text| match text {
                PENDING_DELETION => Ok(Self::PendingDeletion),
                _ => Err(serde::de::Error::invalid_type(serde::de::Unexpected::Str(text), &"true or false")),
            })
            .deserialize(deserializer)
    }
}

impl JsonSchema for State {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "State".into()
    }

    fn json_schema(_generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "boolean" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn rotation_is_a_bool_or_a_number_of_days() {
        let written = |tree: Value| serde_json::to_value(serde_json::from_value::<Rotation>(tree).unwrap());
        for tree in [json!(true), json!(false), json!({"days": 90})] {
            assert_eq!(written(tree.clone()).unwrap(), tree);
        }
        assert_eq!(written(json!({"days": 365})).unwrap(), json!(true));
        for broken in [json!(90), json!({}), json!({"days": 90, "hours": 1}), json!("yes")] {
            assert!(serde_json::from_value::<Rotation>(broken.clone()).is_err(), "{broken}");
        }
        assert_eq!(Rotation::seen(true, None), Rotation::default());
        assert_eq!(Rotation::seen(false, Some(90)), Rotation(None));
    }

    #[test]
    fn what_is_to_be_deleted_equals_no_wanted_state() {
        for tree in [json!(true), json!(false), json!(PENDING_DELETION)] {
            let state: State = serde_json::from_value(tree.clone()).unwrap();
            assert_eq!(serde_json::to_value(state).unwrap(), tree);
        }
        assert!(serde_json::from_value::<State>(json!("deleted")).is_err());
    }
}
