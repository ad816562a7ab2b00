//! The files for CI and GitOps: what they say is checked, and their shell is run against the embedded AWS.

mod action;
mod files;
mod gitlab;
mod shell;

use std::{fs, path::Path};

use serde_json::Value;

/// A stack with one trail.
const SPEC: &str =
    "version: 1\nstack: ci\nregion: us-east-1\ntrails: {audit: {bucket: ci-logs}}\nbuckets: {ci-logs: {}}\n";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn yaml(name: &str) -> Value {
    serde_yaml::from_str(&text(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Returns the keys of a mapping.
fn keys(of: &Value) -> Vec<&str> {
    of.as_object().map(|map| map.keys().map(String::as_str).collect()).unwrap_or_default()
}

/// Calls a function for each mapping in a tree.
fn each<'v>(tree: &'v Value, look: &mut dyn FnMut(&'v serde_json::Map<String, Value>)) {
    match tree {
        Value::Object(map) => {
            look(map);
            map.values().for_each(|below| each(below, look));
        }
        Value::Array(list) => list.iter().for_each(|below| each(below, look)),
        _ => {}
    }
}
