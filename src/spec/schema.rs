//! The JSON Schema of the spec language, for editors and for other programs.

use schemars::{Schema, generate::SchemaSettings};
use serde_json::{Value, json};

use super::{Head, merge};
use crate::kinds::KINDS;

/// Returns the JSON Schema (draft 7, which editors know best) of a spec, made from the kinds.
pub fn spec_schema() -> Value {
    let mut generator = SchemaSettings::draft07().into_generator();
    let sections: Vec<(&str, Schema)> =
        KINDS.iter().map(|kind| (kind.section(), kind.schema(&mut generator))).collect();
    let mut schema = generator.into_root_schema_for::<Head>().to_value();
    schema["title"] = json!("trailctl spec");
    schema["properties"][merge::VARIABLES] = json!({
        "description": "The variables of the spec, `${var.NAME}`, with their defaults. `--var` and `--var-file` give other values. Default: none.",
        "type": ["object", "null"],
        "propertyNames": { "pattern": "^[A-Za-z][A-Za-z0-9_]*$" },
        "additionalProperties": { "type": "string" },
    });
    schema["properties"][merge::FRAGMENTS] = json!({
        "description": "Events that are added to those of a trail, which may stand in another file of the stack. Default: none.",
        "type": ["object", "null"],
        "additionalProperties": {
            "type": "object",
            "properties": {
                "extends": { "description": "The key of the trail.", "type": "string" },
                "events": {
                    "description": "Advanced event selectors.",
                    "type": "array",
                    "items": { "$ref": "#/definitions/Selector" },
                },
            },
            "required": ["extends", "events"],
            "additionalProperties": false,
        },
    });
    for (section, entry) in sections {
        schema["properties"][section] = json!({
            "description": format!("The {}, by key. The key is the name in AWS unless `name` says otherwise. Default: none.", section.replace('_', " ")),
            "type": ["object", "null"],
            "additionalProperties": { "anyOf": [entry, { "type": "null" }] },
        });
    }
    schema
}
