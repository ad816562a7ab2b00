//! The resources of a state, whichever way it is written.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::super::{
    Problem,
    arn::Arn,
    quoted,
    tree::{items, text},
};
use crate::resource::region::Region;

/// How many levels of modules are looked into.
const MOST_LEVELS: usize = 64;

/// What a state has.
#[derive(Default)]
pub(super) struct State {
    /// The resources, by their types.
    items: BTreeMap<String, Vec<Item>>,
    /// The addresses of all of them.
    seen: BTreeSet<String>,
    /// What is to be known of the whole: sentences.
    pub(super) notes: Vec<String>,
}

/// A resource, or one of several that `count` or `for_each` makes.
pub(super) struct Item {
    /// How Terraform names it, such as `module.audit.aws_cloudtrail.this[0]`.
    pub(super) address: String,
    /// Its attributes, without those that are sensitive.
    pub(super) values: Value,
    /// The names of the attributes that are sensitive.
    pub(super) hidden: Vec<String>,
}

impl Item {
    /// Returns the Region that the state tells.
    pub(super) fn region(&self) -> Option<Region> {
        let said = ["home_region", "bucket_region", "region"];
        let said = said.iter().find_map(|name| text(&self.values[*name])).map(Region::new);
        said.or_else(|| text(&self.values["arn"]).and_then(Arn::read)?.region())
    }

    /// Returns an attribute that is a text.
    pub(super) fn said(&self, name: &str) -> Option<String> {
        text(&self.values[name]).map(str::to_owned)
    }
}

impl State {
    /// Returns the resources of a type.
    pub(super) fn of(&self, kind: &str) -> impl Iterator<Item = &Item> {
        self.items.get(kind).into_iter().flatten()
    }

    /// Reads a state file of version 4, or the state that `terraform show -json` writes.
    pub(super) fn read(source: &str) -> Result<Self, Problem> {
        let export = "write the state with `terraform state pull`, or with `terraform show -json`";
        let not_json = |error: serde_json::Error| {
            // The message of the parser may quote a value.
            let (line, column) = (error.line(), error.column());
            Problem::new(
                format!("this is not a state of Terraform: it is not JSON (line {line}, column {column})"),
                export,
            )
        };
        let tree: Value = serde_json::from_str(source).map_err(not_json)?;
        let problem = |why: &str| Problem::new(format!("this is not a state of Terraform: {why}"), export);
        if tree.get("encrypted_data").is_some() {
            let help = "write it out without encryption, with `tofu state pull`";
            return Err(Problem::new("the state is encrypted", help));
        }
        if tree.get("planned_values").is_some() {
            let help = "run `terraform show -json` without the file of a plan";
            return Err(Problem::new("this is a plan of Terraform, not a state", help));
        }
        let mut state = Self::default();
        if let Some(root) = tree.pointer("/values/root_module") {
            state.module(root, MOST_LEVELS);
        } else if tree.get("format_version").is_some() {
            state.notes.push("The state is empty.".to_owned());
        } else {
            match (tree["version"].as_i64(), tree["resources"].as_array()) {
                (Some(4), Some(resources)) => {
                    resources.iter().for_each(|resource| state.resource(resource));
                }
                (Some(4), None) => return Err(problem("it has no `resources`")),
                (Some(version), _) if tree.get("terraform_version").is_some() => {
                    return Err(problem(&format!("its version is {version}, and only 4 is read")));
                }
                _ => return Err(problem("it has neither a `version` with `resources` nor `values`")),
            }
        }
        Ok(state)
    }

    /// Takes in a resource of a state file, with all its instances.
    fn resource(&mut self, resource: &Value) {
        let (Some(kind), Some(name)) = (text(&resource["type"]), text(&resource["name"])) else { return };
        if !is_managed(resource) {
            return;
        }
        let module = text(&resource["module"]).map(|module| format!("{module}.")).unwrap_or_default();
        // What waits to be deleted, since another took its place, is not what the resource is.
        let current = items(&resource["instances"]).filter(|instance| instance.get("deposed").is_none());
        for instance in current {
            let key = Some(&instance["index_key"]).filter(|key| !key.is_null());
            let key = key.map(|key| format!("[{key}]")).unwrap_or_default();
            let address = format!("{module}{kind}.{name}{key}");
            let hidden = items(&instance["sensitive_attributes"])
                .filter_map(|path| text(&path[0]["value"]).map(str::to_owned));
            self.add(kind, address, &instance["attributes"], hidden.collect());
        }
    }

    /// Takes in a module of `terraform show -json`, with those below it.
    fn module(&mut self, module: &Value, levels: usize) {
        for resource in items(&module["resources"]).filter(|resource| is_managed(resource)) {
            let (Some(kind), Some(address)) = (text(&resource["type"]), text(&resource["address"])) else {
                continue;
            };
            if resource.get("deposed_key").is_some() {
                continue;
            }
            let marks = resource["sensitive_values"].as_object().into_iter().flatten();
            let hidden = marks.filter(|(_, mark)| has_mark(mark)).map(|(name, _)| name.clone());
            self.add(kind, address.to_owned(), &resource["values"], hidden.collect());
        }
        if levels > 0 {
            items(&module["child_modules"]).for_each(|below| self.module(below, levels - 1));
        }
    }

    fn add(&mut self, kind: &str, address: String, values: &Value, hidden: BTreeSet<String>) {
        if !kind.starts_with("aws_") || !self.seen.insert(address.clone()) {
            return;
        }
        let mut values = values.clone();
        let Some(members) = values.as_object_mut() else {
            if kind == "aws_cloudtrail" {
                self.notes.push(format!("{} has no attributes that can be read.", quoted(&address)));
            }
            return;
        };
        let mut hidden = hidden;
        // What the provider makes of tags is not marked where they are.
        if hidden.contains("tags") || hidden.contains("tags_all") {
            hidden.extend(["tags", "tags_all"].map(str::to_owned));
        }
        members.retain(|name, _| !hidden.contains(name));
        let hidden = hidden.into_iter().collect();
        self.items.entry(kind.to_owned()).or_default().push(Item { address, values, hidden });
    }
}

/// Returns whether a resource is one that Terraform manages: data sources are only read.
fn is_managed(resource: &Value) -> bool {
    text(&resource["mode"]).is_none_or(|mode| mode == "managed")
}

/// Returns whether something of a value is marked as sensitive.
fn has_mark(mark: &Value) -> bool {
    match mark {
        Value::Bool(is_marked) => *is_marked,
        Value::Array(items) => items.iter().any(has_mark),
        Value::Object(members) => members.values().any(has_mark),
        Value::Null | Value::Number(_) | Value::String(_) => false,
    }
}
