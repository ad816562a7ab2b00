//! Which attributes there are, by the schema.

use std::collections::BTreeSet;

use serde_json::Value;
use trailctl::spec::schema::spec_schema;

use super::{CONTRACTS, WITHOUT_ROW};

/// Returns the attributes of a section's entries: `encryption.kms_key`. What is in a list stands for the list.
fn attributes(schema: &Value, section: &str) -> Vec<String> {
    let entry = &schema["properties"][section]["additionalProperties"]["anyOf"][0];
    let mut all = Vec::new();
    walk(schema, entry, "", &mut all);
    all.sort_unstable();
    all.dedup();
    all
}

fn walk(schema: &Value, node: &Value, path: &str, all: &mut Vec<String>) {
    if let Some(name) = node["$ref"].as_str().and_then(|to| to.strip_prefix("#/definitions/")) {
        return walk(schema, &schema["definitions"][name], path, all);
    }
    for key in ["anyOf", "allOf"] {
        for one in node[key].as_array().into_iter().flatten() {
            walk(schema, one, path, all);
        }
    }
    if node["type"] == "array" || node["type"].as_array().is_some_and(|types| types.contains(&"array".into()))
    {
        walk(schema, &node["items"], path, all);
    }
    for (key, property) in node["properties"].as_object().into_iter().flatten() {
        // `{existing: NAME}` is how a reference may be written.
        if key == "existing" {
            continue;
        }
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        let before = all.len();
        walk(schema, property, &path, all);
        if all.len() == before {
            all.push(path);
        }
    }
}

/// Returns whether an attribute is the one of a row, or a part of it.
fn is_within(path: &str, row: &str) -> bool {
    path.strip_prefix(row).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

#[test]
fn every_attribute_of_the_schema_has_its_contract() {
    let schema = spec_schema();
    let sections = schema["properties"].as_object().unwrap().iter();
    let kinds = sections.filter(|(_, section)| section["additionalProperties"].is_object());
    let (mut missing, mut unknown) = (Vec::new(), Vec::new());
    // What is no kind of resource has no contract.
    let others = ["tags", "vars", "event_fragments"];
    for (section, _) in kinds.filter(|(section, _)| !others.contains(&section.as_str())) {
        let known = attributes(&schema, section);
        assert!(known.len() > 5, "{section}: {known:?}");
        let rows = CONTRACTS.iter().filter(|one| one.section == section).flat_map(|one| one.rows);
        let covered: Vec<&str> = rows.flat_map(|row| row.covers).copied().collect();
        let excused = |path: &str| {
            WITHOUT_ROW.iter().any(|(name, _)| *name == path || *name == format!("{section} {path}"))
        };
        missing.extend(
            known
                .iter()
                .filter(|path| !covered.iter().any(|row| is_within(path, row)) && !excused(path))
                .map(|path| format!("{section} {path}")),
        );
        unknown.extend(
            covered
                .iter()
                .filter(|row| !known.iter().any(|path| is_within(path, row)))
                .map(|path| format!("{section} {path}")),
        );
    }
    assert_eq!((missing, unknown), (Vec::new(), Vec::new()), "(without a row, not in the schema)");
}

#[test]
fn the_complete_example_has_every_attribute() {
    let text =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/complete.yaml")).unwrap();
    let (spec, schema): (Value, Value) = (serde_yaml::from_str(&text).unwrap(), spec_schema());
    let sections: BTreeSet<&str> = CONTRACTS.iter().map(|contract| contract.section).collect();
    let mut missing = Vec::new();
    for section in sections {
        let entries: Vec<&Value> = spec[section].as_object().unwrap().values().collect();
        // The retention is for days or for years.
        let known = attributes(&schema, section).into_iter().filter(|path| path != "object_lock.years");
        missing.extend(
            known
                .filter(|path| !path.starts_with("events.where."))
                .filter(|path| !entries.iter().any(|entry| has(entry, path)))
                .map(|path| format!("{section} {path}")),
        );
    }
    let optional = |path: &String| path.ends_with(".version") || path.ends_with(".id");
    assert_eq!(missing.into_iter().filter(|path| !optional(path)).collect::<Vec<_>>(), [""; 0]);
}

/// Returns whether a value is at this path; a list has what one of its items has.
fn has(tree: &Value, path: &str) -> bool {
    if let Some(items) = tree.as_array() {
        return items.iter().any(|item| has(item, path));
    }
    match path.split_once('.') {
        None => tree.get(path).is_some(),
        Some((key, rest)) => {
            tree.get(key).is_some_and(|part| !part.is_object() && !part.is_array() || has(part, rest))
        }
    }
}

#[test]
fn every_row_sets_what_it_covers() {
    let mut wrong = Vec::new();
    for contract in CONTRACTS {
        for row in contract.rows {
            let text = format!("{{{}}}", row.sets).replace('$', "");
            let tree: Value = serde_yaml::from_str(&text).unwrap();
            let missing = row.covers.iter().filter(|path| !has(&tree, path));
            wrong.extend(missing.map(|path| format!("{} {path}: {}", contract.section, row.sets)));
        }
    }
    assert_eq!(wrong, [""; 0]);
}
